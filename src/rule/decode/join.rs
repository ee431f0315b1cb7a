//! Where a text goes on that is split over literals: by an operator, by
//! standing side by side, by a line's continuation, by a call, a list that is
//! joined, a format, or a variable that holds its beginning.

use super::{is_plain, is_token_byte};

/// What may stand between two literals that make one.
pub(super) const LONGEST_JOINT: usize = 96;
/// How far behind a literal the variable is looked for that holds it.
const REACH: usize = 256;
/// How much before a literal says that it is one of several to be joined.
const BEFORE: usize = 64;

/// Operators that put two texts together.
const OPERATORS: &[&[u8]] = &[
    b"+", b".", b"..", b"&", b"~", b"<>", b"||", b"++", b"^", b"\\", b"+\\", b".\\", b"&_", b"*",
    b"<<", b"+=", b".=", b"&=",
];

/// Calls that add a text to what they are called on, or to their first argument.
const ADDS: &[&[u8]] = &[
    b"append(",
    b"Append(",
    b"appending(",
    b"plus(",
    b"concat(",
    b"Concat(",
    b"push_str(",
    b"WriteString(",
    b"__add__(",
    b"stringByAppendingString:",
    b"appendString:",
    b"|append:",
];

/// Literals and words around them, as `spelled` walks over them.
pub(super) struct Walk<'b> {
    pub(super) bytes: &'b [u8],
    /// Where the token begins.
    pub(super) start: usize,
    /// What the literal began with that is read now.
    quote: Option<u8>,
}

impl<'b> Walk<'b> {
    pub(super) fn new(bytes: &'b [u8], start: usize) -> Walk<'b> {
        Walk {
            bytes,
            start,
            quote: None,
        }
    }

    /// Where the next literal's text begins, if the one that ends at `at` and
    /// the next are put together. `is_short`: what was read until here is too
    /// short for a token, so that more must follow.
    pub(super) fn joint(&mut self, at: usize, is_short: bool) -> Option<usize> {
        let rest = &self.bytes[at..self.bytes.len().min(at + LONGEST_JOINT)];
        // A shell's word ends where blanks follow.
        let is_bare = self
            .start
            .checked_sub(1)
            .is_none_or(|at| matches!(self.bytes[at], b'=' | b' ' | b'\t' | b'\n'));
        if let [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..] = rest {
            return self.continued_line(at, rest, is_bare);
        }
        // Of a batch file.
        if let [b'^', b'\n', next, ..] | [b'^', b'\r', b'\n', next, ..] = rest {
            let line = memchr::memchr(b'\n', rest)? + 1;
            return is_plain(*next).then_some(at + line);
        }
        if let [b'=', b'\n', next, ..] | [b'=', b'\r', b'\n', next, ..] = rest {
            // Quoted-printable folds lines so.
            let line = memchr::memchr(b'\n', rest)? + 1;
            return is_plain(*next).then_some(at + line);
        }
        let slashes = rest.iter().take_while(|&&b| b == b'\\').count();
        let close = *rest.get(slashes)?;
        if !matches!(close, b'"' | b'\'' | b'`') {
            return template_joint(rest)
                .or_else(|| format_joint(self.bytes, self.start, rest))
                .map(|next| at + next)
                .or_else(|| {
                    is_short
                        .then(|| self.bare_word(at).or_else(|| self.by_variable(at)))
                        .flatten()
                });
        }
        let opened = *self.quote.get_or_insert(close);
        let goes_on_bare = rest.get(slashes + 1).is_some_and(|b| is_plain(*b));
        // A shell's word goes on in quotes, wherever they open, and behind them.
        if is_bare && slashes == 0 && opened == close && goes_on_bare {
            return Some(at + 1);
        }
        if opened != close {
            return None;
        }
        let is_assigned = |at: usize| at >= 2 && self.bytes[at - 2] == b'=';
        if slashes == 0 && is_short && goes_on_bare && is_assigned(self.start) {
            let word = rest[1..].iter().take_while(|b| is_plain(**b)).count();
            if word >= 6 {
                return Some(at + 1);
            }
        }
        self.next_literal(at, rest, slashes, close, is_bare)
            .or_else(|| is_short.then(|| self.by_variable(at)).flatten())
    }

    /// Behind a backslash at the end of a line.
    fn continued_line(&self, at: usize, rest: &[u8], is_bare: bool) -> Option<usize> {
        let line = memchr::memchr(b'\n', rest)? + 1;
        let blanks = rest[line..].iter().take_while(|b| is_blank(**b)).count();
        let next = *rest.get(line + blanks)?;
        // Haskell begins the next line with another.
        let gap = usize::from(next == b'\\');
        if !is_bare || blanks == 0 || self.is_property() {
            return Some(at + line + blanks + gap);
        }
        // A block of text: its lines begin in the same column.
        let before = &self.bytes[..self.start];
        let own = before.iter().rev().take_while(|b| is_blank(**b)).count();
        let begins = before.len() == own || before[before.len() - own - 1] == b'\n';
        (begins && own == blanks).then_some(at + line + blanks)
    }

    /// `app.key=`: no shell's variable has a dot, and what it names may go on further right.
    fn is_property(&self) -> bool {
        let Some(before) = self.bytes[..self.start].strip_suffix(b"=") else {
            return false;
        };
        let name = before
            .iter()
            .rev()
            .take(80)
            .take_while(|b| is_plain(**b) || **b == b'.')
            .count();
        let (rest, name) = before.split_at(before.len() - name);
        name.contains(&b'.') && rest.last().is_none_or(|b| *b == b'\n')
    }

    /// The literal behind the one that ends at `at`.
    fn next_literal(
        &mut self,
        at: usize,
        rest: &[u8],
        slashes: usize,
        close: u8,
        is_bare: bool,
    ) -> Option<usize> {
        let mut from = slashes + 1;
        // Python's and others' literals of three quotes.
        while rest.get(from) == Some(&close) && rest.get(from + 1) == Some(&close) {
            from += 2;
        }
        let lines = end_of_lines(&rest[from..], slashes);
        let between = rest[from + lines..]
            .iter()
            .position(|b| matches!(b, b'"' | b'\'' | b'`'))?
            + lines;
        let (glue, open) = rest[from..].split_at(between);
        let glue = &glue[lines..];
        let has_line = lines > 0 || glue.contains(&b'\n');
        let mut glue = squeezed(&without_comments(glue));
        // Inside a string, the next quote and the end of a line are escaped.
        if slashes > 0 {
            let slash = glue.iter().rev().take_while(|&&b| b == b'\\').count();
            glue.truncate(glue.len() - slash);
            glue = without_escaped_lines(&glue);
        }
        let glue = without_prefix(&glue);
        let joins = match glue {
            // Behind a shell's word, a literal is the next argument; what stands
            // in backticks side by side is a text's or a table's.
            b"" => close != b'`' && (!is_bare || has_line),
            b"}${" | b"}#{" | b"}{" | b"\\" => true,
            _ => {
                let statements: Vec<u8> = glue.iter().copied().filter(|b| *b != b';').collect();
                is_added(&statements)
                    || is_operator(glue)
                    || is_appended(self.bytes, self.start, &statements)
                    || (is_separator(glue) && self.is_joined(at))
            }
        };
        let triple = usize::from(open.len() >= 3 && open[1] == open[0] && open[2] == open[0]) * 2;
        joins.then(|| {
            self.quote = Some(open[0]);
            at + from + between + 1 + triple
        })
    }

    /// Whether a list that holds the literal is put together with nothing in
    /// between: by a call before it, or behind what ends at `at`.
    fn is_joined(&self, at: usize) -> bool {
        let start = self.start.saturating_sub(1);
        let before = &self.bytes[self.start.saturating_sub(BEFORE)..start];
        let after = &self.bytes[at..self.bytes.len().min(at + 4 * LONGEST_JOINT)];
        let statement = &after[..memchr::memchr(b';', after).unwrap_or(after.len())];
        is_joined_before(before, statement) || is_joined_behind(after) || ends_joined(statement)
    }

    /// The next word of a list of words: `%w[ak_ ...].join`, `qw(ak_ ...)`,
    /// `printf %s%s ak_ ...`, `append name ak_ ...`.
    fn bare_word(&self, at: usize) -> Option<usize> {
        let rest = &self.bytes[at..self.bytes.len().min(at + LONGEST_JOINT)];
        let mut blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
        let is_item = rest[blanks..].starts_with(b"- ");
        blanks += 2 * usize::from(is_item);
        if blanks == 0 || !rest.get(blanks).is_some_and(|b| is_plain(*b)) {
            return None;
        }
        let before = &self.bytes[self.start.saturating_sub(BEFORE)..self.start];
        let list = before.trim_ascii_end();
        let is_list = [&b"%w"[..], b"%W", b"qw"]
            .iter()
            .any(|sign| list.len() > 1 && list[..list.len() - 1].ends_with(sign));
        let line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
        let after = &rest[blanks..];
        let joins = if is_item {
            // CloudFormation's `!Join`, with its list over lines.
            holds(before, b"Join") && (holds(before, b"''") || holds(before, b"\"\""))
        } else if is_list {
            holds(before, b"join")
                || [
                    &b"join"[..],
                    b"inject",
                    b"reduce",
                    b".sum",
                    b"* \"\"",
                    b"* ''",
                ]
                .iter()
                .any(|call| holds(after, call))
        } else {
            (holds(line, b"printf") && (holds(line, b"%s%s") || line.ends_with(b"%s ")))
                || line.trim_ascii_start().starts_with(b"append ")
        };
        joins.then_some(at + blanks)
    }

    /// Where the text goes on behind the variable that holds its beginning:
    /// `k + "..."`, `k .= '...'`, `${K}...`; or in the next variable, if the two
    /// are put together behind it.
    fn by_variable(&mut self, at: usize) -> Option<usize> {
        let name = variable(&self.bytes[self.start.saturating_sub(BEFORE)..self.start])?;
        let text = &self.bytes[at..self.bytes.len().min(at + REACH)];
        if let Some((next, quote)) = self.next_variable(at, text, name) {
            self.quote = quote;
            return Some(next);
        }
        for found in memchr::memmem::find_iter(text, name).take(8) {
            let (before, after) = (&text[..found], &text[found + name.len()..]);
            if !is_word_bound(before, after) {
                continue;
            }
            let opens = [&b"${"[..], b"{$", b"#{", b"$(", b"%", b"$", b"{", b"\\("]
                .iter()
                .any(|open| before.ends_with(open));
            let closes = usize::from(matches!(after.first(), Some(b'}' | b')' | b'%')));
            let inserted = after.get(closes..)?;
            if opens && inserted.first().is_some_and(|b| is_plain(*b)) && (closes > 0) {
                self.quote = None;
                return Some(at + found + name.len() + closes);
            }
            let Some((next, quote)) = behind_operator(after) else {
                continue;
            };
            self.quote = quote;
            return Some(at + found + name.len() + next);
        }
        None
    }

    /// `b = "..."` right behind `a = "..."`, where `a` and `b` are put together then.
    fn next_variable(&self, at: usize, text: &[u8], name: &[u8]) -> Option<(usize, Option<u8>)> {
        let equals = memchr::memchr(b'=', &text[..text.len().min(LONGEST_JOINT)])?;
        let second = variable(&text[..=equals])?;
        let value = text[equals + 1..].trim_ascii_start();
        let mut from = text.len() - value.len();
        let quote = value
            .first()
            .copied()
            .filter(|b| matches!(b, b'"' | b'\'' | b'`'));
        from += usize::from(quote.is_some());
        let length = text[from..].iter().take_while(|b| is_plain(**b)).count();
        if length < 6 || second == name {
            return None;
        }
        let behind = &text[from + length..];
        memchr::memmem::find_iter(behind, name)
            .take(8)
            .any(|found| {
                let (before, after) = (&behind[..found], &behind[found + name.len()..]);
                let gap = after
                    .iter()
                    .take(8)
                    .take_while(|b| b" \t+.&~|^{}$\"'()<>%,#*".contains(b))
                    .count();
                is_word_bound(before, after)
                    && after[gap..].starts_with(second)
                    && is_word_bound(&after[..gap], &after[gap + second.len()..])
            })
            .then_some((at + from, quote))
    }
}

/// A notebook keeps its lines as strings of a list: the length of `\n",` and
/// the next one's quote, where a literal inside such a string ends at `text`.
fn end_of_lines(text: &[u8], slashes: usize) -> usize {
    let Some(rest) = text.strip_prefix(b"\\n\"").filter(|_| slashes == 1) else {
        return 0;
    };
    let gap = rest
        .iter()
        .take_while(|b| b.is_ascii_whitespace() || **b == b',')
        .count();
    if rest.get(gap) == Some(&b'"') {
        gap + 4
    } else {
        0
    }
}

/// The name of the variable that a literal is given to which begins behind `before`.
fn variable(before: &[u8]) -> Option<&[u8]> {
    let before = before.rsplit(|&b| b == b'\n').next()?;
    let before = before
        .strip_suffix(b"\"")
        .or_else(|| before.strip_suffix(b"'"))
        .or_else(|| before.strip_suffix(b"`"))
        .unwrap_or(before);
    // `String::from(`, `@`, `{`.
    let mut before = before.trim_ascii_end();
    while let Some((b'(' | b'{' | b'@', rest)) = before.split_last() {
        let callee = rest
            .iter()
            .rev()
            .take_while(|&&b| is_token_byte(b) || b == b':')
            .count();
        let is_bound = before.ends_with(b"{") && callee > 0;
        before = rest;
        if is_bound {
            break;
        }
        before = before[..before.len() - callee].trim_ascii_end();
    }
    let stripped = before
        .strip_suffix(b":=")
        .or_else(|| before.strip_suffix(b"="))
        .or_else(|| before.strip_suffix(b"<-"));
    let mut left = match stripped {
        Some(left) => left.trim_ascii_end(),
        // `std::string k{"`, `set k "`, `define('K', '`.
        None if before.ends_with(b",") => {
            let quoted = before[..before.len() - 1].trim_ascii_end();
            quoted
                .strip_suffix(b"'")
                .or_else(|| quoted.strip_suffix(b"\""))
                .filter(|_| holds(before, b"define("))?
        }
        None => before,
    };
    left = left.strip_suffix(b"[]").unwrap_or(left);
    let word = |text: &[u8]| text.iter().rev().take_while(|b| is_token_byte(**b)).count();
    let mut length = word(left);
    // `a: string =`, `a: &str =`.
    let typed = left[..left.len() - length]
        .trim_ascii_end()
        .trim_suffix_of(b"&*");
    if let Some(named) = typed.strip_suffix(b":")
        && !named.ends_with(b":")
    {
        left = named.trim_ascii_end();
        length = word(left);
    }
    let name = &left[left.len() - length..];
    (!name.is_empty() && !name[0].is_ascii_digit()).then_some(name)
}

trait TrimSuffix {
    /// Without the bytes of `set` it ends in, and blanks before them.
    fn trim_suffix_of(&self, set: &[u8]) -> &Self;
}

impl TrimSuffix for [u8] {
    fn trim_suffix_of(&self, set: &[u8]) -> &[u8] {
        let count = self.iter().rev().take_while(|b| set.contains(b)).count();
        self[..self.len() - count].trim_ascii_end()
    }
}

fn is_word_bound(before: &[u8], after: &[u8]) -> bool {
    !before.last().is_some_and(|b| is_token_byte(*b))
        && !after.first().is_some_and(|b| is_token_byte(*b))
}

/// Where a text begins behind an operator and a quote; the quote. A shell needs none.
fn behind_operator(text: &[u8]) -> Option<(usize, Option<u8>)> {
    let sign = text.trim_ascii_start();
    let length = sign.iter().take_while(|b| b"+.&~<>|^=".contains(b)).count();
    if length == 0 || !OPERATORS.contains(&&sign[..length]) {
        return None;
    }
    let value = sign[length..].trim_ascii_start();
    let from = text.len() - value.len();
    match value.first() {
        Some(&quote @ (b'"' | b'\'' | b'`')) => {
            let triple =
                usize::from(value.len() >= 3 && value[1] == quote && value[2] == quote) * 2;
            Some((from + 1 + triple, Some(quote)))
        }
        Some(b)
            if is_plain(*b) && sign.starts_with(b"+=") && value.len() == sign.len() - length =>
        {
            Some((from, None))
        }
        _ => None,
    }
}

/// `glue` without blanks and line ends.
fn squeezed(glue: &[u8]) -> Vec<u8> {
    glue.iter()
        .copied()
        .filter(|b| !b.is_ascii_whitespace())
        .collect()
}

/// Without `\n`, `\r` and `\t`, of a program inside a string.
fn without_escaped_lines(glue: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(glue.len());
    let mut at = 0;
    while at < glue.len() {
        if glue[at] == b'\\' && matches!(glue.get(at + 1), Some(b'n' | b'r' | b't')) {
            at += 2;
        } else {
            kept.push(glue[at]);
            at += 1;
        }
    }
    kept
}

/// `f"`, `r"`, `u8"`, `L"`, `@"`, `R"(`: without what belongs to the next literal, and to the last.
fn without_prefix(glue: &[u8]) -> &[u8] {
    // C++'s `"..."s`.
    let glue = match glue {
        [b's', next, ..] if !is_token_byte(*next) => &glue[1..],
        _ => glue,
    };
    let letters = glue
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(**b, b'@' | b'$'))
        .count();
    let (before, prefix) = glue.split_at(glue.len() - letters);
    let is_prefix = prefix.len() <= 2 && !prefix.iter().all(u8::is_ascii_digit);
    if is_prefix { before } else { glue }
}

/// `.append(`, `).Append(`, `k.push_str(`, `strcat(b,`: a call adds the next literal.
fn is_added(glue: &[u8]) -> bool {
    let is_object = |b: &u8| {
        is_token_byte(*b) || matches!(b, b'.' | b')' | b'$' | b'>' | b'*' | b'&' | b']' | b'}')
    };
    let glue = glue.strip_suffix(b"[").unwrap_or(glue);
    if let Some(call) = ADDS.iter().find(|call| glue.ends_with(call)) {
        return glue[..glue.len() - call.len()].iter().all(is_object);
    }
    memchr::memmem::find(glue, b"cat(").is_some_and(|call| {
        glue[..call].iter().all(is_object)
            && glue.ends_with(b",")
            && glue[call + 4..glue.len() - 1].iter().all(is_object)
    })
}

/// An operator, around it the ends of calls that change nothing: `.to_string() + String::from(`.
fn is_operator(glue: &[u8]) -> bool {
    let mut glue = glue;
    // The end of a bracket, then `.to_string()`, `.padEnd(0)`.
    loop {
        let trimmed = match glue.first() {
            Some(b')' | b'}') => &glue[1..],
            Some(b'.') => {
                let name = glue[1..].iter().take_while(|b| is_token_byte(**b)).count();
                let rest = &glue[1 + name..];
                let digits = rest
                    .iter()
                    .skip(1)
                    .take_while(|b| b.is_ascii_digit())
                    .count();
                if name > 0 && rest.starts_with(b"(") && rest.get(1 + digits) == Some(&b')') {
                    &rest[2 + digits..]
                } else {
                    break;
                }
            }
            _ => break,
        };
        glue = trimmed;
    }
    // `str(`, `String::from(`, `(`, `{`.
    while let Some((b'(' | b'{', rest)) = glue.split_last() {
        let callee = rest
            .iter()
            .rev()
            .take_while(|&&b| is_token_byte(b) || b == b':')
            .count();
        glue = &rest[..rest.len() - callee];
    }
    let glue = glue.strip_suffix(b"String.raw").unwrap_or(glue);
    OPERATORS.contains(&glue)
}

/// `,`, `;` of a list, `, name=` of named arguments.
fn is_separator(glue: &[u8]) -> bool {
    let glue = {
        let closers = glue.iter().take_while(|b| **b == b')').count();
        &glue[closers..]
    };
    let Some(rest) = glue.strip_prefix(b",") else {
        return matches!(glue, b";" | b"-" | b"--");
    };
    let rest = rest.strip_suffix(b"(").unwrap_or(rest);
    rest.is_empty()
        || rest
            .strip_suffix(b"=")
            .or_else(|| rest.strip_suffix(b":"))
            .is_some_and(|name| name.iter().all(|b| is_token_byte(*b)))
}

/// Whether `glue` adds to the variable that the literal at
/// `start` was given to: `k += "..."`, `$k .= "..."`, `k = k + "..."`.
fn is_appended(bytes: &[u8], start: usize, glue: &[u8]) -> bool {
    let is_name = |b: &u8| is_token_byte(*b) || matches!(b, b'$' | b'.');
    if !glue.first().is_some_and(is_name) || start == 0 {
        return false;
    }
    let before = bytes[start.saturating_sub(BEFORE)..start - 1].trim_ascii_end();
    let Some(before) = before.strip_suffix(b"=") else {
        return false;
    };
    let before = before.strip_suffix(b":").unwrap_or(before).trim_ascii_end();
    let length = before.iter().rev().take_while(|b| is_name(b)).count();
    let name = &before[before.len() - length..];
    length > 0
        && glue.strip_prefix(name).is_some_and(|rest| {
            matches!(rest, b"+=" | b".=" | b"<<" | b"&=")
                || rest.strip_prefix(b"=").is_some_and(|rest| {
                    rest.strip_prefix(name)
                        .is_some_and(|rest| matches!(rest, b"+" | b"." | b".." | b"&"))
                })
        })
}

/// `ak_${"..."}` and back: where the text goes on after the template's joint.
fn template_joint(rest: &[u8]) -> Option<usize> {
    let behind = |from: usize| {
        let blanks = rest[from..].iter().take_while(|b| is_blank(**b)).count();
        matches!(rest.get(from + blanks), Some(b'"' | b'\'' | b'`')).then_some(from + blanks + 1)
    };
    match rest {
        // Python's `f"ak_{'...'}"`.
        [b'{', b'"' | b'\'', ..] => Some(2),
        // PowerShell's `$("...")`, Swift's `\("...")`.
        [b'$' | b'#', b'{', ..] | [b'$' | b'\\', b'(', ..] => behind(2),
        _ => None,
    }
}

/// The length of the hole of a format that `text` begins with: `%s`, `%@`, `{}`, `{0}`, `{name}`.
fn hole(text: &[u8]) -> Option<usize> {
    match text {
        [b'%', b's' | b'v' | b'@' | b'S' | b'a', ..] => Some(2),
        [b'{', rest @ ..] => {
            let name = rest.iter().take_while(|b| is_token_byte(**b)).count();
            (rest.get(name) == Some(&b'}')).then_some(name + 2)
        }
        _ => None,
    }
}

/// `"ak_%s" % "..."`, `'ak_{}'.format('...')`, `Sprintf("ak_%s", "...")`: where
/// the only argument begins.
fn format_joint(bytes: &[u8], start: usize, rest: &[u8]) -> Option<usize> {
    let hole = hole(rest)?;
    let quote = *bytes.get(start.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'') || rest.get(hole) != Some(&quote) {
        return None;
    }
    let glue = &rest[hole + 1..];
    let glue = &glue[..memchr::memchr2(b'"', b'\'', glue)?];
    let squashed = squeezed(glue);
    let squashed = squashed.strip_suffix(b"@").unwrap_or(&squashed);
    let before = &bytes[start.saturating_sub(BEFORE)..start];
    let line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let is_call = || {
        [
            &b"printf("[..],
            b"format(",
            b"format!(",
            b"Format(",
            b"Format:",
            b"format:",
            b"formatted(",
        ]
        .iter()
        .any(|call| holds(line, call))
    };
    let joins = match squashed {
        b"%" | b"%(" | b"%[" | b".format(" | b".formatted(" | b"-f" => true,
        b"," => is_call(),
        _ => {
            squashed.starts_with(b".format(")
                && squashed.ends_with(b"=")
                && squashed[8..squashed.len() - 1]
                    .iter()
                    .all(|b| is_token_byte(*b))
        }
    };
    joins.then_some(hole + 1 + glue.len() + 1)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// `glue` without `/* */`, and without `//` and `#` to the end of their lines.
fn without_comments(glue: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(glue.len());
    let mut at = 0;
    while at < glue.len() {
        let rest = &glue[at..];
        let skip = if rest.starts_with(b"/*") {
            memchr::memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with(b"//") || (rest[0] == b'#' && rest.get(1) != Some(&b'{')) {
            memchr::memchr(b'\n', rest).unwrap_or(rest.len())
        } else {
            0
        };
        if skip == 0 {
            kept.push(glue[at]);
        }
        at += skip.max(1);
    }
    kept
}

pub(super) fn holds(text: &[u8], part: &[u8]) -> bool {
    memchr::memmem::find(text, part).is_some()
}

/// Whether the call that `before` ends in puts its arguments, or a list, together;
/// `after` is the rest of the statement.
fn is_joined_before(before: &[u8], after: &[u8]) -> bool {
    let is_empty = |text: &[u8]| {
        holds(text, b"''") || holds(text, b"\"\"") || holds(text, b"Empty") || holds(text, b"``")
    };
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'');
    // `''.join([`, `String.join("", `, `"Fn::Join": ["", [`.
    let by_join = [&b"join"[..], b"Join", b"implode"].iter().any(|word| {
        memchr::memmem::rfind(before, word).is_some_and(|word_at| {
            let (object, rest) = before.split_at(word_at);
            let arguments = &rest[word.len()..];
            let is_inner = || {
                let list = arguments.iter().skip(1);
                arguments.starts_with(b"(")
                    && !object.ends_with(b"'.")
                    && !object.ends_with(b"\".")
                    && list.filter(|b| matches!(b, b'[' | b'(' | b'{')).count() > 0
                    && !arguments.iter().any(is_quote)
                    && closes_joined(after)
            };
            object.ends_with(b"''.")
                || object.ends_with(b"\"\".")
                || is_empty(arguments)
                || (word.starts_with(b"implode") && !arguments.iter().any(is_quote))
                || is_inner()
        })
    });
    let lower = before.to_ascii_lowercase();
    let by_call = [
        &b"concat"[..],
        b"paste0(",
        b"strcat",
        b"str_c(",
        b"sprint(",
        b"encodepacked(",
        b"glue(",
        b"operator.add(",
        b"reduce(",
        b" string(",
        b"=string(",
        b"(str ",
        b"string-append",
        b"buildstring",
    ]
    .iter()
    .any(|word| holds(&lower, word));
    let by_paste = || {
        holds(before, b"paste(")
            && [&b"sep=\"\""[..], b"sep = \"\"", b"sep=''", b"sep = ''"]
                .iter()
                .any(|sep| holds(after, sep))
    };
    by_join
        || by_call
        || by_paste()
        || before.ends_with(b"<<")
        || before.trim_ascii_end().ends_with(b"-join (")
        || has_holes(before)
}

/// `])`, `}, "")`, `), "")`: the list ends and its call puts nothing in between.
fn closes_joined(after: &[u8]) -> bool {
    let Some(close) = after.iter().position(|b| matches!(b, b']' | b'}' | b')')) else {
        return false;
    };
    let rest = squeezed(&after[close + 1..after.len().min(close + 32)]);
    [&b")"[..], b",\"\"", b",''", b",``"]
        .iter()
        .any(|end| rest.starts_with(end))
}

/// Whether `before` holds a format of nothing but holes, two or more:
/// `"%s%s", `, `'{}{}'.format(`, `"{0}{1}" -f `.
fn has_holes(before: &[u8]) -> bool {
    before.iter().enumerate().any(|(at, &quote)| {
        let mut from = at + 1;
        let mut holes = 0;
        while let Some(length) = before.get(from..).and_then(hole) {
            from += length;
            holes += 1;
        }
        matches!(quote, b'"' | b'\'') && holes >= 2 && before.get(from) == Some(&quote)
    })
}

/// `].join('')`, `''.join(PARTS)` somewhere behind the list.
fn is_joined_behind(after: &[u8]) -> bool {
    [
        &b"join('')"[..],
        b"join(\"\")",
        b"join(``)",
        b"''.join(",
        b"\"\".join(",
        b"implode('',",
        b"implode(\"\",",
        b"joined(separator: \"\")",
        b"joinToString(\"\")",
        b"joinToString(separator = \"\")",
        b"mkString(\"\")",
        b"componentsJoinedByString:@\"\"",
        b"-join \"\"",
        b"-join ''",
    ]
    .iter()
    .any(|call| holds(after, call))
}

/// Right behind the list, a call without a separator.
fn ends_joined(after: &[u8]) -> bool {
    let Some(close) = after.iter().position(|b| matches!(b, b']' | b')' | b'}')) else {
        return false;
    };
    let call = squeezed(&after[close + 1..after.len().min(close + 48)]);
    let call = call.strip_prefix(b")").unwrap_or(&call);
    let starts = |words: &[&[u8]]| words.iter().any(|word| call.starts_with(word));
    if let Some(rest) = call
        .strip_prefix(b".join")
        .filter(|_| !starts(&[b".joined", b".joinTo"]))
    {
        // Ruby's; JavaScript's `join()` puts a comma in between, but nobody
        // splits a key for that.
        return rest.is_empty()
            || rest.starts_with(b"()")
            || !(is_token_byte(rest[0]) || rest[0] == b'(');
    }
    starts(&[
        b".joined()",
        b".mkString",
        b".concat()",
        b".inject(",
        b".reduce(",
        b".sum('')",
        b".sum(\"\")",
        b".collect(Collectors.joining())",
        b".joinToString(\"\")",
        b"-join''",
        b"-join\"\"",
        b"*\"\"",
        b"*''",
        b"|>Enum.join()",
        b"|join",
        b"componentsJoinedByString:@\"\"",
    ])
}
