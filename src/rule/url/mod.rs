//! `plain-http-api`: URLs that would send an API call in plain text.

pub(super) mod branch;
mod command;
mod context;
mod file;
mod follow;
mod holder;
mod host;
mod join;
mod judge;
mod markup;
mod parse;
mod record;
mod shape;
mod words;

use super::{Match, Scene, Verdict};
pub(in crate::rule) use file::Facts;
use host::{Hosts, Names};
use parse::Url;

/// The `[rule.url]` table as written.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UrlText {
    /// Hosts that reject plain HTTP: always an error.
    product_hosts: Vec<String>,
    /// Names, or their last labels, that are never public.
    reserved: Vec<String>,
    /// Labels that stand for the reader's own domain.
    placeholders: Vec<String>,
    /// Hosts, some with the beginning of a path, whose URLs only name things.
    namespaces: Vec<String>,
    licences: Vec<String>,
    /// Hosts that tell whether a network lets requests through; only plain ones show that.
    probes: Vec<String>,
    /// Hosts whose pages are for people.
    documentation: Vec<String>,
    /// Query parameters that carry a credential, without `-` and `_`.
    credential_parameters: Vec<String>,
}

pub struct UrlRule {
    anchors: Vec<Vec<u8>>,
    hosts: Hosts,
    credential_parameters: Vec<String>,
}

impl UrlRule {
    pub fn new(anchors: Vec<Vec<u8>>, text: UrlText) -> UrlRule {
        let mut identifiers = text.namespaces;
        identifiers.extend(text.licences);
        identifiers.extend(text.probes);
        UrlRule {
            anchors,
            hosts: Hosts {
                product: Names::new(&text.product_hosts),
                allowed: Vec::new(),
                reserved: Names::new(&text.reserved),
                placeholders: text.placeholders,
                identifiers: Names::new(&identifiers),
                documentation: Names::new(&text.documentation),
            },
            credential_parameters: text.credential_parameters,
        }
    }

    /// Leaves calls of these hosts alone, except of those that reject them.
    pub fn allow(&mut self, hosts: &[String]) {
        let rejects = |host: &&String| !self.hosts.product.hold(host, "");
        let allowed = hosts.iter().filter(rejects).cloned();
        self.hosts.allowed.extend(allowed);
    }

    pub fn anchors(&self) -> &[Vec<u8>] {
        &self.anchors
    }

    /// The URL whose scheme begins at `start`, unless its host cannot be a public service.
    pub fn find(&self, bytes: &[u8], start: usize) -> Option<Match> {
        let url = read(bytes, start)?;
        let host = url.lower(bytes, &url.host);
        let path = url.lower(bytes, &url.path);
        self.hosts
            .classify(&host, &path)
            .is_outside()
            .then(|| Match {
                secret: url.span.clone(),
                span: url.span,
            })
    }

    /// What to say of the URL whose scheme begins at `start`; `None` for hosts
    /// and places that are no API call.
    pub fn judge(&self, start: usize, scene: &Scene<'_>) -> Option<Verdict> {
        if self.is_passed_over(start, scene) {
            return None;
        }
        judge::judge(self, &read(scene.bytes(), start)?, scene)
    }

    /// Whether nothing is to be said of the URL at `start`, as far as a glance tells: a log has millions.
    fn is_passed_over(&self, start: usize, scene: &Scene<'_>) -> bool {
        let facts = scene.url_facts();
        if !facts.is_silent() && !facts.is_dump {
            return false;
        }
        let rest = &scene.bytes()[start..];
        let end = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>');
        let text = &rest[..rest.iter().position(end).unwrap_or(rest.len())];
        let may_carry = !facts.is_silent() && text.iter().any(|b| matches!(b, b'?' | b'@'));
        !may_carry && !self.hosts.may_be_product(text)
    }
}

/// The URL whose scheme begins at `start`, unless that is the end of a longer one.
fn read(bytes: &[u8], start: usize) -> Option<Url> {
    if start > 0 && bytes[start - 1].is_ascii_alphabetic() && !follows_escape(bytes, start) {
        return None;
    }
    Url::parse(bytes, start)
}

/// Whether the letter before `start` ends an escape: `\nhttp://`.
fn follows_escape(bytes: &[u8], start: usize) -> bool {
    start >= 2 && bytes[start - 2] == b'\\' && matches!(bytes[start - 1], b'n' | b'r' | b't')
}

#[cfg(test)]
mod tests;
