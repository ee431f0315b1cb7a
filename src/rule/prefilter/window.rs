//! How windows are hashed; build.rs has this module too.

/// Of a window of four bytes, the same for either case.
#[inline(always)]
pub(super) fn hash(window: u32) -> u32 {
    (window | 0x2020_2020).wrapping_mul(0x9e37_79b1)
}

/// How many bits of a hash tell how common a window is.
pub(super) const GRAM_BITS: u32 = 15;
