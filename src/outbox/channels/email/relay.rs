//! Email over SMTP.
//!
//! The conversation is led here step by step, because the step decides what a refusal means: a relay that does not take
//! our password or sender has refused us and may take the message once that is put right; one that says 5xx to the
//! recipient or to the message itself has refused this message for good.

use std::{error::Error as _, path::PathBuf, time::Duration};

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

use super::{SmtpSettings, SmtpTls};
use crate::{
    outbox::{
        Failure, Opening, SecretPlaces,
        message::{one_line, with_causes},
    },
    yaml::{Located, Problem, Problems},
};

/// How long a farewell may take; the message is safe by then.
const FAREWELL: Duration = Duration::from_secs(2);

/// A relay that messages can be sent through; each opens a connection of its own.
pub(super) struct Relay {
    host: String,
    port: u16,
    protection: Protection,
    login: Option<Login>,
    hello: ClientId,
    timeout: Duration,
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
        })
    }

    /// Hands one message over. Once the relay has taken it, nothing that follows makes it a failure.
    pub(super) async fn send(&self, from: &Address, to: &Address, email: &[u8]) -> Result<(), Failure> {
        let mut connection = self.connect().await?;
        let sent = self.hand_over(&mut connection, from, to, email).await;
        // The outcome does not wait for good manners.
        tokio::spawn(async move {
            let _ = tokio::time::timeout(FAREWELL, connection.abort()).await;
        });
        sent
    }

    /// Connects, protects the connection and logs in. A failure here says nothing about the message.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
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

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: &Address,
        to: &Address,
        email: &[u8],
    ) -> Result<(), Failure> {
        let sender = connection.command(Mail::new(Some(from.clone()), Vec::new())).await;
        sender.map_err(|error| self.again("did not take the sender", &error))?;
        let recipient = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        recipient.map_err(|error| self.judged("did not take the recipient", &error))?;
        let ready = connection.command(Data).await;
        ready.map_err(|error| self.judged("did not ask for the message", &error))?;
        let taken = connection.message(email).await;
        taken.map_err(|error| self.judged("did not take the message", &error))?;
        Ok(())
    }

    /// A refusal for good if the relay says so; errors of TLS and of the connection never do.
    fn judged(&self, what: &str, error: &Error) -> Failure {
        if error.is_permanent() { Failure::refused(self.reason(what, error)) } else { self.again(what, error) }
    }

    fn again(&self, what: &str, error: &Error) -> Failure {
        Failure::again(self.reason(what, error))
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
