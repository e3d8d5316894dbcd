//! A message as files, to be looked at instead of being sent.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{ChannelSettings, email};
use crate::outbox::{EmailSettings, Enclosure, Failure, Payload, QueuedMessage, message::slug};

/// What a channel would send, as files: each by the end of its name (`eml`, `html`, `txt`, `json`, or the name of what is
/// attached). The page has its pictures inside. Nothing is signed, and no secret is read.
///
/// # Errors
/// The message cannot be put into the form of its channel.
pub fn specimen(
    channel: &ChannelSettings,
    email: &EmailSettings,
    message: &QueuedMessage,
) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let payload = &message.payload;
    let mut files = Vec::new();
    if let ChannelSettings::Email(_) = channel {
        files.push(("eml".to_owned(), email::written(email, message)?));
    }
    if !payload.html.is_empty() {
        files.push(("html".to_owned(), with_pictures(payload).into_bytes()));
    }
    if !payload.text.is_empty() {
        files.push(("txt".to_owned(), payload.text.clone().into_bytes()));
    }
    let json = match channel {
        ChannelSettings::Webhook(settings) => Some(settings.own.format.body(message)?.bytes),
        _ if payload.json.is_null() => None,
        _ => {
            let json = serde_json::to_vec_pretty(&payload.json);
            Some(json.map_err(|error| Failure::refused(format!("no JSON can be made of this message: {error}")))?)
        }
    };
    files.extend(json.map(|json| ("json".to_owned(), json)));
    let attached = payload.files.iter().filter(|file| file.content_id.is_none());
    files.extend(attached.map(|file| (slug(&file.name).into_owned(), file.bytes.clone())));
    Ok(files)
}

/// The page with its pictures inside.
pub(super) fn with_pictures(payload: &Payload) -> String {
    let pictures = payload.files.iter().filter_map(|file| Some((file.content_id.as_ref()?, file)));
    pictures.fold(payload.html.clone(), |html, (id, file)| {
        html.replace(&format!("\"cid:{id}\""), &format!("\"{}\"", data(file)))
    })
}

fn data(picture: &Enclosure) -> String {
    format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes))
}
