//! Lexes XML, HTML and templates of it: comments, attributes, text, and the
//! code on its islands.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::engine;
use super::languages::{self, Syntax};
use super::{Place, Spans, WHOLE};

/// What is special about a kind of markup.
pub(super) struct Dialect {
    /// `<script>` and `<style>` hold other languages.
    html: bool,
    /// Comments besides `<!-- -->`, longest first.
    comments: &'static [(&'static str, &'static str)],
    /// Code in markup.
    islands: &'static [Island],
    /// Code between two lines of `---` at the beginning.
    front: Option<&'static Syntax>,
}

impl Dialect {
    /// Its own comments, and those of the code in it.
    pub(super) fn all_comments(&self) -> Vec<(&'static str, &'static str)> {
        let scripts = match self.html {
            true => &[("//", ""), ("/*", "*/")][..],
            false => &[],
        };
        let islands = self.islands.iter().flat_map(|i| i.syntax.plain_comments());
        islands
            .chain([("<!--", "-->")])
            .chain(self.comments.iter().copied())
            .chain(scripts.iter().copied())
            .collect()
    }
}

struct Island {
    open: &'static str,
    close: &'static str,
    syntax: &'static Syntax,
    /// The code's own literals may hold `close`.
    lexed: bool,
}

const fn island(open: &'static str, close: &'static str, syntax: &'static Syntax) -> Island {
    Island {
        open,
        close,
        syntax,
        lexed: false,
    }
}

const PHP: Island = Island {
    lexed: true,
    ..island("<?php", "?>", &languages::PHP)
};
const PHP_ECHO: Island = Island { open: "<?=", ..PHP };
const PHP_SHORT: Island = Island { open: "<? ", ..PHP };
const BRACES: Island = island("{{", "}}", &languages::TYPESCRIPT);
const TAGS: Island = island("{%", "%}", &languages::TYPESCRIPT);
const PERCENT: Island = island("<%", "%>", &languages::TYPESCRIPT);

const PLAIN: Dialect = Dialect {
    html: true,
    comments: &[],
    islands: &[],
    front: None,
};

pub(super) static XML: Dialect = Dialect {
    html: false,
    ..PLAIN
};
pub(super) static HTML: Dialect = Dialect {
    islands: &[PHP, PHP_ECHO],
    ..PLAIN
};
pub(super) static PHP_FILE: Dialect = Dialect {
    islands: &[PHP, PHP_ECHO, PHP_SHORT],
    ..PLAIN
};
pub(super) static VUE: Dialect = Dialect {
    islands: &[BRACES],
    ..PLAIN
};
pub(super) static SVELTE: Dialect = Dialect {
    islands: &[island("{", "}", &languages::TYPESCRIPT)],
    ..PLAIN
};
pub(super) static ASTRO: Dialect = Dialect {
    front: Some(&languages::TYPESCRIPT),
    ..SVELTE
};
pub(super) static BLADE: Dialect = Dialect {
    comments: &[("{{--", "--}}")],
    islands: &[PHP, PHP_ECHO, island("{!!", "!!}", &languages::PHP), BRACES],
    ..PLAIN
};
pub(super) static JINJA: Dialect = Dialect {
    comments: &[
        ("{#", "#}"),
        ("{{/*", "*/}}"),
        ("{{- /*", "*/"),
        ("{*", "*}"),
    ],
    islands: &[TAGS, BRACES],
    ..PLAIN
};
pub(super) static HANDLEBARS: Dialect = Dialect {
    comments: &[("{{!--", "--}}"), ("{{!", "}}")],
    islands: &[BRACES],
    ..PLAIN
};
pub(super) static ERB: Dialect = Dialect {
    comments: &[("<%#", "%>")],
    islands: &[PERCENT],
    ..PLAIN
};
pub(super) static ASP: Dialect = Dialect {
    comments: &[("<%--", "--%>"), ("<%#", "%>"), ("<%!--", "--%>")],
    islands: &[PERCENT],
    ..PLAIN
};
pub(super) static RAZOR: Dialect = Dialect {
    comments: &[("@*", "*@")],
    ..PLAIN
};

/// Elements whose content is not markup.
const RAW: &[&str] = &["script", "style", "textarea", "title"];

/// Where the bits of comments begin in [`Markup::lost`].
const COMMENTS: u32 = 16;

struct Markup<'s, 'b> {
    bytes: &'b [u8],
    spans: &'s mut Spans<'b>,
    dialect: &'static Dialect,
    at: usize,
    /// A bit for each island and comment whose end was looked for in vain.
    lost: u32,
    /// Bytes at which an island or a comment of the dialect may begin.
    openers: [bool; 256],
}

/// Returns how far the text was read.
pub(super) fn lex(spans: &mut Spans, dialect: &'static Dialect, range: Range<usize>) -> usize {
    let mut openers = [false; 256];
    for open in dialect
        .islands
        .iter()
        .map(|i| i.open)
        .chain(dialect.comments.iter().map(|c| c.0))
    {
        openers[usize::from(open.as_bytes()[0])] = true;
    }
    let bytes = &spans.bytes[..range.end];
    let mut markup = Markup {
        bytes,
        spans,
        dialect,
        at: range.start,
        lost: 0,
        openers,
    };
    markup.document();
    markup.at
}

impl Markup<'_, '_> {
    fn starts(&self, text: &[u8]) -> bool {
        self.bytes[self.at.min(self.bytes.len())..].starts_with(text)
    }

    /// As `starts`, whatever the case: `<?PHP`.
    fn opens(&self, text: &[u8]) -> bool {
        self.bytes[self.at..]
            .get(..text.len())
            .is_some_and(|here| here.eq_ignore_ascii_case(text))
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn document(&mut self) {
        if let Some(syntax) = self.dialect.front {
            self.front(syntax);
        }
        let mut text = self.at;
        while self.at < self.bytes.len() {
            if text == self.at && self.at > self.spans.stop {
                return;
            }
            let byte = self.bytes[self.at];
            if byte != b'<' && !self.openers[usize::from(byte)] {
                self.at += 1;
                continue;
            }
            let next = self.byte(self.at + 1);
            let tag = byte == b'<'
                && (next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?' | b'_'));
            let before = self.at;
            if self.is_embedded() {
                self.text(text..before);
                self.embedded();
                text = self.at;
            } else if tag {
                self.text(text..before);
                self.tag();
                text = self.at;
            } else {
                self.at += 1;
            }
        }
        self.text(text..self.bytes.len());
    }

    fn front(&mut self, syntax: &'static Syntax) {
        const FENCE: &[u8] = b"---";
        const CLOSE: &[u8] = b"\n---";
        let blank = self.bytes[self.at..].len() - self.bytes[self.at..].trim_ascii_start().len();
        let start = self.at + blank;
        if !self.bytes[start..].starts_with(FENCE) {
            return;
        }
        let body = start + FENCE.len();
        if let Some(length) = memmem::find(&self.bytes[body..], CLOSE) {
            let end = body + length;
            self.at = match engine::lex(self.spans, syntax, body..end) {
                read if read < end => read,
                _ => end + CLOSE.len(),
            };
        }
    }

    fn text(&mut self, range: Range<usize>) {
        if !self.bytes[range.clone()].trim_ascii().is_empty() {
            self.spans.push(range, Place::MarkupText, 0, 0);
        }
    }

    /// Whether an island or a comment of the dialect begins here.
    fn is_embedded(&mut self) -> bool {
        self.openers[usize::from(self.bytes[self.at])]
            && (self.comment().is_some() || self.island().is_some())
    }

    /// The comment that begins here: its opener's length and its end.
    fn comment(&mut self) -> Option<(usize, usize, usize)> {
        let rest = &self.bytes[self.at..];
        let lost = self.lost;
        let (index, (open, close)) = (COMMENTS..)
            .zip(self.dialect.comments)
            .find(|(i, (open, _))| lost & (1 << i) == 0 && rest.starts_with(open.as_bytes()))?;
        match memmem::find(&rest[open.len()..], close.as_bytes()) {
            Some(end) => Some((open.len(), open.len() + end + close.len(), close.len())),
            None => {
                self.lost |= 1 << index;
                None
            }
        }
    }

    fn island(&self) -> Option<(usize, &'static Island)> {
        self.dialect
            .islands
            .iter()
            .enumerate()
            .find(|(i, island)| self.lost & (1 << i) == 0 && self.opens(island.open.as_bytes()))
    }

    /// Reads the comment or island that begins here.
    fn embedded(&mut self) {
        let start = self.at;
        if let Some((open, length, close)) = self.comment() {
            self.at = start + length;
            self.spans
                .push(start..self.at, Place::BlockComment, open, close);
            return;
        }
        let Some((index, island)) = self.island() else {
            self.at += 1;
            return;
        };
        let body = start + island.open.len();
        let close = island.close.as_bytes();
        if island.lexed {
            self.at = engine::lex_until(self.spans, island.syntax, body..self.bytes.len(), close);
            if self.starts(close) {
                self.at += close.len();
            }
            return;
        }
        match memmem::find(&self.bytes[body..], close) {
            Some(length) => {
                let end = body + length;
                self.at = match engine::lex(self.spans, island.syntax, body..end) {
                    read if read < end => read,
                    _ => end + close.len(),
                };
            }
            None => {
                self.lost |= 1 << index;
                self.at += 1;
            }
        }
    }

    fn tag(&mut self) {
        let start = self.at;
        for (open, close, place) in [
            ("<!--", "-->", Place::BlockComment),
            ("<![CDATA[", "]]>", Place::MarkupText),
        ] {
            if self.starts(open.as_bytes()) {
                let body = start + open.len();
                let end = memmem::find(&self.bytes[body..], close.as_bytes());
                self.at = end.map_or(self.bytes.len(), |i| body + i + close.len());
                let close = if end.is_some() { close.len() } else { 0 };
                self.spans.push(start..self.at, place, open.len(), close);
                return;
            }
        }
        self.at += 1;
        let name = self.at;
        while self.byte(self.at).is_ascii_alphanumeric() {
            self.at += 1;
        }
        let name = name..self.at;
        // Code in an attribute is read to its end, where the attribute goes on.
        let stop = std::mem::replace(&mut self.spans.stop, usize::MAX);
        let closed = self.attributes();
        self.spans.stop = stop;
        if closed && self.dialect.html {
            let name = &self.bytes[name];
            if let Some(raw) = RAW.iter().find(|r| r.as_bytes().eq_ignore_ascii_case(name)) {
                self.raw(raw, start);
            }
        }
    }

    /// Reads up to the end of the tag. True if an element begins with it.
    fn attributes(&mut self) -> bool {
        // Where a value is due, an unquoted one may stand.
        let mut value = false;
        while self.at < self.bytes.len() {
            let byte = self.bytes[self.at];
            if self.is_embedded() {
                self.embedded();
                value = false;
                continue;
            }
            match byte {
                b'>' => {
                    let single = self.bytes[self.at - 1] == b'/';
                    self.at += 1;
                    return !single;
                }
                // The tag was never closed.
                b'<' => return false,
                b'"' | b'\'' => {
                    self.quoted(byte);
                    value = false;
                }
                b'=' => {
                    value = true;
                    self.at += 1;
                }
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ if value => {
                    let start = self.at;
                    while self.at < self.bytes.len()
                        && !self.bytes[self.at].is_ascii_whitespace()
                        && self.bytes[self.at] != b'>'
                    {
                        self.at += 1;
                    }
                    self.spans
                        .push(start..self.at, Place::MarkupAttribute, 0, 0);
                    value = false;
                }
                _ => self.at += 1,
            }
        }
        false
    }

    /// A quoted attribute value, perhaps with islands.
    fn quoted(&mut self, quote: u8) {
        let start = self.at;
        let mut piece = start;
        let mut extent = WHOLE;
        self.at += 1;
        while self.at < self.bytes.len() && self.bytes[self.at] != quote {
            if self.is_embedded() {
                if extent == WHOLE {
                    extent = self.spans.open_extent(start);
                }
                let open = usize::from(piece == start);
                self.spans
                    .push_piece(piece..self.at, Place::MarkupAttribute, open, 0, extent);
                self.embedded();
                piece = self.at;
            } else {
                self.at += 1;
            }
        }
        let end = (self.at + 1).min(self.bytes.len());
        let close = end - self.at.min(end);
        let open = usize::from(piece == start);
        self.spans
            .push_piece(piece..end, Place::MarkupAttribute, open, close, extent);
        self.spans.close_extent(extent, end);
        self.at = end;
    }

    /// The content of a raw element, whose tag begins at `tag`.
    fn raw(&mut self, name: &str, tag: usize) {
        let start = self.at;
        let end = self.raw_end(name);
        let head = &self.bytes[tag..start];
        let says = |text: &str| memmem::find(head, text.as_bytes()).is_some();
        let syntax = match name {
            "style" if says("scss") || says("less") || says("sass") || says("stylus") => {
                &languages::SCSS
            }
            "style" => &languages::CSS,
            "script" if says("json") => &languages::JSON,
            "script" if says("text/") && !says("javascript") && !says("babel") => {
                self.text(start..end);
                self.at = self.at.max(end);
                return;
            }
            "script" if says("ts\"") || says("'ts'") || says("typescript") => {
                &languages::TYPESCRIPT
            }
            "script" => &languages::JAVASCRIPT,
            _ => {
                self.at = start;
                let mut text = start;
                while self.at < end {
                    if self.is_embedded() {
                        self.text(text..self.at);
                        self.embedded();
                        text = self.at;
                    } else {
                        self.at += 1;
                    }
                }
                self.text(text..end.max(text));
                self.at = self.at.max(end);
                return;
            }
        };
        self.at = engine::lex(self.spans, syntax, start..end).min(end);
    }

    /// Where `</name` begins.
    fn raw_end(&self, name: &str) -> usize {
        let mut at = self.at;
        while let Some(i) = memchr(b'<', &self.bytes[at..]) {
            at += i + 1;
            let rest = &self.bytes[at..];
            if rest.len() > name.len()
                && rest[0] == b'/'
                && rest[1..=name.len()].eq_ignore_ascii_case(name.as_bytes())
            {
                return at - 1;
            }
        }
        self.bytes.len()
    }
}
