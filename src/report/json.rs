//! The schema `hushlint/1`: keys in fixed order, all of them present but a file finding's places.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::View;
use super::statistics::Statistics;
use crate::finding::{Finding, Fix, Provenance, Region, Related, Report, Severity, Situation};

pub(super) fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema: "hushlint/1",
        tool: Tool {
            name: "hushlint",
            version: env!("CARGO_PKG_VERSION"),
        },
        findings: view
            .shown(report, Severity::Note)
            .map(JsonFinding::new)
            .collect(),
        problems: report
            .problems
            .iter()
            .map(|p| JsonProblem {
                kind: p.kind.name(),
                path: p.path.as_ref().map(|p| p.to_text().into_owned()),
                message: &p.message,
            })
            .collect(),
        statistics: view.statistics.then(|| Statistics::new(report)),
        summary: Summary::new(report),
    };
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")?;
    out.flush()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    findings: Vec<JsonFinding<'a>>,
    problems: Vec<JsonProblem<'a>>,
    /// Only where they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Statistics>,
    summary: Summary,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    rule: &'a str,
    severity: &'static str,
    message: &'a str,
    path: String,
    #[serde(flatten)]
    place: Option<Place>,
    excerpt: Option<&'a str>,
    provider: Option<&'a str>,
    fingerprint: String,
    provenance: Option<Origin<'a>>,
    /// How far a secret has come in git, and what to do about it first.
    situation: Option<&'static str>,
    next_step: Option<&'static str>,
    related: Vec<JsonRelated<'a>>,
    fix: Option<JsonFix<'a>>,
    suppressed: Option<JsonSuppression<'a>>,
}

/// 1-based, columns in code points, the end exclusive.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}

/// Who brought it, and whether it is still there; null outside a history.
#[derive(Serialize)]
struct Origin<'a> {
    /// Null for what no commit leads to.
    commit: Option<&'a str>,
    author: &'a str,
    date: &'a str,
    path: String,
    in_head: bool,
}

/// Another place that belongs to the finding, and why.
#[derive(Serialize)]
struct JsonRelated<'a> {
    path: String,
    #[serde(flatten)]
    place: Option<Place>,
    message: &'a str,
}

/// Offsets are bytes of the file as stored; what replaces them is text, or
/// base64 where it is in no encoding that JSON knows.
#[derive(Serialize)]
struct JsonFix<'a> {
    title: &'a str,
    applicability: &'static str,
    edits: Vec<JsonEdit<'a>>,
}

#[derive(Serialize)]
struct JsonEdit<'a> {
    path: String,
    start: usize,
    end: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// Why a finding does not count.
#[derive(Serialize)]
struct JsonSuppression<'a> {
    by: &'static str,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonProblem<'a> {
    kind: &'static str,
    path: Option<String>,
    message: &'a str,
}

#[derive(Serialize)]
struct Summary {
    complete: bool,
    files: u64,
    bytes: u64,
    skipped: BTreeMap<&'static str, u64>,
    submodules: Vec<String>,
    findings: Counts,
    suppressed: usize,
    /// Null without `--fix`.
    fixed: Option<usize>,
}

/// Of the whole report, shown or not: they explain the exit code.
#[derive(Serialize)]
struct Counts {
    error: usize,
    warning: usize,
    note: usize,
}

impl Origin<'_> {
    fn new(provenance: &Provenance) -> Origin<'_> {
        Origin {
            commit: provenance.commit.as_deref(),
            author: &provenance.author,
            date: &provenance.date,
            path: provenance.path.to_text().into_owned(),
            in_head: provenance.in_head,
        }
    }
}

impl JsonFinding<'_> {
    fn new(finding: &Finding) -> JsonFinding<'_> {
        JsonFinding {
            rule: finding.rule.as_str(),
            severity: finding.severity.name(),
            message: &finding.message,
            path: finding.path.to_text().into_owned(),
            place: finding.region.as_ref().map(Place::new),
            excerpt: finding.region.as_ref().map(|r| r.excerpt.text.as_str()),
            provider: finding.provider.as_deref(),
            fingerprint: finding.fingerprint.to_string(),
            provenance: finding.provenance.as_ref().map(Origin::new),
            situation: finding.situation.map(Situation::name),
            next_step: finding.situation.map(Situation::next_step),
            related: finding.related.iter().map(JsonRelated::new).collect(),
            fix: finding.fix.as_ref().map(JsonFix::new),
            suppressed: finding.suppressed.as_ref().map(|s| JsonSuppression {
                by: s.by.name(),
                reason: s.reason.as_deref(),
            }),
        }
    }
}

impl JsonRelated<'_> {
    fn new(related: &Related) -> JsonRelated<'_> {
        JsonRelated {
            path: related.path.to_text().into_owned(),
            place: related.region.as_ref().map(Place::new),
            message: &related.message,
        }
    }
}

impl JsonFix<'_> {
    fn new(fix: &Fix) -> JsonFix<'_> {
        let edits = fix.edits.iter().map(|edit| {
            let text = std::str::from_utf8(&edit.text).ok();
            JsonEdit {
                path: edit.path.to_text().into_owned(),
                start: edit.range.start,
                end: edit.range.end,
                text,
                base64: text
                    .is_none()
                    .then(|| data_encoding::BASE64.encode(&edit.text)),
            }
        });
        JsonFix {
            title: &fix.title,
            applicability: fix.applicability.name(),
            edits: edits.collect(),
        }
    }
}

impl Place {
    fn new(region: &Region) -> Place {
        Place {
            line: region.start.line,
            column: region.start.column,
            end_line: region.end.line,
            end_column: region.end.column,
        }
    }
}

impl Summary {
    fn new(report: &Report) -> Summary {
        let scanned = &report.scanned;
        Summary {
            complete: report.is_complete(),
            files: scanned.files,
            bytes: scanned.bytes,
            skipped: scanned
                .skipped
                .iter()
                .map(|(why, &n)| (why.name(), n))
                .collect(),
            submodules: scanned
                .submodules
                .iter()
                .map(|p| p.to_text().into_owned())
                .collect(),
            findings: Counts {
                error: report.count(Severity::Error),
                warning: report.count(Severity::Warning),
                note: report.count(Severity::Note),
            },
            suppressed: report.suppressed(),
            fixed: report.fixed,
        }
    }
}
