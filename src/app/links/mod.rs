//! Signed links in messages, and the pages behind them on which people act on alerts.
//!
//! A link is for one notice and the group that it went to, and works for a time. Whoever has it may act in the name of that
//! group, as whoever has the message may. It holds no secret but its signature; the key lies in the home's state. To follow
//! a link changes nothing, whoever follows it: only the form on the page does.

mod form;
mod guard;
mod key;
mod pages;
mod strangers;
mod token;

use std::{io, sync::Arc};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretSlice};

use crate::{
    config::{self, Config},
    model::Notice,
};

use super::{App, home::Home};

pub(super) use pages::{Peer, router};
use token::Token;

/// What makes links, and knows them again. The key is read when a link is made or followed, and no sooner: most of what is
/// decided has none to make.
#[derive(Debug)]
pub struct Links {
    settings: config::Links,
    config: Arc<Config>,
    home: Home,
}

impl Links {
    /// Those of a home, as it is configured now; none where no links are asked for.
    #[must_use]
    pub fn of(app: &App) -> Option<Self> {
        let config = app.config();
        Some(Self { settings: config.daemon.links.clone()?, config, home: app.home.clone() })
    }

    /// None where the key cannot be used, which is logged: a message without a link is better than none.
    fn key(&self) -> Option<SecretSlice<u8>> {
        let key = key::read_or_make(&self.home);
        key.inspect_err(|error| {
            tracing::error!(%error, "the key of links (state/links.key) cannot be used: there are none in messages");
        })
        .ok()
    }

    /// The link of a notice: none where there is nothing to act on.
    #[must_use]
    pub fn to(&self, notice: &Notice) -> Option<String> {
        if notice.content.actionable()?.actionable().is_empty() {
            return None;
        }
        let key = self.key()?;
        let expires = self.settings.valid.after(notice.created, &self.config.calendar);
        let token = Token { notice: notice.id, group: notice.group.clone(), expires };
        Some(format!("{}/act/{}", self.settings.base, token.sign(key.expose_secret())))
    }

    fn open(&self, token: &str, now: Timestamp) -> Option<Token> {
        Token::open(token, self.key()?.expose_secret(), now)
    }
}

/// Makes a new key: every link that was sent works no more.
///
/// # Errors
/// The home's state cannot be written to.
pub fn rotate(home: &Home) -> io::Result<()> {
    key::rotate(home)
}
