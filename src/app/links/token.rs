//! What a link carries: which notice, which group, until when; and HMAC-SHA256 over these.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;
use uuid::Uuid;

use crate::model::NoticeId;

/// The first byte of what is signed: another form would have another.
const VERSION: u8 = 1;
/// The bytes of the signature.
const MAC: usize = 32;
/// No token is longer, in characters: a group's name of about 200.
const LONGEST: usize = 360;

/// What a link allows: to act on the alerts of a notice, in the name of the group that it went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) notice: NoticeId,
    pub(super) group: String,
    /// In whole seconds.
    pub(super) expires: Timestamp,
}

impl Token {
    /// The token as it stands in a link.
    pub(super) fn sign(&self, key: &[u8]) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.notice.0.as_bytes());
        bytes.extend(self.expires.as_second().to_be_bytes());
        bytes.extend(self.group.as_bytes());
        let mac = mac(key, &bytes).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
        bytes.extend(mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// What a token allows at a moment; none when it was not signed with this key, or is over. It takes as long to say no
    /// whatever is wrong: the signature is compared first, and in constant time.
    pub(super) fn open(text: &str, key: &[u8], now: Timestamp) -> Option<Self> {
        let text = if text.len() > LONGEST { "" } else { text };
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let (said, signature) = bytes.split_at(bytes.len().saturating_sub(MAC));
        mac(key, said)?.verify_slice(signature).ok()?;
        Self::read(said).filter(|token| token.expires > now)
    }

    fn read(said: &[u8]) -> Option<Self> {
        let (version, said) = said.split_first()?;
        let (notice, said) = said.split_first_chunk::<16>()?;
        let (expires, group) = said.split_first_chunk::<8>()?;
        let expires = Timestamp::from_second(i64::from_be_bytes(*expires)).ok()?;
        let group = std::str::from_utf8(group).ok()?.to_owned();
        (*version == VERSION).then(|| Self { notice: NoticeId(Uuid::from_bytes(*notice)), group, expires })
    }
}

/// HMAC takes keys of any length.
fn mac(key: &[u8], said: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(said);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn token() -> Token {
        let notice = NoticeId("01936f4e-7a6b-7c3d-8e2f-0123456789ab".parse().expect("an id"));
        let expires = Timestamp::from_second(1_764_547_200).expect("a time");
        Token { notice, group: "primary-care".to_owned(), expires }
    }

    /// By Python: `hmac.new(bytes([7] * 32), said, "sha256")`, and `base64.urlsafe_b64encode` over both.
    const BY_PYTHON: &str =
        "AQGTb056a3w9ji8BI0VniasAAAAAaSzagHByaW1hcnktY2FyZQSgFYYCyR2cvFXaK9pJyEwEATJwOpvu_mQqrB2VVGYF";

    #[test]
    fn it_is_what_another_program_makes_of_it() {
        assert_eq!(token().sign(&KEY), BY_PYTHON);
    }

    #[test]
    fn it_opens_until_it_is_over_and_with_its_key_alone() {
        let (text, over) = (token().sign(&KEY), token().expires);
        let before = over.checked_sub(jiff::SignedDuration::from_secs(1)).expect("a time");
        assert_eq!(Token::open(&text, &KEY, before), Some(token()));
        assert_eq!(Token::open(&text, &KEY, over), None);
        assert_eq!(Token::open(&text, &[8; 32], before), None);
    }

    #[test]
    fn no_part_of_it_can_be_changed_or_left_out() {
        let (text, now) = (token().sign(&KEY), Timestamp::UNIX_EPOCH);
        let bytes = URL_SAFE_NO_PAD.decode(&text).expect("base64");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert_eq!(Token::open(&URL_SAFE_NO_PAD.encode(&changed), &KEY, now), None, "byte {at}, bit {bit}");
            }
        }
        for length in 0..text.len() {
            assert_eq!(Token::open(&text[..length], &KEY, now), None, "the first {length}");
        }
        for text in ["", "=", "%", "é", &format!("{text}A"), &"A".repeat(100_000)] {
            assert_eq!(Token::open(text, &KEY, now), None);
        }
        // Signed, of a form that is not known.
        let mut other = vec![2];
        other.extend(&bytes[1..bytes.len() - MAC]);
        other.extend(mac(&KEY, &other).expect("a key").finalize().into_bytes());
        assert_eq!(Token::open(&URL_SAFE_NO_PAD.encode(other), &KEY, now), None);
    }
}
