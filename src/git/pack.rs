//! Packs read as what they are: a forest of deltas, every entry inflated once on the way down from its root.

use std::path::Path;

use gix::hash::{ObjectId, oid};
use gix::odb::pack::{data, index};
use gix::zlib::Inflate;

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Blob,
    Tree,
    Commit,
    Tag,
}

/// One pack and the order in which its entries are best read.
pub struct Pack {
    data: data::File,
    ids: Ids,
    /// Where each entry begins, ascending; an entry is known by its place here.
    offsets: Vec<u64>,
    /// For each entry, the place of its id.
    places: Vec<u32>,
    forest: Forest,
}

/// Which entry of a pack is made from which.
#[derive(Default)]
pub struct Forest {
    /// The entries made from entry `n` are `children[first[n]..first[n + 1]]`,
    /// the one with the most descendants last.
    first: Vec<u32>,
    children: Vec<u32>,
    roots: Vec<Root>,
    /// Entries that no root leads to: their base is not in this pack, or they cannot be read.
    strays: Vec<u32>,
}

/// An entry stored whole.
#[derive(Clone, Copy, Debug)]
pub struct Root {
    pub entry: u32,
    pub kind: Kind,
    pub size: u64,
    /// How many entries come from it, itself among them.
    pub family: u32,
}

/// The ids of a pack's objects, each known by its place.
enum Ids {
    Index(Box<index::File>),
    /// From a multi-pack index.
    Listed(Vec<ObjectId>),
}

/// Part of an object that is a copy of part of its base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copied {
    pub from: usize,
    pub to: usize,
    pub length: usize,
}

/// An object, as a walk meets it.
pub struct Object<'a, S> {
    /// The place of its id in its pack.
    pub place: u32,
    pub bytes: &'a [u8],
    /// What was made of its base, and what it has in common with that; `None` for a root.
    pub origin: Option<(&'a S, &'a [Copied])>,
}

/// One thread's buffers for walking.
#[derive(Default)]
pub struct Walker {
    inflate: Inflate,
    delta: Vec<u8>,
    copies: Vec<Copied>,
    spare: Vec<Vec<u8>>,
}

const NONE: u32 = u32::MAX;
/// zlib cannot do better; a header that promises more lies.
const BEST_RATIO: u64 = 1040;
/// A walk keeps this many buffers for later, and none that is larger than this.
const SPARE: usize = 16;
const SPARE_SIZE: usize = 4 << 20;

impl Pack {
    /// The pack at `path`, whose index is beside it; not yet planted.
    pub fn open(path: &Path, hash: gix::hash::Kind) -> Result<Pack, String> {
        let index = index::File::at(path.with_extension("idx"), hash).map_err(words)?;
        let entries = (0..index.num_objects())
            .map(|i| (index.pack_offset_at_index(i), i))
            .collect();
        Pack::new(path, hash, Ids::Index(Box::new(index)), entries)
    }

    /// The pack at `path` that has no index of its own; `entries` are what a multi-pack index knows of it.
    pub fn listed(
        path: &Path,
        hash: gix::hash::Kind,
        entries: Vec<(u64, ObjectId)>,
    ) -> Result<Pack, String> {
        let offsets = (0u32..).zip(&entries).map(|(i, e)| (e.0, i)).collect();
        let ids = entries.into_iter().map(|e| e.1).collect();
        Pack::new(path, hash, Ids::Listed(ids), offsets)
    }

    fn new(
        path: &Path,
        hash: gix::hash::Kind,
        ids: Ids,
        mut entries: Vec<(u64, u32)>,
    ) -> Result<Pack, String> {
        let data = data::File::at(path, hash).map_err(words)?;
        entries.sort_unstable();
        let offsets: Vec<u64> = entries.iter().map(|e| e.0).collect();
        let places: Vec<u32> = entries.iter().map(|e| e.1).collect();
        Ok(Pack {
            data,
            ids,
            offsets,
            places,
            forest: Forest::default(),
        })
    }

    /// Takes up the pack's own [`Pack::forest`], without which there is nothing to walk.
    pub fn plant(&mut self, forest: Forest) {
        self.forest = forest;
    }

    /// Reads every entry's header and builds the forest.
    pub fn forest(&self) -> Forest {
        let mut forest = Forest::default();
        let count = self.offsets.len();
        let mut parents = vec![NONE; count];
        let mut entry_of_place: Vec<u32> = Vec::new();
        for (entry, parent) in parents.iter_mut().enumerate() {
            let Some(header) = self.header(self.offsets[entry]) else {
                forest.strays.push(entry as u32);
                continue;
            };
            use data::entry::Header::{Blob, Commit, OfsDelta, RefDelta, Tag, Tree};
            let mut root = |kind| {
                forest.roots.push(Root {
                    entry: entry as u32,
                    kind,
                    size: header.decompressed_size,
                    family: 1,
                });
            };
            match header.header {
                Blob => root(Kind::Blob),
                Tree => root(Kind::Tree),
                Commit => root(Kind::Commit),
                Tag => root(Kind::Tag),
                OfsDelta { base_distance } => {
                    let base = header
                        .checked_base_pack_offset(base_distance)
                        .and_then(|base| self.offsets.binary_search(&base).ok());
                    match base {
                        Some(base) => *parent = base as u32,
                        None => forest.strays.push(entry as u32),
                    }
                }
                RefDelta { base_id } => {
                    if entry_of_place.is_empty() {
                        entry_of_place = vec![NONE; count];
                        for (entry, &place) in (0u32..).zip(&self.places) {
                            entry_of_place[place as usize] = entry;
                        }
                    }
                    match self.ids.place(&base_id) {
                        Some(place) => *parent = entry_of_place[place as usize],
                        None => forest.strays.push(entry as u32),
                    }
                }
            }
        }
        forest.link(&parents);
        forest
    }

    fn header(&self, offset: u64) -> Option<data::Entry> {
        if offset >= self.data.pack_end() as u64 {
            return None;
        }
        let entry = self.data.entry(offset).ok()?;
        let room = (self.data.pack_end() as u64).saturating_sub(entry.data_offset);
        (entry.decompressed_size <= room.saturating_mul(BEST_RATIO)).then_some(entry)
    }

    fn children_of(&self, entry: u32) -> &[u32] {
        self.forest.children_of(entry)
    }

    pub fn len(&self) -> u32 {
        u32::try_from(self.offsets.len()).expect("an index counts objects in 32 bits")
    }

    pub fn is_empty(&self) -> bool {
        self.offsets.is_empty()
    }

    pub fn path(&self) -> &Path {
        self.data.path()
    }

    pub fn id(&self, place: u32) -> &oid {
        self.ids.id(place)
    }

    pub fn roots(&self, kind: Kind) -> impl Iterator<Item = Root> {
        let roots = self.forest.roots.iter().copied();
        roots.filter(move |r| r.kind == kind)
    }

    /// Whether `holds` is true of the place of `entry` and of all that is made from it.
    pub fn is_family(&self, entry: u32, holds: &dyn Fn(u32) -> bool) -> bool {
        let mut todo = vec![entry];
        while let Some(entry) = todo.pop() {
            if !holds(self.places[entry as usize]) {
                return false;
            }
            todo.extend_from_slice(self.children_of(entry));
        }
        true
    }

    /// The places of what no walk comes by.
    pub fn strays(&self) -> impl Iterator<Item = u32> {
        let strays = self.forest.strays.iter();
        strays.map(|&entry| self.places[entry as usize])
    }

    fn entry_at(&self, place: u32) -> Option<u32> {
        match &self.ids {
            Ids::Index(index) => {
                let offset = index.pack_offset_at_index(place);
                self.offsets.binary_search(&offset).ok().map(|e| e as u32)
            }
            Ids::Listed(_) => self
                .places
                .iter()
                .position(|&p| p == place)
                .map(|e| e as u32),
        }
    }

    /// Reads the object at `place` into `bytes`, as this pack alone has it;
    /// `None`: it is damaged, or made from what is elsewhere.
    pub fn read(&self, place: u32, bytes: &mut Vec<u8>) -> Option<Kind> {
        use data::entry::Header::{Blob, Commit, OfsDelta, RefDelta, Tag, Tree};
        let mut chain = Vec::new();
        let mut entry = self.entry_at(place)?;
        let kind = loop {
            // Bases named by their ids may lead in a circle.
            if chain.len() == self.offsets.len() {
                return None;
            }
            chain.push(entry);
            let header = self.header(self.offsets[entry as usize])?;
            entry = match header.header {
                Blob => break Kind::Blob,
                Tree => break Kind::Tree,
                Commit => break Kind::Commit,
                Tag => break Kind::Tag,
                OfsDelta { base_distance } => {
                    let base = header.checked_base_pack_offset(base_distance)?;
                    self.offsets.binary_search(&base).ok()? as u32
                }
                RefDelta { base_id } => self.entry_at(self.ids.place(&base_id)?)?,
            };
        };
        let mut inflate = Inflate::default();
        let (mut delta, mut out, mut copies) = (Vec::new(), Vec::new(), Vec::new());
        let mut chain = chain.into_iter().rev();
        self.inflate(chain.next()?, &mut inflate, bytes)?;
        for entry in chain {
            self.inflate(entry, &mut inflate, &mut delta)?;
            apply(bytes, &delta, &mut out, &mut copies)?;
            std::mem::swap(bytes, &mut out);
        }
        Some(kind)
    }

    fn inflate(&self, entry: u32, inflate: &mut Inflate, out: &mut Vec<u8>) -> Option<()> {
        let header = self.header(self.offsets[entry as usize])?;
        let size = usize::try_from(header.decompressed_size).ok()?;
        if out.len() < size {
            out.resize(size, 0);
        } else {
            out.truncate(size);
        }
        self.data.decompress_entry(&header, inflate, out).ok()?;
        Some(())
    }
}

impl Forest {
    fn link(&mut self, parents: &[u32]) {
        let count = parents.len();
        let mut first = vec![0u32; count + 2];
        for &parent in parents.iter().filter(|&&p| p != NONE) {
            first[parent as usize + 2] += 1;
        }
        for n in 1..first.len() {
            first[n] += first[n - 1];
        }
        let mut children = vec![0u32; first[count + 1] as usize];
        for (entry, &parent) in (0u32..).zip(parents).filter(|&(_, &p)| p != NONE) {
            let slot = &mut first[parent as usize + 1];
            children[*slot as usize] = entry;
            *slot += 1;
        }
        first.pop();
        // From leaf to root, as far as the pack's order goes: a base mostly
        // precedes what is made of it. Where it does not, only the order of
        // the walk is a little worse.
        let mut families = vec![1u32; count];
        for entry in (0..count).rev() {
            if parents[entry] != NONE {
                families[parents[entry] as usize] += families[entry];
            }
        }
        for n in 0..count {
            let brood = &mut children[first[n] as usize..first[n + 1] as usize];
            if let Some(largest) = (0..brood.len()).max_by_key(|&i| families[brood[i] as usize]) {
                let last = brood.len() - 1;
                brood.swap(largest, last);
            }
        }
        for root in &mut self.roots {
            root.family = families[root.entry as usize];
        }
        self.first = first;
        self.children = children;
        self.find_unreached(parents);
    }

    /// What a stray leads to, and what leads to itself, no root leads to.
    fn find_unreached(&mut self, parents: &[u32]) {
        let deltas = parents.iter().filter(|&&p| p != NONE).count();
        let reached: usize = self.roots.iter().map(|r| r.family as usize).sum();
        if reached == deltas + self.roots.len() {
            return;
        }
        let mut seen = vec![false; parents.len()];
        let mut todo: Vec<u32> = self.roots.iter().map(|r| r.entry).collect();
        while let Some(entry) = todo.pop() {
            seen[entry as usize] = true;
            todo.extend_from_slice(self.children_of(entry));
        }
        self.strays = (0u32..)
            .zip(&seen)
            .filter(|(_, seen)| !**seen)
            .map(|(entry, _)| entry)
            .collect();
    }

    fn children_of(&self, entry: u32) -> &[u32] {
        let entry = entry as usize;
        &self.children[self.first[entry] as usize..self.first[entry + 1] as usize]
    }
}

impl Ids {
    fn id(&self, place: u32) -> &oid {
        match self {
            Ids::Index(index) => index.oid_at_index(place),
            Ids::Listed(ids) => &ids[place as usize],
        }
    }

    fn place(&self, id: &oid) -> Option<u32> {
        match self {
            Ids::Index(index) => index.lookup(id),
            Ids::Listed(ids) => (0u32..).zip(ids).find(|(_, i)| **i == id).map(|(at, _)| at),
        }
    }
}

/// An object that waits for the rest of what is made from it.
struct Frame<S> {
    entry: u32,
    next: usize,
    bytes: Vec<u8>,
    state: S,
}

impl Walker {
    /// Hands `root` and all that is made from it to `visit`, a base before
    /// what is made from it. What cannot be read goes to `lost`, by its place.
    ///
    /// As the child with the most descendants comes last, and a base is given
    /// up when its last child is made, no more than log2 of the family is held at once.
    pub fn walk<S>(
        &mut self,
        pack: &Pack,
        root: Root,
        visit: &mut dyn FnMut(Object<'_, S>) -> S,
        lost: &mut dyn FnMut(u32),
    ) {
        let mut bytes = self.spare.pop().unwrap_or_default();
        if pack
            .inflate(root.entry, &mut self.inflate, &mut bytes)
            .is_none()
        {
            return lose(pack, root.entry, lost);
        }
        let state = visit(Object {
            place: pack.places[root.entry as usize],
            bytes: &bytes,
            origin: None,
        });
        let mut stack = vec![Frame {
            entry: root.entry,
            next: 0,
            bytes,
            state,
        }];
        while let Some(frame) = stack.last_mut() {
            let brood = pack.children_of(frame.entry);
            let Some(&child) = brood.get(frame.next) else {
                if let Some(done) = stack.pop() {
                    self.keep(done.bytes);
                }
                continue;
            };
            frame.next += 1;
            let is_last = frame.next == brood.len();
            let mut bytes = self.spare.pop().unwrap_or_default();
            let made = pack
                .inflate(child, &mut self.inflate, &mut self.delta)
                .and_then(|()| apply(&frame.bytes, &self.delta, &mut bytes, &mut self.copies));
            let state = match made {
                None => {
                    lose(pack, child, lost);
                    None
                }
                Some(()) => Some(visit(Object {
                    place: pack.places[child as usize],
                    bytes: &bytes,
                    origin: Some((&frame.state, &self.copies)),
                })),
            };
            if is_last && let Some(done) = stack.pop() {
                self.keep(done.bytes);
            }
            match state {
                Some(state) if !pack.children_of(child).is_empty() => stack.push(Frame {
                    entry: child,
                    next: 0,
                    bytes,
                    state,
                }),
                Some(_) | None => self.keep(bytes),
            }
        }
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < SPARE && buffer.capacity() <= SPARE_SIZE {
            self.spare.push(buffer);
        }
    }
}

/// With an entry, all that is made from it is lost.
fn lose(pack: &Pack, entry: u32, lost: &mut dyn FnMut(u32)) {
    let mut todo = vec![entry];
    while let Some(entry) = todo.pop() {
        lost(pack.places[entry as usize]);
        todo.extend_from_slice(pack.children_of(entry));
    }
}

/// Makes `out` from `base` as `delta` says, and notes what is copied:
/// ascending in `to`, neighbours that continue each other joined. `None`:
/// the delta is damaged.
pub fn apply(base: &[u8], delta: &[u8], out: &mut Vec<u8>, copies: &mut Vec<Copied>) -> Option<()> {
    out.clear();
    copies.clear();
    let mut rest = delta;
    if number(&mut rest)? != base.len() as u64 {
        return None;
    }
    let size = usize::try_from(number(&mut rest)?).ok()?;
    // No more than instructions could fill, so that a lie costs nothing.
    out.reserve(size.min(base.len().saturating_add(delta.len()).saturating_mul(2)));
    while let Some((&command, after)) = rest.split_first() {
        rest = after;
        if command & 0x80 != 0 {
            let mut field = |first: u8, bytes: u8| {
                let mut value = 0usize;
                for n in 0..bytes {
                    if command & (first << n) != 0 {
                        let (&byte, after) = rest.split_first()?;
                        rest = after;
                        value |= usize::from(byte) << (8 * n);
                    }
                }
                Some(value)
            };
            let from = field(0x01, 4)?;
            let length = match field(0x10, 3)? {
                0 => 0x10000,
                length => length,
            };
            let source = base.get(from..from.checked_add(length)?)?;
            if out.len() + length > size {
                return None;
            }
            let to = out.len();
            match copies.last_mut() {
                Some(last) if last.to + last.length == to && last.from + last.length == from => {
                    last.length += length;
                }
                Some(_) | None => copies.push(Copied { from, to, length }),
            }
            out.extend_from_slice(source);
        } else if command != 0 {
            let (inserted, after) = rest.split_at_checked(usize::from(command))?;
            rest = after;
            if out.len() + inserted.len() > size {
                return None;
            }
            out.extend_from_slice(inserted);
        } else {
            return None;
        }
    }
    (out.len() == size).then_some(())
}

/// A length of a delta's head: seven bits a byte, the lowest first.
fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..63).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

fn words(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One step of a random delta.
    #[derive(Clone, Debug)]
    pub(crate) enum Step {
        Copy(usize, usize),
        Insert(Vec<u8>),
    }

    /// A delta of these steps, and what it makes of `base`.
    pub(crate) fn encode(base: &[u8], steps: &[Step]) -> (Vec<u8>, Vec<u8>) {
        let mut body = Vec::new();
        let mut result = Vec::new();
        for step in steps {
            match step {
                Step::Copy(from, length) if !base.is_empty() => {
                    let from = from % base.len();
                    let length = (length % (base.len() - from)).max(1);
                    let at = body.len();
                    body.push(0x80);
                    for n in 0..4 {
                        let byte = (from >> (8 * n)) as u8;
                        if byte != 0 {
                            body[at] |= 1 << n;
                            body.push(byte);
                        }
                    }
                    for n in 0..3 {
                        let byte = (length >> (8 * n)) as u8;
                        if byte != 0 && length != 0x10000 {
                            body[at] |= 0x10 << n;
                            body.push(byte);
                        }
                    }
                    result.extend_from_slice(&base[from..from + length]);
                }
                Step::Insert(bytes) if !bytes.is_empty() => {
                    body.push(bytes.len() as u8);
                    body.extend_from_slice(bytes);
                    result.extend_from_slice(bytes);
                }
                Step::Copy(..) | Step::Insert(_) => {}
            }
        }
        let mut delta = Vec::new();
        for mut size in [base.len(), result.len()] {
            while size >= 0x80 {
                delta.push(size as u8 | 0x80);
                size >>= 7;
            }
            delta.push(size as u8);
        }
        delta.extend_from_slice(&body);
        (delta, result)
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Step::Copy(a, b)),
            proptest::collection::vec(any::<u8>(), 0..127).prop_map(Step::Insert),
        ];
        proptest::collection::vec(step, 0..12)
    }

    proptest! {
        #[test]
        fn a_delta_makes_what_it_says(
            base in proptest::collection::vec(any::<u8>(), 0..70_000),
            steps in steps(),
        ) {
            let (delta, expected) = encode(&base, &steps);
            let (mut out, mut copies) = (Vec::new(), Vec::new());
            prop_assert_eq!(apply(&base, &delta, &mut out, &mut copies), Some(()));
            prop_assert_eq!(&out, &expected);
            let mut end = 0;
            for copy in copies {
                prop_assert!(copy.to >= end);
                end = copy.to + copy.length;
                prop_assert_eq!(
                    &out[copy.to..end],
                    &base[copy.from..copy.from + copy.length]
                );
            }
        }

        #[test]
        fn damage_is_noticed_and_harms_nobody(
            base in proptest::collection::vec(any::<u8>(), 0..300),
            delta in proptest::collection::vec(any::<u8>(), 0..100),
        ) {
            let (mut out, mut copies) = (Vec::new(), Vec::new());
            if apply(&base, &delta, &mut out, &mut copies).is_none() {
                prop_assert!(out.len() < 1 << 30);
            }
        }
    }
}
