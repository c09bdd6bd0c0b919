//! The bound on what is in flight: records that were begun and are not written yet.
//!
//! Each record holds as many bytes of the budget as it has in memory. Who wants more than is left waits, with one
//! exception: the record that the writer waits for may always go on, as nothing else would ever free
//! anything. So the bound is passed by one record at most, and the pipeline cannot lock up.

use parking_lot::{Condvar, Mutex};

/// Shared by the workers, who take, and the writer, who gives back.
pub(super) struct Budget {
    max_bytes: usize,
    max_records: usize,
    /// No code that may panic runs under the lock.
    state: Mutex<State>,
    /// parking_lot's: each record gives bytes back twice, mostly while nobody waits, and std's would call the kernel each time.
    changed: Condvar,
}

struct State {
    used: usize,
    /// The record that the writer waits for.
    head: usize,
    stopped: bool,
}

impl Budget {
    pub(super) fn new(max_bytes: usize, max_records: usize) -> Budget {
        Budget {
            max_bytes,
            max_records,
            state: Mutex::new(State { used: 0, head: 0, stopped: false }),
            changed: Condvar::new(),
        }
    }

    /// Waits until record `index` may hold `bytes` more; false when the run was stopped.
    pub(super) fn take(&self, index: usize, bytes: usize) -> bool {
        let mut state = self.state.lock();
        loop {
            if state.stopped {
                return false;
            }
            let near = index - state.head < self.max_records;
            let fits = state.used.saturating_add(bytes) <= self.max_bytes;
            if index == state.head || near && fits {
                state.used += bytes;
                return true;
            }
            self.changed.wait(&mut state);
        }
    }

    /// Gives back bytes of a record that goes on.
    pub(super) fn give(&self, bytes: usize) {
        self.state.lock().used -= bytes;
        self.changed.notify_all();
    }

    /// Gives back all `bytes` of the record that was just written.
    pub(super) fn written(&self, bytes: usize) {
        let mut state = self.state.lock();
        state.used -= bytes;
        state.head += 1;
        drop(state);
        self.changed.notify_all();
    }

    /// Ends all waiting: the run has failed.
    pub(super) fn stop(&self) {
        self.state.lock().stopped = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_record_waits_for_the_bytes_of_another() {
        let budget = Budget::new(10, 100);
        assert!(budget.take(0, 8));
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| budget.take(1, 5));
            std::thread::sleep(Duration::from_millis(20));
            assert!(!waits.is_finished());
            budget.give(4);
            assert!(waits.join().unwrap());
        });
        assert_eq!(budget.state.lock().used, 9);
    }

    #[test]
    fn the_record_that_the_writer_waits_for_never_waits() {
        let budget = Budget::new(10, 100);
        assert!(budget.take(1, 10));
        assert!(budget.take(0, 50));
        budget.written(50);
        assert!(budget.take(1, 50));
    }

    #[test]
    fn records_far_ahead_of_the_writer_wait_and_a_stop_ends_it() {
        let budget = Budget::new(10, 2);
        std::thread::scope(|scope| {
            let waits = scope.spawn(|| budget.take(2, 0));
            std::thread::sleep(Duration::from_millis(20));
            assert!(!waits.is_finished());
            budget.stop();
            assert!(!waits.join().unwrap());
        });
    }
}
