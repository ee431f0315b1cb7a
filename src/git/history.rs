//! A repository as an audit needs it: all its objects, and how they hang together.

use std::borrow::Cow;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use gix::hash::ObjectId;

use super::objects::{Met, Objects, Visitor};
use super::pack::Kind;
use super::refs::{self, Refs, Side};

/// A repository that was found, not yet opened.
pub struct Found {
    handle: gix::Repository,
    /// The worktree, or the repository's own folder if it is bare.
    pub root: PathBuf,
    /// What all of its worktrees share.
    pub common: PathBuf,
}

/// A repository with all its objects, open for reading.
pub struct Repository {
    pub handle: gix::ThreadSafeRepository,
    pub objects: Objects,
    /// The worktree, or the repository's own folder if it is bare.
    pub root: PathBuf,
    is_bare: bool,
}

/// Why a repository cannot be read at all.
#[derive(Debug)]
pub struct Error(pub String);

/// What refs name, as far as it is there.
#[derive(Default)]
pub struct Tips {
    /// Objects by number.
    pub all: Vec<u32>,
    pub head: Option<u32>,
    /// Those that hold notes.
    pub notes: Vec<u32>,
    /// What is known to be, or to have been, with others; `None`: all may be.
    pub pushed: Option<Pushed>,
    /// For objects that refs name, the first of these.
    pub names: HashMap<u32, String>,
    /// Refs that lead to nothing, and why.
    pub broken: Vec<(String, String)>,
    /// Commits whose parents were left out when the repository was cloned.
    pub shallow: Vec<ObjectId>,
}

/// What tells whether others have a commit, as objects by number.
#[derive(Default)]
pub struct Pushed {
    /// What remotes are, or were, known to have.
    pub remote: Vec<u32>,
    /// What was made here, unless remotes have it too.
    pub local: Vec<u32>,
}

impl Found {
    /// The repository that holds `folder`, as git would find it from there.
    pub fn at(folder: &Path) -> Result<Found, Error> {
        let folder = folder.canonicalize().map_err(|e| Error(e.to_string()))?;
        let found = super::repository::find(&folder).map_err(|e| Error(e.message))?;
        let (handle, _) = found.ok_or_else(|| Error("not in a git repository".to_owned()))?;
        let root = canonical(handle.workdir().unwrap_or(handle.git_dir()));
        Ok(Found::of(handle, root))
    }

    /// The repository that `GIT_DIR` names, else the one around the current folder.
    pub fn here() -> Result<Found, Error> {
        match super::repository::named().map_err(Error)? {
            Some((handle, _, root)) => {
                let root = root.unwrap_or_else(|| canonical(handle.git_dir()));
                Ok(Found::of(handle, root))
            }
            None => Found::at(Path::new(".")),
        }
    }

    fn of(handle: gix::Repository, root: PathBuf) -> Found {
        Found {
            root,
            common: canonical(handle.common_dir()),
            handle,
        }
    }

    pub fn open(self) -> Repository {
        let objects = Objects::open(&self.common.join("objects"), self.handle.object_hash());
        Repository {
            is_bare: self.handle.is_bare(),
            handle: self.handle.into_sync(),
            objects,
            root: self.root,
        }
    }
}

impl Tips {
    /// For each commit, by its place, whether others have it or had it.
    pub fn pushed(&self, commits: &Commits) -> Option<Vec<bool>> {
        let Pushed { remote, local } = self.pushed.as_ref()?;
        let ancestors = |tips: &[u32]| {
            commits.ancestors_of(tips.iter().filter_map(|&n| commits.place(n)).collect())
        };
        let (remote, local) = (ancestors(remote), ancestors(local));
        let all = commits.commits.iter().zip(remote).zip(local);
        Some(
            all.map(|((commit, remote), local)| remote || commit.is_referred_to && !local)
                .collect(),
        )
    }
}

impl Repository {
    pub fn tips(&self) -> Tips {
        let local = self.handle.to_thread_local();
        let read = Refs::read(&local);
        let mut tips = Tips {
            broken: read.broken,
            ..Tips::default()
        };
        let mut pushed = Pushed::default();
        let stashes = refs::older_stashes(&local).unwrap_or_else(|message| {
            tips.broken.push(("refs/stash".to_owned(), message));
            Vec::new()
        });
        for (name, id) in read.all.into_iter().chain(stashes) {
            let Some(number) = self.objects.number(&id) else {
                let message = format!("the object {id} is not there");
                tips.broken.push((name, message));
                continue;
            };
            tips.all.push(number);
            match refs::side(&name) {
                Side::Local => pushed.local.push(number),
                Side::Remote => pushed.remote.push(number),
                Side::Tag => {}
            }
            if name.starts_with("refs/notes/") {
                tips.notes.push(number);
            }
            tips.names.entry(number).or_insert(name);
        }
        // A branch's object that is not there was told of already.
        tips.head = read.head.and_then(|id| self.objects.number(&id));
        tips.all.extend(tips.head);
        tips.all.sort_unstable();
        tips.all.dedup();
        if !self.is_bare {
            let once = refs::once_remote(&local);
            let once = once.iter().filter_map(|id| self.objects.number(id));
            pushed.remote.extend(once);
            tips.pushed = Some(pushed);
        }
        if let Ok(Some(shallow)) = local.shallow_commits() {
            tips.shallow = shallow.iter().copied().collect();
        }
        tips
    }

    /// The commit that a revision stands for, by number.
    pub fn resolve(&self, revision: &str) -> Result<u32, Error> {
        let id = refs::commit(&self.handle.to_thread_local(), revision)
            .ok_or_else(|| Error(format!("{revision}: no such commit in this clone")))?;
        self.objects
            .number(&id)
            .ok_or_else(|| Error(format!("{revision}: the commit {id} is not in this clone")))
    }
}

fn canonical(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

const NONE: u32 = u32::MAX;

/// A commit or a tag, taken apart.
pub struct Header<'a> {
    /// The tree, or what the tag names.
    pub target: ObjectId,
    pub parents: Vec<ObjectId>,
    pub author: &'a [u8],
}

/// The parts of a commit (`tree`, `parent`, `author`) or of a tag (`object`, `tagger`).
pub fn parse(bytes: &[u8]) -> Option<Header<'_>> {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let mut target = None;
    let mut parents = Vec::new();
    let mut author: &[u8] = b"";
    for line in bytes[..end].split(|&b| b == b'\n') {
        let Some(space) = memchr::memchr(b' ', line) else {
            continue;
        };
        let (key, value) = (&line[..space], &line[space + 1..]);
        match key {
            b"tree" | b"object" if target.is_none() => {
                target = Some(ObjectId::from_hex(value).ok()?);
            }
            b"parent" => parents.push(ObjectId::from_hex(value).ok()?),
            b"author" | b"tagger" => author = value,
            _ => {}
        }
    }
    Some(Header {
        target: target?,
        parents,
        author,
    })
}

/// What people wrote in a commit or tag: its message, and those of the tags it was merged from.
pub fn message(bytes: &[u8]) -> Cow<'_, [u8]> {
    let end = memchr::memmem::find(bytes, b"\n\n").unwrap_or(bytes.len());
    let (head, message) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
    if memchr::memmem::find(head, b"\nmergetag ").is_none() {
        return message.into();
    }
    let mut all = message.to_vec();
    let mut is_tag = false;
    for line in head.split(|&b| b == b'\n') {
        match line.strip_prefix(b" ") {
            Some(more) if is_tag => {
                all.push(b'\n');
                all.extend_from_slice(more);
            }
            Some(_) => {}
            None => is_tag = line.starts_with(b"mergetag "),
        }
    }
    all.into()
}

/// A signature's name, its time in seconds since 1970, and its offset from UTC in minutes.
pub fn signature(line: &[u8]) -> (&[u8], i64, i32) {
    let name_end = memchr::memchr(b'<', line).unwrap_or(line.len());
    let name = line[..name_end].trim_ascii();
    let after = memchr::memrchr(b'>', line).map_or(line.len(), |i| i + 1);
    let mut words = line[after..].trim_ascii().split(|&b| b == b' ');
    let mut next = || std::str::from_utf8(words.next()?).ok();
    let seconds = next().and_then(|w| w.parse().ok()).unwrap_or(0);
    let zone: i32 = next().and_then(|w| w.parse().ok()).unwrap_or(0);
    (name, seconds, zone / 100 * 60 + zone % 100)
}

/// What a message reader hears: the object's number and its message.
pub trait Listener: Send {
    fn hear(&mut self, number: u32, message: &[u8]);
}

/// Reads commits, or tags, and passes their messages on.
struct Herald<'a, L> {
    objects: &'a Objects,
    listener: &'a mut L,
    read: Vec<Raw>,
    /// What is not written as such an object is.
    broken: Vec<u32>,
}

struct Raw {
    number: u32,
    target: u32,
    parents: Vec<u32>,
    missing: Vec<ObjectId>,
    time: i64,
}

impl<L: Listener> Visitor for Herald<'_, L> {
    type State = ();

    fn visit(&mut self, met: Met<'_, ()>) {
        if self.objects.is_twin(met.number) {
            return;
        }
        let Some(header) = parse(met.bytes) else {
            self.broken.push(met.number);
            return;
        };
        self.listener.hear(met.number, &message(met.bytes));
        let mut missing = Vec::new();
        let mut number = |id: ObjectId| {
            self.objects.number(&id).unwrap_or_else(|| {
                missing.push(id);
                NONE
            })
        };
        self.read.push(Raw {
            number: met.number,
            target: number(header.target),
            parents: header.parents.into_iter().map(&mut number).collect(),
            time: signature(header.author).1,
            missing,
        });
    }
}

/// Commits and tags as they were met.
pub struct Heralded {
    commits: Vec<Raw>,
    tags: Vec<Raw>,
    lost: Vec<u32>,
}

/// The commits of a repository, in an order in which parents precede
/// children and, where that leaves a choice, the earlier author date comes first.
#[derive(Default)]
pub struct Commits {
    commits: Vec<Commit>,
    /// By object number, the commit's place.
    places: HashMap<u32, u32>,
    is_all_reached: bool,
    /// Annotated tags that a ref leads to, by number, each with the place of its commit, if it names one.
    pub tags: Vec<(u32, Option<u32>)>,
    /// Those that none leads to.
    pub loose_tags: Vec<u32>,
    /// Blobs and trees that refs name, at once or by way of tags, each with the object that the ref names.
    pub others: Vec<(u32, u32)>,
    pub lost: Vec<u32>,
    /// What tags name and is not there.
    pub missing: Vec<ObjectId>,
}

pub struct Commit {
    /// The object's number.
    pub number: u32,
    /// The root tree's number; `None` if it is not there.
    pub tree: Option<u32>,
    /// By place; those that are there.
    pub parents: Vec<u32>,
    /// Objects it names that are not there.
    pub missing: Vec<ObjectId>,
    /// Author date, seconds since 1970.
    pub time: i64,
    /// Whether a ref leads to it.
    is_referred_to: bool,
    /// Whether it is to be read: a ref leads to it, or all are.
    pub is_reachable: bool,
    /// Whether its parents were left out when the repository was cloned.
    pub is_shallow: bool,
}

impl Commits {
    /// Reads all commits and tags; every message goes to one of `listeners`, a thread each.
    pub fn read<L: Listener>(repository: &Repository, listeners: &mut [L]) -> Heralded {
        let objects = &repository.objects;
        let mut read = |kind| {
            let mut heralds: Vec<Herald<'_, L>> = listeners
                .iter_mut()
                .map(|listener| Herald {
                    objects,
                    listener,
                    read: Vec::new(),
                    broken: Vec::new(),
                })
                .collect();
            let mut lost = objects.walk(kind, &repository.handle, &mut heralds, &[]);
            let mut read = Vec::new();
            for herald in heralds {
                read.extend(herald.read);
                lost.extend(herald.broken);
            }
            (read, lost)
        };
        let (tags, mut lost) = read(Kind::Tag);
        let (commits, more) = read(Kind::Commit);
        lost.extend(more);
        Heralded {
            commits,
            tags,
            lost,
        }
    }

    /// Puts what was read into its order.
    pub fn new(repository: &Repository, tips: &Tips, read: Heralded) -> Commits {
        let objects = &repository.objects;
        let Heralded {
            commits: raw,
            tags,
            lost,
        } = read;
        let targets: HashMap<u32, &Raw> = tags.iter().map(|t| (t.number, t)).collect();
        let mut commits = Commits::order(raw, objects);
        commits.lost.extend(lost);
        for commit in tips.shallow.iter().filter_map(|id| objects.number(id)) {
            if let Some(&place) = commits.places.get(&commit) {
                commits.commits[place as usize].is_shallow = true;
            }
        }
        let mut todo: Vec<u32> = Vec::new();
        for &named in &tips.all {
            let mut tip = named;
            // A tag may name a tag; a circle of them cannot be made.
            let mut chain = Vec::new();
            while let Some(&tag) = targets.get(&tip) {
                chain.push(tip);
                commits.missing.extend(&tag.missing);
                tip = tag.target;
            }
            let commit = commits.places.get(&tip).copied();
            commits.tags.extend(chain.into_iter().map(|t| (t, commit)));
            match commit {
                Some(commit) => todo.push(commit),
                None if tip == NONE => {}
                None => commits.others.push((tip, named)),
            }
        }
        commits.tags.sort_unstable();
        commits.tags.dedup();
        let reached: HashSet<u32> = commits.tags.iter().map(|t| t.0).collect();
        let loose = targets.into_keys().filter(|t| !reached.contains(t));
        commits.loose_tags = loose.collect();
        commits.loose_tags.sort_unstable();
        while let Some(place) = todo.pop() {
            let commit = &mut commits.commits[place as usize];
            if !commit.is_reachable {
                commit.is_reachable = true;
                commit.is_referred_to = true;
                todo.extend_from_slice(&commit.parents);
            }
        }
        commits
    }

    fn order(raw: Vec<Raw>, objects: &Objects) -> Commits {
        let mut commits = Commits::default();
        let at: HashMap<u32, u32> = (0..).zip(&raw).map(|(n, r)| (r.number, n)).collect();
        let mut children: Vec<Vec<u32>> = vec![Vec::new(); raw.len()];
        let mut waits: Vec<u32> = vec![0; raw.len()];
        for (n, commit) in (0..).zip(&raw) {
            for parent in &commit.parents {
                match at.get(parent) {
                    Some(&parent) => {
                        children[parent as usize].push(n);
                        waits[n as usize] += 1;
                    }
                    // Missing, or told of as damaged, or no commit.
                    None if *parent == NONE => {}
                    None => commits.lost.push(*parent),
                }
            }
        }
        let key = |n: u32| {
            let commit = &raw[n as usize];
            std::cmp::Reverse((commit.time, objects.id(commit.number), n))
        };
        let mut ready: BinaryHeap<_> = (0..raw.len() as u32)
            .filter(|&n| waits[n as usize] == 0)
            .map(key)
            .collect();
        while let Some(std::cmp::Reverse((_, _, n))) = ready.pop() {
            let commit = &raw[n as usize];
            let place = commits.commits.len() as u32;
            commits.places.insert(commit.number, place);
            let parents = commit.parents.iter();
            commits.commits.push(Commit {
                number: commit.number,
                tree: (commit.target != NONE).then_some(commit.target),
                parents: parents
                    .filter_map(|p| commits.places.get(p).copied())
                    .collect(),
                missing: commit.missing.clone(),
                time: commit.time,
                is_referred_to: false,
                is_reachable: false,
                is_shallow: false,
            });
            for &child in &children[n as usize] {
                waits[child as usize] -= 1;
                if waits[child as usize] == 0 {
                    ready.push(key(child));
                }
            }
        }
        commits
    }

    pub fn all(&self) -> &[Commit] {
        &self.commits
    }

    /// The place of the commit that has this object number.
    pub fn place(&self, number: u32) -> Option<u32> {
        self.places.get(&number).copied()
    }

    /// Treats every commit as reachable: those of reflogs, dropped stashes, amended ones.
    pub fn reach_all(&mut self) {
        self.commits.iter_mut().for_each(|c| c.is_reachable = true);
        self.is_all_reached = true;
    }

    /// Whether [`Commits::reach_all`] was called.
    pub fn is_all_reached(&self) -> bool {
        self.is_all_reached
    }

    /// For each commit, whether it is one of `commits` or leads up to one.
    pub fn ancestors_of(&self, commits: Vec<u32>) -> Vec<bool> {
        let mut is_ancestor = vec![false; self.commits.len()];
        let mut todo = commits;
        while let Some(place) = todo.pop() {
            if !std::mem::replace(&mut is_ancestor[place as usize], true) {
                todo.extend_from_slice(&self.commits[place as usize].parents);
            }
        }
        is_ancestor
    }
}

/// What is of interest in trees.
pub struct Interest<'a> {
    /// By object number, the set of things that stand in the blob; [`NOTHING`]
    /// for none, [`NO_BLOB`] for what is no blob.
    pub set_of: &'a [u32],
    /// Whether a file is of interest for its name alone.
    pub is_named: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// Numbers of objects that could not be read, ascending.
    pub lost: &'a [u32],
}

pub const NOTHING: u32 = u32::MAX;
pub const NO_BLOB: u32 = u32::MAX - 1;
/// The sort of a tree's entry that is a link.
const LINK: u32 = 0o120_000;

/// Where a tree's entry leads, as far as it is of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    Tree(u32),
    Blob(u32),
    /// A blob that says where a link leads.
    Link(u32),
    /// What should be a blob and is none.
    Wrong(u32),
    /// None is there; an index into the list of the missing.
    Missing(u32),
    Boring,
}

#[derive(Clone, Copy)]
struct Edge {
    name: u32,
    to: To,
}

/// One worker's reading of trees.
struct Surveyor<'a> {
    objects: &'a Objects,
    interest: &'a Interest<'a>,
    names: Names,
    missing: Vec<ObjectId>,
    /// Trees by number, with the end of their edges.
    trees: Vec<(u32, u32)>,
    edges: Vec<Edge>,
    /// Trees that hold what is no entry.
    broken: Vec<u32>,
}

/// A tree's entries, each with where it begins.
type Entries = Vec<(u32, Edge)>;

#[derive(Default)]
struct Names {
    known: HashMap<Box<[u8]>, u32>,
    list: Vec<Box<[u8]>>,
}

impl Names {
    fn intern(&mut self, name: &[u8]) -> u32 {
        if let Some(&known) = self.known.get(name) {
            return known;
        }
        let next = self.list.len() as u32;
        self.known.insert(name.into(), next);
        self.list.push(name.into());
        next
    }
}

impl Visitor for Surveyor<'_> {
    type State = Entries;

    fn visit(&mut self, met: Met<'_, Entries>) -> Entries {
        let bytes = met.bytes;
        let (base, copies) = match met.origin {
            Some((base, copies)) => (&base[..], copies),
            None => (&[][..], &[][..]),
        };
        let mut entries = Entries::with_capacity(base.len() + 1);
        let mut copies = copies.iter().peekable();
        let mut at = 0;
        while at < bytes.len() {
            while copies.next_if(|c| c.to + c.length <= at).is_some() {}
            // Whole entries of the base are taken over as they are.
            if let Some(copy) = copies.peek()
                && copy.to <= at
                && let Ok(mut n) =
                    base.binary_search_by_key(&(at - copy.to + copy.from), |e| e.0 as usize)
            {
                let shift = |offset: u32| offset as usize - copy.from + copy.to;
                let begun = at;
                while let Some(next) = base.get(n + 1)
                    && shift(next.0) <= copy.to + copy.length
                {
                    entries.push((at as u32, base[n].1));
                    at = shift(next.0);
                    n += 1;
                }
                if at > begun {
                    continue;
                }
            }
            let Some((length, edge)) = self.entry(&bytes[at..]) else {
                self.broken.push(met.number);
                break;
            };
            entries.push((at as u32, edge));
            at += length;
        }
        if !self.objects.is_twin(met.number) {
            let edges = entries.iter().map(|e| e.1);
            self.edges.extend(edges.filter(|e| e.to != To::Boring));
            self.trees.push((met.number, self.edges.len() as u32));
        }
        entries
    }
}

impl Surveyor<'_> {
    /// The entry at the beginning of `bytes`, `mode name NUL id`, and its length.
    fn entry(&mut self, bytes: &[u8]) -> Option<(usize, Edge)> {
        let space = memchr::memchr(b' ', bytes)?;
        let nul = memchr::memchr(0, bytes)?;
        let end = nul + 1 + self.objects.hash().len_in_bytes();
        let (mode, name) = (&bytes[..space], bytes.get(space + 1..nul)?);
        let id = gix::hash::oid::try_from_bytes(bytes.get(nul + 1..end)?).ok()?;
        let mode = std::str::from_utf8(mode).ok()?;
        // As git takes it: permissions say nothing of what an entry is.
        let sort = u32::from_str_radix(mode, 8).ok()? & 0o170_000;
        let mut missing = || {
            self.missing.push(id.to_owned());
            To::Missing(self.missing.len() as u32 - 1)
        };
        let to = match self.objects.number(id) {
            // A submodule's commit is another repository's.
            _ if sort == 0o160_000 => To::Boring,
            None => missing(),
            Some(number) if sort == 0o040_000 => To::Tree(number),
            Some(number) if self.interest.lost.binary_search(&number).is_ok() => missing(),
            Some(number) if self.interest.set_of[number as usize] == NO_BLOB => To::Wrong(number),
            Some(number)
                if self.interest.set_of[number as usize] != NOTHING
                    || (self.interest.is_named)(name) =>
            {
                if sort == LINK {
                    To::Link(number)
                } else {
                    To::Blob(number)
                }
            }
            Some(_) => To::Boring,
        };
        let name = match to {
            To::Boring => 0,
            To::Tree(_) | To::Blob(_) | To::Link(_) | To::Wrong(_) | To::Missing(_) => {
                self.names.intern(name)
            }
        };
        Some((end, Edge { name, to }))
    }
}

/// All trees, reduced to what is of interest.
pub struct Trees {
    names: Names,
    missing: Vec<ObjectId>,
    edges: Vec<Edge>,
    /// By a tree's number, its edges; trees that could not be read have none.
    ranges: HashMap<u32, (u32, u32)>,
    /// Those that could not be read, or not to their ends.
    pub lost: Vec<u32>,
}

impl Trees {
    pub fn read(repository: &Repository, interest: &Interest<'_>, threads: usize) -> Trees {
        let objects = &repository.objects;
        let mut surveyors: Vec<Surveyor<'_>> = (0..threads.max(1))
            .map(|_| Surveyor {
                objects,
                interest,
                names: Names::default(),
                missing: Vec::new(),
                trees: Vec::new(),
                edges: Vec::new(),
                broken: Vec::new(),
            })
            .collect();
        let lost = objects.walk(Kind::Tree, &repository.handle, &mut surveyors, &[]);
        let mut trees = Trees {
            names: Names::default(),
            missing: Vec::new(),
            edges: Vec::new(),
            ranges: HashMap::new(),
            lost,
        };
        for surveyor in surveyors {
            trees.lost.extend(surveyor.broken);
            let names: Vec<u32> = surveyor
                .names
                .list
                .iter()
                .map(|n| trees.names.intern(n))
                .collect();
            let base = trees.edges.len() as u32;
            let first_missing = trees.missing.len() as u32;
            trees.missing.extend(surveyor.missing);
            trees.edges.extend(surveyor.edges.into_iter().map(|e| Edge {
                name: names[e.name as usize],
                to: match e.to {
                    To::Missing(n) => To::Missing(n + first_missing),
                    to => to,
                },
            }));
            let mut start = base;
            for (number, end) in surveyor.trees {
                trees.ranges.insert(number, (start, base + end));
                start = base + end;
            }
        }
        trees.rank_names();
        trees
    }

    /// Numbers names in their own order, whatever thread met which first.
    fn rank_names(&mut self) {
        let names = std::mem::take(&mut self.names);
        let mut order: Vec<u32> = (0..names.list.len() as u32).collect();
        order.sort_unstable_by_key(|&n| &names.list[n as usize]);
        let mut ranks = vec![0; order.len()];
        for (rank, &name) in (0u32..).zip(&order) {
            ranks[name as usize] = rank;
            self.names.list.push(names.list[name as usize].clone());
        }
        for edge in &mut self.edges {
            edge.name = ranks[edge.name as usize];
        }
    }

    fn edges(&self, tree: u32) -> Option<&[Edge]> {
        let &(start, end) = self.ranges.get(&tree)?;
        Some(&self.edges[start as usize..end as usize])
    }
}

/// What stands at a path: a set, and the blob, by number, if the name itself is of interest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leaf {
    pub set: Option<u32>,
    pub named: Option<u32>,
    /// Whether the blob says where a link leads.
    pub is_link: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Part {
    Folder(u32),
    File(Leaf),
}

/// A tree with nothing in it but what is of interest; equal ones are one.
type Form = Box<[(u32, Part)]>;

/// The forms of trees, and the paths in them.
pub struct Forms<'a> {
    trees: &'a Trees,
    set_of: &'a [u32],
    is_named: &'a (dyn Fn(&[u8]) -> bool + Sync),
    forms: Vec<Form>,
    /// How many folders lie one in another in each form.
    heights: Vec<usize>,
    known: HashMap<Form, u32>,
    of_tree: HashMap<u32, u32>,
    paths: Vec<(u32, u32)>,
    known_paths: HashMap<(u32, u32), u32>,
    /// What is missing, each with the first path it was missed at.
    pub missing: BTreeMap<ObjectId, Vec<u8>>,
    /// What is not what a tree says it is, or could not be read as a tree, by number, each with the first path it was to be read at.
    pub unread: BTreeMap<u32, Vec<u8>>,
    /// The first folder that lies too deep to be read.
    pub too_deep: Option<Vec<u8>>,
}

/// The form without anything.
const BARE: u32 = 0;
/// The path of a root.
const ROOT: u32 = u32::MAX;
/// Deeper folders are no one's work but an attacker's.
pub const DEEPEST: usize = 1024;

/// A change at a path: what stood there, what stands there.
pub type Change = (u32, Option<Leaf>, Option<Leaf>);

impl<'a> Forms<'a> {
    pub fn new(trees: &'a Trees, interest: &'a Interest<'a>) -> Forms<'a> {
        let bare: Form = Box::new([]);
        Forms {
            trees,
            set_of: interest.set_of,
            is_named: interest.is_named,
            forms: vec![bare.clone()],
            heights: vec![0],
            known: HashMap::from([(bare, BARE)]),
            of_tree: HashMap::new(),
            paths: Vec::new(),
            known_paths: HashMap::new(),
            missing: BTreeMap::new(),
            unread: BTreeMap::new(),
            too_deep: None,
        }
    }

    /// The form of a root tree; notes what is missing in it.
    pub fn of(&mut self, tree: Option<u32>) -> u32 {
        let mut path = Vec::new();
        tree.and_then(|tree| self.form(tree, &mut path))
            .unwrap_or(BARE)
    }

    fn joined(&self, path: &[u32]) -> Vec<u8> {
        let names = path.iter().map(|&n| &*self.trees.names.list[n as usize]);
        names.collect::<Vec<_>>().join(&b'/')
    }

    /// `None`: the tree could not be read.
    fn form(&mut self, tree: u32, path: &mut Vec<u32>) -> Option<u32> {
        if let Some(&known) = self.of_tree.get(&tree) {
            return Some(known);
        }
        let trees = self.trees;
        let Some(edges) = trees.edges(tree) else {
            self.pass_by(tree, path);
            return None;
        };
        let mut form = Vec::new();
        let mut height = 0;
        for edge in edges {
            path.push(edge.name);
            match edge.to {
                To::Blob(blob) | To::Link(blob) => {
                    let set = self.set_of[blob as usize];
                    let is_link = edge.to == To::Link(blob);
                    let name = &trees.names.list[edge.name as usize];
                    let leaf = Leaf {
                        set: (set != NOTHING).then_some(set),
                        named: (!is_link && (self.is_named)(name)).then_some(blob),
                        is_link,
                    };
                    form.push((edge.name, Part::File(leaf)));
                }
                To::Tree(folder) if path.len() < DEEPEST => match self.form(folder, path) {
                    None | Some(BARE) => {}
                    // It may have been met before, less deep.
                    Some(folder) if path.len() + self.heights[folder as usize] < DEEPEST => {
                        height = height.max(self.heights[folder as usize] + 1);
                        form.push((edge.name, Part::Folder(folder)));
                    }
                    Some(_) => self.pass_over(path),
                },
                To::Tree(_) => self.pass_over(path),
                To::Missing(n) => {
                    let id = trees.missing[n as usize];
                    if !self.missing.contains_key(&id) {
                        let path = self.joined(path);
                        self.missing.insert(id, path);
                    }
                }
                To::Wrong(object) => self.pass_by(object, path),
                To::Boring => {}
            }
            path.pop();
        }
        form.sort_unstable();
        let form = form.into_boxed_slice();
        let next = self.forms.len() as u32;
        let id = *self.known.entry(form).or_insert_with_key(|form| {
            self.forms.push(form.clone());
            self.heights.push(height);
            next
        });
        self.of_tree.insert(tree, id);
        Some(id)
    }

    /// Notes that an object is not what its entry in a tree says.
    fn pass_by(&mut self, object: u32, path: &[u32]) {
        if !self.unread.contains_key(&object) {
            let path = self.joined(path);
            self.unread.insert(object, path);
        }
    }

    /// Notes that a folder lies too deep.
    fn pass_over(&mut self, path: &[u32]) {
        if self.too_deep.is_none() {
            self.too_deep = Some(self.joined(path));
        }
    }

    fn path_id(&mut self, folder: u32, name: u32) -> u32 {
        let next = self.paths.len() as u32;
        *self.known_paths.entry((folder, name)).or_insert_with(|| {
            self.paths.push((folder, name));
            next
        })
    }

    /// Whether a number is that of a tree.
    pub fn is_tree(&self, number: u32) -> bool {
        self.trees.ranges.contains_key(&number)
    }

    /// A path's bytes.
    pub fn path(&self, mut path: u32) -> Vec<u8> {
        let mut names = Vec::new();
        while path != ROOT {
            let (folder, name) = self.paths[path as usize];
            names.push(&*self.trees.names.list[name as usize]);
            path = folder;
        }
        names.reverse();
        names.join(&b'/')
    }

    /// Blobs of interest in every tree that was asked for, and in the trees below.
    pub fn reached(&self) -> HashSet<u32> {
        let edges = self.of_tree.keys().filter_map(|&t| self.trees.edges(t));
        edges
            .flatten()
            .filter_map(|e| match e.to {
                To::Blob(blob) | To::Link(blob) => Some(blob),
                To::Tree(_) | To::Wrong(_) | To::Missing(_) | To::Boring => None,
            })
            .collect()
    }

    /// Trees that were not asked for and are in none that was not, by number.
    pub fn loose_trees(&self) -> Vec<u32> {
        let is_loose = |tree: &&u32| !self.of_tree.contains_key(tree);
        let loose: Vec<u32> = self.trees.ranges.keys().filter(is_loose).copied().collect();
        let edges = loose.iter().filter_map(|&t| self.trees.edges(t)).flatten();
        let inner: HashSet<u32> = edges
            .filter_map(|e| match e.to {
                To::Tree(tree) => Some(tree),
                To::Blob(_) | To::Link(_) | To::Wrong(_) | To::Missing(_) | To::Boring => None,
            })
            .collect();
        loose.into_iter().filter(|t| !inner.contains(t)).collect()
    }

    /// The names of a path, the first one first.
    fn names(&self, mut path: u32) -> Vec<u32> {
        let mut names = Vec::new();
        while path != ROOT {
            let (folder, name) = self.paths[path as usize];
            names.push(name);
            path = folder;
        }
        names.reverse();
        names
    }

    /// What stands at `path` in `form`.
    pub fn leaf(&self, mut form: u32, path: u32) -> Option<Leaf> {
        for name in self.names(path) {
            let parts = &self.forms[form as usize];
            let first = parts.partition_point(|p| p.0 < name);
            match parts.get(first)? {
                (n, Part::Folder(folder)) if *n == name => form = *folder,
                (n, Part::File(leaf)) if *n == name => return Some(*leaf),
                _ => return None,
            }
        }
        None
    }

    /// The blob at `path` under the root `tree`, by number.
    pub fn blob(&self, mut tree: u32, path: u32) -> Option<u32> {
        for name in self.names(path) {
            let edge = self.trees.edges(tree)?.iter().find(|e| e.name == name)?;
            match edge.to {
                To::Tree(folder) => tree = folder,
                To::Blob(blob) | To::Link(blob) => return Some(blob),
                To::Wrong(_) | To::Missing(_) | To::Boring => return None,
            }
        }
        None
    }

    /// What differs between two forms.
    pub fn changes(&mut self, old: u32, new: u32) -> Vec<Change> {
        let mut changes = Vec::new();
        self.compare(old, new, ROOT, &mut changes);
        changes
    }

    fn compare(&mut self, old: u32, new: u32, folder: u32, changes: &mut Vec<Change>) {
        if old == new {
            return;
        }
        let mut olds = self.forms[old as usize].clone().into_iter().peekable();
        let mut news = self.forms[new as usize].clone().into_iter().peekable();
        loop {
            let name = match (olds.peek(), news.peek()) {
                (Some(a), Some(b)) => a.0.min(b.0),
                (Some(a), None) => a.0,
                (None, Some(b)) => b.0,
                (None, None) => return,
            };
            let a = olds.next_if(|p| p.0 == name).map(|p| p.1);
            let b = news.next_if(|p| p.0 == name).map(|p| p.1);
            if a == b {
                continue;
            }
            let path = self.path_id(folder, name);
            let file = |part| match part {
                Some(Part::File(leaf)) => Some(leaf),
                Some(Part::Folder(_)) | None => None,
            };
            let inner = |part| match part {
                Some(Part::Folder(form)) => form,
                Some(Part::File(_)) | None => BARE,
            };
            if file(a) != file(b) {
                changes.push((path, file(a), file(b)));
            }
            self.compare(inner(a), inner(b), path, changes);
        }
    }
}
