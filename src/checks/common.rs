//! The settings that every kind of check takes, whatever else it takes.

use std::{borrow::Cow, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::columns::ColumnNames;
use crate::yaml::{CommonKeys, Located};

/// How much what a check finds weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// The file is published, and the finding is named.
    Warning,
    /// The file is held back.
    #[default]
    Error,
}

/// What every check takes; the table in [`super::kinds`] says what each setting means.
#[derive(Debug, Clone, Default)]
pub struct Common {
    pub(super) name: Option<Located<String>>,
    pub(super) severity: Option<Located<Weight>>,
    pub(super) message: Option<String>,
    pub(super) owner: Option<Located<String>>,
    pub(super) looks_where: Option<Located<String>>,
    pub(super) tolerance: Option<Located<Tolerance>>,
    pub(super) warn_above: Option<Located<Tolerance>>,
    pub(super) rows_kept: Option<Located<usize>>,
}

impl CommonKeys for Common {
    const KEYS: &'static [&'static str] =
        &["name", "severity", "message", "owner", "where", "tolerance", "warn_above", "rows_kept"];

    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "severity" => self.severity = map.next_value()?,
            "message" => self.message = map.next_value()?,
            "owner" => self.owner = map.next_value()?,
            "where" => self.looks_where = map.next_value()?,
            "tolerance" => self.tolerance = map.next_value()?,
            "warn_above" => self.warn_above = map.next_value()?,
            "rows_kept" => self.rows_kept = map.next_value()?,
            _ => return Err(de::Error::unknown_field(key, Self::KEYS)),
        }
        Ok(())
    }
}

/// How many rows may fail: `3`, `0.5%`, or of each group `{ share: 1%, per: [sub_icb] }`.
#[derive(Debug, Clone)]
pub(super) struct Tolerance {
    pub(super) amount: Amount,
    /// What a share is of.
    pub(super) of: Base,
    /// The columns whose values make up the groups; none for all rows together.
    pub(super) per: Option<ColumnNames>,
}

/// Of what a share is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Base {
    /// All rows that are looked at.
    #[default]
    Rows,
    /// Those of them that hold a value in every column that the check looks at.
    Values,
}

/// A number of rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Amount {
    Count(u64),
    /// Of the rows that are looked at, 0 to 1.
    Share(f64),
}

impl Amount {
    /// Whether so many of so many rows are more than it.
    pub(super) fn is_exceeded(self, failing: u64, rows: u64) -> bool {
        match self {
            Self::Count(count) => failing > count,
            // 29% of a hundred rows is 28.999999999999996 to a computer.
            Self::Share(share) => failing as f64 > share * rows as f64 * (1.0 + 1e-12),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{}", super::failures::grouped(*count)),
            Self::Share(share) => write!(f, "{}%", crate::model::value::format_number(share * 100.0)),
        }
    }
}

const AMOUNT: &str = "a number of rows (`3`) or a share of them (`0.5%`)";

/// `0.5%` as 0.005.
fn share(text: &str) -> Option<Amount> {
    let percent: f64 = text.strip_suffix('%')?.trim().parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(Amount::Share(percent / 100.0))
}

struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(AMOUNT)
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<Amount, E> {
        u64::try_from(count).map(Amount::Count).map_err(|_| E::invalid_value(de::Unexpected::Signed(count), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        share(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

crate::model::written_as! { Amount, {
    "anyOf": [{ "type": "integer", "minimum": 0 }, { "type": "string", "pattern": "^[0-9.]+ *%$" }],
    "description": "A number of rows (3) or a share of them (0.5%)"
} }

#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct PerGroup {
    #[serde(default)]
    share: Option<Amount>,
    #[serde(default)]
    count: Option<Amount>,
    #[serde(default)]
    of: Option<Base>,
    #[serde(default)]
    per: Option<ColumnNames>,
}

struct ToleranceVisitor;

impl<'de> Visitor<'de> for ToleranceVisitor {
    type Value = Tolerance;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{AMOUNT}, or `{{ share: 1%, per: [column] }}`")
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<Tolerance, E> {
        let amount = u64::try_from(count).map(Amount::Count);
        let amount = amount.map_err(|_| E::invalid_value(de::Unexpected::Signed(count), &self))?;
        Ok(Tolerance { amount, of: Base::Rows, per: None })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Tolerance, E> {
        let amount = share(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))?;
        Ok(Tolerance { amount, of: Base::Rows, per: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tolerance, A::Error> {
        let PerGroup { share, count, of, per } = PerGroup::deserialize(MapAccessDeserializer::new(map))?;
        match (share, count) {
            (None, Some(Amount::Count(_))) if of.is_some() => Err(de::Error::custom("`of` goes with a `share`")),
            (Some(amount @ Amount::Share(_)), None) | (None, Some(amount @ Amount::Count(_))) => {
                Ok(Tolerance { amount, of: of.unwrap_or_default(), per })
            }
            _ => Err(de::Error::custom("a tolerance is either a `share` (`1%`) or a `count` (`3`)")),
        }
    }
}

impl<'de> Deserialize<'de> for Tolerance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ToleranceVisitor)
    }
}

impl JsonSchema for Tolerance {
    fn schema_name() -> Cow<'static, str> {
        "Tolerance".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many rows may fail: 3, 0.5%, or of each group { share: 1%, per: [sub_icb] }",
            "anyOf": [generator.subschema_for::<Amount>(), generator.subschema_for::<PerGroup>()]
        })
    }
}

impl JsonSchema for Common {
    fn schema_name() -> Cow<'static, str> {
        "Common".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "name": { "type": "string", "description": "What the finding is called, instead of the kind" },
                "severity": generator.subschema_for::<Weight>(),
                "message": { "type": "string", "description": "What to tell people, before what was seen" },
                "owner": { "type": "string", "description": "A group that is told of the finding as well" },
                "where": { "type": "string", "description": "An expression: only rows for which it holds are looked at" },
                "tolerance": generator.subschema_for::<Tolerance>(),
                "warn_above": generator.subschema_for::<Tolerance>(),
                "rows_kept": { "type": "integer", "minimum": 0, "maximum": 10000,
                    "description": "How many failing rows a finding keeps" }
            }
        })
    }
}
