//! What `--fix` does to files: what it mends stays mended, and what it touches still parses.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and says what it skips"
)]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use hushlint::check::{self, Progress};
use hushlint::config::Regime;
use hushlint::finding::{Applicability, Report};
use hushlint::fix;
use hushlint::source::worktree::{Choice, Worktree};
use proptest::prelude::*;

/// A key of no one, put together here so that none lies in this repository.
fn key() -> String {
    "ak_¦Zq8w¦Er5t¦Yu2i¦Op9a¦Sd3f".replace('¦', "")
}

fn hushlint(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hushlint"))
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .env("HOME", folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .args(args)
        .output()
        .unwrap()
}

fn git(folder: &Path, args: &[&str]) -> bool {
    let done = Command::new("git")
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .args(args)
        .output()
        .unwrap();
    done.status.success()
}

fn repository(files: &[(&str, String)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    assert!(git(folder.path(), &["init", "-q"]));
    for (name, text) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    folder
}

/// A program in each language, with `KEY` where a key stands, and what checks that it parses.
const PROGRAMS: &[(&str, &str, &[&str])] = &[
    (
        "a.py",
        "#!/usr/bin/env python3\n\"\"\"Doc.\"\"\"\nfrom __future__ import annotations\n\nimport json\n\n\ndef f(token=\"KEY\"):\n    return {\"api_key\": 'KEY', **json.loads(\"{}\")}\n",
        &["python3", "-m", "py_compile"],
    ),
    (
        "b.py",
        "api_key = r\"KEY\"\n",
        &["python3", "-m", "py_compile"],
    ),
    (
        "a.mjs",
        "export const apiKey = \"KEY\";\nconst o = { headers: { appkey: `KEY` } };\nconst z = process.env.MY_KEY || 'KEY';\nconsole.log(o, z);\n",
        &["node", "--check"],
    ),
    (
        "a.sh",
        "#!/bin/bash\nAPI_KEY=KEY\nexport LONGCAT_API_KEY=\"KEY\"\ncurl -H \"appkey: KEY\" https://x.dev/\ncurl -H 'appkey: KEY' https://x.dev/\n",
        &["bash", "-n"],
    ),
    (
        "A.java",
        "class A {\n  static final String KEY = \"KEY\";\n  String f() { return g(\"KEY\"); }\n  String g(String apiKey) { return apiKey; }\n}\n",
        &["javac", "-d", "."],
    ),
    (
        "a.rs",
        "const K: &str = \"KEY\";\npub fn f() -> String {\n    let api_key = \"KEY\";\n    let owned = \"KEY\".to_string();\n    format!(\"{api_key}{owned}{K}\")\n}\n",
        &[
            "rustc",
            "--crate-type=lib",
            "--emit=metadata",
            "--out-dir=.",
        ],
    ),
    (
        "a.pl",
        "my $api_key = \"KEY\";\nprint length $api_key;\n",
        &["perl", "-c"],
    ),
    (
        "a.php",
        "<?php\n$apiKey = \"KEY\";\nclass A { private $key = 'KEY'; const X = \"KEY\"; }\n$c = array('token' => 'KEY');\n",
        &["php", "-l"],
    ),
    (
        "a.rb",
        "api_key = \"KEY\"\nputs(api_key, token: 'KEY')\n",
        &["ruby", "-c"],
    ),
    (
        "a.go",
        "package main\n\nimport (\n\t\"fmt\"\n)\n\nconst bad = \"KEY\"\n\nvar apiKey = \"KEY\"\n\nfunc main() { fmt.Println(apiKey, bad) }\n",
        &["gofmt", "-e", "-l"],
    ),
];

#[test]
fn what_was_fixed_parses_and_stays_fixed() {
    let key = key();
    let files: Vec<(&str, String)> = PROGRAMS
        .iter()
        .map(|(name, text, _)| {
            (
                *name,
                text.replace("\"KEY\"", &format!("\"{key}\""))
                    .replace("'KEY'", &format!("'{key}'"))
                    .replace("`KEY`", &format!("`{key}`"))
                    .replace("=KEY\n", &format!("={key}\n"))
                    .replace(": KEY", &format!(": {key}")),
            )
        })
        .collect();
    let folder = repository(&files);
    let first = hushlint(
        folder.path(),
        &["check", ".", "--unsafe-fixes", "--format", "json"],
    );
    let report: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    assert!(
        report["summary"]["fixed"].as_u64().unwrap() > 15,
        "{report}"
    );
    for finding in report["findings"].as_array().unwrap() {
        let left = &finding["fix"]["applicability"];
        assert!(left.is_null() || left == "manual", "{finding}");
    }
    let mut checked = 0;
    for (name, text, parser) in PROGRAMS {
        let file = folder.path().join(name);
        assert_ne!(&std::fs::read_to_string(&file).unwrap(), text, "{name}");
        let done = Command::new(parser[0])
            .args(&parser[1..])
            .arg(&file)
            .current_dir(folder.path())
            .output();
        match done {
            Ok(done) => {
                let said = String::from_utf8_lossy(&done.stderr);
                assert!(done.status.success(), "{name}: {said}");
                checked += 1;
            }
            Err(error) => eprintln!("skipped: {name}: {}: {error}", parser[0]),
        }
    }
    assert!(
        checked >= 6 || std::env::var_os("CI").is_none(),
        "{checked} parsers"
    );
    let example = std::fs::read_to_string(folder.path().join(".env.example")).unwrap();
    assert!(
        !example.contains(&key) && example.contains("API_KEY=\n"),
        "{example}"
    );
}

#[test]
fn only_a_constant_can_stand_there() {
    let key = key();
    let shapes = [
        ("a.rs", "const K: &str =\n    \"KEY\";\n"),
        ("A.java", "@Deprecated(since =\n    \"KEY\")\nclass A {}\n"),
        ("a.go", "package a\n\nconst apiKey =\n\t\"KEY\"\n"),
        (
            "b.go",
            "package a\n\nconst (\n\tone = 1\n\tapiKey = \"KEY\"\n)\n",
        ),
        (
            "a.php",
            "<?php\nclass A { public\n $apiKey = \"KEY\"; const\n TOKEN = \"KEY\"; }\n",
        ),
        (
            "a.cs",
            "class A {\n  [Header(\"KEY\")]\n  void M(string apiKey = \"KEY\") {}\n}\n",
        ),
        ("a.ts", "enum E {\n  One = \"x\",\n  apiKey = \"KEY\",\n}\n"),
        ("a.kt", "const val apiKey = \"KEY\"\n"),
    ];
    let files: Vec<(&str, String)> = shapes
        .iter()
        .map(|(name, text)| (*name, text.replace("KEY", &key)))
        .collect();
    let folder = repository(&files);
    let latin = [
        b"package a\n\nconst /* caf\xe9 */ apiKey = \"",
        key.as_bytes(),
        b"\"\n",
    ]
    .concat();
    std::fs::write(folder.path().join("l.go"), &latin).unwrap();
    let done = hushlint(folder.path(), &["check", ".", "--unsafe-fixes"]);
    assert_eq!(done.status.code(), Some(1), "{done:?}");
    for (name, text) in &files {
        let after = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(&after, text, "{name}");
    }
    assert_eq!(std::fs::read(folder.path().join("l.go")).unwrap(), latin);
}

#[test]
fn a_patch_applies_and_changes_nothing_by_itself() {
    let key = key();
    let folder = repository(&[
        ("a.py", format!("api_key = \"{key}\"\n")),
        (
            "b c/h.js",
            "fetch(\"http://api.payments-hub.com/v1/x\");\n".to_owned(),
        ),
        (".env", "SECRET_TOKEN=1\n".to_owned()),
        (
            ".gitignore",
            "target/\r\n# ours\r\n.env.local\r\nnode_modules".to_owned(),
        ),
    ]);
    let args = ["check", ".", "--diff-fixes", "--unsafe-fixes"];
    let masked = hushlint(folder.path(), &args);
    assert_eq!(masked.status.code(), Some(1));
    let shown = String::from_utf8(masked.stdout).unwrap();
    assert!(
        !shown.contains(&key) && shown.contains("https://api.payments-hub.com"),
        "{shown}"
    );
    assert!(String::from_utf8_lossy(&masked.stderr).contains("1 fix is not in the patch"));
    let whole = hushlint(folder.path(), &[&args[..], &["--show-secrets"]].concat());
    for patch in [shown.into_bytes(), whole.stdout] {
        let file = folder.path().join(".git/fixes.patch");
        std::fs::write(&file, patch).unwrap();
        assert!(git(
            folder.path(),
            &["apply", "--check", ".git/fixes.patch"]
        ));
    }
    assert!(git(folder.path(), &["apply", ".git/fixes.patch"]));
    assert!(git(folder.path(), &["check-ignore", "-q", ".env"]));
    let rules = std::fs::read_to_string(folder.path().join(".gitignore")).unwrap();
    assert_eq!(
        rules,
        "target/\r\n# ours\r\n.env.local\r\n.env\r\nnode_modules"
    );
}

#[test]
fn nothing_is_written_through_a_link_or_over_a_read_only_file() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = "fetch(\"http://api.payments-hub.com/v1/x\");\n";
    std::fs::write(elsewhere.path().join(".gitignore"), "other\n").unwrap();
    let folder = repository(&[
        ("a.js", kept.to_owned()),
        (".env", "SECRET_TOKEN=1\n".to_owned()),
    ]);
    symlink(
        elsewhere.path().join(".gitignore"),
        folder.path().join(".gitignore"),
    )
    .unwrap();
    let script = folder.path().join("a.js");
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o444)).unwrap();
    let done = hushlint(folder.path(), &["check", ".", "--unsafe-fixes"]);
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    assert_eq!(std::fs::read_to_string(&script).unwrap(), kept);
    let other = std::fs::read_to_string(elsewhere.path().join(".gitignore")).unwrap();
    assert_eq!(other, "other\n");
    std::fs::set_permissions(&script, PermissionsExt::from_mode(0o755)).unwrap();
    let done = hushlint(folder.path(), &["check", "a.js", "--unsafe-fixes"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        std::fs::metadata(&script).unwrap().permissions().mode() & 0o777,
        0o755
    );
}

/// What a scan of `folder` with the rules as they come says, before anything is proposed.
fn scanned(folder: &Path) -> Report {
    let files = Choice {
        no_ignore: false,
        submodules: false,
        threads: 1,
    };
    let source = Worktree::new(&[folder.to_owned()], files);
    check::run(&source, &mut Regime::defaults(), 1, &Progress::default()).unwrap()
}

#[test]
fn a_file_that_changes_meanwhile_is_left_alone() {
    let key = key();
    let call = "fetch(\"http://api.payments-hub.com/v1/x\");\n";
    let folder = repository(&[
        ("a.py", format!("api_key = \"{key}\"\n")),
        ("b.js", call.to_owned()),
        ("c.js", call.to_owned()),
        (".env", "SECRET_TOKEN=1\n".to_owned()),
        (".gitignore", "target/\n".to_owned()),
    ]);
    let file = |name: &str| folder.path().join(name);
    let mut report = scanned(folder.path());
    std::fs::write(file("b.js"), format!("// moved\n{call}")).unwrap();
    let mut problems = fix::propose(&mut report, &fix::Names::default());
    std::fs::write(file("c.js"), format!("{call}{call}")).unwrap();
    std::fs::write(file(".gitignore"), "dist/\n").unwrap();
    std::fs::write(file(".env.example"), "PORT=1\n").unwrap();
    let applied = fix::apply(&report, Applicability::Unsafe);
    assert_eq!((applied.fixed, applied.files), (0, 0));
    problems.extend(applied.problems);
    let mut left: Vec<String> = problems
        .iter()
        .map(|p| p.path.clone().unwrap().to_string())
        .collect();
    left.sort();
    assert_eq!(left, [".env.example", ".gitignore", "b.js", "c.js"]);
    assert_eq!(
        std::fs::read_to_string(file("a.py")).unwrap(),
        format!("api_key = \"{key}\"\n")
    );
    // What is there now is mended by the next run.
    let done = hushlint(folder.path(), &["check", ".", "--unsafe-fixes"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    assert_eq!(
        std::fs::read_to_string(file(".env.example")).unwrap(),
        "PORT=1\nAPI_KEY=\n"
    );
}

#[test]
fn a_fix_over_two_files_is_in_both_or_in_none() {
    use std::os::unix::fs::PermissionsExt;
    let text = format!("api_key = \"{}\"\n", key());
    let call = "fetch(\"http://api.payments-hub.com/v1/x\");\n";
    let folder = repository(&[
        ("a.py", text.clone()),
        ("b.js", call.to_owned()),
        (".env.example", "PORT=1\n".to_owned()),
        (".gitignore", ".env\n".to_owned()),
    ]);
    let example = folder.path().join(".env.example");
    std::fs::set_permissions(&example, PermissionsExt::from_mode(0o444)).unwrap();
    let done = hushlint(
        folder.path(),
        &["check", ".", "--unsafe-fixes", "--format", "json"],
    );
    assert_eq!(done.status.code(), Some(2), "{done:?}");
    let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["summary"]["fixed"], 1, "{report}");
    assert_eq!(report["problems"][0]["path"], ".env.example");
    assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report}");
    let now = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert_eq!(
        (now("a.py"), now(".env.example")),
        (text, "PORT=1\n".to_owned())
    );
    assert_eq!(now("b.js"), call.replace("http:", "https:"));
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 5, "something was left behind");
}

/// What a consumer of SARIF makes of the files under `folder` by the fixes of a log (§3.55 to §3.58).
fn by_sarif(folder: &Path, log: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let log: serde_json::Value = serde_json::from_slice(log).unwrap();
    let mut files = BTreeMap::new();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let [fix] = &result["fixes"].as_array().unwrap()[..] else {
            panic!("{result}");
        };
        for change in fix["artifactChanges"].as_array().unwrap() {
            let uri = change["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .to_owned();
            let old = std::fs::read(folder.join(uri.replace("%20", " "))).unwrap_or_default();
            let (mut new, mut at) = (Vec::new(), 0);
            for replacement in change["replacements"].as_array().unwrap() {
                let region = &replacement["deletedRegion"];
                let offset = region["byteOffset"].as_u64().unwrap() as usize;
                let inserted = replacement["insertedContent"]["binary"].as_str().unwrap();
                new.extend(&old[at..offset]);
                new.extend(data_encoding::BASE64.decode(inserted.as_bytes()).unwrap());
                at = offset + region["byteLength"].as_u64().unwrap() as usize;
            }
            new.extend(&old[at..]);
            assert!(files.insert(uri, new).is_none(), "one change a file");
        }
    }
    files
}

#[test]
fn a_fix_in_sarif_is_the_one_that_is_written() {
    let key = key();
    let call = "// \u{e9}\u{1F511}\r\nfetch(\"http://api.payments-hub.com:80/v1/x\");\r\n";
    let wide = |text: &str, mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        [
            mark,
            &text.encode_utf16().flat_map(unit).collect::<Vec<u8>>(),
        ]
        .concat()
    };
    let one_finding_each: Vec<(&str, Vec<u8>)> = vec![
        ("plain.js", call.into()),
        ("mark.js", [&b"\xEF\xBB\xBF"[..], call.as_bytes()].concat()),
        ("little.js", wide(call, b"\xFF\xFE", u16::to_le_bytes)),
        ("big.js", wide(call, b"\xFE\xFF", u16::to_be_bytes)),
        (
            "latin.js",
            [b"// caf\xe9\n", &call.as_bytes()[9..]].concat(),
        ),
        (
            "sub/a b.py",
            format!("#!/usr/bin/python3\nimport json\nk = \"{key}\"").into(),
        ),
        ("main.tf", format!("p {{\n  api_key = \"{key}\"\n}}").into()),
        (
            "a.go",
            format!("package a\n\nvar apiKey = \"{key}\"\n").into(),
        ),
        (
            "unused.c",
            "int a; /* hushlint: ignore[ak-key] -- gone */\nint b;\n".into(),
        ),
        (".env", "SECRET_TOKEN=1\n".into()),
    ];
    for (name, text) in one_finding_each {
        let ignored = if name == ".env" { "dist/" } else { ".env" };
        let folder = repository(&[(".gitignore", ignored.to_owned()), (name, String::new())]);
        std::fs::write(folder.path().join(name), text).unwrap();
        let told = hushlint(folder.path(), &["check", ".", "--format", "sarif"]);
        assert_eq!(told.status.code(), Some(1), "{name}");
        let changed = by_sarif(folder.path(), &told.stdout);
        assert!(!changed.is_empty(), "{name}");
        let done = hushlint(folder.path(), &["check", ".", "--unsafe-fixes"]);
        assert_eq!(done.status.code(), Some(0), "{name}: {done:?}");
        for (file, expected) in changed {
            let file = file.replace("%20", " ");
            let now = std::fs::read(folder.path().join(&file)).unwrap();
            assert_eq!(
                now.escape_ascii().to_string(),
                expected.escape_ascii().to_string(),
                "{name}: {file}"
            );
        }
    }
}

#[test]
fn encodings_and_line_endings_are_kept() {
    let text = "// \u{e9}\u{1F511}\r\nfetch(\"http://api.payments-hub.com/v1/x\");\r\n";
    let folder = repository(&[]);
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let latin = [b"// caf\xe9\n", &text.as_bytes()[9..]].concat();
    std::fs::write(folder.path().join("u.js"), &utf16).unwrap();
    std::fs::write(folder.path().join("l.js"), &latin).unwrap();
    let done = hushlint(folder.path(), &["check", ".", "--unsafe-fixes"]);
    assert_eq!(done.status.code(), Some(0), "{done:?}");
    let changed = text.replace("http:", "https:");
    let expected: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(changed.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    assert_eq!(std::fs::read(folder.path().join("u.js")).unwrap(), expected);
    let expected = [b"// caf\xe9\n", &changed.as_bytes()[9..]].concat();
    assert_eq!(std::fs::read(folder.path().join("l.js")).unwrap(), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the rules are: a fix that is offered covers the file for git,
    /// and where none is offered nothing is written.
    #[test]
    fn git_agrees_with_what_was_added(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "*.log", "# secrets", ".env.local", "!.env", "!.env.*", "/.env", "sub/", "!sub/",
                "build/", "*", "!*/", "", "sub/.env ", ".env*/",
            ]),
            0..6,
        ),
        nested in prop::option::of(prop::sample::select(vec!["", "!.env\n", "*.tmp", "/x\r\n"])),
        is_windows in any::<bool>(),
        ends in any::<bool>(),
    ) {
        let ending = if is_windows { "\r\n" } else { "\n" };
        let mut rules = lines.join(ending);
        if ends && !rules.is_empty() {
            rules.push_str(ending);
        }
        let mut files = vec![
            (".env", "SECRET_TOKEN=1\n".to_owned()),
            ("sub/.env", "SECRET_TOKEN=1\n".to_owned()),
            (".gitignore", rules.clone()),
        ];
        if let Some(nested) = nested {
            files.push(("sub/.gitignore", nested.to_owned()));
        }
        let folder = repository(&files);
        let done = hushlint(folder.path(), &["check", ".", "--fix", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        let left: Vec<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|f| f["rule"] == "dotenv-not-ignored")
            .map(|f| f["path"].as_str().unwrap())
            .collect();
        for file in [".env", "sub/.env"] {
            let ignored = git(folder.path(), &["check-ignore", "-q", "--no-index", file]);
            prop_assert_eq!(ignored, !left.contains(&file), "{} in {:?}", file, rules);
        }
        if report["summary"]["fixed"] == 0 {
            let after = std::fs::read_to_string(folder.path().join(".gitignore")).unwrap();
            prop_assert_eq!(after, rules);
        }
    }
}
