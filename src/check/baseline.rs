//! The baseline of a run: where it is, and what it makes of the findings.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::config::{Origin, Regime};
use crate::document::{Document, RepoPath, Stamp};
use crate::finding::{
    Applicability, Edit, Finding, Fingerprint, Fix, Problem, ProblemKind, Report, Secret,
};
use crate::rule::RuleSet;
use crate::rule::upkeep::About;
use crate::source::worktree::words;
use crate::source::{Recorded, Source};
use crate::suppress::baseline::{Baseline, Damage, Entry, FILE, Matched, Scope};

use super::suppressions;

/// Which baseline a run is to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The one at the root of what is scanned, if there is one.
    AtRoot,
    /// This one; it must be there.
    File(PathBuf),
    /// The same, named for this run: as it lies on disk, whatever git has.
    Named(PathBuf),
    Nothing,
}

impl Choice {
    /// What the configuration of a run wants.
    pub fn of(regime: &Regime) -> Choice {
        let set = &regime.main().settings.baseline;
        match (&set.value, &set.origin) {
            (Some(file), Origin::CommandLine(_)) => Choice::Named(file.clone()),
            (Some(file), Origin::File { .. } | Origin::Default) => Choice::File(file.clone()),
            (None, _) => Choice::AtRoot,
        }
    }

    /// The file to look for.
    pub fn file(&self, root: &Path) -> Option<PathBuf> {
        match self {
            Choice::AtRoot => Some(root.join(FILE)),
            Choice::File(file) | Choice::Named(file) => Some(file.clone()),
            Choice::Nothing => None,
        }
    }
}

/// A baseline as it was read, and what became of its lines.
pub struct Held {
    pub file: PathBuf,
    pub baseline: Baseline,
    pub matched: Matched,
    bytes: Vec<u8>,
}

/// Reads the baseline of a run over `root`; without one that must be there, or with one that is damaged, the run is incomplete.
pub fn load(choice: &Choice, root: &Path) -> Result<Option<Held>, Problem> {
    load_from(choice, root, &|file| std::fs::read(file))
}

/// The same, as `recorded` has it; and what to say where it lies on disk otherwise.
pub(super) fn load_recorded(
    choice: &Choice,
    root: &Path,
    recorded: &Recorded,
) -> (Result<Option<Held>, Problem>, Option<String>) {
    let file = match choice {
        Choice::AtRoot | Choice::File(_) => choice.file(root),
        Choice::Named(_) => choice.file(root).filter(|_| recorded.is_asked_for()),
        Choice::Nothing => None,
    };
    let Some(found) = file.as_deref().and_then(|file| recorded.read(file)) else {
        return (load(choice, root), None);
    };
    let there = file.as_deref().and_then(|file| std::fs::read(file).ok());
    let aside = match (&found, there, &file) {
        (Ok(found), Some(there), Some(file)) if found.as_ref() != Some(&there) => {
            recorded.aside(file, found.is_some())
        }
        _ => None,
    };
    let read = |_: &Path| match &found {
        Ok(Some(bytes)) => Ok(bytes.clone()),
        Ok(None) => Err(std::io::ErrorKind::NotFound.into()),
        Err(message) => Err(std::io::Error::other(message.clone())),
    };
    (load_from(choice, root, &read), aside)
}

fn load_from(
    choice: &Choice,
    root: &Path,
    read: &dyn Fn(&Path) -> std::io::Result<Vec<u8>>,
) -> Result<Option<Held>, Problem> {
    let Some(file) = choice.file(root) else {
        return Ok(None);
    };
    let problem = |message: String| Problem {
        path: None,
        kind: ProblemKind::Baseline,
        message,
    };
    let name = || name_of(&file, root);
    let bytes = match read(&file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && *choice == Choice::AtRoot => {
            return Ok(None);
        }
        Err(error) => {
            let message = match error.kind() {
                std::io::ErrorKind::NotFound => {
                    "no such baseline; `hushlint baseline write` makes one".to_owned()
                }
                _ => words(&error),
            };
            return Err(problem(format!("{}: {message}", name())));
        }
    };
    let baseline = Baseline::parse(&bytes)
        .map_err(|Damage { line, message }| problem(format!("{}:{line}: {message}", name())))?;
    Ok(Some(Held {
        file,
        baseline,
        matched: Matched::default(),
        bytes,
    }))
}

/// Suppresses what the baseline of an audit accepts: a secret, which is one
/// matter wherever it stood, by any line for it; what is no secret in its own file.
pub fn accept(choice: &Choice, report: &mut Report, rules: &RuleSet, threads: usize) {
    let held = match load(choice, &report.root) {
        Ok(Some(held)) => held,
        Ok(None) => return,
        Err(problem) => {
            report.problems.push(problem);
            return;
        }
    };
    let scope = Scope {
        threads,
        masked: &|path| masked(rules, path),
        is_scanned: &|_| false,
        exists: &|_| true,
        is_covered: &|_| false,
        anywhere: true,
    };
    report
        .findings
        .sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    held.baseline
        .apply(&mut report.findings, &suppressions(rules), &scope);
}

/// How reports name a baseline: from the root, if it is below.
pub fn name_of(file: &Path, root: &Path) -> RepoPath {
    let whole = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    RepoPath::from_relative(whole.strip_prefix(root).unwrap_or(file))
}

/// `path` as a baseline holds it: what is secret in a name is not written.
pub fn masked(rules: &RuleSet, path: &RepoPath) -> RepoPath {
    let text = path.to_text();
    let masked = rules.masked(&text);
    if masked == text {
        path.clone()
    } else {
        masked.as_str().into()
    }
}

impl Held {
    /// Whether the file held just these bytes.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.bytes == bytes
    }

    /// Suppresses what the baseline accepts, and tells what in it is stale.
    pub(super) fn apply(
        &mut self,
        report: &mut Report,
        source: &dyn Source,
        rules: &RuleSet,
        covered: &HashSet<RepoPath>,
        threads: usize,
    ) -> Vec<Finding> {
        let root = report.root.clone();
        let scope = Scope {
            threads,
            masked: &|path| masked(rules, path),
            is_scanned: &|path| covered.contains(path),
            exists: &|path| match source.store() {
                Some(_) => source.is_present(path),
                None => path.join_to(&root).symlink_metadata().is_ok(),
            },
            is_covered: &|path| source.would_list(path),
            anywhere: false,
        };
        let known = suppressions(rules);
        self.matched = self.baseline.apply(&mut report.findings, &known, &scope);
        let stale = self.stale(&root, rules);
        if let Some(finding) = stale.first() {
            let stamp = Some(Stamp::of(&self.bytes));
            report.stamps.insert(finding.path.clone(), stamp);
        }
        stale
    }

    fn stale(&self, root: &Path, rules: &RuleSet) -> Vec<Finding> {
        let mut reporters = rules.rules().iter().filter(|r| r.enabled);
        let reporter = reporters.find(|r| r.upkeep() == Some(About::Stale));
        let Some(rule) = reporter else {
            return Vec::new();
        };
        let path = name_of(&self.file, root);
        let document = Document::new(path.clone(), self.bytes.clone());
        let region = rules.regions(&document, &[]);
        let stale = self.matched.stale.iter();
        stale
            .map(|&at| {
                let entry = &self.baseline.entries()[at];
                let mut finding = Finding::of_file(&rule.id, path.clone());
                finding.severity = rule.severity;
                finding.message = what_is_gone(entry, rules);
                finding.secret = Secret::new(&rule.id, entry.to_string().as_bytes());
                finding.fingerprint = Fingerprint::new(&path, finding.secret);
                // In UTF-16 lines are not found by their bytes.
                if let Some(line) = line(&self.bytes, entry.line) {
                    let text =
                        line.start..line.start + self.bytes[line.clone()].trim_ascii_end().len();
                    finding.region = Some(region(&text));
                    finding.fix = Some(Fix {
                        title: "remove the line".to_owned(),
                        applicability: Applicability::Safe,
                        edits: vec![Edit {
                            path: path.clone(),
                            range: line,
                            text: Vec::new(),
                        }],
                    });
                }
                finding
            })
            .collect()
    }
}

fn what_is_gone(entry: &Entry, rules: &RuleSet) -> String {
    match rules.rule(entry.rule.as_str()) {
        Some(_) => format!(
            "no `{}` in {} answers to this line any more",
            entry.rule, entry.path
        ),
        None => format!("there is no rule `{}`", entry.rule),
    }
}

/// The bytes of a line, counted from 1, with its end.
fn line(bytes: &[u8], number: usize) -> Option<Range<usize>> {
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.contains(&0) {
        return None;
    }
    let mut start = 0;
    for _ in 1..number {
        start += memchr::memchr(b'\n', &bytes[start..])? + 1;
    }
    let end = memchr::memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |i| start + i + 1);
    Some(start..end)
}
