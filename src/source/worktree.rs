//! Files as they lie on disk, chosen as git would: tracked ones always, untracked ones unless ignored.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::document::{Coverage, RepoPath, Standing, bytes_to_path};
use crate::finding::{Accounting, Problem, ProblemKind, Skip};
use crate::git::ignore::{Failure, Folder, Ignored, coverage_of};
use crate::git::repository::{Repository, claims_worktree, is_bare, is_worktree};

use super::{Body, Input, Listing, Notable, OnDisk, Source};

/// How to choose; the defaults are what `hushlint check` does.
pub struct Choice {
    /// Untracked files that ignore rules cover, too.
    pub no_ignore: bool,
    /// Nested repositories, too.
    pub submodules: bool,
    pub threads: usize,
}

/// The files under some paths.
pub struct Worktree {
    choice: Choice,
    targets: Vec<Target>,
    problems: Vec<Problem>,
    root: PathBuf,
    /// Whether `root` is a repository's own top.
    repository: Option<Arc<Repository>>,
}

/// A path as the caller named it.
struct Target {
    named: PathBuf,
    canonical: PathBuf,
    repository: Option<Arc<Repository>>,
    is_file: bool,
}

impl Worktree {
    /// Looks at what `paths` name and which repositories hold them; what
    /// cannot be used becomes a problem of the listing.
    pub fn new(paths: &[PathBuf], choice: Choice) -> Worktree {
        let mut problems = Vec::new();
        let mut targets = Vec::new();
        let mut repositories: Vec<(PathBuf, Option<Arc<Repository>>)> = Vec::new();
        for named in paths {
            match Target::new(named, &mut repositories, &mut problems) {
                Ok(target) => targets.push(target),
                Err(problem) => problems.push(problem),
            }
        }
        let root = common_root(&targets);
        let repository = targets
            .iter()
            .filter_map(|t| t.repository.clone())
            .find(|r| r.root == root);
        Worktree {
            choice,
            targets,
            problems,
            root,
            repository,
        }
    }
}

impl Target {
    fn new(
        named: &Path,
        known: &mut Vec<(PathBuf, Option<Arc<Repository>>)>,
        problems: &mut Vec<Problem>,
    ) -> Result<Target, Problem> {
        let problem = |kind, message: String| Problem {
            path: Some(RepoPath::from_relative(named)),
            kind,
            message,
        };
        let canonical = named.canonicalize().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                problem(ProblemKind::Missing, "no such file or folder".to_owned())
            }
            _ => problem(ProblemKind::Unreadable, words(&e)),
        })?;
        let kind = fs::metadata(&canonical)
            .map_err(|e| problem(ProblemKind::Unreadable, words(&e)))?
            .file_type();
        if !kind.is_dir() && !kind.is_file() {
            return Err(problem(
                ProblemKind::Missing,
                "neither a file nor a folder: FIFOs, sockets and devices are not read".to_owned(),
            ));
        }
        let folder = if kind.is_dir() {
            canonical.clone()
        } else {
            canonical
                .parent()
                .map_or_else(|| canonical.clone(), Path::to_owned)
        };
        let repository = match known.iter().find(|(f, _)| *f == folder) {
            Some((_, repository)) => repository.clone(),
            None => {
                let held = known
                    .iter()
                    .filter_map(|(_, r)| r.as_ref())
                    .find(|r| folder.starts_with(&r.root) && !has_git_between(&folder, &r.root));
                let repository = match held {
                    Some(repository) => Some(repository.clone()),
                    None => match Repository::discover(&folder) {
                        Ok(repository) => repository.map(Arc::new),
                        Err(e) if e.git_data => {
                            return Err(problem(ProblemKind::Repository, e.message));
                        }
                        // The files can be scanned all the same, though what is tracked is unknown.
                        Err(e) => {
                            problems.push(problem(ProblemKind::Repository, e.message));
                            None
                        }
                    },
                };
                known.push((folder, repository.clone()));
                repository
            }
        };
        Ok(Target {
            named: named.to_owned(),
            canonical,
            repository,
            is_file: kind.is_file(),
        })
    }

    /// The folder that paths under this target are relative to when it stands alone.
    fn base(&self) -> &Path {
        match &self.repository {
            Some(repository) => &repository.root,
            None if self.is_file => self.canonical.parent().unwrap_or(&self.canonical),
            None => &self.canonical,
        }
    }
}

impl Target {
    /// The folder it is or lies in, and the top of all that may configure it.
    fn place(&self) -> (PathBuf, PathBuf) {
        let folder = match self.is_file {
            true => self.canonical.parent().unwrap_or(&self.canonical),
            false => &self.canonical,
        };
        let here = std::env::current_dir().and_then(|here| here.canonicalize());
        let top = match (&self.repository, here) {
            // Whoever works in a folder has seen what configures it.
            (None, Ok(here)) if folder.starts_with(&here) => here,
            _ => self.base().to_owned(),
        };
        (folder.to_owned(), top)
    }
}

/// Whether a repository of its own begins between `folder` and the `root` above it.
fn has_git_between(folder: &Path, root: &Path) -> bool {
    folder
        .ancestors()
        .take_while(|a| *a != root)
        .any(claims_worktree)
}

/// The folder all targets lie in: the repository where there is one.
fn common_root(targets: &[Target]) -> PathBuf {
    let mut bases = targets.iter().map(Target::base);
    let Some(first) = bases.next() else {
        return PathBuf::new();
    };
    let mut root = first.to_owned();
    for base in bases {
        while !base.starts_with(&root) && root.pop() {}
    }
    root
}

impl Source for Worktree {
    fn root(&self) -> &Path {
        &self.root
    }

    fn places(&self) -> Vec<(PathBuf, PathBuf)> {
        let mut places: Vec<_> = self.targets.iter().map(Target::place).collect();
        places.sort();
        places.dedup();
        places
    }

    fn list(&self, notable: &Notable<'_>) -> Listing {
        let mut listing = Listing {
            problems: self.problems.clone(),
            root: self.root.clone(),
            ..Listing::default()
        };
        for target in &self.targets {
            let walk = Walk {
                choice: &self.choice,
                notable,
                target,
                root: &self.root,
                folders: Mutex::default(),
                expected: AtomicU64::new(0),
                seen: AtomicU64::new(0),
            };
            walk.list(&mut listing);
        }
        listing.in_order()
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        let repository = self.repository.as_ref()?;
        Some(coverage_of(&repository.rules(), path.as_bytes()))
    }
}

impl Input {
    /// Compares as the paths would, without building them where there are many.
    pub(super) fn by_path(&self, other: &Input) -> Ordering {
        match (&self.body, &other.body) {
            (Body::Disk(own), Body::Disk(others)) => own.by_path(others),
            (Body::Disk(_) | Body::Stored(_), _) => self.path().cmp(&other.path()),
        }
    }
}

impl OnDisk {
    fn by_path(&self, other: &OnDisk) -> Ordering {
        if self.prefix == other.prefix {
            return self.rest().cmp(other.rest());
        }
        let (own, others) = (self.prefix.iter(), other.prefix.iter());
        own.chain(self.rest()).cmp(others.chain(other.rest()))
    }

    fn rest(&self) -> &[u8] {
        &self.file.as_os_str().as_encoded_bytes()[self.strip..]
    }
}

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

struct Walk<'a> {
    choice: &'a Choice,
    notable: &'a Notable<'a>,
    target: &'a Target,
    root: &'a Path,
    folders: Mutex<HashMap<PathBuf, Place>>,
    /// Tracked files there should be, and those there are.
    expected: AtomicU64,
    seen: AtomicU64,
}

/// What one thread of the walk brings home.
struct Haul<'a> {
    listing: Listing,
    home: &'a Mutex<Vec<Listing>>,
    /// The folder of the last entry, which is mostly that of the next as well.
    last: Option<(PathBuf, Place)>,
    /// Tracked files met.
    seen: u64,
    seen_by_all: &'a AtomicU64,
}

impl Drop for Haul<'_> {
    fn drop(&mut self) {
        self.seen_by_all.fetch_add(self.seen, Relaxed);
        self.home
            .lock()
            .expect("no thread panics while it holds this")
            .push(std::mem::take(&mut self.listing));
    }
}

impl Walk<'_> {
    fn list(&self, listing: &mut Listing) {
        let prefix: Arc<[u8]> = self.prefix();
        let strip = self.target.named.as_os_str().len();
        if self.target.is_file {
            let path = RepoPath::new(&prefix[..]);
            let place = self.place_above(&mut listing.problems);
            let tracked = place
                .repository
                .as_ref()
                .is_some_and(|r| r.tracked.holds_file(&[&place.within, path.name()].concat()));
            let standing = self.standing(&place, path.name(), tracked);
            listing.inputs.push(Input {
                body: Body::Disk(OnDisk {
                    file: self.target.named.clone(),
                    strip,
                    prefix,
                }),
                tracked,
                standing,
                name_only: false,
            });
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
                };
                let prefix = prefix.clone();
                Box::new(move |entry| match entry {
                    Ok(entry) => self.visit(entry, &mut haul, &prefix, strip),
                    Err(error) => {
                        haul.listing.problems.push(self.problem_of(&error));
                        WalkState::Continue
                    }
                })
            });
        for part in home.into_inner().expect("the walk's threads have ended") {
            listing.inputs.extend(part.inputs);
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
    fn prefix(&self) -> Arc<[u8]> {
        let relative = self
            .target
            .canonical
            .strip_prefix(self.root)
            .expect("the root is above every target");
        let mut prefix = RepoPath::from_relative(relative).as_bytes().to_vec();
        if !self.target.is_file && !prefix.is_empty() {
            prefix.push(b'/');
        }
        prefix.into()
    }

    fn visit(
        &self,
        entry: DirEntry,
        haul: &mut Haul<'_>,
        prefix: &Arc<[u8]>,
        strip: usize,
    ) -> WalkState {
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if entry.depth() == 0 {
            let mut place = self.place_above(&mut haul.listing.problems);
            if let Some(name) = self.target.canonical.file_name()
                && place
                    .repository
                    .as_ref()
                    .is_some_and(|r| r.root != self.target.canonical)
            {
                place = match self.enter(
                    &place,
                    name,
                    &self.target.named,
                    &mut haul.listing.problems,
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
                self.expect(repository, folder, &mut haul.listing.problems);
            }
            self.folders
                .lock()
                .expect("no thread panics while it holds this")
                .insert(entry.into_path(), place);
            return WalkState::Continue;
        }
        let parent = entry.path().parent().expect("depth is above 0");
        if haul.last.as_ref().is_none_or(|(path, _)| path != parent) {
            let place = self
                .folders
                .lock()
                .expect("no thread panics while it holds this")
                .get(parent)
                .cloned()
                .expect("a folder is visited before what it holds");
            haul.last = Some((parent.to_owned(), place));
        }
        let (_, place) = haul.last.as_ref().expect("set above");
        if kind.is_dir() {
            let place = place.clone();
            return self.visit_folder(&entry, &place, haul, prefix, strip);
        }
        if entry.file_name() == ".git" {
            return WalkState::Continue;
        }
        let name = entry.file_name().as_encoded_bytes();
        let tracked = place.holds_file(name);
        haul.seen += u64::from(tracked);
        if kind.is_symlink() {
            haul.listing.skipped.skip(Skip::Symlink);
            return WalkState::Continue;
        }
        if !kind.is_file() {
            haul.listing.skipped.skip(Skip::Special);
            return WalkState::Continue;
        }
        if (self.notable.is_configuration)(name) {
            let rest = entry.path().strip_prefix(&self.target.named);
            let rest = rest.unwrap_or(entry.path());
            haul.listing
                .configurations
                .push(self.target.canonical.join(rest));
        }
        let ignored = if tracked || self.choice.no_ignore {
            Ignored::No
        } else {
            place.ignores(name, false)
        };
        let standing = self.standing(place, name, tracked);
        let name_only = match ignored {
            Ignored::No => false,
            // A teammate's clone has no such rule: the file's name still matters.
            Ignored::Private(_) if standing.is_some() => true,
            Ignored::Shared | Ignored::Private(_) => {
                haul.listing.skipped.skip(Skip::Ignored);
                return WalkState::Continue;
            }
        };
        // The path of the walk's own root ends where the prefix takes over.
        let strip = strip
            + usize::from(
                entry.path().as_os_str().as_encoded_bytes().get(strip)
                    == Some(&(std::path::MAIN_SEPARATOR as u8)),
            );
        haul.listing.inputs.push(Input {
            body: Body::Disk(OnDisk {
                file: entry.into_path(),
                strip,
                prefix: prefix.clone(),
            }),
            tracked,
            standing,
            name_only,
        });
        WalkState::Continue
    }

    fn visit_folder(
        &self,
        entry: &DirEntry,
        place: &Place,
        haul: &mut Haul<'_>,
        prefix: &Arc<[u8]>,
        strip: usize,
    ) -> WalkState {
        let name = entry.file_name();
        if name == ".git" {
            return WalkState::Skip;
        }
        let path_of = || {
            let rest = entry.path().as_os_str().as_encoded_bytes()[strip..]
                .iter()
                .map(|&b| {
                    if b == std::path::MAIN_SEPARATOR as u8 {
                        b'/'
                    } else {
                        b
                    }
                });
            let rest: Vec<u8> = rest.skip_while(|&b| b == b'/').collect();
            RepoPath::new([&prefix[..], &rest].concat())
        };
        if let Some(repository) = &place.repository {
            let path = [&place.within, name.as_encoded_bytes()].concat();
            let nested = repository.tracked.is_submodule(&path);
            // Where another repository begins around tracked files, they stay this one's.
            let own =
                !nested && !repository.tracked.holds_folder(&path) && is_worktree(entry.path());
            if nested && self.choice.submodules && !is_worktree(entry.path()) {
                haul.listing.problems.push(not_checked_out(path_of()));
            }
            if (nested || own) && !self.choice.submodules {
                if !own || place.ignores(name.as_encoded_bytes(), true) == Ignored::No {
                    haul.listing.skipped.skip(Skip::Submodule);
                    haul.listing.skipped.submodules.push(path_of());
                } else {
                    haul.listing.skipped.skip(Skip::Ignored);
                }
                return WalkState::Skip;
            }
        }
        let holds_tracked = place.repository.as_ref().is_some_and(|r| {
            let path = [&place.within, name.as_encoded_bytes()].concat();
            r.tracked.holds_folder(&path)
        });
        // Compressed, so that a scan would be green whatever it holds.
        if !holds_tracked && is_bare(entry.path()) {
            if place.ignores(name.as_encoded_bytes(), true) == Ignored::No {
                haul.listing.skipped.skip(Skip::Submodule);
                haul.listing.skipped.submodules.push(path_of());
            } else {
                haul.listing.skipped.skip(Skip::Ignored);
            }
            return WalkState::Skip;
        }
        match self.enter(place, name, entry.path(), &mut haul.listing.problems) {
            Some(inner) => {
                self.folders
                    .lock()
                    .expect("no thread panics while it holds this")
                    .insert(entry.path().to_owned(), inner);
                WalkState::Continue
            }
            None => {
                haul.listing.skipped.skip(Skip::Ignored);
                WalkState::Skip
            }
        }
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
}

impl Place {
    fn holds_file(&self, name: &[u8]) -> bool {
        let Some(repository) = &self.repository else {
            return false;
        };
        if self.within.is_empty() {
            return repository.tracked.holds_file(name);
        }
        repository
            .tracked
            .holds_file(&[&self.within, name].concat())
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

/// The system's words, without the number Rust adds.
pub fn words(error: &io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_lowercase(),
        None => text,
    }
}

impl Accounting {
    /// Left-out entries of one reason, 0 if none.
    pub fn skipped_for(&self, why: Skip) -> u64 {
        self.skipped.get(&why).copied().unwrap_or(0)
    }
}
