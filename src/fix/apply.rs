//! Writes edits into files: each file whole or not at all, never through a link.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::document::RepoPath;
use crate::finding::{Applicability, Edit, Finding, Fix, Problem, ProblemKind};
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

/// The fixes of `findings` up to `limit`, as edits by file. A fix is in whole
/// or not at all: one that overlaps with another waits for the next run.
pub(super) fn chosen<'f>(
    findings: &'f [Finding],
    limit: Applicability,
    wanted: &dyn Fn(&Finding) -> bool,
) -> (BTreeMap<&'f RepoPath, Vec<&'f Edit>>, usize) {
    let mut by_file: BTreeMap<&RepoPath, Vec<&Edit>> = BTreeMap::new();
    let mut taken = 0;
    for finding in findings
        .iter()
        .filter(|f| f.suppressed.is_none() && wanted(f))
    {
        let Some(fix) = finding.fix.as_ref().filter(|f| is_for(f, limit)) else {
            continue;
        };
        let clashes = fix.edits.iter().any(|edit| {
            let others = by_file.get(&edit.path);
            others.is_some_and(|others| others.iter().any(|other| clash(other, edit)))
        });
        if clashes {
            continue;
        }
        taken += 1;
        for edit in &fix.edits {
            let edits = by_file.entry(&edit.path).or_default();
            // One import, one name in a list, serves all that ask for it.
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    for edits in by_file.values_mut() {
        edits.sort_by_key(|e| (e.range.start, e.range.end));
    }
    (by_file, taken)
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

/// Applies the fixes of `findings` up to `limit` to the files under `root`.
pub fn apply(root: &Path, findings: &[Finding], limit: Applicability) -> Applied {
    let (by_file, taken) = chosen(findings, limit, &|_| true);
    let mut applied = Applied::default();
    let mut failed: Vec<&RepoPath> = Vec::new();
    for (path, edits) in &by_file {
        match write_edits(root, path, edits) {
            Ok(()) => applied.files += 1,
            Err(message) => {
                failed.push(path);
                applied.problems.push(Problem {
                    path: Some((*path).clone()),
                    kind: ProblemKind::Unwritable,
                    message,
                });
            }
        }
    }
    let lost = findings.iter().filter(|f| {
        let fix = f.fix.as_ref().filter(|fix| is_for(fix, limit));
        f.suppressed.is_none()
            && fix.is_some_and(|fix| fix.edits.iter().any(|e| failed.contains(&&e.path)))
    });
    applied.fixed = taken.saturating_sub(lost.count());
    applied
}

fn write_edits(root: &Path, path: &RepoPath, edits: &[&Edit]) -> Result<(), String> {
    let file = plain_file(root, path)?;
    let said = |error: io::Error| format!("not changed: {}", words(&error));
    let (old, mode) = match fs::symlink_metadata(&file) {
        Ok(found) if !found.is_file() => {
            return Err("not changed: a link, or no plain file".to_owned());
        }
        Ok(found) if found.permissions().readonly() => {
            return Err("not changed: it is read-only".to_owned());
        }
        Ok(found) => (fs::read(&file).map_err(said)?, Some(found.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
        Err(error) => return Err(said(error)),
    };
    let new = edited(&old, edits)
        .ok_or_else(|| "not changed: it is not what was scanned any more".to_owned())?;
    replace(&file, &new, mode).map_err(said)
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

/// Writes beside the file, then moves over it: nobody sees half of it.
fn replace(file: &Path, bytes: &[u8], mode: Option<fs::Permissions>) -> io::Result<()> {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.hushlint", std::process::id()));
    let beside = file.with_file_name(name);
    let write = || {
        let mut options = OpenOptions::new();
        let mut out = options.write(true).create_new(true).open(&beside)?;
        if let Some(mode) = mode {
            out.set_permissions(mode)?;
        }
        out.write_all(bytes)?;
        drop(out);
        fs::rename(&beside, file)
    };
    write().inspect_err(|_| {
        // The error that matters is the first one.
        let _ = fs::remove_file(&beside);
    })
}
