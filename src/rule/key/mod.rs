//! What makes an `ak_` token a key: its own look, what stands around it, and who issues it.

mod around;
pub mod browser;
mod provider;
mod role;
mod shape;
pub mod truncated;
mod words;

use std::ops::Range;

pub(super) use around::words;

use around::Follows;
use provider::Provider;
use shape::Vocabulary;

use super::decode::{self, Disguise, Own, Plain};
use super::guard::{Before, marks_before};
use super::{Match, Scene, Verdict};

/// The `[rule.key]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KeyText {
    /// How long the body, what follows prefix and stage, may be.
    length: [usize; 2],
    /// What may stand between the prefix and the body: `live_`, `test_`.
    stages: Vec<String>,
    placeholders: Vec<String>,
    known_words: Vec<String>,
    example_values: Vec<String>,
    /// Words of a name that say its value is a credential.
    credential_names: Vec<String>,
    /// Last words of a name that say its value is none.
    other_names: Vec<String>,
    /// Last words of a name that leave it to the word before.
    #[serde(default)]
    general_names: Vec<String>,
    /// Words before those that say the value is no credential.
    #[serde(default)]
    owners: Vec<String>,
    /// Words before `key` that say it opens nothing.
    #[serde(default)]
    key_owners: Vec<String>,
    #[serde(default)]
    provider: Vec<Provider>,
}

pub struct KeyRule {
    /// The prefixes, then their images.
    anchors: Vec<Vec<u8>>,
    /// How many of the anchors are prefixes.
    prefixes: usize,
    /// How many of those are the rule's, whose issuers are known.
    known: usize,
    /// Those that a configuration added, in disguise.
    own: Vec<Own>,
    length: [usize; 2],
    stages: Vec<String>,
    vocabulary: Vocabulary,
    credential_names: Vec<String>,
    other_names: Vec<String>,
    general_names: Vec<String>,
    owners: Vec<String>,
    key_owners: Vec<String>,
    providers: Vec<Provider>,
}

/// A token that is a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key itself, in the text it was looked for.
    pub span: Range<usize>,
    pub provider: Option<String>,
    pub help: Option<String>,
}

/// A key, and how it was found.
struct Seen {
    key: Key,
    /// Where it stands in the document.
    pieces: Vec<Range<usize>>,
    content: Vec<u8>,
    disguise: Option<Disguise>,
}

impl KeyRule {
    /// `anchors` are those of the pattern.
    pub fn new(text: KeyText, anchors: &[Vec<u8>]) -> KeyRule {
        let bytes = |words: Vec<String>| words.into_iter().map(String::into_bytes).collect();
        // Only the product's own prefix has images.
        let images = decode::anchors()
            .filter(|_| anchors.iter().any(|a| a == b"ak_"))
            .map(|image| image.as_bytes().to_vec());
        KeyRule {
            anchors: anchors.iter().cloned().chain(images).collect(),
            prefixes: anchors.len(),
            known: anchors.len(),
            own: Vec::new(),
            length: text.length,
            stages: text.stages,
            vocabulary: Vocabulary {
                placeholders: bytes(text.placeholders),
                known: bytes(text.known_words),
                examples: bytes(text.example_values),
            },
            credential_names: text.credential_names,
            other_names: text.other_names,
            general_names: text.general_names,
            owners: text.owners,
            key_owners: text.key_owners,
            providers: text.provider,
        }
    }

    /// Takes keys of other prefixes for keys. Their issuers are unknown.
    pub fn add_prefixes(&mut self, prefixes: &[String]) {
        let more = prefixes.iter().map(|p| p.clone().into_bytes());
        self.anchors.splice(self.prefixes..self.prefixes, more);
        self.prefixes += prefixes.len();
        self.own.extend(prefixes.iter().map(|p| Own::new(p)));
        let images = self.own.iter().flat_map(Own::anchors);
        self.anchors.extend(images.map(<[u8]>::to_vec));
    }

    /// What the prefilter looks for: the prefix, and its images in disguise.
    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// `None` for placeholders, identifiers, addresses, hashes. `found` is the
    /// pattern's match at `start`, if it has one there.
    pub fn judge(&self, found: Option<&Match>, start: usize, scene: &Scene<'_>) -> Option<Verdict> {
        let seen = self.see(found, start, scene.bytes())?;
        if seen.disguise.is_none() && role::is_identifier(scene, &seen.key.span) {
            return None;
        }
        Some(self.verdict(seen.key, seen.pieces, seen.content, seen.disguise))
    }

    /// Where the key at `start` stands, and the key.
    pub fn sight(
        &self,
        found: Option<&Match>,
        start: usize,
        text: &[u8],
    ) -> Option<(Range<usize>, Vec<u8>)> {
        let seen = self.see(found, start, text)?;
        let span = seen.pieces.first()?.start..seen.pieces.last()?.end;
        Some((span, seen.content))
    }

    /// The key at `start`: as it stands, or split, escaped, encoded. A match
    /// that goes on in another literal or in escapes is the beginning of a key,
    /// however long it is already.
    fn see(&self, found: Option<&Match>, start: usize, text: &[u8]) -> Option<Seen> {
        let token = found.map(|found| found.secret.clone());
        let goes_on = token
            .as_ref()
            .is_none_or(|token| decode::may_go_on(text, token.end));
        if goes_on
            && let Some((plain, key)) = self.reveal(text, start)
            && token.as_ref().is_none_or(|t| plain.token.len() > t.len())
        {
            return Some(Seen {
                pieces: plain.origin(key.span.clone()),
                content: plain.text[key.span.clone()].to_vec(),
                disguise: Some(plain.disguise),
                key,
            });
        }
        let key = self.key_at(text, token?)?;
        Some(Seen {
            pieces: vec![key.span.clone()],
            content: text[key.span.clone()].to_vec(),
            disguise: None,
            key,
        })
    }

    fn reveal(&self, text: &[u8], start: usize) -> Option<(Plain, Key)> {
        let own = self.own.iter().filter_map(|own| own.reveal(text, start));
        let mut plains = decode::reveal(text, start).into_iter().chain(own);
        plains.find_map(|plain| match self.key_in(&plain) {
            Some(key) => Some((plain, key)),
            None => {
                let inner = decode::reveal_inside(&plain)?;
                let key = self.key_in(&inner)?;
                Some((inner, key))
            }
        })
    }

    fn key_in(&self, plain: &Plain) -> Option<Key> {
        (plain.token.len() >= self.length[0]
            && Before::Boundary.allows(&plain.text, plain.token.start))
        .then(|| self.key_of(&plain.text, plain.token.clone(), true))
        .flatten()
    }

    /// The key that the token is or begins. Looks at no more than 512 bytes to
    /// either side, so that the answer is the same in every window and in
    /// decoded text.
    pub fn key_at(&self, text: &[u8], token: Range<usize>) -> Option<Key> {
        self.key_of(text, token, false)
    }

    /// `is_disguised`: what stands around the token is not all that stood around it.
    fn key_of(&self, text: &[u8], token: Range<usize>, is_disguised: bool) -> Option<Key> {
        let token = without_emphasis(text, token)?;
        let prefix = self.prefix(&text[token.clone()]).len();
        let stage = self.stage(&text[token.start + prefix..token.end]);
        let body = &text[token.start + prefix + stage..token.end];
        // `ak_...-----`, `ak_...____`: the end is starred out with what a token may hold.
        if [&b"---"[..], b"___"].iter().any(|run| body.ends_with(run)) {
            return None;
        }
        let length = self.length[0]..=self.length[1];
        if body.len() < *length.start()
            || around::continues_something(text, &token)
            || around::is_import(text, &token)
        {
            return None;
        }
        // What is cheap to refuse comes before the words around it.
        let may_be = |body: &[u8]| {
            length.contains(&body.len()) && shape::is_random(body, true, &self.vocabulary)
        };
        let (span, random) = match around::follows(text, &token, token.len() - prefix) {
            Follows::End if may_be(body) => (token.clone(), body),
            Follows::Part(part) if may_be(&text[part.clone()]) => {
                (token.start..part.end, &text[part])
            }
            Follows::End | Follows::Part(_) | Follows::More => return None,
        };
        let name = around::name(text, &token);
        let words = around::words(name);
        // What stands in a markup tag, `<code>`, is called by no name.
        let tagged = text[..token.start].ends_with(b">");
        // `fromCharCode(`, `decodeURIComponent(` say nothing of what they make.
        let is_decoder = is_disguised
            && words
                .first()
                .is_some_and(|word| matches!(word.as_slice(), b"from" | b"decode"));
        if !tagged && !is_decoder && self.is_other(&words) {
            return None;
        }
        let named = self.says_credential(&words);
        let is_credential = |name: &[u8]| self.says_credential(&around::words(name));
        if !is_disguised && role::is_name(text, &span, &is_credential) {
            return None;
        }
        let hinted =
            || named || self.says_credential(&around::words(around::line_before(text, &token)));
        // Only a body without digits needs the hint.
        if !shape::is_random(random, false, &self.vocabulary) && !hinted() {
            return None;
        }
        if shape::is_address(body) || (shape::looks_like_address(body) && !named) {
            return None;
        }
        let stage = text[span.start + prefix..][..stage]
            .strip_suffix(b"_")
            .unwrap_or_default();
        // Who uses the prefix besides is not known to issue others.
        let is_own = self.anchors[..self.known]
            .iter()
            .any(|prefix| text[token.start..].starts_with(prefix));
        let provider = is_own
            .then(|| provider::find(&self.providers, text, &span, stage, body, name))
            .flatten();
        Some(Key {
            provider: provider.map(|p| p.name.clone()),
            help: provider.map(|p| p.help.clone()),
            span,
        })
    }

    /// The prefix that the token begins with.
    fn prefix<'k>(&'k self, token: &[u8]) -> &'k [u8] {
        self.anchors[..self.prefixes]
            .iter()
            .filter(|prefix| token.starts_with(prefix))
            .max_by_key(|prefix| prefix.len())
            .map_or(&[], Vec::as_slice)
    }

    /// The length of the stage word and its `_` at the beginning of `rest`, or 0.
    fn stage(&self, rest: &[u8]) -> usize {
        self.stages
            .iter()
            .map(String::as_bytes)
            .find(|stage| rest.starts_with(stage) && rest.get(stage.len()) == Some(&b'_'))
            .map_or(0, |stage| stage.len() + 1)
    }

    /// Whether any of these words speaks of a credential.
    fn says_credential(&self, words: &[Vec<u8>]) -> bool {
        words
            .iter()
            .any(|word| is_listed(&self.credential_names, word))
    }

    /// Whether a name of these words is a known one for what is no credential.
    fn is_other(&self, words: &[Vec<u8>]) -> bool {
        let is_stage = |word: &Vec<u8>| is_listed(&self.stages, word);
        let Some((last, rest)) = words.split_last() else {
            return false;
        };
        is_listed(&self.other_names, last)
            || is_listed(&self.other_names, &words.concat())
            // `session_id`, `cacheKey`: the last word tells nothing, the one before it does.
            || rest.last().is_some_and(|word| {
                if matches!(last.as_slice(), b"key" | b"keys") {
                    is_listed(&self.key_owners, word)
                } else {
                    is_listed(&self.general_names, last)
                        && (is_listed(&self.owners, word) || is_listed(&self.other_names, word))
                }
            })
            // A name that shares the prefix: a namespace, not a kind of key.
            || (!rest.is_empty()
                && words[0] == b"ak"
                && !is_stage(last)
                && !self.says_credential(words))
    }

    fn verdict(
        &self,
        key: Key,
        pieces: Vec<Range<usize>>,
        content: Vec<u8>,
        disguise: Option<Disguise>,
    ) -> Verdict {
        let prefix = String::from_utf8_lossy(self.prefix(&content));
        let mut message = format!("hard-coded `{prefix}` application key");
        if let Some(name) = &key.provider {
            message.push_str(&format!(" ({name})"));
        }
        if let Some(disguise) = disguise {
            message.push_str(&format!(", {}", disguise.words()));
        }
        let start = pieces.first().map_or(0, |p| p.start);
        let end = pieces.last().map_or(0, |p| p.end);
        Verdict {
            message,
            highlight: start..end,
            secrets: pieces,
            content,
            provider: key.provider,
            help: key.help,
            ..Verdict::default()
        }
    }
}

/// The token without the `_` of Markdown's emphasis around it; `None` where
/// they are opened only, as in a name.
fn without_emphasis(text: &[u8], token: Range<usize>) -> Option<Range<usize>> {
    let marks = marks_before(text, token.start);
    let end = token.end.checked_sub(marks)?;
    text.get(end..token.end)?
        .iter()
        .all(|&b| b == b'_')
        .then_some(token.start..end)
        .filter(|token| token.start < token.end)
}

fn is_listed(list: &[String], word: &[u8]) -> bool {
    list.iter().any(|listed| listed.as_bytes() == word)
}
