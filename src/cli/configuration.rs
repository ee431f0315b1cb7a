//! Which configuration a command goes by: its options, the environment, the files in the repository.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::{Choice, Layer, Origin, Read, Regime, Set, Source, normal};
use crate::finding::Severity;
use crate::rule::Options;
use crate::source::worktree::words;

use super::args::{ConfigArgs, ReportArgs};

/// The variable that names a configuration.
pub(super) const VARIABLE: &str = "HUSHLINT_CONFIG";

/// The configurations for `places`, with the command line `layer` on top. The
/// error is for whoever wrote either.
pub(super) fn regime(
    args: &ConfigArgs,
    layer: Layer,
    options: Options,
    (root, places): (&Path, Vec<(PathBuf, PathBuf)>),
) -> Result<Regime, String> {
    let (choice, by) = choice(args)?;
    let top = places.first().map_or(root, |(_, top)| top);
    let source = source(args, top)?;
    let asked = (root, &places[..]);
    Regime::new(source, choice, layer, options, asked).map_err(|e| match by {
        Some(by) => format!("{by}: {e}"),
        None => e.to_string(),
    })
}

/// Which file it is to be, and the words to say so, if it was named.
fn choice(args: &ConfigArgs) -> Result<(Choice, Option<&'static str>), String> {
    if args.no_config {
        return Ok((Choice::Nothing, None));
    }
    let named = std::env::var_os(VARIABLE).filter(|v| !v.is_empty());
    Ok(match (&args.config, named) {
        (Some(file), _) => (Choice::File(absolute(file)?), Some("--config")),
        (None, Some(file)) => (Choice::File(absolute(Path::new(&file))?), Some(VARIABLE)),
        (None, None) => (Choice::Nearest, None),
    })
}

fn source(_args: &ConfigArgs, top: &Path) -> Result<Source, String> {
    let read: Read = Box::new(read_file);
    Ok(Source {
        read,
        root: top.to_owned(),
    })
}

/// The text of a file on disk, if there is one.
fn read_file(file: &Path) -> Result<Option<String>, String> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        // A folder that cannot be entered is the scan's to report.
        Err(e)
            if e.kind() == io::ErrorKind::PermissionDenied && file.symlink_metadata().is_err() =>
        {
            Ok(None)
        }
        Err(e) => Err(words(&e)),
    }
}

fn absolute(file: &Path) -> Result<PathBuf, String> {
    let path =
        std::path::absolute(file).map_err(|e| format!("{}: {}", file.display(), words(&e)))?;
    Ok(normal(&path))
}

/// What the options of a command say, as the strongest layer of a configuration.
pub(super) fn layer(args: &ReportArgs, max_file_size: Option<u64>) -> Result<Layer, String> {
    fn set<T>(value: T, option: &'static str) -> Set<T> {
        Set {
            value,
            origin: Origin::CommandLine(option),
        }
    }
    let words = |list: &[String], option| -> Vec<Set<String>> {
        list.iter().map(|word| set(word.clone(), option)).collect()
    };
    let fail_on: Option<Severity> = args.fail_on;
    let mut layer = Layer {
        select: (!args.select.is_empty()).then(|| words(&args.select, "--select")),
        ignore: words(&args.ignore, "--ignore"),
        fail_on: fail_on.map(|level| set(level, "--fail-on")),
        max_file_size: max_file_size.map(|size| set(size, "--max-file-size")),
        ..Layer::default()
    };
    for file in &args.rules {
        layer.rules.push(set(absolute(file)?, "--rules"));
    }
    Ok(layer)
}
