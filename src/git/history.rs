//! A repository as an audit needs it: all its objects, and how they hang together.

use std::path::{Path, PathBuf};

use super::objects::Objects;

/// A repository with all its objects, open for reading.
pub struct Repository {
    pub handle: gix::ThreadSafeRepository,
    pub objects: Objects,
    /// The worktree, or the repository's own folder if it is bare.
    pub root: PathBuf,
}

/// Why a repository cannot be read at all.
#[derive(Debug)]
pub struct Error(pub String);

impl Repository {
    /// The repository that holds `folder`.
    pub fn open(folder: &Path) -> Result<Repository, Error> {
        let handle = gix::ThreadSafeRepository::discover(folder)
            .map_err(|e| Error(super::repository::chain(&e)))?;
        let local = handle.to_thread_local();
        let objects = Objects::open(&local.common_dir().join("objects"), local.object_hash());
        Ok(Repository {
            root: local.workdir().unwrap_or(local.git_dir()).to_owned(),
            handle,
            objects,
        })
    }
}
