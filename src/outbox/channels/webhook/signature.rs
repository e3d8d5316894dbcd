//! Signatures of webhooks, as Standard Webhooks 1.0.0 has them (<https://www.standardwebhooks.com>).

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::Sha256;

/// The keys of one endpoint: more than one while they are being changed, so that the receiver can know either.
pub(super) struct SigningKeys(Vec<SecretSlice<u8>>);

/// Why a file holds no keys. Never says what it holds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum KeyError {
    /// Another form.
    #[error("line {0} is no signing secret: it must begin with whsec_, and base64 must follow")]
    Form(usize),
    /// The specification asks for 24 to 64 bytes.
    #[error("the signing secret on line {line} has {bytes} bytes; it needs 24 to 64")]
    Length {
        /// The line, from 1.
        line: usize,
        /// How many bytes it has.
        bytes: usize,
    },
}

impl SigningKeys {
    /// Reads one secret a line: `whsec_` and base64. Blank lines do not count.
    pub(super) fn parse(secrets: &SecretString) -> Result<Self, KeyError> {
        let lines = secrets.expose_secret().lines().map(str::trim).zip(1..).filter(|(line, _)| !line.is_empty());
        let keys = lines.map(|(line, number)| key(line, number));
        keys.collect::<Result<_, _>>().map(Self)
    }

    /// The header `webhook-signature`: a signature for each key, the first one first.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let signatures: Vec<String> = self.0.iter().map(|key| sign(key.expose_secret(), id, timestamp, body)).collect();
        signatures.join(" ")
    }
}

fn key(line: &str, number: usize) -> Result<SecretSlice<u8>, KeyError> {
    let encoded = line.strip_prefix("whsec_").ok_or(KeyError::Form(number))?;
    let key = STANDARD.decode(encoded).map_err(|_| KeyError::Form(number))?;
    if !(24..=64).contains(&key.len()) {
        return Err(KeyError::Length { line: number, bytes: key.len() });
    }
    Ok(SecretSlice::from(key))
}

/// `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.
fn sign(key: &[u8], id: &str, timestamp: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        // HMAC takes keys of any length.
        return String::new();
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector that the libraries of Standard Webhooks are tested with.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn keys(text: &str) -> Result<SigningKeys, KeyError> {
        SigningKeys::parse(&SecretString::from(text))
    }

    #[test]
    fn the_published_signature_comes_out() {
        assert_eq!(keys(SECRET).unwrap().sign(ID, TIMESTAMP, BODY), SIGNATURE);
        assert_ne!(keys(SECRET).unwrap().sign(ID, TIMESTAMP + 1, BODY), SIGNATURE);
    }

    #[test]
    fn each_key_signs_while_keys_are_changed() {
        let other = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = keys(&format!("{other}\n\n{SECRET}\n")).unwrap().sign(ID, TIMESTAMP, BODY);
        let alone = keys(&other).unwrap().sign(ID, TIMESTAMP, BODY);
        assert_eq!(both, format!("{alone} {SIGNATURE}"));
    }

    #[test]
    fn bad_secrets_are_refused_without_being_said() {
        let short = format!("{SECRET}\nwhsec_{}", STANDARD.encode([7; 23]));
        for (text, error) in [
            ("hunter2", KeyError::Form(1)),
            ("whsec_hunter2!", KeyError::Form(1)),
            (short.as_str(), KeyError::Length { line: 2, bytes: 23 }),
        ] {
            let refused = keys(text).err();
            assert_eq!(refused, Some(error));
            assert!(!refused.is_some_and(|error| error.to_string().contains("hunter2")));
        }
        assert!(keys(&format!("whsec_{}", STANDARD.encode([7; 64]))).is_ok());
        assert!(keys(&format!("whsec_{}", STANDARD.encode([7; 65]))).is_err());
    }
}
