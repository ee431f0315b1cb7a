//! Lexes a language by its row in the table.

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3, memmem};

use super::languages::{At, Comment, Docs, Escape, Interpolation, Quote, Special, Syntax};
use super::special::{self, Heredoc};
use super::{Place, Spans, WHOLE};

/// Code in a string in code in a string ...: deeper is read as text.
const MAX_FRAMES: usize = 64;

/// How the end of an open literal is recognised.
#[derive(Clone, Copy)]
pub(super) struct Scan {
    pub close: Close,
    pub escape: Escape,
    /// Whether it may go on after the line.
    pub lines: bool,
    pub interpolation: Option<Interpolation>,
    pub place: Place,
}

#[derive(Clone, Copy)]
pub(super) enum Close {
    Text(&'static [u8]),
    /// A text and a number of `#`.
    Hashed(&'static [u8], usize),
    /// At least that many of a byte.
    Run(u8, usize),
    /// The bracket that ends a nest of them.
    Bracket(u8, u8),
    Byte(u8),
}

/// What the code being read is part of.
pub(super) enum Frame {
    /// Code in a literal.
    Interpolation {
        scan: Scan,
        extent: u32,
        open: u8,
        close: u8,
        depth: u32,
        /// Where the code must have ended.
        limit: usize,
        cases: special::Cases,
        /// The nesting of brackets around the literal.
        brackets: u32,
    },
    /// Elements of JSX, `open` of them not closed.
    Jsx { open: u32, tag: bool },
    /// Code in braces in JSX.
    JsxCode { depth: u32 },
}

pub(super) struct Engine<'s, 'b> {
    pub bytes: &'b [u8],
    pub start: usize,
    pub at: usize,
    pub end: usize,
    pub syntax: &'static Syntax,
    pub spans: &'s mut Spans<'b>,
    pub frames: Vec<Frame>,
    /// Here-documents that begin after this line.
    pub pending: Vec<Heredoc>,
    /// How many of `([{` are open; only counted where documentation strings need it.
    pub brackets: u32,
    /// For each open `(`, whether it follows `if` or its kind.
    pub parens: Vec<bool>,
    /// Whether the last `)` closed the condition of an `if` or its kind.
    pub after_condition: bool,
    /// Here-documents that never ended; a text full of them is not searched again and again.
    pub lost_heredocs: u32,
    /// Where the outermost JSX began, to return to if it never ends.
    pub jsx_mark: Option<Mark>,
    pub jsx: bool,
    /// Bytes that attempts may still read in vain; without it, a hostile
    /// text would make each attempt read to the end.
    pub patience: usize,
    /// The last line end found, and from where.
    line: (usize, usize),
    interest: [u8; 256],
    until: &'static [u8],
}

/// A state to return to.
pub(super) struct Mark {
    pub at: usize,
    pub spans: usize,
    pub extents: usize,
    pub frames: usize,
}

/// Lexes `range`, all of it code; returns how far it was read.
pub(super) fn lex(spans: &mut Spans, syntax: &'static Syntax, range: Range<usize>) -> usize {
    lex_until(spans, syntax, range, b"")
}

/// Lexes `range` up to an `until` that stands in code or a line comment, and
/// returns where that is.
pub(super) fn lex_until(
    spans: &mut Spans,
    syntax: &'static Syntax,
    range: Range<usize>,
    until: &'static [u8],
) -> usize {
    let bytes = spans.bytes;
    let mut engine = Engine {
        bytes: &bytes[..range.end],
        start: range.start,
        at: range.start,
        end: range.end,
        syntax,
        spans,
        frames: Vec::new(),
        pending: Vec::new(),
        brackets: 0,
        parens: Vec::new(),
        after_condition: false,
        lost_heredocs: 0,
        jsx_mark: None,
        jsx: syntax.special.contains(&Special::Jsx),
        patience: 64 * 1024 + 4 * range.len(),
        line: (1, 0),
        interest: interest(syntax, until),
        until,
    };
    engine.run();
    engine.at
}

/// What a byte of code may be the beginning of, as bits of [`Engine::interest`].
mod interest {
    pub(super) const COMMENT: u8 = 1;
    pub(super) const QUOTE: u8 = 2;
    pub(super) const SPECIAL: u8 = 4;
    pub(super) const SKIP: u8 = 8;
    /// A bracket that is counted.
    pub(super) const BRACKET: u8 = 16;
    /// The lexer's state changes there, or reading ends.
    pub(super) const OTHER: u8 = 32;
}

/// For each byte, why the lexer looks at it; of most there is no reason.
fn interest(syntax: &Syntax, until: &[u8]) -> [u8; 256] {
    let mut interest = [0; 256];
    let mut add = |bytes: &[u8], why: u8| {
        for &b in bytes {
            interest[usize::from(b)] |= why;
        }
    };
    for comment in syntax.comments {
        add(&comment.open.as_bytes()[..1], interest::COMMENT);
    }
    for quote in syntax.quotes {
        add(&quote.open.as_bytes()[..1], interest::QUOTE);
        if let Some(i) = quote.interpolation {
            add(&[i.close, i.opener()], interest::OTHER);
        }
    }
    add(syntax.skip, interest::SKIP);
    for special in syntax.special {
        add(special.triggers(), interest::SPECIAL);
    }
    if syntax.docs == Docs::Statement {
        add(b"()[]{}", interest::BRACKET);
    }
    add(&until[..until.len().min(1)], interest::OTHER);
    interest
}

impl Engine<'_, '_> {
    fn run(&mut self) {
        loop {
            while self.at < self.end {
                let rest = &self.bytes[self.at..self.end];
                match rest
                    .iter()
                    .position(|&b| self.interest[usize::from(b)] != 0)
                {
                    Some(skip) => self.at += skip,
                    None => self.at = self.end,
                }
                if self.at >= self.end || self.may_stop() || self.step() {
                    break;
                }
            }
            // JSX that never ends was none.
            match self.jsx_mark.take() {
                Some(mark) if self.at >= self.end => {
                    self.spans.spans.truncate(mark.spans);
                    self.spans.extents.truncate(mark.extents);
                    self.frames.truncate(mark.frames);
                    self.jsx = false;
                    self.at = mark.at + 1;
                }
                _ => break,
            }
        }
    }

    /// Whether all that is asked for was read, and nothing of it is open. A
    /// literal may have begun with a prefix, but not before a blank.
    fn may_stop(&self) -> bool {
        self.at > self.spans.stop
            && self.before(self.at).is_ascii_whitespace()
            && self.frames.is_empty()
            && self.jsx_mark.is_none()
    }

    pub(super) fn starts(&self, at: usize, text: &[u8]) -> bool {
        self.bytes.get(at..).is_some_and(|b| b.starts_with(text))
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    /// The byte before `at`; a line feed where the text begins.
    pub(super) fn before(&self, at: usize) -> u8 {
        if at > self.start {
            self.bytes[at - 1]
        } else {
            b'\n'
        }
    }

    /// Where code before `at` may be looked at without running into a token.
    pub(super) fn floor(&self) -> usize {
        self.start.max(self.spans.end())
    }

    pub(super) fn line_end(&self, at: usize) -> usize {
        let at = at.min(self.end);
        memchr(b'\n', &self.bytes[at..self.end]).map_or(self.end, |i| at + i)
    }

    /// As [`Engine::line_end`], remembered: a line of many literals is read once.
    pub(super) fn known_line_end(&mut self, at: usize) -> usize {
        if !(self.line.0..=self.line.1).contains(&at) {
            self.line = (at, self.line_end(at));
        }
        self.line.1
    }

    /// Deals with the byte at hand, which is of interest. True at `until`.
    fn step(&mut self) -> bool {
        if !self.until.is_empty() && self.starts(self.at, self.until) {
            return true;
        }
        let at = self.at;
        let byte = self.bytes[at];
        let why = self.interest[usize::from(byte)];
        if self.frames.last().is_some() && self.frame(byte) {
            return false;
        }
        if byte == b'\n' && !self.pending.is_empty() {
            special::bodies(self);
            return false;
        }
        if why & interest::SKIP != 0 {
            self.at += special::skipped(self, at);
            return false;
        }
        if why & interest::BRACKET != 0 {
            match byte {
                b'(' | b'[' | b'{' => self.brackets = self.brackets.saturating_add(1),
                _ => self.brackets = self.brackets.saturating_sub(1),
            }
        }
        if why & interest::SPECIAL != 0 {
            for &special in self.syntax.special {
                if special.triggers().contains(&byte) && special::lex(self, special) {
                    debug_assert!(self.at > at);
                    return false;
                }
            }
        }
        if why & interest::COMMENT != 0 {
            for comment in self.syntax.comments {
                if comment.open.as_bytes()[0] == byte && self.opens(comment) {
                    self.comment(comment);
                    return false;
                }
            }
        }
        if why & interest::QUOTE != 0 {
            for quote in self.syntax.quotes {
                if quote.open.as_bytes()[0] == byte
                    && let Some(start) = self.opens_quote(quote)
                {
                    self.quote(quote, start);
                    return false;
                }
            }
        }
        self.at += 1;
        false
    }

    /// Counts brackets of code in a literal; true if the literal goes on here.
    fn frame(&mut self, byte: u8) -> bool {
        let at = self.at;
        let floor = self.start;
        match self.frames.last_mut() {
            Some(Frame::Interpolation {
                open,
                close,
                depth,
                limit,
                cases,
                ..
            }) => {
                if at > *limit {
                    self.drop_frame(at);
                } else if byte == *close && *depth == 0 {
                    if *close == b')' && cases.inside(&self.bytes[floor..at], floor) {
                        return false;
                    }
                    self.resume();
                    return true;
                } else if byte == *open {
                    *depth += 1;
                } else if byte == *close {
                    *depth -= 1;
                }
            }
            Some(Frame::JsxCode { depth }) => match byte {
                b'{' => *depth += 1,
                b'}' if *depth > 0 => *depth -= 1,
                b'}' => {
                    self.frames.pop();
                    self.at += 1;
                    special::jsx(self);
                    return true;
                }
                _ => {}
            },
            Some(Frame::Jsx { .. }) | None => {}
        }
        false
    }

    fn drop_frame(&mut self, at: usize) {
        if let Some(Frame::Interpolation {
            extent, brackets, ..
        }) = self.frames.pop()
        {
            self.spans.close_extent(extent, at);
            self.brackets = brackets;
        }
    }

    fn resume(&mut self) {
        if let Some(Frame::Interpolation {
            scan,
            extent,
            brackets,
            ..
        }) = self.frames.pop()
        {
            self.brackets = brackets;
            self.literal(self.at, self.at + 1, scan, extent);
        }
    }

    fn opens(&self, comment: &Comment) -> bool {
        let at = self.at;
        self.starts(at, comment.open.as_bytes())
            && !comment.except.contains(&self.byte(at + comment.open.len()))
            && match comment.at {
                At::Anywhere => true,
                At::Word => match self.before(at) {
                    b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b')' | b'`' => true,
                    b'(' => matches!(self.byte(at + 1), b' ' | b'\n' | b'!'),
                    _ => false,
                },
                At::Blank => matches!(self.before(at), b' ' | b'\t' | b'\r' | b'\n'),
                At::Line => self.first_on_line(at),
                At::Column => self.before(at) == b'\n',
                At::Operator => !special::is_symbol(self.before(at)),
            }
    }

    /// Whether only blanks stand before `at` on its line.
    pub(super) fn first_on_line(&self, at: usize) -> bool {
        self.bytes[self.start..at]
            .iter()
            .rev()
            .find(|b| !matches!(b, b' ' | b'\t'))
            .is_none_or(|&b| b == b'\n')
    }

    fn comment(&mut self, comment: &Comment) {
        let start = self.at;
        let body = start + comment.open.len();
        if comment.close.is_empty() {
            self.line_comment(start, comment.open.len());
        } else if comment.nested {
            let (open, close) = (comment.open.as_bytes(), comment.close.as_bytes());
            let (mut at, mut depth) = (body, 1u32);
            let mut end = None;
            while at < self.end {
                if self.starts(at, close) {
                    at += close.len();
                    depth -= 1;
                    if depth == 0 {
                        end = Some(at);
                        break;
                    }
                } else if self.starts(at, open) {
                    at += open.len();
                    depth += 1;
                } else {
                    at += 1;
                }
            }
            self.finish_block(start, open.len(), end, close.len());
        } else {
            let close = comment.close.as_bytes();
            let end = memmem::find(&self.bytes[body.min(self.end)..self.end], close)
                .map(|i| body + i + close.len());
            self.finish_block(start, comment.open.len(), end, close.len());
            // `=cut` and `=end` own the rest of their line.
            if close[0] == b'\n' && end.is_some() {
                let end = self.line_end(self.at);
                if let Some(last) = self.spans.spans.last_mut() {
                    last.end = end as u32;
                }
                self.at = end;
            }
        }
    }

    pub(super) fn finish_block(
        &mut self,
        start: usize,
        open: usize,
        end: Option<usize>,
        close: usize,
    ) {
        let stop = end.unwrap_or(self.end);
        let close = if end.is_some() { close } else { 0 };
        self.spans
            .push(start..stop, Place::BlockComment, open, close);
        self.at = stop;
    }

    pub(super) fn line_comment(&mut self, start: usize, open: usize) {
        let mut end = self.line_end(start);
        if self.syntax.continued_comments {
            while end < self.end && ends_in_backslash(&self.bytes[start..end]) {
                end = self.line_end(end + 1);
            }
        }
        if !self.until.is_empty()
            && let Some(i) = memmem::find(&self.bytes[start..end], self.until)
        {
            end = start + i;
        }
        let cut = if end > start && self.bytes[end - 1] == b'\r' {
            end - 1
        } else {
            end
        };
        self.spans.push(start..cut, Place::LineComment, open, 0);
        self.at = end;
    }

    /// Where the literal begins, prefix included, if `quote` opens here.
    fn opens_quote(&self, quote: &Quote) -> Option<usize> {
        let at = self.at;
        if !self.starts(at, quote.open.as_bytes()) {
            return None;
        }
        if quote.prefixes.is_empty() {
            return Some(at);
        }
        let word = self.word_before(at);
        quote
            .prefixes
            .iter()
            .any(|p| p.as_bytes().eq_ignore_ascii_case(&self.bytes[word..at]))
            .then_some(word)
    }

    /// Where the word that ends at `at` begins, looking back no further than
    /// prefixes of literals are long.
    pub(super) fn word_before(&self, at: usize) -> usize {
        let floor = self.floor().max(at.saturating_sub(12));
        let mut start = at;
        while start > floor && is_word(self.bytes[start - 1]) {
            start -= 1;
        }
        start
    }

    fn quote(&mut self, quote: &Quote, start: usize) {
        let body = self.at + quote.open.len();
        let scan = Scan {
            close: Close::Text(quote.close.as_bytes()),
            escape: quote.escape,
            lines: quote.lines,
            interpolation: quote.interpolation,
            place: quote.place,
        };
        let doc = match self.syntax.docs {
            Docs::None => false,
            Docs::Statement => self.brackets == 0 && self.begins_statement(start),
            Docs::Attribute => special::after_doc_attribute(self, start),
        };
        let first = self.spans.spans.len();
        self.literal(start, body, scan, WHOLE);
        if doc
            && self.spans.spans.len() == first + 1
            && (self.syntax.docs == Docs::Attribute || self.ends_statement())
            && let Some(last) = self.spans.spans.last_mut()
            && last.extent == WHOLE
        {
            last.place = Place::DocString;
        }
    }

    fn begins_statement(&self, at: usize) -> bool {
        let word = self.word_before(at);
        if at - word > 2 || !self.first_on_line(word) {
            return false;
        }
        let line = self.bytes[self.start..word]
            .iter()
            .rposition(|&b| b == b'\n')
            .map_or(self.start, |i| self.start + i);
        !ends_in_backslash(&self.bytes[self.start..line])
    }

    fn ends_statement(&self) -> bool {
        let rest = &self.bytes[self.at..self.end];
        rest.iter()
            .find(|b| !matches!(b, b' ' | b'\t' | b'\r'))
            .is_none_or(|b| matches!(b, b'\n' | b'#' | b';'))
    }

    /// Reads a literal, or one that code has interrupted, from `body` on.
    /// `start` is its first byte, `extent` the whole it is a piece of.
    pub(super) fn literal(&mut self, start: usize, body: usize, scan: Scan, extent: u32) {
        let first = match scan.close {
            Close::Text(text) | Close::Hashed(text, _) => text[0],
            Close::Run(byte, _) | Close::Bracket(_, byte) | Close::Byte(byte) => byte,
        };
        let nest = match scan.close {
            Close::Bracket(open, _) => open,
            _ => first,
        };
        let escape = match scan.escape {
            Escape::None | Escape::Doubled | Escape::Hashed => first,
            Escape::Backslash | Escape::Sql => b'\\',
            Escape::Backtick => b'`',
            Escape::Nix => b'\'',
        };
        let inner = scan.interpolation.map_or(first, |i| i.open[0]);
        let line = if scan.lines { first } else { b'\n' };
        let stops = Stops::new([first, nest, escape, inner, line]);
        let mut depth = 0u32;
        let mut at = body.min(self.end);
        let open = body - start;
        let place = if extent == WHOLE {
            scan.place
        } else {
            Place::Template
        };
        while at < self.end {
            match stops.find(&self.bytes[at..self.end]) {
                Some(skip) => at += skip,
                None => {
                    at = self.end;
                    break;
                }
            }
            let byte = self.bytes[at];
            if let Some(inside) = scan.interpolation
                && byte == inner
                && self.starts(at, inside.open)
                && self.frames.len() < MAX_FRAMES
            {
                if inside.doubled && self.byte(at + 1) == inside.open[0] {
                    at += 2;
                    continue;
                }
                let escaped =
                    scan.escape == Escape::Nix && at >= body + 2 && self.starts(at - 2, b"''");
                if !escaped {
                    self.interpolate(start, at, open, scan, inside, extent);
                    return;
                }
            }
            match scan.escape {
                Escape::Backslash if byte == b'\\' => {
                    at += if self.starts(at + 1, b"\r\n") { 3 } else { 2 };
                    continue;
                }
                // `'\'` is a backslash in standard SQL.
                Escape::Sql if byte == b'\\' => {
                    let lone =
                        at == body && self.byte(at + 1) == first && self.byte(at + 2) != first;
                    at += if lone { 1 } else { 2 };
                    continue;
                }
                Escape::Backtick if byte == b'`' => {
                    at += 2;
                    continue;
                }
                Escape::Nix if self.starts(at, b"'''") || self.starts(at, b"''\\") => {
                    at += 3;
                    continue;
                }
                Escape::Nix if self.starts(at, b"''$") => {
                    at += 4;
                    continue;
                }
                _ => {}
            }
            if byte == first {
                let length = match scan.close {
                    Close::Text(text) => self.starts(at, text).then_some(text.len()),
                    Close::Hashed(text, hashes) => (self.starts(at, text)
                        && special::run(self, at + text.len(), b'#') >= hashes)
                        .then_some(text.len() + hashes),
                    Close::Run(_, count) => {
                        let run = special::run(self, at, byte);
                        if run < count {
                            at += run;
                            continue;
                        }
                        Some(run)
                    }
                    Close::Bracket(..) if depth > 0 => {
                        depth -= 1;
                        None
                    }
                    Close::Bracket(..) | Close::Byte(_) => Some(1),
                };
                if let Some(length) = length {
                    let doubled = matches!(
                        scan.escape,
                        Escape::Doubled | Escape::Backtick | Escape::Sql
                    );
                    if doubled && self.byte(at + length) == first {
                        at += length + 1;
                        continue;
                    }
                    let end = at + length;
                    self.spans
                        .push_piece(start..end, place, open, length, extent);
                    self.spans.close_extent(extent, end);
                    self.at = end;
                    return;
                }
            } else if byte == nest {
                depth += 1;
            } else if byte == b'\n' && !scan.lines {
                break;
            }
            at += 1;
        }
        let end = at.min(self.end);
        let cut = if end > body && end < self.end && self.bytes[end - 1] == b'\r' {
            end - 1
        } else {
            end
        };
        self.spans.push_piece(start..cut, place, open, 0, extent);
        self.spans.close_extent(extent, cut);
        self.at = end;
    }

    /// The literal that began at `start` gives way to code at `at`.
    fn interpolate(
        &mut self,
        start: usize,
        at: usize,
        open: usize,
        scan: Scan,
        inside: Interpolation,
        extent: u32,
    ) {
        let extent = if extent == WHOLE {
            self.spans.open_extent(start)
        } else {
            extent
        };
        let end = at + inside.open.len() - usize::from(inside.keep);
        self.spans
            .push_piece(start..end, Place::Template, open, end - at, extent);
        let limit = if inside.lines {
            usize::MAX
        } else {
            self.known_line_end(end)
        };
        self.frames.push(Frame::Interpolation {
            scan,
            extent,
            open: inside.opener(),
            close: inside.close,
            depth: 0,
            limit,
            cases: special::Cases::new(end),
            brackets: self.brackets,
        });
        // A replacement field of Python is code in parentheses.
        self.brackets = self.brackets.saturating_add(1);
        self.at = end;
    }
}

/// The bytes of a literal that are not merely its text.
struct Stops {
    bytes: [u8; 5],
    /// How many of them differ; they come first.
    count: usize,
}

impl Stops {
    fn new(all: [u8; 5]) -> Stops {
        let mut stops = Stops {
            bytes: all,
            count: 0,
        };
        for byte in all {
            if !stops.bytes[..stops.count].contains(&byte) {
                stops.bytes[stops.count] = byte;
                stops.count += 1;
            }
        }
        stops
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        let [a, b, c, d, e] = self.bytes;
        match self.count {
            1 => memchr(a, text),
            2 => memchr2(a, b, text),
            3 => memchr3(a, b, c, text),
            _ => {
                let is_stop = |&x: &u8| x == a || x == b || x == c || x == d || x == e;
                text.iter().position(is_stop)
            }
        }
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn ends_in_backslash(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    line.ends_with(b"\\")
}
