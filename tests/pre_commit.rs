//! The hooks of `.pre-commit-hooks.yaml`, driven by the real pre-commit and prek.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and says what it skips"
)]
#![cfg(unix)]

mod support;

use std::process::{Command, Output};

use support::Sandbox;

const RUNNERS: [&str; 2] = ["pre-commit", "prek"];

/// A repository with the hook installed, and a `runner` that runs it.
struct Project {
    sandbox: Sandbox,
    runner: &'static str,
}

impl Project {
    /// `None`, with a notice, where the runner is not installed; in CI that is a failure.
    fn new(runner: &'static str) -> Option<Project> {
        let is_there = Command::new(runner).arg("--version").output().is_ok();
        if !is_there {
            assert!(
                std::env::var_os("CI").is_none(),
                "{runner} is not installed"
            );
            eprintln!("skipped: {runner} is not installed");
            return None;
        }
        let project = Project {
            sandbox: Sandbox::new(),
            runner,
        };
        // The hook's own repository holds nothing but its manifest, so nothing is built or fetched.
        let hooks = project.sandbox.top().join("hooks");
        std::fs::create_dir(&hooks).unwrap();
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/.pre-commit-hooks.yaml");
        std::fs::copy(manifest, hooks.join(".pre-commit-hooks.yaml")).unwrap();
        let hooks = hooks.to_str().unwrap();
        project.git(&["-C", hooks, "init", "-q"]);
        project.git(&["-C", hooks, "add", "."]);
        project.git(&["-C", hooks, "commit", "-qm", "hooks"]);
        project.git(&["-C", hooks, "tag", "v1"]);
        let config = format!(
            "repos:\n  - repo: {hooks}\n    rev: v1\n    hooks:\n      - id: hushlint-system\n"
        );
        project.write(".pre-commit-config.yaml", &config);
        project.git(&["init", "-q"]);
        project.passes(&project.run(&["install"]));
        project.passes(&project.run(&["install", "--hook-type", "pre-push"]));
        Some(project)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.sandbox.tree().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Output {
        self.sandbox
            .command(program)
            .args(arguments)
            // Both keep hook environments here, out of the way of the user's own.
            .env("PRE_COMMIT_HOME", self.sandbox.home().join("pre-commit"))
            .env("PREK_HOME", self.sandbox.home().join("prek"))
            .output()
            .unwrap()
    }

    fn git(&self, arguments: &[&str]) {
        self.passes(&self.command("git", arguments));
    }

    fn passes(&self, output: &Output) {
        assert!(output.status.success(), "{}: {}", self.runner, text(output));
    }

    /// The output names `place`, and no key.
    fn blocks(&self, output: &Output, place: &str) {
        let text = text(output);
        assert!(!output.status.success(), "{}: {text}", self.runner);
        assert!(text.contains(place), "{}: {text}", self.runner);
        assert!(!text.contains(&key()), "{}: {text}", self.runner);
    }

    /// Commits all there is, whatever the hook would say.
    fn commit_unseen(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "--no-verify", "-qm", "unseen"]);
    }

    /// A remote without anything.
    fn add_remote(&self) {
        let remote = self.sandbox.top().join("remote");
        let remote = remote.to_str().unwrap();
        self.git(&["init", "-q", "--bare", remote]);
        self.git(&["remote", "add", "origin", remote]);
    }

    fn push(&self, refs: &[&str]) -> Output {
        self.command("git", &[&["push", "-q", "origin"], refs].concat())
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(self.runner, arguments)
    }

    fn commit(&self) -> Output {
        self.git(&["add", "-A"]);
        self.command("git", &["commit", "-m", "a change"])
    }
}

/// A project for each runner that is there.
fn projects() -> impl Iterator<Item = Project> {
    RUNNERS.into_iter().filter_map(Project::new)
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Put together here, so that no key lies in this repository.
fn key() -> String {
    ["ak", "7Fq2Lm9Zx4Tb8Rn1"].join("_")
}

fn leak() -> String {
    format!("client = Client('{}')\n", key())
}

const CLEAN: &str = "one = 1\n";

#[test]
fn a_staged_key_blocks_the_commit() {
    for project in projects() {
        project.write("src/a b.py", &leak());
        project.blocks(&project.commit(), "src/a b.py:1");
    }
}

#[test]
fn a_key_that_a_staged_link_names_blocks_the_commit() {
    for project in projects() {
        project.write("a.py", CLEAN);
        let target = format!("https://h/?key={}", key());
        std::os::unix::fs::symlink(target, project.sandbox.tree().join("link")).unwrap();
        project.blocks(&project.commit(), "link:1");
    }
}

#[test]
fn a_clean_commit_passes() {
    for project in projects() {
        project.write("a.py", "client = Client(os.environ['APP_KEY'])\n");
        project.passes(&project.commit());
    }
}

#[test]
fn a_key_that_is_not_staged_does_not_block() {
    for project in projects() {
        project.write("a.py", CLEAN);
        project.passes(&project.commit());
        project.write("b.py", "two = 2\n");
        project.git(&["add", "b.py"]);
        project.write("a.py", &leak());
        project.passes(&project.command("git", &["commit", "-m", "another"]));
    }
}

#[test]
fn an_old_key_does_not_block_a_change_elsewhere_in_its_file() {
    for project in projects() {
        project.write("a.py", &leak());
        project.commit_unseen();
        project.write("a.py", &(CLEAN.to_owned() + &leak()));
        project.passes(&project.commit());
    }
}

#[test]
fn a_commit_of_all_that_is_tracked_is_judged_as_it_will_be() {
    for project in projects() {
        project.write("a.py", CLEAN);
        project.passes(&project.commit());
        project.write("a.py", &leak());
        project.blocks(
            &project.command("git", &["commit", "-am", "another"]),
            "a.py:1",
        );
    }
}

#[test]
fn a_push_is_judged_by_all_its_commits() {
    for project in projects() {
        project.add_remote();
        project.write("a.py", CLEAN);
        project.passes(&project.commit());
        project.passes(&project.push(&["HEAD:refs/heads/main"]));
        for source in [&leak(), CLEAN] {
            project.write("a.py", source);
            project.commit_unseen();
        }
        project.blocks(&project.push(&["HEAD:refs/heads/main"]), "not in HEAD");
        // A branch that the remote has not yet begins where the others end.
        project.blocks(&project.push(&["HEAD:refs/heads/new"]), "not in HEAD");
        // Taken back for good.
        project.git(&["reset", "-q", "--hard", "HEAD~2"]);
        project.write("b.py", CLEAN);
        project.passes(&project.commit());
        project.passes(&project.push(&["HEAD:refs/heads/new"]));
        project.passes(&project.push(&[":refs/heads/new"]));
    }
}

#[test]
fn a_first_push_is_judged_by_all_its_commits() {
    for project in projects() {
        project.add_remote();
        for source in [&leak(), CLEAN] {
            project.write("a.py", source);
            project.commit_unseen();
        }
        project.blocks(&project.push(&["HEAD:refs/heads/main"]), "not in HEAD");
    }
}

#[test]
fn a_forced_push_is_judged_by_what_the_remote_has_not() {
    for project in projects() {
        project.add_remote();
        project.write("a.py", CLEAN);
        project.passes(&project.commit());
        project.passes(&project.push(&["HEAD:refs/heads/main"]));
        project.git(&["checkout", "-q", "--orphan", "anew"]);
        project.write("a.py", "two = 2\n");
        project.passes(&project.commit());
        project.passes(&project.push(&["-f", "HEAD:refs/heads/main"]));
        project.write("a.py", &leak());
        project.git(&["add", "-A"]);
        project.git(&["commit", "--no-verify", "--amend", "-qm", "amended"]);
        project.blocks(&project.push(&["-f", "HEAD:refs/heads/main"]), "a.py:1");
    }
}

#[test]
fn a_plain_hook_needs_no_runner() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project {
        sandbox: Sandbox::new(),
        runner: "git",
    };
    project.git(&["init", "-q"]);
    project.write(".git/hooks/pre-commit", "#!/bin/sh\nexec hushlint hook\n");
    let hook = project.sandbox.tree().join(".git/hooks/pre-commit");
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    project.write("sub/a.py", CLEAN);
    project.passes(&project.commit());
    project.write("sub/a.py", &leak());
    // Each has an index of its own: the usual one, one for `-a`, one for a path; the last from below.
    for arguments in [
        &["commit", "-am", "all"][..],
        &["commit", "-m", "a path", "sub/a.py"],
        &["-C", "sub", "commit", "-am", "from below"],
    ] {
        project.blocks(&project.command("git", arguments), "sub/a.py:1");
    }
    project.blocks(&project.commit(), "sub/a.py:1");
}

/// A repository and a remote without anything, with git's own pre-push hook.
fn plain_push(hook: &str) -> Project {
    use std::os::unix::fs::PermissionsExt;
    let project = Project {
        sandbox: Sandbox::new(),
        runner: "git",
    };
    project.git(&["init", "-q"]);
    project.add_remote();
    project.write(".git/hooks/pre-push", &format!("#!/bin/sh\n{hook}\n"));
    let file = project.sandbox.tree().join(".git/hooks/pre-push");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
    project
}

#[test]
fn a_plain_push_needs_no_runner() {
    let project = plain_push("exec hushlint hook --pre-push \"$@\"");
    project.write("a.py", CLEAN);
    project.commit_unseen();
    project.passes(&project.push(&["HEAD:refs/heads/main"]));
    project.passes(&project.push(&["HEAD:refs/heads/main"]));
    for source in [&leak(), CLEAN] {
        project.write("a.py", source);
        project.commit_unseen();
    }
    project.blocks(&project.push(&["HEAD:refs/heads/main"]), "not in HEAD");
    project.blocks(&project.push(&["HEAD:refs/heads/new"]), "not in HEAD");
    // Several at once, the harmless one first.
    let both = ["HEAD~2:refs/heads/a", "HEAD:refs/heads/b"];
    project.blocks(&project.push(&both), "not in HEAD");
    project.git(&["reset", "-q", "--hard", "HEAD~2"]);
    project.write("b.py", CLEAN);
    project.commit_unseen();
    project.passes(&project.push(&["HEAD:refs/heads/main", "HEAD:refs/heads/new"]));
    project.write("a.py", &leak());
    project.commit_unseen();
    project.passes(&project.push(&[":refs/heads/new"]));
    project.git(&["tag", "-am", "a tag", "v1"]);
    project.blocks(&project.push(&["v1"]), "a.py:1");
}

#[test]
fn what_messages_say_is_pushed() {
    let project = plain_push("exec hushlint hook --pre-push \"$@\"");
    project.write("a.py", CLEAN);
    project.commit_unseen();
    project.passes(&project.push(&["HEAD:refs/heads/main"]));
    project.git(&["tag", "-am", &format!("with {}", key()), "v1"]);
    project.blocks(&project.push(&["v1"]), "message ");
    project.git(&["tag", "-am", "harmless", "v2"]);
    project.passes(&project.push(&["v2"]));
    project.git(&[
        "commit",
        "-q",
        "--allow-empty",
        "-m",
        &format!("with {}", key()),
    ]);
    project.blocks(&project.push(&["HEAD:refs/heads/main"]), "message ");
}

#[test]
fn what_a_merge_brings_back_is_pushed_on_any_branch() {
    let project = plain_push("exec hushlint hook --pre-push \"$@\"");
    project.write("a.py", &leak());
    project.commit_unseen();
    project.git(&["branch", "old"]);
    project.write("a.py", CLEAN);
    project.commit_unseen();
    project.git(&[
        "push",
        "-q",
        "--no-verify",
        "origin",
        "HEAD:refs/heads/main",
    ]);
    project.git(&["checkout", "-q", "old"]);
    project.git(&["merge", "-q", "-s", "ours", "-m", "merge", "-"]);
    project.blocks(&project.push(&["old"]), "a.py:1");
    project.git(&["checkout", "-q", "-b", "new", "-"]);
    project.write("b.py", CLEAN);
    project.commit_unseen();
    project.passes(&project.push(&["new"]));
    project.write("c.py", CLEAN);
    project.commit_unseen();
    project.blocks(&project.push(&["new", "old"]), "a.py:1");
}

#[test]
fn a_plain_push_is_not_judged_by_the_index() {
    for (hook, word) in [
        ("exec hushlint hook", "--pre-push"),
        ("exec hushlint hook \"$@\"", "--pre-push"),
        ("exec hushlint hook --pre-push", "name and the URL"),
        ("exec hushlint hook --pre-push \"$@\" </dev/null", "a.py:1"),
    ] {
        let project = plain_push(hook);
        project.write("a.py", &leak());
        project.commit_unseen();
        project.blocks(&project.push(&["HEAD:refs/heads/main"]), word);
    }
}

#[test]
fn all_files_scans_everything() {
    for project in projects() {
        project.write("old/a.py", &leak());
        project.commit_unseen();
        project.write("new.py", CLEAN);
        project.git(&["add", "-A"]);
        project.blocks(&project.run(&["run", "--all-files"]), "old/a.py:1");
    }
}

#[test]
fn a_hook_runs_on_text_the_runner_takes_for_binary() {
    for project in projects() {
        let wide: Vec<u8> = format!("KEY={}\n", key())
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(project.sandbox.tree().join("settings.u16"), wide).unwrap();
        project.blocks(&project.commit(), "settings.u16:1");
    }
}
