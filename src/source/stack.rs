//! What threads have to do that find more to do while they do it.

use std::sync::{Condvar, Mutex, MutexGuard};

/// A stack that threads take from until it is empty and nobody may add to it.
pub(super) struct Stack<T> {
    state: Mutex<State<T>>,
    idle: Condvar,
}

struct State<T> {
    items: Vec<T>,
    /// Items that were taken and are not done with.
    running: usize,
}

/// An item that was taken. With it goes, onto the stack, what was found meanwhile.
pub(super) struct Turn<'a, T> {
    stack: &'a Stack<T>,
    item: Option<T>,
    pub(super) found: Vec<T>,
}

impl<T> Stack<T> {
    pub(super) fn new(first: T) -> Stack<T> {
        Stack {
            state: Mutex::new(State {
                items: vec![first],
                running: 0,
            }),
            idle: Condvar::new(),
        }
    }

    /// Items that nobody has taken.
    pub(super) fn len(&self) -> usize {
        self.state().items.len()
    }

    /// Waits as long as somebody may find more; `None` at the end.
    pub(super) fn take(&self) -> Option<Turn<'_, T>> {
        let is_idle = |state: &mut State<T>| state.items.is_empty() && state.running > 0;
        let state = self.idle.wait_while(self.state(), is_idle);
        let mut state = state.expect("nothing panics while it holds this");
        let item = Some(state.items.pop()?);
        state.running += 1;
        Some(Turn {
            stack: self,
            item,
            found: Vec::new(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state
            .lock()
            .expect("nothing panics while it holds this")
    }
}

impl<T> Turn<'_, T> {
    /// What was taken.
    ///
    /// # Panics
    ///
    /// If it was asked for before.
    pub(super) fn item(&mut self) -> T {
        self.item.take().expect("asked for once")
    }
}

impl<T> Drop for Turn<'_, T> {
    fn drop(&mut self) {
        let mut state = self.stack.state();
        state.running -= 1;
        state.items.append(&mut self.found);
        // There is more for others than for this thread, or nothing is left.
        if state.items.len() > 1 || state.running == 0 {
            self.stack.idle.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn threads_end_when_all_that_was_found_is_done() {
        for threads in [1, 2, 8] {
            let (stack, done) = (Stack::new(11_u32), AtomicU32::new(0));
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        while let Some(mut turn) = stack.take() {
                            let height = turn.item();
                            done.fetch_add(1, Ordering::Relaxed);
                            turn.found
                                .extend(vec![height - 1; if height > 1 { 2 } else { 0 }]);
                        }
                    });
                }
            });
            assert_eq!(done.into_inner(), (1 << 11) - 1);
        }
    }
}
