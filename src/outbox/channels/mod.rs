//! The ways a message can travel: one module each, and one line in the registry below.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EmailSettings, Failure, OutboundSettings, QueuedMessage, RetrySettings, SecretPlaces};
use crate::{
    model::Disclosure,
    yaml::{Located, Place, Problems},
};

pub(super) mod alertmanager;
pub(super) mod email;
pub(super) mod folder;
pub(super) mod http;
mod rates;
pub(super) mod slack;
mod specimen;
pub(super) mod teams;
pub(super) mod webhook;
mod whole_file;

pub use specimen::specimen;

/// What a group's settings say of one channel.
trait Settings {
    /// Where messages go: one message is queued for each.
    fn recipients(&self) -> Vec<String>;

    /// What is wrong with settings that decode; without looking at the world.
    fn check(&self) -> Problems;

    /// How small numbers leave.
    fn disclosure(&self) -> Disclosure;

    /// The web address, of channels that post to one.
    fn target(&self) -> Option<&http::Target> {
        None
    }

    /// The folder, of channels that write to one.
    fn folder(&self) -> Option<&Located<PathBuf>> {
        None
    }
}

/// A channel that is ready to send.
pub trait Channel: Send + Sync {
    /// Sends one message. Dropping the future gives up.
    fn send<'a>(&'a self, message: &'a QueuedMessage, now: Timestamp) -> BoxFuture<'a, Result<(), Failure>>;

    /// The receivers with an address that can change behind their name.
    fn known(&self) -> Vec<Known> {
        Vec::new()
    }
}

/// A receiver of the settings in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The group's id.
    pub group: String,
    /// How messages name it.
    pub recipient: String,
    /// Tells its address from every other without saying it.
    pub address: String,
}

/// How a channel becomes ready: with the daemon's settings, those of all groups, and the files that they name.
trait Open: Channel + Sized + 'static {
    fn open(opening: &Opening<'_>) -> Result<Self, Problems>;
}

/// Makes, of one line a channel, the kinds, the settings and the way they are opened.
macro_rules! registry {
    ($($(#[doc = $doc:literal])* $kind:ident($settings:ty) is $code:literal, sent by $channel:ty;)+) => {
        /// How a message travels.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ChannelKind {
            $($(#[doc = $doc])* $kind,)+
        }

        impl ChannelKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$kind),+];

            /// A stable code, as the store, the settings and JSON have it.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$kind => $code,)+ }
            }
        }

        /// One entry of a group's `channels:`.
        #[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum ChannelSettings {
            $($(#[doc = $doc])* $kind($settings),)+
        }

        impl ChannelSettings {
            /// The kind of channel.
            #[must_use]
            pub fn kind(&self) -> ChannelKind {
                match self { $(Self::$kind(_) => ChannelKind::$kind,)+ }
            }

            fn settings(&self) -> &dyn Settings {
                match self { $(Self::$kind(settings) => settings,)+ }
            }
        }

        fn open_each(opening: &Opening<'_>) -> Vec<(ChannelKind, Result<Box<dyn Channel>, Problems>)> {
            vec![$((ChannelKind::$kind, <$channel>::open(opening).map(|channel| Box::new(channel) as Box<dyn Channel>)),)+]
        }
    };
}

registry! {
    /// Email, one message to each address.
    Email(email::Recipients) is "email", sent by email::Email;
    /// JSON to a URL, signed.
    Webhook(http::Posted<webhook::WebhookSettings>) is "webhook", sent by http::Hooks<webhook::Webhook>;
    /// Cards in a channel of Microsoft Teams, through a workflow.
    Teams(http::Posted<teams::TeamsSettings>) is "teams", sent by http::Hooks<teams::Teams>;
    /// Messages in a channel of Slack, through an incoming webhook.
    Slack(http::Posted<slack::SlackSettings>) is "slack", sent by http::Hooks<slack::Slack>;
    /// Alerts forwarded to a Prometheus Alertmanager.
    Alertmanager(http::Posted<alertmanager::AlertmanagerSettings>) is "alertmanager", sent by http::Hooks<alertmanager::Alertmanager>;
    /// Reports left in a folder.
    Folder(folder::FolderSettings) is "folder", sent by folder::Folders;
}

impl ChannelKind {
    /// The reverse of [`ChannelKind::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

impl fmt::Display for ChannelKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl ChannelSettings {
    /// Where messages go: one message is queued for each, with this text as its recipient.
    #[must_use]
    pub fn recipients(&self) -> Vec<String> {
        self.settings().recipients()
    }

    /// What is wrong with settings that decode. Looks at no file and no network.
    #[must_use]
    pub fn check(&self) -> Problems {
        self.settings().check()
    }

    /// How small numbers leave by it.
    #[must_use]
    pub fn disclosure(&self) -> Disclosure {
        self.settings().disclosure()
    }

    /// Where it says where messages go, of channels with one receiver.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        let settings = self.settings();
        settings.target().and_then(http::Target::place).or_else(|| settings.folder().map(|folder| &folder.place))
    }

    /// The folder, of a channel that leaves reports in one.
    #[must_use]
    pub fn folder(&self) -> Option<&Located<PathBuf>> {
        self.settings().folder()
    }

    /// What is wrong with where messages would go, as far as the settings say it themselves. What a file says is looked at
    /// when the channel is opened, and where names lead when a connection is made.
    #[must_use]
    pub fn check_outbound(&self, outbound: &OutboundSettings) -> Problems {
        let host = self.settings().target().and_then(http::Target::host);
        host.and_then(|(host, place)| outbound.check(host, place).err()).unwrap_or_default()
    }
}

/// What channels need to become ready.
#[derive(Debug)]
pub struct Opening<'a> {
    /// Where secrets, and with the transport `files` messages, are.
    pub places: &'a SecretPlaces,
    /// The daemon's `email:`.
    pub email: &'a EmailSettings,
    /// The daemon's `outbound:`.
    pub outbound: &'a OutboundSettings,
    /// The daemon's `retry:`, for the time that a connection may take.
    pub retry: &'a RetrySettings,
    /// Every group's id with its channels.
    pub groups: &'a [(&'a str, &'a [ChannelSettings])],
}

/// All channels, ready to send.
pub struct Channels {
    open: BTreeMap<ChannelKind, Box<dyn Channel>>,
}

impl Channels {
    /// Reads secrets and certificates and makes every channel ready; nothing is connected yet.
    ///
    /// # Errors
    /// Every file that cannot be read or used, at the setting that names it.
    pub fn open(opening: &Opening<'_>) -> Result<Self, Problems> {
        install_crypto_provider();
        let mut problems = Problems::default();
        let mut open = BTreeMap::new();
        for (kind, channel) in open_each(opening) {
            if let Some(channel) = problems.take(channel) {
                open.insert(kind, channel);
            }
        }
        problems.into_result().map(|()| Self { open })
    }

    /// The receivers of these settings with an address that can change behind their name, by kind.
    #[must_use]
    pub fn known(&self) -> Vec<(ChannelKind, Known)> {
        self.open.iter().flat_map(|(kind, channel)| channel.known().into_iter().map(|known| (*kind, known))).collect()
    }

    /// These channels, and no others: for tests, and for simulations, which send nothing.
    pub fn of(open: impl IntoIterator<Item = (ChannelKind, Box<dyn Channel>)>) -> Self {
        Self { open: open.into_iter().collect() }
    }

    pub(super) async fn send(&self, message: &QueuedMessage, now: Timestamp) -> Result<(), Failure> {
        match self.open.get(&message.channel) {
            Some(channel) => channel.send(message, now).await,
            None => Err(Failure::again(format!("the channel {} is not ready", message.channel))),
        }
    }
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.open.keys()).finish()
    }
}

/// Makes ring the process's cryptography, once: TLS in this process has no other, and panics without. Harmless when done
/// again.
pub fn install_crypto_provider() {
    // An error says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Whether a host name or address can only mean this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbox::testing::decode;

    #[test]
    fn kinds_survive_their_codes() {
        assert_eq!(
            ChannelKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>(),
            ["email", "webhook", "teams", "slack", "alertmanager", "folder"]
        );
        for kind in ChannelKind::ALL {
            assert_eq!(ChannelKind::from_code(kind.code()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
        assert_eq!(ChannelKind::from_code("fax"), None);
    }

    #[test]
    fn an_unknown_channel_is_named() {
        let problems =
            decode::<Vec<ChannelSettings>>("- fax: {to: [x]}\n- emial: {to: [x@example.org]}\n").expect_err("fax");
        assert_eq!(
            problems,
            [
                "a.yaml:1:3: `fax` is not one of the choices here (known: `email`, `webhook`, `teams`, `slack`, `alertmanager`, `folder`)",
                "a.yaml:2:3: `emial` is not one of the choices here (did you mean `email`?)"
            ]
        );
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "0.0.0.0", "", "::2"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
