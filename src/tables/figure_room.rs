//! How many figures a file may have, counted over all who read parts of it at the same time.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// More figures than any monthly table has; beyond it the file is held back.
pub(super) const MOST_FIGURES: usize = 5_000_000;

/// The room that one reader has taken; it is given back with what the reader has read.
///
/// A series that several readers meet takes room with each of them: a file of so many figures with such doubles is held
/// back a little earlier, as it is for the doubles.
#[derive(Debug)]
pub(super) struct Room {
    taken: usize,
    left: Arc<AtomicUsize>,
}

impl Room {
    /// For so many figures.
    pub(super) fn of(figures: usize) -> Self {
        Self { taken: 0, left: Arc::new(AtomicUsize::new(figures)) }
    }

    /// The same room, for who reads another part.
    pub(super) fn share(&self) -> Self {
        Self { taken: 0, left: Arc::clone(&self.left) }
    }

    /// Takes room for a figure; answers whether there was any.
    pub(super) fn take(&mut self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok();
        self.taken += usize::from(taken);
        taken
    }

    /// Takes over what another has taken.
    pub(super) fn merge(&mut self, mut other: Self) {
        self.taken += std::mem::take(&mut other.taken);
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.left.fetch_add(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_shared_taken_over_and_given_back() {
        let mut first = Room::of(3);
        let (mut second, mut third) = (first.share(), first.share());
        assert_eq!([first.take(), second.take(), third.take(), first.take()], [true, true, true, false]);
        // What is taken over stays taken, what is let go of is free.
        first.merge(second);
        assert!(!first.take());
        drop(third);
        assert_eq!([first.take(), first.take()], [true, false]);
    }
}
