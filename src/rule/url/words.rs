//! Names as words: what an identifier says about the value it holds or the work it does.

/// The lower-case words of `snake_case`, `camelCase`, `kebab-case` and `APIURL`.
pub(super) fn words(name: &[u8]) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    for (i, &b) in name.iter().enumerate() {
        let starts = b.is_ascii_uppercase()
            && (i > 0 && !name[i - 1].is_ascii_uppercase()
                || name.get(i + 1).is_some_and(u8::is_ascii_lowercase));
        if (starts || !b.is_ascii_alphabetic()) && !word.is_empty() {
            split_fused(std::mem::take(&mut word), &mut words);
        }
        if b.is_ascii_alphabetic() {
            word.push(char::from(b.to_ascii_lowercase()));
        }
    }
    if !word.is_empty() {
        split_fused(word, &mut words);
    }
    // Says how something is sent, not that it is a text.
    if let Some(at) = words
        .windows(2)
        .position(|w| w[0] == "plain" && w[1] == "text")
    {
        words.remove(at + 1);
    }
    words
}

/// `baseurl` is two words, and so is `apihost`.
fn split_fused(word: String, words: &mut Vec<String>) {
    for end in ["urls", "url", "uri", "api", "host", "server"] {
        if let Some(rest) = word.strip_suffix(end).filter(|r| r.len() >= 2) {
            words.push(rest.to_owned());
            words.push(end.to_owned());
            return;
        }
    }
    if let Some(rest) = word.strip_prefix("api").filter(|r| r.len() >= 3) {
        words.push("api".to_owned());
        words.push(rest.to_owned());
        return;
    }
    words.push(word);
}

/// What a name says about the URL it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The address of a service: `API_URL`, `endpoint`, `server`.
    Endpoint,
    /// An address of some kind: `url`, `uri`.
    Address,
    /// Nothing about it.
    Unknown,
    /// Something that is shown, linked to, compared or sent as text: `homepage`, `xmlns`, `Referer`.
    Other,
}

/// What `name` says, as the name of a variable, a key, an attribute or an element.
pub(super) fn role(name: &[u8]) -> Role {
    if name.starts_with(b"$") && matches!(name, b"$schema" | b"$id" | b"$ref") {
        return Role::Other;
    }
    // `info['url']`: the variable can only speak against what its key says.
    if let Some(open) = memchr::memchr(b'[', name) {
        return match role(&name[..open]) {
            Role::Other => Role::Other,
            Role::Endpoint | Role::Address | Role::Unknown => role(&name[open + 1..]),
        };
    }
    if last_and_receiver(name).0.eq_ignore_ascii_case(b"href") {
        return Role::Other;
    }
    // `base.source_url`: a member says more than what it is a member of.
    if let Some(dot) = memchr::memrchr(b'.', name)
        && words(&name[dot + 1..])
            .iter()
            .any(|w| ADDRESS.contains(&w.as_str()))
        && role(&name[dot + 1..]) == Role::Other
    {
        return Role::Other;
    }
    // A record's, of whatever it is about.
    let name = name.strip_prefix(b"data.").unwrap_or(name);
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    // `video_ep`: an endpoint, as `api` is one whatever stands before it.
    if is_short_endpoint(&words) {
        return Role::Endpoint;
    }
    if has(NEVER)
        // Kept to tell a user's setting by, and replaced.
        || (has(&["legacy", "old", "obsolete", "former", "previous", "outdated"])
            && has(&["urls", "uris", "hosts", "servers", "addresses"]))
        || (has(&["name"]) && has(&["space"]))
        // Whether a network lets requests through: over HTTPS nothing would be shown.
        || (has(&["check", "checks", "probe", "ping", "test"])
            && has(&["network", "connectivity", "captive", "internet", "online"]))
        // `getMoreThemesURL`, `more_info_url`: a page.
        || (has(&["more"]) && has(&["get", "learn", "read", "see", "info"]))
        // `toolTip`, `setWhatsThis`.
        || (has(&["tool"]) && has(&["tip"]))
        || (has(&["whats"]) && has(&["this"]))
        // `fail_url`: where a payment sends the browser.
        || (has(ADDRESS) && has(&["fail", "failed", "failure", "error"]) && words.len() < 4)
            && !has(&["api", "endpoint", "report", "log", "track"])
        // `window.location`.
        || name.ends_with(b".location")
        || own_is(name, b"PACKAGE_URL")
        // `__url__`: what a Python package says about itself.
        || (name.starts_with(b"__") && words.len() == 1 && has(ADDRESS))
        || words
            .last()
            .is_some_and(|w| ["scope", "scopes"].contains(&w.as_str()))
        || (has(&["soap"]) && has(&["action"]))
        // Signs what it answers, and is asked over plain HTTP (RFC 3161).
        || (has(&["time"]) && has(&["server"]) && !has(&["real", "run"]))
        || (has(&["timestamp"]) && !has(&["api", "apis", "endpoint", "endpoints", "rpc"]))
        // Who made a document: `generator-info-url`.
        || words.first().is_some_and(|w| w == "generator")
        || (!has(SERVICE) && has(SHOWN))
        || (words.len() == 1 && has(ALONE))
        // `rss_link`: the site that a feed is of.
        || matches!(words.as_slice(), [.., feed, link]
            if ["rss", "feed"].contains(&feed.as_str()) && link == "link")
    {
        Role::Other
    } else if has(SERVICE)
        || has(WORK) && has(ADDRESS)
        || name == b"start_urls"
        // Where what reads a site begins: `mainUrl`.
        || words.len() == 2 && words[0] == "main" && has(ADDRESS)
        // `root = "http://vendor.io"`: paths are added to it.
        || own_is(name, b"root")
    {
        Role::Endpoint
    } else if has(ADDRESS) {
        Role::Address
    } else {
        Role::Unknown
    }
}

/// Whether `name`, without what it is a member of, is `word`.
fn own_is(name: &[u8], word: &[u8]) -> bool {
    name.strip_suffix(word)
        .is_some_and(|owner| matches!(owner, b"" | b"self." | b"this." | b"@" | b"$"))
}

fn is_short_endpoint(words: &[String]) -> bool {
    words.last().is_some_and(|w| w == "ep") && words.len() < 3
}

/// Whether `name` is an endpoint only to a programmer: in records, `ep` is an episode, a record, an epoch.
pub(super) fn is_abbreviated(name: &[u8]) -> bool {
    is_short_endpoint(&words(name))
}

const SERVICE: &[&str] = &[
    "api",
    "apis",
    "endpoint",
    "endpoints",
    "base",
    "host",
    "hosts",
    "server",
    "servers",
    "service",
    "services",
    "gateway",
    "webhook",
    "hook",
    "rpc",
    "backend",
    "upstream",
    "remote",
    "feed",
    "feeds",
    "rss",
    "keyserver",
    "resolver",
    "node",
    "graphql",
    "soap",
    "wsdl",
];
const WORK: &[&str] = &[
    "request",
    "upload",
    "download",
    "query",
    "search",
    "fetch",
    "get",
    "post",
    "put",
    "login",
    "auth",
    "token",
    "access",
    "update",
    "submit",
    "send",
    "check",
    "lookup",
    "push",
    "sync",
    "root",
    "prefix",
    "ping",
    "probe",
    "geocode",
    "verify",
    "validate",
    "data",
    "list",
    "info",
    "health",
    "status",
    "report",
    "track",
    "stats",
    "telemetry",
    "version",
    "crawl",
    "scrape",
    "default",
];
const ADDRESS: &[&str] = &["url", "urls", "uri", "uris", "address", "addr"];
const NEVER: &[&str] = &[
    "homepage",
    "website",
    "doc",
    "docs",
    "documentation",
    "namespace",
    "namespaces",
    "xmlns",
    "ns",
    "nsuri",
    "schema",
    "schemas",
    "license",
    "licence",
    "licenses",
    "refer",
    "referer",
    "referrer",
    "realm",
    "href",
    "navigate",
    "tooltip",
    "favicon",
    "pluginspage",
    "codebase",
    "classid",
    "wiki",
    "faq",
    "readme",
    "changelog",
    "terms",
    "tos",
    "privacy",
    "soapaction",
    "xsi",
    "dtd",
    "doctype",
    "donate",
    "donation",
    "sponsor",
    "funding",
    "doi",
    "bugs",
    "issues",
    "tracker",
    "ontology",
    "vocab",
    "rdf",
    "iri",
    "predicate",
    "copyright",
    "credit",
    "credits",
    "citation",
    "useragent",
    "agent",
    "placeholder",
    "example",
    "examples",
    "sample",
    "regex",
    "pattern",
    "regexp",
    "canonical",
    "permalink",
    "dummy",
    "fake",
    "mock",
    "help",
    "tooltip",
    "hint",
    "description",
    "desc",
    "summary",
    "caption",
    "author",
    "authors",
    "vendor",
    "protocol",
    "protocols",
    "manual",
    "tutorial",
    "readmore",
    "disclaimer",
    "imprint",
    "excludes",
    "exclude",
    "headers",
    "allowed",
    "trusted",
    "blocked",
    "banned",
    "whitelist",
    "allowlist",
    "blacklist",
    "blocklist",
    "denylist",
    "matches",
    "permissions",
    "menu",
    "tariff",
    "tariffs",
    "agreement",
    "agreements",
    "redir",
];
const SHOWN: &[&str] = &[
    "src",
    "srcset",
    "swf",
    "home",
    "web",
    "site",
    "link",
    "links",
    "support",
    "logo",
    "icon",
    "icons",
    "image",
    "images",
    "img",
    "thumb",
    "thumbnail",
    "avatar",
    "photo",
    "poster",
    "picture",
    "cover",
    "banner",
    "reference",
    "references",
    "origin",
    "origins",
    "callback",
    "return",
    "success",
    "cancel",
    "contact",
    "about",
    "blog",
    "twitter",
    "facebook",
    "badge",
    "issuer",
    "audience",
    "share",
    "label",
    "title",
    "text",
    "message",
    "comment",
    "comments",
    "company",
    "test",
    "tests",
    "redirect",
    "goto",
    "page",
    "pages",
    "browser",
    "store",
    "shop",
    "forum",
    "news",
    "display",
    "note",
    "notes",
    "source",
    "sources",
    "publisher",
    "organization",
    "embed",
    "video",
    "media",
    "back",
    "pricing",
    "signup",
    "register",
    "announcement",
    "feature",
    "id",
    "ids",
    "identifier",
    "type",
    "types",
    "context",
    "vocabulary",
    "profile",
    "profiles",
    "path",
    "expected",
    "result",
    "qr",
    "qrcode",
];
/// Shown when they stand alone; as part of `auth_url` they are not.
const ALONE: &[&str] = &["name", "value", "content", "body", "html", "space"];

/// Whether `name` is [`Role::Other`] only as far as nothing tells better:
/// the list `SOURCES` may be fetched further down.
pub(super) fn is_doubtful(name: &[u8]) -> bool {
    let words = words(name);
    role(name) == Role::Other
        && !words.is_empty()
        && words.iter().all(|w| {
            DOUBTFUL.contains(&w.as_str())
                || [WORK, ADDRESS, SERVICE]
                    .iter()
                    .any(|list| list.contains(&w.as_str()))
        })
}

/// Whether `name` is [`Role::Other`] by what is mostly shown, and may hold what is fetched all the same.
pub(super) fn is_mostly_shown(name: &[u8]) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    role(name) == Role::Other && has(SHOWN) && !has(NEVER) && !has(RETURNED)
}

/// Whether `name` is a method that is named after what it is given: `setHost`, `set_base_url`.
pub(super) fn is_setter(name: &[u8]) -> bool {
    let own = name
        .iter()
        .rposition(|&b| matches!(b, b'.' | b':' | b'>'))
        .map_or(name, |i| &name[i + 1..]);
    let words = words(own);
    words.len() > 1 && words[0] == "set"
}

/// Shown, and handed to another service to come back to; or tried out.
const RETURNED: &[&str] = &[
    "redirect", "callback", "return", "success", "cancel", "origin", "origins", "issuer",
    "audience", "test", "tests", "expected",
];

const DOUBTFUL: &[&str] = &[
    "source", "sources", "page", "pages", "site", "sites", "link", "links", "news", "web",
    "default", "store", "origin", "media", "video", "image", "images", "test",
];

/// Whether `head`, the beginning of a block, names it tests or examples; of
/// commands that `run`, only examples are none.
pub(super) fn names_samples(head: &[u8], run: bool) -> bool {
    const BRANCHES: [&str; 10] = [
        "if", "for", "while", "elif", "else", "switch", "case", "when", "with", "return",
    ];
    const SAMPLES: [&str; 7] = [
        "example", "examples", "sample", "samples", "expected",
        // True and false positives, to those who write rules.
        "tps", "fps",
    ];
    const TESTS: [&str; 9] = [
        "test",
        "tests",
        "testcase",
        "testcases",
        "fixture",
        "fixtures",
        "mock",
        "mocks",
        "describe",
    ];
    let words = words(head);
    !words
        .first()
        .is_some_and(|w| BRANCHES.contains(&w.as_str()))
        && words
            .iter()
            .any(|w| SAMPLES.contains(&w.as_str()) || !run && TESTS.contains(&w.as_str()))
}

/// What a call does with the URL it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Sends a request.
    Fetch,
    /// Builds another text or object from it: the call around it decides.
    Wrap,
    /// Anything.
    Unknown,
    /// Shows, opens, compares or logs it.
    Other,
}

/// The last part of a function's name, and what it is called on.
fn last_and_receiver(name: &[u8]) -> (&[u8], &[u8]) {
    let last = name
        .iter()
        .rposition(|&b| matches!(b, b'.' | b':' | b'>' | b'$' | b'\\'))
        .map_or(name, |i| &name[i + 1..]);
    (last, &name[..name.len() - last.len()])
}

/// Whether the function `name` opens a page for a person.
pub(super) fn opens(name: &[u8]) -> bool {
    const PAGES: [&str; 9] = [
        "url", "uri", "link", "browser", "external", "activity", "website", "page", "tab",
    ];
    const PROGRAMS: [&str; 7] = [
        "window",
        "webbrowser",
        "process",
        "browser",
        "shell",
        "desktop",
        "ui",
    ];
    let (last, receiver) = last_and_receiver(name);
    let has = |name: &[u8], list: &[&str]| words(name).iter().any(|w| list.contains(&w.as_str()));
    has(last, &["open", "launch", "browse", "show", "start"])
        && (has(last, &PAGES) && last != b"urlopen" || has(receiver, &PROGRAMS))
        || has(last, &["shorten"])
}

/// Whether the function `name` looks for a text in another, or sends a browser there.
pub(super) fn compares(name: &[u8]) -> bool {
    const VERBS: [&str; 12] = [
        "contains",
        "starts",
        "startswith",
        "ends",
        "endswith",
        "equals",
        "includes",
        "strstr",
        "stristr",
        "strpos",
        "stripos",
        "redirect",
    ];
    let words = words(last_and_receiver(name).0);
    words.iter().any(|word| VERBS.contains(&word.as_str()))
}

/// Whether the function `name` takes a URL for something else than to call it: `termsOfService`.
pub(super) fn tells(name: &[u8]) -> bool {
    role(last_and_receiver(name).0) == Role::Other
}

/// What the function `name` does with a URL; `name` holds its receiver: `requests.get`.
pub(super) fn work(name: &[u8]) -> Work {
    let (last, receiver) = last_and_receiver(name);
    let verbs = words(last);
    let has = |list: &[&str]| verbs.iter().any(|w| list.contains(&w.as_str()));
    let on = words(receiver);
    let owned = |list: &[&str]| on.iter().any(|w| list.contains(&w.as_str()));
    let names = last.eq_ignore_ascii_case(b"qname")
        || last == b"setup"
        || has(&["contract"]) && has(&["operation", "data", "message", "fault"])
        || has(&["soap"]) && has(&["document", "rpc", "header", "action", "method"]);
    // What `re.sub` puts in may be called; what the others look for is not.
    let matches = !has(&["sub", "subn"])
        && ["re", "regex", "regexp", "pattern", "preg"]
            .iter()
            .any(|r| on.last().is_some_and(|w| w == r));
    // `msg.send`: to people, or to who asked.
    let answers = last == b"send" && owned(ASKERS);
    let shows = has(&["referer", "referrer"])
        || owned(&["menu", "menus", "navbar", "breadcrumb", "breadcrumbs"])
        || last == b"a"
        || last == b"assign" && on.last().is_some_and(|w| w == "location");
    // What a database is asked for.
    let looks_up = has(&[
        "find", "insert", "update", "upsert", "remove", "count", "distinct",
    ]) && owned(&["collection", "db", "mongo", "model", "table"]);
    if opens(name)
        || answers
        || shows
        || looks_up
        || names
        || matches
        // `curl_test`, `testDownload`: it is sent, whatever for.
        || has(COMPARED) && !(has(&["test"]) && has(&["curl", "download", "request", "fetch"]))
        || owned(&["console", "log", "logger", "logging", "assert"])
    {
        return Work::Other;
    }
    // A browser within the program shows a page: what the URL looks like decides.
    if owned(&["browser", "webview"]) && has(&["load", "open", "navigate"])
        || last == b"loadUrl" && !receiver.is_empty()
    {
        return Work::Unknown;
    }
    if has(FETCHES)
        || (has(&["http"]) && has(&["create", "do", "send", "make", "run", "call"]))
        // `loadPage` shows one.
        || (has(READS) && has(REMOTE) && !(has(&["load"]) && has(&["page"])))
        || (has(&["extract"]) && has(&["formats", "smil", "manifest"]))
        || owned(CLIENTS) && !has(&["quote", "url", "uri", "encode", "join"])
        || owned(&["http", "request"]) && owned(&["builder"])
        // In R, the dot is part of the name.
        || [&b"io"[..], b"EventSource", b"download.file", b"read.csv"].contains(&name)
        || memchr::memmem::find(name, b"Net::HTTP").is_some()
    {
        return Work::Fetch;
    }
    if owned(&[
        "request", "requests", "http", "https", "axios", "session", "curl",
    ]) && !has(WRAPS)
        && !verbs.is_empty()
    {
        return Work::Fetch;
    }
    if let [verb] = verbs.as_slice()
        && ([
            "get", "post", "put", "patch", "head", "delete", "options", "http", "call",
        ]
        .contains(&verb.as_str())
            && !owned(HOLDERS)
            || (["open", "load", "read", "connect", "send", "query", "ping"]
                .contains(&verb.as_str())
                && !owned(&["db", "sql"])))
    {
        return Work::Fetch;
    }
    if has(WRAPS) || last.is_empty() {
        return Work::Wrap;
    }
    Work::Unknown
}

/// Whether the function `name` gives the value of a property: `getProperty`, `getAttribute`.
pub(super) fn reads_property(name: &[u8]) -> bool {
    const PROPERTIES: [&str; 4] = ["property", "properties", "attribute", "attributes"];
    let verbs = words(last_and_receiver(name).0);
    let is_any = |word: &String, list: &[&str]| list.contains(&word.as_str());
    verbs
        .first()
        .is_some_and(|w| is_any(w, &["get", "has", "is"]))
        && verbs.iter().any(|w| is_any(w, &PROPERTIES))
}

/// Whether the function `name` reads a setting: `config.get`, `getenv`, `settings.get_option`.
pub(super) fn reads_setting(name: &[u8]) -> bool {
    const SETTINGS: [&str; 18] = [
        "option",
        "options",
        "setting",
        "settings",
        "config",
        "configuration",
        "conf",
        "cfg",
        "env",
        "environ",
        "getenv",
        "environment",
        "property",
        "properties",
        "preference",
        "preferences",
        "prefs",
        "flag",
    ];
    words(name).iter().any(|w| SETTINGS.contains(&w.as_str()))
}

const FETCHES: &[&str] = &[
    "fetch",
    "fetcher",
    "request",
    "requests",
    "download",
    "downloads",
    "curl",
    "urlopen",
    "urlfetch",
    "urlread",
    "ajax",
    "axios",
    "wget",
    "retrieve",
    "urlretrieve",
    "upload",
    "scrape",
    "crawl",
    "webrequest",
    "httpget",
    "httppost",
    "getforobject",
    "getjson",
    "consume",
    "setopt",
    "collect",
    "webclient",
    "xhr",
    "invoke",
    "client",
    "beacon",
    "swr",
    "retrofit",
];
/// Libraries that do nothing but send requests.
const CLIENTS: &[&str] = &[
    "faraday",
    "httparty",
    "feedparser",
    "reqwest",
    "ureq",
    "superagent",
    "httpx",
    "excon",
    "typhoeus",
    "unirest",
    "alamofire",
    "zeep",
    "suds",
    "savon",
    "resty",
    "retrofit",
];
/// What has a `get` that looks something up.
const HOLDERS: &[&str] = &[
    "validate",
    "validator",
    "schema",
    "header",
    "headers",
    "params",
    "config",
    "configuration",
    "settings",
    "options",
    "map",
    "dict",
    "cache",
    "env",
    "environ",
    "environment",
    "store",
    "storage",
    "properties",
    "prefs",
    "preferences",
    "args",
    "data",
    "registry",
    "container",
    "cookies",
    "app",
    "router",
    "route",
    "server",
];
const READS: &[&str] = &[
    "get", "post", "put", "load", "read", "open", "send", "call", "head", "query", "from", "parse",
];
const REMOTE: &[&str] = &[
    "json", "html", "http", "url", "feed", "feeds", "rss", "page", "contents", "content", "body",
    "response", "data", "xml", "string", "async", "object", "entity", "simple", "file", "csv",
    "web", "text", "api", "remote", "soup",
];
const ASKERS: &[&str] = &[
    "msg", "message", "res", "response", "reply", "chat", "channel", "room", "bot", "robot", "ctx",
    "context", "irc", "user",
];
const COMPARED: &[&str] = &[
    "starts",
    "startswith",
    "prefix",
    "suffix",
    "ends",
    "endswith",
    "index",
    "includes",
    "include",
    "contains",
    "match",
    "matches",
    "replace",
    "equals",
    "equal",
    "strpos",
    "stripos",
    "strstr",
    "stristr",
    "strcmp",
    "strcasecmp",
    "strncmp",
    "test",
    "split",
    "assert",
    "expect",
    "describe",
    "it",
    "should",
    "mock",
    "stub",
    "feature",
    "ns",
    "namespace",
    "xmlns",
    "qname",
    "xpath",
    "print",
    "println",
    "printf",
    "echo",
    "log",
    "logger",
    "warn",
    "warning",
    "info",
    "debug",
    "trace",
    "error",
    "errorf",
    "fatal",
    "raise",
    "throw",
    "exception",
    "die",
    "exit",
    "alert",
    "redirect",
    "callback",
    "link",
    "href",
    "anchor",
    "issue",
    "cite",
    "see",
    "license",
    "homepage",
    "help",
    "message",
    "text",
    "label",
    "tooltip",
    "notify",
    "markdown",
    "paragraph",
    "image",
    "icon",
    "img",
    "regex",
    "regexp",
    "compile",
    "realm",
    "doc",
    "docs",
    "is",
    "has",
    "trim",
    "strip",
    "skip",
    "remove",
    "exclude",
    "since",
    "say",
    "puts",
    "panic",
    "abort",
];
const WRAPS: &[&str] = &[
    "sprintf", "format", "url", "uri", "parse", "create", "join", "urljoin", "concat", "new",
    "encode", "build", "builder", "string", "str", "quote", "array", "list", "set", "map", "dict",
    "tuple", "of", "vec", "to", "u", "f", "r", "combine", "append",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        let cases = [
            ("API_URL", "api url"),
            ("APIURL", "api url"),
            ("baseUrl", "base url"),
            ("URLRequestToken", "url request token"),
            ("getHTMLPage", "get html page"),
            ("homepage_url", "homepage url"),
            ("apihost", "api host"),
            ("xmlns:ns1", "xmlns ns"),
        ];
        for (name, expected) in cases {
            assert_eq!(words(name.as_bytes()).join(" "), expected);
        }
    }

    #[test]
    fn names_say_what_a_url_is_for() {
        let cases = [
            ("API_ENDPOINT", Role::Endpoint),
            ("uploadURL", Role::Endpoint),
            ("keyserver_fetch2", Role::Endpoint),
            ("video_ep", Role::Endpoint),
            ("url", Role::Address),
            ("homepage_url", Role::Other),
            ("api_docs_url", Role::Other),
            ("result.ShortenedURL", Role::Other),
            ("SOAPAction", Role::Other),
            ("rss_link", Role::Other),
            ("rss_url", Role::Endpoint),
            ("ALLOWED_HOSTS", Role::Other),
            ("internet_check_url", Role::Other),
            ("version_check_url", Role::Endpoint),
            ("turn", Role::Unknown),
            ("LegacyUrls", Role::Other),
            ("generator-info-url", Role::Other),
            ("setPlainTextUri", Role::Address),
            ("mainUrl", Role::Endpoint),
            ("self.root", Role::Endpoint),
            ("ToolTip", Role::Other),
            ("this.fail_url", Role::Other),
            ("errorUrl", Role::Other),
            ("error_report_url", Role::Endpoint),
            ("more_info_url", Role::Other),
            ("window.location", Role::Other),
            ("base.source_url", Role::Other),
            ("mobileServiceAgreementUrl.csl", Role::Other),
            ("root_path", Role::Other),
            ("refer_url", Role::Other),
            ("swfUrl", Role::Other),
            ("TSP_MAIN_URL", Role::Address),
            ("pluginspage", Role::Other),
            ("old_api_url", Role::Endpoint),
            ("info['url'", Role::Address),
            ("headers['Referer'", Role::Other),
            ("__url__", Role::Other),
            ("SCOPES", Role::Other),
            ("$scope.url", Role::Address),
        ];
        for (name, expected) in cases {
            assert_eq!(role(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn calls_say_what_they_do() {
        let cases = [
            ("requests.get", Work::Fetch),
            ("http.NewRequest", Work::Fetch),
            ("getSimpleHTMLDOM", Work::Fetch),
            ("file_get_contents", Work::Fetch),
            ("curl_setopt", Work::Fetch),
            ("fmt.Sprintf", Work::Wrap),
            ("OpenURL", Work::Other),
            ("window.open", Work::Other),
            ("lowerCaseUrl.startsWith", Work::Other),
            ("setFeature", Work::Other),
            ("console.log", Work::Other),
            ("doSomething", Work::Unknown),
            ("this.createHttp", Work::Fetch),
            ("re.search", Work::Other),
            ("QName", Work::Other),
            ("OperationContract", Work::Other),
            ("useSWR", Work::Fetch),
            ("doCurlTest", Work::Fetch),
            ("doTest", Work::Other),
            ("$request->referer", Work::Other),
            ("Html::a", Work::Other),
            ("$menu->add", Work::Other),
            ("location.assign", Work::Other),
            ("collection.find_one", Work::Other),
            ("this.f3077a.loadUrl", Work::Unknown),
            ("download.file", Work::Fetch),
            ("feedparser.parse", Work::Fetch),
            ("Faraday.new", Work::Fetch),
            ("Request.Builder().url", Work::Fetch),
            ("navigator.sendBeacon", Work::Fetch),
            ("Net::HTTP::Get.new", Work::Fetch),
        ];
        for (name, expected) in cases {
            assert_eq!(work(name.as_bytes()), expected, "{name}");
        }
    }
}
