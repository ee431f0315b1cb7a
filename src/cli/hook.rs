//! `hushlint hook`: what pre-commit and its like run.

use crate::source::Source;
use crate::source::hook::Hook;
use crate::source::index::Choice;
use crate::source::range::Range;

use super::Exit;
use super::args::HookArgs;
use super::reporting::Reporting;

pub(super) fn run(args: &HookArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.report)?;
    let choice = Choice { whole_files: false };
    let source: Box<dyn Source> = match pushed() {
        // The files named are those that differ at the end of the range; what
        // was added and taken back in between is pushed as well.
        Some(range) => Box::new(Range::new(&range, &[], choice)?),
        None => Box::new(Hook::new(&args.files, choice, reporting.threads())?),
    };
    reporting.check(&*source, args.max_file_size)
}

/// The commits to be pushed, as pre-commit and prek name them to a pre-push hook.
fn pushed() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
    let (from, to) = (set("PRE_COMMIT_FROM_REF")?, set("PRE_COMMIT_TO_REF")?);
    Some(format!("{from}...{to}"))
}
