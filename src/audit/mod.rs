//! The audit: every version of every file that a repository's history holds.
//!
//! Blobs are scanned along their deltas, blind to their paths; then the
//! history says who brought what where; then judges see one version for
//! every secret in its surroundings.

mod memory;
mod scan;
mod story;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Instant;

use crate::check::Progress;
use crate::check::baseline::{self, Choice};
use crate::config::Regime;
use crate::document::RepoPath;
use crate::finding::{Problem, ProblemKind, Report, Skip};
use crate::git::history::{
    Commits, DEEPEST, Forms, Found, Interest, Listener, NO_BLOB, NOTHING, Repository, Trees,
};
use crate::git::pack::Kind;
use crate::git::store::Store;
use crate::rule::RuleSet;

pub use memory::Memory;
use scan::{Catch, Scanner};
use story::{Group, Story};

/// What to audit, and how.
pub struct Settings<'a> {
    /// At least 1.
    pub threads: usize,
    /// Only what was brought by commits that this one does not lead up to.
    pub since: Option<String>,
    /// What no ref leads to, too.
    pub all_objects: bool,
    /// Seconds since 1970.
    pub now: i64,
    /// One at the root speaks only for a repository that is audited alone.
    pub baseline: Choice,
    pub memory: Option<Memory<'a>>,
}

/// The folder that paths of the repository around `folder`, or of the current
/// one, are relative to, if there is one.
pub fn top(folder: Option<&Path>) -> Option<PathBuf> {
    let store = folder.map_or_else(Store::here, Store::discover).ok()?;
    store.root().map(Path::to_owned)
}

/// How many missing objects a report names.
const NAMED: usize = 20;
/// How many folders of a path tell where something deep below is.
const SHOWN: usize = 4;

/// Audits each of `repositories`; the current one if there are none. Whatever goes wrong is in the report.
pub fn run(
    repositories: &[PathBuf],
    regime: &Regime,
    settings: &Settings<'_>,
    progress: &Progress,
) -> Report {
    let started = Instant::now();
    let rules = regime.rules(regime.main());
    let tools = &regime.main().settings.markers;
    let tools: Vec<&str> = tools.iter().map(|t| t.value.as_str()).collect();
    let mut report = Report::default();
    let mut groups: BTreeMap<_, Vec<Group>> = BTreeMap::new();
    let mut found: Vec<Found> = Vec::new();
    let here = repositories.is_empty().then(Found::here);
    let here = here.map(|found| (Path::new("."), found));
    let named = repositories.iter().map(|f| (&**f, Found::at(f)));
    for (folder, one) in named.chain(here) {
        match one {
            // Worktrees of one repository have one history.
            Ok(one) if found.iter().any(|f| f.common == one.common) => {}
            Ok(one) => found.push(one),
            Err(error) => report.problems.push(Problem {
                path: Some(RepoPath::from_relative(folder)),
                kind: ProblemKind::Repository,
                message: error.0,
            }),
        }
    }
    let roots: Vec<&Path> = found.iter().map(|f| &*f.root).collect();
    let prefixes = if repositories.len() > 1 {
        names(&roots).into_iter().map(Some).collect()
    } else {
        vec![None; found.len()]
    };
    for (found, prefix) in found.into_iter().zip(prefixes) {
        let repository = found.open();
        report.root.clone_from(&repository.root);
        for group in audit(
            &repository,
            prefix,
            (rules, &tools),
            regime,
            settings,
            progress,
            &mut report,
        ) {
            if group.is_secret {
                groups.entry(group.secret).or_default().push(group);
            } else {
                let alone = story::findings(vec![group], rules, regime, settings.now);
                report.findings.extend(alone);
            }
        }
    }
    let grouped = groups
        .into_values()
        .flat_map(|groups| story::findings(groups, rules, regime, settings.now));
    report.findings.extend(grouped);
    let baseline = match &settings.baseline {
        Choice::AtRoot if repositories.len() > 1 => &Choice::Nothing,
        choice => choice,
    };
    baseline::accept(baseline, &mut report, rules, settings.threads);
    report.settle();
    report.elapsed = started.elapsed();
    report
}

/// The ends of paths by which folders are told apart.
fn names(folders: &[&Path]) -> Vec<String> {
    let end = |folder: &Path, length: usize| {
        let parts: Vec<_> = folder.iter().rev().take(length).collect();
        let end: PathBuf = parts.into_iter().rev().collect();
        RepoPath::from_relative(&end).to_string()
    };
    let is_shared = |n: usize, length: usize| {
        let (before, after) = (&folders[..n], &folders[n + 1..]);
        let mut others = before.iter().chain(after);
        others.any(|other| end(other, length) == end(folders[n], length))
    };
    let name = |n: usize| {
        let all = folders[n].iter().count();
        let length = (1..all).find(|&length| !is_shared(n, length));
        end(folders[n], length.unwrap_or(all))
    };
    (0..folders.len()).map(name).collect()
}

impl Listener for Scanner<'_> {
    fn hear(&mut self, number: u32, message: &[u8]) {
        self.scan_message(number, message);
    }
}

fn audit(
    repository: &Repository,
    prefix: Option<String>,
    (rules, tools): (&RuleSet, &[&str]),
    regime: &Regime,
    settings: &Settings<'_>,
    progress: &Progress,
    report: &mut Report,
) -> Vec<Group> {
    let objects = &repository.objects;
    let mut problem = |message: String| {
        report.problems.push(Problem {
            path: prefix.as_deref().map(RepoPath::from),
            kind: ProblemKind::Repository,
            message,
        });
    };
    for (path, message) in &objects.damage {
        problem(format!("{}: {message}", path.display()));
    }
    let tips = repository.tips();
    for (name, message) in &tips.broken {
        problem(format!("{name}: {message}"));
    }
    if tips.all.is_empty() && tips.broken.is_empty() && !settings.all_objects {
        problem("no branch, no tag, no commit: there is no history to audit".to_owned());
    }

    let is_twin = |number| objects.is_twin(number);
    let mut scanners: Vec<Scanner<'_>> = (0..settings.threads)
        .map(|_| Scanner::new(rules, &is_twin, progress))
        .collect();
    progress
        .total
        .store(u64::from(objects.len()), Ordering::Relaxed);
    let known = settings
        .memory
        .as_ref()
        .map(|m| m.recall(&repository.root, objects))
        .unwrap_or_default();
    let lost = objects.walk(Kind::Blob, &repository.handle, &mut scanners, &known);
    let heralded = Commits::read(repository, &mut scanners);
    let mut catch = Scanner::finish(scanners);
    let mut set_of = vec![NO_BLOB; objects.len() as usize];
    let recalled = (0u32..).zip(&known).filter(|(_, k)| **k).map(|(n, _)| n);
    for number in recalled.clone().chain(catch.clean.iter().copied()) {
        set_of[number as usize] = NOTHING;
    }
    for &(number, set) in &catch.holders {
        set_of[number as usize] = set;
    }
    if let Some(memory) = &settings.memory {
        let mut clean = std::mem::take(&mut catch.clean);
        let (fresh, total) = (clean.len(), recalled.clone().count());
        clean.extend(recalled);
        clean.sort_unstable();
        clean.dedup();
        // Nothing to keep that is not kept already.
        if clean.len() > total {
            memory.keep(&repository.root, objects, clean.clone());
        }
        let passed = clean.len().saturating_sub(fresh) as u64;
        if passed > 0 {
            *report.scanned.skipped.entry(Skip::Known).or_default() += passed;
        }
    }
    let names = rules.dotenv_names();
    let is_named = |name: &[u8]| names.holds(name);
    let interest = Interest {
        set_of: &set_of,
        is_named: &is_named,
        lost: &lost,
    };
    // Trees need no order of commits, and one thread makes that order while others wait for trees.
    let (mut commits, trees) = std::thread::scope(|scope| {
        let commits = scope.spawn(|| Commits::new(repository, &tips, heralded));
        let trees = Trees::read(repository, &interest, settings.threads);
        (commits.join().expect("ordering does not panic"), trees)
    });
    if let Some(head) = tips.head.filter(|&head| commits.place(head).is_none()) {
        problem(format!(
            "HEAD: the object {} is no commit",
            objects.id(head)
        ));
    }
    if settings.all_objects {
        commits.reach_all();
    }
    let mut forms = Forms::new(&trees, &interest);
    let since = match &settings.since {
        None => None,
        Some(name) => match repository.resolve(name).map(|number| {
            commits
                .place(number)
                .map(|place| commits.ancestors_of(vec![place]))
        }) {
            Ok(Some(known)) => Some(known),
            Ok(None) => {
                problem(format!("--since {name}: not a commit"));
                return Vec::new();
            }
            Err(error) => {
                problem(format!("--since {}", error.0));
                return Vec::new();
            }
        },
    };
    let story = Story::new(
        &commits,
        &mut forms,
        &catch,
        (&set_of, objects),
        &tips,
        since,
    );
    let (groups, unread, unreached) =
        story.judge(repository, (rules, tools), regime, prefix.as_deref());

    let mut damaged = unread;
    damaged.extend(lost.iter().chain(&commits.lost).chain(&trees.lost));
    damaged.extend(story.forms.unread.keys());
    for message in what_is_missing(repository, &commits, &story, &damaged) {
        problem(message);
    }
    account(report, &catch);
    if unreached > 0 {
        *report.scanned.skipped.entry(Skip::Unreached).or_default() += unreached;
    }
    groups
}

fn account(report: &mut Report, catch: &Catch) {
    report.scanned.files += catch.blobs;
    report.scanned.bytes += catch.bytes;
    if catch.binary > 0 {
        *report.scanned.skipped.entry(Skip::Binary).or_default() += catch.binary;
    }
}

/// What a whole clone would have and this one has not, in words.
fn what_is_missing(
    repository: &Repository,
    commits: &Commits,
    story: &Story<'_, '_>,
    damaged: &BTreeSet<u32>,
) -> Vec<String> {
    let objects = &repository.objects;
    let mut messages = Vec::new();
    let named = |kind: &str, total: usize, names: &mut dyn Iterator<Item = String>| {
        let names: Vec<String> = names.take(NAMED).collect();
        let more = total - names.len();
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{total} {kind}: {}{rest}", names.join(", "))
    };
    let named_at =
        |id: &dyn std::fmt::Display, path: &[u8]| format!("{id} ({})", RepoPath::new(path));
    // What is there and cannot be read is another matter.
    let missing = story.forms.missing.iter();
    let missing: Vec<_> = missing
        .filter(|(id, _)| objects.number(id).is_none())
        .collect();
    if !missing.is_empty() {
        let mut names = missing.iter().map(|(id, path)| named_at(id, path));
        messages.push(named(
            "objects of the history are not in this clone (partial or damaged) and were not scanned",
            missing.len(),
            &mut names,
        ));
    }
    let reachable = commits.all().iter().filter(|c| c.is_reachable);
    let shallow: Vec<String> = reachable
        .clone()
        .filter(|c| c.is_shallow)
        .map(|c| objects.id(c.number).to_string())
        .collect();
    if !shallow.is_empty() {
        messages.push(named(
            "commits have had their parents cut off (shallow clone; `git fetch --unshallow` brings them)",
            shallow.len(),
            &mut shallow.iter().cloned(),
        ));
    }
    let gone: Vec<String> = reachable
        .filter(|c| !c.is_shallow)
        .flat_map(|c| &c.missing)
        .chain(&commits.missing)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(ToString::to_string)
        .collect();
    if !gone.is_empty() {
        messages.push(named(
            "commits, or what commits and tags name, are not in this clone",
            gone.len(),
            &mut gone.iter().cloned(),
        ));
    }
    if !damaged.is_empty() {
        let mut names = damaged.iter().map(|&n| {
            let id = objects.id(n);
            let path = story.forms.missing.get(id);
            let path = path.or_else(|| story.forms.unread.get(&n));
            path.filter(|p| !p.is_empty())
                .map_or_else(|| id.to_string(), |path| named_at(&id, path))
        });
        messages.push(named(
            "objects are damaged, or not what they should be, and cannot be read",
            damaged.len(),
            &mut names,
        ));
    }
    if let Some(path) = &story.forms.too_deep {
        let top: Vec<&[u8]> = path.split(|&b| b == b'/').take(SHOWN).collect();
        messages.push(format!(
            "folders that lie more than {DEEPEST} deep were not scanned, such as those far below `{}`",
            RepoPath::new(top.join(&b'/'))
        ));
    }
    messages
}
