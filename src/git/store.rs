//! A repository's objects, read one at a time and never written.

use std::path::{Path, PathBuf};

use super::ignore::Rules;
use super::repository::{chain, default_excludes_file, find, named, own_top};

pub use gix::ObjectId;

/// A repository, shared by threads that each read with a [`Reader`] of their own.
pub struct Store {
    repository: gix::ThreadSafeRepository,
    index: PathBuf,
    /// The top of the worktree; `None` in a bare repository.
    root: Option<PathBuf>,
}

/// One thread's way to the objects.
pub struct Reader {
    pub(super) repository: gix::Repository,
    /// Where its index is.
    pub(super) index: PathBuf,
}

impl Store {
    /// The repository that `GIT_DIR` names, else the one around the current folder.
    pub fn here() -> Result<Store, String> {
        match named()? {
            Some((repository, index, root)) => Ok(Store {
                repository: repository.into_sync(),
                index,
                root,
            }),
            None => Store::discover(Path::new(".")),
        }
    }

    /// The repository that `folder` is spoken of in: that of `GIT_DIR` where it
    /// lies in its worktree and in no other one further in, else the one that
    /// holds it. The error is for whoever named it.
    pub fn around(folder: &Path) -> Result<Store, String> {
        let Some((repository, index, root)) = named()? else {
            return Store::discover(folder);
        };
        let canonical = folder.canonicalize().ok();
        let is_within = |top: &PathBuf| canonical.as_ref().is_some_and(|f| f.starts_with(top));
        let Some(top) = root.clone().filter(is_within) else {
            return Store::discover(folder);
        };
        match own_top(folder) {
            Some(own) if own != top && own.starts_with(&top) => Store::discover(folder),
            Some(_) | None => Ok(Store {
                repository: repository.into_sync(),
                index,
                root,
            }),
        }
    }

    /// The repository that holds `folder`. The error is for whoever named it.
    pub fn discover(folder: &Path) -> Result<Store, String> {
        let folder = folder
            .canonicalize()
            .map_err(|e| format!("{}: {e}", folder.display()))?;
        let (repository, index) = find(&folder).map_err(|e| e.message)?.ok_or_else(|| {
            format!(
                "{}: not in a git repository, so there is nothing staged and no commit",
                folder.display()
            )
        })?;
        let root = match repository.workdir() {
            Some(root) => Some(root.canonicalize().map_err(|e| e.to_string())?),
            None => None,
        };
        Ok(Store {
            repository: repository.into_sync(),
            index,
            root,
        })
    }

    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// Where git looks for hooks.
    pub fn hooks(&self) -> PathBuf {
        let repository = self.repository.to_thread_local();
        let named = repository.config_snapshot().trusted_path("core.hooksPath");
        match (named.ok().flatten(), &self.root) {
            (Some(path), Some(root)) => root.join(path),
            (Some(path), None) => path,
            (None, _) => {
                let common = repository.common_dir().to_owned();
                common.canonicalize().unwrap_or(common).join("hooks")
            }
        }
    }

    /// Whether the configuration says where hooks are.
    pub fn has_shared_hooks(&self) -> bool {
        let repository = self.repository.to_thread_local();
        repository
            .config_snapshot()
            .string("core.hooksPath")
            .is_some()
    }

    pub fn reader(&self) -> Reader {
        let mut repository = self.repository.to_thread_local();
        // What is recorded is of interest, not what `git replace` shows in its place.
        repository.objects.ignore_replacements = true;
        Reader {
            repository,
            index: self.index.clone(),
        }
    }
}

impl Reader {
    /// Reads a blob into `bytes`, in place of what they held.
    pub fn read(&self, id: ObjectId, bytes: &mut Vec<u8>) -> Result<(), String> {
        use gix::objs::FindExt;
        match self.repository.objects.find(&id, bytes) {
            // Some of what is found is not in `bytes` yet.
            Ok(found) if found.kind == gix::objs::Kind::Blob => Ok(()),
            Ok(_) => Err(format!("the object {id} is no file's content")),
            Err(error) => Err(missing(&id, &error)),
        }
    }

    /// Where the ignore rules of the worktree are.
    pub fn ignore_rules(&self, root: &Path) -> Rules {
        let config = self.repository.config_snapshot();
        let excludes_file = match config.trusted_path("core.excludesFile") {
            Ok(Some(path)) => Some(path),
            Ok(None) | Err(_) => default_excludes_file(),
        };
        Rules {
            root: root.to_owned(),
            ignore_case: config.boolean("core.ignoreCase").unwrap_or(false),
            info_exclude: self.repository.common_dir().join("info/exclude"),
            excludes_file,
        }
    }
}

/// What to say of an object that cannot be had.
pub(super) fn missing(id: &ObjectId, error: &dyn std::error::Error) -> String {
    format!(
        "the object {id} cannot be read ({}): `git fetch --refetch` brings back what a partial or damaged clone lacks",
        chain(error)
    )
}
