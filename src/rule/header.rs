//! The header in which a call to the product carries its key.

mod role;

use std::ops::Range;

use super::guard::{begins_with, letters_and_digits};
use super::{Match, Scene, Verdict};
use crate::syntax::{Kind, Place};

/// The `[rule.header]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HeaderText {
    /// The header as it must be.
    name: String,
    /// What is written instead: lower case, without `-` and `_`.
    wrong: Vec<String>,
    /// Headers that are wrong only with the product's key in them.
    shared: Vec<String>,
    /// Functions that set one of these to their argument, written as `wrong` is.
    calls: Vec<String>,
    /// Hosts of the product.
    hosts: Vec<String>,
    /// What names of its key have in them, lower case, without `-` and `_`;
    /// such a name says where the key is sent.
    product_key_names: Vec<String>,
    /// The same, of names that other keys have as well.
    key_names: Vec<String>,
}

pub struct HeaderRule {
    /// What names of headers hold, in lower case.
    anchors: Vec<Vec<u8>>,
    text: HeaderText,
}

/// How far from a header the host of its call is looked for.
const REACH: usize = 1200;
/// How far from it the host may be named where the value is the product's key.
const FILE: usize = 32 * 1024;
/// A host that is nearer than this to a header is that of its call.
const LEAD: usize = 400;
/// How far behind it its value reaches.
const VALUE: usize = 120;

impl HeaderRule {
    pub fn new(anchors: Vec<Vec<u8>>, text: HeaderText) -> HeaderRule {
        HeaderRule { anchors, text }
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// The part of a name that begins at `start`: there is no more to match than
    /// the anchor, and `authorization` and `api_key` are too frequent for a regex.
    pub fn find(&self, bytes: &[u8], start: usize) -> Option<Match> {
        let text = &bytes[start..];
        let anchor = self.anchors.iter().find(|a| begins_with(text, a))?;
        let span = start..start + anchor.len();
        Some(Match {
            secret: span.clone(),
            span,
        })
    }

    /// `None` for the right header, for those of other services, and for what
    /// is written about either.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let bytes = scene.bytes();
        let span = word_around(bytes, &found.span);
        let name = &bytes[span.clone()];
        // `REPORT_FLOW_APP_KEY` is a variable's name.
        let is_variable = name.contains(&b'_') && !name.iter().any(u8::is_ascii_lowercase);
        if name == self.text.name.as_bytes() || is_variable {
            return None;
        }
        let plain = letters_and_digits(name);
        let is_listed = |list: &[String]| list.iter().any(|w| w.as_bytes() == plain);
        let value = Value::at(bytes, span.end);
        let is_call = is_listed(&self.text.calls) && bytes.get(span.end) == Some(&b'(');
        // `Headers.Authorization = new AuthenticationHeaderValue(...)` is one mistake.
        let is_made_by_call = || value.is_called(&self.text.calls);
        let is_shared = is_call || (is_listed(&self.text.shared) && !is_made_by_call());
        let is_key = || self.has_key(&value) || is_key_alone(value.text);
        if !(is_listed(&self.text.wrong) || (is_shared && is_key())) {
            return None;
        }
        if !self.is_to_product(bytes, &span, &value)
            || !(is_call || role::is_header(bytes, &span))
            || self.has_right_one(bytes, &span)
        {
            return None;
        }
        let place = scene.place(span.start);
        if scene.language().kind() == Kind::Prose
            || (place.is_for_readers() && place != Place::MarkupText)
        {
            return None;
        }
        let name = String::from_utf8_lossy(name).into_owned();
        Some(Verdict {
            message: format!(
                "the key goes into the header `{}`, not `{name}`",
                self.text.name
            ),
            highlight: span,
            content: name.into_bytes(),
            ..Verdict::default()
        })
    }

    /// Whether the value is a key, or is called the product's.
    fn has_key(&self, value: &Value<'_>) -> bool {
        let text = value.text;
        memchr::memmem::find_iter(text, b"ak_").any(|at| at == 0 || !is_token(text[at - 1]))
            || value.is_called(&self.text.key_names)
            || self.is_called_key(value)
    }

    /// Whether the value is called the product's by the product's name.
    fn is_called_key(&self, value: &Value<'_>) -> bool {
        value.is_called(&self.text.product_key_names)
    }

    /// Whether the nearest host is the product's, or the value is called its
    /// key and no other host is near.
    fn is_to_product(&self, bytes: &[u8], header: &Range<usize>, value: &Value<'_>) -> bool {
        let window =
            |reach: usize| header.start.saturating_sub(reach)..bytes.len().min(header.end + reach);
        let near = window(REACH);
        let text = &bytes[near.clone()];
        // A bare host stands in a client's settings.
        let bare = self
            .text
            .hosts
            .iter()
            .flat_map(|host| memchr::memmem::find_iter(text, host.as_bytes()));
        let nearest = memchr::memmem::find_iter(text, b"://")
            .map(|at| (at + 3, false))
            .chain(bare.map(|at| (at, true)))
            .min_by_key(|&(at, _)| distance(bytes, header, near.start + at));
        let Some((at, is_bare)) = nearest else {
            return self.is_called_key(value)
                || (self.has_key(value) && self.is_in(&bytes[window(FILE)]));
        };
        is_bare
            || self.is_host(&text[at..])
            || (self.has_key(value)
                && distance(bytes, header, near.start + at) > LEAD
                && (self.is_called_key(value) || self.is_in(&bytes[window(FILE)])))
    }

    fn is_host(&self, text: &[u8]) -> bool {
        let end = text
            .iter()
            .position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')))
            .unwrap_or(text.len());
        let host = text[..end.min(253)].to_ascii_lowercase();
        let host = host.strip_suffix(b".").unwrap_or(&host);
        self.text.hosts.iter().any(|own| {
            host.strip_suffix(own.as_bytes())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
        })
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.text
            .hosts
            .iter()
            .any(|host| memchr::memmem::find(text, host.as_bytes()).is_some())
    }

    /// Whether the right header stands next to the wrong one, which then is another's.
    fn has_right_one(&self, bytes: &[u8], header: &Range<usize>) -> bool {
        const NEXT: usize = 240;
        let from = header.start.saturating_sub(NEXT);
        let text = &bytes[from..bytes.len().min(header.end + NEXT)];
        memchr::memmem::find_iter(text, self.text.name.as_bytes()).any(|at| {
            let span = from + at..from + at + self.text.name.len();
            let is_whole = word_around(bytes, &span) == span;
            let is_named = bytes[span.end..]
                .iter()
                .find(|b| !matches!(b, b'"' | b'\'' | b'`' | b' '))
                .is_some_and(|b| matches!(b, b':' | b',' | b'=' | b']'));
            let is_same_call = distance(bytes, header, span.start) < NEXT;
            is_whole && is_same_call && is_named && role::is_header(bytes, &span)
        })
    }
}

/// `Bearer {key}`, `("Bearer", key)`, `(key)`: an access token is not called a key.
fn is_key_alone(value: &[u8]) -> bool {
    const BETWEEN: usize = 8;
    let lower = value.to_ascii_lowercase();
    let rest = match memchr::memmem::find(&lower, b"bearer") {
        Some(at) => &lower[at + b"bearer".len()..],
        None if lower.starts_with(b"(") => &lower[..],
        None => return false,
    };
    let lead = rest.iter().take_while(|b| !is_token(**b)).count();
    rest[lead..]
        .strip_prefix(b"key")
        .is_some_and(|after| lead <= BETWEEN && !after.first().is_some_and(|b| is_token(*b)))
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// The whole word of which `part` is some; the letter of a `\n` before it is none of its own.
fn word_around(bytes: &[u8], part: &Range<usize>) -> Range<usize> {
    const LONGEST: usize = 64;
    let left = bytes[part.start.saturating_sub(LONGEST)..part.start]
        .iter()
        .rev()
        .take_while(|b| is_token(**b))
        .count();
    let right = bytes[part.end..bytes.len().min(part.end + LONGEST)]
        .iter()
        .take_while(|b| is_token(**b))
        .count();
    let start = part.start - left;
    let is_escape = left > 0
        && start.checked_sub(1).is_some_and(|at| bytes[at] == b'\\')
        && matches!(bytes[start], b'n' | b'r' | b't');
    start + usize::from(is_escape)..part.end + right
}

/// What follows a header on its line, and on the next if that holds its value.
struct Value<'t> {
    text: &'t [u8],
    /// Its letters and digits, in lower case.
    plain: Vec<u8>,
}

impl Value<'_> {
    fn at(bytes: &[u8], from: usize) -> Value<'_> {
        let text = &bytes[from..bytes.len().min(from + VALUE)];
        let line = memchr::memchr(b'\n', text).unwrap_or(text.len());
        let text = match text[..line].trim_ascii_end() {
            // `header(\n  "name",\n  value)`
            [.., b',' | b':'] if line < 4 => text,
            _ => &text[..line],
        };
        Value {
            text,
            plain: letters_and_digits(text),
        }
    }

    fn is_called(&self, names: &[String]) -> bool {
        names
            .iter()
            .any(|name| memchr::memmem::find(&self.plain, name.as_bytes()).is_some())
    }
}

/// Bytes between a header and a URL; a blank line or the end of a statement is worth many.
fn distance(bytes: &[u8], header: &Range<usize>, url: usize) -> usize {
    const BREAK: usize = 300;
    let between = if url < header.start {
        &bytes[url..header.start]
    } else {
        // Empty where the header is the host itself: `evolution://apikey`.
        bytes.get(header.end..url).unwrap_or_default()
    };
    let blank = memchr::memmem::find_iter(between, b"\n\n").count();
    let ends = memchr::memmem::find_iter(between, b"curl ").count()
        + memchr::memmem::find_iter(between, b"});").count();
    between.len() + BREAK * (blank + ends)
}
