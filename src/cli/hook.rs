//! `hushlint hook`: what pre-commit and its like run.

use crate::check::{self, Settings};
use crate::source::hook::Hook;
use crate::source::index::Choice;
use crate::source::range::Range;

use super::Exit;
use super::args::HookArgs;
use super::check::is_dotenv;
use super::reporting::Reporting;

pub(super) fn run(args: &HookArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.report)?;
    let settings = Settings {
        threads: reporting.threads(),
        max_file_size: args.max_file_size,
        baseline: reporting.baseline(),
    };
    let choice = Choice {
        whole_files: false,
        is_dotenv: is_dotenv(reporting.rules()),
    };
    if let Some(range) = pushed() {
        // The files named are those that differ at the end of the range; what
        // was added and taken back in between is pushed as well.
        let source = Range::new(&range, &[], choice)?;
        return reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress));
    }
    let names = || is_dotenv(reporting.rules());
    let source = Hook::new(&args.files, choice, &names, settings.threads)?;
    reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress))
}

/// The commits to be pushed, as pre-commit and prek name them to a pre-push hook.
fn pushed() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let (from, to) = (set("PRE_COMMIT_FROM_REF")?, set("PRE_COMMIT_TO_REF")?);
    Some(format!("{from}...{to}"))
}
