//! Histories, made by the real git and audited as they lie there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use support::Sandbox;

/// A key that no file of ours holds: put together here.
fn key(n: usize) -> String {
    let bodies = [
        "q7Zt9LmXw2Rv8Kp4",
        "Bn5Yc1TgJs6Df3Hw",
        "Xe8Mu2VaPz4Lk9Rq",
        "Gd6Nw3QbRy7Tc8Kz",
        "Vm2Hx9CsLf5Jp4Wt",
        "Zk8Rb6YnDq3Xg7Mv",
        "Pw4Tj9FhSc2Bz5Ln",
    ];
    format!("ak_{}", bodies[n])
}

struct Project {
    sandbox: Sandbox,
    commits: std::cell::Cell<u32>,
}

impl Project {
    fn new() -> Project {
        let project = Project {
            sandbox: Sandbox::new(),
            commits: std::cell::Cell::new(0),
        };
        project.git(&["init", "-q", "-b", "main"]);
        project
    }

    fn tree(&self) -> PathBuf {
        self.sandbox.tree()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.tree().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, folder: &Path, arguments: &[&str]) -> String {
        let n = self.commits.get();
        let output = self
            .sandbox
            .command("git")
            .current_dir(folder)
            .env(
                "GIT_AUTHOR_DATE",
                format!("2020-01-{:02}T12:00:00+0900", n + 1),
            )
            .env(
                "GIT_COMMITTER_DATE",
                format!("2021-01-{:02}T12:00:00+0000", n + 1),
            )
            .env("GIT_ALLOW_PROTOCOL", "file")
            .env("GIT_AUTHOR_NAME", "Ann")
            .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.run(&self.tree(), arguments)
    }

    /// Commits all there is, a day after the last one, and returns the commit's id.
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.commits.set(self.commits.get() + 1);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Stores `text` as an object, and returns its id.
    fn store(&self, kind: &str, text: &str) -> String {
        let file = self.sandbox.top().join("object");
        fs::write(&file, text).unwrap();
        self.git(&["hash-object", "-w", "-t", kind, file.to_str().unwrap()])
    }

    fn audit(&self, arguments: &[&str]) -> (i32, Value) {
        let output = self.hushlint(arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        for n in 0..7 {
            assert!(!text.contains(&key(n)), "a key is shown: {text}");
        }
        let report = serde_json::from_str(&text)
            .unwrap_or_else(|_| panic!("{text}{}", String::from_utf8_lossy(&output.stderr)));
        (output.status.code().unwrap(), report)
    }

    fn hushlint(&self, arguments: &[&str]) -> Output {
        self.sandbox
            .command(env!("CARGO_BIN_EXE_hushlint"))
            .current_dir(self.tree())
            .args(["audit", "--format", "json"])
            .env("SOURCE_DATE_EPOCH", "1580515200")
            .args(arguments)
            .output()
            .unwrap()
    }
}

/// The findings of `ak-key`.
fn keys(report: &Value) -> Vec<&Value> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().filter(|f| f["rule"] == "ak-key").collect()
}

fn config(key: &str) -> String {
    format!("API_KEY = \"{key}\"\n")
}

/// Two keys: one gone, one that has moved.
fn story() -> (Project, String, String) {
    let project = Project::new();
    project.write("a.py", &config(&key(0)));
    let first = project.commit("one");
    project.write("lib/b.py", &format!("# settings\n{}", config(&key(1))));
    let second = project.commit("two");
    project.git(&["rm", "-q", "a.py"]);
    project.git(&["mv", "lib/b.py", "lib/c.py"]);
    project.commit("three");
    (project, first, second)
}

fn tell(project: &Project, first: &str, second: &str, arguments: &[&str]) {
    let (code, report) = project.audit(arguments);
    let found = keys(&report);
    assert_eq!(found.len(), 2, "{report:#}");
    assert_eq!(report["problems"], serde_json::json!([]), "{report:#}");
    assert_eq!(code, 1);
    assert_eq!(found[0]["path"], "a.py");
    assert_eq!(found[0]["provenance"]["commit"], first);
    assert_eq!(found[0]["provenance"]["author"], "Ann");
    assert_eq!(found[0]["provenance"]["date"], "2020-01-01T12:00:00+09:00");
    assert_eq!(found[0]["provenance"]["in_head"], false);
    assert_eq!(found[1]["path"], "lib/c.py");
    assert_eq!(found[1]["line"], 2);
    assert_eq!(found[1]["provenance"]["commit"], second);
    assert_eq!(found[1]["provenance"]["path"], "lib/b.py");
    assert_eq!(found[1]["provenance"]["in_head"], true);
}

#[test]
fn a_key_is_traced_to_the_commit_that_brought_it() {
    let (project, first, second) = story();
    for threads in ["1", "2", "8"] {
        tell(&project, &first, &second, &["--threads", threads]);
    }
}

#[test]
fn it_does_not_matter_how_objects_are_stored() {
    let (project, first, second) = story();
    let objects = project.tree().join(".git/objects");
    project.git(&["repack", "-adfq"]);
    tell(&project, &first, &second, &[]);
    // A second pack, and loose objects beside both.
    project.write("d.py", "x = 1\n");
    project.commit("four");
    project.git(&["repack", "-dq"]);
    project.write("d.py", "x = 2\n");
    project.commit("five");
    tell(&project, &first, &second, &[]);
    // Packs that only the multi-pack index knows.
    project.git(&["multi-pack-index", "write"]);
    for entry in fs::read_dir(objects.join("pack")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "idx") {
            fs::remove_file(path).unwrap();
        }
    }
    tell(&project, &first, &second, &[]);
}

#[test]
fn objects_are_found_in_alternates() {
    let (project, first, second) = story();
    project.run(
        &project.sandbox.top(),
        &["clone", "-qs", "tree", "borrower"],
    );
    let borrower = project.sandbox.top().join("borrower");
    tell(&project, &first, &second, &[borrower.to_str().unwrap()]);
}

#[test]
fn histories_in_sha256_are_read() {
    let project = Project::new();
    fs::remove_dir_all(project.tree().join(".git")).unwrap();
    project.git(&["init", "-q", "-b", "main", "--object-format=sha256"]);
    project.write("a.py", &config(&key(0)));
    let first = project.commit("one");
    project.git(&["rm", "-q", "a.py"]);
    project.commit("two");
    for repack in [false, true] {
        if repack {
            project.git(&["repack", "-adfq"]);
        }
        let (code, report) = project.audit(&[]);
        assert_eq!(code, 1, "{report:#}");
        assert_eq!(keys(&report)[0]["provenance"]["commit"], *first);
        assert_eq!(first.len(), 64);
    }
}

#[test]
fn each_time_that_a_key_came_and_went_is_told() {
    let project = Project::new();
    let commit = |text: &str| {
        project.write("a.py", text);
        let id = project.commit("a change");
        id[..12].to_owned()
    };
    let times = |project: &Project| {
        let (_, report) = project.audit(&[]);
        let found = keys(&report)[0]["related"].as_array().unwrap().clone();
        let messages = found
            .iter()
            .map(|r| r["message"].as_str().unwrap().to_owned());
        messages.collect::<Vec<_>>()
    };
    let held = config(&key(0));
    let ids = [&held, "x = 1\n", &held, "x = 2\n", &held].map(commit);
    let [a, b, c, d, e] = ids;
    let gone = format!("stood here from {a} until {b}, from {c} until {d}");
    assert_eq!(
        times(&project),
        [format!("{gone}; stands here since {e}, and in HEAD")]
    );
    let f = commit("x = 3\n");
    assert_eq!(times(&project), [format!("{gone}, from {e} until {f}")]);
    for _ in 0..4 {
        commit(&held);
        commit("x = 4\n");
    }
    let [told] = &times(&project)[..] else {
        panic!("one place is told once");
    };
    assert!(
        told.starts_with(&gone) && told.ends_with(", and 3 more times"),
        "{told}"
    );
}

#[test]
fn a_merge_brings_only_what_no_parent_had() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit("one");
    project.git(&["checkout", "-qb", "topic"]);
    project.write("b.py", &config(&key(0)));
    let topic = project.commit("two");
    project.git(&["checkout", "-q", "main"]);
    project.write("a.txt", "more text\n");
    project.commit("three");
    project.git(&["merge", "-q", "--no-commit", "topic"]);
    // What comes in by a merge's own hand is easily missed.
    project.write("c.py", &config(&key(1)));
    let merge = project.commit("merge");
    let (_, report) = project.audit(&[]);
    let brought: BTreeMap<&str, &str> = keys(&report)
        .iter()
        .map(|f| {
            let commit = f["provenance"]["commit"].as_str().unwrap();
            (f["path"].as_str().unwrap(), commit)
        })
        .collect();
    let expected = BTreeMap::from([("b.py", &*topic), ("c.py", &*merge)]);
    assert_eq!(brought, expected);
}

#[test]
fn messages_tags_and_notes_are_read() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit(&format!("key = {}", key(0)));
    project.git(&["tag", "-am", &format!("key = {}", key(1)), "v1"]);
    project.git(&["notes", "add", "-m", &format!("key = {}", key(2))]);
    let (code, report) = project.audit(&[]);
    assert_eq!(code, 1);
    assert_eq!(keys(&report).len(), 3, "{report:#}");
}

#[test]
fn a_message_is_mended_where_it_was_written() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    let commit = project.commit(&format!("key = {}", key(0)));
    project.git(&["tag", "-am", &format!("key = {}", key(1)), "v1"]);
    let tag = project.git(&["rev-parse", "v1"]);
    let told = |situations: [&str; 2]| {
        let (_, report) = project.audit(&["--no-cache"]);
        let find = |id: &str| {
            let path = format!("message {id}");
            let found = keys(&report).into_iter().find(|f| f["path"] == path);
            found.unwrap_or_else(|| panic!("{report:#}")).clone()
        };
        let (commits, tags) = (find(&commit), find(&tag));
        assert_eq!(commits["situation"], situations[0], "{commits:#}");
        assert_eq!(commits["provenance"]["commit"], *commit);
        assert_eq!(commits["provenance"]["in_head"], true);
        assert_eq!(tags["situation"], situations[1], "{tags:#}");
        assert!(tags["provenance"]["commit"].is_null(), "{tags:#}");
        assert_eq!(tags["provenance"]["in_head"], false);
        // A key in a tag grows old, too.
        let overdue = project.audit(&["--no-cache", "--now", "2022-01-01"]).1;
        let findings = overdue["findings"].as_array().unwrap().iter();
        assert_eq!(
            findings.filter(|f| f["rule"] == "ak-key-overdue").count(),
            2
        );
    };
    told(["committed", "tagged"]);
    let remote = project.sandbox.top().join("remote");
    let remote = remote.to_str().unwrap();
    project.git(&["init", "-q", "--bare", remote]);
    project.git(&["remote", "add", "origin", remote]);
    project.git(&["push", "-q", "origin", "main", "v1"]);
    told(["said", "said"]);
}

/// What was found, each by its path.
fn paths(report: &Value) -> Vec<&str> {
    let found = keys(report);
    let mut paths: Vec<&str> = found.iter().map(|f| f["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    paths
}

#[test]
fn what_refs_name_is_read_whatever_it_is() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit("one");
    let blob = project.store("blob", &config(&key(0)));
    project.git(&["tag", "a-blob", &blob]);
    let text = project.git(&["rev-parse", "HEAD:a.txt"]);
    let message = format!("key = {}", key(1));
    project.git(&["tag", "-a", "-m", &message, "about-a-blob", &text]);
    project.write("in-a-tree.py", &config(&key(2)));
    project.git(&["add", "-A"]);
    let tree = project.git(&["write-tree"]);
    project.git(&["tag", "a-tree", &tree]);
    project.git(&["rm", "-qf", "in-a-tree.py"]);
    let other = project.sandbox.top().join("other");
    project.git(&["worktree", "add", "-q", "--detach", other.to_str().unwrap()]);
    fs::write(other.join("detached.py"), config(&key(3))).unwrap();
    project.run(&other, &["add", "-A"]);
    project.run(&other, &["commit", "-qm", "detached"]);
    // A merge of a signed tag keeps the tag's text in its own head.
    let head = project.git(&["rev-parse", "HEAD"]);
    let tree = project.git(&["rev-parse", "HEAD^{tree}"]);
    let merge = format!(
        "tree {tree}\nparent {head}\nauthor A <a@b> 1577847600 +0000\ncommitter A <a@b> 1577847600 +0000\n\
         mergetag object {head}\n type commit\n tag v1\n tagger A <a@b> 1577847600 +0000\n \n key = {}\n\nmerged\n",
        key(4)
    );
    let merge = project.store("commit", &merge);
    project.git(&["update-ref", "refs/heads/merged", &merge]);
    let (code, report) = project.audit(&[]);
    assert_eq!(code, 1);
    assert_eq!(report["problems"], serde_json::json!([]), "{report:#}");
    let tag = project.git(&["rev-parse", "about-a-blob"]);
    let mut expected = [
        "refs/tags/a-blob".to_owned(),
        format!("message {tag}"),
        "in-a-tree.py".to_owned(),
        "detached.py".to_owned(),
        format!("message {merge}"),
    ];
    expected.sort_unstable();
    assert_eq!(paths(&report), expected, "{report:#}");
}

#[test]
fn where_a_link_leads_is_read_whatever_its_name() {
    let project = Project::new();
    project.write("a.py", "x = 1\n");
    for (n, name) in ["link", "link.py", "sub/link.rs"].into_iter().enumerate() {
        fs::create_dir_all(project.tree().join("sub")).unwrap();
        let target = format!("https://h/?key={}", key(n));
        std::os::unix::fs::symlink(target, project.tree().join(name)).unwrap();
    }
    project.commit("links");
    let (status, report) = project.audit(&[]);
    assert_eq!(status, 1, "{report:#}");
    assert_eq!(paths(&report), ["link", "link.py", "sub/link.rs"]);
}

#[test]
fn a_replacement_hides_nothing() {
    let project = Project::new();
    project.write("a.py", &config(&key(0)));
    let first = project.commit("one");
    let blob = project.git(&["rev-parse", "HEAD:a.py"]);
    project.write("a.py", "nothing\n");
    project.write("b.py", &config(&key(1)));
    let second = project.commit("two");
    project.git(&["rm", "-q", "b.py"]);
    project.commit("three");
    let clean = project.git(&["rev-parse", "HEAD:a.py"]);
    project.git(&["replace", &blob, &clean]);
    // The parent becomes its own child's: followed, it would lead in a circle.
    project.git(&["replace", &second, "HEAD"]);
    for repack in [false, true] {
        if repack {
            project.git(&["repack", "-adfq"]);
        }
        let (code, report) = project.audit(&["--no-cache"]);
        assert_eq!(code, 1);
        assert_eq!(paths(&report), ["a.py", "b.py"], "{report:#}");
        assert_eq!(keys(&report)[0]["provenance"]["commit"], *first);
    }
}

#[test]
fn a_note_is_named_for_what_it_is_about() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    let commit = project.commit("one");
    project.git(&["notes", "add", "-m", &format!("key = {}", key(0))]);
    let notes = project.git(&["rev-parse", "refs/notes/commits"]);
    project.git(&["notes", "remove"]);
    let (_, report) = project.audit(&[]);
    assert_eq!(paths(&report), [format!("note on {commit}")]);
    assert_eq!(keys(&report)[0]["provenance"]["commit"], *notes);
}

#[test]
fn refs_in_tables_are_read() {
    let project = Project::new();
    fs::remove_dir_all(project.tree().join(".git")).unwrap();
    project.git(&["init", "-q", "-b", "main", "--ref-format=reftable"]);
    project.write("a.txt", "text\n");
    project.commit("one");
    // More than one block, and more than one table.
    let head = project.git(&["rev-parse", "HEAD"]);
    for n in 0..300 {
        project.git(&["update-ref", &format!("refs/heads/some/branch-{n}"), &head]);
    }
    project.git(&["checkout", "-q", "-b", "gone"]);
    project.write("gone.py", &config(&key(0)));
    project.commit("two");
    project.git(&["checkout", "-q", "-b", "topic", "main"]);
    project.write("b.py", &config(&key(1)));
    project.commit("three");
    project.git(&["tag", "-am", &format!("key = {}", key(2)), "v1"]);
    project.git(&["branch", "-qD", "gone"]);
    project.git(&["checkout", "-q", "main"]);
    for _ in 0..2 {
        let (code, report) = project.audit(&[]);
        assert_eq!((code, keys(&report).len()), (1, 2), "{report:#}");
        let (code, report) = project.audit(&["--since", "topic~1"]);
        assert_eq!((code, keys(&report).len()), (1, 2), "{report:#}");
        let (code, report) = project.audit(&["--since", "topic"]);
        assert_eq!((code, keys(&report).len()), (0, 0), "{report:#}");
        project.git(&["pack-refs", "--all"]);
    }
}

#[test]
fn where_there_is_no_history_nothing_is_clean() {
    let project = Project::new();
    let top = project.sandbox.top();
    for (folder, word) in [
        (project.tree(), "no history"),
        (top.clone(), "not in a git repository"),
        (top.join("nowhere"), "No such file"),
    ] {
        let (code, report) = project.audit(&[folder.to_str().unwrap()]);
        assert_eq!(code, 2, "{report:#}");
        let message = report["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains(word), "{message}");
    }
}

#[test]
fn a_broken_ref_is_named_and_the_rest_is_read() {
    let (project, _, _) = story();
    fs::write(project.tree().join(".git/refs/heads/broken"), "no id\n").unwrap();
    let (code, report) = project.audit(&[]);
    assert_eq!((code, keys(&report).len()), (2, 2), "{report:#}");
    let message = report["problems"][0]["message"].as_str().unwrap();
    assert!(message.contains("refs/heads/broken"), "{message}");
}

#[test]
fn the_next_step_depends_on_who_has_the_key() {
    let situation = |project: &Project, arguments: &[&str]| {
        let (_, report) = project.audit(arguments);
        let found = keys(&report);
        assert_eq!(found.len(), 1, "{report:#}");
        let steps = found[0]["next_step"].as_str().unwrap();
        assert!(steps.len() > 20, "{steps}");
        found[0]["situation"].as_str().unwrap().to_owned()
    };
    let project = Project::new();
    project.write("a.py", &config(&key(0)));
    project.commit("one");
    let remote = project.sandbox.top().join("remote");
    let remote = remote.to_str().unwrap();
    project.git(&["init", "-q", "--bare", "-b", "main", remote]);
    project.git(&["remote", "add", "origin", remote]);
    assert_eq!(situation(&project, &[]), "committed");
    project.git(&["push", "-q", "origin", "main"]);
    assert_eq!(situation(&project, &[]), "pushed");
    // On the server everything is.
    assert_eq!(situation(&project, &[remote]), "pushed");
    project.git(&["rm", "-q", "a.py"]);
    project.commit("two");
    assert_eq!(situation(&project, &[]), "past");
    for format in ["text", "sarif"] {
        let file = project.sandbox.top().join(format);
        let to = format!("{format}={}", file.display());
        situation(&project, &["--format", &to]);
        let text = fs::read_to_string(file).unwrap();
        assert!(text.contains("git filter-repo"), "{format}: {text}");
    }
    // Taken back, but others may have fetched it.
    project.git(&["checkout", "-q", "--orphan", "new"]);
    project.commit("anew");
    project.git(&["branch", "-qM", "new", "main"]);
    project.git(&["push", "-qf", "origin", "main"]);
    assert_eq!(situation(&project, &["--all-objects"]), "past");
}

#[test]
fn git_variables_speak_of_one_repository() {
    let (project, first, second) = story();
    let other = project.sandbox.top().join("other");
    fs::create_dir(&other).unwrap();
    project.run(&other, &["init", "-q"]);
    let output = project
        .sandbox
        .command(env!("CARGO_BIN_EXE_hushlint"))
        .current_dir(&other)
        .env("GIT_DIR", other.join(".git"))
        .env("GIT_INDEX_FILE", other.join(".git/index"))
        .args(["audit", "--format", "json", "../tree"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let commits: Vec<&str> = keys(&report)
        .iter()
        .map(|f| f["provenance"]["commit"].as_str().unwrap())
        .collect();
    assert_eq!(commits, [first, second]);
}

#[test]
fn repositories_of_one_name_are_told_apart_and_one_is_read_once() {
    let project = Project::new();
    let top = project.sandbox.top();
    for (n, folder) in ["one/app", "two/app"].into_iter().enumerate() {
        let folder = top.join(folder);
        fs::create_dir_all(&folder).unwrap();
        project.run(&folder, &["init", "-q"]);
        fs::write(folder.join("a.py"), config(&key(n))).unwrap();
        project.run(&folder, &["add", "-A"]);
        project.run(&folder, &["commit", "-qm", "one"]);
    }
    let linked = top.join("linked");
    let one = top.join("one/app");
    project.run(
        &one,
        &[
            "worktree",
            "add",
            "-q",
            "--detach",
            linked.to_str().unwrap(),
        ],
    );
    let (code, report) = project.audit(&["../one/app", "../two/app", "../linked", "../one/app"]);
    assert_eq!(code, 1);
    assert_eq!(paths(&report), ["one/app/a.py", "two/app/a.py"]);
}

#[test]
fn every_stash_is_read() {
    for format in ["files", "reftable"] {
        let project = Project::new();
        fs::remove_dir_all(project.tree().join(".git")).unwrap();
        let format = format!("--ref-format={format}");
        project.git(&["init", "-q", "-b", "main", &format]);
        project.write("a.py", "x = 1\n");
        project.commit("one");
        for n in 0..4 {
            project.write("a.py", &config(&key(n)));
            project.git(&["stash", "push", "-q", "-m", &format!("number {n}")]);
        }
        project.git(&["stash", "drop", "-q", "stash@{1}"]);
        for _ in 0..2 {
            let (code, report) = project.audit(&[]);
            assert_eq!((code, keys(&report).len()), (1, 3), "{format}: {report:#}");
            let (code, report) = project.audit(&["--all-objects"]);
            assert_eq!((code, keys(&report).len()), (1, 4), "{format}: {report:#}");
            project.git(&["pack-refs", "--all"]);
        }
    }
}

#[test]
fn what_no_branch_leads_to_is_read_on_demand() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit("one");
    project.write("a.py", &config(&key(0)));
    project.commit("to be amended");
    project.git(&["reset", "-q", "--hard", "HEAD^"]);
    project.write("b.py", &config(&key(1)));
    project.git(&["add", "b.py"]);
    project.git(&["rm", "-qf", "b.py"]);
    let (code, report) = project.audit(&[]);
    assert_eq!((code, keys(&report).len()), (0, 0), "{report:#}");
    // But that there is more is said.
    assert_eq!(report["summary"]["skipped"]["unreached"], 2, "{report:#}");
    let file = project.sandbox.top().join("report.txt");
    project.hushlint(&["--format", &format!("text={}", file.display())]);
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains("2 secrets stand only in"), "{text}");
    let (code, report) = project.audit(&["--all-objects"]);
    assert_eq!((code, keys(&report).len()), (1, 2), "{report:#}");
    assert!(report["summary"]["skipped"]["unreached"].is_null());
    let commits: Vec<bool> = keys(&report)
        .iter()
        .map(|f| f["provenance"]["commit"].is_null())
        .collect();
    assert!(
        commits.contains(&true) && commits.contains(&false),
        "{report:#}"
    );
}

#[test]
fn a_path_is_known_even_if_nothing_leads_to_its_tree() {
    let project = Project::new();
    project.write("a.py", &config(&key(0)));
    project.commit("one");
    for n in [1, 2] {
        project.write("conf/deep/b.py", &config(&key(n)));
        project.git(&["add", "-A"]);
        project.git(&["write-tree"]);
        project.git(&["rm", "-qrf", "conf"]);
    }
    let (code, report) = project.audit(&["--all-objects"]);
    assert_eq!(code, 1, "{report:#}");
    let path = "conf/deep/b.py";
    assert_eq!(paths(&report), ["a.py", path, path], "{report:#}");
    for found in keys(&report) {
        let is_loose = found["path"] != "a.py";
        let provenance = &found["provenance"];
        assert_eq!(provenance["commit"].is_null(), is_loose, "{found:#}");
        assert_eq!(found["situation"], "committed", "{found:#}");
        assert_eq!(found["related"].as_array().unwrap().len(), 0, "{found:#}");
    }
    let (_, loose) = (
        project.git(&["repack", "-adfkq"]),
        project.audit(&["--all-objects"]),
    );
    assert_eq!(loose.1["findings"], report["findings"]);
}

#[test]
fn since_leaves_out_what_was_known() {
    let (project, _, second) = story();
    let (_, report) = project.audit(&["--since", &second]);
    // The one that moved was brought to its new place since.
    assert_eq!(keys(&report).len(), 1, "{report:#}");
    project.write("new.py", &config(&key(2)));
    let last = project.commit("four");
    project.git(&["branch", "known", "HEAD^"]);
    let (_, report) = project.audit(&["--since", "known"]);
    assert_eq!(keys(&report).len(), 1, "{report:#}");
    assert_eq!(keys(&report)[0]["provenance"]["commit"], *last);
    let (_, report) = project.audit(&["--since", "HEAD~1"]);
    assert_eq!(keys(&report).len(), 1, "{report:#}");
    let (_, report) = project.audit(&["--since", "HEAD~3"]);
    assert_eq!(keys(&report).len(), 3 - 1, "{report:#}");
    let (_, report) = project.audit(&["--since", "HEAD"]);
    assert_eq!(keys(&report).len(), 0, "{report:#}");
    assert_eq!(
        project.hushlint(&["--since", "nowhere"]).status.code(),
        Some(2)
    );
}

#[test]
fn what_a_clone_lacks_is_named() {
    let (project, _, _) = story();
    project.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", project.tree().display());
    let top = project.sandbox.top();
    project.run(&top, &["clone", "-q", "--depth", "1", &url, "shallow"]);
    project.run(
        &top,
        &[
            "clone",
            "-q",
            "--filter=blob:none",
            "--no-checkout",
            &url,
            "partial",
        ],
    );
    for (name, word, found) in [
        ("shallow", "shallow", 1),
        ("partial", "not in this clone", 0),
    ] {
        let clone = top.join(name);
        let (code, report) = project.audit(&[clone.to_str().unwrap()]);
        assert_eq!(code, 2, "{name}");
        assert_eq!(keys(&report).len(), found, "{name}");
        let message = report["problems"][0]["message"].as_str().unwrap();
        assert!(message.contains(word), "{name}: {message}");
    }
}

#[test]
fn damage_is_survived_and_named() {
    let (project, _, _) = story();
    for n in 0..40 {
        project.write(&format!("f{n}.txt"), &format!("line {n}\n").repeat(200 + n));
    }
    project.commit("four");
    project.git(&["repack", "-adfq"]);
    let pack = packs(&project).remove(0);
    let whole = fs::read(&pack).unwrap();
    let mut permissions = fs::metadata(&pack).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o644);
    fs::set_permissions(&pack, permissions).unwrap();
    let mut incomplete = 0;
    for at in (12..whole.len() - 20).step_by(whole.len() / 60 + 1) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&pack, &bytes).unwrap();
        let code = project.hushlint(&["--no-cache"]).status.code();
        assert!(matches!(code, Some(0..=2)), "byte {at}: {code:?}");
        incomplete += u32::from(code == Some(2));
    }
    assert!(incomplete > 20, "{incomplete}");
    fs::write(&pack, &whole[..whole.len() / 2]).unwrap();
    assert_eq!(project.hushlint(&["--no-cache"]).status.code(), Some(2));
}

/// Overwrites two bytes of the packed `object`.
fn damage(project: &Project, object: &str) {
    let pack = packs(project).remove(0);
    let id = project.git(&["rev-parse", object]);
    let listing = project.git(&[
        "verify-pack",
        "-v",
        pack.with_extension("idx").to_str().unwrap(),
    ]);
    let line = listing.lines().find(|l| l.starts_with(&id)).unwrap();
    let offset: usize = line.split_whitespace().nth(4).unwrap().parse().unwrap();
    let mut bytes = fs::read(&pack).unwrap();
    bytes[offset + 10..offset + 12].fill(0x55);
    fs::remove_file(&pack).unwrap();
    fs::write(&pack, bytes).unwrap();
}

fn packs(project: &Project) -> Vec<PathBuf> {
    let folder = project.tree().join(".git/objects/pack");
    let files = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut packs: Vec<PathBuf> = files
        .filter(|p| p.extension().is_some_and(|e| e == "pack"))
        .collect();
    packs.sort();
    packs
}

/// What an audit says it could not do.
fn problems(report: &Value) -> String {
    let problems = report["problems"].as_array().unwrap().iter();
    let messages = problems.map(|p| p["message"].as_str().unwrap());
    messages.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_tree_that_cannot_be_read_is_named() {
    for tree in [
        "HEAD~1^{tree}",
        "HEAD^{tree}",
        "HEAD:lib",
        "refs/notes/commits^{tree}",
    ] {
        let (project, _, _) = story();
        project.git(&["notes", "add", "-m", "a note"]);
        project.git(&["repack", "-adfq", "--depth=0"]);
        let id = project.git(&["rev-parse", tree]);
        damage(&project, tree);
        let (code, report) = project.audit(&["--no-cache"]);
        assert_eq!(code, 2, "{tree}: {report:#}");
        assert!(problems(&report).contains(&id), "{tree}: {report:#}");
    }
}

#[test]
fn a_loose_object_that_is_another_is_named() {
    for (is_past, object) in [
        (true, "HEAD~1:a.py"),
        (true, "HEAD~1^{tree}"),
        (true, "HEAD~1"),
        (false, "HEAD:b.py"),
    ] {
        let project = Project::new();
        project.write("a.py", "x = 1\n");
        project.commit("one");
        project.write("a.py", "x = 2\n");
        project.write("b.py", &config(&key(0)));
        project.commit("two");
        let (id, other) = (
            project.git(&["rev-parse", object]),
            project.store("blob", "nothing\n"),
        );
        let file = |id: &str| {
            let (folder, rest) = id.split_at(2);
            project.tree().join(".git/objects").join(folder).join(rest)
        };
        fs::remove_file(file(&id)).unwrap();
        fs::copy(file(&other), file(&id)).unwrap();
        for arguments in [&[][..], &[][..], &["--no-cache"]] {
            let (code, report) = project.audit(arguments);
            assert_eq!(code, 2, "{object}: {report:#}");
            assert!(problems(&report).contains(&id), "{object}: {report:#}");
            let rest = usize::from(is_past);
            assert_eq!(keys(&report).len(), rest, "{object}: {report:#}");
        }
    }
}

#[test]
fn what_is_no_file_or_no_commit_is_named() {
    let project = Project::new();
    project.write("lib/a.py", &config(&key(0)));
    let first = project.commit("one");
    let folder = project.git(&["rev-parse", "HEAD:lib"]);
    for mode in ["100644", "120000", "100755"] {
        let tree = plant(&project, &[(mode, "lib", &folder)]);
        let commit = project.git(&["commit-tree", &tree, "-m", "wrong"]);
        project.git(&["update-ref", "refs/heads/wrong", &commit]);
        let (code, report) = project.audit(&[]);
        assert_eq!(code, 2, "{mode}: {report:#}");
        let named = format!("{folder} (lib)");
        assert!(problems(&report).contains(&named), "{mode}: {report:#}");
        assert_eq!(keys(&report).len(), 1, "{mode}: {report:#}");
    }
    project.git(&["update-ref", "-d", "refs/heads/wrong"]);
    assert_eq!(project.audit(&[]).0, 1);
    let text = project.git(&["cat-file", "commit", &first]);
    let signed = text.split_once('\n').unwrap().1;
    let text = format!("tree {folder}\nparent {folder}\n{signed}\n");
    let file = project.sandbox.top().join("object");
    fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let commit = project.git(&["hash-object", "-w", "--literally", "-t", "commit", file]);
    for (branch, id) in [("wrong", &commit), ("main", &folder)] {
        let file = project.tree().join(".git/refs/heads").join(branch);
        fs::write(&file, id).unwrap();
        let (code, report) = project.audit(&[]);
        assert_eq!(code, 2, "{branch}: {report:#}");
        assert!(problems(&report).contains(&folder), "{branch}: {report:#}");
        fs::remove_file(file).unwrap();
    }
}

/// Stores a tree of `entries`, each a mode, a name and an id, and returns its id.
fn plant(project: &Project, entries: &[(&str, &str, &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend_from_slice(format!("{mode} {name}\0").as_bytes());
        let digits = id
            .as_bytes()
            .chunks(2)
            .map(|c| std::str::from_utf8(c).unwrap());
        bytes.extend(digits.map(|d| u8::from_str_radix(d, 16).unwrap()));
    }
    let file = project.sandbox.top().join("object");
    fs::write(&file, bytes).unwrap();
    let file = file.to_str().unwrap();
    project.git(&["hash-object", "-w", "--literally", "-t", "tree", file])
}

#[test]
fn a_tree_is_what_git_takes_it_for() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit("one");
    let blob = project.store("blob", &config(&key(0)));
    let inner = plant(&project, &[("100644", "a.py", &blob)]);
    let commit = |tree: &str| {
        let commit = project.git(&["commit-tree", "-m", "odd", tree]);
        project.git(&["update-ref", "refs/heads/odd", &commit]);
        project.audit(&["--no-cache"])
    };
    // Permissions do not make a folder something else.
    for mode in ["40000", "040000", "40755"] {
        let (code, report) = commit(&plant(&project, &[(mode, "lib", &inner)]));
        assert_eq!((code, paths(&report)), (1, vec!["lib/a.py"]), "{report:#}");
    }
    let (code, report) = commit(&plant(&project, &[("40000", "lib", &blob)]));
    assert_eq!(code, 2, "{report:#}");
    let named = format!("{blob} (lib)");
    assert!(problems(&report).contains(&named), "{report:#}");
    // What follows is not read.
    let cut = plant(&project, &[("mode", "x", &blob), ("100644", "y", &blob)]);
    let (code, report) = commit(&cut);
    assert_eq!(code, 2, "{report:#}");
    assert!(problems(&report).contains(&cut), "{report:#}");
}

#[test]
fn folders_too_deep_to_be_read_are_named() {
    let project = Project::new();
    project.write("a.txt", "text\n");
    project.commit("one");
    let blob = project.store("blob", &config(&key(0)));
    // A folder around each of the last, by one process.
    let mut stream =
        String::from("commit refs/heads/deep\ncommitter A <a@b> 1577847600 +0000\ndata 0\n");
    stream.push_str(&format!("M 100644 {blob} {}x.py\n", "d/".repeat(1_000)));
    stream.push_str("\ncommit refs/heads/deep\ncommitter A <a@b> 1577847601 +0000\ndata 0\n");
    let file = project.sandbox.top().join("stream");
    fs::write(&file, &stream).unwrap();
    let import = format!("git fast-import --quiet < {}", file.display());
    let shell = |script: &str| project.git(&["-c", &format!("alias.sh=!{script}"), "sh"]);
    shell(&import);
    let (code, report) = project.audit(&["--no-cache"]);
    assert_eq!((code, keys(&report).len()), (1, 1), "{report:#}");
    // Known already where it lies less deep.
    let mut tree = project.git(&["rev-parse", "deep^{tree}"]);
    for _ in 0..30 {
        tree = plant(&project, &[("40000", "e", &tree)]);
    }
    let commit = project.git(&["commit-tree", "-p", "deep", "-m", "deeper", &tree]);
    project.git(&["update-ref", "refs/heads/deep", &commit]);
    for _ in 0..2 {
        let (code, report) = project.audit(&["--no-cache"]);
        assert_eq!(code, 2, "{report:#}");
        assert!(problems(&report).contains("below `e/e/e/e`"), "{report:#}");
        // Not known but there.
        project.git(&["update-ref", "refs/heads/deep", "main"]);
        let commit = project.git(&["commit-tree", "-m", "deeper", &tree]);
        project.git(&["update-ref", "refs/heads/deep", &commit]);
    }
}

#[test]
fn a_multi_pack_index_that_is_wrong_hides_nothing() {
    for is_stale in [true, false] {
        let (project, _, _) = story();
        project.git(&["repack", "-adfq"]);
        project.git(&["multi-pack-index", "write"]);
        let pack = packs(&project).remove(0);
        let index = pack.with_file_name("multi-pack-index");
        if is_stale {
            let name = pack.with_file_name(format!("pack-{}", "0".repeat(40)));
            for end in ["pack", "idx"] {
                fs::rename(pack.with_extension(end), name.with_extension(end)).unwrap();
            }
        } else {
            let mut bytes = fs::read(&index).unwrap();
            let at = bytes.windows(5).position(|w| w == b"pack-").unwrap();
            bytes[at + 6] ^= 1;
            fs::remove_file(&index).unwrap();
            fs::write(&index, bytes).unwrap();
        }
        let (code, report) = project.audit(&["--no-cache"]);
        assert_eq!(code, 1, "{report:#}");
        let found = keys(&report).into_iter();
        let in_head: Vec<_> = found.map(|k| &k["provenance"]["in_head"]).collect();
        assert_eq!(in_head, [false, true], "{report:#}");
    }
}

#[test]
fn an_old_key_is_overdue_and_a_young_one_falls_due() {
    let (project, _, _) = story();
    let overdue = |report: &Value| -> Vec<(String, String)> {
        let findings = report["findings"].as_array().unwrap().iter();
        findings
            .filter(|f| f["rule"] == "ak-key-overdue")
            .map(|f| {
                let text = |key: &str| f[key].as_str().unwrap().to_owned();
                (text("severity"), text("message"))
            })
            .collect()
    };
    let (_, report) = project.audit(&[]);
    let expected = "key in HEAD, 30 days old; to be rotated by 2020-04-01";
    assert_eq!(overdue(&report), [("note".to_owned(), expected.to_owned())]);
    let output = project
        .sandbox
        .command(env!("CARGO_BIN_EXE_hushlint"))
        .current_dir(project.tree())
        .env("SOURCE_DATE_EPOCH", "1590969600")
        .args(["audit", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let gone =
        "key in the history for 152 days, 62 past its rotation window of 90; no longer in HEAD";
    let stays = "key in the history for 151 days, 61 past its rotation window of 90; still in HEAD";
    let expected = [gone, stays].map(|m| ("warning".to_owned(), m.to_owned()));
    assert_eq!(overdue(&report), expected);
}

#[test]
fn a_key_is_overdue_when_its_last_day_is_over() {
    let project = Project::new();
    // At 2020-01-01T03:00:00Z.
    project.write("a.py", &config(&key(0)));
    project.commit("one");
    for (now, severity, message) in [
        (
            "2019-12-30",
            "note",
            "0 days old; to be rotated by 2020-03-31",
        ),
        (
            "2020-01-01",
            "note",
            "0 days old; to be rotated by 2020-03-31",
        ),
        (
            "2020-03-31",
            "note",
            "90 days old; to be rotated by 2020-03-31",
        ),
        (
            "2020-04-01",
            "warning",
            "91 days, 1 past its rotation window",
        ),
    ] {
        let output = project
            .sandbox
            .command(env!("CARGO_BIN_EXE_hushlint"))
            .current_dir(project.tree())
            .args(["audit", "--format", "json", "--now", now])
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let overdue = findings
            .iter()
            .find(|f| f["rule"] == "ak-key-overdue")
            .unwrap();
        assert_eq!(overdue["severity"], severity, "{now}: {overdue:#}");
        assert!(
            overdue["message"].as_str().unwrap().contains(message),
            "{now}: {overdue:#}"
        );
    }
}

#[test]
fn every_line_of_a_secret_is_told() {
    let project = Project::new();
    let line = format!("key = \"{}\"", key(0));
    project.write("a.py", &format!("{line}\n\n\n{line}\n"));
    project.commit("one");
    let (_, report) = project.audit(&["--no-cache"]);
    let output = project
        .sandbox
        .command(env!("CARGO_BIN_EXE_hushlint"))
        .current_dir(project.tree())
        .arg("audit")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(keys(&report).len(), 1, "{report:#}");
    assert!(text.contains("a.py:4:8: the same secret again"), "{text}");
    // A comment speaks of its own line.
    project.write(
        "a.py",
        &format!("{line}  # hushlint: ignore[ak-key] -- a sample\n\n\n{line}\n"),
    );
    project.commit("two");
    let (code, report) = project.audit(&["--no-cache"]);
    assert_eq!(
        (code, &keys(&report)[0]["line"]),
        (1, &4.into()),
        "{report:#}"
    );
}

#[test]
fn a_dotenv_file_that_was_committed_is_not_forgotten() {
    let project = Project::new();
    project.write("app/.env", "");
    let first = project.commit("one");
    project.write("app/.env", "DB_PASSWORD=tr0ub4dor-and-3\n");
    project.commit("two");
    project.git(&["rm", "-q", "app/.env"]);
    project.commit("three");
    let (code, report) = project.audit(&[]);
    let findings = report["findings"].as_array().unwrap();
    assert_eq!((code, findings.len()), (1, 1), "{report:#}");
    assert_eq!(findings[0]["rule"], "dotenv-tracked");
    assert_eq!(findings[0]["severity"], "error");
    assert_eq!(findings[0]["provenance"]["commit"], *first);
    assert_eq!(findings[0]["provenance"]["in_head"], false);
}

#[test]
fn one_key_in_two_repositories_is_one_finding() {
    let (project, first, _) = story();
    let top = project.sandbox.top();
    let other = top.join("other");
    fs::create_dir(&other).unwrap();
    project.run(&other, &["init", "-q"]);
    fs::write(
        other.join("deploy.sh"),
        format!("export API_KEY={}\n", key(0)),
    )
    .unwrap();
    project.run(&other, &["add", "-A"]);
    project.run(&other, &["commit", "-qm", "one"]);
    let (_, report) = project.audit(&[".", other.to_str().unwrap()]);
    let found = keys(&report);
    assert_eq!(found.len(), 2, "{report:#}");
    // Shown where it is still to be taken out, with the commit that brought it first.
    assert_eq!(found[0]["path"], "other/deploy.sh", "{report:#}");
    assert_eq!(found[0]["provenance"]["path"], "tree/a.py");
    assert_eq!(found[0]["provenance"]["commit"], *first);
    assert_eq!(found[0]["provenance"]["in_head"], true);
    let output = project
        .sandbox
        .command(env!("CARGO_BIN_EXE_hushlint"))
        .current_dir(project.tree())
        .args(["audit", ".", other.to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("other/deploy.sh:1:16\n"), "{text}");
    assert!(text.contains("tree/a.py:1:12: the same secret"), "{text}");
    assert!(text.contains("still in HEAD"), "{text}");
}

#[test]
fn a_path_that_is_ignored_speaks_for_itself_alone() {
    let ignored = "[[per-path]]\npaths = [\"tests/**\"]\nignore = [\"ak-key\"]\n";
    let lowered = "[[per-path]]\npaths = [\"tests/**\"]\nseverity = { ak-key = \"note\" }\n";
    for settings in [ignored, lowered, "exclude = [\"tests/\"]\n"] {
        for at_once in [false, true] {
            let project = Project::new();
            project.write(".hushlint.toml", settings);
            project.write("tests/x.py", &config(&key(0)));
            if !at_once {
                project.commit("tests");
                assert_eq!(project.audit(&["--no-cache"]).0, 0, "{settings}");
            }
            // Later in the alphabet, and in other words.
            project.write("tools/y.py", &format!("{}z = 1\n", config(&key(0))));
            project.commit("tools");
            for gone in [false, true] {
                let (code, report) = project.audit(&["--no-cache"]);
                assert_eq!(code, 1, "{settings}{report:#}");
                assert_eq!(paths(&report), ["tools/y.py"], "{settings}{report:#}");
                assert_eq!(keys(&report)[0]["severity"], "error");
                assert_eq!(keys(&report)[0]["provenance"]["in_head"], !gone);
                project.git(&["rm", "-q", "--ignore-unmatch", "tests/x.py", "tools/y.py"]);
                project.commit("gone");
            }
        }
    }
}

#[test]
fn an_old_key_is_overdue_unless_it_is_ignored_wherever_it_stands() {
    let overdue = |project: &Project| {
        let (_, report) = project.audit(&["--no-cache", "--now", "2020-09-01"]);
        let findings = report["findings"].as_array().unwrap().iter();
        let overdue =
            findings.filter(|f| f["rule"] == "ak-key-overdue" && f["suppressed"].is_null());
        overdue
            .map(|f| (f["path"].as_str().unwrap().to_owned(), f["line"].as_u64()))
            .collect::<Vec<_>>()
    };
    let project = Project::new();
    let ignored = "[[per-path]]\npaths = [\"a/**\"]\nignore = [\"ak-key-overdue\"]\n";
    project.write(".hushlint.toml", ignored);
    project.write("a/x.py", &config(&key(0)));
    project.commit("ignored");
    assert_eq!(overdue(&project), []);
    project.write("b/y.py", &config(&key(0)));
    project.commit("and not");
    assert_eq!(overdue(&project), [("b/y.py".to_owned(), None)]);
    project.git(&["rm", "-q", "b/y.py"]);
    project.commit("ignored again");
    assert_eq!(overdue(&project), []);
    project.git(&["mv", "a/x.py", "x.py"]);
    project.commit("moved");
    assert_eq!(overdue(&project), [("x.py".to_owned(), Some(1))]);
}

#[test]
fn a_second_run_reads_what_is_new_and_says_the_same() {
    let (project, first, second) = story();
    for n in 0..30 {
        project.write(&format!("f{n}.txt"), &format!("line {n}\n").repeat(20 + n));
    }
    project.commit("four");
    let files = |report: &Value| report["summary"]["files"].as_u64().unwrap();
    let (_, whole) = project.audit(&["--no-cache"]);
    let (_, again) = project.audit(&[]);
    assert_eq!(
        files(&whole),
        files(&again),
        "nothing was kept by --no-cache"
    );
    for packed in [false, true] {
        if packed {
            project.git(&["repack", "-adfq"]);
        }
        tell(&project, &first, &second, &[]);
        let (_, report) = project.audit(&[]);
        assert_eq!(report["findings"], whole["findings"]);
        assert!(files(&report) <= 2, "{report:#}");
    }
    project.write("new.py", &config(&key(2)));
    project.commit("five");
    let (_, report) = project.audit(&[]);
    assert_eq!(keys(&report).len(), 3, "{report:#}");
    // What is damaged is not trusted.
    let caches = project.sandbox.home().join(".cache/hushlint");
    for entry in fs::read_dir(caches).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(path, bytes).unwrap();
    }
    let (_, report) = project.audit(&[]);
    assert_eq!(files(&report), files(&whole) + 1);
}

#[test]
fn threads_and_storage_change_nothing() {
    let project = Project::new();
    for n in 0..60 {
        // Every key at several places at once, by one commit.
        for m in 0..3 {
            project.write(&format!("d{}/f{n}-{m}.py", n % 7), &config(&key(n % 3)));
        }
        if n % 20 == 19 {
            project.commit("more");
        }
    }
    let (_, first) = project.audit(&["--no-cache", "--threads", "1"]);
    for threads in ["2", "3", "8"] {
        project.git(&["repack", "-adfq", "--depth", threads]);
        let (_, report) = project.audit(&["--no-cache", "--threads", threads]);
        assert_eq!(report, first);
    }
}

#[test]
fn nothing_is_written() {
    fn times(folder: &Path, all: &mut BTreeMap<PathBuf, std::time::SystemTime>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            all.insert(path.clone(), path.metadata().unwrap().modified().unwrap());
            if path.is_dir() {
                times(&path, all);
            }
        }
    }
    let (project, _, _) = story();
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    times(&project.tree(), &mut before);
    project.audit(&["--all-objects"]);
    times(&project.tree(), &mut after);
    assert_eq!(before, after);
}
