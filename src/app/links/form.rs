//! What a form sends.

use jiff::civil::Date;
use uuid::Uuid;

use crate::{
    app::acts::ActRequest,
    model::ActKind,
    reports::{Doing, Filled},
};

/// A form as it was sent; fields that are not known are left out.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) token: String,
    pub(super) once: Option<Uuid>,
    pub(super) doing: Option<Doing>,
    pub(super) filled: Filled,
}

impl Form {
    pub(super) fn read(body: &[u8]) -> Self {
        let mut form = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let value = value.into_owned();
            match name.as_ref() {
                "token" => form.token = value,
                "once" => form.once = value.parse().ok(),
                "doing" => form.doing = Doing::from_code(&value),
                "alert" => form.filled.alerts.push(value),
                "by" => form.filled.by = value,
                "comment" => form.filled.comment = value,
                "assignee" => form.filled.assignee = value,
                "review" => form.filled.review = value,
                _ => {}
            }
        }
        form
    }

    /// What is asked for by it.
    pub(super) fn request(&self, once: Uuid, doing: Doing, group: &str) -> Result<ActRequest, String> {
        let Filled { alerts, by, comment, assignee, review } = self.filled.clone();
        let assignee = Some(assignee).filter(|name| !name.trim().is_empty());
        let review = match review.trim() {
            "" => None,
            day => Some(day.parse::<Date>().map_err(|_| format!("`{day}` is no day: write it as 2026-01-31"))?),
        };
        let kind = match doing {
            Doing::Acknowledge => ActKind::Acknowledged,
            Doing::Note if assignee.is_some() => ActKind::Assigned,
            Doing::Note if review.is_some() => ActKind::ReviewSet,
            Doing::Note => ActKind::Commented,
        };
        if alerts.is_empty() {
            return Err("choose at least one alert".to_owned());
        }
        Ok(ActRequest { id: once, alerts, kind, by, comment, assignee, review, through: Some(group.to_owned()) })
    }
}
