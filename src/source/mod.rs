//! Where texts come from. A source lists named, unread inputs; all else is the same for every one of them.

pub mod added;
pub mod hook;
pub mod index;
pub mod range;
pub mod read;
pub mod worktree;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::{Coverage, RepoPath, Standing};
use crate::finding::{Accounting, Problem, Provenance};
use crate::git::store::ObjectId;

pub use crate::git::store::{Reader, Store};

/// One text, not yet read.
#[derive(Debug)]
pub struct Input {
    pub body: Body,
    pub tracked: bool,
    pub standing: Option<Standing>,
    /// Judged by its name alone: it is in nobody's way but its owner's.
    pub name_only: bool,
}

/// Where an input's bytes are.
#[derive(Debug)]
pub enum Body {
    Disk(OnDisk),
    Stored(Stored),
}

#[derive(Debug)]
pub struct OnDisk {
    pub file: PathBuf,
    /// `file` without its first `strip` bytes, behind `prefix`, is the path reports use.
    strip: usize,
    prefix: Arc<[u8]>,
}

/// An object of a repository, and what it takes the place of.
#[derive(Debug)]
pub struct Stored {
    pub path: RepoPath,
    pub id: ObjectId,
    /// What was there before: a line that stands in one of them is not new.
    pub before: Vec<ObjectId>,
    /// What a file that is new may have been, of all that is gone.
    pub origins: Arc<[ObjectId]>,
    pub since: Since,
}

/// What an object is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// A commit yet to be made.
    Staged,
    /// What a range of commits leads to.
    Tip,
    /// One of its commits, by place: the oldest is 0.
    Commit(usize),
}

impl Input {
    /// The folder of what is not read from the disk, which nobody has looked into.
    pub fn folder_of_stored(&self) -> Option<Vec<u8>> {
        match &self.body {
            Body::Disk(_) => None,
            Body::Stored(stored) => Some(stored.path.parent().to_vec()),
        }
    }

    pub fn path(&self) -> RepoPath {
        match &self.body {
            Body::Disk(disk) => disk.path(),
            Body::Stored(stored) => stored.path.clone(),
        }
    }
}

impl OnDisk {
    fn path(&self) -> RepoPath {
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

/// Names of files that a listing takes note of.
pub struct Notable<'a> {
    /// Whether it is the name of a file with settings that git should not see.
    pub is_dotenv: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// Whether a file of this name may configure the scan of its folder.
    pub is_configuration: fn(&[u8]) -> bool,
}

/// What a source has to offer, in the order of its paths.
#[derive(Default)]
pub struct Listing {
    pub inputs: Vec<Input>,
    /// Files that may configure the scan of their folders, ignored or not, as
    /// far as listing came across them.
    pub configurations: Vec<PathBuf>,
    pub problems: Vec<Problem>,
    /// What was left out while listing.
    pub skipped: Accounting,
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// Nothing to scan is an answer, as where nothing is staged.
    pub may_be_empty: bool,
}

impl Listing {
    /// By path, each once. What was named twice: the input that is read goes
    /// before the one judged by name.
    fn in_order(mut self) -> Listing {
        self.inputs
            .sort_by(|a, b| a.by_path(b).then(a.name_only.cmp(&b.name_only)));
        self.inputs.dedup_by(|a, b| a.by_path(b).is_eq());
        self
    }
}

/// Something that lists texts: the working tree, the index, a history.
pub trait Source: Sync {
    fn list(&self, notable: &Notable<'_>) -> Listing;

    /// The folder that paths are relative to.
    fn root(&self) -> &Path;

    /// The folders where looking for a configuration begins, each with the one where it ends.
    fn places(&self) -> Vec<(PathBuf, PathBuf)>;

    /// How ignore rules cover a file that may not exist; `None` where the
    /// question has no answer, as outside a repository.
    fn coverage(&self, path: &RepoPath) -> Option<Coverage>;

    /// Whether a file is there that is not listed.
    fn is_present(&self, _path: &RepoPath) -> bool {
        false
    }

    /// How what a commit of a range brought came in, at `path`; `in_head`: it still stands where the range leads.
    fn provenance(&self, _commit: usize, _path: &RepoPath, _in_head: bool) -> Option<Provenance> {
        None
    }

    /// Where the objects are that are listed.
    fn store(&self) -> Option<&Store> {
        None
    }
}
