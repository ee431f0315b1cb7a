//! Writes edits into files: each fix whole or not at all, never through a link,
//! never over what is not what was read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::document::{RepoPath, Stamp};
use crate::finding::{Applicability, Edit, Finding, Fix, Problem, ProblemKind, Report};
use crate::replace::{Pending, replace};
use crate::source::worktree::words;

/// What came of applying fixes.
#[derive(Debug, Default)]
pub struct Applied {
    /// Findings mended.
    pub fixed: usize,
    /// Files written.
    pub files: usize,
    pub problems: Vec<Problem>,
}

/// Fixes that go together.
pub(super) struct Chosen<'f> {
    pub(super) findings: Vec<&'f Finding>,
    /// Their edits, in order.
    pub(super) edits: BTreeMap<&'f RepoPath, Vec<&'f Edit>>,
}

/// The fixes of `findings` up to `limit`. A fix is in whole or not at all: one
/// that overlaps with another waits for the next run.
pub(super) fn chosen<'f>(
    findings: &'f [Finding],
    limit: Applicability,
    wanted: &dyn Fn(&Finding) -> bool,
) -> Chosen<'f> {
    let mut chosen = Chosen {
        findings: Vec::new(),
        edits: BTreeMap::new(),
    };
    for finding in findings
        .iter()
        .filter(|f| f.suppressed.is_none() && wanted(f))
    {
        let Some(fix) = finding.fix.as_ref().filter(|f| is_for(f, limit)) else {
            continue;
        };
        let clashes = fix.edits.iter().any(|edit| {
            let others = chosen.edits.get(&edit.path);
            others.is_some_and(|others| others.iter().any(|other| clash(other, edit)))
        });
        if clashes {
            continue;
        }
        chosen.findings.push(finding);
        for edit in &fix.edits {
            let edits = chosen.edits.entry(&edit.path).or_default();
            // One import, one name in a list, serves all that ask for it.
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    for edits in chosen.edits.values_mut() {
        edits.sort_by_key(|e| (e.range.start, e.range.end));
    }
    chosen
}

fn is_for(fix: &Fix, limit: Applicability) -> bool {
    fix.applicability <= limit
        && fix.applicability != Applicability::Manual
        && !fix.edits.is_empty()
}

fn clash(a: &Edit, b: &Edit) -> bool {
    if a == b {
        return false;
    }
    let overlap = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
    let within = |point: &Range<usize>, other: &Range<usize>| {
        point.is_empty() && other.start < point.start && point.start < other.end
    };
    overlap(&a.range, &b.range) || within(&a.range, &b.range) || within(&b.range, &a.range)
}

fn paths(finding: &Finding) -> impl Iterator<Item = &RepoPath> {
    finding.fix.iter().flat_map(|f| &f.edits).map(|e| &e.path)
}

impl<'f> Chosen<'f> {
    /// How many fixes there are to each group of files that fixes hold
    /// together, and the files.
    fn groups(&self) -> Vec<(usize, BTreeSet<&'f RepoPath>)> {
        let mut groups: Vec<(usize, BTreeSet<&RepoPath>)> = Vec::new();
        let mut group_of: BTreeMap<&RepoPath, usize> = BTreeMap::new();
        for finding in &self.findings {
            let known: BTreeSet<usize> = paths(finding)
                .filter_map(|p| group_of.get(p))
                .copied()
                .collect();
            let mut known = known.into_iter();
            let group = known.next().unwrap_or_else(|| {
                groups.push((0, BTreeSet::new()));
                groups.len() - 1
            });
            for other in known {
                let (count, files) = std::mem::take(&mut groups[other]);
                group_of.extend(files.iter().map(|file| (*file, group)));
                groups[group].0 += count;
                groups[group].1.extend(files);
            }
            groups[group].0 += 1;
            group_of.extend(paths(finding).map(|path| (path, group)));
            groups[group].1.extend(paths(finding));
        }
        groups
    }
}

/// Applies the fixes of `report` up to `limit` to its files. A fix is in all of
/// its files or in none, and a file that is not what was read stays as it is.
pub fn apply(report: &Report, limit: Applicability) -> Applied {
    let mut applied = Applied::default();
    let mut refused: BTreeSet<&RepoPath> = BTreeSet::new();
    // What cannot be written takes the fixes that need it out of other files too.
    let (chosen, mut ready) = loop {
        let is_open = |finding: &Finding| paths(finding).all(|path| !refused.contains(path));
        let chosen = chosen(&report.findings, limit, &is_open);
        let mut ready: BTreeMap<&RepoPath, Ready> = BTreeMap::new();
        let before = refused.len();
        for (&path, edits) in &chosen.edits {
            match Ready::new(report, path, edits) {
                Ok(file) => drop(ready.insert(path, file)),
                Err(message) => {
                    applied.problems.push(problem(path, message));
                    refused.insert(path);
                }
            }
        }
        if refused.len() == before {
            break (chosen, ready);
        }
    };
    for (fixes, paths) in chosen.groups() {
        let files: Vec<Ready> = paths.iter().filter_map(|p| ready.remove(p)).collect();
        let count = files.len();
        match put(files) {
            Ok(()) => {
                applied.fixed += fixes;
                applied.files += count;
            }
            Err(problems) => applied.problems.extend(problems),
        }
    }
    applied
}

fn problem(path: &RepoPath, message: String) -> Problem {
    Problem {
        path: Some(path.clone()),
        kind: ProblemKind::Unwritable,
        message,
    }
}

/// What is said of a file that somebody else has changed.
pub(super) fn outdated(path: &RepoPath) -> Problem {
    problem(path, CHANGED.to_owned())
}

/// A file whose new content is written, and not yet in its place.
struct Ready {
    path: RepoPath,
    file: PathBuf,
    /// `None`: it was not there.
    old: Option<Vec<u8>>,
    pending: Pending,
}

impl Ready {
    fn new(report: &Report, path: &RepoPath, edits: &[&Edit]) -> Result<Ready, String> {
        let file = plain_file(&report.root, path)?;
        let said = |error: io::Error| format!("not changed: {}", words(&error));
        let old = match fs::symlink_metadata(&file) {
            Ok(found) if !found.is_file() => {
                return Err("not changed: a link, or no plain file".to_owned());
            }
            Ok(found) if found.permissions().readonly() => {
                return Err("not changed: it is read-only".to_owned());
            }
            Ok(_) => Some(fs::read(&file).map_err(said)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(said(error)),
        };
        let stamp = old.as_deref().map(Stamp::of);
        let new = edited(old.as_deref().unwrap_or_default(), edits)
            .filter(|_| report.stamps.get(path) == Some(&stamp))
            .ok_or_else(|| CHANGED.to_owned())?;
        let pending = Pending::new(&file, &new).map_err(said)?;
        Ok(Ready {
            path: path.clone(),
            file,
            old,
            pending,
        })
    }

    fn is_as_it_was(&self) -> io::Result<bool> {
        match fs::read(&self.file) {
            Ok(now) => Ok(self.old.as_ref() == Some(&now)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.old.is_none()),
            Err(error) => Err(error),
        }
    }
}

const CHANGED: &str = "not changed: it is not what was scanned any more";

/// Moves files that go together into their places, all of them or none.
fn put(files: Vec<Ready>) -> Result<(), Vec<Problem>> {
    let mut done: Vec<(RepoPath, PathBuf, Option<Vec<u8>>)> = Vec::with_capacity(files.len());
    for ready in files {
        let moved = match ready.is_as_it_was() {
            Ok(true) => ready
                .pending
                .put()
                .map_err(|e| format!("not changed: {}", words(&e))),
            Ok(false) => Err(CHANGED.to_owned()),
            Err(error) => Err(format!("not changed: {}", words(&error))),
        };
        match moved {
            Ok(()) => done.push((ready.path, ready.file, ready.old)),
            Err(message) => {
                let mut problems = vec![problem(&ready.path, message)];
                problems.extend(done.iter().filter_map(|(path, file, old)| {
                    let undone = match old {
                        Some(old) => replace(file, old),
                        None => fs::remove_file(file),
                    };
                    let message = |e| format!("changed, and cannot be changed back: {}", words(&e));
                    undone.err().map(|e| problem(path, message(e)))
                }));
                return Err(problems);
            }
        }
    }
    Ok(())
}

/// `old` with `edits`, which are in order; `None` where they do not fit.
pub(super) fn edited(old: &[u8], edits: &[&Edit]) -> Option<Vec<u8>> {
    let mut new = Vec::with_capacity(old.len() + 64);
    let mut at = 0;
    for edit in edits {
        new.extend_from_slice(old.get(at..edit.range.start)?);
        new.extend_from_slice(&edit.text);
        at = edit.range.end;
    }
    new.extend_from_slice(old.get(at..)?);
    Some(new)
}

/// The file of `path`; refuses one that a link leads to, wherever it leads.
fn plain_file(root: &Path, path: &RepoPath) -> Result<PathBuf, String> {
    let file = path.join_to(root);
    let folders = file.ancestors().skip(1).take_while(|f| *f != root);
    for folder in folders {
        if fs::symlink_metadata(folder).is_ok_and(|m| m.is_symlink()) {
            return Err("not changed: a symbolic link leads to it".to_owned());
        }
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RuleId;

    /// A finding at `path` whose fix are `edits`: a file, a place in it, and what goes there.
    fn finding(edits: &[(&str, Range<usize>, &str)]) -> Finding {
        let mut finding = Finding::of_file(&RuleId::new("a"), edits[0].0.into());
        finding.fix = Some(Fix {
            title: String::new(),
            applicability: Applicability::Unsafe,
            edits: edits
                .iter()
                .map(|(path, range, text)| Edit {
                    path: (*path).into(),
                    range: range.clone(),
                    text: text.as_bytes().to_vec(),
                })
                .collect(),
        });
        finding
    }

    /// A folder of files that hold `0123456789`, but for those in `absent`, and a report on them.
    fn scanned(findings: Vec<Finding>, absent: &[&str]) -> (tempfile::TempDir, Report) {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let mut report = Report {
            root: folder.path().to_owned(),
            ..Report::default()
        };
        for path in findings.iter().flat_map(paths) {
            let text = (!absent.iter().any(|a| path == &(*a).into())).then_some("0123456789");
            if let Some(text) = text {
                fs::write(path.join_to(folder.path()), text).expect("it can be written");
            }
            let stamp = text.map(|t| Stamp::of(t.as_bytes()));
            report.stamps.insert(path.clone(), stamp);
        }
        report.findings = findings;
        (folder, report)
    }

    fn files(folder: &tempfile::TempDir) -> Vec<String> {
        let listed = fs::read_dir(folder.path()).expect("it is there");
        let mut files: Vec<String> = listed
            .map(|entry| {
                let file = entry.expect("it is there").path();
                let name = file.file_name().unwrap_or_default().display().to_string();
                match fs::read_to_string(&file) {
                    Ok(text) => format!("{name} {text}"),
                    Err(_) => format!("{name}/"),
                }
            })
            .collect();
        files.sort();
        files
    }

    #[test]
    fn what_is_counted_is_what_was_written() {
        let findings = vec![
            finding(&[("a", 0..2, "x"), ("new", 0..0, "A\n")]),
            // It overlaps with the first, and waits.
            finding(&[("a", 1..3, "y")]),
            finding(&[("a", 5..6, ""), ("new", 0..0, "A\n")]),
            finding(&[("b", 3..3, "z"), ("new", 0..0, "B\n")]),
            // Another one of the same change.
            finding(&[("b", 3..3, "z")]),
        ];
        let (folder, report) = scanned(findings, &["new"]);
        let applied = apply(&report, Applicability::Unsafe);
        assert_eq!((applied.fixed, applied.files), (4, 3));
        assert!(applied.problems.is_empty());
        assert_eq!(
            files(&folder),
            ["a x2346789", "b 012z3456789", "new A\nB\n"]
        );
    }

    #[test]
    fn a_fix_is_in_all_of_its_files_or_in_none() {
        let findings = vec![
            finding(&[("a", 0..1, "x"), ("changed", 0..1, "x")]),
            finding(&[("b", 0..1, "x"), ("shared", 0..1, "x")]),
            finding(&[("changed", 2..3, "x"), ("shared", 2..3, "x")]),
            finding(&[("appeared", 0..0, "x")]),
        ];
        let (folder, report) = scanned(findings, &["appeared"]);
        fs::write(folder.path().join("changed"), "0123456780").expect("it can be written");
        fs::write(folder.path().join("appeared"), "").expect("it can be written");
        let applied = apply(&report, Applicability::Unsafe);
        assert_eq!((applied.fixed, applied.files), (1, 2));
        let problems: Vec<String> = applied
            .problems
            .iter()
            .map(|p| format!("{}: {}", p.path.as_ref().expect("it has one"), p.message))
            .collect();
        let expected = ["appeared", "changed"].map(|path| format!("{path}: {CHANGED}"));
        assert_eq!(problems, expected);
        assert_eq!(
            files(&folder),
            [
                "a 0123456789",
                "appeared ",
                "b x123456789",
                "changed 0123456780",
                "shared x123456789"
            ]
        );
    }

    #[test]
    fn what_cannot_be_finished_is_undone() {
        let (folder, report) = scanned(
            vec![finding(&[
                ("a", 0..1, "x"),
                ("b", 0..0, "x"),
                ("c", 0..1, "x"),
            ])],
            &["b"],
        );
        let chosen = chosen(&report.findings, Applicability::Unsafe, &|_| true);
        let ready = chosen
            .edits
            .iter()
            .map(|(path, edits)| Ready::new(&report, path, edits));
        let ready: Vec<Ready> = ready.map(|r| r.expect("nothing has changed")).collect();
        fs::write(folder.path().join("c"), "new").expect("it can be written");
        let problems = put(ready).expect_err("the last one has changed");
        assert_eq!(problems, [problem(&"c".into(), CHANGED.to_owned())]);
        assert_eq!(files(&folder), ["a 0123456789", "c new"]);
    }
}
