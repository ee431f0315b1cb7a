//! Which alternatives of a tail its anchors lead to.
//!
//! build.rs has this module too: of the built-in rules it is known at build time.

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// The alternatives of a tail that some anchors lead to, as regexes of their own.
pub(super) struct Split {
    /// For each anchor, its place in `parts`.
    pub(super) part_of: Vec<usize>,
    pub(super) parts: Vec<String>,
}

impl Split {
    pub(super) fn new(anchors: &[Vec<u8>], tail: &str) -> Result<Split, String> {
        let alternatives = alternatives(&parse(tail)?);
        if alternatives.len() == 1 {
            return Ok(Split {
                part_of: vec![0; anchors.len()],
                parts: vec![tail.to_owned()],
            });
        }
        let prefixes: Vec<Option<Vec<Vec<u8>>>> = alternatives.iter().map(prefixes).collect();
        let mut sets: Vec<Vec<usize>> = Vec::new();
        let mut part_of = Vec::new();
        for anchor in anchors {
            let anchor = anchor.to_ascii_lowercase();
            let set: Vec<usize> = (0..alternatives.len())
                .filter(|&at| may_begin(prefixes[at].as_deref(), &anchor))
                .collect();
            let part = sets.iter().position(|s| *s == set).unwrap_or_else(|| {
                sets.push(set);
                sets.len() - 1
            });
            part_of.push(part);
        }
        let part = |set: Vec<usize>| {
            Hir::alternation(set.iter().map(|&at| alternatives[at].clone()).collect()).to_string()
        };
        Ok(Split {
            part_of,
            parts: sets.into_iter().map(part).collect(),
        })
    }
}

/// The syntax tree of a tail.
pub(super) fn parse(tail: &str) -> Result<Hir, String> {
    regex_syntax::ParserBuilder::new()
        .unicode(false)
        .utf8(false)
        .build()
        .parse(tail)
        .map_err(|e| e.to_string())
}

/// What `hir` is one of.
pub(super) fn alternatives(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Alternation(alternatives) => alternatives.clone(),
        _ => vec![hir.clone()],
    }
}

/// What every match of `hir` begins with one of, in lower case; `None` if
/// that is not known.
pub(super) fn prefixes(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let mut prefixes: Vec<Vec<u8>> = Extractor::new()
        .extract(hir)
        .literals()?
        .iter()
        .map(|literal| literal.as_bytes().to_ascii_lowercase())
        .collect();
    // Of words in either case, all spellings were there.
    prefixes.sort_unstable();
    prefixes.dedup();
    Some(prefixes)
}

/// Whether a text that begins with `anchor`, in lower case, may begin with one of `prefixes`.
pub(super) fn may_begin(prefixes: Option<&[Vec<u8>]>, anchor: &[u8]) -> bool {
    prefixes.is_none_or(|prefixes| {
        prefixes.iter().any(|prefix| {
            let shared = prefix.len().min(anchor.len());
            prefix[..shared] == anchor[..shared]
        })
    })
}
