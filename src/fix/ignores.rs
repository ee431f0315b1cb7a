//! Fixes for dotenv files: names for `.gitignore`, and the command that untracks a file.

use std::path::PathBuf;

use super::{Other, Others, line_ending};
use crate::document::{Coverage, RepoPath};
use crate::finding::{Applicability, Edit, Finding, Fix};
use crate::git::ignore::{Rules, coverage_by};

/// The fix of a finding about a file itself.
pub(super) fn plan(others: &Others<'_>, finding: &Finding) -> Option<Fix> {
    match finding.rule.as_str() {
        "dotenv-not-ignored" | "dotenv-unprotected" => {
            Some(cover(others, &finding.unignored).unwrap_or_else(|| {
                manual("let a `.gitignore` cover it: what is there takes it back in, or is no plain text file".to_owned())
            }))
        }
        "dotenv-tracked" => Some(manual(format!(
            "run `git rm --cached -- {}`, which keeps the file on disk",
            shell_word(&finding.path)
        ))),
        _ => None,
    }
}

fn manual(title: String) -> Fix {
    Fix {
        title,
        applicability: Applicability::Manual,
        edits: Vec::new(),
    }
}

/// Adds the names of `files` to the nearest `.gitignore` there is; `None`
/// where that would not cover them, as under a rule that takes them back in.
fn cover(others: &Others<'_>, files: &[RepoPath]) -> Option<Fix> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for file in files {
        let home = home(others, file);
        let pattern = pattern(file.name())?;
        let old = rules(others, &home)?;
        let edit = insertion(&home, &old, &pattern);
        let mut new = old.clone();
        new.splice(edit.range.clone(), edit.text.iter().copied());
        // What seems covered as it is, and is not, one more line does not cover.
        if coverage(others, file, &home, &old) == Coverage::Shared
            || coverage(others, file, &home, &new) != Coverage::Shared
        {
            return None;
        }
        names.push(format!(
            "`{}` to `{home}`",
            String::from_utf8_lossy(&pattern)
        ));
        if !edits.contains(&edit) {
            edits.push(edit);
        }
    }
    names.sort();
    names.dedup();
    edits.sort_by(|a, b| (&a.path, a.range.start).cmp(&(&b.path, b.range.start)));
    (!edits.is_empty()).then(|| Fix {
        title: format!("add {}", names.join(", ")),
        applicability: Applicability::Safe,
        edits,
    })
}

/// How git sees `file` if the ignore file `home` holds `text`.
fn coverage(others: &Others<'_>, file: &RepoPath, home: &RepoPath, text: &[u8]) -> Coverage {
    // Rules of an outer repository are none of an inner one.
    let top = top(others, file);
    let ignore_file = |path: &[u8]| {
        let path = RepoPath::new([top, path].concat());
        if path == *home {
            return Some(text.to_vec());
        }
        match others.get(&path) {
            Other::Text(text) => Some(text.to_vec()),
            Other::Absent | Other::Unusable => None,
        }
    };
    let shared = Rules {
        root: RepoPath::new(top).join_to(others.root),
        ignore_case: false,
        info_exclude: PathBuf::new(),
        excludes_file: None,
    };
    coverage_by(&shared, &file.as_bytes()[top.len()..], &ignore_file)
}

/// The folder that is the repository of `file`, with a `/` at its end; empty for that of the scan.
fn top<'f>(others: &Others<'_>, file: &'f RepoPath) -> &'f [u8] {
    let path = file.as_bytes();
    let folders = memchr::memrchr_iter(b'/', path).map(|at| &path[..=at]);
    let is_top = |folder: &&[u8]| {
        let git = RepoPath::new([folder, &b".git"[..]].concat());
        git.join_to(others.root).symlink_metadata().is_ok()
    };
    folders.into_iter().find(is_top).unwrap_or_default()
}

/// The nearest `.gitignore` that reaches `file`, or the one at the top of its repository.
fn home(others: &Others<'_>, file: &RepoPath) -> RepoPath {
    let top = top(others, file);
    let mut folder = file.as_bytes();
    loop {
        folder = &folder[..memchr::memrchr(b'/', folder).map_or(0, |at| at + 1)];
        let path = RepoPath::new([folder, &b".gitignore"[..]].concat());
        if folder.len() <= top.len() || !matches!(others.get(&path), Other::Absent) {
            return path;
        }
        folder = &folder[..folder.len() - 1];
    }
}

/// The content of an ignore file, empty where there is none; `None` for what
/// git does not read as one: a link, UTF-16.
fn rules(others: &Others<'_>, path: &RepoPath) -> Option<Vec<u8>> {
    match others.get(path) {
        Other::Absent => Some(Vec::new()),
        Other::Text(text) => Some(text.to_vec()),
        Other::Unusable => None,
    }
}

/// A line that ignores files of this name; `None` where none can be written.
fn pattern(name: &[u8]) -> Option<Vec<u8>> {
    if name.contains(&b'\n') || name.contains(&b'\r') {
        return None;
    }
    let mut pattern = Vec::with_capacity(name.len());
    for (i, &byte) in name.iter().enumerate() {
        let is_last_blank = byte == b' ' && i + 1 == name.len();
        let is_special = b"*?[\\".contains(&byte) || (i == 0 && b"!#".contains(&byte));
        if is_special || is_last_blank {
            pattern.push(b'\\');
        }
        pattern.push(byte);
    }
    Some(pattern)
}

/// Puts `pattern` on a line of its own: behind the last rule about such
/// files, else at the end, as the file writes its lines.
fn insertion(home: &RepoPath, old: &[u8], pattern: &[u8]) -> Edit {
    let ending = line_ending(old).as_bytes();
    let mut place = None;
    let mut start = 0;
    for line in old.split_inclusive(|&b| b == b'\n') {
        start += line.len();
        let word = line.trim_ascii();
        let is_rule = !word.starts_with(b"#");
        let folded = word.to_ascii_lowercase();
        let is_alike = memchr::memmem::find(&folded, b".env").is_some()
            || memchr::memmem::find(&folded, b"secrets.json").is_some();
        if is_rule && is_alike {
            place = Some(start);
        }
    }
    let at = place.unwrap_or(old.len());
    let text = if at == 0 || old[at - 1] == b'\n' {
        [pattern, ending].concat()
    } else {
        // The last line has no end, and gets none.
        [ending, pattern].concat()
    };
    Edit {
        path: home.clone(),
        range: at..at,
        text,
    }
}

/// A path as one word of a shell.
fn shell_word(path: &RepoPath) -> String {
    let text = path.to_string();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/+@%,:".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}
