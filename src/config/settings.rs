//! Layers on top of each other: the settings in force, each with the place it was set at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use crate::finding::{Finding, RuleId, Severity, SuppressedBy, Suppression};
use crate::rule::{Rule, Tuning};
use crate::suggest::suggestion;

use super::exclude::{Excludes, Pattern};
use super::glob::{Base, Glob, Globs};
use super::parse::{Error, Layer};
use super::{Origin, Set};

/// What is in force for the files that one configuration governs.
pub struct Settings {
    /// The files it was read from, the nearest first; none: the defaults.
    pub files: Vec<String>,
    /// Of every rule, in the order of the rule set.
    pub rules: Vec<State>,
    pub exclude: Vec<Set<Pattern>>,
    pub per_path: Vec<Override>,
    pub fail_on: Set<Severity>,
    /// `None`: there is no limit.
    pub max_file_size: Set<Option<u64>>,
    /// `None`: as the rule has it.
    pub rotation_days: Set<Option<u32>>,
    pub plain_http_hosts: Vec<Set<String>>,
    pub key_prefixes: Vec<Set<String>>,
    pub dotenv_names: Vec<Set<String>>,
    pub dotenv_templates: Vec<Set<String>>,
    /// Absolute paths.
    pub own_rules: Vec<Set<PathBuf>>,
    /// An absolute path.
    pub baseline: Set<Option<PathBuf>>,
    /// Tools whose inline markers are honoured.
    pub markers: Vec<Set<String>>,
    pub require_reason: Set<bool>,
    excluded: Vec<Excludes>,
}

/// A rule as it is used.
#[derive(Clone, Debug)]
pub struct State {
    pub rule: RuleId,
    pub enabled: Set<bool>,
    /// The level of all its findings, where one was set.
    pub severity: Option<Set<Severity>>,
}

/// What differs for some files.
pub struct Override {
    pub paths: Vec<Glob>,
    globs: Globs,
    pub select: Option<BTreeSet<RuleId>>,
    pub ignore: BTreeSet<RuleId>,
    pub severity: BTreeMap<RuleId, Severity>,
    pub reason: Option<String>,
    pub origin: Origin,
}

/// As an inline table.
impl fmt::Display for Override {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| {
            let items: Vec<String> = items.iter().map(|i| quoted(i)).collect();
            format!("[{}]", items.join(", "))
        };
        let ids = |ids: &BTreeSet<RuleId>| list(ids.iter().map(RuleId::to_string).collect());
        let mut parts = vec![format!(
            "paths = {}",
            list(self.paths.iter().map(Glob::to_string).collect())
        )];
        parts.extend(self.select.as_ref().map(|s| format!("select = {}", ids(s))));
        if !self.ignore.is_empty() {
            parts.push(format!("ignore = {}", ids(&self.ignore)));
        }
        let levels = self.severity.iter();
        parts.extend(levels.map(|(id, level)| format!("severity.{id} = {}", quoted(level.name()))));
        parts.extend(
            self.reason
                .iter()
                .map(|r| format!("reason = {}", quoted(r))),
        );
        write!(f, "{{ {} }}", parts.join(", "))
    }
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// Where globs count from.
pub(super) struct Place<'a> {
    /// What paths are relative to.
    pub(super) root: &'a Path,
    /// The folder that is governed.
    pub(super) folder: &'a Path,
    /// Whether this is the configuration that the command line was written for.
    pub(super) is_first: bool,
}

impl Place<'_> {
    /// Where the globs of `file` count from: its own folder, or the one that
    /// is governed where that lies elsewhere.
    fn base(&self, file: &Path) -> Base {
        let own = super::folder_of(file);
        let folder = match self.folder.starts_with(own) {
            true => own,
            false => self.folder,
        };
        Base::new(self.root, folder)
    }
}

/// A setting as a person reads it.
pub struct Line {
    pub key: String,
    /// TOML.
    pub value: String,
    pub origin: Origin,
}

impl Settings {
    /// Every setting, lists an item a line, and rules by their ids.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = |key: &str, value: String, origin: &Origin| {
            lines.push(Line {
                key: key.to_owned(),
                value,
                origin: origin.clone(),
            });
        };
        for state in &self.rules {
            let key = format!("rule.{}", state.rule);
            let value = match (state.enabled.value, &state.severity) {
                (false, _) => "off".to_owned(),
                (true, None) => "on".to_owned(),
                (true, Some(severity)) => severity.value.name().to_owned(),
            };
            let origin = match (&state.severity, state.enabled.value) {
                (Some(severity), true) => &severity.origin,
                _ => &state.enabled.origin,
            };
            line(&key, quoted(&value), origin);
        }
        for glob in &self.exclude {
            line("exclude", quoted(&glob.value.to_string()), &glob.origin);
        }
        for over in &self.per_path {
            line("per-path", over.to_string(), &over.origin);
        }
        let fail_on = quoted(self.fail_on.value.name());
        line("fail-on", fail_on, &self.fail_on.origin);
        let number = |n: Option<u64>, none: &str| n.map_or(none.to_owned(), |n| n.to_string());
        let size = number(self.max_file_size.value, "none");
        line("max-file-size", size, &self.max_file_size.origin);
        let days = number(
            self.rotation_days.value.map(u64::from),
            "as the rule has it",
        );
        line("rotation-days", days, &self.rotation_days.origin);
        for (key, list) in [
            ("plain-http-hosts", &self.plain_http_hosts),
            ("key-prefixes", &self.key_prefixes),
            ("dotenv-names", &self.dotenv_names),
            ("dotenv-templates", &self.dotenv_templates),
            ("markers", &self.markers),
        ] {
            for item in list {
                line(key, quoted(&item.value), &item.origin);
            }
        }
        for file in &self.own_rules {
            line(
                "rules",
                quoted(&file.value.display().to_string()),
                &file.origin,
            );
        }
        let baseline = self.baseline.value.as_ref();
        let baseline = baseline.map_or("none".to_owned(), |b| quoted(&b.display().to_string()));
        line("baseline", baseline, &self.baseline.origin);
        let require = self.require_reason.value.to_string();
        line("require-reason", require, &self.require_reason.origin);
        lines
    }

    /// Which of the tables for some files are for the one at `path`, by place.
    pub fn overrides_of(&self, path: &[u8]) -> Vec<usize> {
        let held = |at: &usize| self.per_path[*at].globs.hold(path);
        (0..self.per_path.len()).filter(held).collect()
    }

    /// `layers`, the strongest last, over `rules`, the built-in ones and their own.
    pub(super) fn new(
        layers: &[Layer],
        rules: &[Rule],
        place: &Place<'_>,
    ) -> Result<Settings, Error> {
        let default = |enabled| Set {
            value: enabled,
            origin: Origin::Default,
        };
        let mut settings = Settings {
            files: Vec::new(),
            rules: rules
                .iter()
                .map(|rule| State {
                    rule: rule.id.clone(),
                    enabled: default(true),
                    severity: None,
                })
                .collect(),
            exclude: Vec::new(),
            per_path: Vec::new(),
            fail_on: Set {
                value: Severity::Warning,
                origin: Origin::Default,
            },
            max_file_size: Set {
                value: None,
                origin: Origin::Default,
            },
            rotation_days: Set {
                value: None,
                origin: Origin::Default,
            },
            plain_http_hosts: Vec::new(),
            key_prefixes: Vec::new(),
            dotenv_names: Vec::new(),
            dotenv_templates: Vec::new(),
            own_rules: Vec::new(),
            baseline: Set {
                value: None,
                origin: Origin::Default,
            },
            markers: Vec::new(),
            require_reason: default(false),
            excluded: Vec::new(),
        };
        for layer in layers {
            settings.apply(layer, rules, place)?;
        }
        let by_file = |s: &State| matches!(s.enabled.origin, Origin::File { .. });
        if settings.rules.iter().all(|state| !state.enabled.value)
            && (place.is_first || settings.rules.iter().all(by_file))
        {
            return Err(settings.no_rule_left());
        }
        Ok(settings)
    }

    fn apply(&mut self, layer: &Layer, rules: &[Rule], place: &Place<'_>) -> Result<(), Error> {
        if !layer.name.is_empty() {
            self.files.insert(0, layer.name.to_string());
        }
        let places = |rules: &[Rule], words: &[Set<String>], key: &str| {
            let mut words = words.to_vec();
            let is_elsewhere = |w: &Set<String>| {
                !place.is_first
                    && matches!(w.origin, Origin::CommandLine(_))
                    && !is_known(rules, &w.value)
            };
            words.retain(|w| !is_elsewhere(w));
            places(rules, &words, key)
        };
        if let Some(words) = &layer.select {
            let selected = places(rules, words, "select")?;
            for (at, state) in self.rules.iter_mut().enumerate() {
                let origin = match selected.get(&at) {
                    Some(origin) => origin.clone(),
                    // What was not selected is off because of the whole list.
                    None => words
                        .first()
                        .map_or(Origin::Default, |word| word.origin.clone()),
                };
                state.enabled = Set {
                    value: selected.contains_key(&at),
                    origin,
                };
            }
        }
        for (at, origin) in places(rules, &layer.ignore, "ignore")? {
            self.rules[at].enabled = Set {
                value: false,
                origin,
            };
        }
        for (word, level) in &layer.severity {
            for (at, origin) in places(rules, std::slice::from_ref(word), "severity")? {
                self.rules[at].severity = Some(Set {
                    value: *level,
                    origin,
                });
            }
        }
        let base = place.base(&layer.file);
        if !layer.exclude.is_empty() {
            let patterns = layer.exclude.iter().map(|p| &p.value);
            self.excluded.push(Excludes::new(base.clone(), patterns));
        }
        for per_path in &layer.per_path {
            let ids = |words: &[Set<String>], key| -> Result<BTreeSet<RuleId>, Error> {
                let found = places(rules, words, key)?.into_keys();
                Ok(found.map(|at| rules[at].id.clone()).collect())
            };
            let mut severity = BTreeMap::new();
            for (word, level) in &per_path.severity {
                for id in ids(std::slice::from_ref(word), "per-path.severity")? {
                    severity.insert(id, *level);
                }
            }
            self.per_path.push(Override {
                globs: Globs::new(base.clone(), &per_path.paths),
                paths: per_path.paths.clone(),
                select: match &per_path.select {
                    Some(words) => Some(ids(words, "per-path.select")?),
                    None => None,
                },
                ignore: ids(&per_path.ignore, "per-path.ignore")?,
                severity,
                reason: per_path.reason.clone(),
                origin: per_path.origin.clone(),
            });
        }
        // Lists add up; single values give way.
        self.exclude.extend_from_slice(&layer.exclude);
        add(&mut self.plain_http_hosts, &layer.plain_http_hosts);
        add(&mut self.key_prefixes, &layer.key_prefixes);
        add(&mut self.dotenv_names, &layer.dotenv_names);
        add(&mut self.dotenv_templates, &layer.dotenv_templates);
        add(&mut self.own_rules, &layer.rules);
        add(&mut self.markers, &layer.markers);
        replace(&mut self.fail_on, &layer.fail_on, |v| *v);
        replace(&mut self.max_file_size, &layer.max_file_size, |v| Some(*v));
        replace(&mut self.rotation_days, &layer.rotation_days, |v| Some(*v));
        replace(&mut self.baseline, &layer.baseline, |v| Some(v.clone()));
        replace(&mut self.require_reason, &layer.require_reason, |v| *v);
        Ok(())
    }

    fn no_rule_left(&self) -> Error {
        let options = ["--select", "--ignore"];
        let by_option = self.rules.iter().any(
            |s| matches!(s.enabled.origin, Origin::CommandLine(option) if options.contains(&option)),
        );
        let (file, line) = match self.rules.iter().find_map(|s| match &s.enabled.origin {
            Origin::File { file, line } => Some((file.to_string(), *line)),
            Origin::Default | Origin::CommandLine(_) => None,
        }) {
            Some(place) if !by_option => place,
            _ => ("--select and --ignore leave no rule".to_owned(), 0),
        };
        Error {
            message: match by_option {
                true => "nothing would be checked".to_owned(),
                false => "no rule is left; `exclude` is the key that leaves files out".to_owned(),
            },
            file,
            line,
            key: String::new(),
        }
    }

    /// Whether the file at `path`, relative to the root of the scan, is left out.
    pub fn excludes(&self, path: &[u8]) -> bool {
        // What goes further has the last word.
        let mut verdicts = self.excluded.iter().rev().map(|e| e.verdict(path));
        verdicts.find_map(|verdict| verdict).unwrap_or(false)
    }

    /// Gives `finding` its level, and suppresses it where the configuration
    /// does. `false`: its rule is not in use.
    pub fn classify(&self, finding: &mut Finding) -> bool {
        let Some(state) = self.rules.iter().find(|s| s.rule == finding.rule) else {
            return true;
        };
        if !state.enabled.value {
            return false;
        }
        if let Some(severity) = &state.severity {
            finding.severity = severity.value;
        }
        let path = finding.path.as_bytes();
        let mut suppressed_by: Option<&Override> = None;
        for over in self.per_path.iter().filter(|o| o.globs.hold(path)) {
            if let Some(level) = over.severity.get(&finding.rule) {
                finding.severity = *level;
            }
            // As with the rules of a run, what comes later goes before.
            match &over.select {
                Some(select) if select.contains(&finding.rule) => suppressed_by = None,
                Some(_) => suppressed_by = Some(over),
                None => {}
            }
            if over.ignore.contains(&finding.rule) {
                suppressed_by = Some(over);
            }
        }
        if let Some(over) = suppressed_by
            && finding.suppressed.is_none()
        {
            finding.suppressed = Some(Suppression {
                by: SuppressedBy::Configuration,
                reason: over.reason.clone(),
            });
        }
        true
    }

    /// What it changes about the rules themselves.
    pub(super) fn tuning(&self) -> Tuning {
        let values = |list: &[Set<String>]| list.iter().map(|v| v.value.clone()).collect();
        Tuning {
            key_prefixes: values(&self.key_prefixes),
            plain_http_hosts: values(&self.plain_http_hosts),
            dotenv_names: values(&self.dotenv_names),
            dotenv_templates: values(&self.dotenv_templates),
            rotation_days: self.rotation_days.value,
        }
    }

    /// Equal for settings under which the same is found.
    pub(super) fn key(&self) -> String {
        let rules: Vec<(&str, bool)> = self
            .rules
            .iter()
            .map(|s| (s.rule.as_str(), s.enabled.value))
            .collect();
        let own: Vec<&PathBuf> = self.own_rules.iter().map(|r| &r.value).collect();
        format!("{rules:?} {own:?} {:?}", self.tuning())
    }
}

/// The rules that `words` mean, by place, and where they were named.
fn places(
    rules: &[Rule],
    words: &[Set<String>],
    key: &str,
) -> Result<BTreeMap<usize, Origin>, Error> {
    let mut found = BTreeMap::new();
    for word in words {
        if !is_known(rules, &word.value) {
            return Err(unknown_rule(rules, word, key));
        }
        for (at, rule) in rules.iter().enumerate() {
            if is_meant(rule, &word.value) {
                found.entry(at).or_insert_with(|| word.origin.clone());
            }
        }
    }
    Ok(found)
}

/// Whether `word` is the rule's id, one of its tags, or `all`.
fn is_meant(rule: &Rule, word: &str) -> bool {
    word == "all" || rule.id.as_str() == word || rule.tags.iter().any(|t| t == word)
}

fn is_known(rules: &[Rule], word: &str) -> bool {
    rules.iter().any(|rule| is_meant(rule, word))
}

fn unknown_rule(rules: &[Rule], word: &Set<String>, key: &str) -> Error {
    let ids = rules.iter().map(|r| r.id.as_str());
    let tags = rules.iter().flat_map(|r| r.tags.iter().map(String::as_str));
    let known = ids.chain(tags).chain(["all"]);
    let message = match suggestion(&word.value, known) {
        Some(known) => format!("no such rule; did you mean `{known}`?"),
        None => "no such rule; `hushlint rules` lists them".to_owned(),
    };
    match &word.origin {
        Origin::File { file, line } => Error {
            file: file.to_string(),
            line: *line,
            key: key.to_owned(),
            message: format!("`{}`: {message}", word.value),
        },
        Origin::CommandLine(option) => Error {
            file: format!("{option} {}", word.value),
            line: 0,
            key: String::new(),
            message,
        },
        Origin::Default => unreachable!("defaults name no rule"),
    }
}

/// What is new in `more`.
fn add<T: Clone + PartialEq>(list: &mut Vec<Set<T>>, more: &[Set<T>]) {
    for item in more {
        if !list.iter().any(|known| known.value == item.value) {
            list.push(item.clone());
        }
    }
}

fn replace<T, U>(setting: &mut Set<U>, new: &Option<Set<T>>, value: impl Fn(&T) -> U) {
    if let Some(new) = new {
        *setting = Set {
            value: value(&new.value),
            origin: new.origin.clone(),
        };
    }
}
