//! `hushlint init`: a configuration, a hook, a CI job, a baseline; shown first, and never over what is there.

use std::path::Path;

use crate::check::baseline::name_of;
use crate::config::{Read, configures, normal};
use crate::source::Store;
use crate::source::worktree::folder_and_top;

use super::args::{Ci, InitArgs};
use super::write::{Consent, New, offer};
use super::{Exit, baseline, configuration, output};

const CONFIGURATION: &str = include_str!("hushlint.toml");
const PRE_COMMIT: &str = include_str!("pre-commit.yaml");
const HOOK: &str = include_str!("hook.sh");
const GITHUB: &str = include_str!("github.yml");
const GITLAB: &str = include_str!("gitlab.yml");

pub(super) fn run(args: &InitArgs) -> Result<Exit, String> {
    let here = configuration::absolute(Path::new("."))?;
    let (_, top) = folder_and_top(&here)?;
    let mut files = vec![configuration_file(&top)];
    if args.hook {
        files.push(git_hook(&top)?);
    } else {
        files.push(New {
            file: top.join(".pre-commit-config.yaml"),
            name: ".pre-commit-config.yaml".to_owned(),
            text: PRE_COMMIT.to_owned(),
            executable: false,
            otherwise: format!("Add to its `repos`:\n{}", indented(PRE_COMMIT)),
        });
    }
    files.extend(args.ci.map(|ci| job(&top, ci)));
    let consent = Consent {
        yes: args.yes,
        dry_run: args.dry_run,
    };
    // A hook lies where git keeps them, which may be elsewhere.
    let mut unasked = false;
    for file in files {
        let within = match file.executable {
            true => file.file.parent().and_then(|f| f.parent()).unwrap_or(&top),
            false => &top,
        };
        let within = within.to_owned();
        unasked |= offer(&[file], &within, consent)?;
    }
    if args.ci.is_some() && address() == NO_ADDRESS {
        output::note(&format!(
            "the CI job needs the address of hushlint's repository in the place of {NO_ADDRESS}"
        ));
    }
    if args.baseline {
        // Last, so that what was just written is in force.
        let Some(file) = baseline_file(&top)? else {
            return Ok(Exit::Error);
        };
        match file.text.is_empty() && file.file.symlink_metadata().is_err() {
            true => output::to_stdout(clap::ColorChoice::Never, |out, _| {
                writeln!(out, "{}: not needed, as nothing is found", file.name)
            })?,
            false => unasked |= offer(&[file], &top, consent)?,
        }
    }
    match unasked {
        true => Err("nobody to ask, so nothing was written: --yes writes all of it".to_owned()),
        false => Ok(Exit::Clean),
    }
}

fn configuration_file(top: &Path) -> New {
    let read: Read = Box::new(configuration::read_file);
    // Two configurations of one folder are an error.
    let name = configures(top, &read).unwrap_or(".hushlint.toml");
    New {
        file: top.join(name),
        name: name.to_owned(),
        text: CONFIGURATION.to_owned(),
        executable: false,
        otherwise: "`hushlint config show` tells what it comes to.".to_owned(),
    }
}

/// What is found today, accepted; `None`: not all could be scanned.
fn baseline_file(top: &Path) -> Result<Option<New>, String> {
    let found = baseline::of_all(top)?;
    Ok(found.map(|(file, text)| New {
        name: name_of(&file, top).to_string(),
        text,
        executable: false,
        otherwise: "`hushlint baseline write` adds what it does not hold.".to_owned(),
        file,
    }))
}

/// git's own hook, where git looks for it.
fn git_hook(top: &Path) -> Result<New, String> {
    let store = Store::discover(top).map_err(|message| format!("--hook: {message}"))?;
    let hooks = normal(&store.hooks());
    if store.has_shared_hooks() && !hooks.starts_with(top) {
        return Err(format!(
            "--hook: core.hooksPath is {}, which other repositories may share: put `hushlint hook` there yourself",
            hooks.display()
        ));
    }
    let file = hooks.join("pre-commit");
    let name = file.strip_prefix(top).unwrap_or(&file);
    Ok(New {
        name: name.display().to_string(),
        text: HOOK.to_owned(),
        executable: true,
        otherwise: "Add a line: hushlint hook || exit".to_owned(),
        file,
    })
}

fn job(top: &Path, ci: Ci) -> New {
    let (name, text) = match ci {
        Ci::Github => (".github/workflows/hushlint.yml", GITHUB),
        Ci::Gitlab => (".gitlab-ci.yml", GITLAB),
    };
    let text = text.replace("ADDRESS", address());
    // The version that was tried here.
    let text = text.replace("VERSION", env!("CARGO_PKG_VERSION"));
    New {
        file: top.join(name),
        name: name.to_owned(),
        otherwise: format!("The job would be:\n{}", indented(&text)),
        text,
        executable: false,
    }
}

/// Stands where nobody has said where hushlint is kept.
const NO_ADDRESS: &str = "URL-OF-HUSHLINT";

fn address() -> &'static str {
    match env!("CARGO_PKG_REPOSITORY") {
        "" => NO_ADDRESS,
        address => address,
    }
}

fn indented(text: &str) -> String {
    let lines = text.lines().map(|line| match line {
        "" => String::new(),
        line => format!("  {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}
