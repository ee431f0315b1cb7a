//! Cheap checks around an anchor, made before any regex runs.

/// What may stand before an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Before {
    /// Anything.
    Any,
    /// No letter, digit, `_` or `-`: the anchor begins a token. Scripts that
    /// write without blanks, punctuation beyond ASCII, a terminal's colours and
    /// the letter of a short option end one.
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
                    || follows_colour(bytes, start)
                    || follows_short_option(bytes, start)
            }
            Before::Emphasis => {
                let marks = marks_before(bytes, start);
                Before::Boundary.allows(bytes, start)
                    || ((1..=2).contains(&marks) && Before::Boundary.allows(bytes, start - marks))
            }
        }
    }
}

/// Whether `text` begins with `anchor`, in either case.
pub(super) fn begins_with(text: &[u8], anchor: &[u8]) -> bool {
    text.len() >= anchor.len() && text[..anchor.len()].eq_ignore_ascii_case(anchor)
}

/// The letters and digits of `text`, in lower case: what names have in common however they are written.
pub(super) fn letters_and_digits(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    plain.extend(
        text.iter()
            .filter(|b| b.is_ascii_alphanumeric())
            .map(u8::to_ascii_lowercase),
    );
    plain
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
/// character (`\u003d`, `\x22`, `%3D`, `=3D`). `\b` and others are left out: in a
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
        || code(2, b"=")
}

/// Whether a terminal's colour ends before `start`: `ESC [ 1 ; 3 1 m`, the
/// escape itself, spelled out, or lost on the way.
fn follows_colour(bytes: &[u8], start: usize) -> bool {
    let before = &bytes[start.saturating_sub(16)..start];
    let Some(before) = before.strip_suffix(b"m") else {
        return false;
    };
    let codes = before
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    let before = &before[..before.len() - codes];
    before.strip_suffix(b"[").is_some_and(|before| {
        codes > 0
            || [
                &b"\x1b"[..],
                b"\\e",
                b"\\x1b",
                b"\\x1B",
                b"\\033",
                b"\\u001b",
            ]
            .iter()
            .any(|escape| before.ends_with(escape))
    })
}

/// Whether the token is glued to a short option that takes a user, a password
/// or a key, `-uak_...`, or to the sign of a line taken out or in, or of a list.
fn follows_short_option(bytes: &[u8], start: usize) -> bool {
    let opens = |before: &[u8]| {
        before
            .last()
            .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\''))
    };
    match &bytes[..start] {
        [before @ .., b'-', b'u' | b'U' | b'k' | b'K' | b'p' | b't'] => opens(before),
        [before @ .., b'-'] => before.last().is_none_or(|b| *b == b'\n'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_a_token_start() {
        let cases: [(&str, bool); 27] = [
            ("ak_", true),
            ("=ak_", true),
            ("\"ak_", true),
            ("xak_", false),
            ("_ak_", false),
            ("x-ak_", false),
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
            ("\x1b[32mak_", true),
            ("\x1b[mak_", true),
            ("\\e[1;31mak_", true),
            ("[31mak_", true),
            ("[mak_", false),
            ("a[i]mak_", false),
            ("curl -uak_", true),
            ("x-uak_", false),
            ("-ak_", true),
            ("+\n-ak_", true),
            ("a -ak_", false),
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
