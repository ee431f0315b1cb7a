//! Rule files: TOML in, rules that cannot be wrong out, or an error that names file, line and key.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::guard::Before;
use super::pattern::Pattern;
use super::{Example, Examples, Kind, Rule, age, dotenv, header, key, phrase, plain, upkeep, url};
use crate::finding::{RuleId, Severity};
use crate::suggest::suggestion;

/// Of each file its name, its text, and its text without the examples.
const BUILTIN: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));

/// The rules that come with the program, in the order of their files.
pub fn builtin() -> Vec<Rule> {
    embedded(|&(file, text, _)| (file, text))
}

/// The same without their examples: all that a scan needs, in a fraction of the time.
pub fn builtin_for_scans() -> Vec<Rule> {
    embedded(|&(file, _, text)| (file, text))
}

fn embedded<'t>(
    text_of: impl Fn(&'t (&'t str, &'t str, &'t str)) -> (&'t str, &'t str),
) -> Vec<Rule> {
    BUILTIN
        .iter()
        .map(text_of)
        .flat_map(|(file, text)| {
            parse(file, text).expect("tests/rules.rs loads every built-in rule")
        })
        .collect()
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
    rule: Vec<Spanned<RuleText>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RuleText {
    id: Spanned<String>,
    severity: Severity,
    summary: String,
    why: String,
    fix: String,
    #[serde(default = "default_security_severity")]
    security_severity: f32,
    #[serde(default = "default_precision")]
    precision: Precision,
    #[serde(default)]
    tags: Vec<String>,
    kind: KindName,
    #[serde(default)]
    anchors: Option<Spanned<Vec<String>>>,
    #[serde(default)]
    before: Option<Before>,
    #[serde(default)]
    tail: Option<Spanned<String>>,
    #[serde(default)]
    long: bool,
    #[serde(default)]
    ignore_case: bool,
    #[serde(default)]
    entropy: Option<f32>,
    #[serde(default)]
    key: Option<key::KeyText>,
    #[serde(default)]
    truncated: Option<key::truncated::TruncatedText>,
    #[serde(default)]
    browser: Option<key::browser::BrowserText>,
    #[serde(default)]
    header: Option<header::HeaderText>,
    #[serde(default)]
    phrase: phrase::PhraseText,
    #[serde(default)]
    url: Option<url::UrlText>,
    #[serde(default)]
    dotenv: Option<dotenv::DotenvText>,
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
    let parsed: RuleFile = toml::from_str(text).map_err(|e| LoadError {
        file: file.to_owned(),
        line: line_of(text, e.span().unwrap_or(0..0)),
        rule: None,
        message: with_suggestion(e.message()),
    })?;
    let mut rules: Vec<Rule> = Vec::with_capacity(parsed.rule.len());
    for rule in parsed.rule {
        let start = rule.span();
        let rule = rule.into_inner();
        let id = rule.id.get_ref().clone();
        let at = |span: Range<usize>, message: String| LoadError {
            file: file.to_owned(),
            line: line_of(text, span),
            rule: Some(id.clone()),
            message,
        };
        if rules.iter().any(|r| r.id.as_str() == id) {
            return Err(at(
                rule.id.span(),
                "a second rule of this id; ids are unique".to_owned(),
            ));
        }
        rules.push(rule.into_rule(&at, start)?);
    }
    Ok(rules)
}

impl RuleText {
    fn into_rule(
        self,
        error: &dyn Fn(Range<usize>, String) -> LoadError,
        start: Range<usize>,
    ) -> Result<Rule, LoadError> {
        let id = self.id.get_ref();
        if id.is_empty()
            || !id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            || !id.starts_with(|c: char| c.is_ascii_lowercase())
        {
            return Err(error(
                self.id.span(),
                "an id is kebab-case: lower-case letters, digits, `-`".to_owned(),
            ));
        }
        let anchors_at = self.anchors.as_ref().map_or(start.clone(), Spanned::span);
        let anchors: Vec<Vec<u8>> = self
            .anchors
            .iter()
            .flat_map(Spanned::get_ref)
            .map(|a| a.as_bytes().to_vec())
            .collect();
        if let Some(short) = anchors.iter().find(|a| a.len() < 3) {
            return Err(error(
                anchors_at,
                format!(
                    "anchor `{}` is shorter than 3 bytes and would hit everywhere",
                    String::from_utf8_lossy(short)
                ),
            ));
        }
        let missing = |key: &str| error(start.clone(), format!("missing key `{key}`"));
        let kind = match self.kind {
            KindName::Key
            | KindName::Truncated
            | KindName::Browser
            | KindName::Header
            | KindName::Phrase
            | KindName::Pattern => {
                if anchors.is_empty() {
                    return Err(missing("anchors"));
                }
                let tail = self.tail.as_ref().ok_or_else(|| missing("tail"))?;
                let pattern = Pattern::new(
                    anchors,
                    self.before.unwrap_or(Before::Boundary),
                    tail.get_ref(),
                    self.long,
                )
                .map_err(|m| error(tail.span(), format!("tail: {m}")))?;
                match self.kind {
                    KindName::Key => {
                        let key = self.key.ok_or_else(|| missing("key"))?;
                        let key = key::KeyRule::new(key, pattern.anchors());
                        Kind::Key(pattern, key)
                    }
                    KindName::Truncated => {
                        let text = self.truncated.ok_or_else(|| missing("truncated"))?;
                        Kind::Truncated(pattern, key::truncated::TruncatedRule::new(text))
                    }
                    KindName::Browser => {
                        let text = self.browser.ok_or_else(|| missing("browser"))?;
                        let browser = key::browser::BrowserRule::new(text, pattern.anchors());
                        Kind::Browser(pattern, browser)
                    }
                    KindName::Header => {
                        let text = self.header.ok_or_else(|| missing("header"))?;
                        Kind::Header(pattern, header::HeaderRule::new(text))
                    }
                    KindName::Phrase => Kind::Phrase(
                        pattern,
                        phrase::PhraseRule::new(self.summary.clone(), self.phrase),
                    ),
                    _ => Kind::Plain(
                        pattern,
                        plain::PlainRule::new(self.summary.clone(), self.entropy),
                    ),
                }
            }
            KindName::Url => Kind::Url(url::UrlRule::new(
                anchors,
                self.url.ok_or_else(|| missing("url"))?,
            )),
            KindName::Dotenv => Kind::Dotenv(dotenv::DotenvRule::new(
                anchors,
                self.dotenv.ok_or_else(|| missing("dotenv"))?,
            )),
            KindName::Upkeep => Kind::Upkeep(upkeep::UpkeepRule::new(
                self.upkeep.ok_or_else(|| missing("upkeep"))?,
                anchors,
            )),
            KindName::Age => Kind::Age(age::AgeRule::new(self.age.ok_or_else(|| missing("age"))?)),
        };
        Ok(Rule {
            id: RuleId::new(id),
            severity: self.severity,
            summary: self.summary,
            why: self.why,
            fix: self.fix,
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
            kind,
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

/// Compiles every tail, which a scan does only on need: for the tests of the
/// built-in rules and for rules a user brings.
pub fn check(rules: &[Rule]) -> Result<(), String> {
    for rule in rules {
        if let Kind::Key(pattern, _)
        | Kind::Truncated(pattern, _)
        | Kind::Browser(pattern, _)
        | Kind::Header(pattern, _)
        | Kind::Phrase(pattern, _)
        | Kind::Plain(pattern, _) = &rule.kind
        {
            pattern.check().map_err(|e| format!("{}: {e}", rule.id))?;
        }
    }
    Ok(())
}

fn line_of(text: &str, span: Range<usize>) -> usize {
    text[..span.start.min(text.len())].matches('\n').count() + 1
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
