//! Files as they lie on disk, chosen as git would: tracked ones always, untracked ones unless ignored.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::document::{Coverage, RepoPath};
use crate::finding::{Accounting, Problem, ProblemKind, Skip};
use crate::git::ignore::coverage_of;
use crate::git::repository::{Repository, claims_worktree};

use super::walk::Walk;
use super::{Listing, Notable, Source};

/// What is said of what would be waited for.
pub const NEITHER: &str = "neither a file nor a folder: FIFOs, sockets and devices are not read";

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
pub(super) struct Target {
    pub(super) named: PathBuf,
    pub(super) canonical: PathBuf,
    pub(super) repository: Option<Arc<Repository>>,
    pub(super) is_file: bool,
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
            return Err(problem(ProblemKind::Missing, NEITHER.to_owned()));
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

/// The folder in which looking for the configuration of `path`, which need not
/// be there, begins, and the one where it ends.
pub fn folder_and_top(path: &Path) -> Result<(PathBuf, PathBuf), String> {
    let there = path.ancestors().find(|p| p.exists()).unwrap_or(path);
    let mut problems = Vec::new();
    match Target::new(there, &mut Vec::new(), &mut problems) {
        Ok(target) => Ok(target.place()),
        Err(problem) => Err(format!("{}: {}", path.display(), problem.message)),
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
            Walk::new(&self.choice, notable, target, &self.root).list(&mut listing);
        }
        match self.targets.len() {
            // Nothing is there twice.
            1 => listing,
            _ => listing.in_order(),
        }
    }

    fn is_whole(&self) -> bool {
        let is_top = |target: &Target| !target.is_file && target.canonical == self.root;
        self.repository.is_some() && matches!(&self.targets[..], [only] if is_top(only))
    }

    fn would_list(&self, path: &RepoPath) -> bool {
        let file = path.join_to(&self.root);
        self.targets.iter().any(|t| file.starts_with(&t.canonical))
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        let repository = self.repository.as_ref()?;
        Some(coverage_of(&repository.rules(), path.as_bytes()))
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
