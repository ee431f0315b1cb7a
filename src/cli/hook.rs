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
    };
    let choice = Choice {
        whole_files: false,
        is_dotenv: is_dotenv(reporting.rules()),
    };
    if let Some(push) = Push::read() {
        // The files named are those that differ at the end of the range; what
        // was added and taken back in between is pushed as well.
        let source = Range::of_push(push.from.as_deref(), &push.to, &push.remote, choice)?;
        return reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress));
    }
    let names = || is_dotenv(reporting.rules());
    let source = Hook::new(&args.files, choice, &names, settings.threads)?;
    reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress))
}

/// What is to be pushed, as pre-commit and prek tell a pre-push hook.
struct Push {
    /// `None` where the remote has nothing that the history goes back to.
    from: Option<String>,
    to: String,
    remote: String,
}

impl Push {
    fn read() -> Option<Push> {
        let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let remote = set("PRE_COMMIT_REMOTE_NAME");
        let (from, to) = match (set("PRE_COMMIT_FROM_REF"), set("PRE_COMMIT_TO_REF")) {
            (Some(from), Some(to)) => (Some(from), to),
            // Nothing of it was pushed before: they name all files, and the branch.
            (_, _) => (
                None,
                set("PRE_COMMIT_LOCAL_BRANCH").filter(|_| remote.is_some())?,
            ),
        };
        Some(Push {
            from,
            to,
            remote: remote.unwrap_or_default(),
        })
    }
}
