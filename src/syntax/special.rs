//! What a row of the table cannot say: literals whose end depends on how
//! they begin, and slashes and quotes that mean one thing or another.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::engine::{Close, Engine, Frame, Mark, Scan, is_word};
use super::languages::{Escape, FIELD_LINES, Interpolation, Special};
use super::{Place, WHOLE};

/// Here-documents searched in vain before a text is taken to have none.
const MAX_LOST: u32 = 16;

/// A here-document whose body begins after the line.
pub(super) struct Heredoc {
    delimiter: Range<usize>,
    /// Blanks may stand before the delimiter.
    indented: bool,
    /// More code may follow the delimiter on its line.
    open_ended: bool,
}

/// `case` and `esac` in a command substitution, whose patterns end in a
/// parenthesis that closes nothing.
#[derive(Clone, Copy)]
pub(super) struct Cases {
    seen: usize,
    open: u32,
}

impl Cases {
    pub(super) fn new(start: usize) -> Cases {
        Cases {
            seen: start,
            open: 0,
        }
    }

    /// Whether a `case` is open at the end of `text`, which begins at `floor`.
    pub(super) fn inside(&mut self, text: &[u8], floor: usize) -> bool {
        let from = (self.seen - floor).min(text.len());
        let fresh = &text[from..];
        for word in fresh.split(|b| !is_word(*b)) {
            match word {
                b"case" => self.open += 1,
                b"esac" => self.open = self.open.saturating_sub(1),
                _ => {}
            }
        }
        self.seen = floor + text.len();
        self.open > 0
    }
}

pub(super) fn is_symbol(byte: u8) -> bool {
    b"!#$%&*+./<=>?@\\^|-~:".contains(&byte)
}

/// How many times `byte` stands at `at` in a row.
pub(super) fn run(engine: &Engine, at: usize, byte: u8) -> usize {
    engine.bytes[at.min(engine.end)..]
        .iter()
        .take_while(|&&b| b == byte)
        .count()
}

/// How many bytes a byte of `skip` takes with it.
pub(super) fn skipped(engine: &Engine, at: usize) -> usize {
    let next = engine.byte(at + 1);
    match engine.bytes[at] {
        b'\\' => 2,
        // A character such as `?"` or `$"`, unless the byte ends a word.
        b'?' | b'$' if !is_word(engine.before(at)) || engine.bytes[at] == b'$' => match next {
            b'\\' => 3,
            b'\n' => 1,
            _ => 2,
        },
        b'`' | b'^' if next != b'\n' => 2,
        _ => 1,
    }
}

/// Lexes `special` if it stands here. False, with nothing changed, if it does not.
pub(super) fn lex(e: &mut Engine, special: Special) -> bool {
    match special {
        Special::Char => character(e),
        Special::CppChar => cpp_character(e),
        Special::Transpose => transpose(e),
        Special::RustRaw => rust_raw(e),
        Special::CppRaw => cpp_raw(e),
        Special::SwiftRaw => swift_raw(e),
        Special::CsString => cs_string(e),
        Special::CssUrl => css_url(e),
        Special::LuaLong => lua_long(e),
        Special::JsRegex => js_regex(e),
        Special::Jsx => jsx_begin(e),
        Special::GroovyDollar => between(e, b"$/", b"/$", Place::String),
        Special::ShellHeredoc => shell_heredoc(e),
        Special::HclHeredoc => shell_heredoc(e),
        Special::PhpHeredoc => php_heredoc(e),
        Special::RubyHeredoc => ruby_heredoc(e),
        Special::RubyPercent => ruby_percent(e),
        Special::RubyRegex => ruby_regex(e),
        Special::RubyChar => ruby_character(e),
        Special::RubyEnd => end_of_code(e, &[b"__END__"]),
        Special::PerlHeredoc => perl_heredoc(e),
        Special::PerlQuote => perl_quote(e),
        Special::PerlRegex => perl_regex(e),
        Special::PerlVariable => perl_variable(e),
        Special::PerlEnd => end_of_code(e, &[b"__END__", b"__DATA__"]),
        Special::ElixirSigil => elixir_sigil(e),
        Special::RRaw => r_raw(e),
        Special::Rem => rem(e),
        Special::ZigLine => zig_line(e),
        Special::CMakeBracket => cmake_bracket(e),
        Special::TextBlock => text_block(e),
    }
}

fn emit(e: &mut Engine, range: Range<usize>, place: Place, open: usize, close: usize) -> bool {
    e.at = range.end;
    e.spans.push(range, place, open, close);
    true
}

/// A literal from `start` to the next `close`, or to the end of the text.
fn to(e: &mut Engine, start: usize, body: usize, close: &[u8], place: Place) -> bool {
    let body = body.min(e.end);
    match memmem::find(&e.bytes[body..], close) {
        Some(i) => emit(
            e,
            start..body + i + close.len(),
            place,
            body - start,
            close.len(),
        ),
        None => emit(e, start..e.end, place, body - start, 0),
    }
}

fn between(e: &mut Engine, open: &[u8], close: &[u8], place: Place) -> bool {
    e.starts(e.at, open) && to(e, e.at, e.at + open.len(), close, place)
}

/// `'a'`, `'\n'`, `'é'`; but neither `'a` nor the prime of `x'`.
fn character(e: &mut Engine) -> bool {
    let at = e.at;
    if is_word(e.before(at)) && !e.starts(at.saturating_sub(1), b"b'") {
        return skip(e, run(e, at, b'\''));
    }
    let body = at + 1;
    let first = e.byte(body);
    if first == b'\\' {
        let near = &e.bytes[body..e.end.min(body + 16)];
        // The escaped byte may be the quote itself.
        let close = near
            .get(2..)
            .and_then(|l| memchr::memchr2(b'\'', b'\n', l).filter(|&i| l[i] == b'\''));
        return match close {
            Some(i) => emit(e, at..body + 2 + i + 1, Place::String, 1, 1),
            None => skip(e, 1),
        };
    }
    let width = match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    };
    if e.byte(body + width) == b'\'' && first != b'\n' && first != b'\'' {
        emit(e, at..body + width + 1, Place::String, 1, 1)
    } else {
        skip(e, 1)
    }
}

fn skip(e: &mut Engine, count: usize) -> bool {
    e.at += count.max(1);
    true
}

fn simple(close: u8, escape: Escape, place: Place) -> Scan {
    Scan {
        close: Close::Byte(close),
        escape,
        lines: false,
        interpolation: None,
        place,
    }
}

fn cpp_character(e: &mut Engine) -> bool {
    let at = e.at;
    let word = e.word_before(at);
    if word < at && !matches!(&e.bytes[word..at], b"L" | b"u" | b"U" | b"u8") {
        return skip(e, 1);
    }
    e.literal(
        at,
        at + 1,
        simple(b'\'', Escape::Backslash, Place::String),
        WHOLE,
    );
    true
}

fn transpose(e: &mut Engine) -> bool {
    let at = e.at;
    let before = e.before(at);
    if is_word(before) || b")]}'.".contains(&before) {
        return skip(e, 1);
    }
    e.literal(
        at,
        at + 1,
        simple(b'\'', Escape::Doubled, Place::String),
        WHOLE,
    );
    true
}

/// The number of `#` that end before `at`, and where they begin.
fn hashes_before(e: &Engine, at: usize) -> (usize, usize) {
    let floor = e.floor();
    let start = e.bytes[floor..at]
        .iter()
        .rposition(|&b| b != b'#')
        .map_or(floor, |i| floor + i + 1);
    (at - start, start)
}

fn rust_raw(e: &mut Engine) -> bool {
    let at = e.at;
    let (hashes, end) = hashes_before(e, at);
    let start = e.word_before(end);
    if !matches!(&e.bytes[start..end], b"r" | b"br" | b"cr") {
        return false;
    }
    let scan = Scan {
        close: Close::Hashed(b"\"", hashes),
        escape: Escape::None,
        lines: true,
        interpolation: None,
        place: Place::String,
    };
    e.literal(start, at + 1, scan, WHOLE);
    true
}

fn swift_raw(e: &mut Engine) -> bool {
    let at = e.at;
    let (hashes, start) = hashes_before(e, at);
    if hashes == 0 {
        return false;
    }
    let long = e.starts(at, b"\"\"\"");
    let scan = Scan {
        close: Close::Hashed(if long { b"\"\"\"" } else { b"\"" }, hashes),
        escape: Escape::Hashed,
        lines: long,
        interpolation: None,
        place: Place::String,
    };
    e.literal(start, at + if long { 3 } else { 1 }, scan, WHOLE);
    true
}

fn cpp_raw(e: &mut Engine) -> bool {
    let at = e.at;
    let start = e.word_before(at);
    if !matches!(&e.bytes[start..at], b"R" | b"LR" | b"uR" | b"UR" | b"u8R") {
        return false;
    }
    let rest = &e.bytes[at + 1..e.end.min(at + 19)];
    let Some(paren) = memchr(b'(', rest) else {
        return false;
    };
    let mut close = Vec::with_capacity(paren + 2);
    close.push(b')');
    close.extend_from_slice(&rest[..paren]);
    close.push(b'"');
    to(e, start, at + 1 + paren + 1, &close, Place::String)
}

/// `@"..."`, `$"..."`, both, and three quotes or more.
fn cs_string(e: &mut Engine) -> bool {
    let at = e.at;
    // The braces are only watched for the end of code inside.
    if e.bytes[at] != b'"' {
        return false;
    }
    let floor = e.floor();
    let start = e.bytes[floor..at]
        .iter()
        .rposition(|b| !matches!(b, b'$' | b'@'))
        .map_or(floor, |i| floor + i + 1);
    let prefix = &e.bytes[start..at];
    let dollars = prefix.iter().filter(|&&b| b == b'$').count();
    let verbatim = prefix.contains(&b'@');
    let quotes = run(e, at, b'"');
    let interpolation = (dollars == 1).then_some(FIELD_LINES);
    let (scan, open) = if quotes >= 3 && !verbatim {
        if quotes == 6 {
            return emit(e, start..at + 6, Place::String, at - start + 3, 3);
        }
        let interpolation = interpolation.map(|i| Interpolation {
            doubled: false,
            ..i
        });
        let scan = Scan {
            close: Close::Run(b'"', quotes),
            escape: Escape::None,
            lines: true,
            interpolation,
            place: Place::String,
        };
        (scan, quotes)
    } else if verbatim || dollars > 0 {
        let scan = Scan {
            close: Close::Byte(b'"'),
            escape: if verbatim {
                Escape::Doubled
            } else {
                Escape::Backslash
            },
            lines: verbatim,
            interpolation,
            place: Place::String,
        };
        (scan, 1)
    } else {
        return false;
    };
    e.literal(start, at + open, scan, WHOLE);
    true
}

/// `url(...)` without quotes, in which `//` is no comment.
fn css_url(e: &mut Engine) -> bool {
    let at = e.at;
    let word = e.word_before(at);
    if !e.bytes[word..at].eq_ignore_ascii_case(b"url") {
        return false;
    }
    let line = e.known_line_end(at);
    let inner = &e.bytes[at + 1..line];
    let first = inner.iter().find(|b| !b.is_ascii_whitespace());
    if matches!(first, None | Some(b'"' | b'\'')) {
        return false;
    }
    match memchr(b')', inner) {
        Some(i) => {
            e.spans.push(at + 1..at + 1 + i, Place::String, 0, 0);
            skip(e, i + 2)
        }
        None => skip(e, line - at),
    }
}

fn lua_long(e: &mut Engine) -> bool {
    long_bracket(e, b"--")
}

fn cmake_bracket(e: &mut Engine) -> bool {
    long_bracket(e, b"#")
}

/// `[==[...]==]`, a comment behind `sign`.
fn long_bracket(e: &mut Engine, sign: &[u8]) -> bool {
    let start = e.at;
    let (at, place) = if e.starts(start, sign) {
        (start + sign.len(), Place::BlockComment)
    } else {
        (start, Place::String)
    };
    if e.byte(at) != b'[' {
        return false;
    }
    let level = run(e, at + 1, b'=');
    if e.byte(at + 1 + level) != b'[' || level > 64 {
        return false;
    }
    let close = [b"]".as_slice(), &b"=".repeat(level), b"]"].concat();
    to(e, start, at + level + 2, &close, place)
}

/// What stands before a byte of code.
enum Before {
    /// Nothing, or an operator: a value is due.
    Operator,
    /// The end of a value.
    Value,
    /// A word, which begins there; blanks may stand between.
    Word(usize),
}

fn looking_back(e: &Engine, at: usize) -> (Before, usize) {
    let mut end = at;
    let mut last = e.spans.spans.len();
    loop {
        while end > e.start && e.bytes[end - 1].is_ascii_whitespace() {
            end -= 1;
        }
        // Past comments, up to a literal, which is a value.
        match last.checked_sub(1).map(|i| e.spans.spans[i]) {
            Some(span) if span.end as usize >= end && end > e.start => {
                if span.place.is_comment() {
                    end = span.start as usize;
                    last -= 1;
                } else if span.place == Place::Template && e.bytes[end - 1] == b'{' {
                    return (Before::Operator, end);
                } else {
                    return (Before::Value, end);
                }
            }
            _ => break,
        }
    }
    if end <= e.start {
        return (Before::Operator, end);
    }
    let byte = e.bytes[end - 1];
    if is_word(byte) || byte == b'$' {
        return (Before::Word(e.word_before(end)), end);
    }
    if matches!(byte, b')' | b']' | b'}') {
        return (Before::Value, end);
    }
    (Before::Operator, end)
}

const JS_KEYWORDS: &[&[u8]] = &[
    b"return",
    b"typeof",
    b"case",
    b"in",
    b"of",
    b"delete",
    b"void",
    b"instanceof",
    b"new",
    b"throw",
    b"do",
    b"else",
    b"yield",
    b"await",
    b"default",
    b"extends",
    b"when",
    b"if",
    b"unless",
    b"and",
    b"or",
    b"not",
    b"is",
    b"then",
    b"assert",
];

/// Whether an operand, not an operator, is due at `at`.
fn operand_due(e: &Engine, at: usize) -> bool {
    match looking_back(e, at) {
        (Before::Operator, end) => {
            !(end >= e.start + 2 && matches!(&e.bytes[end - 2..end], b"++" | b"--"))
        }
        (Before::Value, end) => match e.bytes[end - 1] {
            b')' => e.after_condition,
            b'}' => e.first_on_line(at),
            _ => false,
        },
        (Before::Word(start), end) => {
            JS_KEYWORDS.contains(&&e.bytes[start..end]) && e.before(start) != b'.'
        }
    }
}

/// A regular expression, where a division cannot stand. Keeps an eye on the
/// parentheses of `if (...)`, after which an expression begins.
fn js_regex(e: &mut Engine) -> bool {
    let at = e.at;
    match e.bytes[at] {
        b'(' => {
            let mut end = at;
            while end > e.start && matches!(e.bytes[end - 1], b' ' | b'\t') {
                end -= 1;
            }
            let word = e.word_before(end);
            let condition = matches!(&e.bytes[word..end], b"if" | b"while" | b"for" | b"with")
                && e.before(word) != b'.';
            if e.parens.len() < 4096 {
                e.parens.push(condition);
            }
            false
        }
        b')' => {
            e.after_condition = e.parens.pop().unwrap_or(false);
            false
        }
        _ => {
            let next = e.byte(at + 1);
            if matches!(next, b'/' | b'*' | b'\n' | b'\r') || !operand_due(e, at) {
                return false;
            }
            regex_on_line(e, at, at + 1)
        }
    }
}

/// A regular expression between slashes that ends on its line; character
/// classes may hold slashes.
fn regex_on_line(e: &mut Engine, start: usize, body: usize) -> bool {
    let (mut at, mut class) = (body, false);
    while at < e.end.min(body.saturating_add(e.patience)) {
        match e.bytes[at] {
            b'\n' => break,
            b'\\' => at += 1,
            b'[' => class = true,
            b']' => class = false,
            b'/' if !class => {
                let close = at + 1;
                let flags = e.bytes[close..e.end]
                    .iter()
                    .take(12)
                    .take_while(|b| b.is_ascii_alphabetic())
                    .count();
                return emit(
                    e,
                    start..close + flags,
                    Place::Regex,
                    body - start,
                    1 + flags,
                );
            }
            _ => {}
        }
        at += 1;
    }
    e.patience = e.patience.saturating_sub(at - body);
    false
}

/// Whether JSX begins at a `<`: an operand is due, and a tag follows that is
/// not the parameter list of a generic function.
fn jsx_begin(e: &mut Engine) -> bool {
    let at = e.at;
    if e.bytes[at] != b'<' || !e.jsx || e.frames.len() > 48 {
        return false;
    }
    let next = e.byte(at + 1);
    if !(next.is_ascii_alphabetic() || next == b'>' || next == b'_') {
        return false;
    }
    let name = e.bytes[at + 1..e.end]
        .iter()
        .take_while(|&&b| is_word(b) || matches!(b, b'.' | b'-' | b':'))
        .count();
    let after = e.bytes[at + 1 + name..e.end].trim_ascii_start();
    if after.starts_with(b",") || after.starts_with(b"extends ") || after.starts_with(b"=>") {
        return false;
    }
    if next != b'>' && after.starts_with(b">") && after[1..].trim_ascii_start().starts_with(b"(") {
        // `<T>(x: T) => x`: a type parameter, unless the element is closed.
        let tag = [b"</", &e.bytes[at + 1..at + 1 + name]].concat();
        let near = &e.bytes[at..e.end.min(at + 4096)];
        if memmem::find(near, &tag).is_none() {
            return false;
        }
    }
    if !operand_due(e, at) {
        return false;
    }
    if e.jsx_mark.is_none() {
        e.jsx_mark = Some(Mark {
            at,
            spans: e.spans.spans.len(),
            extents: e.spans.extents.len(),
            frames: e.frames.len(),
        });
    }
    e.frames.push(Frame::Jsx {
        open: 0,
        tag: false,
    });
    jsx(e);
    true
}

/// Goes on with the JSX of the innermost frame, until code or its end.
pub(super) fn jsx(e: &mut Engine) {
    let Some(Frame::Jsx { mut open, mut tag }) = e.frames.pop() else {
        return;
    };
    // Of the tag being read: whether it closes an element.
    loop {
        if tag {
            // Inside a tag, up to its end.
            match e.bytes.get(e.at) {
                None => return,
                Some(b'>') => {
                    e.at += 1;
                    tag = false;
                }
                Some(b'/') if e.byte(e.at + 1) == b'>' => {
                    e.at += 2;
                    tag = false;
                    open = open.saturating_sub(1);
                }
                Some(b'/') if e.starts(e.at, b"//") => e.line_comment(e.at, 2),
                Some(b'/') if e.starts(e.at, b"/*") => {
                    let body = e.at + 2;
                    let end =
                        memmem::find(&e.bytes[body.min(e.end)..], b"*/").map(|i| body + i + 2);
                    e.finish_block(e.at, 2, end, 2);
                }
                Some(&quote @ (b'"' | b'\'')) => {
                    let scan = Scan {
                        lines: true,
                        ..simple(quote, Escape::None, Place::MarkupAttribute)
                    };
                    e.literal(e.at, e.at + 1, scan, WHOLE);
                }
                Some(b'{') => {
                    e.frames.push(Frame::Jsx { open, tag });
                    e.frames.push(Frame::JsxCode { depth: 0 });
                    e.at += 1;
                    return;
                }
                Some(_) => e.at += 1,
            }
        } else if e.byte(e.at) == b'<' {
            if e.byte(e.at + 1) == b'/' {
                let Some(end) = memchr(b'>', &e.bytes[e.at..]) else {
                    e.at = e.end;
                    return;
                };
                e.at += end + 1;
                open = open.saturating_sub(1);
            } else {
                open += 1;
                tag = true;
                e.at += 1;
                continue;
            }
        } else if e.at >= e.end {
            return;
        }
        if !tag {
            if open == 0 {
                // The outermost element is complete.
                if !e.frames.iter().any(|f| matches!(f, Frame::Jsx { .. })) {
                    e.jsx_mark = None;
                }
                return;
            }
            let rest = &e.bytes[e.at..e.end];
            let text = memchr::memchr2(b'<', b'{', rest).unwrap_or(rest.len());
            if !rest[..text].trim_ascii().is_empty() {
                e.spans.push(e.at..e.at + text, Place::MarkupText, 0, 0);
            }
            e.at += text;
            if e.byte(e.at) == b'{' && e.at < e.end {
                e.frames.push(Frame::Jsx { open, tag });
                e.frames.push(Frame::JsxCode { depth: 0 });
                e.at += 1;
                return;
            }
        }
    }
}

/// Puts a here-document on the list for the next line, and skips its head.
fn pend(
    e: &mut Engine,
    delimiter: Range<usize>,
    end: usize,
    indented: bool,
    open_ended: bool,
) -> bool {
    if delimiter.is_empty() || e.lost_heredocs >= MAX_LOST || e.pending.len() >= 16 {
        return false;
    }
    e.pending.push(Heredoc {
        delimiter,
        indented,
        open_ended,
    });
    e.at = end;
    true
}

/// The bodies of the here-documents of the line that ends here.
pub(super) fn bodies(e: &mut Engine) {
    e.at += 1;
    for heredoc in std::mem::take(&mut e.pending) {
        let delimiter = &e.bytes[heredoc.delimiter.clone()];
        let start = e.at;
        let mut line = start;
        let end = loop {
            if line >= e.end {
                break None;
            }
            let stop = e.line_end(line);
            let text = &e.bytes[line..stop];
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            let bare = if heredoc.indented {
                text.trim_ascii_start()
            } else {
                text
            };
            let found = bare.strip_prefix(delimiter).is_some_and(|after| {
                after.is_empty()
                    || (heredoc.open_ended && !is_word(after[0]))
                    // What reads like a shell's: `EOF)` ends no document, but a program may close with it.
                    || after == b")"
            });
            if found {
                break Some((line, text.len() - bare.len()));
            }
            line = stop + 1;
        };
        match end {
            Some((line, indent)) => {
                let length = heredoc.delimiter.len();
                e.spans.push(
                    start..line + indent + length,
                    Place::Heredoc,
                    0,
                    indent + length,
                );
                e.at = line + indent + length;
                if !heredoc.open_ended && e.byte(e.at) == b'\n' {
                    e.at += 1;
                }
            }
            None => e.lost_heredocs += 1,
        }
    }
}

/// The word of a here-document at `at`, quoted or not, and where it ends.
fn heredoc_word(e: &Engine, at: usize) -> Option<(Range<usize>, usize)> {
    let (quote, start) = match e.byte(at) {
        q @ (b'"' | b'\'' | b'`') => (Some(q), at + 1),
        b'\\' => (None, at + 1),
        _ => (None, at),
    };
    let rest = &e.bytes[start.min(e.end)..e.end.min(start + 128)];
    let length = match quote {
        Some(quote) => memchr::memchr2(quote, b'\n', rest).filter(|&i| rest[i] == quote)?,
        None => rest
            .iter()
            .take_while(|&&b| is_word(b) || b == b'-' || b == b'.')
            .count(),
    };
    if length == 0 || (quote.is_none() && rest[0].is_ascii_digit()) {
        return None;
    }
    let end = start + length;
    Some((start..end, end + usize::from(quote.is_some())))
}

fn shell_heredoc(e: &mut Engine) -> bool {
    let at = e.at;
    if !e.starts(at, b"<<") {
        return false;
    }
    if e.starts(at, b"<<<") {
        return skip(e, 3);
    }
    let mut word = at + 2;
    let indented = matches!(e.byte(word), b'-' | b'~');
    word += usize::from(indented);
    let blanks = e.bytes[word.min(e.end)..e.end]
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    word += blanks;
    // `: << =cut`: Perl's documentation in a shell script.
    if e.byte(word) == b'=' && e.byte(word + 1).is_ascii_alphabetic() {
        let length = e.bytes[word + 1..e.end]
            .iter()
            .take_while(|&&b| is_word(b))
            .count();
        let end = word + 1 + length;
        return if in_arithmetic(e, at) {
            skip(e, 2)
        } else {
            pend(e, word..end, end, indented, false)
        };
    }
    match heredoc_word(e, word) {
        // `((1 << n))` shifts.
        Some((delimiter, end)) if !in_arithmetic(e, at) => pend(e, delimiter, end, indented, false),
        _ => skip(e, 2),
    }
}

/// Whether `((` opened on this line is open at `at`.
fn in_arithmetic(e: &Engine, at: usize) -> bool {
    let from = at.saturating_sub(256).max(e.start);
    let line = &e.bytes[from..at];
    let line = &line[line.iter().rposition(|&b| b == b'\n').map_or(0, |i| i + 1)..];
    match memmem::rfind(line, b"((") {
        Some(open) => memmem::find(&line[open..], b"))").is_none(),
        None => false,
    }
}

fn php_heredoc(e: &mut Engine) -> bool {
    let at = e.at;
    if !e.starts(at, b"<<<") {
        return false;
    }
    let blanks = e.bytes[at + 3..e.end]
        .iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    match heredoc_word(e, at + 3 + blanks) {
        Some((delimiter, end)) => pend(e, delimiter, end, true, true),
        None => false,
    }
}

fn ruby_heredoc(e: &mut Engine) -> bool {
    let at = e.at;
    if !e.starts(at, b"<<") {
        return false;
    }
    let mark = e.byte(at + 2);
    let indented = matches!(mark, b'-' | b'~');
    let Some((delimiter, end)) = heredoc_word(e, at + 2 + usize::from(indented)) else {
        return false;
    };
    let quoted = matches!(e.bytes[delimiter.start - 1], b'"' | b'\'' | b'`');
    let first = e.byte(delimiter.start);
    let shifts = match looking_back(e, at) {
        (Before::Operator, _) => false,
        (Before::Value, _) => true,
        (Before::Word(_), end) => end == at,
    };
    let named = first.is_ascii_uppercase() || (first == b'_' && indented) || (quoted && !shifts);
    if !(named || (indented && !shifts)) || (shifts && !indented) {
        return false;
    }
    // The delimiter of an unquoted one ends before `-` and `.`.
    let length = if quoted {
        delimiter.len()
    } else {
        e.bytes[delimiter.clone()]
            .iter()
            .take_while(|&&b| is_word(b))
            .count()
    };
    let end = if quoted {
        end
    } else {
        delimiter.start + length
    };
    pend(
        e,
        delimiter.start..delimiter.start + length,
        end,
        indented,
        false,
    )
}

fn perl_heredoc(e: &mut Engine) -> bool {
    let at = e.at;
    if !e.starts(at, b"<<") {
        return false;
    }
    let indented = e.byte(at + 2) == b'~';
    match heredoc_word(e, at + 2 + usize::from(indented)) {
        Some((delimiter, end)) => pend(e, delimiter, end, indented, false),
        None => false,
    }
}

fn closing(open: u8) -> Close {
    match open {
        b'(' => Close::Bracket(b'(', b')'),
        b'[' => Close::Bracket(b'[', b']'),
        b'{' => Close::Bracket(b'{', b'}'),
        b'<' => Close::Bracket(b'<', b'>'),
        byte => Close::Byte(byte),
    }
}

const RUBY_BRACE: Interpolation = Interpolation {
    open: b"#{",
    close: b'}',
    doubled: false,
    lines: true,
    keep: 0,
};

const RUBY_KEYWORDS: &[&[u8]] = &[
    b"if", b"elsif", b"unless", b"while", b"until", b"and", b"or", b"not", b"when", b"in",
    b"return", b"then", b"else", b"do", b"case", b"puts", b"yield", b"begin", b"raise",
];

/// Whether a literal, not an operator, begins at `at` in Ruby.
fn ruby_operand_due(e: &Engine, at: usize) -> bool {
    match looking_back(e, at) {
        (Before::Operator, end) => e.byte(end.wrapping_sub(1)) != b'?' || end < at,
        (Before::Value, _) => false,
        (Before::Word(start), end) => {
            RUBY_KEYWORDS.contains(&&e.bytes[start..end])
                // A call without parentheses: `puts /x/`, but `a / b`.
                || (end < at
                    && !e.byte(at + 1).is_ascii_whitespace()
                    && e.byte(at + 1) != b'='
                    && !e.byte(start).is_ascii_digit()
                    && !matches!(e.before(start), b'@' | b'$'))
        }
    }
}

fn ruby_regex(e: &mut Engine) -> bool {
    if !ruby_operand_due(e, e.at) {
        return false;
    }
    let scan = Scan {
        lines: true,
        interpolation: Some(RUBY_BRACE),
        ..simple(b'/', Escape::Backslash, Place::Regex)
    };
    // A slash that no other follows soon was a division.
    let near = &e.bytes[e.at + 1..e.end.min(e.at + 2048)];
    if memchr(b'/', near).is_none() {
        return false;
    }
    e.literal(e.at, e.at + 1, scan, WHOLE);
    true
}

fn ruby_percent(e: &mut Engine) -> bool {
    let at = e.at;
    let kind = e.byte(at + 1);
    let (delimiter, open) = if b"qQwWiIrxs".contains(&kind) {
        (e.byte(at + 2), 3)
    } else {
        (kind, 2)
    };
    let plain = open == 2 && !b"([{<|!/".contains(&delimiter);
    if plain
        || delimiter.is_ascii_alphanumeric()
        || delimiter.is_ascii_whitespace()
        || delimiter == 0
        || delimiter >= 0x80
        || !ruby_operand_due(e, at)
    {
        return false;
    }
    let raw = matches!(kind, b'q' | b'w' | b'i' | b's');
    let scan = Scan {
        close: closing(delimiter),
        escape: Escape::Backslash,
        lines: true,
        interpolation: (!raw).then_some(RUBY_BRACE),
        place: if kind == b'r' {
            Place::Regex
        } else {
            Place::String
        },
    };
    e.literal(at, at + open, scan, WHOLE);
    true
}

/// `?"`, a character.
fn ruby_character(e: &mut Engine) -> bool {
    let at = e.at;
    let next = e.byte(at + 1);
    if is_word(e.before(at)) || next.is_ascii_whitespace() || is_word(e.byte(at + 2)) {
        return false;
    }
    skip(e, 2)
}

/// The data after `__END__`.
fn end_of_code(e: &mut Engine, marks: &[&[u8]]) -> bool {
    let at = e.at;
    if e.before(at) != b'\n' {
        return false;
    }
    let line = e.line_end(at);
    if !marks.contains(&e.bytes[at..line].trim_ascii_end()) {
        return false;
    }
    if e.syntax.comments[0].open != "=" {
        e.spans.push(line..e.end, Place::Heredoc, 0, 0);
        e.at = e.end;
        return true;
    }
    // Perl's documentation goes on in it.
    e.at = line;
    while e.at < e.end {
        let pod = memmem::find(&e.bytes[e.at..], b"\n=").map_or(e.end, |i| e.at + i + 1);
        e.spans.push(e.at..pod, Place::Heredoc, 0, 0);
        let cut = memmem::find(&e.bytes[pod..], b"\n=cut").map_or(e.end, |i| pod + i + 5);
        e.spans.push(pod..cut, Place::BlockComment, 0, 0);
        e.at = cut;
    }
    true
}

/// `$'`, `$"`, `$#`: variables that look like delimiters.
fn perl_variable(e: &mut Engine) -> bool {
    if b"#\"'/;,\\`~&?".contains(&e.byte(e.at + 1)) {
        skip(e, 2)
    } else {
        false
    }
}

const PERL_KEYWORDS: &[&[u8]] = &[
    b"if", b"unless", b"and", b"or", b"not", b"return", b"split", b"grep", b"map", b"while",
    b"until", b"x", b"lt", b"gt", b"le", b"ge", b"eq", b"ne", b"push", b"join", b"when", b"die",
];

fn perl_regex(e: &mut Engine) -> bool {
    let at = e.at;
    let due = match looking_back(e, at) {
        (Before::Operator, _) => true,
        (Before::Value, _) => false,
        (Before::Word(start), end) => {
            PERL_KEYWORDS.contains(&&e.bytes[start..end])
                && !matches!(e.before(start), b'$' | b'@' | b'%')
        }
    };
    if !due || e.byte(at + 1) == b'/' {
        return false;
    }
    regex_on_line(e, at, at + 1)
}

/// `q{}`, `qq()`, `qw//`, `m!!`, `s///`, `tr[][]`, `y///`.
fn perl_quote(e: &mut Engine) -> bool {
    let at = e.at;
    let before = e.before(at);
    if is_word(before) || b"$@%&>-:".contains(&before) {
        return false;
    }
    let word = e.bytes[at..e.end.min(at + 3)]
        .iter()
        .take_while(|b| is_word(**b))
        .count();
    let (parts, place) = match &e.bytes[at..at + word] {
        b"q" | b"qq" | b"qw" | b"qx" => (1, Place::String),
        b"m" | b"qr" => (1, Place::Regex),
        b"s" | b"tr" | b"y" => (2, Place::Regex),
        _ => return false,
    };
    let blanks = e.bytes[at + word..e.end]
        .iter()
        .take(8)
        .take_while(|b| **b == b' ')
        .count();
    let open = at + word + blanks;
    let delimiter = e.byte(open);
    if is_word(delimiter)
        || delimiter.is_ascii_whitespace()
        || b",;)=0".contains(&delimiter)
        || delimiter == 0
        || (blanks > 0 && b"#-+*<.&|?:".contains(&delimiter))
        || (before == b'{' && delimiter == b'}')
    {
        return false;
    }
    let scan = Scan {
        close: closing(delimiter),
        escape: Escape::Backslash,
        lines: true,
        interpolation: None,
        place,
    };
    e.literal(at, open + 1, scan, WHOLE);
    if parts == 2 {
        let mut next = e.at;
        if matches!(scan.close, Close::Bracket(..)) {
            while e.byte(next).is_ascii_whitespace() {
                next += 1;
            }
            let scan = Scan {
                close: closing(e.byte(next)),
                ..scan
            };
            if next < e.end {
                e.literal(next, next + 1, scan, WHOLE);
            }
        } else {
            e.literal(next, next, scan, WHOLE);
        }
    }
    true
}

fn elixir_sigil(e: &mut Engine) -> bool {
    let at = e.at;
    let kind = e.byte(at + 1);
    let letters = e.bytes[at + 1..e.end]
        .iter()
        .take(8)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    let open = at + 1 + letters;
    let delimiter = e.byte(open);
    if letters == 0 || !b"/|\"'([{<".contains(&delimiter) {
        return false;
    }
    let upper = kind.is_ascii_uppercase();
    let place = if kind.eq_ignore_ascii_case(&b'r') {
        Place::Regex
    } else {
        Place::String
    };
    let long: Option<&'static [u8]> = [b"\"\"\"", b"'''"]
        .into_iter()
        .find(|d| e.starts(open, d.as_slice()))
        .map(|d| d.as_slice());
    let scan = Scan {
        close: long.map_or(closing(delimiter), Close::Text),
        escape: if upper {
            Escape::None
        } else {
            Escape::Backslash
        },
        lines: true,
        interpolation: (!upper).then_some(RUBY_BRACE),
        place: if after_doc_attribute(e, at) {
            Place::DocString
        } else {
            place
        },
    };
    e.literal(at, open + long.map_or(1, <[u8]>::len), scan, WHOLE);
    true
}

/// Whether `@doc`, `@moduledoc` or their kind stands right before `at`.
pub(super) fn after_doc_attribute(e: &Engine, at: usize) -> bool {
    let floor = e.floor().max(at.saturating_sub(24));
    let before = e.bytes[floor..at].trim_ascii_end();
    [b"@doc".as_slice(), b"@moduledoc", b"@typedoc", b"@shortdoc"]
        .iter()
        .any(|a| before.ends_with(a))
}

fn r_raw(e: &mut Engine) -> bool {
    let at = e.at;
    let start = e.word_before(at);
    if !matches!(&e.bytes[start..at], b"r" | b"R") {
        return false;
    }
    let dashes = run(e, at + 1, b'-');
    let close = match e.byte(at + 1 + dashes) {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        _ => return false,
    };
    if dashes > 64 {
        return false;
    }
    let close = [&[close], b"-".repeat(dashes).as_slice(), &[e.byte(at)]].concat();
    to(e, start, at + dashes + 2, &close, Place::String)
}

/// `REM` and, in batch files, `::`.
fn rem(e: &mut Engine) -> bool {
    let at = e.at;
    let first = e.bytes[at];
    if first == b':' {
        if !e.starts(at, b"::") || !e.first_on_line(at) {
            return false;
        }
        e.line_comment(at, 2);
        return true;
    }
    let word = e.bytes.get(at..at + 3);
    if !word.is_some_and(|w| w.eq_ignore_ascii_case(b"rem")) || is_word(e.byte(at + 3)) {
        return false;
    }
    let before = match e.before(at) {
        b'@' => at - 1,
        _ => at,
    };
    let near = e.start.max(before.saturating_sub(512));
    let line = e.bytes[near..before]
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(near, |i| near + i + 1);
    let lead = e.bytes[line..before].trim_ascii();
    if !(lead.is_empty() || lead.ends_with(b"&") || lead.ends_with(b":")) {
        return false;
    }
    e.line_comment(at, 3);
    true
}

/// `\\`, a line of text.
fn zig_line(e: &mut Engine) -> bool {
    if !e.starts(e.at, b"\\\\") {
        return false;
    }
    let end = e.line_end(e.at);
    emit(e, e.at..end, Place::String, 2, 0)
}

/// Jsonnet's `|||`.
fn text_block(e: &mut Engine) -> bool {
    between(e, b"|||", b"|||", Place::Heredoc)
}
