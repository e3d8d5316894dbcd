//! What a webhook's body looks like.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::outbox::{Failure, QueuedMessage, channels::http::Body};

/// The form of a webhook's body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WebhookFormat {
    /// `{"type", "timestamp", "data"}`, as bellwether documents it.
    #[default]
    Bellwether,
    /// The same data in an envelope of `CloudEvents` 1.0 (structured mode).
    CloudEvents,
    /// What Prometheus Alertmanager sends, version 4, so that its receivers work unchanged.
    Alertmanager,
}

impl WebhookFormat {
    /// The same bytes on every attempt.
    pub(in super::super) fn body(self, message: &QueuedMessage) -> Result<Body, Failure> {
        match self {
            Self::Bellwether => Body::json(&framed(message)),
            Self::CloudEvents => {
                Ok(Body { content_type: "application/cloudevents+json", ..Body::json(&cloud_event(message))? })
            }
            // Rendered so.
            Self::Alertmanager => Body::json(&message.payload.json),
        }
    }
}

/// `{"type", "timestamp", "data"}`
pub(super) fn framed(message: &QueuedMessage) -> Json {
    let json = &message.payload.json;
    match json.as_object() {
        Some(object) if object.contains_key("type") && object.contains_key("data") => {
            let mut object = object.clone();
            object.entry("timestamp").or_insert_with(|| message.created.to_string().into());
            Json::Object(object)
        }
        _ => json!({ "type": "notice", "timestamp": message.created.to_string(), "data": json }),
    }
}

/// `CloudEvents` 1.0, its JSON format. The id is the message's: with the source it tells one event from another, on every
/// attempt alike.
fn cloud_event(message: &QueuedMessage) -> Json {
    let framed = framed(message);
    let mut event = json!({
        "specversion": "1.0",
        "id": message.id,
        "source": "/bellwether",
        "type": framed["type"],
        "time": framed["timestamp"],
        "datacontenttype": "application/json",
    });
    if let Some(event) = event.as_object_mut() {
        // What messages about the same thing have in common.
        event.extend(message.payload.thread.as_ref().map(|thread| ("subject".to_owned(), thread.as_str().into())));
        event.insert("data".to_owned(), framed["data"].clone());
    }
    event
}
