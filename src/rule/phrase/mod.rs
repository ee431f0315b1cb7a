//! A turn of code or configuration that is wrong by itself: no secret, a place and a few words.

mod around;

use super::{Match, Scene, Verdict};
use crate::finding::Severity;
use crate::syntax::{Kind, paths};

/// The `[rule.phrase]` table as written.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PhraseText {
    /// Words of a condition that make the turn its user's choice, lower case, without `_` and `-`.
    choices: Vec<String>,
    /// Folders (`name/`) and files (`name/file`) of libraries that offer the turn as an option.
    libraries: Vec<String>,
    /// Turns that mean something only in some files.
    needs: Vec<Need>,
    /// What right before the turn gives its words another meaning.
    other: Vec<String>,
    /// What near the turn says that the program does itself what it switches off.
    instead: Vec<String>,
}

/// A turn that begins with `turn` counts only where one of `near` is written in its file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Need {
    turn: String,
    near: Vec<String>,
}

pub struct PhraseRule {
    summary: String,
    text: PhraseText,
}

/// More than this of a turn is not quoted in the message.
const QUOTED: usize = 60;
/// How much of a file is searched for what a turn needs, to either side.
const NEAR: usize = 32 * 1024;

impl PhraseRule {
    pub fn new(summary: String, text: PhraseText) -> PhraseRule {
        PhraseRule { summary, text }
    }

    /// `None` where the turn is written for readers only, or named without
    /// being chosen; a note in a test, whose server is its own, and where a
    /// setting asks for it.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let (bytes, path) = (scene.bytes(), scene.document.path.as_bytes());
        let kind = scene.language().kind();
        if around::is_inside_word(bytes, found)
            || kind == Kind::Prose
            || paths::is_vendored_path(path)
            || self.is_library(path)
            || paths::is_minified(path, bytes)
            || !self.has_need(found, scene)
            || self.means_other(bytes, found)
            || self.has_instead(bytes, found)
            || around::is_only_named(bytes, found)
            || scene.place(found.span.start).is_for_readers()
            || around::is_quoted(scene, found)
            || around::is_to_this_machine(bytes, found)
        {
            return None;
        }
        let is_note = paths::is_test_path(path)
            || paths::is_fixture_path(path)
            || around::is_asked_for(bytes, found, &self.text.choices);
        let words = String::from_utf8_lossy(&bytes[found.span.clone()]);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let message = match words.char_indices().nth(QUOTED) {
            None => format!("{}: `{words}`", self.summary),
            Some((cut, _)) => format!("{}: `{}…`", self.summary, &words[..cut]),
        };
        Some(Verdict {
            severity: is_note.then_some(Severity::Note),
            message,
            highlight: found.span.clone(),
            content: words.into_bytes(),
            ..Verdict::default()
        })
    }

    /// Whether `path` is in a copy of a library that only offers the turn.
    fn is_library(&self, path: &[u8]) -> bool {
        self.text.libraries.iter().any(|library| {
            let library = library.as_bytes();
            path.starts_with(library)
                || memchr::memmem::find_iter(path, library).any(|at| path[at - 1] == b'/')
        })
    }

    fn has_need(&self, found: &Match, scene: &Scene<'_>) -> bool {
        let bytes = scene.bytes();
        let start = found.span.start.saturating_sub(NEAR);
        let end = bytes.len().min(found.span.end + NEAR);
        self.text
            .needs
            .iter()
            .filter(|need| bytes[found.span.start..].starts_with(need.turn.as_bytes()))
            .all(|need| {
                need.near
                    .iter()
                    .any(|word| memchr::memmem::find(&bytes[start..end], word.as_bytes()).is_some())
            })
    }

    fn has_instead(&self, bytes: &[u8], found: &Match) -> bool {
        const REACH: usize = 400;
        let start = found.span.start.saturating_sub(REACH);
        let end = bytes.len().min(found.span.end + REACH);
        self.text
            .instead
            .iter()
            .any(|word| memchr::memmem::find(&bytes[start..end], word.as_bytes()).is_some())
    }

    fn means_other(&self, bytes: &[u8], found: &Match) -> bool {
        let before = &bytes[found.span.start.saturating_sub(160)..found.span.start];
        self.text.other.iter().any(|word| {
            memchr::memmem::rfind(before, word.as_bytes())
                .is_some_and(|at| !before[at..].contains(&b'}'))
        })
    }
}
