//! One SMTP server, spoken to through few connections that are used again.
//!
//! lettre's own pool is not used: when a slow exchange is given up in the middle it keeps the
//! connection, and the next mail would be written into the one before. And it does not say whether
//! a mail was already on its way when the connection was lost.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{MailError, Refusal, Stage};

/// Connections at once: servers refuse who comes with many. All of them are kept for the next
/// mails.
const CONNECTIONS: usize = 16;
/// For how long they are kept.
const IDLE: Duration = Duration::from_secs(60);
/// What a server is expected to take of a large mail, beside the fixed time.
const BYTES_PER_SECOND: usize = 1_000_000;

/// One SMTP server.
pub struct Server {
    url: SecretString,
    /// Made at the first mail: reading the machine's certificates takes longer than the rest of a
    /// start.
    way: tokio::sync::OnceCell<Way>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
    turns: tokio::sync::Semaphore,
}

/// How the server is reached.
struct Way {
    host: String,
    port: u16,
    tls: Option<TlsParameters>,
    start: Start,
    name: ClientId,
    login: Option<Credentials>,
}

/// When a connection is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Never,
    AtOnce,
    IfOffered,
    Always,
}

impl Server {
    /// From `smtp://`, `smtp://…?tls=required`, `smtp://…?tls=opportunistic` or `smtps://`, with
    /// user and password.
    pub fn new(url: SecretString) -> Self {
        Self {
            url,
            way: tokio::sync::OnceCell::new(),
            idle: Mutex::default(),
            turns: tokio::sync::Semaphore::new(CONNECTIONS),
        }
    }

    /// Scheme and host, without any secret.
    pub fn describe(&self) -> String {
        match Url::parse(self.url.expose_secret()) {
            Ok(url) => format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
            Err(_) => "smtp".to_owned(),
        }
    }

    /// Hands one mail over.
    ///
    /// # Errors
    /// When it did not leave, or when nobody knows.
    pub async fn send(
        &self,
        envelope: &Envelope,
        message: &[u8],
        timeout: Duration,
    ) -> Result<(), MailError> {
        let way = self.way.get_or_try_init(|| async { read(self.url.expose_secret()) }).await?;
        let late = |_| MailError::Transient(Refusal::new("the server did not answer in time"));
        let ready = async {
            let turn = self
                .turns
                .acquire()
                .await
                .map_err(|error| MailError::Transient(Refusal::new(error.to_string())))?;
            Ok::<_, MailError>((turn, self.connection(way, timeout, envelope).await?))
        };
        let (_turn, mut connection) =
            tokio::time::timeout(timeout, ready).await.map_err(late)??;
        let bytes = Duration::from_secs((message.len() / BYTES_PER_SECOND) as u64);
        // A connection that is given up here is dropped with it.
        match tokio::time::timeout(timeout + bytes, connection.message(message)).await {
            Ok(Ok(_)) => {
                self.keep(connection);
                Ok(())
            }
            Ok(Err(error)) if error.status().is_some() => {
                self.keep(connection);
                Err(sort(Stage::Content, &error))
            }
            Ok(Err(error)) => Err(MailError::Unknown(refusal(Stage::Content, &error))),
            Err(_) => Err(MailError::Unknown(Refusal::new(
                "the server did not answer in time after the mail had been sent",
            ))),
        }
    }

    /// A connection on which the server has taken sender and recipient and waits for the mail
    /// itself.
    async fn connection(
        &self,
        way: &Way,
        timeout: Duration,
        envelope: &Envelope,
    ) -> Result<AsyncSmtpConnection, MailError> {
        let mut connection = loop {
            let kept = self.idle.lock().ok().and_then(|mut idle| idle.pop());
            match kept {
                Some((mut connection, since)) if since.elapsed() < IDLE => {
                    if connection.test_connected().await {
                        break connection;
                    }
                }
                Some(_) => {}
                None => {
                    let opened = way.connect(timeout).await;
                    break opened.map_err(|error| sort(Stage::Opening, &error))?;
                }
            }
        };
        let accepted = async {
            let from = Mail::new(envelope.from().cloned(), Vec::new());
            let at = |stage| move |error: Error| sort(stage, &error);
            connection.command(from).await.map_err(at(Stage::Sender))?;
            for to in envelope.to() {
                let to = Rcpt::new(to.clone(), Vec::new());
                connection.command(to).await.map_err(at(Stage::Recipient))?;
            }
            connection.command(Data).await.map_err(at(Stage::Data))
        };
        match accepted.await {
            Ok(_) => Ok(connection),
            Err(error) => {
                // After a refusal the next mail needs a clean start; a new connection is the surest
                // one.
                connection.abort().await;
                Err(error)
            }
        }
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        if let Ok(mut idle) = self.idle.lock()
            && idle.len() < CONNECTIONS
            && !connection.has_broken()
        {
            idle.push((connection, Instant::now()));
        }
    }
}

impl Way {
    async fn connect(&self, timeout: Duration) -> Result<AsyncSmtpConnection, Error> {
        let wrapped = self.tls.clone().filter(|_| self.start == Start::AtOnce);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(timeout), &self.name, wrapped, None)
                .await?;
        if let Some(tls) = self.tls.clone()
            && (self.start == Start::Always
                || self.start == Start::IfOffered && connection.can_starttls())
        {
            connection.starttls(tls, &self.name).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], login).await?;
        }
        Ok(connection)
    }
}

/// Reads the URL as lettre does.
fn read(url: &str) -> Result<Way, MailError> {
    let wrong = |what: &str| MailError::Transient(Refusal::new(format!("smtp.url: {what}")));
    let url = Url::parse(url).map_err(|_| wrong("is not a URL"))?;
    let host = url.host_str().ok_or_else(|| wrong("names no host"))?.to_owned();
    let wish =
        url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
    let (start, port) = match (url.scheme(), wish.as_deref()) {
        ("smtp", None) => (Start::Never, 25),
        ("smtp", Some("required")) => (Start::Always, 587),
        ("smtp", Some("opportunistic")) => (Start::IfOffered, 587),
        ("smtps", _) => (Start::AtOnce, 465),
        _ => {
            return Err(wrong(
                "begins with smtp:// or smtps://, and tls is required or opportunistic",
            ));
        }
    };
    let tls = match start {
        Start::Never => None,
        Start::AtOnce | Start::IfOffered | Start::Always => {
            Some(TlsParameters::new(host.clone()).map_err(|error| sort(Stage::Opening, &error))?)
        }
    };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let login =
        url.password().map(|password| Credentials::new(decoded(url.username()), decoded(password)));
    let name = match url.path().trim_matches('/') {
        "" => ClientId::default(),
        name => ClientId::Domain(name.to_owned()),
    };
    Ok(Way { host, port: url.port().unwrap_or(port), tls, start, name, login })
}

fn sort(stage: Stage, error: &Error) -> MailError {
    if error.is_permanent() {
        MailError::Permanent(refusal(stage, error))
    } else {
        MailError::Transient(refusal(stage, error))
    }
}

fn refusal(stage: Stage, error: &Error) -> Refusal {
    let text = error.to_string();
    Refusal { stage, code: error.status().map(u16::from), enhanced: enhanced(&text), text }
}

/// The enhanced status code in the text of a reply: `5.1.1`.
fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let mut parts = word.trim_end_matches('.').split('.').map(str::parse::<u16>);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(class @ (2 | 4 | 5))), Some(Ok(subject)), Some(Ok(detail)), None) => {
                Some((class, subject, detail))
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::enhanced;

    #[test]
    fn enhanced_codes() {
        let table = [
            ("permanent error (550): 5.1.1 <a@b.example> no such user", Some((5, 1, 1))),
            ("transient error (451): 4.7.1 Greylisted, see 192.0.2.1", Some((4, 7, 1))),
            ("permanent error (550): no such user at 192.0.2.1", None),
            ("permanent error (552): 5.2.2.", Some((5, 2, 2))),
            ("permanent error (554): rejected (5.7.1)", Some((5, 7, 1))),
            ("permanent error (554): 1.2.3 is no code", None),
            ("", None),
        ];
        for (text, code) in table {
            assert_eq!(enhanced(text), code, "{text}");
        }
    }
}
