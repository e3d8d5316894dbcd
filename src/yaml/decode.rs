//! A serde deserializer over [`Node`] that does not stop at the first mistake.
//!
//! serde answers with one error and no value. So a mistake is noted, the entry that holds it is left out, and the
//! document is decoded again, until what is left decodes or nothing is left: each pass finds one more mistake.

use std::collections::HashSet;

use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, IntoDeserializer, Visitor, value::StrDeserializer},
};

use super::{
    Node, Place, Problem, Problems,
    located::{self, LOCATED},
    mistake::DecodeError,
    node::{Kind, NodeKey, key_of},
    shared::SHARED,
};

/// Decodes settings from a tree.
///
/// # Errors
/// Every mistake: unknown keys with the nearest known one, wrong types, missing keys, values that a type refuses.
pub fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, Problems> {
    match decode_partly(node) {
        (Some(value), problems) if problems.is_empty() => Ok(value),
        (_, problems) => Err(problems),
    }
}

/// Decodes settings from a tree and answers with what is left when the mistakes are left out, if anything is: so that
/// names in the rest can be checked, and all mistakes be reported together.
#[must_use]
pub fn decode_partly<T: DeserializeOwned>(node: &Node) -> (Option<T>, Problems) {
    let mut problems = Problems::default();
    let mut left_out = HashSet::new();
    loop {
        let context = Context { left_out: &left_out };
        let error = match T::deserialize(NodeDeserializer { node, context: &context }) {
            Ok(value) => return (Some(value), problems),
            Err(error) => error,
        };
        // A key is missing because it was left out: it has been reported already.
        let echo = error.missing.is_some_and(|field| has_left_out(error.place.as_ref(), node, field, &left_out));
        let at = error.at.unwrap_or_else(|| key_of(node));
        if !echo {
            let place = error.place.unwrap_or_else(|| node.place.clone());
            problems.push_new(Problem { place, message: error.message, hint: error.hint.map(String::from) });
        }
        if !leave_out(node, at, &mut left_out) {
            return (None, problems);
        }
    }
}

/// Leaves out a node; if it was left out before and that did not help (a choice needs its settings), the innermost
/// node around it that can be. False when nothing is left to leave out.
fn leave_out(root: &Node, at: NodeKey, left_out: &mut HashSet<NodeKey>) -> bool {
    fn path_to<'a>(node: &'a Node, at: NodeKey, path: &mut Vec<&'a Node>) -> bool {
        path.push(node);
        let found = key_of(node) == at
            || match &node.kind {
                Kind::Mapping(entries) => entries.iter().any(|(_, value)| path_to(value, at, path)),
                Kind::Sequence(items) => items.iter().any(|item| path_to(item, at, path)),
                Kind::Scalar { .. } => false,
            };
        if !found {
            path.pop();
        }
        found
    }
    let mut path = Vec::new();
    path_to(root, at, &mut path);
    path.into_iter().skip(1).rev().any(|node| left_out.insert(key_of(node)))
}

/// Whether the mapping at `place` holds this field and it was left out.
fn has_left_out(place: Option<&Place>, root: &Node, field: &str, left_out: &HashSet<NodeKey>) -> bool {
    fn search(node: &Node, place: &Place, field: &str, left_out: &HashSet<NodeKey>) -> bool {
        match &node.kind {
            Kind::Mapping(entries) => {
                node.place == *place
                    && entries.iter().any(|(key, value)| key.text() == Some(field) && left_out.contains(&key_of(value)))
                    || entries.iter().any(|(_, value)| search(value, place, field, left_out))
            }
            Kind::Sequence(items) => items.iter().any(|item| search(item, place, field, left_out)),
            Kind::Scalar { .. } => false,
        }
    }
    place.is_some_and(|place| search(root, place, field, left_out))
}

struct Context<'a> {
    left_out: &'a HashSet<NodeKey>,
}

#[derive(Clone, Copy)]
struct NodeDeserializer<'a> {
    node: &'a Node,
    context: &'a Context<'a>,
}

impl<'a> NodeDeserializer<'a> {
    fn of(self, node: &'a Node) -> Self {
        Self { node, context: self.context }
    }

    fn is_left_out(self, node: &Node) -> bool {
        self.context.left_out.contains(&key_of(node))
    }

    fn unexpected(self) -> de::Unexpected<'a> {
        match &self.node.kind {
            Kind::Scalar { .. } if self.node.is_null() => de::Unexpected::Unit,
            Kind::Scalar { text, .. } => de::Unexpected::Str(text),
            Kind::Sequence(_) => de::Unexpected::Seq,
            Kind::Mapping(_) => de::Unexpected::Map,
        }
    }

    fn mismatch(self, expected: &dyn de::Expected) -> DecodeError {
        <DecodeError as de::Error>::invalid_type(self.unexpected(), expected).locate(self.node)
    }

    /// A plain (not quoted) scalar read as a number or truth value.
    fn plain<T: std::str::FromStr>(self, expected: &dyn de::Expected) -> Result<T, DecodeError> {
        match &self.node.kind {
            Kind::Scalar { text, quoted: false } => text.parse().map_err(|_| self.mismatch(expected)),
            _ => Err(self.mismatch(expected)),
        }
    }
}

macro_rules! parsed {
    ($($method:ident $visit:ident $type:ty),* $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            let value: $type = self.plain(&visitor)?;
            visitor.$visit(value).map_err(|error: DecodeError| error.locate(self.node))
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = DecodeError;

    /// Free-form settings: plain scalars are what they look like, quoted ones are text.
    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.node.kind {
            Kind::Sequence(_) => self.deserialize_seq(visitor),
            Kind::Mapping(_) => self.deserialize_map(visitor),
            Kind::Scalar { .. } if self.node.is_null() => visitor.visit_unit(),
            Kind::Scalar { text, quoted: true } => visitor.visit_str(text),
            Kind::Scalar { text, quoted: false } => match text.as_str() {
                "true" => visitor.visit_bool(true),
                "false" => visitor.visit_bool(false),
                number if number.starts_with(['-', '.']) || number.starts_with(|c: char| c.is_ascii_digit()) => {
                    let leading_zero = number.len() > 1 && number.starts_with('0') && !number.starts_with("0.");
                    if let (Ok(whole), false) = (number.parse::<i64>(), leading_zero) {
                        visitor.visit_i64(whole)
                    } else if let (Ok(real), false) = (number.parse::<f64>(), leading_zero) {
                        visitor.visit_f64(real)
                    } else {
                        visitor.visit_str(text)
                    }
                }
                _ => visitor.visit_str(text),
            },
        }
        .map_err(|error: DecodeError| error.locate(self.node))
    }

    parsed! {
        deserialize_bool visit_bool bool,
        deserialize_i8 visit_i8 i8, deserialize_i16 visit_i16 i16, deserialize_i32 visit_i32 i32, deserialize_i64 visit_i64 i64,
        deserialize_u8 visit_u8 u8, deserialize_u16 visit_u16 u16, deserialize_u32 visit_u32 u32, deserialize_u64 visit_u64 u64,
        deserialize_f32 visit_f32 f32, deserialize_f64 visit_f64 f64, deserialize_char visit_char char,
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.node.text() {
            Some(text) if !self.node.is_null() => {
                visitor.visit_str(text).map_err(|error: DecodeError| error.locate(self.node))
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.node.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
            .map_err(|error: DecodeError| error.locate(self.node))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == LOCATED {
            located::stands_at(self.node.place.clone());
        }
        visitor.visit_newtype_struct(self).map_err(|error: DecodeError| error.locate(self.node))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let Kind::Sequence(items) = &self.node.kind else { return Err(self.mismatch(&visitor)) };
        let items = items.iter().filter(|item| !self.is_left_out(item)).map(|item| self.of(item));
        visitor.visit_seq(Items(items)).map_err(|error: DecodeError| error.locate(self.node))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let Kind::Mapping(entries) = &self.node.kind else { return Err(self.mismatch(&visitor)) };
        let entries =
            entries.iter().filter(|(_, value)| !self.is_left_out(value)).map(|(key, value)| (key, self.of(value)));
        let entries = Entries { entries, value: None };
        visitor.visit_map(entries).map_err(|error: DecodeError| error.locate(self.node))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let decoded = self.deserialize_map(visitor);
        if name == SHARED { decoded.map_err(|error| error.also_known(fields, self.node)) } else { decoded }
    }

    /// `choice`, or `choice: settings`.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.node.kind {
            Kind::Scalar { text, .. } => {
                let choice: StrDeserializer<'_, DecodeError> = text.as_str().into_deserializer();
                visitor.visit_enum(choice).map_err(|error: DecodeError| error.locate(self.node))
            }
            Kind::Mapping(entries) if entries.len() == 1 => {
                let (key, value) = &entries[0];
                visitor
                    .visit_enum(Choice { key, value: self.of(value) })
                    .map_err(|error: DecodeError| error.locate(self.node))
            }
            Kind::Mapping(entries) if !entries.is_empty() => {
                let message = "exactly one choice is expected here; a second one stands here";
                Err(DecodeError::new(message.to_owned()).locate(&entries[1].0).leave_out(self.node))
            }
            _ => Err(self.mismatch(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.node.is_null() { visitor.visit_unit() } else { Err(self.mismatch(&visitor)) }
    }

    serde::forward_to_deserialize_any! { i128 u128 bytes byte_buf unit_struct tuple tuple_struct }
}

impl IntoDeserializer<'_, DecodeError> for NodeDeserializer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Items of a list. A mistake that a type finds in an item stands at the item, not at the list.
struct Items<I>(I);

impl<'a, 'de, I: Iterator<Item = NodeDeserializer<'a>>> de::SeqAccess<'de> for Items<I> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, DecodeError> {
        let Some(item) = self.0.next() else { return Ok(None) };
        seed.deserialize(item).map(Some).map_err(|error| error.locate(item.node))
    }
}

struct Entries<'a, I> {
    entries: I,
    value: Option<(&'a Node, NodeDeserializer<'a>)>,
}

impl<'a, 'de, I: Iterator<Item = (&'a Node, NodeDeserializer<'a>)>> de::MapAccess<'de> for Entries<'a, I> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, DecodeError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(value.of(key)).map(Some).map_err(|error| error.locate(key).leave_out(value.node))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, DecodeError> {
        let (_, value) = self.value.take().ok_or_else(|| DecodeError::new("a value without a key".to_owned()))?;
        seed.deserialize(value).map_err(|error| error.locate(value.node))
    }
}

struct Choice<'a> {
    key: &'a Node,
    value: NodeDeserializer<'a>,
}

impl<'de> de::EnumAccess<'de> for Choice<'_> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), DecodeError> {
        let variant = seed
            .deserialize(self.value.of(self.key))
            .map_err(|error| error.locate(self.key).leave_out(self.value.node))?;
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for Choice<'_> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        de::Deserialize::deserialize(self.value)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.value).map_err(|error| error.locate(self.value.node))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, DecodeError> {
        self.value.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.value.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use serde::Deserialize;

    use super::*;
    use crate::yaml::{Located, SourceFile, parse};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Settings {
        name: Located<String>,
        #[serde(default)]
        code: Option<String>,
        count: u32,
        #[serde(default)]
        checks: Vec<Check>,
        #[serde(default)]
        free: BTreeMap<String, serde_json::Value>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Check {
        RowCount { min: u32 },
        Quiet,
    }

    fn read(text: &str) -> Result<Settings, Vec<String>> {
        let file = Arc::new(SourceFile { path: "a.yaml".into(), text: text.to_owned() });
        parse(&file).and_then(|node| decode(&node)).map_err(Problems::lines)
    }

    #[test]
    fn settings_keep_their_text_and_place() {
        let settings =
            read("name: NO\ncode: 012\ncount: 3\nchecks:\n  - row_count: {min: 2}\n  - quiet\nfree: {a: 0.6, b: '0.6', c: 012}\n")
                .expect("valid");
        assert_eq!((settings.name.value.as_str(), settings.name.place.line, settings.name.place.column), ("NO", 1, 7));
        assert_eq!(settings.code.as_deref(), Some("012"));
        assert_eq!(settings.count, 3);
        assert!(matches!(settings.checks[..], [Check::RowCount { min: 2 }, Check::Quiet]));
        assert_eq!(settings.free["a"], 0.6);
        assert_eq!(settings.free["b"], "0.6");
        assert_eq!(settings.free["c"], "012");
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let problems =
            read("nam: x\ncount: many\nchecks:\n  - row_count: {min: -1}\n  - rows: 3\n  - quiet\ncolour: red\n")
                .expect_err("invalid");
        assert_eq!(
            problems,
            [
                "a.yaml:1:1: there is no setting `nam` here (did you mean `name`?)",
                "a.yaml:1:1: the setting `name` is missing",
                "a.yaml:2:8: the text `many` found where a whole number, zero or more, is expected",
                "a.yaml:4:22: the text `-1` found where a whole number, zero or more, is expected",
                "a.yaml:5:5: `rows` is not one of the choices here (known: `row_count`, `quiet`)",
                "a.yaml:7:1: there is no setting `colour` here (known: `name`, `code`, `count`, `checks`, `free`)",
            ]
        );
    }

    #[test]
    fn what_hides_its_meaning_is_refused() {
        for (text, message) in [
            ("name: &a x\n", "anchors"),
            ("name: x\nname: y\n", "`name` stands here twice (first on line 1)"),
            ("name: !!str x\n", "tags"),
            ("name: [x\n", "this is not YAML"),
            ("---\nname: x\n---\nname: y\n", "second document"),
            ("", "the file is empty"),
        ] {
            let problems = read(text).expect_err(text);
            assert!(problems[0].contains(message), "{text}: {problems:?}");
        }
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
