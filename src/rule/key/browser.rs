//! A key under a name whose value build tools copy into what browsers load.

use std::ops::Range;

use super::KeyRule;
use crate::rule::guard::Before;
use crate::rule::{Match, Scene, Verdict};
use crate::syntax::Kind;

/// The `[rule.browser]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrowserText {
    /// The product's names for its key, lower case, without `_`.
    names: Vec<String>,
}

/// How far behind a name its value is looked for.
const REACH: usize = 72;
/// The longest key that is looked for.
const LONGEST: usize = 160;

pub struct BrowserRule {
    anchors: Vec<Vec<u8>>,
    names: Vec<String>,
}

impl BrowserRule {
    /// `anchors` are the prefixes that build tools go by.
    pub fn new(text: BrowserText, anchors: &[Vec<u8>]) -> BrowserRule {
        BrowserRule {
            anchors: anchors.to_vec(),
            names: text.names,
        }
    }

    /// `None` where the name is neither the product's nor that of a real key,
    /// and where it is only written about.
    pub fn judge<'k>(
        &self,
        found: &Match,
        scene: &Scene<'_>,
        keys: impl Iterator<Item = &'k KeyRule>,
    ) -> Option<Verdict> {
        let text = scene.bytes();
        let name = &text[found.span.clone()];
        let prefix = self.anchors.iter().find(|a| name.starts_with(a))?;
        let own: Vec<u8> = name[prefix.len()..]
            .iter()
            .filter(|&&b| b != b'_')
            .map(u8::to_ascii_lowercase)
            .collect();
        let is_ours = self.names.iter().any(|ours| ours.as_bytes() == own);
        if !is_ours && !holds_key(text, found.span.end, keys) {
            return None;
        }
        if scene.language().kind() == Kind::Prose
            || scene.place(found.span.start).is_for_readers()
            || is_only_said(scene, &found.span)
        {
            return None;
        }
        Some(Verdict {
            message: format!(
                "`{}`: the prefix `{}` ships the key to every browser",
                String::from_utf8_lossy(name),
                String::from_utf8_lossy(prefix)
            ),
            highlight: found.span.clone(),
            content: name.to_vec(),
            ..Verdict::default()
        })
    }
}

/// Whether what the name that ends at `end` is given is a key.
fn holds_key<'k>(text: &[u8], end: usize, mut keys: impl Iterator<Item = &'k KeyRule>) -> bool {
    let near = &text[end..text.len().min(end + REACH)];
    let Some(at) = memchr::memmem::find(near, b"ak_") else {
        return false;
    };
    let between = &near[..at];
    let lines = memchr::memchr_iter(b'\n', between).count();
    let is_value_line = lines == 1 && memchr::memmem::find(between, b"value").is_some();
    let start = end + at;
    if between.is_empty()
        || between
            .iter()
            .any(|b| matches!(b, b';' | b'{' | b'}' | b'&'))
        || (lines > 0 && !is_value_line)
        || !Before::Boundary.allows(text, start)
    {
        return false;
    }
    let length = text[start..text.len().min(start + LONGEST)]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        .count();
    keys.any(|key| key.key_at(text, start..start + length).is_some())
}

/// Whether the name is one word of a message.
fn is_only_said(scene: &Scene<'_>, name: &Range<usize>) -> bool {
    if !matches!(scene.language().kind(), Kind::Code | Kind::Template) {
        return false;
    }
    scene.token(name.start).is_some_and(|token| {
        let next = scene.bytes().get(name.end);
        let member = scene.bytes()[token.content.start..name.start].ends_with(b".env.");
        token.place.is_literal() && token.content != *name && next != Some(&b'=') && !member
    })
}
