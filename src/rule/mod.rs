//! Rules, and the scan of one document by all of them.
//!
//! Two stages. **Match** is a pure function of an anchor and its bounded
//! context, blind to the path: windows, threads and history deltas agree.
//! **Judge** runs only where something matched, may look at the whole
//! document, and turns a match into a finding or drops it.

pub mod age;
mod anchored;
pub mod decode;
pub mod dotenv;
pub mod guard;
pub mod header;
pub mod key;
pub mod load;
pub mod pattern;
pub mod phrase;
pub mod plain;
pub mod prefilter;
mod sketch;
mod split;
mod tune;
pub mod upkeep;
pub mod url;

use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use crate::document::{Coverage, Document, RepoPath, line_around};
use crate::excerpt::{Excerpt, Masking, mask, url_passwords};
use crate::finding::{Finding, Fingerprint, Holder, Region, Related, RuleId, Secret, Severity};
use crate::line_hash::LineHashes;
use crate::syntax::{Language, Lexed, Place, Token};

pub use dotenv::Evidence;
pub use load::{LoadError, RuleFile};
pub use prefilter::Hit;
pub use tune::Tuning;

use pattern::{Pattern, Scratch as PatternScratch};
use prefilter::{Anchor, Prefilter};

/// No match of at most half this length looks farther from its anchor.
const CONTEXT: usize = 4096;

/// One rule: what it says, and how it is found.
pub struct Rule {
    pub id: RuleId,
    pub severity: Severity,
    /// What is wrong, in half a line.
    pub summary: String,
    /// Why it matters; Markdown.
    pub why: Cow<'static, str>,
    /// What to do; Markdown.
    pub fix: Cow<'static, str>,
    /// GitHub's scale: above 9 critical, 7 to 8.9 high, 4 to 6.9 medium.
    pub security_severity: f32,
    /// SARIF's `precision` property: very-high, high, medium, low.
    pub precision: String,
    pub tags: Vec<String>,
    pub examples: Examples,
    /// Whether it reports. A rule that does not still masks what it finds.
    pub enabled: bool,
    /// Whether its anchors match in either case.
    ignore_case: bool,
    /// What stands at its anchors, where that has one shape.
    pattern: Option<Pattern>,
    judge: Judge,
}

/// A rule's own proof, run as tests; `¦` inside a secret keeps real-looking keys out of our tree.
#[derive(Default)]
pub struct Examples {
    pub matches: Vec<Example>,
    pub ignores: Vec<Example>,
}

pub struct Example {
    pub path: String,
    /// Without the `¦`.
    pub text: String,
}

/// What becomes of what stands at an anchor. Those down to `Plain` come with a pattern.
enum Judge {
    Key(key::KeyRule),
    Truncated(key::truncated::TruncatedRule),
    Browser(key::browser::BrowserRule),
    Phrase(Box<phrase::PhraseRule>),
    Plain(plain::PlainRule),
    Header(header::HeaderRule),
    Url(url::UrlRule),
    Dotenv(dotenv::DotenvRule),
    Age(age::AgeRule),
    Upkeep(upkeep::UpkeepRule),
}

/// All rules of a run, ready to scan.
pub struct RuleSet {
    rules: Vec<Rule>,
    prefilter: Prefilter,
    /// The same without the anchors that lead to nothing in a dump, the last of all.
    for_dumps: OnceLock<Prefilter>,
    /// How many anchors it has.
    in_dumps: usize,
    /// For each anchor of the prefilter, the rules that wait for it.
    waiting: Vec<Vec<u16>>,
    options: Options,
}

/// What a run wants of its rules beyond the findings.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    pub masking: Masking,
    /// Compute GitHub's line hashes, which only SARIF shows.
    pub line_hashes: bool,
    /// The day on which suppressions expire or hold, in days since 1970.
    pub today: i64,
}

/// What one thread keeps from document to document.
#[derive(Default)]
pub struct Scratch {
    hits: Vec<Hit>,
    pattern: PatternScratch,
}

/// What a scan of one document found.
#[derive(Default, Debug)]
pub struct Scan {
    pub findings: Vec<Finding>,
    /// Signs that the repository uses dotenv files; judged once all documents are read.
    pub evidence: Vec<Evidence>,
    /// Where what may be a suppression begins, in order.
    pub marks: Vec<usize>,
    /// With marks: what no excerpt of the document may show, by start.
    pub secrets: Vec<Range<usize>>,
}

/// A place where a rule's pattern stands. All offsets are the document's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub span: Range<usize>,
    /// The part to mask and to fingerprint.
    pub secret: Range<usize>,
}

/// What the match stage sees at an anchor, blind to the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The rule's place in the set.
    pub rule: u16,
    pub span: Range<usize>,
    /// The secret, out of its disguise; the URL.
    pub content: Vec<u8>,
}

/// A finding, and what it was made of.
#[derive(Debug)]
pub struct Judged {
    pub sight: Sight,
    pub secret: Secret,
    pub finding: Finding,
}

/// A judge's word on a match that is to be reported.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// `None`: the rule's own.
    pub severity: Option<Severity>,
    pub message: String,
    /// What the report points at.
    pub highlight: Range<usize>,
    /// What every excerpt must hide.
    pub secrets: Vec<Range<usize>>,
    /// What the fingerprint binds to: the secret itself, the URL.
    pub content: Vec<u8>,
    pub provider: Option<String>,
    pub related: Vec<(Range<usize>, String)>,
    pub help: Option<String>,
    /// What holds it, where that alone leads to it.
    pub holder: Option<Holder>,
}

/// A document as judges see it; what is dear is made on first use.
pub struct Scene<'d> {
    pub document: &'d Document,
    language: OnceCell<Language>,
    /// Of the text from there on.
    lexed: RefCell<Option<(usize, Lexed)>>,
    url_facts: OnceCell<url::Facts>,
}

impl<'d> Scene<'d> {
    pub fn new(document: &'d Document) -> Scene<'d> {
        Scene {
            document,
            language: OnceCell::new(),
            lexed: RefCell::new(None),
            url_facts: OnceCell::new(),
        }
    }

    pub fn bytes(&self) -> &'d [u8] {
        self.document.bytes()
    }

    pub fn language(&self) -> Language {
        *self
            .language
            .get_or_init(|| Language::detect(self.document.path.as_bytes(), self.bytes()))
    }

    /// Whether it is too large to be held, and no program: its lines are what it is about.
    fn is_dump(&self) -> bool {
        self.document.window.is_some() && !self.language().is_program()
    }

    fn url_facts(&self) -> &url::Facts {
        self.url_facts
            .get_or_init(|| url::Facts::new(self.document, self.language(), self.is_dump()))
    }

    /// What stands at `offset`, by the language of the document.
    pub fn place(&self, offset: usize) -> Place {
        self.lexed(offset, |from, lexed| lexed.place(offset - from))
    }

    /// The comment or literal that holds `offset`; `None` in code.
    pub fn token(&self, offset: usize) -> Option<Token> {
        self.lexed(offset, |from, lexed| {
            let token = lexed.token(offset - from)?;
            let moved = |range: Range<usize>| range.start + from..range.end + from;
            Some(Token {
                place: token.place,
                span: moved(token.span),
                content: moved(token.content),
                extent: moved(token.extent),
            })
        })
    }

    /// The document is lexed as far as it is asked about: most of what is
    /// asked about stands in the comment that many files begin with. Each
    /// time it is lexed anew, so at least four times as far as before.
    ///
    /// A window begins anywhere in its file, so what stands at its beginning
    /// tells no more than what stands a little before `offset`. The more often
    /// it is asked about, the farther beyond `offset` it is lexed.
    fn lexed<T>(&self, offset: usize, ask: impl FnOnce(usize, &Lexed) -> T) -> T {
        /// How far before the offset a window is lexed from.
        const NEAR: usize = 8 * 1024;
        /// How much of a window is lexed at most at a time.
        const FAR: usize = 4 * NEAR;
        let mut lexed = self.lexed.borrow_mut();
        if let Some((from, lexed)) = &*lexed
            && *from <= offset
            && lexed.knows(offset - from)
        {
            return ask(*from, lexed);
        }
        let (from, reach) = match (&self.document.window, &*lexed) {
            (None, None) => (0, 0),
            (None, Some((_, lexed))) => (0, 4 * lexed.known()),
            (Some(_), before) => {
                let reach = before.as_ref().map_or(0, |(_, lexed)| 2 * lexed.known());
                let near = offset.saturating_sub(NEAR);
                let before = &self.bytes()[near..offset];
                let line = memchr::memchr(b'\n', before).filter(|_| near > 0);
                (line.map_or(near, |at| near + at + 1), reach.min(FAR))
            }
        };
        let text = &self.bytes()[from..];
        let (from, lexed) = lexed.insert((
            from,
            Lexed::up_to(self.language(), text, (offset - from).max(reach)),
        ));
        ask(*from, lexed)
    }

    /// The line that holds `offset`, without its end.
    pub fn line(&self, offset: usize) -> &'d [u8] {
        &self.bytes()[line_around(self.bytes(), offset)]
    }
}

impl RuleSet {
    /// The built-in rules and nothing else.
    pub fn builtin() -> RuleSet {
        RuleSet::new(load::builtin(), Options::default())
    }

    pub fn new(rules: Vec<Rule>, options: Options) -> RuleSet {
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut places: HashMap<(&[u8], bool), usize> = HashMap::new();
        let mut waiting: Vec<Vec<u16>> = Vec::new();
        let mut order: Vec<usize> = (0..rules.len()).collect();
        order.sort_by_key(|&index| !rules[index].is_for_dumps());
        let mut in_dumps = 0;
        for index in order {
            let rule = &rules[index];
            let index = u16::try_from(index).expect("a rule set holds fewer than 65,536 rules");
            for anchor in rule.anchors() {
                let at = *places.entry((anchor, rule.ignore_case)).or_insert_with(|| {
                    anchors.push(Anchor {
                        bytes: anchor.to_vec(),
                        ignore_case: rule.ignore_case,
                    });
                    waiting.push(Vec::new());
                    anchors.len() - 1
                });
                waiting[at].push(index);
            }
            if rule.is_for_dumps() {
                in_dumps = anchors.len();
            }
        }
        RuleSet {
            rules,
            prefilter: Prefilter::new(anchors),
            for_dumps: OnceLock::new(),
            in_dumps,
            waiting,
            options,
        }
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id.as_str() == id)
    }

    pub fn options(&self) -> Options {
        self.options
    }

    /// Every finding in `document`, in order of position. Does no I/O and
    /// cannot fail, so that every source may call it from any thread.
    pub fn scan(&self, scratch: &mut Scratch, document: &Document) -> Scan {
        let mut scan = Scan::default();
        let scene = Scene::new(document);
        let verdicts = self.verdicts(scratch, &scene, &mut scan);
        if !scan.marks.is_empty() {
            scan.secrets = secrets(&verdicts);
        }
        scan.findings = self.findings(document, verdicts);
        for rule in self.rules.iter().filter(|r| r.enabled) {
            if let Judge::Dotenv(dotenv) = &rule.judge {
                scan.findings.extend(dotenv.judge_file(rule, document));
                scan.evidence.extend(dotenv.evidence_of_file(&scene));
            }
        }
        scan
    }

    /// Both stages, for every anchor in the document's core; what comes of them but verdicts goes `aside`.
    fn verdicts(
        &self,
        scratch: &mut Scratch,
        scene: &Scene<'_>,
        aside: &mut Scan,
    ) -> Vec<(u16, Hit, Verdict)> {
        let document = scene.document;
        let mut verdicts = Vec::new();
        let mut hits = std::mem::take(&mut scratch.hits);
        hits.clear();
        self.prefilter_for(scene)
            .find(document.bytes(), document.core(), &mut hits);
        for hit in &hits {
            for &index in &self.waiting[usize::from(hit.anchor)] {
                let rule = &self.rules[usize::from(index)];
                let found = match &rule.judge {
                    // It reads the URL for itself.
                    Judge::Url(_) => None,
                    _ => rule.find(&mut scratch.pattern, index, document.bytes(), hit.start),
                };
                let found = found.as_ref();
                let verdict = match &rule.judge {
                    Judge::Key(key) => key.judge(found, hit.start, scene),
                    Judge::Truncated(truncated) => {
                        found.and_then(|found| truncated.judge(found, scene, self.keys()))
                    }
                    Judge::Browser(browser) => {
                        found.and_then(|found| browser.judge(found, scene, self.keys()))
                    }
                    Judge::Header(header) => found.and_then(|found| header.judge(found, scene)),
                    Judge::Phrase(phrase) => found.and_then(|found| phrase.judge(found, scene)),
                    Judge::Plain(plain) => found.and_then(|found| plain.judge(found, scene)),
                    Judge::Url(url) => url.judge(hit.start, scene),
                    Judge::Dotenv(dotenv) => {
                        aside.evidence.extend(dotenv.evidence(hit.start, scene));
                        None
                    }
                    Judge::Age(_) => None,
                    Judge::Upkeep(_) => {
                        // Several rules wait for one anchor.
                        if aside.marks.last() != Some(&hit.start) {
                            aside.marks.push(hit.start);
                        }
                        None
                    }
                };
                verdicts.extend(verdict.map(|v| (index, *hit, v)));
            }
        }
        scratch.hits = hits;
        self.drop_covered(scene.bytes(), &mut verdicts);
        verdicts
    }

    fn prefilter_for(&self, scene: &Scene<'_>) -> &Prefilter {
        match scene.is_dump() {
            true => self
                .for_dumps
                .get_or_init(|| self.prefilter.of_first(self.in_dumps)),
            false => &self.prefilter,
        }
    }

    /// Drops of `verdicts`, which are in order, what another of the same rule nearby makes pointless.
    fn drop_covered(&self, bytes: &[u8], verdicts: &mut Vec<(u16, Hit, Verdict)>) {
        let is_covered = |at: usize| {
            let (index, hit, verdict) = &verdicts[at];
            let Judge::Phrase(phrase) = &self.rules[usize::from(*index)].judge else {
                return false;
            };
            let is_near =
                |other: &&(u16, Hit, Verdict)| other.1.start.abs_diff(hit.start) <= phrase::LITERAL;
            let before = verdicts[..at].iter().rev().take_while(is_near);
            let after = verdicts[at + 1..].iter().take_while(is_near);
            let same = before.chain(after).filter(|(i, _, _)| i == index);
            phrase.is_covered(verdict, same.map(|(_, _, v)| v), bytes)
        };
        let covered: Vec<bool> = (0..verdicts.len()).map(is_covered).collect();
        let mut covered = covered.into_iter();
        verdicts.retain(|_| covered.next() == Some(false));
    }

    /// What rules about files as such say about `document`.
    pub fn judge_file(&self, document: &Document) -> Vec<Finding> {
        let rules = self.rules.iter().filter(|r| r.enabled);
        rules
            .filter_map(|rule| rule.dotenv()?.judge_file(rule, document))
            .collect()
    }

    /// How far from an anchor a match may look, to either side.
    pub fn context(&self) -> usize {
        let patterns = self.rules.iter().filter_map(|r| r.pattern.as_ref());
        let longest = patterns.map(Pattern::longest);
        CONTEXT.max(2 * longest.max().unwrap_or(0))
    }

    /// The length of the longest anchor.
    pub fn longest_anchor(&self) -> usize {
        let anchors = self.rules.iter().flat_map(|r| r.anchors());
        anchors.map(Vec::len).max().unwrap_or(1)
    }

    /// Appends to `hits`, sorted, every anchor that begins in `core` and that a match may come of.
    pub fn anchors(&self, bytes: &[u8], core: Range<usize>, hits: &mut Vec<Hit>) {
        let before = hits.len();
        self.prefilter.find(bytes, core, hits);
        let mut kept = before;
        for at in before..hits.len() {
            let hit = hits[at];
            let is_evidence = |&index: &u16| {
                let rule = &self.rules[usize::from(index)];
                !rule.enabled || matches!(rule.judge, Judge::Dotenv(_) | Judge::Upkeep(_))
            };
            if !self.waiting[usize::from(hit.anchor)]
                .iter()
                .all(is_evidence)
            {
                hits[kept] = hit;
                kept += 1;
            }
        }
        hits.truncate(kept);
    }

    /// The match stage alone: appends what every rule that reports sees at `hit`.
    pub fn sights(&self, scratch: &mut Scratch, bytes: &[u8], hit: Hit, sights: &mut Vec<Sight>) {
        for &index in &self.waiting[usize::from(hit.anchor)] {
            if self.rules[usize::from(index)].enabled {
                sights.extend(self.sight(scratch, bytes, hit, index));
            }
        }
    }

    fn sight(&self, scratch: &mut Scratch, bytes: &[u8], hit: Hit, rule: u16) -> Option<Sight> {
        let of = &self.rules[usize::from(rule)];
        let found = of.find(&mut scratch.pattern, rule, bytes, hit.start);
        let (span, content) = match &of.judge {
            Judge::Key(key) => key.sight(found.as_ref(), hit.start, bytes),
            _ => found.map(|found| (found.span, bytes[found.secret].to_vec())),
        }?;
        Some(Sight {
            rule,
            span,
            content,
        })
    }

    /// What [`RuleSet::scan`] finds by its anchors, each finding with what
    /// [`RuleSet::sights`] says of it and what all findings of its secret have in common.
    pub fn scan_sights(&self, scratch: &mut Scratch, document: &Document) -> Vec<Judged> {
        let scene = Scene::new(document);
        let verdicts = self.verdicts(scratch, &scene, &mut Scan::default());
        let mut origins = Vec::new();
        for (index, hit, verdict) in &verdicts {
            let rule = &self.rules[usize::from(*index)];
            if rule.enabled {
                let secret = Secret::new(&rule.id, &verdict.content);
                let sight = self.sight(scratch, document.bytes(), *hit, *index);
                origins.push((sight, secret));
            }
        }
        let findings = self.findings(document, verdicts);
        origins
            .into_iter()
            .zip(findings)
            .filter_map(|((sight, secret), finding)| {
                Some(Judged {
                    sight: sight?,
                    secret,
                    finding,
                })
            })
            .collect()
    }

    /// What is to be said of a finding whose secret a history holds since
    /// `first`; all times in seconds since 1970.
    pub fn scan_age(
        &self,
        finding: &Finding,
        secret: Secret,
        times: (i64, i64),
        date: &dyn Fn(i64) -> String,
    ) -> Vec<Finding> {
        let rules = self.rules.iter();
        rules
            .filter_map(|rule| match &rule.judge {
                Judge::Age(age) => age.judge(rule, finding, secret, times, date),
                _ => None,
            })
            .collect()
    }

    /// The rules that know a key, whether they report or not.
    fn keys(&self) -> impl Iterator<Item = &key::KeyRule> {
        self.rules.iter().filter_map(|rule| match &rule.judge {
            Judge::Key(key) => Some(key),
            _ => None,
        })
    }

    /// What is to be said once all documents are read.
    pub fn conclude(
        &self,
        evidence: Vec<Evidence>,
        coverage: &dyn Fn(&RepoPath) -> Option<Coverage>,
        present: &dyn Fn(&RepoPath) -> bool,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for rule in self.rules.iter().filter(|r| r.enabled) {
            if let Judge::Dotenv(dotenv) = &rule.judge {
                findings.extend(dotenv.conclude(rule, &evidence, coverage, present));
            }
        }
        findings
    }

    /// Which files are dotenv files; what git makes of those is their document's `standing`.
    pub fn dotenv_names(&self) -> dotenv::Names {
        let mut dotenv = self.rules.iter().filter_map(Rule::dotenv);
        dotenv
            .find_map(|dotenv| dotenv.names().cloned())
            .unwrap_or_default()
    }

    /// `text`, which comes from elsewhere (a path, an error), with every secret in it masked.
    pub fn mask(&self, text: &str) -> String {
        match self.options.masking {
            Masking::Mask => self.masked(text),
            Masking::Reveal => text.to_owned(),
        }
    }

    /// The same, even where secrets are to be shown.
    pub fn masked(&self, text: &str) -> String {
        let document = Document::new(RepoPath::default(), text.as_bytes().to_vec());
        let scene = Scene::new(&document);
        let mut scratch = Scratch::default();
        let mut secrets: Vec<Range<usize>> = self
            .verdicts(&mut scratch, &scene, &mut Scan::default())
            .into_iter()
            .flat_map(|(_, _, v)| v.secrets)
            .chain(self.lone_secrets(&mut Scratch::default(), text.as_bytes()))
            .chain(url_passwords(text.as_bytes()))
            .collect();
        secrets.sort_by_key(|r| (r.start, r.end));
        let mut masked = String::with_capacity(text.len());
        let mut at = 0;
        for secret in secrets {
            if secret.start >= at {
                masked.push_str(&text[at..secret.start]);
                masked.push_str(&mask(&text.as_bytes()[secret.clone()]));
                at = secret.end;
            }
        }
        masked.push_str(&text[at..]);
        masked
    }

    /// What would be a secret if it stood alone behind a name that says so. In the
    /// name of a file, a branch or a person, or in an error, what stands around a
    /// key tells nothing about it: `x-ak_...`, `old_ak_...`, `ak_..._old` hold one.
    fn lone_secrets(&self, scratch: &mut Scratch, text: &[u8]) -> Vec<Range<usize>> {
        const NAME: &[u8] = b"key=";
        let mut secrets = Vec::new();
        scratch.hits.clear();
        self.prefilter.find(text, 0..text.len(), &mut scratch.hits);
        for hit in &scratch.hits {
            for &index in &self.waiting[usize::from(hit.anchor)] {
                let rule = &self.rules[usize::from(index)];
                let Judge::Key(key) = &rule.judge else {
                    continue;
                };
                let rest = &text[hit.start..text.len().min(hit.start + CONTEXT)];
                let alone = [NAME, rest].concat();
                let found = rule.find(&mut scratch.pattern, index, &alone, NAME.len());
                let Some(Match { secret, .. }) = found else {
                    continue;
                };
                let joints = secret
                    .clone()
                    .filter(|&at| matches!(alone[at], b'-' | b'_'))
                    .chain([secret.end]);
                let verdict = joints.rev().find_map(|end| {
                    let document = Document::new(RepoPath::default(), alone[..end].to_vec());
                    let span = secret.start..end;
                    let found = Match {
                        span: span.clone(),
                        secret: span,
                    };
                    key.judge(Some(&found), NAME.len(), &Scene::new(&document))
                });
                let in_text = |at: usize| hit.start + at.saturating_sub(NAME.len());
                let shift = |r: Range<usize>| in_text(r.start)..in_text(r.end);
                secrets.extend(verdict.into_iter().flat_map(|v| v.secrets).map(shift));
            }
        }
        secrets
    }

    /// The verdicts as findings, once all secrets of the document are known.
    fn findings(&self, document: &Document, verdicts: Vec<(u16, Hit, Verdict)>) -> Vec<Finding> {
        let secrets = secrets(&verdicts);
        let region = self.regions(document, &secrets);
        let mut findings = Vec::with_capacity(verdicts.len());
        for (index, _, verdict) in verdicts {
            let rule = &self.rules[usize::from(index)];
            if !rule.enabled {
                continue;
            }
            let secret = Secret::new(&rule.id, &verdict.content);
            findings.push(Finding {
                rule: rule.id.clone(),
                severity: verdict.severity.unwrap_or(rule.severity),
                message: verdict.message,
                path: document.path.clone(),
                region: Some(region(&verdict.highlight)),
                fingerprint: Fingerprint::new(&document.path, secret),
                secret,
                provider: verdict.provider,
                related: verdict
                    .related
                    .into_iter()
                    .map(|(span, message)| Related {
                        path: document.path.clone(),
                        region: Some(region(&span)),
                        message,
                    })
                    .collect(),
                help: verdict.help,
                provenance: None,
                situation: None,
                fix: None,
                unignored: Vec::new(),
                suppressed: None,
                holder: verdict.holder,
            });
        }
        findings
    }

    /// Makes regions of `document`, in which `secrets`, by start, are to be hidden.
    pub fn regions<'r>(
        &self,
        document: &'r Document,
        secrets: &'r [Range<usize>],
    ) -> impl Fn(&Range<usize>) -> Region + use<'r> {
        let Options {
            masking,
            line_hashes,
            today: _,
        } = self.options;
        let hashes = OnceCell::new();
        move |span| {
            // Only the secrets near the span can stand on its lines; the list is
            // sorted, so a document full of them stays linear.
            let from = secrets.partition_point(|s| s.end + 16 * 1024 < span.start);
            let to = secrets.partition_point(|s| s.start < span.end + 16 * 1024);
            let near = &secrets[from.min(to)..to];
            let start = document.position(span.start);
            let hashes = (line_hashes && document.window.is_none())
                .then(|| hashes.get_or_init(|| LineHashes::new(document.bytes())));
            Region {
                start,
                end: document.position(span.end),
                excerpt: Excerpt::new(document.bytes(), span.clone(), near, masking),
                line_hash: hashes.and_then(|h| h.of_line(start.line)),
            }
        }
    }
}

/// What the verdicts of a document hide, by start.
fn secrets(verdicts: &[(u16, Hit, Verdict)]) -> Vec<Range<usize>> {
    let mut secrets: Vec<Range<usize>> = verdicts
        .iter()
        .flat_map(|(_, _, v)| v.secrets.iter().cloned())
        .collect();
    secrets.sort_by_key(|r| (r.start, r.end));
    secrets
}

impl Rule {
    /// Whether it speaks of histories, not of texts.
    pub fn is_about_history(&self) -> bool {
        matches!(self.judge, Judge::Age(_))
    }

    /// What it says about suppressions, if that is its matter.
    pub fn upkeep(&self) -> Option<upkeep::About> {
        match &self.judge {
            Judge::Upkeep(upkeep) => Some(upkeep.about()),
            _ => None,
        }
    }

    /// Whether one text is all it looks at: where that was read, all it has to say is said.
    pub fn is_about_text(&self) -> bool {
        self.pattern.is_some() || matches!(self.judge, Judge::Header(_) | Judge::Url(_))
    }

    /// Whether what it finds is a secret, to be rotated.
    pub fn is_secret(&self) -> bool {
        matches!(
            self.judge,
            Judge::Key(_) | Judge::Browser(_) | Judge::Plain(_)
        )
    }

    /// Whether what it looks for matters where it does not run.
    fn is_for_dumps(&self) -> bool {
        !matches!(self.judge, Judge::Phrase(_))
    }

    fn anchors(&self) -> &[Vec<u8>] {
        match (&self.judge, &self.pattern) {
            (Judge::Key(key), _) => key.anchors(),
            (Judge::Header(header), _) => header.anchors(),
            (Judge::Url(url), _) => url.anchors(),
            (Judge::Dotenv(dotenv), _) => dotenv.anchors(),
            (Judge::Upkeep(upkeep), _) => upkeep.anchors(),
            (_, pattern) => pattern.as_ref().map_or(&[], Pattern::anchors),
        }
    }

    /// What stands at the anchor at `start`, by the rule's shape.
    fn find(
        &self,
        scratch: &mut PatternScratch,
        index: u16,
        bytes: &[u8],
        start: usize,
    ) -> Option<Match> {
        match (&self.pattern, &self.judge) {
            (Some(pattern), _) => pattern.find(scratch, index, bytes, start),
            (None, Judge::Header(header)) => header.find(bytes, start),
            (None, Judge::Url(url)) => url.find(bytes, start),
            (None, _) => None,
        }
    }

    fn dotenv(&self) -> Option<&dotenv::DotenvRule> {
        match &self.judge {
            Judge::Dotenv(dotenv) => Some(dotenv),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
