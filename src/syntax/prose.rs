//! Lexes Markdown, reStructuredText and AsciiDoc, as far as to tell code and
//! links from prose.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::{Place, Spans, yaml};

/// A code span is not looked for further than this.
const MAX_INLINE: usize = 4096;

/// The lines of `range`, without their ends, each with the start of the next.
fn next_line(bytes: &[u8], start: usize) -> (usize, usize) {
    let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |i| start + i);
    (end, (end + 1).min(bytes.len()))
}

fn indent(line: &[u8]) -> usize {
    line.iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .map(|b| if *b == b'\t' { 4 } else { 1 })
        .sum()
}

fn is_blank(line: &[u8]) -> bool {
    line.trim_ascii().is_empty()
}

pub(super) fn markdown(spans: &mut Spans) {
    let bytes = spans.bytes;
    let mut at = front_matter(spans);
    let mut list = false;
    let mut after_blank = true;
    while at < bytes.len() {
        let (end, next) = next_line(bytes, at);
        let line = &bytes[at..end];
        if is_blank(line) {
            after_blank = true;
            at = next;
            continue;
        }
        let bare = strip_quote(line);
        if let Some((mark, count)) = fence(bare) {
            at = fenced(spans, next, mark, count);
            after_blank = true;
            continue;
        }
        let deep = indent(line);
        if deep >= 4 && after_blank && !list {
            let start = at;
            let mut stop = end;
            at = next;
            while at < bytes.len() {
                let (end, next) = next_line(bytes, at);
                let line = &bytes[at..end];
                if !is_blank(line) {
                    if indent(line) < 4 {
                        break;
                    }
                    stop = end;
                }
                at = next;
            }
            spans.push(start..stop, Place::CodeBlock, 0, 0);
            continue;
        }
        let text = line.trim_ascii_start();
        let item = text.first().is_some_and(|b| {
            matches!(b, b'-' | b'*' | b'+') && text.get(1).is_none_or(u8::is_ascii_whitespace)
                || b.is_ascii_digit()
        });
        if item {
            list = true;
        } else if deep == 0 && after_blank {
            list = false;
        }
        after_blank = false;
        at = inline(spans, at, end).max(next);
    }
}

/// YAML between two lines of dashes at the top.
fn front_matter(spans: &mut Spans) -> usize {
    let bytes = spans.bytes;
    if !bytes.starts_with(b"---\n") && !bytes.starts_with(b"---\r\n") {
        return 0;
    }
    let Some(end) = memmem::find(&bytes[3..], b"\n---") else {
        return 0;
    };
    let end = 3 + end + 1;
    yaml::lex(spans, 4..end);
    next_line(bytes, end).1
}

/// A line without the marks of quotations.
fn strip_quote(line: &[u8]) -> &[u8] {
    let mut line = line;
    while let Some(rest) = line.trim_ascii_start().strip_prefix(b">") {
        line = rest;
    }
    line
}

/// The mark and length of the fence that `line` is.
fn fence(line: &[u8]) -> Option<(u8, usize)> {
    let mut text = line.trim_ascii_start();
    // A fence may open a list item.
    while let [b'-' | b'*' | b'+', b' ', ..] = text {
        text = text[2..].trim_ascii_start();
    }
    let mark = *text.first().filter(|b| matches!(b, b'`' | b'~'))?;
    let count = text.iter().take_while(|b| **b == mark).count();
    let info = &text[count..];
    (count >= 3 && !(mark == b'`' && info.contains(&b'`'))).then_some((mark, count))
}

/// The block between fences, of which the first ends before `start`.
/// Returns where the text goes on.
fn fenced(spans: &mut Spans, start: usize, mark: u8, count: usize) -> usize {
    let bytes = spans.bytes;
    let mut at = start;
    while at < bytes.len() {
        let (end, next) = next_line(bytes, at);
        let bare = strip_quote(&bytes[at..end]).trim_ascii();
        if bare.len() >= count && bare.iter().all(|b| *b == mark) {
            spans.push(start..at, Place::CodeBlock, 0, 0);
            return next;
        }
        at = next;
    }
    spans.push(start..bytes.len(), Place::CodeBlock, 0, 0);
    bytes.len()
}

/// Code, links, comments and tags in a line of Markdown; returns where the
/// last of them ends, which may be lines later.
fn inline(spans: &mut Spans, start: usize, end: usize) -> usize {
    let bytes = spans.bytes;
    let mut at = start;
    let mut end = end;
    if let Some(target) = definition(&bytes[start..end]) {
        spans.push(
            start + target.start..start + target.end,
            Place::LinkTarget,
            0,
            0,
        );
        return end;
    }
    while at < end {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => {
                let stop = code_span(spans, at);
                if stop > end {
                    end = next_line(bytes, stop).0;
                }
                at = stop;
            }
            b']' if bytes[at + 1..].starts_with(b"(") => {
                let target = target(&bytes[at + 2..end]);
                spans.push(
                    at + 2 + target.start..at + 2 + target.end,
                    Place::LinkTarget,
                    0,
                    0,
                );
                at += 2 + target.end;
            }
            b'<' if bytes[at..].starts_with(b"<!--") => {
                let body = at + 4;
                let close = memmem::find(&bytes[body..], b"-->");
                let stop = close.map_or(bytes.len(), |i| body + i + 3);
                spans.push(
                    at..stop,
                    Place::BlockComment,
                    4,
                    if close.is_some() { 3 } else { 0 },
                );
                if stop > end {
                    end = next_line(bytes, stop).0;
                }
                at = stop;
            }
            b'<' => at = angle(spans, at, end),
            _ => at += 1,
        }
    }
    at.max(end)
}

/// Where the definition `[name]: target` leads to.
fn definition(line: &[u8]) -> Option<Range<usize>> {
    let lead = line.len() - line.trim_ascii_start().len();
    if line.get(lead) != Some(&b'[') {
        return None;
    }
    let colon = memmem::find(line, b"]:")?;
    let body = colon + 2;
    let blanks = line[body..].len() - line[body..].trim_ascii_start().len();
    let start = body + blanks;
    let length = line[start..]
        .iter()
        .take_while(|b| !b.is_ascii_whitespace())
        .count();
    (length > 0).then_some(start..start + length)
}

/// The target at the head of `text`, up to a blank or the closing parenthesis.
fn target(text: &[u8]) -> Range<usize> {
    let start = text.len() - text.trim_ascii_start().len();
    let mut depth = 0;
    for (i, byte) in text.iter().enumerate().skip(start) {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return start..i,
            b')' => depth -= 1,
            b if b.is_ascii_whitespace() => return start..i,
            _ => {}
        }
    }
    start..text.len()
}

/// A code span that begins at `at`, if its end stands in the paragraph.
fn code_span(spans: &mut Spans, at: usize) -> usize {
    let bytes = spans.bytes;
    let count = bytes[at..].iter().take_while(|b| **b == b'`').count();
    let body = at + count;
    let limit = bytes.len().min(body + MAX_INLINE);
    let mut i = body;
    while i < limit {
        match bytes[i] {
            b'`' => {
                let run = bytes[i..].iter().take_while(|b| **b == b'`').count();
                if run == count {
                    spans.push(at..i + run, Place::InlineCode, count, count);
                    return i + run;
                }
                i += run;
            }
            b'\n' if is_blank(&bytes[i + 1..next_line(bytes, (i + 1).min(bytes.len())).0]) => break,
            _ => i += 1,
        }
    }
    body
}

/// `<http://...>`, or a tag's attributes.
fn angle(spans: &mut Spans, at: usize, end: usize) -> usize {
    let bytes = spans.bytes;
    let line = &bytes[at + 1..end];
    let first = line.first().copied().unwrap_or(0);
    if !first.is_ascii_alphabetic() {
        return at + 1;
    }
    let name = line
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-')
        .count();
    if line[name..].starts_with(b":") {
        let Some(close) = memchr(b'>', &line[..line.len().min(MAX_INLINE)]) else {
            return at + 1;
        };
        spans.push(at..at + close + 2, Place::LinkTarget, 1, 1);
        return at + close + 2;
    }
    let mut i = at + 1 + name;
    while i < end {
        match bytes[i] {
            b'>' => return i + 1,
            b'<' => return i,
            quote @ (b'"' | b'\'') if bytes[i - 1] == b'=' => {
                let Some(close) = memchr(quote, &bytes[i + 1..end]) else {
                    return i + 1;
                };
                spans.push(i..i + close + 2, Place::MarkupAttribute, 1, 1);
                i += close + 2;
            }
            _ => i += 1,
        }
    }
    i
}

/// Pairs of ``` `` ``` or `` ` `` on a line are code.
fn ticks(spans: &mut Spans, start: usize, end: usize, links: bool) {
    let bytes = spans.bytes;
    let mut at = start;
    while let Some(i) = memchr(b'`', &bytes[at..end]) {
        let open = at + i;
        let count = if bytes[open..end].starts_with(b"``") {
            2
        } else {
            1
        };
        let body = open + count;
        let Some(length) = memmem::find(&bytes[body..end], &b"``"[..count]) else {
            return;
        };
        let close = body + length;
        let text = &bytes[body..close];
        // `text <target>`_
        let target = memchr(b'<', text).filter(|_| links && count == 1 && text.ends_with(b">"));
        match target {
            Some(i) => spans.push(body + i..close, Place::LinkTarget, 1, 1),
            None => spans.push(open..close + count, Place::InlineCode, count, count),
        }
        at = close + count;
    }
}

pub(super) fn restructured(spans: &mut Spans) {
    let bytes = spans.bytes;
    let mut at = 0;
    while at < bytes.len() {
        let (end, next) = next_line(bytes, at);
        let line = &bytes[at..end];
        let text = line.trim_ascii();
        let (mut code, mut comment) = (false, false);
        if let Some(rest) = text.strip_prefix(b"..") {
            let rest = rest.trim_ascii_start();
            if rest.starts_with(b"_") {
                if let Some(i) = memmem::find(line, b": ") {
                    spans.push(at + i + 2..end, Place::LinkTarget, 0, 0);
                }
            } else if let Some(i) = memmem::find(rest, b"::") {
                code = matches!(
                    &rest[..i],
                    b"code"
                        | b"code-block"
                        | b"sourcecode"
                        | b"literalinclude"
                        | b"parsed-literal"
                        | b"doctest"
                        | b"prompt"
                        | b"highlight"
                );
            } else if text.len() == 2 || line.trim_ascii_start().starts_with(b".. ") {
                comment = !matches!(rest.first(), Some(b'[' | b'|'));
            }
        } else {
            code = text.ends_with(b"::");
            ticks(spans, at, end, true);
        }
        if code || comment {
            let depth = indent(line);
            let mut stop = end;
            let mut start = if comment { at } else { bytes.len() };
            at = next;
            while at < bytes.len() {
                let (end, next) = next_line(bytes, at);
                let line = &bytes[at..end];
                if !is_blank(line) {
                    if indent(line) <= depth {
                        break;
                    }
                    start = start.min(at);
                    stop = end;
                }
                at = next;
            }
            let (place, open) = if comment {
                (Place::BlockComment, 2)
            } else {
                (Place::CodeBlock, 0)
            };
            if stop > start {
                spans.push(start..stop, place, open, 0);
            }
        } else {
            at = next;
        }
    }
}

pub(super) fn asciidoc(spans: &mut Spans) {
    let bytes = spans.bytes;
    let mut at = 0;
    while at < bytes.len() {
        let (end, next) = next_line(bytes, at);
        let line = bytes[at..end].trim_ascii_end();
        let fence = line.first().copied().filter(|b| {
            line.len() >= 4 && matches!(b, b'-' | b'.' | b'/' | b'+') && line.iter().all(|c| c == b)
        });
        if let Some(mark) = fence.or(line.starts_with(b"```").then_some(b'`')) {
            let mut close = next;
            let mut after = bytes.len();
            let mut stop = bytes.len();
            while close < bytes.len() {
                let (end, next) = next_line(bytes, close);
                let other = bytes[close..end].trim_ascii_end();
                if other == line || (mark == b'`' && other == b"```") {
                    (stop, after) = (close, next);
                    break;
                }
                close = next;
            }
            let place = if mark == b'/' {
                Place::BlockComment
            } else {
                Place::CodeBlock
            };
            spans.push(next..stop, place, 0, 0);
            at = after;
            continue;
        }
        if line.starts_with(b"//") {
            spans.push(at..at + line.len(), Place::LineComment, 2, 0);
        } else {
            let line_end = at + line.len();
            let (mut from, mut search) = (at, at);
            while let Some(i) = memmem::find(&bytes[search..line_end], b"http") {
                let start = search + i;
                let length = bytes[start..line_end]
                    .iter()
                    .take_while(|b| !b.is_ascii_whitespace() && **b != b'[' && **b != b'`')
                    .count();
                let linked = bytes[start + length..line_end].starts_with(b"[");
                if linked {
                    ticks(spans, from, start, false);
                    spans.push(start..start + length, Place::LinkTarget, 0, 0);
                    from = start + length;
                }
                search = start + length;
            }
            ticks(spans, from, line_end, false);
        }
        at = next;
    }
}
