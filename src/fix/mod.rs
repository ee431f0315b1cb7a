//! Changes that would mend findings: proposed for each, applied or printed in one place.
//!
//! Proposing reads the files that have findings once more and only looks: the
//! rules stay free of it. [`apply`] is the only writer of a user's files.

mod apply;
mod environment;
mod flip;
mod ignores;
mod names;
mod patch;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use crate::document::{Document, Position, RepoPath};
use crate::finding::{Applicability, Edit, Finding, Fix, Report};
use crate::source::read::{self, Buffers};
use crate::syntax::{Language, Lexed};

pub use apply::{Applied, apply};
pub use patch::patch;

/// A larger file is left to a person.
const LARGEST: u64 = read::WHOLE as u64;

/// What a planner sees of one finding.
struct Scene<'a> {
    root: &'a Path,
    document: &'a Document,
    language: Language,
    lexed: &'a Lexed,
    /// What the finding points at.
    span: Range<usize>,
    finding: &'a Finding,
}

/// What a planner comes to.
enum Plan {
    /// Edits of the document: places in it, and the text that goes there.
    Edits(
        String,
        Applicability,
        Vec<(Range<usize>, String)>,
        Vec<Edit>,
    ),
    /// What a person has to do.
    Manual(String),
}

impl Scene<'_> {
    fn bytes(&self) -> &[u8] {
        self.document.bytes()
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes()[self.span.clone()]).unwrap_or("")
    }

    /// The line of `offset` up to it.
    fn before(&self, offset: usize) -> &str {
        let line = self.document.line_around(offset);
        std::str::from_utf8(&self.bytes()[line.start..offset]).unwrap_or("")
    }

    /// The line of `offset` from there on.
    fn after(&self, offset: usize) -> &str {
        let line = self.document.line_around(offset);
        std::str::from_utf8(&self.bytes()[offset..line.end.max(offset)]).unwrap_or("")
    }

    fn line_ending(&self) -> &'static str {
        line_ending(self.bytes())
    }
}

/// The line ending that most lines of `bytes` have.
fn line_ending(bytes: &[u8]) -> &'static str {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    let windows = memchr::memmem::find_iter(bytes, b"\r\n").count();
    if 2 * windows > lines { "\r\n" } else { "\n" }
}

/// Gives every finding that counts, and has none yet, the fix it can have.
pub fn propose(report: &mut Report) {
    let root = report.root.clone();
    let mut by_file: BTreeMap<RepoPath, Vec<usize>> = BTreeMap::new();
    for (n, finding) in report.findings.iter().enumerate() {
        if finding.suppressed.is_none() && finding.fix.is_none() && finding.provenance.is_none() {
            by_file.entry(finding.path.clone()).or_default().push(n);
        }
    }
    for (path, places) in by_file {
        let of_text = |n: &&usize| report.findings[**n].region.is_some();
        let mut fixes: Vec<(usize, Option<Fix>)> = places
            .iter()
            .filter(|n| !of_text(n))
            .map(|&n| (n, ignores::plan(&root, &report.findings[n])))
            .collect();
        if places.iter().any(|n| of_text(&n))
            && let Some(document) = read(&root, &path)
        {
            let language = Language::detect(path.as_bytes(), document.bytes());
            let lexed = Lexed::new(language, document.bytes());
            for &n in places.iter().filter(of_text) {
                let finding = &report.findings[n];
                if let Some(span) = span(&document, finding) {
                    let scene = Scene {
                        root: &root,
                        document: &document,
                        language,
                        lexed: &lexed,
                        span,
                        finding,
                    };
                    fixes.push((n, of_finding(&scene)));
                }
            }
        }
        for (n, fix) in fixes {
            report.findings[n].fix = fix;
        }
    }
}

/// The planner of each rule that has one.
fn of_finding(scene: &Scene<'_>) -> Option<Fix> {
    let plan = match scene.finding.rule.as_str() {
        "ak-key" => environment::plan(scene),
        "plain-http-api" => flip::https(scene),
        "appkey-header" => flip::header(scene),
        "tls-verification-disabled" => flip::verification(scene),
        "ak-key-in-browser" => Some(Plan::Manual(
            "keep the key on a server, and let the browser call that".to_owned(),
        )),
        _ => None,
    }?;
    let (title, applicability, edits, more) = match plan {
        Plan::Manual(title) => (title, Applicability::Manual, Vec::new(), Vec::new()),
        Plan::Edits(title, applicability, edits, more) => (title, applicability, edits, more),
    };
    let mut all = Vec::with_capacity(edits.len() + more.len());
    for (range, text) in edits {
        all.push(Edit {
            path: scene.finding.path.clone(),
            range: scene.document.stored(&range)?,
            text: scene.document.form.encoding.encode(&text),
        });
    }
    all.extend(more);
    all.sort_by(|a, b| (&a.path, a.range.start).cmp(&(&b.path, b.range.start)));
    Some(Fix {
        title,
        applicability,
        edits: all,
    })
}

/// The whole text of a file; `None` for one that cannot be had whole.
fn read(root: &Path, path: &RepoPath) -> Option<Document> {
    let file = path.join_to(root);
    let found = file.symlink_metadata().ok()?;
    if !found.is_file() || found.len() > LARGEST {
        return None;
    }
    let mut held = None;
    let mut visit = |document: Document| {
        held = Some(document);
        Vec::new()
    };
    let mut file = std::fs::File::open(file).ok()?;
    read::each_document(&mut file, path, &mut Buffers::default(), &mut visit).ok()?;
    held.filter(|d| d.window.is_none())
}

/// Where a finding's region stands in the text.
fn span(document: &Document, finding: &Finding) -> Option<Range<usize>> {
    let region = finding.region.as_ref()?;
    let start = offset(document.bytes(), region.start)?;
    let end = offset(document.bytes(), region.end)?;
    (start <= end).then_some(start..end)
}

/// The offset of a position: what [`Document::position`] turned into it.
fn offset(bytes: &[u8], at: Position) -> Option<usize> {
    let mut start = 0;
    for _ in 1..at.line {
        start += memchr::memchr(b'\n', &bytes[start..])? + 1;
    }
    let mut column = 1;
    let mut place = start;
    for chunk in bytes[start..].utf8_chunks() {
        for c in chunk.valid().chars() {
            if column == at.column {
                return Some(place);
            }
            column += 1;
            place += c.len_utf8();
        }
        for _ in chunk.invalid() {
            if column == at.column {
                return Some(place);
            }
            column += 1;
            place += 1;
        }
    }
    (column == at.column).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_what_its_position_came_from() {
        let bytes = "a\u{e9}b\r\n\u{1F511}x \n\nlast".as_bytes();
        let bytes = [bytes, b"\xff\xfe|"].concat();
        let document = Document::new("a".into(), bytes.clone());
        let text = String::from_utf8_lossy(&bytes[..bytes.len() - 3]).into_owned();
        let ends = [
            bytes.len() - 3,
            bytes.len() - 2,
            bytes.len() - 1,
            bytes.len(),
        ];
        for at in text.char_indices().map(|(i, _)| i).chain(ends) {
            assert_eq!(offset(&bytes, document.position(at)), Some(at));
        }
    }
}
