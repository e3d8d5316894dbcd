//! The kinds of check, one file each, and their registry. A new kind is a file here, a line in the registry below, and a
//! page of cases in `tests/cases/checks/`.
//!
//! A dataset lists its checks; each is written as its kind with its settings. Every kind takes these as well:
//!
//! | setting | meaning |
//! |---|---|
//! | `name` | what the finding is called, once in a dataset; otherwise its kind, and where several of a kind have no name with their columns (`range:planned`, `range:planned-2`) |
//! | `severity` | `error` (the default) holds the file back; `warning` publishes it with the finding |
//! | `message` | what to tell people, before what was seen |
//! | `owner` | a group that is told of the finding, as well as the dataset's steward |
//! | `where` | a Rhai expression over the columns: only rows for which it holds are looked at |
//! | `tolerance` | how many rows may fail: `3`, `0.5%` of the rows looked at, or of each group `{ share: 1%, per: [sub_icb] }` (or `count: 3`). With `{ share: 1%, of: values }` it is of the rows that hold a value in the columns that the check looks at. Up to that, the finding is a note |
//! | `warn_above` | with a `tolerance`, and written as one: up to this the finding is a note, from there to the `tolerance` a warning |
//! | `rows_kept` | how many failing rows a finding keeps: 20 unless named, at most 10,000 |
//!
//! Kinds that do not look at single rows (a row count, an aggregate) take no `tolerance` and `rows_kept`; those that look
//! at the header alone take no `where` either. Where `where` cannot be told because a cell holds no value, the row is not
//! looked at and a note says so. A tolerance per group needs some 100 bytes for each group, of which there may be 100,000.
//!
//! Kinds that look at figures and at what is known (`continuity`, `against_previous`, `unchanged`, `leaps`, `misplaced`, `same_organisations`,
//! `restated`, `agrees_with`, `claims`, `copies`) take no `where`; their `tolerance` is of the figures that they look at. They are made when the
//! rows have been read, and only of a file that nothing else holds back, or that somebody releases.
//!
//! ```yaml
//! checks:
//!   - not_null: { columns: [contract, planned] }
//!   - range: { column: planned, min: 0, severity: warning, message: a plan cannot be negative }
//!   - not_null: { columns: [list_size], where: status == "open", tolerance: 2%, warn_above: 3, owner: primary-care }
//! ```
//!
//! A finding counts every row that fails and keeps the first of them, each with its row in the file, the column's header
//! and the cell as printed (its first 200 characters).

pub mod against_previous;
pub mod aggregate;
pub mod agrees_with;
pub mod allowed_values;
pub mod claims;
pub mod columns;
pub mod columns_present;
pub mod compare;
pub mod complete;
pub mod continuity;
pub mod copies;
pub mod duplicate_rows;
pub mod freshness;
pub mod leaps;
pub mod length;
pub mod misplaced;
pub mod not_null;
pub mod order;
pub mod outliers;
pub mod parts;
pub mod patient_identity;
pub mod pattern;
pub mod rag;
pub mod range;
pub mod reference;
pub mod restated;
pub mod row_count;
pub mod row_expression;
pub mod same_organisations;
pub mod sql;
pub mod suppressed;
pub mod totals;
pub mod r#type;
pub mod unchanged;
pub mod unique;

use serde::Deserialize;

pub use super::common::Weight;
use super::{
    check::{Context, Kind},
    common::Common,
    figures::{FigureDeclaration, FigureKind},
    policy::Declaration,
};
use crate::yaml::{Located, Problems, Shared};

/// A compiled check, by its family.
pub(super) enum Declared {
    /// It is fed with rows.
    OfRows(Declaration),
    /// It looks at the figures that were gathered, and at what is known.
    OfFigures(FigureDeclaration),
}

impl Declared {
    /// What its findings are called.
    pub(super) fn id(&self) -> &str {
        match self {
            Self::OfRows(check) => check.id(),
            Self::OfFigures(check) => check.id(),
        }
    }

    /// Calls its findings otherwise.
    pub(super) fn call(&mut self, name: String) {
        match self {
            Self::OfRows(check) => check.call(name),
            Self::OfFigures(check) => check.call(name),
        }
    }

    /// The declared columns that it is about, each once; none where it looks at figures.
    pub(super) fn columns(&self) -> Vec<usize> {
        match self {
            Self::OfRows(check) => check.about(),
            Self::OfFigures(_) => Vec::new(),
        }
    }
}

macro_rules! registry {
    (rows: { $($kind:ident => $settings:ident),* $(,)? } figures: { $($figures:ident => $of_figures:ident),* $(,)? }) => {
        /// One entry of a dataset's `checks`.
        #[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum CheckSettings {
            $(#[doc = concat!("See [`", stringify!($kind), "`](mod@", stringify!($kind), ").")]
            $settings(Located<Shared<Common, $kind::$settings>>),)*
            $(#[doc = concat!("See [`", stringify!($figures), "`].")]
            $of_figures(Located<Shared<Common, $figures::$of_figures>>),)*
        }

        impl CheckSettings {
            /// The kinds that a dataset can list.
            pub const KINDS: &[&str] = &[$(stringify!($kind),)* $(stringify!($figures)),*];

            /// What every check takes.
            pub(super) fn common(&self) -> &Common {
                match self {
                    $(Self::$settings(settings) => &settings.common,)*
                    $(Self::$of_figures(settings) => &settings.common,)*
                }
            }

            /// The files of the home that it needs, such as a reference table, each as the dataset names it.
            #[must_use]
            pub fn files(&self) -> Vec<&Located<String>> {
                match self {
                    $(Self::$settings(settings) => settings.own.files(),)*
                    $(Self::$of_figures(_) => Vec::new(),)*
                }
            }

            pub(super) fn build(&self, context: Context<'_>) -> Result<Declared, Problems> {
                match self {
                    $(Self::$settings(settings) => {
                        let check = settings.own.build(&settings.place, context);
                        let looks = <$kind::$settings as Kind>::LOOKS;
                        Declaration::build(stringify!($kind), looks, check, &settings.common, context).map(Declared::OfRows)
                    })*
                    $(Self::$of_figures(settings) => {
                        let check = settings.own.build(&settings.place, context);
                        let looks = <$figures::$of_figures as FigureKind>::LOOKS;
                        FigureDeclaration::build(stringify!($figures), looks, check, &settings.common)
                            .map(Declared::OfFigures)
                    })*
                }
            }
        }
    };
}

registry! {
    rows: {
        not_null => NotNull,
        unique => Unique,
        allowed_values => AllowedValues,
        range => Range,
        row_count => RowCount,
        row_expression => RowExpression,
        compare => Compare,
        aggregate => Aggregate,
        totals => Totals,
        parts => Parts,
        columns => Columns,
        complete => Complete,
        duplicate_rows => DuplicateRows,
        freshness => Freshness,
        length => Length,
        order => Order,
        outliers => Outliers,
        patient_identity => PatientIdentity,
        pattern => Pattern,
        rag => Rag,
        reference => Reference,
        suppressed => Suppressed,
        sql => Sql,
    }
    figures: {
        continuity => Continuity,
        against_previous => AgainstPrevious,
        unchanged => Unchanged,
        leaps => Leaps,
        misplaced => Misplaced,
        same_organisations => SameOrganisations,
        restated => Restated,
        agrees_with => AgreesWith,
        claims => Claims,
        copies => Copies,
    }
}
