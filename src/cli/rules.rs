//! `hushlint rules`: what is checked.

use crate::rule::RuleSet;

use super::args::RulesArgs;
use super::{Exit, output};

pub(super) fn run(args: &RulesArgs) -> Result<Exit, String> {
    let rules = RuleSet::builtin();
    output::to_stdout(clap::ColorChoice::Auto, |out, _| {
        if args.format == "json" {
            let list: Vec<_> = rules
                .rules()
                .iter()
                .map(|r| serde_json::json!({"id": r.id.as_str(), "severity": r.severity.name(), "summary": r.summary, "tags": r.tags}))
                .collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            return writeln!(out);
        }
        let width = rules
            .rules()
            .iter()
            .map(|r| r.id.as_str().len())
            .max()
            .unwrap_or(0);
        for rule in rules.rules() {
            writeln!(
                out,
                "{:width$}  {:7}  {}",
                rule.id.as_str(),
                rule.severity.name(),
                rule.summary
            )?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}
