//! The name that holds a URL, where the URL is reached by that name alone.

use std::ops::Range;

use super::command::line_start;
use super::context::{Context, Lead, is_word};
use super::file::Purpose;
use super::judge::{is_assigned, is_constant};
use super::words::{Work, words, work};
use crate::document::RepoPath;
use crate::finding::{Holder, Reach};
use crate::syntax::paths;

/// Shorter names are used for something else anywhere.
const SHORTEST: usize = 4;
const SHORTEST_SETTING: usize = 6;

pub(super) fn holder(
    path: &RepoPath,
    bytes: &[u8],
    start: usize,
    purpose: Purpose,
    context: &Context,
) -> Option<Holder> {
    let name = context.names.first()?;
    match purpose {
        Purpose::Code => constant(path, bytes, start, name, context),
        Purpose::Config | Purpose::Data => setting(path.as_bytes(), &bytes[name.clone()]),
        Purpose::Unknown | Purpose::Markup | Purpose::Prose | Purpose::Silent => None,
    }
}

/// `const RATES_URL = "http:..`, `#define RATES_URL "http:..`
fn constant(
    path: &RepoPath,
    bytes: &[u8],
    start: usize,
    name: &Range<usize>,
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
        before
            .split(|&b| !is_word(b))
            .any(|word| list.contains(&word))
    };
    let is_lone = context.lead == Lead::Quote
        && !is_quoted
        && context.calls.iter().all(|call| wraps(&call.name))
        && (is_defined || is_assigned(&bytes[name.end..start]))
        && own.len() >= SHORTEST
        && (is_constant(whole) || has(&MODIFIERS) || is_of_class(whole));
    (is_lone && !is_read_from_outside(path.as_bytes())).then(|| {
        let is_loose = own.iter().any(u8::is_ascii_lowercase);
        let is_private =
            has(&[b"private", b"fileprivate"]) && has(&[b"static", b"const", b"let", b"val"]);
        Holder {
            name: String::from_utf8_lossy(own).into_owned(),
            is_loose,
            reach: match class_of(path, bytes) {
                _ if is_private => Reach::File(path.clone()),
                Some(name) if !is_loose => Reach::Class {
                    file: path.clone(),
                    name,
                },
                Some(_) | None => Reach::Repository,
            },
        }
    })
}

/// The class that the file at `path` is named after, in a language whose constants are used by the
/// class they are in.
fn class_of(path: &RepoPath, bytes: &[u8]) -> Option<String> {
    let name = path.name();
    let stem = name
        .strip_suffix(b".java")
        .or_else(|| name.strip_suffix(b".cs"))?;
    let is_declared = |kind: &&[u8]| {
        let head = [*kind, b" ", stem].concat();
        memchr::memmem::find(bytes, &head)
            .is_some_and(|at| bytes.get(at + head.len()).is_some_and(|&b| !is_word(b)))
    };
    [&b"class"[..], b"interface", b"enum"]
        .iter()
        .any(is_declared)
        .then(|| String::from_utf8_lossy(stem).into_owned())
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

/// `vendor.rates-url=http:..`, `<add key="RatesUrl" value="http:..` in a file that the program reads its settings from.
fn setting(path: &[u8], name: &[u8]) -> Option<Holder> {
    /// What frameworks read by names of their own.
    const FRAMEWORKS: [&str; 17] = [
        "spring",
        "eureka",
        "management",
        "server",
        "logging",
        "dubbo",
        "feign",
        "ribbon",
        "zuul",
        "nacos",
        "quarkus",
        "micronaut",
        "play",
        "akka",
        "log",
        "hibernate",
        "default",
    ];
    let file = paths::file_name(path).to_ascii_lowercase();
    let is_springs = file.starts_with(b"application") || file.starts_with(b"bootstrap");
    let is_yaml = file.ends_with(b".yml") || file.ends_with(b".yaml");
    let is_nets = [&b"web.config"[..], b"app.config"].contains(&&file[..])
        || file.starts_with(b"appsettings.") && file.ends_with(b".json");
    if !(file.ends_with(b".properties")
        || is_nets
        || is_springs && (is_yaml || file.ends_with(b".conf")))
    {
        return None;
    }
    let first = name.split(|b| !b.is_ascii_alphanumeric()).next()?;
    let own = name.rsplit(|b| matches!(b, b'.' | b':' | b'[')).next()?;
    let parts = words(own);
    let is_frameworks = |word: &[u8]| {
        FRAMEWORKS
            .iter()
            .any(|framework| word.eq_ignore_ascii_case(framework.as_bytes()))
    };
    let is_own = own.len() >= SHORTEST_SETTING
        && (parts.len() > 1 || own.len() < name.len())
        && !is_frameworks(first)
        && !parts
            .first()
            .is_some_and(|word| is_frameworks(word.as_bytes()));
    is_own.then(|| Holder {
        name: String::from_utf8_lossy(own).into_owned(),
        is_loose: true,
        reach: Reach::Repository,
    })
}
