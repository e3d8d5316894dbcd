//! Entries onto as many messages as they need: each on one, in order, none cut.

/// What stands together on one message: entries, each with the section that it belongs to.
pub(super) type Page<T> = Vec<(usize, T)>;

/// Lays entries out. `room` is what one message holds; `size` says how much of it an entry takes, and `heading` how much
/// its section's heading does, which is repeated on every message. An entry that takes more than the room stands alone.
pub(super) fn pack<T>(
    entries: impl IntoIterator<Item = (usize, T)>,
    room: usize,
    size: impl Fn(&T) -> usize,
    heading: impl Fn(usize) -> usize,
) -> Vec<Page<T>> {
    let mut pages: Vec<Page<T>> = Vec::new();
    let mut left = 0;
    for (section, entry) in entries {
        let own = size(&entry);
        match pages.last_mut() {
            Some(page) => {
                let continues = page.last().is_some_and(|(last, _)| *last == section);
                let needed = own + if continues { 0 } else { heading(section) };
                if needed <= left {
                    left -= needed;
                    page.push((section, entry));
                    continue;
                }
                pages.push(vec![(section, entry)]);
            }
            None => pages.push(vec![(section, entry)]),
        }
        left = room.saturating_sub(own + heading(section));
    }
    if pages.is_empty() {
        pages.push(Vec::new());
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries of sizes 4, 4, 4 in one section and 2 in the next, headings of 1.
    #[test]
    fn every_entry_stands_on_one_page() {
        let entries = [(0, 4), (0, 4), (0, 4), (1, 2)];
        let sizes = |room: usize| -> Vec<Vec<usize>> {
            let pages = pack(entries, room, |size| *size, |_| 1);
            pages.into_iter().map(|page| page.into_iter().map(|(_, size)| size).collect()).collect()
        };
        assert_eq!(sizes(16), [vec![4, 4, 4, 2]]);
        assert_eq!(sizes(15), [vec![4, 4, 4], vec![2]]);
        assert_eq!(sizes(9), [vec![4, 4], vec![4, 2]]);
        assert_eq!(sizes(8), [vec![4], vec![4], vec![4, 2]]);
        assert_eq!(sizes(0), [vec![4], vec![4], vec![4], vec![2]]);
    }

    #[test]
    fn nothing_is_one_empty_page() {
        assert_eq!(pack(Vec::<(usize, ())>::new(), 9, |()| 1, |_| 1), [vec![]]);
    }
}
