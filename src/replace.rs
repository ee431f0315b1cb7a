//! Replacing a file whole: nobody ever sees half of it, and what cannot be written leaves the old one as it was.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

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
        // Short: a name made from the file's could be too long.
        let name = format!(
            ".hushlint-{}-{}",
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
