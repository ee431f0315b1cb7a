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
    content: Option<Content>,
    usage: Option<Usage>,
}

impl DotenvRule {
    pub fn new(anchors: Vec<Vec<u8>>, text: DotenvText) -> DotenvRule {
        let names = Names::new(&text.names, &text.templates);
        DotenvRule {
            anchors,
            about: text.about,
            content: text.content.map(Content::new),
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
                let content = self.content.as_ref();
                let seen = content.map_or_else(Summary::default, |c| c.summary(document.bytes()));
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
    // What tests and examples are run with is secret only if it was issued by someone.
    let is_sample = is_sample(&document.path);
    let is_secret = if is_sample {
        seen.issued > 0
    } else {
        !seen.secret.is_empty()
    };
    let all = |count: usize| count > 0 && count == seen.settings;
    let (severity, holds) = if is_secret {
        (Severity::Error, secrets(seen, " and holds"))
    } else if all(seen.public) {
        let text = ", with settings that the build ships to browsers anyway";
        (Severity::Note, text.to_owned())
    } else {
        let severity = if is_sample {
            Severity::Note
        } else {
            Severity::Warning
        };
        let text = if all(seen.hollow) {
            ", with placeholders only: a template under another name, until somebody fills it in"
        } else if is_sample && !seen.secret.is_empty() {
            ", in a test or example, with secrets that nobody issued"
        } else if seen.settings == 0 {
            ", and empty so far"
        } else {
            ", without a value that looks secret"
        };
        (severity, text.to_owned())
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
    let help = match (is_secret, severity) {
        (true, _) => format!(
            "Rotate what it holds first: whoever has the repository has it. Then {remove}, and ignore `{name}`."
        ),
        (false, Severity::Note) => {
            format!("If it is meant to be shared, keep secrets out of it; if not, {remove}.")
        }
        (false, Severity::Warning | Severity::Error) if all(seen.hollow) => {
            format!("Rename it to `{name}.example`, and ignore `{name}`.")
        }
        (false, Severity::Warning | Severity::Error) => {
            format!(
                "{remove}, ignore `{name}`, and commit a `{name}.example` without values instead."
            )
        }
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

/// Whether tests or examples are run with the file at `path`, by its folder or its name (`.env.testing`).
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
    let by_name = path
        .name()
        .split(|b| matches!(b, b'.' | b'-' | b'_'))
        .any(|part| KINDS.iter().any(|k| part.eq_ignore_ascii_case(k)));
    let path = path.as_bytes();
    by_name || paths::is_test_path(path) || paths::is_fixture_path(path) || paths::is_doc_path(path)
}

/// How many settings look secret, and their names; never a value.
fn secrets(seen: &Summary, lead: &str) -> String {
    const MOST: usize = 3;
    let names: Vec<String> = seen.secret.iter().map(|n| format!("`{n}`")).collect();
    let shown = names[..names.len().min(MOST)].join(", ");
    match names.len() {
        0 => String::new(),
        1 => format!("{lead} a value that looks secret: {shown}"),
        n if n <= MOST => format!("{lead} {n} values that look secret: {shown}"),
        n => format!(
            "{lead} {n} values that look secret: {shown} and {} more",
            n - MOST
        ),
    }
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
