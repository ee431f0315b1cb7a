//! Fixes as a patch that `git apply` takes.

use std::path::Path;

use similar::TextDiff;

use super::apply::{chosen, edited};
use crate::document::RepoPath;
use crate::finding::{Applicability, Finding};

/// Lines of context around a change, as git has it.
const CONTEXT: usize = 3;

/// The fixes of `findings` up to `limit` as one patch against the files under
/// `root`, and how many fixes are not in it since their lines are not for
/// everybody's eyes: a patch without them would not apply.
pub fn patch(
    root: &Path,
    findings: &[Finding],
    limit: Applicability,
    may_show: &dyn Fn(&str) -> bool,
) -> (Vec<u8>, usize) {
    let all = chosen(findings, limit, &|_| true);
    let hidden: Vec<&RepoPath> = all
        .edits
        .iter()
        .filter(|(path, edits)| {
            let (_, shown) = of_file(root, path, edits);
            !may_show(&shown)
        })
        .map(|(path, _)| *path)
        .collect();
    let is_shown = |finding: &Finding| {
        let edits = finding.fix.iter().flat_map(|f| &f.edits);
        !edits.into_iter().any(|e| hidden.contains(&&e.path))
    };
    let shown = chosen(findings, limit, &is_shown);
    let mut out = Vec::new();
    for (path, edits) in &shown.edits {
        out.extend(of_file(root, path, edits).0);
    }
    (out, all.findings.len() - shown.findings.len())
}

/// The patch of one file, and all the text in it.
fn of_file(root: &Path, path: &RepoPath, edits: &[&crate::finding::Edit]) -> (Vec<u8>, String) {
    let read = std::fs::read(path.join_to(root));
    let is_new = read.is_err();
    let old = read.unwrap_or_default();
    let Some(new) = edited(&old, edits) else {
        return (Vec::new(), String::new());
    };
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
    (out, text)
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
