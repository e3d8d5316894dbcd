//! How far the reading of a large file is, on a terminal.

use std::{path::Path, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::app::progress::Progress;

/// Smaller files are read before anybody would look at a bar.
const LARGE: u64 = 50 << 20;

/// A bar on standard error for a large file; one that shows nothing for others, and where nobody looks.
pub(super) fn bar(path: &Path) -> ProgressBar {
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    if size <= LARGE {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(style("{spinner} {msg} rows"));
    bar.set_message("0");
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Moves the bar: by the share of the bytes, or by the rows for formats that cannot say.
pub(super) fn show(bar: &ProgressBar, progress: Progress) {
    bar.set_message(progress.rows.to_string());
    if let Some(read) = progress.read {
        if bar.length().is_none() {
            bar.set_style(style("{bar:30} {percent}% {bytes}/{total_bytes} · {msg} rows"));
            bar.set_length(progress.size);
        }
        bar.set_position(read.min(progress.size));
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_stands_at_the_bytes_or_counts_the_rows() {
        let bar = ProgressBar::hidden();
        show(&bar, Progress { rows: 8192, read: None, size: 200 });
        assert_eq!((bar.length(), bar.message().as_str()), (None, "8192"));
        show(&bar, Progress { rows: 16384, read: Some(50), size: 200 });
        assert_eq!((bar.length(), bar.position(), bar.message().as_str()), (Some(200), 50, "16384"));
    }
}
