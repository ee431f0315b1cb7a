//! Where texts come from. A source lists named, unread inputs; all else is the same for every one of them.

pub mod read;
pub mod worktree;

use std::path::PathBuf;
use std::sync::Arc;

use crate::document::{Coverage, RepoPath, Standing};
use crate::finding::{Accounting, Problem};

/// One text, not yet read.
#[derive(Debug)]
pub struct Input {
    pub file: PathBuf,
    /// `file` without its first `strip` bytes, behind `prefix`, is the path reports use.
    strip: usize,
    prefix: Arc<[u8]>,
    pub tracked: bool,
    pub standing: Option<Standing>,
    /// Judged by its name alone: it is in nobody's way but its owner's.
    pub name_only: bool,
}

impl Input {
    pub fn path(&self) -> RepoPath {
        let rest = &self.file.as_os_str().as_encoded_bytes()[self.strip..];
        let mut path = Vec::with_capacity(self.prefix.len() + rest.len());
        path.extend_from_slice(&self.prefix);
        path.extend(rest.iter().map(|&b| {
            if b == std::path::MAIN_SEPARATOR as u8 {
                b'/'
            } else {
                b
            }
        }));
        RepoPath::new(path)
    }
}

/// What a source has to offer, in the order of its paths.
#[derive(Default)]
pub struct Listing {
    pub inputs: Vec<Input>,
    pub problems: Vec<Problem>,
    /// What was left out while listing.
    pub skipped: Accounting,
    /// The folder that paths are relative to.
    pub root: PathBuf,
}

/// Something that lists texts: the working tree, the index, a history.
pub trait Source: Sync {
    fn list(&self) -> Listing;

    /// How ignore rules cover a file that may not exist; `None` where the
    /// question has no answer, as outside a repository.
    fn coverage(&self, path: &RepoPath) -> Option<Coverage>;
}
