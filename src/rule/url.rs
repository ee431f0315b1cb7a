//! `plain-http-api`: URLs that would send an API call in plain text.

use super::{Match, Scene, Verdict};

/// The `[rule.url]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UrlText {}

pub struct UrlRule {
    anchors: Vec<Vec<u8>>,
}

impl UrlRule {
    pub fn new(anchors: Vec<Vec<u8>>, _text: UrlText) -> UrlRule {
        UrlRule { anchors }
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// The URL whose scheme begins at `start`.
    pub fn find(&self, _bytes: &[u8], _start: usize) -> Option<Match> {
        None
    }

    /// `None` for hosts and places that are no API call.
    pub fn judge(&self, _found: &Match, _scene: &Scene<'_>) -> Option<Verdict> {
        None
    }
}
