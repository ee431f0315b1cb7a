//! What a file is for, as far as its path tells.

use std::cell::{Cell, OnceCell};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::context::Walk;
use super::follow::LARGEST;
use super::words::words;
use crate::document::Document;
use crate::syntax::{Kind, Language, paths};

/// What is the same for every URL of a file, read once.
pub(in crate::rule) struct Facts {
    pub(super) purpose: Purpose,
    pub(super) weight: Weight,
    pub(super) is_minified: bool,
    /// Too large to be held, and no program: its URLs are what it is about.
    pub(super) is_dump: bool,
    is_catalogue: OnceCell<bool>,
    /// How far the lines above a URL were walked up in vain.
    pub(super) walked: Cell<Option<Walk>>,
    makes_requests: OnceCell<bool>,
    is_decompiled: OnceCell<bool>,
    builds_names: OnceCell<bool>,
}

/// More URLs than a program calls: a list of other people's sites.
const CATALOGUE: usize = 100;

impl Facts {
    pub(in crate::rule) fn new(document: &Document, language: Language, is_dump: bool) -> Facts {
        let (path, bytes) = (document.path.as_bytes(), document.bytes());
        Facts {
            purpose: purpose(path, language.kind()),
            is_dump,
            weight: weight(path),
            is_minified: paths::is_minified(path, bytes),
            is_catalogue: OnceCell::new(),
            walked: Cell::default(),
            makes_requests: OnceCell::new(),
            is_decompiled: OnceCell::new(),
            builds_names: OnceCell::new(),
        }
    }

    /// Whether no URL of it is ever called.
    pub(super) fn is_silent(&self) -> bool {
        self.purpose == Purpose::Silent || self.weight == Weight::None || self.is_minified
    }

    /// Whether the code names what sends requests.
    pub(super) fn makes_requests(&self, bytes: &[u8]) -> bool {
        *self
            .makes_requests
            .get_or_init(|| bytes.len() <= LARGEST && CLIENT.is_match(bytes))
    }

    /// Whether a decompiler wrote the program: JADX, FernFlower, ILSpy say so in remarks and names.
    pub(super) fn is_decompiled(&self, bytes: &[u8]) -> bool {
        const MARKS: [&[u8]; 5] = [
            b"/* renamed from: ",
            b"/* loaded from: classes",
            b"/* JADX ",
            b"Decompiled with JetBrains decompiler",
            b"_003C",
        ];
        *self.is_decompiled.get_or_init(|| holds_any(bytes, &MARKS))
    }

    /// Whether names may be used that nothing spells out: members of enumerations are gone through,
    /// and macros put names together.
    pub(super) fn builds_names(&self, bytes: &[u8]) -> bool {
        const MARKS: [&[u8]; 3] = [b"enum", b"Enum", b"##"];
        *self.builds_names.get_or_init(|| holds_any(bytes, &MARKS))
    }

    /// Whether a file of records has so many URLs that they are its subject.
    pub(super) fn is_catalogue(&self, bytes: &[u8]) -> bool {
        let found = || memchr::memmem::find_iter(bytes, b"http://");
        let count = || found().take(CATALOGUE).count();
        self.purpose == Purpose::Data && *self.is_catalogue.get_or_init(|| count() == CATALOGUE)
    }
}

fn holds_any(bytes: &[u8], marks: &[&[u8]]) -> bool {
    let mut marks = marks.iter();
    marks.any(|mark| memchr::memmem::find(bytes, mark).is_some())
}

/// Imports and calls of what sends requests.
const REQUESTS: &[&str] = &[
    // Python
    "import requests",
    "from requests",
    "requests.",
    "urllib",
    "urlopen",
    "httplib",
    "aiohttp",
    "httpx",
    "http.client",
    "pycurl",
    "mechanize",
    "scrapy",
    "feedparser",
    "session.get(",
    "self.request",
    "get_html",
    "get_content",
    // JavaScript
    "fetch(",
    "axios",
    "XMLHttpRequest",
    "$.ajax",
    "$.get(",
    "$.post(",
    "$.getJSON",
    "superagent",
    "require('request",
    "require(\"request",
    "require('http",
    "require(\"http",
    "http.get(",
    "await request(",
    // Java, Kotlin, C#, Dart
    "HttpClient",
    "WebClient",
    "WebRequest",
    "HttpRequest",
    "RestClient",
    "RestTemplate",
    "okhttp",
    "OkHttp",
    "etrofit",
    "HttpURLConnection",
    "openConnection(",
    "openStream(",
    "Jsoup",
    "HttpGet",
    "HttpPost",
    "ws.rs.client",
    "client.newCall",
    "GET(",
    "package:http/",
    "package:dio",
    // Swift, Objective-C
    "URLSession",
    "NSURLConnection",
    "NSURLRequest",
    "NSMutableURLRequest",
    "Alamofire",
    "AFHTTP",
    "contentsOfURL",
    // Go, Rust
    "net/http",
    "reqwest",
    "ureq::",
    // Ruby, Perl, PHP
    "Net::HTTP",
    "LWP",
    "HTTP::Tiny",
    "HTTP::Request",
    "Faraday",
    "HTTParty",
    "open-uri",
    "URI.open",
    "ssl_post",
    "ssl_get",
    "file_get_contents",
    "Guzzle",
    "fsockopen",
    "curl",
    "wget",
    // C++, Lua, R
    "QNetwork",
    "HTTPClient",
    "WiFiClient",
    "WinHttp",
    "WinInet",
    "socket.http",
    "resty.http",
    "httr",
    "download.file",
];

static CLIENT: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(REQUESTS).expect("a few short words"));

/// What the URLs of a file can be, before anything in it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Code,
    Config,
    /// Records and documents: mostly written by programs.
    Data,
    /// Files of no known language.
    Unknown,
    /// Pages and their templates.
    Markup,
    /// Text for people.
    Prose,
    /// No call is ever made from it: licences, lock files, translations, source maps.
    Silent,
}

/// What the folders and the name say about the weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Full,
    /// Examples, documentation, other people's code and what a build wrote: never more than a note.
    Light,
    /// Tests and their data.
    None,
}

/// What the URLs of the file at `path` can be; `kind` is its language's.
fn purpose(path: &[u8], kind: Kind) -> Purpose {
    let lower = String::from_utf8_lossy(path).to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let stem = name.split('.').next().unwrap_or(name);
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    if (SILENT_STEMS.contains(&stem) && kind != Kind::Code)
        || SILENT_NAMES.contains(&name)
        || SILENT.contains(&extension)
        || name.contains(".min.")
        || folders
            .split('/')
            .any(|folder| TRANSLATIONS.contains(&folder))
    {
        return Purpose::Silent;
    }
    match kind {
        Kind::Lock | Kind::Style => Purpose::Silent,
        Kind::Code => Purpose::Code,
        Kind::Config => Purpose::Config,
        Kind::Data => Purpose::Data,
        Kind::Text => Purpose::Unknown,
        Kind::Markup | Kind::Template => Purpose::Markup,
        Kind::Prose => Purpose::Prose,
    }
}

fn weight(path: &[u8]) -> Weight {
    if paths::is_test_path(path) || paths::is_fixture_path(path) {
        return Weight::None;
    }
    let text = String::from_utf8_lossy(path);
    let (folders, name) = text.rsplit_once('/').unwrap_or(("", &text));
    // What a chart is installed with when it is tested.
    if folders.rsplit('/').next() == Some("ci") && name.ends_with("-values.yaml") {
        return Weight::None;
    }
    let mut light = paths::is_vendored_path(path)
        || paths::is_doc_path(path)
        || paths::is_build_output(path)
        || paths::is_retired_path(path);
    for folder in folders.split('/') {
        let words = words(folder.as_bytes());
        let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        if has(TESTS) {
            return Weight::None;
        }
        light |= words.len() <= 3 && (has(LIGHT) || has(SEEDS));
        let folder = folder.to_ascii_lowercase();
        light |= EDITORS.iter().any(|editor| folder.starts_with(editor));
    }
    light |= [".example", ".sample", ".dist"]
        .iter()
        .any(|s| name.contains(s));
    // `sample.conf`, `config-example.yml`
    let stem = words(name.split('.').next().unwrap_or(name).as_bytes());
    light |= [stem.first(), stem.last()]
        .into_iter()
        .flatten()
        .any(|w| ["example", "examples", "sample", "samples"].contains(&w.as_str()));
    // `DatabaseSeeder.php`, `seeds.rb`
    light |= stem.last().is_some_and(|w| SEEDS.contains(&w.as_str()));
    // `mapdemo.html`: somebody's try, left among the pages.
    let is_page = [".html", ".htm", ".jsp"]
        .iter()
        .any(|end| name.ends_with(end));
    light |= is_page
        && stem
            .last()
            .is_some_and(|w| w.ends_with("demo") || w.ends_with("test"));
    // Stations to listen to.
    light |= PLAYLISTS.iter().any(|end| name.ends_with(end));
    // What a proxy lets through, or does not.
    light |= stem.iter().any(|w| LISTS.contains(&w.as_str()));
    if light { Weight::Light } else { Weight::Full }
}

/// Words of folders that hold tests, whatever stands beside them.
const TESTS: &[&str] = &[
    "test", "tests", "testing", "testdata", "fixture", "fixtures", "mock", "mocks", "cached",
];
/// Words of files and folders that fill tables once.
const SEEDS: &[&str] = &[
    "seed",
    "seeds",
    "seeder",
    "seeders",
    "migrations",
    "migrate",
];
const PLAYLISTS: &[&str] = &[".m3u", ".m3u8", ".pls", ".xspf", ".asx"];
/// Words of files that hold addresses to compare with.
const LISTS: &[&str] = &[
    "whitelist",
    "allowlist",
    "blacklist",
    "blocklist",
    "denylist",
    "reject",
    "adblock",
];
const LIGHT: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "vendor",
    "codemirror",
    "jquery",
    "pear",
    "stub",
    "stubs",
    "playground",
    "factories",
];
/// Editors that sites have a copy of.
const EDITORS: &[&str] = &[
    "ueditor",
    "fckeditor",
    "ckeditor",
    "kindeditor",
    "tinymce",
    "smarteditor",
    "xheditor",
];
const TRANSLATIONS: &[&str] = &[
    "locale",
    "locales",
    "lang",
    "langs",
    "language",
    "languages",
    "i18n",
    "l10n",
    "translations",
    "translation",
    "localization",
    "lproj",
    "po",
];
const SILENT_STEMS: &[&str] = &[
    "license",
    "licence",
    "licenses",
    "copying",
    "copyright",
    "notice",
    "unlicense",
    "authors",
    "contributors",
    "changelog",
    "changes",
    "history",
    "credits",
    "thanks",
    "patents",
];
const SILENT_NAMES: &[&str] = &[
    "go.sum",
    "go.mod",
    "gradlew",
    "gradlew.bat",
    "mvnw",
    "mvnw.cmd",
    "yarn.lock",
    "gemfile.lock",
    "cargo.lock",
    "composer.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pom.xml",
    "package.json",
    "composer.json",
    "cargo.toml",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "bower.json",
    "codemeta.json",
    "manifest.json",
    "control",
    ".gitignore",
    ".gitattributes",
    ".mailmap",
];
const SILENT: &[&str] = &[
    "lock",
    "map",
    "resx",
    "xlf",
    "xliff",
    "po",
    "pot",
    "mo",
    "strings",
    "xcstrings",
    "arb",
    "ts.xml",
    "svg",
    "log",
    "xsd",
    "dtd",
    "xsl",
    "xslt",
    "rng",
    "rdf",
    "owl",
    "ttl",
    "n3",
    "plist",
    "entitlements",
    "storyboard",
    "xib",
    "manifest",
    "gemspec",
    "podspec",
    "nuspec",
    "csproj",
    "vbproj",
    "fsproj",
    "sln",
    "props",
    "targets",
    "ics",
    "eml",
    "bib",
    "css",
    "scss",
    "less",
    "sass",
    "styl",
    "patch",
    "diff",
    "snap",
    "har",
    "wsdl",
    "icls",
    "iml",
    "appdata",
    "metainfo",
    "desktop",
    "glade",
    "ui",
    "qrc",
    "rc",
    "spdx",
    "opml",
    "jmx",
    "nfo",
    "sum",
    "vssettings",
    // Certificates, and shortcuts to pages.
    "crt",
    "pem",
    "cer",
    "url",
    "webloc",
    "license",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_how_much_a_finding_weighs() {
        let cases = [
            ("src/a.py", Weight::Full),
            ("src/hosters/trash/a.py", Weight::Light),
            ("src/.svn/pristine/03/03d7.svn-base", Weight::Light),
            ("src/packages/Newtonsoft.Json.10.0.3/a.ps1", Weight::Light),
            ("roles/test-client/tasks/a.yml", Weight::None),
            ("jni/liblinebreak-2.0/Makefile", Weight::Light),
            ("jni/linebreak-2/Makefile", Weight::Full),
            ("src/resources/radio.m3u", Weight::Light),
            ("tests/a.py", Weight::None),
            ("a/androidTest/b.java", Weight::None),
            ("Jellyfin.Networking.Tests/a.cs", Weight::None),
            ("a/b_test.go", Weight::None),
            ("a/tests.rs", Weight::None),
            ("a/tests.yaml", Weight::Full),
            ("a/test_b.py", Weight::None),
            ("a/b.spec.ts", Weight::None),
            ("a/UserServiceTest.java", Weight::None),
            ("charts/a/ci/tpl-values.yaml", Weight::None),
            ("a/latest.py", Weight::Full),
            ("examples/a.py", Weight::Light),
            ("squid/whitelist-own.conf", Weight::Light),
            ("rules/Reject.list", Weight::Light),
            ("db/seeds.rb", Weight::Light),
            ("src/database/seeders/UserSeeder.php", Weight::Light),
            ("db/migrate/2_add_feeds.rb", Weight::Light),
            ("src/seedbox.py", Weight::Full),
            ("src/it/app/expected/a.yml", Weight::None),
            ("node_modules/a/b.js", Weight::Light),
            ("app/.env.example", Weight::Light),
            ("plugins/haproxy/sample.conf", Weight::Light),
            ("config-example.yml", Weight::Light),
            ("resample.py", Weight::Full),
            ("src/backup_20060209/a.java", Weight::Light),
            ("src/backup/a.java", Weight::Full),
            ("static/ueditor-1.4.3.3/dialogs/a.js", Weight::Light),
            ("www/FCKeditor/a.js", Weight::Light),
            ("www/test2.php", Weight::None),
            ("www/basket_test2.jsp", Weight::None),
            ("www/contest2.php", Weight::Full),
            ("www/mapdemo.html", Weight::Light),
        ];
        for (path, expected) in cases {
            assert_eq!(weight(path.as_bytes()), expected, "{path}");
        }
    }
}
