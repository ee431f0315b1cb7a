//! Arguments, one file per command, and what reaches the terminal. Only user of clap, stdout and stderr.

mod args;
mod audit;
mod baseline;
mod cache;
mod check;
mod clock;
mod configuration;
mod explain;
mod fixing;
mod hook;
mod init;
mod migrate;
mod output;
mod progress;
mod reporting;
mod review;
mod rules;
mod show;
mod write;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command, ConfigCommand};

use crate::rule::RuleSet;

/// What a run came to; the same for every format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing to report.
    Clean,
    /// At least one finding at or above `--fail-on`.
    Findings,
    /// Usage, configuration, I/O, or an incomplete scan.
    Error,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Error => 2,
        })
    }
}

/// Runs one command line, the program's name first.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args = match Args::try_parse_from(argv) {
        Ok(args) => args,
        Err(error) => return output::usage(&error).into(),
    };
    let exit = match &args.command {
        Command::Check(check) => check::run(check),
        Command::Hook(hook) => hook::run(hook),
        Command::Audit(audit) => audit::run(audit),
        Command::Baseline(command) => baseline::run(command),
        Command::Config(ConfigCommand::Show(show)) => show::run(show),
        Command::Init(init) => init::run(init),
        Command::Migrate(migrate) => migrate::run(migrate),
        Command::Rules(rules) => rules::run(rules),
        Command::Explain(explain) => explain::run(explain),
    };
    exit.unwrap_or_else(|message| {
        // Messages quote arguments, and an argument can hold a secret.
        output::error(&RuleSet::builtin().mask(&message));
        Exit::Error
    })
    .into()
}
