//! A pattern that needs no judge: what its shape matches is a finding.

use super::{Match, Scene, Verdict};

/// The judge of `kind = "pattern"`.
pub struct PlainRule {
    summary: String,
    /// Below this many bits a byte, a secret is a placeholder.
    entropy: Option<f32>,
}

impl PlainRule {
    pub fn new(summary: String, entropy: Option<f32>) -> PlainRule {
        PlainRule { summary, entropy }
    }

    /// `None` for a secret of too little entropy.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let secret = &scene.bytes()[found.secret.clone()];
        if self.entropy.is_some_and(|least| entropy(secret) < least) {
            return None;
        }
        Some(Verdict {
            message: self.summary.clone(),
            highlight: found.secret.clone(),
            secrets: vec![found.secret.clone()],
            content: secret.to_vec(),
            ..Verdict::default()
        })
    }
}

/// Shannon's, in bits a byte.
fn entropy(bytes: &[u8]) -> f32 {
    let mut counts = [0_u16; 256];
    for &byte in bytes {
        counts[usize::from(byte)] += 1;
    }
    let length = bytes.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| f32::from(count) / length)
        .map(|share| -share * share.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entropy_counts_the_bits_of_a_byte() {
        assert_eq!(entropy(b"aaaa"), 0.0);
        assert_eq!(entropy(b"abab"), 1.0);
        assert_eq!(entropy(b"abcd"), 2.0);
    }
}
