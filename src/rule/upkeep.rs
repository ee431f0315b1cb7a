//! Rules about suppressions themselves: what they say is said by whoever applies those.

/// The `[rule.upkeep]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UpkeepText {
    about: About,
}

/// What is wrong with a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// It is written in a way that suppresses nothing.
    Invalid,
    /// There is nothing that it suppresses.
    Unused,
    /// It stands in a baseline, and what it was about is gone.
    Stale,
}

pub struct UpkeepRule {
    about: About,
    anchors: Vec<Vec<u8>>,
}

impl UpkeepRule {
    pub fn new(text: UpkeepText, anchors: Vec<Vec<u8>>) -> UpkeepRule {
        UpkeepRule {
            about: text.about,
            anchors,
        }
    }

    pub fn about(&self) -> About {
        self.about
    }

    pub(super) fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }
}
