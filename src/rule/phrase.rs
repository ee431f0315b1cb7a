//! A turn of code or configuration that is wrong by itself: no secret, a place and a few words.

use super::{Match, Scene, Verdict};
use crate::finding::Severity;
use crate::syntax::{Kind, paths};

pub struct PhraseRule {
    summary: String,
}

/// More than this of a turn is not quoted in the message.
const QUOTED: usize = 60;

impl PhraseRule {
    pub fn new(summary: String) -> PhraseRule {
        PhraseRule { summary }
    }

    /// `None` where the turn is written for readers only; a note in a test,
    /// whose server is its own.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let start = found.span.start;
        if scene.language().kind() == Kind::Prose || scene.lexed().place(start).is_for_readers() {
            return None;
        }
        let path = scene.document.path.as_bytes();
        if is_only_named(scene, found) || paths::is_vendored_path(path) {
            return None;
        }
        let is_test = paths::is_test_path(path) || paths::is_fixture_path(path);
        let words = String::from_utf8_lossy(&scene.bytes()[found.span.clone()]);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = match words.char_indices().nth(QUOTED) {
            None => format!("{}: `{words}`", self.summary),
            Some((cut, _)) => format!("{}: `{}…`", self.summary, &words[..cut]),
        };
        Some(Verdict {
            severity: is_test.then_some(Severity::Note),
            message,
            highlight: found.span.clone(),
            content: words.into_bytes(),
            ..Verdict::default()
        })
    }
}

/// Whether the turn is compared with, imported, defined, or one of two
/// choices: named, but not chosen.
fn is_only_named(scene: &Scene<'_>, found: &Match) -> bool {
    let line = scene.document.line_around(found.span.start);
    let bytes = scene.bytes();
    let before = bytes[line.start..found.span.start].trim_ascii();
    // What the name belongs to: `ssl.`, `OpenSSL::SSL::`.
    let owner = before
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b':'))
        .count();
    let owned = before.ends_with(b".") || before.ends_with(b"::");
    let before = match owned {
        true => before[..before.len() - owner].trim_ascii_end(),
        false => before,
    };
    let after = bytes[found.span.end.min(line.end)..line.end].trim_ascii_start();
    let is_named = ["==", "!=", " is", " not", " in", " else"]
        .iter()
        .any(|end| before.ends_with(end.as_bytes()))
        || [&b"import "[..], b"from ", b"case ", b"def ", b"function "]
            .iter()
            .any(|keyword| before.starts_with(keyword));
    let is_defined = (after.starts_with(b"=") && !after.starts_with(b"=>"))
        || after.starts_with(b"!=")
        || (owned && after.starts_with(b":"));
    is_named || is_defined
}
