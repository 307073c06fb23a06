//! Mail: text and HTML, with the recording or the fax.

mod html;

use api_types::{AttachmentKind, Caller, Channel, Credentials};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use crate::notify::channels::{field, file_of};
use crate::notify::{Attachment, Job, Notice, Outcome, Report, Senders, Subject, words};
use crate::platform::mail::{File, Mail, MailError, Refusal};

/// Its one credential: the address.
pub(crate) const ADDRESS: &str = "to";

/// See [`super::Adapter`].
pub(crate) struct Adapter;

impl super::Adapter for Adapter {
    /// Makes one attempt.
    async fn send(senders: &Senders, credentials: &Credentials, job: &Job) -> Report {
        let Some(notice) = job.notices.first() else {
            return Report::new(Outcome::Delivered, None, "", job.progress.clone());
        };
        let file = match file_of(notice, job) {
            Some(attachment) => read(senders, attachment).await,
            None => None,
        };
        let mut mail = write(notice, field(credentials, ADDRESS));
        mail.files.extend(file);
        let result = senders.mailer.send_as(mail, &notice.delivery_id).await;
        let mut progress = job.progress.clone();
        match result {
            Ok(()) => {
                progress.text_sent = Some(notice.delivery_id.clone());
                progress.file_done = true;
                Report::new(Outcome::Delivered, None, "", progress)
            }
            Err(error) => {
                let (outcome, problem) = classify(&error);
                let refusal = error.refusal();
                Report {
                    status: refusal.code,
                    ..Report::new(outcome, Some(problem), &refusal.text, progress)
                }
            }
        }
    }
}

/// The file, where it fits; a mail without it still has the link.
async fn read(senders: &Senders, attachment: &Attachment) -> Option<File> {
    if !Channel::Mail.describe().carries.audio.takes(attachment.size) {
        return None;
    }
    match senders.attachments.read(&attachment.object_key).await {
        Ok(bytes) => Some(File {
            name: attachment.file_name.clone(),
            content_type: attachment.content_type.clone(),
            bytes,
        }),
        Err(error) => {
            tracing::warn!(
                key = attachment.object_key,
                "a file could not be read for a mail, which goes without it: {error}"
            );
            None
        }
    }
}

/// The mail of a notice, without its file.
pub fn write(notice: &Notice, to: &str) -> Mail {
    let lines = words::lines(notice);
    let call_back = match &notice.subject {
        Subject::Event(event) | Subject::Transcript(event) => match &event.caller {
            Caller::Number { number, .. } => Some(number.e164()),
            Caller::Service(_) | Caller::NoNumber(_) => None,
        },
        Subject::Test { .. } | Subject::ServiceStopped { .. } => None,
    };
    let icon = notice.attachment.as_ref().map(|file| match file.kind {
        AttachmentKind::Audio => "▶",
        AttachmentKind::Fax => "",
    });
    Mail {
        to: to.to_owned(),
        subject: words::one_line(&words::subject(notice)),
        text: format!("{}\n", lines.plain(usize::MAX, |_| 1)),
        html: html::page(words::lang(notice.language), &lines, call_back, icon.unwrap_or_default()),
        thread: thread(notice),
        files: Vec::new(),
    }
}

/// What the mails about one caller on one number have in common, so that programs show them
/// together.
fn thread(notice: &Notice) -> Option<String> {
    let (Subject::Event(event) | Subject::Transcript(event)) = &notice.subject else { return None };
    let caller = event.caller.key()?;
    let hash = Sha256::digest(format!("{} {caller}", event.number));
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Some(format!("caller-{hex}"))
}

/// What a failure means (RFC 5321, 4.2 and RFC 3463).
fn classify(error: &MailError) -> (Outcome, &'static str) {
    let retry = |after: Option<TimeDelta>| Outcome::Retry { after };
    match error {
        MailError::Unknown(_) => (Outcome::Unknown, "mail.unknown"),
        MailError::Transient(Refusal { code: None, .. }) => (retry(None), "mail.unreachable"),
        // Many receivers refuse the first attempt of a sender that they do not know, and take the
        // second one some minutes later.
        MailError::Transient(Refusal { code: Some(450 | 451), .. }) => {
            (retry(Some(TimeDelta::minutes(5))), "mail.later")
        }
        MailError::Transient(_) => (retry(None), "mail.later"),
        MailError::Permanent(Refusal { code: None, .. }) => {
            (Outcome::BadConfig, "mail.bad_address")
        }
        MailError::Permanent(Refusal { code: Some(code), enhanced, .. }) => {
            match (code, enhanced.map(|(_, subject, detail)| (subject, detail))) {
                // Our own server wants another password: not the recipient's to mend, and nothing
                // may be lost over it.
                (530 | 534 | 535 | 538, _) => (retry(None), "mail.relay"),
                (_, Some((2, 2))) => (retry(Some(TimeDelta::days(1))), "mail.full"),
                (_, Some((3, 4) | (2, 3))) => (Outcome::BadPayload, "mail.too_large"),
                (_, Some((6, _))) => (Outcome::BadPayload, "mail.content"),
                (_, Some((1, _) | (2, 1))) => (Outcome::BadConfig, "mail.no_mailbox"),
                (_, Some((7, _))) => (Outcome::BadConfig, "mail.refused"),
                (552, _) => (Outcome::BadPayload, "mail.too_large"),
                (550 | 551 | 553 | 556, _) => (Outcome::BadConfig, "mail.no_mailbox"),
                _ => (Outcome::BadConfig, "mail.refused"),
            }
        }
    }
}

#[cfg(test)]
mod tests;
