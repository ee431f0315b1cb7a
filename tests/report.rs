//! The formats, on reports made by hand with whatever a repository may hold.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use hushlint::document::{Document, RepoPath, is_unsafe_on_a_terminal};
use hushlint::excerpt::{Excerpt, Masking};
use hushlint::finding::{
    Finding, Problem, ProblemKind, Region, Related, Report, RuleId, Severity, Skip,
};
use hushlint::report::{FORMATS, View, explain, format};
use hushlint::rule::RuleSet;
use serde_json::{Value, json};

fn region(text: &str, part: &str, secret: &str) -> Region {
    let span = |s: &str| {
        let start = text.find(s).expect("the test's own text holds it");
        start..start + s.len()
    };
    let document = Document::new("any".into(), text.as_bytes().to_vec());
    let highlight = span(part);
    Region {
        start: document.position(highlight.start),
        end: document.position(highlight.end),
        excerpt: Excerpt::new(text.as_bytes(), highlight, &[span(secret)], Masking::Mask),
        line_hash: None,
    }
}

fn finding(rule: &str, severity: Severity, path: RepoPath, region: Option<Region>) -> Finding {
    let rule = RuleId::new(rule);
    Finding {
        severity,
        message: "hard-coded `ak_` key".to_owned(),
        region,
        ..Finding::of_file(&rule, path)
    }
}

fn key() -> String {
    "ak_¦Zq8w¦Er5t¦Yu2i¦Op9a".replace('¦', "")
}

/// One finding of each kind that a format may stumble over, and one problem.
fn awkward() -> Report {
    let key = key();
    let emoji = format!("\n\nx = \"\u{1F511}é {key}\" # \u{1b}[31m\n");
    let long = format!("{}{key} {}", "é".repeat(400), "b ".repeat(400));
    let several = format!("a\ncall(\n  '{key}',\n)\n");
    let paths: [&[u8]; 4] = [
        b"src/caf\xff.py",
        b"a b/#c %41\n[x].js",
        b"long.min.js",
        "\u{202e}tricky\u{1b}[2J.yml".as_bytes(),
    ];
    let [odd, spaces, long_path, tricky] = paths.map(RepoPath::new);
    let mut first = finding(
        "ak-key",
        Severity::Error,
        odd,
        Some(region(&emoji, &key, &key)),
    );
    first.provider = Some("Report Flow".to_owned());
    if let Some(region) = &mut first.region {
        region.line_hash = Some("c129715d7a2bc9a3:1".to_owned());
    }
    let mut related = finding(
        "ak-key",
        Severity::Warning,
        spaces,
        Some(region(&several, &several[2..several.len() - 1], &key)),
    );
    related.related.push(Related {
        path: ".gitignore".into(),
        region: Some(region("a\n!.env\n", "!.env", "!")),
        message: "this [line] takes it back".to_owned(),
    });
    related.help = Some("remove that line\nor the file".to_owned());
    let mut file = finding("dotenv-tracked", Severity::Error, tricky, None);
    file.message = "bell \u{7} and\nnewline".to_owned();
    let note = finding(
        "ak-key",
        Severity::Note,
        long_path,
        Some(region(&long, &key, &key)),
    );
    let mut report = Report {
        findings: vec![first, related, file, note],
        problems: vec![
            Problem {
                path: Some(RepoPath::new(&b"locked/\xfe d"[..])),
                kind: ProblemKind::Unreadable,
                message: "permission denied \u{1b}[0m".to_owned(),
            },
            Problem {
                path: None,
                kind: ProblemKind::Repository,
                message: "the index is damaged".to_owned(),
            },
        ],
        root: PathBuf::from("/somewhere/private"),
        elapsed: Duration::from_millis(120),
        ..Report::default()
    };
    report.scanned.files = 4;
    report.scanned.bytes = 1_500_000;
    report.scanned.skip(Skip::Binary);
    report.scanned.skip(Skip::Binary);
    report.scanned.skip(Skip::Submodule);
    report.scanned.submodules.push("vendor/x".into());
    report.settle();
    report
}

fn written_as(name: &str, report: &Report, view: &View<'_>) -> String {
    let mut out = Vec::new();
    let format = format(name).expect("the tests know the formats");
    (format.write)(report, view, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("every format is UTF-8")
}

fn written(name: &str, report: &Report) -> String {
    let rules = RuleSet::builtin();
    let sets = [&rules];
    written_as(name, report, &plain(&sets))
}

fn plain<'a>(sets: &'a [&'a RuleSet]) -> View<'a> {
    View {
        sets,
        colour: false,
        width: 0,
        level: None,
        suppressed: false,
        statistics: false,
    }
}

fn parsed(name: &str, report: &Report) -> Value {
    serde_json::from_str(&written(name, report)).expect("it is JSON")
}

#[test]
fn no_format_shows_a_secret_or_the_machine() {
    let rules = RuleSet::builtin();
    let sets = [&rules];
    for format in FORMATS {
        let view = View {
            level: Some(Severity::Note),
            ..plain(&sets)
        };
        let out = written_as(format.name, &awkward(), &view);
        assert!(!out.contains(&key()), "{}", format.name);
        assert!(!out.contains("Er5t"), "{}", format.name);
        assert!(!out.contains("/somewhere"), "{}", format.name);
        assert!(out.ends_with('\n'), "{}", format.name);
    }
}

#[test]
fn text_annotates_the_line_at_its_true_place() {
    let key = key();
    let source = format!("a\n\nx = \"\u{1F511}é {key}\"\n");
    let mut finding = finding(
        "made-up",
        Severity::Error,
        "src/a b.py".into(),
        Some(region(&source, &key, &key)),
    );
    finding.help = Some("read it from the environment".to_owned());
    let report = Report {
        findings: vec![finding],
        elapsed: Duration::from_millis(7),
        ..Report::default()
    };
    assert_eq!(
        written("text", &report),
        "\
error[made-up]: hard-coded `ak_` key
 --> src/a b.py:3:9
  |
3 | x = \"\u{1F511}é ak_****************\"
  |          ^^^^^^^^^^^^^^^^^^^
  |
  = help: read it from the environment

1 error
0 files scanned, 0 bytes, in 7 ms
"
    );
}

#[test]
fn text_shows_files_places_problems_and_what_it_hides() {
    let expected = "\
warning[ak-key]: hard-coded `ak_` key
 --> a b/#c %41\\n[x].js:2:1
  |
2 | / call(
3 | |   'ak_****************',
4 | | )
  | |_^
  |
  = note: .gitignore:2:1: this [line] takes it back
  = help: remove that line or the file
";
    let mut report = awkward();
    let out = written("text", &report);
    assert!(out.starts_with(expected), "{out}");
    assert!(
        out.contains(
            "\nerror[dotenv-tracked]: bell \u{fffd} and newline\n--> \\u{202e}tricky\\u{1b}[2J.yml\n"
        ),
        "{out}"
    );
    assert!(out.contains("\n --> src/caf\\xFF.py:3:9\n"), "{out}");
    let end = "
what could not be scanned:
  the index is damaged (repository)
  locked/\\xFE d: permission denied \u{fffd}[0m (unreadable)

2 errors, 1 warning (1 note not shown; --severity note shows it)
4 files scanned, 1.4 MiB, in 120 ms; skipped 2 binary, 1 submodule
repositories not entered: vendor/x
scan incomplete: 2 problems
`hushlint explain RULE` tells why it matters and what to do: ak-key, dotenv-tracked
";
    assert!(out.ends_with(end), "{out}");

    let rules = RuleSet::builtin();
    let sets = [&rules];
    let view = |level| View {
        level: Some(level),
        ..plain(&sets)
    };
    let all = written_as("text", &report, &view(Severity::Note));
    assert!(all.contains("\n2 errors, 1 warning, 1 note\n"), "{all}");
    // Cut in front, the place still is the file's.
    assert!(all.contains("--> long.min.js:1:401\n"), "{all}");
    let errors = written_as("text", &report, &view(Severity::Error));
    assert!(
        errors.contains("\n2 errors (1 warning, 1 note not shown; --severity note shows them)\n"),
        "{errors}"
    );
    report = Report::default();
    assert_eq!(
        written("text", &report),
        "no errors, no warnings\n0 files scanned, 0 bytes, in 0 ms\n"
    );
}

#[test]
fn text_holds_no_control_character_but_its_own_colours() {
    let rules = RuleSet::builtin();
    let sets = [&rules];
    let view = View {
        level: Some(Severity::Note),
        width: 40,
        ..plain(&sets)
    };
    let out = written_as("text", &awkward(), &view);
    assert!(
        !out.chars().any(|c| c != '\n' && is_unsafe_on_a_terminal(c)),
        "{out:?}"
    );
    let coloured = written_as(
        "text",
        &awkward(),
        &View {
            colour: true,
            ..view
        },
    );
    assert!(coloured.contains("\u{1b}["));
    assert_eq!(
        anstream::adapter::strip_str(&coloured).to_string(),
        out,
        "colours change nothing else"
    );
}

#[test]
fn text_gives_a_rules_advice_once_and_stays_linear() {
    let key = key();
    let source = format!("x = {key}");
    let region = region(&source, &key, &key);
    let mut report = Report::default();
    for i in 0..5_000 {
        let path = RepoPath::new(format!("src/{i}"));
        report.findings.push(finding(
            "ak-key",
            Severity::Error,
            path,
            Some(region.clone()),
        ));
    }
    let start = Instant::now();
    let out = written("text", &report);
    assert_eq!(out.matches("= help: ").count(), 1);
    assert_eq!(out.matches("error[ak-key]").count(), 5_000);
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn an_excerpt_without_text_is_written_too() {
    let mut empty = region("x", "x", "x");
    empty.excerpt.text.clear();
    empty.excerpt.highlight = 0..0;
    let report = Report {
        findings: vec![finding("ak-key", Severity::Error, "e".into(), Some(empty))],
        ..Report::default()
    };
    for format in FORMATS {
        assert!(!written(format.name, &report).is_empty());
    }
}

#[test]
fn json_is_the_schema_in_its_order() {
    let report = awkward();
    let out = written("json", &report);
    let keys = [
        "\"schema\"",
        "\"tool\"",
        "\"name\"",
        "\"version\"",
        "\"findings\"",
        "\"rule\"",
        "\"severity\"",
        "\"message\"",
        "\"path\"",
        "\"line\"",
        "\"column\"",
        "\"end_line\"",
        "\"end_column\"",
        "\"excerpt\"",
        "\"provider\"",
        "\"fingerprint\"",
        "\"provenance\"",
        "\"situation\"",
        "\"next_step\"",
        "\"related\"",
        "\"fix\"",
        "\"suppressed\"",
        "\"problems\"",
        "\"summary\"",
    ];
    let places: Vec<usize> = keys
        .iter()
        .map(|k| out.find(k).expect("every key is there"))
        .collect();
    assert!(places.is_sorted(), "{places:?}");

    let json = parsed("json", &report);
    assert_eq!(json["schema"], "hushlint/1");
    let findings = json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 4, "notes are included");
    let python = findings
        .iter()
        .find(|f| f["path"] == "src/caf\\xFF.py")
        .unwrap();
    assert_eq!(
        *python,
        json!({
            "rule": "ak-key", "severity": "error", "message": "hard-coded `ak_` key",
            "path": "src/caf\\xFF.py", "line": 3, "column": 9, "end_line": 3, "end_column": 28,
            "excerpt": "x = \"\u{1F511}é ak_****************\" # \u{fffd}[31m",
            "provider": "Report Flow", "fingerprint": report.findings[2].fingerprint.to_string(),
            "provenance": null, "situation": null, "next_step": null, "related": [],
            "fix": null, "suppressed": null,
        })
    );
    let file = findings
        .iter()
        .find(|f| f["rule"] == "dotenv-tracked")
        .unwrap()
        .as_object()
        .unwrap();
    assert!(!file.contains_key("line") && !file.contains_key("end_column"));
    assert!(file["excerpt"].is_null());
    assert_eq!(
        json["problems"][0],
        json!({"kind": "repository", "path": null, "message": "the index is damaged"})
    );
    assert_eq!(
        json["summary"],
        json!({
            "complete": false, "files": 4, "bytes": 1_500_000,
            "skipped": {"binary": 2, "submodule": 1}, "submodules": ["vendor/x"],
            "findings": {"error": 2, "warning": 1, "note": 1}, "suppressed": 0, "fixed": null,
        })
    );
}

#[test]
fn sarif_says_where_in_utf16_and_percent_encoding() {
    let report = awkward();
    let sarif = parsed("sarif", &report);
    let run = &sarif["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    assert_eq!(run["automationDetails"]["id"], "hushlint/");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 4);
    let place = |result: &Value| result["locations"][0]["physicalLocation"].clone();
    let uris: Vec<Value> = results
        .iter()
        .map(|r| place(r)["artifactLocation"]["uri"].clone())
        .collect();
    assert_eq!(
        uris,
        [
            "a%20b/%23c%20%2541%0A%5Bx%5D.js",
            "long.min.js",
            "src/caf%FF.py",
            "%E2%80%AEtricky%1B%5B2J.yml",
        ]
    );
    assert_eq!(
        place(&results[2]),
        json!({
            "artifactLocation": {"uri": "src/caf%FF.py", "uriBaseId": "SRCROOT"},
            "region": {
                "startLine": 3, "startColumn": 10, "endLine": 3, "endColumn": 29,
                "snippet": {"text": "ak_****************"},
            },
            "contextRegion": {
                "startLine": 3, "endLine": 3,
                "snippet": {"text": "x = \"\u{1F511}é ak_****************\" # \u{fffd}[31m"},
            },
        })
    );
    assert_eq!(
        results[2]["partialFingerprints"],
        json!({
            "hushlint/v1": report.findings[2].fingerprint.to_string(),
            "primaryLocationLineHash": "c129715d7a2bc9a3:1",
        })
    );
    let lines = &place(&results[0])["region"];
    assert_eq!(
        (&lines["startLine"], &lines["endLine"]),
        (&json!(2), &json!(4))
    );
    assert_eq!(
        results[0]["message"]["text"],
        "hard-coded `ak_` key; see [this \\[line\\] takes it back](1)\n\nremove that line\nor the file"
    );
    assert_eq!(results[0]["relatedLocations"][0]["id"], 1);
    assert_eq!(place(&results[3])["region"], json!({"startLine": 1}));

    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 2);
    assert_eq!(notifications[1]["descriptor"]["id"], "unreadable");
    assert_eq!(
        notifications[1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
        "locked/%FE%20d"
    );
}

#[test]
fn sarif_declares_every_rule_as_github_wants_it() {
    let rules = RuleSet::builtin();
    let sarif = parsed("sarif", &Report::default());
    let run = &sarif["runs"][0];
    assert_eq!(run["results"], json!([]));
    assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    let declared = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(declared.len(), rules.rules().len());
    for (declared, rule) in declared.iter().zip(rules.rules()) {
        assert_eq!(declared["id"], rule.id.as_str());
        assert_eq!(
            declared["defaultConfiguration"]["level"],
            rule.severity.name()
        );
        let text = |pointer: &str| {
            let text = declared.pointer(pointer).and_then(Value::as_str).unwrap();
            assert!(!text.is_empty(), "{} {pointer}", rule.id);
            text
        };
        assert!(text("/shortDescription/text").chars().count() <= 1024);
        assert!(text("/fullDescription/text").chars().count() <= 1024);
        text("/help/text");
        assert!(text("/help/markdown").contains(rule.fix.trim()));
        let properties = &declared["properties"];
        let tags = properties["tags"].as_array().unwrap();
        assert!(tags.contains(&json!("security")) && tags.len() <= 20);
        let severity: f64 = properties["security-severity"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!((0.0..=10.0).contains(&severity));
        assert_eq!(properties["precision"], rule.precision);
    }
}

#[test]
fn sarif_keeps_the_most_severe_within_githubs_limit() {
    let mut report = Report::default();
    for i in 0..25_003 {
        let severity = match i {
            25_002 => Severity::Error,
            7 => Severity::Note,
            _ => Severity::Warning,
        };
        let path = RepoPath::new(format!("{i:05}"));
        report
            .findings
            .push(finding("ak-key", severity, path, None));
    }
    let sarif = parsed("sarif", &report);
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert!(results.iter().all(|r| r["level"] != "note"));
    assert_eq!(results[24_999]["level"], "error", "in the report's order");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    assert_eq!(
        invocation["toolExecutionNotifications"][0]["message"]["text"],
        "3 results of the lowest severity left out: a run holds at most 25000"
    );
}

/// The OASIS schema lies beside the checkout; it is not ours to distribute.
#[test]
fn sarif_is_valid_against_the_official_schema() {
    let path = std::env::var_os("HUSHLINT_SARIF_SCHEMA").map_or_else(
        || {
            PathBuf::from(env!("CARGO_MANIFEST_DIR"))
                .join("../shared/schemas/sarif-schema-2.1.0.json")
        },
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(&path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} must be there in CI",
            path.display()
        );
        notice(&format!("skipped: no {}", path.display()));
        return;
    };
    let schema: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for report in [awkward(), Report::default()] {
        let sarif = parsed("sarif", &report);
        let errors: Vec<String> = validator
            .iter_errors(&sarif)
            .map(|e| format!("{}: {e}", e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    // The check itself must be able to fail.
    let mut broken = parsed("sarif", &awkward());
    broken["runs"][0]["results"][0]["level"] = json!("fatal");
    assert!(!validator.is_valid(&broken));
}

/// Past the test harness, which keeps what passing tests print.
fn notice(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[test]
fn explain_tells_all_of_a_rule_and_no_key() {
    let rules = RuleSet::builtin();
    for rule in rules.rules() {
        let text = explain::explain(&rules, rule, false);
        assert!(
            text.starts_with(&format!("{}[{}]:", rule.severity.name(), rule.id)),
            "{text}"
        );
        for part in [
            "\nWhy it matters\n  ",
            "\nWhat to do\n  ",
            "\nAt a glance\n  ",
        ] {
            assert!(text.contains(part), "{part:?} in {text}");
        }
        assert!(
            !text
                .chars()
                .any(|c| c != '\n' && is_unsafe_on_a_terminal(c))
        );
        let coloured = explain::explain(&rules, rule, true);
        assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), text);
    }
}
