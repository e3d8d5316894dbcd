//! One address: the request, and what the answer means.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::{
    Certificate, Client, Response, StatusCode,
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect::Policy,
};

use super::{Target, WebAddress, retry_after::retry_after};
use crate::{
    outbox::{
        Failure, Opening,
        message::{one_line, with_causes},
    },
    yaml::{Place, Problem, Problems},
};

/// A connection to a receiver that is there takes less, even by satellite.
const CONNECT: Duration = Duration::from_secs(10);
/// How much of a refusal is read, and for how long, to be shown to people.
const REFUSAL_BYTES: usize = 2048;
const REFUSAL_TIME: Duration = Duration::from_secs(2);

/// What is posted.
pub(in super::super) struct Body {
    pub(in super::super) content_type: &'static str,
    /// Further headers.
    pub(in super::super) headers: Vec<(&'static str, String)>,
    pub(in super::super) bytes: Vec<u8>,
}

impl Body {
    /// JSON as it stands.
    pub(in super::super) fn json(json: &serde_json::Value) -> Result<Self, Failure> {
        let bytes = serde_json::to_vec(json)
            .map_err(|error| Failure::refused(format!("no JSON can be made of this message: {error}")))?;
        Ok(Self { content_type: "application/json", headers: Vec::new(), bytes })
    }
}

/// One address and the client that calls it: what one trusts or keeps open is nothing to the others.
pub(in super::super) struct Posting {
    address: WebAddress,
    client: Client,
}

impl Posting {
    /// Makes an address ready to be called. `whole` is the place of the channel's settings; `path` is added to the address.
    pub(in super::super) fn open(
        target: &Target,
        whole: &Place,
        path: Option<&str>,
        opening: &Opening<'_>,
    ) -> Result<Self, Problems> {
        let (address, place) = target.address(opening, whole)?;
        let address = path.map_or_else(|| address.clone(), |path| address.below(path));
        let client = client(target, &address, &place, opening)?;
        Ok(Self { address, client })
    }

    /// Tells the address from every other without saying it.
    pub(in super::super) fn fingerprint(&self) -> String {
        self.address.fingerprint()
    }

    /// Posts once. Any 2xx is success; redirections are not followed.
    pub(in super::super) async fn post(&self, body: Body, now: Timestamp) -> Result<(), Failure> {
        let mut request = self.client.post(self.address.url().clone()).header(CONTENT_TYPE, body.content_type);
        for (name, value) in body.headers {
            request = request.header(name, value);
        }
        let answer = request.body(body.bytes).send().await.map_err(|error| {
            Failure::again(format!("{} gave no answer: {}", self.address.host(), with_causes(&error.without_url())))
        })?;
        if answer.status().is_success() { Ok(()) } else { Err(self.refusal(answer, now).await) }
    }

    async fn refusal(&self, answer: Response, now: Timestamp) -> Failure {
        let (host, status) = (self.address.host(), answer.status());
        let after = answer.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, now));
        let said = match one_line(&beginning(answer).await) {
            said if said.is_empty() => format!("{host} answered {status}"),
            said => format!("{host} answered {status}: {said}"),
        };
        match status {
            StatusCode::GONE => Failure::Gone {
                reason: format!("{said} (it asks never to be called again)"),
                address: self.fingerprint(),
            },
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

fn client(target: &Target, address: &WebAddress, place: &Place, opening: &Opening<'_>) -> Result<Client, Problem> {
    let mut builder = Client::builder()
        .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT)
        .dns_resolver(opening.outbound.resolver(address.host()))
        // A message goes where the settings say, whatever the environment says.
        .no_proxy();
    if address.is_plain() {
        // No certificate is looked at: a machine that has none can still call itself.
        builder = builder.tls_certs_only([]);
    }
    if let Some(file) = &target.ca_file {
        let pem = opening.places.certificates(file)?;
        let certificates = Certificate::from_pem_bundle(pem.as_bytes());
        builder = builder.tls_certs_merge(certificates.map_err(|error| unusable(&file.place, &error))?);
    }
    let place = target.ca_file.as_ref().map_or(place, |file| &file.place);
    builder.build().map_err(|error| unusable(place, &error))
}

fn unusable(place: &Place, error: &reqwest::Error) -> Problem {
    Problem::new(place.clone(), format!("TLS is not possible: {}", with_causes(error)))
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
