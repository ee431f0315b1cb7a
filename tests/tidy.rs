//! What holds for the code as a whole: who may use whom, the map, and a few habits.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Every module and the ones it may use; those below know nothing of those above.
const MODULES: &[(&str, &[&str])] = &[
    (
        "cli",
        &[
            "audit", "check", "config", "fix", "migrate", "report", "source", "rule", "finding",
            "excerpt", "document", "suggest", "suppress", "calendar", "replace",
        ],
    ),
    (
        "audit",
        &[
            "check", "config", "suppress", "source", "rule", "git", "finding", "document",
            "calendar",
        ],
    ),
    (
        "check",
        &[
            "config", "suppress", "source", "rule", "syntax", "finding", "document",
        ],
    ),
    ("migrate", &["rule"]),
    ("config", &["rule", "finding", "document", "suggest"]),
    ("report", &["rule", "finding", "document"]),
    (
        "fix",
        &[
            "source", "git", "suppress", "syntax", "finding", "document", "replace",
        ],
    ),
    (
        "suppress",
        &[
            "syntax", "finding", "excerpt", "document", "calendar", "suggest",
        ],
    ),
    ("source", &["git", "finding", "document"]),
    (
        "rule",
        &[
            "syntax",
            "finding",
            "excerpt",
            "document",
            "line_hash",
            "suggest",
        ],
    ),
    ("git", &["document"]),
    ("syntax", &[]),
    ("finding", &["excerpt", "document"]),
    ("excerpt", &["document"]),
    ("document", &[]),
    ("calendar", &[]),
    ("line_hash", &[]),
    ("replace", &[]),
    ("suggest", &[]),
];

/// What only one module may use, and its name in code.
const OWNED: &[(&str, &[&str])] = &[
    ("clap", &["cli"]),
    ("anstream", &["cli"]),
    ("indicatif", &["cli"]),
    ("console", &["cli"]),
    ("terminal_size", &["cli"]),
    ("rayon", &["check"]),
    ("argon2", &["suppress"]),
    ("getrandom", &["cli"]),
    ("gix", &["git"]),
    ("ignore", &["config", "source"]),
    ("encoding_rs", &["source"]),
    ("similar", &["fix"]),
    ("annotate_snippets", &["report"]),
    ("toml", &["rule", "config", "migrate"]),
    ("serde_saphyr", &["migrate"]),
    ("globset", &["config"]),
    ("strsim", &["suggest"]),
];

/// Calls that only the named modules may make: the core prints and writes nothing.
const CALLS: &[(&str, &[&str])] = &[
    ("println!(", &[]),
    ("print!(", &[]),
    ("dbg!(", &[]),
    ("stdout()", &["cli"]),
    ("stderr()", &["cli"]),
    ("process::exit", &[]),
    ("fs::write", &["cli"]),
    ("File::create", &["cli"]),
    ("OpenOptions", &["replace"]),
    ("remove_", &["fix", "replace"]),
    ("fs::rename", &["replace"]),
    ("Command::new", &[]),
    ("TcpStream", &[]),
    ("UdpSocket", &[]),
];

/// Source files, without their tests and comments, by module.
fn sources() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = root().join("src");
    let mut modules: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for file in files(&root, "rs") {
        let first = file.strip_prefix(&root).unwrap().iter().next().unwrap();
        let name = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
        let code = code(&std::fs::read_to_string(&file).unwrap());
        modules.entry(name).or_default().push((file, code));
    }
    assert!(modules.remove("main").is_some() && modules.remove("lib").is_some());
    modules
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            // Unit tests in a file of their own may use what they like.
            let is_test = path.file_stem().is_some_and(|s| s == "tests");
            found.extend((!is_test).then_some(path));
        }
    }
    found.sort();
    found
}

/// `text` without what follows `#[cfg(test)]`, which stands last, and without comments.
fn code(text: &str) -> String {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .map(|line| match line.trim_start().starts_with("//") {
            true => "\n".to_owned(),
            false => format!("{line}\n"),
        })
        .collect()
}

/// The names that follow `prefix` in `code`, a group in braces taken apart.
fn names_after<'c>(code: &'c str, prefix: &str) -> BTreeSet<&'c str> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let group = match rest.strip_prefix('{') {
            Some(group) => group.split_once('}').unwrap().0,
            None => rest,
        };
        let name = |text: &'c str| {
            let text = text.trim_start();
            let end = text
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(text.len());
            &text[..end]
        };
        match rest.starts_with('{') {
            true => names.extend(group.split(',').map(name).filter(|n| !n.is_empty())),
            false => names.extend([name(rest)]),
        }
    }
    names
}

#[test]
fn modules_use_only_those_below() {
    let sources = sources();
    let known: BTreeSet<&str> = MODULES.iter().map(|(name, _)| *name).collect();
    let present: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
    assert_eq!(
        present, known,
        "the table of modules is not the one in src/"
    );
    let (mut wrong, mut stale) = (Vec::new(), Vec::new());
    for (module, allowed) in MODULES {
        let mut used = BTreeSet::new();
        for (file, code) in &sources[*module] {
            for name in names_after(code, "crate::") {
                used.insert(name);
                if name != *module && !allowed.contains(&name) {
                    wrong.push(format!("{}: uses crate::{name}", file.display()));
                }
            }
        }
        let unused = allowed.iter().filter(|a| !used.contains(**a));
        stale.extend(unused.map(|a| format!("{module} does not use {a}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(
        stale.is_empty(),
        "rows to take out of the table: {stale:#?}"
    );
}

#[test]
fn the_table_has_no_cycle() {
    // Each module stands above all it may use, so the order of the table proves it.
    for (index, (module, allowed)) in MODULES.iter().enumerate() {
        for name in *allowed {
            let below = MODULES.iter().position(|(m, _)| m == name);
            assert!(below.is_some_and(|b| b > index), "{module} above {name}");
        }
    }
}

#[test]
fn each_dependency_has_its_owner() {
    let mut wrong = Vec::new();
    for (module, files) in sources() {
        for (file, code) in files {
            for (name, owners) in OWNED {
                let uses = [format!("use {name}::"), format!("{name}::")]
                    .iter()
                    .any(|path| mentions(&code, path));
                if uses && !owners.contains(&module.as_str()) {
                    wrong.push(format!("{}: uses {name}", file.display()));
                }
            }
            for (call, owners) in CALLS {
                if code.contains(call) && !owners.contains(&module.as_str()) {
                    wrong.push(format!("{}: calls {call}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whether `path` stands in `code` as the beginning of a path, not as the end of `crate::git::ignore::`.
fn mentions(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '`')
    })
}

#[test]
fn the_map_names_every_module() {
    let map = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    for (module, _) in MODULES {
        assert!(
            map.contains(&format!("//! | [`{module}`]")),
            "src/lib.rs: no row for {module}"
        );
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in files(&root().join("src"), "rs") {
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//! "), "{}", file.display());
    }
}

#[test]
fn nothing_is_left_for_later() {
    let mut left = Vec::new();
    for folder in ["src", "tests", "rules"] {
        for extension in ["rs", "toml"] {
            for file in files(&root().join(folder), extension) {
                let text = std::fs::read_to_string(&file).unwrap();
                for word in ["TO".to_owned() + "DO", "FIX".to_owned() + "ME"] {
                    let marks = [
                        format!("// {word}"),
                        format!("# {word}"),
                        format!("{word}:"),
                    ];
                    if marks.iter().any(|mark| text.contains(mark)) {
                        left.push(format!("{}: {word}", file.display()));
                    }
                }
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn the_changelog_has_this_version() {
    let changelog = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    let heading = format!("## {}", env!("CARGO_PKG_VERSION"));
    assert!(
        changelog.lines().any(|line| line.starts_with(&heading)),
        "CHANGELOG.md: no {heading}"
    );
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let top: String = readme.lines().take(16).collect::<Vec<_>>().join("\n");
    for command in ["cargo run --release -- check PATH", "cargo test"] {
        assert!(
            top.contains(command),
            "README.md: `{command}` is not at its top"
        );
    }
}

#[test]
fn the_readme_shows_a_real_report() {
    let case = std::fs::read_to_string(root().join("tests/cases/readme.txt")).unwrap();
    let (_, report) = case.split_once("-- stdout --\n").unwrap();
    let (report, _) = report.split_once("-- status --\n").unwrap();
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (before, after) = report.split_once("[TIME]").unwrap();
    for part in [before, after] {
        assert!(readme.contains(part), "README.md does not show\n{part}");
    }
}

/// What `git add --all` takes along unseen: a download, a build, a dump.
#[test]
fn only_text_is_tracked() {
    let listed = std::process::Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root())
        .output();
    // A package has no repository.
    let Some(listed) = listed.ok().filter(|o| o.status.success()) else {
        return;
    };
    for name in listed.stdout.split(|&b| b == 0).filter(|n| !n.is_empty()) {
        let path = root().join(String::from_utf8_lossy(name).as_ref());
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!bytes.contains(&0), "{} is binary", path.display());
    }
}
