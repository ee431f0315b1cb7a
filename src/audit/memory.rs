//! What an earlier run has scanned and found nothing in, so that the next one need not read it.

use std::path::Path;

use sha2::{Digest, Sha256};

use crate::git::objects::Objects;

/// Where results are kept between runs; never in the repository they are about.
pub struct Memory<'a> {
    /// Differs for whatever may find something else.
    pub key: [u8; 32],
    pub load: &'a (dyn Fn(&Path) -> Option<Vec<u8>> + Sync),
    pub save: &'a (dyn Fn(&Path, &[u8]) + Sync),
}

const HEAD: &[u8] = b"hushlint audit 1\n";
const HASH: usize = 32;

impl Memory<'_> {
    /// For each number, whether the object is known to hold nothing. What is
    /// damaged, or another rule set's, is as good as nothing.
    pub(super) fn recall(&self, root: &Path, objects: &Objects) -> Vec<bool> {
        let mut known = vec![false; objects.len() as usize];
        let bytes = (self.load)(root).unwrap_or_default();
        for id in self
            .ids(&bytes)
            .unwrap_or_default()
            .chunks_exact(width(objects))
        {
            if let Some(number) = objects.number_of(id) {
                known[number as usize] = true;
            }
        }
        known
    }

    /// The ids in a file, one behind the other.
    fn ids<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (body, check) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
        let rest = body.strip_prefix(HEAD)?.strip_prefix(&self.key)?;
        (Sha256::digest(body).as_slice() == check).then_some(rest)
    }

    /// Keeps what `clean`, numbers of objects, hold nothing.
    pub(super) fn keep(&self, root: &Path, objects: &Objects, mut clean: Vec<u32>) {
        clean.sort_unstable();
        let mut bytes = [HEAD, &self.key].concat();
        for number in clean {
            bytes.extend_from_slice(objects.id(number).as_bytes());
        }
        let check = Sha256::digest(&bytes);
        bytes.extend_from_slice(&check);
        (self.save)(root, &bytes);
    }
}

fn width(objects: &Objects) -> usize {
    objects.hash().len_in_bytes()
}
