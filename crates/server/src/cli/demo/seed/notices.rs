//! Whom the sample contract has told, and what was told lately.

use api_types::{
    AttachmentKind, AttemptOutcome, Channel, DeliveryState, MissedReason, NotifyEvent,
    NotifyLanguage,
};
use chrono::{DateTime, TimeDelta, Utc};
use store::calls::attachment;
use store::calls::call_event::{self, Direction, EventKind, Outcome};
use store::notify::delivery::{self, Purpose};
use store::notify::{delivery_attempt, notify_rule};
use store::numbers::number;
use store::{Kind as _, new_id};

use super::files::{File, Files, RECORDING_MS};
use super::{Garden, on_day};
use crate::error::Failure;
use crate::notify::words;
use crate::platform::config::Config;

/// The address that is told.
const ADDRESS: &str = "soumu@minato.example";
const PRIMARY: &str = "+815012345678";
const SUPPORT: &str = "+81334567890";

/// Plants the rule and what it has told, the oldest first.
pub(super) fn plant(
    garden: &mut Garden<'_>,
    config: &Config,
    files: &Files,
) -> Result<(), Failure> {
    let rule_id = rule(garden)?;
    for (number, days, time) in [(PRIMARY, 6, (9, 30)), (SUPPORT, 6, (9, 31))] {
        let picked = number::Changes {
            notify_rule_id: Some(Some(rule_id.clone())),
            ..number::Changes::default()
        };
        garden.set(number, (days, time), picked)?;
    }
    let lasts = TimeDelta::days(config.attachments.link_days.into());
    let (yesterday, now) = (on_day(garden.now, 1, (16, 42)), garden.now);
    let fax = Told {
        kind: NotifyEvent::Fax,
        number: SUPPORT,
        caller: "+81312349876",
        at: yesterday,
        row: call_event::Row { pages: Some(1), ..empty() },
    };
    let file = (AttachmentKind::Fax, "application/pdf", "pdf", None, &files.fax);
    fax.plant(garden, &rule_id, lasts, Some(file))?;
    let hung_up = call_event::Row {
        reason: Some(MissedReason::HungUp.into()),
        duration_s: Some(4),
        ..empty()
    };
    let missed = Told {
        kind: NotifyEvent::MissedCall,
        number: PRIMARY,
        caller: "+819033334444",
        at: now - TimeDelta::minutes(95),
        row: hung_up,
    };
    missed.plant(garden, &rule_id, lasts, None)?;
    let said = "青葉工業の田中です。先日のお見積りの件でご連絡しました。本日17時までに折り返しお電話をいただけますでしょうか。";
    let length = i32::try_from(RECORDING_MS / 1_000).ok();
    let row = call_event::Row { duration_s: length, transcript: Some(said.into()), ..empty() };
    let voicemail = Told {
        kind: NotifyEvent::Voicemail,
        number: PRIMARY,
        caller: "+819055556666",
        at: now - TimeDelta::minutes(40),
        row,
    };
    let file = (
        AttachmentKind::Audio,
        "audio/wav",
        "wav",
        i32::try_from(RECORDING_MS).ok(),
        &files.recording,
    );
    voicemail.plant(garden, &rule_id, lasts, Some(file))
}

fn empty() -> call_event::Row {
    call_event::Row::default()
}

fn rule(garden: &mut Garden<'_>) -> Result<String, Failure> {
    let (id, at) = (new_id(), on_day(garden.now, 6, (9, 28)).naive_utc());
    let row = notify_rule::Row {
        account_id: garden.scope.account_id().to_owned(),
        id: id.clone(),
        name: "総務に知らせる".into(),
        version: 1,
        created_at: at,
        updated_at: at,
        emails: vec![ADDRESS.to_owned()].into(),
        events: NotifyEvent::ALL.to_vec().into(),
        language: NotifyLanguage::Ja.into(),
        private_subject: false,
    };
    notify_rule::insert(garden.conn, &garden.scope, row)?;
    Ok(id)
}

/// Something that happened and was told.
struct Told {
    kind: NotifyEvent,
    number: &'static str,
    caller: &'static str,
    at: DateTime<Utc>,
    row: call_event::Row,
}

impl Told {
    /// `file`: kind, media type, ending, length in milliseconds, where its bytes are.
    fn plant(
        self,
        garden: &mut Garden<'_>,
        rule_id: &str,
        link_lasts: TimeDelta,
        file: Option<(AttachmentKind, &str, &str, Option<i32>, &File)>,
    ) -> Result<(), Failure> {
        let (account_id, event_id) = (garden.scope.account_id().to_owned(), new_id());
        let number_id = garden.number(self.number)?.id;
        let at = self.at.naive_utc();
        let row = call_event::Row {
            account_id: account_id.clone(),
            id: event_id.clone(),
            number_id: number_id.clone(),
            call_id: format!("demo-{}", new_id()),
            direction: Direction::In.into(),
            party: Some(self.caller.into()),
            outcome: if self.kind == NotifyEvent::Fax {
                Outcome::Answered
            } else {
                Outcome::Missed
            }
            .into(),
            at,
            kind: EventKind::from(self.kind).into(),
            attachment_id: file.map(|(.., file)| file.id.clone()),
            received_at: Some(at),
            ..self.row
        };
        call_event::insert(garden.conn, &garden.scope, row)?;
        if let Some((kind, content_type, ending, duration_ms, file)) = file {
            let local = self.at + TimeDelta::hours(9);
            let row = attachment::Row {
                account_id: account_id.clone(),
                id: file.id.clone(),
                call_event_id: event_id.clone(),
                kind: kind.into(),
                content_type: content_type.into(),
                file_name: format!("{}-{}.{ending}", self.kind.text(), local.format("%Y%m%d-%H%M")),
                size_bytes: file.size,
                duration_ms,
                object_key: file.object_key.clone(),
                link_serial: 1,
                link_expires_at: at + link_lasts,
                link_revoked_at: None,
                downloads: 0,
                last_download_at: None,
                created_at: at,
            };
            attachment::insert(garden.conn, &garden.scope, &row)?;
        }
        let id = new_id();
        let sent = at + TimeDelta::seconds(2);
        let attempt = delivery_attempt::Row {
            account_id: account_id.clone(),
            delivery_id: id.clone(),
            id: new_id(),
            at: sent,
            outcome: AttemptOutcome::Delivered.into(),
            status: Some(250),
            problem: None,
            detail: String::new(),
            duration_ms: 84,
        };
        let notice = delivery::Row {
            short_id: words::short_id(&id),
            call_event_id: Some(event_id),
            number_id: Some(number_id),
            rule_id: Some(rule_id.to_owned()),
            attempts: 1,
            finished_at: Some(sent),
            ..delivery::Row::new(
                account_id,
                id,
                (Channel::Mail, ADDRESS.into()),
                Purpose::Event,
                DeliveryState::Delivered,
                at,
            )
        };
        delivery::insert(garden.conn, &garden.scope, notice)?;
        delivery_attempt::record(garden.conn, store::WorkerScope::sending(), &[attempt])?;
        Ok(())
    }
}
