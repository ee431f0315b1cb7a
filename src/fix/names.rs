//! The environment variable a key should come from, by what it is called where it stands.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::finding::Secret;

/// Which key each variable is for: two keys never share one.
#[derive(Debug, Default)]
pub struct Names {
    given: RefCell<Given>,
}

#[derive(Debug, Default)]
struct Given {
    keys: BTreeMap<String, Secret>,
    /// What a key is called that wanted a name.
    names: BTreeMap<(String, Secret), String>,
    /// The number to try next behind a name.
    next: BTreeMap<String, usize>,
}

impl Names {
    /// `name`, or with a number behind it where that is another key's.
    pub(super) fn for_key(&self, name: &str, key: Secret) -> String {
        let Given { keys, names, next } = &mut *self.given.borrow_mut();
        let wanted = (name.to_owned(), key);
        if let Some(known) = names.get(&wanted) {
            return known.clone();
        }
        let next = next.entry(name.to_owned()).or_insert(1);
        let own = loop {
            let tried = match *next {
                1 => name.to_owned(),
                number => format!("{name}_{number}"),
            };
            *next += 1;
            if *keys.entry(tried.clone()).or_insert(key) == key {
                break tried;
            }
        };
        names.insert(wanted, own.clone());
        own
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
    use crate::finding::RuleId;

    #[test]
    fn two_keys_never_share_a_variable() {
        let names = Names::default();
        let rule = RuleId::new("a");
        let [one, two, three] = [&b"1"[..], b"2", b"3"].map(|key| Secret::new(&rule, key));
        let given = [
            ("A_2", one),
            ("A", two),
            ("A", three),
            ("A", two),
            ("A_2", three),
        ]
        .map(|(name, key)| names.for_key(name, key));
        assert_eq!(given, ["A_2", "A", "A_3", "A", "A_2_2"]);
    }

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
