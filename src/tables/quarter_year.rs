//! Which year a quarter such as `2024Q1` is of.

use serde::Deserialize;

use crate::model::{Granularity, Period};

use super::{period_readings::quarter_and_year, period_words::items, row::trim};

/// What the one year beside a quarter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QuarterYear {
    /// The calendar's: `2024Q1` is January to March 2024.
    Calendar,
    /// The one in which the financial year begins: `2024Q1` is April to June 2024.
    FinancialBegins,
    /// The one in which the financial year ends: `2024Q1` is April to June 2023.
    FinancialEnds,
}

impl QuarterYear {
    /// The quarter that a text of a quarter and one year means; none for any other text.
    pub(super) fn meaning(self, text: &str) -> Option<Period> {
        let (quarter, year) = quarter_and_year(&items(trim(text))?)?;
        match self {
            Self::Calendar => {
                let first = Period::month(year, 3 * quarter - 2)?;
                Period::containing(Granularity::Quarter, first.start())
            }
            Self::FinancialBegins => Period::quarter(year, quarter),
            Self::FinancialEnds => Period::quarter(year - 1, quarter),
        }
    }
}
