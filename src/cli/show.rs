//! `hushlint config show`: the settings in force for a path, and where each was set.

use std::path::{Path, PathBuf};

use crate::config::{Layer, Line};
use crate::document::RepoPath;
use crate::rule::{Options, RuleSet};
use crate::source::worktree::folder_and_top;

use super::args::ShowArgs;
use super::{Exit, configuration, output};

pub(super) fn run(args: &ShowArgs) -> Result<Exit, String> {
    let path = configuration::absolute(&args.path)?;
    let (folder, top) = folder_and_top(&path)?;
    let places: Vec<(PathBuf, PathBuf)> = vec![(folder, top.clone())];
    let regime = configuration::regime(
        &args.config,
        Layer::default(),
        Options::default(),
        (&top, places),
        None,
    )?;
    // What is on the way to a repository's files may be a link to it.
    let real = real_path(&path);
    let within = real.strip_prefix(&top).unwrap_or(Path::new(""));
    let within = RepoPath::from_relative(within);
    let settings = &regime.main().settings;
    let lines = settings.lines();
    let is_excluded = settings.excludes(within.as_bytes());
    let here = settings.overrides_of(within.as_bytes());
    // A setting can quote a secret by mistake.
    let mask = RuleSet::builtin();
    output::to_stdout(clap::ColorChoice::Auto, |out, _| {
        if args.format == "json" {
            let of_line = |line: &Line| {
                serde_json::json!({
                    "key": line.key,
                    "value": mask.mask(&line.value),
                    "origin": line.origin.to_string(),
                })
            };
            let applies: Vec<String> = here
                .iter()
                .map(|&at| settings.per_path[at].origin.to_string())
                .collect();
            let json = serde_json::json!({
                "path": within.to_text(),
                "files": settings.files,
                "excluded": is_excluded,
                "per-path": applies,
                "settings": lines.iter().map(of_line).collect::<Vec<_>>(),
            });
            serde_json::to_writer_pretty(&mut *out, &json)?;
            return writeln!(out);
        }
        let name = match within.as_bytes() {
            [] => ".".to_owned(),
            _ => within.to_string(),
        };
        match &settings.files[..] {
            [] => writeln!(
                out,
                "# {name}: no configuration file, the defaults are in force"
            )?,
            files => writeln!(out, "# {name}: {}", files.join(", which extends "))?,
        }
        if is_excluded {
            writeln!(out, "# excluded: it is not scanned")?;
        }
        for at in here {
            let origin = &settings.per_path[at].origin;
            writeln!(out, "# the table of {origin} is for it")?;
        }
        let texts: Vec<(String, String)> = lines
            .iter()
            .map(|line| {
                let text = format!("{} = {}", line.key, mask.mask(&line.value));
                (text, line.origin.to_string())
            })
            .collect();
        let width = texts.iter().map(|(text, _)| text.len().min(48)).max();
        let width = width.unwrap_or(0);
        for (text, origin) in texts {
            writeln!(out, "{text:width$}  # {origin}")?;
        }
        Ok(())
    })?;
    Ok(Exit::Clean)
}

/// `path` with its links followed as far as it is there.
fn real_path(path: &Path) -> PathBuf {
    for folder in path.ancestors() {
        if let Ok(real) = folder.canonicalize() {
            let rest = path.strip_prefix(folder).unwrap_or(Path::new(""));
            return match rest.as_os_str().is_empty() {
                true => real,
                false => real.join(rest),
            };
        }
    }
    path.to_owned()
}
