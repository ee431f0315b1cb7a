//! A turn that somebody asks for: a condition around it, or the other of two branches, makes it a setting.

use super::{is_word, line, near};
use crate::rule::{Match, Scene};

/// How far back the conditions around a turn are looked for.
const BACK: usize = 4096;
/// Whether a condition around the turn, or the name of its function, says
/// that it is on request: the program offers it as a setting.
pub(super) fn is_asked_for(bytes: &[u8], found: &Match, choices: &[String]) -> bool {
    let here = line(bytes, found.span.start);
    let says = |text: &[u8]| says_any(without_probe(text), choices);
    let before = &bytes[here.start..found.span.start];
    let after = &bytes[found.span.end.min(here.end)..here.end];
    // `VERIFY_NONE unless verify`, `if insecure { ... }`, `insecure ? ...`
    let condition = |text: &[u8]| {
        ["if", "unless"]
            .iter()
            .any(|keyword| word_at(text, keyword.as_bytes()).is_some_and(|at| says(&text[at..])))
    };
    let is_choice = memchr::memchr(b'?', before).is_some_and(|at| says(&before[..at]));
    // `[ -n "$INSECURE" ] && ...`, `verify or ...`
    let is_guarded = ["&&", "||", " or ", " and "].iter().any(|sign| {
        memchr::memmem::rfind(before, sign.as_bytes()).is_some_and(|at| says(&before[..at]))
    });
    if condition(before)
        || condition(after)
        || is_choice
        || (is_guarded && !is_default(bytes, found))
    {
        return true;
    }
    let mut indent = indentation(&bytes[here.clone()]);
    // An `else` or a lone `? {` belongs to what stands above it, at the same depth.
    let mut wants_head = opens_branch(&bytes[here.clone()]);
    let from = here.start.saturating_sub(BACK);
    for text in bytes[from..here.start].rsplit(|&b| b == b'\n') {
        let trimmed = text.trim_ascii();
        let is_comment = trimmed.starts_with(b"//") || trimmed.starts_with(b"#");
        // Before `else`, the brace that ends the other branch.
        let is_brace = trimmed == b"{" || (trimmed == b"}" && wants_head);
        if trimmed.is_empty() || is_brace || is_comment {
            continue;
        }
        let depth = indentation(text);
        if depth > indent || (depth == indent && !wants_head) {
            // The other branch switches on what this one switches off.
            if wants_head && depth > indent && is_safe(trimmed) {
                return true;
            }
            continue;
        }
        let is_branch = opens_branch(trimmed);
        let is_function = FUNCTIONS
            .iter()
            .any(|keyword| word_at(trimmed, keyword.as_bytes()).is_some());
        if is_function {
            let end = memchr::memchr(b'(', trimmed).unwrap_or(trimmed.len());
            if says_insecure(&trimmed[..end]) {
                return true;
            }
            if depth == 0 {
                return false;
            }
            // A function in another: that one's name may tell.
            wants_head = false;
            indent = depth;
            continue;
        }
        let is_if = ["if", "elif", "unless"]
            .iter()
            .any(|keyword| starts_with_word(trimmed, keyword.as_bytes()))
            || ["= if ", "= unless "]
                .iter()
                .any(|start| memchr::memmem::find(trimmed, start.as_bytes()).is_some());
        let is_case = ["case", "when", "switch", "match"]
            .iter()
            .any(|keyword| starts_with_word(trimmed, keyword.as_bytes()));
        if (wants_head || is_branch || is_if || is_case) && says(trimmed)
            || (is_case && is_option(trimmed))
            || (is_if && is_undone_below(&bytes[here.end..], depth, indent))
        {
            return true;
        }
        wants_head = is_branch;
        indent = depth;
        if indent == 0 && !wants_head {
            return false;
        }
    }
    false
}

/// Whether the class or variable that the turn is part of is used only where somebody asks for it.
pub(super) fn is_installed_on_request(
    scene: &Scene<'_>,
    found: &Match,
    choices: &[String],
) -> bool {
    /// How many uses are looked at, which is more than there are.
    const USES: usize = 16;
    let bytes = scene.bytes();
    let Some(name) = holder(bytes, found.span.start) else {
        return false;
    };
    let from = found.span.start.saturating_sub(super::NEAR);
    let to = bytes.len().min(found.span.end + super::NEAR);
    let is_part = |at: usize| bytes.get(at).is_some_and(|b| is_word(*b));
    let mut uses = memchr::memmem::find_iter(&bytes[from..to], &bytes[name.clone()])
        .map(|at| from + at..from + at + name.len())
        .filter(|span| *span != name && !is_part(span.end))
        .filter(|span| span.start == 0 || !is_part(span.start - 1))
        .filter(|span| !scene.place(span.start).is_comment())
        .take(USES)
        .peekable();
    let is_asked = |span: std::ops::Range<usize>| {
        let secret = span.clone();
        is_asked_for(bytes, &Match { span, secret }, choices)
    };
    uses.peek().is_some() && uses.all(is_asked)
}

/// The name of the class, object or variable around `start`: `class Trusting implements ..`, `trusting = new ..`.
fn holder(bytes: &[u8], start: usize) -> Option<std::ops::Range<usize>> {
    const LINES: usize = 24;
    let mut here = line(bytes, start);
    let mut depth = usize::MAX;
    for _ in 0..LINES {
        let text = &bytes[here.clone()];
        let shallow = !text.trim_ascii().is_empty() && indentation(text) < depth;
        if shallow {
            depth = indentation(text);
            let name = |at: usize| {
                let rest = &text[at..];
                let blank = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
                let length = rest[blank..].iter().take_while(|b| is_word(**b)).count();
                (length > 0).then(|| here.start + at + blank..here.start + at + blank + length)
            };
            let class = ["class", "object"]
                .iter()
                .find_map(|keyword| Some(word_at(text, keyword.as_bytes())? + keyword.len()));
            // `new TrustManager[] {` on the next line goes on with what is given a name here.
            let given = memchr::memchr(b'=', text).filter(|at| !text[at + 1..].starts_with(b">"));
            let before = given.map(|at| text[..at].trim_ascii_end());
            let variable = before.and_then(|before| {
                let length = before.iter().rev().take_while(|b| is_word(**b)).count();
                let end = here.start + before.len();
                (length > 0).then(|| end - length..end)
            });
            if let Some(found) = variable.or_else(|| class.and_then(name)) {
                return Some(found);
            }
        }
        here = line(bytes, here.start.checked_sub(1)?);
    }
    None
}

/// `mode = options[:verify_mode] || VERIFY_NONE`: what holds unless somebody asks for the check.
pub(super) fn is_default(bytes: &[u8], found: &Match) -> bool {
    let start = line(bytes, found.span.start).start;
    let before = &bytes[start..found.span.start];
    let is_owner = |b: &u8| is_word(*b) || matches!(b, b'.' | b':');
    let owner = before.iter().rev().take_while(|b| is_owner(b)).count();
    let before = before[..before.len() - owner].trim_ascii_end();
    let is_value = matches!(&bytes[found.span.clone()], b"VERIFY_NONE" | b"CERT_NONE");
    let alternative = ["||", " or", "??"]
        .iter()
        .find_map(|sign| before.strip_suffix(sign.as_bytes()));
    is_value
        && alternative.is_some_and(|text| {
            let given = text.iter().position(|b| *b == b'=');
            given.is_some_and(|at| says_any(&text[at..], &["verif".to_owned()]))
        })
}

/// Whether the turn stands in a branch of a template, `{{ if .. }}` or `{% else %}`, and its condition,
/// or that of a branch before it, has one of `choices`.
pub(super) fn is_in_template_branch(bytes: &[u8], found: &Match, choices: &[String]) -> bool {
    let here = line(bytes, found.span.start);
    let from = here.start.saturating_sub(BACK);
    let mut closed = 0_usize;
    let mut is_choice = false;
    for text in bytes[from..here.start].rsplit(|&b| b == b'\n') {
        let Some(directive) = directive(text) else {
            continue;
        };
        let word = directive.iter().take_while(|b| is_word(**b)).count();
        match &directive[..word] {
            b"end" | b"endif" | b"endfor" | b"endwith" => closed += 1,
            b"if" | b"range" | b"for" | b"with" | b"define" | b"block" if closed > 0 => closed -= 1,
            b"if" if is_choice || says_any(directive, choices) => return true,
            b"else" | b"elif" if closed == 0 => is_choice |= says_any(directive, choices),
            b"if" | b"range" | b"for" | b"with" | b"define" | b"block" => is_choice = false,
            _ => {}
        }
    }
    false
}

/// What a line of a template that is nothing but a directive says: `{{- if .. }}`, `{% else %}`.
fn directive(line: &[u8]) -> Option<&[u8]> {
    let text = line.trim_ascii();
    let inner = text
        .strip_prefix(b"{{")
        .or_else(|| text.strip_prefix(b"{%"))?;
    let inner = inner.strip_prefix(b"-").unwrap_or(inner);
    Some(inner.trim_ascii_start())
}

/// Whether one of `choices` is part of `text`, apart from signs and case.
pub(super) fn says_any(text: &[u8], choices: &[String]) -> bool {
    let plain: Vec<u8> = text
        .iter()
        .filter(|b| b.is_ascii_alphanumeric())
        .map(u8::to_ascii_lowercase)
        .collect();
    choices
        .iter()
        .any(|word| memchr::memmem::find(&plain, word.as_bytes()).is_some())
}

/// `insecureCommand = "curl -k .."`: whether the literal that holds the turn has a name that says so.
pub(super) fn is_called_insecure(scene: &Scene<'_>, found: &Match) -> bool {
    let bytes = scene.bytes();
    let start = line(bytes, found.span.start).start;
    let before = &bytes[start..found.span.start];
    scene.place(found.span.start).is_literal()
        && memchr::memchr(b'=', before).is_some_and(|at| says_insecure(&before[..at]))
}

/// Whether of the two words of Erlang's option the other is named nearby.
pub(super) fn is_either(scene: &Scene<'_>, found: &Match) -> bool {
    const NEAR: usize = 400;
    let bytes = scene.bytes();
    let near = &bytes[near(bytes, &found.span, NEAR)];
    matches!(scene.language().name(), "Erlang" | "Elixir")
        && bytes[found.span.clone()].starts_with(b"verify_none")
        && memchr::memmem::find(near, b"verify_peer").is_some()
}

/// `when :none`, `case 'k':`, `case "1.0":`: the value of a setting, the letter of an option.
fn is_option(case: &[u8]) -> bool {
    let case = case.to_ascii_lowercase();
    memchr::memmem::find(&case, b"none").is_some()
        || case.starts_with(b"case '")
        || [&b"case \"1."[..], b"case \"tls", b"case \"ssl"]
            .iter()
            .any(|version| case.starts_with(version))
}

/// Whether the branch below an `if` at `depth`, whose own text is at `inner`, switches the check on.
fn is_undone_below(below: &[u8], depth: usize, inner: usize) -> bool {
    const LINES: usize = 12;
    let mut is_other = false;
    for text in below.split(|&b| b == b'\n').skip(1).take(LINES) {
        let trimmed = text.trim_ascii();
        if trimmed.is_empty() || indentation(text) >= inner {
            if is_other && is_safe(trimmed) {
                return true;
            }
        } else if opens_branch(trimmed) {
            is_other = true;
        } else if indentation(text) < depth || !matches!(trimmed, b"}" | b"{" | b"end") {
            return false;
        }
    }
    false
}

/// Whether a line asks for the check.
fn is_safe(line: &[u8]) -> bool {
    [
        &b"VERIFY_PEER"[..],
        b"CERT_REQUIRED",
        b"CERT_OPTIONAL",
        b"create_default_context",
        b"verify_peer",
        b"check_hostname = True",
        b"VerifyPeer",
    ]
    .iter()
    .any(|word| memchr::memmem::find(line, word).is_some())
}

/// `text` up to where it asks whether the language has a name, which is no choice of a user's: `hasattr(ssl, ..`.
fn without_probe(text: &[u8]) -> &[u8] {
    ["hasattr(", "getattr(ssl", "defined("]
        .iter()
        .filter_map(|probe| memchr::memmem::find(text, probe.as_bytes()))
        .min()
        .map_or(text, |at| &text[..at])
}

const FUNCTIONS: &[&str] = &["func", "fn", "def", "function", "fun"];

fn says_insecure(name: &[u8]) -> bool {
    let plain: Vec<u8> = name
        .iter()
        .filter(|b| **b != b'_')
        .map(u8::to_ascii_lowercase)
        .collect();
    [
        &b"insecure"[..],
        b"unverified",
        b"untrusted",
        b"skipverif",
        b"skiptlsverif",
        b"skipsslverif",
        b"removesslverif",
        b"disablesslverif",
        b"disabletlsverif",
        b"disableverif",
        b"withoutverif",
        b"noverif",
        b"nosslverif",
        b"notlsverif",
    ]
    .iter()
    .any(|word| memchr::memmem::find(&plain, word).is_some())
}

pub(super) fn indentation(line: &[u8]) -> usize {
    const TAB: usize = 8;
    line.iter()
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .fold(0, |column, &b| match b {
            b'\t' => (column / TAB + 1) * TAB,
            _ => column + 1,
        })
}

/// `else`, `elif`, `} else {`, `? {`, `: {`.
pub(super) fn opens_branch(line: &[u8]) -> bool {
    let text = line.trim_ascii();
    let text = text.strip_prefix(b"}").unwrap_or(text).trim_ascii_start();
    starts_with_word(text, b"else")
        || starts_with_word(text, b"elif")
        || starts_with_word(text, b"elsif")
        || text.starts_with(b"? ")
        || text.starts_with(b": ")
}

/// Some languages write keywords in any case.
fn starts_with_word(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
        && text.get(word.len()).is_none_or(|&b| !is_word(b))
}

/// Where `word` stands in `text` by itself.
pub(super) fn word_at(text: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(text, word)
        .find(|&at| (at == 0 || !is_word(text[at - 1])) && starts_with_word(&text[at..], word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> bool {
        let start = text.find("TURN").expect("a test names its turn");
        let span = start..start + 4;
        let found = Match {
            span: span.clone(),
            secret: span,
        };
        let choices = ["insecure".to_owned(), "verif".to_owned()];
        is_asked_for(text.as_bytes(), &found, &choices)
    }

    #[test]
    fn a_setting_asks_by_condition_branch_ternary_or_function() {
        for text in [
            "if (insecure) TURN",
            "if not verify:\n    x = 1\n\n    TURN",
            "if verify:\n    a\nelse:\n    TURN",
            "if (opt.skipVerify)\n{\n    f({\n        TURN\n    })\n}",
            "TURN unless verify",
            "tls: o.insecure\n  ? {\n      TURN",
            "func Insecure() {\n\tTURN",
            "def no_ssl_verification():\n    def send():\n        TURN",
            "if check:\n    a = CERT_REQUIRED\nelse:\n    TURN",
            "if (!peer) {\n  TURN\n} else {\n  f(SSL_VERIFY_PEER);\n}",
            "mode = if plain\n         TURN\n       else\n         VERIFY_PEER",
            "case mode\nwhen :none\n  TURN",
            "case 'y':\n  TURN",
            "if (!insecure)\n{\n  a();\n}\nelse\n{\n  TURN\n}",
            "def insecure_context\n  TURN",
            "[ -n \"$INSECURE\" ] && TURN",
        ] {
            assert!(asked(text), "{text}");
        }
    }

    #[test]
    fn other_conditions_and_neighbours_do_not_ask() {
        for text in [
            "TURN",
            "if (production) {\n  TURN",
            "if insecure:\n    a\nTURN",
            "if insecure:\n    a\nb = f(\n    TURN)",
            "def verify_all():\n    TURN",
            "ssl: isProduction ? TURN : false",
            "if verify:\n    a\nif ssl:\n    TURN",
            "a = create_default_context()\nif x:\n    b\nelse:\n    c\nTURN",
            "if a:\n    TURN\nf(VERIFY_PEER)",
            "if hasattr(ssl, '_create_unverified_context'):\n    TURN",
        ] {
            assert!(!asked(text), "{text}");
        }
    }
}
