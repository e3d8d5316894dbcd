//! What findings must not show: what a patient could be known by, wherever it stands in a file.

use super::{
    identity::{ALL, Identity, hide_cut, is_of_birth, masked},
    kinds::{CheckSettings, patient_identity::PatientIdentity},
};
use crate::model::Finding;

/// What is hidden in the findings of a dataset's files: NHS numbers always, and what its `patient_identity` checks look
/// for. A finding of any check may quote the cell that one of these is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Privacy {
    postcodes: bool,
    birth_dates: bool,
    emails: bool,
}

impl Privacy {
    /// Of a dataset with these checks.
    pub(super) fn of(settings: &[CheckSettings]) -> Self {
        let mut privacy = Self::default();
        let checks = settings.iter().filter_map(|settings| match settings {
            CheckSettings::PatientIdentity(check) => Some(&check.own),
            _ => None,
        });
        for identity in checks.flat_map(PatientIdentity::sought) {
            match identity {
                Identity::NhsNumber => {}
                Identity::Postcode => privacy.postcodes = true,
                Identity::BirthDate => privacy.birth_dates = true,
                Identity::Email => privacy.emails = true,
            }
        }
        privacy
    }

    fn hidden(self) -> impl Iterator<Item = Identity> {
        ALL.into_iter().filter(move |identity| match identity {
            Identity::NhsNumber => true,
            Identity::Postcode => self.postcodes,
            Identity::BirthDate => self.birth_dates,
            Identity::Email => self.emails,
        })
    }

    /// The shape of a cell below a header, where the cell must not be shown.
    pub(super) fn shape_of(self, header: Option<&str>, cell: &str) -> Option<String> {
        let of_birth = self.birth_dates && header.is_some_and(is_of_birth);
        self.hidden().any(|identity| identity.is_in(cell, of_birth)).then(|| masked(cell))
    }

    /// Hides in a finding what it must not show; one that shows nothing of the kind stays as it is.
    #[must_use]
    pub fn hide(self, mut finding: Finding) -> Finding {
        for row in &mut finding.rows {
            if let Some(shape) = row.value.as_deref().and_then(|cell| self.shape_of(row.column.as_deref(), cell)) {
                (row.value, row.masked) = (Some(shape), true);
            }
            for text in [&mut row.value, &mut row.column, &mut row.sheet].into_iter().flatten() {
                *text = self.hide_in(text, false);
            }
        }
        // The dates of a column of births have nothing about them in a sentence that says what they are.
        let of_birth = finding.rows.iter().any(|row| row.masked);
        finding.message = self.hide_in(&finding.message, of_birth);
        finding
    }

    /// A text without what it must not show.
    #[must_use]
    pub fn hide_in_text(self, text: &str) -> String {
        self.hide_in(text, false)
    }

    fn hide_in(self, text: &str, of_birth: bool) -> String {
        hide_cut(&self.hidden().fold(text.to_owned(), |text, identity| identity.hide(&text, of_birth)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FailingRow, Severity};

    /// 943 476 5919 is the example of the NHS Data Dictionary.
    #[test]
    fn an_nhs_number_is_hidden_wherever_a_finding_quotes_it() {
        let row = |column: &str, value: &str| FailingRow {
            column: Some(column.to_owned()),
            value: Some(value.to_owned()),
            ..FailingRow::default()
        };
        let message = "first `A83001 · 943-476-5919` in row 2, `seen by 943 476 59…` in row 3, of 9434765918 rows";
        let rows = vec![row("id", "9434765919"), row("943 476 5919", "12"), row("Date of birth", "12/03/1961")];
        let finding = Finding { rows, ..Finding::of_file("pattern", Severity::Error, message) };
        let hidden = Privacy::default().hide(finding.clone());
        assert_eq!(
            hidden.message,
            "first `A83001 · ***-***-****` in row 2, `seen by *** *** **…` in row 3, of 9434765918 rows"
        );
        let shown = |row: &FailingRow| (row.column.clone().unwrap_or_default(), row.value.clone().unwrap_or_default());
        let expected = [("id", "**********"), ("*** *** ****", "12"), ("Date of birth", "12/03/1961")];
        assert_eq!(
            hidden.rows.iter().map(shown).collect::<Vec<_>>(),
            expected.map(|(column, value)| (column.to_owned(), value.to_owned()))
        );
        assert_eq!(hidden.rows.iter().map(|row| row.masked).collect::<Vec<_>>(), [true, false, false]);

        let all = Privacy { postcodes: true, birth_dates: true, emails: true };
        let hidden =
            all.hide(Finding { message: "born on 12/03/1961 at LE1 5WW, then 13/03/1961".to_owned(), ..finding });
        assert_eq!(hidden.message, "born on **/**/**** at *** ***, then **/**/****");
        assert_eq!(hidden.rows[2].value.as_deref(), Some("**/**/****"));
    }
}
