//! What a repository wants of its scans: configuration files found, read, and resolved for a path.
//!
//! A file becomes a [`parse::Layer`]; the files it extends go before it, the
//! command line comes last, and all of them together are [`Settings`], each
//! with the place it was set at. Of several configurations the nearest above
//! a file governs it ([`Regime`]).
//!
//! Nothing here opens files: who asks hands in a [`Read`], of the disk or of a revision.

mod exclude;
mod find;
mod glob;
mod parse;
mod regime;
mod settings;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use exclude::Pattern;
pub use find::{Source, configures, differ, folder_of, is_configuration, normal};
pub use glob::Glob;
pub use parse::{Error, Layer, PerPath, parse_size};
pub use regime::{Choice, Realm, Regime};
pub use settings::{Line, Override, Settings, State};

/// Reads a file, `None` if there is none.
pub type Read = Box<dyn Fn(&Path) -> Result<Option<String>, String> + Send + Sync>;

/// The tools whose inline markers can be honoured.
pub const MARKERS: [&str; 5] = [
    "gitleaks",
    "detect-secrets",
    "trufflehog",
    "ggshield",
    "secretlint",
];

/// A value, and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set<T> {
    pub value: T,
    pub origin: Origin,
}

/// Where a value was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    File {
        file: Arc<str>,
        line: usize,
    },
    /// With the option's name.
    CommandLine(&'static str),
}

impl Origin {
    /// 0 where there is none.
    pub fn line(&self) -> usize {
        match self {
            Origin::File { line, .. } => *line,
            Origin::Default | Origin::CommandLine(_) => 0,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File { file, line } => write!(f, "{file}:{line}"),
            Origin::CommandLine(option) => f.write_str(option),
        }
    }
}
