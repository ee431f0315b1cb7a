//! Refs that are kept in tables, as git's `reftable` format has it: a stack of
//! files, of which a later one goes before an earlier one.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::zlib::Inflate;

/// What a ref says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Object(ObjectId),
    /// The name of another ref.
    Symbolic(Vec<u8>),
}

/// A name, and what it says; `None`: it was deleted.
type Record = (Vec<u8>, Option<Target>);

/// The refs of the stack in `folder`, which is called `reftable`.
pub fn read(folder: &Path) -> Result<BTreeMap<Vec<u8>, Target>, String> {
    let mut refs = BTreeMap::new();
    for table in stack(folder)? {
        for (name, target) in table.read(Table::refs)? {
            match target {
                Some(target) => refs.insert(name, target),
                None => refs.remove(&name),
            };
        }
    }
    Ok(refs)
}

/// The objects that the ref `name` has named, as its log has them, the latest first.
pub fn log(folder: &Path, name: &[u8]) -> Result<Vec<ObjectId>, String> {
    let mut log = BTreeMap::new();
    for table in stack(folder)? {
        log.extend(table.read(Table::log)?);
    }
    let start = [name, b"\0"].concat();
    let own = log.into_iter().filter(|(key, _)| key.starts_with(&start));
    Ok(own.filter_map(|(_, id)| id).collect())
}

/// One of the files of a stack.
struct Table {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The tables in `folder`, the earliest first.
fn stack(folder: &Path) -> Result<Vec<Table>, String> {
    let load = |name: &str| {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(Table { path, bytes })
    };
    let list: Table = load("tables.list")?;
    let list = String::from_utf8_lossy(&list.bytes).into_owned();
    list.lines().map(load).collect()
}

/// What begins a table.
struct Head {
    size: usize,
    block_size: usize,
    hash: gix::hash::Kind,
}

impl Table {
    fn read<T>(&self, records: fn(&Table) -> Option<T>) -> Result<T, String> {
        records(self).ok_or_else(|| format!("{}: damaged", self.path.display()))
    }

    fn head(&self) -> Option<Head> {
        let mut head = Bytes(self.bytes.strip_prefix(b"REFT")?);
        let version = head.number(1)?;
        let block_size = head.number(3)?;
        head.take(16)?;
        let (size, hash) = match version {
            1 => (24, gix::hash::Kind::Sha1),
            2 => match head.take(4)? {
                b"sha1" => (28, gix::hash::Kind::Sha1),
                b"s256" => (28, gix::hash::Kind::Sha256),
                _ => return None,
            },
            _ => return None,
        };
        Some(Head {
            size,
            block_size,
            hash,
        })
    }

    /// What stands before the footer, and the footer behind its copy of the head.
    fn parts(&self, head: &Head) -> Option<(&[u8], &[u8])> {
        let at = self.bytes.len().checked_sub(head.size + FOOT)?;
        let (body, footer) = self.bytes.split_at(at);
        Some((body, &footer[head.size..]))
    }

    /// `None` if it is no table.
    fn refs(&self) -> Option<Vec<Record>> {
        let head = self.head()?;
        let (table, _) = self.parts(&head)?;
        let mut records = Vec::new();
        // The first block begins with the file, so that its length counts the header.
        let mut start = 0;
        let mut first = head.size;
        while table.get(start + first) == Some(&b'r') {
            let length = Bytes(table.get(start + first + 1..)?).number(3)?;
            let block = table.get(start + first + 4..start + length)?;
            read_block(entries(block)?, head.hash, &mut records)?;
            // A block is filled up to its size with zeros, or the next one follows at once.
            start += match table.get(start + length) {
                Some(0) if length < head.block_size => head.block_size,
                Some(_) | None => length,
            };
            first = 0;
        }
        Some(records)
    }

    /// The log's entries, by ref and from the latest on, each with what the ref
    /// came to name; `None` for one that was deleted.
    fn log(&self) -> Option<Vec<(Vec<u8>, Option<ObjectId>)>> {
        let head = self.head()?;
        let (table, footer) = self.parts(&head)?;
        let mut records = Vec::new();
        let mut start = Bytes(footer.get(24..)?).number(8)?;
        // Where there are no refs, the log begins with the file.
        let mut first = if start == 0 { head.size } else { 0 };
        while table.get(start + first) == Some(&b'g') {
            let length = Bytes(table.get(start + first + 1..)?).number(3)?;
            let mut block = vec![0; length.checked_sub(first + 4)?];
            let packed = table.get(start + first + 4..)?;
            let (_, read, written) = Inflate::default().once(packed, &mut block).ok()?;
            if written != block.len() {
                return None;
            }
            read_log(entries(&block)?, head.hash, &mut records)?;
            start += first + 4 + read;
            first = 0;
        }
        Some(records)
    }
}

/// The size of a footer behind its copy of the head.
const FOOT: usize = 44;

/// The entries of a block, which its restarts follow.
fn entries(block: &[u8]) -> Option<Bytes<'_>> {
    let restarts = Bytes(block.get(block.len().checked_sub(2)?..)?).number(2)?;
    let end = block.len().checked_sub(2 + 3 * restarts)?;
    Some(Bytes(&block[..end]))
}

fn read_log(
    mut bytes: Bytes<'_>,
    hash: gix::hash::Kind,
    records: &mut Vec<(Vec<u8>, Option<ObjectId>)>,
) -> Option<()> {
    let mut key: Vec<u8> = Vec::new();
    while !bytes.0.is_empty() {
        let kind = bytes.key(&mut key)?;
        let mut new = None;
        if kind == 1 {
            bytes.take(hash.len_in_bytes())?;
            new = ObjectId::try_from(bytes.take(hash.len_in_bytes())?).ok();
            // Who did it, when and where, and why.
            for _ in 0..2 {
                let length = bytes.varint()?;
                bytes.take(length)?;
            }
            bytes.varint()?;
            bytes.take(2)?;
            let length = bytes.varint()?;
            bytes.take(length)?;
        } else if kind != 0 {
            return None;
        }
        records.push((key.clone(), new));
    }
    Some(())
}

fn read_block(
    mut bytes: Bytes<'_>,
    hash: gix::hash::Kind,
    records: &mut Vec<Record>,
) -> Option<()> {
    let mut name: Vec<u8> = Vec::new();
    while !bytes.0.is_empty() {
        let kind = bytes.key(&mut name)?;
        bytes.varint()?;
        let mut object = || {
            ObjectId::try_from(bytes.take(hash.len_in_bytes())?)
                .ok()
                .map(Target::Object)
        };
        let target = match kind {
            0 => None,
            1 => Some(object()?),
            2 => {
                let object = object()?;
                // What a tag leads to is in the tag.
                bytes.take(hash.len_in_bytes())?;
                Some(object)
            }
            3 => {
                let length = bytes.varint()?;
                Some(Target::Symbolic(bytes.take(length)?.to_vec()))
            }
            _ => return None,
        };
        records.push((name.clone(), target));
    }
    Some(())
}

/// What is still to be read.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// Reads what follows the part of `key` that is the same as in the entry before; gives the entry's kind.
    fn key(&mut self, key: &mut Vec<u8>) -> Option<usize> {
        let shared = self.varint()?;
        let rest = self.varint()?;
        let suffix = self.take(rest >> 3)?;
        if shared > key.len() {
            return None;
        }
        key.truncate(shared);
        key.extend_from_slice(suffix);
        Some(rest & 7)
    }

    /// A number of so many bytes, the highest first.
    fn number(&mut self, size: usize) -> Option<usize> {
        let bytes = self.take(size)?;
        Some(bytes.iter().fold(0, |n, &b| n << 8 | usize::from(b)))
    }

    /// A number as packs write the distance to a base.
    fn varint(&mut self) -> Option<usize> {
        let mut byte = self.number(1)?;
        let mut value = byte & 0x7f;
        while byte & 0x80 != 0 {
            byte = self.number(1)?;
            value = value.checked_add(1)?.checked_mul(128)? | (byte & 0x7f);
        }
        Some(value)
    }
}
