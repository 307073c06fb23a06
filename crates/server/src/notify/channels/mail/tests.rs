use super::*;

fn refusal(code: Option<u16>, enhanced: Option<(u16, u16, u16)>) -> Refusal {
    Refusal { code, enhanced, text: String::new() }
}

#[test]
fn what_servers_say() {
    let retry = |after| Outcome::Retry { after };
    let five_minutes = Some(TimeDelta::minutes(5));
    let table = [
        (MailError::Transient(refusal(None, None)), retry(None), "mail.unreachable"),
        (MailError::Transient(refusal(Some(421), None)), retry(None), "mail.later"),
        (
            MailError::Transient(refusal(Some(450), Some((4, 2, 0)))),
            retry(five_minutes),
            "mail.later",
        ),
        (
            MailError::Transient(refusal(Some(451), Some((4, 7, 1)))),
            retry(five_minutes),
            "mail.later",
        ),
        (MailError::Transient(refusal(Some(452), Some((4, 2, 2)))), retry(None), "mail.later"),
        (MailError::Transient(refusal(Some(454), None)), retry(None), "mail.later"),
        (MailError::Unknown(refusal(None, None)), Outcome::Unknown, "mail.unknown"),
        (MailError::Permanent(refusal(None, None)), Outcome::BadConfig, "mail.bad_address"),
        (MailError::Permanent(refusal(Some(530), Some((5, 7, 0)))), retry(None), "mail.relay"),
        (MailError::Permanent(refusal(Some(535), Some((5, 7, 8)))), retry(None), "mail.relay"),
        (MailError::Permanent(refusal(Some(550), None)), Outcome::BadConfig, "mail.no_mailbox"),
        (
            MailError::Permanent(refusal(Some(550), Some((5, 1, 1)))),
            Outcome::BadConfig,
            "mail.no_mailbox",
        ),
        (
            MailError::Permanent(refusal(Some(550), Some((5, 2, 1)))),
            Outcome::BadConfig,
            "mail.no_mailbox",
        ),
        (
            MailError::Permanent(refusal(Some(550), Some((5, 7, 1)))),
            Outcome::BadConfig,
            "mail.refused",
        ),
        (MailError::Permanent(refusal(Some(551), None)), Outcome::BadConfig, "mail.no_mailbox"),
        (MailError::Permanent(refusal(Some(552), None)), Outcome::BadPayload, "mail.too_large"),
        (
            MailError::Permanent(refusal(Some(552), Some((5, 3, 4)))),
            Outcome::BadPayload,
            "mail.too_large",
        ),
        (
            MailError::Permanent(refusal(Some(552), Some((5, 2, 3)))),
            Outcome::BadPayload,
            "mail.too_large",
        ),
        (
            MailError::Permanent(refusal(Some(552), Some((5, 2, 2)))),
            retry(Some(TimeDelta::days(1))),
            "mail.full",
        ),
        (
            MailError::Permanent(refusal(Some(554), Some((5, 6, 0)))),
            Outcome::BadPayload,
            "mail.content",
        ),
        (MailError::Permanent(refusal(Some(554), None)), Outcome::BadConfig, "mail.refused"),
    ];
    for (error, outcome, problem) in table {
        assert_eq!(classify(&error), (outcome, problem), "{error:?}");
    }
}
