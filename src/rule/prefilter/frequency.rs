//! How often bytes stand in source text.

use super::window::{GRAM_BITS, hash};
use super::{Anchor, CASE, WINDOW};

/// How often windows stand in the words of source text, in ten million bytes,
/// by their hash: that of the commonest of them. Bytes alone do not tell: `vali`
/// and `heck` are made of rare letters, and stand in `value` and `check`.
static GRAMS: [u16; 1 << GRAM_BITS] = include!(concat!(env!("OUT_DIR"), "/grams.rs"));

/// How often the window stands in the words of source text, of all positions.
pub(super) fn gram(window: &[u8]) -> f32 {
    let Ok(window) = <[u8; WINDOW]>::try_from(window) else {
        return 0.0;
    };
    let hash = hash(u32::from_le_bytes(window));
    f32::from(GRAMS[(hash >> (32 - GRAM_BITS)) as usize]) / 10_000_000.0
}

/// How often a byte stands in source text, in 100,000: counted over 64 MiB of a dozen projects in as many languages.
const FREQUENCY: [u16; 128] = [
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1164, 3150, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    1, 1, 21048, 87, 1444, 140, 346, 28, 436, 446, 1103, 1105, 393, 48, 843, 845, 1074, 763, 285,
    219, 134, 60, 59, 47, 44, 25, 32, 28, 550, 584, 216, 551, 521, 59, 73, 270, 118, 335, 218, 399,
    155, 127, 154, 391, 29, 47, 184, 172, 213, 245, 225, 26, 305, 337, 426, 132, 78, 56, 30, 21,
    13, 238, 140, 238, 15, 1247, 127, 3791, 873, 2322, 1886, 6804, 1275, 1145, 1251, 3696, 104,
    417, 2377, 1531, 3379, 3454, 1742, 144, 3933, 3723, 5381, 1915, 570, 433, 396, 663, 77, 337,
    84, 337, 9, 1,
];

pub(super) fn frequency(byte: u8) -> f32 {
    f32::from(FREQUENCY.get(usize::from(byte)).copied().unwrap_or(10)) / 100_000.0
}

/// Where in the anchor the window stands that text holds least often.
pub(super) fn rarest_window(anchor: &Anchor) -> usize {
    let share = |byte: u8| {
        if anchor.ignore_case && byte.is_ascii_alphabetic() {
            frequency(byte) + frequency(byte ^ CASE)
        } else {
            frequency(byte)
        }
    };
    let chance = |offset: usize| -> f32 {
        let window = anchor.window(offset);
        gram(window) + window.iter().map(|&b| share(b)).product::<f32>()
    };
    let rarest = anchor
        .offsets()
        .map(|offset| (chance(offset), offset))
        .min_by(|a, b| a.0.total_cmp(&b.0));
    rarest.expect("offset 0 is always one").1
}
