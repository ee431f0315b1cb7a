//! Every rule's own examples: it finds its `matches` and leaves its `ignores`.

use hushlint::document::Document;
use hushlint::rule::{Example, RuleSet, Scratch, load};

fn found(rules: &RuleSet, rule: &str, example: &Example) -> Vec<String> {
    let document = Document::new(
        example.path.as_str().into(),
        example.text.clone().into_bytes(),
    );
    rules
        .scan(&mut Scratch::default(), &document)
        .findings
        .into_iter()
        .filter(|f| f.rule.as_str() == rule)
        .map(|f| f.message)
        .collect()
}

#[test]
fn every_rule_finds_its_matches() {
    let rules = RuleSet::builtin();
    for rule in rules.rules() {
        for example in &rule.examples.matches {
            assert!(
                !found(&rules, rule.id.as_str(), example).is_empty(),
                "{}: {} is not found: {}",
                rule.id,
                example.path,
                example.text
            );
        }
    }
}

#[test]
fn every_rule_leaves_its_ignores() {
    let rules = RuleSet::builtin();
    for rule in rules.rules() {
        for example in &rule.examples.ignores {
            assert_eq!(
                found(&rules, rule.id.as_str(), example),
                Vec::<String>::new(),
                "{}: {}: {}",
                rule.id,
                example.path,
                example.text
            );
        }
    }
}

#[test]
fn every_tail_compiles() {
    load::check(&load::builtin()).unwrap();
}
