//! The environment variable a key should come from, by what it is called where it stands.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::finding::Secret;

/// Which key each variable is for: two keys never share one.
#[derive(Debug, Default)]
pub struct Names {
    keys: RefCell<BTreeMap<String, Secret>>,
}

impl Names {
    /// `name`, or with a number behind it where that is another key's.
    pub(super) fn for_key(&self, name: &str, key: Secret) -> String {
        let mut keys = self.keys.borrow_mut();
        let numbered = (2..).map(|n| format!("{name}_{n}"));
        let mut names = std::iter::once(name.to_owned()).chain(numbered);
        let is_free = |name: &String| *keys.entry(name.clone()).or_insert(key) == key;
        names.find(is_free).expect("there is always another number")
    }
}

/// Words one of which a variable's name must hold, and more than that: others
/// are names of calls and of whatever takes the key.
const SAYS_KEY: &[&str] = &[
    "KEY",
    "TOKEN",
    "SECRET",
    "AUTH",
    "PASSWORD",
    "CREDENTIAL",
    "PASS",
];

/// `provider` is who issued the key, where that is known; `before` the line up to it.
pub(super) fn variable(provider: Option<&str>, before: &str) -> String {
    if provider == Some("Report Flow") {
        return "REPORT_FLOW_APP_KEY".to_owned();
    }
    if let Some(name) = assigned(before).map(shouted)
        && !SAYS_KEY.contains(&name.as_str())
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.split('_').any(|word| SAYS_KEY.contains(&word))
    {
        return name;
    }
    match provider.map(shouted) {
        Some(name) if !name.is_empty() => format!("{name}_API_KEY"),
        Some(_) | None => "API_KEY".to_owned(),
    }
}

/// The name that what follows `before` is given to: `apiKey: `, `api_key = `, `["api-key"] = `.
fn assigned(before: &str) -> Option<&str> {
    let head = before
        .trim_end()
        .trim_end_matches(['"', '\'', '`'])
        .trim_end();
    let head = head
        .strip_suffix(":=")
        .or_else(|| head.strip_suffix("=>"))
        .or_else(|| head.strip_suffix(['=', ':', ',', '(']))?;
    let head = head.trim_end().trim_end_matches(['"', '\'', '`', ']', '?']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let start = head
        .char_indices()
        .rev()
        .take_while(|&(_, c)| is_name(c))
        .last()?
        .0;
    let name = head[start..].trim_matches('-');
    // `key: String = `, `string key = `: a type is no name, and the name stands before it.
    if let Some(outer) = head[..start].trim_end().strip_suffix(':')
        && matches!(name, "str" | "String" | "string" | "any")
    {
        let outer = outer.trim_end();
        let start = outer
            .char_indices()
            .rev()
            .take_while(|&(_, c)| is_name(c))
            .last()?
            .0;
        return Some(&outer[start..]);
    }
    Some(name)
}

/// `apiKey`, `api-key` and `API_KEY` as `API_KEY`.
fn shouted(name: &str) -> String {
    let mut out = String::new();
    let mut previous = '_';
    for c in name.chars() {
        let begins =
            c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit());
        let parts = begins || !c.is_ascii_alphanumeric();
        if parts && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_ascii_alphanumeric() {
            out.push(c.to_ascii_uppercase());
        }
        previous = c;
    }
    out.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_is_called_as_the_key_is() {
        for (before, name) in [
            ("const apiKey = ", "API_KEY"),
            ("  longcat-api-key: ", "LONGCAT_API_KEY"),
            ("NGROK_API_KEY=", "NGROK_API_KEY"),
            ("headers[\"x-dots-key\"] = ", "X_DOTS_KEY"),
            ("api_token: str = ", "API_TOKEN"),
            ("let pagarmeKey: string = ", "PAGARME_KEY"),
            ("'composioApiKey' => ", "COMPOSIO_API_KEY"),
            ("key = ", "API_KEY"),
            ("client(", "API_KEY"),
            ("return ", "API_KEY"),
        ] {
            assert_eq!(variable(None, before), name, "{before}");
        }
        assert_eq!(variable(Some("ngrok"), "key = "), "NGROK_API_KEY");
        assert_eq!(variable(Some("Report Flow"), "x = "), "REPORT_FLOW_APP_KEY");
    }
}
