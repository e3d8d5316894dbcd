//! What tells one series or alert from another.

use std::{collections::BTreeMap, fmt, sync::Arc};

use serde::{Deserialize, Serialize, Serializer, de::Deserializer};

/// Names and values, in the order of the names: `contract="Dementia", contract_type="cost-and-volume"`.
///
/// They stand in every key of every figure: a copy shares them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Labels(Arc<[(Box<str>, Box<str>)]>);

impl Default for Labels {
    fn default() -> Self {
        Self(Arc::new([]))
    }
}

impl Labels {
    /// No labels.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| **known == *name).map(|(_, value)| &**value)
    }

    /// Sets a label.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let own = (name.into(), value.into());
        let others = self.iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
        *self = others.chain([own]).collect();
    }

    /// Names and values in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
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
        let boxed = |(name, value): (String, String)| (name.into_boxed_str(), value.into_boxed_str());
        Self(in_order.into_iter().map(boxed).collect())
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
