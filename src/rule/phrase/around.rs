//! What the text around a turn makes of it: a name, a quotation, a choice that somebody else makes.

use std::ops::Range;

use crate::rule::{Match, Scene};
use crate::syntax::{Kind, Place};

/// How far to either side a line is read.
const LINE: usize = 1024;
/// How far back the conditions around a turn are looked for.
const BACK: usize = 4096;

/// The line that holds `offset`, as far as `LINE` reaches.
fn line(bytes: &[u8], offset: usize) -> Range<usize> {
    let from = offset.saturating_sub(LINE);
    let start = memchr::memrchr(b'\n', &bytes[from..offset]).map_or(from, |i| from + i + 1);
    let to = bytes.len().min(offset + LINE);
    let end = memchr::memchr(b'\n', &bytes[offset..to]).map_or(to, |i| offset + i);
    start..end
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the turn begins in the middle of a longer name.
pub(super) fn is_inside_word(bytes: &[u8], found: &Match) -> bool {
    let (before, turn) = bytes.split_at(found.span.start);
    is_word(turn[0])
        && before.last().is_some_and(|&b| is_word(b))
        // OpenSSL's constants, with their library's prefix, which C needs.
        && !(turn.starts_with(b"VERIFY_") && before.ends_with(b"SSL_"))
}

/// Whether the turn is compared with, imported, defined, one entry of a table
/// of names, or one of two choices: named, but not chosen.
pub(super) fn is_only_named(bytes: &[u8], found: &Match) -> bool {
    let line = line(bytes, found.span.start);
    let before = bytes[line.start..found.span.start].trim_ascii();
    // What the name belongs to: `ssl.`, `OpenSSL::SSL::`.
    let owner = before
        .iter()
        .rev()
        .take_while(|b| is_word(**b) || matches!(b, b'.' | b':'))
        .count();
    let owned = before.ends_with(b".") || before.ends_with(b"::");
    let before = match owned {
        true => before[..before.len() - owner].trim_ascii_end(),
        false => before,
    };
    let after = bytes[found.span.end.min(line.end)..line.end].trim_ascii_start();
    let is_named = ["==", "!=", " is", " not", " in", " else", " function"]
        .iter()
        .any(|end| before.ends_with(end.as_bytes()))
        || [
            &b"import "[..],
            b"from ",
            b"case ",
            b"when ",
            b"def ",
            b"function ",
            b"#define ",
            b"#ifdef ",
            b"#ifndef ",
        ]
        .iter()
        .any(|keyword| before.starts_with(keyword));
    let is_constant = bytes[found.span.clone()]
        .iter()
        .all(|&b| is_word(b) || b == b'.');
    let is_defined = (after.starts_with(b"=") && !after.starts_with(b"=>"))
        || after.starts_with(b"!=")
        || (owned && after.starts_with(b":"))
        || (is_constant && after.starts_with(b"=>"))
        || (is_constant
            && [&b"=="[..], b"!="]
                .iter()
                .any(|sign| memchr::memmem::find(after, sign).is_some()));
    is_named || is_defined || (is_constant && (is_table_entry(before) || is_ternary(before)))
}

/// `"tlsv1": CONSTANT`, `"none" => CONSTANT`: what a setting's word stands for.
fn is_table_entry(before: &[u8]) -> bool {
    let Some(before) = before
        .strip_suffix(b":")
        .or_else(|| before.strip_suffix(b"=>"))
        .or_else(|| before.strip_suffix(b","))
    else {
        return false;
    };
    let name: Vec<u8> = before
        .iter()
        .rev()
        .skip_while(|b| !is_word(**b))
        .take_while(|b| is_word(**b) || matches!(b, b'.' | b'-'))
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    // It was read backwards.
    let name: Vec<u8> = name.into_iter().rev().collect();
    let has_version = |prefix: &[u8]| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.iter().any(u8::is_ascii_digit) && rest.len() <= 3)
    };
    has_version(b"tls")
        || has_version(b"ssl")
        || matches!(
            &name[..],
            b"none" | b"certnone" | b"verifynone" | b"10" | b"11"
        )
}

/// `verify ? PEER : NONE`.
fn is_ternary(before: &[u8]) -> bool {
    before.ends_with(b":") && before.contains(&b'?')
}

/// Whether a text is all there is to it: a literal of a program that quotes
/// the turn and does not run it, a message, a description.
pub(super) fn is_quoted(scene: &Scene<'_>, found: &Match) -> bool {
    let bytes = scene.bytes();
    let line = line(bytes, found.span.start);
    let start = bytes[line.clone()].trim_ascii_start();
    let says = |words: &[&str]| {
        let word = start
            .iter()
            .skip_while(|b| !is_word(**b))
            .take_while(|b| is_word(**b))
            .map(u8::to_ascii_lowercase)
            .collect::<Vec<_>>();
        words.iter().any(|w| w.as_bytes() == word)
    };
    let kind = scene.language().kind();
    if kind != Kind::Code && kind != Kind::Template {
        return says(&[
            "description",
            "help",
            "summary",
            "title",
            "message",
            "comment",
            "note",
            "example",
        ]);
    }
    let Some(token) = scene.token(found.span.start) else {
        return false;
    };
    if token.content.end < found.span.end || token.content == found.span {
        return false;
    }
    if matches!(
        scene.language().name(),
        "Shell" | "fish" | "PowerShell" | "Batch"
    ) {
        return match token.place {
            Place::Heredoc => is_printed(bytes, token.extent.start),
            _ => says(&[
                "echo", "printf", "log", "print", "warn", "error", "die", "usage", "info", "fail",
                "fatal", "msg", "write",
            ]),
        };
    }
    let is_backtick = bytes[token.extent.start] == b'`'
        && matches!(scene.language().name(), "Ruby" | "Perl" | "PHP");
    !is_backtick && !is_run(scene, token.extent.start)
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
    statement.ends_with(b"$")
        || statement.split(|&b| !is_word(b)).any(|name| {
            crate::rule::key::words(name).iter().any(|word| {
                RUNS.iter().any(|run| {
                    word.starts_with(run.as_bytes()) && (word.len() == run.len() || run.len() > 3)
                })
            })
        })
}

/// Whether what is addressed next to the turn is this machine, where nobody stands in between.
pub(super) fn is_to_this_machine(bytes: &[u8], found: &Match) -> bool {
    let here = line(bytes, found.span.start);
    let text = &bytes[here.clone()];
    let before = &bytes[..here.start.saturating_sub(1)];
    let above = line(bytes, before.len());
    let above = bytes[above].trim_ascii_end();
    let is_call = above.ends_with(b"(") || above.ends_with(b",");
    let is_here = |text: &[u8]| {
        memchr::memmem::find_iter(text, b"://").any(|at| {
            [&b"localhost"[..], b"127.0.0.1", b"[::1]", b"0.0.0.0"]
                .iter()
                .any(|host| text[at + 3..].starts_with(host))
        })
    };
    is_here(text) || (is_call && is_here(above))
}

/// Whether a condition around the turn, or the name of its function, says
/// that it is on request: the program offers it as a setting.
pub(super) fn is_asked_for(bytes: &[u8], found: &Match, choices: &[String]) -> bool {
    let here = line(bytes, found.span.start);
    let says = |text: &[u8]| {
        let plain: Vec<u8> = text
            .iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase)
            .collect();
        choices
            .iter()
            .any(|word| memchr::memmem::find(&plain, word.as_bytes()).is_some())
    };
    let before = &bytes[here.start..found.span.start];
    let after = &bytes[found.span.end.min(here.end)..here.end];
    // `VERIFY_NONE unless verify`, `if insecure { ... }`, `insecure ? ...`
    let condition = |text: &[u8]| {
        ["if", "unless"]
            .iter()
            .any(|keyword| word_at(text, keyword.as_bytes()).is_some_and(|at| says(&text[at..])))
    };
    let is_choice = memchr::memchr(b'?', before).is_some_and(|at| says(&before[..at]));
    if condition(before) || condition(after) || is_choice {
        return true;
    }
    let mut indent = indentation(&bytes[here.clone()]);
    // An `else` or a lone `? {` belongs to what stands above it, at the same depth.
    let mut wants_head = opens_branch(&bytes[here.clone()]);
    let from = here.start.saturating_sub(BACK);
    for text in bytes[from..here.start].rsplit(|&b| b == b'\n') {
        let trimmed = text.trim_ascii();
        let is_comment = trimmed.starts_with(b"//") || trimmed.starts_with(b"#");
        if trimmed.is_empty() || trimmed == b"{" || is_comment {
            continue;
        }
        let depth = indentation(text);
        if depth > indent || (depth == indent && !wants_head) {
            continue;
        }
        let is_branch = opens_branch(trimmed);
        let is_function = FUNCTIONS
            .iter()
            .any(|keyword| word_at(trimmed, keyword.as_bytes()).is_some());
        if is_function {
            return memchr::memchr(b'(', trimmed).is_some_and(|at| says_insecure(&trimmed[..at]));
        }
        let is_head = wants_head
            || is_branch
            || ["if", "elif", "unless", "case", "when", "switch", "match"]
                .iter()
                .any(|keyword| starts_with_word(trimmed, keyword.as_bytes()));
        if is_head && says(trimmed) {
            return true;
        }
        wants_head = is_branch;
        indent = depth;
        if indent == 0 && !wants_head {
            return false;
        }
    }
    false
}

const FUNCTIONS: &[&str] = &["func", "fn", "def", "function", "fun"];

fn says_insecure(name: &[u8]) -> bool {
    let lower = name.to_ascii_lowercase();
    [&b"insecure"[..], b"unverified", b"withoutverif"]
        .iter()
        .any(|word| memchr::memmem::find(&lower, word).is_some())
}

fn indentation(line: &[u8]) -> usize {
    line.iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .map(|&b| if b == b'\t' { 4 } else { 1 })
        .sum()
}

/// `else`, `elif`, `} else {`, `? {`, `: {`.
fn opens_branch(line: &[u8]) -> bool {
    let text = line.trim_ascii();
    let text = text.strip_prefix(b"}").unwrap_or(text).trim_ascii_start();
    starts_with_word(text, b"else")
        || starts_with_word(text, b"elif")
        || starts_with_word(text, b"elsif")
        || text.starts_with(b"? ")
        || text.starts_with(b": ")
}

fn starts_with_word(text: &[u8], word: &[u8]) -> bool {
    text.strip_prefix(word)
        .is_some_and(|rest| rest.first().is_none_or(|&b| !is_word(b)))
}

/// Where `word` stands in `text` by itself.
fn word_at(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(text, word)
        .find(|&at| (at == 0 || !is_word(text[at - 1])) && starts_with_word(&text[at..], word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> bool {
        let start = text.find("TURN").expect("a test names its turn");
        let span = start..start + 4;
        let found = Match {
            span: span.clone(),
            secret: span,
        };
        let choices = ["insecure".to_owned(), "verif".to_owned()];
        is_asked_for(text.as_bytes(), &found, &choices)
    }

    #[test]
    fn a_setting_asks_by_condition_branch_ternary_or_function() {
        for text in [
            "if (insecure) TURN",
            "if not verify:\n    x = 1\n\n    TURN",
            "if verify:\n    a\nelse:\n    TURN",
            "if (opt.skipVerify)\n{\n    f({\n        TURN\n    })\n}",
            "TURN unless verify",
            "tls: o.insecure\n  ? {\n      TURN",
            "func Insecure() {\n\tTURN",
        ] {
            assert!(asked(text), "{text}");
        }
    }

    #[test]
    fn other_conditions_and_neighbours_do_not_ask() {
        for text in [
            "TURN",
            "if (production) {\n  TURN",
            "if insecure:\n    a\nTURN",
            "if insecure:\n    a\nb = f(\n    TURN)",
            "def verify_all():\n    TURN",
            "ssl: isProduction ? TURN : false",
            "if verify:\n    a\nif ssl:\n    TURN",
        ] {
            assert!(!asked(text), "{text}");
        }
    }
}
