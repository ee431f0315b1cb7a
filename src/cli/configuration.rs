//! Which configuration a command goes by: its options, the environment, the files in the repository.

use std::collections::BTreeSet;
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::{self, Choice, Layer, Origin, Read, Regime, Set, Source, normal};
use crate::finding::Severity;
use crate::rule::Options;
use crate::source::worktree::{NEITHER, words};
use crate::source::{Recorded, Store};

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
    recorded: Option<Arc<Beside>>,
) -> Result<Regime, String> {
    let (choice, by) = choice(args)?;
    let top = places.first().map_or(root, |(_, top)| top);
    // A file that is named is meant as it lies there, as is what it extends.
    let recorded = recorded.filter(|_| by.is_none());
    let source = source(args, top, recorded, &layer)?;
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

fn source(
    args: &ConfigArgs,
    top: &Path,
    recorded: Option<Arc<Beside>>,
    layer: &Layer,
) -> Result<Source, String> {
    let (read, files): (Read, _) = match (&args.config_from, recorded) {
        (None, None) => (Box::new(read_file), None),
        (None, Some(beside)) => {
            let named: Vec<PathBuf> = layer.rules.iter().map(|r| r.value.clone()).collect();
            let read = move |file: &Path| match named.iter().any(|n| n == file) {
                true => read_file(file),
                false => beside.read(file),
            };
            (Box::new(read), None)
        }
        (Some(revision), _) => {
            let (recorded, files) = of_revision(revision, top)?;
            let beside = Beside::new(recorded);
            (Box::new(move |file: &Path| beside.read(file)), Some(files))
        }
    };
    Ok(Source {
        read,
        files,
        root: top.to_owned(),
    })
}

/// Files as git has them, and a note of those that are otherwise on disk.
pub(super) struct Beside {
    recorded: Recorded,
    aside: Mutex<BTreeSet<String>>,
}

impl Beside {
    pub(super) fn new(recorded: Recorded) -> Beside {
        Beside {
            recorded,
            aside: Mutex::default(),
        }
    }

    fn read(&self, file: &Path) -> Result<Option<String>, String> {
        let Some(found) = self.recorded.read(file) else {
            return read_file(file);
        };
        let text = found?.map(text).transpose()?;
        // What cannot be read there does not count anyway.
        if let Ok(Some(there)) = read_file(file)
            && config::differ(file, text.as_deref(), &there)
        {
            let message = self.recorded.aside(file, text.is_some());
            let aside = self.aside.lock();
            aside
                .unwrap_or_else(PoisonError::into_inner)
                .extend(message);
        }
        Ok(text)
    }

    /// What is otherwise on disk, in words.
    pub(super) fn aside(&self) -> BTreeSet<String> {
        let aside = self.aside.lock();
        std::mem::take(&mut aside.unwrap_or_else(PoisonError::into_inner))
    }
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|e| {
        let (valid, _) = e.as_bytes().split_at(e.utf8_error().valid_up_to());
        let line = memchr::memchr_iter(b'\n', valid).count() + 1;
        format!("line {line} is not UTF-8")
    })
}

/// What the tree of `revision` has, and all configurations in it. What lies
/// outside the repository is no change's to make, and is read where it is.
pub(super) fn of_revision(revision: &str, top: &Path) -> Result<(Recorded, Vec<PathBuf>), String> {
    // A bare repository has no top.
    let store = match top.as_os_str().is_empty() {
        true => Store::here(),
        false => Store::around(top),
    };
    let store = store.map_err(|message| format!("--config-from {revision}: {message}"))?;
    Recorded::at(revision, store, top, config::is_configuration)
        .map_err(|message| format!("--config-from {message}"))
}

/// The text of a file on disk, if there is one.
pub(super) fn read_file(file: &Path) -> Result<Option<String>, String> {
    // Whoever reads a pipe or a device waits for somebody to write. `--config <(..)` is one.
    let waits = |kind: FileType| !kind.is_file() && !kind.is_dir();
    let is_found = file
        .file_name()
        .is_some_and(|name| config::is_configuration(name.as_encoded_bytes()));
    let read = || match is_found && waits(file.metadata()?.file_type()) {
        true => Err(io::Error::other(NEITHER)),
        false => std::fs::read(file),
    };
    match read() {
        Ok(bytes) => text(bytes).map(Some),
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            // What a link was to configure is not what the defaults are.
            let is_ours = file
                .file_name()
                .is_some_and(|name| name != "pyproject.toml");
            match is_ours && file.is_symlink() {
                true => Err("a link that leads nowhere".to_owned()),
                false => Ok(None),
            }
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

pub(super) fn absolute(file: &Path) -> Result<PathBuf, String> {
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
        baseline: match &args.baseline {
            Some(file) => Some(set(absolute(file)?, "--baseline")),
            None => None,
        },
        ..Layer::default()
    };
    for file in &args.rules {
        layer.rules.push(set(absolute(file)?, "--rules"));
    }
    Ok(layer)
}
