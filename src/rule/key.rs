//! What makes an `ak_` token a key: its own look, what stands around it, and who issues it.

use super::{Match, Scene, Verdict};

/// The `[rule.key]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyText {}

pub struct KeyRule {}

impl KeyRule {
    pub fn new(_text: KeyText) -> KeyRule {
        KeyRule {}
    }

    /// `None` for placeholders, identifiers, addresses, hashes.
    pub fn judge(&self, found: &Match, _scene: &Scene<'_>) -> Option<Verdict> {
        Some(Verdict {
            message: "hard-coded `ak_` application key".into(),
            highlight: found.secret.clone(),
            secrets: vec![found.secret.clone()],
            ..Verdict::default()
        })
    }
}
