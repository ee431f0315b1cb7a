//! The commits that one revision has and another has not.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gix::ObjectId;
use gix::objs::FindExt;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

use super::changes::Change;
use super::history::{message, parse, signature};
use super::refs::{self, Side};
use super::repository::chain;
use super::store::{Reader, missing};

/// A range of commits, and what it comes to.
pub struct Range {
    /// A commit comes after its parents. Behind all of them, the ends of
    /// further branches, each against where it begins.
    pub commits: Vec<Commit>,
    /// The tree the range leads to.
    pub tip: ObjectId,
    /// That tree against the one where the range begins.
    pub whole: Vec<Change>,
    /// What annotated tags of its commits say.
    pub tags: Vec<Tag>,
    /// The commit that HEAD names.
    pub head: Option<ObjectId>,
    /// The tree where it begins; `None`: with nothing.
    pub base: Option<ObjectId>,
    /// Commits that could not be compared with their parents.
    pub failures: Vec<String>,
}

pub struct Commit {
    pub id: ObjectId,
    pub author: String,
    /// The author date (RFC 3339).
    pub date: String,
    pub tree: ObjectId,
    /// The trees of its parents.
    pub parents: Vec<ObjectId>,
    pub changes: Vec<Change>,
    pub message: Arc<[u8]>,
}

/// An annotated tag.
pub struct Tag {
    pub id: ObjectId,
    pub author: String,
    /// When it was made (RFC 3339).
    pub date: String,
    pub message: Arc<[u8]>,
    /// The commit it stands for, by way of other tags or not.
    pub commit: ObjectId,
}

/// Clocks differ by so much, in seconds.
const SLACK: i64 = 86_400;

impl Reader {
    /// The range that `spec` names as git writes it: `BASE...HEAD`,
    /// `BASE..HEAD`, `BASE`. All mean the commits that HEAD has and BASE has
    /// not. The error is for whoever wrote it.
    pub fn range(&self, spec: &str) -> Result<Range, String> {
        let (from, to) = spec
            .split_once("...")
            .or_else(|| spec.split_once(".."))
            .unwrap_or((spec, "HEAD"));
        // Git takes nothing for HEAD; but nothing is what an unset variable leaves
        // in a script, and HEAD against itself would be clean whatever it holds.
        if from.trim().is_empty() || to.trim().is_empty() {
            return Err(format!(
                "\"{spec}\": a revision is missing; is the variable that names it not set? HEAD is to be written out: `BASE...HEAD`"
            ));
        }
        let (old, new) = (self.commit(from)?, self.commit(to)?);
        let cut = self.shallow();
        let base = match self.base(new, &[old]) {
            Ok(base) => base,
            // A commit is missing: what cuts the history off says more than the commit's id.
            Err(_) if !cut.is_empty() => None,
            Err(message) => return Err(format!("{spec}: {message}")),
        };
        let Some(base) = base else {
            return Err(match cut.is_empty() {
                true => format!("{spec}: `{from}` and `{to}` have no commit in common"),
                false => format!(
                    "{spec}: this clone is shallow, and cut off before `{from}` and `{to}` meet; `git fetch --unshallow` brings the rest"
                ),
            });
        };
        let failed = |message| format!("{spec}: {message}");
        let mut range = self.make(&[old], &[new], Some(base)).map_err(failed)?;
        self.add_tags(&mut range, to);
        Ok(range)
    }

    /// Takes up what the annotated tag `to` says, if it is one, and what those of the range's commits do.
    fn add_tags(&self, range: &mut Range, to: &str) {
        let commits: HashSet<ObjectId> = range.commits.iter().map(|c| c.id).collect();
        let to = refs::object(&self.repository, to);
        let mut todo: Vec<ObjectId> = to.into_iter().collect();
        if !commits.is_empty() {
            let tags = refs::tags(&self.repository).into_iter();
            // Most are of other commits, and often the ref says so.
            let tags = tags.filter(|(_, peeled)| peeled.is_none_or(|id| commits.contains(&id)));
            todo.extend(tags.map(|(id, _)| id).filter(|id| !commits.contains(id)));
        }
        for id in todo {
            match self.tags_at(id) {
                Ok(tags) => {
                    let is_wanted = |t: &Tag| to == Some(id) || commits.contains(&t.commit);
                    range.tags.extend(tags.into_iter().filter(is_wanted));
                }
                Err(message) => range.failures.push(format!("tag {id}: {message}")),
            }
        }
        range.tags.sort_by_key(|tag| tag.id);
        range.tags.dedup_by_key(|tag| tag.id);
    }

    /// The annotated tag of this id, and those that it stands for; none if it is no tag of a commit.
    fn tags_at(&self, id: ObjectId) -> Result<Vec<Tag>, String> {
        let mut tags = Vec::new();
        let mut id = id;
        loop {
            let header = self.repository.find_header(id);
            let kind = header.map_err(|e| missing(&id, &e))?.kind();
            match kind {
                gix::objs::Kind::Tag => {}
                gix::objs::Kind::Commit => {
                    tags.iter_mut().for_each(|tag: &mut Tag| tag.commit = id);
                    return Ok(tags);
                }
                gix::objs::Kind::Tree | gix::objs::Kind::Blob => return Ok(Vec::new()),
            }
            let mut buffer = Vec::new();
            let found = self.repository.objects.find(&id, &mut buffer);
            let data = found.map_err(|e| missing(&id, &e))?.data;
            let header = parse(data).ok_or("not a tag")?;
            let (author, date) = written(header.author);
            tags.push(Tag {
                id,
                author,
                date,
                message: message(data).into_owned().into(),
                commit: id,
            });
            id = header.target;
        }
    }

    /// What a push of the commits `to` brings to a remote that has `from`, or
    /// whatever its branches here have where it has not one of the branches yet.
    /// It need not have any of the history. The error is for whoever pushes.
    pub fn push(
        &self,
        from: &[Option<String>],
        to: &[String],
        remote: &str,
    ) -> Result<Range, String> {
        let mut new = to
            .iter()
            .map(|to| self.commit(to))
            .collect::<Result<Vec<_>, _>>()?;
        let head = super::refs::head(&self.repository).ok().flatten();
        // Of several, HEAD is the one whose files are told of.
        new.sort_by_key(|&id| Some(id) != head);
        // What others pushed and nobody fetched is not here.
        let here = |from: &Option<String>| self.commit(from.as_ref()?).ok();
        let mut known: Vec<ObjectId> = from.iter().filter_map(here).collect();
        if known.len() < from.len() {
            let refs = refs::Refs::read(&self.repository).all.into_iter();
            let branches = format!("refs/remotes/{remote}/");
            known.extend(
                refs.filter(|(name, id)| name.starts_with(&branches) && self.tree_of(*id).is_ok())
                    .map(|(_, id)| id),
            );
        }
        let Some(&tip) = new.first() else {
            // Branches are deleted, and nothing is brought.
            let head = self.commit("HEAD")?;
            return self.make(&[head], &[head], Some(head));
        };
        // What is in common with any of them is no news; where nothing is, everything is.
        let base_of = |tip| self.base(tip, &known);
        let failed = |message| format!("{}: {message}", to.join(", "));
        let base = base_of(tip).map_err(failed)?;
        let mut range = self.make(&known, &new, base).map_err(failed)?;
        for name in to {
            let tag =
                refs::object(&self.repository, name).map_or(Ok(Vec::new()), |id| self.tags_at(id));
            range.tags.extend(tag.map_err(failed)?);
        }
        // A merge can bring back what no commit has new, at the end of any branch.
        if range.commits.iter().any(|c| c.parents.len() > 1) {
            for &other in &new[1..] {
                let base = base_of(other).map_err(failed)?;
                let base = base.map(|base| self.tree_of(base)).transpose();
                let compared = base.and_then(|base| self.read_commit(other, Some(base)));
                range.commits.push(Commit {
                    // It is one of those above.
                    message: Arc::default(),
                    ..compared.map_err(failed)?
                });
            }
        }
        Ok(range)
    }

    /// The commits that any of `new` has and none of `old` has, and the first of `new` against `base`.
    fn make(
        &self,
        old: &[ObjectId],
        new: &[ObjectId],
        base: Option<ObjectId>,
    ) -> Result<Range, String> {
        let ids = self.between(old, new)?;
        let cut = self.shallow();
        if let Some(id) = ids.iter().find(|id| cut.contains(*id)) {
            return Err(format!(
                "this clone is shallow, and cut off at commit {id}, inside the range; `git fetch --unshallow` brings the rest"
            ));
        }
        let base = base.map(|base| self.tree_of(base)).transpose()?;
        let tip = self.tree_of(new[0])?;
        let mut range = Range {
            commits: Vec::new(),
            whole: self.changes(tip, base.as_slice())?,
            tip,
            tags: Vec::new(),
            head: refs::head(&self.repository).ok().flatten(),
            base,
            failures: Vec::new(),
        };
        for id in ids {
            match self.read_commit(id, None) {
                Ok(commit) => range.commits.push(commit),
                Err(message) => range.failures.push(format!("commit {id}: {message}")),
            }
        }
        Ok(range)
    }

    /// Of a range's commits, those that no remote is known to have; `None` where nothing tells.
    pub fn unpushed(&self, range: &Range) -> Option<HashSet<ObjectId>> {
        if self.repository.is_bare() {
            return None;
        }
        let refs = refs::Refs::read(&self.repository).all.into_iter();
        let remote = refs
            .filter(|(name, _)| refs::side(name) == Side::Remote)
            .map(|(_, id)| id)
            .chain(refs::once_remote(&self.repository))
            .filter(|id| self.tree_of(*id).is_ok());
        let commits: Vec<ObjectId> = range.commits.iter().map(|c| c.id).collect();
        let remote: Vec<ObjectId> = remote.collect();
        let found = self.apart(&commits, &remote).ok()?;
        Some(found.into_keys().collect())
    }

    /// The last commit that `tip` has in common with any of `old`.
    pub(super) fn base(&self, tip: ObjectId, old: &[ObjectId]) -> Result<Option<ObjectId>, String> {
        if old.is_empty() {
            return Ok(None);
        }
        let own = self.apart(&[tip], old)?;
        if !own.contains_key(&tip) {
            return Ok(Some(tip));
        }
        let parents = own.values().flatten().filter(|p| !own.contains_key(*p));
        let mut shared: Vec<(i64, ObjectId)> = parents
            .filter_map(|&id| {
                Some((
                    self.repository.find_commit(id).ok()?.time().ok()?.seconds,
                    id,
                ))
            })
            .collect();
        shared.sort_unstable_by(|a, b| b.cmp(a));
        shared.dedup();
        let latest = shared.first().map(|s| s.0);
        shared.retain(|s| Some(s.0) == latest);
        // Of those of one second, one may lead to another.
        for &(_, one) in &shared {
            let others = shared.iter().map(|s| s.1).filter(|&other| other != one);
            let others: Vec<ObjectId> = others.collect();
            if others.is_empty() || self.apart(&[one], &others)?.contains_key(&one) {
                return Ok(Some(one));
            }
        }
        Ok(None)
    }

    /// The commits that any of `new` leads to and none of `old`, each with its parents.
    fn apart(
        &self,
        new: &[ObjectId],
        old: &[ObjectId],
    ) -> Result<HashMap<ObjectId, Vec<ObjectId>>, String> {
        let walk = self
            .repository
            .rev_walk(new.iter().copied())
            .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
            .with_hidden(old.iter().copied())
            .all()
            .map_err(|e| chain(&e))?;
        let mut parents = HashMap::new();
        let mut earliest = i64::MAX;
        for info in walk {
            let info = info.map_err(|e| chain(&e))?;
            earliest = earliest.min(info.commit_time.unwrap_or(i64::MIN));
            parents.insert(info.id, info.parent_ids.iter().copied().collect());
        }
        if parents.is_empty() || old.is_empty() {
            return Ok(parents);
        }
        // That walk goes by the commits' times, and where many were made at
        // once, as by a rebase, it takes some that `old` leads to for new.
        let known = self
            .repository
            .rev_walk(old.iter().copied())
            .sorting(Sorting::ByCommitTimeCutoff {
                order: CommitTimeOrder::NewestFirst,
                seconds: earliest.saturating_sub(SLACK),
            })
            .all()
            .map_err(|e| chain(&e))?;
        for info in known.flatten() {
            parents.remove(&info.id);
        }
        Ok(parents)
    }

    /// The commit that `name` names. The error is for whoever wrote it.
    pub fn commit(&self, name: &str) -> Result<ObjectId, String> {
        refs::commit(&self.repository, name).ok_or_else(|| {
            format!(
                "{name}: no such commit in this clone; `{}` would bring it if the remote has it",
                self.fetch_of(name)
            )
        })
    }

    /// The command that brings the commit called `name`.
    fn fetch_of(&self, name: &str) -> String {
        // What follows a name leads from a commit to others: `main~3`, `main^`, `main@{1}`.
        let plain = name.split(['~', '^', '@', ':']).next().unwrap_or(name);
        let remotes = self.repository.remote_names();
        let parts = plain
            .split_once('/')
            .filter(|(remote, _)| remotes.iter().any(|r| r[..] == *remote.as_bytes()));
        let (remote, branch) = parts.unwrap_or(("origin", plain));
        match (branch, parts) {
            ("" | "HEAD", _) => "git fetch --unshallow".to_owned(),
            (branch, Some(_)) => {
                format!("git fetch {remote} {branch}:refs/remotes/{remote}/{branch}")
            }
            (branch, None) => format!("git fetch {remote} {branch}"),
        }
    }

    /// The commits at which a shallow clone is cut off.
    fn shallow(&self) -> HashSet<ObjectId> {
        match self.repository.shallow_commits() {
            Ok(Some(commits)) => commits.iter().copied().collect(),
            Ok(None) | Err(_) => HashSet::new(),
        }
    }

    /// What `new` has and `old` has not, parents first.
    fn between(&self, old: &[ObjectId], new: &[ObjectId]) -> Result<Vec<ObjectId>, String> {
        let parents = self.apart(new, old)?;
        let (mut order, mut seen) = (Vec::new(), HashSet::new());
        let mut stack: Vec<_> = new.iter().map(|&id| (id, false)).collect();
        while let Some((id, is_done)) = stack.pop() {
            if is_done {
                order.push(id);
            } else if let Some(above) = parents.get(&id)
                && seen.insert(id)
            {
                stack.push((id, true));
                stack.extend(above.iter().rev().map(|p| (*p, false)));
            }
        }
        Ok(order)
    }

    /// A commit against its parents, or against `base` where one is given.
    fn read_commit(&self, id: ObjectId, base: Option<Option<ObjectId>>) -> Result<Commit, String> {
        let mut buffer = Vec::new();
        let data = self
            .repository
            .objects
            .find(&id, &mut buffer)
            .map_err(|e| missing(&id, &e))?;
        let header = parse(data.data).ok_or("not a commit")?;
        let (author, date) = written(header.author);
        let parents = match base {
            Some(base) => base.into_iter().collect(),
            None => header
                .parents
                .iter()
                .map(|p| self.tree_of(*p))
                .collect::<Result<Vec<_>, _>>()?,
        };
        Ok(Commit {
            id,
            author,
            date,
            message: message(data.data).into_owned().into(),
            changes: self.changes(header.target, &parents)?,
            tree: header.target,
            parents,
        })
    }
}

/// A signature's name, and its time (RFC 3339).
fn written(line: &[u8]) -> (String, String) {
    let (name, seconds, minutes) = signature(line);
    let time = gix::date::Time {
        seconds,
        offset: minutes * 60,
    };
    let date = time.format_or_unix(gix::date::time::format::ISO8601_STRICT);
    (String::from_utf8_lossy(name).into_owned(), date)
}
