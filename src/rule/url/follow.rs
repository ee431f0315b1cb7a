//! Names followed through a file: whether what they hold is given to a call elsewhere.

use std::ops::Range;

use super::command::{line_start, runs_command};
use super::context::{Context, is_word};
use super::words::{Work, compares, opens, work};

/// Code larger than this is generated: its names are not followed.
pub(super) const LARGEST: usize = 512 * 1024;
/// How far from the URL its name is looked for.
const REACH: usize = 24 * 1024;
const OCCURRENCES: usize = 24;
/// How far a loop's body is read, and how far names of a letter or two are followed.
const LOOP: usize = 1500;

/// Whether what the names of `context` are given, before `from`, is fetched
/// elsewhere: by the variable, the members of the list, or the entry of the map.
pub(super) fn is_followed(bytes: &[u8], context: &Context, from: usize) -> bool {
    let [first, outer @ ..] = context.names.as_slice() else {
        return false;
    };
    if bytes.len() > LARGEST {
        return false;
    }
    let Some(word) = variable(bytes, first) else {
        return outer
            .first()
            .and_then(|map| variable(bytes, map))
            .is_some_and(|map| is_entry_fetched(bytes, map, &bytes[first.clone()], from));
    };
    let reach = if word.len() < 3 { LOOP } else { REACH };
    if is_used(bytes, word, from..bytes.len().min(from + reach)) || is_looped(bytes, word, from) {
        return true;
    }
    // Constants may stand below the code that uses them.
    let loud = word.len() > 3 && !word.iter().any(u8::is_ascii_lowercase);
    loud && is_used(bytes, word, from.saturating_sub(REACH)..first.start)
}

/// Whether all that is done with what the first name of `context` is given is to show it to a person,
/// or to compare it.
pub(super) fn is_only_shown(bytes: &[u8], context: &Context) -> bool {
    let Some(name) = context.names.first().filter(|_| bytes.len() <= LARGEST) else {
        return false;
    };
    let word = &bytes[name.clone()];
    let own = word.iter().rposition(|&b| !is_word(b)).map_or(0, |i| i + 1);
    let word = &word[own..];
    let around = name.start.saturating_sub(REACH)..bytes.len().min(name.end + REACH);
    let mut is_shown = false;
    for at in uses(bytes, word, around).filter(|at| !name.contains(at)) {
        // Another branch gives it another address.
        if is_given_text(&bytes[at + word.len()..]) {
            continue;
        }
        let context = Context::read(bytes, with_receiver(bytes, at));
        let mut calls = context.calls.iter().map(|c| &bytes[c.name.clone()]);
        let is_told = match calls.find(|c| work(c) != Work::Wrap) {
            Some(call) => opens(call) || compares(call),
            None => is_link(&bytes[line_start(bytes, at)..at]),
        };
        if !is_told {
            return false;
        }
        is_shown = true;
    }
    word.len() > 2 && is_shown
}

/// Whether `rest`, what follows a name, gives it a literal.
fn is_given_text(rest: &[u8]) -> bool {
    let rest = rest[..rest.len().min(8)].trim_ascii_start();
    rest.strip_prefix(b"=")
        .is_some_and(|value| matches!(value.trim_ascii_start(), [b'"' | b'\'', ..]))
}

/// Whether what follows `before` is where a link leads, or where the browser goes:
/// `<a href="<?php echo `, `location.href = `.
fn is_link(before: &[u8]) -> bool {
    let text = before.trim_ascii_end();
    let mark = [&b"href="[..], b"HREF="]
        .iter()
        .filter_map(|mark| memchr::memmem::rfind(text, mark).map(|at| at + mark.len()))
        .max();
    let is_open = |from: usize| {
        let value = &text[from..];
        value.len() < 40 && !value.ends_with(b"/>") && memchr::memmem::find(value, b"</").is_none()
    };
    mark.is_some_and(is_open)
        || text
            .strip_suffix(b"=")
            .map(<[u8]>::trim_ascii_end)
            .is_some_and(|to| to.ends_with(b"location") || to.ends_with(b"location.href"))
}

/// The variable or constant at `name` without its receiver; `None` for the keys of maps.
fn variable<'b>(bytes: &'b [u8], name: &Range<usize>) -> Option<&'b [u8]> {
    let word = &bytes[name.clone()];
    let quoted = name
        .start
        .checked_sub(1)
        .is_some_and(|i| matches!(bytes[i], b'"' | b'\'' | b'`'));
    let own = word
        .iter()
        .rposition(|&b| matches!(b, b'.' | b'$' | b'@' | b'>' | b':'))
        .map_or(word, |i| &word[i + 1..]);
    let receiver = &word[..word.len() - own.len()];
    let plain = own.iter().all(|&b| is_word(b));
    let ours = [
        &b""[..],
        b"$",
        b"@",
        b"this.",
        b"self.",
        b"$this->",
        b"self::",
        b"@@",
    ];
    (!quoted && plain && ours.contains(&receiver)).then_some(own)
}

/// Where `word` stands in `range`, as a word of its own.
fn uses<'b>(
    bytes: &'b [u8],
    word: &'b [u8],
    range: Range<usize>,
) -> impl Iterator<Item = usize> + 'b {
    let from = range.start;
    memchr::memmem::find_iter(&bytes[range], word)
        .map(move |i| from + i)
        .filter(move |&i| {
            (i == 0 || !is_word(bytes[i - 1]))
                && bytes.get(i + word.len()).is_none_or(|&b| !is_word(b))
        })
        .take(OCCURRENCES)
}

/// Whether the entry `key` of `map` is fetched after `from`: `get(urls['search'])`.
fn is_entry_fetched(bytes: &[u8], map: &[u8], key: &[u8], from: usize) -> bool {
    uses_of_entry(bytes, map, key, from)
        .any(|(at, end)| is_given(bytes, at, end).unwrap_or_else(|| is_passed_on(bytes, at, end)))
}

/// Where the entry `key` of `map` stands after `from`.
fn uses_of_entry<'b>(
    bytes: &'b [u8],
    map: &'b [u8],
    key: &'b [u8],
    from: usize,
) -> impl Iterator<Item = (usize, usize)> + 'b {
    let range = match map.len() > 2 && !key.is_empty() {
        true => from..bytes.len().min(from + REACH),
        false => from..from,
    };
    uses(bytes, map, range).filter_map(|at| {
        let entry = key_after(&bytes[at + map.len()..], key)?;
        Some((at, at + map.len() + entry))
    })
}

/// How far the entry `key` reaches in `rest`, what follows a map's name:
/// `['key']`, `.key`, or `[name]`, which may be any.
fn key_after(rest: &[u8], key: &[u8]) -> Option<usize> {
    let lead = rest
        .iter()
        .take(3)
        .take_while(|b| matches!(b, b'[' | b'.' | b'"' | b'\'' | b':' | b'?'))
        .count();
    if rest.first() == Some(&b'[') && rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
        let inner = &rest[..rest.len().min(48)];
        return memchr::memchr(b']', inner).map(|i| i + 1);
    }
    let end = lead + key.len();
    (lead > 0 && rest.get(lead..end) == Some(key) && rest.get(end).is_none_or(|&b| !is_word(b)))
        .then_some(end)
}

/// Whether the list `word` is gone through after `from`, and its members fetched.
fn is_looped(bytes: &[u8], word: &[u8], from: usize) -> bool {
    if word.len() < 3 {
        return false;
    }
    for at in uses(bytes, word, from..bytes.len().min(from + REACH)) {
        let start = line_start(bytes, at);
        let end = at + memchr::memchr(b'\n', &bytes[at..]).unwrap_or(bytes.len() - at);
        let line = &bytes[start..end.min(start + 300)];
        let after = at + word.len();
        let head = &bytes[start..at];
        let head = head.strip_suffix(b"$").unwrap_or(head).trim_ascii_end();
        let listed = ["in", "of", "range"].iter().any(|k| {
            head.strip_suffix(k.as_bytes())
                .is_some_and(|rest| rest.last().is_some_and(u8::is_ascii_whitespace))
        }) || matches!(head.last(), Some(b':' | b'('));
        let rest = &bytes[after..end];
        let methods = [&b".each"[..], b".map", b".forEach"];
        if !listed && !methods.iter().any(|m| rest.starts_with(m)) {
            continue;
        }
        let mut members: Vec<&[u8]> = line
            .split(|b| !is_word(*b))
            .filter(|w| !w.is_empty())
            .collect();
        let repeats = |w: &&[u8]| {
            [
                "for",
                "foreach",
                "each",
                "forEach",
                "map",
                "each_with_index",
            ]
            .iter()
            .any(|k| k.as_bytes() == *w)
        };
        if !members.iter().any(repeats) {
            continue;
        }
        members.retain(|w| {
            *w != word && !repeats(w) && !LOOP_WORDS.iter().any(|k| k.as_bytes() == *w)
        });
        let mut near = members.into_iter().take(6);
        if near.any(|w| {
            is_used(bytes, w, after..bytes.len().min(after + LOOP)) || is_used(bytes, w, start..at)
        }) {
            return true;
        }
    }
    false
}

/// Words of a loop's head that name no member.
const LOOP_WORDS: [&str; 14] = [
    "in", "of", "as", "range", "const", "let", "var", "do", "auto", "string", "String", "async",
    "await", "function",
];

/// Whether `word` is given to a call that sends requests in `range`, before another value is assigned to it.
fn is_used(bytes: &[u8], word: &[u8], range: Range<usize>) -> bool {
    for at in uses(bytes, word, range) {
        let end = at + word.len();
        match is_given(bytes, at, end) {
            Some(given) => return given,
            None if is_passed_on(bytes, at, end) => return true,
            None => {}
        }
    }
    false
}

/// Whether another variable, or the entry of a map, is given what stands from
/// `at` to `end`, and is fetched: `url = self.search_url % page`,
/// `urls = {'login': base + '/login'}`.
fn is_passed_on(bytes: &[u8], at: usize, end: usize) -> bool {
    let names = assigned_whole(bytes, at);
    let Some(first) = names.first() else {
        return false;
    };
    let Some(other) = variable(bytes, first) else {
        let map = names.get(1).and_then(|map| variable(bytes, map));
        let key = &bytes[first.clone()];
        return map.is_some_and(|map| {
            uses_of_entry(bytes, map, key, end)
                .any(|(at, end)| is_given(bytes, at, end) == Some(true))
        });
    };
    other.len() > 2
        && !bytes[at..end].starts_with(other)
        && uses(bytes, other, end..bytes.len().min(end + LOOP))
            .find_map(|at| is_given(bytes, at, at + other.len()))
            .unwrap_or(false)
}

/// Whether the name from `at` to `end` is given to a call that sends
/// requests; `Some(false)` where another value is assigned to it.
fn is_given(bytes: &[u8], at: usize, end: usize) -> Option<bool> {
    let rest = bytes[end..bytes.len().min(end + 8)].trim_ascii_start();
    let assigns = rest.starts_with(b":=")
        || (rest.first() == Some(&b'=') && !matches!(rest.get(1), Some(b'=' | b'>')));
    let before = &bytes[line_start(bytes, at)..at];
    let named = [&b"$"[..], b"${"]
        .iter()
        .find_map(|sigil| before.strip_suffix(*sigil));
    if named.is_some_and(|before| runs_command(before) || is_bare_request(before)) {
        return Some(true);
    }
    let context = Context::read(bytes, with_receiver(bytes, at));
    let done = context
        .calls
        .iter()
        .map(|c| work(&bytes[c.name.clone()]))
        .find(|w| *w != Work::Wrap);
    if done == Some(Work::Fetch) {
        return (!is_carried(bytes, &context)).then_some(true);
    }
    (assigns && context.calls.is_empty()).then_some(false)
}

/// Whether what `context` is of is sent along with a request: `get(url, params={'env': ENV})`.
fn is_carried(bytes: &[u8], context: &Context) -> bool {
    const CARRIERS: [&[u8]; 6] = [b"params", b"data", b"json", b"headers", b"payload", b"form"];
    let call = context.calls.last().map_or(0, |call| call.name.start);
    let mut outer = context
        .names
        .iter()
        .filter(|name| name.start > call)
        .skip(1);
    outer.any(|name| CARRIERS.contains(&&bytes[name.clone()]))
}

/// Whether `before` ends in a call that sends requests and has no brackets:
/// Perl's `POST $url`, `get $url`, and a program named for that, `get_url "$url`.
fn is_bare_request(before: &[u8]) -> bool {
    let head = before.strip_suffix(b"\"").unwrap_or(before);
    let call = head.trim_ascii_end();
    if call.len() == head.len() {
        return false;
    }
    let start = call.iter().rposition(|&b| !is_word(b)).map_or(0, |i| i + 1);
    matches!(
        &call[start..],
        b"GET"
            | b"POST"
            | b"PUT"
            | b"HEAD"
            | b"get"
            | b"post"
            | b"getstore"
            | b"getprint"
            | b"mirror"
            | b"get_url"
    )
}

/// Where the name at `at` begins with what it is a member of: `self.`, `$`, `Owner::`.
fn with_receiver(bytes: &[u8], at: usize) -> usize {
    at - bytes[line_start(bytes, at)..at]
        .iter()
        .rev()
        .take_while(|&&b| is_word(b) || matches!(b, b'.' | b':' | b'$' | b'>' | b'-' | b'@'))
        .count()
}

/// The names that what stands at `at` is assigned to, formatted or joined but given to nothing else.
fn assigned_whole(bytes: &[u8], at: usize) -> Vec<Range<usize>> {
    let context = Context::read(bytes, with_receiver(bytes, at));
    let wrapped = context
        .calls
        .iter()
        .all(|c| work(&bytes[c.name.clone()]) == Work::Wrap);
    match wrapped && !context.compared {
        true => context.names,
        false => Vec::new(),
    }
}
