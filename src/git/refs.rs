//! What names objects from outside: refs, and the HEAD of every worktree, however they are kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::bstr::BStr;

use super::reftable::{self, Target};
use super::repository::chain;

/// All that names objects in a repository.
#[derive(Default)]
pub struct Refs {
    /// Each with its name, symbolic ones left out.
    pub all: Vec<(String, ObjectId)>,
    /// HEAD of this worktree; `None` before the first commit.
    pub head: Option<ObjectId>,
    /// Names that say nothing, and why.
    pub broken: Vec<(String, String)>,
}

impl Refs {
    pub fn read(repository: &gix::Repository) -> Refs {
        let mut refs = match tables(repository) {
            Some(folder) => Refs::of_tables(&folder, repository),
            None => Refs::of_files(repository),
        };
        refs.all.sort();
        refs.all.dedup();
        refs
    }

    fn of_files(repository: &gix::Repository) -> Refs {
        let mut refs = Refs::default();
        match head(repository) {
            Ok(head) => refs.head = head,
            Err(message) => refs.broken.push(("HEAD".to_owned(), message)),
        }
        let platform = match repository.references() {
            Ok(platform) => platform,
            Err(error) => {
                refs.broken.push(("refs".to_owned(), chain(&error)));
                return refs;
            }
        };
        match platform.all() {
            Ok(all) => {
                for reference in all {
                    match reference {
                        Ok(reference) => {
                            if let Some(id) = reference.target().try_id() {
                                let name = reference.name().as_bstr().to_string();
                                refs.all.push((name, id.to_owned()));
                            }
                        }
                        Err(error) => refs.broken.push(("refs".to_owned(), error.to_string())),
                    }
                }
            }
            Err(error) => refs.broken.push(("refs".to_owned(), chain(&error))),
        }
        // As `git rev-list --all` does: what is checked out in other worktrees, and what only they know.
        for folder in worktrees(repository) {
            refs.add_files(&folder, &folder.join("HEAD"));
            // Shared ones were read.
            if folder != repository.common_dir() {
                refs.add_files(&folder, &folder.join("refs"));
            }
        }
        refs
    }

    /// Takes up the ids in a file, or in all files of a folder.
    fn add_files(&mut self, top: &Path, path: &Path) {
        if let Ok(entries) = path.read_dir() {
            for entry in entries.flatten() {
                self.add_files(top, &entry.path());
            }
        } else if let Ok(text) = fs::read(path)
            && let Ok(id) = ObjectId::from_hex(text.trim_ascii())
        {
            let name = path.strip_prefix(top).unwrap_or(path);
            self.all.push((name.to_string_lossy().into_owned(), id));
        }
    }

    fn of_tables(folder: &Path, repository: &gix::Repository) -> Refs {
        let mut refs = Refs::default();
        match tables_here(repository, folder).map(|all| follow(&all, b"HEAD")) {
            Ok(head) => refs.head = head,
            Err(message) => refs.broken.push(("HEAD".to_owned(), message)),
        }
        let folders = worktrees(repository)
            .into_iter()
            .map(|w| w.join("reftable"));
        for folder in std::iter::once(folder.to_owned()).chain(folders) {
            match reftable::read(&folder) {
                Ok(all) => refs
                    .all
                    .extend(all.into_iter().filter_map(|(name, target)| {
                        let name = String::from_utf8_lossy(&name).into_owned();
                        match target {
                            Target::Object(id) => Some((name, id)),
                            Target::Symbolic(_) => None,
                        }
                    })),
                Err(message) => refs.broken.push(("refs".to_owned(), message)),
            }
        }
        refs
    }
}

/// The stashes behind the one that `refs/stash` names, by their names: nothing
/// but its log leads to them.
pub fn older_stashes(repository: &gix::Repository) -> Result<Vec<(String, ObjectId)>, String> {
    let ids = match tables(repository) {
        Some(folder) => reftable::log(&folder, b"refs/stash")?,
        None => {
            let log = repository.common_dir().join("logs/refs/stash");
            let mut ids = ids_of_log(&fs::read(log).unwrap_or_default());
            ids.reverse();
            ids
        }
    };
    let named = ids.into_iter().enumerate().skip(1);
    Ok(named
        .map(|(n, id)| (format!("refs/stash@{{{n}}}"), id))
        .collect())
}

/// What a ref came to name, by its log, the earliest first.
fn ids_of_log(log: &[u8]) -> Vec<ObjectId> {
    let lines = log.split(|&b| b == b'\n');
    let ends = lines.filter_map(|line| line.split(|&b| b == b' ').nth(1));
    ends.filter_map(|id| ObjectId::from_hex(id).ok()).collect()
}

/// Whom what a ref leads to is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Made here.
    Local,
    /// Others have it: a remote's branch, or what a server keeps, as a pull request or a pipeline.
    Remote,
    /// Either: nothing tells whether a tag was pushed.
    Tag,
}

/// Where commits are made, and what is made of them.
const LOCAL: [&str; 9] = [
    "HEAD",
    "refs/heads/",
    "refs/stash",
    "refs/notes/",
    "refs/bisect/",
    "refs/worktree/",
    "refs/rewritten/",
    "refs/original/",
    "refs/replace/",
];

pub fn side(name: &str) -> Side {
    if LOCAL.iter().any(|local| name.starts_with(local)) {
        Side::Local
    } else if name.starts_with("refs/tags/") {
        Side::Tag
    } else {
        Side::Remote
    }
}

/// The folder of tables, where refs are kept in such.
fn tables(repository: &gix::Repository) -> Option<PathBuf> {
    let folder = repository.common_dir().join("reftable");
    folder.join("tables.list").exists().then_some(folder)
}

/// What this worktree sees: what is its own goes before what all share.
fn tables_here(
    repository: &gix::Repository,
    shared: &Path,
) -> Result<BTreeMap<Vec<u8>, Target>, String> {
    let mut all = reftable::read(shared)?;
    let own = repository.git_dir().join("reftable");
    if own != shared {
        all.extend(reftable::read(&own)?);
    }
    Ok(all)
}

/// The object that a ref leads to, by way of others if it is symbolic.
fn follow(refs: &BTreeMap<Vec<u8>, Target>, name: &[u8]) -> Option<ObjectId> {
    let mut name = name;
    let mut seen = BTreeSet::new();
    while seen.insert(name) {
        match refs.get(name)? {
            Target::Object(id) => return Some(*id),
            Target::Symbolic(next) => name = next,
        }
    }
    None
}

/// What git keeps of each linked worktree.
fn worktrees(repository: &gix::Repository) -> Vec<PathBuf> {
    let common = repository.common_dir();
    let linked = common.join("worktrees").read_dir().into_iter().flatten();
    let mut folders: Vec<PathBuf> = linked.flatten().map(|e| e.path()).collect();
    // From a linked worktree, the main one is another.
    folders.push(common.to_owned());
    folders.sort();
    folders
}

/// The commit that HEAD names; `None` before the first one.
pub fn head(repository: &gix::Repository) -> Result<Option<ObjectId>, String> {
    if let Some(folder) = tables(repository) {
        return Ok(follow(&tables_here(repository, &folder)?, b"HEAD"));
    }
    let head = repository.head().map_err(|e| chain(&e))?;
    if head.is_unborn() {
        return Ok(None);
    }
    // A branch names its commit; to look that up would fail with a multi-pack index that is wrong.
    if let Some(id) = head.id() {
        return Ok(Some(id.detach()));
    }
    match repository.head_id() {
        Ok(id) => Ok(Some(id.detach())),
        Err(error) => Err(chain(&error)),
    }
}

/// The commit that a revision stands for, in all the forms that git knows.
pub fn commit(repository: &gix::Repository, revision: &str) -> Option<ObjectId> {
    parsed(repository, revision, "^{commit}")
}

/// The object that a revision stands for: a tag where it names one.
pub fn object(repository: &gix::Repository, revision: &str) -> Option<ObjectId> {
    parsed(repository, revision, "")
}

/// What tags name, each with what it comes to by way of other tags, where that is written down.
pub fn tags(repository: &gix::Repository) -> Vec<(ObjectId, Option<ObjectId>)> {
    if tables(repository).is_some() {
        let all = Refs::read(repository).all.into_iter();
        let tags = all.filter(|(name, _)| side(name) == Side::Tag);
        return tags.map(|(_, id)| (id, None)).collect();
    }
    let platform = repository.references();
    let tags = platform.as_ref().ok().and_then(|p| p.tags().ok());
    let tags = tags.into_iter().flatten().flatten();
    tags.filter_map(|tag| Some((tag.target().try_id()?.to_owned(), tag.inner.peeled)))
        .collect()
}

fn parsed(repository: &gix::Repository, revision: &str, peeled: &str) -> Option<ObjectId> {
    let spec = match tables(repository) {
        None => revision.to_owned(),
        Some(folder) => {
            // What follows a name leads from its commit to another.
            let end = revision.find(['~', '^', '@', ':']);
            let (name, rest) = revision.split_at(end.unwrap_or(revision.len()));
            let refs = tables_here(repository, &folder).ok()?;
            let named = ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/"]
                .into_iter()
                .find_map(|folder| follow(&refs, format!("{folder}{name}").as_bytes()));
            match named {
                Some(id) => format!("{id}{rest}"),
                None => revision.to_owned(),
            }
        }
    };
    let spec = format!("{spec}{peeled}");
    let found = repository.rev_parse_single(BStr::new(spec.as_bytes()));
    found.ok().map(gix::Id::detach)
}

/// What the branches of remotes have ever named here, as far as it was written down.
pub fn once_remote(repository: &gix::Repository) -> Vec<ObjectId> {
    let mut ids = Vec::new();
    let mut folders = vec![repository.common_dir().join("logs/refs/remotes")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            ids.extend(ids_of_log(&fs::read(path).unwrap_or_default()));
        }
    }
    ids
}
