//! The rest of a URL that is put together from several literals.

/// How far the pieces are read.
const PIECES: usize = 240;

/// A part of a concatenation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'b> {
    Literal(&'b [u8]),
    Expression(&'b [u8]),
}

/// What later literals of the concatenation add to the URL that ends at
/// `from`, with `\0` for the expressions between: `"http:.." + id + "/hit.json"`.
pub(super) fn continued(bytes: &[u8], from: usize) -> Option<String> {
    let mut joined = String::new();
    for piece in pieces(bytes, from)? {
        match piece {
            Piece::Literal(text) => joined.push_str(&String::from_utf8_lossy(text)),
            Piece::Expression(_) => joined.push('\0'),
        }
    }
    (!joined.is_empty()).then_some(joined)
}

/// What is joined to the literal that ends at `from`; `None` where one of the pieces has no end.
pub(super) fn pieces(bytes: &[u8], from: usize) -> Option<Vec<Piece<'_>>> {
    let text = &bytes[from..bytes.len().min(from + PIECES)];
    let quote = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let mut pieces = Vec::new();
    let mut at = 1;
    loop {
        at += blank(&text[at..]);
        let rest = &text[at..];
        let operator = rest
            .iter()
            .take_while(|b| matches!(b, b'+' | b'.' | b'~' | b'&'))
            .count();
        if operator > 0 {
            at += operator;
            at += blank(&text[at..]);
            if text.get(at) != Some(&quote) {
                let length = expression(&text[at..], quote);
                pieces.push(Piece::Expression(&text[at..at + length]));
                at += length;
            }
        }
        if text.get(at) != Some(&quote) {
            break;
        }
        let literal = &text[at + 1..];
        let length = memchr::memchr(quote, literal)?;
        pieces.push(Piece::Literal(&literal[..length]));
        at += length + 2;
    }
    Some(pieces)
}

fn blank(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_start().len()
}

/// The length of the expression up to the literal that is joined to it, or to its end.
fn expression(text: &[u8], quote: u8) -> usize {
    let mut depth = 0usize;
    for (i, &b) in text.iter().enumerate() {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' if depth > 0 => depth -= 1,
            b')' | b']' | b',' | b';' | b'\n' if depth == 0 => return i,
            _ if b == quote && depth == 0 => {
                let before = text[..i].trim_ascii_end();
                let joins = matches!(before.last(), Some(b'+' | b'.' | b'~' | b'&'));
                return if joins { i } else { text.len() };
            }
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_of_a_url_are_put_together() {
        let cases = [
            ("\" + id + \"/hit.json\";", Some("\0/hit.json")),
            ("' . $id . '/a'", Some("\0/a")),
            ("\"\n  \"search?a=1\"", Some("search?a=1")),
            ("\" + f(a, \"b\") + \"c\"", Some("\0c")),
            ("' .. id .. '/x'", Some("\0/x")),
            ("\" + id", Some("\0")),
            ("\", \"b\"", None),
            ("\";", None),
            (" a", None),
        ];
        for (text, expected) in cases {
            assert_eq!(continued(text.as_bytes(), 0).as_deref(), expected, "{text}");
        }
    }
}
