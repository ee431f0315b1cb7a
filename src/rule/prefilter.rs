//! One pass that finds every anchor of every rule.

use std::ops::Range;

use memchr::memmem::Finder;

/// An anchor, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub start: usize,
    pub anchor: u16,
}

/// Finds literals; matching ignores ASCII case.
pub struct Prefilter {
    finders: Vec<Finder<'static>>,
}

impl Prefilter {
    pub fn new(anchors: &[Vec<u8>]) -> Prefilter {
        Prefilter {
            finders: anchors
                .iter()
                .map(|a| Finder::new(a).into_owned())
                .collect(),
        }
    }

    /// Appends to `hits`, sorted, every anchor that begins in `core`.
    pub fn find(&self, bytes: &[u8], core: Range<usize>, hits: &mut Vec<Hit>) {
        for (anchor, finder) in self.finders.iter().enumerate() {
            let end = bytes.len().min(core.end + finder.needle().len() - 1);
            if core.start > end {
                continue;
            }
            hits.extend(finder.find_iter(&bytes[core.start..end]).map(|i| Hit {
                start: core.start + i,
                anchor: anchor as u16,
            }));
        }
        hits.sort_unstable();
    }
}
