use super::*;
use proptest::prelude::*;

use Place::*;

/// The name of a place in the snippets.
const MARKS: &[(&str, Place)] = &[
    ("C", LineComment),
    ("B", BlockComment),
    ("D", DocString),
    ("S", String),
    ("T", Template),
    ("R", Regex),
    ("H", Heredoc),
    ("I", InlineCode),
    ("K", CodeBlock),
    ("L", LinkTarget),
    ("M", MarkupText),
    ("A", MarkupAttribute),
];

/// `text` without its marks `⟦C...⟧`, and the marked spans.
fn unmark(text: &str) -> (std::string::String, Vec<(Range<usize>, Place)>) {
    let (mut plain, mut spans) = (std::string::String::new(), Vec::new());
    let mut rest = text;
    while let Some(open) = rest.find('⟦') {
        plain.push_str(&rest[..open]);
        let after = &rest[open + '⟦'.len_utf8()..];
        let (_, place) = MARKS
            .iter()
            .find(|(mark, _)| after.starts_with(mark))
            .unwrap_or_else(|| panic!("no such mark: {after}"));
        let close = after.find('⟧').expect("a mark is closed");
        let start = plain.len();
        plain.push_str(&after[1..close]);
        spans.push((start..plain.len(), *place));
        rest = &after[close + '⟧'.len_utf8()..];
    }
    plain.push_str(rest);
    (plain, spans)
}

#[test]
fn each_language_tells_its_comments_and_literals() {
    let mut failures = Vec::new();
    for (name, text) in SNIPPETS {
        let (plain, expected) = unmark(text);
        let language = Language::detect(name.as_bytes(), plain.as_bytes());
        let lexed = Lexed::new(language, plain.as_bytes());
        let found: Vec<_> = lexed.tokens().map(|t| (t.span, t.place)).collect();
        if found != expected {
            let show = |spans: &[(Range<usize>, Place)]| {
                spans
                    .iter()
                    .map(|(r, p)| format!("    {p:?} {:?}\n", &plain[r.clone()]))
                    .collect::<std::string::String>()
            };
            failures.push(format!(
                "{name} ({}):\n{plain}\n  expected\n{}  found\n{}",
                language.name(),
                show(&expected),
                show(&found)
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const SNIPPETS: &[(&str, &str)] = &[("a.js", "let a = ⟦S'audio/*'⟧; ⟦C// c⟧\n")];
