//! What tells one series or alert from another.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, de::Deserializer};

/// Names and values, in the order of the names: `contract="Dementia", contract_type="cost-and-volume"`.
///
/// They stand in every key of every figure, of which there are millions: a copy shares them, and names and values lie one
/// behind the other in one piece of memory, with a NUL between each. Since that comes before every other character, the order
/// of these texts is that of the lists of pairs. A NUL in a name or a value, which no text of people has, stands as `␀`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(Arc<str>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

const BETWEEN: char = '\0';

impl Labels {
    /// No labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Sets a label.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let own = (name.into(), value.into());
        let others = self.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        *self = others.chain([own]).collect();
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut parts = self.0.split(BETWEEN);
        // The first part of nothing is empty, and has no second.
        std::iter::from_fn(move || Some((parts.next()?, parts.next()?)))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether every label of `part` stands here with the same value.
    #[must_use]
    pub fn contains(&self, part: &Self) -> bool {
        part.iter().all(|(name, value)| self.get(name) == Some(value))
    }

    /// The values alone, for people: `Dementia · cost-and-volume`.
    #[must_use]
    pub fn values(&self) -> String {
        self.iter().map(|(_, value)| value).collect::<Vec<_>>().join(" · ")
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Labels {
    /// Of several values of one name the last counts.
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let in_order: BTreeMap<String, String> =
            pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let parts = in_order.into_iter().flat_map(|(name, value)| [name, value]);
        let parts: Vec<String> = parts.map(|part| part.replace(BETWEEN, "␀")).collect();
        Self(parts.join("\0").into())
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(BTreeMap::<String, String>::deserialize(deserializer)?.into_iter().collect())
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{name}={value:?}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Pairs = Vec<(String, String)>;

    fn pairs(labels: &Labels) -> Pairs {
        labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    #[test]
    fn what_is_empty_is_kept_apart() {
        assert_eq!(pairs(&Labels::new()), Pairs::new());
        assert!(Labels::new().is_empty());
        let nameless: Labels = [("", "")].into_iter().collect();
        assert_eq!((nameless.is_empty(), nameless.get("")), (false, Some("")));
        let last: Labels = [("a", ""), ("b", "")].into_iter().collect();
        assert_eq!(pairs(&last), [("a".to_owned(), String::new()), ("b".to_owned(), String::new())]);
        let damaged: Labels = [("a", "x\0y")].into_iter().collect();
        assert_eq!((damaged.get("a"), damaged.iter().count()), (Some("x␀y"), 1));
    }

    proptest! {
        /// As the lists of pairs in the order of their names, of which the last of a name counts.
        #[test]
        fn they_read_back_and_have_an_order(
            one in prop::collection::vec(("[a-c\u{1}é ]{0,2}", "[a-c\u{1}é ]{0,2}"), 0..4),
            other in prop::collection::vec(("[a-c\u{1}é ]{0,2}", "[a-c\u{1}é ]{0,2}"), 0..4),
        ) {
            let listed = |given: &Pairs| given.iter().cloned().collect::<BTreeMap<_, _>>().into_iter().collect::<Pairs>();
            let (a, b): (Labels, Labels) = (one.iter().cloned().collect(), other.iter().cloned().collect());
            prop_assert_eq!(pairs(&a), listed(&one));
            prop_assert_eq!(a.cmp(&b), listed(&one).cmp(&listed(&other)));
            prop_assert_eq!(a == b, listed(&one) == listed(&other));
            for (name, value) in listed(&one) {
                prop_assert_eq!(a.get(&name), Some(value.as_str()));
            }
        }
    }
}
