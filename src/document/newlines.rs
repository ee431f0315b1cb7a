//! How many line ends there are: of a large file, all of it is counted.
//!
//! Nanoseconds a byte of joined Rust source that lies in the second cache: 64 bytes
//! at a time 0.005, with `memchr` 0.017.

/// The line feeds in `bytes`.
pub(super) fn newlines(bytes: &[u8]) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx512) = fearless_simd::Level::new().as_avx512() {
        return wide::count(avx512, bytes);
    }
    memchr::memchr_iter(b'\n', bytes).count()
}

#[cfg(target_arch = "x86_64")]
mod wide {
    use fearless_simd::{Avx512, SimdInto, kernel, u8x64};
    use std::arch::x86_64::{__m512i, _mm512_cmpeq_epi8_mask, _mm512_set1_epi8};

    const BLOCK: usize = 64;

    pub(super) fn count(avx512: Avx512, bytes: &[u8]) -> usize {
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let in_rest = rest.iter().filter(|b| **b == b'\n').count();
        in_blocks(avx512, blocks) + in_rest
    }

    kernel!(
        #[inline]
        fn in_blocks(avx512: Avx512, blocks: &[[u8; BLOCK]]) -> usize {
            let newline = _mm512_set1_epi8(b'\n' as i8);
            let mut count = 0;
            for block in blocks {
                let block: u8x64<Avx512> = (*block).simd_into(avx512);
                let block: __m512i = block.into();
                count += _mm512_cmpeq_epi8_mask(block, newline).count_ones() as usize;
            }
            count
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_counted() {
        let text: Vec<u8> = (0..1000u32)
            .map(|i| if i * i % 7 == 1 { b'\n' } else { b'x' })
            .collect();
        for from in [0, 1, 63] {
            for to in from..text.len() {
                let part = &text[from..to];
                let expected = part.iter().filter(|b| **b == b'\n').count();
                assert_eq!(newlines(part), expected);
            }
        }
    }
}
