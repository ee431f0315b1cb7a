//! `plain-http-api`: URLs that would send an API call in plain text.

mod context;
mod file;
mod host;
mod judge;
mod parse;
mod shape;
mod words;

use super::{Match, Scene, Verdict};
use host::{Class, Hosts, Names};
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
        if start > 0 && bytes[start - 1].is_ascii_alphabetic() && !follows_escape(bytes, start) {
            return None;
        }
        let url = Url::parse(bytes, start)?;
        let host = url.lower(bytes, &url.host);
        let path = url.lower(bytes, &url.path);
        match self.hosts.classify(&host, &path) {
            Class::Product | Class::Public | Class::Documentation => Some(Match {
                secret: url.span.clone(),
                span: url.span,
            }),
            Class::Local | Class::Placeholder | Class::Dynamic | Class::Identifier => None,
        }
    }

    /// `None` for hosts and places that are no API call.
    pub fn judge(&self, found: &Match, scene: &Scene<'_>) -> Option<Verdict> {
        let url = Url::parse(scene.bytes(), found.span.start)?;
        judge::judge(self, &url, scene)
    }
}

/// Whether the letter before `start` ends an escape: `\nhttp://`.
fn follows_escape(bytes: &[u8], start: usize) -> bool {
    start >= 2 && bytes[start - 2] == b'\\' && matches!(bytes[start - 1], b'n' | b'r' | b't')
}

#[cfg(test)]
mod tests {
    use crate::document::Document;
    use crate::finding::Finding;
    use crate::rule::{Options, RuleSet, Scratch, load};

    fn findings(path: &str, text: &str) -> Vec<Finding> {
        let rules = load::builtin()
            .into_iter()
            .filter(|r| r.id.as_str() == "plain-http-api")
            .collect();
        let document = Document::new(path.into(), text.as_bytes().to_vec());
        RuleSet::new(rules, Options::default())
            .scan(&mut Scratch::default(), &document)
            .findings
    }

    #[test]
    fn a_credential_is_named_and_never_quoted() {
        let text = "get('http://robot:s7Kq9fLw2@vendor.io/?token=b1946ac92492d2347c62&q=1')";
        let found = findings("a.py", text);
        assert_eq!(found.len(), 1);
        let shown = format!("{:?}", found[0]);
        assert!(
            !shown.contains("s7Kq9fLw2") && !shown.contains("b1946ac9"),
            "{shown}"
        );
        assert!(shown.contains("q=1"), "{shown}");
    }
}
