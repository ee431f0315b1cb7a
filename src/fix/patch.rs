//! Fixes as a patch that `git apply` takes.

use similar::TextDiff;

use super::apply::{chosen, edited, outdated};
use crate::document::{RepoPath, Stamp};
use crate::finding::{Applicability, Edit, Finding, Problem, Report};

/// Lines of context around a change, as git has it.
const CONTEXT: usize = 3;

/// Fixes as a patch.
pub struct Patch {
    pub text: Vec<u8>,
    /// Fixes that are not in it since their lines are not for everybody's
    /// eyes: a patch without these would not apply.
    pub hidden: usize,
    /// Files that are not what was scanned any more, nor in it.
    pub problems: Vec<Problem>,
}

/// The fixes of `report` up to `limit` as one patch against its files.
pub fn patch(report: &Report, limit: Applicability, may_show: &dyn Fn(&str) -> bool) -> Patch {
    let all = chosen(&report.findings, limit, &|_| true);
    let (mut changed, mut hidden) = (Vec::new(), Vec::new());
    for (&path, edits) in &all.edits {
        match of_file(report, path, edits) {
            Some((_, shown)) if may_show(&shown) => {}
            Some(_) => hidden.push(path),
            None => changed.push(path),
        }
    }
    let is_in = |files: &[&RepoPath], finding: &Finding| {
        let edits = finding.fix.iter().flat_map(|f| &f.edits);
        edits.into_iter().any(|e| files.contains(&&e.path))
    };
    let is_open = |f: &Finding| !is_in(&changed, f);
    let is_shown = |f: &Finding| is_open(f) && !is_in(&hidden, f);
    let open = chosen(&report.findings, limit, &is_open);
    let shown = chosen(&report.findings, limit, &is_shown);
    let files = shown.edits.iter();
    let texts = files.filter_map(|(path, edits)| of_file(report, path, edits));
    Patch {
        text: texts.flat_map(|(patch, _)| patch).collect(),
        hidden: open.findings.len() - shown.findings.len(),
        problems: changed.into_iter().map(outdated).collect(),
    }
}

/// The patch of one file, and all the text in it; `None` where it is not what was scanned.
fn of_file(report: &Report, path: &RepoPath, edits: &[&Edit]) -> Option<(Vec<u8>, String)> {
    let read = std::fs::read(path.join_to(&report.root));
    let stamp = read.as_deref().ok().map(Stamp::of);
    (report.stamps.get(path) == Some(&stamp)).then_some(())?;
    let is_new = read.is_err();
    let old = read.unwrap_or_default();
    let new = edited(&old, edits)?;
    let name = |side: &str| quoted(&[side.as_bytes(), path.as_bytes()].concat());
    let (a, b) = (name("a/"), name("b/"));
    let diff = TextDiff::from_lines(&old, &new);
    let mut out = [b"diff --git ", &a[..], b" ", &b, b"\n"].concat();
    if is_new {
        out.extend_from_slice(b"new file mode 100644\n--- /dev/null\n");
    } else {
        out.extend([b"--- ", &a[..], b"\n"].concat());
    }
    out.extend([b"+++ ", &b[..], b"\n"].concat());
    let from = out.len();
    let mut unified = diff.unified_diff();
    for hunk in unified.context_radius(CONTEXT).iter_hunks() {
        hunk.to_writer(&mut out).expect("a Vec takes all");
    }
    let text = String::from_utf8_lossy(&out[from..]).into_owned();
    Some((out, text))
}

/// A name as git writes it in a patch: in quotes where it holds what could be mistaken.
fn quoted(name: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| (0x20..0x7f).contains(b) && !b"\"\\".contains(b);
    if name.iter().all(plain) {
        return name.to_vec();
    }
    let mut out = vec![b'"'];
    for &byte in name {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            b'\n' => out.extend(b"\\n"),
            b'\t' => out.extend(b"\\t"),
            0x20..0x7f => out.push(byte),
            _ => out.extend(format!("\\{byte:03o}").bytes()),
        }
    }
    out.push(b'"');
    out
}
