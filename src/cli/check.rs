//! `hushlint check`: files and folders as they lie on disk.

use std::path::PathBuf;

use crate::check::{self, Settings};
use crate::source::worktree::{Choice, Worktree};

use super::Exit;
use super::args::CheckArgs;
use super::reporting::Reporting;

pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.report)?;
    let threads = reporting.threads();
    let choice = Choice {
        no_ignore: args.no_ignore,
        submodules: args.submodules,
        threads,
        is_dotenv: {
            let names = reporting.rules().dotenv_names();
            Box::new(move |name| names.holds(name))
        },
    };
    let here = [PathBuf::from(".")];
    let paths: &[PathBuf] = if args.paths.is_empty() {
        &here
    } else {
        &args.paths
    };
    let source = Worktree::new(paths, choice);
    let settings = Settings {
        threads,
        max_file_size: args.max_file_size,
    };
    reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress))
}
