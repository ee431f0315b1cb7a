//! Windows told apart by whole bytes, 64 positions at a time.
//!
//! Every anchor is in one of 16 to 32 buckets. One permutation (`vpermb` of AVX-512
//! VBMI: Ice Lake, Zen 4 and later) looks up eight buckets of 64 bytes by their
//! lower six bits, so that only bytes 64 apart are taken for each other: letters
//! for digits and signs, never for other letters.
//!
//! Nanoseconds a byte of joined Rust source, in blocks of 96 KiB that lie in the
//! second cache, with two, three and four sets of eight buckets, best of 12 runs
//! on a Zen 4 with other work: 309 anchors 0.071, 0.076, 0.092; 400 anchors
//! 0.091, 0.092, 0.103; 500 anchors 0.124, 0.097, 0.114; 708 anchors 0.175,
//! 0.120, 0.129; with three and four, 900 anchors 0.145, 0.145; 1,094 anchors
//! 0.174, 0.158. Of that the vectors take 0.042, 0.059 and 0.076, and a window
//! that passes the bitmap about 36 ns. On a later AMD EPYC, hardly loaded, with three
//! and four sets: 550 anchors 0.067, 0.063; 650 anchors 0.081, 0.066; 841 anchors
//! 0.089, 0.076, of which the vectors take 0.034 and 0.045.

use fearless_simd::{Avx512, SimdInto, kernel, u8x64};
use std::arch::x86_64::{
    __m512i, _mm512_permutexvar_epi8, _mm512_setzero_si512, _mm512_ternarylogic_epi64,
    _mm512_test_epi8_mask,
};

use super::deal::{Mould, bytes_at, deal};
use super::frequency::frequency;
use super::{Anchor, BLOCK, TILE, Verifier, WINDOW, blocks};

pub(super) struct Filter {
    pub(super) verifier: Verifier,
    tables: Sets,
}

/// As many times eight buckets as the anchors are worth.
enum Sets {
    Two(Box<[Tables; 2]>),
    Three(Box<[Tables; 3]>),
    Four(Box<[Tables; 4]>),
}

/// Up to so many anchors two sets are the fastest, and three.
const FOR_TWO: usize = 400;
const FOR_THREE: usize = 700;

/// For eight buckets: by place in the window.
type Tables = [[u8; BLOCK]; WINDOW];

impl Filter {
    pub(super) fn new(anchors: &[Anchor]) -> Filter {
        let sets =
            2 + usize::from(anchors.len() > FOR_TWO) + usize::from(anchors.len() > FOR_THREE);
        let (windows, buckets) = deal(&Chances::new(), anchors, 8 * sets);
        let tables: Vec<Tables> = buckets.chunks(8).map(tables).collect();
        Filter {
            verifier: Verifier::new(anchors, &windows),
            tables: match *tables {
                [a, b] => Sets::Two(Box::new([a, b])),
                [a, b, c] => Sets::Three(Box::new([a, b, c])),
                [a, b, c, d] => Sets::Four(Box::new([a, b, c, d])),
                _ => unreachable!("two to four times eight buckets"),
            },
        }
    }

    /// A bit for every position of `text` that may be a window's; gives one for every block that has such.
    pub(super) fn masks(&self, avx512: Avx512, text: &[u8], masks: &mut [u64; TILE]) -> u64 {
        find(avx512, &self.tables, text, masks)
    }
}

/// Those of eight buckets.
fn tables(buckets: &[Classes]) -> Tables {
    let mut tables = [[0_u8; BLOCK]; WINDOW];
    for (bucket, of) in buckets.iter().enumerate() {
        for (place, table) in tables.iter_mut().enumerate() {
            for (class, buckets) in table.iter_mut().enumerate() {
                *buckets |= u8::from(of.classes[place] >> class & 1 != 0) << bucket;
            }
        }
    }
    tables
}

kernel!(
    #[inline]
    fn find(avx512: Avx512, tables: &Sets, text: &[u8], masks: &mut [u64; TILE]) -> u64 {
        let load = |bytes: &[u8]| -> __m512i {
            let bytes: [u8; BLOCK] = bytes.try_into().expect("64 bytes");
            let bytes: u8x64<Avx512> = bytes.simd_into(avx512);
            bytes.into()
        };
        // A macro, since what works on vectors here can be no generic function.
        macro_rules! find_in {
            ($tables:expr) => {{
                let tables = $tables.map(|set| set.map(|table| load(&table)));
                let mut marked = 0;
                for (number, mask, block) in blocks(text, masks) {
                    let places: [__m512i; WINDOW] =
                        std::array::from_fn(|place| load(&block[place..place + BLOCK]));
                    let mut any = _mm512_setzero_si512();
                    for set in &tables {
                        let [a, b, c, d] = std::array::from_fn(|place| {
                            _mm512_permutexvar_epi8(places[place], set[place])
                        });
                        // 0x80: in all three; 0xf8: in the first, or in both others.
                        let abc = _mm512_ternarylogic_epi64::<0x80>(a, b, c);
                        any = _mm512_ternarylogic_epi64::<0xf8>(any, abc, d);
                    }
                    *mask = _mm512_test_epi8_mask(any, any);
                    marked |= u64::from(*mask != 0) << number;
                }
                marked
            }};
        }
        match tables {
            Sets::Two(tables) => find_in!(tables),
            Sets::Three(tables) => find_in!(tables),
            Sets::Four(tables) => find_in!(tables),
        }
    }
);

/// What the windows of some anchors have in common: by place, which classes of
/// bytes occur, and how often text has one of them.
#[derive(Clone, Copy, Default)]
struct Classes {
    classes: [u64; WINDOW],
    shares: [f32; WINDOW],
}

/// How often text has a byte of each class.
struct Chances([f32; 64]);

impl Chances {
    fn new() -> Chances {
        let mut shares = [0.0; 64];
        for byte in 0..=u8::MAX {
            shares[usize::from(byte & 63)] += frequency(byte);
        }
        Chances(shares)
    }

    fn share(&self, mut classes: u64) -> f32 {
        let mut sum = 0.0;
        while classes != 0 {
            sum += self.0[classes.trailing_zeros() as usize];
            classes &= classes - 1;
        }
        sum
    }
}

impl Mould for Chances {
    type Form = Classes;

    fn of(&self, anchor: &Anchor, offset: usize) -> Classes {
        let classes = std::array::from_fn(|place| match bytes_at(anchor, offset, place) {
            Some(bytes) => bytes.iter().fold(0, |set, byte| set | 1 << (byte & 63)),
            None => u64::MAX,
        });
        Classes {
            classes,
            shares: classes.map(|set| self.share(set)),
        }
    }

    fn joined(&self, a: &Classes, b: &Classes) -> (Classes, f32) {
        let mut both = *a;
        for place in 0..WINDOW {
            both.shares[place] += self.share(b.classes[place] & !a.classes[place]);
            both.classes[place] |= b.classes[place];
        }
        (both, both.shares.iter().product())
    }
}
