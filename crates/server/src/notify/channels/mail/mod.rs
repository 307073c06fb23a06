//! Mail: text and HTML, with the recording or the fax.

mod classify;
mod html;

use api_types::{AttachmentKind, Caller, Channel, Credentials};
use sha2::{Digest as _, Sha256};

use crate::notify::channels::{field, file_of};
use crate::notify::{Attachment, Job, Notice, Outcome, Report, Senders, Subject, words};
use crate::platform::mail::{File, Mail};
use classify::classify;

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
                if problem == classify::OURS {
                    tracing::error!(
                        stage = ?refusal.stage,
                        code = refusal.code,
                        "our mail server or the recipient's refuses our mails: {refusal}"
                    );
                }
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
            Caller::Service(_) | Caller::Extension(_) | Caller::NoNumber(_) => None,
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
