//! The nouns of the product: no input or output, no SQL, no async.
//!
//! A **delivery** is one file that arrived for a **dataset**; it carries figures for one or more **periods**.
//! Each figure belongs to a **series** (one measure for one combination of labels). Checks answer with **findings**,
//! the gate with a **verdict**, rules with a **signal** for each series and period, and an **alert** lives through
//! **transitions**.

mod coded;

pub mod act;
pub mod alert;
pub mod calendar;
pub mod category;
pub mod chart;
pub mod committee;
pub mod deadlines;
pub mod delivery;
pub mod digest;
pub mod disclosure;
pub mod due;
pub mod escalation;
pub mod examination;
pub mod exceptions;
pub mod finding;
pub mod ids;
pub mod labels;
pub mod matcher;
pub mod notice;
pub mod period;
pub mod rating;
pub mod series;
pub mod signal;
pub mod silence;
pub mod table;
pub mod three_as;
pub mod tolerance;
pub mod unit;
pub mod value;
mod written;

pub(crate) use coded::coded;
pub(crate) use written::written_as;

pub use act::{Acknowledged, Act, ActId, ActKind, Handling, Lapsed, unended};
pub use alert::{Alert, AlertId, AlertSeverity, AlertState, Cause, Episode, Reading, Transition, TransitionKind};
pub use calendar::Calendar;
pub use category::{Categories, CategoriesError};
pub use chart::{Assurance, ChartMark, ChartPoint, ChartRebase, ControlChart, Variation};
pub use committee::{AbsentDataset, CommitteeReport, Correction, JudgedRule, Source, Standing, TabledAlert, ThreeA};
pub use deadlines::{Deadlines, PapersDue, PapersDueError};
pub use delivery::{Action, Delivery, DeliveryId, Override, Verdict};
pub use digest::{Digest, PaperFormat};
pub use disclosure::Disclosure;
pub use due::{Arrival, Days, Due, DueState, Expected, HeldBack, LATE_DELIVERY, Within};
pub use escalation::{EscalatedAlert, EscalationReport, Recipient, StepId, StepTaken, StepTo, ToldOf};
pub use examination::{CheckMade, ColumnRead, Examination, Outcome, TableRead};
pub use exceptions::{
    AlertLine, ChangedRule, Exceptions, FlappingLine, MutedLine, NotAssured, Overridden, UnknownLine, Untold,
};
pub use finding::{FailingRow, Finding, Severity, Share};
pub use labels::Labels;
pub use notice::{Content, GateReport, Notice, NoticeId, NoticeKind, OperatorReport};
pub use period::{Granularity, Period};
pub use rating::Rating;
pub use series::{Better, Figure, History, Series, SeriesKey, Unsure};
pub use signal::Signal;
pub use silence::{Silence, SilenceId, SilenceState};
pub use table::{Asked, Batch, Cell, CellPlace, Column, ColumnDef, ColumnKind, Header, Memo, Schema};
pub use three_as::{Matter, ThreeAs};
pub use tolerance::Tolerance;
pub use unit::Unit;
pub use value::{Bound, Missing, Value};
