//! File names: which are ignored, how one is shown and stored, and in which order they come.

use std::cmp::Ordering;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Names that begin so are never deliveries: hidden files (also `rsync`'s and this program's own), and the lock files
/// that office programs put beside an open document.
const IGNORED_PREFIXES: [&str; 2] = [".", "~$"];

/// Names that end so are files on their way, whatever the case: temporary files, half downloads of browsers and transfer
/// programs (`.part`, `.partial`, `.filepart`, `.crdownload`, `.download`), and the swap files of editors.
const IGNORED_SUFFIXES: [&str; 7] = [".tmp", ".part", ".partial", ".filepart", ".crdownload", ".download", ".swp"];

/// Names that file managers leave in any folder that they show, whatever the case.
const IGNORED_NAMES: [&str; 2] = ["thumbs.db", "desktop.ini"];

/// The longest stored name in bytes; most file systems end at 255, and whoever files it away may want to add to it.
const LONGEST: usize = 200;

/// An extension of up to so many bytes, with its dot, survives when a long name is cut.
const LONGEST_EXTENSION: usize = 16;

/// Whether a file of this name (without folders) is left alone: hidden, temporary, half transferred, or litter.
#[must_use]
pub fn is_ignored(name: &OsStr) -> bool {
    let name = name.as_bytes().to_ascii_lowercase();
    IGNORED_PREFIXES.iter().any(|prefix| name.starts_with(prefix.as_bytes()))
        || IGNORED_SUFFIXES.iter().any(|suffix| name.ends_with(suffix.as_bytes()))
        || IGNORED_NAMES.iter().any(|litter| name == litter.as_bytes())
}

/// A name fit for people: what is not UTF-8, not printable, or would reverse the direction of the text is `U+FFFD`.
pub(super) fn display_name(name: &OsStr) -> String {
    name.to_string_lossy().chars().map(|c| if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// A name fit for storing: like the one for display with `_` for what was replaced, at most [`LONGEST`] bytes, its
/// extension kept.
pub(super) fn stored_name(name: &OsStr) -> String {
    let name = display_name(name).replace(char::REPLACEMENT_CHARACTER, "_");
    if name.len() <= LONGEST {
        return name;
    }
    let extension = match name.rfind('.') {
        Some(dot) if name.len() - dot <= LONGEST_EXTENSION => name.get(dot..).unwrap_or(""),
        _ => "",
    };
    let stem = name.get(..name.floor_char_boundary(LONGEST - extension.len())).unwrap_or("");
    format!("{stem}{extension}")
}

fn is_harmful(c: char) -> bool {
    let turns_text_round = matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    c.is_control() || turns_text_round || matches!(c, '\u{2028}' | '\u{2029}')
}

/// The order in which people expect names: digits by the number that they write, everything else by character, so that
/// `2025-9` comes before `2025-10` and `part 2` before `part 10`. A total order: names that differ never compare as equal.
#[must_use]
pub fn natural_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (left_run, left_rest) = run(left);
        let (right_run, right_rest) = run(right);
        if left_run.is_empty() || right_run.is_empty() {
            return left_run.len().cmp(&right_run.len()).then_with(|| a.cmp(b));
        }
        let order = compare_runs(left_run, right_run);
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
}

/// Sorts by the natural order of the file name, then by folder.
pub(super) fn sort_paths<T>(items: &mut Vec<T>, path: impl Fn(&T) -> &Path) {
    let mut keyed: Vec<(String, T)> =
        items.drain(..).map(|item| (display_name(path(&item).file_name().unwrap_or_default()), item)).collect();
    keyed.sort_by(|(a, left), (b, right)| natural_order(a, b).then_with(|| path(left).cmp(path(right))));
    items.extend(keyed.into_iter().map(|(_, item)| item));
}

/// The digits at the start, or the one other character at the start, and what follows.
fn run(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let end = if digits > 0 { digits } else { text.chars().next().map_or(0, char::len_utf8) };
    text.split_at(end)
}

fn compare_runs(left: &str, right: &str) -> Ordering {
    let is_number = |run: &str| run.starts_with(|c: char| c.is_ascii_digit());
    if is_number(left) && is_number(right) {
        let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
        left.len().cmp(&right.len()).then_with(|| left.cmp(right))
    } else {
        left.cmp(right)
    }
}
