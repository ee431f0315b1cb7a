//! Files that a command would make: shown first, written if they are wanted, and never over anything.

use std::fs::{self, File};
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use crate::source::worktree::words;

use super::output;

/// A file that is to be.
pub(super) struct New {
    pub(super) file: PathBuf,
    /// As it is called on the terminal.
    pub(super) name: String,
    pub(super) text: String,
    pub(super) executable: bool,
    /// What to do where there is one already.
    pub(super) otherwise: String,
}

/// How far to go.
#[derive(Clone, Copy)]
pub(super) struct Consent {
    /// Write without asking.
    pub(super) yes: bool,
    /// Write nothing.
    pub(super) dry_run: bool,
}

/// Shows `files`, asks, and writes those that are not there within `top`. Says
/// whether anything was to be written and was not, for want of somebody to ask.
pub(super) fn offer(files: &[New], top: &Path, consent: Consent) -> Result<bool, String> {
    let (there, new): (Vec<&New>, Vec<&New>) = files
        .iter()
        .partition(|new| new.file.symlink_metadata().is_ok());
    output::to_stdout(clap::ColorChoice::Never, |out, _| {
        for new in &there {
            writeln!(
                out,
                "{}: is there, and stays as it is. {}",
                new.name, new.otherwise
            )?;
        }
        for new in &new {
            writeln!(out, "{}:", new.name)?;
            for line in new.text.lines() {
                writeln!(out, "  {}", output::printable(line))?;
            }
            writeln!(out)?;
        }
        Ok(())
    })?;
    if new.is_empty() || consent.dry_run {
        return Ok(false);
    }
    let asks = !consent.yes;
    if asks && !io::stdin().is_terminal() {
        return Ok(true);
    }
    for new in new {
        if !asks || confirms(&new.name)? {
            write(new, top).map_err(|message| format!("{}: {message}", new.name))?;
            output::to_stdout(clap::ColorChoice::Never, |out, _| {
                writeln!(out, "{}: written", new.name)
            })?;
        }
    }
    Ok(false)
}

fn confirms(name: &str) -> Result<bool, String> {
    output::to_stdout(clap::ColorChoice::Never, |out, _| {
        write!(out, "write {name}? [y/N] ")
    })?;
    let mut answer = String::new();
    io::stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|e| words(&e))?;
    Ok(["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str()))
}

/// Writes a file that is not there, and follows no link out of `top`.
fn write(new: &New, top: &Path) -> Result<(), String> {
    let folder = new.file.parent().unwrap_or(top);
    let there = folder.ancestors().find(|f| f.exists()).unwrap_or(top);
    let real = there.canonicalize().map_err(|e| words(&e))?;
    if !real.starts_with(top) {
        return Err(format!(
            "a link leads out of {}: not written",
            top.display()
        ));
    }
    fs::create_dir_all(folder).map_err(|e| words(&e))?;
    let mut file = File::create_new(&new.file).map_err(|e| words(&e))?;
    file.write_all(new.text.as_bytes()).map_err(|e| words(&e))?;
    if new.executable {
        make_executable(&file).map_err(|e| words(&e))?;
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &File) -> io::Result<()> {
    Ok(())
}
