//! The piece of a file that a report may show: masked, cut, free of control characters.

mod unknown;

pub use unknown::url_passwords;

use std::ops::Range;

use crate::document::is_unsafe_on_a_terminal;

/// Up to a few whole lines around a finding. What it holds is safe to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub text: String,
    /// The finding's part of `text`, in bytes.
    pub highlight: Range<usize>,
}

/// Whether secrets are shown; only `--show-secrets` reveals them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Masking {
    #[default]
    Mask,
    Reveal,
}

/// Shown on each side of the highlight before a line is cut.
const SIDE: usize = 90;
/// The longest highlight shown whole.
const HIGHLIGHT: usize = 240;
/// The shortest secret that is looked for again on its line.
const SHORTEST_REPEATED: usize = 4;
/// The most lines an excerpt spans.
const LINES: usize = 6;

impl Excerpt {
    /// The lines of `bytes` that hold `highlight`, with each of `secrets` masked.
    /// `secrets` are sorted by start; they may overlap.
    pub fn new(
        bytes: &[u8],
        highlight: Range<usize>,
        secrets: &[Range<usize>],
        masking: Masking,
    ) -> Excerpt {
        // Nothing further away is ever shown, so that a line may be as long as it likes.
        let begin = highlight.start.saturating_sub(SIDE);
        let line_start =
            memchr::memrchr(b'\n', &bytes[begin..highlight.start]).map(|i| begin + i + 1);
        let cut_front = line_start.is_none() && begin > 0 && bytes[begin - 1] != b'\n';
        let from = match line_start {
            Some(start) => start,
            None if cut_front => char_boundary(bytes, begin),
            None => begin,
        };
        let mut visible_end = highlight.end.min(highlight.start + HIGHLIGHT);
        let mut line_ends = memchr::memchr_iter(b'\n', &bytes[highlight.start..visible_end]);
        if let Some(end) = line_ends.nth(LINES - 1) {
            visible_end = highlight.start + end;
        }
        // A highlight that ends with its line does not begin the next one.
        let last = visible_end.saturating_sub(1).max(highlight.start);
        let limit = bytes.len().min(visible_end + SIDE);
        let line_end = memchr::memchr(b'\n', &bytes[last..limit]).map(|i| last + i);
        let cut_back = line_end.is_none() && limit < bytes.len() && bytes[limit] != b'\n';
        let to = match line_end {
            Some(end) if end > from && bytes[end - 1] == b'\r' => end - 1,
            Some(end) => end,
            None if cut_back => char_boundary(bytes, limit),
            None => limit,
        }
        .max(highlight.start);

        let mut out = Builder {
            text: String::new(),
            highlight: 0..0,
            want: highlight.start..visible_end,
        };
        if cut_front {
            out.text.push('…');
        }
        let generic;
        let masks: &[Range<usize>] = match masking {
            Masking::Reveal => &[],
            Masking::Mask => {
                let mut more = unknown::secrets(bytes, from..to, &highlight);
                more.retain(|m| !secrets.iter().any(|s| s.start < m.end && m.start < s.end));
                more.extend(repeated(bytes, from..to, secrets));
                generic = merged(secrets, more, from..to);
                &generic
            }
        };
        let mut at = from;
        for mask in masks {
            out.plain(bytes, at..mask.start.max(at));
            let start = mask.start.max(at);
            if mask.start >= at {
                out.masked(&bytes[mask.clone()], start..mask.end);
            }
            at = mask.end.max(at);
        }
        out.plain(bytes, at..to.max(at));
        out.mark(to);
        if cut_back {
            out.text.push('…');
        }
        if out.highlight.end <= out.highlight.start {
            out.highlight.end = out.highlight.start;
        }
        Excerpt {
            text: out.text,
            highlight: out.highlight,
        }
    }
}

struct Builder {
    text: String,
    highlight: Range<usize>,
    want: Range<usize>,
}

impl Builder {
    /// Notes where the highlight begins and ends in `text`, `offset` being the source offset reached.
    fn mark(&mut self, offset: usize) {
        if offset <= self.want.start {
            self.highlight.start = self.text.len();
        }
        if offset <= self.want.end {
            self.highlight.end = self.text.len();
        }
    }

    fn plain(&mut self, bytes: &[u8], range: Range<usize>) {
        let mut offset = range.start;
        for chunk in bytes[range].utf8_chunks() {
            for c in chunk.valid().chars() {
                self.mark(offset);
                match c {
                    '\n' => self.text.push('\n'),
                    '\t' => self.text.push(' '),
                    '\r' => {}
                    c if is_unsafe_on_a_terminal(c) => self.text.push('\u{fffd}'),
                    c => self.text.push(c),
                }
                offset += c.len_utf8();
            }
            if !chunk.invalid().is_empty() {
                self.mark(offset);
                self.text.push('\u{fffd}');
                offset += chunk.invalid().len();
            }
            self.mark(offset);
        }
    }

    fn masked(&mut self, secret: &[u8], range: Range<usize>) {
        self.mark(range.start);
        let inside = range.start < self.want.start;
        self.text.push_str(&mask(secret));
        // A highlight that begins or ends inside the mask takes all of it.
        if !inside && range.end > self.want.end && range.start < self.want.end {
            self.highlight.end = self.text.len();
        }
        self.mark(range.end);
    }
}

/// `secret` with only its public prefix and its length class left. The prefix
/// is what says the kind of key (`ak_`, `ak_live_`), never key material.
pub fn mask(secret: &[u8]) -> String {
    let length = secret.len();
    let stars = match length {
        0..16 => 8,
        16..32 => 16,
        32..64 => 32,
        _ => 64,
    };
    let mut text = String::with_capacity(stars + 8);
    text.push_str(public_prefix(secret));
    text.extend(std::iter::repeat_n('*', stars));
    text
}

/// Prefixes that vendors document: words joined by `_`, none of them random.
fn public_prefix(secret: &[u8]) -> &'static str {
    [
        "ak_live_",
        "ak_test_",
        "ak_production_",
        "ak_prod_",
        "ak_dev_",
        "ak_",
        "Ak_",
    ]
    .into_iter()
    .find(|prefix| secret.starts_with(prefix.as_bytes()))
    .unwrap_or("")
}

/// Where the secrets of the shown lines stand on them once more: what is a
/// secret in one place is one in a comment beside it.
fn repeated(bytes: &[u8], shown: Range<usize>, secrets: &[Range<usize>]) -> Vec<Range<usize>> {
    secrets
        .iter()
        .filter(|s| s.start < shown.end && s.end > shown.start)
        // A piece of a split key may be one letter, which stands in every word.
        .filter(|s| s.len() >= SHORTEST_REPEATED)
        .flat_map(|s| {
            let secret = &bytes[s.clone()];
            memchr::memmem::find_iter(&bytes[shown.clone()], secret)
                .map(|at| shown.start + at..shown.start + at + secret.len())
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Both lists, sorted, overlaps joined, cut to `shown`.
fn merged(
    secrets: &[Range<usize>],
    more: Vec<Range<usize>>,
    shown: Range<usize>,
) -> Vec<Range<usize>> {
    let mut all: Vec<_> = secrets
        .iter()
        .cloned()
        .chain(more)
        .filter(|r| r.start < shown.end && r.end > shown.start)
        .map(|r| r.start.max(shown.start)..r.end.min(shown.end))
        .collect();
    all.sort_by_key(|r| (r.start, r.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for range in all {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

/// The first offset at or after `at` that begins a UTF-8 character.
fn char_boundary(bytes: &[u8], at: usize) -> usize {
    (at..bytes.len().min(at + 4))
        .find(|&i| bytes[i] & 0xC0 != 0x80)
        .unwrap_or(at.min(bytes.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, highlight: &str, secrets: &[&str]) -> (String, String) {
        let at = |s: &str| {
            let start = text.find(s).expect("the test's own text holds it");
            start..start + s.len()
        };
        let secrets: Vec<_> = secrets.iter().map(|s| at(s)).collect();
        let excerpt = Excerpt::new(text.as_bytes(), at(highlight), &secrets, Masking::Mask);
        let marked = excerpt.text[excerpt.highlight.clone()].to_owned();
        (excerpt.text, marked)
    }

    #[test]
    fn masks_every_secret_on_the_line() {
        let (text, marked) = shown(
            "a\nx = ak_1a2b, y = ak_3c4d\nb",
            "ak_3c4d",
            &["ak_1a2b", "ak_3c4d"],
        );
        assert_eq!(text, "x = ak_********, y = ak_********");
        assert_eq!(marked, "ak_********");
    }

    #[test]
    fn a_highlight_may_enclose_a_secret() {
        let (text, marked) = shown(
            "get('https://h.de/?k=hunter22&b')",
            "https://h.de/?k=hunter22&b",
            &["hunter22"],
        );
        assert_eq!(text, "get('https://h.de/?k=********&b')");
        assert_eq!(marked, "https://h.de/?k=********&b");
    }

    #[test]
    fn long_lines_are_cut_and_controls_replaced() {
        let line = format!("{}\u{1b}[31mé HERE {}", "é".repeat(300), "b ".repeat(300));
        let (text, marked) = shown(&line, "HERE", &[]);
        assert!(
            text.starts_with('…') && text.ends_with('…') && text.chars().count() < 220,
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
        assert_eq!(marked, "HERE");
    }

    #[test]
    fn an_unknown_dense_run_is_masked_too() {
        let run = format!("AKIA{}", "Q7".repeat(10));
        let (text, _) = shown(&format!("id={run} url=http://h.de"), "http://h.de", &[]);
        assert_eq!(text, "id=**************** url=http://h.de");
    }
}
