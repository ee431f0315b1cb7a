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
