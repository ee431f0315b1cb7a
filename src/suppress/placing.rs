//! Where a new suppression goes: beside what it is about, in a comment of the file's language.
//!
//! Places are tried, the plainest first, and each is read back: a suppression
//! that would not suppress, or that would change a literal, is not written.

use std::cell::OnceCell;
use std::ops::Range;

use super::Rules;
use super::inline::{Markers, Surroundings, marks};
use super::marker::{LEAD, parse};
use crate::document::{Document, line_around};
use crate::excerpt::Excerpt;
use crate::finding::{Finding, Region};
use crate::syntax::{Kind, Language, Lexed, Place};

/// A comment that would make a line longer goes above it.
const WIDTH: usize = 100;
/// The most lines around a finding that a block reaches over.
const REACH: usize = 40;

/// Texts to put into a file, each at an offset of it, in order.
pub type Insertions = Vec<(usize, String)>;

/// What suppresses `finding`, which stands at `span` of `document`, or says
/// something about all of it; the error is for whoever wants it suppressed.
pub fn suppression(
    document: &Document,
    finding: &Finding,
    span: Option<Range<usize>>,
    rules: &Rules,
    reason: &str,
) -> Result<Insertions, String> {
    let rule = finding.rule.as_str();
    let words = format!(" ignore[{rule}] -- {reason}");
    match parse(&words) {
        Some(Ok(_)) => {}
        Some(Err(message)) => return Err(message),
        None => return Err("no suppression can be made of these words".to_owned()),
    }
    let language = Language::detect(document.path.as_bytes(), document.bytes());
    let comments = language.comments();
    if comments.is_empty() {
        return Err(format!("{} has no comments", language.name()));
    }
    let placing = Placing {
        document,
        language,
        lexed: Lexed::new(language, document.bytes()),
        finding,
        span,
        rules,
        reason,
        literals: OnceCell::new(),
    };
    let found = comments.iter().find_map(|&comment| match &placing.span {
        None => placing.of_file(comment),
        Some(span) => placing.beside(comment, span),
    });
    found
        .or_else(|| {
            let span = placing.span.as_ref()?;
            comments.iter().find_map(|&c| placing.around(c, span))
        })
        .ok_or_else(|| "no comment can stand there".to_owned())
}

struct Placing<'a> {
    document: &'a Document,
    language: Language,
    lexed: Lexed,
    finding: &'a Finding,
    span: Option<Range<usize>>,
    rules: &'a Rules,
    reason: &'a str,
    /// Of the document as it is.
    literals: OnceCell<Vec<Vec<u8>>>,
}

type Comment = (&'static str, &'static str);

impl Placing<'_> {
    fn bytes(&self) -> &[u8] {
        self.document.bytes()
    }

    /// One comment that says `verb`, with the reason.
    fn marker(&self, (open, close): Comment, verb: &str) -> String {
        let rule = &self.finding.rule;
        let lead = String::from_utf8_lossy(LEAD);
        let head = format!("{} {lead} {verb}[{rule}]", open.trim_end());
        let mut reason = self.reason.to_owned();
        if close.is_empty() {
            return format!("{head} -- {reason}");
        }
        // No comment of markup may hold `--`.
        let dash = if close.contains('-') { ":" } else { " --" };
        if close.contains('-') {
            reason = reason.replace("--", "\u{2014}");
        }
        format!("{head}{dash} {} {close}", reason.replace(close, " "))
    }

    /// On the line of the finding or on one above.
    fn beside(&self, comment: Comment, span: &Range<usize>) -> Option<Insertions> {
        let last = span.end.saturating_sub(1).max(span.start);
        let end = line_around(self.bytes(), last).end;
        let same = || {
            let marker = self.marker(comment, "ignore");
            // As its style guide has it.
            let gap = if self.language.name() == "Python" {
                "  "
            } else {
                " "
            };
            (!self.goes_on(end)).then(|| vec![(end, format!("{gap}{marker}"))])
        };
        let above = || {
            let marker = self.marker(comment, "ignore-next-line");
            self.line_above(span.start, &marker).map(|line| vec![line])
        };
        let line = line_around(self.bytes(), last);
        let is_long = line.len() + self.marker(comment, "ignore").len() >= WIDTH;
        let ways: [&dyn Fn() -> Option<Insertions>; 2] = match is_long || self.wants_own_lines() {
            true => [&above, &same],
            false => [&same, &above],
        };
        ways.iter().find_map(|way| way().filter(|i| self.holds(i)))
    }

    /// Around the lines of the finding and of what it is part of: a literal
    /// over several lines, a command that goes on.
    fn around(&self, comment: Comment, span: &Range<usize>) -> Option<Insertions> {
        let marker = self.marker(comment, "ignore-start");
        let (open, close) = comment;
        let closing = format!("{} hushlint: ignore-end {close}", open.trim_end());
        let mut at = span.start;
        let start = (0..REACH).find_map(|_| {
            let line = line_around(self.bytes(), at).start;
            let found = self.line_above(at, &marker);
            at = line.saturating_sub(1);
            found.filter(|found| self.is_comment(found))
        })?;
        let mut at = span.end.saturating_sub(1).max(span.start);
        (0..REACH).find_map(|_| {
            let end = line_around(self.bytes(), at).end;
            let next = memchr::memchr(b'\n', &self.bytes()[end..]).map(|i| end + i + 1);
            at = next.unwrap_or(at);
            let line = match next {
                _ if self.goes_on(end) => None,
                Some(next) => self.line_above(next, closing.trim_end()),
                None => Some((end, format!("{}{}", self.ending(), closing.trim_end()))),
            };
            let both = vec![start.clone(), line?];
            self.holds(&both).then_some(both)
        })
    }

    /// At the top, for all that is said about the file itself.
    fn of_file(&self, comment: Comment) -> Option<Insertions> {
        let marker = self.marker(comment, "ignore-file");
        let second = memchr::memchr(b'\n', self.bytes()).map(|i| i + 1);
        let first = &self.bytes()[..second.unwrap_or(0)];
        // These must stay first.
        let is_head = ["#!", "<?", "<!", "%YAML", "---"]
            .iter()
            .any(|head| first.starts_with(head.as_bytes()));
        let places = [Some(0).filter(|_| !is_head), second];
        places.into_iter().flatten().find_map(|at| {
            let insertion = vec![(at, format!("{marker}{}", self.ending()))];
            self.holds(&insertion).then_some(insertion)
        })
    }

    /// `marker` on a line of its own above that of `at`, as far to the right.
    fn line_above(&self, at: usize, marker: &str) -> Option<(usize, String)> {
        let start = line_around(self.bytes(), at).start;
        let line = &self.bytes()[start..];
        let indent = match self.language.name() {
            // What a recipe holds is a command.
            "Makefile" => 0,
            _ => line.iter().take_while(|b| b" \t".contains(b)).count(),
        };
        let is_continued = start > 0 && self.goes_on(line_around(self.bytes(), start - 1).end);
        let indent = String::from_utf8_lossy(&line[..indent]).into_owned();
        (!is_continued).then(|| (start, format!("{indent}{marker}{}", self.ending())))
    }

    /// Whether the line that ends at `end` is not the end of what it says.
    fn goes_on(&self, end: usize) -> bool {
        let line = self.bytes()[..end].trim_ascii_end();
        let sign = match self.language.name() {
            "PowerShell" => b'`',
            "Batch" => b'^',
            "Visual Basic" => b'_',
            _ => b'\\',
        };
        line.last() == Some(&sign) && line.len() == end
    }

    /// Where not all readers of the format take a comment behind a value.
    fn wants_own_lines(&self) -> bool {
        let name = self.language.name();
        self.language.kind() == Kind::Config
            && !["YAML", "TOML", "Terraform", "HCL"].contains(&name)
    }

    fn ending(&self) -> &'static str {
        match memchr::memchr(b'\n', self.bytes()) {
            Some(at) if at > 0 && self.bytes()[at - 1] == b'\r' => "\r\n",
            Some(_) | None => "\n",
        }
    }

    /// The document with `insertions`.
    fn with(&self, insertions: &[(usize, String)]) -> Document {
        let mut bytes = self.bytes().to_vec();
        for (at, text) in insertions.iter().rev() {
            bytes.splice(at..at, text.bytes());
        }
        let mut document = Document::new(self.document.path.clone(), bytes);
        document.form = self.document.form;
        document
    }

    fn is_comment(&self, insertion: &(usize, String)) -> bool {
        let new = self.with(std::slice::from_ref(insertion));
        let lead = memchr::memmem::find(insertion.1.as_bytes(), LEAD);
        let lexed = Lexed::new(self.language, new.bytes());
        lead.is_some_and(|lead| lexed.place(insertion.0 + lead).is_comment())
            && self.literals() == &literals(self.language, &lexed, new.bytes())
    }

    fn literals(&self) -> &Vec<Vec<u8>> {
        self.literals
            .get_or_init(|| literals(self.language, &self.lexed, self.bytes()))
    }

    /// Whether with `insertions` the finding is suppressed, and nothing else is changed.
    fn holds(&self, insertions: &Insertions) -> bool {
        let new = self.with(insertions);
        let language = Language::detect(new.path.as_bytes(), new.bytes());
        let lexed = Lexed::new(language, new.bytes());
        if language != self.language || self.literals() != &literals(language, &lexed, new.bytes())
        {
            return false;
        }
        let (mut old_markers, wrong) = read(self.document, self.rules);
        let (mut markers, more) = read(&new, self.rules);
        let moved = |offset: usize| {
            let before = insertions.iter().filter(|(at, _)| *at <= offset);
            offset + before.map(|(_, text)| text.len()).sum::<usize>()
        };
        let mut finding = [self.finding.clone()];
        old_markers.apply(&mut finding);
        let was_suppressed = finding[0].suppressed.is_some();
        if let Some(span) = &self.span {
            let last = span.end.saturating_sub(1).max(span.start);
            let span = moved(span.start)..moved(last) + (span.end - last);
            finding[0].region = Some(region(&new, &span));
        }
        markers.apply(&mut finding);
        more <= wrong && !was_suppressed && finding[0].suppressed.is_some()
    }
}

/// The suppressions of a document, and how many of them are wrong.
fn read(document: &Document, rules: &Rules) -> (Markers, usize) {
    let mut markers = Markers::default();
    let around = Surroundings {
        rules,
        region: &|span| region(document, span),
        mask: &str::to_owned,
    };
    let wrong = markers.read(document, &marks(document.bytes()), &around);
    let open = markers.finish(rules);
    (markers, wrong.len() + open.len())
}

/// A place of which nothing is shown.
fn region(document: &Document, span: &Range<usize>) -> Region {
    Region {
        start: document.position(span.start),
        end: document.position(span.end),
        excerpt: Excerpt {
            text: String::new(),
            highlight: 0..0,
        },
        line_hash: None,
    }
}

/// What a program takes in: a comment that changes it is none.
fn literals(language: Language, lexed: &Lexed, bytes: &[u8]) -> Vec<Vec<u8>> {
    let is_taken_in = |place: Place| match place {
        Place::String
        | Place::Template
        | Place::Regex
        | Place::Heredoc
        | Place::DocString
        | Place::MarkupAttribute => true,
        // Text between tags is part of a program only in JSX.
        Place::MarkupText => language.kind() == Kind::Code,
        Place::Code
        | Place::LineComment
        | Place::BlockComment
        | Place::Prose
        | Place::InlineCode
        | Place::CodeBlock
        | Place::LinkTarget => false,
    };
    let tokens = lexed.tokens().filter(|t| is_taken_in(t.place));
    tokens.map(|t| bytes[t.content].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{RuleId, Severity};
    use crate::suppress::Known;

    /// `text` as a file at `path`, after what `<KEY>` in it says was suppressed; without one, what is said about the file.
    fn suppressed(path: &str, text: &str, reason: &str) -> String {
        let span = text.find("<KEY>").map(|at| at..at + 3);
        let text = text.replace("<KEY>", "KEY");
        let document = Document::new(path.into(), text.clone().into_bytes());
        let rules = Rules {
            known: vec![Known {
                id: RuleId::new("a-key"),
                is_enabled: true,
                is_judged: true,
                is_upkeep: false,
                is_secret: true,
            }],
            invalid: Some((RuleId::new("invalid"), Severity::Warning)),
            unused: None,
            today: 20_000,
        };
        let mut finding = Finding::of_file(&RuleId::new("a-key"), path.into());
        finding.region = span.as_ref().map(|span| region(&document, span));
        match suppression(&document, &finding, span, &rules, reason) {
            Ok(insertions) => {
                let mut out = text;
                for (at, more) in insertions.iter().rev() {
                    out.insert_str(*at, more);
                }
                out
            }
            Err(message) => message,
        }
    }

    #[test]
    fn a_suppression_stands_where_it_is_one() {
        let same = "hushlint: ignore[a-key] -- why";
        let above = "hushlint: ignore-next-line[a-key] -- why";
        let start = "hushlint: ignore-start[a-key] -- why";
        for (path, text, expected) in [
            (
                "a.py",
                "k = \"<KEY>\"\nx\n",
                format!("k = \"KEY\"  # {same}\nx\n"),
            ),
            (
                "a.js",
                "k = '<KEY>';\r\nx\r\n",
                format!("k = 'KEY'; // {same}\r\nx\r\n"),
            ),
            ("a.sql", "select '<KEY>'", format!("select 'KEY' -- {same}")),
            (
                "a.css",
                "a { b: url(<KEY>) }\n",
                format!("a {{ b: url(KEY) }} /* {same} */\n"),
            ),
            // Beside another comment, and inside one.
            (
                "a.py",
                "k = \"<KEY>\"  # old\n",
                format!("k = \"KEY\"  # old  # {same}\n"),
            ),
            ("a.py", "# <KEY>\n", format!("# KEY  # {same}\n")),
            // Where a line would get long, as far to the right.
            (
                "a.py",
                &format!("if x:\n\tf(\"<KEY>\", {})\n", "1, ".repeat(30)),
                format!("if x:\n\t# {above}\n\tf(\"KEY\", {})\n", "1, ".repeat(30)),
            ),
            // Not all that read the format take a comment behind a value.
            (".env", "A=1\nK=<KEY>\n", format!("A=1\n# {above}\nK=KEY\n")),
            (
                "Makefile",
                "a:\n\tcurl <KEY>\n",
                format!("a:\n# {above}\n\tcurl KEY\n"),
            ),
            (
                "Dockerfile",
                "FROM a\nENV K=<KEY>\n",
                format!("FROM a\n# {above}\nENV K=KEY\n"),
            ),
            (
                "a.yml",
                "a:\n  k: <KEY>\n",
                format!("a:\n  k: KEY # {same}\n"),
            ),
            // Around what goes on over lines.
            (
                "a.sh",
                "x\ncurl \\\n  -H '<KEY>' \\\n  u\ny\n",
                format!("x\n# {start}\ncurl \\\n  -H 'KEY' \\\n  u\n# hushlint: ignore-end\ny\n"),
            ),
            (
                "a.py",
                "k = \"\"\"\na\n<KEY>\n\"\"\"",
                format!("# {start}\nk = \"\"\"\na\nKEY\n\"\"\"\n# hushlint: ignore-end"),
            ),
            (
                "a.yaml",
                "k: |\n  a\n  <KEY>\nl: 1\n",
                format!("# {start}\nk: |\n  a\n  KEY\n# hushlint: ignore-end\nl: 1\n"),
            ),
            // Of several languages in a file, the one that is spoken there.
            (
                "a.html",
                "<a href=\"<KEY>\">b</a>\n",
                "<a href=\"KEY\">b</a> <!-- hushlint: ignore[a-key]: why -->\n".to_owned(),
            ),
            (
                "a.html",
                "<script>\nk = \"<KEY>\";\n</script>\n",
                format!("<script>\nk = \"KEY\"; // {same}\n</script>\n"),
            ),
            (
                "a.php",
                "<p>\n<?php\n$k = '<KEY>';\n",
                format!("<p>\n<?php\n$k = 'KEY'; // {same}\n"),
            ),
            (
                "a.tsx",
                "const a = <b>\n <KEY>\n</b>;\n",
                format!("// {start}\nconst a = <b>\n KEY\n</b>;\n// hushlint: ignore-end\n"),
            ),
            (
                "a.json",
                "{\"k\": \"<KEY>\"}\n",
                "JSON has no comments".to_owned(),
            ),
            ("a.txt", "<KEY>\n", "plain prose has no comments".to_owned()),
            // The file itself.
            (
                ".env",
                "A=1\n",
                "# hushlint: ignore-file[a-key] -- why\nA=1\n".to_owned(),
            ),
            (
                "a.sh",
                "#!/bin/sh\nx\n",
                "#!/bin/sh\n# hushlint: ignore-file[a-key] -- why\nx\n".to_owned(),
            ),
        ] {
            assert_eq!(suppressed(path, text, "why"), expected, "{path} {text:?}");
        }
    }

    #[test]
    fn a_reason_ends_no_comment() {
        for (path, text, reason, expected) in [
            (
                "a.css",
                "a: <KEY>;\n",
                "a */ b",
                "a: KEY; /* hushlint: ignore[a-key] -- a   b */\n",
            ),
            (
                "a.xml",
                "<a>\n<b k=\"<KEY>\"/>\n</a>\n",
                "a --> b",
                "<a>\n<b k=\"KEY\"/> <!-- hushlint: ignore[a-key]: a \u{2014}> b -->\n</a>\n",
            ),
            (
                "a.py",
                "<KEY>\n",
                "until=2027-01-01 x until=1",
                "`until=` goes before the reason",
            ),
            (
                "a.py",
                "<KEY>\n",
                "",
                "it gives no reason: add `-- why nobody need act`",
            ),
        ] {
            assert_eq!(suppressed(path, text, reason), expected, "{path} {text:?}");
        }
    }
}
