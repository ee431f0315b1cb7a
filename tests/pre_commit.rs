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
        project.succeed(&["install"]);
        project.succeed(&["install", "--hook-type", "pre-push"]);
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
        let output = self.command("git", arguments);
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            text(&output)
        );
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(self.runner, arguments)
    }

    fn succeed(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        let runner = self.runner;
        assert!(
            output.status.success(),
            "{runner} {arguments:?}: {}",
            text(&output)
        );
    }

    fn commit(&self) -> Output {
        self.git(&["add", "-A"]);
        self.command("git", &["commit", "-m", "a change"])
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Put together here, so that no key lies in this repository.
fn key() -> String {
    ["ak", "7Fq2Lm9Zx4Tb8Rn1"].join("_")
}

#[test]
fn a_staged_key_blocks_the_commit() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("src/a b.py", &format!("client = Client('{}')\n", key()));
        let output = project.commit();
        let text = text(&output);
        assert!(!output.status.success(), "{}: {text}", project.runner);
        assert!(text.contains("ak-key"), "{}: {text}", project.runner);
        assert!(text.contains("src/a b.py:1"), "{}: {text}", project.runner);
        assert!(!text.contains(&key()), "{}: {text}", project.runner);
    }
}

#[test]
fn a_clean_commit_passes() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("a.py", "client = Client(os.environ['APP_KEY'])\n");
        let output = project.commit();
        assert!(
            output.status.success(),
            "{}: {}",
            project.runner,
            text(&output)
        );
    }
}

#[test]
fn a_key_that_is_not_staged_does_not_block() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("a.py", "one = 1\n");
        assert!(project.commit().status.success());
        project.write("b.py", "two = 2\n");
        project.git(&["add", "b.py"]);
        project.write("a.py", &format!("client = Client('{}')\n", key()));
        let output = project.command("git", &["commit", "-m", "another"]);
        assert!(
            output.status.success(),
            "{}: {}",
            project.runner,
            text(&output)
        );
    }
}

#[test]
fn an_old_key_does_not_block_a_change_elsewhere_in_its_file() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("a.py", &format!("client = Client('{}')\n", key()));
        project.git(&["add", "-A"]);
        project.git(&["commit", "--no-verify", "-qm", "before the hook"]);
        project.write("a.py", &format!("one = 1\nclient = Client('{}')\n", key()));
        let output = project.commit();
        assert!(
            output.status.success(),
            "{}: {}",
            project.runner,
            text(&output)
        );
    }
}

#[test]
fn a_commit_of_all_that_is_tracked_is_judged_as_it_will_be() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("a.py", "one = 1\n");
        assert!(project.commit().status.success());
        project.write("a.py", &format!("client = Client('{}')\n", key()));
        let output = project.command("git", &["commit", "-am", "another"]);
        let text = text(&output);
        assert!(!output.status.success(), "{}: {text}", project.runner);
        assert!(text.contains("a.py:1"), "{}: {text}", project.runner);
    }
}

#[test]
fn a_push_is_judged_by_all_its_commits() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        let remote = project.sandbox.top().join("remote");
        let remote = remote.to_str().unwrap();
        project.git(&["init", "-q", "--bare", remote]);
        project.git(&["remote", "add", "origin", remote]);
        project.write("a.py", "one = 1\n");
        assert!(project.commit().status.success());
        let push = || project.command("git", &["push", "-q", "origin", "HEAD:refs/heads/main"]);
        let output = push();
        assert!(output.status.success(), "{}", text(&output));
        for source in [
            format!("client = Client('{}')\n", key()),
            "one = 1\n".into(),
        ] {
            project.write("a.py", &source);
            project.git(&["commit", "--no-verify", "-qam", "there and back"]);
        }
        let output = push();
        let text = text(&output);
        assert!(!output.status.success(), "{}: {text}", project.runner);
        assert!(text.contains("not in HEAD"), "{}: {text}", project.runner);
        assert!(!text.contains(&key()), "{}: {text}", project.runner);
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
    project.write("sub/a.py", "one = 1\n");
    let first = project.commit();
    assert!(first.status.success(), "{}", text(&first));
    project.write("sub/a.py", &format!("client = Client('{}')\n", key()));
    // Each has an index of its own: the usual one, one for `-a`, one for a path; the last from below.
    for arguments in [
        &["commit", "-am", "all"][..],
        &["commit", "-m", "a path", "sub/a.py"],
        &["-C", "sub", "commit", "-am", "from below"],
    ] {
        let output = project.command("git", arguments);
        let text = text(&output);
        assert!(!output.status.success(), "{arguments:?}: {text}");
        assert!(text.contains("sub/a.py:1"), "{arguments:?}: {text}");
    }
    let staged = project.commit();
    assert!(!staged.status.success(), "{}", text(&staged));
}

#[test]
fn all_files_scans_everything() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        project.write("old/a.py", &format!("client = Client('{}')\n", key()));
        project.git(&["add", "-A"]);
        project.git(&["commit", "--no-verify", "-qm", "before the hook"]);
        project.write("new.py", "one = 1\n");
        project.git(&["add", "-A"]);
        let output = project.run(&["run", "--all-files"]);
        let text = text(&output);
        assert!(!output.status.success(), "{}: {text}", project.runner);
        assert!(text.contains("old/a.py:1"), "{}: {text}", project.runner);
    }
}

#[test]
fn a_hook_runs_on_text_the_runner_takes_for_binary() {
    for project in RUNNERS.into_iter().filter_map(Project::new) {
        let wide: Vec<u8> = format!("KEY={}\n", key())
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        std::fs::write(project.sandbox.tree().join("settings.u16"), wide).unwrap();
        let output = project.commit();
        assert!(
            !output.status.success(),
            "{}: {}",
            project.runner,
            text(&output)
        );
    }
}
