//! What stands under a table: blank rows and footnotes.
//!
//! Whether a row with nothing but its first cell is a footnote shows only when the file ends, so such rows wait.

use crate::model::{Finding, Severity};

use super::{
    places::Places,
    row::{Row, trim},
};

/// More rows than this in a row are no footnotes.
const MOST_ROWS: usize = 64;
const MOST_BYTES: usize = 1 << 20;

/// A first cell counts as so long at most.
pub(super) const LONGEST_LABEL: usize = 1000;

/// Rows that may be footnotes, until it is known.
#[derive(Debug, Default)]
pub(super) struct Tail {
    waiting: Vec<Waiting>,
    /// What stands under the blocks before the last: clear footnotes, and what may be data.
    footnotes: Places,
    doubtful: Places,
    bytes: usize,
    /// Blank rows since the last row of data, and those between data.
    blank: u64,
    gaps: Places,
    first_blank: u64,
    /// Too many waited: they are data, and so is what follows like them.
    given_up: bool,
    /// The longest first cell among the data, in characters.
    longest_label: usize,
}

#[derive(Debug)]
struct Waiting {
    row: Row,
    after_blank: bool,
}

impl Tail {
    /// Keeps so many places of each kind.
    pub(super) fn keep(&mut self, most: usize) {
        Places::keep_all([&mut self.gaps, &mut self.footnotes, &mut self.doubtful], most);
    }

    /// Notes a blank row.
    pub(super) fn blank(&mut self, row: u64) {
        if self.blank == 0 {
            self.first_blank = row;
        }
        self.blank += 1;
    }

    /// Lets a row wait; false if it must be taken as data, after all that wait.
    pub(super) fn wait(&mut self, row: &Row) -> bool {
        self.given_up |= self.waiting.len() >= MOST_ROWS || self.bytes + row.bytes() > MOST_BYTES;
        if !self.given_up {
            self.bytes += row.bytes();
            self.waiting.push(Waiting { row: row.clone(), after_blank: self.blank > 0 });
        }
        !self.given_up
    }

    /// Whether what follows is judged alike whatever came before.
    pub(super) fn is_settled(&self) -> bool {
        self.waiting.is_empty() && self.blank == 0 && !self.given_up
    }

    /// The rows that waited, because a row of data follows.
    pub(super) fn release(&mut self) -> impl Iterator<Item = Row> + use<> {
        if self.blank > 0 {
            self.gaps.add(self.first_blank, None, None);
            self.blank = 0;
        }
        self.bytes = 0;
        std::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.row)
    }

    /// Notes that a row of data begins with a cell of so many characters, without its text.
    pub(super) fn learn_length(&mut self, length: usize) {
        self.given_up = false;
        self.longest_label = self.longest_label.max(length);
    }

    /// The longest first cell among the data, in characters, up to [`LONGEST_LABEL`].
    pub(super) fn longest_label(&self) -> usize {
        self.longest_label
    }

    /// Takes in what stood between and under other rows of the same table; at most one of the two has seen the last row.
    pub(super) fn merge(&mut self, other: Self) {
        self.gaps.merge(other.gaps);
        self.longest_label = self.longest_label.max(other.longest_label);
        if !other.waiting.is_empty() {
            self.waiting = other.waiting;
        }
    }

    /// The row that waited last, because a header follows that it is the title of; what waited before it stands under
    /// the table that ends here.
    pub(super) fn end_block(&mut self) -> Option<Row> {
        let title = self.waiting.pop();
        let (mut footnotes, mut doubtful) = (std::mem::take(&mut self.footnotes), std::mem::take(&mut self.doubtful));
        self.settle(&mut footnotes, &mut doubtful);
        (self.footnotes, self.doubtful) = (footnotes, doubtful);
        self.waiting.clear();
        (self.bytes, self.blank, self.given_up, self.longest_label) = (0, 0, false, 0);
        title.map(|title| title.row)
    }

    /// Learns from a row of data what the cells of the first column look like, which stands here.
    pub(super) fn learn(&mut self, row: &Row, like_a_footnote: bool, first: usize) {
        self.given_up &= like_a_footnote;
        if !like_a_footnote {
            let length = row.get(first).map_or(0, |label| label.chars().take(LONGEST_LABEL).count());
            self.longest_label = self.longest_label.max(length);
        }
    }

    /// Tells clear footnotes among the rows that wait from those that may be data.
    fn settle(&self, footnotes: &mut Places, doubtful: &mut Places) {
        for Waiting { row, after_blank } in &self.waiting {
            let Some((at, text)) = row.first_filled() else { continue };
            let clear = *after_blank || is_marked(text) || text.chars().count() > self.longest_label;
            let places = if clear { &mut *footnotes } else { &mut *doubtful };
            places.add_cell(row.number, Some(at), None, Some(text));
        }
    }

    /// What was left out, once the file has ended.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let (mut footnotes, mut doubtful) = (self.footnotes.clone(), self.doubtful.clone());
        self.settle(&mut footnotes, &mut doubtful);
        let gaps = self.gaps.finding("blank_rows", Severity::Note, "blank rows between the data were passed over");
        let footnotes = footnotes.finding("footnotes", Severity::Note, "footnotes under the table were left out");
        let doubtful = doubtful.finding(
            "footnotes",
            Severity::Warning,
            "the table ends with rows that hold nothing but their first cell; they were left out as footnotes: \
             if they are data, their figures are missing",
        );
        gaps.into_iter().chain(footnotes).chain(doubtful).collect()
    }
}

/// Whether a text is a code, such as `A81002`: letters and digits and nothing else. Its row is data whose figures are blank,
/// wherever it stands. It is told by the text alone, as the rows around it may be read elsewhere at the same time.
pub(super) fn is_a_code(text: &str) -> bool {
    const LONGEST: usize = 12;
    let text = trim(text);
    let has = |of: fn(&char) -> bool| text.chars().any(|c| of(&c));
    text.len() <= LONGEST
        && text.chars().all(|c| c.is_ascii_alphanumeric())
        && has(char::is_ascii_digit)
        && has(char::is_ascii_alphabetic)
}

/// Whether a text begins as footnotes do: `*`, `Note`, `Source`, `1.`, `(1)`.
pub(super) fn is_marked(text: &str) -> bool {
    const WORDS: [&str; 8] = ["note", "source", "footnote", "data ", "excludes", "includes", "please", "produced"];
    let text = text.trim_start();
    let folded = text.chars().take(10).collect::<String>().to_lowercase();
    let digits = folded.trim_start_matches(['(', '[']).trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.len() < folded.len() && digits.starts_with(['.', ')', ']', ':', ' ']);
    text.starts_with(['*', '†', '‡', '§', '#', '^', '¹', '²', '³'])
        || numbered
        || WORDS.iter().any(|word| folded.starts_with(word))
}
