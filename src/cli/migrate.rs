//! `hushlint migrate`: what other tools are configured with, as a configuration of this one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{self, Glob, Pattern, Read};
use crate::migrate::{self, Plan};
use crate::rule::{RuleSet, load};
use crate::source::worktree::{folder_and_top, words};

use super::args::MigrateArgs;
use super::write::{Consent, New, offer};
use super::{Exit, configuration, output};

const CONFIGURATION: &str = ".hushlint.toml";
const RULES: &str = "hushlint-rules.toml";

pub(super) fn run(args: &MigrateArgs) -> Result<Exit, String> {
    let here = configuration::absolute(Path::new("."))?;
    let (_, top) = folder_and_top(&here)?;
    let files: Vec<PathBuf> = if args.files.is_empty() {
        let names = migrate::NAMES.iter().map(|name| top.join(name));
        names.filter(|file| file.is_file()).collect()
    } else {
        args.files.clone()
    };
    let programs = migrate::PROGRAMS
        .iter()
        .filter(|name| top.join(name).is_file());
    let mut plan = Plan::default();
    if args.files.is_empty() {
        let unread = programs.map(|name| format!("{name}: {}", migrate::PROGRAM));
        plan.left.extend(unread);
    }
    if files.is_empty() {
        return Err(match plan.left.first() {
            Some(unread) => unread.clone(),
            None => format!(
                "nothing to migrate: there is none of {}",
                migrate::NAMES.join(", ")
            ),
        });
    }
    for file in &files {
        let name = file.strip_prefix(&top).unwrap_or(file);
        let name = name.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(file).map_err(|e| format!("{name}: {}", words(&e)))?;
        migrate::read(&name, &text, &mut plan).map_err(|message| format!("{name}: {message}"))?;
    }
    keep_what_loads(&mut plan);
    let read: Read = Box::new(configuration::read_file);
    plan.exclude.dedup();
    plan.markers.dedup();
    let mut new = vec![file(&top, CONFIGURATION, plan.configuration(RULES))];
    if !plan.rules.is_empty() {
        new.push(file(&top, RULES, plan.rules()));
    }
    // Two configurations of one folder are an error.
    let there = config::configures(&top, &read);
    if let Some(name) = there.filter(|name| *name != CONFIGURATION && !args.dry_run) {
        return Err(format!(
            "{name} configures hushlint already: --dry-run shows what would go into it"
        ));
    }
    // One of two would be half a migration.
    if let Some(there) = new.iter().find(|new| new.file.symlink_metadata().is_ok()) {
        let name = &there.name;
        if !args.dry_run {
            return Err(format!(
                "{name} is there, and nothing is overwritten: --dry-run shows what it would be"
            ));
        }
    }
    report(&plan)?;
    let consent = Consent {
        yes: args.yes,
        dry_run: args.dry_run,
    };
    match offer(&new, &top, consent)? {
        true => Err("nobody to ask, so nothing was written: --yes writes all of it".to_owned()),
        false => Ok(Exit::Clean),
    }
}

fn file(top: &Path, name: &str, text: String) -> New {
    New {
        file: top.join(name),
        name: name.to_owned(),
        text,
        executable: false,
        otherwise: String::new(),
    }
}

/// Leaves out the rules that this program itself would refuse, or has already.
fn keep_what_loads(plan: &mut Plan) {
    let mut known: Vec<String> = load::builtin_for_scans()
        .iter()
        .map(|r| r.id.to_string())
        .collect();
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for rule in std::mem::take(&mut plan.rules) {
        let text = rule.to_toml();
        let checked = |rules: Vec<_>| load::check((RULES, &text), &rules, &|_| false);
        let loaded = load::parse(RULES, &text).and_then(checked);
        match loaded.map_err(|e| e.message) {
            Ok(_) if known.contains(&rule.id) => {
                plan.left
                    .push(format!("rule {}: there is one of this id", rule.id));
                refused.push(rule.id);
            }
            Ok(_) => {
                known.push(rule.id.clone());
                kept.push(rule);
            }
            Err(message) => {
                plan.left.push(format!("rule {}: {message}", rule.id));
                refused.push(rule.id);
            }
        }
    }
    plan.rules = kept;
    let mut left = Vec::new();
    plan.exclude.retain(|text| match Pattern::new(text) {
        Ok(_) => true,
        Err(message) => {
            left.push(format!("exclude {message}"));
            false
        }
    });
    plan.per_path.retain_mut(|(globs, ..)| {
        globs.retain(|text| match Glob::new(text) {
            Ok(_) => true,
            Err(message) => {
                left.push(format!("per-path {message}"));
                false
            }
        });
        !globs.is_empty()
    });
    plan.left.extend(left);
    plan.per_path
        .retain(|(_, id, _)| plan.rules.iter().any(|r| r.id == *id));
}

/// What is not in the files that would be written.
fn report(plan: &Plan) -> Result<(), String> {
    let mask = RuleSet::builtin();
    let mut known: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (path, what) in &plan.known {
        known.entry(path).or_default().push(what);
    }
    output::to_stdout(clap::ColorChoice::Never, |out, _| {
        if !known.is_empty() {
            writeln!(
                out,
                "known findings, for a baseline: `hushlint baseline write PATH..` accepts what hushlint finds there"
            )?;
            for (path, what) in known {
                let line = format!("  {path}: {}", what.join("; "));
                writeln!(out, "{}", output::printable(&mask.mask(&line)))?;
            }
            writeln!(out)?;
        }
        if !plan.left.is_empty() {
            writeln!(out, "without an equivalent:")?;
            for left in &plan.left {
                writeln!(out, "  {}", output::printable(&mask.mask(left)))?;
            }
            writeln!(out)?;
        }
        Ok(())
    })
}
