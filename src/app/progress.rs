//! How far the reading of a file is: lines in the log of a daemon, and what `validate` draws on a terminal.

use std::time::{Duration, Instant};

/// The log says so often how far a long read is.
const EVERY: Duration = Duration::from_secs(10);

/// How far the reading of a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows of figures so far.
    pub rows: u64,
    /// Bytes read so far; none for formats that cannot say.
    pub read: Option<u64>,
    /// The size of the file in bytes.
    pub size: u64,
}

impl Progress {
    /// Hundredths of the file, from 0 to 100; none for formats that cannot say.
    fn percent(self) -> Option<u64> {
        let read = self.read?.min(self.size);
        read.saturating_mul(100).checked_div(self.size)
    }
}

/// Lines in the log for a file that takes long.
pub(super) struct InLog<'a> {
    file: &'a str,
    last: Instant,
}

impl<'a> InLog<'a> {
    /// `now` is when the reading begins.
    pub(super) fn new(file: &'a str, now: Instant) -> Self {
        Self { file, last: now }
    }

    /// Writes a line if the last one is long ago; answers whether it did.
    pub(super) fn tell(&mut self, progress: Progress, now: Instant) -> bool {
        if now.saturating_duration_since(self.last) < EVERY {
            return false;
        }
        self.last = now;
        let Progress { rows, read, size } = progress;
        tracing::info!(file = self.file, rows, read, size, percent = progress.percent(), "still reading the file");
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(read: Option<u64>, size: u64) -> Progress {
        Progress { rows: 8192, read, size }
    }

    #[test]
    fn a_line_every_ten_seconds_and_none_for_a_short_read() {
        let start = Instant::now();
        let mut log = InLog::new("les.csv", start);
        let mut told = |seconds| log.tell(progress(Some(1), 4), start + Duration::from_secs(seconds));
        assert_eq!(
            [0, 9, 10, 11, 19, 25, 34, 35].map(&mut told),
            [false, false, true, false, false, true, false, true]
        );
    }

    #[test]
    fn the_share_is_of_the_bytes_of_the_file() {
        assert_eq!(progress(Some(50 << 20), 200 << 20).percent(), Some(25));
        // The file grew while it was read.
        assert_eq!(progress(Some(300), 200).percent(), Some(100));
        assert_eq!(progress(Some(0), 0).percent(), None);
        assert_eq!(progress(None, 200).percent(), None);
    }
}
