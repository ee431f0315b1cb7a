//! Where texts come from. A source lists named, unread inputs; all else is the same for every one of them.

pub mod added;
pub mod hook;
pub mod index;
pub mod range;
pub mod read;
mod stack;
mod walk;
pub mod worktree;

use std::cmp::Ordering;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::{Coverage, RepoPath, Standing};
use crate::finding::{Accounting, Problem, Provenance, Situation};
pub use crate::git::changes::Version;
pub use crate::git::store::{ObjectId, Reader, Store};

/// One text, not yet read.
#[derive(Debug)]
pub struct Input {
    pub body: Body,
    pub tracked: bool,
    pub standing: Option<Standing>,
    pub manner: Manner,
}

/// As what an input is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Manner {
    /// As the file that it is.
    File,
    /// By its name alone: it is in nobody's way but its owner's.
    Name,
    /// For what it gives away: it is no file's text, but where a link leads or
    /// what a message says. It does not count as a file.
    Words,
}

/// Where an input's bytes are.
#[derive(Debug)]
pub enum Body {
    Disk(OnDisk),
    Stored(Box<Stored>),
    Said(Box<Said>),
}

/// What somebody wrote in a commit or a tag.
#[derive(Debug)]
pub struct Said {
    pub path: RepoPath,
    pub text: Arc<[u8]>,
    /// Its place among all that was said (see [`Source::speaker`]).
    pub number: usize,
}

#[derive(Debug)]
pub struct OnDisk {
    folder: Arc<FolderOnDisk>,
    name: OsString,
}

/// A folder as the system finds it, and as reports name it.
#[derive(Debug)]
struct FolderOnDisk {
    path: PathBuf,
    /// With a `/` at the end unless it is the root.
    reported: Vec<u8>,
}

/// An object of a repository, and what it takes the place of.
#[derive(Debug)]
pub struct Stored {
    pub path: RepoPath,
    pub id: ObjectId,
    /// What was there before: a line that stands in one of them is not new.
    pub before: Vec<Version>,
    /// The parents that had no such file, by place (see [`Source::gone`]).
    pub without: Vec<usize>,
    /// What HEAD had taken out of it, in a merge that may bring it back, as in
    /// [`crate::git::changes::Change`].
    pub undone: Vec<(Option<Version>, Version)>,
    pub since: Since,
}

/// What an object is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Since {
    /// A commit yet to be made.
    Staged,
    /// What a range of commits leads to.
    Tip,
    /// One of its commits, by place: the oldest is 0.
    Commit(usize),
}

impl Input {
    /// In bytes; 0 where that is not known before it is read.
    pub fn size(&self) -> u64 {
        match &self.body {
            Body::Disk(file) => file.file().symlink_metadata().map_or(0, |m| m.len()),
            Body::Stored(_) => 0,
            Body::Said(said) => said.text.len() as u64,
        }
    }

    /// The folder of what is not read from the disk, which nobody has looked into.
    pub fn folder_of_stored(&self) -> Option<Vec<u8>> {
        match &self.body {
            Body::Disk(_) | Body::Said(_) => None,
            Body::Stored(stored) => Some(stored.path.parent().to_vec()),
        }
    }

    pub fn path(&self) -> RepoPath {
        match &self.body {
            Body::Disk(disk) => disk.path(),
            Body::Stored(stored) => stored.path.clone(),
            Body::Said(said) => said.path.clone(),
        }
    }
}

impl Input {
    /// Compares as the paths would, without building them where there are many.
    fn by_path(&self, other: &Input) -> Ordering {
        match (&self.body, &other.body) {
            (Body::Disk(own), Body::Disk(others)) => own.by_path(others),
            (Body::Disk(_) | Body::Stored(_) | Body::Said(_), _) => self.path().cmp(&other.path()),
        }
    }
}

impl OnDisk {
    pub fn file(&self) -> PathBuf {
        let folder = &self.folder.path;
        let length = folder.as_os_str().len() + 1 + self.name.len();
        let mut file = PathBuf::with_capacity(length);
        file.push(folder);
        file.push(&self.name);
        file
    }

    /// All of it, if it is no longer than `most` bytes.
    pub fn read_up_to(&self, most: u64) -> io::Result<Vec<u8>> {
        let file = self.file();
        match file.symlink_metadata()?.len() {
            length if length <= most => std::fs::read(file),
            _ => Err(io::ErrorKind::FileTooLarge.into()),
        }
    }

    fn path(&self) -> RepoPath {
        RepoPath::new([&self.folder.reported, self.name.as_encoded_bytes()].concat())
    }

    fn by_path(&self, other: &OnDisk) -> Ordering {
        let (own, others) = (self.name.as_encoded_bytes(), other.name.as_encoded_bytes());
        if self.folder.reported == other.folder.reported {
            return own.cmp(others);
        }
        let folders = (self.folder.reported.iter(), other.folder.reported.iter());
        folders.0.chain(own).cmp(folders.1.chain(others))
    }
}

/// Names of files that a listing takes note of.
pub struct Notable<'a> {
    /// Whether it is the name of a file with settings that git should not see.
    pub is_dotenv: &'a (dyn Fn(&[u8]) -> bool + Sync),
    /// Whether a file of this name may configure the scan of its folder.
    pub is_configuration: fn(&[u8]) -> bool,
}

/// What a source has to offer, each thing once; reports bring the order.
#[derive(Default)]
pub struct Listing {
    pub inputs: Vec<Input>,
    /// Files that may configure the scan of their folders, ignored or not, as
    /// far as listing came across them.
    pub configurations: Vec<PathBuf>,
    pub problems: Vec<Problem>,
    /// What was left out while listing.
    pub skipped: Accounting,
    /// The folder that paths are relative to.
    pub root: PathBuf,
    /// Nothing to scan is an answer, as where nothing is staged.
    pub may_be_empty: bool,
}

impl Listing {
    /// By path, each once. What was named twice: the input that is read goes
    /// before the one judged by name.
    fn in_order(mut self) -> Listing {
        self.inputs
            .sort_by(|a, b| a.by_path(b).then(a.manner.cmp(&b.manner)));
        self.inputs.dedup_by(|a, b| a.by_path(b).is_eq());
        self
    }
}

/// Files as a commit has them, or will have them.
pub struct Recorded {
    /// What has them, in words; `None`: a revision that was asked for.
    what: Option<&'static str>,
    /// The top of the worktree.
    root: PathBuf,
    read: ReadRecorded,
}

type ReadRecorded = Box<dyn Fn(&[u8]) -> Result<Option<Vec<u8>>, String> + Send + Sync>;

impl Recorded {
    /// The files of the revision called `name`, in a repository whose worktree
    /// is at `root`, and the paths of those whose names are wanted.
    pub fn at(
        name: &str,
        store: Store,
        root: &Path,
        is_wanted: fn(&[u8]) -> bool,
    ) -> Result<(Recorded, Vec<PathBuf>), String> {
        let root = store.root().unwrap_or(root).to_owned();
        let reader = store.reader();
        let tree = reader.tree_of(reader.commit(name)?)?;
        let files = reader.files_named(tree, is_wanted)?.into_iter();
        let files = files
            .map(|path| RepoPath::new(path).join_to(&root))
            .collect();
        let recorded = Recorded::of_tree(None, root, Arc::new(store), tree);
        Ok((recorded, files))
    }

    fn of_tree(
        what: Option<&'static str>,
        root: PathBuf,
        store: Arc<Store>,
        tree: ObjectId,
    ) -> Recorded {
        Recorded {
            what,
            root,
            read: Box::new(move |path| {
                let reader = store.reader();
                reader.follow(path, &|path| reader.kind_at(tree, path))
            }),
        }
    }

    /// Whether it is a revision that was asked for, whatever lies on disk.
    pub fn is_asked_for(&self) -> bool {
        self.what.is_none()
    }

    /// The bytes of `file`, if there is such; `None` for what lies outside the repository.
    pub fn read(&self, file: &Path) -> Option<Result<Option<Vec<u8>>, String>> {
        let relative = file.strip_prefix(&self.root).ok()?;
        Some((self.read)(RepoPath::from_relative(relative).as_bytes()))
    }

    /// What to say of `file` where it lies on disk otherwise than `recorded`.
    pub fn aside(&self, file: &Path, recorded: bool) -> Option<String> {
        let name = RepoPath::from_relative(file.strip_prefix(&self.root).unwrap_or(file));
        let what = self.what?;
        Some(match recorded {
            true => format!("`{name}` counts as {what} has it, which is not as it lies on disk"),
            false => format!(
                "`{name}` is not in {what}, so that it does not count: add it, or name it on the command line"
            ),
        })
    }
}

/// Something that lists texts: the working tree, the index, a history.
pub trait Source: Sync {
    fn list(&self, notable: &Notable<'_>) -> Listing;

    /// The folder that paths are relative to.
    fn root(&self) -> &Path;

    /// The folders where looking for a configuration begins, each with the one where it ends.
    fn places(&self) -> Vec<(PathBuf, PathBuf)>;

    /// How ignore rules cover a file that may not exist; `None` where the
    /// question has no answer, as outside a repository.
    fn coverage(&self, path: &RepoPath) -> Option<Coverage>;

    /// Whether all files of a repository are listed, as they lie on disk.
    fn is_whole(&self) -> bool {
        false
    }

    /// Whether a file is there that is not listed.
    fn is_present(&self, _path: &RepoPath) -> bool {
        false
    }

    /// Whether a file of this path would be listed if it were there and not ignored.
    fn would_list(&self, _path: &RepoPath) -> bool {
        false
    }

    /// How what a commit of a range brought came in, at `path`; `in_head`: it still stands where the range leads.
    fn provenance(&self, _commit: usize, _path: &RepoPath, _in_head: bool) -> Option<Provenance> {
        None
    }

    /// How far a secret has come that a range brought, by one of its commits if
    /// it is known by which; `in_head`: it still stands where the range leads.
    fn situation(&self, _commit: Option<usize>, _in_head: bool) -> Option<Situation> {
        None
    }

    /// The files that a parent of `since`, by its place, had at paths that are no
    /// more; a new one may be one of them.
    fn gone(&self, _since: Since, _parent: usize) -> Result<Vec<Version>, String> {
        Ok(Vec::new())
    }

    /// What a range of commits changed or took away, as it was where the range begins.
    fn old(&self) -> Result<Vec<Version>, String> {
        Ok(Vec::new())
    }

    /// The commit of a range, by place, that chose the side of a merge on which
    /// `has` is true of what stands at `path`.
    fn chosen(&self, _path: &RepoPath, _has: &mut dyn FnMut(ObjectId) -> bool) -> Option<usize> {
        None
    }

    /// Who said something, by its place, and how far that has come.
    fn speaker(&self, _number: usize) -> Option<(Provenance, Situation)> {
        None
    }

    /// What configures a scan of what is listed, where that is not what lies on disk.
    fn recorded(&self) -> Option<Recorded> {
        None
    }

    /// Where the objects are that are listed.
    fn store(&self) -> Option<&Store> {
        None
    }
}
