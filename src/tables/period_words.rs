//! The words and numbers that the text of a period is made of.

use crate::model::period::MONTHS;

/// One word or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Item<'a> {
    /// A calendar month by name, 1 to 12.
    Month(i32),
    /// `M7`: a month of the financial year, 1 to 12, April first.
    MonthOfYear(i32),
    /// `Q1`: a quarter of the financial year, 1 to 4.
    Quarter(i32),
    /// `FY`.
    FinancialYear,
    /// `Plan`, after a month and the quarter whose plan it is held against.
    Plan,
    /// Digits.
    Number(Number<'a>),
}

/// A run of digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number<'a> {
    /// As written, leading zeros included.
    pub(super) digits: &'a str,
    /// None for a number too long to be of any period.
    pub(super) value: Option<i32>,
    /// Whether a slash or dash joins it to what stands before.
    pub(super) joined: bool,
}

impl Number<'_> {
    /// It as a year: four digits, or two of this century. `70` to `99` may be of either century and are no year.
    pub(super) fn year(self) -> Option<i32> {
        match self.digits.len() {
            4 => self.value,
            2 => self.value.filter(|year| *year < 70).map(|year| 2000 + year),
            _ => None,
        }
    }
}

/// More than this is no period but a sentence.
const LONGEST: usize = 64;
const MOST_ITEMS: usize = 8;

/// Cuts a text into items. None when it holds anything else.
pub(super) fn items(text: &str) -> Option<Vec<Item<'_>>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut rest = without_midnight(without_collection(text));
    let mut items = Vec::new();
    while !rest.is_empty() {
        let after = rest.trim_start_matches(is_separator);
        let mut marks = rest.get(..rest.len() - after.len())?.chars().filter(|c| !c.is_whitespace());
        let (mark, second) = (marks.next(), marks.next());
        if items.len() >= MOST_ITEMS || second.is_some() || mark.is_some() && items.is_empty() {
            return None;
        }
        let (item, left) = next(after, mark.is_some_and(|mark| mark == '/' || is_dash(mark)), items.last())?;
        items.push(item);
        rest = left;
    }
    (!items.is_empty()).then_some(items)
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || matches!(c, '/' | '\'' | '\u{2019}' | ',' | '_')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}')
}

/// The item at the start of the text, and what follows it.
fn next<'a>(text: &'a str, joined: bool, before: Option<&Item<'_>>) -> Option<(Item<'a>, &'a str)> {
    let digits = run(text, |c| c.is_ascii_digit());
    if !digits.is_empty() {
        let number = Number { digits, value: digits.parse().ok().filter(|_| digits.len() <= 8), joined };
        return Some((Item::Number(number), text.get(digits.len()..)?));
    }
    let word = run(text, |c| c.is_ascii_alphabetic());
    let rest = text.get(word.len()..)?;
    if let Some(month) = month(word) {
        return Some((Item::Month(month), rest));
    }
    match word.to_ascii_lowercase().as_str() {
        "q" | "qtr" | "quarter" => numbered(rest, 4).map(|(quarter, rest)| (Item::Quarter(quarter), rest)),
        "m" => numbered(rest, 12).map(|(month, rest)| (Item::MonthOfYear(month), rest)),
        "fy" => Some((Item::FinancialYear, rest)),
        "plan" if matches!(before, Some(Item::Quarter(_) | Item::Number(_))) => Some((Item::Plan, rest)),
        _ => None,
    }
}

/// The number that belongs to `Q` or `M`, from 1 to `most`.
fn numbered(text: &str, most: i32) -> Option<(i32, &str)> {
    let text = text.trim_start();
    let digits = run(text, |c| c.is_ascii_digit());
    let number = digits.parse().ok().filter(|number| digits.len() <= 2 && (1..=most).contains(number))?;
    Some((number, text.get(digits.len()..)?))
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

/// A month by its name, its first three letters, or `Sept`.
pub(super) fn month(word: &str) -> Option<i32> {
    let word = word.to_ascii_lowercase();
    let fits =
        |name: &str| word == name || name.get(..3) == Some(word.as_str()) || (word == "sept" && name == "september");
    let position = MONTHS.iter().position(|name| fits(name))?;
    i32::try_from(position + 1).ok()
}

/// `RTT-April-2026` without the name of the national collection: letters and digits, at least two of them capital
/// letters, joined by a dash to a month. Words that change the meaning (`YTD-April-2026`) are not taken off.
fn without_collection(text: &str) -> &str {
    const MEANINGFUL: [&str; 10] = ["YTD", "QTD", "MTD", "FY", "CUM", "MAT", "LTM", "TO", "FROM", "SINCE"];
    let Some((name, rest)) = text.split_once('-') else { return text };
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().filter(char::is_ascii_uppercase).count() >= 2
        && month(name).is_none()
        && !MEANINGFUL.iter().any(|word| name.eq_ignore_ascii_case(word));
    let month_follows = month(run(rest, |c| c.is_ascii_alphabetic())).is_some();
    let quarter = name.len() == 2 && name.starts_with(['Q', 'M']);
    if is_name && month_follows && !quarter { rest } else { text }
}

/// A date with a time of midnight, as programs export it, is the date.
fn without_midnight(text: &str) -> &str {
    ["T00:00:00", " 00:00:00", " 00:00"].iter().find_map(|time| text.strip_suffix(time)).unwrap_or(text)
}
