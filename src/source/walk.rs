//! The walk through a target: what is listed, what is left out and why.
//!
//! Threads share a stack of folders. `ignore::WalkParallel` was here before: it
//! hands on every file as a folder's equal, and lets a thread that finds nothing
//! to do sleep for 1 ms, at the end too, which was a quarter of a small scan.
//! With the names of a folder at hand, nothing is asked of the system about
//! `.git`, `HEAD` and `.gitignore` where there are none.

use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io;
use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use crate::document::{Coverage, RepoPath, Standing, bytes_to_path};
use crate::finding::{Problem, ProblemKind, Skip};
use crate::git::ignore::{Failure, Folder, Ignored};
use crate::git::repository::{Repository, claims_worktree, is_bare, is_worktree};

use super::stack::{Stack, Turn};
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

/// A folder to look into.
struct Ahead {
    folder: FolderOnDisk,
    of: Known,
}

/// What is known of a folder before it is looked into.
enum Known {
    /// All.
    Place(Place),
    /// The place around it.
    Outer(Arc<Place>),
}

/// Which names a folder holds that make a difference, in whatever case.
#[derive(Clone, Copy)]
struct Holds {
    git: bool,
    head: bool,
    gitignore: bool,
}

impl Holds {
    /// Where nobody has looked, any may be there.
    const PERHAPS: Holds = Holds {
        git: true,
        head: true,
        gitignore: true,
    };

    fn of(entries: &[(OsString, FileType)]) -> Holds {
        let has = |wanted: &str| {
            let mut names = entries.iter().map(|(name, _)| name);
            names.any(|name| name.eq_ignore_ascii_case(wanted))
        };
        Holds {
            git: has(".git"),
            head: has("HEAD"),
            gitignore: has(".gitignore"),
        }
    }
}

pub(super) struct Walk<'a> {
    choice: &'a Choice,
    notable: &'a Notable<'a>,
    target: &'a Target,
    root: &'a Path,
    /// Tracked files there should be, and those there are.
    expected: AtomicU64,
    seen: AtomicU64,
}

/// What one thread of the walk brings home.
#[derive(Default)]
struct Haul {
    listing: Listing,
    /// Tracked files met.
    seen: u64,
    /// A buffer for paths.
    path: Vec<u8>,
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
        let stack = Stack::new(self.top(&mut listing.problems));
        let mut own = Haul::default();
        // A second thread starts when there is something for it to do.
        while stack.len() < 2
            && let Some(turn) = stack.take()
        {
            self.look_into(turn, &mut own);
        }
        let work = |mut haul: Haul| {
            while let Some(turn) = stack.take() {
                self.look_into(turn, &mut haul);
            }
            haul
        };
        let hauls: Vec<Haul> = thread::scope(|scope| {
            let others = match stack.len() {
                0 => 0,
                _ => self.choice.threads - 1,
            };
            // Where the system grants no more threads, those that run do the work.
            let others: Vec<_> = (0..others)
                .map_while(|_| {
                    let work = || work(Haul::default());
                    thread::Builder::new().spawn_scoped(scope, work).ok()
                })
                .collect();
            let own = work(own);
            let others = others.into_iter();
            let others = others.map(|other| other.join().unwrap_or_else(|p| resume_unwind(p)));
            [own].into_iter().chain(others).collect()
        });
        for Haul {
            listing: mut part,
            seen,
            ..
        } in hauls
        {
            self.seen.fetch_add(seen, Relaxed);
            if listing.inputs.is_empty() {
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
            place = match self.enter(
                &place,
                name.as_encoded_bytes(),
                &self.target.named,
                Holds::PERHAPS,
                problems,
            ) {
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

    /// The target itself.
    fn top(&self, problems: &mut Vec<Problem>) -> Ahead {
        Ahead {
            of: Known::Place(self.place_of_top(problems)),
            folder: FolderOnDisk {
                path: self.target.named.clone(),
                reported: self.prefix(),
            },
        }
    }

    fn look_into(&self, mut turn: Turn<'_, Ahead>, haul: &mut Haul) {
        let Ahead { folder, of } = turn.item();
        let mut problems = Vec::new();
        let entries = self.entries(&folder, &mut problems);
        let place = match of {
            Known::Place(place) => place,
            Known::Outer(outer) => {
                // What cannot be listed may be a repository all the same; rules for it matter to nothing.
                let holds = match problems.is_empty() {
                    true => Holds::of(&entries),
                    false => Holds {
                        gitignore: false,
                        ..Holds::PERHAPS
                    },
                };
                match self.take_folder(&outer, &folder, holds, haul) {
                    Some(place) => place,
                    None => return,
                }
            }
        };
        haul.listing.problems.append(&mut problems);
        let (place, folder) = (Arc::new(place), Arc::new(folder));
        for (name, kind) in entries {
            if name == ".git" {
                continue;
            }
            if kind.is_dir() {
                let inner = FolderOnDisk {
                    path: folder.path.join(&name),
                    reported: [&folder.reported, name.as_encoded_bytes(), b"/"].concat(),
                };
                if self.admits(&place, &inner, haul) {
                    turn.found.push(Ahead {
                        folder: inner,
                        of: Known::Outer(place.clone()),
                    });
                }
                continue;
            }
            if (self.notable.is_configuration)(name.as_encoded_bytes()) {
                let path = [&folder.reported, name.as_encoded_bytes()].concat();
                let file = RepoPath::new(path).join_to(self.root);
                haul.listing.configurations.push(file);
            }
            if let Some((tracked, standing, manner)) = self.take_file(&place, &name, kind, haul) {
                haul.listing.inputs.push(Input {
                    body: Body::Disk(OnDisk {
                        folder: folder.clone(),
                        name,
                    }),
                    tracked,
                    standing,
                    manner,
                });
            }
        }
    }

    /// What `folder` holds, as far as it can be read.
    fn entries(
        &self,
        folder: &FolderOnDisk,
        problems: &mut Vec<Problem>,
    ) -> Vec<(OsString, FileType)> {
        let mut problem = |error: &io::Error| {
            problems.push(Problem {
                path: Some(self.report_path(&folder.path)),
                kind: ProblemKind::Unreadable,
                message: words(error),
            });
        };
        let entries = match folder.path.read_dir() {
            Ok(entries) => entries,
            Err(error) => {
                problem(&error);
                return Vec::new();
            }
        };
        let kinds = entries.map(|entry| {
            let entry = entry?;
            Ok((entry.file_name(), entry.file_type()?))
        });
        kinds
            .filter_map(|entry| entry.inspect_err(&mut problem).ok())
            .collect()
    }

    /// Whether a file is tracked, how it stands if it is a dotenv file, and as
    /// what it is judged; `None` for one that is left out.
    fn take_file(
        &self,
        place: &Place,
        name: &OsStr,
        kind: FileType,
        haul: &mut Haul,
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

    /// Whether to look into `folder`, which lies in `place`.
    fn admits(&self, place: &Place, folder: &FolderOnDisk, haul: &mut Haul) -> bool {
        let name = folder.name();
        let path = [&place.within, name].concat();
        if place.has_submodule(&path) && !self.choice.submodules {
            leave_out(folder, false, haul);
            return false;
        }
        let is_ignored = !self.choice.no_ignore
            && place.ignores(name, true) == Ignored::Shared
            && !place.holds_folder(&path);
        // A repository has rules of its own.
        if is_ignored && !(self.may_begin(place) && claims_worktree(&folder.path)) {
            haul.listing.skipped.skip(Skip::Ignored);
            return false;
        }
        true
    }

    /// Whether a repository that lies in `place` is gone into.
    fn may_begin(&self, place: &Place) -> bool {
        place.repository.is_none() || self.choice.submodules
    }

    /// The place of `folder`, which lies in `place`; `None` where it is left out.
    fn take_folder(
        &self,
        place: &Place,
        folder: &FolderOnDisk,
        holds: Holds,
        haul: &mut Haul,
    ) -> Option<Place> {
        let name = folder.name();
        let path = [&place.within, name].concat();
        let holds_tracked = place.holds_folder(&path);
        if place.repository.is_some() {
            // Others are not admitted.
            let nested = self.choice.submodules && place.has_submodule(&path);
            let is_worktree = || holds.git && is_worktree(&folder.path);
            // Where another repository begins around tracked files, they stay this one's.
            let own = !nested && !holds_tracked && is_worktree();
            if nested && !is_worktree() {
                haul.listing
                    .problems
                    .push(not_checked_out(folder.reported()));
            }
            if own && !self.choice.submodules {
                leave_out(folder, place.ignores(name, true) != Ignored::No, haul);
                return None;
            }
        }
        // Compressed, so that a scan would be green whatever it holds.
        if !holds_tracked && holds.head && is_bare(&folder.path) {
            leave_out(folder, place.ignores(name, true) != Ignored::No, haul);
            return None;
        }
        let inner = self.enter(place, name, &folder.path, holds, &mut haul.listing.problems);
        if inner.is_none() {
            haul.listing.skipped.skip(Skip::Ignored);
        }
        inner
    }

    /// The place a folder is, or `None` where nothing in it is to be listed.
    fn enter(
        &self,
        outer: &Place,
        bytes: &[u8],
        path: &Path,
        holds: Holds,
        problems: &mut Vec<Problem>,
    ) -> Option<Place> {
        let mut problem = |kind, path: &Path, message| {
            problems.push(Problem {
                path: Some(self.report_path(path)),
                kind,
                message,
            })
        };
        let begins_repository = self.may_begin(outer) && holds.git && claims_worktree(path);
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
        let holds_tracked = outer.holds_folder(&within[..within.len() - 1]);
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
                let rules = rules.enter(bytes, holds.gitignore.then_some(path), &mut failures);
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
            match self.enter(
                &place,
                name.as_encoded_bytes(),
                &at,
                Holds::PERHAPS,
                problems,
            ) {
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
    fn name(&self) -> &[u8] {
        self.path.file_name().unwrap_or_default().as_encoded_bytes()
    }

    /// Its own path in reports.
    fn reported(&self) -> RepoPath {
        RepoPath::new(self.reported.strip_suffix(b"/").unwrap_or(&self.reported))
    }
}

/// Takes note of a repository that is not gone into.
fn leave_out(folder: &FolderOnDisk, is_ignored: bool, haul: &mut Haul) {
    if is_ignored {
        haul.listing.skipped.skip(Skip::Ignored);
    } else {
        haul.listing.skipped.skip(Skip::Submodule);
        haul.listing.skipped.submodules.push(folder.reported());
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

    /// Whether git tracks anything beneath `path`.
    fn holds_folder(&self, path: &[u8]) -> bool {
        let repository = self.repository.as_ref();
        repository.is_some_and(|r| r.tracked.holds_folder(path))
    }

    fn has_submodule(&self, path: &[u8]) -> bool {
        let repository = self.repository.as_ref();
        repository.is_some_and(|r| r.tracked.is_submodule(path))
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
