//! The command line as clap reads it.

use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};

use crate::config::parse_size;
use crate::finding::Severity;

/// Finds leaked keys, unprotected .env files and plain-HTTP API URLs.
///
/// Reads only, never uses the network, and masks every secret it shows.
///
/// Exit codes: 0 clean; 1 findings at or above --fail-on; 2 bad usage or an
/// incomplete scan (findings are still printed).
#[derive(Parser)]
#[command(
    name = "hushlint",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Check files and folders as they lie on disk
    Check(CheckArgs),
    /// Check what is about to be committed or pushed, for hook runners
    Hook(HookArgs),
    /// Audit repositories: every version of every file in their histories
    Audit(AuditArgs),
    /// Accept the findings of today in a file, so that only new ones count
    #[command(subcommand)]
    Baseline(BaselineCommand),
    /// Make a configuration, a hook for pre-commit, a CI job, a baseline; shows them first, and overwrites nothing
    Init(InitArgs),
    /// Turn the configuration of another tool into one of hushlint; shows it first, and overwrites nothing
    Migrate(MigrateArgs),
    /// Show the settings in force, and where each was set
    #[command(subcommand)]
    Config(ConfigCommand),
    /// List the rules
    Rules(RulesArgs),
    /// Say what a rule finds, why it matters and how to fix it
    Explain(ExplainArgs),
}

#[derive(clap::Args)]
pub(super) struct CheckArgs {
    /// Files and folders; the current folder if none is named. What is named is scanned whatever ignores it
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Check what the next commit would record: the index, and of changed files only the new lines
    #[arg(long)]
    pub(super) staged: bool,

    /// Check every commit that HEAD (or another revision) has and BASE has not, whatever later ones took back
    #[arg(long, value_name = "BASE[...HEAD]", conflicts_with = "staged")]
    pub(super) diff: Option<String>,

    /// With --staged or --diff: report what stands in a changed file, on whatever line
    #[arg(long)]
    pub(super) whole_files: bool,

    /// Also scan untracked files that ignore rules cover
    #[arg(long, conflicts_with_all = ["staged", "diff"])]
    pub(super) no_ignore: bool,

    /// Also scan repositories inside the repository
    #[arg(long, conflicts_with_all = ["staged", "diff"])]
    pub(super) submodules: bool,

    /// Refuse larger files; each one refused makes the scan incomplete (exit 2). With a unit: 500K, 10M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) max_file_size: Option<u64>,

    /// Mend what can be mended without changing what a program does, then report what is left
    #[arg(long)]
    pub(super) fix: bool,

    /// As --fix, and also what may change what a program does: read the diff before you commit
    #[arg(long)]
    pub(super) unsafe_fixes: bool,

    /// Print what --fix (or with it --unsafe-fixes) would do as a patch for `git apply`, and change nothing
    #[arg(long, conflicts_with = "fix")]
    pub(super) diff_fixes: bool,

    #[command(flatten)]
    pub(super) report: ReportArgs,
}

#[derive(clap::Args)]
pub(super) struct HookArgs {
    /// Refused, with what to do instead
    #[arg(long, hide = true)]
    pub(super) fix: bool,

    /// Refused, with what to do instead
    #[arg(long, hide = true)]
    pub(super) unsafe_fixes: bool,

    /// Refused, with what to do instead
    #[arg(long, hide = true)]
    pub(super) diff_fixes: bool,

    /// In git's own pre-push hook, with the name and the URL that git gives it (`"$@"`) and its lines on standard input: check every commit that is pushed
    #[arg(long)]
    pub(super) pre_push: bool,

    /// The files the runner names: their staged content where it is not HEAD's, else what is on disk. All that is staged if none is named
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    /// Refuse larger files; each one refused makes the scan incomplete (exit 2). With a unit: 500K, 10M, 1G
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(super) max_file_size: Option<u64>,

    #[command(flatten)]
    pub(super) report: ReportArgs,
}

#[derive(clap::Args)]
pub(super) struct AuditArgs {
    /// Repositories, or folders in them; the current one if none is named
    #[arg(value_name = "REPO")]
    pub(super) repositories: Vec<PathBuf>,

    /// Only what was brought by commits that this branch, tag or commit does not hold
    #[arg(long, value_name = "REV")]
    pub(super) since: Option<String>,

    /// Also what no branch or tag leads to: amended commits, dropped stashes, reflogs
    #[arg(long)]
    pub(super) all_objects: bool,

    /// Read everything again, whatever an earlier run has seen
    #[arg(long)]
    pub(super) no_cache: bool,

    /// The day to reckon ages from, as in 2026-01-31 [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) now: Option<i64>,

    #[command(flatten)]
    pub(super) report: ReportArgs,
}

#[derive(Subcommand)]
pub(super) enum BaselineCommand {
    /// Add all findings at or above --fail-on that it does not hold yet; what it holds keeps its line
    Write(BaselineWriteArgs),
    /// Walk through the findings by keyboard: accept, ignore in a comment, fix or skip each
    Review(BaselineArgs),
    /// Remove the lines that no finding answers to any more
    Prune(BaselineArgs),
    /// List what it holds
    Show(BaselineShowArgs),
}

#[derive(clap::Args)]
pub(super) struct BaselineWriteArgs {
    /// Why they are accepted; it stands at the end of each new line
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<String>,

    #[command(flatten)]
    pub(super) scan: BaselineArgs,
}

#[derive(clap::Args)]
pub(super) struct BaselineArgs {
    /// Files and folders; the current folder if none is named
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,

    /// Also scan untracked files that ignore rules cover
    #[arg(long)]
    pub(super) no_ignore: bool,

    /// Also scan repositories inside the repository
    #[arg(long)]
    pub(super) submodules: bool,

    #[command(flatten)]
    pub(super) report: ReportArgs,
}

impl BaselineArgs {
    /// As if nothing but `path` were named.
    pub(super) fn of(path: &Path) -> BaselineArgs {
        let words = ["hushlint", "baseline", "prune"];
        let Command::Baseline(BaselineCommand::Prune(mut args)) = Args::parse_from(words).command
        else {
            unreachable!("these words name one command");
        };
        args.paths.push(path.to_owned());
        args
    }
}

#[derive(clap::Args)]
pub(super) struct BaselineShowArgs {
    /// The baseline [default: .hushlint-baseline at the root of the repository]
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
}

/// How a scan is reported, whatever was scanned.
#[derive(clap::Args)]
pub(super) struct ReportArgs {
    /// Output format, to a file with `=FILE`; may be given more than once [default: text]
    #[arg(long, value_name = "NAME[=FILE]")]
    pub(super) format: Vec<String>,

    /// Report findings of at least this level: error, warning or note
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(super) severity: Option<Severity>,

    /// Exit with 1 from this level on [default: warning]
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    pub(super) fail_on: Option<Severity>,

    #[command(flatten)]
    pub(super) config: ConfigArgs,

    /// Use only these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', num_args = 1)]
    pub(super) select: Vec<String>,

    /// Do without these rules
    #[arg(long, value_name = "RULE", value_delimiter = ',', num_args = 1)]
    pub(super) ignore: Vec<String>,

    /// Add the rules of a TOML file to the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,

    /// Do not count the findings that this baseline accepts [default: .hushlint-baseline at the root of what is scanned, if there is one]
    #[arg(long, value_name = "FILE", conflicts_with = "no_baseline")]
    pub(super) baseline: Option<PathBuf>,

    /// Count what a baseline accepts, too
    #[arg(long)]
    pub(super) no_baseline: bool,

    /// Exit with 0 even if there are findings; errors still exit with 2
    #[arg(long)]
    pub(super) exit_zero: bool,

    /// Show secrets in full. Keep the output to yourself
    #[arg(long)]
    pub(super) show_secrets: bool,

    /// Also show findings that a comment, the configuration or a baseline suppresses
    #[arg(long)]
    pub(super) show_suppressed: bool,

    /// Count findings by rule and by folder; text shows the counts instead of the findings
    #[arg(long)]
    pub(super) statistics: bool,

    /// Threads to use; the output does not depend on it [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,

    /// When to use colour: auto, always or never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: clap::ColorChoice,

    /// Never show a progress bar
    #[arg(long)]
    pub(super) no_progress: bool,
}

/// Which configuration is in force.
#[derive(clap::Args)]
pub(super) struct ConfigArgs {
    /// Go by this configuration, whatever files are checked [default: HUSHLINT_CONFIG, else the nearest above each file]
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,

    /// Go by no configuration file
    #[arg(long, conflicts_with = "config")]
    pub(super) no_config: bool,

    /// Read configurations, and what they name, as this revision has them: a change cannot weaken its own check
    #[arg(long, value_name = "REV", conflicts_with = "no_config")]
    pub(super) config_from: Option<String>,
}

#[derive(clap::Args)]
pub(super) struct InitArgs {
    /// Make git's own hook in place of an entry for pre-commit
    #[arg(long)]
    pub(super) hook: bool,

    /// Make a CI job as well
    #[arg(long, value_name = "WHERE")]
    pub(super) ci: Option<Ci>,

    /// Make a baseline of what is found today as well, so that only what is new counts
    #[arg(long)]
    pub(super) baseline: bool,

    /// Write without asking
    #[arg(long)]
    pub(super) yes: bool,

    /// Show only
    #[arg(long, conflicts_with = "yes")]
    pub(super) dry_run: bool,
}

#[derive(clap::Args)]
pub(super) struct MigrateArgs {
    /// .gitleaks.toml, .gitleaksignore, .secrets.baseline, .secretlintrc*; those at the root of the repository if none is named
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,

    /// Write without asking
    #[arg(long)]
    pub(super) yes: bool,

    /// Show only
    #[arg(long, conflicts_with = "yes")]
    pub(super) dry_run: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
pub(super) enum Ci {
    Github,
    Gitlab,
}

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Show what is in force for a file or folder
    Show(ShowArgs),
}

#[derive(clap::Args)]
pub(super) struct ShowArgs {
    /// The file or folder; the current folder if none is named. It need not be there
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,

    /// Output format: text or json
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,

    #[command(flatten)]
    pub(super) config: ConfigArgs,
}

#[derive(clap::Args)]
pub(super) struct RulesArgs {
    /// Output format: text or json
    #[arg(long, value_name = "NAME", default_value = "text", value_parser = ["text", "json"])]
    pub(super) format: String,
}

#[derive(clap::Args)]
pub(super) struct ExplainArgs {
    /// The rule's id, as `hushlint rules` lists it
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
}

fn level(text: &str) -> Result<Severity, String> {
    let names = Severity::ALL.map(Severity::name);
    Severity::ALL
        .into_iter()
        .find(|s| s.name() == text)
        .ok_or_else(|| match crate::suggest::suggestion(text, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the levels are {}", names.join(", ")),
        })
}

/// The beginning, in UTC, of a day written `YYYY-MM-DD`, in seconds since 1970.
fn day(text: &str) -> Result<i64, String> {
    crate::calendar::parse(text)
        .map(|days| days * 86_400)
        .ok_or_else(|| "a day is written as in 2026-01-31".to_owned())
}
