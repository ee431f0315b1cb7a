//! Windows told apart by the halves of their bytes, 64 positions at a time.
//!
//! Every anchor is in one of sixteen buckets. A shuffle looks up, for a half
//! byte, the set of eight buckets that have an anchor with that half byte in that place;
//! a position is a candidate if some bucket has all eight halves.
//!
//! With windows chosen by bytes alone, nanoseconds a byte of source text with
//! one, two, four sets of eight buckets, best of many runs on a busy Zen 4: 140
//! anchors 0.29, 0.27, 0.38; 282 0.45, 0.36, 0.42; 681 1.17, 0.59, 0.78; 1,261
//! 1.11, 0.78, 0.90. With two, on a Sapphire Rapids: 248 anchors 0.47, 647 0.53;
//! with windows that are rare in words 0.21 and 0.35.

use fearless_simd::{Avx2, SimdInto, kernel, u8x32};
use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_movemask_epi8, _mm256_or_si256,
    _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_srli_epi16,
};

use super::deal::{Mould, bytes_at, deal};
use super::frequency::frequency;
use super::{Anchor, BEYOND, TILE, Verifier, WINDOW, blocks};

pub(super) struct Filter {
    pub(super) verifier: Verifier,
    tables: Box<[Tables; 2]>,
}

/// For eight buckets: by place in the window, the tables of low and of high
/// halves. Twice each, because a shuffle works on each half of the vector by itself.
type Tables = [[[u8; 32]; 2]; WINDOW];

impl Filter {
    pub(super) fn new(anchors: &[Anchor]) -> Filter {
        let (windows, buckets) = deal(&Chances::new(), anchors, 16);
        let mut tables = [[[[0_u8; 32]; 2]; WINDOW]; 2];
        for (bucket, of) in buckets.iter().enumerate() {
            for (place, halves) in tables[bucket / 8].iter_mut().enumerate() {
                for (table, set) in halves.iter_mut().zip([of.low[place], of.high[place]]) {
                    for (nibble, buckets) in table.iter_mut().enumerate() {
                        *buckets |= u8::from(set >> (nibble % 16) & 1 != 0) << (bucket % 8);
                    }
                }
            }
        }
        Filter {
            verifier: Verifier::new(anchors, &windows),
            tables: Box::new(tables),
        }
    }

    /// A bit for every position of `text` that may be a window's; gives one for every block that has such.
    pub(super) fn masks(&self, avx2: Avx2, text: &[u8], masks: &mut [u64; TILE]) -> u64 {
        find(avx2, &self.tables, text, masks)
    }
}

kernel!(
    #[inline]
    fn find(avx2: Avx2, tables: &[Tables; 2], text: &[u8], masks: &mut [u64; TILE]) -> u64 {
        let load = |bytes: &[u8]| -> __m256i {
            let bytes: [u8; 32] = bytes.try_into().expect("32 bytes");
            let bytes: u8x32<Avx2> = bytes.simd_into(avx2);
            bytes.into()
        };
        let low_half = _mm256_set1_epi8(0x0f);
        let half = |block: &[u8; 32 + BEYOND]| -> u32 {
            let mut sets = [_mm256_set1_epi8(-1); 2];
            for place in 0..WINDOW {
                let bytes = load(&block[place..place + 32]);
                let low = _mm256_and_si256(bytes, low_half);
                let high = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), low_half);
                for (set, tables) in sets.iter_mut().zip(tables) {
                    let [lows, highs] = &tables[place];
                    let both = _mm256_and_si256(
                        _mm256_shuffle_epi8(load(lows), low),
                        _mm256_shuffle_epi8(load(highs), high),
                    );
                    *set = _mm256_and_si256(*set, both);
                }
            }
            let any = _mm256_or_si256(sets[0], sets[1]);
            !_mm256_movemask_epi8(_mm256_cmpeq_epi8(any, _mm256_setzero_si256())) as u32
        };
        let mut marked = 0;
        for (number, mask, block) in blocks(text, masks) {
            let low = half(block[..32 + BEYOND].try_into().expect("that long"));
            let high = half(block[32..].try_into().expect("that long"));
            *mask = u64::from(low) | u64::from(high) << 32;
            marked |= u64::from(*mask != 0) << number;
        }
        marked
    }
);

/// What the windows of some anchors have in common: by place, which half bytes occur.
#[derive(Clone, Copy, Default)]
struct Halves {
    low: [u16; WINDOW],
    high: [u16; WINDOW],
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
    fn of_bucket(&self, halves: &Halves) -> f32 {
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

impl Mould for Chances {
    type Form = Halves;

    fn of(&self, anchor: &Anchor, offset: usize) -> Halves {
        let mut halves = Halves::default();
        for place in 0..WINDOW {
            let Some(bytes) = bytes_at(anchor, offset, place) else {
                halves.low[place] = u16::MAX;
                halves.high[place] = u16::MAX;
                continue;
            };
            for byte in bytes {
                halves.low[place] |= 1 << (byte & 15);
                halves.high[place] |= 1 << (byte >> 4);
            }
        }
        halves
    }

    fn joined(&self, a: &Halves, b: &Halves) -> (Halves, f32) {
        let halves = Halves {
            low: std::array::from_fn(|i| a.low[i] | b.low[i]),
            high: std::array::from_fn(|i| a.high[i] | b.high[i]),
        };
        (halves, self.of_bucket(&halves))
    }
}
