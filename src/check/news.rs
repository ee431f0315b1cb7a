//! What is news in what git has: found on new lines, or told where nothing was said before.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::config::Regime;
use crate::document::RepoPath;
use crate::finding::{Finding, RuleId, Secret, Severity};
use crate::source::{ObjectId, Reader, Since, Source, added};

use super::is_secret;

/// Something found in what git has.
pub(super) struct Sighting {
    pub(super) finding: Finding,
    pub(super) since: Since,
    /// The hash of the line it stands on.
    pub(super) line: Option<u64>,
    pub(super) news: News,
}

/// Whether a change brought about what was found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    Nothing,
    /// It stands on a new line.
    Added,
    /// It stood there before, where nothing was said about it, or less.
    Revealed,
}

/// What was said about files before they were changed: by rule, secret and line, the levels.
#[derive(Default)]
pub(super) struct Told(BTreeMap<(RuleId, Secret, Option<u64>), Vec<Severity>>);

impl Told {
    pub(super) fn add(&mut self, (finding, line): (&Finding, Option<u64>), level: Severity) {
        let key = (finding.rule.clone(), finding.secret, line);
        self.0.entry(key).or_default().push(level);
    }

    /// Takes up what was said about another version of the same file: of equal things, the one that said more.
    pub(super) fn join(&mut self, other: Told) {
        for (key, mut levels) in other.0 {
            let own = self.0.entry(key).or_default();
            own.sort_unstable_by_key(|&l| Reverse(l));
            levels.sort_unstable_by_key(|&l| Reverse(l));
            for (n, level) in levels.into_iter().enumerate() {
                match own.get_mut(n) {
                    Some(known) => *known = level.max(*known),
                    None => own.push(level),
                }
            }
        }
    }

    /// Whether one of them said the same, at this level or above; each answers once.
    pub(super) fn answers(
        &mut self,
        (finding, line): (&Finding, Option<u64>),
        level: Severity,
    ) -> bool {
        let key = (finding.rule.clone(), finding.secret, line);
        let levels = self.0.get_mut(&key);
        levels.is_some_and(|levels| {
            let found = levels.iter().position(|&l| l >= level);
            found.map(|at| levels.swap_remove(at)).is_some()
        })
    }
}

impl Sighting {
    pub(super) fn is_new(&self) -> bool {
        self.news != News::Nothing
    }

    /// Sightings that share one of these are of one thing: the same secret in
    /// the same file, or the same line in a file that was renamed.
    fn keys(&self) -> impl Iterator<Item = (RuleId, Trait)> {
        let digest = Trait::Digest(self.finding.fingerprint.digest);
        let line = self.line.map(Trait::Line);
        let rule = &self.finding.rule;
        line.into_iter().chain([digest]).map(|t| (rule.clone(), t))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trait {
    Digest([u8; 16]),
    Line(u64),
}

/// By which commit something first came, and where.
struct Brought {
    place: usize,
    path: RepoPath,
    /// Whether it has counted since.
    counts: bool,
}

/// What a range of commits brought: at its place where the range leads if it
/// still stands there, else at that of the commit that brought it.
pub(super) fn still_there(
    mut sightings: Vec<Sighting>,
    source: &dyn Source,
    regime: &Regime,
    is_complete: bool,
) -> Vec<Finding> {
    // The oldest commit comes first, and what the range leads to last.
    sightings.sort_by(|a, b| {
        let place = |s: &Sighting| match s.since {
            Since::Commit(place) => place,
            Since::Tip | Since::Staged => usize::MAX,
        };
        (place(a), a.finding.sort_key()).cmp(&(place(b), b.finding.sort_key()))
    });
    let mut standing = BTreeSet::new();
    let mut brought: BTreeMap<(RuleId, Trait), Brought> = BTreeMap::new();
    let mut past = Vec::new();
    for sighting in &sightings {
        match sighting.since {
            Since::Commit(place) if sighting.is_new() => {
                let mut finding = sighting.finding.clone();
                let counts = regime.classify(&mut finding) && finding.suppressed.is_none();
                // What was suppressed when it came is news when it no longer is.
                let is_told = |b: &Brought| b.counts || !counts;
                let is_known = sighting
                    .keys()
                    .any(|k| brought.get(&k).is_some_and(is_told));
                for key in sighting.keys() {
                    let first = || Brought {
                        place,
                        path: finding.path.clone(),
                        counts,
                    };
                    brought.entry(key).or_insert_with(first).counts |= counts;
                }
                if !is_known {
                    past.push((place, sighting));
                }
            }
            Since::Commit(_) => {}
            Since::Tip | Since::Staged => standing.extend(sighting.keys()),
        }
    }
    let mut findings = Vec::new();
    for (place, sighting) in past {
        if !sighting.keys().any(|k| standing.contains(&k)) {
            let mut finding = sighting.finding.clone();
            finding.provenance = source.provenance(place, &finding.path, false);
            if is_secret(regime, &finding) && sighting.news == News::Added {
                finding.situation = source.situation(Some(place), false);
            }
            findings.push(finding);
        }
    }
    let mut before = Before {
        source,
        reader: None,
        lines: None,
    };
    for sighting in sightings {
        if !sighting.is_new() || matches!(sighting.since, Since::Commit(_)) {
            continue;
        }
        let first = sighting.keys().find_map(|k| brought.get(&k));
        let first = first.map(|b| (b.place, b.path.clone()));
        // A new line that no commit brought was moved, too far for the two ends
        // to tell; or a merge brought it back from a side that the base had left.
        if first.is_none()
            && is_complete
            && sighting.news == News::Added
            && sighting.line.is_some_and(|line| before.holds(line))
        {
            continue;
        }
        let is_fresh = first.is_some() && sighting.news == News::Added;
        let first = first.or_else(|| {
            let path = &sighting.finding.path;
            let place = before.chosen(path, sighting.line?)?;
            Some((place, path.clone()))
        });
        let mut finding = sighting.finding;
        finding.provenance = first
            .as_ref()
            .and_then(|(place, path)| source.provenance(*place, path, true));
        // Else others may have had it all along: the rule's own advice is the right one.
        if is_secret(regime, &finding) && is_fresh {
            finding.situation = source.situation(first.map(|f| f.0), true);
        }
        findings.push(finding);
    }
    findings
}

/// What a range begins with, read where no commit of it accounts for a line.
struct Before<'a> {
    source: &'a dyn Source,
    reader: Option<Reader>,
    /// The hashes of all lines of what the range changed or took away.
    lines: Option<HashSet<u64>>,
}

impl Before<'_> {
    fn read(&mut self, id: ObjectId, blob: &mut Vec<u8>) -> Result<(), String> {
        let store = self.source.store();
        let store = store.ok_or("what lists objects has them")?;
        self.reader
            .get_or_insert_with(|| store.reader())
            .read(id, blob)
    }

    /// Whether a line of this hash stood in what the range changed or took away.
    fn holds(&mut self, line: u64) -> bool {
        if self.lines.is_none() {
            let mut lines = HashSet::new();
            let mut blob = Vec::new();
            // What cannot be read accounts for nothing.
            for version in self.source.old().unwrap_or_default() {
                if self.read(version.id, &mut blob).is_ok() {
                    lines.extend(added::lines_of(&blob));
                }
            }
            self.lines = Some(lines);
        }
        self.lines.as_ref().is_some_and(|l| l.contains(&line))
    }

    /// The merge, by place, that decided that the line of this hash stands at `path`.
    fn chosen(&mut self, path: &RepoPath, line: u64) -> Option<usize> {
        let source = self.source;
        source.chosen(path, &mut |id| {
            let mut blob = Vec::new();
            self.read(id, &mut blob).is_ok() && added::lines_of(&blob).contains(&line)
        })
    }
}
