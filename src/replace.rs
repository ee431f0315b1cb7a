//! Replacing a file whole: nobody ever sees half of it, and what cannot be written leaves the old one as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The new content of a file, which lies beside it and is not in its place
/// yet. Dropped, it is gone, and the file is what it was.
pub struct Pending {
    file: PathBuf,
    beside: PathBuf,
    is_moved: bool,
}

/// Puts `bytes` in the place of what `file` holds, or makes it.
pub fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    Pending::new(file, bytes)?.put()
}

impl Pending {
    /// Writes `bytes` beside `file`, with the mode of the file that is there
    /// and, where the system lets us, its owner.
    pub fn new(file: &Path, bytes: &[u8]) -> io::Result<Pending> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let old = match fs::metadata(file) {
            Ok(found) => Some(found),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if file.file_name().is_none() || old.as_ref().is_some_and(Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        sweep(file);
        // Short: a name made from the file's could be too long.
        let name = format!(
            "{LEAD}{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let beside = file.with_file_name(name);
        let mut out = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)?;
        let pending = Pending {
            file: file.to_owned(),
            beside,
            is_moved: false,
        };
        if let Some(old) = old {
            // The owner first: a change of it takes special modes away.
            keep_owner(&out, &old);
            out.set_permissions(old.permissions())?;
        }
        out.write_all(bytes)?;
        Ok(pending)
    }

    /// Moves it into its place.
    pub fn put(mut self) -> io::Result<()> {
        fs::rename(&self.beside, &self.file)?;
        self.is_moved = true;
        Ok(())
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.is_moved {
            // What went wrong before is what matters.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// What lies beside a file begins with this.
const LEAD: &str = ".hushlint-";
/// Nobody takes so long between writing a file and moving it.
const OLD: Duration = Duration::from_hours(1);

/// Takes away what a run that was killed has left beside `file`.
fn sweep(file: &Path) {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_ours = |name: &str| {
        let numbers = name.strip_prefix(LEAD).and_then(|n| n.split_once('-'));
        numbers.is_some_and(|(process, count)| is_number(process) && is_number(count))
    };
    let is_old = |found: &Metadata| {
        let age = found.modified().ok().and_then(|at| at.elapsed().ok());
        found.is_file() && age.is_some_and(|age| age > OLD)
    };
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new(".")));
    for entry in entries.into_iter().flatten().flatten() {
        if entry.file_name().to_str().is_some_and(is_ours)
            && entry.metadata().is_ok_and(|found| is_old(&found))
        {
            // What cannot be taken away is no worse than before.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Only root may give files away, and anybody one to a group of their own.
#[cfg(unix)]
fn keep_owner(file: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let new = file.metadata().map(|new| (new.uid(), new.gid())).ok();
    if new != Some((old.uid(), old.gid()))
        && fchown(file, Some(old.uid()), Some(old.gid())).is_err()
    {
        let _ = fchown(file, None, Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_swept() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let long_ago = std::time::SystemTime::now() - 2 * OLD;
        for (name, is_old) in [
            (".hushlint-12-0", true),
            (".hushlint-12-1", false),
            (".hushlint-12-a", true),
            (".hushlint-12", true),
        ] {
            let file = File::create_new(folder.path().join(name)).expect("it can be made");
            if is_old {
                file.set_modified(long_ago).expect("it is ours");
            }
        }
        replace(&folder.path().join("a"), b"new").expect("it can be written");
        let mut left: Vec<_> = fs::read_dir(folder.path())
            .expect("it is there")
            .map(|entry| entry.expect("it is there").file_name())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [".hushlint-12", ".hushlint-12-1", ".hushlint-12-a", "a"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_replaced_with_its_mode_or_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let file = folder.path().join("a".repeat(255));
        let names = || fs::read_dir(folder.path()).expect("it is there").count();
        fs::write(&file, "old").expect("it can be written");
        fs::set_permissions(&file, PermissionsExt::from_mode(0o640)).expect("it is ours");
        drop(Pending::new(&file, b"new").expect("it can be written"));
        assert_eq!(fs::read(&file).expect("it is there"), b"old");
        replace(&file, b"new").expect("it can be written");
        assert_eq!(fs::read(&file).expect("it is there"), b"new");
        let mode = fs::metadata(&file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!((mode & 0o777, names()), (0o640, 1));
        assert!(replace(folder.path(), b"new").is_err());
        assert_eq!(names(), 1);
    }
}
