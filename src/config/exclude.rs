//! Which files are not scanned: patterns as a `.gitignore` has them.

use std::fmt;
use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::glob::Base;
use crate::document::bytes_to_path;

/// One line of a `.gitignore`.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// The same without a `./`, which git does not know.
    line: String,
}

impl Pattern {
    /// The error says what is wrong, for whoever wrote it.
    pub fn new(text: &str) -> Result<Pattern, String> {
        let quoted = |message: &str| format!("`{text}`: {message}");
        let (not, path) = match text.strip_prefix('!') {
            Some(path) => ("!", path),
            None => ("", text),
        };
        let path = match path.strip_prefix('.') {
            Some(anchored) if anchored.starts_with('/') => anchored,
            Some(_) | None => path,
        };
        if path.split('/').any(|part| part == "..") {
            return Err(quoted("a pattern cannot lead out of its folder"));
        }
        if path.trim_matches('/').trim().is_empty() {
            return Err(quoted("an empty pattern; `*` means every file"));
        }
        if path.starts_with('#') {
            return Err(quoted("a comment; `\\#` begins a name"));
        }
        let pattern = Pattern {
            text: text.to_owned(),
            line: format!("{not}{path}"),
        };
        let mut builder = GitignoreBuilder::new("");
        builder
            .add_line(None, &pattern.line)
            .map_err(|error| match error {
                ignore::Error::Glob { err, .. } => quoted(&err),
                error => quoted(&error.to_string()),
            })?;
        Ok(pattern)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The patterns of one file.
#[derive(Clone, Debug)]
pub(super) struct Excludes {
    base: Base,
    rules: Gitignore,
}

impl Excludes {
    pub(super) fn new<'p>(base: Base, patterns: impl IntoIterator<Item = &'p Pattern>) -> Excludes {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder
                .add_line(None, &pattern.line)
                .expect("each was compiled when it was read");
        }
        Excludes {
            base,
            rules: builder.build().unwrap_or_else(|_| Gitignore::empty()),
        }
    }

    /// Whether the file at `path`, relative to the root of the scan, is left
    /// out; `None` where no pattern speaks of it.
    pub(super) fn verdict(&self, path: &[u8]) -> Option<bool> {
        let path = bytes_to_path(&self.base.see(path)?);
        match self
            .rules
            .matched_path_or_any_parents(Path::new(&path), false)
        {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_to_git() {
        for (patterns, path, expected) in [
            (&["vendor"][..], "vendor/a.js", Some(true)),
            (&["vendor/"], "web/vendor/a.js", Some(true)),
            (&["/vendor"], "web/vendor/a.js", None),
            (&["*.min.js"], "a/b/c.min.js", Some(true)),
            (&["tests/*.py"], "tests/a.py", Some(true)),
            (&["tests/*.py"], "tests/x/a.py", None),
            (&["tests/*.py"], "web/tests/a.py", None),
            (&["**/fixtures/*.json"], "a/fixtures/b.json", Some(true)),
            (&["./docs/"], "docs/a.md", Some(true)),
            (&["./docs"], "x/docs/a.md", None),
            (&["a?c"], "a/c", None),
            (&["*"], "any/file", Some(true)),
            (&["*.js", "!keep.js"], "a/keep.js", Some(false)),
            (&["!keep.js", "*.js"], "a/keep.js", Some(true)),
        ] {
            let patterns: Vec<Pattern> =
                patterns.iter().map(|p| Pattern::new(p).unwrap()).collect();
            let excludes = Excludes::new(Base::Below(Vec::new()), &patterns);
            assert_eq!(excludes.verdict(path.as_bytes()), expected, "{path}");
        }
        for wrong in ["", "!", "/", "a/../b", "#a", "[z-a]"] {
            assert!(Pattern::new(wrong).is_err(), "{wrong}");
        }
    }
}
