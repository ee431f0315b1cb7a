//! Every rule proves itself: it finds its `matches`, leaves its `ignores`, and says what a reader needs.

use std::collections::BTreeSet;
use std::path::Path;

use hushlint::check;
use hushlint::document::{Coverage, Document, RepoPath, Standing};
use hushlint::finding::Finding;
use hushlint::rule::upkeep::About;
use hushlint::rule::{Example, Options, Rule, RuleSet, Scratch, load};
use hushlint::suppress::inline::{Markers, Surroundings};

/// What the rules say about `example` as the only file of a repository.
/// `tracked` and not ignored, or untracked and not ignored.
fn findings(rules: &RuleSet, example: &Example, tracked: bool) -> Vec<Finding> {
    let path = RepoPath::new(example.path.as_bytes());
    let mut document = Document::new(path.clone(), example.text.clone().into_bytes());
    document.tracked = tracked;
    if rules.dotenv_names().holds(path.name()) {
        document.standing = Some(Standing {
            tracked,
            coverage: Coverage::Nothing,
        });
    }
    let scan = rules.scan(&mut Scratch::default(), &document);
    let mut findings = scan.findings;
    let suppressions = check::suppressions(rules);
    let around = Surroundings {
        rules: &suppressions,
        region: &rules.regions(&document, &scan.secrets),
        mask: &|text| rules.mask(text),
    };
    let mut markers = Markers::default();
    let wrong = markers.read(&document, &scan.marks, &around);
    let open = markers.finish(&suppressions);
    markers.apply(&mut findings);
    findings.extend(wrong.into_iter().chain(open));
    findings.extend(markers.unused(&suppressions));
    findings.extend(
        rules.conclude(scan.evidence, &|_| Some(Coverage::Nothing), &|path| {
            *path == document.path
        }),
    );
    findings
}

/// All rules, on the day that the examples of expiry are written for, 2026-06-01.
fn rules_in_2026() -> RuleSet {
    let options = Options {
        today: 20_605,
        ..Options::default()
    };
    RuleSet::new(load::builtin(), options)
}

/// Whether `rule` reports `example`, tracked or not: of the two, a rule about
/// files speaks of one.
fn fires(rules: &RuleSet, rule: &Rule, example: &Example) -> bool {
    [false, true].into_iter().any(|tracked| {
        findings(rules, example, tracked)
            .iter()
            .any(|f| f.rule == rule.id)
    })
}

#[test]
fn rules_find_what_they_must_and_leave_the_rest() {
    let rules = rules_in_2026();
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        if rule.is_about_history() || rule.upkeep() == Some(About::Stale) {
            continue;
        }
        assert!(!rule.examples.matches.is_empty(), "{}: no matches", rule.id);
        assert!(!rule.examples.ignores.is_empty(), "{}: no ignores", rule.id);
        for example in &rule.examples.matches {
            if !fires(&rules, rule, example) {
                wrong.push(format!(
                    "{} misses {}: {}",
                    rule.id, example.path, example.text
                ));
            }
        }
        for example in &rule.examples.ignores {
            if fires(&rules, rule, example) {
                wrong.push(format!(
                    "{} flags {}: {}",
                    rule.id, example.path, example.text
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two findings about one place are one too many, unless the file itself is the matter of one.
#[test]
fn no_rule_speaks_of_what_another_has_found() {
    let rules = RuleSet::builtin();
    let mut wrong = Vec::new();
    for rule in rules.rules() {
        for example in &rule.examples.matches {
            let findings = findings(&rules, example, true);
            let places = |own: bool| {
                findings
                    .iter()
                    .filter(move |f| (f.rule == rule.id) == own)
                    .filter_map(|f| Some((&f.rule, f.region.as_ref()?)))
            };
            for (_, one) in places(true) {
                for (name, other) in places(false) {
                    if one.start == other.start && one.end == other.end {
                        wrong.push(format!("{name} on `{}` of {}", example.text, rule.id));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn ids_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for rule in load::builtin() {
        let id = rule.id.as_str().to_owned();
        let is_kebab = id.split('-').all(|word| {
            !word.is_empty()
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        assert!(is_kebab, "{id}");
        assert!(seen.insert(id.clone()), "{id} twice");
    }
}

#[test]
fn texts_are_complete() {
    for rule in load::builtin() {
        let id = &rule.id;
        assert!(
            rule.summary.len() > 10 && rule.summary.len() <= 100,
            "{id}: summary"
        );
        assert!(
            !rule.summary.ends_with('.'),
            "{id}: a summary is no sentence"
        );
        for (key, text) in [("why", &rule.why), ("fix", &rule.fix)] {
            assert!(text.trim().len() > 60, "{id}: `{key}` says too little");
            assert!(
                text.trim_end().ends_with(['.', '`', ')', ':', '*']),
                "{id}: `{key}` ends in the middle"
            );
        }
        // SARIF shows ten tags and 1,024 characters of description.
        assert!(rule.tags.iter().any(|t| t == "security"), "{id}: tags");
        assert!(rule.tags.len() <= 10, "{id}: tags");
        assert!((0.1..=10.0).contains(&rule.security_severity), "{id}");
    }
}

/// Who reads of a leaked key learns how to rotate it, what that ends, and what the rule leaves alone.
#[test]
fn texts_tell_how_to_recover_and_what_is_left_alone() {
    for rule in load::builtin() {
        let (id, fix) = (&rule.id, &rule.fix);
        assert!(
            fix.contains("**Not reported, on purpose**"),
            "{id}: what is left alone"
        );
        assert!(fix.to_lowercase().contains("rotate"), "{id}: rotate");
        if rule.upkeep().is_some() {
            continue;
        }
        let fix = fix.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "**Workspace settings > Application key > Regenerate**",
            "`POST /v1/workspace/{id}/application-token/regenerate`",
            "at once",
        ] {
            assert!(fix.contains(part), "{id}: {part}");
        }
    }
}

#[test]
fn fixes_in_code_are_there_for_the_main_languages() {
    let languages = [
        "shell",
        "JavaScript",
        "Python",
        "Go",
        "Java",
        "C#",
        "PHP",
        "Ruby",
        "Rust",
    ];
    let places = ["Docker", "Compose", "GitHub Actions", "Terraform"];
    let rules = load::builtin();
    for (id, with_places) in [
        ("ak-key", true),
        ("ak-key-truncated", true),
        ("dotenv-tracked", true),
        ("appkey-header", false),
        ("plain-http-api", false),
    ] {
        let rule = rules.iter().find(|rule| rule.id.as_str() == id).unwrap();
        let rows = rule.fix.lines().filter_map(|line| line.strip_prefix("| "));
        let firsts: Vec<&str> = rows.filter_map(|row| row.split(" | ").next()).collect();
        let names = firsts.join(", ");
        let names: Vec<&str> = names
            .split(", ")
            .map(|name| name.split(" (").next().unwrap_or_default())
            .collect();
        let places = places.iter().filter(|_| with_places);
        for name in languages.iter().chain(places) {
            let is_there = names.contains(name) || (*name == "shell" && names.contains(&"curl"));
            assert!(is_there, "{id}: no row for {name}");
        }
    }
}

#[test]
fn every_pattern_compiles() {
    load::compile(&load::builtin()).unwrap();
}

#[test]
fn every_anchor_of_ours_leads_to_its_tail() {
    assert_eq!(
        load::check(("rules", ""), &load::builtin(), &|_| false),
        Ok(Vec::new())
    );
}

#[test]
fn the_readme_names_every_rule() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for rule in load::builtin() {
        let row = format!("| `{}` | {} |", rule.id, rule.severity.name());
        assert!(
            readme.contains(&row) || readme.contains(&format!("| `{}` | by ", rule.id)),
            "README.md: no row {row}"
        );
    }
}

/// The kind of keys is not bound to one prefix, nor to its length.
#[test]
fn a_key_of_another_prefix_is_found() {
    let toml = r#"
        [[rule]]
        id = "acme-key"
        severity = "error"
        summary = "hard-coded Acme key"
        why = "It opens everything."
        fix = "Revoke it."
        kind = "key"
        anchors = ["acmekey-", "ac_"]
        tail = '(?<secret>(?:acmekey-|ac_)[A-Za-z0-9]{12,40})'
        key = { length = [12, 40], stages = [], placeholders = [], known-words = [], example-values = [], credential-names = ["key"], other-names = [] }
    "#;
    let rules = RuleSet::new(load::parse("acme.toml", toml).unwrap(), Options::default());
    let found = |text: &str| {
        let text = text.replace('¦', "");
        let example = Example {
            path: "a.py".to_owned(),
            text,
        };
        findings(&rules, &example, true)
    };
    assert!(
        found("key = 'acmekey-¦s7Kd93LmQ2xVb8Rt'")[0]
            .message
            .contains("`acmekey-`")
    );
    assert_eq!(found("key = 'ac_¦s7Kd93LmQ2xVb8Rt'").len(), 1);
    assert!(found("key = 'acmekey-xxxxxxxxxxxx'").is_empty());
    assert!(found("key = 'acmekey-short1'").is_empty());
}
