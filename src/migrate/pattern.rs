//! A regular expression as a rule of this tool has it: literals it begins with, and a bounded rest.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Capture, Hir, HirKind, Look, Repetition};

/// What an unbounded repetition is cut to.
const MOST: u32 = 256;
/// Shorter literals stand everywhere.
const SHORTEST: usize = 3;

/// The parts of a rule.
pub(super) struct Parts {
    pub(super) anchors: Vec<String>,
    pub(super) ignore_case: bool,
    pub(super) before: &'static str,
    pub(super) tail: String,
    pub(super) longest: usize,
}

/// `regex`, whose group `secret` (0: the first) is the secret. The error says why it has no equivalent.
pub(super) fn parts(regex: &str, secret: u32) -> Result<Parts, String> {
    let (ignore_case, bare) = match regex.strip_prefix("(?i)") {
        Some(bare) => (true, bare),
        None => (false, regex),
    };
    // Go allows what Rust takes for the beginning of something else.
    let parse = |text: &str| {
        ParserBuilder::new()
            .unicode(false)
            .utf8(false)
            .build()
            .parse(text)
            .map_err(|e| match e {
                regex_syntax::Error::Parse(e) => e.kind().to_string(),
                other => other.to_string(),
            })
    };
    let hir = parse(bare)?;
    let (hir, is_boundary) = without_lead(hir);
    let mut group = secret;
    if group == 0 && hir.properties().explicit_captures_len() > 0 {
        group = first_group(&hir).unwrap_or(0);
    }
    let hir = bounded(hir, group);
    // A class would become a literal for each of its characters.
    let mut extractor = Extractor::new();
    extractor.limit_class(1);
    let prefixes = extractor.extract(&hir);
    let literals = prefixes
        .literals()
        .filter(|l| !l.is_empty())
        .ok_or("it does not begin with a literal, which is what hushlint finds it by")?;
    let mut anchors = Vec::new();
    for literal in literals {
        let text = String::from_utf8_lossy(literal.as_bytes()).into_owned();
        if text.len() < SHORTEST || !text.is_ascii() {
            return Err(format!(
                "it begins with `{text}`, which is too short to find it by"
            ));
        }
        let text = match ignore_case {
            true => text.to_ascii_lowercase(),
            false => text,
        };
        if !anchors.contains(&text) {
            anchors.push(text);
        }
    }
    let longest = hir
        .properties()
        .maximum_len()
        .ok_or("it matches text without end")?;
    if longest > crate::rule::pattern::LONGEST_LONG {
        return Err(format!(
            "it matches up to {longest} bytes; hushlint takes no more than {}",
            crate::rule::pattern::LONGEST_LONG
        ));
    }
    let flag = if ignore_case { "(?i)" } else { "" };
    Ok(Parts {
        anchors,
        ignore_case,
        before: if is_boundary { "boundary" } else { "any" },
        tail: format!("{flag}{hir}"),
        longest,
    })
}

/// The expression without what only says where it may begin, and whether that was a word's beginning.
fn without_lead(hir: Hir) -> (Hir, bool) {
    let HirKind::Concat(parts) = hir.kind() else {
        return match hir.kind() {
            // All of it in one group.
            HirKind::Capture(capture) => match without_lead((*capture.sub).clone()) {
                (sub, true) => (
                    Hir::capture(Capture {
                        index: capture.index,
                        name: capture.name.clone(),
                        sub: Box::new(sub),
                    }),
                    true,
                ),
                (_, false) => (hir, false),
            },
            _ => (hir, false),
        };
    };
    let mut is_boundary = false;
    let lead = parts
        .iter()
        .take_while(|part| match part.kind() {
            HirKind::Look(look) => {
                is_boundary |= !matches!(look, Look::End | Look::EndLF | Look::EndCRLF);
                true
            }
            // What need not be there.
            HirKind::Repetition(repetition) => repetition.min == 0,
            _ => false,
        })
        .count();
    (Hir::concat(parts[lead..].to_vec()), is_boundary)
}

fn first_group(hir: &Hir) -> Option<u32> {
    match hir.kind() {
        HirKind::Capture(capture) => Some(capture.index),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().find_map(first_group),
        HirKind::Repetition(repetition) => first_group(&repetition.sub),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => None,
    }
}

/// The same, every repetition with an end, and `group` named as rules name the secret.
fn bounded(hir: Hir, group: u32) -> Hir {
    match hir.into_kind() {
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            max: Some(repetition.max.unwrap_or(MOST.max(repetition.min))),
            sub: Box::new(bounded(*repetition.sub, group)),
            ..repetition
        }),
        HirKind::Capture(capture) => {
            let sub = bounded(*capture.sub, group);
            match capture.index == group {
                true => Hir::capture(Capture {
                    name: Some("secret".into()),
                    sub: Box::new(sub),
                    ..capture
                }),
                false => sub,
            }
        }
        HirKind::Concat(parts) => {
            Hir::concat(parts.into_iter().map(|p| bounded(p, group)).collect())
        }
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.into_iter().map(|p| bounded(p, group)).collect())
        }
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Look(look) => Hir::look(look),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_taken_apart_or_refused() {
        for (regex, anchors, before) in [
            (r"\b(acme_[a-z0-9]{20})\b", Some(vec!["acme_"]), "boundary"),
            (
                r"tok-(?:live|test)-([0-9a-f]+)",
                Some(vec!["tok-live-", "tok-test-"]),
                "any",
            ),
            (
                r"(?i)[\w.-]{0,50}?(?:vendor)[^a-z]{1,5}([a-z]{32})",
                Some(vec!["vendor"]),
                "any",
            ),
            (r"[0-9a-f]{32}", None, ""),
            (r"ab[0-9]{4}", None, ""),
            (r"(?=look)ahead", None, ""),
        ] {
            match (parts(regex, 0), anchors) {
                (Ok(found), Some(anchors)) => {
                    assert_eq!(found.anchors, anchors, "{regex}");
                    assert_eq!(found.before, before, "{regex}");
                    assert!(found.tail.contains("(?P<secret>"), "{}", found.tail);
                }
                (Err(_), None) => {}
                (found, _) => panic!("{regex}: {:?}", found.map(|f| f.tail)),
            }
        }
    }
}
