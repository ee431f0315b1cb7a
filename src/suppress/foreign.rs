//! The markers of other scanners, honoured where the configuration says so.

use super::Rules;
use crate::document::Document;
use crate::finding::{Finding, SuppressedBy, Suppression};
use crate::syntax::{Language, Lexed};

/// Which lines a marker speaks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reach {
    Line,
    NextLine,
    Start,
    End,
}

/// A tool as the configuration names it, what it writes, and for which lines.
/// Of two that begin alike, the longer comes first.
const MARKERS: &[(&str, &str, Reach)] = &[
    ("gitleaks", "gitleaks:allow", Reach::Line),
    ("gitleaks", "betterleaks:allow", Reach::Line),
    (
        "detect-secrets",
        "pragma: allowlist nextline secret",
        Reach::NextLine,
    ),
    ("detect-secrets", "pragma: allowlist secret", Reach::Line),
    ("detect-secrets", "pragma: whitelist secret", Reach::Line),
    ("trufflehog", "trufflehog:ignore", Reach::Line),
    ("ggshield", "ggignore", Reach::Line),
    (
        "secretlint",
        "secretlint-disable-next-line",
        Reach::NextLine,
    ),
    ("secretlint", "secretlint-disable-line", Reach::Line),
    ("secretlint", "secretlint-disable", Reach::Start),
    ("secretlint", "secretlint-enable", Reach::End),
];

/// Suppresses what of `findings`, all of `document` and of rules that find
/// secrets, markers of `tools` in its comments are about.
pub fn apply(document: &Document, findings: &mut [Finding], tools: &[&str], rules: &Rules) {
    let is_open = |f: &Finding| f.suppressed.is_none() && rules.finds_secrets(&f.rule);
    if tools.is_empty() || !findings.iter().any(is_open) {
        return;
    }
    let covered = covered(document, tools);
    for finding in findings.iter_mut().filter(|f| is_open(f)) {
        let Some(region) = &finding.region else {
            continue;
        };
        let lines = [region.start.line, region.end.line];
        let marker = covered
            .iter()
            .find(|(from, to, _)| lines.iter().any(|l| (from..=to).contains(&l)));
        if let Some((_, _, marker)) = marker {
            finding.suppressed = Some(Suppression {
                by: SuppressedBy::Inline,
                reason: Some(format!("`{marker}`")),
            });
        }
    }
}

/// Whether a list of rules follows on the line.
fn names_rules(rest: &[u8]) -> bool {
    let line = rest.split(|&b| b == b'\n').next().unwrap_or_default();
    let first = line.trim_ascii_start().first();
    first.is_some_and(|b| *b == b'@' || b.is_ascii_alphanumeric())
}

/// The lines that markers speak for, each with the marker.
fn covered(document: &Document, tools: &[&str]) -> Vec<(usize, usize, &'static str)> {
    let bytes = document.bytes();
    let mut found: Vec<(usize, &str, Reach)> = Vec::new();
    for &(tool, marker, reach) in MARKERS {
        if !tools.contains(&tool) {
            continue;
        }
        for at in memchr::memmem::find_iter(bytes, marker) {
            let rest = &bytes[at + marker.len()..];
            let is_part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
            let goes_on =
                rest.first().is_some_and(is_part) || bytes[..at].last().is_some_and(is_part);
            // What names rules of another tool says nothing of ours.
            let is_scoped = tool == "secretlint" && names_rules(rest);
            if !goes_on && !is_scoped {
                found.push((at, marker, reach));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_by_key(|f| f.0);
    let language = Language::detect(document.path.as_bytes(), bytes);
    let lexed = Lexed::new(language, bytes);
    let (mut covered, mut open) = (Vec::new(), None);
    for (at, marker, reach) in found {
        if !lexed.place(at).is_comment() {
            continue;
        }
        let line = document.position(at).line;
        match reach {
            Reach::Line => covered.push((line, line, marker)),
            Reach::NextLine => covered.push((line + 1, line + 1, marker)),
            Reach::Start => open = open.or(Some((line, marker))),
            Reach::End => {
                covered.extend(open.take().map(|(start, marker)| (start, line, marker)));
            }
        }
    }
    // secretlint's own reading: what nothing enables again is disabled to the end.
    covered.extend(open.map(|(start, marker)| (start, usize::MAX, marker)));
    covered
}
