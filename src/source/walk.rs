//! The walk through a target: what is listed, what is left out and why.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::document::{Coverage, RepoPath, Standing, bytes_to_path};
use crate::finding::{Problem, ProblemKind, Skip};
use crate::git::ignore::{Failure, Folder, Ignored};
use crate::git::repository::{Repository, claims_worktree, is_bare, is_worktree};

use super::worktree::{Choice, Target, words};
use super::{Body, FolderOnDisk, Input, Listing, Manner, Notable, OnDisk};

/// What the walk knows about a folder it has entered.
#[derive(Clone)]
struct Place {
    /// The repository around, or none.
    repository: Option<Arc<Repository>>,
    /// The ignore rules in force; paths in them are relative to `repository`, or to the target.
    rules: Option<Arc<Folder>>,
    /// Why everything here is ignored, if it is.
    ignored: Ignored,
    /// The path of the folder relative to the repository; with a `/` at the end unless empty.
    within: Arc<[u8]>,
}

/// A folder the walk is in.
struct Around {
    place: Place,
    folder: Arc<FolderOnDisk>,
}

pub(super) struct Walk<'a> {
    choice: &'a Choice,
    notable: &'a Notable<'a>,
    target: &'a Target,
    root: &'a Path,
    folders: Mutex<HashMap<PathBuf, Arc<Around>>>,
    /// Tracked files there should be, and those there are.
    expected: AtomicU64,
    seen: AtomicU64,
}

/// What one thread of the walk brings home.
struct Haul<'a> {
    listing: Listing,
    home: &'a Mutex<Vec<Listing>>,
    /// The folder of the last entry, which is mostly that of the next as well.
    last: Option<Arc<Around>>,
    /// Tracked files met.
    seen: u64,
    seen_by_all: &'a AtomicU64,
    /// A buffer for paths.
    path: Vec<u8>,
}

impl Drop for Haul<'_> {
    fn drop(&mut self) {
        self.seen_by_all.fetch_add(self.seen, Relaxed);
        lock(self.home).push(std::mem::take(&mut self.listing));
    }
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        choice: &'a Choice,
        notable: &'a Notable<'a>,
        target: &'a Target,
        root: &'a Path,
    ) -> Walk<'a> {
        Walk {
            choice,
            notable,
            target,
            root,
            folders: Mutex::default(),
            expected: AtomicU64::new(0),
            seen: AtomicU64::new(0),
        }
    }

    /// Appends what the target holds, in no order.
    pub(super) fn list(&self, listing: &mut Listing) {
        if self.target.is_file {
            listing.inputs.push(self.lone_file(&mut listing.problems));
            return;
        }
        let home = Mutex::new(Vec::new());
        WalkBuilder::new(&self.target.named)
            .standard_filters(false)
            .follow_links(false)
            .threads(self.choice.threads)
            .build_parallel()
            .run(|| {
                let mut haul = Haul {
                    listing: Listing::default(),
                    home: &home,
                    last: None,
                    seen: 0,
                    seen_by_all: &self.seen,
                    path: Vec::new(),
                };
                Box::new(move |entry| match entry {
                    Ok(entry) => self.visit(entry, &mut haul),
                    Err(error) => {
                        haul.listing.problems.push(self.problem_of(&error));
                        WalkState::Continue
                    }
                })
            });
        for mut part in home.into_inner().expect("the walk's threads have ended") {
            // They are in no order, so what is moved may be the fewer.
            if part.inputs.len() > listing.inputs.len() {
                std::mem::swap(&mut part.inputs, &mut listing.inputs);
            }
            listing.inputs.append(&mut part.inputs);
            listing.configurations.extend(part.configurations);
            listing.problems.extend(part.problems);
            listing.skipped.add(part.skipped);
        }
        let (expected, seen) = (self.expected.load(Relaxed), self.seen.load(Relaxed));
        let absent = expected.saturating_sub(seen);
        if absent > 0 {
            *listing.skipped.skipped.entry(Skip::Absent).or_default() += absent;
        }
    }

    /// The target, where it is a file.
    fn lone_file(&self, problems: &mut Vec<Problem>) -> Input {
        let prefix = self.prefix();
        let path = RepoPath::new(&prefix[..]);
        let place = self.place_above(problems);
        let tracked = place.holds_file(path.name(), &mut Vec::new());
        let standing = self.standing(&place, path.name(), tracked);
        let parent = match path.parent() {
            [] => Vec::new(),
            parent => [parent, b"/"].concat(),
        };
        let canonical = &self.target.canonical;
        Input {
            body: Body::Disk(OnDisk {
                folder: Arc::new(FolderOnDisk {
                    path: canonical.parent().unwrap_or(canonical).to_owned(),
                    reported: parent,
                }),
                name: canonical.file_name().unwrap_or_default().to_owned(),
            }),
            tracked,
            standing,
            manner: Manner::File,
        }
    }

    /// The place of the target itself.
    fn place_of_top(&self, problems: &mut Vec<Problem>) -> Place {
        let mut place = self.place_above(problems);
        if let Some(name) = self.target.canonical.file_name()
            && place
                .repository
                .as_ref()
                .is_some_and(|r| r.root != self.target.canonical)
        {
            place = match self.enter(&place, name, &self.target.named, problems) {
                Some(inner) => inner,
                None => Place {
                    within: [&place.within, name.as_encoded_bytes(), b"/"]
                        .concat()
                        .into(),
                    ..place
                },
            };
            // Named on the command line: what ignores the folder itself does not count.
            if place.ignored != Ignored::No {
                place.ignored = Ignored::No;
                place.rules = None;
            }
        }
        if let Some(repository) = &place.repository {
            let folder = place.within.strip_suffix(b"/").unwrap_or(&place.within);
            self.expect(repository, folder, problems);
        }
        place
    }

    /// Takes note of what `repository` tracks in `folder` and beneath, where
    /// the walk is about to look.
    fn expect(&self, repository: &Repository, folder: &[u8], problems: &mut Vec<Problem>) {
        let files = repository.tracked.count_beneath(folder);
        self.expected.fetch_add(files, Relaxed);
        if !self.choice.submodules {
            return;
        }
        let beneath = |path: &[u8]| {
            folder.is_empty()
                || path
                    .strip_prefix(folder)
                    .is_some_and(|r| r.starts_with(b"/"))
        };
        for path in repository.tracked.submodules() {
            let there = repository.root.join(bytes_to_path(path));
            // The walk meets the others.
            if beneath(path) && !there.symlink_metadata().is_ok_and(|m| m.is_dir()) {
                problems.push(not_checked_out(self.report_path(&there)));
            }
        }
    }

    /// The path of the target in reports; of a folder with a `/` at the end unless it is the root.
    fn prefix(&self) -> Vec<u8> {
        let relative = self
            .target
            .canonical
            .strip_prefix(self.root)
            .expect("the root is above every target");
        let mut prefix = RepoPath::from_relative(relative).as_bytes().to_vec();
        if !self.target.is_file && !prefix.is_empty() {
            prefix.push(b'/');
        }
        prefix
    }

    fn visit(&self, entry: DirEntry, haul: &mut Haul<'_>) -> WalkState {
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if entry.depth() == 0 {
            let around = Around {
                place: self.place_of_top(&mut haul.listing.problems),
                folder: Arc::new(FolderOnDisk {
                    path: entry.into_path(),
                    reported: self.prefix(),
                }),
            };
            self.remember(around);
            return WalkState::Continue;
        }
        if entry.file_name() == ".git" {
            return WalkState::Skip;
        }
        let around = self.around(&entry, haul);
        let name = entry.file_name();
        if kind.is_dir() {
            let folder = FolderOnDisk {
                path: entry.path().to_owned(),
                reported: [&around.folder.reported, name.as_encoded_bytes(), b"/"].concat(),
            };
            return match self.take_folder(&around.place, &folder, haul) {
                Some(place) => {
                    self.remember(Around {
                        place,
                        folder: Arc::new(folder),
                    });
                    WalkState::Continue
                }
                None => WalkState::Skip,
            };
        }
        if (self.notable.is_configuration)(name.as_encoded_bytes()) {
            let path = [&around.folder.reported, name.as_encoded_bytes()].concat();
            let file = RepoPath::new(path).join_to(self.root);
            haul.listing.configurations.push(file);
        }
        if let Some((tracked, standing, manner)) = self.take_file(&around.place, name, kind, haul) {
            haul.listing.inputs.push(Input {
                body: Body::Disk(OnDisk {
                    folder: around.folder.clone(),
                    name: name.to_owned(),
                }),
                tracked,
                standing,
                manner,
            });
        }
        WalkState::Continue
    }

    fn remember(&self, around: Around) {
        let path = around.folder.path.clone();
        lock(&self.folders).insert(path, Arc::new(around));
    }

    /// The folder that holds `entry`.
    fn around(&self, entry: &DirEntry, haul: &mut Haul<'_>) -> Arc<Around> {
        let parent = entry.path().parent().expect("depth is above 0");
        match &haul.last {
            Some(last) if last.folder.path.as_os_str() == parent.as_os_str() => last.clone(),
            Some(_) | None => {
                let around = lock(&self.folders)
                    .get(parent)
                    .cloned()
                    .expect("a folder is visited before what it holds");
                haul.last = Some(around.clone());
                around
            }
        }
    }

    /// Whether a file is tracked, how it stands if it is a dotenv file, and as
    /// what it is judged; `None` for one that is left out.
    fn take_file(
        &self,
        place: &Place,
        name: &OsStr,
        kind: FileType,
        haul: &mut Haul<'_>,
    ) -> Option<(bool, Option<Standing>, Manner)> {
        let name = name.as_encoded_bytes();
        let tracked = place.holds_file(name, &mut haul.path);
        haul.seen += u64::from(tracked);
        if kind.is_symlink() {
            // It is not followed, but what it says is stored as a file's text is.
            haul.listing.skipped.skip(Skip::Symlink);
        } else if !kind.is_file() {
            haul.listing.skipped.skip(Skip::Special);
            return None;
        }
        let ignored = if tracked || self.choice.no_ignore {
            Ignored::No
        } else {
            place.ignores(name, false)
        };
        if kind.is_symlink() {
            return (ignored == Ignored::No).then_some((tracked, None, Manner::Words));
        }
        let standing = self.standing(place, name, tracked);
        match ignored {
            Ignored::No => Some((tracked, standing, Manner::File)),
            // A teammate's clone has no such rule: the file's name still matters.
            Ignored::Private(_) if standing.is_some() => Some((tracked, standing, Manner::Name)),
            Ignored::Shared | Ignored::Private(_) => {
                haul.listing.skipped.skip(Skip::Ignored);
                None
            }
        }
    }

    /// The place of `folder`, which lies in `place`; `None` where it is left out.
    fn take_folder(
        &self,
        place: &Place,
        folder: &FolderOnDisk,
        haul: &mut Haul<'_>,
    ) -> Option<Place> {
        let name = folder.path.file_name().unwrap_or_default();
        let bytes = name.as_encoded_bytes();
        let leave_out = |haul: &mut Haul<'_>, is_ignored| {
            if is_ignored {
                haul.listing.skipped.skip(Skip::Ignored);
            } else {
                haul.listing.skipped.skip(Skip::Submodule);
                haul.listing.skipped.submodules.push(folder.reported());
            }
        };
        let mut holds_tracked = false;
        if let Some(repository) = &place.repository {
            let path = [&place.within, bytes].concat();
            let nested = repository.tracked.is_submodule(&path);
            holds_tracked = repository.tracked.holds_folder(&path);
            let is_worktree = || is_worktree(&folder.path);
            // Where another repository begins around tracked files, they stay this one's.
            let own = !nested && !holds_tracked && is_worktree();
            if nested && self.choice.submodules && !is_worktree() {
                haul.listing
                    .problems
                    .push(not_checked_out(folder.reported()));
            }
            if (nested || own) && !self.choice.submodules {
                leave_out(haul, own && place.ignores(bytes, true) != Ignored::No);
                return None;
            }
        }
        // Compressed, so that a scan would be green whatever it holds.
        if !holds_tracked && is_bare(&folder.path) {
            leave_out(haul, place.ignores(bytes, true) != Ignored::No);
            return None;
        }
        let inner = self.enter(place, name, &folder.path, &mut haul.listing.problems);
        if inner.is_none() {
            haul.listing.skipped.skip(Skip::Ignored);
        }
        inner
    }

    /// The place a folder is, or `None` where nothing in it is to be listed.
    fn enter(
        &self,
        outer: &Place,
        name: &OsStr,
        path: &Path,
        problems: &mut Vec<Problem>,
    ) -> Option<Place> {
        let bytes = name.as_encoded_bytes();
        let mut problem = |kind, path: &Path, message| {
            problems.push(Problem {
                path: Some(self.report_path(path)),
                kind,
                message,
            })
        };
        let begins_repository =
            (outer.repository.is_none() || self.choice.submodules) && claims_worktree(path);
        if begins_repository && let Ok(canonical) = path.canonicalize() {
            match Repository::discover(&canonical) {
                Ok(Some(repository)) if repository.root == canonical => {
                    let repository = Arc::new(repository);
                    if let Some(around) = &outer.repository {
                        let path = [&outer.within, bytes].concat();
                        let other = around.tracked.count_beneath(&path);
                        self.seen.fetch_add(other, Relaxed);
                    }
                    self.expect(&repository, b"", problems);
                    let mut failures = Vec::new();
                    let rules = Folder::root(&repository.rules(), &mut failures);
                    self.report(failures, problems);
                    return Some(Place {
                        repository: Some(repository),
                        rules: Some(rules),
                        ignored: Ignored::No,
                        within: Arc::new([]),
                    });
                }
                Ok(_) => {}
                Err(error) => problem(ProblemKind::Repository, &error.path, error.message),
            }
        }
        let within: Arc<[u8]> = [&outer.within, bytes, b"/"].concat().into();
        let holds_tracked = outer
            .repository
            .as_ref()
            .is_some_and(|r| r.tracked.holds_folder(&within[..within.len() - 1]));
        let ignored = if self.choice.no_ignore {
            Ignored::No
        } else {
            outer.ignores(bytes, true)
        };
        let rules = match &ignored {
            // git reads no rules in a folder it ignores, but what is tracked there stays tracked.
            Ignored::Shared if !holds_tracked => return None,
            Ignored::Shared => None,
            // What only this clone ignores is judged by the shared rules all the same.
            Ignored::Private(_) | Ignored::No => outer.rules.as_ref().map(|rules| {
                let mut failures = Vec::new();
                let rules = rules.enter(bytes, path, &mut failures);
                self.report(failures, problems);
                rules
            }),
        };
        Some(Place {
            repository: outer.repository.clone(),
            rules,
            ignored,
            within,
        })
    }

    /// The place of the folder that holds the target, or, for a repository's own top, its own.
    fn place_above(&self, problems: &mut Vec<Problem>) -> Place {
        let mut failures = Vec::new();
        let Some(repository) = &self.target.repository else {
            let rules = Folder::outside(&self.target.canonical, &mut failures);
            self.report(failures, problems);
            return Place {
                repository: None,
                rules: Some(rules),
                ignored: Ignored::No,
                within: Arc::new([]),
            };
        };
        let rules = Folder::root(&repository.rules(), &mut failures);
        self.report(failures, problems);
        let mut place = Place {
            repository: Some(repository.clone()),
            rules: Some(rules),
            ignored: Ignored::No,
            within: Arc::new([]),
        };
        let above = if self.target.canonical == repository.root {
            Path::new("")
        } else {
            self.target
                .canonical
                .parent()
                .unwrap_or(&repository.root)
                .strip_prefix(&repository.root)
                .unwrap_or(Path::new(""))
        };
        let mut at = repository.root.clone();
        for name in above {
            at.push(name);
            match self.enter(&place, name, &at, problems) {
                Some(inner) => place = inner,
                None => {
                    place.ignored = Ignored::Shared;
                    place.rules = None;
                    place.within = [&place.within, name.as_encoded_bytes(), b"/"]
                        .concat()
                        .into();
                }
            }
        }
        place
    }

    fn report(&self, failures: Vec<Failure>, problems: &mut Vec<Problem>) {
        problems.extend(failures.into_iter().map(|(file, error)| Problem {
            path: Some(self.report_path(&file)),
            kind: ProblemKind::Unreadable,
            message: words(&error),
        }));
    }

    fn standing(&self, place: &Place, name: &[u8], tracked: bool) -> Option<Standing> {
        place.repository.as_ref()?;
        if !(self.notable.is_dotenv)(name) {
            return None;
        }
        let coverage = match place.ignores(name, false) {
            Ignored::No => Coverage::Nothing,
            Ignored::Shared => Coverage::Shared,
            Ignored::Private(file) => Coverage::Private(file),
        };
        Some(Standing { tracked, coverage })
    }

    fn problem_of(&self, error: &ignore::Error) -> Problem {
        let path = path_of_error(error).map(|p| self.report_path(p));
        let message = match error.io_error() {
            Some(io) => words(io),
            None => error.to_string(),
        };
        Problem {
            path,
            kind: ProblemKind::Unreadable,
            message,
        }
    }

    fn report_path(&self, path: &Path) -> RepoPath {
        // What cannot be read cannot be canonicalised either; the walk's own names lead there.
        if let Ok(rest) = path.strip_prefix(&self.target.named) {
            let rest = RepoPath::from_relative(rest);
            let path = [&self.prefix(), rest.as_bytes()].concat();
            return RepoPath::new(path.strip_suffix(b"/").unwrap_or(&path));
        }
        let canonical = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        RepoPath::from_relative(canonical.strip_prefix(self.root).unwrap_or(path))
    }
}

impl FolderOnDisk {
    /// Its own path in reports.
    fn reported(&self) -> RepoPath {
        RepoPath::new(self.reported.strip_suffix(b"/").unwrap_or(&self.reported))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no thread panics while it holds this")
}

fn path_of_error(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            path_of_error(err)
        }
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(path_of_error),
        ignore::Error::Io(_)
        | ignore::Error::Glob { .. }
        | ignore::Error::UnrecognizedFileType(_)
        | ignore::Error::InvalidDefinition => None,
    }
}

impl Place {
    /// Whether git tracks the file called `name`; `path` is a buffer.
    fn holds_file(&self, name: &[u8], path: &mut Vec<u8>) -> bool {
        self.repository.as_ref().is_some_and(|repository| {
            path.clear();
            path.extend_from_slice(&self.within);
            path.extend_from_slice(name);
            repository.tracked.holds_file(path)
        })
    }

    fn ignores(&self, name: &[u8], is_folder: bool) -> Ignored {
        match (&self.ignored, &self.rules) {
            (Ignored::No | Ignored::Private(_), Some(rules)) => rules.ignored(name, is_folder),
            (already, _) => already.clone(),
        }
    }
}

fn not_checked_out(path: RepoPath) -> Problem {
    Problem {
        path: Some(path),
        kind: ProblemKind::Missing,
        message: "submodule not checked out: `git submodule update --init`".to_owned(),
    }
}
