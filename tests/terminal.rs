//! What only happens at a terminal: commands that ask, driven through a real one.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![cfg(unix)]

mod support;

use rexpect::session::{PtySession, spawn_command};

use support::Sandbox;

/// Longer than any answer should take, even unoptimised and on a busy machine.
const PATIENCE: u64 = 120_000;
const KEYS: &str = "[a]ccept [i]gnore [f]ix [s]kip [b]ack [q]uit [?] ";

/// A program at a terminal of its own, and all it has shown so far.
struct Terminal {
    session: PtySession,
    shown: String,
}

impl Terminal {
    fn new(sandbox: &Sandbox, args: &[&str]) -> Terminal {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_hushlint"));
        command.args(args);
        Terminal {
            session: spawn_command(command, Some(PATIENCE)).unwrap(),
            shown: String::new(),
        }
    }

    /// Waits for `text`; gives what was shown before it.
    fn wait(&mut self, text: &str) -> String {
        let before = self.session.exp_string(text).unwrap();
        self.shown.push_str(&before);
        self.shown.push_str(text);
        before.replace('\r', "")
    }

    /// Waits to be asked, gives what was shown before, and presses `keys`.
    fn answer(&mut self, question: &str, keys: &str) -> String {
        let before = self.wait(question);
        self.press(keys);
        before
    }

    fn press(&mut self, keys: &str) {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
    }

    /// What is shown to the end, and the exit code. No secret and nothing that
    /// a terminal obeys was ever on it.
    fn end(mut self) -> (String, i32) {
        let rest = self.session.exp_eof().unwrap();
        self.shown.push_str(&rest);
        // Of a type that the crate does not name: `Exited(Pid(7), 0)`.
        let status = format!("{:?}", self.session.process().wait().unwrap());
        let code = status
            .strip_prefix("Exited(")
            .and_then(|s| s.strip_suffix(')'));
        let code = code.and_then(|s| s.rsplit(' ').next()?.parse().ok());
        let code: i32 = code.unwrap_or_else(|| panic!("{status}: {}", self.shown));
        assert!(!self.shown.contains(&secret()), "{}", self.shown);
        let is_obeyed = |c: char| c.is_control() && !"\r\n\u{8}".contains(c);
        assert!(!self.shown.contains(is_obeyed), "{:?}", self.shown);
        (rest.replace('\r', ""), code)
    }
}

/// A key of no one, put together here so that none lies in this repository.
fn secret() -> String {
    "ak_¦Zq8w¦Er5t¦Yu2i¦Op9a¦Sd3f".replace('¦', "")
}

fn repository(files: &[(&str, String)]) -> Sandbox {
    let sandbox = Sandbox::new();
    assert!(
        sandbox
            .command("git")
            .args(["init", "-q"])
            .status()
            .unwrap()
            .success()
    );
    for (name, text) in files {
        let file = sandbox.tree().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    sandbox
}

fn read(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.tree().join(name)).unwrap()
}

fn status_of_check(sandbox: &Sandbox) -> Option<i32> {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hushlint"));
    command.args(["check", "."]).output().unwrap().status.code()
}

const CALL: &str = "fetch(\"http://api.payments-hub.com/v1/x\");\n";

#[test]
fn each_finding_is_decided_by_a_key() {
    let secret = secret();
    let sandbox = repository(&[
        ("a.py", format!("old = \"{secret}\"\nnew = \"{secret}\"\n")),
        ("b.js", format!("{CALL}{CALL}")),
        ("c.json", format!("{{\"api_key\": \"{secret}\"}}\n")),
        ("d.yml", format!("api_key: {secret}\n")),
        (".gitignore", ".env\n".to_owned()),
    ]);
    let mut terminal = Terminal::new(&sandbox, &["baseline", "review"]);
    let first = terminal.answer(KEYS, "s");
    assert_eq!(
        first,
        "\n1 of 6\n\
         error[ak-key]: hard-coded `ak_` application key\n \
         --> a.py:1:8\n  \
         |\n\
         1 | old = \"ak_****************\"\n  \
         |        ^^^^^^^^^^^^^^^^^^^\n  \
         |\n  \
         = note: a.py:2:8: the same secret: one to rotate, each place to clean\n  \
         = note: c.json:1:14: the same secret: one to rotate, each place to clean\n  \
         = note: d.yml:1:10: the same secret: one to rotate, each place to clean\n  \
         = help: If it was ever committed or pushed, rotate first. Deleting the line, or rewriting history,\n          \
         does not take back what was read.\n\
         ak-key: hard-coded `ak_` application key\n\
         fix: read the key from `API_KEY` (unsafe)\n"
    );
    // The second one of two that are alike.
    assert!(terminal.answer(KEYS, "b").contains("2 of 6"));
    assert!(terminal.answer(KEYS, "f").contains("1 of 6"));
    let patch = terminal.answer("write this? [y/N] ", "n");
    assert!(
        patch.contains("+old = os.environ[\"API_KEY\"]\n"),
        "{patch}"
    );
    assert!(
        patch.contains("-old = \"ak_****************\"\n"),
        "{patch}"
    );
    assert!(!sandbox.tree().join(".env.example").exists());
    terminal.answer(KEYS, "f");
    terminal.answer("write this? [y/N] ", "y");
    // An import has moved it down.
    let second = terminal.answer(KEYS, "i");
    assert!(
        second.contains("1 of 5") && second.contains("a.py:4:8"),
        "{second}"
    );
    let line = terminal.answer("why? ", "revoked in May\n");
    assert_eq!(line, "ignore\n");
    assert!(terminal.answer(KEYS, "f").contains("b.js:1:8"));
    terminal.answer("write this? [y/N] ", "y");
    assert!(terminal.answer(KEYS, "a").contains("b.js:2:8"));
    // The reason before is offered.
    terminal.answer(
        "why? [Enter: revoked in May] ",
        "HTTPS comes\x7f\x7f in June\n",
    );
    assert!(terminal.answer(KEYS, "i").contains("c.json:1:14"));
    terminal.answer("June] ", "\n");
    let refused = terminal.answer(KEYS, "\x1b");
    assert!(
        refused.contains("not ignored: JSON has no comments; accept it instead\n"),
        "{refused}"
    );
    let (rest, code) = terminal.end();
    assert!(
        rest.ends_with("\n1 accepted, 1 ignored, 2 fixed; 2 left\n"),
        "{rest}"
    );
    assert_eq!(code, 0);
    assert_eq!(
        read(&sandbox, "a.py"),
        format!(
            "import os\n\nold = os.environ[\"API_KEY\"]\nnew = \"{secret}\"  # hushlint: ignore[ak-key] -- revoked in May\n"
        )
    );
    assert_eq!(
        read(&sandbox, "b.js"),
        format!("{}{CALL}", CALL.replace("http:", "https:"))
    );
    let baseline = read(&sandbox, ".hushlint-baseline");
    let lines: Vec<&str> = baseline.lines().skip(2).collect();
    assert_eq!(lines.len(), 1, "{baseline}");
    assert!(lines[0].starts_with("plain-http-api b.js "), "{baseline}");
    assert!(lines[0].ends_with(" -- HTTPS com in June"), "{baseline}");
    assert_eq!(status_of_check(&sandbox), Some(1));
}

#[test]
fn nothing_is_written_before_it_is_asked_for() {
    let secret = secret();
    let text = format!("a = \"{secret}\"\n");
    let sandbox = repository(&[("a.py", text.clone()), (".env", "A=1\n".to_owned())]);
    for (keys, end) in [
        ("q", 2),
        ("ssb\x1b", 2),
        ("\x1b[A\x1b[B\u{4}", 2),
        ("a\x1bi\x04s s", 2),
        ("i\nq", 2),
    ] {
        let mut terminal = Terminal::new(&sandbox, &["baseline", "review"]);
        terminal.answer(KEYS, keys);
        let (rest, code) = terminal.end();
        let left = format!("0 accepted, 0 ignored, 0 fixed; {end} left\n");
        assert!(rest.ends_with(&left), "{keys:?}: {rest}");
        assert_eq!(code, 0, "{keys:?}");
    }
    assert_eq!(read(&sandbox, "a.py"), text);
    let names = std::fs::read_dir(sandbox.tree()).unwrap().count();
    assert_eq!(names, 3, "something was written");
}

#[test]
fn what_changes_meanwhile_is_scanned_again() {
    let sandbox = repository(&[("b.js", format!("{CALL}{CALL}"))]);
    let mut terminal = Terminal::new(&sandbox, &["baseline", "review"]);
    let file = sandbox.tree().join("b.js");
    terminal.wait("1 of 2");
    terminal.wait(KEYS);
    let theirs = format!("// theirs\n{CALL}{CALL}");
    std::fs::write(&file, &theirs).unwrap();
    terminal.press("f");
    let again = terminal.answer(KEYS, "f");
    assert!(
        again.contains("b.js: not changed: it is not what was scanned any more"),
        "{again}"
    );
    assert!(
        again.contains("1 of 2") && again.contains("b.js:2:8"),
        "{again}"
    );
    assert_eq!(read(&sandbox, "b.js"), theirs);
    terminal.answer("write this? [y/N] ", "y");
    terminal.wait("1 of 1");
    terminal.wait(KEYS);
    let mut write = sandbox.command(env!("CARGO_BIN_EXE_hushlint"));
    assert!(
        write
            .args(["baseline", "write", "--reason", "theirs"])
            .status()
            .unwrap()
            .success()
    );
    terminal.press("a");
    terminal.answer("why? ", "ours\n");
    let (rest, code) = terminal.end();
    assert!(
        rest.contains("not accepted: the baseline has changed meanwhile"),
        "{rest}"
    );
    assert!(
        rest.ends_with("0 accepted, 0 ignored, 1 fixed; 0 left\n"),
        "{rest}"
    );
    assert_eq!(code, 0);
    assert_eq!(
        read(&sandbox, "b.js"),
        format!("// theirs\n{}{CALL}", CALL.replace("http:", "https:"))
    );
    assert_eq!(status_of_check(&sandbox), Some(0));
}

#[test]
fn what_is_said_about_suppressions_is_only_mended() {
    let sandbox = repository(&[
        (
            "a.py",
            "x = 1  # hushlint: ignore[ak-key] -- gone\n".to_owned(),
        ),
        (".env", "A=1\n".to_owned()),
        (".gitignore", "dist/\n".to_owned()),
    ]);
    let mut terminal = Terminal::new(&sandbox, &["baseline", "review"]);
    assert!(terminal.answer(KEYS, "f").contains("dotenv-not-ignored"));
    assert!(
        terminal
            .answer("write this? [y/N] ", "y")
            .contains("+.env\n")
    );
    assert!(terminal.answer(KEYS, "a").contains("unused-suppression"));
    assert!(
        terminal
            .answer(KEYS, "i")
            .contains("not accepted, but mended")
    );
    assert!(
        terminal
            .answer(KEYS, "?")
            .contains("not suppressed, but mended")
    );
    assert!(terminal.answer(KEYS, "x").contains("q  quit"));
    assert!(terminal.answer(KEYS, "f").contains("no such key"));
    terminal.answer("write this? [y/N] ", "y");
    let (rest, code) = terminal.end();
    assert!(
        rest.ends_with("0 accepted, 0 ignored, 2 fixed; 0 left\n"),
        "{rest}"
    );
    assert_eq!(code, 0);
    assert_eq!(read(&sandbox, "a.py"), "x = 1\n");
    assert_eq!(status_of_check(&sandbox), Some(0));
}

#[test]
fn names_and_words_that_a_terminal_would_obey_are_shown_harmless() {
    let sandbox = repository(&[(
        "a\u{1b}[2J.py",
        format!("a = \"{}\" # \u{1b}]0;x\u{7}\u{202e}\n", secret()),
    )]);
    let mut terminal = Terminal::new(&sandbox, &["baseline", "review"]);
    terminal.answer(KEYS, "f");
    terminal.answer("write this? [y/N] ", "n");
    terminal.answer(KEYS, "a");
    terminal.answer("why? ", "a\u{1b}[Cb\u{9}\u{202e}c\n");
    let (rest, code) = terminal.end();
    assert!(rest.contains("accepted in .hushlint-baseline\n"), "{rest}");
    assert_eq!(code, 0);
    assert!(read(&sandbox, ".hushlint-baseline").ends_with(" -- abc\n"));
}

#[test]
fn without_a_terminal_there_is_no_walk() {
    let sandbox = repository(&[("b.js", CALL.to_owned())]);
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_hushlint"));
    let done = command.args(["baseline", "review"]).output().unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(done.stdout, b"");
    assert_eq!(
        String::from_utf8(done.stderr).unwrap(),
        "error: baseline review: it asks at a terminal, and this is none; `hushlint baseline write` accepts all at once\n"
    );
}

#[test]
fn init_asks_for_each_file() {
    let sandbox = repository(&[("b.js", CALL.to_owned())]);
    let args = ["init", "--ci", "github", "--baseline"];
    let mut terminal = Terminal::new(&sandbox, &args);
    let shown = terminal.answer("write .hushlint.toml? [y/N] ", "y\n");
    assert!(
        shown.starts_with(".hushlint.toml:\n  # What hushlint does"),
        "{shown}"
    );
    terminal.answer("write .pre-commit-config.yaml? [y/N] ", "\n");
    let shown = terminal.answer("write .github/workflows/hushlint.yml? [y/N] ", "n\n");
    assert!(!shown.contains("written"), "{shown}");
    let shown = terminal.answer("write .hushlint-baseline? [y/N] ", "YES\n");
    assert!(shown.contains("  plain-http-api b.js "), "{shown}");
    let (rest, code) = terminal.end();
    assert_eq!((rest.as_str(), code), (".hushlint-baseline: written\n", 0));
    let names = std::fs::read_dir(sandbox.tree()).unwrap();
    let mut names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(
        names,
        [".git", ".hushlint-baseline", ".hushlint.toml", "b.js"]
    );
    assert_eq!(status_of_check(&sandbox), Some(0));
    // What is there is not asked about.
    let mut terminal = Terminal::new(&sandbox, &["init", "--baseline"]);
    let shown = terminal.answer("write .pre-commit-config.yaml? [y/N] ", "\u{4}");
    assert!(
        shown.starts_with(".hushlint.toml: is there, and stays as it is."),
        "{shown}"
    );
    let (rest, code) = terminal.end();
    assert!(
        rest.contains(".hushlint-baseline: is there, and stays as it is."),
        "{rest}"
    );
    assert_eq!(code, 0);
    assert!(!sandbox.tree().join(".pre-commit-config.yaml").exists());
}
