//! The `pattern` shape shared by rules: anchors, what may stand before, a bounded tail.

use std::sync::OnceLock;

use regex_automata::meta::{Cache, Config, Regex};
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::Match;
use super::guard::Before;

/// The longest match of a rule; it fits into the context every window carries.
pub const LONGEST: usize = 512;
/// The longest match of a rule that declares itself `long` (PEM blocks and the like).
pub const LONGEST_LONG: usize = 8 * 1024;
/// What a compiled tail may take, so that no rule can make start-up or memory a surprise.
pub const SIZE_LIMIT: usize = 1 << 20;

/// A regex anchored at one of a few literals, compiled when a document first needs it.
pub struct Pattern {
    anchors: Vec<Vec<u8>>,
    before: Before,
    tail: String,
    longest: usize,
    regex: OnceLock<Regex>,
}

/// One thread's regex caches, by rule.
#[derive(Default)]
pub struct Scratch(Vec<Option<(Cache, Captures)>>);

impl Pattern {
    /// `tail` begins with the anchor it is searched at. The error is the
    /// reason a rule is refused, in words.
    pub fn new(
        anchors: Vec<Vec<u8>>,
        before: Before,
        tail: &str,
        long: bool,
    ) -> Result<Pattern, String> {
        let hir = regex_syntax::ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(tail)
            .map_err(|e| e.to_string())?;
        let limit = if long { LONGEST_LONG } else { LONGEST };
        match hir.properties().maximum_len() {
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
            Some(n) => Ok(Pattern {
                anchors,
                before,
                tail: tail.to_owned(),
                longest: n,
                regex: OnceLock::new(),
            }),
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

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// No match is longer.
    pub fn longest(&self) -> usize {
        self.longest
    }

    pub fn tail(&self) -> &str {
        &self.tail
    }

    /// The match whose anchor stands at `start`.
    pub fn find(
        &self,
        scratch: &mut Scratch,
        rule: u16,
        bytes: &[u8],
        start: usize,
    ) -> Option<Match> {
        let is_own = |anchor: &Vec<u8>| {
            bytes[start..].len() >= anchor.len()
                && bytes[start..start + anchor.len()].eq_ignore_ascii_case(anchor)
        };
        if !self.anchors.iter().any(is_own) || !self.before.allows(bytes, start) {
            return None;
        }
        let regex = self
            .regex
            .get_or_init(|| compile(&self.tail).expect("load::check compiled it"));
        let slot = usize::from(rule);
        if scratch.0.len() <= slot {
            scratch.0.resize_with(slot + 1, || None);
        }
        let (cache, captures) =
            scratch.0[slot].get_or_insert_with(|| (regex.create_cache(), regex.create_captures()));
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

/// ASCII-only and bounded, as ENGINE measured: 0.07 ms a regex.
pub fn compile(tail: &str) -> Result<Regex, String> {
    Regex::builder()
        .configure(
            Config::new()
                .onepass(false)
                .dfa(false)
                .auto_prefilter(false)
                .nfa_size_limit(Some(SIZE_LIMIT)),
        )
        .syntax(syntax::Config::new().unicode(false).utf8(false))
        .build(tail)
        .map_err(|e| match e.size_limit() {
            Some(_) => format!(
                "the tail takes more than {} KiB once compiled",
                SIZE_LIMIT >> 10
            ),
            None => e.to_string(),
        })
}
