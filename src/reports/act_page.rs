//! The page on which people act on the alerts of a notice, and pages that only say something.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use uuid::Uuid;

use super::{
    RenderError,
    alert::{AlertView, Change, ChartView, LABEL, MESSAGE},
    chart::Chart,
    clean, subject,
    template::fill,
    words,
};
use crate::model::{AlertId, AlertLine, AlertState, Exceptions, Handling, Notice, Period, TransitionKind, coded};

/// The style of the pages, as it stands between the tags: a page may name its hash.
pub const ACT_STYLE: &str = include_str!("templates/act.css");
/// How many alerts a page shows.
pub const ACT_SHOWN: usize = 100;
/// The longest account of how an alert stands with people, and the longest text that is put into a field again.
const HANDLING: usize = 1200;

coded! {
    /// What a button of the form is for.
    pub enum Doing {
        /// To say that one looks after the alerts.
        Acknowledge = "acknowledge",
        /// To say something, give them to somebody or set a review date, and no more.
        Note = "note",
    }
}

/// What is in the fields of the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// The alerts that are chosen; all where none is.
    pub alerts: Vec<String>,
    /// The name.
    pub by: String,
    /// The comment.
    pub comment: String,
    /// Who is to see to it.
    pub assignee: String,
    /// The review date.
    pub review: String,
}

/// What is said at the top of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// What was asked for is done.
    Done(Doing),
    /// It is not, and why.
    Wrong(String),
}

/// How an alert stands now.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Where it stands.
    pub state: AlertState,
    /// The period that decided it.
    pub period: Period,
    /// How it stands with people.
    pub handling: Handling,
}

/// All that the page shows.
#[derive(Debug)]
pub struct Acting<'a> {
    /// The notice that the link came with.
    pub notice: &'a Notice,
    /// What it said.
    pub exceptions: &'a Exceptions,
    /// How its alerts stand now.
    pub standings: &'a BTreeMap<AlertId, Standing>,
    /// What allows the form to be sent.
    pub token: &'a str,
    /// Tells one sending from the next.
    pub once: Uuid,
    /// What is in its fields.
    pub filled: Filled,
    /// What is said at the top.
    pub word: Option<Word>,
    /// The first and the last day that a review date may be.
    pub days: (Date, Date),
}

impl Exceptions {
    /// The alerts that were said to fire, with what was said of them: those that can be acted on. Each is there once.
    #[must_use]
    pub fn actionable(&self) -> Vec<(TransitionKind, &AlertLine)> {
        use TransitionKind::{Amended, Continuing, Firing, Worsened};
        let sections = [
            (Firing, &self.new),
            (Worsened, &self.worsened),
            (Amended, &self.amended),
            (Continuing, &self.continuing),
            (Continuing, &self.looked_after),
        ];
        sections.into_iter().flat_map(|(kind, lines)| lines.iter().map(move |line| (kind, line))).collect()
    }
}

#[derive(Serialize)]
struct View<'a> {
    style: &'static str,
    title: String,
    group: String,
    dataset: String,
    period: String,
    done: Option<&'static str>,
    wrong: Option<String>,
    token: &'a str,
    once: String,
    alerts: Vec<Entry>,
    more: Option<String>,
    /// Whether any of them still fires.
    open: bool,
    by: String,
    comment: String,
    assignee: String,
    review: String,
    first_day: String,
    last_day: String,
    notice: String,
}

#[derive(Serialize)]
struct Entry {
    what: &'static str,
    kind: &'static str,
    alert: AlertView,
    fires: bool,
    chosen: bool,
    /// "No longer firing: resolved in December 2025."
    over: Option<String>,
    handling: String,
}

/// The page on which people act.
pub fn act_page(acting: &Acting<'_>) -> Result<String, RenderError> {
    let Acting { notice, exceptions, filled, .. } = acting;
    let lines = exceptions.actionable();
    let hidden = lines.len().saturating_sub(ACT_SHOWN);
    let alerts: Vec<Entry> = lines.into_iter().take(ACT_SHOWN).map(|(kind, line)| acting.entry(kind, line)).collect();
    let (done, wrong) = match &acting.word {
        Some(Word::Done(Doing::Acknowledge)) => (Some("Thank you. It is noted that you look after these."), None),
        Some(Word::Done(Doing::Note)) => (Some("Thank you. It is noted."), None),
        Some(Word::Wrong(wrong)) => (None, Some(clean::line(wrong, MESSAGE))),
        None => (None, None),
    };
    let field = |text: &str| clean::line(text, HANDLING);
    let view = View {
        style: ACT_STYLE,
        title: subject::of_exceptions(exceptions),
        group: clean::line(&notice.group_name, LABEL),
        dataset: clean::line(&exceptions.dataset_title, LABEL),
        period: exceptions.period.label(),
        done,
        wrong,
        token: acting.token,
        once: acting.once.to_string(),
        open: alerts.iter().any(|entry| entry.fires),
        alerts,
        more: (hidden > 0).then(|| {
            let hidden = words::number(hidden as f64);
            format!("And {hidden} more, which are not listed here: “bellwether alerts acknowledge” does it for them.")
        }),
        by: field(&filled.by),
        comment: field(&filled.comment),
        assignee: field(&filled.assignee),
        review: field(&filled.review),
        first_day: acting.days.0.to_string(),
        last_day: acting.days.1.to_string(),
        notice: notice.id.to_string(),
    };
    fill("act.html", &view)
}

/// A page that says something and no more.
pub fn plain_page(title: &str, paragraphs: &[&str]) -> Result<String, RenderError> {
    #[derive(Serialize)]
    struct Plain<'a> {
        style: &'static str,
        title: &'a str,
        paragraphs: &'a [&'a str],
    }
    fill("act_plain.html", &Plain { style: ACT_STYLE, title, paragraphs })
}

/// The drawing without a style of its own, which the page's policy refuses: the page has one for it.
fn drawn(chart: &Chart) -> ChartView {
    ChartView { alternative: chart.words.join(" "), svg: Some(chart.unstyled()), content_id: None }
}

impl Acting<'_> {
    fn entry(&self, kind: TransitionKind, line: &AlertLine) -> Entry {
        let (what, change) = match kind {
            TransitionKind::Worsened => ("Worsened", Change::Worsened),
            TransitionKind::Amended => ("Amended", Change::Amended),
            TransitionKind::Continuing => ("Continuing", Change::Continuing),
            _ => ("New", Change::New),
        };
        let standing = self.standings.get(&line.id);
        let fires = standing.is_some_and(|standing| standing.state == AlertState::Firing);
        let chosen = self.filled.alerts.is_empty() || self.filled.alerts.contains(&line.id.0);
        let handling = standing.map_or_else(String::new, |standing| standing.handling.words());
        Entry {
            what,
            kind: change.code(),
            alert: AlertView::of(line, change, &self.exceptions.dataset_title, |chart| Some(drawn(chart))),
            fires,
            chosen: fires && chosen,
            over: match standing {
                Some(standing) if fires && standing.period == line.period => None,
                Some(standing) if fires => Some(format!("It still fires in {}.", standing.period.label())),
                Some(standing) => {
                    Some(format!("It no longer fires: {} ({}).", standing.state, standing.period.label()))
                }
                None => Some("It is no longer known.".to_owned()),
            },
            handling: clean::line(&handling, HANDLING),
        }
    }
}
