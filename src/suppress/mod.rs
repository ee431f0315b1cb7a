//! Findings that somebody has looked at: comments beside them and baselines.

pub mod baseline;
pub mod foreign;
pub mod inline;
mod marker;
pub mod placing;

use crate::finding::{RuleId, Severity};

/// What suppressions are about, and what they are judged by.
pub struct Rules {
    /// Every rule there is.
    pub known: Vec<Known>,
    /// What reports suppressions that suppress nothing for the way they are written; `None`: nothing does.
    pub invalid: Option<(RuleId, Severity)>,
    /// What reports those with nothing to suppress.
    pub unused: Option<(RuleId, Severity)>,
    /// Days since 1970.
    pub today: i64,
}

/// A rule, as far as a suppression of it has to know.
pub struct Known {
    pub id: RuleId,
    /// Whether it reports.
    pub is_enabled: bool,
    /// Whether all that it has to say about a text is said once that is scanned.
    pub is_judged: bool,
    /// Whether it speaks of suppressions, and so cannot be silenced by one.
    pub is_upkeep: bool,
    /// Whether what it finds is a secret.
    pub is_secret: bool,
}

impl Rules {
    fn get(&self, id: &str) -> Option<&Known> {
        self.known.iter().find(|k| k.id.as_str() == id)
    }

    /// Whether a rule of this name finds secrets.
    fn finds_secrets(&self, id: &RuleId) -> bool {
        self.get(id.as_str()).is_some_and(|k| k.is_secret)
    }
}
