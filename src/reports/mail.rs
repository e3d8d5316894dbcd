//! A notice as an email: the page with its charts as pictures, the same as text, and the alerts as a table.

use super::{
    RenderError, TemplateSet,
    alert::ChartView,
    chart::Chart,
    digest::papers,
    escalation::EscalationView,
    exceptions::{ExceptionsView, Form},
    render_by, table,
};
use crate::model::{Content, EscalationReport, Exceptions, Notice};

/// The most alerts that a mail shows; the table has them all. Some mail programs cut a page that is longer than 100 kB.
const ALERTS: usize = 24;

/// An email, but for its headers.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// One line without control characters.
    pub subject: String,
    /// A complete page for mail programs: tables, styles inline, no scripts, nothing fetched from elsewhere. Its charts are
    /// among `files`.
    pub html: String,
    /// The same in plain text, at most 76 columns wide.
    pub text: String,
    /// The pictures of the page, then what is attached.
    pub files: Vec<MailFile>,
}

/// A file that goes with an email.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailFile {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// The name under which the page shows it, as `cid:NAME`; none if it is attached.
    pub content_id: Option<String>,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Renders a notice as an email, by the templates of its group. The same notice always gives the same result.
pub fn mail(notice: &Notice, templates: &TemplateSet) -> Result<Mail, RenderError> {
    match &notice.content {
        Content::Exceptions(content) => of_exceptions(notice, content, templates),
        Content::Escalation(content) => of_escalation(notice, content, templates),
        Content::Gate(_) | Content::Operator(_) | Content::Silence(_) | Content::ThreeAs(_) | Content::Digest(_) => {
            let (notice, files) = papers(notice);
            let rendered = render_by(&notice, templates)?;
            Ok(Mail { subject: rendered.subject, html: rendered.html, text: rendered.text, files })
        }
    }
}

fn of_exceptions(notice: &Notice, content: &Exceptions, templates: &TemplateSet) -> Result<Mail, RenderError> {
    let tables = table::attached(notice, content);
    let sentence = (!tables.is_empty()).then(|| table::sentence(content));
    let mut enclosed = Enclosed { notice, tables: sentence, lists_all: table::is_whole(content), files: Vec::new() };
    let mut view = ExceptionsView::of(notice, content, &mut enclosed);
    view.subject = templates.subject(&view).unwrap_or(view.subject);
    let (html, text) = (templates.fill("exceptions.html", &view)?, templates.fill("exceptions.txt", &view)?);
    let files = enclosed.files.into_iter().chain(tables).collect();
    Ok(Mail { subject: view.subject, html, text, files })
}

fn of_escalation(notice: &Notice, content: &EscalationReport, templates: &TemplateSet) -> Result<Mail, RenderError> {
    let mut enclosed = Enclosed { notice, tables: None, lists_all: false, files: Vec::new() };
    let view = EscalationView::of(notice, content, &mut enclosed);
    let (html, text) = (templates.fill("escalation.html", &view)?, templates.fill("escalation.txt", &view)?);
    Ok(Mail { subject: view.subject, html, text, files: enclosed.files })
}

/// Charts as PNG, for mail programs, which draw no SVG.
struct Enclosed<'a> {
    notice: &'a Notice,
    /// What the tables are that are attached, in a sentence; none without them.
    tables: Option<String>,
    /// Whether they hold every alert.
    lists_all: bool,
    files: Vec<MailFile>,
}

impl Form for Enclosed<'_> {
    fn show(&mut self, chart: &Chart) -> Option<ChartView> {
        let number = self.files.len() + 1;
        let bytes = match chart.png() {
            Ok(bytes) => bytes,
            // The words of the chart stand there all the same, and an alert is not held up for a picture.
            Err(error) => {
                tracing::error!(notice = %self.notice.id, %error, "a message goes without one of its charts");
                return None;
            }
        };
        let content_id = format!("chart-{number}.{}@bellwether", self.notice.id);
        self.files.push(MailFile {
            name: format!("chart-{number}.png"),
            media_type: "image/png",
            content_id: Some(content_id.clone()),
            bytes,
        });
        Some(ChartView { alternative: chart.words.join(" "), svg: None, content_id: Some(content_id) })
    }

    fn most(&self) -> (usize, &'static str) {
        if self.tables.is_some() && self.lists_all {
            (ALERTS, "the attached table lists every alert")
        } else {
            (ALERTS, "“bellwether alerts” lists every alert")
        }
    }

    fn enclosed(&self) -> Option<String> {
        self.tables.clone()
    }
}
