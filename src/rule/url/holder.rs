//! The name that holds a URL, where the URL is reached by that name alone.

use std::ops::Range;

use super::command::line_start;
use super::context::{Context, Lead, is_word};
use super::file::Purpose;
use super::judge::{is_assigned, is_constant};
use super::words::{Role, Work, role, words, work};
use crate::document::RepoPath;
use crate::finding::Holder;

/// Shorter names are used for something else anywhere.
const SHORTEST: usize = 4;
const SHORTEST_SETTING: usize = 6;

/// `language` is that of the file at `path`, by name.
pub(super) fn holder(
    path: &RepoPath,
    bytes: &[u8],
    start: usize,
    purpose: Purpose,
    language: &str,
    context: &Context,
) -> Option<Holder> {
    let name = context.names.first()?;
    match purpose {
        Purpose::Code => constant(path, bytes, start, name, language, context),
        Purpose::Config => setting(path.name(), &bytes[name.clone()]),
        Purpose::Data | Purpose::Unknown | Purpose::Markup | Purpose::Prose | Purpose::Silent => {
            None
        }
    }
}

/// `const RATES_URL = "http:..`, `#define RATES_URL "http:..`
fn constant(
    path: &RepoPath,
    bytes: &[u8],
    start: usize,
    name: &Range<usize>,
    language: &str,
    context: &Context,
) -> Option<Holder> {
    const MODIFIERS: [&[u8]; 13] = [
        b"const",
        b"constexpr",
        b"final",
        b"static",
        b"readonly",
        b"private",
        b"val",
        b"let",
        b"define",
        b"fileprivate",
        b"public",
        b"protected",
        b"var",
    ];
    /// Their variables are read by the programs they start.
    const EXPORTING: [&str; 6] = [
        "Shell",
        "fish",
        "PowerShell",
        "Batch",
        "Makefile",
        "Dockerfile",
    ];
    let wraps = |name: &Range<usize>| work(&bytes[name.clone()]) == Work::Wrap;
    let line = line_start(bytes, name.start);
    let before = &bytes[line..name.start];
    let is_defined = before.trim_ascii().starts_with(b"#");
    let is_quoted = before
        .last()
        .is_some_and(|b| matches!(b, b'"' | b'\'' | b'`'));
    let whole = &bytes[name.clone()];
    let own = whole.rsplit(|&b| !is_word(b)).next()?;
    let has = |list: &[&[u8]]| {
        let mut words = before.split(|&b| !is_word(b));
        words.any(|word| list.contains(&word))
    };
    let is_lone = context.lead == Lead::Quote
        && !is_quoted
        && context.calls.iter().all(|call| wraps(&call.name))
        && (is_defined || is_assigned(&bytes[name.end..start]))
        && own.len() >= SHORTEST
        && (is_constant(whole) || has(&MODIFIERS) || is_of_class(whole))
        && !EXPORTING.contains(&language)
        && !is_read_from_outside(path.as_bytes());
    // Elsewhere, `private` is of a class in several files, or of one's heirs.
    let is_private =
        matches!(language, "Java" | "Kotlin") && has(&[b"private"]) && has(&[b"static", b"const"]);
    is_lone.then(|| Holder {
        name: String::from_utf8_lossy(own).into_owned(),
        is_loose: own.iter().any(u8::is_ascii_lowercase),
        only_in: is_private.then(|| path.clone()),
    })
}

/// `Service.ratesUrl`
fn is_of_class(name: &[u8]) -> bool {
    name.contains(&b'.') && name[0].is_ascii_uppercase()
}

/// Whether the settings of a framework are in the module at `path`: it reads them by their names.
fn is_read_from_outside(path: &[u8]) -> bool {
    let is_of_settings = |part: &[u8]| {
        words(part)
            .iter()
            .any(|w| ["settings", "config", "conf", "configuration"].contains(&w.as_str()))
    };
    path.ends_with(b".py") && path.rsplit(|&b| b == b'/').take(2).any(is_of_settings)
}

/// `vendor.rates-url=http:..` in a file of properties that is the program's own.
fn setting(file: &[u8], name: &[u8]) -> Option<Holder> {
    /// Files that tools and frameworks look for, and read by names of their own.
    const OF_TOOLS: [&str; 19] = [
        "application",
        "bootstrap",
        "build",
        "camunda",
        "flyway",
        "gradle",
        "hibernate",
        "kafka",
        "keycloak",
        "local",
        "log4j",
        "log4j2",
        "logback",
        "logging",
        "maven",
        "microprofile",
        "otel",
        "quartz",
        "sonar",
    ];
    let file = file.to_ascii_lowercase();
    let stem = file.strip_suffix(b".properties")?;
    let first = stem.split(|b| !b.is_ascii_alphanumeric()).next()?;
    if OF_TOOLS.iter().any(|tool| first == tool.as_bytes()) {
        return None;
    }
    // Of `rates.url.production` a program may know the beginning alone.
    let own = name.rsplit(|b| matches!(b, b'.' | b':' | b'[')).next()?;
    let is_address = matches!(role(own), Role::Endpoint | Role::Address);
    (is_address && own.len() >= SHORTEST_SETTING).then(|| Holder {
        name: String::from_utf8_lossy(own).into_owned(),
        is_loose: true,
        only_in: None,
    })
}
