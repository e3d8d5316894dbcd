//! Email over SMTP.
//!
//! The conversation is led here step by step, because the step decides what a refusal means: a relay that does not take
//! our password or sender has refused us and may take the message once that is put right; one that says 5xx to the
//! recipient or to the message itself has refused this message for good.

use std::{
    error::Error as _,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use lettre::{
    Address,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use super::{
    SmtpSettings, SmtpTls,
    pace::Pace,
    pool::{Open, Pool},
};
use crate::{
    outbox::{
        Failure, Opening, SecretPlaces,
        message::{one_line, with_causes},
    },
    yaml::{Located, Problem, Problems},
};

/// A relay that messages can be sent through, over a few connections.
pub(super) struct Relay {
    host: String,
    port: u16,
    protection: Protection,
    login: Option<Login>,
    hello: ClientId,
    timeout: Duration,
    places: Semaphore,
    pool: Pool,
    pace: Mutex<Pace>,
}

/// A failure, and whether the relay wants a pause.
struct Refusal {
    failure: Failure,
    is_too_much: bool,
}

enum Protection {
    Starttls(TlsParameters),
    Tls(TlsParameters),
    None,
}

struct Login {
    user: String,
    password: SecretString,
}

impl Relay {
    pub(super) fn open(settings: &SmtpSettings, opening: &Opening<'_>) -> Result<Self, Problems> {
        settings.check().into_result()?;
        let mut problems = Problems::default();
        let tls = || tls_parameters(settings, opening.places).map_err(Problems::from);
        let protection = match settings.tls {
            SmtpTls::Starttls => problems.take(tls()).map(Protection::Starttls),
            SmtpTls::Tls => problems.take(tls()).map(Protection::Tls),
            SmtpTls::None => Some(Protection::None),
        };
        let login = match (&settings.user, &settings.password_file) {
            (Some(user), Some(file)) => problems
                .take(opening.places.secret(file).map_err(Problems::from))
                .map(|password| Login { user: user.value.clone(), password }),
            _ => None,
        };
        let Some(protection) = protection else { return Err(problems) };
        problems.into_result()?;
        Ok(Self {
            host: settings.host.value.clone(),
            port: settings.port(),
            protection,
            login,
            hello: settings
                .hello_name
                .as_ref()
                .map_or_else(ClientId::default, |name| ClientId::Domain(name.value.clone())),
            timeout: opening.retry.timeout.get(),
            places: Semaphore::new(settings.connections.get().into()),
            pool: Pool::default(),
            pace: Mutex::new(Pace::new(settings.at_most)),
        })
    }

    /// Hands one message over. Once the relay has taken it, nothing that follows makes it a failure.
    pub(super) async fn send(&self, from: &Address, to: &Address, email: &[u8], now: Timestamp) -> Result<(), Failure> {
        // What waits for a place for long would be cut short when it has one.
        let place = tokio::time::timeout(self.timeout / 4, self.places.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(Failure::NotYet { until: self.after_an_attempt(now) }) };
        self.pace().take(now).map_err(|until| Failure::NotYet { until })?;
        let sent = self.over_a_connection(from, to, email).await;
        match sent {
            Ok(()) => self.pace().taken(),
            Err(Refusal { is_too_much: true, .. }) => self.pace().pause(now),
            Err(_) => {}
        }
        sent.map_err(|refusal| refusal.failure)
    }

    async fn over_a_connection(&self, from: &Address, to: &Address, email: &[u8]) -> Result<(), Refusal> {
        let mut open = match self.kept(from).await {
            Some(open) => open,
            None => self.fresh(from).await?,
        };
        let sent = self.hand_over(&mut open.connection, to, email).await;
        if sent.is_ok() {
            self.pool.put(open);
        } else {
            open.close();
        }
        sent
    }

    /// A connection that was used before and takes the sender. One that was closed meanwhile, or does not, is no loss:
    /// nothing else was said on it.
    async fn kept(&self, from: &Address) -> Option<Open> {
        let mut open = self.pool.take()?;
        if open.connection.command(Mail::new(Some(from.clone()), Vec::new())).await.is_ok() {
            return Some(open);
        }
        open.close();
        None
    }

    /// A new connection that takes the sender.
    async fn fresh(&self, from: &Address) -> Result<Open, Refusal> {
        let mut open = Open::new(self.connect().await?);
        match open.connection.command(Mail::new(Some(from.clone()), Vec::new())).await {
            Ok(_) => Ok(open),
            Err(error) => {
                open.close();
                Err(self.again("did not take the sender", &error))
            }
        }
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Connects, protects the connection and logs in. A failure here says nothing about the message.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Refusal> {
        let (server, timeout) = ((self.host.as_str(), self.port), Some(self.timeout));
        let wrapper = match &self.protection {
            Protection::Tls(tls) => Some(tls.clone()),
            Protection::Starttls(_) | Protection::None => None,
        };
        let connected = AsyncSmtpConnection::connect_tokio1(server, timeout, &self.hello, wrapper, None).await;
        let mut connection = connected.map_err(|error| match error.status() {
            Some(_) => self.again("turned us away", &error),
            None => self.again("could not be reached", &error),
        })?;
        if let Protection::Starttls(tls) = &self.protection {
            let changed = connection.starttls(tls.clone(), &self.hello).await;
            changed.map_err(|error| self.again("did not change to TLS", &error))?;
        }
        if let Some(login) = &self.login {
            let credentials = Credentials::new(login.user.clone(), login.password.expose_secret().to_owned());
            let welcome = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            welcome.map_err(|error| self.again("did not let us log in", &error))?;
        }
        Ok(connection)
    }

    async fn hand_over(&self, connection: &mut AsyncSmtpConnection, to: &Address, email: &[u8]) -> Result<(), Refusal> {
        let recipient = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        recipient.map_err(|error| self.judged("did not take the recipient", &error))?;
        let ready = connection.command(Data).await;
        ready.map_err(|error| self.judged("did not ask for the message", &error))?;
        let taken = connection.message(email).await;
        taken.map_err(|error| self.judged("did not take the message", &error))?;
        Ok(())
    }

    /// A refusal for good if the relay says so; errors of TLS and of the connection never do.
    fn judged(&self, what: &str, error: &Error) -> Refusal {
        if error.is_permanent() {
            Refusal { failure: Failure::refused(self.reason(what, error)), is_too_much: false }
        } else {
            self.again(what, error)
        }
    }

    fn again(&self, what: &str, error: &Error) -> Refusal {
        Refusal { failure: Failure::again(self.reason(what, error)), is_too_much: is_too_much(error) }
    }

    /// When whatever is under way now is over.
    fn after_an_attempt(&self, now: Timestamp) -> Timestamp {
        let timeout = SignedDuration::try_from(self.timeout).unwrap_or(SignedDuration::MAX);
        now.checked_add(timeout).unwrap_or(Timestamp::MAX)
    }

    /// `smtp.example.org did not take the recipient: 550 5.1.1 no such user`.
    fn reason(&self, what: &str, error: &Error) -> String {
        let said = match error.status() {
            Some(code) => one_line(&format!("{code} {}", error.source().map(ToString::to_string).unwrap_or_default())),
            None => with_causes(error),
        };
        format!("{} {what}: {said}", self.host)
    }
}

/// Whether it is not this message but all that was sent: RFC 5321 has 421 for a service that closes, RFC 3463 has 4.3.2 for
/// one that takes nothing now, and for "too many" each provider has words of its own.
fn is_too_much(error: &Error) -> bool {
    let said = error.source().map(|said| said.to_string().to_ascii_lowercase()).unwrap_or_default();
    let words = ["4.3.2", "too many", "too much", "rate limit", "rate exceeded", "throttl", "limit exceeded"];
    let code = error.status().map(u16::from);
    code == Some(421) || code.is_some_and(|code| code / 100 == 4) && words.iter().any(|word| said.contains(word))
}

fn tls_parameters(settings: &SmtpSettings, places: &SecretPlaces) -> Result<TlsParameters, Problem> {
    let mut builder = TlsParameters::builder(settings.host.value.clone());
    if let Some(file) = &settings.ca_file {
        let pem = places.certificates(file)?;
        let certificate = Certificate::from_pem(pem.as_bytes());
        builder = builder.add_root_certificate(certificate.map_err(|error| unusable(file, &error))?);
    }
    builder.build().map_err(|error| match &settings.ca_file {
        Some(file) => unusable(file, &error),
        None => Problem::new(settings.host.place.clone(), format!("TLS is not possible: {}", with_causes(&error))),
    })
}

fn unusable(file: &Located<PathBuf>, error: &Error) -> Problem {
    Problem::new(file.place.clone(), format!("a certificate in this file cannot be used: {}", with_causes(error)))
}

#[cfg(test)]
#[path = "relay_tests.rs"]
mod tests;
