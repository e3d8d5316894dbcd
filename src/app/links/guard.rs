//! What stands around the pages: headers, limits, and where a form may come from.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, ORIGIN, REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::strangers::Strangers;
use crate::reports::ACT_STYLE;

/// The most that a form may hold, in bytes.
pub(super) const LONGEST_FORM: usize = 64 * 1024;
/// How many requests are answered at a time.
const AT_ONCE: usize = 32;
/// How long one may take, its sending included.
const PATIENCE: Duration = Duration::from_secs(20);

/// What all requests share.
#[derive(Debug)]
pub(super) struct Guard {
    places: Semaphore,
    strangers: Mutex<Strangers>,
    policy: HeaderValue,
}

impl Guard {
    pub(super) fn new() -> Arc<Self> {
        let hash = STANDARD.encode(Sha256::digest(ACT_STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        Arc::new(Self { places: Semaphore::new(AT_ONCE), strangers: Mutex::default(), policy })
    }

    /// Counts a link that is not ours; whether there have been too many from there. A link that is ours works all the same.
    pub(super) fn is_overrun(&self, from: IpAddr) -> bool {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        strangers.is_overrun(from, Instant::now())
    }
}

/// Around every request.
pub(super) async fn around(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.places.try_acquire() {
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")], "busy: try again\n").into_response(),
        Ok(_place) => match tokio::time::timeout(PATIENCE, next.run(request)).await {
            Ok(response) => response,
            Err(_) => (StatusCode::REQUEST_TIMEOUT, "this took too long: try again\n").into_response(),
        },
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, guard.policy.clone());
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Whether a form may have been sent from a page of ours. Its token is what allows it; this keeps a page that got hold of
/// one from sending it. Browsers say where from by `Sec-Fetch-Site`; older ones by `Origin`, which is `null` for pages that
/// tell no referrer, as ours. A program says neither.
pub(super) fn is_from_here(headers: &HeaderMap, origin: &str) -> bool {
    let said = |name: &HeaderName| headers.get(name).map(HeaderValue::as_bytes);
    match said(&HeaderName::from_static("sec-fetch-site")) {
        Some(site) => site == b"same-origin",
        None => said(&ORIGIN).is_none_or(|from| from == b"null" || from == origin.as_bytes()),
    }
}
