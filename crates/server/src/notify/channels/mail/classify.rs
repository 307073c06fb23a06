//! What a mail server's refusal means: whose fault it is decides what comes next.
//!
//! Source: RFC 5321, 4.2 (reply codes), RFC 3463 and the IANA list of enhanced status codes. Before
//! `RCPT` nothing is the recipient's fault: the server does not know who that is. At `RCPT` the
//! enhanced code decides: 5.1.x and 5.2.x are about the mailbox, 5.7.x is about us unless its words
//! are about the content. Servers without enhanced codes say it in words alone.

use chrono::TimeDelta;

use crate::notify::Outcome;
use crate::platform::mail::{MailError, Refusal, Stage};

/// The operator has to do something, and nothing may be lost meanwhile.
pub(super) const OURS: &str = "mail.relay";

/// Words of refusals that are about the sender: its name, address, rights or reputation.
const ABOUT_US: &[&str] = &[
    "relay",
    "authenticate",
    "authentication",
    "sender",
    "mail from",
    "helo",
    "ehlo",
    "spf",
    "dkim",
    "dmarc",
    "block",
    "black",
    "listed",
    "rbl",
    "dnsbl",
    "spamhaus",
    "reputation",
    "client host",
    "ip address",
    "reverse dns",
    "rdns",
    "ptr",
    "rate",
    "too many",
    "limit",
    "quota exceeded for sender",
    "banned",
];

/// Words of refusals that are about what is in the mail.
const ABOUT_CONTENT: &[&str] = &[
    "content",
    "spam",
    "virus",
    "malware",
    "phish",
    "attachment",
    "url",
    "message rejected",
    "message refused",
    "message contains",
    "message looks",
];

/// Words of refusals that are about the mailbox.
const ABOUT_MAILBOX: &[&str] = &[
    "user unknown",
    "unknown user",
    "no such",
    "not exist",
    "unknown recipient",
    "recipient address",
    "recipient rejected",
    "invalid recipient",
    "mailbox unavailable",
    "mailbox not found",
    "not found",
    "unrouteable",
    "disabled",
    "inactive",
    "no mailbox",
    "undeliverable",
];

/// What comes of a failure, and the code of its words.
pub(super) fn classify(error: &MailError) -> (Outcome, &'static str) {
    let retry = (Outcome::Retry { after: None }, "mail.later");
    match error {
        MailError::Unknown(_) => (Outcome::Unknown, "mail.unknown"),
        MailError::Transient(Refusal { code: None, .. }) => (retry.0, "mail.unreachable"),
        // Many receivers refuse the first attempt of a sender that they do not know, and take the
        // second one some minutes later.
        MailError::Transient(Refusal { code: Some(450 | 451), stage, .. })
            if *stage >= Stage::Recipient =>
        {
            (Outcome::Defer { after: TimeDelta::minutes(5) }, "mail.later")
        }
        MailError::Transient(_) => retry,
        MailError::Permanent(Refusal { code: None, .. }) => {
            (Outcome::BadConfig, "mail.bad_address")
        }
        MailError::Permanent(refusal) => match refusal.stage {
            Stage::Opening | Stage::Sender => ours(),
            Stage::Recipient => at_recipient(refusal),
            // The server and we do not agree on where we are, or it has changed its mind.
            Stage::Data => retry,
            Stage::Content => at_content(refusal),
        },
    }
}

fn ours() -> (Outcome, &'static str) {
    (Outcome::Retry { after: None }, OURS)
}

fn full() -> (Outcome, &'static str) {
    (Outcome::Defer { after: TimeDelta::days(1) }, "mail.full")
}

const NO_MAILBOX: (Outcome, &str) = (Outcome::BadConfig, "mail.no_mailbox");
const TOO_LARGE: (Outcome, &str) = (Outcome::BadPayload, "mail.too_large");
const CONTENT: (Outcome, &str) = (Outcome::BadPayload, "mail.content");

fn says(refusal: &Refusal, words: &[&str]) -> bool {
    let text = refusal.text.to_ascii_lowercase();
    words.iter().any(|word| text.contains(word))
}

fn at_recipient(refusal: &Refusal) -> (Outcome, &'static str) {
    let by_words = || match refusal.code {
        _ if says(refusal, ABOUT_US) && !says(refusal, ABOUT_MAILBOX) => ours(),
        Some(552) => full(),
        Some(550 | 551 | 553 | 556 | 501) => NO_MAILBOX,
        _ if says(refusal, ABOUT_MAILBOX) => NO_MAILBOX,
        _ => ours(),
    };
    match refusal.enhanced.map(|(_, subject, detail)| (subject, detail)) {
        // The sender's address: bad syntax, and a system that does not exist.
        Some((1, 7 | 8)) => ours(),
        Some((1, _)) => NO_MAILBOX,
        Some((2, 2)) => full(),
        Some((2, 3) | (3, 4)) => TOO_LARGE,
        Some((2, _)) => NO_MAILBOX,
        // Exchange Online says so of a recipient that its directory does not have.
        Some((4, 1)) if says(refusal, &["recipient address rejected"]) => NO_MAILBOX,
        // Its domain has no mail server (RFC 7505 for the null MX).
        Some((4, 4)) => NO_MAILBOX,
        Some((6, _)) => CONTENT,
        Some((7, _)) if says(refusal, ABOUT_US) => ours(),
        Some((7, _)) if says(refusal, ABOUT_CONTENT) => CONTENT,
        Some((7, _)) => ours(),
        Some((3..=5, _)) => ours(),
        _ => by_words(),
    }
}

fn at_content(refusal: &Refusal) -> (Outcome, &'static str) {
    match (refusal.code, refusal.enhanced.map(|(_, subject, detail)| (subject, detail))) {
        (_, Some((1, 7 | 8))) => ours(),
        // Some look for the mailbox only now.
        (_, Some((1, _) | (2, 1))) => NO_MAILBOX,
        (_, Some((2, 2))) => full(),
        (_, Some((3, 4) | (2, 3))) => TOO_LARGE,
        (_, Some((6, _))) => CONTENT,
        (_, Some((7, _))) if says(refusal, ABOUT_CONTENT) => CONTENT,
        (_, Some((3..=5 | 7, _))) => ours(),
        (Some(552), _) => TOO_LARGE,
        // A sequence, a command or a parameter that it does not know.
        (Some(500..=504), _) => ours(),
        _ if says(refusal, ABOUT_US) && !says(refusal, ABOUT_CONTENT) => ours(),
        _ => CONTENT,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Stage::{Content, Data, Opening, Recipient, Sender};

    fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
        let parts: Vec<u16> =
            text.split(' ').next()?.split('.').filter_map(|part| part.parse().ok()).collect();
        match parts.as_slice() {
            [class, subject, detail] => Some((*class, *subject, *detail)),
            _ => None,
        }
    }

    #[test]
    #[rustfmt::skip]
    fn what_servers_say() {
        let (ours, later, content, large, nobody) =
            (("retry", OURS), ("retry", "mail.later"), ("payload", "mail.content"),
            ("payload", "mail.too_large"), ("config", "mail.no_mailbox"));
        let (full, wait) = (("defer", "mail.full"), ("defer", "mail.later"));
        let table = [
            // Before the recipient is named.
            (Opening, 554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked", ours),
            (Opening, 554, "No SMTP service here", ours),
            (Opening, 550, "5.7.1 Access denied", ours),
            (Opening, 530, "5.7.0 Must issue a STARTTLS command first", ours),
            (Opening, 534, "5.7.9 Please log in with your web browser", ours),
            (Opening, 535, "5.7.8 Username and Password not accepted", ours),
            (Opening, 538, "5.7.11 Encryption required", ours),
            (Opening, 550, "5.1.1 no such user", ours),
            (Opening, 521, "5.3.2 does not accept mail", ours),
            (Opening, 421, "4.7.0 Try again later", later),
            (Opening, 450, "4.7.1 Client host rejected: cannot find your reverse hostname", later),
            (Opening, 454, "4.7.0 TLS not available", later),
            (Sender, 550, "5.7.1 Sender address rejected: not owned by user", ours),
            (Sender, 553, "5.1.8 Sender address rejected: Domain not found", ours),
            (Sender, 553, "5.7.1 Sender address rejected", ours),
            (Sender, 501, "5.1.7 Bad sender address syntax", ours),
            (Sender, 552, "5.3.4 Message size exceeds fixed limit", ours),
            (Sender, 530, "5.7.1 Authentication required", ours),
            (Sender, 503, "5.5.1 Error: need HELO command", ours),
            (Sender, 451, "4.3.0 Temporary lookup failure", later),
            (Sender, 452, "4.3.1 Insufficient system storage", later),
            // At the recipient.
            (Recipient, 550, "5.1.1 <a@b.example>: Recipient address rejected: User unknown", nobody),
            (Recipient, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound", nobody),
            (Recipient, 553, "5.1.2 Bad destination system address", nobody),
            (Recipient, 501, "5.1.3 Bad recipient address syntax", nobody),
            (Recipient, 550, "5.1.6 mailbox has moved", nobody),
            (Recipient, 550, "5.2.1 mailbox disabled", nobody),
            (Recipient, 552, "5.2.2 Mailbox full", full),
            (Recipient, 550, "5.2.2 Over quota", full),
            (Recipient, 552, "Requested mail action aborted: exceeded storage allocation", full),
            (Recipient, 550, "5.4.1 Recipient address rejected: Access denied", nobody),
            (Recipient, 550, "5.4.4 Unable to route: no mail hosts for domain", nobody),
            (Recipient, 550, "5.4.5 Daily SMTP relay limit exceeded", ours),
            (Recipient, 554, "5.7.1 <a@b.example>: Relay access denied", ours),
            (Recipient, 550, "5.7.1 Unable to relay", ours),
            (Recipient, 550, "5.7.1 Service unavailable, client [192.0.2.1] blocked using Spamhaus", ours),
            (Recipient, 550, "5.7.23 SPF validation failed", ours),
            (Recipient, 550, "5.7.26 Unauthenticated email is not accepted due to DMARC policy", ours),
            (Recipient, 554, "5.7.1 Message content rejected", content),
            (Recipient, 550, "5.7.1 Access denied", ours),
            (Recipient, 550, "No such user here", nobody),
            (Recipient, 550, "relay not permitted", ours),
            (Recipient, 550, "Requested action not taken: mailbox unavailable", nobody),
            (Recipient, 551, "User not local", nobody),
            (Recipient, 553, "Requested action not taken: mailbox name not allowed", nobody),
            (Recipient, 556, "domain does not accept mail", nobody),
            (Recipient, 554, "5.1.8 Sender address rejected: Domain not found", ours),
            (Recipient, 554, "delivery error: This user doesn't have an account: no such user", nobody),
            (Recipient, 554, "Transaction failed", ours),
            (Recipient, 503, "5.5.1 Bad sequence of commands", ours),
            (Recipient, 550, "5.3.2 System not accepting network messages", ours),
            (Recipient, 450, "4.2.0 Greylisted", wait),
            (Recipient, 451, "4.7.1 Please try again later", wait),
            (Recipient, 452, "4.2.2 Mailbox full", later),
            (Recipient, 452, "4.5.3 Too many recipients", later),
            // Before the mail itself.
            (Data, 503, "5.5.1 Bad sequence of commands", later),
            (Data, 554, "5.5.1 No valid recipients", later),
            (Data, 451, "4.3.0 Temporary failure", wait),
            // The mail itself.
            (Content, 552, "5.3.4 Message size exceeds limit", large),
            (Content, 552, "5.2.3 Message too long", large),
            (Content, 552, "Requested mail action aborted: message too large", large),
            (Content, 554, "5.6.0 Message content not acceptable", content),
            (Content, 554, "5.7.1 Spam message rejected", content),
            (Content, 550, "5.7.1 This message contains a virus", content),
            (Content, 550, "5.7.26 Unauthenticated: SPF and DKIM did not pass", ours),
            (Content, 550, "5.7.1 Our system has detected an unusual rate of mail from your IP", ours),
            (Content, 550, "5.1.1 no such user", nobody),
            (Content, 552, "5.2.2 over quota", full),
            (Content, 554, "Transaction failed", content),
            (Content, 554, "message rejected as spam", content),
            (Content, 503, "Bad sequence of commands", ours),
            (Content, 451, "4.3.0 queue file write error", wait),
        ];
        for (stage, code, text, expected) in table {
            let refusal =
                Refusal { stage, code: Some(code), enhanced: enhanced(text), text: text.into() };
            let error = match code {
                400..500 => MailError::Transient(refusal),
                _ => MailError::Permanent(refusal),
            };
            let (outcome, problem) = classify(&error);
            let outcome = match outcome {
                Outcome::Retry { after: None } => "retry",
                Outcome::Defer { .. } => "defer",
                Outcome::BadPayload => "payload",
                Outcome::BadConfig => "config",
                other => panic!("{other:?}"),
            };
            assert_eq!((outcome, problem), expected, "{stage:?} {code} {text}");
        }
    }

    #[test]
    fn what_no_server_says() {
        let none = || Refusal::default();
        for (error, expected) in [
            (MailError::Transient(none()), (Outcome::Retry { after: None }, "mail.unreachable")),
            (MailError::Unknown(none()), (Outcome::Unknown, "mail.unknown")),
            (MailError::Permanent(none()), (Outcome::BadConfig, "mail.bad_address")),
        ] {
            assert_eq!(classify(&error), expected, "{error:?}");
        }
    }
}
