//! What a file is for, as far as its path tells.

/// What the URLs of a file can be, before anything in it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Code,
    Config,
    /// Records and documents: mostly written by programs.
    Data,
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
    /// Examples, documentation and other people's code: never more than a note.
    Light,
    /// Tests and their data.
    None,
}

pub(super) fn purpose(path: &str) -> Purpose {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or(&lower);
    let stem = name.split('.').next().unwrap_or(name);
    if SILENT_STEMS.contains(&stem) && !name.ends_with(".rs") && !name.ends_with(".go") {
        return Purpose::Silent;
    }
    if SILENT_NAMES.contains(&name) || name.contains(".min.") || name.ends_with("-lock.json") {
        return Purpose::Silent;
    }
    if lower
        .split('/')
        .rev()
        .skip(1)
        .any(|folder| TRANSLATIONS.contains(&folder))
    {
        return Purpose::Silent;
    }
    let extension = name.rsplit_once('.').map_or("", |(_, e)| e);
    match () {
        () if SILENT.contains(&extension) => Purpose::Silent,
        () if PROSE.contains(&extension) => Purpose::Prose,
        () if MARKUP.contains(&extension) => Purpose::Markup,
        () if DATA.contains(&extension) => Purpose::Data,
        () if CONFIG.contains(&extension) || stem.is_empty() => Purpose::Config,
        () if extension.is_empty() && ["readme", "news", "install", "todo"].contains(&stem) => {
            Purpose::Prose
        }
        () => Purpose::Code,
    }
}

pub(super) fn weight(path: &str) -> Weight {
    let mut weight = Weight::Full;
    let name_at = path.rfind('/').map_or(0, |i| i + 1);
    for folder in path[..name_at].split('/') {
        let words = super::words::words(folder.as_bytes());
        let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
        if has(TESTS) {
            return Weight::None;
        }
        if words.len() <= 3 && has(LIGHT) {
            weight = Weight::Light;
        }
    }
    let name = &path[name_at..];
    let words = super::words::words(name.as_bytes());
    let stem_words = words.len().saturating_sub(1);
    let test = |w: Option<&String>| {
        w.is_some_and(|w| {
            matches!(
                w.as_str(),
                "test" | "tests" | "spec" | "specs" | "mock" | "fixture" | "fixtures"
            )
        })
    };
    if (words.len() > 2 || name.starts_with('.'))
        && (test(words.first()) || test(words.get(stem_words.wrapping_sub(1))))
    {
        return Weight::None;
    }
    if name.contains(".example") || name.contains(".sample") || name.contains(".dist") {
        weight = Weight::Light;
    }
    weight
}

const TESTS: &[&str] = &[
    "test",
    "tests",
    "testing",
    "spec",
    "specs",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "e2e",
    "testdata",
    "cassettes",
    "snapshots",
    "testcases",
    "unittest",
    "unittests",
    "stubs",
    "cached",
];
const LIGHT: &[&str] = &[
    "example",
    "examples",
    "sample",
    "samples",
    "demo",
    "demos",
    "doc",
    "docs",
    "documentation",
    "vendor",
    "vendors",
    "vendored",
    "node",
    "third",
    "thirdparty",
    "external",
    "tutorial",
    "tutorials",
    "bower",
    "codemirror",
    "jquery",
    "deps",
    "contrib",
    "archive",
    "legacy",
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
    "nfo",
    "sum",
];
const PROSE: &[&str] = &[
    "md", "markdown", "mdx", "rst", "txt", "adoc", "asciidoc", "org", "tex", "textile", "rdoc",
    "pod", "wiki", "mdwn", "qmd", "rmd", "ipynb", "1", "3", "5", "8", "texi", "me",
];
const MARKUP: &[&str] = &[
    "html", "htm", "xhtml", "erb", "haml", "slim", "twig", "tpl", "ejs", "hbs", "mustache", "jsp",
    "aspx", "cshtml", "jinja", "jinja2", "j2", "njk", "liquid", "phtml", "ftl", "pug", "xaml",
];
const DATA: &[&str] = &[
    "json",
    "jsonl",
    "ndjson",
    "csv",
    "tsv",
    "xml",
    "sql",
    "geojson",
    "jsonld",
    "dat",
    "data",
    "postman_collection",
    "webmanifest",
    "lst",
];
const CONFIG: &[&str] = &[
    "yaml",
    "yml",
    "toml",
    "ini",
    "cfg",
    "conf",
    "config",
    "properties",
    "env",
    "json5",
    "jsonc",
    "tf",
    "tfvars",
    "hcl",
    "service",
    "list",
    "repo",
    "template",
    "xcconfig",
    "cnf",
    "nix",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_says_how_much_a_finding_weighs() {
        let cases = [
            ("src/a.py", Weight::Full),
            ("tests/a.py", Weight::None),
            ("a/androidTest/b.java", Weight::None),
            ("Jellyfin.Networking.Tests/a.cs", Weight::None),
            ("a/b_test.go", Weight::None),
            ("a/test_b.py", Weight::None),
            ("a/b.spec.ts", Weight::None),
            ("a/UserServiceTest.java", Weight::None),
            ("a/latest.py", Weight::Full),
            ("src/test.js", Weight::Full),
            ("examples/a.py", Weight::Light),
            ("node_modules/a/b.js", Weight::Light),
            ("app/.env.example", Weight::Light),
        ];
        for (path, expected) in cases {
            assert_eq!(weight(path), expected, "{path}");
        }
    }
}
