//! Keys that do not stand in the text as they are: split over literals,
//! spelled in escapes, in hex or base64, or one of these inside another.
//!
//! Everything starts from an anchor: an image of `ak_` under a disguise, or
//! the image of such an image. What is undone is a bounded neighbourhood of
//! it, and every byte of the result remembers which bytes it came from.
//!
//! Left alone, as no code was seen to write keys so, or as it takes running
//! that code: three disguises in one another; text that is rotated, XORed,
//! compressed or encrypted; pieces put in by `replace(...)`, by name
//! (`%(rest)s`, `$rest` of a `Template`) or in another file; base64 whose prefix
//! is cut in two by anything but an encoder's line end; base64 folded at less than 60 characters.

mod join;
mod own;

use std::ops::Range;

use join::{LONGEST_JOINT, Walk, holds};
pub use own::Own;

use super::guard::{Before, is_token_byte};

const PREFIX: &[u8] = b"ak_";

/// Images of `ak_`. One that is not followed by the rest of an image costs a few comparisons.
const IMAGES: &[&str] = &[
    // In base64, where a group of four begins with it, or has one or two bytes before it.
    "YWtf",
    "FrX",
    "ha1", //
    // The same, where the encoder folded its line.
    "Fr\nX",
    "Fr\r\nX",
    "Fr\n  X",
    "Fr\n    X",
    "Fr\n      X",
    "h\na1",
    "h\r\na1",
    "h\n  a1",
    "h\n    a1",
    "h\n      a1", //
    // In base64 of UTF-16, as PowerShell takes its commands.
    "YQBrAF8A",
    "EAawBfA",
    "hAGsAXw", //
    // In hex.
    "616b5f",
    "616B5F", //
    // With the first, the second, the third character escaped.
    "\\x61",
    "\\u0061",
    "\\u{61}",
    "\\U00000061",
    "\\141",
    "%61",
    "%2561",
    "&#97;",
    "&#x61;", //
    "a\\x6",
    "a\\u006",
    "a\\u{6",
    "a\\U0000006",
    "a%6",
    "a%256",
    "a&#", //
    "ak\\",
    "ak%5",
    "ak%2",
    "ak&", //
    // Other ways to write the same escapes.
    "&#0097;",
    "&#097;",
    "&#x0061;",
    "&#X61;",
    "\\x{61}",
    "\\0141",
    "=61=6",
    "ak=5", //
    // An escape whose own sign is escaped.
    "%5Cx61",
    "%5Cu0061",
    "%26%2397",
    "%26%23x61",
    "&amp;#97;",
    "&amp;#x61;", //
    // Byte by byte.
    "0x61, 0x6",
    "0x61,0x6",
    "0x61, (byte)",
    "0x61,(byte)",
    "61 6b 5f",
    "61 6B 5F",
    "61:6b:5f",
    "61-6B-5F",
    "97, 107, 95",
    "97,107,95",
    "'a', 'k', '_'",
    "'a','k','_'",
    "b'a', b'k'",
    "b'a',b'k'",
    "\"a\", \"k\", \"_\"",
    "\"a\",\"k\",\"_\"",
    "hr(97)",
    "HR(97)",
    "har]97",
    "har]0x61",
    "\\97\\1", //
    // Backwards, to the end of a literal.
    "_ka\"",
    "_ka'", //
    // In base64, escaped: `ak\x5f`, `ak%5F`, `ak&#95;`.
    "YWtc",
    "YWslN",
    "FrJT",
    "hayU1",
    "YWsmI",
    "FrJi",
    "hayYj", //
    // With the prefix itself split over literals.
    "ak'",
    "ak\"",
    "'k_",
    "\"k_", //
];

/// What an image is inside of.
#[derive(Clone, Copy, Debug)]
enum Outer {
    /// So many characters of the group stand before the image.
    Base64(usize),
    Hex,
}

/// Images of images.
const NESTED: &[(&str, Outer)] = &[
    // Of base64, in its three positions.
    ("WVd0Z", Outer::Base64(0)),
    ("lXdG", Outer::Base64(2)),
    ("ZV3R", Outer::Base64(3)),
    ("RnJY", Outer::Base64(0)),
    ("ZyW", Outer::Base64(2)),
    ("Gcl", Outer::Base64(3)),
    ("aGEx", Outer::Base64(0)),
    ("hhM", Outer::Base64(2)),
    ("oYT", Outer::Base64(3)),
    ("59577466", Outer::Hex),
    ("467258", Outer::Hex),
    ("686131", Outer::Hex),
    // Of hex.
    ("NjE2YjVm", Outer::Base64(0)),
    ("YxNmI1Z", Outer::Base64(2)),
    ("2MTZiNW", Outer::Base64(3)),
    ("NjE2QjVG", Outer::Base64(0)),
    ("YxNkI1R", Outer::Base64(2)),
    ("2MTZCNU", Outer::Base64(3)),
    ("363136623566", Outer::Hex),
    ("363136423546", Outer::Hex),
    // Of escapes, `%61%6b`, `\x61`, `\u0061`, `&#97;`.
    ("JTYxJT", Outer::Base64(0)),
    ("U2MSU2", Outer::Base64(2)),
    ("lNjElN", Outer::Base64(3)),
    ("XHg2MVx4N", Outer::Base64(0)),
    ("x4NjFceD", Outer::Base64(2)),
    ("ceDYxXHg2", Outer::Base64(3)),
    ("XHUwMDYx", Outer::Base64(0)),
    ("x1MDA2M", Outer::Base64(2)),
    ("cdTAwNj", Outer::Base64(3)),
    ("JiM5Nz", Outer::Base64(0)),
    ("YjOTc7", Outer::Base64(2)),
    ("mIzk3O", Outer::Base64(3)),
    ("2536312536", Outer::Hex),
    ("5c783631", Outer::Hex),
    ("5C783631", Outer::Hex),
    ("5c7530303631", Outer::Hex),
    ("5C7530303631", Outer::Hex),
    ("262339373b", Outer::Hex),
    ("262339373B", Outer::Hex),
    // Of `ak%5f`, `ak\x5f`, `ak\u005f`, `ak&#95;`.
    ("616b2535", Outer::Hex),
    ("616B2535", Outer::Hex),
    ("616b5c78", Outer::Hex),
    ("616B5C78", Outer::Hex),
    ("616b5c75", Outer::Hex),
    ("616B5C75", Outer::Hex),
    ("616b2623", Outer::Hex),
    ("616B2623", Outer::Hex),
];

/// What a text begins with that is inside another disguise.
const INNER: &[&str] = &[
    "YWtf", "FrX", "ha1", "616b5f", "616B5F", "%61", "\\x61", "\\u0061", "&#97;", "ak%5", "ak\\",
    "ak&#",
];

/// All that [`reveal`] knows to begin from.
pub(super) fn anchors() -> impl Iterator<Item = &'static str> {
    IMAGES
        .iter()
        .copied()
        .chain(NESTED.iter().map(|(image, _)| *image))
}

/// How much before and after a disguised token is kept as its context.
const CONTEXT: usize = 256;
/// The longest disguised token, in bytes of the original.
const LONGEST: usize = 1024;
/// The longest token that is looked for.
const LONGEST_TOKEN: usize = 160;
/// The shortest: the prefix and the shortest body.
const SHORTEST_TOKEN: usize = 15;

/// What hid a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    Split,
    Escapes,
    Bytes,
    Hex,
    Base64,
    Reversed,
}

impl Disguise {
    /// As the end of "a key, ...".
    pub fn words(self) -> &'static str {
        match self {
            Disguise::Split => "split over literals",
            Disguise::Escapes => "in escaped characters",
            Disguise::Bytes => "byte by byte",
            Disguise::Hex => "in hex",
            Disguise::Base64 => "in base64",
            Disguise::Reversed => "written backwards",
        }
    }
}

/// Text with a disguise undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plain {
    pub text: Vec<u8>,
    /// The bytes of the original that each byte of `text` stands for.
    places: Vec<Range<usize>>,
    /// Where in `text` the token stands.
    pub token: Range<usize>,
    pub disguise: Disguise,
}

impl Plain {
    /// The bytes of the original that `span` of the text stands for, in
    /// pieces where something stands between them.
    pub fn origin(&self, span: Range<usize>) -> Vec<Range<usize>> {
        let mut pieces: Vec<Range<usize>> = Vec::new();
        for place in &self.places[span] {
            match pieces.last_mut() {
                Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
                Some(_) | None => pieces.push(place.clone()),
            }
        }
        pieces
    }

    /// The same, of a text that was itself decoded from another.
    fn inside(self, outer: &Plain) -> Plain {
        let places = self
            .places
            .into_iter()
            .map(|p| outer.places[p.start].start..outer.places[p.end - 1].end)
            .collect();
        Plain {
            places,
            disguise: outer.disguise,
            ..self
        }
    }
}

/// The token whose image begins at `start`, if one does. Looks at a bounded
/// number of bytes to either side.
pub fn reveal(bytes: &[u8], start: usize) -> Option<Plain> {
    let rest = &bytes[start..];
    match rest {
        // The group begins with the token: nothing needs to be decoded to refuse it.
        [b'Y', b'W', b't', b'f' | b'c', ..] if !begins_token(bytes, start, &[]) => None,
        [b'Y', b'W', b't', b'f' | b'c', ..]
        | [b'Y', b'W', b's', b'l', b'N', ..]
        | [b'Y', b'W', b's', b'm', b'I', ..] => base64(bytes, start, PREFIX),
        [b'F', b'r', b'X' | b'J' | b'\n' | b'\r', ..] => {
            base64(bytes, start.checked_sub(2)?, PREFIX)
        }
        [b'h', b'a', b'1' | b'y', ..] | [b'h', b'\n' | b'\r', ..] => {
            base64(bytes, start.checked_sub(3)?, PREFIX)
        }
        [b'Y', b'Q', b'B', ..] => wide_base64(bytes, start),
        [b'E', b'A', b'a', ..] => wide_base64(bytes, start.checked_sub(2)?),
        [b'h', b'A', b'G', ..] => wide_base64(bytes, start.checked_sub(3)?),
        [b'6', b'1', b'6', b'b' | b'B', b'5', b'f' | b'F', ..] => hex(bytes, start, false),
        [b'0', b'x', b'6', b'1', ..]
        | [b'6', b'1', b' ' | b':' | b'-', ..]
        | [b'9', b'7', b',', ..]
        | [b'b', b'\'', b'a', ..]
        | [b'\'' | b'"', b'a', b'\'' | b'"', b',', ..] => listed(bytes, start),
        [b'h' | b'H', b'r' | b'R', b'(', ..] => listed(bytes, callee(bytes, start)),
        [b'h', b'a', b'r', b']', ..] => listed(bytes, start.checked_sub(2)?),
        [b'\\', b'9', b'7', ..] => listed(bytes, start),
        [b'_', b'k', b'a', ..] => reversed(bytes, start),
        [b'a', b'k' | b'\\' | b'%' | b'&', ..] | [b'\\' | b'%' | b'&' | b'=', ..] => {
            spelled(bytes, start, PREFIX)
        }
        [b'"' | b'\'', b'k', b'_', ..] => spelled(bytes, first_letter(bytes, start)?, PREFIX),
        _ => {
            let (_, outer) = NESTED
                .iter()
                .find(|(image, _)| rest.starts_with(image.as_bytes()))?;
            match outer {
                Outer::Base64(before) => nested_base64(bytes, start.checked_sub(*before)?),
                Outer::Hex => reveal_inside(&hex(bytes, start, true)?),
            }
        }
    }
}

/// The same in a text that [`reveal`] made: what was inside what was hidden.
pub fn reveal_inside(outer: &Plain) -> Option<Plain> {
    reveal(&outer.text, outer.token.start).map(|inner| inner.inside(outer))
}

/// Whether a token that ends at `end` may go on in another literal or in escapes.
pub fn may_go_on(bytes: &[u8], end: usize) -> bool {
    bytes.get(end).is_some_and(|b| {
        matches!(
            b,
            b'"' | b'\'' | b'`' | b'\\' | b'%' | b'&' | b'$' | b'#' | b'{' | b'=' | b'^'
        )
    })
}

/// A text under construction.
#[derive(Default)]
struct Builder {
    text: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Builder {
    fn push(&mut self, byte: u8, place: Range<usize>) {
        #[cfg(test)]
        tests::WORK.with(|work| work.set(work.get() + 1));
        self.text.push(byte);
        self.places.push(place);
    }

    fn copy(&mut self, bytes: &[u8], range: Range<usize>) {
        for at in range {
            self.push(bytes[at], at..at + 1);
        }
    }

    fn plain(self, token: Range<usize>, disguise: Disguise) -> Plain {
        Plain {
            text: self.text,
            places: self.places,
            token,
            disguise,
        }
    }
}

/// Where the `a` stands, alone in a literal, that the one at `quote` continues.
fn first_letter(bytes: &[u8], quote: usize) -> Option<usize> {
    let from = quote.saturating_sub(LONGEST_JOINT / 2);
    let close = bytes[from..quote]
        .iter()
        .rposition(|b| matches!(b, b'"' | b'\''))?
        + from;
    let start = close.checked_sub(1)?;
    (bytes[start] == b'a' && start > 0 && bytes[start - 1] == bytes[close]).then_some(start)
}

/// Whether an escape ends at `start` that stands for a token's byte: what follows continues its token.
fn continues_escaped(bytes: &[u8], start: usize) -> bool {
    // An escape ends in one of these, `follows_escape` in guard sees those of two digits.
    bytes[..start]
        .last()
        .is_some_and(|b| matches!(b, b';' | b'}'))
        && (start.saturating_sub(10)..start).any(|at| {
            matches!(bytes[at], b'&' | b'\\')
                && escape(bytes, at).is_some_and(|(byte, next)| next == start && is_plain(byte))
        })
}

/// A token with this prefix spelled out: plain characters, escapes, and joints between literals.
fn spelled(bytes: &[u8], start: usize, prefix: &[u8]) -> Option<Plain> {
    // A string inside a string doubles its backslashes.
    let slashes = match bytes[start] {
        b'\\' => bytes[..start]
            .iter()
            .rev()
            .take(16)
            .take_while(|&&b| b == b'\\')
            .count(),
        _ => 0,
    };
    let begin = start - slashes;
    if !Before::Boundary.allows(bytes, begin) || continues_escaped(bytes, begin) {
        return None;
    }
    let mut token = Builder::default();
    let mut at = start;
    let mut disguise = None;
    let mut walk = Walk::new(bytes, start);
    while token.text.len() < LONGEST_TOKEN && at < bytes.len().min(start + LONGEST) {
        let (byte, next) = if is_token_byte(bytes[at]) && bytes[at].is_ascii() {
            (bytes[at], at + 1)
        } else if let Some((byte, next)) = deep_escape(bytes, at).filter(|(b, _)| is_plain(*b)) {
            disguise.get_or_insert(Disguise::Escapes);
            (byte, next)
        } else if let Some(next) = walk
            .joint(at, token.text.len() < SHORTEST_TOKEN)
            .filter(|&next| next > at)
            // Another key is not the rest of this one.
            .filter(|&next| !bytes[next..].starts_with(prefix))
            .filter(|&next| token.text.len() < SHORTEST_TOKEN || !is_prose(&bytes[next..]))
        {
            disguise = Some(Disguise::Split);
            at = next;
            continue;
        } else {
            break;
        };
        let length = token.text.len();
        if prefix.get(length).is_some_and(|&wanted| wanted != byte) {
            return None;
        }
        token.push(byte, at..next);
        at = next;
    }
    let disguise = disguise?;
    if token.text.len() < SHORTEST_TOKEN {
        return None;
    }
    let mut whole = Builder::default();
    whole.copy(bytes, start.saturating_sub(CONTEXT)..start - slashes);
    let from = whole.text.len();
    whole.text.append(&mut token.text);
    whole.places.append(&mut token.places);
    let to = whole.text.len();
    whole.copy(bytes, at..bytes.len().min(at + CONTEXT));
    Some(whole.plain(from..to, disguise))
}

/// Whether a literal is a sentence, an address or a path: no rest of what may be a whole key.
fn is_prose(literal: &[u8]) -> bool {
    let word = literal.iter().take_while(|b| is_plain(**b)).count();
    literal
        .get(word)
        .is_some_and(|b| matches!(b, b' ' | b'/' | b':' | b'.' | b',' | b'=' | b'?'))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The same as [`escape`], of an escape whose own characters may be escaped: `&amp;#95;`, `%26%2395%3B`, `%5Cx5f`.
fn deep_escape(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    const LONGEST: usize = 12;
    let (byte, next) = escape(bytes, at)?;
    if !matches!(byte, b'&' | b'%' | b'\\' | b'=') {
        return Some((byte, next));
    }
    let mut inner = vec![byte];
    let mut ends = vec![next];
    while inner.len() < LONGEST {
        let at = ends[ends.len() - 1];
        let (byte, next) = match bytes.get(at) {
            Some(b'%' | b'&' | b'\\' | b'=') => match escape(bytes, at) {
                Some(escaped) => escaped,
                None => break,
            },
            Some(&byte) if byte.is_ascii_alphanumeric() || b"#;{}".contains(&byte) => {
                (byte, at + 1)
            }
            Some(_) | None => break,
        };
        inner.push(byte);
        ends.push(next);
    }
    let (byte, length) = escape(&inner, 0)?;
    Some((byte, ends[length - 1]))
}

/// How much of a name before `=` is read.
const LONGEST_NAME: usize = 80;

/// The ASCII character that the escape at `at` stands for, and where the next begins.
fn escape(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = &bytes[at..bytes.len().min(at + 16)];
    let number = |from: usize, digits: Range<usize>, radix: u32, close: &[u8]| {
        let count = rest
            .get(from..)?
            .iter()
            .take(digits.end - 1)
            .take_while(|b| char::from(**b).is_digit(radix))
            .count();
        let text = std::str::from_utf8(&rest[from..from + count]).ok()?;
        let code = u32::from_str_radix(text, radix).ok()?;
        let byte = u8::try_from(code).ok().filter(u8::is_ascii)?;
        (digits.contains(&count) && rest[from + count..].starts_with(close))
            .then(|| (byte, at + from + count + close.len()))
    };
    match rest.first()? {
        // A URL in a URL escapes its escapes.
        b'%' => {
            let again = rest[1..].chunks_exact(2).take_while(|c| c == b"25").count();
            (0..=again)
                .rev()
                .find_map(|again| number(1 + 2 * again, 2..3, 16, b""))
        }
        b'&' if rest.starts_with(b"&lowbar;") => Some((b'_', at + 8)),
        b'&' if rest.starts_with(b"&UnderBar;") => Some((b'_', at + 10)),
        // Quoted-printable, which writes all `_` alike, and lets letters and digits stand for
        // themselves where it does not hide everything: `ak_bmsc=47..` is a cookie.
        b'=' => {
            let plain = bytes[..at].iter().rev().take_while(|b| is_plain(**b));
            let is_mixed = plain.take(LONGEST_NAME).any(|&b| b == b'_');
            let is_alone = rest.get(3) != Some(&b'=') && (at < 3 || bytes[at - 3] != b'=');
            number(1, 2..3, 16, b"")
                .filter(|(byte, _)| !(is_mixed || is_alone && byte.is_ascii_alphanumeric()))
        }
        b'&' if rest.starts_with(b"&amp;") => Some((b'&', at + 5)),
        // Browsers do without the `;`.
        b'&' if rest.starts_with(b"&#x") || rest.starts_with(b"&#X") => {
            number(3, 1..7, 16, b";").or_else(|| number(3, 1..7, 16, b""))
        }
        b'&' if rest.starts_with(b"&#") => {
            number(2, 1..8, 10, b";").or_else(|| number(2, 1..8, 10, b""))
        }
        // A string inside a string doubles its backslashes.
        b'\\' => {
            let slashes = rest.iter().take_while(|&&b| b == b'\\').count();
            match rest.get(slashes)? {
                b'x' if rest.get(slashes + 1) == Some(&b'{') => number(slashes + 2, 1..7, 16, b"}"),
                b'x' => number(slashes + 1, 2..3, 16, b""),
                b'u' if rest.get(slashes + 1) == Some(&b'{') => number(slashes + 2, 1..7, 16, b"}"),
                b'u' => number(slashes + 1, 4..5, 16, b""),
                b'U' => number(slashes + 1, 8..9, 16, b""),
                // CSS ends one of less than six digits with a blank.
                b'5' if matches!(rest[slashes + 1..], [b'f' | b'F', b' ', ..]) => {
                    Some((b'_', at + slashes + 3))
                }
                b'0' if matches!(
                    rest[slashes + 1..],
                    [b'0', b'0', b'0', b'5', b'f' | b'F', ..]
                ) =>
                {
                    Some((b'_', at + slashes + 6))
                }
                // `printf` and `echo` of a shell put a zero before.
                b'0' if rest
                    .get(slashes + 3)
                    .is_some_and(|b| (b'0'..b'8').contains(b)) =>
                {
                    number(slashes + 1, 3..4, 8, b"")
                }
                b'0'..=b'1' => number(slashes, 3..4, 8, b""),
                // Markdown and TeX.
                b'_' if slashes == 1 => Some((b'_', at + 2)),
                b'N' if rest.starts_with(b"\\N{LOW LINE}") => Some((b'_', at + 12)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// A token in hex, two digits a byte; the image of one, if `is_image`.
fn hex(bytes: &[u8], start: usize, is_image: bool) -> Option<Plain> {
    let pair = |at: usize| {
        let high = char::from(*bytes.get(at)?).to_digit(16)?;
        let low = char::from(*bytes.get(at + 1)?).to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    };
    let head: Vec<u8> = (start..start + 2 * SHORTEST_TOKEN)
        .step_by(2)
        .map_while(pair)
        .collect();
    if is_image && !holds_token(&head) {
        return None;
    }
    // `616b5f616b5f`: the second is in the first's token.
    let first = start - (start.min(24) / 2) * 2;
    let before: Vec<u8> = (first..start).step_by(2).filter_map(pair).collect();
    if start >= 2 && pair(start - 2).is_some_and(is_plain) && !may_follow(&before, &head) {
        return None;
    }
    let mut from = start;
    while from >= 2 && start - from < 2 * CONTEXT && pair(from - 2).is_some() {
        from -= 2;
    }
    let mut decoded = Builder::default();
    let mut walk = Walk::new(bytes, from);
    let mut at = from;
    while at < start + 2 * (LONGEST_TOKEN + CONTEXT) {
        let Some(byte) = pair(at) else {
            // The digits may be split over literals.
            let Some(next) = walk.joint(at, false).filter(|&next| next > at) else {
                break;
            };
            at = next;
            continue;
        };
        let length = (at.max(start) - start) / 2;
        if at >= start
            && !is_image
            && length < 3
            && decoded.text.len() < SHORTEST_TOKEN + CONTEXT
            && !is_plain(byte)
        {
            return None;
        }
        decoded.push(byte, at..at + 2);
        at += 2;
    }
    let token = (start - from) / 2;
    let is_token = |text: &[u8]| {
        text.iter()
            .position(|b| !is_plain(*b))
            .is_none_or(|end| may_go_on(text, end))
    };
    let shortest = decoded.text.get(token..token + SHORTEST_TOKEN)?;
    if !is_image && !is_token(shortest) {
        return None;
    }
    // `0x` is no part of what it announces, nor is PostgreSQL's `\x`.
    if matches!(bytes[..from], [.., b'0' | b'\\', b'x' | b'X']) {
        from -= 2;
        from -= bytes[..from]
            .iter()
            .rev()
            .take(2)
            .take_while(|b| **b == b'\\')
            .count();
    }
    Some(in_context(bytes, from..at, decoded, token, Disguise::Hex))
}

/// How a list writes its bytes.
#[derive(Clone, Copy)]
enum Item {
    /// `0x61`
    Prefixed,
    /// `61`
    Pair,
    /// `97`
    Decimal,
    /// `'a'`, `b'a'`
    Quoted,
    /// `chr(97)`
    Called,
    /// PowerShell's `[char]97`, `[char]0x61`
    Cast,
    /// Lua's `\97`
    Escaped,
}

impl Item {
    /// The byte at `at` and where it ends.
    fn read(self, bytes: &[u8], at: usize) -> Option<(u8, usize)> {
        let rest = &bytes[at..bytes.len().min(at + self.longest())];
        let number = |from: usize, radix: u32, most: usize| {
            let digits = rest
                .get(from..)?
                .iter()
                .take(most)
                .take_while(|b| char::from(**b).is_digit(radix))
                .count();
            let text = std::str::from_utf8(&rest[from..from + digits]).ok()?;
            let byte = u8::from_str_radix(text, radix).ok()?;
            Some((byte, at + from + digits))
        };
        match self {
            Item::Prefixed => matches!(rest, [b'0', b'x' | b'X', _, ..])
                .then(|| number(2, 16, 2))
                .flatten(),
            Item::Pair => number(0, 16, 2).filter(|&(_, end)| end == at + 2),
            Item::Decimal => number(0, 10, 3),
            Item::Quoted => match rest {
                [open @ (b'\'' | b'"'), byte, close, ..] if open == close => Some((*byte, at + 3)),
                [b'b', b'\'', byte, b'\'', ..] => Some((*byte, at + 4)),
                _ => None,
            },
            Item::Called => {
                let name = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                let open = (name > 0 && rest.get(name) == Some(&b'(')).then_some(name + 1)?;
                let (byte, end) = number(open, 10, 3)?;
                (bytes.get(end) == Some(&b')')).then_some((byte, end + 1))
            }
            Item::Cast => {
                let code = rest
                    .get(..6)?
                    .eq_ignore_ascii_case(b"[char]")
                    .then_some(6)?;
                match rest.get(code..)? {
                    [b'0', b'x' | b'X', ..] => number(code + 2, 16, 2),
                    _ => number(code, 10, 3),
                }
            }
            Item::Escaped => (rest.first() == Some(&b'\\'))
                .then(|| number(1, 10, 3))
                .flatten(),
        }
    }

    /// No item is longer.
    fn longest(self) -> usize {
        match self {
            Item::Prefixed | Item::Pair | Item::Decimal | Item::Quoted | Item::Escaped => 5,
            Item::Called | Item::Cast => 12,
        }
    }

    /// How many bytes at the beginning of `rest` stand between two items.
    fn gap(self, rest: &[u8]) -> usize {
        const LONGEST: usize = 40;
        if matches!(self, Item::Escaped) {
            return 0;
        }
        let is_separator = |b: &&u8| {
            let sign = **b;
            sign.is_ascii_whitespace()
                || match self {
                    Item::Called | Item::Cast => b"+.&,|".contains(&sign),
                    Item::Prefixed | Item::Pair | Item::Decimal | Item::Quoted => {
                        b",:-".contains(&sign)
                    }
                    Item::Escaped => false,
                }
        };
        let signs = |rest: &[u8]| rest.iter().take(LONGEST).take_while(is_separator).count();
        let gap = signs(rest);
        // Java's bytes have a sign.
        match rest[gap..].strip_prefix(b"(byte)") {
            Some(rest) if gap > 0 => gap + b"(byte)".len() + signs(rest),
            Some(_) | None => gap,
        }
    }
}

/// Where the call begins whose name goes on at `at`.
fn callee(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[at.saturating_sub(8)..at];
    at - before
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphabetic())
        .count()
}

/// A token whose bytes are items of a list: `0x61, 0x6b, ...`, `61:6b:...`, `'a', 'k', ...`.
fn listed(bytes: &[u8], start: usize) -> Option<Plain> {
    let item = match bytes[start] {
        b'0' => Item::Prefixed,
        b'6' => Item::Pair,
        b'9' => Item::Decimal,
        b'b' | b'"' | b'\'' => Item::Quoted,
        b'[' => Item::Cast,
        b'\\' => Item::Escaped,
        _ => Item::Called,
    };
    // What is right before it in the same list is no part of a token.
    let list = &bytes[start.saturating_sub(16)..start];
    let gap = (0..list.len())
        .rev()
        .take_while(|&at| item.gap(&list[at..]) == list.len() - at)
        .count();
    let end = start - gap;
    let continues = gap > 0
        && (end.saturating_sub(item.longest())..end).any(|at| {
            item.read(bytes, at)
                .is_some_and(|(byte, next)| next == end && is_token_byte(byte))
        });
    if continues || (gap == 0 && list.last().is_some_and(|b| is_token_byte(*b))) {
        return None;
    }
    let mut token = Builder::default();
    let mut at = start;
    while token.text.len() < LONGEST_TOKEN && at < bytes.len().min(start + LONGEST) {
        let Some((byte, next)) = item.read(bytes, at).filter(|(b, _)| is_plain(*b)) else {
            break;
        };
        let length = token.text.len();
        if length < 3 && byte != b"ak_"[length] {
            return None;
        }
        token.push(byte, at..next);
        let gap = item.gap(&bytes[next..]);
        at = next + gap;
        if gap == 0 && !matches!(item, Item::Escaped) {
            break;
        }
    }
    if token.text.len() < SHORTEST_TOKEN {
        return None;
    }
    let end = token.places.last()?.end;
    let mut whole = Builder::default();
    whole.copy(bytes, start.saturating_sub(CONTEXT)..start);
    let from = whole.text.len();
    whole.text.append(&mut token.text);
    whole.places.append(&mut token.places);
    let to = whole.text.len();
    // What follows in the list is none of the token's.
    whole.push(b'\n', end..end);
    Some(whole.plain(from..to, Disguise::Bytes))
}

/// How far from a literal the word stands that turns it around.
const TURNED: usize = 64;

/// A literal whose end at `start` is the prefix backwards, where the code
/// beside it turns it around: `"..._ka"[::-1]`, `strrev('..._ka')`.
fn reversed(bytes: &[u8], start: usize) -> Option<Plain> {
    let end = start + PREFIX.len();
    let quote = *bytes.get(end)?;
    let length = bytes[..start]
        .iter()
        .rev()
        .take(LONGEST_TOKEN)
        .take_while(|b| is_plain(**b))
        .count();
    let begin = start - length;
    if begin == 0 || bytes[begin - 1] != quote || end - begin < SHORTEST_TOKEN {
        return None;
    }
    let before = &bytes[begin.saturating_sub(TURNED)..begin - 1];
    let after = &bytes[end + 1..bytes.len().min(end + TURNED)];
    let line = memchr::memrchr(b'\n', before).map_or(before, |i| &before[i..]);
    let rest = memchr::memchr(b'\n', after).map_or(after, |i| &after[..i]);
    let turns = [&b"[::-1]"[..], b".reverse", b".reversed", b"| rev", b"|rev"]
        .iter()
        .any(|sign| holds(rest, sign))
        || [&b"strrev("[..], b"reverse(", b"reversed(", b"Reverse("]
            .iter()
            .any(|sign| holds(line, sign));
    if !turns {
        return None;
    }
    let mut whole = Builder::default();
    whole.copy(bytes, begin.saturating_sub(CONTEXT)..begin);
    let from = whole.text.len();
    for at in (begin..end).rev() {
        whole.push(bytes[at], begin..end);
    }
    let to = whole.text.len();
    whole.copy(bytes, end..bytes.len().min(end + CONTEXT));
    Some(whole.plain(from..to, Disguise::Reversed))
}

/// Six bits of base64, of either alphabet.
fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

/// The base64 character at `at` and where the next stands: behind a line's
/// end, where the encoder folds lines; escaped, where the text is in a URL or JSON.
fn base64_digit(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    let byte = *bytes.get(at)?;
    if let Some(value) = sextet(byte) {
        return Some((value, at + 1));
    }
    match byte {
        b'%' => {
            let (byte, next) = escape(bytes, at)?;
            Some((sextet(byte)?, next))
        }
        b'\\' if bytes.get(at + 1) == Some(&b'/') => Some((63, at + 2)),
        b'\r' | b'\n' => {
            let folded = bytes[at..]
                .iter()
                .take(64)
                .take_while(|b| b.is_ascii_whitespace())
                .count();
            // Encoders fold at 64 or 76 characters; a shorter line is the last.
            let full = bytes[..at]
                .iter()
                .rev()
                .take(60)
                .all(|&b| sextet(b).is_some());
            let value = sextet(*bytes.get(at + folded)?)?;
            (full && at >= 60).then_some((value, at + folded + 1))
        }
        _ => None,
    }
}

/// The text whose base64 has a group of four at `group`, which holds (the
/// beginning of) the wanted text.
fn base64_text(bytes: &[u8], group: usize, least: &dyn Fn(&[u8]) -> bool) -> Option<Builder> {
    let mut walk = Walk::new(bytes, group);
    let mut decoded = Builder::default();
    let mut digits: Vec<(u32, Range<usize>)> = Vec::with_capacity(4);
    let mut at = group;
    let mut is_checked = false;
    loop {
        let digit = base64_digit(bytes, at)
            // The image itself may be split over literals.
            .or_else(|| {
                let next = walk.joint(at, false)?;
                let is_next = !bytes[next..].starts_with(b"YWtf");
                base64_digit(bytes, next).filter(|_| is_next)
            })
            .filter(|_| decoded.text.len() < LONGEST_TOKEN + CONTEXT && at < group + LONGEST);
        if let Some((value, next)) = digit {
            digits.push((value, next - 1..next));
            at = next;
        }
        if digits.len() == 4 || digit.is_none() {
            for pair in digits.windows(2).enumerate() {
                let (shift, [(high, from), (low, to)]) = pair else {
                    continue;
                };
                let both = high << 6 | low;
                let byte = both >> (4 - 2 * shift) & 0xff;
                decoded.push(byte as u8, from.start..to.end);
            }
            digits.clear();
        }
        if !is_checked && (decoded.text.len() >= SHORTEST_TOKEN + 2 || digit.is_none()) {
            is_checked = true;
            if !least(&decoded.text) {
                return None;
            }
        }
        if digit.is_none() {
            return Some(decoded);
        }
    }
}

/// The text around what base64 has at `group`, with its own context;
/// `is_token`: what is wanted begins a token.
fn base64_plain(
    bytes: &[u8],
    group: usize,
    wanted: &dyn Fn(&[u8]) -> Option<usize>,
) -> Option<Plain> {
    let forward = base64_text(bytes, group, &|text| {
        wanted(text).is_some_and(|token| may_begin(bytes, group, text, token))
    })?;
    let token = wanted(&forward.text)?;
    let (mut decoded, from) = run_before(bytes, group);
    let noise = decoded
        .text
        .iter()
        .rposition(|&b| b < 0x20 && !b.is_ascii_whitespace() || b == 0x7f)
        .map_or(0, |last| last + 1);
    decoded.text.drain(..noise);
    decoded.places.drain(..noise);
    let from = if noise == 0 { from } else { group };
    let token = decoded.text.len() + token;
    let end = forward.places.last().map_or(group, |p| p.end);
    decoded.text.extend(forward.text);
    decoded.places.extend(forward.places);
    Some(in_context(
        bytes,
        from..end,
        decoded,
        token,
        Disguise::Base64,
    ))
}

/// Whether what `text`, which the group at `group` begins, holds at `token` may
/// begin a token, or be the image of one.
fn may_begin(bytes: &[u8], group: usize, text: &[u8], token: usize) -> bool {
    let mut near = groups_before(bytes, group);
    near.extend_from_slice(&text[..token]);
    may_follow(&near, &text[token..])
}

/// Whether `text`, a token or an image of one, may begin behind `before`.
fn may_follow(before: &[u8], text: &[u8]) -> bool {
    if is_later(text) {
        true
    } else if text.starts_with(b"YWtf") {
        // Of base64 inside another disguise, the group before is text as well.
        begins_token(before, before.len(), &[])
    } else {
        Before::Boundary.allows(before, before.len())
    }
}

/// What stands before the group at `group` in the same run, and where that begins.
fn run_before(bytes: &[u8], group: usize) -> (Builder, usize) {
    let mut from = group;
    while from >= 4
        && group - from < CONTEXT
        && bytes[from - 4..from].iter().all(|&b| sextet(b).is_some())
    {
        from -= 4;
    }
    let mut decoded = Builder::default();
    for at in (from..group).step_by(4) {
        let value = bytes[at..at + 4]
            .iter()
            .fold(0, |value, &b| value << 6 | sextet(b).unwrap_or(0));
        for (n, byte) in value.to_be_bytes()[1..].iter().enumerate() {
            decoded.push(*byte, at + n..at + n + 2);
        }
    }
    (decoded, from)
}

/// Whether a token may begin behind `lead`, the first bytes of the group at
/// `group`, as far as the groups before it say.
fn begins_token(bytes: &[u8], group: usize, lead: &[u8]) -> bool {
    let mut before = groups_before(bytes, group);
    before.extend_from_slice(lead);
    Before::Boundary.allows(&before, before.len())
}

/// What the three groups before the one at `group` say.
fn groups_before(bytes: &[u8], group: usize) -> Vec<u8> {
    let mut before = Vec::with_capacity(16);
    for at in (1..=3).rev().filter_map(|n| group.checked_sub(4 * n)) {
        let mut value = Some(0);
        for &byte in &bytes[at..at + 4] {
            value = value.zip(sextet(byte)).map(|(value, six)| value << 6 | six);
        }
        match value {
            Some(value) => before.extend_from_slice(&u32::to_be_bytes(value)[1..]),
            None => before.clear(),
        }
    }
    before
}

fn base64(bytes: &[u8], group: usize, prefix: &[u8]) -> Option<Plain> {
    let escaped: &[&[u8]] = match prefix == PREFIX {
        true => &[b"ak\\", b"ak%5", b"ak&#"],
        false => &[],
    };
    base64_plain(bytes, group, &|text| {
        (0..3).find(|&lead| {
            let token = text.get(lead..).unwrap_or_default();
            // Of a split or escaped token, the rest is seen later.
            token.len() >= SHORTEST_TOKEN.max(prefix.len() + 2)
                && (token.starts_with(prefix) || escaped.iter().any(|e| token.starts_with(e)))
                && token[prefix.len()..prefix.len() + 2]
                    .iter()
                    .all(|b| (0x20..0x7f).contains(b))
                && token[..SHORTEST_TOKEN]
                    .iter()
                    .position(|b| !is_plain(*b))
                    .is_none_or(|end| may_go_on(token, end))
        })
    })
}

/// base64 of a text that holds another disguise.
fn nested_base64(bytes: &[u8], group: usize) -> Option<Plain> {
    let outer = base64_plain(bytes, group, &|text| {
        (0..3).find(|&lead| holds_token(text.get(lead..).unwrap_or_default()))
    })?;
    reveal_inside(&outer)
}

/// Whether `text` is base64 that holds the prefix behind other bytes of its first group.
fn is_later(text: &[u8]) -> bool {
    text.starts_with(b"FrX") || text.starts_with(b"ha1")
}

/// Whether `text` begins with an image that a token's rest may follow; cheap.
fn holds_token(text: &[u8]) -> bool {
    let group = match text {
        [b'F', b'r', b'X', ..] => &text[2..],
        [b'h', b'a', b'1', ..] => &text[1..],
        _ => return INNER.iter().any(|inner| text.starts_with(inner.as_bytes())),
    };
    // The first byte is the prefix's own.
    let own = usize::from(text[0] == b'h') + 1;
    group.chunks_exact(4).take(3).enumerate().all(|(n, four)| {
        let value = four
            .iter()
            .try_fold(0, |value, &b| Some(value << 6 | sextet(b)?));
        value.is_some_and(|value: u32| {
            let skip = if n == 0 { own } else { 0 };
            value.to_be_bytes()[1 + skip..].iter().all(|b| is_plain(*b))
        })
    })
}

/// A token in UTF-16, whose second byte is always zero, in base64.
fn wide_base64(bytes: &[u8], group: usize) -> Option<Plain> {
    const PREFIX: &[u8] = b"a\0k\0_\0";
    let text = base64_text(bytes, group, &|text| {
        (0..3).any(|lead| {
            let mut before = groups_before(bytes, group);
            before.extend_from_slice(&text[..lead.min(text.len())]);
            let continues = matches!(before[..], [.., letter, 0] if is_token_byte(letter));
            !continues && text.get(lead..).is_some_and(|t| t.starts_with(PREFIX))
        })
    })?;
    let lead = (0..3).find(|&lead| text.text[lead..].starts_with(PREFIX))?;
    let (mut wide, from) = run_before(bytes, group);
    let token = wide.text.len() + lead;
    wide.text.extend(text.text);
    wide.places.extend(text.places);
    let end = wide.places.last()?.end;
    let mut narrow = Builder::default();
    let parity = token % 2;
    for (pair, places) in wide.text[parity..]
        .chunks_exact(2)
        .zip(wide.places[parity..].chunks_exact(2))
    {
        let byte = if pair[1] == 0 { pair[0] } else { b' ' };
        narrow.push(byte, places[0].start..places[1].end);
    }
    let token = token / 2;
    let length = narrow.text[token..]
        .iter()
        .take_while(|b| is_plain(**b))
        .count();
    (length >= SHORTEST_TOKEN && Before::Boundary.allows(&narrow.text, token))
        .then(|| in_context(bytes, from..end, narrow, token, Disguise::Base64))
}

/// `decoded`, which stands for `run` of `bytes`, with what surrounds the run;
/// the token begins at `token` in it.
fn in_context(
    bytes: &[u8],
    run: Range<usize>,
    decoded: Builder,
    token: usize,
    disguise: Disguise,
) -> Plain {
    let mut whole = Builder::default();
    whole.copy(bytes, run.start.saturating_sub(CONTEXT)..run.start);
    let start = whole.text.len() + token;
    whole.text.extend(decoded.text);
    whole.places.extend(decoded.places);
    let end = whole.text[start..]
        .iter()
        .position(|&b| !is_plain(b))
        .map_or(whole.text.len(), |length| start + length);
    let padding = bytes[run.end..]
        .iter()
        .take(2)
        .take_while(|&&b| b == b'=')
        .count();
    let after = run.end + padding;
    whole.copy(bytes, after..bytes.len().min(after + CONTEXT));
    whole.plain(start..end, disguise)
}

#[cfg(test)]
mod tests {
    use super::*;

    // No literal holds the body, as our own check would join it.
    const KEY: &str = concat!("a", "k_", stringify!(Usy6t8dgkh4kcSYr));

    fn revealed(text: &str, image: &str) -> Option<(String, Vec<Range<usize>>)> {
        let plain = reveal(text.as_bytes(), text.find(image)?)?;
        let token = String::from_utf8(plain.text[plain.token.clone()].to_vec()).ok()?;
        Some((token, plain.origin(plain.token.clone())))
    }

    #[test]
    fn what_is_revealed_knows_where_it_stood() {
        let (left, right) = KEY.split_at(8);
        let text = format!("k = \"{left}\" + \"{right}\"");
        let pieces = vec![5..13, 18..29];
        assert_eq!(revealed(&text, "ak_"), Some((KEY.to_owned(), pieces)));

        let text = format!("k: {}", data_encoding::BASE64.encode(KEY.as_bytes()));
        let whole = std::iter::once(3..29).collect::<Vec<_>>();
        assert_eq!(revealed(&text, "YWtf"), Some((KEY.to_owned(), whole)));

        let text = format!("k: {}", data_encoding::HEXLOWER.encode(KEY.as_bytes()));
        let whole = std::iter::once(3..41).collect::<Vec<_>>();
        assert_eq!(revealed(&text, "616b5f"), Some((KEY.to_owned(), whole)));

        let text = format!("k=%61{}", &KEY[1..]);
        let whole = std::iter::once(2..23).collect::<Vec<_>>();
        assert_eq!(revealed(&text, "%61"), Some((KEY.to_owned(), whole)));
    }

    thread_local! {
        /// How many bytes were decoded or copied.
        pub(super) static WORK: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[test]
    fn dense_images_take_linear_work() {
        for image in [
            "YWtf",
            "616b5f",
            "'ak_' + ",
            "WVd0Z",
            "%61",
            "\\x61",
            "&#97;",
            "ak\\",
            "RnJY",
            "aGEx",
            "467258",
            "hr(97)+",
            "YQBrAF8A",
            "JTYxJTYx",
            "&amp;#97;",
            "FrX",
            "h\na1",
        ] {
            let text = image.repeat(4096 / image.len() * 16);
            WORK.with(|work| work.set(0));
            for anchor in anchors().chain(["ak_"]) {
                for (at, _) in text.match_indices(anchor) {
                    reveal(text.as_bytes(), at);
                }
            }
            let work = WORK.with(|work| work.get());
            assert!(work <= 8 * text.len(), "{image}: {work} of {}", text.len());
        }
    }

    #[test]
    fn spellings_are_undone() {
        let (head, rest) = KEY.split_at(3);
        let escaped = |form: &dyn Fn(u8) -> String| KEY.bytes().map(form).collect::<String>();
        let base = data_encoding::BASE64.encode(KEY.as_bytes());
        for (image, text) in [
            ("'k_", format!("k = 'a' + '{}'", &KEY[1..])),
            ("ak\"", format!("k = \"ak\" + \"{}\"", &KEY[2..])),
            ("ak_", format!("$k = '{head}';\n$k .= '{rest}';")),
            ("ak_", format!("let k = '{head}';\nk += '{rest}';")),
            ("ak_", format!("k = '{head}'\nk = k + '{rest}'")),
            ("ak_", format!("k = '{head}%s' % '{rest}'")),
            ("ak_", format!("k = '{head}{{}}'.format('{rest}')")),
            ("ak_", format!("k = f\"{head}{{'{rest}'}}\"")),
            ("ak_", format!("Sprintf(\"%s%s\", \"{head}\", \"{rest}\")")),
            ("ak_", format!("Sprintf(\"{head}%s\", \"{rest}\")")),
            ("\\u{61}", escaped(&|b| format!("\\u{{{b:x}}}"))),
            ("\\U00000061", escaped(&|b| format!("\\U{b:08x}"))),
            ("%2561", escaped(&|b| format!("%25{b:02X}"))),
            ("ak%25", format!("k%253D{}", KEY.replace('_', "%25255F"))),
            (
                "616b5f",
                format!("0x{}", data_encoding::HEXLOWER.encode(KEY.as_bytes())),
            ),
            (
                "616b5f",
                format!("'\\x{}'", data_encoding::HEXLOWER.encode(KEY.as_bytes())),
            ),
            (
                "YWtf",
                format!("atob('{}' + '{}')", &base[..10], &base[10..]),
            ),
        ] {
            let token = revealed(&text, image).map(|(token, _)| token);
            assert_eq!(token.as_deref(), Some(KEY), "{text}");
        }
        for text in [
            format!("a = '{head}';\nb += '{rest}';"),
            format!("log('{head}%s', '{rest}')"),
            format!("m = {{'a': 'k_{rest}'}}"),
        ] {
            for image in ["ak_", "'k_"] {
                assert_eq!(revealed(&text, image), None, "{text}");
            }
        }
    }

    #[test]
    fn every_way_to_put_literals_together() {
        let (left, right) = KEY.split_at(3);
        for form in [
            "k = '<' /* why */ + // because\n    '>'",
            "k = \"<\".to_string() + \">\"",
            "k = std::string(\"<\") + \">\"",
            "k = '<' + str('>')",
            "auto k = \"<\"s + \">\"s;",
            "b.append(\"<\");\nb.append(\">\");",
            "new StringBuilder(\"<\").Append(\">\")",
            "[@\"<\" stringByAppendingString:@\">\"]",
            "strcat(strcpy(b, \"<\"), \">\");",
            "strcpy(b, \"<\");\nstrcat(b, \">\");",
            "let mut k = String::from(\"<\");\nk.push_str(\">\");",
            "a = '<'\nk = a + '>'",
            "$a = \"<\";\n$k = \"{$a}>\";",
            "define('A', '<');\ndefine('K', A . '>');",
            "A=<\nK=\"${A}>\"",
            "K := <\nK := $(K)>",
            "set A=<\nset K=%A%>",
            "const a: string = '<';\nconst b = '>';\nconst k = `${a}${b}`;",
            "A=<\nB=>\nK=$A$B",
            "k = `${'<'}${'>'}`",
            "let k = \"<\\(\">\")\"",
            "$k = \"<$(\">\")\"",
            "snprintf(b, sizeof b, \"<%s\", \">\");",
            "[NSString stringWithFormat:@\"%@%@\", @\"<\", @\">\"]",
            "string.Format(\"{0}{1}\", \"<\", \">\")",
            "'{a}{b}'.format(a='<', b='>')",
            "\"{0}{1}\" -f \"<\", \">\"",
            "('<', '>') -join ''",
            "\"<\", \">\" -join \"\"",
            "%w[< >].join",
            "join('', qw(< >))",
            "$(printf '%s%s' < >)",
            "strings.Join([]string{\"<\", \">\"}, \"\")",
            "string.Join(string.Empty, \"<\", \">\")",
            "CONCAT_WS('', '<', '>')",
            "listOf(\"<\", \">\").joinToString(\"\")",
            "Seq(\"<\", \">\").mkString",
            "Stream.of(\"<\", \">\").collect(Collectors.joining())",
            "Enum.join([\"<\", \">\"])",
            "paste(\"<\", \">\", sep = \"\")",
            "PARTS = ['<', '>']\nKEY = ''.join(PARTS)",
            "k: !Join\n  - ''\n  - - <\n    - >",
            "k = \"<\\\n    \\>\"",
            "the key is <=\n>",
            "\"k = (\\\"<\\\"\\n\",\n \"   \\\">\\\")\"",
        ] {
            let text = form.replace('<', left).replace('>', right);
            // What an operator has of the two signs.
            let text = text.replace(&format!("-{right}"), "->");
            let token = revealed(&text, "ak_").map(|(token, _)| token);
            assert_eq!(token.as_deref(), Some(KEY), "{text}");
        }
    }

    /// Whatever stands before it in its group of four.
    #[test]
    fn one_disguise_in_another() {
        let base = |text: &str| data_encoding::BASE64.encode(text.as_bytes());
        let hex = |text: &str| data_encoding::HEXLOWER.encode(text.as_bytes());
        let upper = |text: &str| data_encoding::HEXUPPER.encode(text.as_bytes());
        let each = |form: &dyn Fn(u8) -> String| KEY.bytes().map(form).collect::<String>();
        for before in ["", ":", "u:", "us:"] {
            for inner in [
                base(&format!("{before}{KEY}")),
                hex(KEY),
                upper(KEY),
                each(&|b| format!("%{b:02x}")),
                each(&|b| format!("\\x{b:02x}")),
                each(&|b| format!("\\u{b:04x}")),
                each(&|b| format!("&#{b};")),
                KEY.replace('_', "%5F"),
                KEY.replace('_', "\\x5f"),
                KEY.replace('_', "&#95;"),
            ] {
                for lead in ["", "=", "k=", "{ =", "key="] {
                    let inner = format!("{lead}{inner}");
                    for text in [base(&inner), hex(&inner), upper(&inner)] {
                        let text = format!("data: {text}");
                        let token = anchors().find_map(|image| {
                            text.match_indices(image).find_map(|(at, _)| {
                                let plain = reveal(text.as_bytes(), at)?;
                                let plain = reveal_inside(&plain).unwrap_or(plain);
                                String::from_utf8(plain.text[plain.token].to_vec()).ok()
                            })
                        });
                        assert_eq!(token.as_deref(), Some(KEY), "{inner} in {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn base64_is_read_over_the_lines_of_an_encoder_and_in_utf_16() {
        for indent in ["", "  ", "    "] {
            for before in 40..72 {
                let text = format!(
                    "{}={KEY}\nPORT=3000\n{}",
                    "x".repeat(before),
                    "y".repeat(60)
                );
                let base = data_encoding::BASE64.encode(text.as_bytes());
                let lines: Vec<&str> = (0..base.len())
                    .step_by(76)
                    .map(|at| &base[at..base.len().min(at + 76)])
                    .collect();
                let text = format!("{indent}{}", lines.join(&format!("\n{indent}")));
                let token = anchors().find_map(|image| revealed(&text, image));
                assert_eq!(
                    token.map(|(token, _)| token).as_deref(),
                    Some(KEY),
                    "{text}"
                );
            }
        }
        for before in ["", "'", "$k='", "$h = @{k='"] {
            let wide: Vec<u8> = format!("{before}{KEY}'; run")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect();
            let text = format!("-enc {}", data_encoding::BASE64.encode(&wide));
            let token = anchors().find_map(|image| revealed(&text, image));
            assert_eq!(
                token.map(|(token, _)| token).as_deref(),
                Some(KEY),
                "{text}"
            );
        }
    }

    #[test]
    fn every_way_to_write_bytes() {
        let list = |form: &dyn Fn(u8) -> String, between: &str| {
            KEY.bytes().map(form).collect::<Vec<_>>().join(between)
        };
        for (image, text) in [
            ("0x61, 0x6", list(&|b| format!("0x{b:02x}"), ", ")),
            ("0x61,0x6", list(&|b| format!("0x{b:02X}"), ",")),
            ("61 6b 5f", list(&|b| format!("{b:02x}"), " ")),
            ("61-6B-5F", list(&|b| format!("{b:02X}"), "-")),
            ("97, 107, 95", list(&|b| b.to_string(), ", ")),
            (
                "'a', 'k', '_'",
                list(&|b| format!("'{}'", char::from(b)), ", "),
            ),
            (
                "b'a', b'k'",
                list(&|b| format!("b'{}'", char::from(b)), ", "),
            ),
            ("0x61, (byte)", list(&|b| format!("0x{b:02x}"), ", (byte) ")),
            ("hr(97)", list(&|b| format!("chr({b})"), " + ")),
            ("hr(97)", list(&|b| format!("Chr({b})"), " & ")),
            ("HR(97)", list(&|b| format!("CHR({b})"), "||")),
            ("hr(97)", list(&|b| format!("chr({b})"), ".")),
            ("har]97", list(&|b| format!("[char]{b}"), " + ")),
            ("har]0x61", list(&|b| format!("[char]0x{b:x}"), "+")),
            ("\\97\\1", list(&|b| format!("\\{b}"), "")),
            ("&#0097;", list(&|b| format!("&#{b:04};"), "")),
            ("\\x{61}", list(&|b| format!("\\x{{{b:x}}}"), "")),
            ("\\0141", list(&|b| format!("\\0{b:03o}"), "")),
            ("=61=6", list(&|b| format!("={b:02X}"), "")),
            ("ak=5", KEY.replace('_', "=5F")),
            ("ak\\", KEY.replace('_', "\\_")),
            ("ak&", KEY.replace('_', "&UnderBar;")),
            ("ak\\", KEY.replace('_', "\\5f ")),
            ("ak\\", KEY.replace('_', "\\00005F")),
            (
                "&#97;",
                list(&|b| format!("&#{b};"), "").replace("&#95;", "&#95"),
            ),
            ("&amp;#97;", list(&|b| format!("&amp;#{b};"), "")),
            ("ak&", KEY.replace('_', "&amp;#x5F;")),
            ("%5Cx61", list(&|b| format!("%5Cx{b:02x}"), "")),
            ("ak%2", KEY.replace('_', "%26%2395%3B")),
            ("ak%5", KEY.replace('_', "%5Cu005f")),
        ] {
            let token = revealed(&text, image).map(|(token, _)| token);
            assert_eq!(token.as_deref(), Some(KEY), "{text}");
            // In the middle of a longer list it is the end of another word.
            // A call's name only gets longer.
            if !image.ends_with("(97)") && !image.starts_with("har]") {
                let token = revealed(&format!("x{text}"), image);
                assert_eq!(token, None, "x{text}");
            }
        }
    }

    #[test]
    fn what_is_turned_around_reads_backwards() {
        let back: String = KEY.chars().rev().collect();
        for (image, text, expected) in [
            ("_ka\"", format!("k = \"{back}\"[::-1]"), Some(KEY)),
            ("_ka'", format!("k = '{back}'.reverse"), Some(KEY)),
            ("_ka'", format!("$k = strrev('{back}');"), Some(KEY)),
            ("_ka\"", format!("K=$(echo \"{back}\" | rev)"), Some(KEY)),
            ("_ka\"", format!("k = \"{back}\""), None),
            ("_ka\"", format!("k = \"a {back}\"[::-1]"), None),
            ("_ka\"", format!("k = \"{back}\"\nf(x[::-1])"), None),
        ] {
            let token = revealed(&text, image).map(|(token, _)| token);
            assert_eq!(token.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lists_are_joined_where_nothing_stands_between() {
        let (left, right) = KEY.split_at(3);
        for (before, after) in [
            ("[", "].join('')"),
            ("[", "].join(\"\")"),
            ("''.join([", "])"),
            ("implode('', [", "]);"),
            ("!Join ['', [", "]]"),
            ("{\"Fn::Join\": [\"\", [", "]]}"),
            ("String.join(\"\", ", ");"),
            ("join(\"\", [", "])"),
            ("concat!(", ")"),
        ] {
            let text = format!("{before}'{left}', '{right}'{after}");
            let token = revealed(&text, "ak_").map(|(token, _)| token);
            assert_eq!(token.as_deref(), Some(KEY), "{text}");
        }
    }

    #[test]
    fn only_a_bounded_neighbourhood_is_undone() {
        let blob = format!("{}{}", "QUFB".repeat(50_000), "YWtfYWFh".repeat(50_000));
        let start = blob.find("YWtf").unwrap() + 80_000;
        let plain = reveal(blob.as_bytes(), start);
        assert!(plain.is_none_or(|p| p.text.len() <= 4 * CONTEXT + LONGEST));
        for text in ["61".repeat(100_000), "616b5f".repeat(50_000)] {
            let plain = reveal(text.as_bytes(), text.find("616b5f").unwrap_or(0));
            assert!(plain.is_none_or(|p| p.text.len() <= 4 * CONTEXT + LONGEST));
        }
        let literals = "\"ak_\" + ".repeat(20_000) + &"\"a\" + ".repeat(100_000);
        for start in [1, 8 * 19_999 + 1] {
            let plain = reveal(literals.as_bytes(), start);
            assert!(plain.is_none_or(|p| p.text.len() <= 4 * CONTEXT + LONGEST));
        }
    }

    #[test]
    fn images_without_the_rest_reveal_nothing() {
        for (text, image) in [
            ("\"integrity\": \"sha1-2j6QUkVRkRkJnkq5zqCVZSIf\"", "ha1"),
            ("weak\\nothing more here", "ak\\"),
            ("100%61 of them", "%61"),
            ("\\x61\\x62\\x63", "\\x61"),
            ("616b5f00ff00ff00ff00ff00ff00ff00ff", "616b5f"),
            ("prefixes = [\"ak_\", \"Usy6t8dgkh4kcSYr\"]", "ak_"),
            ("['ak_', 'Usy6t8dgkh4kcSYr'].join('-')", "ak_"),
            ("a = 'ak_';\nlog(b + 'Usy6t8dgkh4kcSYr');", "ak_"),
            ("a = 'ak_';\nb = 'Usy6t8dgkh4kcSYr';\nlog(b, a);", "ak_"),
            ("KEY `ak_` (`Usy6t8dgkh4kcSYr`)", "ak_"),
            ("%w[ak_ Usy6t8dgkh4kcSYr].each", "ak_"),
            ("'ak_'; 'Usy6t8dgkh4kcSYr'", "ak_"),
            (
                "0x61, 0x6b, 0x5f, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05",
                "0x61, 0x6",
            ),
            ("'-'.join(['ak_', 'Usy6t8dgkh4kcSYr'])", "ak_"),
            ("chr(120) + chr(97) + chr(107) + chr(95)", "hr(97)"),
            ("a[467258] = 686131", "467258"),
            ("width: 686131px", "686131"),
            ("os.path.join('ak_', 'Usy6t8dgkh4kcSYr')", "ak_"),
            ("join(\"/\", [\"ak_\", \"Usy6t8dgkh4kcSYr\"])", "ak_"),
        ] {
            assert_eq!(revealed(text, image), None, "{text}");
        }
    }
}
