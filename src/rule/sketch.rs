//! What a tail comes to, told from its text: how long a match may be and how
//! much memory it takes once compiled, at most, and what every match begins with.
//!
//! Rules are many and few of them meet their anchor in a run, so a start may
//! neither compile a tail nor build its syntax tree: that takes 40 µs a rule,
//! reading the text takes 1 µs. Read is the plain syntax that nearly all tails
//! are written in; of all else, and of whatever may be wrong, `regex-syntax`
//! has the word.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sketch {
    /// In bytes, at most.
    pub longest: usize,
    /// In bytes, at most.
    pub weight: usize,
    pub head: Head,
}

/// What every match begins with, in lower case, as far as that is plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    bytes: [u8; 24],
    length: usize,
    /// Whether a match is nothing else.
    is_all: bool,
}

impl Head {
    /// Of what matches no byte.
    const NOTHING: Head = Head {
        bytes: [0; 24],
        length: 0,
        is_all: true,
    };
    const UNKNOWN: Head = Head {
        is_all: false,
        ..Head::NOTHING
    };

    fn of(byte: u8) -> Head {
        let mut head = Head::NOTHING;
        head.add(byte);
        head
    }

    fn add(&mut self, byte: u8) {
        match self.bytes.get_mut(self.length) {
            Some(place) => {
                *place = byte.to_ascii_lowercase();
                self.length += 1;
            }
            None => self.is_all = false,
        }
    }

    /// Of this and what follows it.
    fn then(&mut self, next: &Head) {
        if self.is_all {
            self.is_all = next.is_all;
            next.bytes().iter().for_each(|&byte| self.add(byte));
        }
    }

    /// Of either.
    fn or(&mut self, other: &Head) {
        let same = self.bytes().iter().zip(other.bytes());
        self.length = same.take_while(|(a, b)| a == b).count();
        self.is_all = false;
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// A state of the automaton with all that hangs on it.
const STATE: usize = 64;
/// One range of a class, in both cases.
const RANGE: usize = 32;
/// Groups in groups that are followed.
const DEPTH: usize = 16;

/// `None` for what is not plain.
pub(super) fn sketch(tail: &str) -> Option<Sketch> {
    let mut reader = Reader {
        text: tail.as_bytes(),
        at: 0,
        is_spaced: false,
        has_secret: false,
    };
    reader.is_spaced = reader.take(b"(?x)");
    let sketch = reader.alternatives(0)?;
    (reader.at == tail.len()).then_some(sketch)
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    /// Whether white space means nothing.
    is_spaced: bool,
    /// Whether the one named group that rules know has been.
    has_secret: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Goes on to what means something.
    fn skip_space(&mut self) {
        while self.is_spaced && matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, word: &[u8]) -> bool {
        let is_next = self.text[self.at..].starts_with(word);
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    fn alternatives(&mut self, depth: usize) -> Option<Sketch> {
        let mut whole = self.sequence(depth)?;
        while self.take(b"|") {
            let other = self.sequence(depth)?;
            whole.longest = whole.longest.max(other.longest);
            whole.weight = whole.weight.saturating_add(other.weight);
            whole.head.or(&other.head);
        }
        whole.weight = whole.weight.saturating_add(STATE);
        Some(whole)
    }

    fn sequence(&mut self, depth: usize) -> Option<Sketch> {
        let mut whole = Sketch {
            longest: 0,
            weight: STATE,
            head: Head::NOTHING,
        };
        loop {
            self.skip_space();
            if matches!(self.peek(), None | Some(b'|' | b')')) {
                break;
            }
            if let Some(byte) = self.lone_letter() {
                whole.longest = whole.longest.saturating_add(1);
                whole.weight = whole.weight.saturating_add(STATE + RANGE);
                if whole.head.is_all {
                    whole.head.add(byte);
                }
                continue;
            }
            let item = self.item(depth)?;
            self.skip_space();
            let item = self.repeated(item)?;
            whole.longest = whole.longest.saturating_add(item.longest);
            whole.weight = whole.weight.saturating_add(item.weight);
            whole.head.then(&item.head);
        }
        Some(whole)
    }

    /// What most items are: a letter or digit, with another behind it.
    fn lone_letter(&mut self) -> Option<u8> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match self.text.get(self.at..self.at + 2)? {
            &[byte, next] if is_plain(byte) && is_plain(next) => {
                self.at += 1;
                Some(byte)
            }
            _ => None,
        }
    }

    fn item(&mut self, depth: usize) -> Option<Sketch> {
        let byte = self.peek()?;
        self.at += 1;
        let one = |ranges: usize, head: Head| {
            Some(Sketch {
                longest: 1,
                weight: STATE + ranges * RANGE,
                head,
            })
        };
        match byte {
            b'(' => self.group(depth),
            b'[' => one(self.class()?, Head::UNKNOWN),
            b'\\' => match self.escape()? {
                Escape::Byte(byte) => one(1, Head::of(byte)),
                Escape::Class(ranges) => one(ranges, Head::UNKNOWN),
                Escape::Edge => self.edge(),
            },
            b'.' => one(2, Head::UNKNOWN),
            b'^' | b'$' => self.edge(),
            b'*' | b'+' | b'?' | b'{' | b'}' | b']' => None,
            // A comment.
            b'#' if self.is_spaced => None,
            b' '..=b'~' => one(1, Head::of(byte)),
            _ => None,
        }
    }

    /// A look at what stands around; nobody repeats one.
    fn edge(&mut self) -> Option<Sketch> {
        self.skip_space();
        let is_repeated = matches!(self.peek(), Some(b'*' | b'+' | b'?' | b'{'));
        (!is_repeated).then_some(Sketch {
            longest: 0,
            weight: STATE,
            head: Head::NOTHING,
        })
    }

    fn group(&mut self, depth: usize) -> Option<Sketch> {
        if depth == DEPTH {
            return None;
        }
        if self.take(b"?") {
            if self.take(b"<secret>") {
                if std::mem::replace(&mut self.has_secret, true) {
                    return None;
                }
            } else if !(self.take(b":") || self.take(b"i:")) {
                return None;
            }
        }
        let mut inner = self.alternatives(depth + 1)?;
        inner.weight = inner.weight.saturating_add(4 * STATE);
        self.take(b")").then_some(inner)
    }

    /// How many ranges the class has at most.
    fn class(&mut self) -> Option<usize> {
        let negated = self.take(b"^");
        let mut ranges = usize::from(negated);
        let first = self.at;
        loop {
            let byte = self.peek()?;
            if byte == b']' {
                self.at += 1;
                // An empty one, or one that begins with the bracket itself.
                return (self.at - 1 > first).then_some(ranges);
            }
            let low = self.class_item(&mut ranges)?;
            let is_range = self.peek() == Some(b'-')
                && self.text.get(self.at + 1).is_some_and(|&next| next != b']');
            if is_range {
                self.at += 1;
                let high = self.class_item(&mut ranges)??;
                if low? > high {
                    return None;
                }
            }
        }
    }

    /// The byte that stands for itself, if it is one.
    fn class_item(&mut self, ranges: &mut usize) -> Option<Option<u8>> {
        let byte = self.peek()?;
        let next = self.text.get(self.at + 1).copied();
        self.at += 1;
        match byte {
            b'[' => None,
            b' ' | b'#' if self.is_spaced => None,
            // Differences and the like.
            b'-' | b'&' | b'~' if next == Some(byte) => None,
            b'\\' => match self.escape()? {
                Escape::Byte(byte) => {
                    *ranges += 1;
                    Some(Some(byte))
                }
                Escape::Class(more) => {
                    *ranges += more;
                    Some(None)
                }
                Escape::Edge => None,
            },
            b' '..=b'~' => {
                *ranges += 1;
                Some(Some(byte))
            }
            _ => None,
        }
    }

    fn escape(&mut self) -> Option<Escape> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'd' | b'D' => Some(Escape::Class(2)),
            b's' | b'S' => Some(Escape::Class(3)),
            b'w' | b'W' => Some(Escape::Class(5)),
            b'b' | b'B' if self.peek() != Some(b'{') => Some(Escape::Edge),
            b't' => Some(Escape::Byte(b'\t')),
            b'n' => Some(Escape::Byte(b'\n')),
            b'r' => Some(Escape::Byte(b'\r')),
            b'x' => {
                let digits = self.text.get(self.at..self.at + 2)?;
                let digits = std::str::from_utf8(digits).ok()?;
                self.at += 2;
                let byte = u8::from_str_radix(digits, 16).ok()?;
                (digits.bytes().all(|b| b.is_ascii_hexdigit()) && byte.is_ascii())
                    .then_some(Escape::Byte(byte))
            }
            b'<' | b'>' => None,
            _ if byte.is_ascii_punctuation() => Some(Escape::Byte(byte)),
            _ => None,
        }
    }

    /// `item` as often as what stands behind it says.
    fn repeated(&mut self, item: Sketch) -> Option<Sketch> {
        let (least, most) = match self.peek() {
            Some(b'?') => {
                self.at += 1;
                (0, 1)
            }
            Some(b'{') => {
                self.at += 1;
                let least = self.number()?;
                let most = if self.take(b",") {
                    self.number()?
                } else {
                    least
                };
                if most < least || !self.take(b"}") {
                    return None;
                }
                (least, most)
            }
            Some(b'*' | b'+') => return None,
            _ => return Some(item),
        };
        // As few as possible, which changes neither figure.
        self.take(b"?");
        self.skip_space();
        if matches!(self.peek(), Some(b'*' | b'+' | b'?' | b'{')) {
            return None;
        }
        let each = item.weight.saturating_add(STATE);
        let mut head = if least == 0 { Head::UNKNOWN } else { item.head };
        head.is_all &= most == 1;
        Some(Sketch {
            head,
            longest: item.longest.saturating_mul(most),
            weight: each.saturating_mul(most).saturating_add(STATE),
        })
    }

    fn number(&mut self) -> Option<usize> {
        let digits = self.text[self.at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        // No bound that is allowed has more.
        if digits == 0 || digits > 5 {
            return None;
        }
        let number = &self.text[self.at..self.at + digits];
        self.at += digits;
        std::str::from_utf8(number).ok()?.parse().ok()
    }
}

enum Escape {
    Byte(u8),
    /// A class of so many ranges.
    Class(usize),
    /// A look at what stands around.
    Edge,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex_automata::nfa::thompson::NFA;

    use super::*;
    use crate::rule::split::{parse, prefixes};

    /// That the sketch of `tail` holds; whether it has one.
    fn holds(tail: &str) -> bool {
        let Some(sketch) = sketch(tail) else {
            return false;
        };
        let hir = parse(tail).unwrap_or_else(|e| panic!("{tail}: plain, yet {e}"));
        assert_eq!(
            hir.properties().maximum_len(),
            Some(sketch.longest),
            "{tail}"
        );
        let nfa = NFA::compiler().build_from_hir(&hir).unwrap();
        assert!(
            nfa.memory_usage() <= sketch.weight.saturating_add(4096),
            "{tail}: {} bytes, thought to be at most {}",
            nfa.memory_usage(),
            sketch.weight
        );
        let head = sketch.head.bytes();
        assert!(hir.properties().minimum_len() >= Some(head.len()), "{tail}");
        for prefix in prefixes(&hir).iter().flatten() {
            let shared = prefix.len().min(head.len());
            assert_eq!(prefix[..shared], head[..shared], "{tail}");
        }
        true
    }

    #[test]
    fn the_plain_syntax_is_read() {
        for (tail, longest) in [
            ("", 0),
            ("abc", 3),
            (r"ak_[A-Za-z0-9]{12,64}", 67),
            (
                r"(?<secret>sk_(?:live|test)_[0-9a-f]{24})(?:[^0-9a-z_-]|$)",
                33,
            ),
            (r#"(?i:acme)[\w.-]{0,20}[ \t"']{0,3}(?:=|:|=>|:=)\s?"#, 30),
            (r"a{3}?b{1,2}?c??", 6),
            (r"[^a\]\\-]\.\/\-[-a][a-]", 6),
            (r"\bx\b$", 1),
            (r"[\x41-\x5a]\x20", 2),
            ("(?x) a  {2} (?: b c | [d-f] ) \n ? \\\\  ", 5),
        ] {
            assert_eq!(sketch(tail).map(|s| s.longest), Some(longest), "{tail}");
            assert!(holds(tail));
        }
    }

    #[test]
    fn a_plain_beginning_is_known() {
        for (tail, head) in [
            ("Acme_[|]x", "acme_"),
            (r"(?<secret>acme\_(?:a|b))(?:c|d)", "acme_"),
            (r"(?:acme\_){2}x", "acme_"),
            (r"\bac(?i:me){1}\b_x?y", "acme_"),
            ("(?:acme_|b)c", ""),
            ("acme_|acne", "ac"),
            ("(?:acme_)?c", ""),
            ("acme_?x", "acme"),
            ("acme{0,2}x", "acm"),
            ("[a]cme_", ""),
            ("an_anchor_longer_than_is_kept", "an_anchor_longer_than_is"),
        ] {
            let sketch = sketch(tail).expect("plain syntax");
            assert_eq!(sketch.head.bytes(), head.as_bytes(), "{tail}");
            assert!(holds(tail));
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_others() {
        for tail in [
            "a*",
            "a+",
            "a{2,}",
            "a{3,2}",
            "a{",
            "a{2}{3}",
            "a?*",
            "(a",
            "a)",
            "[a",
            "[]a]",
            "[b-a]",
            "[a&&b]",
            "[[:alpha:]]",
            r"\x4",
            r"\xff",
            r"\x+1",
            r"\pL",
            r"\<",
            "(?<other>a)",
            "(?x: a)",
            "(?=a)",
            "(?<secret>a)(?<secret>b)",
            "^*",
            r"\b{start}",
            "ä",
            "a{9999999}",
        ] {
            assert_eq!(sketch(tail), None, "{tail}");
        }
    }

    #[test]
    fn the_built_in_tails_are_plain() {
        for rule in crate::rule::load::builtin() {
            if let Some(pattern) = &rule.pattern {
                assert!(holds(pattern.tail()), "{}: {}", rule.id, pattern.tail());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        /// Text made of the syntax's own parts, most of it wrong somewhere.
        #[test]
        fn a_sketch_never_differs_from_the_syntax_tree(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a", "Z", "-", "_", "(", "(?:", "(?i:", "(?<secret>", ")", ")", "|", "[", "[^", "]", "]", "a-z", "0-9",
                    "(?x)", "\n", "#", "\\x", "{2}", "{0,3}", "{40}", "?", "*", "\\d", "\\w", "\\S", "\\b", "\\.", "\\n", "\\]", "^", "$", ".", "&&", " ", "{", "}", ",", "\\",
                ]),
                0..14,
            ),
        ) {
            holds(&parts.concat());
        }
    }
}
