//! What a file's path, and at most a look at its lines, says of its part in a project.

/// Folders of tests, in lower case.
const TEST_FOLDERS: &[&[u8]] = &[
    b"test",
    b"tests",
    b"__tests__",
    b"__mocks__",
    b"__test__",
    b"spec",
    b"specs",
    b"testing",
    b"t",
    b"testcase",
    b"testcases",
    b"test-cases",
    b"test_cases",
    b"acceptance",
    b"testdata",
    b"test-data",
    b"test_data",
    b"testfiles",
    b"test-files",
    b"test_files",
    b"e2e",
    b"step_definitions",
    b"cypress",
    b"unittest",
    b"unittests",
    b"unit-tests",
    b"integration-tests",
    b"integration_tests",
    b"integrationtest",
    b"integrationtests",
    b"functional-tests",
    b"androidtest",
    b"jvmtest",
    b"commontest",
    b"testfixtures",
    b"mocks",
    b"mock",
    b"testutil",
    b"testutils",
    b"test-utils",
    b"test_utils",
    b"testsuite",
    b"testsuites",
    b"test-suite",
    b"test_suite",
    b"test-suites",
    b"test_suites",
    b"playwright",
    b"benches",
    b"benchmark",
    b"benchmarks",
];

const FIXTURE_FOLDERS: &[&[u8]] = &[
    b"fixture",
    b"fixtures",
    b"__fixtures__",
    b"testdata",
    b"test-data",
    b"test_data",
    b"test-fixtures",
    b"test_fixtures",
    b"testfixtures",
    b"testresources",
    b"test-resources",
    b"snapshots",
    b"__snapshots__",
    b"__data__",
    b"cassettes",
    b"vcr_cassettes",
    b"golden",
    b"goldens",
    b"recordings",
    b"mockdata",
    b"mock-data",
    b"mock_data",
    b"samples",
    b"expected",
];

const VENDOR_FOLDERS: &[&[u8]] = &[
    b"vendor",
    b"vendors",
    b"vendored",
    b"node_modules",
    b"bower_components",
    b"third_party",
    b"third-party",
    b"thirdparty",
    b"3rdparty",
    b"3rd_party",
    b"3rd-party",
    b"external",
    b"externals",
    b"extern",
    b"deps",
    b"pods",
    b"carthage",
    b"site-packages",
    b"dist-packages",
    b"godeps",
    b"jspm_packages",
    b"web_modules",
    b".yarn",
    b"_vendor",
];

/// Folders that applications copy libraries into beside code of their own.
const COPY_FOLDERS: &[&[u8]] = &[b"lib", b"libs", b"lib3", b"ext", b"packages"];

/// Libraries that are copied whole.
const COPIED_LIBRARIES: &[&[u8]] = &[
    b"apprise",
    b"babelfish",
    b"boto",
    b"boto3",
    b"botocore",
    b"bs4",
    b"certifi",
    b"chardet",
    b"cheroot",
    b"cherrypy",
    b"dateutil",
    b"engineio",
    b"feedparser",
    b"html5lib",
    b"httplib2",
    b"idna",
    b"jinja2",
    b"mako",
    b"markdown2",
    b"oauthlib",
    b"openssl",
    b"paramiko",
    b"pip",
    b"pkg_resources",
    b"pygments",
    b"requests",
    b"requests_toolbelt",
    b"rsa",
    b"setuptools",
    b"socketio",
    b"sqlalchemy",
    b"tornado",
    b"twitter",
    b"urllib3",
    b"webencodings",
    b"websocket",
    b"werkzeug",
    b"yaml",
];

const RETIRED_FOLDERS: &[&[u8]] = &[
    // Copies that other systems of version control keep.
    b".hg",
    b".svn",
    b"cvs",
    b"attic",
    b"_archive",
    b"_archive_",
    b"deprecated",
    b"disabled",
    b"graveyard",
    b"obsolete",
    b"retired",
    b"trash",
    b"unmaintained",
    b"unused",
];

/// Folders that set up a machine for development.
const DEVELOPMENT_FOLDERS: &[&[u8]] = &[
    b"docker-compose",
    b".devcontainer",
    b"devcontainer",
    b"minikube",
    b"vagrant",
    b"molecule",
];

/// The same, by the folder they are in.
const DEVELOPMENT_WITHIN: &[(&[u8], &[u8])] = &[
    (b"docker", b"dev"),
    (b"docker", b"development"),
    (b"docker", b"local"),
];

const DOC_FOLDERS: &[&[u8]] = &[
    b"doc",
    b"docs",
    b"documentation",
    b"docsrc",
    b"javadoc",
    b"wiki",
    b"website",
    b"examples",
    b"example",
    b"tutorial",
    b"tutorials",
    b"guides",
    b"man",
    b"manual",
    b"changelogs",
    b"changelog.d",
    b"_posts",
];

/// Words of folders whose files are to be copied, not to be run from: `docker-compose-example`, `contrib`.
const SAMPLE_WORDS: &[&[u8]] = &[
    b"contrib",
    b"demo",
    b"demos",
    b"example",
    b"examples",
    b"exercise",
    b"exercises",
    b"sample",
    b"samples",
    b"tutorial",
    b"tutorials",
];

/// Libraries that projects copy into their tree under their own names.
const VENDORED_NAMES: &[&str] = &[
    "jquery",
    "bootstrap",
    "angular.",
    "react.production",
    "react.development",
    "vue.global",
    "lodash",
    "underscore",
    "backbone",
    "moment",
    "d3.",
    "highlight.pack",
    "modernizr",
    "prototype.js",
    "require.js",
    "socket.io.",
    "font-awesome",
    "fontawesome",
    "normalize.css",
    "tinymce",
    "ckeditor",
    "codemirror",
    "select2",
    "chart.js",
    "swagger-ui",
];

/// Folders that builds fill and nobody writes into.
const OUTPUT_FOLDERS: &[&[u8]] = &[b"obj", b"__pycache__"];

/// The same, by the folder they are in.
const OUTPUT_WITHIN: &[(&[u8], &[u8])] = &[
    (b"bin", b"debug"),
    (b"bin", b"release"),
    (b"target", b"classes"),
];

/// .NET's copies of a project's `App.config`, and what it keeps of a service it made classes for.
const OUTPUT_ENDINGS: &[&str] = &[
    ".dll.config",
    ".exe.config",
    ".svcinfo",
    ".svcmap",
    ".disco",
    ".discomap",
];

/// Lines of code people write are shorter on average than this.
const MINIFIED_AVERAGE: usize = 500;

/// Whether `path` is a test, its helper or its data.
pub fn is_test_path(path: &[u8]) -> bool {
    if in_folder(path, TEST_FOLDERS)
        || folders(path).any(|folder| {
            ends_any(folder, &["tests", ".test", "-test", "_test"])
                || starts_any(folder, &["test-", "test_"])
        })
    {
        return true;
    }
    let name = file_name(path);
    let stem = &name[..memchr::memchr(b'.', name)
        .filter(|&i| i > 0)
        .unwrap_or(name.len())];
    let rest = &name[stem.len()..];
    // `test2.php`, `basket_test2.jsp`: somebody's try.
    let digits = stem.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let stem = &stem[..stem.len() - digits];
    contains_any(
        rest,
        &[
            ".test.",
            ".tests.",
            ".spec.",
            ".specs.",
            ".e2e.",
            ".mock.",
            ".mocks.",
            ".cy.",
            ".stories.",
        ],
    ) || starts_any(stem, &["test_", "test-", "mock_"])
        || ends_any(
            stem,
            &[
                "_test",
                "-test",
                "_tests",
                "-tests",
                "_spec",
                "-spec",
                "_unittest",
                "_mock",
            ],
        )
        || is_conftest(name)
        || camel_test(stem)
        // Cucumber's scenarios.
        || rest == b".feature"
        // A module of its package's tests, in Rust and Python.
        || matches!(&stem.to_ascii_lowercase()[..], b"test" | b"tests")
            && matches!(rest, b".rs" | b".py" | b".php" | b".jsp" | b".asp" | b".aspx")
}

/// Whether `path` is data that tests are fed with.
pub fn is_fixture_path(path: &[u8]) -> bool {
    let name = file_name(path);
    in_folder(path, FIXTURE_FOLDERS)
        || contains_any(name, &[".fixture.", "_fixture.", "-fixture.", "fixtures."])
}

/// Whether `path` is other people's code.
pub fn is_vendored_path(path: &[u8]) -> bool {
    let name = file_name(path);
    let script = ends_any(name, &[".js", ".css", ".mjs"]);
    in_folder(path, VENDOR_FOLDERS)
        || in_folder_ending(path, &[".dist-info", ".egg-info"])
        || is_copied_library(path)
        || folders(path).skip(1).any(is_release)
        || folders(path)
            .zip(folders(path).skip(1))
            .any(|(outer, inner)| outer.eq_ignore_ascii_case(b"packages") && is_package(inner))
        || (script && starts_any(name, VENDORED_NAMES))
}

/// `liblinebreak-2.0`: a folder as the archive of a release holds it.
fn is_release(folder: &[u8]) -> bool {
    let Some(dash) = memchr::memrchr(b'-', folder) else {
        return false;
    };
    let mut parts = folder[dash + 1..].split(|&b| b == b'.');
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    folder.starts_with(b"lib") && parts.clone().count() > 1 && parts.all(is_number)
}

/// `Newtonsoft.Json.10.0.3`: a folder as NuGet unpacks one.
fn is_package(folder: &[u8]) -> bool {
    let is_number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let numbers = folder
        .rsplit(|&b| b == b'.')
        .take_while(|part| is_number(part));
    numbers.count() > 2
}

/// `lib/pygments/a.py`: a library in an application, not the library's own repository.
fn is_copied_library(path: &[u8]) -> bool {
    let is_one_of =
        |folder: &[u8], names: &[&[u8]]| names.iter().any(|n| n.eq_ignore_ascii_case(folder));
    folders(path)
        .zip(folders(path).skip(1))
        .any(|(outer, inner)| is_one_of(outer, COPY_FOLDERS) && is_one_of(inner, COPIED_LIBRARIES))
}

/// Whether `path` is documentation, or code that is part of one.
pub fn is_doc_path(path: &[u8]) -> bool {
    let name = file_name(path);
    in_folder(path, DOC_FOLDERS)
        || starts_any(
            name,
            &[
                "readme",
                "changelog",
                "contributing",
                "license",
                "licence",
                "history.",
                "changes.",
            ],
        )
}

/// Whether `path` is kept and not run: in a folder for such, an editor's copy, or what a CI
/// service reads at the top of a repository, somewhere below it.
pub fn is_retired_path(path: &[u8]) -> bool {
    const AT_THE_TOP: [&[u8]; 3] = [b".travis.yml", b".appveyor.yml", b"appveyor.yml"];
    // `backup_20060209`
    let is_backup = |folder: &[u8]| {
        let rest = ["backup", "bak"].iter().find_map(|word| {
            let head = folder.get(..word.len())?;
            head.eq_ignore_ascii_case(word.as_bytes())
                .then(|| &folder[word.len()..])
        });
        rest.is_some_and(|rest| matches!(rest, [b'_' | b'-', b'0'..=b'9', ..] | [b'0'..=b'9', ..]))
            || ends_any(folder, &["_backup", "_bak", "_old"])
    };
    in_folder(path, RETIRED_FOLDERS)
        || folders(path).any(is_backup)
        || ends_any(
            file_name(path),
            &[".bak", ".backup", ".old", ".orig", ".save", "~"],
        )
        || path.contains(&b'/') && AT_THE_TOP.contains(&file_name(path))
        || folders(path).skip(1).any(|folder| folder == b".github")
}

/// Whether `line` of the patch at `path` is one that it does not add.
pub fn is_context_of_patch(path: &[u8], line: &[u8]) -> bool {
    ends_any(file_name(path), &[".patch", ".diff"]) && line.first() != Some(&b'+')
}

/// Whether `path` is part of what sets up a machine for development.
pub fn is_development_path(path: &[u8]) -> bool {
    in_folder(path, DEVELOPMENT_FOLDERS) || in_nested(path, DEVELOPMENT_WITHIN)
}

/// Whether a word of a folder's name says that its files are examples.
pub fn is_sample_path(path: &[u8]) -> bool {
    let mut words = folders(path).flat_map(|folder| folder.split(|b| matches!(b, b'-' | b'_')));
    words.any(|word| {
        SAMPLE_WORDS
            .iter()
            .any(|sample| word.eq_ignore_ascii_case(sample))
    })
}

/// Whether a build or a tool wrote the file from another one, which is the one to mend.
pub fn is_build_output(path: &[u8]) -> bool {
    in_folder(path, OUTPUT_FOLDERS)
        || in_nested(path, OUTPUT_WITHIN)
        || ends_any(path, OUTPUT_ENDINGS)
}

/// Whether a folder of `path` and the one in it are a pair of `nested`.
fn in_nested(path: &[u8], nested: &[(&[u8], &[u8])]) -> bool {
    let is = |folder: &[u8], name: &[u8]| folder.eq_ignore_ascii_case(name);
    let mut pairs = folders(path).zip(folders(path).skip(1));
    pairs.any(|(outer, inner)| nested.iter().any(|(o, i)| is(outer, o) && is(inner, i)))
}

/// Whether a script or style sheet has lines no person would write.
pub fn is_minified(path: &[u8], bytes: &[u8]) -> bool {
    if !ends_any(
        path,
        &[".js", ".mjs", ".cjs", ".css", ".html", ".htm", ".svg"],
    ) {
        return false;
    }
    let head = &bytes[..bytes.len().min(64 * 1024)];
    let lines = memchr::memchr_iter(b'\n', head).count() + 1;
    head.len() >= 2048 && head.len() / lines > MINIFIED_AVERAGE
}

fn file_name(path: &[u8]) -> &[u8] {
    &path[memchr::memrchr(b'/', path).map_or(0, |i| i + 1)..]
}

/// The folders of `path`, outermost first.
fn folders(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let parent = &path[..memchr::memrchr(b'/', path).unwrap_or(0)];
    parent.split(|b| *b == b'/').filter(|f| !f.is_empty())
}

fn in_folder(path: &[u8], names: &[&[u8]]) -> bool {
    folders(path).any(|f| names.iter().any(|n| n.eq_ignore_ascii_case(f)))
}

fn in_folder_ending(path: &[u8], endings: &[&str]) -> bool {
    folders(path).any(|f| ends_any(f, endings))
}

fn starts_any(text: &[u8], prefixes: &[&str]) -> bool {
    prefixes.iter().any(|p| {
        text.get(..p.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(p.as_bytes()))
    })
}

fn ends_any(text: &[u8], endings: &[&str]) -> bool {
    endings.iter().any(|e| {
        text.len() >= e.len() && text[text.len() - e.len()..].eq_ignore_ascii_case(e.as_bytes())
    })
}

fn contains_any(text: &[u8], needles: &[&str]) -> bool {
    let lower = text.to_ascii_lowercase();
    needles
        .iter()
        .any(|n| memchr::memmem::find(&lower, n.as_bytes()).is_some())
}

fn is_conftest(name: &[u8]) -> bool {
    matches!(
        name,
        b"conftest.py" | b"test.py" | b"tests.py" | b"test.js" | b"test.ts" | b"test.sh"
    )
}

/// `FooTest`, `FooTests`, `FooSpec`, `TestFoo`, `FooIT`: with a capital, so that `latest` is none.
fn camel_test(stem: &[u8]) -> bool {
    let ends = [
        b"Test".as_slice(),
        b"Tests",
        b"Spec",
        b"TestCase",
        b"TestBase",
        b"Mock",
        b"IT",
    ]
    .iter()
    .any(|e| {
        stem.len() > e.len()
            && stem.ends_with(e)
            && stem[stem.len() - e.len() - 1].is_ascii_lowercase()
    });
    let starts = [b"Test".as_slice(), b"Mock"]
        .iter()
        .any(|p| stem.starts_with(p) && stem.get(p.len()).is_some_and(u8::is_ascii_uppercase));
    ends || starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_known_by_folder_and_by_name() {
        for path in [
            "tests/a.py",
            "src/foo.test.ts",
            "src/FooTest.java",
            "pkg/a_test.go",
            "conftest.py",
            "spec/a_spec.rb",
            "src/Api.Tests/X.cs",
            "app/src/androidTest/X.kt",
            "test_a.py",
            "plugins/http/testcases/plain/a.json",
        ] {
            assert!(is_test_path(path.as_bytes()), "{path}");
        }
        for path in [
            "src/latest.js",
            "src/contest/a.py",
            "src/attest.rs",
            "app/Inspector.php",
            "a/GREATEST.md",
        ] {
            assert!(!is_test_path(path.as_bytes()), "{path}");
        }
    }

    #[test]
    fn vendored_built_fixture_and_doc_files_are_known() {
        assert!(is_vendored_path(b"a/node_modules/x/y.js"));
        assert!(is_vendored_path(b"public/jquery-3.1.js"));
        assert!(!is_vendored_path(b"src/jquery/plugin.ts"));
        assert!(is_vendored_path(b"lib/a-1.0.dist-info/METADATA"));
        assert!(is_vendored_path(b"ext/pygments/lexers/a.py"));
        assert!(!is_vendored_path(b"pygments/lexers/a.py") && !is_vendored_path(b"lib/a/b.py"));
        assert!(is_sample_path(b"example_posts/a.php") && !is_sample_path(b"src/example.php"));
        assert!(is_development_path(b"tools/docker-compose/a.yml"));
        assert!(is_development_path(b"etc/docker/dev/web/a.conf"));
        assert!(!is_development_path(b"docker/web/a.conf") && !is_development_path(b"dev/a.c"));
        assert!(is_build_output(b"a/obj/Debug/Web.config"));
        assert!(is_build_output(b"Tool/bin/Release/x.xml"));
        assert!(is_build_output(b"Tool/bin/Tool.exe.config"));
        assert!(!is_build_output(b"bin/fetch.sh") && !is_build_output(b"Tool/App.config"));
        assert!(is_minified(b"a.js", "x".repeat(5000).as_bytes()));
        assert!(!is_minified(
            b"a.js",
            b"let a = 1;\n".repeat(900).as_slice()
        ));
        assert!(is_fixture_path(b"spec/fixtures/a.json"));
        assert!(is_doc_path(b"docs/a.md") && is_doc_path(b"README.md"));
        assert!(!is_doc_path(b"src/a.rs"));
    }
}
