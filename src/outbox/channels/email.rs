//! Email: one message to each address, over SMTP or to files.

use std::path::PathBuf;

use futures::future::BoxFuture;
use jiff::Timestamp;
use lettre::{
    Address,
    message::{Mailbox, Message},
};
use serde::{Deserialize, Deserializer, de};

use super::{
    Channel, Open, Opening, Settings,
    compose::compose,
    mail_files::MailFolder,
    smtp::{Relay, SmtpSettings},
};
use crate::{
    outbox::{Failure, QueuedMessage},
    yaml::Problems,
};

/// The daemon's `email:`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmailSettings {
    /// Who messages are from.
    #[serde(default = "nobody")]
    pub from: EmailAddress,
    /// How they travel.
    #[serde(default)]
    pub transport: Transport,
}

/// How email travels.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Each message becomes a file `mail/….eml` in the home.
    #[default]
    Files,
    /// Each message goes to a relay.
    Smtp(SmtpSettings),
}

impl Default for EmailSettings {
    /// From nobody in particular, to files.
    fn default() -> Self {
        Self { from: nobody(), transport: Transport::default() }
    }
}

impl EmailSettings {
    /// What is wrong with settings that decode. Looks at no file and no network.
    #[must_use]
    pub fn check(&self) -> Problems {
        match &self.transport {
            Transport::Files => Problems::default(),
            Transport::Smtp(smtp) => smtp.check(),
        }
    }
}

fn nobody() -> EmailAddress {
    EmailAddress(Mailbox::new(Some("bellwether".to_owned()), Address::new_dangerous("bellwether", "localhost")))
}

/// An address, with or without a name: `chair@example.org`, `The chair <chair@example.org>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress(Mailbox);

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

impl std::str::FromStr for EmailAddress {
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

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A group's `email:`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    /// The addresses; each gets a message of its own.
    #[serde(deserialize_with = "at_least_one")]
    pub to: Vec<EmailAddress>,
}

fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<EmailAddress>, D::Error> {
    let addresses = Vec::deserialize(deserializer)?;
    if addresses.is_empty() { Err(de::Error::custom("at least one address is needed here")) } else { Ok(addresses) }
}

impl Settings for Recipients {
    fn recipients(&self) -> Vec<String> {
        self.to.iter().map(ToString::to_string).collect()
    }

    fn check(&self) -> Problems {
        Problems::default()
    }
}

/// The channel.
pub(super) struct Email {
    from: Mailbox,
    carrier: Carrier,
}

enum Carrier {
    Files(MailFolder),
    Smtp(Box<Relay>),
}

impl Open for Email {
    fn open(opening: &Opening<'_>) -> Result<Self, Problems> {
        let carrier = match &opening.email.transport {
            Transport::Files => Carrier::Files(MailFolder::new(opening.places.home.join(PathBuf::from("mail")))),
            Transport::Smtp(settings) => Carrier::Smtp(Box::new(Relay::open(settings, opening)?)),
        };
        Ok(Self { from: opening.email.from.0.clone(), carrier })
    }
}

impl Channel for Email {
    fn send<'a>(&'a self, message: &'a QueuedMessage, _: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let EmailAddress(to) =
                message.recipient.parse().map_err(|e: AddressError| Failure::refused(e.to_string()))?;
            let email = self.composed(&to, message)?;
            match &self.carrier {
                Carrier::Files(folder) => folder.write(message, email.formatted()).await,
                Carrier::Smtp(relay) => relay.send(&self.from.email, &to.email, &email.formatted()).await,
            }
        })
    }
}

impl Email {
    fn composed(&self, to: &Mailbox, message: &QueuedMessage) -> Result<Message, Failure> {
        compose(&self.from, to, message)
            .map_err(|error| Failure::refused(format!("no email can be made of this message: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{ChannelSettings, testing::decode};

    #[test]
    fn each_address_is_a_recipient() {
        let settings: ChannelSettings =
            decode("email: {to: [chair@example.org, 'Secretary, the <secretary@example.org>']}").expect("valid");
        assert!(settings.check().is_empty());
        let recipients = settings.recipients();
        assert_eq!(recipients, ["chair@example.org", "\"Secretary, the\" <secretary@example.org>"]);
        // What the queue keeps is read back when it is sent.
        for recipient in recipients {
            assert_eq!(recipient.parse::<EmailAddress>().expect("read back").to_string(), recipient);
        }
    }

    #[test]
    fn addresses_that_cannot_work_are_found_where_they_stand() {
        for (text, message) in [
            (
                "{to: [chair@example.org, nowhere]}",
                "a.yaml:1:26: `nowhere` is not an email address such as chair@example.org or The chair <chair@example.org>",
            ),
            ("{to: []}", "a.yaml:1:6: at least one address is needed here"),
            ("{to: chair@example.org}", "a.yaml:1:6: the text `chair@example.org` found where a sequence is expected"),
            (
                "{to: [chair@exämple.org]}",
                "a.yaml:1:7: the address in `chair@exämple.org` has letters beyond ASCII: write its domain in the form \
                 that begins with xn--",
            ),
            ("{too: [chair@example.org]}", "a.yaml:1:2: there is no setting `too` here (did you mean `to`?)"),
        ] {
            let problems = decode::<Recipients>(text).map(|_| ()).expect_err(text);
            assert_eq!(problems[0], message);
        }
        for text in ["a@b.org\r\nBcc: c@d.org", "a@b.org\0", "<a@b.org>, c@d.org", "a b@c.org", "@example.org"] {
            assert!(text.parse::<EmailAddress>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn without_settings_email_goes_to_files() {
        let settings: EmailSettings = decode("{from: bellwether <bellwether@example.org>}").expect("valid");
        assert!(matches!(settings.transport, Transport::Files));
        assert!(matches!(decode::<EmailSettings>("{transport: files}").expect("valid").transport, Transport::Files));
        assert!(settings.check().is_empty());
    }
}
