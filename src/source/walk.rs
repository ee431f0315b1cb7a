//! The walk through a target: what is listed, what is left out and why.
//!
//! A folder is read once, and what its listing does not name is not asked for:
//! most folders hold no `.gitignore` and no repository. A walk by the ignore
//! crate, which asks before it lists, took a fifth more of the whole scan's time.

use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use crate::document::{Coverage, RepoPath, Standing, bytes_to_path};
use crate::finding::{Problem, ProblemKind, Skip};
use crate::git::ignore::{Failure, Folder, Ignored};
use crate::git::repository::{Repository, claims_worktree, is_bare, is_worktree};

use super::share::share;
use super::worktree::{Choice, Target, words};
use super::{Body, FolderOnDisk, Input, Listing, Notable, OnDisk};

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

/// What a folder may hold that changes how it is taken.
#[derive(Clone, Copy, Default)]
struct Signs {
    git: bool,
    rules: bool,
    /// What a bare repository holds.
    head: bool,
    objects: bool,
}

impl Signs {
    /// Of a folder that is not listed yet, or cannot be.
    const UNKNOWN: Signs = Signs {
        git: true,
        rules: true,
        head: true,
        objects: true,
    };

    /// Some file systems know these names in any case.
    fn of(entries: &[Entry]) -> Signs {
        let mut signs = Signs::default();
        for (name, _) in entries {
            let name = name.as_encoded_bytes();
            match name.len() {
                4 if name[0] == b'.' => signs.git |= name.eq_ignore_ascii_case(b".git"),
                4 => signs.head |= name.eq_ignore_ascii_case(b"HEAD"),
                7 => signs.objects |= name.eq_ignore_ascii_case(b"objects"),
                10 => signs.rules |= name.eq_ignore_ascii_case(b".gitignore"),
                _ => {}
            }
        }
        signs
    }
}

/// One thing a folder holds.
type Entry = (OsString, FileType);

/// A folder to be listed.
struct Job {
    folder: FolderOnDisk,
    place: Arc<Place>,
    /// Whether `place` is the folder's own, or that of the one around it.
    entered: bool,
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
        let first = Job {
            folder: FolderOnDisk {
                path: self.target.named.clone(),
                reported: self.prefix(),
            },
            place: Arc::new(self.place_of_top(&mut listing.problems)),
            entered: true,
        };
        let hauls = share(
            self.choice.threads,
            first,
            Haul::default,
            |job, haul, more| self.list_folder(job, haul, more),
        );
        let mut seen = self.seen.load(Relaxed);
        for Haul {
            listing: part,
            seen: met,
            ..
        } in hauls
        {
            listing.inputs.extend(part.inputs);
            listing.configurations.extend(part.configurations);
            listing.problems.extend(part.problems);
            listing.skipped.add(part.skipped);
            seen += met;
        }
        let expected = self.expected.load(Relaxed);
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
            name_only: false,
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
            place = match self.enter(&place, name, &self.target.named, Signs::UNKNOWN, problems) {
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

    /// Lists one folder; the folders in it become jobs.
    fn list_folder(&self, job: Job, haul: &mut Haul, more: &mut Vec<Job>) {
        let mut entries = Vec::new();
        let mut unread = Vec::new();
        let listed = read_folder(&job.folder.path, &mut entries, &mut unread);
        let place = if job.entered {
            job.place
        } else {
            let signs = match &listed {
                Ok(()) => Signs::of(&entries),
                Err(_) => Signs::UNKNOWN,
            };
            match self.take_folder(&job.place, &job.folder, signs, haul) {
                Some(place) => Arc::new(place),
                None => return,
            }
        };
        let unread = unread.into_iter().chain(listed.err());
        haul.listing.problems.extend(unread.map(|error| Problem {
            path: Some(self.report_path(&job.folder.path)),
            kind: ProblemKind::Unreadable,
            message: words(&error),
        }));
        let folder = Arc::new(job.folder);
        for (name, kind) in entries {
            if name == ".git" {
                continue;
            }
            if kind.is_dir() {
                more.extend(self.folder_job(&place, &folder, &name, haul));
                continue;
            }
            if (self.notable.is_configuration)(name.as_encoded_bytes()) {
                let path = [&folder.reported, name.as_encoded_bytes()].concat();
                let file = RepoPath::new(path).join_to(self.root);
                haul.listing.configurations.push(file);
            }
            if let Some((tracked, standing, name_only)) = self.take_file(&place, &name, kind, haul)
            {
                haul.listing.inputs.push(Input {
                    body: Body::Disk(OnDisk {
                        folder: folder.clone(),
                        name,
                    }),
                    tracked,
                    standing,
                    name_only,
                });
            }
        }
    }

    /// The job that lists the folder called `name`. What its own listing may
    /// decide is left to the job.
    fn folder_job(
        &self,
        outer: &Arc<Place>,
        around: &FolderOnDisk,
        name: &OsStr,
        haul: &mut Haul,
    ) -> Option<Job> {
        let bytes = name.as_encoded_bytes();
        let folder = FolderOnDisk {
            path: around.path.join(name),
            reported: [&around.reported, bytes, b"/"].concat(),
        };
        let is_submodule = outer.repository.as_ref().is_some_and(|repository| {
            let path = [&outer.within, bytes].concat();
            repository.tracked.is_submodule(&path)
        });
        let is_ignored = !self.choice.no_ignore && outer.ignores(bytes, true) != Ignored::No;
        let (place, entered) = if is_submodule || is_ignored {
            let place = self.take_folder(outer, &folder, Signs::UNKNOWN, haul)?;
            (Arc::new(place), true)
        } else {
            (outer.clone(), false)
        };
        Some(Job {
            folder,
            place,
            entered,
        })
    }

    /// Whether a file is tracked, how it stands if it is a dotenv file, and
    /// whether it is judged by name alone; `None` for one that is left out.
    fn take_file(
        &self,
        place: &Place,
        name: &OsStr,
        kind: FileType,
        haul: &mut Haul,
    ) -> Option<(bool, Option<Standing>, bool)> {
        let name = name.as_encoded_bytes();
        let tracked = place.holds_file(name, &mut haul.path);
        haul.seen += u64::from(tracked);
        if !kind.is_file() {
            haul.listing.skipped.skip(match kind.is_symlink() {
                true => Skip::Symlink,
                false => Skip::Special,
            });
            return None;
        }
        let ignored = if tracked || self.choice.no_ignore {
            Ignored::No
        } else {
            place.ignores(name, false)
        };
        let standing = self.standing(place, name, tracked);
        match ignored {
            Ignored::No => Some((tracked, standing, false)),
            // A teammate's clone has no such rule: the file's name still matters.
            Ignored::Private(_) if standing.is_some() => Some((tracked, standing, true)),
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
        signs: Signs,
        haul: &mut Haul,
    ) -> Option<Place> {
        let name = folder.path.file_name().unwrap_or_default();
        let bytes = name.as_encoded_bytes();
        let leave_out = |haul: &mut Haul, is_ignored| {
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
            let is_worktree = || signs.git && is_worktree(&folder.path);
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
        if !holds_tracked && signs.head && signs.objects && is_bare(&folder.path) {
            leave_out(haul, place.ignores(bytes, true) != Ignored::No);
            return None;
        }
        let inner = self.enter(place, name, &folder.path, signs, &mut haul.listing.problems);
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
        signs: Signs,
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
        let begins_repository = (outer.repository.is_none() || self.choice.submodules)
            && signs.git
            && claims_worktree(path);
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
                let rules = rules.enter_listed(bytes, path, signs.rules, &mut failures);
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
            match self.enter(&place, name, &at, Signs::UNKNOWN, problems) {
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
    /// Its own path in reports.
    fn reported(&self) -> RepoPath {
        RepoPath::new(self.reported.strip_suffix(b"/").unwrap_or(&self.reported))
    }
}

/// Appends what `folder` holds, and to `unread` why some of it stays unknown.
fn read_folder(
    folder: &Path,
    entries: &mut Vec<Entry>,
    unread: &mut Vec<io::Error>,
) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
            Ok(entry) => entries.push(entry),
            Err(error) => unread.push(error),
        }
    }
    Ok(())
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
