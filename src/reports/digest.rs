//! The exception report in short, before papers are due: what a chair reads in a mail or a chat, with the papers attached.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::{
    RenderError,
    alert::LABEL,
    clean, committee,
    mail::MailFile,
    paper::Point,
    subject::LONGEST,
    three_as::{SHOWN, Section},
    words,
};
use crate::model::{CommitteeReport, Content, Digest, Notice, PaperFormat, ThreeA, calendar::in_words};

/// The titles of what is not one of the three As.
pub(super) const DECISIONS: &str = committee::DECISIONS;
pub(super) const GAPS: &str = "Could not be assured";

/// All that the templates need.
#[derive(Debug, Serialize)]
pub(super) struct DigestView {
    pub(super) subject: String,
    pub(super) headline: String,
    group: String,
    /// "Wednesday 19 November 2025".
    pub(super) due: String,
    attached: Option<String>,
    pub(super) sentences: Vec<String>,
    link: Option<String>,
    below: Option<String>,
    pub(super) decisions: Vec<PointView>,
    pub(super) sections: Vec<Section<PointView>>,
    pub(super) gaps: Vec<PointView>,
    small_print: Vec<String>,
}

/// A point: what it is about, and what is said of it.
#[derive(Debug, Serialize)]
pub(super) struct PointView {
    pub(super) head: String,
    pub(super) text: String,
}

impl From<Point> for PointView {
    fn from(point: Point) -> Self {
        Self { head: point.head.trim_end_matches(':').to_owned(), text: point.text }
    }
}

impl DigestView {
    pub(super) fn of(notice: &Notice, content: &Digest) -> Self {
        let report = &content.report;
        let below: Vec<String> = report.below.iter().map(|name| clean::line(name, LABEL)).collect();
        let sections = ThreeA::ALL.iter().map(|&three_a| {
            let mut points = committee::points(report, three_a);
            let count = points.len();
            if three_a == ThreeA::Assure {
                points.extend(committee::clear(report));
            }
            let note = points.is_empty().then(|| committee::none(three_a));
            let points = points.into_iter().map(PointView::from);
            Section { note, ..Section::of(three_a, count, points, "which the report lists") }
        });
        Self {
            subject: subject(content),
            headline: format!("Exception report for {}", report.period.label()),
            group: clean::line(&notice.group_name, LABEL),
            due: due(content),
            attached: attached(content),
            sentences: committee::sentences(report).to_vec(),
            link: notice.link.clone(),
            below: (!below.is_empty()).then(|| format!("With what concerns {}.", words::list(&below))),
            decisions: committee::decisions(report).into_iter().map(PointView::from).collect(),
            sections: sections.collect(),
            gaps: committee::gap_points(report, SHOWN).into_iter().map(PointView::from).collect(),
            small_print: committee::small_print(report).into_iter().chain([format!("Notice {}", notice.id)]).collect(),
        }
    }
}

fn due(content: &Digest) -> String {
    format!("{} {}", content.due.strftime("%A"), in_words(content.due))
}

/// "October 2025: alert 5, advise 0, assure 1 – papers due 19 November"
pub(super) fn subject(content: &Digest) -> String {
    let report = &content.report;
    let [alert, advise, assure] = [ThreeA::Alert, ThreeA::Advise, ThreeA::Assure]
        .map(|three_a| report.alerts.iter().filter(|alert| alert.three_a == three_a).count());
    let due = content.due.strftime("%-d %B");
    let subject =
        format!("{}: alert {alert}, advise {advise}, assure {assure} – papers due {due}", report.period.label());
    clean::line(&subject, LONGEST)
}

fn attached(content: &Digest) -> Option<String> {
    let named = |formats: &[PaperFormat]| {
        let words: Vec<String> = formats.iter().map(|format| word(*format).to_owned()).collect();
        (!words.is_empty()).then(|| words::list(&words))
    };
    let made = named(&content.attach).map(|words| format!("The report is attached, to be tabled as it is: {words}."));
    let failed = named(&content.not_made)
        .map(|words| format!("It could not be made as {words}: who operates bellwether finds the reason in its log."));
    let said: Vec<String> = [made, failed].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn word(format: PaperFormat) -> &'static str {
    match format {
        PaperFormat::Html => "page",
        PaperFormat::Pdf => "PDF",
        PaperFormat::Docx => "Word document",
        PaperFormat::Markdown => "text",
        PaperFormat::Xlsx => "workbook",
        PaperFormat::Json => "JSON",
    }
}

/// The papers of a notice, for who takes files, and the notice as it names them then. A paper that cannot be made is named
/// as that, and logged: a message is better than none.
#[must_use]
pub fn papers(notice: &Notice) -> (Cow<'_, Notice>, Vec<MailFile>) {
    made_by(notice, committee::committee)
}

fn made_by(
    notice: &Notice,
    make: impl Fn(&CommitteeReport, PaperFormat) -> Result<Vec<u8>, RenderError>,
) -> (Cow<'_, Notice>, Vec<MailFile>) {
    let Content::Digest(digest) = &notice.content else { return (Cow::Borrowed(notice), Vec::new()) };
    let stem = format!("exception-report-{}-{}", digest.report.group, digest.report.period).replace('/', "-");
    let (mut files, mut not_made) = (Vec::new(), Vec::new());
    for format in &digest.attach {
        match make(&digest.report, *format) {
            Ok(bytes) => files.push(MailFile {
                name: format!("{stem}.{format}"),
                media_type: media_type(*format),
                content_id: None,
                bytes,
            }),
            Err(error) => {
                tracing::error!(notice = %notice.id, %format, %error, "a message goes without a paper");
                not_made.push(*format);
            }
        }
    }
    if not_made.is_empty() {
        return (Cow::Borrowed(notice), files);
    }
    let attach = digest.attach.iter().copied().filter(|format| !not_made.contains(format)).collect();
    let content = Content::Digest(Digest { attach, not_made, ..digest.clone() });
    (Cow::Owned(Notice { content, ..notice.clone() }), files)
}

fn media_type(format: PaperFormat) -> &'static str {
    match format {
        PaperFormat::Html => "text/html",
        PaperFormat::Pdf => "application/pdf",
        PaperFormat::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        PaperFormat::Markdown => "text/markdown",
        PaperFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        PaperFormat::Json => "application/json",
    }
}

/// The `data` of a digest.
pub(super) fn json(content: &Digest) -> Json {
    let report = &content.report;
    let whole = committee::value(report);
    let decisions: Vec<String> =
        committee::decisions(report).into_iter().map(|point| format!("{} {}", point.head, point.text)).collect();
    json!({
        "papers_due": content.due,
        "period": report.period,
        "date": report.date,
        "summary": whole["summary"],
        "counts": whole["counts"],
        "below": report.below,
        "matters": report.summary().matters,
        "decisions": decisions,
        "not_assured": whole["not_assured"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::NoticeKind,
        reports::{TemplateSet, render_by, sample},
    };

    #[test]
    fn a_paper_that_cannot_be_made_is_named_as_that() {
        let mut notice = sample(NoticeKind::Digest, "quality-outcomes", "Quality & Outcomes").expect("a sample");
        let Content::Digest(digest) = &mut notice.content else { panic!("a digest") };
        digest.attach = vec![PaperFormat::Pdf, PaperFormat::Docx, PaperFormat::Xlsx];
        let (as_sent, files) = made_by(&notice, |_, format| match format {
            PaperFormat::Docx => Err(RenderError::Json("no".to_owned())),
            _ => Ok(vec![1]),
        });
        let names: Vec<&str> = files.iter().filter_map(|file| file.name.rsplit('.').next()).collect();
        assert_eq!(names, ["pdf", "xlsx"]);
        let text = render_by(&as_sent, &TemplateSet::default()).expect("rendered").text;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("tabled as it is: PDF and workbook. It could not be made as Word document:"), "{text}");
    }
}
