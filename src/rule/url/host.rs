//! What kind of machine a host names: only a public one can be called in plain text by mistake.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The lists of the rule file that hosts are compared with.
#[derive(Default)]
pub(super) struct Hosts {
    /// The product's own: always an error.
    pub(super) product: Names,
    /// Those that may be called in plain text, by the user's word.
    pub(super) allowed: Vec<String>,
    /// Last labels that no public name has.
    pub(super) reserved: Names,
    /// Labels that stand for the reader's own domain.
    pub(super) placeholders: Vec<String>,
    /// Hosts, or hosts with the beginning of a path, whose URLs are names and are never called.
    pub(super) identifiers: Names,
    /// Hosts whose URLs are read by people.
    pub(super) documentation: Names,
}

/// Hosts, each with the beginnings of paths for which it is listed, if not for all.
#[derive(Default)]
pub(super) struct Names(HashMap<String, Vec<String>>);

impl Names {
    /// Entries are a host, or a host with the beginning of a path.
    pub(super) fn new(entries: &[String]) -> Names {
        let mut names: HashMap<String, Vec<String>> = HashMap::with_capacity(entries.len());
        for entry in entries {
            let (name, path) = match entry.split_once('/') {
                None => (entry.as_str(), String::new()),
                Some((name, _)) => (name, entry[name.len()..].to_owned()),
            };
            names.entry(name.to_owned()).or_default().push(path);
        }
        Names(names)
    }

    /// Whether `host`, or a name it lies under, is listed for `path`.
    pub(super) fn hold(&self, host: &str, path: &str) -> bool {
        let mut name = host;
        loop {
            if self.holds(name, path) {
                return true;
            }
            match name.split_once('.') {
                Some((_, rest)) => name = rest,
                None => return false,
            }
        }
    }

    /// Whether `host` itself is listed for `path`.
    fn holds(&self, host: &str, path: &str) -> bool {
        self.0
            .get(host)
            .is_some_and(|paths| paths.iter().any(|p| path.starts_with(p.as_str())))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// This machine, this network, or a name that resolves nowhere else.
    Local,
    /// Meant to be replaced by the reader, or no host at all.
    Placeholder,
    /// The program decides.
    Dynamic,
    /// A namespace, a schema, a licence.
    Identifier,
    Documentation,
    Product,
    Public,
}

impl Class {
    /// Whether a request to it leaves the machine and its network.
    pub(super) fn is_outside(self) -> bool {
        match self {
            Class::Product | Class::Public | Class::Documentation => true,
            Class::Local | Class::Placeholder | Class::Dynamic | Class::Identifier => false,
        }
    }
}

impl Hosts {
    /// Whether one of Report Flow's hosts stands in `text`.
    pub(super) fn may_be_product(&self, text: &[u8]) -> bool {
        let mut names = self.product.0.keys();
        names.any(|name| {
            let mut windows = text.windows(name.len());
            windows.any(|w| w.eq_ignore_ascii_case(name.as_bytes()))
        })
    }

    /// `host` and `path` are lower-case texts with `\0` for template holes.
    pub(super) fn classify(&self, host: &str, path: &str) -> Class {
        if self.allowed.iter().any(|a| is_within(host, a)) {
            return Class::Local;
        }
        if let Some(v6) = host.strip_prefix('[') {
            return v6.strip_suffix(']').map_or(Class::Placeholder, classify_v6);
        }
        let host = host.strip_suffix('.').unwrap_or(host);
        // `http://vendor.io%s`: what is glued to the name is a path.
        let host = match host.strip_suffix('\0') {
            Some(name) if ends_in_top_level(name) => name,
            _ => host,
        };
        let literal = match host.rfind('\0') {
            None => host,
            // `api-${region}.vendor.com`: what follows the hole names the owner.
            Some(hole) => match host[hole + 1..].split_once('.') {
                Some((_, rest)) if rest.contains('.') => rest,
                // `www.kanal{}play.se`: in the middle of the owner's own name.
                Some((owner, _))
                    if !owner.is_empty()
                        && host[..hole].ends_with(|c: char| c.is_ascii_alphanumeric()) =>
                {
                    &host[hole + 1..]
                }
                _ => return Class::Dynamic,
            },
        };
        // Most of the URLs in sources name a licence or a vocabulary.
        if self.identifiers.hold(literal, path) {
            return Class::Identifier;
        }
        if let Some(address) = numeric(literal) {
            return classify_v4(address);
        }
        let labels: Vec<&str> = literal.split('.').collect();
        if !labels.iter().all(|l| is_label(l)) {
            return Class::Placeholder;
        }
        let [.., owner, top] = labels.as_slice() else {
            return Class::Local;
        };
        if self.product.hold(literal, "") {
            return Class::Product;
        }
        // `local.vendor.com`: a developer's own name for this machine.
        if self.reserved.hold(literal, "") || labels[0] == "local" {
            return Class::Local;
        }
        // `any_domain_name.org`: nobody can have that.
        if !is_top_level(top) || owner.contains('_') || self.is_placeholder(&labels, owner, top) {
            return Class::Placeholder;
        }
        if is_identifier_host(labels[0]) && !runs_program(path) {
            return Class::Identifier;
        }
        // `api.stackexchange.com` serves programs, unless it is listed itself.
        let documented = if labels[0] == "api" {
            self.documentation.holds(literal, "")
        } else {
            self.documentation.hold(literal, path)
        };
        if documented || is_documentation_host(&labels) {
            return Class::Documentation;
        }
        Class::Public
    }

    fn is_placeholder(&self, labels: &[&str], owner: &str, top: &str) -> bool {
        const OWN: &[&str] = &[
            "domain", "site", "server", "host", "hostname", "app", "company", "website", "store",
            "shop", "service", "project", "blog", "proxy", "instance", "name", "api", "url",
            "hoster",
        ];
        // What is run at home, or by a company for itself.
        const SOFTWARE: &[&str] = &[
            "org",
            "organization",
            "corp",
            "business",
            "cluster",
            "registry",
            "gitlab",
            "jenkins",
            "grafana",
            "haproxy",
            "nginx",
            "apache",
            "elasticsearch",
            "kibana",
            "influxdb",
            "vault",
            "backend",
            "endpoint",
            "mirror",
            "database",
            "machine",
            "hub",
            "idp",
            "sso",
            "wiki",
        ];
        // `co.uk` and its like: the owner is one label further left.
        let names = &labels[..labels.len() - 1];
        let second_level = ["co", "com", "org", "net", "ac", "gov", "edu"].contains(&owner)
            && top.len() == 2
            && names.len() > 1;
        let owner = if second_level {
            names[names.len() - 2]
        } else {
            owner
        };
        let bare =
            |label: &str| -> String { label.chars().filter(|c| !matches!(c, '-' | '_')).collect() };
        // Further left, `example` is a name like any other: `example.vendor.io`.
        let registered = bare(owner);
        let stands_in = self
            .placeholders
            .iter()
            .any(|p| p == registered.trim_end_matches(|c: char| c.is_ascii_digit()));
        // What speaks to the reader does so anywhere: `your-company.vendor.io`.
        let addressed = |label: &&str| {
            let bare = bare(label);
            ["your", "my", "some", "the", "a", "any", "client", "other"]
                .iter()
                .any(|p| bare.strip_prefix(p).is_some_and(|rest| OWN.contains(&rest)))
                || ["your", "my"].iter().any(|p| {
                    bare.strip_prefix(p)
                        .is_some_and(|rest| SOFTWARE.contains(&rest))
                })
                || (bare.starts_with("your") && bare.len() > 6)
        };
        let lone = ["com", "org", "net"].contains(&top) && owner.len() == 1 && owner != "x";
        lone || labels.iter().all(|l| l.len() == 1)
            || labels
                .iter()
                .any(|l| l.len() > 1 && l.bytes().all(|b| b == b'x'))
            || stands_in
            || names.iter().any(addressed)
            || ([
                "foo", "bar", "baz", "test", "abc", "domain", "host", "server", "site", "url",
                "company", "proxy", "link", "demo", "website", "hostname", "bla", "blah", "qux",
            ]
            .contains(&owner))
    }
}

/// Whether `name` is whole: two labels at least, the last one a top-level name of old.
fn ends_in_top_level(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(rest, top)| {
        !rest.is_empty()
            && !rest.ends_with('\0')
            && (top.len() == 2 && top.bytes().all(|b| b.is_ascii_lowercase())
                || ["com", "net", "org", "info", "edu", "gov", "biz"].contains(&top))
    })
}

/// Whether `host` is `suffix` or a name under it.
fn is_within(host: &str, suffix: &str) -> bool {
    host.strip_suffix(suffix)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// `schemas.vendor.com`, `ns.adobe.com`: names of vocabularies.
fn is_identifier_host(first: &str) -> bool {
    [
        "schemas", "schema", "ns", "xmlns", "xsd", "dtd", "purl", "ontology", "vocab",
    ]
    .contains(&first)
}

/// Whether a program of the server answers; names of vocabularies have none.
fn runs_program(path: &str) -> bool {
    [".php", ".asp", ".aspx", ".jsp", ".cgi", ".do"]
        .iter()
        .any(|e| path.ends_with(e))
}

fn is_documentation_host(labels: &[&str]) -> bool {
    labels[..labels.len() - 2].iter().any(|l| {
        [
            "docs",
            "doc",
            "documentation",
            "wiki",
            "blog",
            "blogs",
            "forum",
            "forums",
            "help",
            "support",
            "manual",
            "man",
            "kb",
            "faq",
            "bugs",
            "issues",
            "jira",
            "community",
            "developer",
            "developers",
            "learn",
            "javadoc",
        ]
        .contains(l)
    })
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || b >= 0x80)
}

/// Whether `label` is a top level of the Public Suffix List (<https://publicsuffix.org>): an invented
/// one is known to its own network only, and `http://index.html` is no host.
fn is_top_level(label: &str) -> bool {
    psl::suffix(label.as_bytes()).is_some_and(|suffix| suffix.is_known())
}

/// An IPv4 address in any form that `inet_aton` takes: decimal, octal, hex, one to four parts.
fn numeric(host: &str) -> Option<Ipv4Addr> {
    // The last part of a name is no number.
    let last = host.rsplit('.').next()?;
    if !last.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let part = |text: &str| -> Option<u32> {
        match text {
            "" => None,
            _ if text.starts_with("0x") => u32::from_str_radix(&text[2..], 16).ok(),
            _ if text.len() > 1 && text.starts_with('0') => u32::from_str_radix(text, 8).ok(),
            _ => text.parse().ok(),
        }
    };
    let parts: Vec<u32> = host.split('.').map(part).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|&p| p > 255) {
        return None;
    }
    let room = 8 * (4 - first.len());
    if room < 32 && *last >= 1 << room {
        return None;
    }
    let head = first
        .iter()
        .enumerate()
        .fold(0, |sum, (i, &p)| sum | p << (24 - 8 * i));
    Some(Ipv4Addr::from(head | last))
}

fn classify_v4(address: Ipv4Addr) -> Class {
    let [a, b, c, d] = address.octets();
    if address.is_loopback()
        || address.is_private()
        || address.is_link_local()
        || a == 0
        || a >= 224
        || (a == 100 && b & 0xC0 == 64)
        || (a == 198 && b & 0xFE == 18)
    {
        return Class::Local;
    }
    let counted = b == a.wrapping_add(1) && c == b.wrapping_add(1) && d == c.wrapping_add(1);
    let down = b == a.wrapping_sub(1) && c == b.wrapping_sub(1) && d == c.wrapping_sub(1);
    if address.is_documentation()
        || counted
        || down
        || matches!(
            (a, b, c, d),
            (11, 22, 33, 44) | (12, 34, 56, 78) | (123, 45, 67, 89)
        )
        || (a == b && b == c && c == d && a > 9)
    {
        return Class::Placeholder;
    }
    Class::Public
}

fn classify_v6(text: &str) -> Class {
    let Ok(address) = text.split('%').next().unwrap_or(text).parse::<Ipv6Addr>() else {
        return Class::Placeholder;
    };
    if let Some(v4) = address.to_ipv4_mapped() {
        return classify_v4(v4);
    }
    let first = address.segments()[0];
    if address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || first & 0xFE00 == 0xFC00
        || first & 0xFFC0 == 0xFE80
    {
        return Class::Local;
    }
    if first == 0x2001 && address.segments()[1] == 0x0db8 {
        return Class::Placeholder;
    }
    Class::Public
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_fall_into_classes() {
        let names =
            |words: &[&str]| Names::new(&words.iter().map(|&w| w.to_owned()).collect::<Vec<_>>());
        let hosts = Hosts {
            product: names(&["re-port-flow.com"]),
            allowed: vec!["legacy.vendor.com".to_owned(), "198.18.99.1".to_owned()],
            reserved: names(&["internal", "test", "home.arpa"]),
            placeholders: vec!["example".to_owned(), "yoursite".to_owned()],
            identifiers: names(&["w3.org", "apache.org/licenses"]),
            documentation: names(&["github.com"]),
        };
        let cases = [
            ("api.re-port-flow.com", Class::Product),
            ("evil-re-port-flow.com", Class::Public),
            ("localhost", Class::Local),
            ("127.0.0.1", Class::Local),
            ("2130706433", Class::Local),
            ("0x7f.1", Class::Local),
            ("172.31.0.1", Class::Local),
            ("172.32.0.1", Class::Public),
            ("169.254.169.254", Class::Local),
            ("100.100.0.1", Class::Local),
            ("203.0.113.9", Class::Placeholder),
            ("1.2.3.4", Class::Placeholder),
            ("192.168.x.x", Class::Placeholder),
            ("8.8.4.4", Class::Public),
            ("[::1]", Class::Local),
            ("[fe80::1%25eth0]", Class::Local),
            ("[fd12::1]", Class::Local),
            ("[::ffff:10.0.0.1]", Class::Local),
            ("[2001:db8::1]", Class::Placeholder),
            ("[2606:4700::1111]", Class::Public),
            ("backend", Class::Local),
            ("a.b.internal", Class::Local),
            ("printer.home.arpa", Class::Local),
            ("example.co.uk", Class::Placeholder),
            ("example2.com", Class::Placeholder),
            ("api.your-domain.io", Class::Placeholder),
            ("test.com", Class::Placeholder),
            ("api.example.com", Class::Placeholder),
            ("example.com.vendor.io", Class::Public),
            ("api.example.vendor.io", Class::Public),
            ("demo.vendor.io", Class::Public),
            ("myexample.io", Class::Public),
            ("myhaproxy.com", Class::Placeholder),
            ("thevault.click", Class::Public),
            ("your-company.vendor.io", Class::Placeholder),
            ("api.github.com", Class::Public),
            ("xxx.vendor.io", Class::Placeholder),
            ("", Class::Placeholder),
            ("...", Class::Placeholder),
            ("+", Class::Placeholder),
            ("\0", Class::Dynamic),
            ("\0.com", Class::Dynamic),
            ("vendor.com\0", Class::Public),
            ("vendor.\0", Class::Dynamic),
            ("node\0", Class::Dynamic),
            ("api-\0.vendor.com", Class::Public),
            ("www.w3.org", Class::Identifier),
            ("schemas.vendor.com", Class::Identifier),
            ("gist.github.com", Class::Documentation),
            ("docs.vendor.com", Class::Documentation),
            ("vendor.com.", Class::Public),
            ("münchen.de", Class::Public),
            ("xn--mnchen-3ya.de", Class::Public),
            ("v.gd", Class::Public),
        ];
        for (host, expected) in cases {
            assert_eq!(hosts.classify(host, "/"), expected, "{host}");
        }
        assert_eq!(
            hosts.classify("www.apache.org", "/licenses/x"),
            Class::Identifier
        );
        assert_eq!(hosts.classify("www.apache.org", "/api"), Class::Public);
    }
}
