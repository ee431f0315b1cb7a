//! Keys that have been in a history for too long: what only an audit can tell.

use crate::finding::{Finding, Fingerprint, Secret, Severity};

use super::Rule;

/// The `[rule.age]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AgeText {
    /// The rules whose keys are to be rotated.
    of: Vec<String>,
    rotation_days: u32,
}

pub struct AgeRule {
    of: Vec<String>,
    rotation_days: u32,
}

const DAY: i64 = 86_400;

impl AgeRule {
    pub fn new(text: AgeText) -> AgeRule {
        AgeRule {
            of: text.of,
            rotation_days: text.rotation_days,
        }
    }

    /// Takes `days` for the window, if there is a word on it.
    pub fn set_rotation(&mut self, days: Option<u32>) {
        self.rotation_days = days.unwrap_or(self.rotation_days);
    }

    /// What `rule`, this one's, says about a key that is known from a history
    /// since `first`, both times in seconds since 1970; `date` writes a day out.
    pub fn judge(
        &self,
        rule: &Rule,
        finding: &Finding,
        secret: Secret,
        (first, now): (i64, i64),
        date: &dyn Fn(i64) -> String,
    ) -> Option<Finding> {
        let provenance = finding.provenance.as_ref()?;
        // What no commit leads to has no age.
        if first == i64::MAX
            || !rule.enabled
            || !self.of.iter().any(|id| id == finding.rule.as_str())
        {
            return None;
        }
        let window = i64::from(self.rotation_days);
        let (first, now) = (first.div_euclid(DAY), now.div_euclid(DAY));
        let due = first + window;
        // An author date is what somebody wrote, and may lie ahead.
        let age = (now - first).max(0);
        let (severity, message) = if now > due {
            let stands = if provenance.in_head {
                "still in HEAD"
            } else {
                "no longer in HEAD"
            };
            let message = format!(
                "key in the history for {age} days, {} past its rotation window of {window}; {stands}",
                age - window
            );
            (rule.severity, message)
        } else if provenance.in_head {
            let message = format!(
                "key in HEAD, {age} days old; to be rotated by {}",
                date(due)
            );
            (Severity::Note, message)
        } else {
            return None;
        };
        let dated = Secret::new(&rule.id, secret.as_bytes());
        Some(Finding {
            rule: rule.id.clone(),
            severity,
            message,
            fingerprint: Fingerprint::new(&finding.path, dated),
            secret: dated,
            help: None,
            related: Vec::new(),
            ..finding.clone()
        })
    }
}
