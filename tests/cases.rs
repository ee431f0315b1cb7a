//! Runs every `tests/cases/*.txt` against the program. One file is one case:
//!
//! ```text
//! # What the case shows, in a sentence.
//! $ git init -q
//! $ hushlint check .
//! -- src/a.py --
//! key = "ak_¦..."
//! -- stdout --
//! -- stderr --
//! -- status --
//! 0
//! ```
//!
//! * The files are written first, then `sh` runs the `$` lines in their folder.
//!   The last one is what is tested; those before it must succeed.
//! * `¦` is removed everywhere: no real-looking key lies in this repository.
//! * A file's name may hold `\n`, `\\`, `\xHH`. Words in brackets behind it say
//!   how it is stored: `utf-16le`, `utf-16be`, `bom`, `crlf`, `no-newline`,
//!   `escaped` (the text holds escapes as well), `socket`.
//! * What is not there is empty, the status 0. In expectations `[VERSION]` and
//!   `[ROOT]` (the tree) stand for themselves, `[TIME]` for a duration, `[..]`
//!   for anything on a line, and a line `...` for any lines.
//! * `$UNPRIVILEGED` before a command runs it as somebody whom permissions bind.
//!
//! A `hushlint check` is repeated with 1, 2 and 8 threads and must say the same.
//! `HUSHLINT_BLESS=1` rewrites what differs, `HUSHLINT_CASE=word` runs the cases
//! with that word in their names.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on panics, and says what it skips"
)]
#![cfg(unix)]

mod support;

use std::fmt::Write as _;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use support::Sandbox;

const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Longer than any case should take, even unoptimised and on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let wanted = std::env::var("HUSHLINT_CASE").unwrap_or_default();
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .filter(|path| path.to_string_lossy().contains(&wanted))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no case has {wanted:?} in its name");
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(failure) = run(file) {
                        failures
                            .lock()
                            .unwrap()
                            .push((file.file_name().unwrap().to_owned(), failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let mut text = String::new();
    for (name, failure) in &failures {
        writeln!(text, "\n=== {} ===\n{failure}", name.display()).unwrap();
    }
    assert!(
        failures.is_empty(),
        "{text}\n{} of {} cases failed",
        failures.len(),
        files.len()
    );
}

/// A case file as written; `¦` is still in it.
#[derive(Default)]
struct Case {
    /// Comment and commands.
    head: String,
    /// Header and text.
    files: Vec<(String, String)>,
    stdout: String,
    stderr: String,
    status: String,
}

#[derive(Clone, PartialEq, Eq)]
struct Outcome {
    stdout: String,
    stderr: String,
    status: String,
}

fn run(file: &Path) -> Result<(), String> {
    let source = std::fs::read_to_string(file).unwrap();
    let case = Case::parse(&source);
    let commands: Vec<String> = case
        .head
        .lines()
        .filter_map(|line| line.strip_prefix("$ "))
        .map(|line| line.replace('¦', ""))
        .collect();
    let (tested, setup) = commands.split_last().ok_or("a case has a `$` line")?;
    if commands.iter().any(|c| c.contains("$UNPRIVILEGED")) && unprivileged().is_none() {
        let notice = "skipped: root, and no setpriv to step down with";
        if std::env::var_os("CI").is_some() {
            return Err(notice.to_owned());
        }
        eprintln!("{}: {notice}", file.display());
        return Ok(());
    }
    let sandbox = Sandbox::new();
    // Held open until the end of the case.
    let mut sockets = Vec::new();
    for (header, text) in &case.files {
        sockets.extend(plant(&sandbox, header, text)?);
    }
    for command in setup {
        let outcome = shell(&sandbox, command)?;
        if outcome.status != "0" {
            return Err(format!("$ {command}\n{}{}", outcome.stdout, outcome.stderr));
        }
    }
    let outcome = shell(&sandbox, tested)?;
    let is_refused = outcome.stderr.contains("\nUsage: ");
    if tested.contains("hushlint check ") && !tested.contains("--threads") && !is_refused {
        for threads in ["1", "2", "8"] {
            let with = format!("hushlint check --threads {threads} ");
            let other = shell(&sandbox, &tested.replacen("hushlint check ", &with, 1))?;
            let (one, other) = (outcome.settled(), other.settled());
            if one != other {
                return Err(format!(
                    "--threads {threads} says something else:\n{}",
                    diff(&one.joined(), &other.joined(), |a, b| a == b)
                ));
            }
        }
    }
    compare(file, &case, &sandbox, &outcome)
}

impl Case {
    fn parse(source: &str) -> Case {
        let mut case = Case::default();
        let mut header = None;
        let mut text = String::new();
        let mut keep = |header: Option<String>, text: String| match header.as_deref() {
            None => case.head = text,
            Some("stdout") => case.stdout = text,
            Some("stderr") => case.stderr = text,
            Some("status") => case.status = text,
            Some(other) => case.files.push((other.to_owned(), text)),
        };
        for line in source.lines() {
            let name = line
                .strip_prefix("-- ")
                .and_then(|rest| rest.strip_suffix(" --"));
            match name {
                Some(name) => {
                    keep(header.replace(name.to_owned()), std::mem::take(&mut text));
                }
                None => {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
        keep(header, text);
        if case.status.is_empty() {
            case.status = "0\n".to_owned();
        }
        case
    }
}

impl Outcome {
    /// Without what differs from run to run.
    fn settled(&self) -> Outcome {
        Outcome {
            stdout: without_times(&self.stdout),
            ..self.clone()
        }
    }

    fn joined(&self) -> String {
        format!(
            "-- stdout --\n{}-- stderr --\n{}-- status --\n{}\n",
            self.stdout, self.stderr, self.status
        )
    }
}

/// Writes one file of a case; a socket lives as long as its listener.
fn plant(sandbox: &Sandbox, header: &str, text: &str) -> Result<Option<UnixListener>, String> {
    let (name, traits) = match header.strip_suffix(')').and_then(|h| h.rsplit_once(" (")) {
        Some((name, traits)) => (name, traits.split(' ').collect()),
        None => (header, Vec::new()),
    };
    let name = std::ffi::OsString::from_vec(unescape(&name.replace('¦', "")));
    let path = sandbox.tree().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut bytes = text.replace('¦', "").into_bytes();
    let mut bom = false;
    let mut utf16: Option<fn(u16) -> [u8; 2]> = None;
    for word in traits {
        match word {
            "socket" => return Ok(Some(UnixListener::bind(path).unwrap())),
            "no-newline" => {
                bytes.pop();
            }
            "crlf" => {
                bytes = String::from_utf8(bytes)
                    .unwrap()
                    .replace('\n', "\r\n")
                    .into()
            }
            "escaped" => bytes = unescape(&String::from_utf8(bytes).unwrap()),
            "bom" => bom = true,
            "utf-16le" => utf16 = Some(u16::to_le_bytes),
            "utf-16be" => utf16 = Some(u16::to_be_bytes),
            other => return Err(format!("-- {header} --: nothing known of `{other}`")),
        }
    }
    if bom {
        bytes.splice(0..0, *b"\xEF\xBB\xBF");
    }
    if let Some(encode) = utf16 {
        let text = String::from_utf8(bytes).unwrap();
        bytes = text.encode_utf16().flat_map(encode).collect();
    }
    std::fs::write(path, bytes).map_err(|e| format!("-- {header} --: {e}"))?;
    Ok(None)
}

/// `\n`, `\r`, `\t`, `\\`, `\xHH` as the bytes they stand for.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next() {
            Some(b'n') => b'\n',
            Some(b'r') => b'\r',
            Some(b't') => b'\t',
            Some(b'x') => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            Some(other) => other,
            None => b'\\',
        });
    }
    bytes
}

/// What to put before a command so that permissions bind it; `None` where that cannot be done.
fn unprivileged() -> Option<&'static str> {
    let output = |program: &str, argument: &str| {
        Command::new(program)
            .arg(argument)
            .output()
            .ok()
            .filter(|o| o.status.success())
            .map(|o| o.stdout)
    };
    if output("id", "-u")? != b"0\n" {
        return Some("");
    }
    output("setpriv", "--version").map(|_| "setpriv --reuid=65534 --regid=65534 --clear-groups")
}

fn shell(sandbox: &Sandbox, script: &str) -> Result<Outcome, String> {
    let mut command = sandbox.command("sh");
    if script.contains("$UNPRIVILEGED") {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(sandbox.top(), open).unwrap();
        command.env("UNPRIVILEGED", unprivileged().unwrap_or_default());
    }
    let mut child = command
        .args(["-c", script])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .expect("there is a shell");
    let mut pipes: (Box<dyn Read + Send>, Box<dyn Read + Send>) = (
        Box::new(child.stdout.take().unwrap()),
        Box::new(child.stderr.take().unwrap()),
    );
    let (stdout, stderr, status) = std::thread::scope(|scope| {
        let stdout = scope.spawn(|| read_all(&mut pipes.0));
        let stderr = scope.spawn(|| read_all(&mut pipes.1));
        let started = Instant::now();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if started.elapsed() > PATIENCE => {
                    let group = format!("-{}", child.id());
                    // The shell's children hold the pipes open.
                    let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
                    let _ = child.wait();
                    break None;
                }
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        };
        (stdout.join().unwrap(), stderr.join().unwrap(), status)
    });
    let status = status.ok_or_else(|| format!("$ {script}\nhangs: no end after {PATIENCE:?}"))?;
    Ok(Outcome {
        stdout,
        stderr,
        status: status
            .code()
            .map_or_else(|| status.to_string(), |code| code.to_string()),
    })
}

fn read_all(pipe: &mut dyn Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn compare(file: &Path, case: &Case, sandbox: &Sandbox, outcome: &Outcome) -> Result<(), String> {
    let root = sandbox.tree().display().to_string();
    let expand = |text: &str| {
        text.replace('¦', "")
            .replace("[VERSION]", VERSION)
            .replace("[ROOT]", &root)
    };
    let status = format!("{}\n", outcome.status);
    let parts = [
        ("stdout", &case.stdout, &outcome.stdout),
        ("stderr", &case.stderr, &outcome.stderr),
        ("status", &case.status, &status),
    ];
    let differing: Vec<_> = parts
        .iter()
        .map(|&(name, wanted, got)| (name, expand(wanted), got))
        .filter(|(_, wanted, got)| !matches(&lines(wanted), &lines(got)))
        .collect();
    if differing.is_empty() {
        return Ok(());
    }
    if std::env::var_os("HUSHLINT_BLESS").is_some_and(|v| v == "1") {
        bless(file, case, &root, &parts, &expand);
        return Ok(());
    }
    let mut text = case.head.clone();
    for (name, wanted, got) in differing {
        writeln!(text, "-- {name} (- expected, + got) --").unwrap();
        text.push_str(&diff(&wanted, got, line_matches));
    }
    Err(text)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

fn matches(wanted: &[&str], got: &[&str]) -> bool {
    match wanted.split_first() {
        None => got.is_empty(),
        Some((&"...", rest)) => (0..=got.len()).any(|skip| matches(rest, &got[skip..])),
        Some((line, rest)) => got
            .split_first()
            .is_some_and(|(first, more)| line_matches(line, first) && matches(rest, more)),
    }
}

fn line_matches(wanted: &str, got: &str) -> bool {
    let wanted = wanted.replace("[TIME]", "[..]");
    let mut parts = wanted.split("[..]");
    let first = parts.next().expect("a split has one part");
    let Some(mut rest) = got.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Durations (`0.01 s`, `12 ms`) as `[TIME]`.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    for (index, word) in text.split(' ').enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(word);
        let unit = ["s", "ms", "µs", "min"].iter().find(|u| {
            word.strip_prefix(**u)
                .is_some_and(|r| r.is_empty() || !r.starts_with(char::is_alphanumeric))
        });
        if let Some(unit) = unit {
            let before = out.len() - word.len() - 1;
            let number = out[..before].rfind(' ').map_or(0, |i| i + 1);
            let digits = out[number..before].trim_start_matches(|c: char| !c.is_ascii_digit());
            let is_number =
                !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            if is_number {
                let tail = word[unit.len()..].to_owned();
                out.truncate(before - digits.len());
                out.push_str("[TIME]");
                out.push_str(&tail);
            }
        }
    }
    out
}

/// The lines of both texts, those of only one marked.
fn diff(wanted: &str, got: &str, same: impl Fn(&str, &str) -> bool) -> String {
    let (a, b) = (lines(wanted), lines(got));
    let mut common = vec![vec![0u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if same(a[i], b[j]) {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut text = String::new();
    while i < a.len() || j < b.len() {
        let (mark, line) = if i < a.len() && j < b.len() && same(a[i], b[j]) {
            (i, j) = (i + 1, j + 1);
            (' ', b[j - 1])
        } else if j >= b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', a[i - 1])
        } else {
            j += 1;
            ('+', b[j - 1])
        };
        writeln!(text, "{mark}{line}").unwrap();
    }
    text
}

/// Rewrites the expectations that differ; the others keep their placeholders.
fn bless(
    file: &Path,
    case: &Case,
    root: &str,
    parts: &[(&str, &String, &String)],
    expand: &dyn Fn(&str) -> String,
) {
    let mut text = case.head.clone();
    for (header, content) in &case.files {
        write!(text, "-- {header} --\n{content}").unwrap();
    }
    let secrets = marked_words(&text);
    for (name, wanted, got) in parts {
        let expected = if matches(&lines(&expand(wanted)), &lines(got)) {
            (*wanted).clone()
        } else {
            let mut got = without_times(got)
                .replace(root, "[ROOT]")
                .replace(&format!("hushlint {VERSION}"), "hushlint [VERSION]")
                .replace(
                    &format!("ersion\": \"{VERSION}\""),
                    "ersion\": \"[VERSION]\"",
                );
            for secret in &secrets {
                got = got.replace(&secret.replace('¦', ""), secret);
            }
            if !got.is_empty() && !got.ends_with('\n') {
                got.push('\n');
            }
            got
        };
        if !expected.is_empty() {
            write!(text, "-- {name} --\n{expected}").unwrap();
        }
    }
    std::fs::write(file, text).unwrap();
}

/// The words that hold a `¦`, so that a blessed secret gets it back.
fn marked_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || "¦_-".contains(c)))
        .filter(|word| word.contains('¦') && word.len() > '¦'.len_utf8())
        .map(str::to_owned)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.dedup();
    words
}

#[test]
fn placeholders_match_what_they_stand_for() {
    for (wanted, got, expected) in [
        ("a [..] c", "a bb c", true),
        ("a [..] c", "a bb d", false),
        ("in [TIME]", "in 0.01 s", true),
        ("[..]x[..]", "abxcd", true),
        ("[..]x[..]", "abcd", false),
        ("aa[..]aa", "aaa", false),
    ] {
        assert_eq!(line_matches(wanted, got), expected, "{wanted} / {got}");
    }
    assert!(matches(&["a", "...", "d"], &["a", "b", "c", "d"]));
    assert!(!matches(&["a", "..."], &["b"]));
    assert_eq!(
        without_times("2 files, 3.4 KB in 0.01 s (12 ms)\n3 s"),
        "2 files, 3.4 KB in [TIME] ([TIME])\n[TIME]"
    );
}
