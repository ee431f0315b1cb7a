//! What the next commit would record, as git has it staged: never the files on disk.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::document::{Coverage, RepoPath, Standing};
use crate::finding::{Accounting, Problem, ProblemKind, Skip};
use crate::git::changes::{Change, Kind, Staged, Version};
use crate::git::ignore::coverage_by;
use crate::git::store::Store;

use super::{Body, Input, Listing, Manner, Notable, Recorded, Since, Source, Stored};

/// How to choose.
pub struct Choice {
    /// Lines that were there before, too.
    pub whole_files: bool,
}

/// What is staged, all of it or under some paths.
pub struct Index {
    store: Arc<Store>,
    root: PathBuf,
    choice: Choice,
    /// Relative to the root; `None`: everything.
    wanted: Option<Vec<Vec<u8>>>,
    staged: Option<Arc<Staged>>,
    problems: Vec<Problem>,
}

impl Index {
    /// Reads the index of the repository around `paths`, or around the
    /// current folder. The error is for whoever named the paths.
    pub fn new(paths: &[PathBuf], choice: Choice) -> Result<Index, String> {
        let store = Arc::new(store_around(paths)?);
        let root = store
            .root()
            .ok_or("a bare repository: it has no index, so nothing can be staged")?
            .to_owned();
        let mut index = Index {
            store,
            root,
            choice,
            wanted: (!paths.is_empty()).then(Vec::new),
            staged: None,
            problems: Vec::new(),
        };
        match index.store.reader().staged() {
            Ok(staged) => index.staged = Some(Arc::new(staged)),
            Err(message) => index.problems.push(Problem {
                path: None,
                kind: ProblemKind::Repository,
                message,
            }),
        }
        for path in paths {
            index.want(path);
        }
        Ok(index)
    }

    fn want(&mut self, named: &Path) {
        let problem = |message: &str| Problem {
            path: Some(RepoPath::from_relative(named)),
            kind: ProblemKind::Missing,
            message: message.to_owned(),
        };
        let Some(path) = path_in(&self.root, named) else {
            let message = "outside the repository whose index is checked";
            return self.problems.push(problem(message));
        };
        let is_known = self.staged.as_ref().is_none_or(|s| s.holds(&path));
        // What is not in the index may be a file whose removal is staged.
        if !is_known && named.symlink_metadata().is_err() && !self.was_there(&path) {
            self.problems
                .push(problem("no such file or folder, nor is it in the index"));
        }
        self.wanted.get_or_insert_default().push(path);
    }

    /// Those of `files` that are not as HEAD has them, relative to the root, and the rest.
    pub(super) fn divide(&self, files: &[PathBuf]) -> (Vec<Vec<u8>>, Vec<PathBuf>) {
        let staged = self.staged.as_ref();
        let changed = |path: &Vec<u8>| {
            staged.is_some_and(|s| {
                s.changes.binary_search_by(|c| c.path.cmp(path)).is_ok()
                    || s.unmerged.contains(path)
            })
        };
        let (mut own, mut rest) = (Vec::new(), Vec::new());
        for file in files {
            match path_in(&self.root, file) {
                Some(path) if changed(&path) => own.push(path),
                Some(_) | None => rest.push(file.clone()),
            }
        }
        (own, rest)
    }

    /// The links that are not as HEAD has them, relative to the root.
    pub(super) fn links(&self) -> Vec<Vec<u8>> {
        let changes = self.staged.iter().flat_map(|s| &s.changes);
        let links = changes.filter(|c| c.kind == Kind::Symlink);
        links.map(|c| c.path.clone()).collect()
    }

    /// Restricts the listing to these paths, relative to the root.
    pub(super) fn want_only(&mut self, paths: Vec<Vec<u8>>) {
        self.wanted = Some(paths);
    }

    /// The folders that hold what is wanted, relative to the root.
    pub(super) fn folders(&self) -> Vec<Vec<u8>> {
        let changes = self.staged.iter().flat_map(|s| &s.changes);
        let wanted = changes.filter(|c| self.is_wanted(&c.path));
        wanted
            .map(|c| RepoPath::new(&c.path[..]).parent().to_vec())
            .collect()
    }

    /// Whether the commit before has `path`.
    fn was_there(&self, path: &[u8]) -> bool {
        self.store.reader().head_holds(path).unwrap_or(true)
    }

    fn is_wanted(&self, path: &[u8]) -> bool {
        self.wanted
            .as_ref()
            .is_none_or(|wanted| wanted.iter().any(|w| covers(w, path)))
    }

    fn coverage_of(&self, path: &[u8]) -> Option<Coverage> {
        let staged = self.staged.as_ref()?;
        let reader = self.store.reader();
        let ignore_file = |path: &[u8]| {
            let mut bytes = Vec::new();
            let id = staged.file_at(path)?;
            reader.read(id, &mut bytes).ok().map(|()| bytes)
        };
        let rules = reader.ignore_rules(&self.root);
        Some(coverage_by(&rules, path, &ignore_file))
    }
}

impl Source for Index {
    fn root(&self) -> &Path {
        &self.root
    }

    fn places(&self) -> Vec<(PathBuf, PathBuf)> {
        vec![(self.root.clone(), self.root.clone())]
    }

    fn list(&self, notable: &Notable<'_>) -> Listing {
        let mut listing = Listing {
            problems: self.problems.clone(),
            root: self.root.clone(),
            may_be_empty: true,
            ..Listing::default()
        };
        let Some(staged) = &self.staged else {
            return listing;
        };
        for path in staged.unmerged.iter().filter(|p| self.is_wanted(p)) {
            listing.problems.push(Problem {
                path: Some(RepoPath::new(&path[..])),
                kind: ProblemKind::Repository,
                message: "in conflict, so that nothing of it is staged: resolve it, `git add` it, check again"
                    .to_owned(),
            });
        }
        let maker = Maker {
            is_dotenv: notable.is_dotenv,
            whole_files: self.choice.whole_files,
            since: Since::Staged,
            coverage: &|path| self.coverage_of(path),
        };
        for change in &staged.changes {
            if self.is_wanted(&change.path) {
                let input = maker.input(change, &mut listing.skipped);
                listing.inputs.extend(input);
            }
        }
        listing
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        self.coverage_of(path.as_bytes())
    }

    fn is_present(&self, path: &RepoPath) -> bool {
        let staged = self.staged.as_ref();
        staged.is_some_and(|s| s.file_at(path.as_bytes()).is_some())
    }

    fn gone(&self, _since: Since, parent: usize) -> Result<Vec<Version>, String> {
        let staged = self.staged.as_ref();
        staged.map_or(Ok(Vec::new()), |s| s.gone(&self.store.reader(), parent))
    }

    fn recorded(&self) -> Option<Recorded> {
        let (store, staged) = (Arc::clone(&self.store), Arc::clone(self.staged.as_ref()?));
        Some(Recorded {
            what: Some("the index"),
            root: self.root.clone(),
            read: Box::new(move |path| {
                // Most folders configure nothing, and a reader has its price.
                if !staged.may_hold(path) {
                    return Ok(None);
                }
                let reader = store.reader();
                reader.follow(path, &|path| staged.entry_at(&reader, path))
            }),
        })
    }

    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// Makes inputs of changes.
pub(super) struct Maker<'a> {
    pub(super) is_dotenv: &'a (dyn Fn(&[u8]) -> bool + Sync),
    pub(super) whole_files: bool,
    pub(super) since: Since,
    pub(super) coverage: &'a dyn Fn(&[u8]) -> Option<Coverage>,
}

impl Maker<'_> {
    /// `None` for what is no file.
    pub(super) fn input(&self, change: &Change, skipped: &mut Accounting) -> Option<Input> {
        let path = RepoPath::new(&change.path[..]);
        let manner = match change.kind {
            Kind::File => Manner::File,
            Kind::Symlink => {
                skipped.skip(Skip::Symlink);
                Manner::Words
            }
            Kind::Submodule => {
                skipped.skip(Skip::Submodule);
                skipped.submodules.push(path);
                return None;
            }
        };
        let is_dotenv = manner == Manner::File && (self.is_dotenv)(path.name());
        let standing = is_dotenv.then(|| Standing {
            tracked: true,
            coverage: (self.coverage)(&change.path).unwrap_or(Coverage::Nothing),
        });
        Some(Input {
            body: Body::Stored(Box::new(Stored {
                path,
                id: change.id,
                before: if_not(self.whole_files, &change.before),
                without: if_not(self.whole_files, &change.without),
                undone: if_not(self.whole_files, &change.undone),
                since: self.since,
            })),
            tracked: true,
            standing,
            manner,
        })
    }
}

fn if_not<T: Clone>(whole_files: bool, before: &[T]) -> Vec<T> {
    match whole_files {
        true => Vec::new(),
        false => before.to_vec(),
    }
}

/// Whether `path` is `wanted` or lies beneath it.
pub(super) fn covers(wanted: &[u8], path: &[u8]) -> bool {
    path.strip_prefix(wanted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/") || wanted.is_empty())
}

/// The repository that the first of `paths` is spoken of in, or the current
/// folder is. The error is for whoever named them.
pub(super) fn store_around(paths: &[PathBuf]) -> Result<Store, String> {
    match paths.first() {
        Some(path) => Store::around(existing_folder(path)),
        None => Store::here(),
    }
}

/// The folder that `path` names, or the nearest above it that is there.
fn existing_folder(path: &Path) -> &Path {
    let mut folders = path.ancestors().filter(|f| f.is_dir());
    match folders.next() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// The path in the repository that `named`, which need not be on disk, stands for.
pub(super) fn path_in(root: &Path, named: &Path) -> Option<Vec<u8>> {
    let mut path = existing_folder(named).canonicalize().ok()?;
    let rest = match existing_folder(named) {
        folder if folder == Path::new(".") && !named.starts_with(".") => named,
        folder => named.strip_prefix(folder).unwrap_or(named),
    };
    for part in rest.components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let relative = path.strip_prefix(root).ok()?;
    Some(RepoPath::from_relative(relative).as_bytes().to_vec())
}
