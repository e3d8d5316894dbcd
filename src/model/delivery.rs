//! One file that arrived.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Examination, Finding, Period, Severity, coded};

/// A delivery's id, given when its file is claimed; ids of later deliveries sort after earlier ones. Its last byte counts
/// the deliveries of one file, which may hold tables of several datasets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeliveryId(pub Uuid);

impl DeliveryId {
    /// A new id.
    #[must_use]
    pub fn new() -> Self {
        Self(Uuid::now_v7()).of_file(0)
    }

    /// The id of the `nth` file that was claimed, at a moment: the same for the same two. Later files of the same moment
    /// sort after earlier ones.
    #[must_use]
    pub fn at(moment: Timestamp, nth: u64) -> Self {
        let millis = u64::try_from(moment.as_millisecond()).unwrap_or(0);
        // The first two bits of the third byte are the variant's, and the last byte is that of the file's deliveries.
        let mut rest = [0; 10];
        rest[3..9].copy_from_slice(&nth.to_be_bytes()[2..]);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid())
    }

    /// The id of another delivery of the same file; 0 is the first.
    #[must_use]
    pub fn of_file(self, nth: u8) -> Self {
        let mut bytes = self.0.into_bytes();
        if let Some(last) = bytes.last_mut() {
            *last = nth;
        }
        Self(Uuid::from_bytes(bytes))
    }
}

impl Default for DeliveryId {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

coded! {
    /// What became of a delivery.
    pub enum Verdict {
        /// Fit to publish.
        Published = "published",
        /// Published, with findings that people should know.
        PublishedWithWarnings = "published_with_warnings",
        /// Held back; rules never see it.
        Quarantined = "quarantined",
        /// Held back by the gate, and published because somebody answers for it.
        Released = "released",
        /// Published, and taken back by somebody.
        Withdrawn = "withdrawn",
        /// The same bytes were decided before: nothing changes.
        Duplicate = "duplicate",
    }
}

impl Verdict {
    /// The gate's decision: any error holds the delivery back, any warning is named.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        match findings.iter().map(|finding| finding.severity).max() {
            Some(Severity::Error) => Self::Quarantined,
            Some(Severity::Warning) => Self::PublishedWithWarnings,
            Some(Severity::Note) | None => Self::Published,
        }
    }

    /// As people read it: `published with warnings`.
    #[must_use]
    pub fn words(self) -> String {
        self.code().replace('_', " ")
    }

    /// Whether its figures count.
    #[must_use]
    pub fn is_published(self) -> bool {
        matches!(self, Self::Published | Self::PublishedWithWarnings | Self::Released)
    }
}

/// One file that arrived, named by the hash of its content. A file with tables of several datasets makes a delivery for
/// each of these: they are judged apart, and share the file and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// The dataset that recognised it; none when no dataset did.
    pub dataset: Option<String>,
    /// The file's name as it was dropped, without folders.
    pub file: String,
    /// Which of the file's tables it is (the name of a sheet, or of a member of an archive), where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// BLAKE3 of its bytes, in hexadecimal.
    pub hash: String,
    /// 1 for the first accepted file of its periods, 2 for the first restatement, …; 0 when it was not published.
    pub revision: u32,
    /// The periods that it reports, in order: those with plans alone, after the last one with a figure, are not among them.
    pub periods: Vec<Period>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why.
    pub findings: Vec<Finding>,
    /// What was read of it, and which checks were made.
    #[serde(default)]
    pub examination: Examination,
    /// When it was claimed from the drop folder.
    pub received: Timestamp,
    /// For a duplicate: the delivery that had the same bytes.
    pub duplicate_of: Option<DeliveryId>,
    /// Its size in bytes.
    pub size: u64,
}

coded! {
    /// What somebody did with a delivery after the gate had decided.
    pub enum Action {
        /// Published what was held back.
        Release = "release",
        /// Took back what was published.
        Withdraw = "withdraw",
    }
}

/// A decision of a person over the gate's, kept for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// What was done.
    pub action: Action,
    /// Why, in their own words.
    pub reason: String,
    /// Who answers for it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_moment_says_it_and_sorts_by_it_and_then_by_number() {
        let moment: Timestamp = "2025-05-12T09:00:00.123Z".parse().expect("a time");
        let (first, second) = (DeliveryId::at(moment, 255), DeliveryId::at(moment, 256));
        let later = DeliveryId::at("2025-05-12T09:00:00.124Z".parse().expect("a time"), 1);
        assert!(first < second && first.of_file(255) < second && second < later);
        assert_eq!(first, DeliveryId::at(moment, 255));
        assert_eq!((first.of_file(0), first.0.get_version_num()), (first, 7));
        assert_eq!(first.0.get_timestamp().map(|time| time.to_unix()), Some((1_747_040_400, 123_000_000)));
    }
}
