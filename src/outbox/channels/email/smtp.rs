//! Settings of a relay, and which of them would leak what must not be read by others.

use std::{num::NonZeroU8, path::PathBuf};

use serde::Deserialize;

use super::AtMost;
use crate::{
    outbox::channels::is_loopback,
    yaml::{Located, Problem, Problems},
};

/// A relay.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: Located<String>,
    /// Its port: 587 with `tls: starttls`, 465 with `tls: tls` and 25 with `tls: none`, if not given.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: SmtpTls,
    /// Who logs in; nobody, if not given.
    #[serde(default)]
    pub user: Option<Located<String>>,
    /// The file that holds the password.
    #[serde(default)]
    pub password_file: Option<Located<PathBuf>>,
    /// A file of certificates (PEM) that are trusted as well as the system's, for a relay with a private authority.
    #[serde(default)]
    pub ca_file: Option<Located<PathBuf>>,
    /// Allows `tls: none` to another machine, for a relay inside a closed network.
    #[serde(default)]
    pub allow_plaintext: bool,
    /// How many messages it takes in a time, such as `30 per minute` (what Microsoft 365 allows one sender); the others
    /// wait. As many as there are, if not given.
    #[serde(default)]
    pub at_most: Option<AtMost>,
    /// How many connections are open at once.
    #[serde(default = "two")]
    pub connections: NonZeroU8,
    /// What this machine calls itself; its address literal `[127.0.0.1]`, if not given.
    #[serde(default)]
    pub hello_name: Option<Located<String>>,
}

fn two() -> NonZeroU8 {
    NonZeroU8::MIN.saturating_add(1)
}

/// How the connection to a relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SmtpTls {
    /// It begins in the open and must change to TLS before anything is said.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// Not at all: for a relay on this machine.
    None,
}

impl SmtpSettings {
    /// What is wrong with settings that decode. Looks at no file and no network.
    pub(super) fn check(&self) -> Problems {
        let mut problems = Problems::default();
        if !is_host(&self.host) {
            let problem =
                Problem::new(self.host.place.clone(), format!("`{}` is not the name of a machine", *self.host));
            problems.push(problem.hint("the port and the kind of protection are settings of their own"));
        }
        if let Some(name) = self.hello_name.as_ref().filter(|name| !is_host(name)) {
            problems.push(Problem::new(name.place.clone(), format!("`{}` is not the name of a machine", **name)));
        }
        if self.tls == SmtpTls::None && !is_loopback(&self.host) && !self.allow_plaintext {
            let message = format!("messages to {} would travel in the open", *self.host);
            let problem = Problem::new(self.host.place.clone(), message);
            problems.push(problem.hint("use `tls: starttls` or `tls: tls`, or say `allow_plaintext: true`"));
        }
        match (&self.user, &self.password_file) {
            (Some(user), _) if self.tls == SmtpTls::None => {
                let problem = Problem::new(user.place.clone(), "a password is never sent without TLS");
                problems.push(problem.hint("use `tls: starttls` or `tls: tls`, or leave out `user`"));
            }
            (Some(user), None) => {
                let problem = Problem::new(user.place.clone(), "the setting `password_file` is missing");
                problems.push(problem.hint("a user needs a password"));
            }
            (None, Some(file)) => {
                let problem = Problem::new(file.place.clone(), "the setting `user` is missing");
                problems.push(problem.hint("a password needs a user"));
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
        problems
    }

    pub(super) fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            SmtpTls::Starttls => 587,
            SmtpTls::Tls => 465,
            SmtpTls::None => 25,
        })
    }
}

/// Letters, digits and what stands in names and addresses: nothing that could end a line or begin a path.
fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':'))
        && (!text.contains(':') || text.parse::<std::net::Ipv6Addr>().is_ok())
}
