//! `hushlint explain RULE`.

use crate::report::explain;
use crate::rule::RuleSet;

use super::args::ExplainArgs;
use super::{Exit, output, reporting};

pub(super) fn run(args: &ExplainArgs) -> Result<Exit, String> {
    let rules = RuleSet::builtin();
    let Some(rule) = rules.rule(&args.rule) else {
        return Err(reporting::unknown_rule(
            "explain",
            &args.rule,
            rules.rules().iter().map(|r| r.id.as_str()),
        ));
    };
    output::to_stdout(clap::ColorChoice::Auto, |out, colour| {
        out.write_all(explain::explain(&rules, rule, colour).as_bytes())
    })?;
    Ok(Exit::Clean)
}
