//! What a configuration may change about rules: what they know, never how they judge.

use super::{Judge, Rule};

/// More to know than the rules bring.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tuning {
    /// Prefixes that are looked for as `ak_` is: a letter, letters and digits, `_` or `-`.
    pub key_prefixes: Vec<String>,
    /// Hosts that may be called over plain HTTP, in lower case.
    pub plain_http_hosts: Vec<String>,
    /// Names of dotenv files; a `*` may end one.
    pub dotenv_names: Vec<String>,
    /// Words of a name that make it a template's.
    pub dotenv_templates: Vec<String>,
    /// When a key is overdue.
    pub rotation_days: Option<u32>,
}

impl Tuning {
    /// The error says what is wrong with it, and with which of its values.
    pub fn apply(&self, rules: &mut [Rule]) -> Result<(), String> {
        for rule in rules {
            match (&mut rule.judge, &mut rule.pattern) {
                (Judge::Key(key), Some(pattern)) => {
                    let is_product = pattern.anchors().iter().any(|a| a == b"ak_");
                    if is_product && !self.key_prefixes.is_empty() {
                        *pattern = pattern.with_prefixes(b"ak_", &self.key_prefixes)?;
                        key.add_prefixes(&self.key_prefixes);
                    }
                }
                (Judge::Url(url), _) => url.allow(&self.plain_http_hosts),
                (Judge::Dotenv(dotenv), _) => {
                    dotenv.add_names(&self.dotenv_names, &self.dotenv_templates);
                }
                (Judge::Age(age), _) => age.set_rotation(self.rotation_days),
                _ => {}
            }
        }
        Ok(())
    }
}
