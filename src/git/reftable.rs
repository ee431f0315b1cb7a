//! Refs that are kept in tables, as git's `reftable` format has it: a stack of
//! files, of which a later one goes before an earlier one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gix::ObjectId;

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
    let load = |name: &str| {
        let path = folder.join(name);
        fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))
    };
    let list = load("tables.list")?;
    let mut refs = BTreeMap::new();
    for name in String::from_utf8_lossy(&list).lines() {
        let records = records(&load(name)?)
            .ok_or_else(|| format!("{}: damaged", folder.join(name).display()))?;
        for (name, target) in records {
            match target {
                Some(target) => refs.insert(name, target),
                None => refs.remove(&name),
            };
        }
    }
    Ok(refs)
}

/// What one table says; `None` if it is no table.
fn records(table: &[u8]) -> Option<Vec<Record>> {
    let mut head = Bytes(table.strip_prefix(b"REFT")?);
    let version = head.number(1)?;
    let block_size = head.number(3)?;
    head.take(16)?;
    let (head_size, hash) = match version {
        1 => (24, gix::hash::Kind::Sha1),
        2 => match head.take(4)? {
            b"sha1" => (28, gix::hash::Kind::Sha1),
            b"s256" => (28, gix::hash::Kind::Sha256),
            _ => return None,
        },
        _ => return None,
    };
    let footer_size = head_size + 44;
    let table = table.get(..table.len().checked_sub(footer_size)?)?;
    let mut records = Vec::new();
    // The first block begins with the file, so that its length counts the header.
    let mut start = 0;
    let mut first = head_size;
    while table.get(start + first) == Some(&b'r') {
        let length = Bytes(table.get(start + first + 1..)?).number(3)?;
        let block = table.get(start + first + 4..start + length)?;
        let restarts = Bytes(block.get(block.len().checked_sub(2)?..)?).number(2)?;
        let body = block.get(..block.len().checked_sub(2 + 3 * restarts)?)?;
        read_block(Bytes(body), hash, &mut records)?;
        // A block is filled up to its size with zeros, or the next one follows at once.
        start += match table.get(start + length) {
            Some(0) if length < block_size => block_size,
            Some(_) | None => length,
        };
        first = 0;
    }
    Some(records)
}

fn read_block(
    mut bytes: Bytes<'_>,
    hash: gix::hash::Kind,
    records: &mut Vec<Record>,
) -> Option<()> {
    let mut name: Vec<u8> = Vec::new();
    while !bytes.0.is_empty() {
        let shared = bytes.varint()?;
        let rest = bytes.varint()?;
        let suffix = bytes.take(rest >> 3)?;
        if shared > name.len() {
            return None;
        }
        name.truncate(shared);
        name.extend_from_slice(suffix);
        bytes.varint()?;
        let mut object = || {
            ObjectId::try_from(bytes.take(hash.len_in_bytes())?)
                .ok()
                .map(Target::Object)
        };
        let target = match rest & 7 {
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
