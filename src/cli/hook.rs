//! `hushlint hook`: what pre-commit and its like run, and git itself.

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use crate::source::Source;
use crate::source::hook::Hook;
use crate::source::index::Choice;
use crate::source::range::Range;

use super::Exit;
use super::args::HookArgs;
use super::fixing::Fixing;
use super::reporting::Reporting;

pub(super) fn run(args: &HookArgs) -> Result<Exit, String> {
    let fixing = Fixing::of_hook(args)?;
    let reporting = Reporting::new(&args.report)?;
    let choice = Choice { whole_files: false };
    let push = match args.pre_push {
        true => Some(Push::of_git(&args.files)?),
        false => Push::of_runner()?,
    };
    let source: Box<dyn Source> = match push {
        // The files named are those that differ at the end of the range; what
        // was added and taken back in between is pushed as well.
        Some(push) => Box::new(Range::of_push(&push.from, &push.to, &push.remote, choice)?),
        None if is_told_of_a_push() => {
            return Err("hook: git runs this before a push, of which the index says nothing; the line in `pre-push` is: exec hushlint hook --pre-push \"$@\"".to_owned());
        }
        None => Box::new(Hook::new(&args.files, choice, reporting.threads())?),
    };
    reporting.check(&*source, args.max_file_size, fixing)
}

/// What is to be pushed.
struct Push {
    /// `None` where the remote has nothing that the history goes back to.
    from: Vec<Option<String>>,
    to: Vec<String>,
    remote: String,
}

impl Push {
    /// As pre-commit and prek tell a pre-push hook.
    fn of_runner() -> Result<Option<Push>, String> {
        let set = |name| std::env::var(name).ok().filter(|v| !v.is_empty());
        let remote = set("PRE_COMMIT_REMOTE_NAME");
        let (from, to) = match (set("PRE_COMMIT_FROM_REF"), set("PRE_COMMIT_TO_REF")) {
            (Some(from), Some(to)) => (Some(from), to),
            // Nothing of it was pushed before: they name all files, and the branch.
            (None, to) => match (set("PRE_COMMIT_LOCAL_BRANCH"), to) {
                (Some(branch), _) if remote.is_some() => (None, branch),
                (_, Some(_)) => return Err(half("PRE_COMMIT_TO_REF", "PRE_COMMIT_FROM_REF")),
                (_, None) => return Ok(None),
            },
            (Some(_), None) => return Err(half("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF")),
        };
        Ok(Some(Push {
            from: vec![from],
            to: vec![to],
            remote: remote.unwrap_or_default(),
        }))
    }

    /// As git tells a pre-push hook (githooks(5)).
    fn of_git(arguments: &[PathBuf]) -> Result<Push, String> {
        let [remote, _url] = arguments else {
            return Err("--pre-push: it takes the name and the URL of the remote, as git gives them: hushlint hook --pre-push \"$@\"".to_owned());
        };
        let mut push = Push {
            from: Vec::new(),
            to: Vec::new(),
            remote: remote.to_string_lossy().into_owned(),
        };
        let text = std::io::read_to_string(std::io::stdin())
            .map_err(|e| format!("--pre-push: standard input: {e}"))?;
        for line in text.lines() {
            let Some((to, from)) = pushed(line) else {
                return Err(format!(
                    "--pre-push: standard input: `{line}` is not `LOCAL-REF LOCAL-ID REMOTE-REF REMOTE-ID`, as git has it"
                ));
            };
            let is_nothing = |id: &str| id.bytes().all(|b| b == b'0');
            if !is_nothing(to) {
                push.to.push(to.to_owned());
                push.from.push((!is_nothing(from)).then(|| from.to_owned()));
            }
        }
        if text.trim().is_empty() {
            // Everything is up to date, or whatever runs the hook keeps the lines to itself.
            push.to.push("HEAD".to_owned());
            push.from.push(None);
        }
        Ok(push)
    }
}

fn half(one: &str, other: &str) -> String {
    format!("hook: {one} is set and {other} is not: a push is told by both")
}

/// What a line that git writes to a pre-push hook says is to be there, and what is there.
fn pushed(line: &str) -> Option<(&str, &str)> {
    let is_id = |id: &str| matches!(id.len(), 40 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
    // A ref's name has no blanks, but `HEAD@{2 days ago}` can stand in its place.
    let mut fields = line.rsplitn(4, ' ');
    let (from, _name, to) = (fields.next()?, fields.next()?, fields.next()?);
    let is_line = fields.next().is_some() && is_id(from) && is_id(to);
    is_line.then_some((to, from))
}

/// Whether standard input is what git writes to a pre-push hook.
fn is_told_of_a_push() -> bool {
    if !is_pipe() {
        return false;
    }
    // Git writes at once. A pipe that nobody writes to or closes keeps no hook from its work.
    let (said, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line).is_ok() {
            // Whoever asked may have stopped listening.
            let _late = said.send(pushed(line.trim_end()).is_some());
        }
    });
    heard
        .recv_timeout(Duration::from_secs(2))
        .unwrap_or_default()
}

#[cfg(unix)]
fn is_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt;
    std::fs::metadata("/dev/stdin").is_ok_and(|m| m.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_pipe() -> bool {
    use std::io::IsTerminal;
    !std::io::stdin().is_terminal()
}
