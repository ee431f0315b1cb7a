//! What a URL's own text says: an API, a page, a name, a credential.

use std::ops::Range;

use super::join::{Piece, pieces};
use super::parse::Url;
use super::words::words;

/// What the text of a URL is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `api.`, `/v1/`, `.json`, `format=`.
    Api,
    /// A query, or parts that the program fills in.
    Filled,
    /// Nothing to tell by.
    Plain,
    /// What only programs read: `.tar.gz`, `.deb`, `.xml`.
    File,
    /// `.html`, `/wiki/`, `/docs/`, an image.
    Page,
    /// A DTD, an XML schema, a fragment of a vocabulary.
    Identifier,
}

/// `host` and `path` are lower-case texts with `\0` for holes; `raw` is the path as written.
pub(super) fn shape(host: &str, raw: &str, query: Option<&str>, ends_open: bool) -> Shape {
    let path = raw.to_ascii_lowercase();
    let segments: Vec<&str> = path.split('/').filter(|s| !s.is_empty()).collect();
    let last = segments.last().copied().unwrap_or("");
    let extension = last.rsplit_once('.').map_or("", |(_, e)| e);
    let has = |list: &[&str]| segments.iter().any(|s| list.contains(s));
    if ["dtd", "xsd", "rng", "rdf", "owl", "wsdl", "xsl", "xslt"].contains(&extension)
        || last == "schema.json"
        // What a module of RSS is called by.
        || segments.windows(2).any(|s| s[0] == "rss" && ["module", "modules", "1.0"].contains(&s[1]))
        || last.ends_with("schema#")
        // `jabber.org/protocol/muc`, not `/realms/name/protocol/openid-connect`
        || segments.first() == Some(&"protocol")
        || has(&[
            "schema",
            "schemas",
            "ns",
            "namespace",
            "namespaces",
            "protocols",
            "xmlns",
            "dtd",
            "dtds",
            "ontology",
            "xmlschema",
            "xsd",
            "xml-schema",
            "vocab",
        ])
    {
        return Shape::Identifier;
    }
    // `api.h.io/kline_%s.js?length=%s` answers a program.
    let answers = extension == "js" && host.starts_with("api.") && last.contains('\0');
    let archive = ARCHIVES.contains(&extension);
    // What a program fills in and plays is no page either.
    let played = ["mp3", "mp4", "ogg", "webm"].contains(&extension) && path.contains('\0');
    let page = PAGE_EXTENSIONS.contains(&extension) && !answers && !played
        || (has(PAGE_SEGMENTS) || has(&["wiki.php"])) && !archive
        || segments
            .iter()
            .any(|s| s.starts_with("share") || s.starts_with("~"))
        || (query.is_some_and(|q| q.starts_with("url=") || q.contains("&url="))
            && has(&[
                "submit",
                "intent",
                "create",
                "sharer.php",
                "bookmarklet",
                "add",
            ]));
    let labels: Vec<&str> = host.split('.').collect();
    let names = &labels[..labels.len().saturating_sub(1)];
    let api_host = names.iter().enumerate().any(|(i, label)| {
        let owner = i + 1 == names.len();
        let parts = words(label.as_bytes());
        let part = |list: &[&str]| parts.iter().any(|p| list.contains(&p.as_str()));
        !owner && part(SERVICE_LABELS) || owner && *label == "api"
    });
    // `/2005/atom`, `/2016.1/pcore`: the year that a vocabulary is of.
    let dated = segments.len() <= 3
        && segments.first().is_some_and(|s| is_year(s))
        && query.is_none()
        && extension.is_empty()
        && !path.contains('\0')
        && !path.ends_with('/');
    if dated && !api_host {
        return Shape::Identifier;
    }
    let feed = is_feed(&path);
    let verb = raw.split('/').any(|segment| {
        // `Search.aspx` is a page to search on, `getItems.aspx` is not.
        let (segment, program) = match segment.split_once('.') {
            Some((stem, end)) if PROGRAMS.contains(&end.to_ascii_lowercase().as_str()) => {
                (stem, true)
            }
            _ => (segment, false),
        };
        let parts = words(segment.as_bytes());
        segment.contains("JSON")
            || parts.len() > 1
                && parts.first().is_some_and(|p| {
                    [
                        "get", "find", "search", "list", "query", "update", "create", "fetch",
                        "post",
                    ]
                    .contains(&p.as_str())
                        && !(program && ["find", "search", "list", "query"].contains(&p.as_str()))
                })
                && (segment.bytes().any(|b| b.is_ascii_uppercase()) || segment.contains('_'))
    });
    let api_path = segments.iter().any(|s| {
        let stem = s.split_once('.').filter(|(_, e)| PROGRAMS.contains(e));
        API_SEGMENTS.contains(&stem.map_or(*s, |(stem, _)| stem))
            || is_version(s)
            || s.starts_with("api.")
            || s.starts_with("api-")
            || s.ends_with("-api")
            || s.ends_with("api.php")
            || s.starts_with("api_")
            // `api2`, `smsapi`
            || s.strip_prefix("api").is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit()))
            || s.len() > 4 && s.ends_with("api")
            // `rates.asmx/GetRate`
            || s.ends_with(".asmx")
            || s.ends_with(".svc")
    }) || API_EXTENSIONS.contains(&extension);
    let api_query = query.is_some_and(|q| {
        parameters(q).any(|(name, value)| {
            [
                "format",
                "output",
                "otype",
                "type",
                "alt",
                "wt",
                "mode",
                "fmt",
                "dataformat",
            ]
            .contains(&name)
                && (["xml", "jsonp", "csv", "rss", "atom"].contains(&value)
                    || value.ends_with("json"))
                || ["jsonp", "jsoncallback"].contains(&name)
        })
    });
    if !page && (api_host || feed || verb || api_path || api_query) {
        return Shape::Api;
    }
    // `api.h.io/v3/ticker.html?type=weekly` is a page by its ending only.
    let versioned = api_host && segments.iter().any(|s| is_version(s));
    if ["html", "htm"].contains(&extension)
        && (versioned || api_query)
        && query.is_some_and(|q| q.contains('='))
        && !has(PAGE_SEGMENTS)
    {
        return Shape::Api;
    }
    let program = PROGRAMS.contains(&extension) && query.is_some() || extension == "xml";
    if page || (has(LINK_SEGMENTS) && !program && !archive) {
        return Shape::Page;
    }
    if archive || DATA.contains(&extension) {
        return Shape::File;
    }
    if ends_open
        || PROGRAMS.contains(&extension)
        || path.contains('\0')
        || query.is_some_and(|q| q.contains('=') || q.contains('\0'))
    {
        return Shape::Filled;
    }
    Shape::Plain
}

/// Whether the path is that of an archive, or of what is installed.
pub(super) fn is_archive(path: &[u8]) -> bool {
    memchr::memrchr(b'.', path).is_some_and(|dot| {
        let ending = path[dot + 1..].to_ascii_lowercase();
        ARCHIVES.iter().any(|a| a.as_bytes() == ending)
    })
}

/// Whether the path, in lower case, is that of a feed: `/rss/news.xml`, `/atom`.
pub(super) fn is_feed(path: &str) -> bool {
    let mut segments = path.split('/').filter(|s| !s.is_empty());
    let last = path.rsplit('/').find(|s| !s.is_empty()).unwrap_or("");
    let extension = last.rsplit_once('.').map_or("", |(_, e)| e);
    segments.any(|s| ["rss", "feed", "feeds", "atom"].contains(&s))
        || ["rss", "atom"].contains(&extension)
        || (extension == "xml"
            && (last.starts_with("rss") || last.contains("feed") || last.starts_with("atom")))
}

const SERVICE_LABELS: &[&str] = &[
    "api",
    "apis",
    "rest",
    "rpc",
    "graphql",
    "webservice",
    "webservices",
    "webapi",
    "openapi",
    "gateway",
    "rdap",
    "feeds",
    "feed",
    "rss",
    "geoip",
    "ws",
    "services",
    "service",
    "httpdns",
    "pool",
    "telemetry",
    "metrics",
    "collector",
    "endpoint",
    "autodiscover",
    "oauth",
    "update",
    "updates",
    "checkip",
];
const API_SEGMENTS: &[&str] = &[
    "api",
    "apis",
    "rest",
    "rpc",
    "graphql",
    "jsonrpc",
    "json-rpc",
    "xmlrpc",
    "xmlrpc.php",
    "soap",
    "json",
    "odata",
    "ajax",
    "webservice",
    "webservices",
    "ws",
    "wp-json",
    "jsonp",
    "webhook",
    "webhooks",
    "oauth",
    "oauth2",
    "services",
    "openapi",
    "geocode",
    "endpoint",
];
const API_EXTENSIONS: &[&str] = &[
    "json", "asmx", "svc", "jsonp", "ashx", "csv", "tsv", "opml", "geojson", "ndjson",
];
/// Paths that run a program on the server.
const PROGRAMS: &[&str] = &[
    "php", "cgi", "asp", "aspx", "jsp", "do", "pl", "action", "ashx",
];
const ARCHIVES: &[&str] = &[
    "gz", "tgz", "bz2", "tbz2", "xz", "txz", "zst", "zip", "7z", "tar", "deb", "rpm", "apk", "exe",
    "msi", "dmg", "pkg", "jar", "war", "iso", "whl", "gem",
];
/// Data of programs that no [`Shape::Api`] is told by.
const DATA: &[&str] = &[
    "xml", "txt", "dat", "m3u", "m3u8", "pls", "xspf", "yaml", "yml", "bin", "db", "sqlite", "lst",
];
const PAGE_EXTENSIONS: &[&str] = &[
    "html", "htm", "shtml", "xhtml", "pdf", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp",
    "css", "js", "swf", "md", "doc", "docx", "ppt", "pptx", "ps", "mp3", "mp4", "ogg", "webm",
    "woff", "ttf", "c", "h", "py", "java",
];
const PAGE_SEGMENTS: &[&str] = &[
    "wiki",
    "docs",
    "doc",
    "documentation",
    "help",
    "faq",
    "about",
    "license",
    "licenses",
    "licence",
    "manual",
    "manuals",
    "tutorial",
    "tutorials",
    "questions",
    "issues",
    "archives",
    "archive",
    "download",
    "downloads",
    "javadoc",
    "apidocs",
    "api-docs",
    "developer",
    "developers",
    "img",
    "images",
    "privacy",
    "terms",
    "contact",
    "support",
    "reference",
    "guide",
    "guides",
    "book",
    "bot.html",
    "signup",
    "sign-up",
    "sign_up",
    // Where OAuth sends a browser.
    "authorize",
    "lostpassword",
    "lost-password",
    "forgotpassword",
    "forgot-password",
    "register",
    "pricing",
    "intent",
    "sharer",
    "papers",
    "projects",
    "man",
    "software",
];

/// Pages, unless the rest of the URL is an API's: `/api/v1/users`.
const LINK_SEGMENTS: &[&str] = &[
    "blog", "forum", "forums", "article", "articles", "news", "post", "posts", "people", "users",
    "user", "profile",
];

/// `2005`, `2016.1`.
fn is_year(segment: &str) -> bool {
    let (year, part) = segment.split_once('.').unwrap_or((segment, ""));
    year.len() == 4
        && (year.starts_with("19") || year.starts_with("20"))
        && year.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit())
}

/// `v1`, `v2.0`, and nothing else of a name.
fn is_version(segment: &str) -> bool {
    segment.strip_prefix('v').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            && rest.len() <= 5
            && rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    })
}

/// Names and values of a query, in lower case.
fn parameters(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query
        .split(['&', ';'])
        .map(|p| p.strip_prefix("amp;").unwrap_or(p))
        .map(|p| p.split_once('=').unwrap_or((p, "")))
}

/// Where in a URL a credential stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Before the host.
    UserInfo,
    Path,
    /// By the parameter's name.
    Parameter(String),
}

/// A credential that a URL carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) carrier: Carrier,
    pub(super) value: Range<usize>,
    pub(super) kind: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Written out.
    Literal,
    /// Filled in by the program.
    Template,
    /// Stands for the reader's own.
    Placeholder,
}

/// The credentials in `url`; `names` are parameters that carry one. At an
/// `api`, `key` does so as well.
pub(super) fn credentials(bytes: &[u8], url: &Url, names: &[String], api: bool) -> Vec<Credential> {
    let mut found = Vec::new();
    if let Some(info) = &url.userinfo
        && let Some(colon) = colon_outside(bytes, info, url)
    {
        let value = colon + 1..info.end;
        let kind = kind_of(bytes, url, &value, "password");
        if !value.is_empty() {
            found.push(Credential {
                carrier: Carrier::UserInfo,
                value,
                kind,
            });
        }
    }
    found.extend(in_path(bytes, url, api));
    found.extend(joined(bytes, url, names));
    let Some(query) = &url.query else {
        return found;
    };
    let mut at = query.start;
    while at < query.end {
        let outside = |i: &usize| !url.holes.iter().any(|h| h.contains(i));
        let end = (at..query.end)
            .find(|i| matches!(bytes[*i], b'&' | b';') && outside(i))
            .unwrap_or(query.end);
        let start = if bytes[at..end].starts_with(b"amp;") {
            at + 4
        } else {
            at
        };
        if let Some(sign) = (start..end).find(|&i| bytes[i] == b'=' && outside(&i)) {
            let name = String::from_utf8_lossy(&bytes[start..sign]).into_owned();
            let value = sign + 1..end;
            if let Some(kind) = parameter(bytes, url, &name, &value, names, api) {
                found.push(Credential {
                    carrier: Carrier::Parameter(name),
                    value,
                    kind,
                });
            }
        }
        at = end + 1;
    }
    found
}

/// The credential among the segments of the path: what a program fills in by the name of one, what follows
/// `/token/`, or what looks like one where the path of an `api` begins.
fn in_path(bytes: &[u8], url: &Url, api: bool) -> Option<Credential> {
    let mut before = "";
    let path = String::from_utf8_lossy(&bytes[url.path.clone()]).to_ascii_lowercase();
    let mut segments = path.split('/').peekable();
    let mut end = url.path.start;
    while let Some(segment) = segments.next() {
        let value = end..(end + segment.len()).min(url.path.end);
        end = value.end + 1;
        let hole = url.holes.iter().find(|hole| value.contains(&hole.start));
        let text = &bytes[value.clone()];
        let is_introduced = ["key", "token", "apikey", "api_key", "api-key"].contains(&before);
        let begins = before.is_empty() || API_SEGMENTS.contains(&before) || is_version(before);
        let kind = match hole {
            Some(hole) if names_credential(&bytes[hole.clone()]) => Some(Value::Template),
            Some(_) => None,
            None if is_introduced && looks_random(text, 8)
                || api && begins && segments.peek().is_some() && is_hexadecimal_key(text) =>
            {
                Some(kind_of(bytes, url, &value, "key"))
            }
            None => None,
        };
        if let Some(kind) = kind {
            let carrier = Carrier::Path;
            return Some(Credential {
                carrier,
                value,
                kind,
            });
        }
        before = segment;
    }
    None
}

/// The credential that is joined to the URL behind its literal: `"http:../" + id + "?token=" + token`.
fn joined(bytes: &[u8], url: &Url, names: &[String]) -> Option<Credential> {
    let pieces = pieces(bytes, url.span.end)?;
    let mut is_query = url.query.is_some();
    let mut text = &bytes[url.span.clone()];
    for piece in pieces {
        let carrier = match piece {
            Piece::Literal(more) => {
                text = more;
                is_query |= text.contains(&b'?');
                continue;
            }
            Piece::Expression(_) if is_query => {
                let name = text.strip_suffix(b"=").and_then(|head| {
                    let start = head.iter().rposition(|b| matches!(b, b'?' | b'&'));
                    start.map(|at| String::from_utf8_lossy(&head[at + 1..]).into_owned())
                });
                name.filter(|name| names.contains(&bare(name)))
                    .map(Carrier::Parameter)
            }
            Piece::Expression(value) => {
                (text.ends_with(b"/") && names_credential(value)).then_some(Carrier::Path)
            }
        };
        if let Some(carrier) = carrier {
            return Some(Credential {
                carrier,
                value: url.span.end..url.span.end,
                kind: Value::Template,
            });
        }
    }
    None
}

/// Whether what fills a hole is called a credential: `{self.api_key}`; `{item.key}` is the key of anything.
fn names_credential(filler: &[u8]) -> bool {
    const KEYS: [&str; 9] = [
        "api",
        "app",
        "access",
        "auth",
        "secret",
        "private",
        "license",
        "developer",
        "account",
    ];
    const PAGES: [&str; 3] = ["page", "next", "csrf"];
    let words = words(filler);
    match words.as_slice() {
        [.., owner, last] if last == "key" => KEYS.contains(&owner.as_str()),
        [.., owner, last] if last == "token" => !PAGES.contains(&owner.as_str()),
        [.., last] => {
            ["apikey", "token", "secret", "password", "passwd", "passkey"].contains(&last.as_str())
        }
        [] => false,
    }
}

/// Whether `text`, of `shortest` bytes at least, has letters and digits and nothing that a name is made of.
fn looks_random(text: &[u8], shortest: usize) -> bool {
    text.len() >= shortest
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_alphabetic)
        && text
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A key in hexadecimal, as long as none of the identifiers and digests that are written so.
fn is_hexadecimal_key(text: &[u8]) -> bool {
    looks_random(text, 16)
        && ![24, 40, 64].contains(&text.len())
        && text.iter().all(u8::is_ascii_hexdigit)
}

/// The name of a parameter without what joins its words.
fn bare(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn colon_outside(bytes: &[u8], range: &Range<usize>, url: &Url) -> Option<usize> {
    range
        .clone()
        .find(|i| bytes[*i] == b':' && !url.holes.iter().any(|h| h.contains(i)))
}

/// What the value of the parameter `name` is, if the parameter carries a credential.
fn parameter(
    bytes: &[u8],
    url: &Url,
    name: &str,
    value: &Range<usize>,
    names: &[String],
    api: bool,
) -> Option<Value> {
    let bare = bare(name);
    if names.contains(&bare) {
        return Some(kind_of(bytes, url, value, &bare));
    }
    // `key` is as often a search word: what fills it in tells.
    if bare != "key" {
        return None;
    }
    let asks = words(&bytes[url.path.clone()]);
    let api = api && !asks.iter().any(|w| SEARCHES.contains(&w.as_str()));
    let kind = kind_of(bytes, url, value, &bare);
    let filler = match kind {
        Value::Literal => {
            let text = &bytes[value.clone()];
            return (text.len() >= if api { 6 } else { 16 }
                && text.iter().any(u8::is_ascii_digit)
                && text.iter().any(u8::is_ascii_alphabetic))
            .then_some(kind);
        }
        Value::Placeholder => return None,
        Value::Template if value.is_empty() => {
            let rest = &bytes[url.span.end..bytes.len().min(url.span.end + 60)];
            rest.split(|&b| matches!(b, b'\n' | b'&' | b'?'))
                .next()
                .unwrap_or(rest)
        }
        Value::Template => &bytes[value.clone()],
    };
    let parts = words(filler);
    let unknown = api && !parts.iter().any(|w| SEARCHES.contains(&w.as_str()));
    (unknown
        || parts.iter().any(|w| {
            [
                "key",
                "token",
                "secret",
                "apikey",
                "password",
                "auth",
                "credential",
                "credentials",
            ]
            .contains(&w.as_str())
        }))
    .then_some(Value::Template)
}

/// Words of addresses and values where `key` is what is looked for, or an entry's name.
const SEARCHES: &[&str] = &[
    "search",
    "query",
    "suggest",
    "find",
    "lookup",
    "complete",
    "autocomplete",
    "hint",
    "word",
    "words",
    "keyword",
    "keywords",
    "term",
    "text",
    "name",
    "title",
    "input",
    "q",
    "kw",
    "str",
    "id",
    "item",
    "music",
    "song",
    "i",
    "n",
    "k",
    "cache",
    "field",
    "column",
    "hash",
    "phrase",
    "wd",
    "value",
    "val",
    "city",
];

fn kind_of(bytes: &[u8], url: &Url, value: &Range<usize>, name: &str) -> Value {
    let text = &bytes[value.clone()];
    if url
        .holes
        .iter()
        .any(|h| h.start >= value.start && h.end <= value.end)
    {
        // `<key>`, `{your_key}`, `%s`: angle brackets are for the reader.
        return if text.first() == Some(&b'<')
            || is_stand_in(text, name) && text.first() != Some(&b'%') && has_your(text)
        {
            Value::Placeholder
        } else {
            Value::Template
        };
    }
    if text.is_empty() {
        let rest = &bytes[url.span.end..bytes.len().min(url.span.end + 12)];
        return if is_joined(rest) {
            Value::Template
        } else {
            Value::Placeholder
        };
    }
    if is_stand_in(text, name) {
        Value::Placeholder
    } else {
        Value::Literal
    }
}

fn has_your(text: &[u8]) -> bool {
    words(text).iter().any(|w| w == "your" || w == "my")
}

/// Whether what follows a literal joins it to an expression.
fn is_joined(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b"\\").unwrap_or(rest);
    let Some((b'"' | b'\'' | b'`', rest)) = rest.split_first() else {
        return matches!(rest.first(), Some(b'$' | b'{' | b'%'));
    };
    let rest = rest.trim_ascii_start();
    matches!(rest.first(), Some(b'+' | b'.' | b'%' | b'&' | b'~'))
        || (rest.first() == Some(&b',') && rest.get(1).is_some())
}

/// Whether `value` only shows where a credential goes.
fn is_stand_in(value: &[u8], name: &str) -> bool {
    let text = String::from_utf8_lossy(value).to_ascii_lowercase();
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let parts = words(value);
    bare.len() < 4
        || bare == name
        || bare.bytes().all(|b| b == bare.as_bytes()[0])
        || text.contains("xxx")
        || text.contains("...")
        || text.contains("***")
        || text.contains("1234")
        || ["deadbeef", "cafebabe", "password"]
            .iter()
            .any(|w| plain(&bare).contains(w))
        || value
            .iter()
            .any(|b| matches!(b, b'[' | b']' | b'(' | b')' | b'<' | b'>'))
        || parts.iter().any(|p| {
            [
                "your",
                "my",
                "demo",
                "example",
                "sample",
                "test",
                "placeholder",
                "insert",
                "foo",
                "bar",
                "dummy",
                "fake",
                "changeme",
                "todo",
                "none",
                "null",
                "undefined",
            ]
            .contains(&p.as_str())
        })
        || (!value.iter().any(u8::is_ascii_digit)
            && parts.iter().all(|p| {
                [
                    "api", "key", "access", "token", "secret", "app", "id", "appid", "password",
                    "passwd", "pass", "pwd", "user", "auth", "client", "value", "string", "here",
                    "apikey", "the", "a", "code",
                ]
                .contains(&p.as_str())
            }))
}

/// `text` with the digits that stand for letters as those: `d3adb33f`.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '0' => 'o',
            '1' => 'i',
            '3' => 'e',
            '4' => 'a',
            '5' => 's',
            '7' => 't',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_from_stand_ins() {
        let names = ["apikey", "token"].map(str::to_owned);
        let cases = [
            ("http://h.io/?api_key=b1946ac9'", Some(Value::Literal)),
            (
                "http://h.io/?a=1&amp;apiKey=b1946ac9'",
                Some(Value::Literal),
            ),
            ("http://h.io/?api-key={key}'", Some(Value::Template)),
            ("http://h.io/?token=%s'", Some(Value::Template)),
            ("http://h.io/?token=' + token", Some(Value::Template)),
            ("http://h.io/?token='", Some(Value::Placeholder)),
            ("http://h.io/?token=YOUR_TOKEN'", Some(Value::Placeholder)),
            ("http://h.io/?token=<token>'", Some(Value::Placeholder)),
            ("http://h.io/?key=${word}'", None),
            ("http://h.io/?key=${apiKey}'", Some(Value::Template)),
            ("http://h.io/api?key=${word}'", None),
            ("http://h.io/api/search?key=${a}'", None),
            ("http://h.io/api?key=${mine}'", Some(Value::Template)),
            ("http://h.io/api?key=b1946a'", Some(Value::Literal)),
            ("http://h.io/?key=b1946a'", None),
            ("http://h.io/?q=b1946ac9'", None),
            ("http://u:s7Kq9fLw2@h.io/'", Some(Value::Literal)),
            ("http://user:password@h.io/'", Some(Value::Placeholder)),
            ("http://{u}:{p}@h.io/'", Some(Value::Template)),
            ("http://u@h.io/'", None),
            ("http://h.io/api/b1946ac92492d234/q'", Some(Value::Literal)),
            ("http://h.io/b1946ac92492d234/q'", None),
            ("http://h.io/api/users/b1946ac92492d234/q'", None),
            ("http://h.io/api/b1946ac92492d2347c62abcd/q'", None),
            ("http://h.io/a/key/s7Kq9fLw2x'", Some(Value::Literal)),
            ("http://h.io/a/key/summary'", None),
            ("http://h.io/{self.api_key}/q'", Some(Value::Template)),
            ("http://h.io/{item.key}/q'", None),
            ("http://h.io/a/' + API_KEY + '/q'", Some(Value::Template)),
            ("http://h.io/a/' + page_token", None),
            (
                "http://h.io/' + ip + '?api_key=' + key",
                Some(Value::Template),
            ),
            ("http://h.io/' + ip + '?q=' + key", None),
        ];
        for (text, expected) in cases {
            let url = Url::parse(text.as_bytes(), 0).expect("all of these are URLs");
            let found = credentials(text.as_bytes(), &url, &names, text.contains("/api"));
            assert_eq!(found.first().map(|c| c.kind), expected, "{text}");
        }
    }

    #[test]
    fn apis_are_told_from_pages() {
        let cases = [
            ("api.h.io", "/", Shape::Api),
            ("dysmsapi.h.io", "/", Shape::Api),
            ("h.io", "/v2/x", Shape::Api),
            ("h.io", "/searchJSON", Shape::Api),
            ("feeds.h.io", "/a", Shape::Api),
            ("api.h.io", "/docs/intro", Shape::Page),
            ("h.io", "/spec/v2.0.0.html", Shape::Page),
            ("h.io", "/schemas/v1", Shape::Identifier),
            ("h.io", "/2016.1/core", Shape::Identifier),
            ("h.io", "/2016/core.json", Shape::Api),
            ("h.io", "/api/users", Shape::Api),
            ("h.io", "/openapi.do", Shape::Api),
            ("h.io", "/news", Shape::Page),
            ("h.io", "/list.php", Shape::Filled),
            ("h.io", "/SearchResults.aspx", Shape::Filled),
            ("h.io", "/GetResults.aspx", Shape::Api),
            ("api.h.io", "/kline_\0.js", Shape::Api),
            ("api.h.io", "/kline.js", Shape::Page),
            ("h.io", "/rates.csv", Shape::Api),
            ("h.io", "/audio/\0.mp3", Shape::Filled),
            ("h.io", "/a/\0", Shape::Filled),
            ("h.io", "/a", Shape::Plain),
            ("h.io", "/smsapi/a", Shape::Api),
            ("h.io", "/api2/a", Shape::Api),
            ("h.io", "/apistocks", Shape::Plain),
            ("h.io", "/downloads/a.tar.gz", Shape::File),
            ("update.h.io", "/check/", Shape::Api),
        ];
        for (host, path, expected) in cases {
            assert_eq!(shape(host, path, None, false), expected, "{host}{path}");
        }
    }
}
