//! A turn that is written for readers: a comment, a message, a quotation that nobody runs.

use super::{is_word, line};
use crate::rule::{Match, Scene};
use crate::syntax::{Kind, Place};

/// Whether the turn stands in a comment or in prose; in a file of no known
/// language, on a line that begins as comments do.
pub(super) fn is_commented(scene: &Scene<'_>, found: &Match) -> bool {
    if scene.language().kind() == Kind::Text {
        let line = &scene.bytes()[line(scene.bytes(), found.span.start)];
        let start = line.trim_ascii_start();
        return ["#", "//", ";", "%", "--"]
            .iter()
            .any(|mark| start.starts_with(mark.as_bytes()));
    }
    let place = scene.place(found.span.start);
    // The text of a property list is its values.
    let is_value =
        place == Place::MarkupText && scene.document.path.as_bytes().ends_with(b".plist");
    place.is_for_readers() && !is_value
}

/// Whether a text is all there is to it: a literal of a program that quotes
/// the turn and does not run it, a message, a description.
pub(super) fn is_quoted(scene: &Scene<'_>, found: &Match) -> bool {
    let bytes = scene.bytes();
    let language = scene.language();
    let begins = first_word(&bytes[line(bytes, found.span.start)]);
    let token = scene.token(found.span.start);
    if language.kind() != Kind::Code && language.kind() != Kind::Template {
        return language.name() == "gettext"
            || DESCRIBING.contains(&begins.as_str())
            || (begins == "name" && is_in_a_sentence(bytes, found))
            || token.is_some_and(|token| {
                // `input.help.arguments`
                let key = key_before(bytes, token.extent.start);
                key.split('.').any(|part| DESCRIBING.contains(&part))
            });
    }
    let Some(token) = token else {
        return false;
    };
    // A turn may end with the delimiter of the literal it stands in.
    let turn = &bytes[found.span.clone()];
    let ending = matches!(turn.last(), Some(b'"' | b'\'' | b'`' | b' ' | b'\n'));
    let end = found.span.end - usize::from(ending);
    // A switch by itself is as often declared as it is passed.
    let is_switch = turn.starts_with(b"-") || bytes[..found.span.start].ends_with(b"--");
    if token.content.end < end
        || (token.content.start == found.span.start && token.content.end == end && !is_switch)
    {
        return false;
    }
    if matches!(language.name(), "Shell" | "fish" | "PowerShell" | "Batch") {
        return match token.place {
            Place::Heredoc => is_printed(bytes, token.extent.start),
            _ => SAYING.contains(&begins.as_str()) && !is_written(bytes, token.extent.end),
        };
    }
    let is_backtick =
        bytes[token.extent.start] == b'`' && matches!(language.name(), "Ruby" | "Perl" | "PHP");
    !is_backtick && !is_run(scene, token.extent.start)
}

/// `name: never use ...`: words stand before the turn, so it is not the name itself.
fn is_in_a_sentence(bytes: &[u8], found: &Match) -> bool {
    let before = &bytes[line(bytes, found.span.start).start..found.span.start];
    let value = memchr::memchr(b':', before).map_or(&b""[..], |colon| &before[colon + 1..]);
    value.trim_ascii().iter().any(|&b| is_word(b))
}

/// Keys whose values are read by people.
const DESCRIBING: &[&str] = &[
    "description",
    "desc",
    "help",
    "summary",
    "title",
    "message",
    "comment",
    "note",
    "example",
    "label",
    "hint",
    "tooltip",
    "placeholder",
    "text",
    "usage",
    "about",
    "documentation",
    "pattern",
    "patterns",
    "regex",
];

/// Commands that print what they are given.
const SAYING: &[&str] = &[
    "echo", "printf", "log", "print", "warn", "error", "die", "usage", "info", "fail", "fatal",
    "msg", "write",
];

fn first_word(line: &[u8]) -> String {
    let word: Vec<u8> = line
        .iter()
        .skip_while(|b| !is_word(**b))
        .take_while(|b| is_word(**b))
        .map(u8::to_ascii_lowercase)
        .collect();
    String::from_utf8_lossy(&word).into_owned()
}

/// The key whose value begins at `start`: `"title": "...`, or on the line below `title: |-`.
fn key_before(bytes: &[u8], start: usize) -> String {
    let mut before = bytes[line(bytes, start).start..start].trim_ascii_end();
    if before.is_empty() && start > 0 {
        before = bytes[line(bytes, start - 1)].trim_ascii_end();
    }
    let is_block_mark = |b: &u8| matches!(b, b'|' | b'>' | b'-' | b'+') || b.is_ascii_digit();
    let mark = before.iter().rev().take_while(|b| is_block_mark(b)).count();
    before = before[..before.len() - mark].trim_ascii_end();
    let Some(before) = before
        .strip_suffix(b":")
        .or_else(|| before.strip_suffix(b"="))
    else {
        return String::new();
    };
    let mut word: Vec<u8> = before
        .iter()
        .rev()
        .skip_while(|b| !is_word(**b))
        .take_while(|b| is_word(**b) || **b == b'.')
        .map(u8::to_ascii_lowercase)
        .collect();
    word.reverse();
    String::from_utf8_lossy(&word).into_owned()
}

/// `echo '..' > file`: what is printed from `end` on goes into a file.
fn is_written(bytes: &[u8], end: usize) -> bool {
    let rest = bytes[end..line(bytes, end).end].trim_ascii_start();
    let target = rest
        .strip_prefix(b">")
        .map(|r| r.strip_prefix(b">").unwrap_or(r));
    target.is_some_and(|t| {
        let name = t.trim_ascii_start();
        !name.starts_with(b"&") && !name.starts_with(b"/dev/")
    })
}

/// `cat <<EOF` to the terminal, not into a file or a program.
fn is_printed(bytes: &[u8], heredoc: usize) -> bool {
    let opener = line(bytes, heredoc.saturating_sub(1));
    let opener = &bytes[opener];
    memchr::memmem::find(opener, b"cat <<").is_some()
        && !opener.iter().any(|b| matches!(b, b'>' | b'|'))
}

/// Whether a call or name before the literal at `start` says that it is a command.
fn is_run(scene: &Scene<'_>, start: usize) -> bool {
    const REACH: usize = 120;
    const RUNS: &[&str] = &[
        "exec",
        "system",
        "popen",
        "run",
        "spawn",
        "sh",
        "bash",
        "shell",
        "cmd",
        "command",
        "commands",
        "call",
        "getoutput",
        "output",
        "processbuilder",
        "passthru",
        "script",
        "sudo",
        "ssh",
        "powershell",
        "x",
    ];
    let from = start.saturating_sub(REACH);
    let code: Vec<u8> = (from..start)
        .filter(|&at| scene.place(at) == Place::Code)
        .map(|at| scene.bytes()[at])
        .collect();
    let statement = code
        .rsplit(|&b| b == b';' || b == b'}')
        .next()
        .unwrap_or_default();
    // `cmd.Flags().Bool(..)`, `parser.add_argument(..)`: declared, not run.
    let is_declared = ["lags", "lag.", "rgument", "ption"]
        .iter()
        .any(|word| memchr::memmem::find(statement, word.as_bytes()).is_some());
    if is_declared {
        return false;
    }
    statement.ends_with(b"$")
        || statement.split(|&b| !is_word(b)).any(|name| {
            crate::rule::key::words(name).iter().any(|word| {
                RUNS.iter().any(|run| {
                    word.starts_with(run.as_bytes()) && (word.len() == run.len() || run.len() > 3)
                })
            })
        })
}
