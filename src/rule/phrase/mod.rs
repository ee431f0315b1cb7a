//! A turn of code or configuration that is wrong by itself: no secret, a place and a few words.

mod address;
mod choice;
mod listed;
mod named;
mod quoted;
mod reviewed;
mod stake;

use std::ops::Range;

use super::{Match, Scene, Verdict};
use crate::finding::Severity;
use crate::syntax::{Kind, paths};

/// The `[rule.phrase]` table as written.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct PhraseText {
    /// What is said of a turn, and of one that allows old versions, with what to do about that.
    message: String,
    version_message: String,
    version_help: String,
    /// Words of a condition that make the turn its user's choice, lower case, without `_` and `-`.
    choices: Vec<String>,
    /// Folders (`name/`) and files (`name/file`) of libraries that offer the turn as an option.
    libraries: Vec<String>,
    /// Turns that mean something only in some files.
    needs: Vec<Need>,
    /// What right before the turn, and not closed before it, gives its words another meaning.
    other: Vec<String>,
    /// Turns that count only beside the public name of a server.
    remote: Vec<String>,
    /// Words of conditions that hold on a developer's machine only.
    development: Vec<String>,
    /// Words of conditions that choose a version, and say nothing of the certificate.
    version_choices: Vec<String>,
    /// Turns that allow old versions, and switches of commands that do: where the certificate is not
    /// checked at all, they add nothing.
    versions: Vec<String>,
    /// What near the turn says that the program does itself what it switches off; a field ends in `:`.
    instead: Vec<String>,
    /// Turns by which a client offers versions, of which a server takes the best.
    offers: Vec<String>,
    /// What names a version that is still good.
    current: Vec<String>,
    /// Turns of tools that set up hosts of one's own.
    inventory: Vec<String>,
    /// Turns that make what sends requests elsewhere in their file.
    clients: Vec<String>,
    /// Words that names end in for what must reach nobody else, lower case; two words may be one here.
    credentials: Vec<String>,
    /// Words of names of what sends such things.
    protocols: Vec<String>,
    /// Words of paths of files whose matter is a credential or money.
    matters: Vec<String>,
    /// What on the line of a turn says that it is for a whole process or machine.
    everywhere: Vec<String>,
    /// Turns that name the hosts they are about.
    registries: Vec<String>,
    /// Commands that send what they logged in with.
    sessions: Vec<String>,
    /// What in a command says that it runs what it downloads.
    runs: Vec<String>,
    /// Words of names of files and functions that look at any server there is.
    purposes: Vec<String>,
    /// Names of what reads a certificate or a page for what it says.
    inspections: Vec<String>,
    /// What a server says, which checks no certificate of its clients.
    serves: Vec<String>,
    /// Words of names of requests that only ask whether a service answers.
    probes: Vec<String>,
    /// Words of names of devices, whose certificates nobody signs.
    devices: Vec<String>,
}

/// What a turn that begins with one of `turns` needs to count; an empty list asks for nothing.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Need {
    turns: Vec<String>,
    /// One of these is written in its file.
    near: Vec<String>,
    /// Its file's name ends in one of these.
    files: Vec<String>,
    /// It stands right after one of these.
    after: Vec<String>,
}

pub struct PhraseRule {
    text: PhraseText,
}

/// More than this of a turn is not quoted in the message.
const QUOTED: usize = 60;
/// How far to either side the brackets around a turn are looked for.
pub const LITERAL: usize = 1500;
/// How much of a file is searched for what a turn needs, to either side.
const NEAR: usize = 32 * 1024;

impl PhraseRule {
    pub fn new(text: PhraseText) -> PhraseRule {
        PhraseRule { text }
    }

    /// `None` where the turn is written for readers only, or named without
    /// being chosen; a note in a test, whose server is its own, in an
    /// example, and where a setting asks for it.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let (bytes, path) = (scene.bytes(), scene.document.path.as_bytes());
        let kind = scene.language().kind();
        // Part of a connection string, which is a literal everywhere.
        let is_option = starts_with_any(&bytes[found.span.clone()], &self.text.remote);
        let is_program = matches!(kind, Kind::Code | Kind::Template);
        if named::is_inside_word(bytes, found)
            || (!is_program && listed::is_listed_in_settings(bytes, found))
            || named::is_off(bytes, found)
            || kind == Kind::Prose
            || !self.has_need(found, bytes, path)
            || self.means_other(bytes, found)
            || self.has_instead(bytes, found)
            || named::is_only_named(scene, found)
            || address::is_to_this_machine(bytes, found)
            || (is_option && !address::is_to_a_public_host(bytes, found))
            || paths::is_vendored_path(path)
            || self.is_library(path)
            || paths::is_minified(path, bytes)
            || paths::is_context_of_patch(path, &bytes[line(bytes, found.span.start)])
            || quoted::is_commented(scene, found)
            || (!is_option && quoted::is_quoted(scene, found))
        {
            return None;
        }
        let is_about_version = self.is_about_version(&bytes[found.span.clone()]);
        let review = reviewed::mark(scene, found);
        let is_note = review.is_some()
            || paths::is_test_path(path)
            || paths::is_fixture_path(path)
            || paths::is_doc_path(path)
            || paths::is_sample_path(path)
            || paths::is_development_path(path)
            || paths::is_build_output(path)
            || paths::is_retired_path(path)
            || choice::is_asked_for(bytes, found, &self.text.choices)
            || (is_about_version && self.is_offered_beside_better(bytes, found))
            || (is_about_version && choice::is_asked_for(bytes, found, &self.text.version_choices))
            || (starts_with_any(&bytes[found.span.clone()], &self.text.clients)
                && choice::is_installed_on_request(scene, found, &self.text.choices))
            || choice::is_in_template_branch(bytes, found, &self.text.choices)
            || choice::is_called_insecure(scene, found)
            || choice::is_either(scene, found)
            || address::is_to_a_local_service(bytes, found)
            || named::is_in_test_module(scene, found)
            || !stake::is_relied_on(scene, found, is_about_version, &self.text);
        let words = String::from_utf8_lossy(&bytes[found.span.clone()]);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let (says, help) = match is_about_version {
            true => (&self.text.version_message, Some(&self.text.version_help)),
            false => (&self.text.message, None),
        };
        let mut message = match words.char_indices().nth(QUOTED) {
            None => format!("{says}: `{words}`"),
            Some((cut, _)) => format!("{says}: `{}…`", &words[..cut]),
        };
        if let Some(mark) = review {
            message.push_str(&format!("; `{mark}` says that it was reviewed"));
        }
        Some(Verdict {
            severity: is_note.then_some(Severity::Note),
            message,
            highlight: found.span.clone(),
            content: words.into_bytes(),
            help: help.cloned(),
            ..Verdict::default()
        })
    }

    /// Whether one of `others` says it all: it is about the certificate, in the call or literal where
    /// `verdict` is about a version; it says the same farther left on the line; or it quotes where `verdict` begins.
    pub fn is_covered<'v>(
        &self,
        verdict: &Verdict,
        mut others: impl Iterator<Item = &'v Verdict>,
        bytes: &[u8],
    ) -> bool {
        // The items of a literal end in a comma or with it; what follows a statement is another.
        let is_item = |span: &Range<usize>| {
            let rest = bytes[span.end..].trim_ascii_start();
            matches!(rest.first(), Some(b',' | b')' | b']' | b'}'))
        };
        let span = &verdict.highlight;
        let is_about_version = self.is_about_version(&verdict.content);
        let literal = (is_about_version && is_item(span))
            .then(|| enclosing(bytes, span))
            .flatten();
        let is_in_the_same = |other: &Verdict| {
            literal.as_ref().is_some_and(|literal| {
                !self.is_about_version(&other.content)
                    && is_item(&other.highlight)
                    && literal.contains(&other.highlight.start)
                    && enclosing(bytes, &other.highlight).as_ref() == Some(literal)
            })
        };
        let start = line(bytes, span.start).start;
        let is_said_before = |other: &Verdict| {
            (start..span.start).contains(&other.highlight.start)
                && (verdict.severity.is_some() || other.severity.is_none())
                && self.is_about_version(&other.content) == is_about_version
        };
        others.any(|other| {
            let begins_within =
                other.highlight.start < span.start && span.start < other.highlight.end;
            begins_within || is_said_before(other) || is_in_the_same(other)
        })
    }

    fn is_about_version(&self, turn: &[u8]) -> bool {
        let is_switch = |word: &&String| word.starts_with("--");
        starts_with_any(turn, &self.text.versions)
            || self
                .text
                .versions
                .iter()
                .filter(is_switch)
                .any(|word| holds(turn, word.as_bytes()))
    }

    /// `SecurityProtocolType.Tls11 | SecurityProtocolType.Tls12`: whether a client may use a good version, too.
    fn is_offered_beside_better(&self, bytes: &[u8], found: &Match) -> bool {
        const REACH: usize = 300;
        let statement = address::statement(bytes, &found.span);
        let rest = &bytes[statement.end..bytes.len().min(statement.end + REACH)];
        let goes_on = [&b"|"[..], b"-bor", b"`"]
            .iter()
            .any(|sign| bytes[statement.clone()].trim_ascii_end().ends_with(sign));
        let more = memchr::memchr(b';', rest).unwrap_or(rest.len());
        let text = &bytes[statement.start..statement.end + if goes_on { more } else { 0 }];
        starts_with_any(&bytes[found.span.clone()], &self.text.offers)
            && holds_any(text, &self.text.current)
    }

    /// Whether `path` is in a copy of a library that only offers the turn.
    fn is_library(&self, path: &[u8]) -> bool {
        self.text.libraries.iter().any(|library| {
            let library = library.as_bytes();
            path.starts_with(library)
                || memchr::memmem::find_iter(path, library).any(|at| path[at - 1] == b'/')
        })
    }

    fn has_need(&self, found: &Match, bytes: &[u8], path: &[u8]) -> bool {
        let near = &bytes[near(bytes, &found.span, NEAR)];
        let (before, turn) = (&bytes[..found.span.start], &bytes[found.span.clone()]);
        let is_met = |need: &Need| {
            (need.after.is_empty() || ends_with_any(before, &need.after))
                && (need.files.is_empty() || ends_with_any(path, &need.files))
                && (need.near.is_empty() || holds_any(near, &need.near))
        };
        self.text
            .needs
            .iter()
            .filter(|need| starts_with_any(turn, &need.turns))
            .all(is_met)
    }

    fn has_instead(&self, bytes: &[u8], found: &Match) -> bool {
        const REACH: usize = 400;
        let near = near(bytes, &found.span, REACH);
        // A field is that of the same literal, however long that is, not of one within it.
        let literal = enclosing(bytes, &found.span).unwrap_or(near.clone());
        self.text
            .instead
            .iter()
            .any(|word| match word.ends_with(':') {
                true => holds_field(&bytes[literal.clone()], word.as_bytes()),
                false => holds(&bytes[near.clone()], word.as_bytes()),
            })
    }

    fn means_other(&self, bytes: &[u8], found: &Match) -> bool {
        let before = &bytes[found.span.start.saturating_sub(400)..found.span.start];
        self.text.other.iter().any(|word| {
            memchr::memmem::rfind(before, word.as_bytes())
                .is_some_and(|at| named::is_open(&before[at..]))
        })
    }
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(text, word).is_some()
}

fn holds_any(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| holds(text, word.as_bytes()))
}

/// Whether `text` holds `field` outside of all brackets.
fn holds_field(text: &[u8], field: &[u8]) -> bool {
    memchr::memmem::find_iter(text, field).any(|at| {
        let signs = text[..at].iter();
        let depth = signs.fold(0_i32, |depth, byte| match byte {
            b'(' | b'[' | b'{' => depth + 1,
            b')' | b']' | b'}' => depth - 1,
            _ => depth,
        });
        depth == 0
    })
}

fn starts_with_any(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| text.starts_with(word.as_bytes()))
}

fn ends_with_any(text: &[u8], words: &[String]) -> bool {
    words.iter().any(|word| text.ends_with(word.as_bytes()))
}

/// How far to either side a line is read.
const LINE: usize = 1024;

/// `span` and so much to either side.
fn near(bytes: &[u8], span: &Range<usize>, reach: usize) -> Range<usize> {
    span.start.saturating_sub(reach)..bytes.len().min(span.end + reach)
}

/// The line that holds `offset`, as far as `LINE` reaches.
fn line(bytes: &[u8], offset: usize) -> Range<usize> {
    let from = offset.saturating_sub(LINE);
    let start = memchr::memrchr(b'\n', &bytes[from..offset]).map_or(from, |i| from + i + 1);
    let to = bytes.len().min(offset + LINE);
    let end = memchr::memchr(b'\n', &bytes[offset..to]).map_or(to, |i| offset + i);
    start..end
}

/// What stands between the innermost brackets around `span`; the closing one stands at its end.
fn enclosing(bytes: &[u8], span: &Range<usize>) -> Option<Range<usize>> {
    let from = span.start.saturating_sub(LITERAL);
    let to = bytes.len().min(span.end + LITERAL);
    let open = from + named::unclosed(&bytes[from..span.start])?;
    let mut depth = 0_usize;
    let close = bytes[span.end..to].iter().position(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return true,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        false
    })?;
    Some(open + 1..span.end + close)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
