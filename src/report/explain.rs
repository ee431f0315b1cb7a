//! One rule, told at length: what `hushlint explain RULE` prints.

use annotate_snippets::renderer::DEFAULT_EMPHASIS_STYLE;

use super::{markdown, one_line, text};
use crate::document::Document;
use crate::rule::{Rule, RuleSet, Scratch};

/// Lines are at most this long where the words allow it.
const MEASURE: usize = 80;

/// What `rule` is about, why it matters and what to do, with an example if
/// one of its own shows in a file's text. `rules` holds `rule`.
pub fn explain(rules: &RuleSet, rule: &Rule, colour: bool) -> String {
    let heading = |name: &str| text::paint(colour, DEFAULT_EMPHASIS_STYLE, name);
    let label = format!("{}[{}]", rule.severity.name(), rule.id);
    let summary = one_line(&rule.summary);
    let is_short = label.len() + 2 + summary.chars().count() <= MEASURE;
    let mut out = format!(
        "{}:{}{}\n",
        text::paint(colour, text::style(rule.severity), &label),
        if is_short { " " } else { "\n  " },
        heading(&summary),
    );
    for (name, body) in [("Why it matters", &rule.why), ("What to do", &rule.fix)] {
        let body = markdown::fill(&markdown::plain(body), MEASURE - 2);
        out.push_str(&section(&heading(name), &body));
    }
    if let Some(example) = example(rules, rule) {
        out.push_str(&section(&heading("What it finds"), &example));
    }
    let mut facts = format!(
        "severity: {}\nsecurity severity: {:.1} of 10\nprecision: {}",
        rule.severity.name(),
        rule.security_severity,
        rule.precision,
    );
    if !rule.tags.is_empty() {
        let tags = format!("tags: {}", rule.tags.join(", "));
        facts.push_str(&format!("\n{}", markdown::fill(&tags, MEASURE - 2)));
    }
    out.push_str(&section(&heading("At a glance"), &facts));
    out
}

/// Why `rule` is there, for a terminal.
pub fn reason(rule: &Rule) -> String {
    let why = markdown::fill(&markdown::plain(&rule.why), MEASURE);
    let lines: Vec<String> = why.lines().map(one_line).collect();
    lines.join("\n")
}

/// The lines of the rule's first example that it finds, masked like any other finding.
pub(super) fn example(rules: &RuleSet, rule: &Rule) -> Option<String> {
    let mut scratch = Scratch::default();
    rule.examples.matches.iter().find_map(|example| {
        let document = Document::new(example.path.as_str().into(), example.text.clone().into());
        let scan = rules.scan(&mut scratch, &document);
        scan.findings
            .into_iter()
            .find(|f| f.rule == rule.id)
            .and_then(|f| f.region)
            .map(|region| region.excerpt.text)
    })
}

fn section(heading: &str, body: &str) -> String {
    let mut out = format!("\n{heading}\n");
    for line in body.lines() {
        out.push_str(format!("  {}", one_line(line)).trim_end());
        out.push('\n');
    }
    out
}
