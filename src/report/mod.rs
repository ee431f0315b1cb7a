//! What a scan says, in the forms its readers want: one file and one row of [`FORMATS`] a format.

pub mod explain;
mod json;
mod markdown;
mod sarif;
mod statistics;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use crate::document::is_unsafe_on_a_terminal;
use crate::finding::{Finding, Report, Severity};
use crate::rule::{Rule, RuleSet};

/// How the caller wants to see a report.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The rules that made the report: a set for each configuration that had
    /// a part in it, that of the run as a whole first.
    pub sets: &'a [&'a RuleSet],
    pub colour: bool,
    /// Columns of the terminal; 0 where there is none.
    pub width: usize,
    /// The least severity to show; `None` leaves it to the format: text shows
    /// errors and warnings and counts the notes, the data formats show all.
    pub level: Option<Severity>,
    /// Whether findings that do not count are shown as well.
    pub suppressed: bool,
    /// Whether findings are counted by rule and folder; text then shows the counts alone.
    pub statistics: bool,
}

/// A way to write a report.
pub struct Format {
    pub name: &'static str,
    /// What it is for, in half a line.
    pub about: &'static str,
    /// Writes the whole of it and flushes; the only errors are the writer's.
    pub write: fn(&Report, &View<'_>, &mut dyn Write) -> io::Result<()>,
}

pub const FORMATS: &[Format] = &[
    Format {
        name: "text",
        about: "annotated source lines, for people",
        write: text::write,
    },
    Format {
        name: "json",
        about: "one document of the schema hushlint/1, for programs",
        write: json::write,
    },
    Format {
        name: "sarif",
        about: "SARIF 2.1.0, for code scanning",
        write: sarif::write,
    },
];

pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|f| f.name == name)
}

impl<'a> View<'a> {
    /// Every rule that is in use anywhere, once, with a set that holds it.
    fn rules(&self) -> Vec<(&'a RuleSet, &'a Rule)> {
        let mut known = BTreeSet::new();
        let all = self
            .sets
            .iter()
            .flat_map(|set| set.rules().iter().map(|r| (*set, r)));
        all.filter(|(_, rule)| rule.enabled && known.insert(&rule.id))
            .collect()
    }

    fn rule(&self, id: &str) -> Option<&'a Rule> {
        self.sets.iter().find_map(|set| set.rule(id))
    }

    /// The findings to show, in the report's order, where the format shows `default` and above.
    fn shown<'r>(
        &self,
        report: &'r Report,
        default: Severity,
    ) -> impl Iterator<Item = &'r Finding> + use<'r> {
        let least = self.level.unwrap_or(default);
        let suppressed = self.suppressed;
        report
            .findings
            .iter()
            .filter(move |f| f.severity >= least && (suppressed || f.suppressed.is_none()))
    }
}

/// One finding as the text format shows it, and what its rule is about.
pub fn card(finding: &Finding, view: &View<'_>) -> String {
    text::card(finding, view)
}

/// `text` on one line, with nothing in it that a terminal would obey.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\r' | '\t' => ' ',
            c if is_unsafe_on_a_terminal(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// `1 file`, `2 files`.
struct Count(u64, &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count(n, noun) = *self;
        write!(f, "{n} {noun}{}", if n == 1 { "" } else { "s" })
    }
}
