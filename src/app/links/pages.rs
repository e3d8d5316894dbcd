//! The page behind a link: what its message said, how its alerts stand now, and a form.

use std::{borrow::Cow, collections::BTreeMap, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE, header::LOCATION},
    middleware,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use jiff::ToSpan;
use uuid::Uuid;

use crate::{
    app::{
        App,
        acts::{self, ActError, LATEST_REVIEW},
        disclosure::{disclosed, of_group},
        error::CycleError,
    },
    model::{AlertId, Exceptions, Handling, Notice, calendar::day_in_london},
    reports::{self, Acting, Doing, Filled, Standing, Word},
};

use super::{
    Links,
    form::Form,
    guard::{self, Guard},
    strangers::source,
};

/// How long a form waits while a file is being worked on.
const PATIENCE: Duration = Duration::from_secs(10);
const FORM: &[u8] = b"application/x-www-form-urlencoded";

#[derive(Clone)]
struct Desk {
    app: Arc<App>,
    guard: Arc<Guard>,
}

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(in crate::app) struct Peer(pub(in crate::app) IpAddr);

/// The pages, below `/act/`; requests carry their [`Peer`].
pub(in crate::app) fn router(app: Arc<App>) -> Router {
    let guard = Guard::new();
    Router::new()
        .route("/act/{token}", get(show).post(act))
        .layer(DefaultBodyLimit::max(guard::LONGEST_FORM))
        .layer(middleware::from_fn_with_state(Arc::clone(&guard), guard::around))
        .with_state(Desk { app, guard })
}

/// A notice that a link is for.
struct Opened {
    links: Links,
    notice: Notice,
    exceptions: Exceptions,
    token: String,
}

/// Shows, and changes nothing.
async fn show(
    State(desk): State<Desk>,
    Extension(peer): Extension<Peer>,
    Path(token): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let opened = match desk.open(token, source(peer.0, &headers)).await {
        Ok(opened) => opened,
        Err(response) => return response,
    };
    let (mut word, mut filled) = (None, Filled::default());
    for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "done" => word = Doing::from_code(&value).map(Word::Done),
            "alert" => filled.alerts.push(value.into_owned()),
            _ => {}
        }
    }
    desk.page(StatusCode::OK, &opened, filled, Uuid::now_v7(), word).await
}

/// Does what the form asks for, if it was sent from a page of ours and holds the token.
async fn act(
    State(desk): State<Desk>,
    Extension(peer): Extension<Peer>,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (form, from) = (Form::read(&body), source(peer.0, &headers));
    let opened = match desk.open(form.token.clone(), from).await {
        Ok(opened) if opened.token == path => opened,
        Ok(_) => return desk.no_such_link(from),
        Err(response) => return response,
    };
    let is_form = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM));
    if !is_form || !guard::is_from_here(&headers, &opened.links.settings.origin) {
        return said(
            StatusCode::FORBIDDEN,
            "Nothing was done",
            &[
                "This form was not sent from the page that the link in your message opens.",
                "Open the link in your message again, and use the form there.",
            ],
        );
    }
    let (Some(once), Some(doing)) = (form.once, form.doing) else { return desk.no_such_link(from) };
    match desk.carry_out(&opened, &form, once, doing).await {
        Ok(()) => {
            let back = HeaderValue::from_str(&format!("?done={}", doing.code()));
            let back = back.unwrap_or(HeaderValue::from_static("?"));
            (StatusCode::SEE_OTHER, [(LOCATION, back)]).into_response()
        }
        Err((status, wrong)) => desk.page(status, &opened, form.filled, once, Some(Word::Wrong(wrong))).await,
    }
}

impl Desk {
    /// What a link is for. Whatever is wrong with one, the answer is the same.
    async fn open(&self, token: String, from: IpAddr) -> Result<Opened, Response> {
        let Some(links) = Links::of(&self.app) else { return Err(self.no_such_link(from)) };
        let Some(known) = links.open(&token, self.app.now()) else { return Err(self.no_such_link(from)) };
        let kept = self.app.store.notice(known.notice).await.map_err(|error| trouble(&error.into()))?;
        let config = self.app.config();
        let seen = |notice: Notice| disclosed(&config, &notice, of_group(&config, &notice.group)).into_owned();
        match kept.map(|kept| kept.notice).filter(|notice| notice.group == known.group).map(seen) {
            Some(notice) => match notice.content.actionable().map(Cow::into_owned) {
                Some(exceptions) => Ok(Opened { links, notice, exceptions, token }),
                None => Err(self.no_such_link(from)),
            },
            None => Err(self.no_such_link(from)),
        }
    }

    fn no_such_link(&self, from: IpAddr) -> Response {
        let status = if self.guard.is_overrun(from) { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::NOT_FOUND };
        said(
            status,
            "This link does not work",
            &[
                "Links in messages work for a time, and only as they were sent. This one may be over, it may have been cut short \
             on its way, or links may have been made anew since.",
                "What to do: open the link of a newer message about the same alerts, or ask those who run bellwether to act for \
             you. Nothing was changed.",
            ],
        )
    }

    async fn carry_out(
        &self,
        opened: &Opened,
        form: &Form,
        once: Uuid,
        doing: Doing,
    ) -> Result<(), (StatusCode, String)> {
        let unfit = |wrong: String| (StatusCode::UNPROCESSABLE_ENTITY, wrong);
        let request = form.request(once, doing, &opened.notice.group).map_err(unfit)?;
        let named = opened.exceptions.actionable();
        if let Some(other) = request.alerts.iter().find(|id| !named.iter().any(|(_, line)| line.id.0 == **id)) {
            return Err(unfit(format!("alert {other} is not in this message")));
        }
        match tokio::time::timeout(PATIENCE, acts::carry_out(&self.app, &request)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(ActError::Cycle(error))) => {
                tracing::error!(%error, "what somebody did about alerts could not be kept");
                let wrong = "it could not be kept: try again in a minute, or ask those who run bellwether";
                Err((StatusCode::INTERNAL_SERVER_ERROR, wrong.to_owned()))
            }
            Ok(Err(refused)) => Err(unfit(refused.to_string())),
            Err(_) => {
                let wrong = "a file is being worked on: press the button again in a minute; nothing is done twice";
                Err((StatusCode::SERVICE_UNAVAILABLE, wrong.to_owned()))
            }
        }
    }

    async fn page(
        &self,
        status: StatusCode,
        opened: &Opened,
        filled: Filled,
        once: Uuid,
        word: Option<Word>,
    ) -> Response {
        let standings = match self.standings(&opened.exceptions).await {
            Ok(standings) => standings,
            Err(error) => return trouble(&error),
        };
        let today = day_in_london(self.app.now());
        let acting = Acting {
            notice: &opened.notice,
            exceptions: &opened.exceptions,
            standings: &standings,
            token: &opened.token,
            once,
            filled,
            word,
            days: (today, today.saturating_add(LATEST_REVIEW.days())),
        };
        match reports::act_page(&acting) {
            Ok(page) => (status, Html(page)).into_response(),
            Err(error) => trouble(&error.into()),
        }
    }

    /// How the alerts of a notice stand now.
    async fn standings(&self, exceptions: &Exceptions) -> Result<BTreeMap<AlertId, Standing>, CycleError> {
        let mut standings = BTreeMap::new();
        for (_, line) in exceptions.actionable().into_iter().take(reports::ACT_SHOWN) {
            if let Some(alert) = self.app.store.alert(&line.id).await? {
                let handling = Handling::of(&alert, &self.app.store.acts(&line.id).await?);
                standings
                    .insert(line.id.clone(), Standing { state: alert.state, period: alert.reading.period, handling });
            }
        }
        Ok(standings)
    }
}

fn trouble(error: &CycleError) -> Response {
    tracing::error!(%error, "the page of a link could not be made");
    said(
        StatusCode::INTERNAL_SERVER_ERROR,
        "This did not work",
        &[
            "Something went wrong here, and nothing was changed. Try again in a minute, or ask those who run bellwether.",
        ],
    )
}

fn said(status: StatusCode, title: &str, paragraphs: &[&str]) -> Response {
    match reports::plain_page(title, paragraphs) {
        Ok(page) => (status, Html(page)).into_response(),
        Err(_) => (status, title.to_owned()).into_response(),
    }
}
