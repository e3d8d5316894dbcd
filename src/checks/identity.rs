//! What a patient could be known by, how it is found in a text, and how it is hidden there.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde::Deserialize;

/// By what a patient could be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Identity {
    NhsNumber,
    Postcode,
    BirthDate,
    Email,
}

/// All of them.
pub(super) const ALL: [Identity; 4] = [Identity::NhsNumber, Identity::Postcode, Identity::BirthDate, Identity::Email];

impl Identity {
    /// In words, several of them.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::NhsNumber => "NHS numbers",
            Self::Postcode => "postcodes",
            Self::BirthDate => "dates of birth",
            Self::Email => "email addresses",
        }
    }

    /// Whether a text holds one; `of_birth` says that the column speaks of birth.
    pub(super) fn is_in(self, text: &str, of_birth: bool) -> bool {
        match self {
            Self::NhsNumber => holds_nhs_number(text),
            Self::Postcode => {
                let alone = text.len() <= 8 && is_match(&POSTCODE, &text.to_uppercase());
                alone || is_match(&POSTCODE, text)
            }
            Self::BirthDate => (of_birth && is_match(&DATE, text)) || is_match(&BORN, text),
            Self::Email => is_match(&EMAIL, text),
        }
    }

    /// The text with no more than the shape of each that it holds.
    pub(super) fn hide(self, text: &str, of_birth: bool) -> String {
        let pattern = match self {
            Self::NhsNumber if !has_ten_digits(text) => return text.to_owned(),
            Self::NhsNumber => &NHS_NUMBER,
            Self::Postcode => &POSTCODE,
            Self::BirthDate if of_birth => &DATE,
            Self::BirthDate => &BORN,
            Self::Email => &EMAIL,
        };
        let shape = |found: &Captures<'_>| {
            let found = found.get(0).map_or("", |found| found.as_str());
            let means_something_else = self == Self::NhsNumber && !is_nhs_number(found);
            if means_something_else { found.to_owned() } else { masked(found) }
        };
        pattern.as_ref().map_or_else(|| text.to_owned(), |pattern| pattern.replace_all(text, shape).into_owned())
    }
}

type Pattern = LazyLock<Option<Regex>>;

// Digits are those of ASCII: a pattern of all that Unicode has takes up to six times as long to compile.
static NHS_NUMBER: Pattern =
    LazyLock::new(|| Regex::new(r"(?:\b|[A-Za-z_])[0-9]{3}[\s\-]?[0-9]{3}[\s\-]?[0-9]{4}(?:\b|[A-Za-z_])").ok());
/// The beginning of what may be an NHS number, where a text was cut.
static CUT: Pattern = LazyLock::new(|| Regex::new(r"(?:\b|[A-Za-z_])[0-9]{3}[\s\-]?[0-9]{3}[\s\-]?[0-9]{0,3}…").ok());
static POSTCODE: Pattern = LazyLock::new(|| {
    Regex::new(r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[A-HK-Y][0-9][ABEHMNPRVWXY]|[0-9][A-HJKPSTUW]) ?[0-9][ABD-HJLNP-UW-Z]{2})\b").ok()
});
static DATE: Pattern = LazyLock::new(|| {
    Regex::new(r"\b(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}|[0-9]{2})|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} [A-Za-z]{3,9} [0-9]{4})\b").ok()
});
static BORN: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:d\.?o\.?b\.?|born|birth)\b[^0-9]{0,20}(?:[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2} [a-z]{3,9} [0-9]{4})").ok()
});
static EMAIL: Pattern =
    LazyLock::new(|| Regex::new(r"[A-Za-z0-9._%+\-']+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}").ok());
static OF_BIRTH: Pattern = LazyLock::new(|| Regex::new(r"(?i)birth|\bdob\b|^dob|born").ok());
static HEADER: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\bnhs[ _]*(?:no\b|num|id\b)|\bdob\b|date[ _]of[ _]birth|birth[ _]*date|patient[ _]*(?:name|id\b|address|post)|\bsurname\b|\bforename\b").ok()
});

/// Whether a column whose header says so holds dates of birth.
pub(super) fn is_of_birth(header: &str) -> bool {
    is_match(&OF_BIRTH, header)
}

/// Whether a header says that patients could be known by what stands below it.
pub(super) fn is_of_patients(header: &str) -> bool {
    is_match(&HEADER, header)
}

fn is_match(pattern: &Pattern, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text))
}

fn holds_nhs_number(text: &str) -> bool {
    if !has_ten_digits(text) {
        return false;
    }
    let found = NHS_NUMBER.as_ref().map(|pattern| pattern.find_iter(text));
    found.into_iter().flatten().any(|found| is_nhs_number(found.as_str()))
}

/// Whether there are ten digits with no more than one other character between two of them. Where there are not, as in
/// nearly all texts, there is no NHS number, and no pattern needs to be compiled to say so.
fn has_ten_digits(text: &str) -> bool {
    let (mut digits, mut others) = (0, 0);
    text.chars().any(|c| {
        (digits, others) = match (c.is_ascii_digit(), others) {
            (true, 0 | 1) => (digits + 1, 0),
            (true, _) => (1, 0),
            (false, _) => (digits, others + 1),
        };
        digits >= 10
    })
}

/// The check digit is 11 less the remainder of the first nine, weighted from 10 down to 2; 11 stands for 0, and a number
/// that would need 10 is not given out.
fn is_nhs_number(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    let [first @ .., check] = &digits[..] else { return false };
    let weighted: u32 = first.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let expected = (11 - weighted % 11) % 11;
    first.len() == 9 && first.iter().any(|digit| *digit != 0) && expected == *check
}

/// The text with no more than the shape of a number that it was cut in.
pub(super) fn hide_cut(text: &str) -> String {
    // The eleven characters before the cut hold six digits at least.
    let before = |end: usize| text.get(..end).into_iter().flat_map(|text| text.chars().rev().take(11));
    let may_be_cut = |(end, _)| before(end).filter(char::is_ascii_digit).count() >= 6;
    if !text.match_indices('…').any(may_be_cut) {
        return text.to_owned();
    }
    let shape = |found: &Captures<'_>| found.get(0).map_or_else(String::new, |found| masked(found.as_str()));
    CUT.as_ref().map_or_else(|| text.to_owned(), |cut| cut.replace_all(text, shape).into_owned())
}

/// The shape of a text, at most 40 characters of it.
pub(super) fn masked(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_alphanumeric() { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 943 476 5919 is the example of the NHS Data Dictionary.
    #[test]
    fn the_check_digit_tells_nhs_numbers() {
        for (text, is) in [
            ("9434765919", true),
            ("943 476 5919", true),
            ("seen 943-476-5919 on Monday", true),
            ("9434765918", false),
            ("0000000000", false),
            ("19434765919", false),
            ("0161 496 0000", false),
            ("943 476 591", false),
            ("NHS9434765919", true),
            ("patient_9434765919_letter", true),
        ] {
            assert_eq!(Identity::NhsNumber.is_in(text, false), is, "{text}");
        }
    }

    proptest! {
        /// Digits, what may stand between them, and what ends a number.
        #[test]
        fn no_text_with_an_nhs_number_is_passed_over(text in "[0-9 \\-x…\u{a0}]{0,30}|[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}") {
            let found = NHS_NUMBER.as_ref().expect("a pattern").is_match(&text);
            prop_assert!(!found || has_ten_digits(&text), "{}", text);
        }

        #[test]
        fn no_text_with_the_beginning_of_a_number_is_passed_over(text in "[x ]{0,2}[0-9 \\-…]{0,14}…[0-9…]{0,14}") {
            let found = CUT.as_ref().expect("a pattern").is_match(&text);
            let hidden = hide_cut(&text);
            prop_assert_eq!(found, hidden != text, "{}", text);
        }
    }

    #[test]
    fn postcodes_dates_of_birth_and_addresses() {
        for (identity, text, is) in [
            (Identity::Postcode, "LE1 5WW", true),
            (Identity::Postcode, "le15ww", true),
            (Identity::Postcode, "lives in EC1A 1BB since May", true),
            (Identity::Postcode, "E54000015", false),
            (Identity::Postcode, "Y00123", false),
            (Identity::Postcode, "Q1 24/25", false),
            (Identity::BirthDate, "DOB: 12/03/1961", true),
            (Identity::BirthDate, "born 1 May 1961", true),
            (Identity::BirthDate, "seen 12/03/2025", false),
            (Identity::Email, "a.b@example.nhs.uk", true),
            (Identity::Email, "5 @ 3.50", false),
        ] {
            assert_eq!(identity.is_in(text, false), is, "{text}");
        }
        assert!(Identity::BirthDate.is_in("1961-03-12", true));
        assert!(Identity::NhsNumber.is_in("943\u{a0}476\u{a0}5919", false));
        assert_eq!(masked("a.b@x.uk 943 476"), "*.*@*.** *** ***");
    }
}
