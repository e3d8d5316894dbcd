//! The order among workers that read pieces of one file at the same time: where the rows of a piece begin is known when
//! those of the piece before have been found.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Where a row begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// Its first byte in the file.
    pub(super) offset: u64,
    /// Its line, from 1.
    pub(super) line: u64,
    /// How many rows stand before it.
    pub(super) rows: u64,
}

/// The starts that are known.
pub(super) struct Chain {
    state: Mutex<State>,
    moved: Condvar,
}

struct State {
    /// The start of each piece, as far as they are known.
    starts: Vec<Start>,
    given_up: bool,
}

impl Chain {
    /// With those that are known from the beginning.
    pub(super) fn new(starts: Vec<Start>) -> Self {
        Self { state: Mutex::new(State { starts, given_up: false }), moved: Condvar::new() }
    }

    /// Where the rows of a piece begin, once it is known; none when the reading was given up.
    pub(super) fn wait(&self, piece: usize) -> Option<Start> {
        let waits = |state: &mut State| !state.given_up && state.starts.len() <= piece;
        let state = self.moved.wait_while(self.lock(), waits).unwrap_or_else(PoisonError::into_inner);
        if state.given_up { None } else { state.starts.get(piece).copied() }
    }

    /// Tells where the rows of the next piece begin.
    pub(super) fn tell(&self, start: Start) {
        self.lock().starts.push(start);
        self.moved.notify_all();
    }

    /// Ends the reading.
    pub(super) fn give_up(&self) {
        self.lock().given_up = true;
        self.moved.notify_all();
    }

    /// All starts, when everything was read.
    pub(super) fn starts(&self) -> Vec<Start> {
        self.lock().starts.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Held by each worker: should one of them panic, the others do not wait for it.
pub(super) struct Held<'a>(pub(super) &'a Chain);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.give_up();
        }
    }
}
