//! `--fix`, `--unsafe-fixes`, `--diff-fixes`: what a check does about its findings.

use std::path::{Path, PathBuf};

use crate::excerpt::{Excerpt, Masking};
use crate::finding::{Applicability, ProblemKind, Report};
use crate::fix::{self, Patch};
use crate::rule::RuleSet;

use super::args::{CheckArgs, HookArgs};
use super::output;

/// A fix can make room for the next; nothing needs more rounds than this.
const ROUNDS: usize = 10;

/// What to do about findings that can be mended.
#[derive(Clone, Copy)]
pub(super) enum Fixing {
    /// Nothing: what was scanned is not what is on disk.
    Off,
    /// Say so.
    Tell,
    Apply(Applicability),
    /// Print a patch.
    Show(Applicability),
}

impl Fixing {
    pub(super) fn new(args: &CheckArgs) -> Result<Fixing, String> {
        let limit = match args.unsafe_fixes {
            true => Applicability::Unsafe,
            false => Applicability::Safe,
        };
        let asked = asked_for(args.fix, args.unsafe_fixes, args.diff_fixes);
        if let Some(option) = asked {
            if args.staged {
                return Err(refusal(
                    option,
                    "--staged checks what the next commit would record",
                ));
            }
            if args.diff.is_some() {
                return Err(refusal(option, "--diff checks commits"));
            }
        }
        if args.diff_fixes {
            if args.report.format.iter().any(|f| !f.contains('=')) {
                return Err("--diff-fixes: the patch goes to standard output; send the report to a file, as in `--format json=FILE`".to_owned());
            }
            return Ok(Fixing::Show(limit));
        }
        Ok(if args.staged || args.diff.is_some() {
            Fixing::Off
        } else if args.fix || args.unsafe_fixes {
            Fixing::Apply(limit)
        } else {
            Fixing::Tell
        })
    }

    /// For what never fixes; the error is for who wants it to.
    pub(super) fn of_hook(args: &HookArgs) -> Result<Fixing, String> {
        match asked_for(args.fix, args.unsafe_fixes, args.diff_fixes) {
            Some(option) => Err(refusal(
                option,
                "a hook checks what is about to be committed or pushed",
            )),
            None => Ok(Fixing::Off),
        }
    }

    /// Scans, and mends and scans again while that changes anything.
    pub(super) fn run(
        self,
        mut scan: impl FnMut() -> Result<Report, String>,
    ) -> Result<Report, String> {
        let mut report = scan()?;
        if let Fixing::Off = self {
            return Ok(report);
        }
        let names = fix::Names::default();
        let changed = fix::propose(&mut report, &names);
        let limit = match self {
            Fixing::Off | Fixing::Tell => return Ok(report),
            Fixing::Show(_) => {
                report.problems.extend(changed);
                return Ok(report);
            }
            Fixing::Apply(limit) => limit,
        };
        let mut fixed = 0;
        let mut problems = changed;
        for _ in 0..ROUNDS {
            let applied = fix::apply(&report, limit);
            fixed += applied.fixed;
            problems.extend(applied.problems);
            if applied.files == 0 {
                break;
            }
            report = scan()?;
            problems.extend(fix::propose(&mut report, &names));
        }
        // A fix can hide the last file that was scanned.
        if fixed > 0 {
            report.problems.retain(|p| p.kind != ProblemKind::Empty);
        }
        report.problems.extend(problems);
        report.problems.sort();
        report.problems.dedup();
        report.fixed = Some(fixed);
        Ok(report)
    }

    /// Prints the patch, where that is wanted.
    pub(super) fn show(self, report: &mut Report, rules: &RuleSet) -> Result<(), String> {
        let Fixing::Show(limit) = self else {
            return Ok(());
        };
        let may_show = |text: &str| match rules.options().masking {
            Masking::Reveal => true,
            Masking::Mask => rules.mask(text) == text && text.lines().all(is_harmless),
        };
        let Patch {
            text,
            hidden,
            problems,
        } = fix::patch(report, limit, &may_show);
        output::to_stdout(clap::ColorChoice::Never, |out, _| out.write_all(&text))?;
        if let Some(top) = elsewhere(&report.root).filter(|_| !text.is_empty()) {
            output::note(&format!(
                "the patch is for the top of what was scanned, and below it git leaves out a part of it: `git -C {} apply`",
                top.display()
            ));
        }
        report.problems.extend(problems);
        if hidden > 0 {
            let what = if hidden == 1 { "fix is" } else { "fixes are" };
            output::note(&format!(
                "{hidden} {what} not in the patch: it would hold a secret; --show-secrets puts them in"
            ));
        }
        Ok(())
    }
}

/// The way to `root`, where that is not the current folder.
fn elsewhere(root: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let here = here.ok()?;
    let root = root.canonicalize().ok()?;
    if here == root {
        return None;
    }
    Some(match here.strip_prefix(&root) {
        Ok(below) => below.iter().map(|_| "..").collect(),
        Err(_) => root,
    })
}

/// The option that asks for fixes, if one does.
fn asked_for(fix: bool, unsafe_fixes: bool, diff_fixes: bool) -> Option<&'static str> {
    let options = [
        ("--diff-fixes", diff_fixes),
        ("--unsafe-fixes", unsafe_fixes),
        ("--fix", fix),
    ];
    options
        .into_iter()
        .find(|(_, is_given)| *is_given)
        .map(|(name, _)| name)
}

/// Why `option` cannot be had, and what can.
fn refusal(option: &str, what: &str) -> String {
    format!(
        "{option}: {what}, and fixes change the files on disk, which may differ; run `hushlint check {option}`, look at the change, and `git add` it"
    )
}

/// Whether a report would show the line as it is.
fn is_harmless(line: &str) -> bool {
    let bytes = line.as_bytes();
    let whole = Excerpt::new(bytes, 0..bytes.len(), &[], Masking::Mask);
    // A longer line is shown cut, and so is not known.
    whole.text == line.trim_end_matches('\r')
}
