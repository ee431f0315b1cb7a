//! Who issues a key: by its format where that is distinct, by what is written near it otherwise.

use std::ops::Range;

/// An issuer of `ak_` keys, as written in the rule file.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Provider {
    pub(super) name: String,
    /// Where to rotate; Markdown.
    pub(super) help: String,
    /// Words that point to it, lower case, without `_`, `-`, blanks.
    #[serde(default)]
    context: Vec<String>,
    /// Formats nobody else is known to use.
    #[serde(default)]
    formats: Vec<Format>,
}

/// A format: a stage word or none, then a body.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Format {
    #[serde(default)]
    stages: Vec<String>,
    alphabet: Alphabet,
    length: [usize; 2],
    /// What exactly the value must be called for the format to tell; empty: anything.
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Alphabet {
    Hex,
    Alnum,
    /// Letters, digits, `_`, `-`.
    Url,
}

impl Alphabet {
    fn holds(self, byte: u8) -> bool {
        match self {
            Alphabet::Hex => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Alphabet::Alnum => byte.is_ascii_alphanumeric(),
            Alphabet::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        }
    }
}

impl Format {
    fn fits(&self, stage: &[u8], body: &[u8], name: &[u8]) -> bool {
        let stage_fits = if self.stages.is_empty() {
            stage.is_empty()
        } else {
            self.stages.iter().any(|s| s.as_bytes() == stage)
        };
        stage_fits
            && (self.length[0]..=self.length[1]).contains(&body.len())
            && body.iter().all(|&b| self.alphabet.holds(b))
            && (self.names.is_empty() || self.names.iter().any(|n| n.as_bytes() == name))
    }
}

/// How far around a key its issuer's name is looked for.
const REACH: usize = 512;

/// The issuer of the key at `token`. A name on the key's own line, or the
/// nearest within a few lines, tells more than the format.
pub(super) fn find<'p>(
    providers: &'p [Provider],
    text: &[u8],
    token: &Range<usize>,
    stage: &[u8],
    body: &[u8],
    name: &[u8],
) -> Option<&'p Provider> {
    let window = token.start.saturating_sub(REACH)..text.len().min(token.end + REACH);
    let line = crate::document::line_around(&text[window.clone()], token.start - window.start);
    let line = window.start + line.start..window.start + line.end;
    by_context(providers, text, line, token)
        .or_else(|| {
            providers
                .iter()
                .find(|p| p.formats.iter().any(|f| f.fits(stage, body, name)))
        })
        .or_else(|| by_context(providers, text, window, token))
}

/// The issuer named nearest to the token.
fn by_context<'p>(
    providers: &'p [Provider],
    text: &[u8],
    window: Range<usize>,
    token: &Range<usize>,
) -> Option<&'p Provider> {
    let (plain, places) = squeezed(&text[window.clone()]);
    let token = token.start - window.start..token.end - window.start;
    providers
        .iter()
        .flat_map(|provider| provider.context.iter().map(move |word| (provider, word)))
        .flat_map(|(provider, word)| {
            memchr::memmem::find_iter(&plain, word.as_bytes())
                .map(|at| (provider, word, at))
                .collect::<Vec<_>>()
        })
        .map(|(provider, word, at)| {
            let (start, end) = (places[at], places[at + word.len() - 1] + 1);
            let distance = if end <= token.start {
                token.start - end
            } else {
                start.saturating_sub(token.end)
            };
            (distance, provider)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, provider)| provider)
}

/// Letters (lower case), digits, `.` and `/` of `text`, and where each stood:
/// `REPORT_FLOW`, `report-flow` and `ReportFlow` become the same.
fn squeezed(text: &[u8]) -> (Vec<u8>, Vec<usize>) {
    text.iter()
        .enumerate()
        .filter(|(_, b)| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'/'))
        .map(|(at, b)| (b.to_ascii_lowercase(), at))
        .unzip()
}
