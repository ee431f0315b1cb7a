//! Whether a literal stands where its language takes any expression.
//!
//! What is allowed is listed, not what is forbidden: a look-up in a place
//! nobody thought of would break a program, and there a person decides.

use std::ops::Range;

use super::Scene;

/// Farther back than this no statement is followed.
const BEFORE: usize = 8000;
/// Of more brackets, one in another, the outer ones are not looked at.
const DEEPEST: usize = 256;
/// So much before a bracket tells what it is.
const HEAD: usize = 400;
const AFTER: usize = 400;

/// Languages whose expressions are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    JavaScript,
    Python,
    Go,
    Java,
    /// Kotlin, Scala and Groovy.
    Kotlin,
    CSharp,
    Php,
    Ruby,
    Rust,
    Perl,
    Terraform,
}

impl Family {
    /// Words that an expression may follow.
    fn leads(self) -> &'static [&'static str] {
        match self {
            Family::JavaScript => &[
                "return", "throw", "await", "yield", "default", "in", "of", "typeof", "and", "or",
                "not", "if", "unless", "then", "else",
            ],
            Family::Python => &[
                "return", "yield", "await", "in", "and", "or", "not", "if", "elif", "else",
                "assert",
            ],
            Family::Go | Family::Rust => &["return"],
            Family::Java => &["return", "yield"],
            Family::Kotlin => &["return", "to", "in", "else"],
            Family::CSharp => &["return"],
            Family::Php => &[
                "return", "echo", "print", "yield", "and", "or", "xor", "else",
            ],
            Family::Ruby => &[
                "return", "yield", "and", "or", "not", "if", "unless", "elsif", "while", "until",
                "then", "else", "do",
            ],
            Family::Perl => &[
                "return", "print", "say", "die", "push", "and", "or", "not", "if", "unless", "eq",
                "ne",
            ],
            Family::Terraform => &[],
        }
    }

    /// Words that may follow an expression.
    fn follows(self) -> &'static [&'static str] {
        match self {
            Family::JavaScript => &["in", "instanceof", "if", "unless", "and", "or", "then"],
            Family::Python => &["if", "else", "for", "and", "or", "in", "not", "is", "as"],
            Family::Kotlin => &["to", "as", "in", "else", "match"],
            Family::Php => &["and", "or", "xor", "as"],
            Family::Ruby => &[
                "if", "unless", "while", "until", "and", "or", "then", "do", "rescue", "end",
            ],
            Family::Perl => &["if", "unless", "and", "or", "for", "foreach", "eq", "ne"],
            Family::Go | Family::Java | Family::CSharp | Family::Rust | Family::Terraform => &[],
        }
    }

    /// Whether a line's end can end a statement.
    fn ends_lines(self) -> bool {
        match self {
            Family::JavaScript
            | Family::Python
            | Family::Go
            | Family::Kotlin
            | Family::Ruby
            | Family::Terraform => true,
            Family::Java | Family::CSharp | Family::Php | Family::Rust | Family::Perl => false,
        }
    }

    /// Whether `a ? b : c` is an expression.
    fn has_choice(self) -> bool {
        match self {
            Family::JavaScript
            | Family::Java
            | Family::CSharp
            | Family::Php
            | Family::Ruby
            | Family::Perl
            | Family::Terraform => true,
            Family::Python | Family::Go | Family::Kotlin | Family::Rust => false,
        }
    }
}

/// The code around a literal: without comments, and `"` in the place of each
/// other literal.
pub(super) struct Position {
    family: Family,
    before: String,
    after: String,
    /// Where brackets open in `before` that are still open at its end, the innermost first.
    open: Vec<usize>,
    /// Those that open farther back: what stands before each, and the bracket.
    outer: Vec<(String, u8)>,
}

/// A bracket of a document's code.
pub(super) struct Bracket {
    at: usize,
    byte: u8,
    /// Where it closes; past the end, if it does not.
    close: usize,
    /// The place of the one around it.
    around: Option<usize>,
}

impl Position {
    /// Around the literal at `range`.
    pub(super) fn new(scene: &Scene<'_>, range: &Range<usize>, family: Family) -> Position {
        let around = open_around(scene, range.start);
        let near = range.start.saturating_sub(BEFORE);
        let near = around.partition_point(|bracket| bracket.at >= near);
        let (near, far) = around.split_at(near);
        // All of what stands before the last bracket that is near.
        let reach = near.last().map_or(range.start, |bracket| bracket.at);
        let from = reach.min(range.start.saturating_sub(BEFORE) + HEAD);
        let before = skeleton(scene, from.saturating_sub(HEAD)..range.start);
        let mut open = open_brackets(&before);
        open.truncate(near.len());
        let outer = far.iter().map(|bracket| {
            let head = skeleton(scene, bracket.at.saturating_sub(HEAD)..bracket.at);
            (head, bracket.byte)
        });
        let to = (range.end + AFTER).min(scene.bytes().len());
        Position {
            family,
            outer: outer.collect(),
            open,
            before,
            after: skeleton(scene, range.end..to),
        }
    }

    /// Why a look-up cannot stand here; `None`: it can. What begins with one
    /// of `constants` takes nothing else.
    pub(super) fn objection(&self, constants: &[&str]) -> Option<&'static str> {
        let statement = self.statement();
        let is_constant = constants.iter().any(|word| begins_word(&statement, word));
        let is_type = self.family == Family::JavaScript && is_type(&statement);
        if is_constant || is_type || self.is_in_declaration() {
            return Some("only a constant can stand here");
        }
        if !self.is_led() || !self.is_followed() {
            return Some("a look-up cannot stand here, or not surely");
        }
        None
    }

    /// Whether Rust needs the text itself here, not a reference to it.
    pub(super) fn is_owned(&self) -> bool {
        let after = self.after.trim_start();
        let made = [".to_string()", ".to_owned()", ".into()"];
        self.family == Family::Rust
            && (made.iter().any(|call| after.starts_with(call))
                || self.before.trim_end().ends_with("String::from("))
    }

    /// Whether the literal becomes the value of a variable of the environment.
    pub(super) fn sets_variable(&self) -> bool {
        const CALLS: &[&str] = &[
            "setenv",
            "Setenv",
            "putenv",
            "setdefault",
            "set_var",
            "setProperty",
            "SetEnvironmentVariable",
        ];
        if self
            .enclosing()
            .is_some_and(|(head, b)| b == b'(' && CALLS.contains(&last_word(head)))
        {
            return true;
        }
        let Some(head) = self.before.trim_end().strip_suffix('=') else {
            return false;
        };
        let head = head.trim_end_matches(['|', '?', ':']).trim_end();
        let stem = head.trim_end_matches(is_word);
        let listed = ["environ[\"]", "ENV[\"]", "env[\"]"];
        listed.iter().any(|of| head.ends_with(of))
            || stem.ends_with("process.env.")
            || head
                .strip_suffix('}')
                .is_some_and(|of| of.trim_end_matches(is_word).ends_with("ENV{"))
    }

    /// The name that is declared or assigned here.
    pub(super) fn name(&self) -> Option<&str> {
        let head = self.before.trim_end().strip_suffix('=')?;
        Some(last_word(head.trim_end())).filter(|name| !name.is_empty())
    }

    /// The type that stands between a name and its value, as in Go.
    pub(super) fn go_type(&self) -> Option<String> {
        let statement = self.statement();
        let head = statement.trim_end().strip_suffix('=')?.trim_end();
        let head = head.strip_prefix("var ").unwrap_or(head);
        let (_, of) = head.split_once(' ')?;
        (!of.contains([',', ':', '='])).then(|| of.to_owned())
    }

    fn enclosing(&self) -> Option<(&str, u8)> {
        self.bracket(0)
    }

    /// A bracket that is open, counted from inside, and what stands before it.
    fn bracket(&self, nth: usize) -> Option<(&str, u8)> {
        match self.open.get(nth) {
            Some(&at) => Some((self.before[..at].trim_end(), self.before.as_bytes()[at])),
            None => {
                let (head, byte) = self.outer.get(nth - self.open.len())?;
                Some((head.trim_end(), *byte))
            }
        }
    }

    fn is_in(&self, bracket: u8) -> bool {
        self.enclosing().is_some_and(|(_, is)| is == bracket)
    }

    /// Whether any expression can follow what stands before.
    fn is_led(&self) -> bool {
        use Family::{
            CSharp, Go, Java, JavaScript, Kotlin, Perl, Php, Python, Ruby, Rust, Terraform,
        };
        if self.family == Rust {
            return self.is_owned() || self.is_borrowed();
        }
        let before = self.before.trim_end();
        let is_apart = before.len() < self.before.len();
        let Some(last) = before.chars().next_back() else {
            return false;
        };
        let head = self.enclosing().map_or("", |(head, _)| head);
        match (last, self.family) {
            ('=' | '(' | '+', _) => true,
            // Between braces these separate names, or keys from each other.
            (',', JavaScript | Terraform) => !self.is_in(b'{'),
            (',', _) => true,
            // A subscript is a name; a list holds values.
            ('[', _) => {
                !head.ends_with([')', ']', '"', '.'])
                    && (!head.ends_with(is_word) || self.family.leads().contains(&last_word(head)))
            }
            ('{', Java) => head.ends_with([']', '=', '{', ',']),
            ('{', JavaScript) => head.ends_with('='),
            ('{', Python | Go | Kotlin | CSharp | Ruby) => true,
            ('{', _) => false,
            ('?', family) => family.has_choice() || before.ends_with("??"),
            (':', _) => self.is_value(),
            ('.', Php | Perl) => !before.ends_with(".."),
            ('|', _) => before.ends_with("||"),
            ('&', _) => before.ends_with("&&"),
            ('>', JavaScript | CSharp | Php | Ruby | Perl) => before.ends_with("=>"),
            ('>', Java) => before.ends_with("->"),
            ('>', Kotlin) => before.ends_with("->") || before.ends_with("=>"),
            (c, _) if is_word(c) && is_apart => {
                let word = last_word(before);
                self.family.leads().contains(&word) || self.is_command(word)
            }
            _ => false,
        }
    }

    /// Whether what stands behind can follow any expression.
    fn is_followed(&self) -> bool {
        use Family::{CSharp, Go, JavaScript, Perl, Php, Python, Ruby, Rust, Terraform};
        let rest = self.after.trim_start();
        let blanks = &self.after[..self.after.len() - rest.len()];
        let Some(first) = rest.chars().next() else {
            return true;
        };
        if self.family == Rust {
            return self.is_owned() || ";,)".contains(first);
        }
        let in_brackets = self.is_in(b'(') || self.is_in(b'[');
        if blanks.contains('\n') && self.family.ends_lines() && !in_brackets {
            return first != ':' && !rest.starts_with("=>");
        }
        let compares = rest.starts_with("==") || rest.starts_with("!=");
        let is_first_choice = self.before.trim_end().ends_with('?') && !self.before.ends_with("??");
        match (first, self.family) {
            (';' | ',' | ')' | ']' | '}' | '.' | '+', _) => true,
            ('|' | '&', _) => rest.starts_with("||") || rest.starts_with("&&"),
            ('?', Php | Terraform | CSharp) => true,
            ('?', _) => ["??", "?.", "?:", "? "].iter().any(|s| rest.starts_with(s)),
            // A key that may be computed.
            ('=', Php | Ruby | Perl) => compares || rest.starts_with("=>"),
            ('=' | '!', _) => compares,
            ('%', Python) => true,
            (':', Python | Go) => self.is_in(b'{') && self.before.trim_end().ends_with(['{', ',']),
            (':', Ruby) => is_first_choice && !blanks.is_empty(),
            (':', family) => family.has_choice() && is_first_choice,
            (c, _) if is_word(c) && !blanks.is_empty() => {
                let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                self.family.follows().contains(&&rest[..end])
                    || (self.family == JavaScript && rest.starts_with("as string"))
            }
            _ => false,
        }
    }

    /// Whether a reference to what was just made lives long enough here: in a
    /// `let` of its own, or as an argument.
    fn is_borrowed(&self) -> bool {
        let before = self.before.trim_end();
        if let Some(head) = before.strip_suffix('=') {
            let head = last_statement(head).trim_end();
            let name = head
                .strip_prefix("let ")
                .map(|n| n.trim_start_matches("mut "));
            let name = name.map(|n| n.trim_end_matches("&str").trim_end().trim_end_matches(':'));
            return name.is_some_and(|n| !n.is_empty() && n.trim().chars().all(is_word))
                && self.after.trim_start().starts_with(';');
        }
        let Some((head, b'(')) = self.enclosing() else {
            return false;
        };
        if !before.ends_with(['(', ',']) {
            return false;
        }
        if let Some(name) = head.strip_suffix('!') {
            const WRITES: &[&str] = &[
                "print", "println", "eprint", "eprintln", "format", "write", "writeln", "panic",
                "info", "debug", "warn", "error", "trace",
            ];
            return WRITES.contains(&last_word(name)) && before.ends_with(',');
        }
        let name = last_word(head);
        name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && !name.starts_with("unwrap_or")
            && !["if", "while", "match", "for", "in", "let"].contains(&name)
    }

    /// Whether a colon leads to a value: in a list of names and values, for a
    /// named argument, for the second of two choices.
    fn is_value(&self) -> bool {
        let before = self.before.trim_end();
        let head = before.strip_suffix(':').unwrap_or(before).trim_end();
        let is_named = head.ends_with(|c| is_word(c) || c == '"');
        match self.family {
            Family::JavaScript => self.is_second_choice() || self.is_property(0),
            Family::Python => self.is_in(b'{') || begins_word(last_line(head), "lambda"),
            Family::Go => self.is_in(b'{') && is_named,
            Family::Java | Family::Perl => self.is_second_choice(),
            // `[name: "text"]` is Groovy's; elsewhere a type follows.
            Family::Kotlin => {
                let of_list = self
                    .enclosing()
                    .is_some_and(|(of, b)| b == b'[' && !of.ends_with(is_word));
                before.ends_with("?:") || (of_list && is_named)
            }
            Family::CSharp => self.is_second_choice() || (self.is_in(b'(') && is_named),
            Family::Php => {
                let is_named = self.is_in(b'(') && is_named;
                before.ends_with("?:") || is_named || self.is_second_choice()
            }
            // `:"text"` is a symbol.
            Family::Ruby => self.is_second_choice() || head.len() + 1 == before.len() && is_named,
            Family::Rust => false,
            Family::Terraform => is_named,
        }
    }

    /// Whether the last colon answers a `?`.
    fn is_second_choice(&self) -> bool {
        let own = &self.before[self.open.first().map_or(0, |at| at + 1)..];
        let mut depth = 0;
        for (at, c) in own.char_indices().rev() {
            match c {
                ')' | ']' | '}' => depth += 1,
                '(' | '[' | '{' => depth -= 1,
                ',' | ';' if depth == 0 => return false,
                '?' if depth == 0 => {
                    let next = own[at + 1..].chars().next();
                    return next.is_none_or(|c| !".?:=-".contains(c)) && !own[..at].ends_with('?');
                }
                _ => {}
            }
        }
        false
    }

    /// Whether a bracket, counted from inside, is that of an object, and not of a type, a block or a class.
    fn is_property(&self, nth: usize) -> bool {
        let Some((head, b'{')) = self.bracket(nth) else {
            return false;
        };
        match head.chars().next_back() {
            Some('(' | '[' | ',' | '?' | '=') => !is_type(last_statement(head).trim_start()),
            Some('|' | '&') => head.ends_with("||") || head.ends_with("&&"),
            Some(':') => self.is_property(nth + 1),
            Some(c) if is_word(c) => {
                ["return", "default", "await", "yield"].contains(&last_word(head))
            }
            _ => false,
        }
    }

    /// `puts "text"`: a call without brackets.
    fn is_command(&self, word: &str) -> bool {
        const NONE: &[&str] = &[
            "when",
            "in",
            "alias",
            "undef",
            "require",
            "require_relative",
            "load",
            "def",
            "class",
            "module",
            "case",
            "end",
            "self",
            "nil",
            "true",
            "false",
        ];
        self.family == Family::Ruby
            && word.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
            && !NONE.contains(&word)
    }

    /// Whether what is declared around takes constants only: an attribute, an
    /// annotation, a parameter or a member with a default, an enumeration.
    fn is_in_declaration(&self) -> bool {
        for n in 0..self.open.len() + self.outer.len() {
            let Some((head, bracket)) = self.bracket(n) else {
                break;
            };
            let is_found = match (self.family, bracket) {
                (Family::Java | Family::Kotlin, b'(') => is_annotation(head),
                (Family::Go, b'(') => last_word(head) == "const",
                // The length of an array.
                (Family::Go, b'[') => true,
                (Family::CSharp, b'(') => n == 0 && self.has_type(),
                (Family::CSharp, b'[') => {
                    head.is_empty() || head.ends_with(['{', '}', ';', ')', '(', ',', ']'])
                }
                (Family::Php, b'(') => is_function(head),
                (Family::Php | Family::Rust, b'[') => head.ends_with(['#', '!']),
                // What stands around a function's body is no concern of its statements.
                (Family::Php, b'{') => {
                    let block = last_statement(head);
                    let kinds = ["class ", "class(", "trait ", "interface ", "enum "];
                    return kinds.iter().any(|kind| begins_word(block, kind))
                        || block.ends_with("class");
                }
                (Family::JavaScript, b'{') => begins_word(last_statement(head), "enum "),
                (Family::Terraform, b'{') => {
                    let block = last_line(head);
                    begins_word(block, "backend") || begins_word(block, "terraform")
                }
                _ => false,
            };
            if is_found {
                return true;
            }
        }
        false
    }

    /// `string key = "..."`: a parameter and its default.
    fn has_type(&self) -> bool {
        let head = self.before.trim_end().strip_suffix('=');
        let own = head.and_then(|head| head.rsplit(['(', ',']).next());
        own.is_some_and(|own| own.split_whitespace().count() > 1)
    }

    /// The statement up to the literal, on one line: with the brackets that
    /// are open in it, without the block around it.
    fn statement(&self) -> String {
        let is_block = |at: usize| {
            let holds_values = |c| "=([,:?]>".contains(c);
            let head = self.before[..at].trim_end();
            self.before.as_bytes()[at] == b'{'
                && self.family != Family::Python
                && !head.ends_with(holds_values)
        };
        let inside = self.open.iter().take_while(|&&at| !is_block(at)).count();
        let own = &self.before[self.open.get(inside).map_or(0, |at| at + 1)..];
        // Of brackets that `own` is in.
        let mut depth = inside;
        let mut start = 0;
        for (at, c) in own.char_indices().rev() {
            match c {
                '}' if depth == 0
                    && !own[at + 1..].trim_start().starts_with(['.', ',', ')', '[']) =>
                {
                    start = at + 1;
                }
                ')' | ']' | '}' => depth += 1,
                '(' | '[' | '{' => depth = depth.saturating_sub(1),
                ';' if depth == 0 => start = at + 1,
                '\n' if self.family.ends_lines() && depth == 0 => {
                    let goes_on = own[..at]
                        .trim_end()
                        .ends_with(|c| "=(,+&|[:?{.".contains(c));
                    if !own[at..].trim().is_empty() && !goes_on {
                        start = at + 1;
                    }
                }
                _ => {}
            }
            if start > 0 {
                break;
            }
        }
        let words: Vec<&str> = own[start..].split_whitespace().collect();
        words.join(" ") + " "
    }
}

/// Whether `name` is used in `scene` where Java takes constants only.
pub(super) fn is_used_as_constant(scene: &Scene<'_>, name: &str) -> bool {
    let code = code(scene);
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + name.len()..]);
        if before.ends_with(is_word) || after.starts_with(is_word) {
            return false;
        }
        let from = before.len().saturating_sub(BEFORE);
        let near = &before[before.ceil_char_boundary(from)..];
        let in_annotation = || {
            let open = open_brackets(near);
            let mut heads = open.iter().map(|&at| near[..at].trim_end());
            heads.any(is_annotation)
        };
        begins_word(last_statement(before), "case ") || in_annotation()
    })
}

/// Whether a script of `scene` runs where no environment is to be had.
pub(super) fn is_for_browsers(scene: &Scene<'_>) -> bool {
    let whole = scene.whole;
    *whole
        .is_for_browsers
        .get_or_init(|| uses_a_browser(code(scene)))
}

fn uses_a_browser(code: &str) -> bool {
    let uses = |words: &[&str]| words.iter().any(|word| begins_word(code, word));
    uses(&["document.", "window.", "localStorage."])
        && !uses(&["require(", "import ", "export ", "process."])
}

/// Whether the code of `scene` gives `name` to something of its own.
pub(super) fn is_taken(scene: &Scene<'_>, name: &str) -> bool {
    let code = code(scene);
    code.match_indices(name).any(|(at, _)| {
        let (before, after) = (&code[..at], code[at + name.len()..].trim_start());
        if before.ends_with(|c| is_word(c) || c == '.')
            || code[at + name.len()..].starts_with(is_word)
        {
            return false;
        }
        let is_given =
            after.starts_with(":=") || (after.starts_with('=') && !after.starts_with("=="));
        let word = last_word(before.trim_end());
        // `def f(os):`, `func f(os string)`
        let is_parameter = before.trim_end().ends_with(['(', ',']) && !after.starts_with('.');
        is_given || is_parameter || ["as", "var", "for"].contains(&word)
    })
}

/// All code of the document.
fn code<'a>(scene: &Scene<'a>) -> &'a str {
    let all = || skeleton(scene, 0..scene.bytes().len());
    scene.whole.code.get_or_init(all)
}

/// Code without comments, each literal in it as `"`.
fn skeleton(scene: &Scene<'_>, range: Range<usize>) -> String {
    let bytes = scene.bytes();
    let mut text = Vec::with_capacity(range.len());
    let mut at = range.start;
    let first = scene.lexed().token(range.start);
    let others = scene.lexed().tokens_from(range.start);
    for token in first.into_iter().chain(others) {
        if token.span.start >= range.end {
            break;
        }
        if token.span.end <= at {
            continue;
        }
        text.extend_from_slice(&bytes[at..token.span.start.max(at)]);
        let over_lines = bytes[token.span.clone()].contains(&b'\n');
        text.push(match (token.place.is_comment(), over_lines) {
            (true, true) => b'\n',
            (true, false) => b' ',
            (false, _) => b'"',
        });
        at = token.span.end.min(range.end);
    }
    text.extend_from_slice(&bytes[at..range.end]);
    let text = String::from_utf8_lossy(&text).replace('\r', "");
    // Where a line goes on in the next one.
    text.replace("\\\n", "  ")
}

/// The brackets that are open at `at`, the innermost first.
fn open_around<'a>(scene: &Scene<'a>, at: usize) -> Vec<&'a Bracket> {
    let brackets = scene.whole.brackets.get_or_init(|| brackets(scene));
    let mut next = brackets.partition_point(|b| b.at < at).checked_sub(1);
    let mut open = Vec::new();
    while let Some(bracket) = next.map(|place| &brackets[place])
        && open.len() < DEEPEST
    {
        if bracket.close >= at {
            open.push(bracket);
        }
        next = bracket.around;
    }
    open
}

/// All brackets in the code of a document, in order.
fn brackets(scene: &Scene<'_>) -> Vec<Bracket> {
    let bytes = scene.bytes();
    let mut all: Vec<Bracket> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut from = 0;
    let ends = scene
        .lexed()
        .tokens()
        .map(|token| (token.span.start, token.span.end));
    for (to, next) in ends.chain([(bytes.len(), bytes.len())]) {
        for (at, &byte) in (from..).zip(bytes.get(from..to).unwrap_or_default()) {
            match byte {
                b'(' | b'[' | b'{' => {
                    all.push(Bracket {
                        at,
                        byte,
                        close: usize::MAX,
                        around: open.last().copied(),
                    });
                    open.push(all.len() - 1);
                }
                b')' | b']' | b'}' => {
                    if let Some(place) = open.pop() {
                        all[place].close = at;
                    }
                }
                _ => {}
            }
        }
        from = next;
    }
    all
}

/// Where the brackets open that are not closed in `text`, the innermost first.
fn open_brackets(text: &str) -> Vec<usize> {
    let mut open = Vec::new();
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 0 => open.push(at),
            b'(' | b'[' | b'{' => depth -= 1,
            _ => {}
        }
    }
    open
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn last_word(text: &str) -> &str {
    let start = text.char_indices().rev().take_while(|&(_, c)| is_word(c));
    start.last().map_or("", |(at, _)| &text[at..])
}

/// What follows the last statement or block that ended in `text`.
fn last_statement(text: &str) -> &str {
    text.rsplit([';', '{', '}'])
        .next()
        .unwrap_or("")
        .trim_start()
}

pub(super) fn last_line(text: &str) -> &str {
    text.rsplit('\n').next().unwrap_or("")
}

/// Whether `word` stands in `text` as it begins a word.
pub(super) fn begins_word(text: &str, word: &str) -> bool {
    text.match_indices(word)
        .any(|(at, _)| !text[..at].ends_with(is_word))
}

/// Whether a statement of TypeScript says something about types alone.
fn is_type(statement: &str) -> bool {
    let mut text = last_line(statement).trim_start();
    for word in ["export ", "declare "] {
        text = text.strip_prefix(word).unwrap_or(text);
    }
    let is_named = |rest: &str| rest.trim_start().starts_with(is_word);
    ["type ", "interface "]
        .iter()
        .any(|w| text.strip_prefix(w).is_some_and(is_named))
        || text.starts_with("import ")
        || begins_word(statement, "declare ")
}

/// `@Name` or `@of.Name`, of which the arguments follow.
fn is_annotation(head: &str) -> bool {
    let name = head.trim_end_matches(|c| is_word(c) || c == '.' || c == ':');
    name.len() < head.len() && name.ends_with('@')
}

/// `function name` or the like, of which the parameters follow.
fn is_function(head: &str) -> bool {
    let word = last_word(head);
    let rest = head[..head.len() - word.len()]
        .trim_end()
        .trim_end_matches('&')
        .trim_end();
    ["function", "fn"].contains(&word) || last_word(rest) == "function"
}
