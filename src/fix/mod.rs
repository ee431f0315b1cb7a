//! Changes that would mend findings: proposed for each, applied or printed in one place.
//!
//! Proposing reads the files that have findings once more and only looks: the
//! rules stay free of it. [`apply`] is the only writer of a user's files.

mod apply;
mod environment;
mod flip;
mod ignores;
mod imports;
mod names;
mod patch;
mod position;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;

use crate::document::{Document, Position, RepoPath, Stamp};
use crate::finding::{Applicability, Edit, Finding, Fix, Problem, Report};
use crate::source::read::{self, Buffers, Bytes};
use crate::source::worktree::words;
use crate::suppress::{self, placing};
use crate::syntax::{Language, Lexed};

pub use apply::{Applied, apply};
pub use names::Names;
pub use patch::{Patch, patch};

/// A larger file is left to a person.
const LARGEST: u64 = read::WHOLE as u64;

/// Files other than the one a finding stands in, each read once.
struct Others<'a> {
    root: &'a Path,
    read: RefCell<BTreeMap<RepoPath, Other>>,
    /// What fixes declare so far: by folder and name.
    declared: RefCell<BTreeMap<(Vec<u8>, String), Edit>>,
}

#[derive(Clone)]
enum Other {
    Absent,
    Text(Rc<[u8]>),
    /// A link, a folder, UTF-16, or not to be read.
    Unusable,
}

impl Others<'_> {
    fn get(&self, path: &RepoPath) -> Other {
        let mut read = self.read.borrow_mut();
        if let Some(known) = read.get(path) {
            return known.clone();
        }
        let file = path.join_to(self.root);
        let other = match file.symlink_metadata() {
            Err(_) => Other::Absent,
            Ok(found) if !found.is_file() => Other::Unusable,
            Ok(_) => match std::fs::read(file) {
                Ok(bytes) if !bytes.contains(&0) => Other::Text(bytes.into()),
                Ok(_) | Err(_) => Other::Unusable,
            },
        };
        read.insert(path.clone(), other.clone());
        other
    }

    /// The files of `folder` whose names have this end, in order.
    fn beside(&self, folder: &[u8], end: &[u8]) -> Vec<RepoPath> {
        let listed = std::fs::read_dir(RepoPath::new(folder).join_to(self.root));
        let entries = listed.into_iter().flatten().flatten();
        let names = entries.map(|entry| RepoPath::from_relative(Path::new(&entry.file_name())));
        let names = names.filter(|name| name.as_bytes().ends_with(end));
        let mut files: Vec<RepoPath> = names
            .map(|name| match folder.is_empty() {
                true => name,
                false => RepoPath::new([folder, b"/", name.as_bytes()].concat()),
            })
            .collect();
        files.sort();
        files
    }
}

/// What a planner sees of one finding.
struct Scene<'a> {
    others: &'a Others<'a>,
    names: &'a Names,
    document: &'a Document,
    language: Language,
    whole: &'a Whole,
    /// What the finding points at.
    span: Range<usize>,
    finding: &'a Finding,
}

/// What is to be known of a whole document, found when a planner first asks
/// for it: most do not, and a document can have many findings.
#[derive(Default)]
struct Whole {
    lexed: OnceCell<Lexed>,
    code: OnceCell<String>,
    brackets: OnceCell<Vec<position::Bracket>>,
    import: OnceCell<imports::Import>,
    is_for_browsers: OnceCell<bool>,
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

    fn lexed(&self) -> &Lexed {
        self.whole
            .lexed
            .get_or_init(|| Lexed::new(self.language, self.bytes()))
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

    /// The variable for the key of this finding that is to be called `name`.
    fn name(&self, name: &str) -> String {
        self.names.for_key(name, self.finding.secret)
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

/// Gives every finding that counts, and has none yet, the fix it can have. A
/// file that is not what was scanned any more is a problem for who would change
/// it. `names` are those given to keys so far.
pub fn propose(report: &mut Report, names: &Names) -> Vec<Problem> {
    let root = report.root.clone();
    let others = Others {
        root: &root,
        read: RefCell::default(),
        declared: RefCell::default(),
    };
    let mut problems = Vec::new();
    let mut by_file: BTreeMap<RepoPath, Vec<usize>> = BTreeMap::new();
    for (n, finding) in report.findings.iter().enumerate() {
        if finding.suppressed.is_none() && finding.fix.is_none() && finding.provenance.is_none() {
            by_file.entry(finding.path.clone()).or_default().push(n);
        }
    }
    for (path, places) in by_file {
        let (mut of_text, of_file): (Vec<usize>, Vec<usize>) = places
            .into_iter()
            .partition(|&n| report.findings[n].region.is_some());
        for n in of_file {
            report.findings[n].fix = ignores::plan(&others, &report.findings[n]);
        }
        of_text.retain(|&n| planner(&report.findings[n]).is_some());
        let stamp = report.stamps.get(&path).copied().flatten();
        let (false, Some(stamp)) = (of_text.is_empty(), stamp) else {
            continue;
        };
        match read(&root, &path, stamp) {
            Ok(Some(document)) => {
                plan((&others, names), &document, &of_text, &mut report.findings);
            }
            Ok(None) => {}
            Err(Changed) => problems.push(apply::outdated(&path)),
        }
    }
    // What planners saw of other files is what may be changed.
    for (path, other) in others.read.into_inner() {
        let stamp = match other {
            Other::Absent => None,
            Other::Text(text) => Some(Stamp::of(&text)),
            Other::Unusable => continue,
        };
        report.stamps.entry(path).or_insert(stamp);
    }
    problems
}

/// Plans for the findings at `places`, all of them in `document`.
fn plan(
    (others, names): (&Others<'_>, &Names),
    document: &Document,
    places: &[usize],
    findings: &mut [Finding],
) {
    let language = Language::detect(document.path.as_bytes(), document.bytes());
    let whole = Whole::default();
    let mut seen = Places::new(document.bytes());
    for &n in places {
        let finding = &findings[n];
        let (Some(span), Some(planner)) = (seen.span(finding), planner(finding)) else {
            continue;
        };
        let scene = Scene {
            others,
            names,
            document,
            language,
            whole: &whole,
            span,
            finding,
        };
        let fix = of_finding(&scene, planner);
        findings[n].fix = fix;
    }
}

/// Why a finding cannot be suppressed by a comment.
pub enum Refusal {
    /// Its file is not what was scanned any more.
    Outdated(Problem),
    Impossible(String),
}

/// The comment that would suppress a finding of `report`, as a change of its file.
pub fn suppression(
    report: &mut Report,
    finding: &Finding,
    rules: &suppress::Rules,
    reason: &str,
) -> Result<Fix, Refusal> {
    let path = &finding.path;
    let impossible = |why: &str| Refusal::Impossible(why.to_owned());
    let stamp = match report.stamps.get(path).copied().flatten() {
        Some(stamp) => stamp,
        // Nothing was said of its text so far, or it is large.
        None => File::open(path.join_to(&report.root))
            .and_then(|file| Stamp::read(&mut file.take(LARGEST + 1)))
            .map_err(|error| impossible(&words(&error)))?,
    };
    report.stamps.insert(path.clone(), Some(stamp));
    let document = read(&report.root, path, stamp)
        .map_err(|Changed| Refusal::Outdated(apply::outdated(path)))?
        .ok_or_else(|| impossible("the file is large or no text"))?;
    let span = match finding.region {
        Some(_) => {
            let span = Places::new(document.bytes()).span(finding);
            Some(span.ok_or_else(|| impossible("its place is not to be found"))?)
        }
        None => None,
    };
    let insertions = placing::suppression(&document, finding, span, rules, reason)
        .map_err(Refusal::Impossible)?;
    let edits = insertions.into_iter().filter_map(|(at, text)| {
        Some(Edit {
            path: path.clone(),
            range: document.stored(&(at..at))?,
            text: document.form.encoding.encode(&text),
        })
    });
    Ok(Fix {
        title: "suppress it in a comment".to_owned(),
        applicability: Applicability::Safe,
        edits: edits.collect(),
    })
}

type Planner = fn(&Scene<'_>) -> Option<Plan>;

/// The rules about texts whose findings can be mended.
const PLANNERS: &[(&str, Planner)] = &[
    ("ak-key", environment::plan),
    ("ak-key-in-browser", flip::out_of_the_browser),
    ("appkey-header", flip::header),
    ("plain-http-api", flip::https),
    ("tls-verification-disabled", flip::verification),
];

fn planner(finding: &Finding) -> Option<Planner> {
    let rule = finding.rule.as_str();
    PLANNERS.iter().find(|(id, _)| *id == rule).map(|p| p.1)
}

fn of_finding(scene: &Scene<'_>, planner: Planner) -> Option<Fix> {
    let plan = planner(scene)?;
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

/// A file is not what it was.
struct Changed;

/// The whole text of a file that still has `stamp`; `None` for one that cannot be had whole.
fn read(root: &Path, path: &RepoPath, stamp: Stamp) -> Result<Option<Document>, Changed> {
    let file = path.join_to(root);
    let found = file.symlink_metadata().map_err(|_| Changed)?;
    if !found.is_file() {
        return Err(Changed);
    }
    if found.len() > LARGEST {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(|_| Changed)?;
    if Stamp::of(&bytes) != stamp {
        return Err(Changed);
    }
    let mut held = None;
    let mut visit = |document: Document| {
        held = Some(document);
        Vec::new()
    };
    let all = read::each_document(
        Bytes::Stream(&mut &bytes[..]),
        path.clone(),
        &mut Buffers::default(),
        &mut visit,
    );
    Ok(held.filter(|document| all.is_ok() && document.window.is_none()))
}

/// Finds places in a text by their positions. What follows the last one found is
/// not counted from the start again, however long a line is and however many stand on it.
struct Places<'b> {
    bytes: &'b [u8],
    line: usize,
    column: usize,
    offset: usize,
}

impl<'b> Places<'b> {
    fn new(bytes: &'b [u8]) -> Places<'b> {
        Places {
            bytes,
            line: 1,
            column: 1,
            offset: 0,
        }
    }

    /// Where a finding's region stands.
    fn span(&mut self, finding: &Finding) -> Option<Range<usize>> {
        let region = finding.region.as_ref()?;
        let start = self.offset(region.start)?;
        let end = Places { ..*self }.offset(region.end)?;
        (start <= end).then_some(start..end)
    }

    /// The offset of a position: what [`Document::position`] turned into it.
    fn offset(&mut self, to: Position) -> Option<usize> {
        if (to.line, to.column) < (self.line, self.column) {
            *self = Places::new(self.bytes);
        }
        while self.line < to.line {
            self.offset += memchr::memchr(b'\n', &self.bytes[self.offset..])? + 1;
            (self.line, self.column) = (self.line + 1, 1);
        }
        // A column takes four bytes at most: what lies further on need not be looked at.
        let reach = 4 * (to.column - self.column + 1);
        let rest = &self.bytes[self.offset..];
        for chunk in rest[..rest.len().min(reach)].utf8_chunks() {
            let valid = chunk.valid().chars().map(char::len_utf8);
            let invalid = Some(chunk.invalid().len()).filter(|&length| length > 0);
            for length in valid.chain(invalid) {
                if self.column == to.column {
                    return Some(self.offset);
                }
                self.column += 1;
                self.offset += length;
            }
        }
        (self.column == to.column).then_some(self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_what_its_position_came_from() {
        let bytes = "a\u{e9}b\r\n\u{1F511}x \n\nlast".as_bytes();
        // What is cut short is one character that is none.
        let bytes = [bytes, b"\xff\xe2\x82|"].concat();
        let document = Document::new("a".into(), bytes.clone());
        let text = String::from_utf8_lossy(&bytes[..bytes.len() - 4]).into_owned();
        let ends = [4, 3, 1, 0].map(|behind| bytes.len() - behind);
        let places: Vec<usize> = text.char_indices().map(|(i, _)| i).chain(ends).collect();
        let mut onwards = Places::new(&bytes);
        for &at in places.iter().chain(places.iter().rev()) {
            assert_eq!(onwards.offset(document.position(at)), Some(at));
        }
    }
}
