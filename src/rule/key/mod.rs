//! What makes an `ak_` token a key: its own look, what stands around it, and who issues it.

mod around;
mod provider;
mod shape;
mod words;

use std::ops::Range;

use around::Follows;
use provider::Provider;
use shape::Vocabulary;

use super::{Match, Scene, Verdict};

/// The `[rule.key]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyText {
    /// How long the body, what follows prefix and stage, may be.
    length: [usize; 2],
    /// What may stand between the prefix and the body: `live_`, `test_`.
    stages: Vec<String>,
    placeholders: Vec<String>,
    known_words: Vec<String>,
    example_values: Vec<String>,
    /// Words of a name that say its value is a credential.
    credential_names: Vec<String>,
    /// Last words of a name that say its value is none.
    other_names: Vec<String>,
    #[serde(default)]
    provider: Vec<Provider>,
}

pub struct KeyRule {
    length: [usize; 2],
    stages: Vec<String>,
    vocabulary: Vocabulary,
    credential_names: Vec<String>,
    other_names: Vec<String>,
    providers: Vec<Provider>,
}

/// A token that is a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key itself, in the text it was looked for.
    pub span: Range<usize>,
    pub provider: Option<String>,
    pub help: Option<String>,
}

const PREFIX: usize = 3;

impl KeyRule {
    pub fn new(text: KeyText) -> KeyRule {
        let bytes = |words: Vec<String>| words.into_iter().map(String::into_bytes).collect();
        KeyRule {
            length: text.length,
            stages: text.stages,
            vocabulary: Vocabulary {
                placeholders: bytes(text.placeholders),
                known: bytes(text.known_words),
                examples: bytes(text.example_values),
            },
            credential_names: text.credential_names,
            other_names: text.other_names,
            providers: text.provider,
        }
    }

    /// `None` for placeholders, identifiers, addresses, hashes.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let text = scene.bytes();
        let key = self.key_at(text, found.secret.clone())?;
        Some(Verdict {
            message: message(key.provider.as_deref()),
            highlight: key.span.clone(),
            secrets: vec![key.span.clone()],
            content: text[key.span].to_vec(),
            provider: key.provider,
            help: key.help,
            ..Verdict::default()
        })
    }

    /// The key that the token is or begins. Looks at no more than 512 bytes to
    /// either side, so that the answer is the same in every window and in
    /// decoded text.
    pub fn key_at(&self, text: &[u8], token: Range<usize>) -> Option<Key> {
        let stage = self.stage(&text[token.start + PREFIX..token.end]);
        let body = &text[token.start + PREFIX + stage..token.end];
        let length = self.length[0]..=self.length[1];
        if body.len() < *length.start()
            || around::continues_something(text, &token)
            || around::is_import(text, &token)
        {
            return None;
        }
        let name = around::name(text, &token);
        let words = around::words(name);
        let is_credential = |word: &Vec<u8>| {
            self.credential_names
                .iter()
                .any(|n| n.as_bytes() == &word[..])
        };
        let named = words.iter().any(is_credential) || is_scheme(text, &token);
        if !named && self.is_other(&words) {
            return None;
        }
        let random = |body: &[u8]| {
            length.contains(&body.len()) && shape::is_random(body, named, &self.vocabulary)
        };
        let span = match around::follows(text, &token) {
            Follows::End if random(body) => token,
            Follows::Part(part) if random(&text[part.clone()]) => token.start..part.end,
            Follows::End | Follows::Part(_) | Follows::More => return None,
        };
        if shape::is_base58_address(body) && !named {
            return None;
        }
        let stage = text[span.start + PREFIX..][..stage]
            .strip_suffix(b"_")
            .unwrap_or_default();
        let provider = provider::find(&self.providers, text, &span, stage, body, name);
        Some(Key {
            provider: provider.map(|p| p.name.clone()),
            help: provider.map(|p| p.help.clone()),
            span,
        })
    }

    /// The length of the stage word and its `_` at the beginning of `rest`, or 0.
    fn stage(&self, rest: &[u8]) -> usize {
        self.stages
            .iter()
            .map(String::as_bytes)
            .find(|stage| rest.starts_with(stage) && rest.get(stage.len()) == Some(&b'_'))
            .map_or(0, |stage| stage.len() + 1)
    }

    /// Whether a name of these words is a known one for what is no credential.
    fn is_other(&self, words: &[Vec<u8>]) -> bool {
        let is_listed = |word: &Vec<u8>| self.other_names.iter().any(|n| n.as_bytes() == &word[..]);
        words.last().is_some_and(is_listed)
            // A name that shares the prefix: a namespace, not a kind of key.
            || (words.len() > 1 && words[0] == b"ak")
    }
}

/// Whether an authentication scheme stands before the token.
fn is_scheme(text: &[u8], token: &Range<usize>) -> bool {
    let before = text[..token.start].trim_ascii_end();
    before.len() < token.start
        && [&b"bearer"[..], b"token", b"apikey", b"basic"]
            .iter()
            .any(|scheme| {
                before.len() >= scheme.len()
                    && before[before.len() - scheme.len()..].eq_ignore_ascii_case(scheme)
            })
}

fn message(provider: Option<&str>) -> String {
    match provider {
        Some(name) => format!("hard-coded `ak_` application key ({name})"),
        None => "hard-coded `ak_` application key".to_owned(),
    }
}
