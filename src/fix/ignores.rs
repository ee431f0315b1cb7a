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
                manual("let a `.gitignore` cover it: the rules there take it back in".to_owned())
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
        let ignore_file = |path: &[u8]| {
            if path == home.as_bytes() {
                return Some(new.clone());
            }
            match others.get(&RepoPath::new(path)) {
                Other::Text(text) => Some(text.to_vec()),
                Other::Absent | Other::Unusable => None,
            }
        };
        let shared = Rules {
            root: others.root.to_owned(),
            ignore_case: false,
            info_exclude: PathBuf::new(),
            excludes_file: None,
        };
        if coverage_by(&shared, file.as_bytes(), &ignore_file) != Coverage::Shared {
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

/// The nearest `.gitignore` that reaches `file`, or the repository's own.
fn home(others: &Others<'_>, file: &RepoPath) -> RepoPath {
    let mut folder = file.parent().to_vec();
    loop {
        let path = match folder.is_empty() {
            true => RepoPath::from(".gitignore"),
            false => RepoPath::new([&folder, &b"/.gitignore"[..]].concat()),
        };
        let is_there = !matches!(others.get(&path), Other::Absent);
        if is_there || folder.is_empty() {
            return path;
        }
        folder.truncate(memchr::memrchr(b'/', &folder).unwrap_or(0));
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
