//! Windows told apart by the halves of their bytes, 64 positions at a time.
//!
//! Every anchor is in one of eight or sixteen buckets. A shuffle looks up, for a half
//! byte, the set of eight buckets that have an anchor with that half byte in that place;
//! a position is a candidate if some bucket has all eight halves.

use std::arch::x86_64::__m256i;

use pulp::bytemuck::cast;
use pulp::x86::V3;

use super::frequency::frequency;
use super::{Anchor, BEYOND, BLOCK, CASE, TILE, Verifier, WINDOW};

pub(super) struct Filter {
    pub(super) verifier: Verifier,
    tables: Vec<Tables>,
}

/// For eight buckets: by place in the window, the tables of low and of high halves.
type Tables = [[__m256i; 2]; WINDOW];

impl Filter {
    pub(super) fn new(anchors: &[Anchor]) -> Filter {
        // Nanoseconds a byte of source text with one, two, four sets, best of
        // many runs on a busy machine: 140 anchors 0.29, 0.27, 0.38; 282 0.45,
        // 0.36, 0.42; 681 1.17, 0.59, 0.78; 1,261 1.11, 0.78, 0.90.
        match anchors.len() {
            0..=160 => Filter::with_sets(anchors, 1),
            _ => Filter::with_sets(anchors, 2),
        }
    }

    /// With `sets` times eight buckets; one set or two.
    pub(super) fn with_sets(anchors: &[Anchor], sets: usize) -> Filter {
        let (windows, buckets) = deal(anchors, sets * 8);
        let tables = buckets
            .chunks(8)
            .map(|eight| {
                std::array::from_fn(|place| {
                    let mut halves = [[0_u8; 16]; 2];
                    for (bucket, of) in eight.iter().enumerate() {
                        for (half, sets) in halves.iter_mut().zip([of.low[place], of.high[place]]) {
                            for (nibble, buckets) in half.iter_mut().enumerate() {
                                *buckets |= u8::from(sets >> nibble & 1 != 0) << bucket;
                            }
                        }
                    }
                    // The shuffle works on each half of the vector by itself.
                    halves.map(|h| cast([h, h]))
                })
            })
            .collect();
        Filter {
            verifier: Verifier::new(anchors, &windows),
            tables,
        }
    }

    /// A bit for every position of `text` that may be a window's.
    pub(super) fn masks(&self, v3: V3, text: &[u8], masks: &mut [u64; TILE]) {
        match self.tables.as_slice() {
            [a] => masks_of(v3, &[*a], text, masks),
            tables => masks_of::<2>(v3, tables.try_into().expect("one set or two"), text, masks),
        }
    }
}

fn masks_of<const SETS: usize>(
    v3: V3,
    tables: &[Tables; SETS],
    text: &[u8],
    masks: &mut [u64; TILE],
) {
    struct Run<'r, const SETS: usize>(V3, &'r [Tables; SETS], &'r [u8], &'r mut [u64; TILE]);
    impl<const SETS: usize> pulp::NullaryFnOnce for Run<'_, SETS> {
        type Output = ();

        #[inline(always)]
        fn call(self) {
            let Run(v3, tables, text, masks) = self;
            let positions = text.len() - BEYOND;
            for (mask, at) in masks.iter_mut().zip((0..positions).step_by(BLOCK)) {
                let block: &[u8; BLOCK + BEYOND] =
                    text[at..at + BLOCK + BEYOND].try_into().expect("that long");
                let (low, high) = (
                    half::<SETS, 0>(v3, tables, block),
                    half::<SETS, 32>(v3, tables, block),
                );
                *mask = u64::from(low) | u64::from(high) << 32;
            }
        }
    }
    v3.vectorize(Run(v3, tables, text, masks));
}

#[inline(always)]
fn half<const SETS: usize, const AT: usize>(
    v3: V3,
    tables: &[Tables; SETS],
    block: &[u8; BLOCK + BEYOND],
) -> u32 {
    let low_half = v3.avx._mm256_set1_epi8(0x0f);
    let mut sets = [v3.avx._mm256_set1_epi8(-1); SETS];
    for place in 0..WINDOW {
        let bytes: [u8; 32] = block[AT + place..AT + place + 32]
            .try_into()
            .expect("32 bytes");
        let bytes: __m256i = cast(bytes);
        let low = v3.avx2._mm256_and_si256(bytes, low_half);
        let high = v3
            .avx2
            ._mm256_and_si256(v3.avx2._mm256_srli_epi16::<4>(bytes), low_half);
        for (set, tables) in sets.iter_mut().zip(tables) {
            let [lows, highs] = tables[place];
            let both = v3.avx2._mm256_and_si256(
                v3.avx2._mm256_shuffle_epi8(lows, low),
                v3.avx2._mm256_shuffle_epi8(highs, high),
            );
            *set = v3.avx2._mm256_and_si256(*set, both);
        }
    }
    let mut any = sets[0];
    for set in &sets[1..] {
        any = v3.avx2._mm256_or_si256(any, *set);
    }
    let none = v3
        .avx2
        ._mm256_cmpeq_epi8(any, v3.avx._mm256_setzero_si256());
    !v3.avx2._mm256_movemask_epi8(none) as u32
}

/// What the windows of some anchors have in common: by place, which half bytes occur.
#[derive(Clone, Copy, Default)]
struct Halves {
    low: [u16; WINDOW],
    high: [u16; WINDOW],
}

impl Halves {
    fn of(anchor: &Anchor, offset: usize) -> Halves {
        let mut halves = Halves::default();
        for place in 0..WINDOW {
            let Some(&byte) = anchor.window(offset).get(place) else {
                halves.low[place] = u16::MAX;
                halves.high[place] = u16::MAX;
                continue;
            };
            halves.low[place] |= 1 << (byte & 15);
            halves.high[place] |= 1 << (byte >> 4);
            if anchor.ignore_case && byte.is_ascii_alphabetic() {
                halves.high[place] |= 1 << ((byte ^ CASE) >> 4);
            }
        }
        halves
    }

    fn with(self, other: Halves) -> Halves {
        Halves {
            low: std::array::from_fn(|i| self.low[i] | other.low[i]),
            high: std::array::from_fn(|i| self.high[i] | other.high[i]),
        }
    }
}

/// Sums of byte frequencies: by high half, by the low halves below and above eight.
struct Chances(Vec<[[f32; 256]; 2]>);

impl Chances {
    fn new() -> Chances {
        Chances(
            (0..16_u8)
                .map(|high| {
                    std::array::from_fn(|part| {
                        let mut sums = [0.0_f32; 256];
                        for set in 1..256_usize {
                            let low = set.trailing_zeros() as u8 + 8 * part as u8;
                            sums[set] = sums[set & (set - 1)] + frequency(high << 4 | low);
                        }
                        sums
                    })
                })
                .collect(),
        )
    }

    /// How likely a position of some text is a candidate for a bucket of these.
    fn of(&self, halves: &Halves) -> f32 {
        let mut chance = 1.0;
        for place in 0..WINDOW {
            let low = halves.low[place];
            let mut high = halves.high[place];
            if low & high == u16::MAX {
                continue;
            }
            let mut sum = 0.0;
            while high != 0 {
                let sums = &self.0[high.trailing_zeros() as usize];
                sum += sums[0][usize::from(low & 0xff)] + sums[1][usize::from(low >> 8)];
                high &= high - 1;
            }
            chance *= sum;
        }
        chance
    }
}

/// A window for each anchor, and the anchors dealt into buckets, so that few positions of a text are candidates.
fn deal(anchors: &[Anchor], count: usize) -> (Vec<usize>, Vec<Halves>) {
    let chances = Chances::new();
    // The anchors that cost most whatever is done choose their places first.
    let mut order: Vec<(f32, usize)> = anchors
        .iter()
        .enumerate()
        .map(|(index, anchor)| {
            let least = anchor
                .offsets()
                .map(|o| chances.of(&Halves::of(anchor, o)))
                .fold(f32::INFINITY, f32::min);
            (least, index)
        })
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut buckets = vec![(Halves::default(), 0.0); count];
    let mut windows = vec![0; anchors.len()];
    for (_, index) in order {
        let anchor = &anchors[index];
        let mut best = (f32::INFINITY, 0, 0, Halves::default(), 0.0);
        for offset in anchor.offsets() {
            let halves = Halves::of(anchor, offset);
            for (bucket, (of, cost)) in buckets.iter().enumerate() {
                let merged = of.with(halves);
                let new = chances.of(&merged);
                if new - cost < best.0 {
                    best = (new - cost, bucket, offset, merged, new);
                }
            }
        }
        let (_, bucket, offset, merged, cost) = best;
        buckets[bucket] = (merged, cost);
        windows[index] = offset;
    }
    (
        windows,
        buckets.into_iter().map(|(halves, _)| halves).collect(),
    )
}
