//! Ordered categories as figures: an inspection rating, a tier, a stage.
//!
//! A figure of such a measure is the place of its category in the list, from 1. Its unit carries the list, so that it is
//! written as the word wherever figures are written, and is read back from whatever kept it.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{LazyLock, Mutex, PoisonError},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A list of categories in their order: `Inadequate, Requires improvement, Good, Outstanding`.
///
/// Lists are few and are as long-lived as what they are the unit of, so each is kept once, for good, and is passed about
/// as easily as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Categories(&'static Kept);

#[derive(Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Kept {
    words: Vec<String>,
    code: String,
}

static KEPT: LazyLock<Mutex<BTreeSet<&'static Kept>>> = LazyLock::new(Mutex::default);

const MOST: usize = 20;
const LONGEST: usize = 100;
const PREFIX: &str = "category: ";
const BETWEEN: &str = " | ";

/// Why a list is none of categories.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CategoriesError {
    /// Too few to have an order, or too many.
    #[error("2 to {MOST} categories are expected, not {0}")]
    Number(usize),
    /// One that cannot be told from nothing, or from a list.
    #[error("`{0}` is no category: a word or some, of at most {LONGEST} letters, without `|`")]
    Word(String),
    /// The same twice; capitals do not count.
    #[error("`{0}` stands in the list twice")]
    Twice(String),
}

impl Categories {
    /// A list in its order.
    ///
    /// # Errors
    /// Fewer than two or too many, blank ones, and the same twice.
    pub fn new(words: impl IntoIterator<Item = String>) -> Result<Self, CategoriesError> {
        let words: Vec<String> = words.into_iter().map(|word| word.trim().to_owned()).collect();
        if !(2..=MOST).contains(&words.len()) {
            return Err(CategoriesError::Number(words.len()));
        }
        let mut seen = BTreeSet::new();
        for word in &words {
            if word.is_empty() || word.contains(['|', '\n']) || word.chars().count() > LONGEST {
                return Err(CategoriesError::Word(word.clone()));
            }
            if !seen.insert(word.to_lowercase()) {
                return Err(CategoriesError::Twice(word.clone()));
            }
        }
        let code = format!("{PREFIX}{}", words.join(BETWEEN));
        let list = Kept { words, code };
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(&list) {
            return Ok(Self(known));
        }
        let list: &'static Kept = Box::leak(Box::new(list));
        kept.insert(list);
        Ok(Self(list))
    }

    /// The categories in their order.
    #[must_use]
    pub fn words(self) -> &'static [String] {
        &self.0.words
    }

    /// The place of a category, from 1; capitals and spaces around it do not count.
    #[must_use]
    pub fn place(self, word: &str) -> Option<u32> {
        let word = word.trim().to_lowercase();
        (1..).zip(self.words()).find(|(_, known)| known.to_lowercase() == word).map(|(place, _)| place)
    }

    /// The category at a place; none for what is between them or beyond.
    #[must_use]
    pub fn at(self, place: f64) -> Option<&'static str> {
        (1..)
            .map(f64::from)
            .zip(self.words())
            .find(|(at, _)| at.total_cmp(&place).is_eq())
            .map(|(_, word)| word.as_str())
    }

    /// Its stable code: `category: Inadequate | Requires improvement | Good | Outstanding`.
    pub(super) fn code(self) -> &'static str {
        &self.0.code
    }

    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::new(code.strip_prefix(PREFIX)?.split(BETWEEN).map(str::to_owned)).ok()
    }
}

impl fmt::Display for Categories {
    /// `Inadequate, Requires improvement, Good, Outstanding`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(", "))
    }
}

impl Serialize for Categories {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Categories {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

super::written_as! { Categories, {
    "type": "array",
    "items": { "type": "string" },
    "minItems": 2,
    "maxItems": 20,
    "description": "The categories in their order, the lowest first"
} }

#[cfg(test)]
mod tests {
    use super::*;

    fn list(words: &[&str]) -> Result<Categories, CategoriesError> {
        Categories::new(words.iter().map(|word| (*word).to_owned()))
    }

    #[test]
    fn a_category_has_a_place_and_a_place_its_category() {
        let ratings = list(&["Inadequate", "Requires improvement", "Good", "Outstanding"]).expect("a list");
        for (word, place) in [("Inadequate", 1), ("requires IMPROVEMENT ", 2), ("Outstanding", 4)] {
            assert_eq!(ratings.place(word), Some(place));
        }
        assert_eq!(
            (ratings.at(2.0), ratings.at(2.5), ratings.at(0.0), ratings.at(5.0)),
            (Some("Requires improvement"), None, None, None)
        );
        assert_eq!(ratings.place("Requires improvment"), None);
        assert_eq!(Categories::from_code(ratings.code()), Some(ratings));
    }

    #[test]
    fn the_same_list_is_kept_once() {
        let (one, other) = (list(&["low", "high"]).expect("a list"), list(&["low", " high"]).expect("a list"));
        assert!(std::ptr::eq(one.0, other.0));
        assert_ne!(Ok(one), list(&["high", "low"]));
    }

    #[test]
    fn what_is_no_list_of_categories_is_refused() {
        assert_eq!(list(&["one"]), Err(CategoriesError::Number(1)));
        assert_eq!(list(&["one", " "]), Err(CategoriesError::Word(String::new())));
        assert_eq!(list(&["a | b", "c"]), Err(CategoriesError::Word("a | b".to_owned())));
        assert_eq!(list(&["Good", "good"]), Err(CategoriesError::Twice("good".to_owned())));
        assert_eq!(Categories::from_code("number"), None);
    }
}
