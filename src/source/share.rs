//! Work that begets work, shared between threads: the folders of a tree.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

/// Does `first` and all that comes of it on up to `threads` threads. `work`
/// does one job and appends what it leads to; each thread has a state of its
/// own, made by `start`. Returns the states.
pub(super) fn share<J: Send, S: Send>(
    threads: usize,
    first: J,
    start: impl Fn() -> S + Sync,
    work: impl Fn(J, &mut S, &mut Vec<J>) + Sync,
) -> Vec<S> {
    let pool = Pool {
        state: Mutex::new(State {
            jobs: vec![first],
            waiting: 0,
        }),
        threads: AtomicUsize::new(1),
        hungry: AtomicUsize::new(0),
        more: Condvar::new(),
    };
    let run = || {
        // Whatever this thread ends by, those that wait must hear of it.
        let _leave = Leave(&pool);
        let mut state = start();
        // The last in is the first out: the folders at hand stay few.
        let mut own = Vec::new();
        while let Some(job) = own.pop().or_else(|| pool.take()) {
            work(job, &mut state, &mut own);
            if own.len() > 1 && pool.hungry.load(Ordering::Relaxed) > 0 {
                pool.give(own.drain(..own.len() / 2));
            }
        }
        state
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads)
            .map_while(|_| {
                pool.threads.fetch_add(1, Ordering::Relaxed);
                // Where the system grants no thread, the others do the work.
                std::thread::Builder::new()
                    .spawn_scoped(scope, run)
                    .inspect_err(|_| {
                        pool.threads.fetch_sub(1, Ordering::Relaxed);
                    })
                    .ok()
            })
            .collect();
        let mut states = vec![run()];
        for other in others {
            match other.join() {
                Ok(state) => states.push(state),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        states
    })
}

struct Pool<J> {
    state: Mutex<State<J>>,
    threads: AtomicUsize,
    /// How many threads wait for jobs.
    hungry: AtomicUsize,
    more: Condvar,
}

struct State<J> {
    jobs: Vec<J>,
    waiting: usize,
}

impl<J> Pool<J> {
    /// The next job, once there is one; `None` when none can come any more.
    fn take(&self) -> Option<J> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = state.jobs.pop() {
                return Some(job);
            }
            state.waiting += 1;
            if state.waiting >= self.threads.load(Ordering::Relaxed) {
                self.more.notify_all();
                return None;
            }
            self.hungry.fetch_add(1, Ordering::Relaxed);
            state = self
                .more
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            self.hungry.fetch_sub(1, Ordering::Relaxed);
            if state.waiting >= self.threads.load(Ordering::Relaxed) {
                return None;
            }
            state.waiting -= 1;
        }
    }

    fn give(&self, jobs: impl Iterator<Item = J>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.jobs.extend(jobs);
        self.more.notify_all();
    }
}

/// A thread that is gone counts as one that waits for ever.
struct Leave<'p, J>(&'p Pool<J>);

impl<J> Drop for Leave<'_, J> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.waiting += 1;
            self.0.more.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_comes_of_the_first_job_is_done_once() {
        for threads in [1, 2, 8] {
            // A job is a depth; each leads to three of the next.
            let done = share(
                threads,
                0_u32,
                || 0_u64,
                |depth, count, more| {
                    *count += 1;
                    if depth < 8 {
                        more.extend([depth + 1; 3]);
                    }
                },
            );
            assert_eq!(done.len(), threads);
            assert_eq!(done.iter().sum::<u64>(), (3_u64.pow(9) - 1) / 2);
        }
    }
}
