//! JSON Schema of the YAML files, made of the structs that they are decoded into: for editors that complete and check.
//!
//! `config/schemas/` keeps what is printed here. What a schema cannot say (that a name is known, that an expression
//! compiles) is for `bellwether check`.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use schemars::{JsonSchema, Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::Value;

use crate::rules::{CaseFile, RuleFile};

use super::{daemon::DaemonFile, dataset::DatasetFile, groups::GroupsFile};

/// What a schema describes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaOf {
    /// `config/datasets/*.yaml`.
    Dataset,
    /// `rules/*.yaml`.
    Rules,
    /// `config/groups.yaml`.
    Groups,
    /// `config/bellwether.yaml`.
    Bellwether,
    /// Recorded cases.
    Case,
}

/// The schema of one kind of file, in the draft that editors know best.
#[must_use]
pub fn schema(of: SchemaOf) -> Value {
    match of {
        SchemaOf::Dataset => schema_for::<DatasetFile>("A dataset of bellwether"),
        SchemaOf::Rules => schema_for::<RuleFile>("Rules of bellwether"),
        SchemaOf::Groups => schema_for::<GroupsFile>("Groups and routes of bellwether"),
        SchemaOf::Bellwether => schema_for::<DaemonFile>("Settings of bellwether"),
        SchemaOf::Case => schema_for::<CaseFile>("Recorded cases of bellwether"),
    }
}

/// The schema of a file that is decoded into this, in the same draft.
#[must_use]
pub fn schema_for<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft07()
        .with_transform(RecursiveTransform(as_yaml))
        .with_transform(RecursiveTransform(in_words));
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// A scalar that is asked for as text may look like a number or truth value: it stays what was written.
fn as_yaml(schema: &mut Schema) {
    let is_open = ["enum", "const", "pattern", "format"].iter().all(|key| schema.get(*key).is_none());
    let Some(kinds) = schema.get_mut("type").filter(|_| is_open) else { return };
    let mut all = match kinds {
        Value::String(kind) => vec![Value::from(kind.as_str())],
        Value::Array(kinds) => kinds.clone(),
        _ => return,
    };
    if all.iter().any(|kind| kind == "string") {
        for kind in ["number", "boolean"].map(Value::from) {
            if !all.contains(&kind) {
                all.push(kind);
            }
        }
        *kinds = Value::Array(all);
    }
}

/// Documentation of the code, without its links.
fn in_words(schema: &mut Schema) {
    static LINK: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[(`[^`\]]*`)\](\([^)]*\))?").ok());
    let (Some(Value::String(text)), Some(link)) = (schema.get_mut("description"), LINK.as_ref()) else { return };
    *text = link
        .replace_all(text, |found: &Captures<'_>| found.get(1).map_or("", |name| name.as_str()).to_owned())
        .into_owned();
}
