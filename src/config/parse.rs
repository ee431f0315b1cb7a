//! A configuration file: TOML in, one layer of settings out, or an error that names file, line and key.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::finding::Severity;
use crate::rule::load::line_of;
use crate::suggest::suggestion;

use super::exclude::Pattern;
use super::glob::Glob;
use super::{MARKERS, Origin, Set};

/// Why a configuration was refused. Typically the fault of its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub file: String,
    /// 0 where the error is about the file itself.
    pub line: usize,
    /// Empty where no key is at fault.
    pub key: String,
    pub message: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        f.write_str(": ")?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// What configures hushlint: `.hushlint.toml`, `hushlint.toml`, or the table `tool.hushlint` of a `pyproject.toml`.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ConfigText {
    /// Another configuration that this one goes on from, relative to this file. Single values of this file take its place, lists add to it.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "String"))]
    extend: Option<Spanned<String>>,
    /// Use only these rules: ids, tags, or `all`. Takes back an `ignore` of the file that is extended.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    select: Option<Spanned<Vec<Spanned<String>>>>,
    /// Do without these rules: ids or tags.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    ignore: Vec<Spanned<String>>,
    /// Files that are not scanned: globs. They are counted as skipped.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    exclude: Vec<Spanned<String>>,
    /// Exit with 1 from this level on.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Severity"))]
    fail_on: Option<Spanned<Severity>>,
    /// Larger files are refused, which makes the scan incomplete: bytes, or with a unit as in "10M".
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Size"))]
    max_file_size: Option<Spanned<Size>>,
    /// The age at which an audit calls a key overdue.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "u32"))]
    rotation_days: Option<Spanned<u32>>,
    /// Hosts that may be called over plain HTTP, with all names under them.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    plain_http_hosts: Vec<Spanned<String>>,
    /// Prefixes of your own keys, as in `acme_`: looked for as `ak_` is.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    key_prefixes: Vec<Spanned<String>>,
    /// More names of dotenv files; a `*` may end one.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    dotenv_names: Vec<Spanned<String>>,
    /// More words of a file's name that make it a template for a dotenv file.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    dotenv_templates: Vec<Spanned<String>>,
    /// Files of rules that join the built-in ones, relative to this file.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    rules: Vec<Spanned<String>>,
    /// The file of known findings, relative to this file.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "String"))]
    baseline: Option<Spanned<String>>,
    /// Other tools whose inline markers are honoured: gitleaks, detect-secrets, trufflehog, ggshield, secretlint.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    markers: Vec<Spanned<String>>,
    /// Whether every suppression must give its reason.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "bool"))]
    require_reason: Option<Spanned<bool>>,
    /// The level of all findings of a rule.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, Severity>"))]
    severity: std::collections::BTreeMap<Spanned<String>, Severity>,
    /// What differs for some files.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<PerPathText>"))]
    per_path: Vec<Spanned<PerPathText>>,
}

/// What differs for some files. Findings that it leaves out are suppressed: counted, and shown on request.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PerPathText {
    /// Which files: globs.
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    paths: Spanned<Vec<Spanned<String>>>,
    /// Only these rules count there: ids, tags, or `all`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    select: Option<Spanned<Vec<Spanned<String>>>>,
    /// These rules do not count there: ids, tags, or `all`.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<String>"))]
    ignore: Vec<Spanned<String>>,
    /// The level of all findings of a rule there.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "std::collections::BTreeMap<String, Severity>"))]
    severity: std::collections::BTreeMap<Spanned<String>, Severity>,
    /// Why, for whoever reads the report.
    #[serde(default)]
    reason: Option<String>,
}

/// Bytes, or a number with a unit of 1024.
#[derive(Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected bytes, or a size as in \"10M\"")]
enum Size {
    Bytes(u64),
    Text(String),
}

/// One configuration file, or the command line.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Its absolute path; empty for the command line.
    pub file: PathBuf,
    /// As messages call it.
    pub name: Arc<str>,
    pub extend: Option<Set<String>>,
    pub select: Option<Vec<Set<String>>>,
    pub ignore: Vec<Set<String>>,
    pub exclude: Vec<Set<Pattern>>,
    pub fail_on: Option<Set<Severity>>,
    pub max_file_size: Option<Set<u64>>,
    pub rotation_days: Option<Set<u32>>,
    pub plain_http_hosts: Vec<Set<String>>,
    pub key_prefixes: Vec<Set<String>>,
    pub dotenv_names: Vec<Set<String>>,
    pub dotenv_templates: Vec<Set<String>>,
    pub rules: Vec<Set<PathBuf>>,
    pub baseline: Option<Set<PathBuf>>,
    pub markers: Vec<Set<String>>,
    pub require_reason: Option<Set<bool>>,
    pub severity: Vec<(Set<String>, Severity)>,
    pub per_path: Vec<PerPath>,
}

/// What differs for the files that `paths` match.
#[derive(Clone, Debug)]
pub struct PerPath {
    pub paths: Vec<Glob>,
    pub select: Option<Vec<Set<String>>>,
    pub ignore: Vec<Set<String>>,
    pub severity: Vec<(Set<String>, Severity)>,
    pub reason: Option<String>,
    pub origin: Origin,
}

/// A file of which one table is ours.
pub(super) const PROJECT: &str = "pyproject.toml";

/// Our table in the text of such a file, if it has one.
pub(super) fn project(text: &str) -> Option<toml::Value> {
    let mut project: toml::Table = toml::from_str(text).ok()?;
    project.get_mut("tool")?.as_table_mut()?.remove("hushlint")
}

/// The layer that `text`, the content of `file`, is; `None` where a
/// `pyproject.toml` says nothing of hushlint. `name` is what messages call it.
pub(super) fn parse(file: &Path, name: &str, text: &str) -> Result<Option<Layer>, Error> {
    let source = Text {
        name: name.into(),
        text,
    };
    let config = if file.file_name().is_some_and(|n| n == PROJECT) {
        // Most have nothing to say, and whether they are TOML is then no concern of ours.
        if !text.contains("hushlint") {
            return Ok(None);
        }
        #[derive(Deserialize)]
        struct Project {
            tool: Option<Tools>,
        }
        #[derive(Deserialize)]
        struct Tools {
            hushlint: Option<ConfigText>,
        }
        let project: Project = toml::from_str(text).map_err(|e| source.refuse(&e))?;
        match project.tool.and_then(|t| t.hushlint) {
            Some(config) => config,
            None => return Ok(None),
        }
    } else {
        toml::from_str(text).map_err(|e| source.refuse(&e))?
    };
    config.into_layer(&source, file).map(Some)
}

struct Text<'t> {
    name: Arc<str>,
    text: &'t str,
}

impl Text<'_> {
    fn error(&self, span: Range<usize>, key: &str, message: impl Into<String>) -> Error {
        Error {
            file: self.name.to_string(),
            line: line_of(self.text, span.start),
            key: key.to_owned(),
            message: message.into(),
        }
    }

    fn refuse(&self, error: &toml::de::Error) -> Error {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        let unknown = message
            .strip_prefix("unknown field `")
            .and_then(|rest| rest.split_once('`'));
        let Some((key, rest)) = unknown else {
            if let Some(field) = message.strip_prefix("missing field ") {
                return self.error(span, "per-path", format!("missing key {field}"));
            }
            // A value of the wrong kind: serde does not say whose.
            let key = self.key_at(span.start);
            return self.error(span, &key, in_plain_words(message));
        };
        let known: Vec<&str> = rest.split('`').skip(1).step_by(2).collect();
        let message = match suggestion(key, known.iter().copied()) {
            Some(known) => format!("no such key; did you mean `{known}`?"),
            None => format!("no such key; there are {}", known.join(", ")),
        };
        self.error(span, key, message)
    }

    /// The key whose value holds what stands at `at`; empty where none does.
    fn key_at(&self, at: usize) -> String {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let mut lines = before.rsplit('\n');
        let key = lines.find_map(|line| {
            let (key, _) = line.split_once('=')?;
            let key = key.trim().trim_matches(['"', '\'']);
            let is_key = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
            (!key.is_empty() && key.chars().all(is_key)).then_some(key)
        });
        key.unwrap_or_default().to_owned()
    }

    fn set<T, U>(&self, value: Spanned<T>, made: impl FnOnce(T) -> U) -> Set<U> {
        let line = line_of(self.text, value.span().start);
        Set {
            value: made(value.into_inner()),
            origin: Origin::File {
                file: self.name.clone(),
                line,
            },
        }
    }

    fn plain<T>(&self, value: Spanned<T>) -> Set<T> {
        self.set(value, |v| v)
    }

    /// Each of `words`, if `check` has nothing against it.
    fn list<T>(
        &self,
        key: &str,
        words: Vec<Spanned<String>>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Vec<Set<T>>, Error> {
        let mut list = Vec::with_capacity(words.len());
        for word in words {
            let value = check(word.get_ref()).map_err(|m| self.error(word.span(), key, m))?;
            list.push(self.set(word, |_| value));
        }
        Ok(list)
    }

    /// The rules that a list selects, if there is one.
    fn selection(
        &self,
        key: &str,
        words: Option<Spanned<Vec<Spanned<String>>>>,
    ) -> Result<Option<Vec<Set<String>>>, Error> {
        let Some(words) = words else {
            return Ok(None);
        };
        if words.get_ref().is_empty() {
            let message = "an empty list selects no rule; without the key all are in use";
            return Err(self.error(words.span(), key, message));
        }
        let word = |text: &str| Ok(text.to_owned());
        self.list(key, words.into_inner(), word).map(Some)
    }

    fn levels(
        &self,
        levels: std::collections::BTreeMap<Spanned<String>, Severity>,
    ) -> Vec<(Set<String>, Severity)> {
        let mut levels: Vec<_> = levels
            .into_iter()
            .map(|(rule, level)| (rule.span().start, self.plain(rule), level))
            .collect();
        levels.sort_by_key(|(at, ..)| *at);
        levels
            .into_iter()
            .map(|(_, rule, level)| (rule, level))
            .collect()
    }
}

/// serde's message, for who does not know Rust.
fn in_plain_words(message: &str) -> String {
    let level = message
        .strip_prefix("unknown variant `")
        .and_then(|rest| rest.split_once('`'));
    if let Some((level, _)) = level {
        let names = Severity::ALL.map(Severity::name);
        let hint = match suggestion(level, names) {
            _ if ["off", "none", "ignore", "disable"].contains(&level) => {
                "the key `ignore` switches rules off".to_owned()
            }
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("there are {}", names.join(", ")),
        };
        return format!("`{level}`: no such level; {hint}");
    }
    message
        .replace(
            "expected a sequence",
            "expected a list, as in [\"a\", \"b\"]",
        )
        .replace("invalid type: sequence", "invalid type: a list")
        .replace("invalid type: map", "invalid type: a table")
        .replace("expected struct Tools", "expected a table")
        .replace("expected struct ConfigText", "expected a table")
        .replace("expected struct PerPathText", "expected a table")
        .replace(
            "expected u32",
            "expected a whole number that is not negative",
        )
}

impl ConfigText {
    fn into_layer(self, source: &Text<'_>, file: &Path) -> Result<Layer, Error> {
        let folder = file.parent().unwrap_or(Path::new(""));
        let beside = |path: &str| -> Result<PathBuf, String> {
            match path.is_empty() {
                true => Err("an empty path".to_owned()),
                false => Ok(super::find::normal(&folder.join(path))),
            }
        };
        let word = |text: &str| Ok(text.to_owned());
        let max_file_size = match self.max_file_size {
            None => None,
            Some(size) => {
                let span = size.span();
                let bytes = match size.get_ref() {
                    Size::Bytes(bytes) => *bytes,
                    Size::Text(text) => {
                        parse_size(text).map_err(|m| source.error(span, "max-file-size", m))?
                    }
                };
                Some(source.set(size, |_| bytes))
            }
        };
        let baseline = match self.baseline {
            None => None,
            Some(path) => {
                let file =
                    beside(path.get_ref()).map_err(|m| source.error(path.span(), "baseline", m))?;
                Some(source.set(path, |_| file))
            }
        };
        let require_reason = self.require_reason.map(|v| source.plain(v));
        let reasons = require_reason.as_ref().is_some_and(|r| r.value);
        Ok(Layer {
            file: file.to_owned(),
            name: source.name.clone(),
            extend: self.extend.map(|v| source.plain(v)),
            select: source.selection("select", self.select)?,
            ignore: source.list("ignore", self.ignore, word)?,
            exclude: source.list("exclude", self.exclude, Pattern::new)?,
            fail_on: self.fail_on.map(|v| source.plain(v)),
            max_file_size,
            rotation_days: self.rotation_days.map(|v| source.plain(v)),
            plain_http_hosts: source.list("plain-http-hosts", self.plain_http_hosts, host)?,
            key_prefixes: source.list("key-prefixes", self.key_prefixes, prefix)?,
            dotenv_names: source.list("dotenv-names", self.dotenv_names, file_name)?,
            dotenv_templates: source.list(
                "dotenv-templates",
                self.dotenv_templates,
                template_word,
            )?,
            rules: source.list("rules", self.rules, beside)?,
            baseline,
            markers: source.list("markers", self.markers, marker)?,
            require_reason,
            severity: source.levels(self.severity),
            per_path: self
                .per_path
                .into_iter()
                .map(|text| text_of_path(text, source, reasons))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn text_of_path(
    text: Spanned<PerPathText>,
    source: &Text<'_>,
    reasons: bool,
) -> Result<PerPath, Error> {
    let span = text.span();
    let origin = Origin::File {
        file: source.name.clone(),
        line: line_of(source.text, span.start),
    };
    let text = text.into_inner();
    let word = |text: &str| Ok(text.to_owned());
    let paths_at = text.paths.span();
    let paths = source.list("per-path.paths", text.paths.into_inner(), Glob::new)?;
    if paths.is_empty() {
        return Err(source.error(paths_at, "per-path.paths", "names no file"));
    }
    let suppresses = text.select.is_some() || !text.ignore.is_empty();
    if !suppresses && text.severity.is_empty() {
        return Err(source.error(
            span,
            "per-path",
            "changes nothing: it needs `ignore`, `select` or `severity`; `exclude` leaves files out",
        ));
    }
    let says_nothing = text.reason.as_ref().is_none_or(|r| r.trim().is_empty());
    if suppresses && reasons && says_nothing {
        return Err(source.error(
            span,
            "per-path",
            "no `reason`, and `require-reason` asks for one",
        ));
    }
    Ok(PerPath {
        paths: paths.into_iter().map(|p| p.value).collect(),
        select: source.selection("per-path.select", text.select)?,
        ignore: source.list("per-path.ignore", text.ignore, word)?,
        severity: source.levels(text.severity),
        reason: text.reason,
        origin,
    })
}

/// Bytes, or with a unit of 1024: `500K`, `10M`, `1G`.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let factor: u64 = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KB" | "KIB" => 1 << 10,
        "M" | "MB" | "MIB" => 1 << 20,
        "G" | "GB" | "GIB" => 1 << 30,
        _ => return Err("a size is a number of bytes, or has a unit: 500K, 10M, 1G".to_owned()),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| "a size is a whole number, as in 10M".to_owned())?;
    number
        .checked_mul(factor)
        .ok_or_else(|| "that is more than any file holds".to_owned())
}

/// A host's name or address in lower case; a `*.` before it says what is true anyway.
fn host(text: &str) -> Result<String, String> {
    let name = text.strip_prefix("*.").unwrap_or(text).to_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    if let Some((_, rest)) = name.split_once("://") {
        let host = rest.split(['/', ':']).next().unwrap_or_default();
        return Err(format!("`{text}` is a URL; a host is meant: `{host}`"));
    }
    if ["com", "net", "org", "info", "edu", "gov", "biz"].contains(&name) {
        return Err(format!("`{text}` would be every host whose name ends so"));
    }
    let is_v6 = name.starts_with('[') && name.ends_with(']');
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_name || is_v6 {
        return Ok(name.to_owned());
    }
    Err(format!(
        "`{text}` is no host; neither port nor path belongs to one, and names under it are meant anyway"
    ))
}

fn prefix(text: &str) -> Result<String, String> {
    let body = text.strip_suffix(['_', '-']).unwrap_or_default();
    let is_word = body.starts_with(|c: char| c.is_ascii_alphabetic())
        && body
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    match text.len() {
        3..=24 if is_word => Ok(text.to_owned()),
        _ => Err(format!(
            "`{text}` is no prefix: a letter, then letters and digits, then `_` or `-`, 3 to 24 in all, as in `acme_`"
        )),
    }
}

fn file_name(text: &str) -> Result<String, String> {
    let name = text.strip_suffix('*').unwrap_or(text);
    if name.is_empty() {
        return Err(format!("`{text}` would be every file"));
    }
    if name.contains('/') {
        return Err(format!("`{text}` is a path; the name of a file is meant"));
    }
    if name.contains(['*', '?', '[']) {
        return Err(format!("`{text}`: a `*` may only end a name"));
    }
    Ok(text.to_owned())
}

fn template_word(text: &str) -> Result<String, String> {
    match !text.is_empty() && text.chars().all(char::is_alphanumeric) {
        true => Ok(text.to_owned()),
        false => Err(format!(
            "`{text}` is no word of a file's name: letters and digits, as `example` in `.env.example`"
        )),
    }
}

fn marker(text: &str) -> Result<String, String> {
    if MARKERS.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(match suggestion(text, MARKERS.iter().copied()) {
        Some(known) => format!("`{text}`: no such tool; did you mean `{known}`?"),
        None => format!("`{text}`: no such tool; there are {}", MARKERS.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TOML has no null, and an empty list is what is not there.
    fn without_defaults(schema: &mut serde_json::Value) {
        if let Some(object) = schema.as_object_mut() {
            object.remove("default");
            object.values_mut().for_each(without_defaults);
        }
        if let Some(array) = schema.as_array_mut() {
            array.iter_mut().for_each(without_defaults);
        }
    }

    #[test]
    fn the_schema_is_the_committed_one() {
        let mut schema = schemars::schema_for!(ConfigText);
        schema.insert("title".to_owned(), "hushlint configuration".into());
        let mut schema = schema.to_value();
        without_defaults(&mut schema);
        let mut text = serde_json::to_string_pretty(&schema).unwrap();
        text.push('\n');
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("hushlint.schema.json");
        if std::env::var_os("HUSHLINT_BLESS").is_some_and(|v| v == "1") {
            std::fs::write(&file, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap();
        assert_eq!(
            committed, text,
            "HUSHLINT_BLESS=1 cargo test --lib renews it"
        );
    }
}
