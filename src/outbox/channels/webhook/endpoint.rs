//! One URL: the request, and what the answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    Certificate, Client, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};

use super::{WebhookSettings, WebhookUrl, retry_after::retry_after, signature::SigningKeys};
use crate::{
    outbox::{
        Failure, Opening, QueuedMessage, SecretPlaces,
        channels::Settings,
        message::{one_line, with_causes},
    },
    yaml::{Place, Problem, Problems},
};

/// A connection to a receiver that is there takes less, even by satellite.
const CONNECT: Duration = Duration::from_secs(10);
/// How much of a refusal is read, and for how long, to be shown to people.
const REFUSAL_BYTES: usize = 2048;
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// One URL with its keys.
pub(super) struct Endpoint {
    url: WebhookUrl,
    keys: SigningKeys,
    client: Client,
}

impl Endpoint {
    pub(super) fn open(settings: &WebhookSettings, opening: &Opening<'_>) -> Result<Self, Problems> {
        settings.check().into_result()?;
        let mut problems = Problems::default();
        let secret = opening.places.secret(&settings.secret_file).and_then(|secret| {
            SigningKeys::parse(&secret).map_err(|error| {
                Problem::new(settings.secret_file.place.clone(), error.to_string())
                    .hint("make one with: echo \"whsec_$(openssl rand -base64 32)\"")
            })
        });
        let keys = problems.take(secret.map_err(Problems::from));
        let client = problems.take(client(settings, opening.places).map_err(Problems::from));
        match (keys, client) {
            (Some(keys), Some(client)) => Ok(Self { url: settings.url.value.clone(), keys, client }),
            _ => Err(problems),
        }
    }

    pub(super) async fn send(&self, message: &QueuedMessage, now: Timestamp) -> Result<(), Failure> {
        let id = message.id.to_string();
        let body = body(message)?;
        let request = self
            .client
            .post(self.url.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &id)
            .header("webhook-timestamp", now.as_second())
            .header("webhook-signature", self.keys.sign(&id, now.as_second(), &body))
            .body(body);
        let answer = request.send().await.map_err(|error| {
            Failure::again(format!("{} gave no answer: {}", self.url.host(), with_causes(&error.without_url())))
        })?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refusal(answer, now).await) }
    }

    async fn refusal(&self, answer: Response, now: Timestamp) -> Failure {
        let (host, status) = (self.url.host(), answer.status());
        let after = answer.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, now));
        let said = match one_line(&beginning(answer).await) {
            said if said.is_empty() => format!("{host} answered {status}"),
            said => format!("{host} answered {status}: {said}"),
        };
        match status {
            StatusCode::GONE => {
                Failure::refused(format!("{said} (it asks never to be called again: take it out of the settings)"))
            }
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS => {
                Failure::Again { reason: said, after }
            }
            status if status.is_client_error() => Failure::refused(said),
            status if status.is_redirection() => {
                Failure::Again { reason: format!("{said} (redirections are not followed: set the new address)"), after }
            }
            _ => Failure::Again { reason: said, after },
        }
    }
}

/// One client for each endpoint: what one trusts or keeps open is nothing to the others.
fn client(settings: &WebhookSettings, places: &SecretPlaces) -> Result<Client, Problem> {
    let mut builder = Client::builder()
        .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        // A message goes where the settings say, whatever the environment says.
        .no_proxy();
    if settings.url.is_plain() {
        // No certificate is looked at: a machine that has none can still call itself.
        builder = builder.tls_certs_only([]);
    }
    if let Some(file) = &settings.ca_file {
        let pem = places.certificates(file)?;
        let certificates = Certificate::from_pem_bundle(pem.as_bytes());
        builder = builder.tls_certs_merge(certificates.map_err(|error| unusable(&file.place, &error))?);
    }
    let place = settings.ca_file.as_ref().map_or(&settings.url.place, |file| &file.place);
    builder.build().map_err(|error| unusable(place, &error))
}

fn unusable(place: &Place, error: &reqwest::Error) -> Problem {
    Problem::new(place.clone(), format!("TLS is not possible: {}", with_causes(error)))
}

/// `{"type", "timestamp", "data"}`, the same bytes on every attempt.
pub(super) fn body(message: &QueuedMessage) -> Result<Vec<u8>, Failure> {
    let json = &message.payload.json;
    let body = match json.as_object() {
        Some(object) if object.contains_key("type") && object.contains_key("data") => {
            let mut object = object.clone();
            object.entry("timestamp").or_insert_with(|| message.created.to_string().into());
            serde_json::to_vec(&object)
        }
        _ => serde_json::to_vec(&serde_json::json!({
            "type": "notice",
            "timestamp": message.created.to_string(),
            "data": json,
        })),
    };
    body.map_err(|error| Failure::refused(format!("no JSON can be made of this message: {error}")))
}

/// The beginning of an answer's body; what cannot be had in a short time is left out.
async fn beginning(mut answer: Response) -> String {
    let mut bytes = Vec::new();
    let read = async {
        while bytes.len() < REFUSAL_BYTES
            && let Ok(Some(chunk)) = answer.chunk().await
        {
            bytes.extend_from_slice(&chunk);
        }
    };
    let _ = tokio::time::timeout(REFUSAL_TIME, read).await;
    bytes.truncate(REFUSAL_BYTES);
    String::from_utf8_lossy(&bytes).into_owned()
}
