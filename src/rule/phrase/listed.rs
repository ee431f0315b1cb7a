//! A constant among its kind: an entry of a table that parses or prints names, an item of a list of them.

use super::{enclosing, is_word, line};
use crate::rule::Match;

/// `"tlsv1": CONSTANT`, `"none" => CONSTANT`, `"CONSTANT": CONSTANT`: what a setting's word stands for.
pub(super) fn is_table_entry(before: &[u8], constant: &[u8]) -> bool {
    let Some(before) = before
        .strip_suffix(b":")
        .or_else(|| before.strip_suffix(b"=>"))
        .or_else(|| before.strip_suffix(b","))
    else {
        return false;
    };
    let name: Vec<u8> = before
        .iter()
        .rev()
        .skip_while(|b| !is_word(**b))
        .take_while(|b| is_word(**b) || matches!(b, b'.' | b'-'))
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    // It was read backwards.
    let name: Vec<u8> = name.into_iter().rev().collect();
    let has_version = |prefix: &[u8]| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.iter().any(u8::is_ascii_digit) && rest.len() <= 3)
    };
    let own: Vec<u8> = constant
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    has_version(b"tls")
        || has_version(b"ssl")
        || name == own
        || matches!(
            &name[..],
            b"none" | b"certnone" | b"verifynone" | b"10" | b"11"
        )
}

/// `- PROTOCOL_SSLv3`, `["VersionTLS10", ..]`: in settings, a program's constant as one of a list of
/// names, which a linter looks for or a schema allows. A key with such a value chooses it.
pub(super) fn is_listed_in_settings(bytes: &[u8], found: &Match) -> bool {
    if !is_constant(&bytes[found.span.clone()]) {
        return false;
    }
    let start = line(bytes, found.span.start).start;
    let before = &bytes[start..found.span.start];
    let quote = matches!(before.last(), Some(b'"' | b'\''));
    let before = before[..before.len() - usize::from(quote)].trim_ascii();
    // What stands behind an option is given to it: `- --tls-min-version`.
    let is_beside = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'-' | b',' | b'"' | b'\'');
    let ahead = bytes[..found.span.start].trim_ascii_end();
    let beside = ahead.iter().rev().take_while(|b| is_beside(b)).count();
    let ahead = &ahead[..ahead.len() - beside];
    let is_part = |b: &&u8| is_word(**b) || **b == b'-';
    let option = ahead.iter().rev().take_while(is_part).count();
    if ahead[ahead.len() - option..].starts_with(b"--") {
        return false;
    }
    before == b"-"
        || (matches!(before.last(), None | Some(b'[' | b','))
            && enclosing(bytes, &found.span).is_some_and(|list| bytes[list.start - 1] == b'['))
}

/// `for v in [CONSTANT_1, CONSTANT_2]`, `var versions = []uint16{A, B}`: a list of names alone, old
/// and new, that is given to no call and no key, and is not by its name what is enabled.
pub(super) fn is_in_inventory(bytes: &[u8], found: &Match) -> bool {
    const CURRENT: [&[u8]; 6] = [b"12", b"13", b"1_2", b"1_3", b"1.2", b"1.3"];
    let Some(list) = enclosing(bytes, &found.span) else {
        return false;
    };
    // A colon alone stands behind a key: `{rejectUnauthorized:false,port:8412}`.
    let is_name = |item: &[u8]| {
        let is_part = |b: &u8| is_word(*b) || matches!(b, b'.' | b':' | b'"' | b'\'');
        let colons = item.iter().filter(|b| **b == b':').count();
        let pairs = memchr::memmem::find_iter(item, b"::").count();
        !item.is_empty() && item.iter().all(is_part) && colons == 2 * pairs
    };
    let inside = without_comments(&bytes[list.clone()]);
    let inside = inside.trim_ascii_end();
    let items: Vec<&[u8]> = inside
        .strip_suffix(b",")
        .unwrap_or(inside)
        .split(|&b| b == b',')
        .map(<[u8]>::trim_ascii)
        .collect();
    let is_current = |item: &&[u8]| CURRENT.iter().any(|v| item.ends_with(v));
    if !items.iter().all(|item| is_name(item)) || !items.iter().any(is_current) {
        return false;
    }
    let open = list.start - 1;
    let head = bytes[line(bytes, open).start..open].trim_ascii();
    // The type of a literal, `[]uint16`, or what is called.
    let is_type = |b: &&u8| is_word(**b) || matches!(b, b'[' | b']' | b'.');
    let typed = head.iter().rev().take_while(is_type).count();
    let given = head[..head.len() - typed].trim_ascii_end();
    let is_call = bytes[open] == b'(' && typed > 0 && !head.ends_with(b" in");
    // `client.versions = [`: something has them from now on.
    let is_member = given.strip_suffix(b"=").is_some_and(|target| {
        let target = target.trim_ascii_end();
        let name = target.iter().rev().take_while(|b| is_word(**b)).count();
        target[..target.len() - name].ends_with(b".")
    });
    !is_call
        && !is_member
        && !matches!(given.last(), Some(b'(' | b',' | b':'))
        && memchr::memmem::find(&head.to_ascii_lowercase(), b"enabl").is_none()
}

/// `text`, each line up to its comment.
fn without_comments(text: &[u8]) -> Vec<u8> {
    let code = text.split(|&b| b == b'\n').map(|line| {
        let comment = [&b"#"[..], b"//"];
        let ends = comment
            .iter()
            .filter_map(|mark| memchr::memmem::find(line, mark));
        &line[..ends.min().unwrap_or(line.len())]
    });
    code.collect::<Vec<_>>().join(&b'\n')
}

/// Whether the turn is a name, with what it belongs to.
pub(super) fn is_constant(turn: &[u8]) -> bool {
    turn.iter().all(|&b| is_word(b) || matches!(b, b'.' | b':'))
}
