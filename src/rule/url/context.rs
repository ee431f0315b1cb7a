//! What stands around a URL: the names that receive it and the calls that it is given to.
//!
//! All of it is read backwards from the URL, over a few hundred bytes, so
//! that a file full of URLs stays cheap.

use std::cell::Cell;
use std::ops::Range;

use super::markup::{name_of_value, names_of_text};
use super::words::names_samples;

/// How far back a statement is read.
const BACK: usize = 1500;
const LINES: usize = 14;
/// Brackets further out than this say little about the URL.
const LEVELS: usize = 5;

/// Where a URL stands in its statement.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// What stands before the URL's first byte.
    pub(super) lead: Lead,
    /// Names that receive it, the nearest first: variables, keys, attributes, elements.
    pub(super) names: Vec<Range<usize>>,
    /// Calls around it, the nearest first.
    pub(super) calls: Vec<Call>,
    /// An equality sign or `case` stands before it.
    pub(super) compared: bool,
    /// It is the value of a `return`, or of a function's last expression.
    pub(super) returned: bool,
}

#[derive(Debug)]
pub(super) struct Call {
    /// The callee with its receiver.
    pub(super) name: Range<usize>,
    /// Literals and names among the arguments before the URL.
    pub(super) siblings: Vec<Range<usize>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lead {
    /// A string literal begins with it.
    Quote,
    /// It stands in a string after other text.
    Inside,
    /// A blank, the beginning of a line, `=`: a word of its own.
    #[default]
    Bare,
    /// `<tag>http://..`
    Element,
    /// `<http://..>`, `](http://..`
    Link,
    /// In the middle of a word, or of another URL.
    Embedded,
}

impl Context {
    /// The context of the URL that begins at `start`.
    pub(super) fn read(bytes: &[u8], start: usize) -> Context {
        let mut context = Context::default();
        let line = line_start(bytes, start.saturating_sub(BACK), start);
        let before = &bytes[line..start];
        let Some(&last) = before.last() else {
            return context;
        };
        let mut at = start;
        context.lead = match last {
            b'"' | b'\'' | b'`' => {
                at = start - 1;
                while at > line && bytes[at - 1] == b'\\' {
                    at -= 1;
                }
                // `f"`, `r'`, `@"`, `$"`, and the three quotes of Python and others.
                while at > line && matches!(bytes[at - 1], b'"' | b'\'' | b'@' | b'$') {
                    at -= 1;
                }
                if at > line
                    && matches!(
                        bytes[at - 1],
                        b'f' | b'r' | b'b' | b'u' | b'F' | b'R' | b'L' | b's'
                    )
                    && (at - 1 == line || !is_word(bytes[at - 2]))
                {
                    at -= 1;
                }
                Lead::Quote
            }
            b' ' | b'\t' => match open_quote(before) {
                Some(quote) if before[quote + 1..].trim_ascii().is_empty() => {
                    at = line + quote;
                    Lead::Quote
                }
                Some(_) => Lead::Inside,
                None => Lead::Bare,
            },
            b'=' | b':' | b',' | b'|' | b'{' => match open_quote(before) {
                Some(quote) if before[quote..].iter().any(|&b| b == b' ' || b == b'/') => {
                    Lead::Inside
                }
                Some(quote) if last == b'=' && before[quote..].contains(&b'&') => Lead::Embedded,
                Some(_) if last != b'=' => Lead::Inside,
                Some(_) | None => Lead::Bare,
            },
            b';' if before.ends_with(b"&quot;") || before.ends_with(b"&#34;") => Lead::Quote,
            b'>' => Lead::Element,
            b'<' => Lead::Link,
            b'[' if open_quote(before).is_none() => Lead::Bare,
            b'(' if before.ends_with(b"](") => Lead::Link,
            b'(' => match open_quote(before) {
                Some(_) => Lead::Inside,
                None => Lead::Bare,
            },
            _ => Lead::Embedded,
        };
        if context.lead == Lead::Element {
            context.names = names_of_text(bytes, line, start);
            return context;
        }
        if context.lead == Lead::Quote
            && let Some(name) = macro_name(bytes, line, at)
        {
            context.names.push(name);
            return context;
        }
        if context.lead == Lead::Quote {
            context.names.extend(name_of_value(bytes, start));
        }
        context.climb(bytes, at);
        context
    }

    /// Reads outwards from `at`: the literal's own beginning.
    fn climb(&mut self, bytes: &[u8], from: usize) {
        let floor = from.saturating_sub(BACK);
        let mut at = from;
        let mut lines = 0;
        let mut depth = 0usize;
        let mut levels = 0;
        // Until the first comma or bracket, what is read is the URL's own expression.
        let mut own = true;
        // What precedes a comma is another argument; what precedes a newline alone is not.
        let mut listed = false;
        let mut assigned_here = false;
        let mut siblings: Vec<Range<usize>> = Vec::new();
        let mut on_first_line = true;
        while at > floor {
            let b = bytes[at - 1];
            match b {
                b'\n' => {
                    lines += 1;
                    on_first_line = false;
                    let Some(previous) = previous_line(bytes, floor, at - 1) else {
                        break;
                    };
                    if lines > LINES
                        || (depth == 0 && !goes_on(bytes, &previous, at, assigned_here))
                    {
                        if own && levels == 0 && self.names.is_empty() {
                            self.function(bytes, floor, at);
                        }
                        break;
                    }
                    at = previous.end;
                    continue;
                }
                b'"' | b'\'' | b'`' => {
                    let open = string_start(bytes, floor, at - 1);
                    if depth == 0 && listed && at - open <= 48 && open + 1 < at {
                        siblings.push(open + 1..at - 1);
                    }
                    at = open;
                    continue;
                }
                b')' | b']' => depth += 1,
                b'}' => depth += 1,
                b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
                b'(' => {
                    levels += 1;
                    let name = callee(bytes, floor, at - 1);
                    if !name.is_empty() {
                        let word = &bytes[name.clone()];
                        if matches!(word, b"if" | b"while" | b"elif" | b"unless" | b"switch") {
                            self.compared |= word != b"switch";
                            break;
                        }
                        at = name.start;
                        self.calls.push(Call {
                            name,
                            siblings: std::mem::take(&mut siblings),
                        });
                        own = true;
                        if levels >= LEVELS {
                            break;
                        }
                        continue;
                    }
                    siblings.clear();
                    own = true;
                }
                b'[' => {
                    levels += 1;
                    siblings.clear();
                    own = true;
                }
                b'{' => {
                    let head = bytes[floor..at - 1].trim_ascii_end();
                    let opens_block = assigned_here
                        && !on_first_line
                        && !matches!(head.last(), Some(b'(' | b',' | b'=' | b':' | b'['));
                    if opens_block
                        || matches!(head.last(), Some(b')' | b'>' | b';' | b'}') | None)
                        || ends_with_word(head, &["else", "do", "try", "finally", "begin", "get"])
                    {
                        break;
                    }
                    levels += 1;
                    siblings.clear();
                    own = true;
                }
                b';' if depth == 0 => break,
                b',' if depth == 0 => {
                    own = false;
                    listed = true;
                }
                b'=' if depth == 0 => {
                    let head = &bytes[floor..at - 1];
                    match head.last() {
                        Some(b'=' | b'!') => {
                            self.compared |= own;
                            break;
                        }
                        Some(b'<' | b'>') => {}
                        _ if own || levels > 0 => {
                            let end = floor
                                + head
                                    .trim_ascii_end()
                                    .trim_suffix_any(b":?+|.&-")
                                    .trim_ascii_end()
                                    .len();
                            if own {
                                self.names.extend(assigned(bytes, floor, end));
                            }
                            own = false;
                            assigned_here = true;
                            if levels == 0 && self.calls.is_empty() && !on_first_line {
                                break;
                            }
                        }
                        _ => {}
                    }
                }
                // R's `url <- "..`
                b'-' if depth == 0 && own && bytes[floor..at - 1].ends_with(b"<") => {
                    let end = floor + bytes[floor..at - 2].trim_ascii_end().len();
                    self.names.extend(assigned(bytes, floor, end));
                    own = false;
                    assigned_here = true;
                    at -= 2;
                    continue;
                }
                b'>' if depth == 0 && own && bytes[floor..at - 1].ends_with(b"=") => {
                    let end = floor + bytes[floor..at - 2].trim_ascii_end().len();
                    self.names.extend(assigned(bytes, floor, end));
                    own = false;
                    at = at.saturating_sub(2);
                    continue;
                }
                // `Owner::member`
                b':' if bytes[floor..at - 1].ends_with(b":") => at -= 1,
                b':' if depth == 0 && own => {
                    let head = &bytes[floor..at - 1];
                    let spaced = head.last() == Some(&b' ');
                    let line = line_start(bytes, floor, at);
                    let ternary = (spaced && bytes[line..at].contains(&b'?'))
                        || bytes[line..at - 1].trim_ascii().is_empty();
                    if !ternary {
                        let end = floor + head.trim_ascii_end().len();
                        if let Some(name) = assigned(bytes, floor, end) {
                            let quoted = matches!(bytes[end - 1], b'"' | b'\'' | b'`');
                            at = name.start - usize::from(quoted);
                            self.names.push(name);
                            own = false;
                            continue;
                        }
                    }
                }
                b if is_word(b) => {
                    let start = floor
                        + bytes[floor..at]
                            .iter()
                            .rposition(|&b| !is_word(b))
                            .map_or(0, |i| i + 1);
                    let word = &bytes[start..at];
                    if depth == 0 {
                        match word {
                            b"return" | b"yield" | b"echo" | b"print" | b"puts" | b"throw"
                            | b"raise" | b"case" | b"when" => {
                                self.returned = matches!(word, b"return" | b"yield");
                                self.compared |= own && matches!(word, b"case" | b"when");
                                if self.returned && own {
                                    self.function(bytes, floor, start);
                                }
                                break;
                            }
                            b"in" if own && !repeats(bytes, floor, start) => self.compared = true,
                            _ if !own && word.len() <= 32 => siblings.push(start..at),
                            _ => {}
                        }
                    }
                    at = start;
                    continue;
                }
                _ => {}
            }
            at -= 1;
        }
    }

    /// The function or property whose value is returned by what begins at `at`.
    fn function(&mut self, bytes: &[u8], floor: usize, at: usize) {
        let head = bytes[floor..at].trim_ascii_end();
        // `string Name { get { return "..`
        if let Some(head) = head.strip_suffix(b"{") {
            let head = head.trim_ascii_end();
            if let Some(head) = head.strip_suffix(b"get")
                && let Some(head) = head.trim_ascii_end().strip_suffix(b"{")
            {
                let end = floor + head.trim_ascii_end().len();
                self.names.extend(assigned(bytes, floor, end));
                return;
            }
        }
        let mut end = line_start(bytes, floor, at);
        for _ in 0..6 {
            let start = line_start(bytes, floor, end.saturating_sub(1).max(floor));
            if start >= end {
                return;
            }
            let text = &bytes[start..end];
            for keyword in ["def ", "function ", "fun ", "func ", "fn ", "sub "] {
                if let Some(i) = memchr::memmem::find(text, keyword.as_bytes())
                    && (i == 0 || !is_word(text[i - 1]))
                {
                    let name = start + i + keyword.len();
                    let length = bytes[name..end]
                        .iter()
                        .take_while(|&&b| is_word(b) || b == b'.')
                        .count();
                    self.names
                        .extend((length > 0).then_some(name..name + length));
                    return;
                }
            }
            // `String apiUrl() {`
            let trimmed = text.trim_ascii_end();
            if (trimmed.ends_with(b"{") || trimmed.starts_with(b"{"))
                && let Some(open) = memchr::memchr(b'(', text)
            {
                let name = callee(bytes, floor, start + open);
                let word = &bytes[name.clone()];
                if !matches!(
                    word,
                    b"switch" | b"if" | b"for" | b"while" | b"match" | b"catch"
                ) {
                    self.names.extend((!name.is_empty()).then_some(name));
                    return;
                }
            }
            end = start;
        }
    }
}

/// `#define NAME "http:..`: what the literal at `at` is called.
fn macro_name(bytes: &[u8], line: usize, at: usize) -> Option<Range<usize>> {
    let before = bytes[line..at].trim_ascii_end();
    let rest = before.trim_ascii_start().strip_prefix(b"#")?;
    let rest = rest.trim_ascii_start().strip_prefix(b"define")?;
    let name = rest.trim_ascii();
    let end = line + before.len();
    (rest.len() > name.len() && !name.is_empty() && name.iter().all(|&b| is_word(b)))
        .then(|| end - name.len()..end)
}

/// Whether the `in` at `at` belongs to a loop: `for item in`.
fn repeats(bytes: &[u8], floor: usize, at: usize) -> bool {
    let line = &bytes[line_start(bytes, floor, at)..at];
    let mut words = line.split(|b| !is_word(*b)).filter(|w| !w.is_empty());
    words.any(|w| matches!(w, b"for" | b"foreach"))
}

/// Where the line that holds `at` begins, not before `floor`.
fn line_start(bytes: &[u8], floor: usize, at: usize) -> usize {
    floor + memchr::memrchr(b'\n', &bytes[floor..at]).map_or(0, |i| i + 1)
}

/// How far back the blocks around a URL are looked for.
const BLOCKS: usize = 16 * 1024;

/// Whether the URL at `start` stands in a block of tests or examples: a
/// line above it, indented less, is named so. `run` is a command of a
/// configuration: a job named `test` runs it.
///
/// What is above is the same for many URLs of a list: `walked` remembers from
/// where on it was seen last, and that there was nothing.
pub(super) fn is_in_samples(
    bytes: &[u8],
    start: usize,
    run: bool,
    walked: &Cell<Option<Walk>>,
) -> bool {
    let floor = start.saturating_sub(BLOCKS);
    let indent = |line: &[u8]| line.len() - line.trim_ascii_start().len();
    let mut end = line_start(bytes, floor, start);
    let mut depth = indent(&bytes[end..start]);
    // In YAML, the items of a list may stand as far left as their key.
    let is_item = |text: &[u8]| text.starts_with(b"- ");
    let mut listed = is_item(bytes[end..start].trim_ascii_start());
    let walk = |end, depth, listed| Walk {
        end,
        depth,
        listed,
        run,
    };
    let first = (end > floor).then(|| walk(end, depth, listed));
    while end > floor && (depth > 0 || listed) {
        if walked.get() == Some(walk(end, depth, listed)) {
            break;
        }
        let newline = end - 1;
        end = line_start(bytes, floor, newline);
        let line = &bytes[end..newline];
        // Nearly every line stands too far right to matter.
        if !listed && indent(line) >= depth {
            continue;
        }
        let text = line.trim_ascii();
        if listed && indent(line) == depth && text.ends_with(b":") && !is_item(text) {
            if names_samples(&text[..text.len() - 1], run) {
                return true;
            }
            listed = false;
        }
        let closes = matches!(text.first(), Some(b'}' | b']' | b')') | None);
        let comment = text.starts_with(b"#") || text.starts_with(b"//") || text.starts_with(b"*");
        if closes || comment || indent(line) >= depth {
            continue;
        }
        depth = indent(line);
        listed = is_item(text);
        let head = text
            .iter()
            .position(|b| matches!(b, b'=' | b':' | b'(' | b'{' | b'['))
            .map_or(text, |i| &text[..i]);
        if head.len() <= 80 && names_samples(head, run) {
            return true;
        }
    }
    walked.set(first);
    false
}

/// Where a walk up the lines stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Walk {
    end: usize,
    depth: usize,
    listed: bool,
    run: bool,
}

trait TrimSuffix {
    fn trim_suffix_any(&self, set: &[u8]) -> &[u8];
}

impl TrimSuffix for [u8] {
    fn trim_suffix_any(&self, set: &[u8]) -> &[u8] {
        let end = self
            .iter()
            .rposition(|b| !set.contains(b))
            .map_or(0, |i| i + 1);
        &self[..end]
    }
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

fn ends_with_word(head: &[u8], list: &[&str]) -> bool {
    list.iter().any(|w| {
        head.strip_suffix(w.as_bytes())
            .is_some_and(|rest| rest.last().is_none_or(|&b| !is_word(b)))
    })
}

/// The quote that is still open at the end of `before`, a line's beginning.
fn open_quote(before: &[u8]) -> Option<usize> {
    let mut open: Option<usize> = None;
    for at in memchr::memchr3_iter(b'"', b'\'', b'`', before) {
        let slashes = before[..at].iter().rev().take_while(|&&b| b == b'\\');
        if slashes.count() % 2 == 1 {
            continue;
        }
        let b = before[at];
        match open {
            Some(start) if before[start] == b => open = None,
            Some(_) => {}
            // An apostrophe inside a word opens nothing.
            None if b == b'\''
                && at > 0
                && before[at - 1].is_ascii_alphabetic()
                && before.get(at + 1).is_some_and(u8::is_ascii_alphabetic) => {}
            None => open = Some(at),
        }
    }
    open
}

/// Where the string that the quote at `close` ends begins, on the same line.
fn string_start(bytes: &[u8], floor: usize, close: usize) -> usize {
    let quote = bytes[close];
    let is_escaped = |at: usize| at > floor && bytes[at - 1] == b'\\';
    let mut at = close;
    while at > floor {
        at -= 1;
        match bytes[at] {
            b'\n' => break,
            b if b == quote && is_escaped(at) == is_escaped(close) => return at,
            _ => {}
        }
    }
    close
}

/// The end of the line before the newline at `newline`, past lines that hold nothing but a comment.
fn previous_line(bytes: &[u8], floor: usize, newline: usize) -> Option<Range<usize>> {
    let mut end = newline;
    for _ in 0..4 {
        let start = floor
            + bytes[floor..end]
                .iter()
                .rposition(|&b| b == b'\n')
                .map_or(0, |i| i + 1);
        let text = bytes[start..end].trim_ascii();
        let comment = [&b"//"[..], b"# ", b"* ", b"-- ", b"--[", b"--]"]
            .iter()
            .any(|sign| text.starts_with(sign));
        if !comment && !text.is_empty() {
            return Some(start..end);
        }
        if start <= floor {
            return None;
        }
        end = start - 1;
    }
    None
}

/// Whether the statement goes on from `line` to what begins at `below`.
/// Once it has been given a name, only an argument list can hold it.
fn goes_on(bytes: &[u8], line: &Range<usize>, below: usize, named: bool) -> bool {
    let text = bytes[line.clone()].trim_ascii_end();
    let Some(&last) = text.last() else {
        return false;
    };
    if named {
        return matches!(last, b'(' | b',' | b'{' | b'[') && !text.ends_with(b") {");
    }
    matches!(
        last,
        b'=' | b'(' | b'+' | b'\\' | b'[' | b'{' | b':' | b'?' | b'&' | b'|' | b'.' | b','
    ) || text.ends_with(b"=>")
        || text.ends_with(b"return")
        || matches!(
            bytes[below..].trim_ascii_start().first(),
            Some(b'?' | b':' | b'+' | b'.' | b'|' | b'&')
        )
}

/// The function whose arguments begin with the bracket at `open`, with its receiver.
fn callee(bytes: &[u8], floor: usize, open: usize) -> Range<usize> {
    let end = floor + bytes[floor..open].trim_ascii_end().len();
    let end = if bytes[floor..end].ends_with(b"!") || bytes[floor..end].ends_with(b"?") {
        end - 1
    } else {
        end
    };
    let end = before_types(bytes, floor, end);
    let mut start = end;
    while start > floor {
        match bytes[start - 1] {
            b if is_word(b) => start -= 1,
            b'.' | b'$' | b'@' | b'\\' => start -= 1,
            // `Request.Builder().url(`, on one line or two: the builder says what is built.
            b if bytes[start] == b'.'
                && (b == b')' || b.is_ascii_whitespace())
                && bytes[floor..start].trim_ascii_end().ends_with(b"()") =>
            {
                start = floor + bytes[floor..start].trim_ascii_end().len() - 2;
            }
            b':' if start > floor + 1 && bytes[start - 2] == b':' => start -= 2,
            b'>' if start > floor + 1 && bytes[start - 2] == b'-' => start -= 2,
            // `require('./request')('GET', ..`: what the function was made of names it.
            b')' if start == end => {
                let open = bytes[floor..start].iter().rposition(|&b| b == b'(');
                match open {
                    Some(i) if !bytes[floor + i..start].contains(&b'\n') => start = floor + i,
                    _ => break,
                }
                let name = &bytes[start..end];
                if name.len() > 48 {
                    return end..end;
                }
            }
            _ => break,
        }
        if end - start > 80 {
            break;
        }
    }
    start..end
}

/// Where the name ends that type arguments follow: `get<User[]>`.
fn before_types(bytes: &[u8], floor: usize, end: usize) -> usize {
    if !bytes[floor..end].ends_with(b">") || bytes[floor..end].ends_with(b"->") {
        return end;
    }
    let mut depth = 0usize;
    for at in (floor.max(end.saturating_sub(80))..end).rev() {
        match bytes[at] {
            b'>' => depth += 1,
            b'<' if depth == 1 => {
                let named = at > floor && is_word(bytes[at - 1]);
                // Rust's `get::<T>`.
                let turbofish = bytes[floor..at].ends_with(b"::");
                return match (named, turbofish) {
                    (true, _) => at,
                    (_, true) => at - 2,
                    _ => end,
                };
            }
            b'<' => depth -= 1,
            b if is_word(b) || b" ,.[]?|&:{};".contains(&b) => {}
            _ => return end,
        }
    }
    end
}

/// The variable or key that ends at `end`: the word, or what the quotes or brackets hold.
fn assigned(bytes: &[u8], floor: usize, end: usize) -> Option<Range<usize>> {
    let head = &bytes[floor..end];
    match head.last()? {
        b'"' | b'\'' | b'`' => {
            let close = end - 1;
            let open = string_start(bytes, floor, close);
            let close = if close > open && bytes[close - 1] == b'\\' {
                close - 1
            } else {
                close
            };
            (open < close).then(|| open + 1..close)
        }
        b']' | b')' => {
            // `item['uri'] =`, `headers[:referer] =`: the key inside, with the variable before.
            let open = floor + head.iter().rposition(|&b| matches!(b, b'[' | b'('))?;
            // `name: ClassVar[str] =`: the type is not the name.
            let outer = word_before(bytes, floor, open);
            let typed = bytes[floor..outer.start].trim_ascii_end();
            if let Some(head) = typed.strip_suffix(b":").filter(|h| !h.ends_with(b":"))
                && bytes[open] == b'['
                && !outer.is_empty()
            {
                let name = word_before(bytes, floor, floor + head.len());
                if !name.is_empty() {
                    return Some(name);
                }
            }
            (end - open <= 48).then(|| word_before(bytes, floor, open).start..end - 1)
        }
        // `string Name { get; } =`
        b'}' => {
            let open = floor + head.iter().rposition(|&b| b == b'{')?;
            let end = floor + bytes[floor..open].trim_ascii_end().len();
            let word = word_before(bytes, floor, end);
            (!word.is_empty()).then_some(word)
        }
        _ => {
            let word = word_before(bytes, floor, end);
            if word.is_empty() {
                return None;
            }
            // `name string =`, `name: &str =`: the type is not the name.
            const TYPES: [&[u8]; 10] = [
                b"string",
                b"String",
                b"str",
                b"STRING",
                b"Uri",
                b"URL",
                b"Url",
                b"text",
                b"NSString",
                b"char",
            ];
            if TYPES.contains(&&bytes[word.clone()]) {
                let head = bytes[floor..word.start].trim_ascii_end();
                let head = head
                    .trim_suffix_any(b"&:*")
                    .trim_suffix_any(b" ")
                    .trim_suffix_any(b":");
                let earlier = word_before(bytes, floor, floor + head.len());
                let between = &bytes[earlier.end..word.start];
                // `const URL =` is called that.
                let is_type = bytes[word.clone()] != *b"URL" || between.contains(&b':');
                if !earlier.is_empty() && !between.contains(&b'\n') && is_type {
                    return Some(earlier);
                }
            }
            Some(word)
        }
    }
}

/// A name as configuration and markup write it: with dots, dashes, colons of namespaces.
fn word_before(bytes: &[u8], floor: usize, end: usize) -> Range<usize> {
    let mut start = end;
    while start > floor && end - start < 80 {
        let b = bytes[start - 1];
        if is_word(b)
            || matches!(b, b'.' | b'-' | b'$' | b'@')
            || (b == b':' && start < end && start - 1 > floor && is_word(bytes[start - 2]))
            || (b == b'>' && bytes[floor..start - 1].ends_with(b"-"))
        {
            start -= 1;
        } else {
            break;
        }
    }
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_tests_are_told_by_their_head() {
        let cases = [
            ("_TESTS = [{\n  'a': 1,\n}, {\n  'url': 'http://", true),
            ("mod tests {\n  fn a() {\n    get(\"http://", true),
            ("spec:\n  url: http://", false),
            ("def latest():\n  url = 'http://", false),
            ("tests = 1\nurl = 'http://", false),
            ("a:\n  examples:\n  - |\n    curl http://", true),
            (
                "a:\n  examples:\n  - b\n  feeds:\n  - |\n    curl http://",
                false,
            ),
        ];
        for (text, expected) in cases {
            let start = text.find("http://").expect("the test's own text holds it");
            assert_eq!(
                is_in_samples(text.as_bytes(), start, false, &Cell::default()),
                expected,
                "{text}"
            );
        }
    }

    fn read(text: &str) -> (String, String) {
        let start = text.find("http://").expect("the test's own text holds it");
        let context = Context::read(text.as_bytes(), start);
        let names: Vec<&str> = context.names.iter().map(|r| &text[r.clone()]).collect();
        let calls: Vec<&str> = context
            .calls
            .iter()
            .map(|c| &text[c.name.clone()])
            .collect();
        (names.join(" "), calls.join(" "))
    }

    #[test]
    fn names_and_calls_are_found_outwards() {
        let cases = [
            ("x = get('http://", "x", "get"),
            ("recordList   string = \"http://", "recordList", ""),
            ("private const string APIURL = \"http://", "APIURL", ""),
            ("string APIURL { get { return \"http://", "APIURL", ""),
            ("const X: &str = \"http://", "X", ""),
            ("{'a': {'website': \"http://", "website a", ""),
            ("axios({\n  a: 1,\n  url: \"http://", "url", "axios"),
            ("api := fmt.Sprintf(`http://", "api", "fmt.Sprintf"),
            ("$item['uri'] = \"http://", "$item['uri'", ""),
            ("r.Header.Set(\"Referer\", \"http://", "", "r.Header.Set"),
            ("a=1\nb()\n'http://", "", ""),
            (
                "require('./request')('GET', 'http://",
                "",
                "require('./request')",
            ),
            ("URLS = [\n  'a',\n  'http://", "URLS", ""),
            ("#define SHOP_XMLNS \"http://", "SHOP_XMLNS", ""),
            ("# define SHOP_URL L\"http://", "SHOP_URL", ""),
            ("URLS = {\n  'a',\n  -- b\n  'http://", "URLS", ""),
            ("<endpoint>http://", "endpoint", ""),
            ("<add key=\"ApiUrl\" value=\"http://", "ApiUrl value", ""),
            ("this.http.get<User[]>('http://", "", "this.http.get"),
            ("c.get::<T>(\"http://", "", "c.get"),
            (
                "new Request.Builder().url(\"http://",
                "",
                "Request.Builder().url",
            ),
            ("base-url: http://", "base-url", ""),
            ("\\\"schema\\\": \\\"http://", "schema", ""),
        ];
        for (text, names, calls) in cases {
            assert_eq!(read(text), (names.to_owned(), calls.to_owned()), "{text}");
        }
    }
}
