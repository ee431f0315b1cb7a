//! `hushlint check`: files and folders as they lie on disk, as they are staged, or as commits changed them.

use std::path::PathBuf;

use crate::check::{self, Settings};
use crate::rule::RuleSet;
use crate::source::index::{self, Index};
use crate::source::range::Range;
use crate::source::worktree::{Choice, IsDotenv, Worktree};

use super::Exit;
use super::args::CheckArgs;
use super::reporting::Reporting;

pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    if args.whole_files && !args.staged && args.diff.is_none() {
        return Err("--whole-files goes with --staged or --diff; without them files are checked whole anyway".to_owned());
    }
    let reporting = Reporting::new(&args.report)?;
    let threads = reporting.threads();
    let settings = Settings {
        threads,
        max_file_size: args.max_file_size,
        baseline: reporting.baseline(),
    };
    if args.staged {
        let choice = index::Choice {
            whole_files: args.whole_files,
            is_dotenv: is_dotenv(reporting.rules()),
        };
        let source = Index::new(&args.paths, choice)?;
        return reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress));
    }
    if let Some(range) = &args.diff {
        let choice = index::Choice {
            whole_files: args.whole_files,
            is_dotenv: is_dotenv(reporting.rules()),
        };
        let source = Range::new(range, &args.paths, choice)?;
        return reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress));
    }
    let choice = Choice {
        no_ignore: args.no_ignore,
        submodules: args.submodules,
        threads,
        is_dotenv: is_dotenv(reporting.rules()),
    };
    let here = [PathBuf::from(".")];
    let paths: &[PathBuf] = if args.paths.is_empty() {
        &here
    } else {
        &args.paths
    };
    let source = Worktree::new(paths, choice);
    reporting.finish(|rules, progress| check::run(&source, rules, &settings, progress))
}

pub(super) fn is_dotenv(rules: &RuleSet) -> IsDotenv {
    let names = rules.dotenv_names();
    Box::new(move |name| names.holds(name))
}
