//! Rule files: TOML in, rules that cannot be wrong out, or an error that names file, line and key.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use super::guard::Before;
use super::pattern::Pattern;
use super::split::{Alternatives, Need};
use super::{
    Example, Examples, Judge, Rule, age, anchored, dotenv, header, key, phrase, plain, upkeep, url,
};
use crate::finding::{RuleId, Severity};
use crate::suggest::suggestion;

/// The files of `rules/` and the rules in them, as build.rs prepared them.
struct Embedded {
    name: &'static str,
    text: &'static str,
    rules: &'static [Prepared],
}

/// A built-in rule without what a scan does not read: as JSON, which is read
/// straight into place.
struct Prepared {
    id: &'static str,
    json: &'static str,
    why: &'static str,
    fix: &'static str,
    /// As [`super::split`] has it; empty where there is no tail.
    part_of: &'static [usize],
    parts: &'static [Alternatives],
}

const BUILTIN: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that come with the program, in the order of their files.
pub fn builtin() -> Vec<Rule> {
    let files = BUILTIN.iter();
    files
        .flat_map(|file| {
            parse(file.name, file.text).expect("tests/rules.rs loads every built-in rule")
        })
        .collect()
}

/// The same without their examples: all that a scan needs, in a fraction of the time.
pub fn builtin_for_scans() -> Vec<Rule> {
    let rules = BUILTIN.iter().flat_map(|file| file.rules);
    rules
        .map(|prepared| {
            let rule: RuleText = serde_json::from_str(prepared.json)
                .expect("build.rs wrote what tests/rules.rs loads");
            let texts = Texts {
                why: Some(Cow::Borrowed(prepared.why)),
                fix: Some(Cow::Borrowed(prepared.fix)),
            };
            let mut rule = rule
                .into_rule(texts)
                .expect("tests/rules.rs loads every built-in rule");
            rule.pattern = rule
                .pattern
                .map(|pattern| pattern.with_parts(prepared.part_of, prepared.parts));
            rule
        })
        .collect()
}

/// Whether the rule of this id comes with the program.
pub fn is_builtin(id: &str) -> bool {
    let mut rules = BUILTIN.iter().flat_map(|file| file.rules);
    rules.any(|rule| rule.id == id)
}

/// Why a rule file was refused. Typically the fault of the file's author.
#[derive(Debug, PartialEq, Eq)]
pub struct LoadError {
    pub file: String,
    pub line: usize,
    /// The rule, where the error is inside one.
    pub rule: Option<String>,
    pub message: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if let Some(rule) = &self.rule {
            write!(f, "{rule}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for LoadError {}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    #[serde(default)]
    rule: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleText {
    id: String,
    severity: Severity,
    summary: String,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    fix: Option<String>,
    #[serde(default = "default_security_severity")]
    security_severity: f32,
    #[serde(default = "default_precision")]
    precision: Precision,
    #[serde(default)]
    tags: Vec<String>,
    kind: KindName,
    #[serde(default)]
    anchors: Vec<String>,
    #[serde(default)]
    before: Option<Before>,
    #[serde(default)]
    tail: Option<String>,
    #[serde(default)]
    long: bool,
    #[serde(default)]
    ignore_case: bool,
    #[serde(default)]
    entropy: Option<f32>,
    // What few rules have is kept elsewhere: a rule is moved many times while it is read.
    #[serde(default)]
    key: Option<Box<key::KeyText>>,
    #[serde(default)]
    truncated: Option<Box<key::truncated::TruncatedText>>,
    #[serde(default)]
    browser: Option<Box<key::browser::BrowserText>>,
    #[serde(default)]
    header: Option<Box<header::HeaderText>>,
    #[serde(default)]
    phrase: Option<Box<phrase::PhraseText>>,
    #[serde(default)]
    url: Option<Box<url::UrlText>>,
    #[serde(default)]
    dotenv: Option<Box<dotenv::DotenvText>>,
    #[serde(default)]
    age: Option<age::AgeText>,
    #[serde(default)]
    upkeep: Option<upkeep::UpkeepText>,
    #[serde(default)]
    matches: Vec<ExampleText>,
    #[serde(default)]
    ignores: Vec<ExampleText>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KindName {
    Key,
    /// The beginning of a key, under a product's name.
    Truncated,
    /// A key under a name that reaches browsers.
    Browser,
    /// A key in the wrong header.
    Header,
    Phrase,
    Pattern,
    Url,
    Dotenv,
    Age,
    Upkeep,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Precision {
    VeryHigh,
    High,
    Medium,
    Low,
}

/// An example is text, or text in a file whose name matters.
#[derive(Deserialize)]
#[serde(untagged)]
enum ExampleText {
    Text(String),
    File { path: String, text: String },
}

fn default_security_severity() -> f32 {
    5.0
}

fn default_precision() -> Precision {
    Precision::High
}

/// The rules of one file; `file` is only quoted in errors.
pub fn parse(file: &str, text: &str) -> Result<Vec<Rule>, LoadError> {
    let made = match made_in_parts(text) {
        Some(made) => made,
        None => made(text).map_err(|e| LoadError {
            file: file.to_owned(),
            line: line_of(text, e.span().map_or(0, |s| s.start)),
            rule: None,
            message: with_suggestion(e.message()),
        })?,
    };
    let mut rules: Vec<Rule> = Vec::with_capacity(made.len());
    let mut ids = HashSet::new();
    for (index, (id, rule)) in made.into_iter().enumerate() {
        let rule = if ids.insert(id.clone()) {
            rule
        } else {
            let message = "a second rule of this id; ids are unique";
            Err((Some("id"), message.to_owned()))
        };
        rules.push(
            rule.map_err(|(key, message)| refusal((file, text), (index, &id), key, message))?,
        );
    }
    Ok(rules)
}

/// An id, and the rule that is made of what it stands for.
type Made = (String, Result<Rule, Refusal>);

fn made(text: &str) -> Result<Vec<Made>, toml::de::Error> {
    let file: RuleFile = toml::from_str(text)?;
    let make = |mut rule: RuleText| {
        let texts = Texts {
            why: rule.why.take().map(Cow::Owned),
            fix: rule.fix.take().map(Cow::Owned),
        };
        (rule.id.clone(), rule.into_rule(texts))
    };
    Ok(file.rule.into_iter().map(make).collect())
}

/// The same of a large file, which is cut into single rules: what reading one
/// takes is used again for the next, and two threads share the work. `None`
/// where any part is no TOML by itself, as when a cut goes through a string.
fn made_in_parts(text: &str) -> Option<Vec<Made>> {
    const SMALL: usize = 16 * 1024;
    if text.len() < SMALL {
        return None;
    }
    let heads = memchr::memmem::find_iter(text.as_bytes(), "\n[[rule]]");
    let cuts: Vec<usize> = [0].into_iter().chain(heads).chain([text.len()]).collect();
    let middle = cuts.len() / 2;
    let made_of = |cuts: &[usize]| {
        let mut rules = Vec::new();
        for part in cuts.windows(2) {
            rules.extend(made(&text[part[0]..part[1]]).ok()?);
        }
        Some(rules)
    };
    std::thread::scope(|scope| {
        let rest = scope.spawn(|| made_of(&cuts[middle..]));
        let mut rules = made_of(&cuts[..=middle])?;
        rules.extend(rest.join().ok()??);
        Some(rules)
    })
}

/// The error about a rule, the one of this place in its file, or about one of its keys.
fn refusal(
    (file, text): (&str, &str),
    (index, id): (usize, &str),
    key: Option<&str>,
    message: String,
) -> LoadError {
    LoadError {
        file: file.to_owned(),
        line: line_of(text, span_of(text, index, key).start),
        rule: Some(id.to_owned()),
        message,
    }
}

/// Where a rule of `text`, or the value of one of its keys, stands. Found only
/// once something is wrong: a start that is not pays nothing for it.
fn span_of(text: &str, index: usize, key: Option<&str>) -> Range<usize> {
    #[derive(Deserialize)]
    struct Spans {
        rule: Vec<Spanned<BTreeMap<String, Spanned<IgnoredAny>>>>,
    }
    let spans: Spans = toml::from_str(text).expect("it was parsed before");
    let rule = &spans.rule[index];
    key.and_then(|key| rule.get_ref().get(key))
        .map_or(rule.span(), Spanned::span)
}

/// What a rule says to its readers at length; only what shows it needs it.
struct Texts {
    why: Option<Cow<'static, str>>,
    fix: Option<Cow<'static, str>>,
}

/// The key that something is wrong with, unless it is the rule as such, and what.
type Refusal = (Option<&'static str>, String);

impl KindName {
    fn has_pattern(self) -> bool {
        match self {
            KindName::Key
            | KindName::Truncated
            | KindName::Browser
            | KindName::Phrase
            | KindName::Pattern => true,
            KindName::Header
            | KindName::Url
            | KindName::Dotenv
            | KindName::Age
            | KindName::Upkeep => false,
        }
    }
}

impl RuleText {
    fn into_rule(self, texts: Texts) -> Result<Rule, Refusal> {
        let id = &self.id;
        if id.is_empty()
            || !id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            || !id.starts_with(|c: char| c.is_ascii_lowercase())
        {
            let message = "an id is kebab-case: lower-case letters, digits, `-`";
            return Err((Some("id"), message.to_owned()));
        }
        if let Some(short) = self.anchors.iter().find(|a| a.len() < 3) {
            let message =
                format!("anchor `{short}` is shorter than 3 bytes and would hit everywhere");
            return Err((Some("anchors"), message));
        }
        let anchors: Vec<Vec<u8>> = self.anchors.into_iter().map(String::into_bytes).collect();
        let missing = |key: &str| (None, format!("missing key `{key}`"));
        let pattern = if self.kind.has_pattern() {
            if anchors.is_empty() {
                return Err(missing("anchors"));
            }
            let tail = self.tail.as_deref().ok_or_else(|| missing("tail"))?;
            let before = self.before.unwrap_or(Before::Boundary);
            let pattern = Pattern::new(anchors.clone(), before, tail, self.long);
            Some(pattern.map_err(|m| (Some("tail"), format!("tail: {m}")))?)
        } else {
            None
        };
        let judge = match self.kind {
            KindName::Key => Judge::Key(key::KeyRule::new(
                *self.key.ok_or_else(|| missing("key"))?,
                &anchors,
            )),
            KindName::Truncated => Judge::Truncated(key::truncated::TruncatedRule::new(
                *self.truncated.ok_or_else(|| missing("truncated"))?,
            )),
            KindName::Browser => Judge::Browser(key::browser::BrowserRule::new(
                *self.browser.ok_or_else(|| missing("browser"))?,
                &anchors,
            )),
            KindName::Header => Judge::Header(header::HeaderRule::new(
                anchors,
                *self.header.ok_or_else(|| missing("header"))?,
            )),
            KindName::Phrase => Judge::Phrase(Box::new(phrase::PhraseRule::new(
                *self.phrase.unwrap_or_default(),
            ))),
            KindName::Pattern => {
                Judge::Plain(plain::PlainRule::new(self.summary.clone(), self.entropy))
            }
            KindName::Url => Judge::Url(url::UrlRule::new(
                anchors,
                *self.url.ok_or_else(|| missing("url"))?,
            )),
            KindName::Dotenv => Judge::Dotenv(dotenv::DotenvRule::new(
                anchors,
                *self.dotenv.ok_or_else(|| missing("dotenv"))?,
            )),
            KindName::Upkeep => Judge::Upkeep(upkeep::UpkeepRule::new(
                self.upkeep.ok_or_else(|| missing("upkeep"))?,
                anchors,
            )),
            KindName::Age => Judge::Age(age::AgeRule::new(self.age.ok_or_else(|| missing("age"))?)),
        };
        Ok(Rule {
            id: RuleId::new(id),
            severity: self.severity,
            summary: self.summary,
            why: texts.why.ok_or_else(|| missing("why"))?,
            fix: texts.fix.ok_or_else(|| missing("fix"))?,
            security_severity: self.security_severity,
            precision: self.precision.name().to_owned(),
            tags: self.tags,
            examples: Examples {
                matches: self
                    .matches
                    .into_iter()
                    .map(ExampleText::into_example)
                    .collect(),
                ignores: self
                    .ignores
                    .into_iter()
                    .map(ExampleText::into_example)
                    .collect(),
            },
            enabled: true,
            ignore_case: self.ignore_case,
            pattern,
            judge,
        })
    }
}

impl Precision {
    fn name(self) -> &'static str {
        match self {
            Precision::VeryHigh => "very-high",
            Precision::High => "high",
            Precision::Medium => "medium",
            Precision::Low => "low",
        }
    }
}

impl ExampleText {
    fn into_example(self) -> Example {
        let (path, text) = match self {
            ExampleText::Text(text) => ("example.txt".to_owned(), text),
            ExampleText::File { path, text } => (path, text),
        };
        Example {
            path,
            text: text.replace('¦', ""),
        }
    }
}

/// Refuses rules of a file that `known` has already, that would take too much
/// memory, or that could find nothing: what a scan compiles only on need.
/// Returns what is doubtful about the others.
pub fn check(
    file: (&str, &str),
    rules: &[Rule],
    known: &dyn Fn(&RuleId) -> bool,
) -> Result<Vec<String>, LoadError> {
    let mut doubts = Vec::new();
    for (index, rule) in rules.iter().enumerate() {
        let refuse = |key, message| refusal(file, (index, rule.id.as_str()), Some(key), message);
        if known(&rule.id) {
            let message = "a rule of this id exists already; rules extend, they do not replace";
            return Err(refuse("id", message.to_owned()));
        }
        if let Some(pattern) = &rule.pattern {
            let told = pattern
                .check_size()
                .and_then(|()| anchored::doubts(pattern));
            let told = told.map_err(|message| refuse("tail", message))?;
            doubts.extend(told.into_iter().map(|d| format!("{}: {d}", rule.id)));
        }
    }
    Ok(doubts)
}

/// Compiles every tail, for tests.
pub fn compile(rules: &[Rule]) -> Result<(), String> {
    rules.iter().try_for_each(|rule| match &rule.pattern {
        Some(pattern) => pattern.compile().map_err(|e| format!("{}: {e}", rule.id)),
        None => Ok(()),
    })
}

/// The line of what stands at `at` of a file, counted from 1.
pub fn line_of(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// serde's message, with the likely intent where it names an unknown word and the known ones.
pub fn with_suggestion(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next();
    match first {
        Some(word) if message.starts_with("unknown ") => match suggestion(word, quoted) {
            Some(known) => format!("{message}; did you mean `{known}`?"),
            None => message.to_owned(),
        },
        _ => message.to_owned(),
    }
}
