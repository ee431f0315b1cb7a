//! A turn that is named, but not chosen: compared with, imported, defined, one entry of a table.

use super::listed::{is_constant, is_in_inventory, is_table_entry};
use super::{is_word, line};
use crate::rule::{Match, Scene};

/// Whether the turn begins in the middle of a longer name.
pub(super) fn is_inside_word(bytes: &[u8], found: &Match) -> bool {
    let (before, turn) = bytes.split_at(found.span.start);
    let is_kebab =
        turn.starts_with(b"verify") && before.ends_with(b"-") && !before.ends_with(b"--");
    let is_parameter_of_a_url = matches!(before.last(), Some(b'&' | b'?'));
    is_kebab
        || is_turned_round(before)
        || (is_parameter_of_a_url && turn.starts_with(b"verify="))
        || is_word(turn[0])
        && before.last().is_some_and(|&b| is_word(b))
        // Names that go on with their library's prefix.
        && !(turn.starts_with(b"VERIFY_") && before.ends_with(b"SSL_"))
        && !(turn.starts_with(b"ssl_verify_mode") && before.ends_with(b"open"))
        && !(turn.starts_with(b"ssl_verify") && before.ends_with(b"proxy_"))
        && !(turn.starts_with(b"TLS_REQCERT") && before.ends_with(b"LDAP"))
        && !(turn.starts_with(b"tls_reqcert") && before.ends_with(b"ldap_"))
        && !(turn.starts_with(b"verification_mode") && before.ends_with(b"ssl_"))
        && !(turn.starts_with(b"cceptAnyCertificate") && matches!(before.last(), Some(b'a' | b'A')))
        && !(turn.starts_with(b"_certificate_verifier("))
        && !(turn.starts_with(b"tls_insecure") && before.ends_with(b"pm_"))
        // `TlsInsecureSkipVerify`, `setopt_ssl_verifypeer`
        && (!turn.starts_with(b"InsecureSkipVerify") || is_denied(before))
        && !(turn.starts_with(b"ssl_verify") && before.ends_with(b"setopt_"))
        // `REDIS_TLS_VERIFY`, `KAFKA_SSL_...`: a variable of the environment says whose it is first.
        && !(is_environment_name(turn) && is_prefix_of_a_variable(before))
}

/// Whether `before` ends in `No` or `disable`, which begin a name that says the opposite.
fn is_denied(before: &[u8]) -> bool {
    let length = before.iter().rev().take_while(|b| is_word(**b)).count();
    let words = crate::rule::key::words(&before[before.len() - length..]);
    let is_negation =
        |word: &Vec<u8>| matches!(&word[..], b"no" | b"not" | b"non" | b"disable" | b"without");
    words.last().is_some_and(is_negation)
}

/// Whether `before` ends in `SKIP_` or `no-`: what goes on as `TLS_VERIFY` or `strict-ssl` says the opposite.
/// A `no` farther off is about something else: `NON_PROD_TLS_VERIFY`.
fn is_turned_round(before: &[u8]) -> bool {
    const NEGATIONS: [&str; 11] = [
        "skip", "dont", "never", "without", "disable", "disabled", "ignore", "bypass", "avoid",
        "suppress", "forbid",
    ];
    const NEXT: [&str; 3] = ["no", "not", "non"];
    let is_joint = |b: &u8| matches!(b, b'_' | b'-');
    let is_part = |b: &&u8| is_word(**b) || is_joint(b);
    let length = before.iter().rev().take_while(is_part).count();
    let prefix = &before[before.len() - length..];
    let is_one_of =
        |word: &[u8], list: &[&str]| list.iter().any(|n| word.eq_ignore_ascii_case(n.as_bytes()));
    let Some((joint, prefix)) = prefix.split_last() else {
        return false;
    };
    let mut words = prefix.rsplit(is_joint);
    is_joint(joint)
        && (words.clone().any(|word| is_one_of(word, &NEGATIONS))
            || words.next().is_some_and(|word| is_one_of(word, &NEXT)))
}

/// `"insecure-skip-tls-verify": false`, `-SkipCertificateCheck:$false`: the name, and that it is off. A
/// switch by the name of an argument, `"skip-tls-verify": "Do not check"`, is the key of something else.
pub(super) fn is_off(bytes: &[u8], found: &Match) -> bool {
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`');
    let is_blank = |b: &u8| matches!(b, b' ' | b'\t');
    // A turn may end with what stands behind its name.
    let turn = &bytes[found.span.clone()];
    let is_end = |b: &&u8| b.is_ascii_whitespace() || is_quote(b);
    let tail = turn.iter().rev().take_while(is_end).count();
    let name = &turn[..turn.len() - tail];
    if !name.iter().all(|&b| is_word(b) || b == b'-') {
        return false;
    }
    let start = found.span.start + name.len();
    let rest = &bytes[start..line(bytes, start).end];
    let skip = |text: &mut &[u8], what: &dyn Fn(&u8) -> bool| {
        let count = text.iter().take_while(|b| what(b)).count();
        *text = &text[count..];
        count
    };
    let mut rest = rest;
    skip(&mut rest, &is_quote);
    skip(&mut rest, &is_blank);
    if skip(&mut rest, &|b| matches!(b, b':' | b'=' | b'>')) == 0 {
        return false;
    }
    skip(&mut rest, &is_blank);
    skip(&mut rest, &|b| is_quote(b) || *b == b'$');
    let value = rest.iter().take_while(|b| is_word(**b)).count();
    let is_one_of = |words: &[&str]| {
        words
            .iter()
            .any(|word| rest[..value].eq_ignore_ascii_case(word.as_bytes()))
    };
    let before = &bytes[line(bytes, found.span.start).start..found.span.start];
    is_one_of(&["false", "no", "off", "0"])
        || (name.contains(&b'-')
            && !before.contains(&b'?')
            && !is_one_of(&["true", "yes", "on", "1"]))
}

/// Whether `before` ends in `REDIS_`, and not in `$REDIS_`, which reads the variable.
fn is_prefix_of_a_variable(before: &[u8]) -> bool {
    let word = before.iter().rev().take_while(|b| is_word(**b)).count();
    let (outside, prefix) = before.split_at(before.len() - word);
    prefix.ends_with(b"_")
        && !prefix.iter().any(u8::is_ascii_lowercase)
        && !matches!(outside.last(), Some(b'$' | b'{' | b'%'))
}

fn is_environment_name(turn: &[u8]) -> bool {
    [
        &b"TLS_VERIFY"[..],
        b"SSL_VERIFY",
        b"VERIFY_SSL",
        b"VERIFY_TLS",
        b"VERIFY_CERTS",
        b"SSL_REJECT_UNAUTHORIZED",
        b"SKIP_TLS_VERIFY",
        b"TLS_SKIP_VERIFY",
        b"SKIP_SSL_",
        b"INSECURE_SKIP_VERIFY",
        b"TLS_INSECURE",
        b"SSL_INSECURE",
        b"SSL_ENDPOINT_IDENTIFICATION_ALGORITHM",
    ]
    .iter()
    .any(|name| turn.starts_with(name))
}

/// Whether the turn is compared with, imported, defined, one entry of a table
/// of names, or one of two choices: named, but not chosen.
pub(super) fn is_only_named(scene: &Scene<'_>, found: &Match) -> bool {
    let bytes = scene.bytes();
    let line = line(bytes, found.span.start);
    let whole = bytes[line.clone()].trim_ascii();
    let before = bytes[line.start..found.span.start].trim_ascii();
    // What the name belongs to: `ssl.`, `OpenSSL::SSL::`.
    let owner = before
        .iter()
        .rev()
        .take_while(|b| is_word(**b) || matches!(b, b'.' | b':' | b'&'))
        .count();
    let owned = before.ends_with(b".") || before.ends_with(b"::");
    let before = match owned {
        true => before[..before.len() - owner].trim_ascii_end(),
        // What a constant's name begins with, of which `VERIFY_NONE` is the rest.
        false => before
            .strip_suffix(b"SSL_")
            .unwrap_or(before)
            .trim_ascii_end(),
    };
    let after = bytes[found.span.end.min(line.end)..line.end].trim_ascii_start();
    let is_constant = is_constant(&bytes[found.span.clone()]);
    let is_compared = COMPARISONS
        .iter()
        .any(|end| before.ends_with(end.as_bytes()));
    let is_declared = DECLARATIONS
        .iter()
        .any(|keyword| whole.starts_with(keyword.as_bytes()))
        // Groovy's `def answer = get(..)` declares a variable, and makes a call.
        && !(whole.starts_with(b"def ")
            && whole[4..].split(|&b| b == b' ').nth(1) == Some(b"="));
    let says = |word: &str| memchr::memmem::find(whole, word.as_bytes()).is_some();
    let is_claimed = ["expect(", ".should", "toEqual", "toBe("]
        .into_iter()
        .any(says)
        || (says("assert") && !says("assert_hostname"));
    let is_defined = (after.starts_with(b"=") && !after.starts_with(b"=>"))
        || after.starts_with(b"!=")
        || (owned && after.starts_with(b":"))
        || (is_constant && (after.starts_with(b"=>") || after.starts_with(b"->")))
        || (is_constant
            && [&b"=="[..], b"!="]
                .iter()
                .any(|sign| memchr::memmem::find(after, sign).is_some()));
    // `VERIFY_NONE = SSL.VERIFY_NONE`: the name once more.
    let is_alias = after.is_empty()
        && whole.contains(&b'=')
        && whole
            .split(|&b| b == b'=')
            .next()
            .is_some_and(|name| name.trim_ascii() == &bytes[found.span.clone()]);
    is_compared
        || is_declared
        || is_alias
        || is_claimed
        || is_defined
        || is_parameter(scene, found)
        || is_on_the_wire(before, &bytes[found.span.clone()])
        // A header: `SSLv3_method(void)`.
        || after.starts_with(b"void)")
        || (is_constant
            && (is_type(after)
                || is_table_entry(before, &bytes[found.span.clone()])
                || is_in_inventory(bytes, found)
                || is_ternary(bytes, line.start, before)
                || is_looked_up(before, after)
                || is_logged(bytes, found)))
}

/// `TrustSelfSignedStrategy strategy =`: what stands before the name of a variable is its type.
fn is_type(after: &[u8]) -> bool {
    let name = after.iter().take_while(|b| is_word(**b)).count();
    name > 0 && after[name..].trim_ascii_start().starts_with(b"=")
}

/// `Version: tls.VersionTLS10`: what a record says of itself, where a setting has a minimum.
fn is_on_the_wire(before: &[u8], constant: &[u8]) -> bool {
    let name = before.strip_suffix(b":").unwrap_or_default();
    let length = name.iter().rev().take_while(|b| is_word(**b)).count();
    constant.starts_with(b"Version") && &name[name.len() - length..] == b"Version"
}

/// Whether the constant is given to what writes a message.
fn is_logged(bytes: &[u8], found: &Match) -> bool {
    const REACH: usize = 300;
    const MESSAGES: [&str; 14] = [
        "log", "logf", "print", "printf", "println", "fprintf", "sprintf", "snprintf", "warn",
        "warning", "error", "debug", "info", "trace",
    ];
    let before = &bytes[found.span.start.saturating_sub(REACH)..found.span.start];
    let Some(open) = unclosed(before) else {
        return false;
    };
    let head = &before[..open];
    let start = head.iter().rposition(|b| !is_word(*b)).map_or(0, |i| i + 1);
    before[open] == b'('
        && MESSAGES
            .iter()
            .any(|word| head[start..].eq_ignore_ascii_case(word.as_bytes()))
}

const COMPARISONS: &[&str] = &[
    "==",
    "!=",
    ">=",
    "<=",
    "<",
    " >",
    " is",
    " not",
    " in",
    " else",
    " function",
    "~",
    "-bnot",
    "$",
];

const DECLARATIONS: &[&str] = &[
    "import ",
    "from ",
    "case ",
    "when ",
    "def ",
    "function ",
    "class ",
    "#define ",
    "#ifdef ",
    "#ifndef ",
    "# define",
    "-type ",
    "-spec ",
    "use ",
    "extern ",
];

/// Whether the turn is the default of a parameter of a function that is being declared.
fn is_parameter(scene: &Scene<'_>, found: &Match) -> bool {
    const REACH: usize = 1500;
    /// Tables of Lua and objects of Terraform are written with `=`, too.
    const DESTRUCTURING: [&str; 5] = ["JavaScript", "TypeScript", "HTML", "Vue", "Svelte"];
    let bytes = scene.bytes();
    let from = found.span.start.saturating_sub(REACH);
    let before = &bytes[from..found.span.start];
    let Some(open) = unclosed(before) else {
        return false;
    };
    // `({ verify = false, .. }) =>`: in a literal a colon would stand there.
    if before[open] == b'{'
        && before[..open].trim_ascii_end().ends_with(b"(")
        && DESTRUCTURING.contains(&scene.language().name())
    {
        let turn = &bytes[found.span.clone()];
        let after = bytes[found.span.end..].trim_ascii_start();
        return matches!(before.trim_ascii_end().last(), Some(b'{' | b','))
            && turn.contains(&b'=')
            && !turn.contains(&b':')
            && matches!(after.first(), Some(b',' | b'}'));
    }
    if before[open] != b'(' {
        return false;
    }
    let start = memchr::memrchr(b'\n', &before[..open]).map_or(0, |i| i + 1);
    let head = &before[start..open];
    ["def", "fn", "func", "function", "fun", "sub"]
        .iter()
        .any(|keyword| super::choice::word_at(head, keyword.as_bytes()).is_some())
}

/// Where the innermost bracket that `text` leaves open stands.
pub(super) fn unclosed(text: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, byte) in text.iter().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth == 0 => return Some(at),
            b'(' | b'[' | b'{' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Whether the first bracket of `text` is still open at its end, or there is none.
pub(super) fn is_open(text: &[u8]) -> bool {
    let mut depth = 0_usize;
    let mut has_bracket = false;
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                has_bracket = true;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if has_bracket && depth == 0 {
                    return false;
                }
            }
            _ => {}
        }
    }
    true
}

/// `verify ? PEER : NONE`, on one line or over two or three.
fn is_ternary(bytes: &[u8], start: usize, before: &[u8]) -> bool {
    if before.ends_with(b":") && before.contains(&b'?') {
        return true;
    }
    let above = bytes[start.saturating_sub(240)..start].trim_ascii_end();
    let lines = memchr::memrchr_iter(b'\n', above).nth(1);
    let above = &above[lines.map_or(0, |i| i + 1)..];
    (before == b":" || (before.is_empty() && above.ends_with(b":")))
        && above.contains(&b'?')
        && !above.contains(&b';')
}

/// `hasattr(ssl, "CONSTANT")`, `getattr(..)`, `defined(CONSTANT)`: the name alone, as text.
fn is_looked_up(before: &[u8], after: &[u8]) -> bool {
    let quote = before
        .last()
        .copied()
        .filter(|b| matches!(b, b'"' | b'\'' | b'`'));
    let is_literal = quote.is_some_and(|quote| after.first() == Some(&quote));
    let says = |word: &str| memchr::memmem::find(before, word.as_bytes()).is_some();
    // `minVersion = "VersionTLS10"`
    let key = before[..before.len() - usize::from(is_literal)].trim_ascii_end();
    let is_minimum = matches!(key.last(), Some(b':' | b'='))
        && ["inVersion", "in_version", "in-version"]
            .into_iter()
            .any(says);
    (is_literal && !is_minimum && !says("cert_reqs") && !says("verify"))
        || says("defined(")
        || says("defined?(")
}

/// Whether the file's unit tests have begun before the turn.
pub(super) fn is_in_test_module(scene: &Scene<'_>, found: &Match) -> bool {
    scene.language().name() == "Rust"
        && memchr::memmem::find(&scene.bytes()[..found.span.start], b"#[cfg(test)]").is_some()
}
