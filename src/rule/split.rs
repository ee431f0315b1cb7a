//! Which alternatives of a tail its anchors lead to.
//!
//! build.rs has this module too: of the built-in rules it is known at build time.

use std::borrow::Cow;

use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Hir, HirKind};

/// The alternatives of a tail that some anchors lead to, as regexes of their own.
pub(super) struct Split {
    /// For each anchor, its place in `parts`.
    pub(super) part_of: Vec<usize>,
    pub(super) parts: Vec<Alternatives>,
}

/// Some alternatives of a tail.
#[derive(Clone)]
pub(super) struct Alternatives {
    pub(super) text: Cow<'static, str>,
    /// What each of them needs; empty where one of them needs nothing that is known.
    pub(super) needs: Cow<'static, [Need]>,
}

/// Words, a line each, of which every match holds one, and how long a match may be.
#[derive(Clone)]
pub(super) struct Need {
    pub(super) words: Cow<'static, str>,
    pub(super) reach: usize,
}

impl Split {
    pub(super) fn new(anchors: &[Vec<u8>], tail: &str) -> Result<Split, String> {
        let alternatives = alternatives(&parse(tail)?);
        if alternatives.len() == 1 {
            return Ok(Split {
                part_of: vec![0; anchors.len()],
                parts: vec![Alternatives {
                    text: Cow::Owned(tail.to_owned()),
                    needs: needs(&alternatives, anchors),
                }],
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
            let own: Vec<Hir> = set.iter().map(|&at| alternatives[at].clone()).collect();
            Alternatives {
                needs: needs(&own, anchors),
                text: Cow::Owned(Hir::alternation(own).to_string()),
            }
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

/// What each of `alternatives` needs besides its anchor, if that is known of all.
fn needs(alternatives: &[Hir], anchors: &[Vec<u8>]) -> Cow<'static, [Need]> {
    let is_more = |word: &[u8]| {
        !word.is_empty()
            && !word.contains(&b'\n')
            && !anchors.iter().any(|anchor| anchor.starts_with(word))
    };
    let need = |hir: &Hir| {
        let words = required(hir)?;
        let words = words.iter().all(|word| is_more(word)).then_some(words)?;
        Some(Need {
            words: Cow::Owned(String::from_utf8(words.join(&b'\n')).ok()?),
            reach: hir.properties().maximum_len()?,
        })
    };
    let needs: Option<Vec<Need>> = alternatives.iter().map(need).collect();
    Cow::Owned(needs.unwrap_or_default())
}

/// Words of which every match of `hir` holds one: of all such sets, the one
/// whose shortest word is longest, and the last of those.
fn required(hir: &Hir) -> Option<Vec<Vec<u8>>> {
    let shortest = |words: &Vec<Vec<u8>>| words.iter().map(Vec::len).min();
    match hir.kind() {
        HirKind::Literal(literal) => Some(vec![literal.0.to_vec()]),
        HirKind::Capture(capture) => required(&capture.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => required(&repetition.sub),
        HirKind::Alternation(all) => {
            let each: Option<Vec<Vec<Vec<u8>>>> = all.iter().map(required).collect();
            each.map(|all| all.concat())
        }
        HirKind::Concat(all) => {
            // The first is what leads here: anything else says more.
            let rest = all[1..].iter().filter_map(required);
            rest.max_by_key(shortest).or_else(|| required(&all[0]))
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) | HirKind::Repetition(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs_of(tail: &str, anchor: &str) -> Vec<(String, usize)> {
        let split = Split::new(&[anchor.as_bytes().to_vec()], tail).unwrap();
        let needs = split.parts[0].needs.iter();
        needs
            .map(|need| (need.words.replace('\n', "|"), need.reach))
            .collect()
    }

    #[test]
    fn every_alternative_needs_words_behind_its_anchor() {
        let curl = r"curl [^\n]{0,90}?(?:-k\b|--insecure)|curl_setopt\(x{1,3}(?:PEER|HOST)";
        let expected = [("-k|--insecure", 105), ("PEER|HOST", 19)];
        assert_eq!(
            needs_of(curl, "curl"),
            expected.map(|(words, reach)| (words.to_owned(), reach))
        );
        let whole = [("TrustManager".to_owned(), 12)];
        assert_eq!(needs_of("TrustManager", "Trust"), whole);
        assert_eq!(needs_of("(?:Trust){2}Manager?", "Trust")[0].0, "Manage");
        let values = needs_of("verify(?:=|:)(?:no|0)", "verify");
        assert_eq!(values, [("no|0".to_owned(), 9)]);
    }

    #[test]
    fn nothing_is_needed_where_one_alternative_needs_nothing() {
        for (tail, anchor) in [
            ("ab_[a-z]{4}", "ab_"),
            ("verify=(?:no|[0f])", "verify="),
            ("verify(?:=no)?", "verify"),
            ("verify=(?i:off)", "verify="),
            ("verify=no|ver[a-z]{3}[:=][0-9]", "verify"),
            ("verify\nno", "verify"),
        ] {
            assert_eq!(needs_of(tail, anchor), [], "{tail}");
        }
    }
}
