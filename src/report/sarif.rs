//! SARIF 2.1.0, as complete as GitHub code scanning reads it and within its limits.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::{Count, View, explain, markdown};
use crate::document::RepoPath;
use crate::finding::{Finding, Fix, Problem, ProblemKind, Region, Report, Severity, SuppressedBy};
use crate::rule::{Rule, RuleSet};

/// GitHub refuses a run with more results.
const RESULTS: usize = 25_000;
/// GitHub refuses a rule with more tags.
const TAGS: usize = 20;
/// GitHub refuses longer descriptions, in characters.
const DESCRIPTION: usize = 1024;
/// The base of every URI. It has no URI of its own: one would name the
/// machine, and consumers know where they checked out (SARIF §3.14.14).
const ROOT: &str = "SRCROOT";

pub(super) fn write(report: &Report, view: &View<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut out = BufWriter::new(out);
    serde_json::to_writer_pretty(&mut out, &Log::new(report, view))?;
    out.write_all(b"\n")?;
    out.flush()
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, BaseId>,
    column_kind: &'static str,
    results: Vec<SarifResult>,
    properties: Accounting,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    information_uri: Option<&'static str>,
    rules: Vec<Descriptor>,
    notifications: Vec<Descriptor>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    short_description: Text,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Text>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_configuration: Option<Configuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<RuleProperties>,
}

/// A message, or a message in two formats: the same object in all we write.
#[derive(Serialize, Default)]
struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<String>,
    precision: String,
    #[serde(rename = "security-severity")]
    security_severity: String,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

#[derive(Serialize)]
struct AutomationDetails {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    descriptor: DescriptorReference,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct DescriptorReference {
    id: &'static str,
}

#[derive(Serialize)]
struct BaseId {
    description: Text,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    /// §3.27.30; as bytes (§3.30.3), since a file need not be UTF-8.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<SarifFix>,
    /// §3.27.23: absent where the finding counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[SarifSuppression; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<ResultProperties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifFix {
    description: Text,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: ByteRegion,
    inserted_content: Binary,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ByteRegion {
    byte_offset: usize,
    byte_length: usize,
}

/// Base64.
#[derive(Serialize)]
struct Binary {
    binary: String,
}

#[derive(Serialize)]
struct SarifSuppression {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
}

#[derive(Serialize)]
struct ResultProperties {
    provider: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<SarifRegion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<SarifRegion>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

/// Columns are counted in UTF-16 code units, the end exclusive.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Text>,
}

/// What was looked at; SARIF has no words of its own for it.
#[derive(Serialize)]
struct Accounting {
    files: u64,
    bytes: u64,
    skipped: BTreeMap<&'static str, u64>,
    submodules: Vec<String>,
}

impl Log {
    fn new(report: &Report, view: &View<'_>) -> Log {
        let rules = view.rules();
        let index: HashMap<&str, usize> = rules
            .iter()
            .enumerate()
            .map(|(i, (_, r))| (r.id.as_str(), i))
            .collect();
        let (findings, left_out) = most_severe(view.shown(report, Severity::Note).collect());
        let mut notifications: Vec<Notification> =
            report.problems.iter().map(Notification::new).collect();
        notifications.extend((left_out > 0).then(|| Notification::results_left_out(left_out)));
        Log {
            schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "hushlint",
                        version: env!("CARGO_PKG_VERSION"),
                        semantic_version: env!("CARGO_PKG_VERSION"),
                        information_uri: Some(env!("CARGO_PKG_REPOSITORY"))
                            .filter(|uri| !uri.is_empty()),
                        rules: rules
                            .iter()
                            .map(|(set, r)| Descriptor::of_rule(r, set))
                            .collect(),
                        notifications: Descriptor::of_problems(),
                    },
                },
                automation_details: AutomationDetails { id: "hushlint/" },
                invocations: [Invocation {
                    execution_successful: report.is_complete(),
                    tool_execution_notifications: notifications,
                }],
                original_uri_base_ids: BTreeMap::from([(
                    ROOT,
                    BaseId {
                        description: "The root of the repository, or of the folder scanned.".into(),
                    },
                )]),
                column_kind: "utf16CodeUnits",
                results: findings
                    .into_iter()
                    .map(|f| SarifResult::new(f, index.get(f.rule.as_str()).copied()))
                    .collect(),
                properties: Accounting {
                    files: report.scanned.files,
                    bytes: report.scanned.bytes,
                    skipped: report
                        .scanned
                        .skipped
                        .iter()
                        .map(|(why, &n)| (why.name(), n))
                        .collect(),
                    submodules: report
                        .scanned
                        .submodules
                        .iter()
                        .map(|p| p.to_text().into_owned())
                        .collect(),
                },
            }],
        }
    }
}

/// As many of `findings` as GitHub takes, the most severe, in their order; and how many are left out.
fn most_severe(findings: Vec<&Finding>) -> (Vec<&Finding>, usize) {
    let left_out = findings.len().saturating_sub(RESULTS);
    if left_out == 0 {
        return (findings, 0);
    }
    let mut ranked: Vec<(usize, &Finding)> = findings.into_iter().enumerate().collect();
    ranked.sort_by_key(|(i, f)| (Reverse(f.severity), *i));
    ranked.truncate(RESULTS);
    ranked.sort_by_key(|(i, _)| *i);
    (ranked.into_iter().map(|(_, f)| f).collect(), left_out)
}

impl Descriptor {
    fn of_rule(rule: &Rule, set: &RuleSet) -> Descriptor {
        let why = markdown::plain(&rule.why);
        let fix = markdown::plain(&rule.fix);
        let summary = markdown::plain(&rule.summary);
        let full = markdown::first_paragraph(&why);
        let mut help = format!(
            "{}\n\n## What to do\n\n{}",
            rule.why.trim(),
            rule.fix.trim()
        );
        if let Some(example) = explain::example(set, rule) {
            let fence = "`".repeat(longest_run_of_backticks(&example).max(2) + 1);
            help.push_str(&format!(
                "\n\n## What it finds\n\n{fence}text\n{example}\n{fence}"
            ));
        }
        Descriptor {
            id: rule.id.to_string(),
            name: Some(pascal_case(rule.id.as_str())),
            full_description: Some(cut(if full.is_empty() { &summary } else { &full }).into()),
            short_description: cut(&summary).into(),
            help: Some(Text {
                text: format!("{why}\n\nWhat to do: {fix}"),
                markdown: Some(help),
            }),
            default_configuration: Some(Configuration {
                level: rule.severity.name(),
            }),
            properties: Some(RuleProperties::new(rule)),
        }
    }

    /// All kinds, so that every notification's descriptor can be looked up.
    fn of_problems() -> Vec<Descriptor> {
        [
            (
                ProblemKind::Missing,
                "A path named by the caller is missing.",
            ),
            (
                ProblemKind::Unreadable,
                "A file or folder could not be read.",
            ),
            (
                ProblemKind::TooLarge,
                "A file is larger than the limit set.",
            ),
            (ProblemKind::Empty, "The arguments matched no file."),
            (
                ProblemKind::Repository,
                "The repository's own data cannot be read.",
            ),
            (
                ProblemKind::Truncated,
                "More was found than one report holds.",
            ),
            (ProblemKind::Unwritable, "A file could not be changed."),
        ]
        .into_iter()
        .map(|(kind, text)| Descriptor {
            id: kind.name().to_owned(),
            short_description: text.into(),
            ..Descriptor::default()
        })
        .collect()
    }
}

impl RuleProperties {
    fn new(rule: &Rule) -> RuleProperties {
        // Without the tag `security`, GitHub does not read the severity.
        let mut tags = vec!["security".to_owned()];
        tags.extend(
            rule.tags
                .iter()
                .filter(|t| !t.is_empty() && *t != "security")
                .cloned(),
        );
        tags.truncate(TAGS);
        RuleProperties {
            tags,
            precision: rule.precision.clone(),
            security_severity: format!("{:.1}", rule.security_severity),
            problem_severity: match rule.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "recommendation",
            },
        }
    }
}

impl Notification {
    fn new(problem: &Problem) -> Notification {
        Notification {
            descriptor: DescriptorReference {
                id: problem.kind.name(),
            },
            level: "error",
            message: problem.message.as_str().into(),
            locations: problem
                .path
                .iter()
                .map(|path| Location::new(path, None, None))
                .collect(),
        }
    }

    fn results_left_out(n: usize) -> Notification {
        Notification {
            descriptor: DescriptorReference {
                id: ProblemKind::Truncated.name(),
            },
            level: "warning",
            message: format!(
                "{} of the lowest severity left out: a run holds at most {RESULTS}",
                Count(n as u64, "result")
            )
            .as_str()
            .into(),
            locations: Vec::new(),
        }
    }
}

impl SarifResult {
    fn new(finding: &Finding, rule_index: Option<usize>) -> SarifResult {
        let mut text = finding.message.clone();
        for (i, related) in finding.related.iter().enumerate() {
            // An embedded link (§3.11.6): the number is the location's id.
            let label = escape_brackets(&related.message);
            text.push_str(&format!("; see [{label}]({})", i + 1));
        }
        if let Some(provenance) = &finding.provenance {
            text.push_str(&format!("; {}", escape_brackets(&provenance.to_string())));
        }
        if let Some(situation) = finding.situation {
            text.push_str(&format!("\n\n{}", situation.next_step()));
        }
        if let Some(help) = &finding.help {
            text.push_str(&format!("\n\n{help}"));
        }
        let mut fingerprints = BTreeMap::from([("hushlint/v1", finding.fingerprint.to_string())]);
        let line_hash = finding.region.as_ref().and_then(|r| r.line_hash.clone());
        fingerprints.extend(line_hash.map(|hash| ("primaryLocationLineHash", hash)));
        SarifResult {
            rule_id: finding.rule.to_string(),
            rule_index,
            level: finding.severity.name(),
            message: text.as_str().into(),
            locations: [Location::in_file(&finding.path, finding.region.as_ref())],
            related_locations: finding
                .related
                .iter()
                .enumerate()
                .map(|(i, related)| Location {
                    id: Some(i + 1),
                    message: Some(related.message.as_str().into()),
                    ..Location::in_file(&related.path, related.region.as_ref())
                })
                .collect(),
            partial_fingerprints: fingerprints,
            fixes: finding.fix.iter().filter_map(SarifFix::new).collect(),
            suppressions: finding.suppressed.as_ref().map(|s| {
                [SarifSuppression {
                    kind: match s.by {
                        SuppressedBy::Inline => "inSource",
                        SuppressedBy::Configuration | SuppressedBy::Baseline => "external",
                    },
                    status: "accepted",
                    justification: s.reason.clone().filter(|r| !r.is_empty()),
                }]
            }),
            properties: finding
                .provider
                .clone()
                .map(|provider| ResultProperties { provider }),
        }
    }
}

impl SarifFix {
    /// `None` for what only a person can do: a fix is a change of files.
    fn new(fix: &Fix) -> Option<SarifFix> {
        let mut changes: Vec<ArtifactChange> = Vec::new();
        for edits in fix.edits.chunk_by(|a, b| a.path == b.path) {
            let replacements = edits.iter().map(|edit| Replacement {
                deleted_region: ByteRegion {
                    byte_offset: edit.range.start,
                    byte_length: edit.range.len(),
                },
                inserted_content: Binary {
                    binary: data_encoding::BASE64.encode(&edit.text),
                },
            });
            changes.push(ArtifactChange {
                artifact_location: ArtifactLocation {
                    uri: uri(&edits[0].path),
                    uri_base_id: ROOT,
                },
                replacements: replacements.collect(),
            });
        }
        (!changes.is_empty()).then(|| SarifFix {
            description: format!("{} ({})", fix.title, fix.applicability.name())
                .as_str()
                .into(),
            artifact_changes: changes,
        })
    }
}

impl Location {
    fn new(path: &RepoPath, region: Option<SarifRegion>, context: Option<SarifRegion>) -> Location {
        Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(path),
                    uri_base_id: ROOT,
                },
                region,
                context_region: context,
            },
            message: None,
        }
    }

    /// The place of `region`, or of the file's first line: GitHub shows nothing without one.
    fn in_file(path: &RepoPath, region: Option<&Region>) -> Location {
        match region {
            Some(region) => Location::new(
                path,
                Some(SarifRegion::new(region)),
                Some(SarifRegion::lines_of(region)),
            ),
            None => Location::new(path, Some(SarifRegion::first_line()), None),
        }
    }
}

impl SarifRegion {
    fn new(region: &Region) -> SarifRegion {
        let excerpt = &region.excerpt;
        SarifRegion {
            start_line: region.start.line,
            start_column: Some(region.start.utf16),
            end_line: Some(region.end.line),
            end_column: Some(region.end.utf16),
            snippet: snippet(&excerpt.text[excerpt.highlight.clone()]),
        }
    }

    /// The whole lines that the region stands on.
    fn lines_of(region: &Region) -> SarifRegion {
        SarifRegion {
            start_line: region.start.line,
            end_line: Some(region.end.line),
            snippet: snippet(&region.excerpt.text),
            ..SarifRegion::default()
        }
    }

    fn first_line() -> SarifRegion {
        SarifRegion {
            start_line: 1,
            ..SarifRegion::default()
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text {
            text: text.to_owned(),
            markdown: None,
        }
    }
}

/// GitHub refuses empty strings.
fn snippet(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| text.into())
}

/// The path as a relative reference (RFC 3986 §4.2), from the bytes it has on
/// disk. All but unreserved characters are encoded: a `:` in the first segment
/// would be a scheme's, and consumers disagree about `+`.
fn uri(path: &RepoPath) -> String {
    let mut uri = String::with_capacity(path.as_bytes().len());
    for &byte in path.as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// `text` as the label of an embedded link.
fn escape_brackets(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('[', "\\[")
        .replace(']', "\\]")
}

fn longest_run_of_backticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A readable name beside the stable id, as other tools write it: `AkKey`.
fn pascal_case(id: &str) -> String {
    id.split('-')
        .filter_map(|word| {
            let first = word.chars().next()?;
            Some(first.to_ascii_uppercase().to_string() + &word[first.len_utf8()..])
        })
        .collect()
}

fn cut(text: &str) -> &str {
    match text.char_indices().nth(DESCRIPTION) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3986 §2.1 to §2.3 and §4.2.
    #[test]
    fn a_path_is_a_relative_reference() {
        let cases: [(&[u8], &str); 9] = [
            (b"src/a-b_c.d~e", "src/a-b_c.d~e"),
            (b"a b#c?d%e", "a%20b%23c%3Fd%25e"),
            (b"line\nbreak\"", "line%0Abreak%22"),
            ("é/\u{1F511}".as_bytes(), "%C3%A9/%F0%9F%94%91"),
            (b"\xff\xfe", "%FF%FE"),
            (b"c:/x", "c%3A/x"),
            (b"[id]/(g)/@x/a+b", "%5Bid%5D/%28g%29/%40x/a%2Bb"),
            (b"back\\slash", "back%5Cslash"),
            (b"%41", "%2541"),
        ];
        for (path, expected) in cases {
            assert_eq!(uri(&RepoPath::new(path)), expected);
        }
    }

    #[test]
    fn names_labels_and_fences() {
        assert_eq!(pascal_case("plain-http-api"), "PlainHttpApi");
        assert_eq!(escape_brackets("a[0]\\"), "a\\[0\\]\\\\");
        assert_eq!(longest_run_of_backticks("a``b```"), 3);
        assert_eq!(cut(&"é".repeat(2000)).chars().count(), DESCRIPTION);
    }
}
