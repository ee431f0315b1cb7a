//! What a commit changes against its parents: the one that the index would become, or any other.

use std::collections::HashMap;
use std::ops::Range;

use gix::ObjectId;
use gix::index::entry::{Flags, Mode, Stage};
use gix::index::extension::Tree as CachedTree;
use gix::objs::FindExt;
use gix::objs::tree::{EntryKind, EntryMode};

use super::repository::chain;
use super::store::{Reader, missing};

/// The content of a file, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    pub path: Vec<u8>,
    pub id: ObjectId,
}

/// A path whose content is not that of any parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub path: Vec<u8>,
    pub id: ObjectId,
    pub kind: Kind,
    /// What the parents have there.
    pub before: Vec<Version>,
    /// The parents that have no such file, by place: it may be one of theirs
    /// that is [`Reader::gone`].
    pub without: Vec<usize>,
    /// In a merge, what HEAD made of the file since the histories parted, if it
    /// did not take it out, and what it was then: a line that HEAD took out and
    /// another parent brings back is new.
    pub undone: Vec<(Option<Version>, Version)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Symlink,
    Submodule,
}

/// What the next commit would record, as the index has it.
pub struct Staged {
    index: gix::index::State,
    /// The trees of the commit's parents.
    parents: Vec<ObjectId>,
    /// By path.
    pub changes: Vec<Change>,
    /// Paths in conflict, which no commit can record.
    pub unmerged: Vec<Vec<u8>>,
}

/// What stands at a path.
pub type Entries<'a> = dyn Fn(&[u8]) -> Result<Option<(Kind, ObjectId)>, String> + 'a;

/// A link is followed over so many others.
const MOST_LINKS: usize = 8;

/// A folder on the way down.
enum Side<'i> {
    Tree(ObjectId),
    /// Entries of the index and, where it knows, the tree they make.
    Index(Range<usize>, Option<&'i CachedTree>),
}

enum Node<'i> {
    Folder(Side<'i>),
    Leaf(Kind, ObjectId),
}

impl Reader {
    /// The index against HEAD and, in the middle of a merge, what is merged.
    pub fn staged(&self) -> Result<Staged, String> {
        let index = self.index()?;
        let parents = self.parents_to_be()?;
        let trees = parents
            .iter()
            .map(|id| self.tree_of(*id))
            .collect::<Result<Vec<_>, _>>()?;
        let mut walk = Walk::new(self, Some(&index));
        walk.folder(&Side::all(&index), &some(&trees), &mut Vec::new())?;
        let (mut changes, unmerged) = (walk.changes, walk.unmerged);
        self.add_undone(&index, &parents, &trees, &mut changes)?;
        Ok(Staged {
            index,
            parents: trees,
            changes,
            unmerged,
        })
    }

    /// Notes what HEAD had taken out and a merge brings back.
    fn add_undone(
        &self,
        index: &gix::index::State,
        parents: &[ObjectId],
        trees: &[ObjectId],
        changes: &mut Vec<Change>,
    ) -> Result<(), String> {
        let (Some((&head, others)), Some(&own)) = (parents.split_first(), trees.first()) else {
            return Ok(());
        };
        for &other in others {
            let Ok(Some(base)) = self.base(head, &[other]) else {
                continue;
            };
            let base = self.tree_of(base)?;
            let mut walk = Walk::new(self, Some(index));
            walk.undone(&Side::all(index), Some(own), base, &mut Vec::new())?;
            for mut change in walk.changes {
                match changes.binary_search_by(|c| c.path.cmp(&change.path)) {
                    Ok(at) => changes[at].undone.append(&mut change.undone),
                    Err(at) => {
                        for (parent, &tree) in trees.iter().enumerate() {
                            match self.kind_at(tree, &change.path)? {
                                Some((Kind::File | Kind::Symlink, id)) => {
                                    let path = change.path.clone();
                                    change.before.push(Version { path, id });
                                }
                                Some((Kind::Submodule, _)) | None => change.without.push(parent),
                            }
                        }
                        changes.insert(at, change);
                    }
                }
            }
        }
        Ok(())
    }

    /// A commit's tree against those of its parents, by path.
    pub fn changes(&self, tree: ObjectId, parents: &[ObjectId]) -> Result<Vec<Change>, String> {
        let mut walk = Walk::new(self, None);
        walk.folder(&Side::Tree(tree), &some(parents), &mut Vec::new())?;
        Ok(walk.changes)
    }

    /// The files of the tree `parent` whose paths `tree` has not.
    pub fn gone(&self, tree: ObjectId, parent: ObjectId) -> Result<Vec<Version>, String> {
        let mut gone = Vec::new();
        Walk::new(self, None).lost(&Side::Tree(tree), parent, &mut Vec::new(), &mut gone)?;
        Ok(gone)
    }

    /// The tree of a commit.
    pub fn tree_of(&self, commit: ObjectId) -> Result<ObjectId, String> {
        let mut buffer = Vec::new();
        let mut found = self
            .repository
            .objects
            .find_commit_iter(&commit, &mut buffer)
            .map_err(|e| missing(&commit, &e))?;
        found.tree_id().map_err(|e| missing(&commit, &e))
    }

    fn index(&self) -> Result<gix::index::State, String> {
        let path = &self.index;
        if !path.exists() {
            return Ok(gix::index::State::new(self.repository.object_hash()));
        }
        let options = gix::index::decode::Options {
            thread_limit: Some(1),
            ..Default::default()
        };
        // As for a scan of the worktree, the checksum would cost as much as all the rest.
        let file = gix::index::File::at(path, self.repository.object_hash(), true, options)
            .map_err(|e| format!("{}: {}", path.display(), chain(&e)))?;
        Ok(file.into())
    }

    /// The parents of the commit that comes next; none before the first.
    fn parents_to_be(&self) -> Result<Vec<ObjectId>, String> {
        let head = super::refs::head(&self.repository).map_err(|e| format!("HEAD: {e}"))?;
        let Some(head) = head else {
            return Ok(Vec::new());
        };
        let mut parents = vec![head];
        if let Ok(text) = std::fs::read(self.repository.git_dir().join("MERGE_HEAD")) {
            for line in text.split(|&b| b == b'\n').filter(|l| !l.is_empty()) {
                let id = ObjectId::from_hex(line.trim_ascii())
                    .map_err(|e| format!("MERGE_HEAD: {}", chain(&e)))?;
                parents.push(id);
            }
        }
        Ok(parents)
    }

    fn entries(&self, tree: ObjectId) -> Result<Vec<(Vec<u8>, EntryMode, ObjectId)>, String> {
        let mut buffer = Vec::new();
        let entries = self
            .repository
            .objects
            .find_tree_iter(&tree, &mut buffer)
            .map_err(|e| missing(&tree, &e))?;
        entries
            .map(|entry| {
                let entry = entry.map_err(|e| missing(&tree, &e))?;
                Ok((entry.filename.to_vec(), entry.mode, entry.oid.to_owned()))
            })
            .collect()
    }

    /// Whether the commit that HEAD names has a file at `path`.
    pub fn head_holds(&self, path: &[u8]) -> Result<bool, String> {
        match self.parents_to_be()?.first() {
            Some(head) => Ok(self.file_at(self.tree_of(*head)?, path)?.is_some()),
            None => Ok(false),
        }
    }

    /// The paths in `tree` of the files whose names are wanted.
    pub fn files_named(
        &self,
        tree: ObjectId,
        is_wanted: fn(&[u8]) -> bool,
    ) -> Result<Vec<Vec<u8>>, String> {
        let mut found = Vec::new();
        let mut open = vec![(Vec::new(), tree)];
        while let Some((folder, tree)) = open.pop() {
            for (name, mode, id) in self.entries(tree)? {
                let path = [&folder[..], &name[..]].concat();
                if mode.is_tree() {
                    open.push(([&path[..], b"/"].concat(), id));
                } else if mode.is_blob() && is_wanted(&name) {
                    found.push(path);
                }
            }
        }
        Ok(found)
    }

    /// What `tree` has at `path`, if that is a file.
    pub fn file_at(&self, tree: ObjectId, path: &[u8]) -> Result<Option<ObjectId>, String> {
        let found = self.entry_at(tree, path)?;
        Ok(found.filter(|(mode, _)| mode.is_blob()).map(|(_, id)| id))
    }

    /// What `tree` has at `path`, unless that is a folder.
    pub fn kind_at(&self, tree: ObjectId, path: &[u8]) -> Result<Option<(Kind, ObjectId)>, String> {
        let found = self.entry_at(tree, path)?;
        Ok(found.and_then(|(mode, id)| Some((kind_of_tree(mode.kind())?, id))))
    }

    /// The content of the file at `path` among `entries`, by way of links, as
    /// far as they stay among those.
    pub fn follow(&self, path: &[u8], entries: &Entries<'_>) -> Result<Option<Vec<u8>>, String> {
        let mut path = path.to_vec();
        for _ in 0..MOST_LINKS {
            let Some((kind, id)) = entries(&path)? else {
                return Ok(None);
            };
            let mut bytes = Vec::new();
            match kind {
                Kind::Submodule => return Ok(None),
                Kind::File | Kind::Symlink => self.read(id, &mut bytes)?,
            }
            if kind == Kind::File {
                return Ok(Some(bytes));
            }
            match target(&path, &bytes) {
                Some(target) => path = target,
                None => return Ok(None),
            }
        }
        Ok(None)
    }

    /// Whether `tree` has anything at `path`.
    pub fn tree_holds(&self, tree: ObjectId, path: &[u8]) -> Result<bool, String> {
        Ok(path.is_empty() || self.entry_at(tree, path)?.is_some())
    }

    fn entry_at(
        &self,
        tree: ObjectId,
        path: &[u8],
    ) -> Result<Option<(EntryMode, ObjectId)>, String> {
        let mut at = tree;
        let mut parts = path.split(|&b| b == b'/').peekable();
        while let Some(part) = parts.next() {
            let found = self
                .entries(at)?
                .into_iter()
                .find(|(name, ..)| name == part);
            match (found, parts.peek().is_some()) {
                (Some((_, mode, id)), true) if mode.is_tree() => at = id,
                (Some((_, mode, id)), false) => return Ok(Some((mode, id))),
                (Some(_) | None, _) => return Ok(None),
            }
        }
        Ok(None)
    }
}

/// Where the link at `path` leads to, unless that is outside.
fn target(path: &[u8], link: &[u8]) -> Option<Vec<u8>> {
    let folder = path.split(|&b| b == b'/').collect::<Vec<_>>();
    let mut parts: Vec<&[u8]> = folder[..folder.len() - 1].to_vec();
    for part in link.split(|&b| b == b'/') {
        match part {
            // The first of an absolute path is empty.
            b"" if link.starts_with(b"/") => return None,
            b"" | b"." => {}
            b".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join(&b'/'))
}

impl Staged {
    /// The files of a parent, by its place, that the index has not.
    pub fn gone(&self, reader: &Reader, parent: usize) -> Result<Vec<Version>, String> {
        let mut gone = Vec::new();
        if let Some(&parent) = self.parents.get(parent) {
            let mut walk = Walk::new(reader, Some(&self.index));
            walk.lost(&Side::all(&self.index), parent, &mut Vec::new(), &mut gone)?;
        }
        Ok(gone)
    }

    /// What the index has at `path`, if that is a file.
    pub fn file_at(&self, path: &[u8]) -> Option<ObjectId> {
        let found = self.own_entry(path);
        found.and_then(|(kind, id)| (kind == Kind::File).then_some(id))
    }

    /// What the index has at `path`, unless that is a folder; in a sparse
    /// index, also in the folders that it has as one.
    pub fn entry_at(
        &self,
        reader: &Reader,
        path: &[u8],
    ) -> Result<Option<(Kind, ObjectId)>, String> {
        let found = self.own_entry(path);
        if found.is_some() || !self.index.is_sparse() {
            return Ok(found);
        }
        for (at, _) in path.iter().enumerate().filter(|(_, b)| **b == b'/') {
            let folder = self.index.entry_by_path(path[..=at].into());
            if let Some(folder) = folder.filter(|e| e.mode == Mode::DIR) {
                return reader.kind_at(folder.id, &path[at + 1..]);
            }
        }
        Ok(None)
    }

    /// `false`: the index has nothing at `path`.
    pub fn may_hold(&self, path: &[u8]) -> bool {
        self.index.is_sparse() || self.own_entry(path).is_some()
    }

    fn own_entry(&self, path: &[u8]) -> Option<(Kind, ObjectId)> {
        let entry = self.index.entry_by_path(path.into())?;
        // What is only to be added has no content yet.
        let is_there = !entry.flags.contains(Flags::INTENT_TO_ADD);
        Some((kind_of(entry.mode).filter(|_| is_there)?, entry.id))
    }

    /// Whether the index has `path`, or anything beneath it.
    pub fn holds(&self, path: &[u8]) -> bool {
        let entries = self.index.entries();
        let from = entries.partition_point(|e| {
            let found: &[u8] = e.path(&self.index);
            found < path
        });
        let holds = |found: &[u8]| {
            found
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest[0] == b'/' || path.is_empty())
        };
        // Between `a` and `a/b` may stand `a-b`.
        entries[from..]
            .iter()
            .map(|e| e.path(&self.index))
            .take_while(|found| found.starts_with(path))
            .any(|found| holds(found))
    }
}

impl<'i> Side<'i> {
    fn all(index: &'i gix::index::State) -> Side<'i> {
        Side::Index(0..index.entries().len(), index.tree())
    }

    /// The tree it makes, where that is known.
    fn tree(&self) -> Option<ObjectId> {
        match self {
            Side::Tree(id) => Some(*id),
            // What the index says of its trees holds while it says how many entries they have.
            Side::Index(_, cached) => cached.and_then(|c| c.num_entries.map(|_| c.id)),
        }
    }
}

fn some(trees: &[ObjectId]) -> Vec<Option<ObjectId>> {
    trees.iter().copied().map(Some).collect()
}

struct Walk<'a> {
    reader: &'a Reader,
    index: Option<&'a gix::index::State>,
    changes: Vec<Change>,
    unmerged: Vec<Vec<u8>>,
}

impl<'a> Walk<'a> {
    fn new(reader: &'a Reader, index: Option<&'a gix::index::State>) -> Walk<'a> {
        Walk {
            reader,
            index,
            changes: Vec::new(),
            unmerged: Vec::new(),
        }
    }

    /// Goes down wherever `side` is not what one of the parents has. `path`
    /// is the folder's, with a `/` at the end unless it is the root.
    fn folder(
        &mut self,
        side: &Side<'a>,
        parents: &[Option<ObjectId>],
        path: &mut Vec<u8>,
    ) -> Result<(), String> {
        let known = side.tree();
        if known.is_some() && parents.contains(&known) {
            return Ok(());
        }
        let mut before: Vec<HashMap<Vec<u8>, (EntryMode, ObjectId)>> = Vec::new();
        for parent in parents {
            let entries = match parent {
                Some(tree) => self.reader.entries(*tree)?,
                None => Vec::new(),
            };
            before.push(entries.into_iter().map(|(n, m, i)| (n, (m, i))).collect());
        }
        let length = path.len();
        for (name, node) in self.children(side, path)? {
            path.extend_from_slice(&name);
            match node {
                Node::Folder(inner) => {
                    let trees: Vec<_> = before
                        .iter()
                        .map(|b| b.get(&name).filter(|(m, _)| m.is_tree()).map(|(_, id)| *id))
                        .collect();
                    path.push(b'/');
                    self.folder(&inner, &trees, path)?;
                }
                Node::Leaf(kind, id) => {
                    let there: Vec<_> = before.iter().map(|b| b.get(&name)).collect();
                    let same = |(m, i): &&(EntryMode, ObjectId)| {
                        *i == id && kind_of_tree(m.kind()) == Some(kind)
                    };
                    if !there.iter().flatten().any(same) {
                        let mut change = Change {
                            path: path.clone(),
                            id,
                            kind,
                            before: Vec::new(),
                            without: Vec::new(),
                            undone: Vec::new(),
                        };
                        for (parent, found) in there.into_iter().enumerate() {
                            match found.filter(|(m, _)| m.is_blob_or_symlink()) {
                                Some((_, id)) => change.before.push(Version {
                                    path: path.clone(),
                                    id: *id,
                                }),
                                None => change.without.push(parent),
                            }
                        }
                        self.changes.push(change);
                    }
                }
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Takes up the files that the tree `own` has not as `base` has them, and `side` not as `own`.
    fn undone(
        &mut self,
        side: &Side<'a>,
        own: Option<ObjectId>,
        base: ObjectId,
        path: &mut Vec<u8>,
    ) -> Result<(), String> {
        if own == Some(base) || own.is_some() && own == side.tree() {
            return Ok(());
        }
        let entries = |tree: Option<ObjectId>| -> Result<HashMap<_, _>, String> {
            let entries = tree.map_or(Ok(Vec::new()), |tree| self.reader.entries(tree))?;
            Ok(entries.into_iter().map(|(n, m, i)| (n, (m, i))).collect())
        };
        let (owns, bases) = (entries(own)?, entries(Some(base))?);
        let length = path.len();
        for (name, node) in self.children(side, path)? {
            let (own, base) = (owns.get(&name), bases.get(&name));
            path.extend_from_slice(&name);
            match (node, base) {
                (Node::Folder(inner), Some((mode, base))) if mode.is_tree() => {
                    let own = own.filter(|(m, _)| m.is_tree()).map(|(_, id)| *id);
                    path.push(b'/');
                    self.undone(&inner, own, *base, path)?;
                }
                (Node::Leaf(kind, id), Some((mode, base))) if mode.is_blob_or_symlink() => {
                    let own = own.filter(|(m, _)| m.is_blob_or_symlink()).map(|(_, i)| *i);
                    let version = |id| Version {
                        path: path.clone(),
                        id,
                    };
                    if own != Some(id) && own != Some(*base) {
                        self.changes.push(Change {
                            path: path.clone(),
                            id,
                            kind,
                            before: Vec::new(),
                            without: Vec::new(),
                            undone: vec![(own.map(version), version(*base))],
                        });
                    }
                }
                (Node::Folder(_) | Node::Leaf(..), _) => {}
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Takes up the files in the tree `parent` whose paths `side` has not.
    fn lost(
        &mut self,
        side: &Side<'a>,
        parent: ObjectId,
        path: &mut Vec<u8>,
        gone: &mut Vec<Version>,
    ) -> Result<(), String> {
        if side.tree() == Some(parent) {
            return Ok(());
        }
        let children: HashMap<Vec<u8>, Node<'a>> = self.children(side, path)?.into_iter().collect();
        let length = path.len();
        for (name, mode, id) in self.reader.entries(parent)? {
            path.extend_from_slice(&name);
            match children.get(&name) {
                Some(Node::Folder(inner)) if mode.is_tree() => {
                    path.push(b'/');
                    self.lost(inner, id, path, gone)?;
                }
                Some(Node::Leaf(..)) if !mode.is_tree() => {}
                Some(_) | None => self.all_of(mode, id, path, gone)?,
            }
            path.truncate(length);
        }
        Ok(())
    }

    /// Takes up a file, or all files in a tree.
    fn all_of(
        &self,
        mode: EntryMode,
        id: ObjectId,
        path: &mut Vec<u8>,
        all: &mut Vec<Version>,
    ) -> Result<(), String> {
        if mode.is_blob_or_symlink() {
            let path = path.clone();
            all.push(Version { path, id });
        } else if mode.is_tree() {
            let length = path.len();
            for (name, mode, id) in self.reader.entries(id)? {
                path.push(b'/');
                path.extend_from_slice(&name);
                self.all_of(mode, id, path, all)?;
                path.truncate(length);
            }
        }
        Ok(())
    }

    fn children(
        &mut self,
        side: &Side<'a>,
        path: &[u8],
    ) -> Result<Vec<(Vec<u8>, Node<'a>)>, String> {
        match side {
            Side::Tree(id) => Ok(self
                .reader
                .entries(*id)?
                .into_iter()
                .map(|(name, mode, id)| {
                    let node = match kind_of_tree(mode.kind()) {
                        Some(kind) => Node::Leaf(kind, id),
                        None => Node::Folder(Side::Tree(id)),
                    };
                    (name, node)
                })
                .collect()),
            Side::Index(range, cached) => Ok(self.index_children(range.clone(), *cached, path)),
        }
    }

    fn index_children(
        &mut self,
        range: Range<usize>,
        cached: Option<&'a CachedTree>,
        path: &[u8],
    ) -> Vec<(Vec<u8>, Node<'a>)> {
        let index = self.index.expect("a side of the index comes from one");
        let entries = index.entries();
        let mut children = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let entry = &entries[at];
            let full: &[u8] = entry.path(index);
            let rest = &full[path.len()..];
            let Some(slash) = memchr::memchr(b'/', rest) else {
                at += 1;
                if entry.stage() != Stage::Unconflicted {
                    self.unmerged.push(full.to_vec());
                } else if !entry.flags.contains(Flags::INTENT_TO_ADD)
                    && let Some(kind) = kind_of(entry.mode)
                {
                    children.push((rest.to_vec(), Node::Leaf(kind, entry.id)));
                }
                continue;
            };
            let name = rest[..slash].to_vec();
            let prefix = &full[..path.len() + slash + 1];
            // A sparse index has a whole folder in one entry.
            if entry.mode == Mode::DIR && prefix.len() == full.len() {
                at += 1;
                children.push((name, Node::Folder(Side::Tree(entry.id))));
                continue;
            }
            let end = at
                + entries[at..range.end].partition_point(|e| {
                    let other: &[u8] = e.path(index);
                    other.starts_with(prefix)
                });
            let inner = cached.and_then(|c| {
                let found = c.children.binary_search_by(|c| c.name[..].cmp(&name[..]));
                found.ok().map(|i| &c.children[i])
            });
            children.push((name, Node::Folder(Side::Index(at..end, inner))));
            at = end;
        }
        children
    }
}

fn kind_of(mode: Mode) -> Option<Kind> {
    match mode {
        Mode::FILE | Mode::FILE_EXECUTABLE => Some(Kind::File),
        Mode::SYMLINK => Some(Kind::Symlink),
        Mode::COMMIT => Some(Kind::Submodule),
        _ => None,
    }
}

fn kind_of_tree(kind: EntryKind) -> Option<Kind> {
    match kind {
        EntryKind::Blob | EntryKind::BlobExecutable => Some(Kind::File),
        EntryKind::Link => Some(Kind::Symlink),
        EntryKind::Commit => Some(Kind::Submodule),
        EntryKind::Tree => None,
    }
}
