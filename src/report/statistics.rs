//! How many findings there are, by rule and by folder.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use crate::document::RepoPath;
use crate::finding::{Finding, Report, Severity};

use super::one_line;

/// How many findings of each level count, and how many do not.
#[derive(Clone, Copy, Default, Serialize)]
pub(super) struct Tally {
    error: u64,
    warning: u64,
    note: u64,
    suppressed: u64,
}

impl Tally {
    fn add(&mut self, finding: &Finding) {
        *match (&finding.suppressed, finding.severity) {
            (Some(_), _) => &mut self.suppressed,
            (None, Severity::Error) => &mut self.error,
            (None, Severity::Warning) => &mut self.warning,
            (None, Severity::Note) => &mut self.note,
        } += 1;
    }

    fn columns(self) -> [u64; 4] {
        [self.error, self.warning, self.note, self.suppressed]
    }
}

/// A rule or a folder, and its findings.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) tally: Tally,
}

/// Of all findings, whatever of them is shown; what has most comes first.
#[derive(Serialize)]
pub(super) struct Statistics {
    pub(super) rules: Vec<Row>,
    pub(super) folders: Vec<Row>,
}

impl Statistics {
    pub(super) fn new(report: &Report) -> Statistics {
        let folder = |f: &Finding| match f.path.parent() {
            [] => ".".to_owned(),
            folder => RepoPath::new(folder).to_text().into_owned(),
        };
        Statistics {
            rules: rows(report, |f| f.rule.to_string()),
            folders: rows(report, folder),
        }
    }
}

fn rows(report: &Report, name: impl Fn(&Finding) -> String) -> Vec<Row> {
    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    for finding in &report.findings {
        tallies.entry(name(finding)).or_default().add(finding);
    }
    let mut rows: Vec<Row> = tallies
        .into_iter()
        .map(|(name, tally)| Row { name, tally })
        .collect();
    // Equal ones stay in the order of their names.
    rows.sort_by_key(|row| std::cmp::Reverse(row.tally.columns()));
    rows
}

/// Two tables, for people.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let Statistics { rules, folders } = Statistics::new(report);
    for (what, rows) in [("rule", rules), ("folder", folders)] {
        if rows.is_empty() {
            continue;
        }
        let names: Vec<String> = rows.iter().map(|row| one_line(&row.name)).collect();
        let width = names.iter().map(|n| n.chars().count()).max().unwrap_or(0);
        let width = width.max(what.len());
        writeln!(out, "{what:width$}  errors  warnings  notes  suppressed")?;
        for (row, name) in rows.iter().zip(names) {
            let [error, warning, note, suppressed] = row.tally.columns();
            writeln!(
                out,
                "{name:width$}  {error:>6}  {warning:>8}  {note:>5}  {suppressed:>10}"
            )?;
        }
        writeln!(out)?;
    }
    Ok(())
}
