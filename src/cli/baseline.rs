//! `hushlint baseline`: accepts the findings of today, and keeps the file that says so.

use std::path::{Path, PathBuf};

use crate::check;
use crate::check::baseline::{Choice, Held, load, masked, name_of};
use crate::config::Regime;
use crate::finding::{Finding, ProblemKind, Report};
use crate::source::Source;
use crate::source::worktree::{Choice as Files, Worktree, words};
use crate::suppress::baseline::{Baseline, FILE};

use super::args::{BaselineArgs, BaselineCommand, BaselineShowArgs, BaselineWriteArgs, ReportArgs};
use super::reporting::{Reporting, mask_names};
use super::{Exit, output, review};

pub(super) fn run(command: &BaselineCommand) -> Result<Exit, String> {
    match command {
        BaselineCommand::Write(args) => write(args),
        BaselineCommand::Review(args) => review::run(args),
        BaselineCommand::Prune(args) => prune(args),
        BaselineCommand::Show(args) => show(args),
    }
}

/// What a scan for a baseline came to.
pub(super) struct Scanned {
    pub(super) report: Report,
    pub(super) regime: Regime,
    /// Where the baseline is, or will be.
    pub(super) file: PathBuf,
    pub(super) held: Option<Held>,
}

fn write(args: &BaselineWriteArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.scan.report)?;
    let Some(scanned) = scan(&args.scan, &reporting)? else {
        return Ok(Exit::Error);
    };
    let held = scanned.held.as_ref();
    let (old, stale) = (
        held.map_or(0, |h| h.baseline.entries().len()),
        held.map_or(0, |h| h.matched.stale.len()),
    );
    let (baseline, new) = accepting(&scanned, args.reason.as_deref(), reporting.threads())?;
    save(&scanned.file, &baseline, held)?;
    let name = name_of(&scanned.file, &scanned.report.root);
    let mut line = format!("{name}: {new} accepted, {old} kept");
    if stale > 0 {
        line.push_str(&format!(
            "; {stale} of them stale, `hushlint baseline prune` removes them"
        ));
    }
    say(&line)?;
    Ok(Exit::Clean)
}

/// The baseline with all that counts in it, and how much of that is new.
fn accepting(
    scanned: &Scanned,
    reason: Option<&str>,
    threads: usize,
) -> Result<(Baseline, usize), String> {
    let Scanned { report, regime, .. } = scanned;
    let findings = report.findings.iter();
    let new: Vec<&Finding> = findings
        .filter(|f| regime.fails(f) && is_acceptable(f, regime))
        .collect();
    let mut baseline = kept(scanned.held.as_ref())?;
    let rules = regime.rules(regime.main());
    let reason = reason.map(|r| rules.masked(r));
    let paths = |path: &_| masked(rules, path);
    baseline.accept(&new, reason.as_deref(), threads, &paths);
    Ok((baseline, new.len()))
}

/// The baseline that would accept all of `top` as it is; `None`: not all of it
/// could be scanned. The text is empty where there is nothing to accept.
pub(super) fn of_all(top: &Path) -> Result<Option<(PathBuf, String)>, String> {
    let args = BaselineArgs::of(top);
    let reporting = Reporting::new(&args.report)?;
    let Some(scanned) = scan_all(&args, &reporting, true)? else {
        return Ok(None);
    };
    let (baseline, new) = accepting(&scanned, None, reporting.threads())?;
    let text = if new == 0 {
        String::new()
    } else {
        baseline.to_text()
    };
    Ok(Some((scanned.file, text)))
}

fn prune(args: &BaselineArgs) -> Result<Exit, String> {
    let reporting = Reporting::new(&args.report)?;
    let Some(scanned) = scan(args, &reporting)? else {
        return Ok(Exit::Error);
    };
    let Scanned {
        report, file, held, ..
    } = scanned;
    let Some(held) = held else {
        return Err(format!(
            "{}: no such baseline; `hushlint baseline write` makes one",
            name_of(&file, &report.root)
        ));
    };
    let mut baseline = kept(Some(&held))?;
    baseline.remove(&held.matched.stale);
    save(&file, &baseline, Some(&held))?;
    say(&format!(
        "{}: {} removed, {} kept",
        name_of(&file, &report.root),
        held.matched.stale.len(),
        baseline.entries().len()
    ))?;
    Ok(Exit::Clean)
}

fn show(args: &BaselineShowArgs) -> Result<Exit, String> {
    let here = Worktree::new(
        &[PathBuf::from(".")],
        Files {
            no_ignore: false,
            submodules: false,
            threads: 1,
        },
    );
    let file = args.baseline.clone();
    let choice = Choice::File(file.unwrap_or_else(|| here.root().join(FILE)));
    let held = load(&choice, here.root()).map_err(|problem| problem.message)?;
    let entries = held.iter().flat_map(|h| h.baseline.entries());
    output::to_stdout(clap::ColorChoice::Never, |out, _| {
        for entry in entries {
            let reason = entry
                .reason
                .as_ref()
                .map_or(String::new(), |r| format!(": {r}"));
            writeln!(out, "{} {}{reason}", entry.path, entry.rule)?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

/// Scans what the arguments name. `None`: not all of it could be, and what stands in a baseline is not to hang on that.
pub(super) fn scan(
    args: &BaselineArgs,
    reporting: &Reporting<'_>,
) -> Result<Option<Scanned>, String> {
    scan_all(args, reporting, false)
}

/// The same; `may_be_empty`: that there is no file is no mistake.
fn scan_all(
    args: &BaselineArgs,
    reporting: &Reporting<'_>,
    may_be_empty: bool,
) -> Result<Option<Scanned>, String> {
    refuse_what_says_nothing(&args.report)?;
    let here = [PathBuf::from(".")];
    let paths: &[PathBuf] = if args.paths.is_empty() {
        &here
    } else {
        &args.paths
    };
    let threads = reporting.threads();
    let files = Files {
        no_ignore: args.no_ignore,
        submodules: args.submodules,
        threads,
    };
    let source = Worktree::new(paths, files);
    let mut regime = reporting.regime(source.root(), source.places(), None)?;
    let wanted = reporting.baseline(&regime);
    // What is not there yet, or holds nothing, is to be written.
    let is_new = |file: PathBuf| match file.metadata() {
        Ok(found) => found.is_file() && found.len() == 0,
        Err(_) => !file.exists(),
    };
    let choice = match wanted.file(source.root()).is_some_and(is_new) {
        true => Choice::Nothing,
        false => wanted.clone(),
    };
    let (mut report, held) = reporting.scan(|progress| {
        check::run_with(&source, &mut regime, (&choice, None), threads, progress)
    })?;
    if may_be_empty {
        report.problems.retain(|p| p.kind != ProblemKind::Empty);
    }
    if !report.is_complete() {
        mask_names(&mut report, regime.rules(regime.main()));
        output::problems(&report.problems);
        output::error("the scan is incomplete: the baseline is left as it was");
        return Ok(None);
    }
    let file = wanted
        .file(source.root())
        .ok_or("--no-baseline: then there is nothing to keep")?;
    Ok(Some(Scanned {
        report,
        regime,
        file,
        held,
    }))
}

/// These commands write no report.
fn refuse_what_says_nothing(args: &ReportArgs) -> Result<(), String> {
    let given = [
        ("--format", !args.format.is_empty()),
        ("--severity", args.severity.is_some()),
        ("--exit-zero", args.exit_zero),
        ("--show-secrets", args.show_secrets),
        ("--show-suppressed", args.show_suppressed),
    ];
    match given.into_iter().find(|(_, is_given)| *is_given) {
        Some((option, _)) => Err(format!(
            "{option}: this command writes no report; `hushlint check` takes it"
        )),
        None => Ok(()),
    }
}

/// What is said about suppressions is not suppressed, but mended.
pub(super) fn is_acceptable(finding: &Finding, regime: &Regime) -> bool {
    let rules = regime.rules(regime.of(&finding.path));
    let rule = rules.rule(finding.rule.as_str());
    rule.is_none_or(|r| r.upkeep().is_none())
}

/// The baseline as it was, with what has moved at its new path; or one with a salt of its own.
pub(super) fn kept(held: Option<&Held>) -> Result<Baseline, String> {
    match held {
        Some(held) => {
            let mut baseline = held.baseline.clone();
            baseline.follow(&held.matched);
            Ok(baseline)
        }
        None => {
            let mut salt = [0; 16];
            getrandom::fill(&mut salt).map_err(|e| format!("no random numbers to be had: {e}"))?;
            Ok(Baseline::new(salt))
        }
    }
}

/// Writes the file, unless it says the same already.
pub(super) fn save(file: &Path, baseline: &Baseline, held: Option<&Held>) -> Result<(), String> {
    let text = baseline.to_text();
    if held.is_some_and(|h| h.is_of(text.as_bytes())) {
        return Ok(());
    }
    output::write_whole(file, text.as_bytes())
        .map_err(|e| format!("{}: {}", file.display(), words(&e)))
}

fn say(line: &str) -> Result<(), String> {
    output::to_stdout(clap::ColorChoice::Never, |out, _| writeln!(out, "{line}"))
}
