//! Whether a URL is the argument of a program that fetches it.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, packed};

use super::context::is_word;
use super::words::words;

/// Where the line that holds `at` begins, as far back as a line is read.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(1024);
    floor + memchr::memrchr(b'\n', &bytes[floor..at]).map_or(0, |i| i + 1)
}

/// Programs and functions of shells that fetch what they are given.
const PROGRAMS: [&str; 12] = [
    "curl",
    "wget",
    // Makefiles' variables.
    "CURL",
    "WGET",
    "Invoke-WebRequest",
    "Invoke-RestMethod",
    "iwr",
    "irm",
    "aria2c",
    "axel",
    "_get",
    "_post",
];

/// Finds them with vectors; `None` on machines without.
static PACKED: LazyLock<Option<packed::Searcher>> =
    LazyLock::new(|| packed::Searcher::new(PROGRAMS));
static AUTOMATON: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(PROGRAMS).expect("a few short words"));

/// Whether the text before the URL, on its line, runs a program that fetches it.
pub(super) fn runs_command(before: &[u8]) -> bool {
    let segment = last_command(before);
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let is_whole = |found: aho_corasick::Match| {
        let before = found.start().checked_sub(1).map(|i| segment[i]);
        let after = segment.get(found.end()).copied();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    let is_run = match &*PACKED {
        Some(packed) => packed.find_iter(segment).any(is_whole),
        None => AUTOMATON.find_iter(segment).any(is_whole),
    };
    is_run
        && !is_said(before)
        && !segment.ends_with(b"-e ")
        && !segment.ends_with(b"--referer ")
        && !segment
            .windows(8)
            .any(|w| w.eq_ignore_ascii_case(b"referer:"))
}

/// What stands in `before`, a line of a shell's, of its last command.
fn last_command(before: &[u8]) -> &[u8] {
    memchr::memrchr3(b'|', b';', b'&', before).map_or(before, |i| &before[i + 1..])
}

/// `echo curl -s http://..`: whether what stands at the end of `before` is said, and not run.
pub(super) fn is_said(before: &[u8]) -> bool {
    let command = last_command(before).trim_ascii_start();
    let runs = |sign: &[u8]| memchr::memmem::find(command, sign).is_some();
    [&b"echo "[..], b"printf "]
        .iter()
        .any(|word| command.starts_with(word))
        && !runs(b"$(")
        && !runs(b"`")
}

/// Whether the shell command that the URL is an argument of fetches it: a
/// function named for that, or a program that copies repositories.
pub(super) fn runs_helper(before: &[u8]) -> bool {
    let segment = before
        .iter()
        .rposition(|&b| matches!(b, b'|' | b';' | b'&' | b'('))
        .map_or(before, |i| &before[i + 1..]);
    let mut arguments = segment
        .split(u8::is_ascii_whitespace)
        .filter(|w| !w.is_empty())
        .skip_while(|w| {
            [
                "if", "then", "do", "else", "while", "until", "!", "sudo", "time",
            ]
            .iter()
            .any(|k| k.as_bytes() == *w)
        });
    let Some(program) = arguments.next() else {
        return false;
    };
    // `$(${fetch_cmd} http://..)`
    if let Some(name) = program
        .strip_prefix(b"\"")
        .unwrap_or(program)
        .strip_prefix(b"$")
    {
        return words(name).iter().any(|w| {
            [
                "cmd", "command", "curl", "wget", "get", "http", "fetch", "download", "dl",
            ]
            .contains(&w.as_str())
        });
    }
    // `url="http://..`: nothing is run.
    if !program
        .iter()
        .all(|&b| is_word(b) || matches!(b, b'-' | b'.'))
    {
        return false;
    }
    let copies: &[&str] = match program {
        b"git" | b"hg" => &["clone"],
        b"svn" => &["checkout", "co", "export"],
        // What installs from an address.
        b"rpm" | b"yum" | b"dnf" | b"zypper" | b"easy_install" => return true,
        b"kubectl" => &["apply", "create"],
        b"helm" => &["add", "install"],
        _ => {
            let words = words(program);
            let has =
                |i: usize, list: &[&str]| words.get(i).is_some_and(|w| list.contains(&w.as_str()));
            return has(0, &["download", "fetch", "curl", "wget"])
                || has(0, &["http"]) && has(1, &["get", "post", "put", "fetch", "request"]);
        }
    };
    arguments.any(|w| copies.iter().any(|c| c.as_bytes() == w))
}

/// Whether the URL is what a `sed` script looks for: `s|http://old|..|`.
pub(super) fn is_replaced(before: &[u8]) -> bool {
    let Some(sed) = memchr::memmem::rfind(before, b"sed ") else {
        return false;
    };
    let script = &before[sed..];
    let Some(at) = (1..script.len().saturating_sub(1)).rev().find(|&i| {
        script[i] == b's'
            && matches!(script[i - 1], b'\'' | b'"' | b' ' | b';' | b'/')
            && matches!(
                script[i + 1],
                b'|' | b'#' | b'@' | b',' | b'!' | b'%' | b'/' | b'~'
            )
    }) else {
        return false;
    };
    !script[at + 2..].contains(&script[at + 1])
}
