//! The kinds of check, one file each, and their registry. A new kind is a file here, a line in the registry below, and a
//! page of cases in `tests/cases/checks/`.
//!
//! A dataset lists its checks; each is written as its kind with its settings. Every kind takes these three as well:
//!
//! | setting | meaning |
//! |---|---|
//! | `name` | what the finding is called, instead of the kind; once in a dataset |
//! | `severity` | `error` (the default) holds the file back; `warning` publishes it with the finding |
//! | `message` | what to tell people, before what was seen |
//!
//! ```yaml
//! checks:
//!   - not_null: { columns: [contract, planned] }
//!   - range: { column: planned, min: 0, severity: warning, message: a plan cannot be negative }
//! ```
//!
//! A finding counts every row that fails and keeps the first twenty, each with its row in the file, the column's header
//! and the cell as printed (its first 200 characters).

pub mod allowed_values;
pub mod columns_present;
pub mod not_null;
pub mod range;
pub mod row_count;
pub mod row_expression;
pub mod r#type;
pub mod unique;

use serde::Deserialize;

use super::check::Check;
pub use super::check::Weight;
use crate::{
    model::Schema,
    yaml::{Located, Problems},
};

macro_rules! registry {
    ($($kind:ident => $settings:ident),* $(,)?) => {
        /// One entry of a dataset's `checks`.
        #[derive(Debug, Clone, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum CheckSettings {
            $(#[doc = concat!("See [`", stringify!($kind), "`].")] $settings(Located<$kind::$settings>),)*
        }

        impl CheckSettings {
            /// The kinds that a dataset can list.
            pub const KINDS: &[&str] = &[$(stringify!($kind)),*];

            /// The name that the dataset gives the check.
            #[must_use]
            pub fn name(&self) -> Option<&Located<String>> {
                match self {
                    $(Self::$settings(settings) => settings.name.as_ref(),)*
                }
            }

            pub(super) fn build(&self, schema: &Schema) -> Result<Box<dyn Check>, Problems> {
                match self {
                    $(Self::$settings(settings) => $kind::$settings::build(settings, schema),)*
                }
            }
        }
    };
}

registry! {
    not_null => NotNull,
    unique => Unique,
    allowed_values => AllowedValues,
    range => Range,
    row_count => RowCount,
    row_expression => RowExpression,
}
