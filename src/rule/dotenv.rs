//! `.env` and its kind: what git makes of them, what they hold, and whether the repository uses them at all.

use crate::document::{Document, RepoPath};
use crate::finding::Finding;

use super::{Rule, Scene};

/// The `[rule.dotenv]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DotenvText {}

pub struct DotenvRule {
    anchors: Vec<Vec<u8>>,
}

/// A sign that the repository keeps settings in dotenv files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// The dotenv file that would be written.
    pub dotenv: RepoPath,
    /// The file that says so.
    pub path: RepoPath,
    pub line: usize,
    /// What it is: "template", "`env_file`", "dotenv call".
    pub what: String,
}

/// Whether `name`, a path's last component, is a dotenv file's: `.env`,
/// `.env.*`, `secrets.json`, whatever their case, but no template.
pub fn is_dotenv_name(_name: &[u8]) -> bool {
    false
}

impl DotenvRule {
    pub fn new(anchors: Vec<Vec<u8>>, _text: DotenvText) -> DotenvRule {
        DotenvRule { anchors }
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// What the anchor at `start` says about the use of dotenv files.
    pub fn evidence(&self, _start: usize, _scene: &Scene<'_>) -> Option<Evidence> {
        None
    }

    /// What the document's own name says about the use of dotenv files.
    pub fn evidence_of_file(&self, _scene: &Scene<'_>) -> Option<Evidence> {
        None
    }

    /// The finding about a document that is itself a dotenv file, if this rule has one.
    pub fn judge_file(&self, _rule: &Rule, _document: &Document) -> Option<Finding> {
        None
    }
}
