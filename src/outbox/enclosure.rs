//! Files that go with a message.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A picture in the page of a message, or a file attached to it. In JSON its bytes are base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Enclosure {
    /// Its name, such as `alerts.csv`.
    pub name: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// The name under which the page shows it, as `cid:NAME`; none for a file that is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_id: Option<String>,
    /// What it holds.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    #[schemars(with = "String")]
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Enclosure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}, {} bytes)", self.name, self.media_type, self.bytes.len())
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::Payload;

    #[test]
    fn bytes_are_base64_in_json_and_come_back() {
        // RFC 4648, 10: "foobar" is "Zm9vYmFy".
        let kept = r#"{"name":"a.txt","media_type":"text/plain","content_id":"a","bytes":"Zm9vYmFy"}"#;
        let file: Enclosure = serde_json::from_str(kept).expect("an enclosure");
        assert_eq!(file.bytes, b"foobar");
        assert_eq!(serde_json::to_string(&file).expect("JSON"), kept);
        assert!(serde_json::from_str::<Enclosure>(&kept.replace("Zm9v", "!!!!")).is_err());
    }

    #[test]
    fn a_payload_that_was_kept_before_there_were_files_still_reads() {
        let kept = r#"{"subject":"s","html":"<p>","text":"t","json":{},"thread":null}"#;
        let payload: Payload = serde_json::from_str(kept).expect("a payload");
        assert_eq!(payload.files, []);
        // Without files nothing is added.
        assert_eq!(serde_json::to_string(&payload).expect("JSON"), kept);
    }
}
