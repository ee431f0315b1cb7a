//! Globs as configurations write them.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::document::{RepoPath, bytes_to_path};

/// Which files a pattern means: those it matches, and what lies beneath the folders it matches.
///
/// Without a `/` it is a name at any depth, with one it counts from its folder.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    /// The pattern, and the same for what lies beneath.
    globs: [globset::Glob; 2],
}

impl Glob {
    /// The error says what is wrong, for whoever wrote it.
    pub fn new(text: &str) -> Result<Glob, String> {
        let quoted = |message: &str| format!("`{text}`: {message}");
        if text.starts_with('!') {
            return Err(quoted(
                "globs are not negated; leave out the one it was to take back",
            ));
        }
        // `./name` is the one in this folder, as `/name` is.
        let path = text.strip_prefix('.').filter(|p| p.starts_with('/'));
        let path = path.unwrap_or(text).trim_end_matches('/');
        if path.split('/').any(|part| part == "..") {
            return Err(quoted("a glob cannot lead out of its folder"));
        }
        let pattern = match path.strip_prefix('/') {
            Some(anchored) => anchored.to_owned(),
            None if path.contains('/') => path.to_owned(),
            None => format!("**/{path}"),
        };
        if path.trim_start_matches('/').is_empty() {
            return Err(quoted("an empty glob; `**` means every file"));
        }
        let build = |pattern: &str| {
            GlobBuilder::new(pattern)
                .literal_separator(true)
                .backslash_escape(true)
                .build()
                .map_err(|e| quoted(&e.kind().to_string()))
        };
        Ok(Glob {
            text: text.to_owned(),
            globs: [build(&pattern)?, build(&format!("{pattern}/**"))?],
        })
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Where globs count from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// A folder under the root of the scan, with a `/` at the end, or the root itself: empty.
    Below(Vec<u8>),
    /// A folder above the root: the path from there to the root, with a `/` at the end.
    Above(Vec<u8>),
}

impl Base {
    /// `folder`, seen from `root`.
    pub(super) fn new(root: &Path, folder: &Path) -> Base {
        let slashed = |relative: &Path| {
            let mut path = RepoPath::from_relative(relative).as_bytes().to_vec();
            if !path.is_empty() {
                path.push(b'/');
            }
            path
        };
        match (folder.strip_prefix(root), root.strip_prefix(folder)) {
            (Err(_), Ok(above)) => Base::Above(slashed(above)),
            (below, _) => Base::Below(slashed(below.unwrap_or(Path::new("")))),
        }
    }

    /// `path`, relative to the root, as seen from here; `None` where it lies elsewhere.
    pub(super) fn see<'p>(&self, path: &'p [u8]) -> Option<Cow<'p, [u8]>> {
        match self {
            Base::Below(folder) => path.strip_prefix(&folder[..]).map(Cow::Borrowed),
            Base::Above(way) => Some(Cow::Owned([way, path].concat())),
        }
    }
}

/// Several globs that count from one folder.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    base: Base,
    set: GlobSet,
}

impl Globs {
    pub(super) fn new<'g>(base: Base, globs: impl IntoIterator<Item = &'g Glob>) -> Globs {
        let mut builder = GlobSetBuilder::new();
        for glob in globs {
            for part in &glob.globs {
                builder.add(part.clone());
            }
        }
        Globs {
            base,
            // Each was compiled when it was read.
            set: builder.build().unwrap_or_else(|_| GlobSet::empty()),
        }
    }

    /// Whether the file at `path`, relative to the root of the scan, is meant.
    pub(super) fn hold(&self, path: &[u8]) -> bool {
        self.base
            .see(path)
            .is_some_and(|path| self.set.is_match(bytes_to_path(&path)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_files_and_what_lies_beneath() {
        for (glob, path, expected) in [
            ("vendor", "vendor/a.js", true),
            ("vendor/", "web/vendor/a.js", true),
            ("/vendor", "web/vendor/a.js", false),
            ("*.min.js", "a/b/c.min.js", true),
            ("tests/*.py", "tests/a.py", true),
            ("tests/*.py", "tests/x/a.py", false),
            ("tests/*.py", "web/tests/a.py", false),
            ("tests/**", "tests/x/a.py", true),
            ("**/fixtures/*.json", "a/fixtures/b.json", true),
            ("vendor/**", "web/vendor/a.js", false),
            ("./docs/", "docs/a.md", true),
            ("./docs", "x/docs/a.md", false),
            ("docs/{a,b}.md", "docs/b.md", true),
            ("**", "any/file", true),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
        ] {
            let globs = Globs::new(Base::Below(Vec::new()), [&Glob::new(glob).unwrap()]);
            assert_eq!(globs.hold(path.as_bytes()), expected, "{glob} {path}");
        }
        let within = Globs::new(
            Base::new(Path::new("/r"), Path::new("/r/web")),
            [&Glob::new("/a").unwrap()],
        );
        assert!(within.hold(b"web/a") && !within.hold(b"a") && !within.hold(b"web/b/a"));
        let above = Base::new(Path::new("/r/web"), Path::new("/r"));
        assert!(Globs::new(above, [&Glob::new("/web/a").unwrap()]).hold(b"a"));
    }
}
