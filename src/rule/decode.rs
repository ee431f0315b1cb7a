//! Keys that do not stand in the text as they are: split over literals,
//! spelled in escapes, in hex or base64, or one of these inside another.
//!
//! Everything starts from an anchor: an image of `ak_` under a disguise. What
//! is undone is a bounded neighbourhood of it, and every byte of the result
//! remembers which bytes it came from.

use std::ops::Range;

use super::guard::{Before, is_token_byte};

/// Images of `ak_`, and of its base64 and hex inside either. One that is not
/// followed by the rest of an image costs a few comparisons.
pub(super) const ANCHORS: &[&str] = &[
    // In base64, where a group of four begins with it, or has one or two bytes before it.
    "YWtf",
    "FrX",
    "ha1", //
    // In hex.
    "616b5f",
    "616B5F", //
    // In base64 the base64, in three positions, and the hex; in hex the base64.
    "WVd0Z",
    "lXdG",
    "ZV3R",
    "NjE2YjVm",
    "59577466", //
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
    "ak%25",
    "ak&", //
    // With the prefix itself split over literals.
    "ak'",
    "ak\"",
    "'k_",
    "\"k_", //
];

/// How much before and after a disguised token is kept as its context.
const CONTEXT: usize = 256;
/// The longest disguised token, in bytes of the original.
const LONGEST: usize = 1024;
/// The longest token that is looked for.
const LONGEST_TOKEN: usize = 160;
/// The shortest: the prefix and the shortest body.
const SHORTEST_TOKEN: usize = 15;
/// What may stand between two literals that make one.
const LONGEST_JOINT: usize = 96;

/// What hid a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disguise {
    Split,
    Escapes,
    Hex,
    Base64,
}

impl Disguise {
    /// As the end of "a key, ...".
    pub fn words(self) -> &'static str {
        match self {
            Disguise::Split => "split over literals",
            Disguise::Escapes => "in escaped characters",
            Disguise::Hex => "in hex",
            Disguise::Base64 => "in base64",
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
        [b'Y', b'W', b't', b'f', ..] | [b'W', b'V', b'd', b'0', b'Z', ..]
            if !begins_token(bytes, start, &[]) =>
        {
            None
        }
        [b'Y', b'W', b't', b'f', ..] => base64(bytes, start),
        [b'F', b'r', b'X', ..] => base64(bytes, start.checked_sub(2)?),
        [b'h', b'a', b'1', ..] => base64(bytes, start.checked_sub(3)?),
        [b'W', b'V', b'd', b'0', b'Z', ..] => nested_base64(bytes, start),
        [b'l', b'X', b'd', b'G', ..] => nested_base64(bytes, start.checked_sub(2)?),
        [b'Z', b'V', b'3', b'R', ..] => nested_base64(bytes, start.checked_sub(3)?),
        [b'N', b'j', b'E', b'2', b'Y', b'j', b'V', b'm', ..] => nested_base64(bytes, start),
        [b'6', b'1', b'6', b'b' | b'B', b'5', b'f' | b'F', ..] => hex(bytes, start),
        [b'5', b'9', b'5', b'7', b'7', b'4', b'6', b'6', ..] => reveal_inside(&hex(bytes, start)?),
        [b'a' | b'\\' | b'%' | b'&', ..] => spelled(bytes, start),
        [b'"' | b'\'', b'k', b'_', ..] => spelled(bytes, first_letter(bytes, start)?),
        _ => None,
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
            b'"' | b'\'' | b'`' | b'\\' | b'%' | b'&' | b'$' | b'#' | b'{'
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

/// A token spelled out: plain characters, escapes, and joints between literals.
fn spelled(bytes: &[u8], start: usize) -> Option<Plain> {
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
    let mut quote = None;
    while token.text.len() < LONGEST_TOKEN && at < bytes.len().min(start + LONGEST) {
        let (byte, next) = if is_token_byte(bytes[at]) && bytes[at].is_ascii() {
            (bytes[at], at + 1)
        } else if let Some((byte, next)) = escape(bytes, at).filter(|(b, _)| is_plain(*b)) {
            disguise.get_or_insert(Disguise::Escapes);
            (byte, next)
        } else if let Some(next) = joint(bytes, at, start, &mut quote)
            // Another key is not the rest of this one.
            .filter(|&next| !bytes[next..].starts_with(b"ak_"))
            .filter(|&next| token.text.len() < SHORTEST_TOKEN || !is_prose(&bytes[next..]))
        {
            disguise = Some(Disguise::Split);
            at = next;
            continue;
        } else {
            break;
        };
        let length = token.text.len();
        if length < 3 && byte != b"ak_"[length] {
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
        b'&' if rest.starts_with(b"&#x") || rest.starts_with(b"&#X") => number(3, 1..7, 16, b";"),
        b'&' if rest.starts_with(b"&#") => number(2, 1..8, 10, b";"),
        // A string inside a string doubles its backslashes.
        b'\\' => {
            let slashes = rest.iter().take_while(|&&b| b == b'\\').count();
            match rest.get(slashes)? {
                b'x' if rest.get(slashes + 1) == Some(&b'{') => number(slashes + 2, 1..7, 16, b"}"),
                b'x' => number(slashes + 1, 2..3, 16, b""),
                b'u' if rest.get(slashes + 1) == Some(&b'{') => number(slashes + 2, 1..7, 16, b"}"),
                b'u' => number(slashes + 1, 4..5, 16, b""),
                b'U' => number(slashes + 1, 8..9, 16, b""),
                b'0'..=b'1' => number(slashes, 3..4, 8, b""),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Where the next literal's text begins, if the one that ends at `at` and the
/// next are put together: by an operator, by standing side by side, by a
/// line's continuation, by `join` or `concat`. `quote` is what the literal began with.
fn joint(bytes: &[u8], at: usize, start: usize, quote: &mut Option<u8>) -> Option<usize> {
    let rest = &bytes[at..bytes.len().min(at + LONGEST_JOINT)];
    // A backslash at the end of a line goes on in the next.
    // A shell's word ends where blanks follow.
    let is_bare = start
        .checked_sub(1)
        .is_none_or(|at| matches!(bytes[at], b'=' | b' ' | b'\t' | b'\n'));
    if let [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] = rest {
        let line = memchr::memchr(b'\n', rest)? + 1;
        let blanks = rest[line..].iter().take_while(|b| is_blank(**b)).count();
        return (line + blanks < rest.len() && !(is_bare && blanks > 0))
            .then_some(at + line + blanks);
    }
    let slashes = rest.iter().take_while(|&&b| b == b'\\').count();
    let close = *rest.get(slashes)?;
    if !matches!(close, b'"' | b'\'' | b'`') {
        return template_joint(rest, close)
            .or_else(|| format_joint(bytes, start, rest))
            .map(|next| at + next);
    }
    let opened = *quote.get_or_insert(close);
    // A shell's word goes on in quotes, wherever they open.
    if is_bare && slashes == 0 && opened == close && rest.get(1).is_some_and(|b| is_plain(*b)) {
        return Some(at + 1);
    }
    if opened != close {
        return None;
    }
    let mut from = slashes + 1;
    // Python's and others' literals of three quotes.
    while rest.get(from) == Some(&close) && rest.get(from + 1) == Some(&close) {
        from += 2;
    }
    let between = rest[from..]
        .iter()
        .position(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let (glue, open) = rest[from..].split_at(between);
    let glue = without_comments(glue);
    let squashed: Vec<u8> = glue
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace() && *b != b';')
        .collect();
    let glue = glue.strip_suffix(b"\\").unwrap_or(&glue);
    // `f"`, `r"`, `u8"`, `L"`, `@"`: a letter or two that belong to the literal.
    let glue = glue
        .iter()
        .rposition(|b| !b.is_ascii_alphabetic() && *b != b'@')
        .map_or(if glue.len() <= 2 { &[][..] } else { glue }, |last| {
            if glue.len() - last <= 3 {
                &glue[..=last]
            } else {
                glue
            }
        });
    let mut operator: Vec<u8> = glue
        .iter()
        .copied()
        .filter(|b| !is_blank(*b) && !matches!(b, b'\n' | b'\r' | b'(' | b')' | b'{' | b'}' | b'$'))
        .collect();
    operator.dedup_by(|a, b| *a == b'\\' && *b == b'\\');
    let joins = match &operator[..] {
        // Behind a shell's word, a literal is the next argument; what stands
        // in backticks side by side is a text's or a table's.
        b"" => {
            close != b'`'
                && (!is_bare || glue.contains(&b'\n'))
                && !glue.iter().any(|b| matches!(b, b'(' | b')' | b'{' | b'}'))
        }
        b"+" | b"." | b".." | b"&" | b"~" | b"<>" | b"||" | b"++" | b"^" | b"\\" | b"+\\"
        | b".\\" | b"&_" | b"*" | b"<<" | b"+=" | b".=" => true,
        b".concat" | b".append" | b".push_str" => true,
        b"," => is_joined(bytes, start, at),
        _ => is_appended(bytes, start, &squashed),
    };
    // A tag's attributes stand side by side as well, but each behind its name.
    *quote = Some(open[0]);
    let triple = usize::from(open.len() >= 3 && open[1] == open[0] && open[2] == open[0]) * 2;
    joins.then_some(at + from + between + 1 + triple)
}

/// Whether `glue`, without blanks, adds to the variable that the literal at
/// `start` was given to: `k += "..."`, `$k .= "..."`, `k = k + "..."`.
fn is_appended(bytes: &[u8], start: usize, glue: &[u8]) -> bool {
    let is_name = |b: &u8| is_token_byte(*b) || matches!(b, b'$' | b'.');
    if !glue.first().is_some_and(is_name) || start == 0 {
        return false;
    }
    let before = bytes[start.saturating_sub(64)..start - 1].trim_ascii_end();
    let Some(before) = before.strip_suffix(b"=") else {
        return false;
    };
    let before = before.strip_suffix(b":").unwrap_or(before).trim_ascii_end();
    let length = before.iter().rev().take_while(|b| is_name(b)).count();
    let name = &before[before.len() - length..];
    length > 0
        && glue.strip_prefix(name).is_some_and(|rest| {
            matches!(rest, b"+=" | b".=" | b"<<")
                || rest.strip_prefix(b"=").is_some_and(|rest| {
                    rest.strip_prefix(name)
                        .is_some_and(|rest| matches!(rest, b"+" | b"." | b".." | b"&"))
                })
        })
}

/// `ak_${"..."}` and back: where the text goes on after the template's joint.
fn template_joint(rest: &[u8], close: u8) -> Option<usize> {
    match close {
        // Python's `f"ak_{'...'}"`.
        b'{' if matches!(rest.get(1), Some(b'"' | b'\'')) => Some(2),
        b'$' | b'#' if rest.get(1) == Some(&b'{') => {
            let blanks = rest[2..].iter().take_while(|b| is_blank(**b)).count();
            matches!(rest.get(2 + blanks), Some(b'"' | b'\'' | b'`')).then_some(3 + blanks)
        }
        _ => None,
    }
}

/// `"ak_%s" % "..."`, `'ak_{}'.format('...')`, `Sprintf("ak_%s", "...")`: where
/// the only argument begins.
fn format_joint(bytes: &[u8], start: usize, rest: &[u8]) -> Option<usize> {
    let hole = [&b"%s"[..], b"%v", b"{}", b"{0}"]
        .iter()
        .find(|hole| rest.starts_with(hole))?
        .len();
    let quote = *bytes.get(start.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'') || rest.get(hole) != Some(&quote) {
        return None;
    }
    let glue = &rest[hole + 1..];
    let glue = &glue[..memchr::memchr2(b'"', b'\'', glue)?];
    let squashed: Vec<u8> = glue
        .iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect();
    let before = &bytes[start.saturating_sub(24)..start];
    let is_call = || {
        [&b"printf("[..], b"format(", b"format!("]
            .iter()
            .any(|call| before[..before.len() - 1].ends_with(call))
    };
    let joins = match &squashed[..] {
        b"%" | b"%(" | b"%[" | b".format(" => true,
        b"," => is_call(),
        _ => false,
    };
    joins.then_some(hole + 1 + glue.len() + 1)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `glue` without `/* */`, and without `//` and `#` to the end of their lines.
fn without_comments(glue: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(glue.len());
    let mut at = 0;
    while at < glue.len() {
        let rest = &glue[at..];
        let skip = if rest.starts_with(b"/*") {
            memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(b"//") || rest[0] == b'#' {
            memchr::memchr(b'\n', rest).unwrap_or(rest.len())
        } else {
            0
        };
        if skip == 0 {
            kept.push(glue[at]);
        }
        at += skip.max(1);
    }
    kept
}

/// Whether a list that holds the literal at `start` is put together with
/// nothing in between: by a call before it, or behind what ends at `at`.
fn is_joined(bytes: &[u8], start: usize, at: usize) -> bool {
    let before = &bytes[start.saturating_sub(64)..start.saturating_sub(1)];
    let holds = |text: &[u8], part: &[u8]| memchr::memmem::find(text, part).is_some();
    let is_empty = |text: &[u8]| holds(text, b"''") || holds(text, b"\"\"");
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    // `''.join([`, `String.join("", `, `"Fn::Join": ["", [`.
    let by_join = [&b"join"[..], b"Join", b"implode"].iter().any(|word| {
        memchr::memmem::rfind(before, word).is_some_and(|word_at| {
            let (object, rest) = before.split_at(word_at);
            let arguments = &rest[word.len()..];
            object.ends_with(b"''.")
                || object.ends_with(b"\"\".")
                || is_empty(arguments)
                || (word.starts_with(b"implode") && !arguments.iter().any(is_quote))
        })
    });
    // `Sprintf("%s%s", `, `'{}{}'.format(` have their holes side by side.
    let by_call = [
        &b"concat"[..],
        b"paste0(",
        b"strcat",
        b"\"%s%s\"",
        b"'%s%s'",
        b"\"{}{}\"",
        b"'{}{}'",
    ]
    .iter()
    .any(|word| holds(before, word));
    let after = &bytes[at..bytes.len().min(at + 4 * LONGEST_JOINT)];
    let after = &after[..memchr::memchr(b';', after).unwrap_or(after.len())];
    // `].join('')`; without an argument, a template's filter puts nothing in between, JavaScript a comma.
    let is_behind = |word: &'static [u8], calls: &'static [&'static [u8]]| {
        memchr::memmem::find_iter(after, word).any(|word_at| {
            let call = &after[word_at + word.len()..];
            calls.iter().any(|&c| call.starts_with(c))
        })
    };
    by_join
        || by_call
        || is_behind(b"join", &[b"('')", b"(\"\")", b"(``)"])
        || is_behind(b"| join", &[b" ", b"(''", b"(\"\"", b"()"])
        || is_behind(b"concat", &[b"()"])
        || is_behind(b"reduce", &[b"("])
}

/// A token in hex, two digits a byte.
fn hex(bytes: &[u8], start: usize) -> Option<Plain> {
    let pair = |at: usize| {
        let high = char::from(*bytes.get(at)?).to_digit(16)?;
        let low = char::from(*bytes.get(at + 1)?).to_digit(16)?;
        u8::try_from(high * 16 + low).ok()
    };
    // `616b5f616b5f`: the second is in the first's token.
    if start >= 2 && pair(start - 2).is_some_and(is_plain) && {
        let first = start.saturating_sub(8);
        let before: Vec<u8> = (first + (start - first) % 2..start)
            .step_by(2)
            .filter_map(pair)
            .collect();
        !Before::Boundary.allows(&before, before.len())
    } {
        return None;
    }
    let shortest = (0..SHORTEST_TOKEN).all(|n| pair(start + 2 * n).is_some_and(is_plain));
    if !shortest {
        return None;
    }
    let mut from = start;
    while from >= 2 && start - from < 2 * CONTEXT && pair(from - 2).is_some() {
        from -= 2;
    }
    let mut decoded = Builder::default();
    let mut at = from;
    while let Some(byte) = pair(at).filter(|_| at < start + 2 * (LONGEST_TOKEN + CONTEXT)) {
        decoded.push(byte, at..at + 2);
        at += 2;
    }
    let token = (start - from) / 2;
    // `0x` is no part of what it announces.
    if matches!(bytes[..from], [.., b'0', b'x' | b'X']) {
        from -= 2;
    }
    Some(in_context(bytes, from..at, decoded, token, Disguise::Hex))
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
    let mut quote = None;
    let mut decoded = Builder::default();
    let mut digits: Vec<(u32, Range<usize>)> = Vec::with_capacity(4);
    let mut at = group;
    let mut is_checked = false;
    loop {
        let digit = base64_digit(bytes, at)
            // The image itself may be split over literals.
            .or_else(|| {
                let next = joint(bytes, at, group, &mut quote)?;
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

/// The text around what base64 has at `group`, with its own context.
fn base64_plain(
    bytes: &[u8],
    group: usize,
    wanted: &dyn Fn(&[u8]) -> Option<usize>,
) -> Option<Plain> {
    let forward = base64_text(bytes, group, &|text| {
        wanted(text).is_some_and(|token| begins_token(bytes, group, &text[..token]))
    })?;
    let token = wanted(&forward.text)?;
    // What stands before it in the same run, as far as it is text.
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

/// Whether a token may begin behind `lead`, the first bytes of the group at
/// `group`, as far as the groups before it say.
fn begins_token(bytes: &[u8], group: usize, lead: &[u8]) -> bool {
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
    before.extend_from_slice(lead);
    Before::Boundary.allows(&before, before.len())
}

fn base64(bytes: &[u8], group: usize) -> Option<Plain> {
    base64_plain(bytes, group, &|text| {
        (0..3).find(|&lead| {
            let token = text.get(lead..).unwrap_or_default();
            // Of a split or escaped token, the rest is seen later.
            token.len() >= SHORTEST_TOKEN
                && token.starts_with(b"ak_")
                && token[3..5].iter().all(|b| (0x20..0x7f).contains(b))
                && token[..SHORTEST_TOKEN]
                    .iter()
                    .position(|b| !is_plain(*b))
                    .is_none_or(|end| may_go_on(token, end))
        })
    })
}

/// base64 of a text that holds base64 or hex.
fn nested_base64(bytes: &[u8], group: usize) -> Option<Plain> {
    let outer = base64_plain(bytes, group, &|text| {
        (0..3).find(|&lead| {
            let text = text.get(lead..).unwrap_or_default();
            text.starts_with(b"YWtf") || text.starts_with(b"616b5f")
        })
    })?;
    reveal_inside(&outer)
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
            "YWtf", "616b5f", "'ak_' + ", "WVd0Z", "%61", "\\x61", "&#97;", "ak\\",
        ] {
            let text = image.repeat(4096 / image.len() * 16);
            WORK.with(|work| work.set(0));
            for anchor in ANCHORS.iter().copied().chain(["ak_"]) {
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
            ("['ak_', 'Usy6t8dgkh4kcSYr'].join()", "ak_"),
            ("'-'.join(['ak_', 'Usy6t8dgkh4kcSYr'])", "ak_"),
            ("os.path.join('ak_', 'Usy6t8dgkh4kcSYr')", "ak_"),
            ("join(\"/\", [\"ak_\", \"Usy6t8dgkh4kcSYr\"])", "ak_"),
        ] {
            assert_eq!(revealed(text, image), None, "{text}");
        }
    }
}
