//! The `pattern` shape shared by rules: anchors, what may stand before, a bounded tail.

use std::sync::OnceLock;

use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::{Anchored, Input};

use super::Match;
use super::guard::{Before, begins_with};
use super::sketch::{Head, sketch};
use super::split::{Alternatives, Split, parse};

/// The longest match of a rule; it fits into the context every window carries.
pub const LONGEST: usize = 512;
/// The longest match of a rule that declares itself `long` (PEM blocks and the like).
pub const LONGEST_LONG: usize = 8 * 1024;
/// What a compiled tail may take, so that no rule can make start-up or memory a surprise.
pub const SIZE_LIMIT: usize = 1 << 20;

/// A regex anchored at one of a few literals. Of a tail with alternatives,
/// those that can begin with an anchor are a regex of their own, compiled when
/// a document first holds that anchor: nobody pays for forms of other languages.
pub struct Pattern {
    anchors: Vec<Vec<u8>>,
    /// How each of them begins.
    heads: Vec<u32>,
    before: Before,
    tail: String,
    longest: usize,
    /// Whether the tail is known to compile to less than is allowed.
    is_light: bool,
    head: Head,
    /// Made when a document first holds an anchor: a start has better to do.
    parts: OnceLock<Parts>,
}

struct Parts {
    /// For each anchor, its place in `parts`.
    part_of: Vec<usize>,
    parts: Vec<Part>,
}

/// The alternatives of a tail that some anchors lead to.
struct Part {
    of: Alternatives,
    regex: OnceLock<Regex>,
}

/// One thread's regex caches, by rule and part; boxed, for they are large and few are used.
#[derive(Default)]
pub struct Scratch(Vec<Vec<Option<Caches>>>);

type Caches = Box<(Cache, Captures)>;

impl Pattern {
    /// `tail` begins with the anchor it is searched at. The error is the
    /// reason a rule is refused, in words.
    pub fn new(
        anchors: Vec<Vec<u8>>,
        before: Before,
        tail: &str,
        long: bool,
    ) -> Result<Pattern, String> {
        let (longest, is_light, head) = match sketch(tail) {
            Some(s) => (Some(s.longest), s.weight <= SIZE_LIMIT, s.head),
            None => {
                let longest = parse(tail)?.properties().maximum_len();
                (longest, false, Head::default())
            }
        };
        let limit = if long { LONGEST_LONG } else { LONGEST };
        match longest {
            None => Err(format!(
                "the tail matches text without end; bound every repetition, as in `{{16,64}}` (at most {limit} bytes in all)"
            )),
            Some(n) if n > limit => Err(format!(
                "the tail matches up to {n} bytes; at most {limit} are allowed{}",
                if long {
                    ""
                } else {
                    " (8192 with `long = true`)"
                }
            )),
            Some(longest) => Ok(Pattern {
                heads: anchors.iter().map(|anchor| head_of(anchor)).collect(),
                anchors,
                before,
                tail: tail.to_owned(),
                longest,
                is_light,
                head,
                parts: OnceLock::new(),
            }),
        }
    }

    /// Of which it is known already which anchors lead to which parts of the tail.
    pub(super) fn with_parts(self, part_of: &[usize], parts: &[Alternatives]) -> Pattern {
        Pattern {
            parts: OnceLock::from(Parts {
                part_of: part_of.to_vec(),
                parts: parts.iter().cloned().map(Part::new).collect(),
            }),
            ..self
        }
    }

    /// The same pattern for more prefixes than `anchor`, which its tail begins
    /// its secret with. They are letters, digits, `_`, `-`.
    pub fn with_prefixes(&self, anchor: &[u8], prefixes: &[String]) -> Result<Pattern, String> {
        let own = String::from_utf8_lossy(anchor);
        let all = [&*own]
            .into_iter()
            .chain(prefixes.iter().map(String::as_str));
        let any = format!("(?:{})", all.collect::<Vec<_>>().join("|"));
        let anchors = self.anchors.iter().cloned();
        let more = prefixes.iter().map(|p| p.clone().into_bytes());
        let long = self.longest > LONGEST;
        let tail = self.tail.replacen(&*own, &any, 1);
        Pattern::new(anchors.chain(more).collect(), self.before, &tail, long)
    }

    pub(super) fn tail(&self) -> &str {
        &self.tail
    }

    /// What every match begins with, in lower case; not all of it, perhaps none.
    pub(super) fn head(&self) -> &[u8] {
        self.head.bytes()
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// No match is longer.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Refuses a tail that takes more than is allowed once compiled.
    pub fn check_size(&self) -> Result<(), String> {
        if self.is_light {
            return Ok(());
        }
        self.compile()
    }

    /// Compiles all of it, which a scan does only on need.
    pub fn compile(&self) -> Result<(), String> {
        self.parts()
            .parts
            .iter()
            .try_for_each(|part| part.compile().map(drop))
    }

    fn parts(&self) -> &Parts {
        self.parts.get_or_init(|| {
            let Split { part_of, parts } = Split::new(&self.anchors, &self.tail)
                .expect("what is not plain was parsed when it was loaded");
            Parts {
                part_of,
                parts: parts.into_iter().map(Part::new).collect(),
            }
        })
    }

    /// The match whose anchor stands at `start`.
    pub fn find(
        &self,
        scratch: &mut Scratch,
        rule: u16,
        bytes: &[u8],
        start: usize,
    ) -> Option<Match> {
        let text = &bytes[start..];
        let head = head_of(text);
        let anchor = (0..self.anchors.len())
            .find(|&at| self.heads[at] == head && begins_with(text, &self.anchors[at]))?;
        if !self.before.allows(bytes, start) {
            return None;
        }
        let Parts { part_of, parts } = self.parts();
        let part = part_of[anchor];
        if !parts[part].may_match(text) {
            return None;
        }
        let regex = parts[part]
            .regex
            .get_or_init(|| parts[part].compile().expect("load::check saw to it"));
        let slots = &mut scratch.0;
        if slots.len() <= usize::from(rule) {
            slots.resize_with(usize::from(rule) + 1, Vec::new);
        }
        let slots = &mut slots[usize::from(rule)];
        if slots.len() <= part {
            slots.resize_with(part + 1, || None);
        }
        let (cache, captures) = &mut **slots[part]
            .get_or_insert_with(|| Box::new((regex.create_cache(), regex.create_captures())));
        let end = bytes.len().min(start + self.longest + 1);
        let input = Input::new(bytes).span(start..end).anchored(Anchored::Yes);
        regex.search_captures_with(cache, &input, captures);
        let span = captures.get_match()?.range();
        let secret = captures
            .get_group_by_name("secret")
            .map_or(span.clone(), |s| s.range());
        Some(Match { span, secret })
    }
}

/// Three bytes, as many as every anchor has, in lower case.
fn head_of(text: &[u8]) -> u32 {
    text.iter().take(3).fold(0, |head, byte| {
        head << 8 | u32::from(byte.to_ascii_lowercase())
    })
}

impl Part {
    fn new(of: Alternatives) -> Part {
        Part {
            of,
            regex: OnceLock::new(),
        }
    }

    /// Whether `text` has what a match at its beginning cannot be without: where an
    /// anchor stands by chance the regex is not even compiled, which takes up to 0.5 ms.
    fn may_match(&self, text: &[u8]) -> bool {
        let needs = &self.of.needs;
        needs.is_empty()
            || needs.iter().any(|need| {
                let text = &text[..text.len().min(need.reach)];
                need.words
                    .split('\n')
                    .any(|word| memchr::memmem::find(text, word.as_bytes()).is_some())
            })
    }

    /// Neither a lazy DFA nor the reversed automaton that comes with one: what is
    /// searched begins at the start of a text of a few hundred bytes at most,
    /// and most regexes are used a few times in a run.
    fn compile(&self) -> Result<Regex, String> {
        Regex::builder()
            .configure(
                Config::new()
                    .onepass(false)
                    .dfa(false)
                    .hybrid(false)
                    .auto_prefilter(false)
                    .nfa_size_limit(Some(SIZE_LIMIT)),
            )
            .build_from_hir(&parse(&self.of.text)?)
            .map_err(|e| match e.size_limit() {
                Some(_) => format!(
                    "the tail takes more than {} KiB once compiled",
                    SIZE_LIMIT >> 10
                ),
                None => e.to_string(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::alternatives;
    use super::*;

    #[test]
    fn an_anchor_leads_to_its_alternatives_alone() {
        let anchors = ["verify=", "verify:", "(?", "SSL_"].map(|a| a.as_bytes().to_vec());
        let tail = "verify(?:=|:)no|verify=off|(?i:ssl_)none|[a-z(]+x{0,3}$".replace('+', "{1,9}");
        let pattern = Pattern::new(anchors.to_vec(), Before::Any, &tail, false).unwrap();
        let Parts { part_of, parts } = pattern.parts();
        let counts: Vec<usize> = part_of
            .iter()
            .map(|&part| parse(&parts[part].of.text).unwrap())
            .map(|hir| alternatives(&hir).len())
            .collect();
        // The last alternative may begin with any letter.
        assert_eq!(counts, [3, 2, 1, 2]);
        let mut scratch = Scratch::default();
        let mut found = |text: &str| {
            pattern
                .find(&mut scratch, 0, text.as_bytes(), 0)
                .map(|m| m.span)
        };
        assert_eq!(found("verify=off"), Some(0..10));
        assert_eq!(found("verify:no"), Some(0..9));
        assert_eq!(found("verify:off"), None);
        assert_eq!(found("SSL_none"), Some(0..8));
    }
}
