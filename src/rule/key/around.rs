//! What the bytes next to a token make of it: part of a name, a path, an
//! address, a template; and what the text calls it.

use std::ops::Range;

use crate::rule::guard::is_token_byte;

/// How far to the left a name or the beginning of a word is looked for.
const REACH: usize = 256;

/// Whether what stands right before the token makes it part of something else.
pub(super) fn continues_something(text: &[u8], token: &Range<usize>) -> bool {
    let before = &text[token.start.saturating_sub(REACH)..token.start];
    let Some((&last, rest)) = before.split_last() else {
        return false;
    };
    match last {
        b'$' | b'@' => true,
        // A member, a path of modules, the last part of a JWT.
        b'.' => rest
            .last()
            .is_some_and(|&b| is_token_byte(b) || matches!(b, b')' | b']' | b'?')),
        b'>' => rest.ends_with(b"-"),
        b':' => rest.ends_with(b":"),
        b'#' => rest
            .last()
            .is_some_and(|&b| is_token_byte(b) || matches!(b, b'"' | b'\'' | b'/')),
        b'\\' => true,
        // A path, unless of a URL or behind a comment's slashes.
        b'/' => {
            !rest.ends_with(b"/")
                && !rest.ends_with(b"*")
                && !is_in_url(rest)
                && !is_substitution(rest)
        }
        _ => false,
    }
}

fn is_in_url(before: &[u8]) -> bool {
    let word = before
        .rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b'<'))
        .next()
        .unwrap_or_default();
    // JSON may escape its slashes.
    let is_of_files = [
        &b"s3://"[..],
        b"gs://",
        b"file://",
        b"hdfs://",
        b"abfs://",
        b"abfss://",
    ]
    .iter()
    .any(|scheme| word.starts_with(scheme));
    !is_of_files
        && (memchr::memmem::find(word, b"://").is_some()
            || memchr::memmem::find(word, b":\\/\\/").is_some())
}

/// `s/OLD`: what `sed` and others put in its place follows.
fn is_substitution(before: &[u8]) -> bool {
    let word = before
        .rsplit(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b';'))
        .next()
        .unwrap_or_default();
    word.starts_with(b"s/") && word.iter().filter(|b| **b == b'/').count() == 1
}

/// How the text goes on after a token.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Follows {
    /// Something that ends it.
    End,
    /// `.` and a second part, as far as it goes.
    Part(Range<usize>),
    /// More of the same word, a placeholder, an ellipsis: this was not all.
    More,
}

/// `body` is the token's length without its prefix.
pub(super) fn follows(text: &[u8], token: &Range<usize>, body: usize) -> Follows {
    let rest = &text[token.end..text.len().min(token.end + REACH)];
    let left = token.start.checked_sub(1).map(|at| text[at]);
    let next = rest.get(1).copied();
    match rest.first() {
        None => Follows::End,
        Some(b'.') => {
            let part = rest[1..].iter().take_while(|&&b| is_token_byte(b)).count();
            if next == Some(b'.') || is_mask(&rest[1..]) {
                Follows::More
            } else if part > 0 && rest[1].is_ascii() {
                Follows::Part(token.end + 1..token.end + 1 + part)
            } else {
                Follows::End
            }
        }
        // Bold and italics close as they opened.
        Some(b'*') if left == Some(b'*') => Follows::End,
        Some(b'@') if matches!(left, Some(b'/' | b':')) => Follows::End,
        // A terminal's colour, of which the escape was lost.
        Some(b'[') if is_colour(rest) => Follows::End,
        Some(b'*' | b'@' | b'[' | b'{') => Follows::More,
        Some(b'(') if next.is_some_and(|b| b.is_ascii()) => Follows::More,
        Some(b'$' | b'#') if next == Some(b'{') => Follows::More,
        Some(b'$') if next.is_some_and(|b| is_token_byte(b) || b == b'(') => Follows::More,
        // A regular expression goes on: `\d`, `\w`, `\[`.
        Some(b'\\') if is_class(&rest[1..]) => Follows::More,
        Some(b'<') if is_omission(&rest[1..]) => Follows::More,
        // The same sign three times stands for what is left out, unless it opened as well.
        Some(&(b'#' | b'?' | b'~' | b'^' | b'+' | b'=' | b'|'))
            if rest.len() > 2 && rest[1] == rest[0] && rest[2] == rest[0] =>
        {
            Follows::More
        }
        Some(b'%') if next.is_some_and(|b| !b.is_ascii_hexdigit()) => Follows::More,
        Some(b'-') if next == Some(b'>') => Follows::More,
        Some(b':') if next == Some(b':') => Follows::More,
        Some(b'=') if !is_padding(rest, body) => Follows::More,
        Some(0x80..) if is_mask(rest) => Follows::More,
        Some(_) => Follows::End,
    }
}

/// `…`, `•`, `·`, `●`, `*`, `█`, `×`: what stands for characters left out.
fn is_mask(text: &[u8]) -> bool {
    const LETTERS: &[&str] = &[
        "…", "•", "·", "●", "∙", "█", "×", "*", "⋯", "○", "■", "░", "▒", "▓", "‥",
    ];
    LETTERS.iter().any(|mask| text.starts_with(mask.as_bytes())) || is_run(text)
}

/// Whether `text` begins with the same sign beyond ASCII three times; dashes,
/// quotes and stops of a sentence count for none.
fn is_run(text: &[u8]) -> bool {
    let text = &text[..text.len().min(16)];
    let Some(chunk) = text.utf8_chunks().next() else {
        return false;
    };
    let mut signs = chunk.valid().chars();
    let Some(first) = signs.next() else {
        return false;
    };
    !first.is_ascii()
        && !first.is_alphanumeric()
        && !first.is_whitespace()
        && !"—–―。！？”’»」』）".contains(first)
        && signs.take(2).filter(|&sign| sign == first).count() == 2
}

/// `[0m`, `[1;31m`.
fn is_colour(text: &[u8]) -> bool {
    let codes = text[1..]
        .iter()
        .take_while(|b| b.is_ascii_digit() || **b == b';')
        .count();
    text.get(1 + codes) == Some(&b'm')
        && text
            .get(2 + codes)
            .is_none_or(|b| codes > 0 || !is_token_byte(*b))
}

/// Whether a backslash before `text` makes it a class or a literal sign of a regular expression.
fn is_class(text: &[u8]) -> bool {
    matches!(
        text.first(),
        Some(b'd' | b'w' | b's' | b'D' | b'W' | b'S' | b'[' | b'{' | b'(')
    ) && text.get(1).is_none_or(|b| !is_token_byte(*b))
}

/// `redacted>`, `rest of the key>` behind a `<`.
fn is_omission(text: &[u8]) -> bool {
    let word = text.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    const WORDS: &[&str] = &[
        "redacted",
        "rest",
        "snip",
        "snipped",
        "more",
        "hidden",
        "masked",
        "truncated",
        "omitted",
        "removed",
        "cut",
        "etc",
        "remaining",
        "your",
    ];
    WORDS
        .iter()
        .any(|w| text[..word].eq_ignore_ascii_case(w.as_bytes()))
}

/// Whether the `=` at the beginning of `rest` complete a body of `len` to base64's multiple of four.
fn is_padding(rest: &[u8], len: usize) -> bool {
    let signs = rest.iter().take_while(|&&b| b == b'=').count();
    (len + signs).is_multiple_of(4)
        && signs <= 2
        && rest
            .get(signs)
            .is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'`' | b','))
}

/// Whether the line is one that names packages and the token one of its names.
pub(super) fn is_import(text: &[u8], token: &Range<usize>) -> bool {
    let line = line_before(text, token).trim_ascii_start();
    let keyword = line
        .iter()
        .take_while(|b| b.is_ascii_alphabetic() || **b == b'#')
        .count();
    let (keyword, names) = line.split_at(keyword);
    [
        &b"package"[..],
        b"import",
        b"from",
        b"using",
        b"namespace",
        b"module",
        b"mod",
        b"#include",
    ]
    .contains(&keyword)
        && names.first().is_some_and(|b| b.is_ascii_whitespace())
        && names
            .iter()
            .all(|&b| is_token_byte(b) || b.is_ascii_whitespace() || b"./\\:{},*\"'<".contains(&b))
}

/// The name the text gives the token: `name = "`, `"name": "`, `name: `,
/// `<name>`, `?name=`, `name", "`, `name: type = "`; empty where there is none.
pub(super) fn name<'t>(text: &'t [u8], token: &Range<usize>) -> &'t [u8] {
    &text[name_at(text, token)]
}

/// Where that name stands.
pub(super) fn name_at(text: &[u8], token: &Range<usize>) -> Range<usize> {
    let line = line_before(text, token);
    let from = token.start - line.len();
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    // `ETag: W/"..."`: the mark of a weak one is no name.
    let before = line.strip_suffix(b"W/\"").unwrap_or(line);
    let end = before
        .iter()
        .rposition(|&b| is_name(b))
        .map_or(0, |at| at + 1);
    let between = &before[end..];
    // `require('./index')('x')`: given to what the call before it returned.
    let is_returned = memchr::memmem::find(between, b")(").is_some();
    if between.len() > 12 || is_returned || !between.iter().any(|b| b"=:,>(\"'`".contains(b)) {
        return token.start..token.start;
    }
    let start = before[..end]
        .iter()
        .rposition(|&b| !is_name(b))
        .map_or(0, |at| at + 1);
    let is_type = matches!(
        &before[start..end],
        b"string" | b"String" | b"str" | b"Text" | b"text" | b"any" | b"CharSequence"
    );
    let name = is_type
        .then(|| typed(&before[..start]))
        .flatten()
        .filter(|_| between.trim_ascii_start().starts_with(b"="))
        .unwrap_or(start..end);
    from + name.start..from + name.end
}

/// The name that `before` gives a type to: `name: `, `name: &'static `, `name: Optional[`, Go's `const name `.
fn typed(before: &[u8]) -> Option<Range<usize>> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let text = before.strip_suffix(b"static ").unwrap_or(before);
    let text = text.strip_suffix(b"'").unwrap_or(text);
    let text = text.strip_suffix(b"&").unwrap_or(text);
    let text = text.strip_suffix(b"Optional[").unwrap_or(text);
    let blank = text.trim_ascii_end();
    let left = match blank.strip_suffix(b":") {
        Some(left) => left.trim_ascii_end(),
        None if blank.len() < text.len() => blank,
        None => return None,
    };
    let left = left.strip_suffix(b"?").unwrap_or(left);
    let start = left
        .iter()
        .rposition(|b| !is_name(b))
        .map_or(0, |at| at + 1);
    let is_modifier = matches!(
        &left[start..],
        b"" | b"final"
            | b"static"
            | b"public"
            | b"private"
            | b"const"
            | b"readonly"
            | b"internal"
            | b"protected"
            | b"let"
            | b"var"
    );
    (!is_modifier).then_some(start..left.len())
}

/// Whether what the name at `name` is part of, a section, a mapping, an
/// object, has a name that `is_it`; `Section.name`, `section:\n  name:`, `[section]\nname =`.
pub(super) fn is_within(text: &[u8], name: &Range<usize>, is_it: &dyn Fn(&[u8]) -> bool) -> bool {
    const REACH: usize = 1024;
    const LEVELS: usize = 3;
    let from = name.start.saturating_sub(REACH);
    let mut lines = text[from..name.start].rsplit(|&b| b == b'\n');
    let own = lines.next().unwrap_or_default();
    if is_it(own) {
        return true;
    }
    let mut indent = indentation(own);
    let mut levels = 0;
    for line in lines {
        let trimmed = line.trim_ascii();
        let depth = indentation(line);
        // Of an INI or TOML file, whose settings stand no deeper than their section.
        let is_section = indent == 0 && trimmed.starts_with(b"[") && trimmed.ends_with(b"]");
        let opens = matches!(trimmed.last(), Some(b':' | b'{' | b'[' | b'('));
        if is_section {
            return is_it(trimmed);
        }
        if trimmed.is_empty() || depth >= indent {
            continue;
        }
        if opens && is_it(trimmed) {
            return true;
        }
        indent = depth;
        levels += 1;
        if levels == LEVELS {
            break;
        }
    }
    false
}

fn indentation(line: &[u8]) -> usize {
    line.iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count()
}

/// What stands on the token's line before it, as far as a name may reach.
pub(super) fn line_before<'t>(text: &'t [u8], token: &Range<usize>) -> &'t [u8] {
    let from = token.start.saturating_sub(REACH);
    text[from..token.start]
        .rsplit(|&b| b == b'\n')
        .next()
        .unwrap_or_default()
}

/// The words of an identifier, lower case: `_prodCode` is `prod`, `code`.
pub(in crate::rule) fn words(name: &[u8]) -> Vec<Vec<u8>> {
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut previous = b'_';
    for (at, &byte) in name.iter().enumerate() {
        let next_is_lower = name.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        let begins = !previous.is_ascii_alphanumeric()
            || (byte.is_ascii_uppercase() && (!previous.is_ascii_uppercase() || next_is_lower));
        if byte.is_ascii_alphanumeric() {
            if begins {
                words.push(Vec::new());
            }
            words
                .last_mut()
                .expect("the first letter begins a word")
                .push(byte.to_ascii_lowercase());
        }
        previous = byte;
    }
    words
}
