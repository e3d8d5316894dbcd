//! Email addresses that a relay can be expected to take.

use std::{fmt, str::FromStr};

use lettre::message::Mailbox;
use serde::{Deserialize, Deserializer, de};

/// An address, with or without a name: `chair@example.org`, `The chair <chair@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(pub(super) Mailbox);

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not in the form of an address.
    #[error("`{0}` is not an email address such as chair@example.org or The chair <chair@example.org>")]
    Unreadable(String),
    /// Relays that take such addresses are rare.
    #[error("the address in `{0}` has letters beyond ASCII: write its domain in the form that begins with xn--")]
    NotAscii(String),
}

impl FromStr for EmailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let unreadable = || AddressError::Unreadable(text.escape_debug().to_string());
        if text.chars().any(char::is_control) {
            return Err(unreadable());
        }
        let mailbox: Mailbox = text.trim().parse().map_err(|_| unreadable())?;
        let address: &str = mailbox.email.as_ref();
        if !address.is_ascii() {
            return Err(AddressError::NotAscii(text.to_owned()));
        }
        Ok(Self(mailbox))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

crate::model::written_as! { EmailAddress, {
    "type": "string",
    "pattern": "@",
    "description": "An address, also with a name: Performance team <performance@example.org>"
} }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{Recipients, channels::Settings, testing::decode};

    #[test]
    fn addresses_that_cannot_work_are_found_where_they_stand() {
        for (text, message) in [
            (
                "{to: [chair@example.org, nowhere]}",
                "a.yaml:1:26: `nowhere` is not an email address such as chair@example.org or The chair <chair@example.org>",
            ),
            ("{to: chair@example.org}", "a.yaml:1:6: the text `chair@example.org` found where a list is expected"),
            (
                "{to: [chair@exämple.org]}",
                "a.yaml:1:7: the address in `chair@exämple.org` has letters beyond ASCII: write its domain in the form \
                 that begins with xn--",
            ),
        ] {
            assert_eq!(decode::<Recipients>(text).map(|_| ()), Err(vec![message.to_owned()]));
        }
        let problems = decode::<Recipients>("{to: []}").expect("decodes").check().sorted();
        assert_eq!(problems[0].to_string(), "a.yaml:1:6: at least one address is needed here");
        for text in ["a@b.org\r\nBcc: c@d.org", "a@b.org\0", "<a@b.org>, c@d.org", "a b@c.org", "@example.org"] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
    }
}
