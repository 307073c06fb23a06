//! Mails: by SMTP, or into files where no SMTP server is configured.

mod smtp;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use actix_web::web::Bytes;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::platform::clock::Clock;
use crate::platform::config::{Smtp, private_dir};
use smtp::Server;

/// How long one exchange with the SMTP server may take, beside the time for the bytes.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A mail to one person.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// The address, with or without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text for programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What mails of one conversation have in common (letters, digits, `-`): programs show them
    /// together.
    pub thread: Option<String>,
    /// Files.
    pub files: Vec<File>,
}

/// A file of a mail.
#[derive(Clone, Debug)]
pub struct File {
    /// ASCII, so that every program shows it.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

/// Why a mail did not leave.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Trying again later may help.
    #[error("the mail could not be sent now: {0}")]
    Transient(Refusal),
    /// This mail to this address will never leave.
    #[error("the mail cannot be sent: {0}")]
    Permanent(Refusal),
    /// No answer came after all of it had been sent: it may be on its way.
    #[error("the mail may be on its way: {0}")]
    Unknown(Refusal),
}

impl MailError {
    /// What the server said.
    pub fn refusal(&self) -> &Refusal {
        let (MailError::Transient(refusal)
        | MailError::Permanent(refusal)
        | MailError::Unknown(refusal)) = self;
        refusal
    }
}

/// How far an exchange with a server had come: what a refusal means depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Greeting, `EHLO`, encryption, sign-in.
    #[default]
    Opening,
    /// `MAIL FROM`.
    Sender,
    /// `RCPT TO`.
    Recipient,
    /// `DATA`, before the mail itself.
    Data,
    /// The mail itself.
    Content,
}

/// What the server said, or what was wrong before it was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// What it was said to.
    pub stage: Stage,
    /// SMTP reply code (RFC 5321, 4.2), where one came.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463): class, subject, detail; where the reply has one.
    pub enhanced: Option<(u16, u16, u16)>,
    /// In words; without passwords.
    pub text: String,
}

impl Refusal {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// Sends mails.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    clock: Clock,
    timeout: Duration,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Smtp(Arc<Server>),
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
            Some(url) => Way::Smtp(Arc::new(Server::new(url.clone()))),
            None => Way::Files(data_dir.join("mail")),
        };
        Ok(Self { from: mailbox(&smtp.from)?, clock, timeout: TIMEOUT, way })
    }

    /// The same, but an exchange with the SMTP server may take so long, beside the time for the
    /// bytes.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Where mails go, without any secret: the SMTP server, or the folder.
    pub fn describe(&self) -> String {
        match &self.way {
            Way::Smtp(server) => server.describe(),
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

    /// As [`Mailer::send_as`], five times at most within a minute and a half: for what is told once
    /// and stands in no queue.
    ///
    /// # Errors
    /// Of the last attempt.
    pub async fn send_patiently(&self, mail: Mail, id: &str) -> Result<(), MailError> {
        let mut pause_s = 1;
        loop {
            match self.send_as(mail.clone(), id).await {
                Err(MailError::Transient(_) | MailError::Unknown(_)) if pause_s <= 64 => {
                    actix_web::rt::time::sleep(Duration::from_secs(pause_s)).await;
                    pause_s *= 4;
                }
                outcome => return outcome,
            }
        }
    }

    /// Sends a mail under a Message-ID made from `id` (letters, digits, `-`, `_`, `.`), so that a
    /// mail that is sent again can be recognised as the same one.
    ///
    /// # Errors
    /// As [`Mailer::send`].
    pub async fn send_as(&self, mail: Mail, id: &str) -> Result<(), MailError> {
        match &self.way {
            Way::Smtp(server) => {
                let message = self.message(mail, id, None)?;
                server.send(message.envelope(), &message.formatted(), self.timeout).await
            }
            Way::Files(folder) => {
                // Unencoded, so that who tries the product out can read the mail with any tool.
                let message =
                    self.message(mail, id, Some(ContentTransferEncoding::EightBit))?.formatted();
                let name = format!("{}-{id}.eml", self.clock.now().format("%Y%m%dT%H%M%S%.6fZ"));
                let folder = folder.clone();
                let written =
                    tokio::task::spawn_blocking(move || write(&folder, &name, &message)).await;
                let written = written.map_err(std::io::Error::other).flatten();
                written.map_err(|error| MailError::Transient(Refusal::new(error.to_string())))
            }
        }
    }

    fn message(
        &self,
        mail: Mail,
        id: &str,
        encoding: Option<ContentTransferEncoding>,
    ) -> Result<Message, MailError> {
        let invalid = |what: &str| {
            MailError::Permanent(Refusal::new(format!(
                "{what} holds a line break or another control character"
            )))
        };
        if mail.subject.chars().any(char::is_control) {
            return Err(invalid("the subject"));
        }
        if mail.to.chars().any(char::is_control) {
            return Err(invalid("the address"));
        }
        let domain = self.from.email.domain();
        let message_id = |id: &str| match id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !id.is_empty()
        {
            true => Ok(format!("<{id}@{domain}>")),
            false => Err(MailError::Permanent(Refusal::new(
                "the Message-ID holds other characters than letters, digits, -, _ and .",
            ))),
        };
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(mailbox(&mail.to)?)
            .subject(mail.subject)
            .date(SystemTime::from(self.clock.now()))
            .message_id(Some(message_id(id)?));
        if let Some(thread) = &mail.thread {
            builder = builder.references(message_id(thread)?);
        }
        // Holiday replies and receipts would come back to us (RFC 3834, 5; the second one is
        // Exchange's).
        for (name, value) in
            [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
        {
            builder = builder
                .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.into()));
        }
        let part = |kind: ContentType, text: String| {
            let body = match encoding {
                // Lettre itself would encode every text with a line beyond 76 bytes, which are 25
                // Japanese characters.
                Some(encoding) => Body::dangerous_pre_encoded(
                    text.replace("\r\n", "\n").replace('\n', "\r\n").into_bytes(),
                    encoding,
                ),
                None => Body::new(text),
            };
            SinglePart::builder().header(kind).body(body)
        };
        let both = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, mail.text))
            .singlepart(part(ContentType::TEXT_HTML, mail.html));
        let built = if mail.files.is_empty() {
            builder.multipart(both)
        } else {
            builder.multipart(
                mail.files.into_iter().fold(MultiPart::mixed().multipart(both), |mixed, file| {
                    mixed.singlepart(attach(file))
                }),
            )
        };
        built.map_err(|error| MailError::Permanent(Refusal::new(error.to_string())))
    }
}

fn attach(file: File) -> SinglePart {
    let kind = ContentType::parse(&file.content_type)
        .or_else(|_| ContentType::parse("application/octet-stream"));
    let body = Body::new_with_encoding(file.bytes.to_vec(), ContentTransferEncoding::Base64);
    // Base64 takes every content; what cannot be encoded comes back as it is.
    let body = body.unwrap_or_else(Body::new);
    Attachment::new(file.name).body(body, kind.unwrap_or(ContentType::TEXT_PLAIN))
}

/// Reads an address; a domain with other letters than ASCII is written as DNS has it, which every
/// server takes.
fn mailbox(text: &str) -> Result<Mailbox, MailError> {
    let wrong = || MailError::Permanent(Refusal::new(format!("{text:?} is not a mail address")));
    let mailbox: Mailbox = text.parse().map_err(|_| wrong())?;
    // Few servers take such a name before the @, and none may translate it.
    if !mailbox.email.user().is_ascii() {
        return Err(wrong());
    }
    if mailbox.email.domain().is_ascii() {
        return Ok(mailbox);
    }
    let domain = idna::domain_to_ascii(mailbox.email.domain()).map_err(|_| wrong())?;
    let email = Address::new(mailbox.email.user(), domain).map_err(|_| wrong())?;
    Ok(Mailbox { email, ..mailbox })
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
