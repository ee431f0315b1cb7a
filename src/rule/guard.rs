//! Cheap checks around an anchor, made before any regex runs.

/// What may stand before an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// Anything.
    Any,
    /// No letter, digit, `_` or `-`, and nothing beyond ASCII: the anchor begins a token.
    Boundary,
}

impl Before {
    /// Whether the anchor at `start` may stand where it does.
    pub fn allows(self, bytes: &[u8], start: usize) -> bool {
        match self {
            Before::Any => true,
            Before::Boundary => {
                start == 0 || !is_token_byte(bytes[start - 1]) || follows_escape(bytes, start)
            }
        }
    }
}

/// Letters, digits, `_`, `-`, and every byte of a character beyond ASCII.
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

/// Whether what stands before `start` is an escaped line end or tab (`\n`,
/// `\r`, `\t`) of a string, whose letter belongs to no token. `\b` and others
/// are left out: in a Windows path `\bak_help.pdf` the letter is the name's.
fn follows_escape(bytes: &[u8], start: usize) -> bool {
    start >= 2 && matches!(bytes[start - 1], b'n' | b'r' | b't') && {
        let slashes = bytes[..start - 1]
            .iter()
            .rev()
            .take_while(|&&b| b == b'\\')
            .count();
        slashes % 2 == 1 || slashes >= 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_a_token_start() {
        let cases: [(&str, bool); 9] = [
            ("ak_", true),
            ("=ak_", true),
            ("\"ak_", true),
            ("xak_", false),
            ("_ak_", false),
            ("-ak_", false),
            ("éak_", false),
            ("\\nak_", true),
            ("\\bak_", false),
        ];
        for (text, expected) in cases {
            let start = text.len() - 3;
            assert_eq!(
                Before::Boundary.allows(text.as_bytes(), start),
                expected,
                "{text}"
            );
        }
    }
}
