//! git's glob patterns, compiled: `?`, `*`, `**`, `[...]` and `\` as gitignore(5) and glob(7) have them.

/// A pattern ready to be matched against a path.
///
/// The oddities are git's own and deliberate: a class that is not closed, or
/// names no known POSIX class, makes a pattern that matches nothing; without
/// regard to case, an escaped or bracketed capital still matches nothing.
#[derive(Debug)]
pub struct Glob {
    tokens: Vec<Token>,
    fold: bool,
}

#[derive(Debug)]
enum Token {
    Byte(u8),
    /// `?`: any byte but `/`.
    Any,
    /// `[...]`, as a set of bytes.
    Class(Box<[u64; 4]>),
    /// `*`: any run of bytes without `/`.
    Star,
    /// `**` that ends a pattern, or stands before an escaped `/`: any run of bytes.
    Deep,
    /// `**/`: no folder, or any number of them.
    Folders,
}

impl Glob {
    /// `fold`: without regard to the case of ASCII letters. `None` for a
    /// pattern that can match nothing.
    pub fn new(pattern: &[u8], fold: bool) -> Option<Glob> {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(&byte) = pattern.get(at) {
            at += 1;
            tokens.push(match byte {
                b'\\' => {
                    at += 1;
                    Token::Byte(*pattern.get(at - 1)?)
                }
                b'?' => Token::Any,
                b'[' => {
                    let (set, end) = class(pattern, at, fold)?;
                    at = end;
                    Token::Class(set)
                }
                b'*' => {
                    let begins_part = at == 1 || pattern[at - 2] == b'/';
                    let first = at;
                    while pattern.get(at) == Some(&b'*') {
                        at += 1;
                    }
                    let rest = &pattern[at..];
                    if at == first || !begins_part {
                        Token::Star
                    } else if rest.is_empty() || rest.starts_with(b"\\/") {
                        Token::Deep
                    } else if rest[0] == b'/' {
                        at += 1;
                        Token::Folders
                    } else {
                        Token::Star
                    }
                }
                byte if fold => Token::Byte(byte.to_ascii_lowercase()),
                byte => Token::Byte(byte),
            });
        }
        Some(Glob { tokens, fold })
    }

    /// Whether the whole of `text` matches.
    ///
    /// Where a `*` has to be tried again, an earlier one in the same path
    /// cannot help, nor can anything before an earlier `**`: one way back of
    /// each kind is enough, and no pattern takes exponential time.
    pub fn matches(&self, text: &[u8]) -> bool {
        let (mut token, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        let mut deep: Option<(usize, usize, bool)> = None;
        loop {
            match self.tokens.get(token) {
                None if at == text.len() => return true,
                Some(Token::Star) => {
                    token += 1;
                    star = Some((token, at));
                    continue;
                }
                Some(Token::Deep) if token + 1 == self.tokens.len() => return true,
                Some(&(Token::Deep | Token::Folders)) => {
                    let by_folder = matches!(self.tokens[token], Token::Folders);
                    token += 1;
                    star = None;
                    deep = Some((token, at, by_folder));
                    continue;
                }
                Some(one) if at < text.len() && self.takes(one, text[at]) => {
                    token += 1;
                    at += 1;
                    continue;
                }
                None | Some(_) => {}
            }
            if let Some((next, from)) = star
                && from < text.len()
                && text[from] != b'/'
            {
                star = Some((next, from + 1));
                (token, at) = (next, from + 1);
                continue;
            }
            star = None;
            let Some((next, from, by_folder)) = deep else {
                return false;
            };
            let from = if by_folder {
                match memchr::memchr(b'/', &text[from..]) {
                    Some(slash) => from + slash + 1,
                    None => return false,
                }
            } else if from < text.len() {
                from + 1
            } else {
                return false;
            };
            deep = Some((next, from, by_folder));
            (token, at) = (next, from);
        }
    }

    fn takes(&self, token: &Token, byte: u8) -> bool {
        let byte = if self.fold {
            byte.to_ascii_lowercase()
        } else {
            byte
        };
        match token {
            Token::Byte(b) => *b == byte,
            Token::Any => byte != b'/',
            Token::Class(set) => set[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1,
            Token::Star | Token::Deep | Token::Folders => false,
        }
    }
}

/// The class whose `[` stands before `at`, and where the pattern goes on.
fn class(pattern: &[u8], mut at: usize, fold: bool) -> Option<(Box<[u64; 4]>, usize)> {
    let mut set = Box::new([0u64; 4]);
    let mut add = |accepts: &dyn Fn(u8) -> bool| {
        for byte in (0..=u8::MAX).filter(|&b| accepts(b)) {
            set[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
    };
    let negated = matches!(pattern.get(at), Some(b'!' | b'^'));
    at += usize::from(negated);
    // What a `-` would reach from.
    let mut previous: Option<u8> = None;
    let first = at;
    loop {
        let byte = *pattern.get(at)?;
        at += 1;
        match byte {
            b']' if at > first + 1 => break,
            b'\\' => {
                let escaped = *pattern.get(at)?;
                at += 1;
                add(&|b| b == escaped);
                previous = Some(escaped);
            }
            b'-' if previous.is_some() && pattern.get(at).is_some_and(|&b| b != b']') => {
                let low = previous.take().expect("just checked");
                let mut high = pattern[at];
                at += 1;
                if high == b'\\' {
                    high = *pattern.get(at)?;
                    at += 1;
                }
                add(&|b| {
                    let within = |b: u8| low <= b && b <= high;
                    within(b) || fold && b.is_ascii_lowercase() && within(b.to_ascii_uppercase())
                });
            }
            b'[' if pattern.get(at) == Some(&b':') => {
                let start = at + 1;
                let end = start + memchr::memchr(b']', pattern.get(start..)?)?;
                if end > start && pattern[end - 1] == b':' {
                    let accepts = posix_class(&pattern[start..end - 1])?;
                    let capital = &pattern[start..end - 1] == b"upper";
                    add(&|b| accepts(&b) || fold && capital && b.is_ascii_lowercase());
                    previous = None;
                    at = end + 1;
                } else {
                    add(&|b| b == b'[');
                    previous = Some(b'[');
                }
            }
            byte => {
                add(&|b| b == byte);
                previous = Some(byte);
            }
        }
    }
    if negated {
        set.iter_mut().for_each(|word| *word = !*word);
    }
    set[usize::from(b'/' >> 6)] &= !(1 << (b'/' & 63));
    Some((set, at))
}

/// As git defines them: ASCII only, and white space without vertical tab and form feed.
fn posix_class(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |b| matches!(b, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |b| matches!(b, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str, fold: bool) -> bool {
        Glob::new(pattern.as_bytes(), fold).is_some_and(|g| g.matches(text.as_bytes()))
    }

    #[test]
    fn globs_match_as_in_git() {
        let cases = [
            ("*", "a", true),
            ("*", "a/b", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("a/*/c", "a/b/c", true),
            ("a/*/c", "a/b/b/c", false),
            ("a/**/c", "a/c", true),
            ("a/**/c", "a/b/b/c", true),
            ("a/***/c", "a/b/b/c", true),
            ("**/c", "c", true),
            ("**/c", "a/b/c", true),
            ("**/c", "a/bc", false),
            ("a/**", "a", false),
            ("a/**", "a/b/c", true),
            ("a**/c", "ab/c", true),
            ("a**/c", "ab/b/c", false),
            ("**\\/c", "c", false),
            ("**\\/c", "a/b/c", true),
            ("**/*b*/c", "x/ab/y/bb/c", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("[^a-c]x", "dx", true),
            ("[]-]x", "]x", true),
            ("[]-]x", "-x", true),
            ("[a", "[a", false),
            ("[[:digit:]]", "7", true),
            ("[[:nonsense:]]", "7", false),
            ("[[:]", ":", true),
            ("[a/b]", "a", true),
            ("a[/]b", "a/b", false),
            ("a[!x]b", "a/b", false),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("a\\", "a\\", false),
            ("*a*b*c", "xxaxxbxxbc", true),
            ("*a*b*c", "xxaxxbxxbd", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text, false), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn case_folds_as_in_git() {
        let cases = [
            (".ENV*", ".env.local", true),
            (".env*", ".ENV.local", true),
            ("\\A", "a", false),
            ("[A]", "a", false),
            ("[a]", "A", true),
            ("[A-C]", "b", true),
            ("[[:upper:]]", "b", true),
            ("[[:lower:]]", "B", true),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(matches(pattern, text, true), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = "*a".repeat(40) + "b";
        assert!(!matches(&pattern, &"a".repeat(20_000), false));
        let pattern = "**/a*".repeat(20) + "/b";
        assert!(!matches(&pattern, &"aa/".repeat(2_000), false));
    }
}
