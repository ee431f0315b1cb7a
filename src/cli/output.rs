//! Writing to the terminal and to files: colour, broken pipes, half-written files.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::ColorChoice;

use crate::document::is_unsafe_on_a_terminal;
use crate::finding::{Problem, Report};
use crate::replace::replace;
use crate::report::{Format, View};
use crate::rule::RuleSet;

use super::Exit;

/// One `--format NAME[=FILE]`.
pub(super) struct Output {
    pub(super) format: &'static Format,
    /// `None`: standard output.
    pub(super) file: Option<PathBuf>,
}

impl Output {
    pub(super) fn write(
        &self,
        report: &Report,
        view: View<'_>,
        colour: ColorChoice,
    ) -> Result<(), String> {
        match &self.file {
            None => to_stdout(colour, |out, colour| {
                let width = terminal_width();
                (self.format.write)(
                    report,
                    &View {
                        colour,
                        width,
                        ..view
                    },
                    out,
                )
            }),
            Some(file) => {
                let mut text = Vec::new();
                (self.format.write)(report, &view, &mut text).expect("a Vec takes all");
                write_whole(file, &text).map_err(|e| {
                    format!(
                        "--format {}={}: {}",
                        self.format.name,
                        file.display(),
                        crate::source::worktree::words(&e)
                    )
                })
            }
        }
    }
}

/// Writes the file whole or not at all. What is no plain file (`/dev/stdout`,
/// a FIFO, a link) is written to as it is.
pub(super) fn write_whole(file: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    if file.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        return std::fs::write(file, bytes);
    }
    replace(file, bytes)
}

/// Hands a buffered standard output, and whether it takes colour, to `write`.
/// A reader that has gone away had what it wanted.
pub(super) fn to_stdout(
    colour: ColorChoice,
    write: impl FnOnce(&mut dyn Write, bool) -> io::Result<()>,
) -> Result<(), String> {
    let stdout = io::stdout();
    let takes_colour = match colour {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
    };
    let mut out = io::BufWriter::with_capacity(1 << 16, stdout.lock());
    match write(&mut out, takes_colour).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!(
            "standard output: {}",
            crate::source::worktree::words(&error)
        )),
        Ok(()) => Ok(()),
        Err(_) => {
            // Dropping the writer would try again.
            let _ = out.into_parts();
            Ok(())
        }
    }
}

/// Columns to lay text out for; a pipe has the customary 100.
pub(super) fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
}

/// Whatever happened on the way, one line each.
pub(super) fn problems(problems: &[Problem]) {
    for problem in problems {
        match &problem.path {
            Some(path) => error(&format!("{path}: {}", problem.message)),
            None => error(&problem.message),
        }
    }
}

/// One line on stderr. A closed stderr is no reason to fail.
pub(super) fn error(message: &str) {
    let mut stderr = anstream::stderr().lock();
    let style = anstyle::AnsiColor::Red.on_default().bold();
    let _ = writeln!(stderr, "{style}error{style:#}: {}", printable(message));
}

/// What may be wrong, on stderr; the run goes on.
pub(super) fn warning(message: &str) {
    let mut stderr = anstream::stderr().lock();
    let style = anstyle::AnsiColor::Yellow.on_default().bold();
    let _ = writeln!(stderr, "{style}warning{style:#}: {}", printable(message));
}

/// A remark on stderr, which is no error.
pub(super) fn note(message: &str) {
    let mut stderr = anstream::stderr().lock();
    let style = anstyle::AnsiColor::Green.on_default().bold();
    let _ = writeln!(stderr, "{style}note{style:#}: {}", printable(message));
}

/// What clap has to say: help and version are no errors.
pub(super) fn usage(error: &clap::Error) -> Exit {
    let text = error.to_string();
    let rules = RuleSet::builtin();
    // An option's dashes would make the name behind them part of a longer word.
    let parts: Vec<String> = text.split("--").map(|part| rules.mask(part)).collect();
    let masked = parts.join("--");
    if masked == text {
        let _ = error.print();
    } else {
        // It quotes an argument that holds a secret; colour is not worth showing it.
        let _ = anstream::stderr().write_all(masked.as_bytes());
    }
    if error.use_stderr() {
        Exit::Error
    } else {
        Exit::Clean
    }
}

/// `text` with everything a terminal would act on made visible.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            if is_unsafe_on_a_terminal(c) && c != '\n' {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}
