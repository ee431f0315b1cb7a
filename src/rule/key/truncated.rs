//! A key of which only the beginning was copied: the call it is for will fail.

use std::ops::Range;

use super::{KeyRule, around, shape};
use crate::rule::guard::letters_and_digits;
use crate::rule::{Match, Scene, Verdict};
use crate::syntax::{Kind, paths};
use around::Follows;

/// The `[rule.truncated]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruncatedText {
    /// How long the body is that has been cut.
    length: [usize; 2],
    /// What the product's names have in them, lower case, without `_` and `-`.
    names: Vec<String>,
    /// What the product is called, written the same way.
    products: Vec<String>,
    /// Names that are the product's within a section that is called by it.
    fields: Vec<String>,
    /// Names that are the product's only as they are.
    exact: Vec<String>,
    /// Endings of files that hold placeholders.
    templates: Vec<String>,
}

/// The length of the product's prefix.
const PREFIX: usize = "ak_".len();

pub struct TruncatedRule {
    text: TruncatedText,
}

impl TruncatedRule {
    pub fn new(text: TruncatedText) -> TruncatedRule {
        TruncatedRule { text }
    }

    /// `None` for whole keys, placeholders, abbreviations, and in what is
    /// written for readers or tests. `keys` tell what a whole one is.
    pub fn judge<'k>(
        &self,
        found: &Match,
        scene: &Scene<'_>,
        mut keys: impl Iterator<Item = &'k KeyRule>,
    ) -> Option<Verdict> {
        let text = scene.bytes();
        let token = found.secret.clone();
        let body = &text[token.start + PREFIX..token.end];
        let [least, most] = self.text.length;
        let named = around::name_at(text, &token);
        let name = &text[named.clone()];
        if !(least..=most).contains(&body.len())
            || !(self.is_ours(name)
                || self.is_value_of_ours(text, token.start, name)
                || self.is_for_our_header(&text[token.end..])
                || self.is_field_of_ours(text, &named))
            || around::follows(text, &token, body.len()) != Follows::End
            || goes_on(&text[token.end..])
            || is_listed(text, &token)
            || around::continues_something(text, &token)
        {
            return None;
        }
        let path = scene.document.path.as_bytes();
        let is_template = self
            .text
            .templates
            .iter()
            .any(|ending| path.ends_with(ending.as_bytes()));
        if is_template
            || paths::is_test_path(path)
            || paths::is_fixture_path(path)
            || paths::is_doc_path(path)
            || scene.language().kind() == Kind::Prose
            || scene.place(token.start).is_for_readers()
        {
            return None;
        }
        let is_cut = keys.any(|key| {
            key.sight(None, token.start, text).is_none()
                && shape::is_random_piece(body, &key.vocabulary)
        });
        is_cut.then(|| Verdict {
            message: format!(
                "`{}` holds an `ak_` key cut short after {} characters",
                String::from_utf8_lossy(name),
                body.len()
            ),
            highlight: token.clone(),
            secrets: vec![token.clone()],
            content: text[token].to_vec(),
            ..Verdict::default()
        })
    }

    /// `name="OURS" value="..."`, `variable "ours" { default = "..." }`, and
    /// over two lines; `set -x OURS ...`.
    fn is_value_of_ours(&self, text: &[u8], start: usize, name: &[u8]) -> bool {
        const REACH: usize = 96;
        let before = &text[start.saturating_sub(REACH)..start];
        let line = around::line_before(text, &(start..start));
        let mut words = line.split(u8::is_ascii_whitespace);
        let is_set =
            words.any(|word| matches!(word, b"set" | b"setx" | b"setenv" | b"ENV" | b"env:set"));
        if is_set && words.any(|word| self.is_ours(word)) {
            return true;
        }
        (name.eq_ignore_ascii_case(b"value") || name == b"default")
            && before
                .split(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')))
                .any(|word| self.is_ours(word))
    }

    /// Swift's `setValue("ak_...", forHTTPHeaderField: "OURS")`, and Objective-C's.
    fn is_for_our_header(&self, after: &[u8]) -> bool {
        const REACH: usize = 64;
        let after = &after[..after.len().min(REACH)];
        let line = after.split(|&b| b == b'\n').next().unwrap_or_default();
        memchr::memmem::find(line, b"forHTTPHeaderField:").is_some_and(|at| {
            line[at..]
                .split(|&b| b == b'"')
                .nth(1)
                .is_some_and(|name| self.is_ours(name))
        })
    }

    /// `reportflow.app-key`, `report_flow:` and `app_key:` below it, `[reportflow]` and `key =`.
    fn is_field_of_ours(&self, text: &[u8], name: &Range<usize>) -> bool {
        let field = letters_and_digits(&text[name.clone()]);
        let is_product = |section: &[u8]| {
            let section = letters_and_digits(section);
            self.text
                .products
                .iter()
                .any(|product| memchr::memmem::find(&section, product.as_bytes()).is_some())
        };
        self.text.fields.iter().any(|f| f.as_bytes() == field)
            && around::is_within(text, name, &is_product)
    }

    fn is_ours(&self, name: &[u8]) -> bool {
        let plain = letters_and_digits(name);
        self.text.exact.iter().any(|exact| exact.as_bytes() == name)
            || self
                .text
                .names
                .iter()
                .any(|ours| plain.ends_with(ours.as_bytes()))
    }
}

/// Whether the literal is the first of several in a list, to be joined.
fn is_listed(text: &[u8], token: &Range<usize>) -> bool {
    let before = text[..token.start].last_chunk::<2>();
    let after = text[token.end..].first_chunk::<2>();
    matches!(
        (before, after),
        (Some([b'[', b'"' | b'\'']), Some([b'"' | b'\'', b',']))
    )
}

/// Whether something is joined to the literal that ends here.
fn goes_on(rest: &[u8]) -> bool {
    let rest = &rest[..rest.len().min(64)];
    let after = rest
        .strip_prefix(b"\\")
        .unwrap_or(rest)
        .strip_prefix(b"\"")
        .or_else(|| rest.strip_prefix(b"'"))
        .or_else(|| rest.strip_prefix(b"`"));
    match after {
        Some(after) => after
            .trim_ascii_start()
            .first()
            .is_some_and(|b| matches!(b, b'+' | b'.' | b'&' | b'%' | b'\\' | b'"' | b'\'' | b'$')),
        None => rest
            .first()
            .is_some_and(|b| matches!(b, b'$' | b'"' | b'\'' | b'`' | b'<' | b'\\')),
    }
}
