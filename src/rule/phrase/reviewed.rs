//! A turn that somebody has looked at: a mark for another linter beside it says so.

use std::ops::Range;

use super::{enclosing, is_word, line};
use crate::rule::{Match, Scene};

/// What a mark says when it names no rule.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alone {
    /// All that a linter for security has to say of the line.
    Reviewed,
    /// Something, most often about style.
    Silent,
}

/// Of two that begin alike, the longer comes first.
const MARKS: &[(&str, Alone)] = &[
    ("nosec", Alone::Reviewed),
    ("gosec:disable", Alone::Reviewed),
    ("NOSONAR", Alone::Reviewed),
    ("nosemgrep", Alone::Reviewed),
    ("kics-scan ignore-line", Alone::Reviewed),
    ("kics-scan ignore-block", Alone::Reviewed),
    ("skipcq", Alone::Reviewed),
    ("nolint", Alone::Reviewed),
    ("NOLINTNEXTLINE", Alone::Silent),
    ("NOLINT", Alone::Silent),
    ("noqa", Alone::Silent),
    ("codeql", Alone::Silent),
    ("lgtm", Alone::Silent),
    ("deepcode ignore", Alone::Silent),
    ("rubocop:disable", Alone::Silent),
    ("eslint-disable-next-line", Alone::Silent),
    ("eslint-disable-line", Alone::Silent),
    ("checkov:skip", Alone::Silent),
    ("tfsec:ignore", Alone::Silent),
    ("trivy:ignore", Alone::Silent),
];

/// Annotations and directives that do the same outside of comments, and always name rules.
const DIRECTIVES: &[&str] = &[
    "@SuppressLint",
    "@SuppressWarnings",
    "@Suppress",
    "[SuppressMessage",
    "#pragma warning disable",
];

/// The rules of other linters about certificates and versions that say it by number.
const RULES: &[&str] = &[
    "G402",
    "B323",
    "B501",
    "B502",
    "B503",
    "B504",
    "S323",
    "S501",
    "S502",
    "S503",
    "S504",
    "S4423",
    "S4830",
    "S5527",
    "CA5359",
    "CA5364",
    "CA5386",
    "CA5397",
    "CA5398",
    "SYSLIB0039",
    "CKV_AWS_103",
    "CKV_AWS_174",
    "CKV_AWS_206",
];

/// What the others have in their names.
const TOPICS: &[&str] = &[
    "tls",
    "ssl",
    "certificate",
    "cert-val",
    "hostname",
    "verif",
    "trust",
    "x509",
    "insecure",
    "gosec",
];

/// The mark beside the turn: on its lines, on those that the call or literal around it begins and
/// ends with, and in the comments and annotations right above these.
pub(super) fn mark(scene: &Scene<'_>, found: &Match) -> Option<&'static str> {
    let bytes = scene.bytes();
    let first = line(bytes, found.span.start);
    let mut lines = vec![first.clone(), line(bytes, found.span.end)];
    above(scene, &first, &mut lines);
    if let Some(around) = enclosing(bytes, &found.span) {
        let opening = line(bytes, around.start);
        above(scene, &opening, &mut lines);
        lines.push(opening);
        if bytes[around.end] == b')' {
            lines.push(line(bytes, around.end));
        }
    }
    lines.into_iter().find_map(|line| mark_on(scene, line))
}

/// Appends the lines right above `line` that are comments or annotations.
fn above(scene: &Scene<'_>, line: &Range<usize>, lines: &mut Vec<Range<usize>>) {
    const LINES: usize = 6;
    let bytes = scene.bytes();
    let mut start = line.start;
    for _ in 0..LINES {
        let Some(end) = start.checked_sub(1) else {
            return;
        };
        let above = super::line(bytes, end);
        let text = &bytes[above.clone()];
        let Some(indent) = text.iter().position(|b| !b.is_ascii_whitespace()) else {
            return;
        };
        let is_attached = scene.place(above.start + indent).is_comment()
            || matches!(text[indent], b'@' | b'[')
            || text[indent..].starts_with(b"#pragma");
        if !is_attached {
            return;
        }
        start = above.start;
        lines.push(above);
    }
}

fn mark_on(scene: &Scene<'_>, line: Range<usize>) -> Option<&'static str> {
    let bytes = scene.bytes();
    let text = &bytes[line.clone()];
    let code = text.trim_ascii_start();
    let directive = DIRECTIVES
        .iter()
        .find(|directive| code.starts_with(directive.as_bytes()));
    if let Some(directive) = directive
        && (holds_rule(code) || holds_topic(code))
    {
        return Some(directive);
    }
    MARKS.iter().find_map(|&(mark, alone)| {
        memchr::memmem::find_iter(text, mark.as_bytes())
            .any(|at| {
                let start = line.start + at;
                let end = start + mark.len();
                let is_part = |b: &u8| is_word(*b) || *b == b'-';
                if bytes[..start].last().is_some_and(is_part) || bytes.get(end).is_some_and(is_part)
                {
                    return false;
                }
                scene.token(start).is_some_and(|token| {
                    let begin = token.content.start.max(line.start).min(start);
                    let end = token.content.end.min(line.end).max(end);
                    token.place.is_comment()
                        && may_follow(&bytes[begin..start])
                        && accepts(mark, alone, &bytes[start + mark.len()..end])
                })
            })
            .then_some(mark)
    })
}

/// Whether a mark may stand behind `before` in its comment: at the beginning, or behind another
/// sign, not within a sentence.
fn may_follow(before: &[u8]) -> bool {
    before
        .trim_ascii_end()
        .last()
        .is_none_or(|b| matches!(b, b'#' | b'/' | b'*' | b';' | b',' | b'|' | b'@' | b'!'))
}

/// Whether `mark`, with `rest` behind it in its comment, is about the checks of TLS.
fn accepts(mark: &str, alone: Alone, rest: &[u8]) -> bool {
    let is_lead = |b: &u8| matches!(b, b':' | b'=' | b'(' | b'[' | b' ');
    let lead = rest.iter().take_while(|b| is_lead(b)).count();
    let names = &rest[lead..];
    let is_number = |word: &[u8]| {
        word.first().is_some_and(u8::is_ascii_uppercase) && word.iter().any(u8::is_ascii_digit)
    };
    // Names go on behind a comma or with the next number, or end at a blank.
    let goes_on = |at: usize| {
        let next = names[at..].trim_ascii_start();
        let word = next.iter().take_while(|b| is_word(**b)).count();
        names[..at].ends_with(b",") || is_number(&next[..word])
    };
    let end = (0..names.len())
        .find(|&at| names[at].is_ascii_whitespace() && !goes_on(at))
        .unwrap_or(names.len());
    let names = &names[..end];
    // flake8 names rules by number alone.
    if holds_rule(names) || (mark != "noqa" && holds_topic(names)) {
        return true;
    }
    let first = names.split(|&b| b == b',').next().unwrap_or_default();
    let names_another = first.split(|b| !is_word(*b)).any(is_number)
        || (!first.starts_with(b"-") && first.iter().any(|b| matches!(b, b'.' | b'-' | b'/')))
        || (mark == "nolint" && rest.starts_with(b":") && first != b"all");
    alone == Alone::Reviewed && !names_another
}

/// Whether the number of such a rule stands in `text`.
fn holds_rule(text: &[u8]) -> bool {
    let is_ours = |word: &[u8]| {
        RULES
            .iter()
            .any(|rule| word.eq_ignore_ascii_case(rule.as_bytes()))
    };
    text.split(|b| !is_word(*b)).any(is_ours)
}

/// Whether a rule that `text` names is about certificates and versions by its name.
fn holds_topic(text: &[u8]) -> bool {
    let text = text.to_ascii_lowercase();
    TOPICS
        .iter()
        .any(|topic| memchr::memmem::find(&text, topic.as_bytes()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn reviewed(path: &str, text: &str) -> bool {
        let start = text.find("TURN").expect("a test names its turn");
        let document = Document::new(path.into(), text.as_bytes().to_vec());
        let span = start..start + 4;
        let found = Match {
            span: span.clone(),
            secret: span,
        };
        mark(&Scene::new(&document), &found).is_some()
    }

    #[test]
    fn marks_of_other_linters_speak_for_what_they_stand_beside() {
        for (path, text) in [
            ("a.go", "c := TURN // #nosec G402"),
            ("a.go", "c := TURN // #nosec"),
            ("a.go", "c := TURN //nolint:errcheck,gosec // own network"),
            (
                "a.go",
                "// #nosec G402 -- own network\nc := T{\n\ta: 1,\n\tTURN,\n}",
            ),
            ("a.go", "c := T{ // nolint: gosec\n\tTURN,\n}"),
            ("a.py", "f(\n    u,\n    TURN,\n)  # nosec B501"),
            ("a.py", "f(TURN)  # noqa: E501,S501"),
            ("a.py", "f(TURN)  # type: ignore # noqa: E501 S501"),
            ("a.go", "c := TURN // #nosec G101 G402 -- own network"),
            (
                "a.py",
                "# nosemgrep: python.requests.disabled-cert-validation\nf(TURN)",
            ),
            (
                "a.py",
                "f(TURN)  # lgtm[py/request-without-cert-validation]",
            ),
            ("A.java", "f(TURN); // NOSONAR"),
            (
                "A.java",
                "@SuppressLint(\"TrustAllX509TrustManager\")\n@Override\nvoid TURN() {",
            ),
            ("a.cs", "#pragma warning disable CA5359\nf(TURN);"),
            ("a.rb", "# rubocop:disable Security/NoSSLVerify\nf(TURN)"),
            (
                "a.js",
                "// codeql[js/disabling-certificate-validation]\nf({ TURN })",
            ),
            ("a.yml", "a: 1\nTURN # kics-scan ignore-line"),
            (
                "a.tf",
                "#tfsec:ignore:aws-cloudfront-use-secure-tls-policy\nTURN",
            ),
            (
                "a.tf",
                "b {\n  # checkov:skip=CKV_AWS_174: old clients\n  TURN\n}",
            ),
        ] {
            assert!(reviewed(path, text), "{text}");
        }
    }

    #[test]
    fn other_marks_strings_and_distant_comments_do_not() {
        for (path, text) in [
            ("a.go", "c := TURN // #nosec G101"),
            ("a.go", "c := TURN //nolint:errcheck"),
            ("a.go", "// #nosec G402\na := 1\nc := TURN"),
            ("a.go", "c, d := TURN, \"#nosec G402\""),
            ("a.go", "c := TURN\nd := 1 // #nosec G402"),
            ("a.py", "f(TURN)  # noqa"),
            ("a.py", "f(TURN)  # noqa: trust me"),
            ("a.py", "f(TURN)  # no nosec here, this is bad"),
            ("a.go", "c := TURN // #nosec G101 -- but G402 stays"),
            ("A.java", "f(TURN); // not NOSONAR"),
            ("a.py", "f(TURN)  # noqa: E501"),
            ("a.py", "f(TURN)  # nosec B101"),
            ("a.py", "f(TURN)  # nosemgrep: python.lang.eval-detected"),
            ("A.java", "@SuppressWarnings(\"unchecked\")\nvoid TURN() {"),
            ("A.java", "f(TURN); // NOSONAR(java:S2068)"),
            (
                "a.cpp",
                "f(TURN); // NOLINT(cppcoreguidelines-pro-type-vararg)",
            ),
            (
                "a.js",
                "// eslint-disable-next-line no-console\nf({ TURN })",
            ),
            ("a.rb", "f(TURN) # rubocop:disable Style/StringLiterals"),
        ] {
            assert!(!reviewed(path, text), "{text}");
        }
    }
}
