//! Cheap checks around an anchor, made before any regex runs.

/// What may stand before an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// Anything.
    Any,
    /// No letter, digit, `_` or `-`: the anchor begins a token. Scripts that
    /// write without blanks, and punctuation beyond ASCII, end one.
    Boundary,
    /// A boundary, or the one or two `_` that open emphasis in Markdown. Who
    /// takes such a token must see to it that they are closed.
    Emphasis,
}

impl Before {
    /// Whether the anchor at `start` may stand where it does.
    pub fn allows(self, bytes: &[u8], start: usize) -> bool {
        match self {
            Before::Any => true,
            Before::Boundary => {
                start == 0
                    || !is_token_byte(bytes[start - 1])
                    || follows_unspaced_script(bytes, start)
                    || follows_escape(bytes, start)
            }
            Before::Emphasis => {
                let marks = marks_before(bytes, start);
                Before::Boundary.allows(bytes, start)
                    || ((1..=2).contains(&marks) && Before::Boundary.allows(bytes, start - marks))
            }
        }
    }
}

/// How many `_` stand right before `start`; three stand for more.
pub fn marks_before(bytes: &[u8], start: usize) -> usize {
    let before = &bytes[start.saturating_sub(3)..start];
    before.iter().rev().take_while(|b| **b == b'_').count()
}

/// Letters, digits, `_`, `-`, and every byte of a character beyond ASCII.
pub fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80
}

/// Whether the character before `start` is punctuation beyond ASCII, or of a
/// script that puts no blank between words: `キー：ak_`, `密钥ak_`. Letters of
/// Latin, Greek, Cyrillic and their like join what follows into one word.
fn follows_unspaced_script(bytes: &[u8], start: usize) -> bool {
    bytes[start.saturating_sub(4)..start]
        .utf8_chunks()
        .last()
        .filter(|chunk| chunk.invalid().is_empty())
        .and_then(|chunk| chunk.valid().chars().next_back())
        .is_some_and(|c| c as u32 >= 0x80 && (!c.is_alphanumeric() || c as u32 >= 0x2E80))
}

/// Whether what stands before `start` ends an expression of another kind: an escape that stands for no letter
/// or digit: a line end or tab (`\n`, `\r`, `\t`), or the code of any other
/// character (`\u003d`, `\x22`, `%3D`). `\b` and others are left out: in a
/// Windows path `\bak_help.pdf` the letter is the name's.
fn follows_escape(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[..start];
    let code = |digits: usize, lead: &[u8]| {
        before
            .split_at_checked(start.wrapping_sub(digits))
            .is_some_and(|(before, code)| {
                before.ends_with(lead)
                    && std::str::from_utf8(code)
                        .ok()
                        .and_then(|code| u32::from_str_radix(code, 16).ok())
                        .is_some_and(|code| !is_token_byte(u8::try_from(code).unwrap_or(0)))
            })
    };
    // `${KEY:-ak_...}` is a shell's default.
    matches!(before, [.., b'\\', b'n' | b'r' | b't'] | [.., b':', b'-'])
        || code(4, b"\\u")
        || code(2, b"\\x")
        || code(2, b"%")
        || code(2, b"%25")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_a_token_start() {
        let cases: [(&str, bool); 16] = [
            ("ak_", true),
            ("=ak_", true),
            ("\"ak_", true),
            ("xak_", false),
            ("_ak_", false),
            ("-ak_", false),
            ("éak_", false),
            ("\\nak_", true),
            ("\\bak_", false),
            ("\\u003dak_", true),
            ("\\u0061ak_", false),
            ("\\x22ak_", true),
            ("%3Dak_", true),
            ("密钥ak_", true),
            ("：ak_", true),
            ("…ak_", true),
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
