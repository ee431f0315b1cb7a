//! What a range of commits changed, each of them and all together.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::document::{Coverage, RepoPath};
use crate::finding::{Problem, ProblemKind, Provenance, Situation};
use crate::git::changes::{Change, Kind, Version};
use crate::git::ignore::coverage_by;
use crate::git::range;
use crate::git::store::{ObjectId, Reader, Store};

use super::index::{Choice, Maker, covers, path_in, store_around};
use super::{Body, Input, Listing, Manner, Notable, Recorded, Said, Since, Source};

/// The commits that one revision has and another has not.
pub struct Range {
    store: Arc<Store>,
    root: PathBuf,
    choice: Choice,
    /// Relative to the root; none: everything.
    wanted: Vec<Vec<u8>>,
    range: range::Range,
    unpushed: OnceLock<Option<HashSet<ObjectId>>>,
}

impl Range {
    /// The range that `spec` names (see [`Reader::range`]), in the repository
    /// around `paths` or around the current folder; the error is for whoever named them.
    pub fn new(spec: &str, paths: &[PathBuf], choice: Choice) -> Result<Range, String> {
        let store = store_around(paths)?;
        let range = store
            .reader()
            .range(spec)
            .map_err(|message| format!("--diff {message}"))?;
        Range::of(range, store, paths, choice)
    }

    /// What a push from the repository around the current folder brings (see [`Reader::push`]).
    pub fn of_push(
        from: &[Option<String>],
        to: &[String],
        remote: &str,
        choice: Choice,
    ) -> Result<Range, String> {
        let store = Store::here()?;
        let range = store.reader().push(from, to, remote)?;
        Range::of(range, store, &[], choice)
    }

    fn of(
        range: range::Range,
        store: Store,
        paths: &[PathBuf],
        choice: Choice,
    ) -> Result<Range, String> {
        let root = store.root().map_or_else(PathBuf::new, ToOwned::to_owned);
        let mut wanted = Vec::new();
        for named in paths {
            let path = path_in(&root, named).ok_or_else(|| {
                format!(
                    "{}: outside the repository that is checked",
                    named.display()
                )
            })?;
            // What is not on disk may be what the range changed or took away.
            if named.symlink_metadata().is_err() && !holds(&store, &range, &path)? {
                return Err(format!(
                    "{}: no such file or folder, nor is it in the range",
                    named.display()
                ));
            }
            wanted.push(path);
        }
        Ok(Range {
            store: Arc::new(store),
            root,
            choice,
            wanted,
            range,
            unpushed: OnceLock::new(),
        })
    }

    fn add(
        &self,
        listing: &mut Listing,
        changes: &[Change],
        since: Since,
        bases: &mut Bases<'_>,
        notable: &Notable<'_>,
    ) {
        let maker = Maker {
            is_dotenv: notable.is_dotenv,
            whole_files: self.choice.whole_files,
            since,
            coverage: &|path| self.coverage_of(path),
        };
        for change in changes {
            let is_wanted =
                self.wanted.is_empty() || self.wanted.iter().any(|w| covers(w, &change.path));
            if !is_wanted {
                continue;
            }
            let mut change = change.clone();
            // What stood where the range begins is not the range's, whoever took it out and put it back.
            change.before.extend(bases.of(&change.path));
            change.before.dedup();
            let input = maker.input(&change, &mut listing.skipped);
            listing.inputs.extend(input);
        }
    }

    /// Whether others may have the commit.
    fn is_pushed(&self, commit: ObjectId) -> bool {
        let unpushed = self
            .unpushed
            .get_or_init(|| self.store.reader().unpushed(&self.range));
        let unpushed = unpushed.as_ref();
        unpushed.is_none_or(|unpushed| !unpushed.contains(&commit))
    }

    /// What the messages of commits say, and then what those of tags do.
    fn said(&self) -> impl Iterator<Item = Input> {
        let commits = self.range.commits.iter().map(|c| (c.id, &c.message));
        let tags = self.range.tags.iter().map(|t| (t.id, &t.message));
        let all = commits.chain(tags).enumerate();
        all.filter(|(_, (_, text))| !text.is_empty())
            .map(|(number, (id, text))| Input {
                body: Body::Said(Box::new(Said {
                    path: RepoPath::from(&*format!("message {id}")),
                    text: Arc::clone(text),
                    number,
                })),
                tracked: true,
                standing: None,
                manner: Manner::Words,
            })
    }

    fn coverage_of(&self, path: &[u8]) -> Option<Coverage> {
        let reader = self.store.reader();
        let ignore_file = |path: &[u8]| {
            let mut bytes = Vec::new();
            let id = reader.file_at(self.range.tip, path).ok()??;
            reader.read(id, &mut bytes).ok().map(|()| bytes)
        };
        let rules = reader.ignore_rules(&self.root);
        Some(coverage_by(&rules, path, &ignore_file))
    }
}

/// Whether `range` has anything at `path`: where it begins, where it leads to, or between.
fn holds(store: &Store, range: &range::Range, path: &[u8]) -> Result<bool, String> {
    let reader = store.reader();
    for tree in range.base.iter().chain([&range.tip]) {
        if reader.tree_holds(*tree, path)? {
            return Ok(true);
        }
    }
    let mut changes = range.commits.iter().flat_map(|c| &c.changes);
    Ok(changes.any(|change| covers(path, &change.path)))
}

/// What stands at a path where a range begins.
struct Bases<'a> {
    reader: &'a Reader,
    tree: Option<ObjectId>,
    known: HashMap<Vec<u8>, Option<ObjectId>>,
}

impl Bases<'_> {
    fn of(&mut self, path: &[u8]) -> Option<Version> {
        let found = match self.known.get(path) {
            Some(known) => *known,
            None => {
                // What cannot be read is missed again, and reported, when the range is compared with it.
                let tree = self.tree;
                let found = tree.and_then(|tree| self.reader.kind_at(tree, path).ok().flatten());
                let found = found.filter(|(kind, _)| *kind != Kind::Submodule);
                let found = found.map(|(_, id)| id);
                self.known.insert(path.to_vec(), found);
                found
            }
        };
        found.map(|id| Version {
            path: path.to_vec(),
            id,
        })
    }
}

impl Source for Range {
    fn root(&self) -> &Path {
        &self.root
    }

    fn places(&self) -> Vec<(PathBuf, PathBuf)> {
        match self.root.as_os_str().is_empty() {
            // A bare repository has no files.
            true => Vec::new(),
            false => vec![(self.root.clone(), self.root.clone())],
        }
    }

    fn list(&self, notable: &Notable<'_>) -> Listing {
        let mut listing = Listing {
            root: self.root.clone(),
            may_be_empty: true,
            ..Listing::default()
        };
        listing
            .problems
            .extend(self.range.failures.iter().map(|message| Problem {
                path: None,
                kind: ProblemKind::Repository,
                message: message.clone(),
            }));
        let reader = self.store.reader();
        let mut bases = Bases {
            reader: &reader,
            tree: self.range.base,
            known: HashMap::new(),
        };
        self.add(
            &mut listing,
            &self.range.whole,
            Since::Tip,
            &mut bases,
            notable,
        );
        for (place, commit) in self.range.commits.iter().enumerate() {
            self.add(
                &mut listing,
                &commit.changes,
                Since::Commit(place),
                &mut bases,
                notable,
            );
        }
        // Whoever names files does not ask for what is said about them.
        if self.wanted.is_empty() {
            listing.inputs.extend(self.said());
        }
        listing.inputs.sort_by(|a, b| a.by_path(b));
        listing
    }

    fn coverage(&self, path: &RepoPath) -> Option<Coverage> {
        self.coverage_of(path.as_bytes())
    }

    fn is_present(&self, path: &RepoPath) -> bool {
        let found = self.store.reader().file_at(self.range.tip, path.as_bytes());
        found.is_ok_and(|found| found.is_some())
    }

    fn provenance(&self, commit: usize, path: &RepoPath, in_head: bool) -> Option<Provenance> {
        let commit = self.range.commits.get(commit)?;
        Some(Provenance {
            commit: Some(commit.id.to_string()),
            author: commit.author.clone(),
            date: commit.date.clone(),
            path: path.clone(),
            in_head,
        })
    }

    fn speaker(&self, number: usize) -> Option<(Provenance, Situation)> {
        let range = &self.range;
        let path = |id: ObjectId| RepoPath::from(&*format!("message {id}"));
        if let Some(commit) = range.commits.get(number) {
            let in_head = range.head == Some(commit.id);
            let situation = match self.is_pushed(commit.id) {
                true => Situation::Said,
                false => Situation::Committed,
            };
            return Some((
                self.provenance(number, &path(commit.id), in_head)?,
                situation,
            ));
        }
        let tag = range.tags.get(number - range.commits.len())?;
        let provenance = Provenance {
            commit: None,
            author: tag.author.clone(),
            date: tag.date.clone(),
            path: path(tag.id),
            in_head: false,
        };
        let situation = match self.is_pushed(tag.commit) {
            true => Situation::Said,
            false => Situation::Tagged,
        };
        Some((provenance, situation))
    }

    fn situation(&self, commit: Option<usize>, in_head: bool) -> Option<Situation> {
        let commits = &self.range.commits;
        let is_pushed = match commit.and_then(|place| commits.get(place)) {
            Some(commit) => self.is_pushed(commit.id),
            None => commits.iter().any(|c| self.is_pushed(c.id)),
        };
        Some(Situation::of_committed(is_pushed, in_head))
    }

    fn gone(&self, since: Since, parent: usize) -> Result<Vec<Version>, String> {
        let range = &self.range;
        let (tree, parent) = match since {
            Since::Commit(place) => {
                let commit = &range.commits[place];
                (commit.tree, commit.parents.get(parent).copied())
            }
            Since::Tip | Since::Staged => (range.tip, range.base),
        };
        parent.map_or(Ok(Vec::new()), |p| self.store.reader().gone(tree, p))
    }

    fn old(&self) -> Result<Vec<Version>, String> {
        let mut old = self.gone(Since::Tip, 0)?;
        let changed = self.range.whole.iter();
        old.extend(changed.flat_map(|c| c.before.iter().cloned()));
        Ok(old)
    }

    fn chosen(&self, path: &RepoPath, has: &mut dyn FnMut(ObjectId) -> bool) -> Option<usize> {
        let reader = self.store.reader();
        let mut holds = |tree: &ObjectId| {
            let file = reader.file_at(*tree, path.as_bytes());
            file.is_ok_and(|id| id.is_some_and(&mut *has))
        };
        self.range.commits.iter().rposition(|commit| {
            commit.parents.len() > 1
                && holds(&commit.tree)
                && !commit.parents.iter().all(&mut holds)
        })
    }

    fn recorded(&self) -> Option<Recorded> {
        let (store, root) = (Arc::clone(&self.store), self.store.root()?.to_owned());
        let what = Some("the last commit");
        Some(Recorded::of_tree(what, root, store, self.range.tip))
    }

    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}
