//! `hushlint check`: files and folders as they lie on disk, as they are staged, or as commits changed them.

use std::path::PathBuf;

use crate::source::Source;
use crate::source::index::{self, Index};
use crate::source::range::Range;
use crate::source::worktree::{Choice, Worktree};

use super::Exit;
use super::args::CheckArgs;
use super::fixing::Fixing;
use super::reporting::Reporting;

pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    if args.whole_files && !args.staged && args.diff.is_none() {
        return Err("--whole-files goes with --staged or --diff; without them files are checked whole anyway".to_owned());
    }
    let fixing = Fixing::new(args)?;
    let reporting = Reporting::new(&args.report)?;
    let threads = reporting.threads();
    let here = [PathBuf::from(".")];
    let paths: &[PathBuf] = if args.paths.is_empty() {
        &here
    } else {
        &args.paths
    };
    let staged_or_new = index::Choice {
        whole_files: args.whole_files,
    };
    let source: Box<dyn Source> = if args.staged {
        Box::new(Index::new(&args.paths, staged_or_new)?)
    } else if let Some(range) = &args.diff {
        Box::new(Range::new(range, &args.paths, staged_or_new)?)
    } else {
        let choice = Choice {
            no_ignore: args.no_ignore,
            submodules: args.submodules,
            threads,
        };
        Box::new(Worktree::new(paths, choice))
    };
    reporting.check(&*source, args.max_file_size, fixing)
}
