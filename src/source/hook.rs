//! What a hook runner names: staged content where the next commit changes it, files on disk elsewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::{Coverage, RepoPath, Standing};
use crate::git::changes::Version;

use super::index::{self, Index};
use super::worktree::{Choice, Worktree};
use super::{
    Body, FolderOnDisk, Input, Listing, Manner, Notable, OnDisk, Recorded, Since, Source, Store,
};

/// Staged content and files on disk, each path from one of them.
pub struct Hook {
    index: Index,
    rest: Option<Worktree>,
    /// Folders a dotenv file might lie in, relative to the root.
    folders: BTreeSet<Vec<u8>>,
}

impl Hook {
    /// Without `files`, all that is staged. The error is for whoever named them.
    pub fn new(files: &[PathBuf], choice: index::Choice, threads: usize) -> Result<Hook, String> {
        let mut index = Index::new(&[], choice)?;
        let (mut staged, rest) = index.divide(files);
        if !files.is_empty() {
            // Runners take links for no files, and do not name them.
            staged.extend(index.links());
            index.want_only(staged);
        }
        let mut folders = BTreeSet::from([Vec::new()]);
        folders.extend(index.folders());
        let rest = (!rest.is_empty()).then(|| {
            let choice = Choice {
                no_ignore: false,
                submodules: false,
                threads,
            };
            Worktree::new(&rest, choice)
        });
        Ok(Hook {
            index,
            rest,
            folders,
        })
    }

    /// Dotenv files that the next `git add` may take.
    fn unprotected(&self, notable: &Notable<'_>) -> Vec<Input> {
        let root = self.index.root();
        let mut inputs = Vec::new();
        for folder in &self.folders {
            let path = RepoPath::new(&folder[..]).join_to(root);
            // A folder that is only in the index has no files.
            let Ok(entries) = path.read_dir() else {
                continue;
            };
            let around = Arc::new(FolderOnDisk {
                path,
                reported: match folder.is_empty() {
                    true => Vec::new(),
                    false => [folder, &b"/"[..]].concat(),
                },
            });
            for entry in entries.flatten() {
                let name = entry.file_name();
                let name = name.as_encoded_bytes();
                let is_file = || entry.file_type().is_ok_and(|t| t.is_file());
                if !(notable.is_dotenv)(name) || !is_file() {
                    continue;
                }
                let path = RepoPath::new([&around.reported, name].concat());
                if self.index.is_present(&path) {
                    continue;
                }
                let standing = Standing {
                    tracked: false,
                    coverage: self.index.coverage(&path).unwrap_or(Coverage::Nothing),
                };
                inputs.push(Input {
                    body: Body::Disk(OnDisk {
                        folder: around.clone(),
                        name: entry.file_name(),
                    }),
                    tracked: false,
                    standing: Some(standing),
                    manner: Manner::Name,
                });
            }
        }
        inputs
    }
}

impl Source for Hook {
    fn root(&self) -> &Path {
        self.index.root()
    }

    fn places(&self) -> Vec<(PathBuf, PathBuf)> {
        let mut places = self.index.places();
        places.extend(self.rest.iter().flat_map(Worktree::places));
        places
    }

    fn list(&self, notable: &Notable<'_>) -> Listing {
        let mut listing = self.index.list(notable);
        if let Some(rest) = &self.rest {
            let more = rest.list(notable);
            listing.inputs.extend(more.inputs);
            listing.problems.extend(more.problems);
            listing.skipped.add(more.skipped);
        }
        listing.inputs.extend(self.unprotected(notable));
        listing.in_order()
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        self.index.coverage(path)
    }

    fn is_present(&self, path: &RepoPath) -> bool {
        self.index.is_present(path)
    }

    fn gone(&self, since: Since, parent: usize) -> Result<Vec<Version>, String> {
        self.index.gone(since, parent)
    }

    fn recorded(&self) -> Option<Recorded> {
        self.index.recorded()
    }

    fn store(&self) -> Option<&Store> {
        self.index.store()
    }
}
