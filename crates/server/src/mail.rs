//! Mails: by SMTP, or into files where no SMTP server is configured.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Clock;
use crate::config::{Smtp, private_dir};

/// How long one exchange with the SMTP server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address, with or without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Trying again later may help.
    #[error("the mail could not be sent now: {0}")]
    Transient(String),
    /// This mail to this address will never leave.
    #[error("the mail cannot be sent: {0}")]
    Permanent(String),
}

type Smtps = AsyncSmtpTransport<Tokio1Executor>;

/// Sends mails.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    clock: Clock,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp {
        url: SecretString,
        /// Made at the first mail: reading the machine's certificates takes longer than the rest of a start.
        transport: Arc<OnceLock<Smtps>>,
    },
    Files(PathBuf),
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mailer").field(&self.describe()).finish()
    }
}

impl Mailer {
    /// A mailer as configured; without SMTP, mails go to `mail/` in `data_dir`.
    ///
    /// # Errors
    /// When the sender is no mail address.
    pub fn new(smtp: &Smtp, data_dir: &Path, clock: Clock) -> Result<Self, MailError> {
        let way = match &smtp.url {
            Some(url) => Way::Smtp { url: url.clone(), transport: Arc::default() },
            None => Way::Files(data_dir.join("mail")),
        };
        Ok(Self { from: mailbox(&smtp.from)?, clock, way })
    }

    /// Where mails go, without any secret: the SMTP server, or the folder.
    pub fn describe(&self) -> String {
        match &self.way {
            Way::Smtp { url, .. } => match url::Url::parse(url.expose_secret()) {
                Ok(url) => format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default()),
                Err(_) => "smtp".to_owned(),
            },
            Way::Files(folder) => folder.display().to_string(),
        }
    }

    /// Sends a mail under a fresh Message-ID.
    ///
    /// # Errors
    /// When it did not leave; the error says whether trying again can help.
    pub async fn send(&self, mail: Mail) -> Result<(), MailError> {
        self.send_as(mail, &uuid::Uuid::now_v7().to_string()).await
    }

    /// Sends a mail under a Message-ID made from `id` (letters, digits, `-`, `_`, `.`), so that a mail that is sent again can be
    /// recognised as the same one.
    ///
    /// # Errors
    /// As [`Mailer::send`].
    pub async fn send_as(&self, mail: Mail, id: &str) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp { url, transport } => {
                let message = self.message(mail, id, None)?;
                let transport = match transport.get() {
                    Some(transport) => transport,
                    None => {
                        let made = Smtps::from_url(url.expose_secret()).map_err(|error| sort(&error))?.timeout(Some(TIMEOUT)).build();
                        transport.get_or_init(|| made)
                    }
                };
                transport.send(message).await.map_err(|error| sort(&error))?;
                Ok(())
            }
            Way::Files(folder) => {
                // Unencoded, so that who tries the product out can read the mail with any tool.
                let message = self.message(mail, id, Some(ContentTransferEncoding::EightBit))?.formatted();
                let name = format!("{}-{id}.eml", self.clock.now().format("%Y%m%dT%H%M%S%.6fZ"));
                let folder = folder.clone();
                let written = tokio::task::spawn_blocking(move || write(&folder, &name, &message)).await;
                written.map_err(std::io::Error::other).flatten().map_err(|error| MailError::Transient(error.to_string()))
            }
        }
    }

    fn message(&self, mail: Mail, id: &str, encoding: Option<ContentTransferEncoding>) -> Result<Message, MailError> {
        let invalid = |what: &str| MailError::Permanent(format!("{what} holds a line break or another control character"));
        if mail.subject.chars().any(char::is_control) {
            return Err(invalid("the subject"));
        }
        if mail.to.chars().any(char::is_control) {
            return Err(invalid("the address"));
        }
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
            return Err(MailError::Permanent("the Message-ID holds other characters than letters, digits, -, _ and .".into()));
        }
        let part = |kind: ContentType, text: String| {
            let body = match encoding {
                // Lettre itself would encode every text with a line beyond 76 bytes, which are 25 Japanese characters.
                Some(encoding) => Body::dangerous_pre_encoded(text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes(), encoding),
                None => Body::new(text),
            };
            SinglePart::builder().header(kind).body(body)
        };
        let both = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, mail.text))
            .singlepart(part(ContentType::TEXT_HTML, mail.html));
        Message::builder()
            .from(self.from.clone())
            .to(mailbox(&mail.to)?)
            .subject(mail.subject)
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .multipart(both)
            .map_err(|error| MailError::Permanent(error.to_string()))
    }
}

fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_| MailError::Permanent(format!("{text:?} is not a mail address")))
}

fn sort(error: &lettre::transport::smtp::Error) -> MailError {
    // Its sources are not printed: they may repeat what was sent.
    if error.is_permanent() || error.is_client() {
        MailError::Permanent(error.to_string())
    } else {
        MailError::Transient(error.to_string())
    }
}

/// Writes the file under another name first, so that nobody reads half a mail.
fn write(folder: &Path, name: &str, message: &[u8]) -> std::io::Result<()> {
    private_dir(folder)?;
    let mut file = tempfile::Builder::new().prefix(".").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(message)?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    Ok(())
}

#[cfg(test)]
mod tests;
