//! Email: one message to each address, over SMTP or to files.

use futures::future::BoxFuture;
use jiff::Timestamp;
use lettre::{
    Address,
    message::{Mailbox, Message},
};
use serde::Deserialize;

use super::{Channel, Open, Opening, Settings};
use crate::{
    model::Disclosure,
    outbox::{Failure, QueuedMessage},
    yaml::{Located, Problem, Problems},
};

mod address;
mod compose;
mod files;
mod pace;
mod pool;
mod relay;
mod smtp;

use address::AddressError;
pub use address::EmailAddress;
use compose::compose;
use files::MailFolder;
pub use pace::AtMost;
use relay::Relay;
pub use smtp::{SmtpSettings, SmtpTls};

/// The daemon's `email:`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
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
#[derive(Debug, Clone, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Each message becomes a file `mail/….eml` in the home.
    #[default]
    Files,
    /// Each message goes to a relay.
    Smtp(Box<SmtpSettings>),
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

/// A group's `email:`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Recipients {
    /// The addresses; each gets a message of its own.
    pub to: Located<Vec<EmailAddress>>,
    /// How small numbers leave: `mask`, `{ round_to: 5 }` or `none`.
    #[serde(default)]
    pub disclosure: Disclosure,
}

impl Settings for Recipients {
    fn recipients(&self) -> Vec<String> {
        self.to.iter().map(ToString::to_string).collect()
    }

    fn check(&self) -> Problems {
        if self.to.is_empty() {
            return Problem::new(self.to.place.clone(), "at least one address is needed here").into();
        }
        Problems::default()
    }

    fn disclosure(&self) -> Disclosure {
        self.disclosure
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
            Transport::Files => Carrier::Files(MailFolder::new(opening.places.home.join("mail"))),
            Transport::Smtp(settings) => Carrier::Smtp(Box::new(Relay::open(settings, opening)?)),
        };
        Ok(Self { from: opening.email.from.0.clone(), carrier })
    }
}

impl Channel for Email {
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let EmailAddress(to) =
                message.recipient.parse().map_err(|e: AddressError| Failure::refused(e.to_string()))?;
            let email = self.composed(&to, message)?;
            match &self.carrier {
                Carrier::Files(folder) => folder.write(message, email.formatted()).await,
                Carrier::Smtp(relay) => relay.send(&self.from.email, &to.email, &email.formatted(), now).await,
            }
        })
    }
}

impl Email {
    fn composed(&self, to: &Mailbox, message: &QueuedMessage) -> Result<Message, Failure> {
        composed(&self.from, to, message)
    }
}

fn composed(from: &Mailbox, to: &Mailbox, message: &QueuedMessage) -> Result<Message, Failure> {
    compose(from, to, message)
        .map_err(|error| Failure::refused(format!("no email can be made of this message: {error}")))
}

/// A message as the file of an email.
pub(super) fn written(settings: &EmailSettings, message: &QueuedMessage) -> Result<Vec<u8>, Failure> {
    let EmailAddress(to) = message.recipient.parse().map_err(|e: AddressError| Failure::refused(e.to_string()))?;
    Ok(composed(&settings.from.0, &to, message)?.formatted())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::{ChannelSettings, testing::decode};

    #[test]
    fn each_address_is_a_recipient() {
        let settings: ChannelSettings =
            decode("email: {to: [chair@example.org, '\"Secretary, the\" <secretary@example.org>']}").expect("valid");
        assert!(settings.check().is_empty());
        let recipients = settings.recipients();
        assert_eq!(recipients, ["chair@example.org", "\"Secretary, the\" <secretary@example.org>"]);
        // What the queue keeps is read back when it is sent.
        for recipient in recipients {
            assert_eq!(recipient.parse::<EmailAddress>().expect("read back").to_string(), recipient);
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
