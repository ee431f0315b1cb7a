//! Every object of a repository, wherever it is stored: packs, loose files, alternates.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::hash::{ObjectId, oid};
use gix::odb::{loose, pack::multi_index};

use super::pack::{Copied, Forest, Kind, Object, Pack, Root, Walker};

/// A repository's objects. Each has a number: those of a pack follow each
/// other in the order of their ids, packs follow each other, loose ones come last.
pub struct Objects {
    hash: gix::hash::Kind,
    packs: Vec<Pack>,
    /// The number of each pack's first object.
    bases: Vec<u32>,
    stores: Vec<loose::Store>,
    /// Loose objects, each with the store that has it.
    loose: Vec<(ObjectId, usize)>,
    /// Numbers by id, open addressing; the table is at most half full.
    table: Vec<u32>,
    /// Numbers of objects that have a lower number too, ascending.
    twins: Vec<u32>,
    /// What is damaged, and how.
    pub damage: Vec<(PathBuf, String)>,
    total: u32,
}

/// The table of [`Objects`], while it is made.
struct Numbers {
    table: Vec<u32>,
    twins: Vec<u32>,
}

/// An object as a walk over all of them meets it.
pub struct Met<'a, S> {
    pub number: u32,
    pub bytes: &'a [u8],
    pub origin: Option<(&'a S, &'a [Copied])>,
}

/// What each worker of a walk does with what it meets.
pub trait Visitor: Send {
    type State;
    fn visit(&mut self, met: Met<'_, Self::State>) -> Self::State;
}

const EMPTY: u32 = u32::MAX;
/// A worker takes this many roots at a time.
const BATCH: usize = 64;
/// Families that weigh more than this are begun first, so that no worker is left alone with one at the end.
const HEAVY: u64 = 4 << 20;
/// Only one object of this size and its family is in memory at a time.
const HUGE: u64 = 16 << 20;

impl Objects {
    /// What `folder`, a repository's `objects`, and its alternates hold.
    pub fn open(folder: &Path, hash: gix::hash::Kind) -> Objects {
        let mut objects = Objects {
            hash,
            packs: Vec::new(),
            bases: Vec::new(),
            stores: Vec::new(),
            loose: Vec::new(),
            table: Vec::new(),
            twins: Vec::new(),
            damage: Vec::new(),
            total: 0,
        };
        let mut folders = vec![folder.to_owned()];
        match gix::odb::alternate::resolve(folder.to_owned(), Path::new(".")) {
            Ok(more) => folders.extend(more),
            Err(error) => objects
                .damage
                .push((folder.join("info/alternates"), error.to_string())),
        }
        for folder in folders {
            objects.add_packs(&folder.join("pack"));
            let store = loose::Store::at(&folder, hash);
            for id in store.iter() {
                match id {
                    Ok(id) => objects.loose.push((id, objects.stores.len())),
                    Err(error) => objects.damage.push((folder.clone(), error.to_string())),
                }
            }
            objects.stores.push(store);
        }
        objects.loose.sort_unstable();
        // The largest first: what others repeat of it is a twin.
        objects.packs.sort_by_key(|p| std::cmp::Reverse(p.len()));
        objects.number_all();
        // Both read all of the packs' indexes, and neither needs the other.
        let (forests, numbers) = std::thread::scope(|scope| {
            let forests = scope.spawn(|| objects.packs.iter().map(Pack::forest).collect());
            let numbers = objects.numbers();
            let forests: std::thread::Result<Vec<Forest>> = forests.join();
            (forests.expect("reading headers does not panic"), numbers)
        });
        for (pack, forest) in objects.packs.iter_mut().zip(forests) {
            pack.plant(forest);
        }
        Objects {
            table: numbers.table,
            twins: numbers.twins,
            ..objects
        }
    }

    fn add_packs(&mut self, folder: &Path) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        let mut packs: Vec<PathBuf> = entries
            .filter_map(|e| Some(e.ok()?.path()))
            .filter(|p| p.extension().is_some_and(|e| e == "pack"))
            .collect();
        packs.sort();
        let (indexed, bare): (Vec<_>, Vec<_>) = packs
            .into_iter()
            .partition(|p| p.with_extension("idx").exists());
        for path in indexed {
            match Pack::open(&path, self.hash) {
                Ok(pack) => self.packs.push(pack),
                Err(error) => self.damage.push((path, error)),
            }
        }
        if !bare.is_empty() {
            self.add_listed(folder, bare);
        }
    }

    /// Packs whose only index is the multi-pack index.
    fn add_listed(&mut self, folder: &Path, packs: Vec<PathBuf>) {
        let path = folder.join("multi-pack-index");
        let index = path
            .exists()
            .then(|| multi_index::File::at(&path, None).map_err(|e| e.to_string()));
        let index = match index {
            Some(Ok(index)) => index,
            Some(Err(error)) => return self.damage.push((path, error)),
            None => {
                let lost = packs.into_iter().map(|p| (p, "has no index".to_owned()));
                return self.damage.extend(lost);
            }
        };
        let mut entries: Vec<Vec<(u64, ObjectId)>> = vec![Vec::new(); index.index_names().len()];
        for entry in index.iter() {
            match entry {
                Ok(entry) => {
                    entries[entry.pack_index as usize].push((entry.pack_offset, entry.oid))
                }
                Err(error) => {
                    self.damage.push((path.clone(), error.to_string()));
                    return;
                }
            }
        }
        for pack in packs {
            let name = pack.with_extension("idx");
            let at = index
                .index_names()
                .iter()
                .position(|n| n.file_name() == name.file_name());
            match at.map(|at| Pack::listed(&pack, self.hash, std::mem::take(&mut entries[at]))) {
                Some(Ok(opened)) => self.packs.push(opened),
                Some(Err(error)) => self.damage.push((pack, error)),
                None => self.damage.push((pack, "has no index".to_owned())),
            }
        }
    }

    /// Gives every object its number.
    fn number_all(&mut self) {
        let mut total = 0u32;
        for pack in &self.packs {
            self.bases.push(total);
            total += pack.len();
        }
        self.bases.push(total);
        self.total = total + self.loose.len() as u32;
        let slots = (2 * self.total as usize + 2).next_power_of_two();
        self.table = vec![EMPTY; slots];
    }

    /// Every number by its id.
    fn numbers(&self) -> Numbers {
        let mut table = self.table.clone();
        let mut twins = Vec::new();
        for number in 0..self.total {
            let mut slot = self.slot(self.id(number));
            loop {
                match table[slot] {
                    EMPTY => {
                        table[slot] = number;
                        break;
                    }
                    other if self.id(other) == self.id(number) => {
                        twins.push(number);
                        break;
                    }
                    _ => slot = (slot + 1) & (table.len() - 1),
                }
            }
        }
        Numbers { table, twins }
    }

    /// An id is random: its first bytes are hash enough.
    fn slot(&self, id: &oid) -> usize {
        let head: [u8; 8] = id.as_bytes()[..8]
            .try_into()
            .expect("an id has 20 bytes or more");
        u64::from_le_bytes(head) as usize & (self.table.len() - 1)
    }

    /// How many numbers there are.
    pub fn len(&self) -> u32 {
        self.total
    }

    pub fn is_empty(&self) -> bool {
        self.total == 0
    }

    pub fn hash(&self) -> gix::hash::Kind {
        self.hash
    }

    pub fn id(&self, number: u32) -> &oid {
        let pack = self.bases.partition_point(|&b| b <= number) - 1;
        match self.packs.get(pack) {
            Some(held) => held.id(number - self.bases[pack]),
            None => &self.loose[(number - self.bases[pack]) as usize].0,
        }
    }

    pub fn number(&self, id: &oid) -> Option<u32> {
        let mut slot = self.slot(id);
        loop {
            match self.table[slot] {
                EMPTY => return None,
                number if self.id(number) == id => return Some(number),
                _ => slot = (slot + 1) & (self.table.len() - 1),
            }
        }
    }

    /// Reads an object from where it was seen.
    fn read(&self, number: u32, bytes: &mut Vec<u8>) -> Option<Kind> {
        let pack = self.bases.partition_point(|&b| b <= number) - 1;
        let place = number - self.bases[pack];
        if let Some(pack) = self.packs.get(pack) {
            return pack.read(place, bytes);
        }
        let (id, store) = &self.loose[place as usize];
        let found = self.stores[*store].try_find(id, bytes).ok()??;
        Some(kind(found.kind))
    }

    /// Whether `bytes` are what the id of a loose object says; a pack's entry
    /// is found by its place, and nobody can put another in its stead.
    fn is_sound(&self, number: u32, kind: Kind, bytes: &[u8]) -> bool {
        if number < self.bases[self.packs.len()] {
            return true;
        }
        let kind = match kind {
            Kind::Blob => gix::objs::Kind::Blob,
            Kind::Tree => gix::objs::Kind::Tree,
            Kind::Commit => gix::objs::Kind::Commit,
            Kind::Tag => gix::objs::Kind::Tag,
        };
        let id = gix::objs::compute_hash(self.hash, kind, bytes);
        id.is_ok_and(|id| id == self.id(number))
    }

    /// As [`Objects::number`], for an id as bytes.
    pub fn number_of(&self, id: &[u8]) -> Option<u32> {
        self.number(oid::try_from_bytes(id).ok()?)
    }

    /// Whether a lower number stands for the same object.
    pub fn is_twin(&self, number: u32) -> bool {
        !self.twins.is_empty() && self.twins.binary_search(&number).is_ok()
    }

    /// Hands every object of `kind` to one of `visitors`, a thread each, and
    /// says which could not be read. A visitor meets an object's base right before the object, or not at all.
    /// Passes over families all of whose members are `known`, by number; empty: none is.
    pub fn walk<V: Visitor>(
        &self,
        kind: Kind,
        repository: &gix::ThreadSafeRepository,
        visitors: &mut [V],
        known: &[bool],
    ) -> Vec<u32> {
        let work = Work::new(self, kind, repository, known);
        match visitors {
            [one] => work.run(one),
            many => std::thread::scope(|scope| {
                for visitor in many {
                    scope.spawn(|| work.run(visitor));
                }
            }),
        }
        let mut lost = work.lost.into_inner().expect("no worker panics");
        lost.sort_unstable();
        lost.dedup();
        lost
    }
}

/// The work of one walk, shared by its workers.
struct Work<'a> {
    objects: &'a Objects,
    kind: Kind,
    repository: &'a gix::ThreadSafeRepository,
    /// Numbers of packs and their roots: heavy ones, then the rest in the order of the pack.
    heavy: Vec<(usize, Root)>,
    light: Vec<(usize, Root)>,
    /// What no walk comes by, by number; its kind is known when it is read.
    single: Vec<u32>,
    next_heavy: AtomicUsize,
    next_light: AtomicUsize,
    next_single: AtomicUsize,
    lost: Mutex<Vec<u32>>,
    huge: Mutex<()>,
}

impl<'a> Work<'a> {
    fn new(
        objects: &'a Objects,
        kind: Kind,
        repository: &'a gix::ThreadSafeRepository,
        known: &[bool],
    ) -> Work<'a> {
        let is_known = |number: u32| known.get(number as usize).copied().unwrap_or(false);
        let is_news = |(n, root): &(usize, Root)| {
            let base = objects.bases[*n];
            !objects.packs[*n].is_family(root.entry, &|place| is_known(base + place))
        };
        let weight = |root: &Root| root.size.saturating_mul(u64::from(root.family));
        let (mut heavy, light): (Vec<_>, Vec<_>) = objects
            .packs
            .iter()
            .enumerate()
            .flat_map(|(n, pack)| pack.roots(kind).map(move |root| (n, root)))
            .filter(is_news)
            .partition(|(_, root)| weight(root) > HEAVY);
        heavy.sort_by_key(|(_, root)| std::cmp::Reverse(weight(root)));
        let strays = objects
            .packs
            .iter()
            .zip(&objects.bases)
            .flat_map(|(pack, base)| pack.strays().map(move |place| base + place));
        let loose = objects.bases[objects.packs.len()]..objects.total;
        Work {
            objects,
            kind,
            repository,
            heavy,
            light,
            single: strays.chain(loose).filter(|&n| !is_known(n)).collect(),
            next_heavy: AtomicUsize::new(0),
            next_light: AtomicUsize::new(0),
            next_single: AtomicUsize::new(0),
            lost: Mutex::default(),
            huge: Mutex::default(),
        }
    }

    fn run<V: Visitor>(&self, visitor: &mut V) {
        let mut walker = Walker::default();
        let mut lost = Vec::new();
        for (n, root) in
            pull(&self.heavy, &self.next_heavy, 1).chain(pull(&self.light, &self.next_light, BATCH))
        {
            let _alone = (root.size > HUGE).then(|| {
                self.huge
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
            });
            let base = self.objects.bases[*n];
            walker.walk(
                &self.objects.packs[*n],
                *root,
                &mut |object: Object<'_, V::State>| {
                    visitor.visit(Met {
                        number: base + object.place,
                        bytes: object.bytes,
                        origin: object.origin,
                    })
                },
                &mut |place| lost.push(base + place),
            );
        }
        self.run_single(visitor, &mut lost);
        self.lost
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .extend(lost);
    }

    fn run_single<V: Visitor>(&self, visitor: &mut V, lost: &mut Vec<u32>) {
        if self.single.is_empty() {
            return;
        }
        let reader = Reader::new(self.objects, self.repository);
        let mut bytes = Vec::new();
        for &number in pull(&self.single, &self.next_single, 1) {
            match reader.read(number, &mut bytes) {
                Some(kind) if kind == self.kind => {
                    if !self.objects.is_sound(number, kind, &bytes) {
                        lost.push(number);
                        continue;
                    }
                    visitor.visit(Met {
                        number,
                        bytes: &bytes,
                        origin: None,
                    });
                }
                Some(_) => {}
                // Of unknown kind: it is missed where blobs are read, which is always.
                None if self.kind == Kind::Blob => lost.push(number),
                None => {}
            }
        }
    }
}

/// The items that fall to one worker, `batch` at a time.
fn pull<'a, T>(items: &'a [T], next: &'a AtomicUsize, batch: usize) -> impl Iterator<Item = &'a T> {
    std::iter::from_fn(move || {
        let start = next.fetch_add(batch, Ordering::Relaxed);
        (start < items.len()).then(|| &items[start..items.len().min(start + batch)])
    })
    .flatten()
}

/// Reads single objects; one thread's.
pub struct Reader<'a> {
    objects: &'a Objects,
    /// Finds what no pack of its own makes up.
    whole: gix::Repository,
}

impl Reader<'_> {
    pub fn new<'a>(objects: &'a Objects, repository: &gix::ThreadSafeRepository) -> Reader<'a> {
        let mut whole = repository.to_thread_local();
        whole.object_cache_size(0);
        // What is stored is of interest, not what `git replace` shows in its place.
        whole.objects.ignore_replacements = true;
        Reader { objects, whole }
    }

    /// Reads an object into `bytes`; `None` if it is missing or damaged.
    pub fn read(&self, number: u32, bytes: &mut Vec<u8>) -> Option<Kind> {
        use gix::objs::FindExt;
        // Where the object was seen, it is; a stale multi-pack index knows less.
        self.objects.read(number, bytes).or_else(|| {
            let id = self.objects.id(number);
            Some(kind(self.whole.objects.find(id, bytes).ok()?.kind))
        })
    }
}

fn kind(kind: gix::objs::Kind) -> Kind {
    match kind {
        gix::objs::Kind::Blob => Kind::Blob,
        gix::objs::Kind::Tree => Kind::Tree,
        gix::objs::Kind::Commit => Kind::Commit,
        gix::objs::Kind::Tag => Kind::Tag,
    }
}
