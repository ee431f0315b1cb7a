//! `.env` and its kind: what git makes of them, what they hold, and whether the repository uses them at all.

mod content;
mod names;
mod usage;

use std::collections::BTreeSet;

use crate::document::{Coverage, Document, RepoPath, Standing};
use crate::finding::{Finding, Fingerprint, Secret, Severity};
use crate::syntax::paths;

use super::{Rule, Scene};
use content::{Content, ContentText, Summary};
use usage::{Usage, UsageText};

pub use names::Names;
pub use usage::Evidence;

/// The `[rule.dotenv]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DotenvText {
    about: About,
    /// The names of dotenv files; a `*` may end one.
    #[serde(default)]
    names: Vec<String>,
    /// Words of a name that make it a template's.
    #[serde(default)]
    templates: Vec<String>,
    #[serde(default)]
    content: Option<ContentText>,
    #[serde(default)]
    usage: Option<UsageText>,
}

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum About {
    /// Files that lie there and could be committed.
    Untracked,
    /// Files that are committed.
    Tracked,
    /// Files that do not lie there, and could be committed if they did.
    Absent,
}

pub struct DotenvRule {
    anchors: Vec<Vec<u8>>,
    about: About,
    names: Names,
    content: Option<Box<Content>>,
    usage: Option<Usage>,
}

impl DotenvRule {
    pub fn new(anchors: Vec<Vec<u8>>, text: DotenvText) -> DotenvRule {
        let names = Names::new(&text.names, &text.templates);
        DotenvRule {
            anchors,
            about: text.about,
            content: text.content.map(|c| Box::new(Content::new(c))),
            usage: text.usage.map(|u| Usage::new(u, names.clone())),
            names,
        }
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// The names this rule brings, if it brings any.
    pub(super) fn names(&self) -> Option<&Names> {
        (!self.names.is_empty()).then_some(&self.names)
    }

    /// Knows more names, if it knows any.
    pub fn add_names(&mut self, files: &[String], templates: &[String]) {
        if !self.names.is_empty() {
            self.names.add(files, templates);
        }
        if let Some(usage) = &mut self.usage {
            usage.add_names(files, templates);
        }
    }

    /// What the anchor at `start` says about the use of dotenv files.
    pub fn evidence(&self, start: usize, scene: &Scene<'_>) -> Option<Evidence> {
        self.usage.as_ref()?.evidence(&self.anchors, start, scene)
    }

    /// What the document's own name says about the use of dotenv files.
    pub fn evidence_of_file(&self, scene: &Scene<'_>) -> Option<Evidence> {
        self.usage.as_ref()?.evidence_of_file(scene)
    }

    /// The findings about files that are not there yet. `coverage` and
    /// `present` answer for any path.
    pub fn conclude(
        &self,
        rule: &Rule,
        evidence: &[Evidence],
        coverage: &dyn Fn(&RepoPath) -> Option<Coverage>,
        present: &dyn Fn(&RepoPath) -> bool,
    ) -> Vec<Finding> {
        self.usage
            .as_ref()
            .map_or_else(Vec::new, |u| u.conclude(rule, evidence, coverage, present))
    }

    /// The finding about a document that is itself a dotenv file, if this rule has one.
    pub fn judge_file(&self, rule: &Rule, document: &Document) -> Option<Finding> {
        let standing = document.standing.as_ref()?;
        // One finding a file, however many windows it is read in.
        if document.window.as_ref().is_some_and(|w| w.offset > 0) {
            return None;
        }
        let word = match (self.about, standing.tracked) {
            (About::Untracked, false) => untracked(rule, document, standing)?,
            (About::Tracked, true) => {
                let content = self.content.as_deref();
                let for_secrets = is_for_secrets(document.path.name());
                let seen = content.map_or_else(Summary::default, |c| {
                    c.summary(document.bytes(), for_secrets)
                });
                tracked(document, standing, &seen)
            }
            (About::Untracked | About::Tracked | About::Absent, _) => return None,
        };
        let unignored = match self.about {
            About::Untracked => vec![document.path.clone()],
            About::Tracked | About::Absent => Vec::new(),
        };
        let mut finding = Finding {
            severity: word.severity,
            message: word.message,
            help: Some(word.help),
            unignored,
            ..Finding::of_file(&rule.id, document.path.clone())
        };
        finding.secret = Secret::new(&rule.id, word.content.as_bytes());
        finding.fingerprint = Fingerprint::new(&finding.path, finding.secret);
        Some(finding)
    }
}

struct Word {
    severity: Severity,
    message: String,
    help: String,
    /// What it is about beside the file itself.
    content: String,
}

fn untracked(rule: &Rule, document: &Document, standing: &Standing) -> Option<Word> {
    let name = RepoPath::new(document.path.name()).to_string();
    let (severity, message) = match &standing.coverage {
        Coverage::Shared => return None,
        Coverage::Nothing => (
            rule.severity,
            format!("no rule ignores `{name}`: the next `git add` of its folder commits it"),
        ),
        Coverage::Private(file) => (
            Severity::Warning,
            format!("only `{file}` covers `{name}`: it protects one clone, and nobody else's"),
        ),
    };
    Some(Word {
        severity,
        message,
        help: format!(
            "Add a line `{name}` to the `.gitignore` of the repository, and commit that."
        ),
        content: String::new(),
    })
}

fn tracked(document: &Document, standing: &Standing, seen: &Summary) -> Word {
    // What tests and examples are run with is secret only if it was issued by someone, and what all
    // developers share is at least to be looked at.
    let is_sample = is_sample(&document.path);
    let is_shared = is_sample || is_for_developers(document.path.name());
    let is_secret = if is_shared {
        seen.issued > 0
    } else {
        !seen.secret.is_empty()
    };
    let unclear = match is_shared {
        true => &seen.secret,
        false => &seen.unclear,
    };
    let is_unclear = !is_sample
        && match is_shared {
            true => seen.secret.len() > seen.self_made,
            false => !unclear.is_empty(),
        };
    let all = |count: usize| count > 0 && count == seen.settings;
    // A file that is named for secrets and has none yet is a place for them.
    let is_place =
        !seen.places.is_empty() || seen.settings == 0 && is_for_secrets(document.path.name());
    let severity = if is_secret {
        Severity::Error
    } else if is_unclear {
        Severity::Warning
    } else {
        Severity::Note
    };
    let holds = if is_secret {
        match seen.secret.len() {
            1 => format!(
                " and holds a value that looks secret: {}",
                listed(&seen.secret)
            ),
            n => format!(
                " and holds {n} values that look secret: {}",
                listed(&seen.secret)
            ),
        }
    } else if is_sample && !seen.secret.is_empty() {
        ", in a test or example, with secrets that nobody issued".to_owned()
    } else if is_sample && seen.settings > 0 {
        ", in a test or example, without a value that looks secret".to_owned()
    } else if is_unclear {
        format!(" and holds what may be a secret: {}", listed(unclear))
    } else if !seen.secret.is_empty() {
        ", for developers, with secrets that nobody issued".to_owned()
    } else if !seen.places.is_empty() && all(seen.hollow) {
        format!(
            ", with placeholders only: a template under another name, until somebody fills in {}",
            listed(&seen.places)
        )
    } else if !seen.places.is_empty() {
        let places = listed(&seen.places);
        match seen.places.len() {
            1 => format!(
                " and has a place for a secret, {places}: whoever puts a real one there commits it"
            ),
            n => format!(
                " and has places for {n} secrets, {places}: whoever puts a real one there commits it"
            ),
        }
    } else if is_place {
        ", named for secrets, and empty so far".to_owned()
    } else if seen.settings == 0 {
        ", and empty so far".to_owned()
    } else if all(seen.public) {
        ", with settings that the build ships to browsers anyway".to_owned()
    } else {
        ", and holds neither a secret nor a place for one".to_owned()
    };
    let name = RepoPath::new(document.path.name()).to_string();
    let although = match &standing.coverage {
        Coverage::Shared => {
            ". Ignore rules cover it, but ignoring a file does not untrack it".to_owned()
        }
        Coverage::Private(file) => {
            format!(". `{file}` covers it, but ignoring a file does not untrack it")
        }
        Coverage::Nothing => String::new(),
    };
    let remove = format!(
        "`git rm --cached -- {}`",
        quoted(&document.path.to_string())
    );
    let help = if is_secret {
        format!(
            "Rotate what it holds first: whoever has the repository has it. Then {remove}, and ignore `{name}`."
        )
    } else if is_unclear {
        format!(
            "If it is one, rotate it first. Then {remove}, ignore `{name}`, and commit a `{name}.example` without values instead."
        )
    } else if is_place && !is_shared {
        format!("If it is a template, keep it as `{name}.example`: {remove}, and ignore `{name}`.")
    } else {
        format!("If it is meant to be shared, keep secrets out of it; if not, {remove}.")
    };
    Word {
        severity,
        message: format!("`{name}` is tracked by git{holds}{although}"),
        help,
        content: match is_secret {
            true => names(seen),
            false => String::new(),
        },
    }
}

/// The settings that look secret: with another one it is another finding. Not
/// their values: a fingerprint would let short ones be guessed.
fn names(seen: &Summary) -> String {
    let names: BTreeSet<&str> = seen.secret.iter().map(String::as_str).collect();
    names.into_iter().collect::<Vec<_>>().join("\n")
}

/// Whether tests or examples are run with the file at `path`, by its folders or its name (`.env.testing`).
fn is_sample(path: &RepoPath) -> bool {
    const KINDS: [&[u8]; 10] = [
        b"test",
        b"testing",
        b"tests",
        b"ci",
        b"e2e",
        b"dusk",
        b"cypress",
        b"travis",
        b"circleci",
        b"jenkins",
    ];
    let is_named_so = has_part(path.name(), &KINDS);
    let path = path.as_bytes();
    is_named_so
        || paths::is_sample_path(path)
        || paths::is_development_path(path)
        || paths::is_test_path(path)
        || paths::is_fixture_path(path)
        || paths::is_doc_path(path)
}

/// `.env.development`, `.env.docker`: whether all who develop or try it share the file called `name`,
/// on purpose.
fn is_for_developers(name: &[u8]) -> bool {
    const KINDS: [&[u8]; 6] = [
        b"development",
        b"develop",
        b"devel",
        b"dev",
        b"docker",
        b"compose",
    ];
    // `.env.development.local` is one developer's own.
    let is_own = name.to_ascii_lowercase().ends_with(b".local");
    !is_own && has_part(name, &KINDS)
}

/// Whether one of `kinds` stands in a file's name, between `.`, `-` and `_`.
fn has_part(name: &[u8], kinds: &[&[u8]]) -> bool {
    let mut parts = name.split(|b| b".-_".contains(b));
    parts.any(|part| kinds.iter().any(|kind| part.eq_ignore_ascii_case(kind)))
}

/// Names of settings, the first few.
fn listed(names: &[String]) -> String {
    const MOST: usize = 3;
    let quoted: Vec<String> = names.iter().take(MOST).map(|n| format!("`{n}`")).collect();
    let shown = quoted.join(", ");
    match names.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Whether a file's name says that secrets are in it: `secrets.json`.
fn is_for_secrets(name: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] = [
        b"secret",
        b"secrets",
        b"credential",
        b"credentials",
        b"password",
        b"passwords",
    ];
    name.split(|b| matches!(b, b'.' | b'-' | b'_'))
        .any(|part| WORDS.iter().any(|w| part.eq_ignore_ascii_case(w)))
}

/// As a shell takes it for one word.
fn quoted(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-/".contains(c);
    if path.chars().all(is_plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_for_tests_are_known_by_a_word_of_their_name() {
        for (path, expected) in [
            (".env.testing-ci", true),
            (".env.ci_mysql", true),
            (".env.mysql.travis", true),
            ("api/.env.test.local", true),
            ("tests/.env", true),
            (".env", false),
            (".env.latest", false),
            (".env.production", false),
        ] {
            assert_eq!(is_sample(&path.into()), expected, "{path}");
        }
    }
}
