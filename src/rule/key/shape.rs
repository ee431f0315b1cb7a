//! Whether the characters of a token look drawn by chance.
//!
//! What a person, a keyboard or a naming convention would have produced is
//! explained away (words, counting, repetition); a key is what leaves enough
//! unexplained.

use sha2::{Digest, Sha256};

use super::words::{is_pronounceable, likeness};

/// Words that count as said whatever the letter statistics think of them.
pub(super) struct Vocabulary {
    /// Any of these makes the whole token a placeholder.
    pub placeholders: Vec<Vec<u8>>,
    /// These explain only their own letters.
    pub known: Vec<Vec<u8>>,
    /// Values that specifications and tutorials give as examples, without `-`.
    pub examples: Vec<Vec<u8>>,
}

/// Fewer unexplained characters than this are no key, however long the rest.
const LEAST_UNEXPLAINED: usize = 8;
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// A separator in a shorter body is that of a name or a product code.
const SHORTEST_WITH_SEPARATOR: usize = 16;

/// What the body is made of.
struct Census {
    digits: usize,
    lower: usize,
    upper: usize,
    separators: usize,
    distinct: usize,
}

impl Census {
    fn of(body: &[u8]) -> Census {
        let mut seen = [false; 256];
        let mut census = Census {
            digits: 0,
            lower: 0,
            upper: 0,
            separators: 0,
            distinct: 0,
        };
        for &byte in body {
            match byte {
                b'0'..=b'9' => census.digits += 1,
                b'a'..=b'z' => census.lower += 1,
                b'A'..=b'Z' => census.upper += 1,
                _ => census.separators += 1,
            }
            census.distinct += usize::from(!std::mem::replace(&mut seen[usize::from(byte)], true));
        }
        census
    }
}

/// Whether `body`, of letters, digits, `_` and `-`, is random enough for an
/// issued key. `named` says that something around it calls it one, which a
/// body without any digit needs.
pub(super) fn is_random(body: &[u8], named: bool, vocabulary: &Vocabulary) -> bool {
    let census = Census::of(body);
    let letters = census.lower + census.upper;
    if letters == 0 || (census.digits * 20 > body.len() * 17 && body.len() < 24) {
        return false;
    }
    if census.digits == 0 && !(named && is_scrambled(body, &census)) {
        return false;
    }
    if census.separators > 0
        && (body.len() < SHORTEST_WITH_SEPARATOR
            || is_snake(body)
            // `rpk_74_5x45_gold_v2`: chance puts them in so often to no one.
            || census.separators * 5 >= body.len())
    {
        return false;
    }
    if is_placeholder(body, vocabulary) || is_alternating(body) || census.distinct < 6 {
        return false;
    }
    let unexplained: Vec<u8> = explain(body, vocabulary)
        .into_iter()
        .zip(body)
        .filter(|(explained, byte)| !explained && byte.is_ascii_alphanumeric())
        .map(|(_, &byte)| byte)
        .collect();
    unexplained.len() >= LEAST_UNEXPLAINED
        && unexplained.len() * 100 >= (body.len() - census.separators) * 55
        && Census::of(&unexplained).distinct >= 5
        && entropy(&unexplained) >= 2.2
}

/// Whether `body`, too short to be a key, is random enough for the beginning of one.
pub(super) fn is_random_piece(body: &[u8], vocabulary: &Vocabulary) -> bool {
    let census = Census::of(body);
    let letters = census.lower + census.upper;
    let is_mixed = census.digits > 0 || (census.lower >= 2 && census.upper >= 2);
    if census.separators > 0
        || letters < 2
        || !is_mixed
        || is_placeholder(body, vocabulary)
        || is_alternating(body)
    {
        return false;
    }
    let unexplained = explain(body, vocabulary)
        .into_iter()
        .filter(|explained| !explained)
        .count();
    unexplained >= 4 && unexplained * 4 >= body.len() * 3 && census.distinct * 3 >= body.len() * 2
}

/// Whether `body` has the look of a public address: base58, both cases, of the
/// length that 32 bytes and a checksum take.
pub(super) fn looks_like_address(body: &[u8]) -> bool {
    let census = Census::of(body);
    (47..=53).contains(&body.len())
        && census.lower > 0
        && census.upper > 0
        && body.iter().all(|b| BASE58.contains(b))
}

/// Whether `body` is a public address beyond doubt: the checksum it ends in is right.
pub(super) fn is_address(body: &[u8]) -> bool {
    if !looks_like_address(body) {
        return false;
    }
    let mut number = [0u8; 36];
    for &symbol in body {
        let mut carry = BASE58.iter().position(|&b| b == symbol).unwrap_or(0);
        for digit in number.iter_mut().rev() {
            carry += usize::from(*digit) * 58;
            *digit = (carry & 0xff) as u8;
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    let (payload, checksum) = number.split_at(32);
    Sha256::digest(Sha256::digest(payload))[..4] == *checksum
}

/// Whether letters alone carry the chance: both cases in an order that no
/// writer of names would choose, and nothing that could be said.
fn is_scrambled(body: &[u8], census: &Census) -> bool {
    let turns = body
        .windows(2)
        .filter(|w| w[0].is_ascii_lowercase() != w[1].is_ascii_lowercase())
        .count();
    census.lower >= 3
        && census.upper >= 3
        && turns * 4 >= body.len()
        && likeness(body) * 4 < -(body.len() as i32)
}

/// `word_word2_3`: a name in one case, digits only where a name has them.
fn is_snake(body: &[u8]) -> bool {
    let mut parts = body.split(|&b| b == b'_' || b == b'-');
    let one_case =
        !body.iter().any(u8::is_ascii_lowercase) || !body.iter().any(u8::is_ascii_uppercase);
    one_case
        && parts.all(|part| {
            let letters = part.iter().take_while(|b| b.is_ascii_alphabetic()).count();
            part.len() <= 12 && part[letters..].iter().all(u8::is_ascii_digit)
        })
}

/// `a1b2c3`: letter, digit, letter, digit, as people type what should look random.
fn is_alternating(body: &[u8]) -> bool {
    let turns = body
        .windows(2)
        .filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit())
        .count();
    turns * 10 >= (body.len() - 1) * 9
}

fn is_placeholder(body: &[u8], vocabulary: &Vocabulary) -> bool {
    let plain: Vec<u8> = body
        .iter()
        .filter(|&&b| b != b'-')
        .map(u8::to_ascii_lowercase)
        .collect();
    vocabulary
        .examples
        .iter()
        .any(|example| memchr::memmem::find(&plain, example).is_some())
        || vocabulary
            .placeholders
            .iter()
            .any(|word| spelled(body, word).next().is_some())
}

/// Where `word` (lower case) stands in `body` as a person writes it: in one
/// case, or with a capital first.
fn spelled<'b>(body: &'b [u8], word: &'b [u8]) -> impl Iterator<Item = usize> + 'b {
    body.windows(word.len())
        .enumerate()
        .filter(|(_, window)| {
            window.eq_ignore_ascii_case(word) && {
                let rest = &window[1..];
                !rest.iter().any(u8::is_ascii_uppercase)
                    || !window.iter().any(u8::is_ascii_lowercase)
            }
        })
        .map(|(at, _)| at)
}

/// For each byte of `body`, whether something less than chance accounts for it.
fn explain(body: &[u8], vocabulary: &Vocabulary) -> Vec<bool> {
    let mut explained = vec![false; body.len()];
    explain_words(body, vocabulary, &mut explained);
    explain_counting(body, &mut explained);
    explain_repetition(body, &mut explained);
    explain_keyboard(body, &mut explained);
    explain_numbers(body, &mut explained);
    explained
}

fn explain_words(body: &[u8], vocabulary: &Vocabulary, explained: &mut [bool]) {
    for word in &vocabulary.known {
        for at in spelled(body, word) {
            explained[at..at + word.len()].fill(true);
        }
    }
    let mixed = body.iter().any(u8::is_ascii_lowercase)
        && body.iter().any(u8::is_ascii_uppercase)
        && body.iter().any(u8::is_ascii_digit);
    let mut at = 0;
    while at < body.len() {
        let len = humps(&body[at..]);
        // Short letter runs of a token that mixes everything are chance more often than words.
        if len >= if mixed { 5 } else { 4 } && is_pronounceable(&body[at..at + len]) {
            explained[at..at + len].fill(true);
        }
        at += len.max(1);
    }
}

/// The length of the first word of camel case: `Word`, `word` or `WORD`.
fn humps(text: &[u8]) -> usize {
    let upper = text.iter().take_while(|b| b.is_ascii_uppercase()).count();
    let lower = text[upper..]
        .iter()
        .take_while(|b| b.is_ascii_lowercase())
        .count();
    match (upper, lower) {
        (2.., 1..) => upper - 1,
        (upper, lower) => upper + lower,
    }
}

/// Runs that count up or down, each character by itself or every second or
/// third of them: `12345`, `fedcba`, `1a2b3c4d`, `Abc3Def4`.
fn explain_counting(body: &[u8], explained: &mut [bool]) {
    let step = |a: u8, b: u8| -> i8 {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        let kind = a.is_ascii_digit() == b.is_ascii_digit()
            && a.is_ascii_alphanumeric()
            && b.is_ascii_alphanumeric();
        match (kind, b.wrapping_sub(a)) {
            (true, 1) => 1,
            (true, 255) => -1,
            // 9 is followed by 0, and 0 by 9.
            (true, 247) if a == b'9' => 1,
            (true, 9) if a == b'0' => -1,
            (true | false, _) => 0,
        }
    };
    let mut count = |items: &[usize], least: usize| {
        let mut from = 0;
        while from < items.len() {
            let mut to = from + 1;
            let way = items
                .get(to)
                .map_or(0, |&next| step(body[items[from]], body[next]));
            while way != 0 && to < items.len() && step(body[items[to - 1]], body[items[to]]) == way
            {
                to += 1;
            }
            if to - from >= least {
                for &item in &items[from..to] {
                    explained[item] = true;
                }
            }
            from = (to - 1).max(from + 1);
        }
    };
    for (stride, least) in [(1, 3), (2, 4), (3, 4)] {
        for phase in 0..stride {
            let items: Vec<usize> = (phase..body.len()).step_by(stride).collect();
            count(&items, least);
        }
    }
    // Letters and digits that count each for themselves: `12ab34cd56ef`, `aa11bb22cc33`.
    for is_kind in [
        u8::is_ascii_digit as fn(&u8) -> bool,
        u8::is_ascii_alphabetic,
    ] {
        let items: Vec<usize> = (0..body.len()).filter(|&at| is_kind(&body[at])).collect();
        count(&items, 5);
        for phase in 0..2 {
            let pairs: Vec<usize> = items.iter().copied().skip(phase).step_by(2).collect();
            let doubled = items[..].chunks_exact(2).all(|p| body[p[0]] == body[p[1]]);
            if doubled {
                count(&pairs, 4);
            }
        }
    }
}

/// `xxxx`, `ababab`, `abc123abc123`.
fn explain_repetition(body: &[u8], explained: &mut [bool]) {
    for period in 1..=body.len() / 2 {
        let least = match period {
            1 => 3,
            2 => 6,
            _ => 2 * period,
        };
        let mut from = 0;
        while from + period < body.len() {
            let same = body[from..]
                .iter()
                .zip(&body[from + period..])
                .take_while(|(a, b)| a == b)
                .count();
            if same > 0 && same + period >= least {
                explained[from..from + period + same].fill(true);
            }
            from += same + 1;
        }
    }
}

fn explain_keyboard(body: &[u8], explained: &mut [bool]) {
    for row in [&b"qwertyuiop"[..], b"asdfghjkl", b"zxcvbnm"] {
        for window in row.windows(4) {
            for at in spelled(body, window) {
                explained[at..at + 4].fill(true);
            }
        }
    }
}

/// Digits that number a word: `key123`, `_2024_`.
fn explain_numbers(body: &[u8], explained: &mut [bool]) {
    let mut at = 0;
    while at < body.len() {
        let digits = body[at..].iter().take_while(|b| b.is_ascii_digit()).count();
        let after_word = at == 0 || explained[at - 1] || !body[at - 1].is_ascii_alphanumeric();
        let before_end = body
            .get(at + digits)
            .is_none_or(|b| !b.is_ascii_alphanumeric());
        if (1..=8).contains(&digits) && after_word && before_end {
            explained[at..at + digits].fill(true);
        }
        at += digits.max(1);
    }
}

/// Bits per character.
fn entropy(text: &[u8]) -> f64 {
    let mut counts = [0usize; 256];
    for &byte in text {
        counts[usize::from(byte)] += 1;
    }
    let total = text.len() as f64;
    counts
        .iter()
        .filter(|&&n| n > 0)
        .map(|&n| {
            let share = n as f64 / total;
            -share * share.log2()
        })
        .sum()
}
