//! `hushlint hook`: what pre-commit and its like run.

use crate::source::Source;
use crate::source::hook::Hook;
use crate::source::index::Choice;
use crate::source::range::Range;

use super::Exit;
use super::args::HookArgs;
use super::fixing::Fixing;
use super::reporting::Reporting;

pub(super) fn run(args: &HookArgs) -> Result<Exit, String> {
    let fixing = Fixing::of_hook(args)?;
    let reporting = Reporting::new(&args.report)?;
    let choice = Choice { whole_files: false };
    let source: Box<dyn Source> = match Push::read() {
        // The files named are those that differ at the end of the range; what
        // was added and taken back in between is pushed as well.
        Some(push) => {
            let from = push.from.as_deref();
            Box::new(Range::of_push(from, &push.to, &push.remote, choice)?)
        }
        None => Box::new(Hook::new(&args.files, choice, reporting.threads())?),
    };
    reporting.check(&*source, args.max_file_size, fixing)
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
