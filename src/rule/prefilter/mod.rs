//! One pass that finds every anchor of every rule.
//!
//! A filter marks positions where a window of four bytes could stand, a bitmap
//! of hashed windows refuses most of them, and what is left is compared. Each
//! anchor is known by the window that source text holds least often.
//!
//! What the vectors make of it is measured in `avx512` and `avx2`; the portable way makes
//! 0.4 to 0.5 GB/s. `cargo bench --bench stages prefilter` measures both.
//!
//! Tried and left: a bitmap with two bits a window (what passes it wrongly are
//! common windows that some anchor really has), filters that look at five or
//! six bytes.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod deal;
mod frequency;
mod window;

use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use frequency::rarest_window;
use window::hash;

/// An anchor, and where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    pub start: usize,
    pub anchor: u16,
}

/// A literal that a rule waits for, of three bytes or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    pub bytes: Vec<u8>,
    /// ASCII letters match in either case.
    pub ignore_case: bool,
}

/// Finds literals. The time per byte hardly depends on their number, and
/// building one takes a fraction of a millisecond for hundreds of them.
pub struct Prefilter {
    anchors: Vec<Anchor>,
    /// Serves the first bytes of a run, and machines without the vectors.
    quick: Verifier,
    seen: AtomicUsize,
    #[cfg(target_arch = "x86_64")]
    vectors: Option<Vectors>,
}

/// The widest vectors there are, and the filter for them once it is made.
#[cfg(target_arch = "x86_64")]
enum Vectors {
    Avx512(fearless_simd::Avx512, OnceLock<avx512::Filter>),
    Avx2(fearless_simd::Avx2, OnceLock<avx2::Filter>),
}

/// The blocks that masks speak of, one bit a position.
const BLOCK: usize = 64;
/// How many blocks are filtered before the survivors are verified: as many as a
/// mask of blocks has bits, since most blocks have no survivor.
const TILE: usize = 64;
/// How many candidates are collected before they are looked at.
const FOUND: usize = 512;
/// The bytes of an anchor that filters look at.
const WINDOW: usize = 4;
/// What a filter reads beyond the last position it speaks of.
const BEYOND: usize = WINDOW - 1;
/// No window begins further into its anchor, which keeps hits nearly in order.
const DEEPEST: usize = 24;
/// Text to be seen, for each anchor, before a filter is worth its making.
const PATIENCE: usize = 1024;

impl Prefilter {
    pub fn new(anchors: Vec<Anchor>) -> Prefilter {
        assert!(
            anchors.iter().all(|a| a.bytes.len() >= 3),
            "rule::load refuses anchors of fewer than three bytes"
        );
        let windows: Vec<usize> = anchors.iter().map(rarest_window).collect();
        Prefilter {
            quick: Verifier::new(&anchors, &windows),
            anchors,
            seen: AtomicUsize::new(0),
            #[cfg(target_arch = "x86_64")]
            vectors: Vectors::new(),
        }
    }

    /// One for the first `count` anchors of this.
    pub fn of_first(&self, count: usize) -> Prefilter {
        Prefilter::new(self.anchors[..count].to_vec())
    }

    /// Appends to `hits`, sorted, every anchor that begins in `core`. What of
    /// `bytes` is beyond `core` is read where an anchor reaches into it.
    pub fn find(&self, bytes: &[u8], core: Range<usize>, hits: &mut Vec<Hit>) {
        let core = core.start..core.end.min(bytes.len());
        if core.is_empty() || self.anchors.is_empty() {
            return;
        }
        #[cfg(target_arch = "x86_64")]
        match &self.vectors {
            Some(Vectors::Avx512(avx512, filter)) if self.is_worth(filter, core.len()) => {
                let filter = filter.get_or_init(|| avx512::Filter::new(&self.anchors));
                let masks =
                    |text: &[u8], masks: &mut [u64; TILE]| filter.masks(*avx512, text, masks);
                return self.scan(&filter.verifier, &masks, bytes, core, hits);
            }
            Some(Vectors::Avx2(avx2, filter)) if self.is_worth(filter, core.len()) => {
                let filter = filter.get_or_init(|| avx2::Filter::new(&self.anchors));
                let masks = |text: &[u8], masks: &mut [u64; TILE]| filter.masks(*avx2, text, masks);
                return self.scan(&filter.verifier, &masks, bytes, core, hits);
            }
            Some(_) | None => {}
        }
        let masks = |text: &[u8], masks: &mut [u64; TILE]| self.quick.masks(text, masks);
        self.scan(&self.quick, &masks, bytes, core, hits);
    }

    /// Whether there is a filter, or was enough text to pay for it.
    #[cfg(target_arch = "x86_64")]
    fn is_worth<F>(&self, filter: &OnceLock<F>, length: usize) -> bool {
        filter.get().is_some()
            || self.seen.fetch_add(length, Ordering::Relaxed) + length
                >= PATIENCE * self.anchors.len()
    }

    #[inline(always)]
    fn scan(
        &self,
        verifier: &Verifier,
        masks_of: &impl Fn(&[u8], &mut [u64; TILE]) -> u64,
        bytes: &[u8],
        core: Range<usize>,
        hits: &mut Vec<Hit>,
    ) {
        let mut judge = Judge {
            anchors: &self.anchors,
            verifier,
            bytes,
            core: core.clone(),
            first: hits.len(),
            hits,
            found: [0; FOUND],
        };
        let end = bytes.len().min(core.end + verifier.deepest);
        let mut at = core.start;
        let mut masks = [0; TILE];
        while at < end {
            let whole = bytes.len().saturating_sub(at + BEYOND) / BLOCK;
            let blocks = whole.min((end - at).div_ceil(BLOCK)).min(TILE);
            if blocks == 0 {
                break;
            }
            let text = &bytes[at..at + blocks * BLOCK + BEYOND];
            let marked = masks_of(text, &mut masks);
            judge.candidates(text, marked, &masks, at);
            at += blocks * BLOCK;
        }
        if at < end {
            // What is left is shorter than a block and what is read beyond it.
            let mut text = [0; 2 * BLOCK + BEYOND];
            let rest = &bytes[at..];
            let rest = &rest[..rest.len().min(text.len())];
            text[..rest.len()].copy_from_slice(rest);
            let marked = masks_of(&text, &mut masks);
            judge.candidates(&text, marked, &masks, at);
        }
    }
}

#[cfg(target_arch = "x86_64")]
impl Vectors {
    fn new() -> Option<Vectors> {
        let level = fearless_simd::Level::new();
        match level.as_avx512() {
            Some(avx512) => Some(Vectors::Avx512(avx512, OnceLock::new())),
            None => Some(Vectors::Avx2(level.as_avx2()?, OnceLock::new())),
        }
    }
}

/// Compares what a filter let through.
struct Judge<'a> {
    anchors: &'a [Anchor],
    verifier: &'a Verifier,
    bytes: &'a [u8],
    core: Range<usize>,
    hits: &'a mut Vec<Hit>,
    /// Where this pass's hits begin.
    first: usize,
    /// Positions of candidates; kept so that it is cleared once.
    found: [u16; FOUND],
}

impl Judge<'_> {
    /// Verifies the positions of `text` that `masks` has bits for, in the blocks
    /// that `marked` has bits for; `text` is found at `at`.
    #[inline(always)]
    fn candidates(&mut self, text: &[u8], mut marked: u64, masks: &[u64; TILE], at: usize) {
        // Branches on how many candidates a block has, and on which of them pass, would be
        // mispredicted: so a few are written down whether they are there or not. A block's
        // end fits where all of it does, as it is a whole number of these few.
        const AT_ONCE: usize = 4;
        let mut count = 0;
        while marked != 0 {
            let block = marked.trailing_zeros() as usize;
            marked &= marked - 1;
            let mut mask = masks[block];
            let end = count + mask.count_ones() as usize;
            loop {
                for place in &mut self.found[count..count + AT_ONCE] {
                    *place = (block * BLOCK) as u16 + mask.trailing_zeros() as u16;
                    mask &= mask.wrapping_sub(1);
                }
                count += AT_ONCE;
                if count >= end {
                    break;
                }
            }
            count = end;
            if count > FOUND - BLOCK {
                self.pass(text, at, count);
                count = 0;
            }
        }
        self.pass(text, at, count);
    }

    /// Compares those of the first `count` found that pass the bitmap.
    #[inline(always)]
    fn pass(&mut self, text: &[u8], at: usize, count: usize) {
        let mut passed = 0;
        for i in 0..count {
            let position = self.found[i];
            self.found[passed] = position;
            passed += usize::from(self.verifier.passes(window_at(text, usize::from(position))));
        }
        for i in 0..passed {
            let position = usize::from(self.found[i]);
            self.verify(at + position, window_at(text, position));
        }
    }

    fn verify(&mut self, window_start: usize, window: u32) {
        let (long, short) = (hash(window), hash_short(window));
        let bucket = self.verifier.bucket(long);
        if self.verifier.bit(long) {
            self.compare(window_start, bucket.clone());
        }
        if self.verifier.short && self.verifier.bit(short) {
            let other = self.verifier.bucket(short);
            if other != bucket || !self.verifier.bit(long) {
                self.compare(window_start, other);
            }
        }
    }

    fn compare(&mut self, window_start: usize, bucket: Range<usize>) {
        for entry in &self.verifier.entries[bucket] {
            let Some(start) = window_start.checked_sub(usize::from(entry.offset)) else {
                continue;
            };
            if !self.core.contains(&start) || !self.is_at(entry, start) {
                continue;
            }
            let hit = Hit {
                start,
                anchor: entry.anchor,
            };
            // Windows are met in order, anchors only nearly so.
            let mut place = self.hits.len();
            self.hits.push(hit);
            while place > self.first && self.hits[place - 1] > hit {
                self.hits.swap(place - 1, place);
                place -= 1;
            }
        }
    }

    fn is_at(&self, entry: &Entry, start: usize) -> bool {
        let text = &self.bytes[start..];
        let is_whole = || {
            let text = text.get(..entry.length as usize);
            text.is_some_and(|text| self.anchors[usize::from(entry.anchor)].equals(text))
        };
        match text.first_chunk() {
            Some(head) => {
                u64::from_le_bytes(*head) & entry.mask == entry.head
                    && (entry.length <= 8 || is_whole())
            }
            None => is_whole(),
        }
    }
}

impl Anchor {
    fn equals(&self, text: &[u8]) -> bool {
        if self.ignore_case {
            text.eq_ignore_ascii_case(&self.bytes)
        } else {
            text == self.bytes
        }
    }

    /// Where windows may begin.
    fn offsets(&self) -> Range<usize> {
        0..(self.bytes.len().saturating_sub(WINDOW) + 1).min(DEEPEST + 1)
    }

    fn window(&self, offset: usize) -> &[u8] {
        &self.bytes[offset..self.bytes.len().min(offset + WINDOW)]
    }
}

/// The anchors by a window each: a bitmap that refuses nearly all other
/// windows, and a table of what to compare.
struct Verifier {
    bits: Vec<u64>,
    /// For each bucket, where in `entries` it begins; one more for the end.
    starts: Vec<u16>,
    entries: Vec<Entry>,
    /// Whether there are windows of three bytes.
    short: bool,
    deepest: usize,
}

struct Entry {
    /// The anchor's first eight bytes, under the mask.
    head: u64,
    mask: u64,
    anchor: u16,
    /// The anchor's length.
    length: u32,
    /// Where in the anchor the window begins.
    offset: u8,
}

const BITMAP_BITS: u32 = 15;
const BUCKET_BITS: u32 = 11;

impl Verifier {
    /// `windows` says where each anchor's window begins.
    fn new(anchors: &[Anchor], windows: &[usize]) -> Verifier {
        let hashes: Vec<u32> = anchors
            .iter()
            .zip(windows)
            .map(|(anchor, &offset)| {
                let window = anchor.window(offset);
                let mut bytes = [0; WINDOW];
                bytes[..window.len()].copy_from_slice(window);
                match window.len() {
                    WINDOW => hash(u32::from_le_bytes(bytes)),
                    _ => hash_short(u32::from_le_bytes(bytes)),
                }
            })
            .collect();
        let mut bits = vec![0; 1 << (BITMAP_BITS - 6)];
        let mut starts = vec![0_u16; (1 << BUCKET_BITS) + 1];
        for hash in &hashes {
            bits[(hash >> (32 - BITMAP_BITS + 6)) as usize] |=
                1 << ((hash >> (32 - BITMAP_BITS)) & 63);
            starts[(hash >> (32 - BUCKET_BITS)) as usize + 1] += 1;
        }
        for bucket in 1..starts.len() {
            starts[bucket] += starts[bucket - 1];
        }
        let mut order: Vec<u16> = (0..anchors.len() as u16).collect();
        order.sort_by_key(|&a| hashes[usize::from(a)]);
        let entries = order
            .iter()
            .map(|&index| {
                Entry::new(
                    index,
                    &anchors[usize::from(index)],
                    windows[usize::from(index)],
                )
            })
            .collect();
        Verifier {
            bits,
            starts,
            entries,
            short: anchors.iter().any(|a| a.bytes.len() < WINDOW),
            deepest: windows.iter().copied().max().unwrap_or(0),
        }
    }

    #[inline(always)]
    fn passes(&self, window: u32) -> bool {
        self.bit(hash(window)) | (self.short && self.bit(hash_short(window)))
    }

    #[inline(always)]
    fn bit(&self, hash: u32) -> bool {
        let bits: &[u64; 1 << (BITMAP_BITS - 6)] = self
            .bits
            .as_slice()
            .try_into()
            .expect("made of this length");
        bits[(hash >> (32 - BITMAP_BITS + 6)) as usize] >> ((hash >> (32 - BITMAP_BITS)) & 63) & 1
            != 0
    }

    fn bucket(&self, hash: u32) -> Range<usize> {
        let bucket = (hash >> (32 - BUCKET_BITS)) as usize;
        usize::from(self.starts[bucket])..usize::from(self.starts[bucket + 1])
    }

    /// A bit for every position of `text` whose window passes; gives one for every block that has such.
    fn masks(&self, text: &[u8], masks: &mut [u64; TILE]) -> u64 {
        let mut marked = 0;
        for (number, mask, block) in blocks(text, masks) {
            *mask = 0;
            for position in 0..BLOCK {
                *mask |= u64::from(self.passes(window_at(block, position))) << position;
            }
            marked |= u64::from(*mask != 0) << number;
        }
        marked
    }
}

impl Entry {
    fn new(index: u16, anchor: &Anchor, offset: usize) -> Entry {
        let mut head = [0; 8];
        let mut mask = [0; 8];
        for (i, &byte) in anchor.bytes.iter().take(8).enumerate() {
            mask[i] = if anchor.ignore_case && byte.is_ascii_alphabetic() {
                !CASE
            } else {
                0xff
            };
            head[i] = byte & mask[i];
        }
        Entry {
            head: u64::from_le_bytes(head),
            mask: u64::from_le_bytes(mask),
            anchor: index,
            length: anchor.bytes.len() as u32,
            offset: offset as u8,
        }
    }
}

const CASE: u8 = 0x20;

/// The blocks of `text`, each with what is read beyond it, its number and its mask.
#[inline(always)]
fn blocks<'t>(
    text: &'t [u8],
    masks: &'t mut [u64; TILE],
) -> impl Iterator<Item = (usize, &'t mut u64, &'t [u8; BLOCK + BEYOND])> {
    let places = (0..text.len() - BEYOND).step_by(BLOCK);
    let masked = masks.iter_mut().zip(places).enumerate();
    masked.map(|(number, (mask, at))| {
        let block = text[at..at + BLOCK + BEYOND].try_into();
        (number, mask, block.expect("that long"))
    })
}

#[inline(always)]
fn window_at(text: &[u8], position: usize) -> u32 {
    let window = text[position..position + WINDOW].try_into();
    u32::from_le_bytes(window.expect("four bytes"))
}

/// Of a window's first three bytes.
#[inline(always)]
fn hash_short(window: u32) -> u32 {
    ((window & 0x00ff_ffff) | 0x0020_2020).wrapping_mul(0x9e37_79b1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn anchor(text: &str, ignore_case: bool) -> Anchor {
        Anchor {
            bytes: text.as_bytes().to_vec(),
            ignore_case,
        }
    }

    fn naive(anchors: &[Anchor], bytes: &[u8], core: Range<usize>) -> Vec<Hit> {
        let mut hits = Vec::new();
        for start in core {
            for (index, anchor) in anchors.iter().enumerate() {
                let text = bytes.get(start..start + anchor.bytes.len());
                if text.is_some_and(|t| anchor.equals(t)) {
                    hits.push(Hit {
                        start,
                        anchor: index as u16,
                    });
                }
            }
        }
        hits
    }

    /// The hits of the portable way, which those of the vectors must equal.
    fn found(anchors: &[Anchor], bytes: &[u8], core: Range<usize>) -> Vec<Hit> {
        let prefilter = Prefilter::new(anchors.to_vec());
        let mut quick = Vec::new();
        prefilter.seen.store(0, Ordering::Relaxed);
        let masks = |text: &[u8], masks: &mut [u64; TILE]| prefilter.quick.masks(text, masks);
        prefilter.scan(&prefilter.quick, &masks, bytes, core.clone(), &mut quick);
        prefilter.seen.store(1 << 40, Ordering::Relaxed);
        let mut hits = Vec::new();
        prefilter.find(bytes, core.clone(), &mut hits);
        assert_eq!(hits, quick);
        #[cfg(target_arch = "x86_64")]
        {
            let compare = |verifier: &Verifier, masks: &dyn Fn(&[u8], &mut [u64; TILE]) -> u64| {
                let mut other = Vec::new();
                let masks = |text: &[u8], found: &mut [u64; TILE]| masks(text, found);
                prefilter.scan(verifier, &masks, bytes, core.clone(), &mut other);
                assert_eq!(other, hits);
            };
            let level = fearless_simd::Level::new();
            if let Some(avx2) = level.as_avx2() {
                let filter = avx2::Filter::new(anchors);
                compare(&filter.verifier, &|text, masks| {
                    filter.masks(avx2, text, masks)
                });
            }
            if let Some(avx512) = level.as_avx512() {
                let filter = avx512::Filter::new(anchors);
                compare(&filter.verifier, &|text, masks| {
                    filter.masks(avx512, text, masks)
                });
            }
        }
        hits
    }

    #[test]
    fn a_hit_may_reach_beyond_the_core_and_never_beyond_the_text() {
        let anchors = [anchor("appkey", true), anchor("ak_", false)];
        for before in 0..150 {
            let text = format!("{}AppKeyak_", ".".repeat(before)).into_bytes();
            let expected = |start, anchor| Hit { start, anchor };
            assert_eq!(
                found(&anchors, &text, 0..before + 1),
                [expected(before, 0)],
                "{before}"
            );
            assert_eq!(found(&anchors, &text, 0..before), []);
            assert_eq!(
                found(&anchors, &text, before + 1..text.len()),
                [expected(before + 6, 1)]
            );
            assert_eq!(found(&anchors, &text[..before + 5], 0..before + 5), []);
        }
    }

    #[test]
    fn dense_hits_are_all_found() {
        let anchors = [anchor("ak_", false), anchor("AK_AK_AK_ak_ak_zz", true)];
        let text = b"ak_".repeat(5000);
        let hits = found(&anchors, &text, 0..text.len());
        assert_eq!(hits.len(), 5000);
    }

    #[test]
    fn every_number_of_anchors_is_found() {
        let mut state = 1_u64;
        let mut word = |length| -> String {
            let letter = |_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                char::from(b'a' + (state >> 59) as u8 % 26)
            };
            (0..length).map(letter).collect()
        };
        for count in [350, 450, 1050] {
            let anchors: Vec<Anchor> = (0..count)
                .map(|i| anchor(&word(3 + i % 9), i % 2 == 0))
                .collect();
            let mut text = Vec::new();
            for anchor in &anchors {
                text.extend(word(anchor.bytes.len() * 7 % 90).bytes());
                text.extend(anchor.bytes.to_ascii_uppercase());
                text.extend(&anchor.bytes);
            }
            let hits = found(&anchors, &text, 0..text.len());
            assert!(hits.len() > count);
            assert_eq!(hits, naive(&anchors, &text, 0..text.len()));
        }
    }

    fn anchors() -> impl Strategy<Value = Vec<Anchor>> {
        let small = proptest::collection::vec(
            prop_oneof![
                Just(b'a'),
                Just(b'A'),
                Just(b'_'),
                Just(b'k'),
                Just(0),
                any::<u8>()
            ],
            3..40,
        );
        let one =
            (small, any::<bool>()).prop_map(|(bytes, ignore_case)| Anchor { bytes, ignore_case });
        prop_oneof![
            proptest::collection::vec(one.clone(), 1..12),
            proptest::collection::vec(one.clone(), 13..60),
            proptest::collection::vec(one, 101..140),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn hits_are_those_of_a_naive_search(
            anchors in anchors(),
            pieces in proptest::collection::vec((any::<proptest::sample::Index>(), any::<bool>(), proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'k'), Just(b'_'), Just(b' '), Just(0), any::<u8>()], 0..70)), 0..60),
            core in (any::<proptest::sample::Index>(), any::<proptest::sample::Index>()),
        ) {
            let mut text = Vec::new();
            for (which, upper, filling) in pieces {
                let anchor = which.get(&anchors);
                text.extend(if upper { anchor.bytes.to_ascii_uppercase() } else { anchor.bytes.clone() });
                text.extend(filling);
            }
            let (a, b) = (core.0.index(text.len() + 1), core.1.index(text.len() + 1));
            let core = a.min(b)..a.max(b);
            prop_assert_eq!(found(&anchors, &text, core.clone()), naive(&anchors, &text, core));
        }
    }
}
