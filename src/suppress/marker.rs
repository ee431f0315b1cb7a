//! The words of one suppression: what it names, for how long, and why.

use std::ops::Range;

use crate::calendar;
use crate::suggest::suggestion;

/// What every suppression begins with.
pub(super) const LEAD: &[u8] = b"hushlint:";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Line,
    NextLine,
    Start,
    End,
    File,
}

const VERBS: [(&str, Verb); 5] = [
    ("ignore", Verb::Line),
    ("ignore-next-line", Verb::NextLine),
    ("ignore-start", Verb::Start),
    ("ignore-end", Verb::End),
    ("ignore-file", Verb::File),
];

/// A suppression as written. Offsets are those of the text it was read from.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words {
    pub verb: Verb,
    pub rules: Vec<String>,
    /// What stands between the brackets.
    pub list: Range<usize>,
    /// The last day it holds, in days since 1970.
    pub until: Option<i64>,
    /// Empty only for an end.
    pub reason: String,
}

/// Reads what follows [`LEAD`] to the end of the comment's line. `None`: prose
/// that merely mentions the program; an error says what is wrong with what is
/// meant to be a suppression.
pub(super) fn parse(text: &str) -> Option<Result<Words, String>> {
    let rest = text.trim_start_matches([' ', '\t']);
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
        .unwrap_or(rest.len());
    // A dash may be the reason's.
    let word = rest[..end].trim_end_matches('-');
    let behind = &rest[word.len()..];
    let Some(&(_, verb)) = VERBS.iter().find(|(name, _)| *name == word) else {
        if word.is_empty() || !behind.starts_with('[') {
            return None;
        }
        let names = VERBS.map(|(name, _)| name);
        return Some(Err(match suggestion(word, names) {
            Some(name) => format!("`{word}` is no suppression; did you mean `{name}`?"),
            None => format!(
                "`{word}` is no suppression; there are {}",
                names.map(|n| format!("`{n}`")).join(", ")
            ),
        }));
    };
    Some(words(verb, text.len() - behind.len(), behind))
}

/// `at` is where `text`, which follows the verb, begins.
fn words(verb: Verb, at: usize, text: &str) -> Result<Words, String> {
    let mut words = Words {
        verb,
        rules: Vec::new(),
        list: at..at,
        until: None,
        reason: String::new(),
    };
    let mut rest = text;
    match text.strip_prefix('[') {
        Some(inside) => {
            let end = inside
                .find(']')
                .ok_or("the list of rules is not closed by `]`")?;
            let list = &inside[..end];
            words.rules = list.split(',').map(|r| r.trim().to_owned()).collect();
            if words.rules.iter().any(String::is_empty) {
                return Err("the list of rules has an empty place".to_owned());
            }
            words.list = at + 1..at + 1 + end;
            rest = &inside[end + 1..];
        }
        None if verb == Verb::End => {}
        None => {
            return Err(
                "it names no rule: write the rules in brackets behind it, as in `ignore[ak-key]`"
                    .to_owned(),
            );
        }
    }
    rest = rest.trim();
    if let Some(date) = rest.strip_prefix("until=") {
        let end = date
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '/' && c != '.')
            .unwrap_or(date.len());
        // `until=2027-01-31--reason`
        let end = date[..end].find("--").unwrap_or(end);
        words.until = Some(calendar::parse(&date[..end]).ok_or_else(|| {
            format!(
                "`until={}`: a day is written as in `until=2027-01-31`",
                &date[..end]
            )
        })?);
        rest = date[end..].trim_start();
    }
    // Where a comment may hold no `--`, as in XML, a colon does.
    let reason = ["--", "—", "–", ":"]
        .iter()
        .find_map(|dash| rest.strip_prefix(dash));
    match reason.map(str::trim) {
        Some(reason) if !reason.is_empty() => {
            if reason.split_whitespace().any(|w| w.starts_with("until=")) {
                return Err("`until=` goes before the reason".to_owned());
            }
            words.reason = reason.to_owned();
            Ok(words)
        }
        _ if verb == Verb::End && rest.is_empty() => Ok(words),
        None if !rest.is_empty() => Err(format!(
            "`{}`: behind the rules goes `until=DATE`, if anything, and then `-- reason`",
            rest.split_whitespace().next().unwrap_or_default()
        )),
        _ => Err("it gives no reason: add `-- why nobody need act`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suppressions_are_read_as_written() {
        let read = |text: &str| match parse(text) {
            None => "prose".to_owned(),
            Some(Err(_)) => "wrong".to_owned(),
            Some(Ok(w)) => format!(
                "{:?} {} {:?} {}",
                w.verb,
                w.rules.join("+"),
                w.until,
                w.reason
            ),
        };
        for (text, expected) in [
            (" ignore[a] -- b", "Line a None b"),
            ("ignore[a,b ,c]--d e ", "Line a+b+c None d e"),
            (" ignore[a] until=1970-01-03 -- b", "Line a Some(2) b"),
            (" ignore[a]: b", "Line a None b"),
            (" ignore-next-line[a] — b", "NextLine a None b"),
            (" ignore-file[a] -- b -- c", "File a None b -- c"),
            (" ignore-end", "End  None "),
            (" ignore-end[a]", "End a None "),
            (" ignore-end -- b", "End  None b"),
            (" a linter", "prose"),
            (" ignored by git", "prose"),
            (" rules[0]", "wrong"),
            (" ignore", "wrong"),
            (" ignore this", "wrong"),
            (" ignore[a]", "wrong"),
            (" ignore[a] --", "wrong"),
            (" ignore[] -- b", "wrong"),
            (" ignore[a,] -- b", "wrong"),
            (" ignore[a -- b", "wrong"),
            (" ignore[a] b", "wrong"),
            (" ignore[a] until=1970-02-30 -- b", "wrong"),
            (" ignore[a] -- b until=1970-02-03", "wrong"),
            (" ingore[a] -- b", "wrong"),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
