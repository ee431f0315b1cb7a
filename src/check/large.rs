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
use crate::syntax::Language;

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
    Scanned(Scanned),
    /// It has suppressions, and is to be read in order.
    Marked,
}

/// What was found in a file, up to where it could not be read.
#[derive(Default)]
pub(super) struct Scanned {
    pub findings: Vec<Finding>,
    pub evidence: Vec<Evidence>,
}

impl<'a> Job<'a> {
    pub(super) fn new(
        input: &'a Input,
        realm: &'a Realm,
        path: RepoPath,
        file: Arc<File>,
        large: Large,
    ) -> Job<'a> {
        let state = JobState {
            is_counted: Language::detect(path.as_bytes(), &[]).is_program(),
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

    /// What all of them come to, once those are finished that others have taken, and
    /// how many bytes of the file that are.
    pub(super) fn whole(&self) -> (Whole, io::Result<u64>) {
        let state = self.state();
        let waiting = self.idle.wait_while(state, |state| state.running > 0);
        let mut state = waiting.expect("a panic ends the process");
        if state.is_marked {
            return (Whole::Marked, Ok(0));
        }
        let mut pieces = std::mem::take(&mut state.pieces);
        drop(state);
        pieces.sort_by_key(|(number, _)| *number);
        let pieces = pieces.into_iter().map(|(_, piece)| piece);
        let mut scanned = Scanned::default();
        let bytes = scanned.add(pieces, |from, to| self.large.count(&self.file, from, to));
        let bytes = bytes.map(|bytes| bytes + self.large.before());
        (Whole::Scanned(scanned), bytes)
    }
}

impl Scanned {
    /// Adds the parts of a file, whose bytes it gives; `count` gives the position at an offset of
    /// the text, counted from that at another. Nothing behind what cannot be read has a position.
    fn add(
        &mut self,
        pieces: impl Iterator<Item = io::Result<Piece>>,
        count: impl Fn((u64, Position), u64) -> io::Result<Position>,
    ) -> io::Result<u64> {
        let mut bytes = 0;
        let mut from = (0, Position::START);
        // Those that nothing asks a position of yet.
        let mut passed = Vec::new();
        for piece in pieces {
            let piece = piece?;
            bytes += piece.part.bytes;
            passed.push(piece.part);
            if piece.findings.is_empty() && piece.evidence.is_empty() {
                continue;
            }
            let mut start = Position::START;
            for part in passed.drain(..) {
                start = count(from, part.origin)?;
                let (counted, there) = part.counted;
                from = (counted, there.behind(start));
            }
            for mut finding in piece.findings {
                finding.count_from(start);
                self.findings.push(finding);
            }
            for mut evidence in piece.evidence {
                evidence.line += start.line - 1;
                self.evidence.push(evidence);
            }
        }
        Ok(bytes)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;
    use crate::rule::{RuleSet, Scratch};

    #[test]
    fn what_is_before_a_part_that_cannot_be_read_is_told() {
        let key = "ak_¦7f3Kq9Zx2LmV8nRt".replace('¦', "");
        let rules = RuleSet::builtin();
        let piece = |origin: u64| {
            let text = format!("\nkey = '{key}'\n").into_bytes();
            let document = Document::new("a.py".into(), text);
            let scan = rules.scan(&mut Scratch::default(), &document);
            Ok(Piece {
                part: Part {
                    bytes: 10,
                    origin,
                    counted: (origin, Position::START),
                    is_wanted: true,
                },
                findings: scan.findings,
                evidence: Vec::new(),
                is_marked: false,
            })
        };
        // Each byte is a line.
        let count = |(at, mut position): (u64, Position), end: u64| {
            position.line += (end - at) as usize;
            Ok(position)
        };
        let lines = |scanned: &Scanned| -> Vec<usize> {
            let regions = scanned.findings.iter().filter_map(|f| f.region.as_ref());
            regions.map(|region| region.start.line).collect()
        };
        let mut whole = Scanned::default();
        let bytes = whole.add([piece(0), piece(10), piece(20)].into_iter(), count);
        assert_eq!((bytes.ok(), lines(&whole)), (Some(30), vec![2, 12, 22]));

        let mut broken = Scanned::default();
        let failure = Err(io::Error::other("it fell out"));
        let bytes = broken.add([piece(0), failure, piece(20)].into_iter(), count);
        assert_eq!((bytes.is_err(), lines(&broken)), (true, vec![2]));
    }
}
