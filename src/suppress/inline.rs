//! Suppressions in comments of the file: `ignore[rule] -- reason` behind the
//! program's name and a colon, for its line, the next line, a block or the file.

use std::collections::BTreeMap;
use std::ops::Range;

use super::Rules;
use super::marker::{LEAD, Verb, parse};
use crate::calendar;
use crate::document::{Document, RepoPath};
use crate::finding::{
    Applicability, Edit, Finding, Fingerprint, Fix, Region, RuleId, Secret, Severity, SuppressedBy,
    Suppression,
};
use crate::suggest::suggestion;
use crate::syntax::{Language, Lexed, Token};

/// What reading a document needs beside it.
pub struct Surroundings<'a> {
    pub rules: &'a Rules,
    /// Makes a region of a part of the document.
    pub region: &'a dyn Fn(&Range<usize>) -> Region,
    /// Masks the secrets in words that somebody wrote.
    pub mask: &'a dyn Fn(&str) -> String,
}

/// The suppressions of one file, read from all of its windows in order.
#[derive(Default)]
pub struct Markers {
    path: RepoPath,
    markers: Vec<Marker>,
    /// Starts without an end so far, by place in `markers`.
    open: Vec<usize>,
}

struct Marker {
    verb: Verb,
    /// The lines it covers.
    lines: (usize, usize),
    rules: Vec<Named>,
    reason: String,
    region: Region,
    removal: Removal,
    /// Of a block: its end.
    end: Option<Removal>,
}

/// A rule that a marker names.
struct Named {
    id: RuleId,
    is_judged: bool,
    is_used: bool,
}

/// What to take out of the file; ranges are those of the file as stored.
#[derive(Clone)]
struct Removal {
    /// The marker, and the comment with it if it holds nothing else.
    whole: Option<Range<usize>>,
    /// A comment that holds several markers and nothing else, and how many.
    shared: Option<(Range<usize>, usize)>,
    /// The list of its rules.
    list: Option<Range<usize>>,
    encode: fn(&str) -> Vec<u8>,
}

/// Where what may be a marker begins in `bytes`, for who has not asked the rules.
pub fn marks(bytes: &[u8]) -> Vec<usize> {
    memchr::memmem::find_iter(bytes, LEAD).collect()
}

impl Markers {
    pub fn is_empty(&self) -> bool {
        self.markers.is_empty()
    }

    pub fn path(&self) -> &RepoPath {
        &self.path
    }

    /// Takes up what suppresses findings in `document`, the file or its next
    /// window, where something may at `marks`; gives what is wrong with the others.
    pub fn read(
        &mut self,
        document: &Document,
        marks: &[usize],
        around: &Surroundings<'_>,
    ) -> Vec<Finding> {
        self.path = document.path.clone();
        let bytes = document.bytes();
        let marks: Vec<usize> = marks
            .iter()
            .copied()
            .filter(|&at| begins_marker(bytes, at))
            .collect();
        if marks.is_empty() {
            return Vec::new();
        }
        let language = Language::detect(document.path.as_bytes(), bytes);
        let lexed = Lexed::new(language, bytes);
        let mut wrong = Vec::new();
        let in_comments: Vec<(Token, Range<usize>)> = marks
            .into_iter()
            .filter_map(|at| {
                let token = lexed.token(at).filter(|t| t.place.is_comment())?;
                let span = at..end_of(bytes, at, &token);
                Some((token, span))
            })
            .collect();
        for (token, span) in &in_comments {
            let (token, span) = (token, span.clone());
            let at = span.start;
            let text = String::from_utf8_lossy(&bytes[at + LEAD.len()..span.end]).into_owned();
            let together = in_comments.iter().filter(|(t, _)| t.span == token.span);
            let together: Vec<Range<usize>> = together.map(|(_, span)| span.clone()).collect();
            let removal = Removal::new(document, token, &span, &together);
            let outcome = match parse(&text) {
                None => continue,
                Some(Err(message)) => Err(message),
                Some(Ok(words)) => {
                    let list = at + LEAD.len() + words.list.start..at + LEAD.len() + words.list.end;
                    // What is no UTF-8 was replaced, and moved what follows.
                    let is_exact = std::str::from_utf8(&bytes[span.clone()]).is_ok();
                    let list = is_exact.then(|| document.stored(&list)).flatten();
                    let removal = Removal {
                        list,
                        ..removal.clone()
                    };
                    self.take(document, around, words, token, &span, removal)
                }
            };
            if let Err(message) = outcome
                && let Some((rule, severity)) = &around.rules.invalid
            {
                let message = format!("suppresses nothing: {}", (around.mask)(&message));
                let edits = removal.edits(&self.path);
                wrong.push(about(
                    rule,
                    *severity,
                    &self.path,
                    (around.region)(&span),
                    message,
                    edits,
                ));
            }
        }
        wrong
    }

    /// Takes up a suppression that is well written; the error says why it suppresses nothing all the same.
    fn take(
        &mut self,
        document: &Document,
        around: &Surroundings<'_>,
        words: super::marker::Words,
        token: &Token,
        span: &Range<usize>,
        removal: Removal,
    ) -> Result<(), String> {
        let mut rules = Vec::with_capacity(words.rules.len());
        for name in &words.rules {
            let Some(known) = around.rules.get(name) else {
                let names = around.rules.known.iter().map(|k| k.id.as_str());
                return Err(match suggestion(name, names) {
                    Some(known) => format!("there is no rule `{name}`; did you mean `{known}`?"),
                    None => format!("there is no rule `{name}`; `hushlint rules` lists them"),
                });
            };
            if known.is_upkeep {
                return Err(format!("`{name}` cannot be suppressed by a comment"));
            }
            rules.push(Named {
                id: known.id.clone(),
                is_judged: known.is_judged,
                is_used: false,
            });
        }
        if let Some(until) = words.until
            && until < around.rules.today
        {
            let (year, month, day) = calendar::date(until);
            return Err(format!("it has expired, on {year:04}-{month:02}-{day:02}"));
        }
        let line = document.position(span.start).line;
        let lines = match words.verb {
            Verb::Line => (line, line),
            Verb::NextLine => {
                let last = token.span.end.max(token.span.start + 1) - 1;
                let last = match document.bytes()[last] {
                    b'\n' => last.saturating_sub(1),
                    _ => last,
                };
                let next = document.position(last.max(span.start)).line + 1;
                (next, next)
            }
            Verb::Start => (line, line),
            Verb::File => (0, usize::MAX),
            Verb::End => return self.close(words.rules, line, removal),
        };
        if words.verb == Verb::Start {
            self.open.push(self.markers.len());
        }
        self.markers.push(Marker {
            verb: words.verb,
            lines,
            rules,
            reason: (around.mask)(&words.reason),
            region: (around.region)(span),
            removal,
            end: None,
        });
        Ok(())
    }

    /// Ends the innermost block that is open, or the innermost of exactly these rules.
    fn close(&mut self, rules: Vec<String>, line: usize, removal: Removal) -> Result<(), String> {
        let is_meant = |&place: &usize| {
            let started = self.markers[place].rules.iter().map(|r| r.id.as_str());
            rules.is_empty() || started.eq(rules.iter().map(String::as_str))
        };
        let at = self
            .open
            .iter()
            .rposition(is_meant)
            .ok_or("no `ignore-start` before it is open, or none of these rules")?;
        let marker = &mut self.markers[self.open.remove(at)];
        marker.lines.1 = line;
        marker.end = Some(removal);
        Ok(())
    }

    /// Once the whole file is read: what was opened and not closed suppresses nothing.
    pub fn finish(&mut self, rules: &Rules) -> Vec<Finding> {
        let mut wrong = Vec::new();
        for place in std::mem::take(&mut self.open).into_iter().rev() {
            let marker = self.markers.remove(place);
            if let Some((rule, severity)) = &rules.invalid {
                let message = "suppresses nothing: no `ignore-end` closes it".to_owned();
                let edits = marker.removal.edits(&self.path);
                wrong.push(about(
                    rule,
                    *severity,
                    &self.path,
                    marker.region,
                    message,
                    edits,
                ));
            }
        }
        wrong
    }

    /// Suppresses what of `findings`, all of this file, the markers are about.
    pub fn apply(&mut self, findings: &mut [Finding]) {
        if self.markers.is_empty() {
            return;
        }
        for finding in findings.iter_mut().filter(|f| f.suppressed.is_none()) {
            let covers = |marker: &Marker| {
                let named = marker.rules.iter().any(|r| r.id == finding.rule);
                named && marker.covers(finding)
            };
            // The one that says most about this finding: the narrowest.
            let narrowest = self
                .markers
                .iter_mut()
                .filter(|m| covers(m))
                .min_by_key(|m| m.lines.1 - m.lines.0);
            if let Some(marker) = narrowest {
                for rule in &mut marker.rules {
                    rule.is_used |= rule.id == finding.rule;
                }
                finding.suppressed = Some(Suppression {
                    by: SuppressedBy::Inline,
                    reason: Some(marker.reason.clone()),
                });
            }
        }
    }

    /// What has suppressed nothing although all that could be was judged.
    pub fn unused(self, rules: &Rules) -> Vec<Finding> {
        let Some((rule, severity)) = &rules.unused else {
            return Vec::new();
        };
        let path = self.path;
        let mut gone: BTreeMap<usize, usize> = BTreeMap::new();
        let idle = self.markers.iter().filter(|m| m.is_idle());
        for (comment, _) in idle.filter_map(|m| m.removal.shared.as_ref()) {
            *gone.entry(comment.start).or_default() += 1;
        }
        self.markers
            .into_iter()
            .filter_map(|mut marker| {
                let shared = marker.removal.shared.take();
                // With the last of its markers a comment goes as a whole.
                if let Some((comment, count)) = shared
                    && gone.get(&comment.start) == Some(&count)
                {
                    marker.removal.whole = Some(comment);
                }
                marker.unused(rule, *severity, &path)
            })
            .collect()
    }
}

impl Marker {
    fn covers(&self, finding: &Finding) -> bool {
        let Some(region) = &finding.region else {
            return self.verb == Verb::File;
        };
        let (start, end) = (region.start, region.end);
        let last = if end.column == 1 && end.line > start.line {
            end.line - 1
        } else {
            end.line
        };
        let (from, to) = self.lines;
        (from..=to).contains(&start.line) || (from..=to).contains(&last)
    }

    /// Whether none of its rules has anything to suppress.
    fn is_idle(&self) -> bool {
        self.rules.iter().all(|r| r.is_judged && !r.is_used)
    }

    fn unused(self, rule: &RuleId, severity: Severity, path: &RepoPath) -> Option<Finding> {
        let idle: Vec<&Named> = self
            .rules
            .iter()
            .filter(|r| r.is_judged && !r.is_used)
            .collect();
        if idle.is_empty() {
            return None;
        }
        let names: Vec<String> = idle.iter().map(|r| format!("`{}`", r.id)).collect();
        let place = match self.verb {
            Verb::Line => "on this line",
            Verb::NextLine => "on the next line",
            Verb::Start | Verb::End => "in this block",
            Verb::File => "in this file",
        };
        let message = format!("nothing to suppress: no {} {place}", names.join(", "));
        let edits = if self.is_idle() {
            let mut edits = self.removal.edits(path)?;
            if let Some(end) = &self.end {
                edits.extend(end.edits(path)?);
            }
            Some(edits)
        } else {
            let left: Vec<&str> = self
                .rules
                .iter()
                .filter(|r| !r.is_judged || r.is_used)
                .map(|r| r.id.as_str())
                .collect();
            let text = left.join(", ");
            let end = self.end.as_ref().and_then(|e| e.list.clone());
            let lists = self.removal.list.clone().into_iter().chain(end);
            let edits: Vec<Edit> = lists
                .filter(|range| !range.is_empty())
                .map(|range| Edit {
                    path: path.clone(),
                    range,
                    text: (self.removal.encode)(&text),
                })
                .collect();
            (!edits.is_empty()).then_some(edits)
        };
        Some(about(rule, severity, path, self.region, message, edits))
    }
}

impl Removal {
    /// `together` are the markers in the comment, of which `span` is one.
    fn new(
        document: &Document,
        token: &Token,
        span: &Range<usize>,
        together: &[Range<usize>],
    ) -> Removal {
        use crate::document::Encoding;
        let bytes = document.bytes();
        let whole = removal(bytes, token, span, together);
        let shared = (together.len() > 1 && is_bare_but_for(bytes, token, together))
            .then(|| with_line(bytes, comment_of(bytes, token)));
        let encode = match document.form.encoding {
            Encoding::Utf8 => |text: &str| Encoding::Utf8.encode(text),
            Encoding::Utf16Le => |text: &str| Encoding::Utf16Le.encode(text),
            Encoding::Utf16Be => |text: &str| Encoding::Utf16Be.encode(text),
        };
        Removal {
            whole: document.stored(&whole),
            shared: shared.and_then(|all| Some((document.stored(&all)?, together.len()))),
            list: None,
            encode,
        }
    }

    fn edits(&self, path: &RepoPath) -> Option<Vec<Edit>> {
        let range = self.whole.clone()?;
        Some(vec![Edit {
            path: path.clone(),
            range,
            text: Vec::new(),
        }])
    }
}

/// A finding about a suppression; its fix takes the suppression away.
fn about(
    rule: &RuleId,
    severity: Severity,
    path: &RepoPath,
    region: Region,
    message: String,
    edits: Option<Vec<Edit>>,
) -> Finding {
    let mut finding = Finding::of_file(rule, path.clone());
    finding.severity = severity;
    // What tells it from others of the file: the words, not the place.
    finding.secret = Secret::new(rule, region.excerpt.text.trim().as_bytes());
    finding.fingerprint = Fingerprint::new(path, finding.secret);
    finding.message = message;
    finding.region = Some(region);
    finding.fix = edits.map(|edits| Fix {
        title: "remove the suppression".to_owned(),
        applicability: Applicability::Safe,
        edits,
    });
    finding
}

/// Whether what stands at `at` stands for itself: not quoted, not the end of a longer word.
fn begins_marker(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).map(|i| bytes[i]);
    before.is_none_or(|b| {
        !b.is_ascii_alphanumeric()
            && !matches!(b, b'_' | b'-' | b'`' | b'"' | b'\'' | b'.' | b'\\')
            && b < 0x80
    })
}

/// Where the marker that begins at `at` in a comment ends: with its line, at the latest.
fn end_of(bytes: &[u8], at: usize, token: &Token) -> usize {
    let limit = token.content.end.max(at + LEAD.len()).min(bytes.len());
    let line = &bytes[at..limit];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    // Another one may follow on the line.
    let next = memchr::memmem::find_iter(&line[LEAD.len()..], LEAD)
        .map(|i| LEAD.len() + i)
        .find(|&i| begins_marker(bytes, at + i));
    let line = &line[..next.unwrap_or(line.len())];
    at + line.trim_ascii_end().len()
}

/// Whether a comment's bytes only decorate it: the stars of a block, doubled signs.
fn is_bare(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|b| b.is_ascii_whitespace() || b"*#/!;-".contains(b))
}

/// Whether there is nothing in a comment but `markers`, which are in order.
fn is_bare_but_for(bytes: &[u8], token: &Token, markers: &[Range<usize>]) -> bool {
    let mut at = token.content.start;
    let mut is_bare_between = |start: usize, end: usize| {
        let between = at.min(start)..start;
        at = end;
        is_bare(&bytes[between])
    };
    markers.iter().all(|m| is_bare_between(m.start, m.end))
        && is_bare_between(
            token.content.end.max(markers.last().map_or(0, |m| m.end)),
            0,
        )
}

/// A comment without the blanks behind it.
fn comment_of(bytes: &[u8], token: &Token) -> Range<usize> {
    token.span.start..token.span.start + bytes[token.span.clone()].trim_ascii_end().len()
}

/// What is to go with the marker at `span`: its comment, if that holds nothing
/// else, and its line, if that holds nothing but the comment. `together` are
/// all the markers of the comment.
fn removal(
    bytes: &[u8],
    token: &Token,
    span: &Range<usize>,
    together: &[Range<usize>],
) -> Range<usize> {
    let line_start = memchr::memrchr(b'\n', &bytes[..span.start]).map_or(0, |i| i + 1);
    let line_end =
        memchr::memchr(b'\n', &bytes[span.end..]).map_or(bytes.len(), |i| span.end + i + 1);
    if is_bare_but_for(bytes, token, std::slice::from_ref(span)) {
        return with_line(bytes, comment_of(bytes, token));
    }
    if is_bare(&bytes[line_start.max(token.content.start).min(span.start)..span.start])
        && is_bare(&bytes[span.end..line_end.min(token.content.end).max(span.end)])
        && token.span.start < line_start
        && token.span.end >= line_end
    {
        // A line of a longer comment.
        return line_start..line_end;
    }
    // Up to the next one on the line.
    let next = together.iter().map(|m| m.start).find(|&m| m >= span.end);
    match next.filter(|&next| next < line_end) {
        Some(next) => span.start..next,
        None => with_line(bytes, with_sign(bytes, token, span.clone())),
    }
}

/// `span` with the sign of a comment before it, as a marker behind another comment has one of its own.
fn with_sign(bytes: &[u8], token: &Token, span: Range<usize>) -> Range<usize> {
    let sign = bytes[token.span.start..token.content.start].trim_ascii();
    let before = bytes[token.content.start..span.start].trim_ascii_end();
    let rest = before.strip_suffix(sign).filter(|_| !sign.is_empty());
    match rest {
        Some(rest) if rest.last().is_some_and(u8::is_ascii_whitespace) => {
            token.content.start + rest.len()..span.end
        }
        Some(_) | None => span,
    }
}

/// `gone` with its line, if that holds nothing else, or the blanks before it, if nothing follows.
fn with_line(bytes: &[u8], gone: Range<usize>) -> Range<usize> {
    let is_blank = |range: Range<usize>| bytes[range].iter().all(u8::is_ascii_whitespace);
    let first = memchr::memrchr(b'\n', &bytes[..gone.start]).map_or(0, |i| i + 1);
    let last = memchr::memchr(b'\n', &bytes[gone.end..]).map_or(bytes.len(), |i| gone.end + i + 1);
    if is_blank(first..gone.start) && is_blank(gone.end..last) {
        return first..last;
    }
    let before = bytes[first..gone.start].trim_ascii_end().len();
    if is_blank(gone.end..last) {
        first + before..gone.end
    } else {
        // Something follows on the line, and stays apart from what stands before.
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::excerpt::{Excerpt, Masking};
    use crate::suppress::Known;

    /// `text` as a file at `path`, after all that says that nothing is suppressed has been mended.
    fn mended(path: &str, text: &str) -> String {
        let document = Document::new(path.into(), text.as_bytes().to_vec());
        let known = ["ak-key", "url"].map(|id| Known {
            id: RuleId::new(id),
            is_enabled: true,
            is_judged: true,
            is_upkeep: false,
            is_secret: true,
        });
        let rules = Rules {
            known: known.into(),
            invalid: Some((RuleId::new("invalid"), Severity::Warning)),
            unused: Some((RuleId::new("unused"), Severity::Warning)),
            today: 20_000,
        };
        let region = |span: &Range<usize>| Region {
            start: document.position(span.start),
            end: document.position(span.end),
            excerpt: Excerpt::new(document.bytes(), span.clone(), &[], Masking::Mask),
            line_hash: None,
        };
        let mask = |text: &str| text.to_owned();
        let around = Surroundings {
            rules: &rules,
            region: &region,
            mask: &mask,
        };
        let mut markers = Markers::default();
        let mut findings = markers.read(&document, &marks(document.bytes()), &around);
        findings.extend(markers.finish(&rules));
        findings.extend(markers.unused(&rules));
        let mut edits: Vec<Edit> = findings
            .into_iter()
            .flat_map(|f| f.fix.expect("each can be mended").edits)
            .collect();
        if edits.is_empty() {
            return text.to_owned();
        }
        // One that overlaps with another waits for the next round.
        edits.sort_by_key(|e| std::cmp::Reverse(e.range.start));
        let mut bytes = text.as_bytes().to_vec();
        let mut end = bytes.len();
        for edit in edits {
            if edit.range.end <= end {
                end = edit.range.start;
                bytes.splice(edit.range, edit.text);
            }
        }
        let text = String::from_utf8(bytes).expect("edits keep characters whole");
        mended(path, &text)
    }

    #[test]
    fn what_is_removed_leaves_no_trace() {
        for (path, text, expected) in [
            (
                "a.py",
                "x = 1  # hushlint: ignore[ak-key] -- r\ny",
                "x = 1\ny",
            ),
            ("a.py", "a\n  # hushlint: ignore[ak-key] -- r\nb", "a\nb"),
            (
                "a.py",
                "a\r\n# hushlint: ignore-file[ak-key] -- r\r\nb",
                "a\r\nb",
            ),
            ("a.py", "a # hushlint: ignore[ak-key] -- r\r\nb", "a\r\nb"),
            ("a.py", "# hushlint: ignore-file[ak-key] -- r", ""),
            (
                "a.py",
                "a # why. hushlint: ignore[ak-key] -- r\nb",
                "a # why.\nb",
            ),
            (
                "a.py",
                "a  # why  # hushlint: ignore[ak-key] -- r\nb",
                "a  # why\nb",
            ),
            (
                "a.js",
                "a // why // hushlint: ignore[ak-key] -- r\r\nb",
                "a // why\r\nb",
            ),
            (
                "a.js",
                "a // see http:// hushlint: ignore[ak-key] -- r\nb",
                "a // see http://\nb",
            ),
            (
                "a.py",
                "# hushlint: ignore-start[ak-key] -- r\na\n# hushlint: ignore-end\n",
                "a\n",
            ),
            ("a.c", "a; /* hushlint: ignore[ak-key] -- r */\nb", "a;\nb"),
            ("a.c", "a /* hushlint: ignore[ak-key] -- r */ + b", "a  + b"),
            (
                "a.c",
                "/*\n * w\n * hushlint: ignore-file[ak-key] -- r\n */\n",
                "/*\n * w\n */\n",
            ),
            (
                "a.c",
                "/*\n * hushlint: ignore-file[ak-key] -- r\n */\nb",
                "b",
            ),
            (
                "a.html",
                "<a>\n<!-- hushlint: ignore-file[ak-key]: r -->\n</a>",
                "<a>\n</a>",
            ),
            (
                "a.sql",
                "select 1; -- hushlint: ignore[ak-key] -- r\n",
                "select 1;\n",
            ),
            (
                "a.py",
                "a # hushlint: ignore[ak-key] -- r  hushlint: ignore[url] -- s\n",
                "a\n",
            ),
            (
                "a.c",
                "a; /* hushlint: ignore[ak-key] -- r hushlint: ignore[url] -- s */ b\n",
                "a;  b\n",
            ),
            (
                "a.c",
                "a;\n/*\n * hushlint: ignore-file[ak-key] -- r\n * hushlint: ignore-file[url] -- s\n */\n",
                "a;\n",
            ),
            (
                "a.py",
                "a # why. hushlint: ignore[url] -- r hushlint: ignore[ak-key] -- s\n",
                "a # why.\n",
            ),
            (
                "a.py",
                "a # hushlint: ignore[ak-key] -- r hushlint: ignore[other] -- s\n",
                "a\n",
            ),
            ("a.py", "a # hushlint: ignore[ak-kye] -- r\n", "a\n"),
        ] {
            assert_eq!(mended(path, text), expected, "{path} {text:?}");
        }
    }
}
