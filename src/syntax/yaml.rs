//! Lexes YAML: comments only after a blank, literals only where a value
//! begins, block scalars by their indentation.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::{Place, Spans};

/// Lexes `range`, which begins on a line of its own.
pub(super) fn lex(spans: &mut Spans, range: Range<usize>) {
    let bytes = &spans.bytes[..range.end];
    let mut yaml = Yaml {
        bytes,
        spans,
        at: range.start,
        flow: 0,
    };
    while yaml.at < range.end {
        yaml.line();
    }
}

/// A template's comment is not looked for further than this.
const MAX_COMMENT: usize = 8 * 1024;

struct Yaml<'s, 'b> {
    bytes: &'b [u8],
    spans: &'s mut Spans<'b>,
    at: usize,
    /// How many of `[{` are open.
    flow: u32,
}

impl Yaml<'_, '_> {
    fn line_end(&self, at: usize) -> usize {
        memchr(b'\n', &self.bytes[at..]).map_or(self.bytes.len(), |i| at + i)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    /// One line, and what a literal or block scalar adds to it.
    fn line(&mut self) {
        let start = self.at;
        let mut end = self.line_end(start);
        // A bracket left open by mistake must not rule the rest of the file.
        if self.byte(start).is_ascii_alphabetic() {
            self.flow = 0;
        }
        // The column of the innermost node that begins on the line.
        let mut node = 0;
        let mut value = true;
        while self.at < end {
            let at = self.at;
            let byte = self.bytes[at];
            let next = self.byte(at + 1);
            let blank = matches!(next, b' ' | b'\t' | b'\n' | b'\r');
            match byte {
                b' ' | b'\t' | b'\r' => {
                    self.at += 1;
                    continue;
                }
                b'#' if at == start || matches!(self.bytes[at - 1], b' ' | b'\t') => {
                    self.comment(end, 1);
                    break;
                }
                b'{' if self.helm_comment() => {
                    end = self.line_end(self.at);
                    continue;
                }
                b',' if self.flow > 0 => value = true,
                b':' if blank || self.flow > 0 => value = true,
                b']' | b'}' if self.flow > 0 => {
                    self.flow -= 1;
                    value = false;
                }
                _ if !value => {}
                b'-' | b'?' if blank && self.flow == 0 => node = at - start,
                b'"' | b'\'' => {
                    node = node.max(self.column(start, at));
                    self.quoted(byte);
                    end = self.line_end(self.at.min(self.bytes.len()));
                    value = false;
                    continue;
                }
                b'[' | b'{' => self.flow += 1,
                b'|' | b'>' if self.flow == 0 => {
                    if self.block(start, node, end) {
                        return;
                    }
                    value = false;
                }
                b'!' | b'&' => {
                    while self.at < end && !matches!(self.bytes[self.at], b' ' | b'\t' | b',') {
                        self.at += 1;
                    }
                    continue;
                }
                _ => {
                    node = node.max(self.column(start, at));
                    value = false;
                }
            }
            self.at += 1;
        }
        self.at = self.at.max(end) + 1;
    }

    /// The column of a key; of a value after a key, that of neither.
    fn column(&self, start: usize, at: usize) -> usize {
        let before = &self.bytes[start..at];
        if before.iter().all(|b| matches!(b, b' ' | b'-' | b'?')) {
            at - start
        } else {
            0
        }
    }

    fn comment(&mut self, end: usize, open: usize) {
        let cut = if self.bytes[end - 1] == b'\r' {
            end - 1
        } else {
            end
        };
        self.spans.push(self.at..cut, Place::LineComment, open, 0);
        self.at = end;
    }

    /// `{{/* ... */}}`, a comment of Go's templates.
    fn helm_comment(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let open = [b"{{/*".as_slice(), b"{{- /*"]
            .into_iter()
            .find(|o| rest.starts_with(o));
        let Some(open) = open else { return false };
        let near = &rest[..rest.len().min(MAX_COMMENT)];
        let Some(end) = memmem::find(near, b"*/") else {
            return false;
        };
        let end = self.at + end + 2;
        self.spans
            .push(self.at..end, Place::BlockComment, open.len(), 2);
        let brace = memchr(b'}', &self.bytes[end..self.line_end(end)]);
        self.at = brace.map_or(end, |i| (end + i + 2).min(self.bytes.len()));
        true
    }

    /// A quoted scalar. It may span lines, which are indented then.
    fn quoted(&mut self, quote: u8) {
        let start = self.at;
        let mut at = start + 1;
        let mut line = None;
        while at < self.bytes.len() {
            match self.bytes[at] {
                b'\\' if quote == b'"' => at += 1,
                b if b == quote => {
                    if quote == b'\'' && self.byte(at + 1) == b'\'' {
                        at += 1;
                    } else {
                        self.spans.push(start..at + 1, Place::String, 1, 1);
                        self.at = at + 1;
                        return;
                    }
                }
                b'\n' => {
                    line.get_or_insert(at);
                    if !matches!(self.byte(at + 1), b' ' | b'\t' | b'\n' | b'\r') {
                        break;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        let end = line.unwrap_or(self.bytes.len());
        self.spans.push(start..end, Place::String, 1, 0);
        self.at = end;
    }

    /// A block scalar, if its header ends the line. `node` is the column of
    /// what it is the value of.
    fn block(&mut self, start: usize, node: usize, end: usize) -> bool {
        let header = &self.bytes[self.at + 1..end];
        let marks = header
            .iter()
            .take_while(|b| matches!(b, b'+' | b'-' | b'0'..=b'9'))
            .count();
        let rest = header[marks..].trim_ascii();
        let comment = rest.starts_with(b"#") && header[marks].is_ascii_whitespace();
        if marks > 2 || !(rest.is_empty() || comment) {
            return false;
        }
        if comment {
            let hash = memchr(b'#', header).map_or(end, |i| self.at + 1 + i);
            self.at = hash;
            self.comment(end, 1);
        }
        let lead = self.bytes[start..end]
            .iter()
            .take_while(|b| **b == b' ')
            .count();
        let parent = lead.max(node);
        // At the top of a document the text need not be indented.
        let top = self.bytes[start..end].starts_with(b"---")
            || self.bytes[start..end].trim_ascii_start().starts_with(b"|");
        let mut line = end + 1;
        let mut body_end = line.min(self.bytes.len());
        let mut indent = None;
        while line < self.bytes.len() {
            let stop = self.line_end(line);
            let text = &self.bytes[line..stop];
            let column = text.iter().take_while(|b| **b == b' ').count();
            if text[column..].trim_ascii().is_empty() {
                line = stop + 1;
                continue;
            }
            let least = *indent.get_or_insert(column);
            if column < least.min(parent + 1)
                || (column <= parent && !(top && parent == 0))
                || column < least
            {
                break;
            }
            body_end = stop;
            line = stop + 1;
        }
        let body = (end + 1).min(self.bytes.len());
        self.spans.push(body..body_end, Place::Heredoc, 0, 0);
        self.at = if body_end > body {
            (body_end + 1).min(self.bytes.len())
        } else {
            body
        };
        true
    }
}
