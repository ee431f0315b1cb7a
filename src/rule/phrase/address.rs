//! Whom a turn is about: this machine, where nobody stands in between, or a server elsewhere.

use std::ops::Range;

use super::{is_word, line};
use crate::rule::Match;

/// How many lines above a turn may say whom it is about.
const ABOVE: usize = 3;
/// No statement is followed over more lines than this, to either side.
const LINES: usize = 8;

/// Whether what is addressed next to the turn is this machine.
pub(super) fn is_to_this_machine(bytes: &[u8], found: &Match) -> bool {
    if names_this_machine(&bytes[statement(bytes, &found.span)]) {
        return true;
    }
    let block = &bytes[block(bytes, &found.span, ABOVE)];
    names_this_machine(block) && !addresses_another(block)
}

pub(super) fn names_this_machine(text: &[u8]) -> bool {
    ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
        .iter()
        .any(|host| {
            memchr::memmem::find_iter(text, host.as_bytes()).any(|at| {
                let is_part = |b: &u8| is_word(*b) || matches!(b, b'-' | b'.');
                let before = &text[..at];
                !before.last().is_some_and(is_part) && {
                    let after = &text[at + host.len()..];
                    !after.first().is_some_and(is_part) || after.starts_with(b". ")
                }
            })
        })
}

/// Whether the code around the turn reads the address of a service of this machine: a URL that its
/// name calls local, or such a host or port out of the settings that a call is given. What a socket is
/// bound to is the other end. Where a public host is named, too, the turn is about that.
pub(super) fn is_to_a_local_service(bytes: &[u8], found: &Match) -> bool {
    let text = &bytes[function(bytes, &found.span)];
    if addresses_another(text) {
        return false;
    }
    let mut at = 0;
    while at < text.len() {
        if !is_word(text[at]) {
            at += 1;
            continue;
        }
        let length = text[at..].iter().take_while(|b| is_word(**b)).count();
        let (name, rest) = (&text[at..at + length], &text[at + length..]);
        let is_member = text[..at].ends_with(b".") || text[..at].ends_with(b"->");
        at += length;
        let words = crate::rule::key::words(name);
        let Some(local) = words.iter().position(|word| word == b"local") else {
            continue;
        };
        // `LocalRootURL`, and not `LocalFileURL`.
        let target = words[local + 1..].iter().find(|word| {
            ![&b"root"[..], b"base", b"server", b"service", b"api"].contains(&&word[..])
        });
        let is_given = is_member && matches!(rest.first(), Some(b',' | b')'));
        let is_target = match target.map(|word| &word[..]) {
            Some(b"url" | b"uri" | b"endpoint") => rest.first() != Some(&b'('),
            Some(b"addr" | b"address" | b"host" | b"ip" | b"port") => is_given,
            _ => false,
        };
        if is_target {
            return true;
        }
    }
    false
}

/// The lines around `span` up to a function's head and down to its end, as far as a screen.
fn function(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    const SCREEN: usize = 12;
    let is_edge = |text: &[u8]| {
        // A function without a name is part of another.
        let is_head = ["func ", "def ", "function ", "fun ", "fn "]
            .iter()
            .any(|word| text.trim_ascii_start().starts_with(word.as_bytes()));
        is_head
            || is_method(text.trim_ascii())
            || text.first().is_some_and(|b| !b.is_ascii_whitespace())
    };
    let mut range = line(bytes, span.start).start..line(bytes, span.end).end;
    for _ in 0..SCREEN {
        let Some(end) = range.start.checked_sub(1) else {
            break;
        };
        let above = line(bytes, end);
        if is_edge(&bytes[above.clone()]) {
            break;
        }
        range.start = above.start;
    }
    for _ in 0..SCREEN {
        if range.end >= bytes.len() {
            break;
        }
        let below = line(bytes, range.end + 1);
        if is_edge(&bytes[below.clone()]) {
            break;
        }
        range.end = below.end;
    }
    range
}

/// `void send(Request r) {`: the head of a method, where that has no word of its own.
fn is_method(line: &[u8]) -> bool {
    const OTHER: [&[u8]; 16] = [
        b"if",
        b"else",
        b"for",
        b"foreach",
        b"while",
        b"do",
        b"switch",
        b"try",
        b"catch",
        b"with",
        b"using",
        b"return",
        // A function without a name is part of another.
        b"func",
        b"function",
        b"fun",
        b"fn",
    ];
    let first = line.iter().take_while(|b| is_word(**b)).count();
    let open = memchr::memchr(b'(', line);
    let count = |sign: u8| line.iter().filter(|b| **b == sign).count();
    line.ends_with(b"{")
        && first > 0
        && !OTHER.contains(&&line[..first])
        && count(b'(') == count(b')')
        && memchr::memmem::find(line, b"=>").is_none()
        && open.is_some_and(|open| !line[..open].contains(&b'='))
}

/// Whether `text` has the URL of a public host.
fn addresses_another(text: &[u8]) -> bool {
    public_urls(text).next().is_some()
}

/// Where the URLs of public hosts in `text` begin.
pub(super) fn public_urls(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr::memmem::find_iter(text, b"https://").filter(|at| begins_public(&text[at + 8..]))
}

/// Whether `text` begins with the name of a public host.
pub(super) fn begins_public(text: &[u8]) -> bool {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-');
    is_public(&text[..text.iter().take_while(is_part).count()])
}

/// The lines around `span` that are as deep as its own or deeper: the other
/// keys of a mapping, the statements that follow in a function.
pub(super) fn block(bytes: &[u8], span: &Range<usize>, above: usize) -> Range<usize> {
    const BELOW: usize = 12;
    let indent = |range: &Range<usize>| {
        let text = &bytes[range.clone()];
        let rest = text.trim_ascii_start();
        (!rest.is_empty()).then(|| text.len() - rest.len())
    };
    let here = line(bytes, span.start);
    let depth = indent(&here).unwrap_or_default();
    let mut range = here.start..line(bytes, span.end).end;
    if depth == 0 {
        return range;
    }
    for _ in 0..above {
        let Some(end) = range.start.checked_sub(1) else {
            break;
        };
        let above = line(bytes, end);
        if indent(&above).is_some_and(|d| d < depth) {
            break;
        }
        range.start = above.start;
    }
    for _ in 0..BELOW {
        if range.end >= bytes.len() {
            break;
        }
        let below = line(bytes, range.end + 1);
        if indent(&below).is_some_and(|d| d < depth) {
            break;
        }
        range.end = below.end;
    }
    range
}

/// The lines that `span` and what continues them take: calls and lists over
/// several lines, commands that go on after a `\`.
pub(super) fn statement(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    let mut range = line(bytes, span.start).start..line(bytes, span.end).end;
    for _ in 0..LINES {
        let Some(end) = range.start.checked_sub(1) else {
            break;
        };
        let above = line(bytes, end);
        let text = bytes[above.clone()].trim_ascii_end();
        if !text
            .last()
            .is_some_and(|b| matches!(b, b'(' | b',' | b'\\' | b'{' | b'['))
        {
            break;
        }
        range.start = above.start;
    }
    for _ in 0..LINES {
        let text = bytes[range.clone()].trim_ascii_end();
        if range.end >= bytes.len() || !text.last().is_some_and(|b| matches!(b, b',' | b'\\')) {
            break;
        }
        range.end = line(bytes, range.end + 1).end;
    }
    range
}

/// Whether the connection that the turn is an option of leads to a name that
/// more than this network knows.
pub(super) fn is_to_a_public_host(bytes: &[u8], found: &Match) -> bool {
    let text = bytes[line(bytes, found.span.start)].to_ascii_lowercase();
    ["://", "@tcp(", "server=", "data source=", "host="]
        .iter()
        .any(|lead| {
            memchr::memmem::find_iter(&text, lead.as_bytes()).any(|at| {
                let host = &text[at + lead.len()..];
                begins_public(host.strip_prefix(b"tcp:").unwrap_or(host))
            })
        })
}

fn is_public(host: &[u8]) -> bool {
    let mut labels = host.rsplit(|b| *b == b'.');
    let top = labels.next().unwrap_or_default();
    let domain = labels.next().unwrap_or_default();
    top.len() >= 2
        && top.iter().all(u8::is_ascii_alphabetic)
        && !domain.is_empty()
        && domain != b"example"
        && ![
            &b"local"[..],
            b"localhost",
            b"internal",
            b"lan",
            b"test",
            b"example",
            b"invalid",
            b"svc",
        ]
        .contains(&top)
}
