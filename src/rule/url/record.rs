//! What the record that holds a URL says of it: the keys beside it, and their values.

use std::ops::Range;

use super::command::line_start;
use super::context::is_word;
use super::parse::Url;

/// Where the line that holds the URL begins and ends.
fn line_of(bytes: &[u8], url: &Url) -> (usize, usize) {
    let newline = memchr::memchr(b'\n', &bytes[url.span.end..]);
    let end = newline.map_or(bytes.len(), |i| url.span.end + i);
    (line_start(bytes, url.span.start), end)
}

/// The lines above that of the URL, as many as `belong` to it, and those below; at most `most` of each.
fn beside<'b>(
    bytes: &'b [u8],
    url: &Url,
    most: usize,
    belong: impl Fn(&[u8]) -> bool + Copy,
) -> impl Iterator<Item = &'b [u8]> {
    let (start, end) = line_of(bytes, url);
    let above = bytes[..start].rsplit(|&b| b == b'\n').skip(1).take(most);
    let below = bytes[end..].split(|&b| b == b'\n').skip(1).take(most);
    let above = above.take_while(move |line| belong(line));
    above.chain(below.take_while(move |line| belong(line)))
}

/// How far right a line stands; the first key of an item of a list as far as the others.
fn indent(line: &[u8]) -> usize {
    let is_before = |b: &&u8| matches!(b, b' ' | b'\t' | b'-');
    line.iter().take_while(is_before).count()
}

/// `sources/12/url = `, `sources\12\url=`: the key of an item of a list, as programs number them when they
/// write their settings down.
pub(super) fn is_in_numbered_setting(before: &[u8]) -> bool {
    let Some(key) = before.trim_ascii_end().strip_suffix(b"=") else {
        return false;
    };
    let mut parts = key.trim_ascii().split(|b| matches!(b, b'/' | b'\\'));
    let is_name = |part: &[u8]| !part.is_empty() && part.iter().all(|b| is_word(*b));
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    parts.clone().all(is_name) && parts.any(is_number) && parts.next().is_some()
}

/// `enabled=0`: whether the section or record of the URL says that it is not in use, or that what comes from
/// there is signed, by a key that does not: `gpgcheck=1`.
pub(super) fn is_off_or_signed(bytes: &[u8], url: &Url) -> bool {
    const LINES: usize = 12;
    let ends_record = |line: &[u8]| {
        let line = line.trim_ascii();
        let line = line.strip_suffix(b",").unwrap_or(line);
        let is_bracket = |b: Option<&u8>| b.is_some_and(|b| b"[]{}()".contains(b));
        line.is_empty() || is_bracket(line.first()) || is_bracket(line.last())
    };
    let says_off = |line: &[u8]| {
        let line = line.to_ascii_lowercase();
        let mut parts = line.split(|b| !is_word(*b)).filter(|word| !word.is_empty());
        matches!(
            (parts.next(), parts.next(), parts.next()),
            (
                Some(b"enabled" | b"enable" | b"active"),
                Some(b"0" | b"false" | b"no" | b"off"),
                None
            ) | (
                Some(b"disabled"),
                Some(b"1" | b"true" | b"yes" | b"on"),
                None
            )
        )
    };
    let says_signed = |line: &[u8]| {
        let value = line.trim_ascii().strip_prefix(b"gpgcheck");
        value.is_some_and(|value| matches!(value.trim_ascii(), b"=1" | b"= 1" | b": 1" | b": yes"))
    };
    let sends_key = |line: &[u8]| {
        line.trim_ascii().starts_with(b"gpgkey") && memchr::memmem::find(line, b"http:").is_some()
    };
    // Alpine's `apk` checks what it gets by its own keys.
    let line = &bytes[url.span.start..];
    let line = &line[..memchr::memchr(b'\n', line).unwrap_or(line.len())];
    let is_of_apk = memchr::memmem::find(line, b"/etc/apk/repositories").is_some()
        || bytes[url.path.clone()].starts_with(b"/alpine/");
    let lines: Vec<&[u8]> = beside(bytes, url, LINES, |line| !ends_record(line)).collect();
    let any = |says: &dyn Fn(&[u8]) -> bool| lines.iter().any(|line| says(line));
    is_of_apk || any(&says_off) || any(&says_signed) && !any(&sends_key)
}

/// Whether the same address over HTTPS is the other branch of a condition,
/// `isSecure ? "https://vendor.io" : "http://vendor.io"` goes as the page came, or another one of a list.
pub(super) fn has_secure_twin(bytes: &[u8], url: &Url) -> bool {
    /// How far a list is read.
    const LIST: usize = 1500;
    let twin = [
        &b"https"[..],
        &bytes[url.span.start + b"http".len()..url.span.end],
    ]
    .concat();
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
    let (before, after) = (&bytes[..url.span.start], &bytes[url.span.end..]);
    let (Some((open, before)), Some((close, after))) = (before.split_last(), after.split_first())
    else {
        return false;
    };
    let before = before.trim_ascii_end();
    let is_condition = |text: &[u8]| text.ends_with(b"?") && !text.ends_with(b"??");
    // The twin is the whole of the other branch.
    let is_first = || {
        let other = after.trim_ascii_start().strip_prefix(b":");
        let other = other.map(<[u8]>::trim_ascii_start);
        other
            .and_then(|text| text.strip_prefix(&[*open]))
            .and_then(|text| text.strip_prefix(&twin[..]))
            .is_some_and(|text| text.first() == Some(open))
    };
    let is_second = || {
        let other = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        other
            .and_then(|text| text.strip_suffix(&[*open]))
            .and_then(|text| text.strip_suffix(&twin[..]))
            .and_then(|text| text.strip_suffix(&[*open]))
            .is_some_and(|text| is_condition(text.trim_ascii_end()))
    };
    // Nothing between the two but other members of the list.
    let is_list = |between: &[u8]| {
        let mut quoted = false;
        between.iter().all(|b| {
            quoted ^= b == open;
            quoted || b == open || *b == b',' || b.is_ascii_whitespace()
        })
    };
    let whole = [&[*open][..], &twin, &[*open]].concat();
    let is_before = || {
        let near = &before[before.len().saturating_sub(LIST)..];
        memchr::memmem::rfind(near, &whole).is_some_and(|i| is_list(&near[i + whole.len()..]))
    };
    let is_after = || {
        let far = &after[..after.len().min(LIST)];
        let is_found = memchr::memmem::find(far, &whole).is_some_and(|i| is_list(&far[..i]));
        is_found && around(bytes, url).is_some_and(|list| matches!(bytes[list.start], b'[' | b'{'))
    };
    // `isHttps ? 'https://secure.vendor.io' : 'http:..`
    let is_of_plain_page = || {
        let other = before.strip_suffix(b":").map(<[u8]>::trim_ascii_end);
        let other = other.and_then(|text| text.strip_suffix(&[*open]));
        let from = other.and_then(|text| memchr::memrchr(*open, text));
        other.zip(from).is_some_and(|(text, from)| {
            let asked = text[..from].trim_ascii_end();
            let asked = &asked[asked.len().saturating_sub(80)..];
            text[from + 1..].starts_with(b"https:")
                && is_condition(asked)
                && memchr::memmem::find(&asked.to_ascii_lowercase(), b"https").is_some()
        })
    };
    is_quote(open)
        && open == close
        && (is_of_plain_page()
            || is_condition(before) && is_first()
            || is_second()
            || is_before()
            || is_after())
}

/// Whether what is at `name` is called `url` and nothing more, beside the name and two more of what a
/// program or its part says of itself: its home page.
pub(super) fn describes_program(bytes: &[u8], name: &Range<usize>) -> bool {
    const NEAR: usize = 800;
    const OTHERS: [&str; 10] = [
        "version",
        "author",
        "authors",
        "contact",
        "copyright",
        "description",
        "license",
        "linkback",
        "useragent",
        "user_agent",
    ];
    let own = bytes[name.clone()]
        .rsplit(|&b| !is_word(b))
        .next()
        .unwrap_or_default();
    if !own.eq_ignore_ascii_case(b"url") {
        return false;
    }
    let near = &bytes[name.start.saturating_sub(NEAR)..bytes.len().min(name.end + NEAR)];
    let near = near.to_ascii_lowercase();
    let is_given = |word: &str| {
        memchr::memmem::find_iter(&near, word.as_bytes()).any(|at| {
            let rest = near[at + word.len()..].trim_ascii_start();
            let rest = rest
                .strip_prefix(b"\"")
                .or(rest.strip_prefix(b"'"))
                .unwrap_or(rest);
            !near[..at].last().is_some_and(|&b| is_word(b))
                && matches!(rest.first(), Some(b'=' | b':'))
                && rest.get(1) != Some(&b'=')
        })
    };
    is_given("name")
        && OTHERS
            .into_iter()
            .filter(|word| is_given(word))
            .nth(1)
            .is_some()
}

/// Whether the record of the URL has the hash of what is to come from there: another file would be refused.
pub(super) fn is_pinned(bytes: &[u8], url: &Url) -> bool {
    const LINES: usize = 3;
    const HASHES: [&str; 6] = [
        "sha256",
        "sha384",
        "sha512",
        "hash",
        "checksum",
        "integrity",
    ];
    let (start, end) = line_of(bytes, url);
    let depth = indent(&bytes[start..end]);
    let is_of_record = |line: &[u8]| {
        !line.trim_ascii().is_empty()
            && indent(line) == depth
            && memchr::memmem::find(line, b"://").is_none()
    };
    let is_hash = |line: &[u8]| {
        let mark = line.iter().take_while(|b| !is_word(**b)).count();
        let key = &line[mark..];
        HASHES.iter().any(|hash| {
            key.get(..hash.len())
                .is_some_and(|k| k.eq_ignore_ascii_case(hash.as_bytes()))
                // `HASH_SALT`
                && key.get(hash.len()) != Some(&b'_')
                && key[hash.len()..]
                    .split(|b| !is_word(*b) && !matches!(b, b'+' | b'/' | b'='))
                    .any(is_digest)
        })
    };
    beside(bytes, url, LINES, is_of_record).any(is_hash)
}

/// Whether `value` is written as a digest is, in hexadecimal or in Base64, and not as a path.
fn is_digest(value: &[u8]) -> bool {
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    value.len() >= 43
        && has(u8::is_ascii_digit)
        && (value.iter().all(u8::is_ascii_hexdigit)
            || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase))
}

/// How far the keys beside a URL are read.
const BESIDE: usize = 400;

/// The first of `places` with one of the brackets `leaving` that none of those `entering` was for.
fn unmatched(
    bytes: &[u8],
    mut places: impl Iterator<Item = usize>,
    entering: &[u8],
    leaving: &[u8],
) -> Option<usize> {
    let mut depth = 0usize;
    places.find(|&at| {
        if entering.contains(&bytes[at]) {
            depth += 1;
        } else if leaving.contains(&bytes[at]) {
            if depth == 0 {
                return true;
            }
            depth -= 1;
        }
        false
    })
}

/// The nearest bracket that is open before the URL, to where it closes.
fn around(bytes: &[u8], url: &Url) -> Option<Range<usize>> {
    let floor = url.span.start.saturating_sub(BESIDE);
    let ceiling = bytes.len().min(url.span.end + BESIDE);
    let (opens, closes) = (b"{[(", b"}])");
    let open = unmatched(bytes, (floor..url.span.start).rev(), closes, opens)?;
    let close = unmatched(bytes, url.span.end..ceiling, opens, closes).unwrap_or(ceiling);
    Some(open..close)
}

/// Whether the record that holds the URL names a method as well: `{ method: 'GET', url: 'http:..' }`.
pub(super) fn has_method_beside(bytes: &[u8], url: &Url) -> bool {
    let Some(record) = around(bytes, url) else {
        return false;
    };
    let record = &bytes[record];
    [&b"method"[..], b"Method", b"type", b"verb"]
        .iter()
        .any(|key| {
            memchr::memmem::find_iter(record, key).any(|i| {
                let rest = &record[i + key.len()..];
                let mark = rest
                    .iter()
                    .take_while(|b| matches!(b, b'"' | b'\'' | b' ' | b':' | b'=' | b'>'))
                    .count();
                let value = &rest[mark..];
                let length = value.iter().take_while(|b| b.is_ascii_alphabetic()).count();
                mark > 0 && is_method(value[..length].to_ascii_uppercase().as_slice())
            })
        })
}

pub(super) fn is_method(word: &[u8]) -> bool {
    [
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "HEAD",
        "MethodGet",
        "MethodPost",
    ]
    .iter()
    .any(|m| m.as_bytes() == word)
}
