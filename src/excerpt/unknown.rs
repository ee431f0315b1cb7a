//! Secrets no rule knows, which a quoted line must hide all the same.
//!
//! A report quotes lines for the sake of one finding; what else stands on them
//! is nobody's business. To hide too much costs a little legibility, to hide
//! too little a password.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr, memchr2_iter, memchr3, memmem};
use regex::bytes::Regex;

/// How far before the shown part a name may stand that says what its value is.
const BEFORE: usize = 256;
/// The shortest run of mixed letters and digits that is taken for a secret by itself.
const DENSE: usize = 16;
/// The same with `/` in it, as base64 has; paths are shorter between their dots.
const DENSE_WITH_SLASHES: usize = 32;

/// How a value is written that its surroundings call a credential, as the group `value`.
struct Shape {
    regex: LazyLock<Regex>,
    /// Whether a text may hold one: most do not, and need no regex compiled.
    may_hold: fn(&[u8]) -> bool,
}

static SHAPES: [Shape; 4] = [
    // RFC 3986 §3.2.1: `scheme://user:password@host`
    Shape {
        regex: LazyLock::new(|| compiled(r#"://[^\s:/?#@"'<>]*:(?<value>[^\s@"'<>/]+)@"#)),
        may_hold: |text| memchr(b'@', text).is_some() && memmem::find(text, b"://").is_some(),
    },
    // An assignment, a pair of a map, a parameter of a query or fragment.
    Shape {
        regex: LazyLock::new(|| {
            compiled(
                r#"(?:passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_-]?key|app[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credentials?|signature|\bsig\b|\bsig|\bpass\b)[a-z0-9_]*[\\"'\]]*[ \t]*(?:=>|:=|={1,3}|:|,)[ \t]*(?:[bru]*(?<quote>\\?["'`]))?(?<value>[^\s"'`&#,;<>)}\]\\]{3,})"#,
            )
        }),
        may_hold: |text| memchr3(b'=', b':', b',', text).is_some(),
    },
    // RFC 9110 §11.4: a scheme and its credentials; and headers named after what they carry.
    Shape {
        regex: LazyLock::new(|| {
            compiled(
                r#"(?:\b(?:bearer|basic|token|digest)[ \t]+|\bx-[a-z-]*(?:key|token|auth|secret)\\?["']?[ \t]*[:,=][ \t]*\\?["']?)(?<value>[a-z0-9+/=._~-]{4,})"#,
            )
        }),
        may_hold: |_| true,
    },
    // `curl -u user:password` and its kin.
    Shape {
        regex: LazyLock::new(|| {
            compiled(r#"(?:\s-u|--user|--proxy-user)[ =]*["']?[^\s:"']*:(?<value>[^\s"'@]{2,})"#)
        }),
        may_hold: |text| {
            // `-u`, `--user`, `--proxy-user`
            memchr2_iter(b'u', b'U', text).any(|at| at > 0 && text[at - 1] == b'-')
        },
    },
];

fn compiled(shape: &str) -> Regex {
    Regex::new(&format!("(?i-u){shape}")).expect("the shapes are constant")
}

/// What in `shown` could be somebody's secret, in no order.
pub(super) fn secrets(
    bytes: &[u8],
    shown: Range<usize>,
    highlight: &Range<usize>,
) -> Vec<Range<usize>> {
    let mut found = dense_runs(bytes, shown.clone(), highlight);
    let start = shown.start.saturating_sub(BEFORE);
    let text = &bytes[start..bytes.len().min(shown.end + BEFORE)];
    for (index, shape) in SHAPES.iter().enumerate() {
        if !(shape.may_hold)(text) {
            continue;
        }
        for captures in shape.regex.captures_iter(text) {
            let value = captures.name("value").expect("every shape has one");
            // What stands behind `user:` is a password, unless it is a variable.
            let is_password = matches!(index, 0 | 3) && !value.as_bytes().starts_with(b"$");
            if is_password || captures.name("quote").is_some() || is_literal(value.as_bytes()) {
                found.push(start + value.start()..start + value.end());
            }
        }
    }
    found
}

/// The passwords of URLs in `text`.
pub fn url_passwords(text: &[u8]) -> Vec<Range<usize>> {
    let Shape { regex, may_hold } = &SHAPES[0];
    may_hold(text)
        .then(|| regex.captures_iter(text))
        .into_iter()
        .flatten()
        .filter_map(|c| c.name("value").map(|v| v.range()))
        .collect()
}

/// Whether a bare word is more likely a value than code or a scheme's name.
fn is_literal(value: &[u8]) -> bool {
    const WORDS: [&[u8]; 8] = [
        b"bearer", b"basic", b"digest", b"token", b"true", b"false", b"none", b"null",
    ];
    let plain = !value
        .iter()
        .any(|b| matches!(b, b'(' | b'{' | b'$' | b'[' | b'%'));
    // `config.password` is where a value comes from, `corr.ectHorse` is one.
    let is_member = value.split(|&b| b == b'.').all(|part| {
        part.first().is_some_and(u8::is_ascii_alphabetic)
            && !part.iter().skip(1).any(u8::is_ascii_uppercase)
            || part.iter().all(|b| b.is_ascii_uppercase() || *b == b'_')
    });
    let told = value.iter().any(u8::is_ascii_digit)
        || value.len() >= 6 && !(value.contains(&b'.') && is_member);
    plain && told && !WORDS.iter().any(|w| value.eq_ignore_ascii_case(w))
}

/// Long runs of mixed letters and digits outside the highlight.
fn dense_runs(bytes: &[u8], shown: Range<usize>, highlight: &Range<usize>) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    for (slash, least) in [(false, DENSE), (true, DENSE_WITH_SLASHES)] {
        let is_token = |b: u8| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'_' | b'-' | b'+' | b'=')
                || slash && b == b'/'
        };
        // A run may begin before the cut: what is left of it is as secret.
        let mut at = shown.start;
        while at > 0 && shown.start - at < 512 && is_token(bytes[at - 1]) {
            at -= 1;
        }
        while at < shown.end {
            let start = at;
            while at < bytes.len() && is_token(bytes[at]) {
                at += 1;
            }
            if at <= highlight.start || start >= highlight.end {
                // `NAME=value` is one run: the name stays readable.
                let value = bytes[start..at]
                    .iter()
                    .position(|&b| b == b'=')
                    .map_or(start, |i| start + i + 1);
                let run = &bytes[value.min(at)..at];
                if run.len() >= least
                    && run.iter().any(u8::is_ascii_digit)
                    && run.iter().any(u8::is_ascii_alphabetic)
                {
                    runs.push(value..at);
                }
            }
            at = at.max(start + 1);
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_its_surroundings_call_a_credential_is_hidden() {
        // `‹` and `›` stand around what must be hidden.
        let cases = [
            "u='https://bob:‹R2d2c3po›@api.corp.com'",
            "d='postgres://app:‹letmein›@db.corp.com/x'",
            "curl -u bob:‹R2d2c3po› http://api.corp.com/v1",
            "-H 'Authorization: Bearer ‹R2d2c3poR2d2›' https://api.corp.com",
            "fetch('http://api.corp.com/v1#access_token=‹R2d2c3po›')",
            "fetch('http://api.corp.com/v1?sig=‹R2d2c3po›&x=1')",
            "'https://api.corp.com/?api_key=‹Hunter2xyzw›'",
            "password='‹swordfish›'",
            "curl -u admin:‹corr.ectHorse$› http://api.corp.com",
            "pass: ‹corr.ectHorse›, api_url:",
            "\"db_password\": \"‹swordfish›\"",
            "{\\\"password\\\":\\\"‹swordfish›\\\"}",
            "DATABASE_PASSWORD=‹swordfish›",
            "aws='‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYzx12KEYab›'",
            "'X-Api-Key': '‹swordfish›'",
        ];
        for case in cases {
            let text = case.replace(['‹', '›'], "");
            let start = case.find('‹').expect("every case marks one");
            let end = case.find('›').expect("every case marks one") - '‹'.len_utf8();
            let found = secrets(text.as_bytes(), 0..text.len(), &(0..0));
            assert!(
                found.iter().any(|f| f.start <= start && end <= f.end),
                "{case}: {found:?}"
            );
        }
    }

    #[test]
    fn code_stays_readable() {
        for text in [
            "token = get_token(request)",
            "password: process.env.DB_PASSWORD,",
            "Authorization: Bearer ${TOKEN}",
            "const apiKey = null;",
            "fetch(\"http://api.payments-hub.com/v1/rates\")",
            "checkServer: false, key: value",
        ] {
            let found = secrets(text.as_bytes(), 0..text.len(), &(0..0));
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
