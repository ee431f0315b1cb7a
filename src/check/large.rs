//! Large files, shared out in parts among the workers that have nothing else to do.

use std::fs::File;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use crate::config::Realm;
use crate::document::{Position, RepoPath};
use crate::finding::Finding;
use crate::rule::Evidence;
use crate::source::Input;
use crate::source::read::{Large, Part};
use crate::syntax::{Kind, Language};

/// A large file that is being scanned.
pub(super) struct Job<'a> {
    pub input: &'a Input,
    pub realm: &'a Realm,
    pub path: RepoPath,
    pub file: Arc<File>,
    pub large: Large,
    state: Mutex<JobState>,
    idle: Condvar,
}

#[derive(Default)]
struct JobState {
    /// The part to be taken next.
    next: usize,
    /// Parts that were taken and are not finished.
    running: usize,
    pieces: Vec<(usize, io::Result<Piece>)>,
    /// Whether somebody asked where lines begin, or will: most programs hold
    /// something that is looked at, and what lies before it would be read again.
    is_counted: bool,
    is_marked: bool,
}

/// What a part holds, its positions counted from the part's beginning.
pub(super) struct Piece {
    pub part: Part,
    pub findings: Vec<Finding>,
    pub evidence: Vec<Evidence>,
    /// Whether something may suppress findings here: in what order the parts of
    /// a file are read matters then.
    pub is_marked: bool,
}

/// A part to be read, and whether its lines are to be counted.
pub(super) struct Task {
    pub number: usize,
    pub is_counted: bool,
}

/// What a whole file holds.
pub(super) enum Whole {
    /// With its length in bytes, as far as it was read.
    Scanned(u64, Vec<Finding>, Vec<Evidence>),
    /// It has suppressions, and is to be read in order.
    Marked,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        input: &'a Input,
        realm: &'a Realm,
        path: RepoPath,
        file: Arc<File>,
        large: Large,
    ) -> Job<'a> {
        let kind = Language::detect(path.as_bytes(), &[]).kind();
        let state = JobState {
            is_counted: matches!(kind, Kind::Code | Kind::Template),
            ..JobState::default()
        };
        Job {
            input,
            realm,
            path,
            file,
            large,
            state: Mutex::new(state),
            idle: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, JobState> {
        lock(&self.state)
    }

    fn has_more(&self) -> bool {
        self.state().has_more(&self.large)
    }

    pub(super) fn take(&self) -> Option<Task> {
        let mut state = self.state();
        if !state.has_more(&self.large) {
            return None;
        }
        state.running += 1;
        state.next += 1;
        Some(Task {
            number: state.next - 1,
            is_counted: state.is_counted,
        })
    }

    pub(super) fn finish(&self, number: usize, piece: io::Result<Piece>) {
        let mut state = self.state();
        state.running -= 1;
        if let Ok(piece) = &piece {
            state.is_counted |= piece.part.is_wanted;
            state.is_marked |= piece.is_marked;
        }
        state.pieces.push((number, piece));
        self.idle.notify_all();
    }

    /// What all of them come to, once those are finished that others have taken.
    pub(super) fn whole(&self) -> io::Result<Whole> {
        let state = self.state();
        let waiting = self.idle.wait_while(state, |state| state.running > 0);
        let mut state = waiting.expect("a panic ends the process");
        if state.is_marked {
            return Ok(Whole::Marked);
        }
        let mut pieces = std::mem::take(&mut state.pieces);
        drop(state);
        pieces.sort_by_key(|(number, _)| *number);
        let pieces = pieces.into_iter().map(|(_, piece)| piece);
        self.joined(pieces.collect::<io::Result<_>>()?)
    }

    fn joined(&self, pieces: Vec<Piece>) -> io::Result<Whole> {
        let (mut findings, mut evidence) = (Vec::new(), Vec::new());
        let mut bytes = self.large.before();
        // Nothing asks for a position behind the last part that has some.
        let has_some = |piece: &Piece| !piece.findings.is_empty() || !piece.evidence.is_empty();
        let with_some = pieces.iter().rposition(has_some).map_or(0, |last| last + 1);
        let (mut at, mut position) = (0, Position::START);
        for (number, piece) in pieces.into_iter().enumerate() {
            bytes += piece.part.bytes;
            if number >= with_some {
                continue;
            }
            let origin = piece.part.origin;
            let start = self.large.count(&self.file, (at, position), origin)?;
            for mut finding in piece.findings {
                finding.count_from(start);
                findings.push(finding);
            }
            evidence.extend(piece.evidence.into_iter().map(|mut evidence| {
                evidence.line += start.line - 1;
                evidence
            }));
            let (counted, there) = piece.part.counted;
            (at, position) = (counted, there.behind(start));
        }
        Ok(Whole::Scanned(bytes, findings, evidence))
    }
}

impl JobState {
    fn has_more(&self, large: &Large) -> bool {
        !self.is_marked && self.next < large.parts()
    }
}

/// The workers of a scan: who has inputs left, and what they offer to the others.
pub(super) struct Crew<'a> {
    state: Mutex<CrewState<'a>>,
    changed: Condvar,
}

struct CrewState<'a> {
    /// Workers that have inputs left.
    busy: usize,
    jobs: Vec<Arc<Job<'a>>>,
}

impl<'a> Crew<'a> {
    pub(super) fn new(workers: usize) -> Crew<'a> {
        Crew {
            state: Mutex::new(CrewState {
                busy: workers,
                jobs: Vec::new(),
            }),
            changed: Condvar::new(),
        }
    }

    /// Lets others work on `job`.
    pub(super) fn offer(&self, job: &Arc<Job<'a>>) {
        lock(&self.state).jobs.push(Arc::clone(job));
        self.changed.notify_all();
    }

    /// Nobody needs to look at `job` any more.
    pub(super) fn withdraw(&self, job: &Arc<Job<'a>>) {
        lock(&self.state).jobs.retain(|j| !Arc::ptr_eq(j, job));
    }

    /// A worker has no inputs left.
    pub(super) fn retire(&self) {
        lock(&self.state).busy -= 1;
        self.changed.notify_all();
    }

    /// A job to help with, for a worker that has retired; `None` once no more can come.
    pub(super) fn job(&self) -> Option<Arc<Job<'a>>> {
        let mut state = lock(&self.state);
        loop {
            let open = state.jobs.iter().find(|job| job.has_more());
            if let Some(job) = open {
                return Some(Arc::clone(job));
            }
            if state.busy == 0 {
                return None;
            }
            let changed = self.changed.wait(state);
            state = changed.expect("a panic ends the process");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("a panic ends the process")
}
