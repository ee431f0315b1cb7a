//! `hushlint check`: files and folders as they lie on disk.

use std::path::PathBuf;

use crate::check::{self, Progress, Settings};
use crate::document::RepoPath;
use crate::excerpt::Masking;
use crate::finding::{Report, Severity};
use crate::report::{FORMATS, Format, View};
use crate::rule::{Options, RuleSet, dotenv, load};
use crate::source::worktree::{Choice, Worktree};
use crate::suggest::suggestion;

use super::args::CheckArgs;
use super::{Exit, output, progress};

pub(super) fn run(args: &CheckArgs) -> Result<Exit, String> {
    let outputs = outputs(&args.format)?;
    let masking = if args.show_secrets {
        Masking::Reveal
    } else {
        Masking::Mask
    };
    let line_hashes = outputs.iter().any(|o| o.format.name == "sarif");
    let rules = rules(
        args,
        Options {
            masking,
            line_hashes,
        },
    )?;
    let threads = args.threads.map_or_else(default_threads, usize::from);
    let choice = Choice {
        no_ignore: args.no_ignore,
        submodules: args.submodules,
        threads,
        is_dotenv: Box::new(dotenv::is_dotenv_name),
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

    let mut report = progress::during(!args.no_progress, |progress: &Progress| {
        check::run(&source, &rules, &settings, progress)
    });
    if let Some(level) = args.severity {
        report.findings.retain(|f| f.severity >= level);
    }
    mask_names(&mut report, &rules);
    output::problems(&report.problems);
    let level = args
        .severity
        .or((args.fail_on == Severity::Note).then_some(Severity::Note));
    let view = View {
        rules: &rules,
        colour: false,
        width: 0,
        level,
    };
    for out in outputs {
        out.write(&report, view, args.color)?;
    }
    Ok(exit(&report, args))
}

/// Masks the secrets in what names files: a name can hold one too.
fn mask_names(report: &mut Report, rules: &RuleSet) {
    let masked = |path: &mut RepoPath| {
        let text = path.to_text();
        let masked = rules.mask(&text);
        if masked != text {
            *path = masked.as_str().into();
        }
    };
    for finding in &mut report.findings {
        masked(&mut finding.path);
        for related in &mut finding.related {
            masked(&mut related.path);
        }
    }
    for problem in &mut report.problems {
        problem.path.iter_mut().for_each(masked);
        problem.message = rules.mask(&problem.message);
    }
    report.scanned.submodules.iter_mut().for_each(masked);
}

fn exit(report: &Report, args: &CheckArgs) -> Exit {
    if !report.is_complete() {
        Exit::Error
    } else if !args.exit_zero && report.findings.iter().any(|f| f.severity >= args.fail_on) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

fn default_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Each `--format`, or text to stdout.
fn outputs(formats: &[String]) -> Result<Vec<output::Output>, String> {
    let default = ["text".to_owned()];
    let formats = if formats.is_empty() {
        &default[..]
    } else {
        formats
    };
    let mut outputs: Vec<output::Output> = Vec::new();
    for text in formats {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => {
                return Err(format!("--format {text}: a file name is missing after `=`"));
            }
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text.as_str(), None),
        };
        let format = format_named(name)?;
        if let Some(other) = outputs.iter().find(|o| o.file == file) {
            let place = file.as_ref().map_or("standard output".to_owned(), |f| {
                format!("`{}`", f.display())
            });
            return Err(format!(
                "--format {text}: {} goes to {place} already; send one of them to a file of its own, as in `{name}=FILE`",
                other.format.name
            ));
        }
        outputs.push(output::Output { format, file });
    }
    Ok(outputs)
}

fn format_named(name: &str) -> Result<&'static Format, String> {
    let names = || FORMATS.iter().map(|f| f.name);
    FORMATS
        .iter()
        .find(|f| f.name == name)
        .ok_or_else(|| match suggestion(name, names()) {
            Some(known) => format!("--format {name}: no such format; did you mean `{known}`?"),
            None => format!(
                "--format {name}: no such format; there are {}",
                names().collect::<Vec<_>>().join(", ")
            ),
        })
}

fn rules(args: &CheckArgs, options: Options) -> Result<RuleSet, String> {
    let mut rules = load::builtin();
    for file in &args.rules {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file)
            .map_err(|e| format!("--rules {name}: {}", crate::source::worktree::words(&e)))?;
        let more = load::parse(&name, &text).map_err(|e| e.to_string())?;
        if let Some(twice) = more.iter().find(|m| rules.iter().any(|r| r.id == m.id)) {
            return Err(format!(
                "{name}: {}: a rule of this id exists already; rules extend, they do not replace",
                twice.id
            ));
        }
        rules.extend(more);
    }
    for (option, names) in [("--select", &args.select), ("--ignore", &args.ignore)] {
        for name in names {
            if !rules.iter().any(|r| r.id.as_str() == name) {
                return Err(unknown_rule(
                    option,
                    name,
                    rules.iter().map(|r| r.id.as_str()),
                ));
            }
        }
    }
    for rule in &mut rules {
        let named = |names: &[String]| names.iter().any(|n| n == rule.id.as_str());
        rule.enabled = (args.select.is_empty() || named(&args.select)) && !named(&args.ignore);
    }
    if rules.iter().all(|r| !r.enabled) {
        return Err("--select and --ignore leave no rule: nothing would be checked".to_owned());
    }
    Ok(RuleSet::new(rules, options))
}

/// The message for a rule nobody knows, with the likely intent.
pub(super) fn unknown_rule<'k>(
    option: &str,
    name: &str,
    known: impl Iterator<Item = &'k str>,
) -> String {
    match suggestion(name, known) {
        Some(known) => format!("{option} {name}: no such rule; did you mean `{known}`?"),
        None => format!("{option} {name}: no such rule; `hushlint rules` lists them"),
    }
}
