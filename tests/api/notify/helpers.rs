//! Notices as tests of adapters hand them in.

use api_types::{
    AttachmentKind, Caller, Credentials, MissedReason, NotifyEvent, NotifyLanguage, ServiceType,
};
use chrono::{DateTime, TimeDelta, Utc};
use server::notify::{
    Attachment, Event, Job, Notice, Progress, Report, Subject, Target, pace, words,
};
use tests::{Holder, TestApp};

/// The bytes of [`recording`] and [`fax`].
pub const BYTES: &[u8] = b"\x00\x00\x00\x20ftypM4A not really, but these bytes must arrive";

/// When everything happened: 2026-11-22, 09:15 in Tokyo, a Sunday.
pub fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_306_500, 0).expect("a time")
}

/// What happened, with what its kind has.
pub fn event(kind: NotifyEvent) -> Event {
    let (missed, recorded) = (kind == NotifyEvent::MissedCall, kind == NotifyEvent::Voicemail);
    Event {
        kind,
        number_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b22".into(),
        number: "+81312345678".into(),
        number_name: "代表".into(),
        caller: Caller::parse("09012345678").expect("a caller"),
        at: at(),
        reason: missed.then_some(MissedReason::HungUp),
        duration_s: if missed { Some(4) } else { recorded.then_some(23) },
        pages: (kind == NotifyEvent::Fax).then_some(3),
        transcript: recorded.then(|| "田中です。\n折り返し<b>お電話</b>ください。".to_owned()),
        forwarded_to: (kind == NotifyEvent::ForwardedCall).then(|| "+815011112222".to_owned()),
    }
}

/// A notice without a file.
pub fn notice(subject: Subject) -> Notice {
    let delivery_id = store::new_id();
    Notice {
        short_id: words::short_id(&delivery_id),
        delivery_id,
        call_event_id: "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b30".into(),
        language: NotifyLanguage::Ja,
        private_subject: false,
        subject,
        attachment: None,
        thread: None,
    }
}

/// A notice of an event, with the file that its kind has.
pub async fn told(app: &TestApp, kind: NotifyEvent) -> Notice {
    let attachment = match kind {
        NotifyEvent::Voicemail => Some(
            file(app, AttachmentKind::Audio, "voicemail-20261122-0915.m4a", "audio/mp4", BYTES)
                .await,
        ),
        NotifyEvent::Fax => Some(
            file(app, AttachmentKind::Fax, "fax-20261122-0915.pdf", "application/pdf", BYTES).await,
        ),
        NotifyEvent::MissedCall | NotifyEvent::ForwardedCall => None,
    };
    Notice { attachment, ..notice(Subject::Event(event(kind))) }
}

/// A file of which the bytes are there.
pub async fn file(
    app: &TestApp,
    kind: AttachmentKind,
    name: &str,
    content_type: &str,
    bytes: &[u8],
) -> Attachment {
    let object_key = format!("test/{}", store::new_id());
    app.app
        .calls
        .attachments
        .write(&object_key, bytes.to_vec().into())
        .await
        .expect("the file is kept");
    let page_url = "https://portal.example.jp/downloads/0123456789abcdef".to_owned();
    Attachment {
        kind,
        content_type: content_type.into(),
        file_name: name.into(),
        size: bytes.len() as u64,
        duration_ms: (kind == AttachmentKind::Audio).then_some(23_400),
        object_key,
        file_url: format!("{page_url}/{name}"),
        page_url,
        expires_at: at() + TimeDelta::days(7),
    }
}

/// The first attempt of a notice.
pub fn job(notice: Notice) -> Job {
    Job { notices: vec![notice], progress: Progress::default(), plain: false }
}

pub use tests::fakes::stand_in::credentials;

/// Has what happens on the first number told to a service, of all four kinds.
pub async fn connect(app: &TestApp, holder: &Holder, kind: ServiceType, credentials: &Credentials) {
    connect_all(app, holder, &[], vec![(kind, credentials.clone())]).await;
}

/// The same to addresses and several services, which are called `#営業`.
pub async fn connect_all(
    app: &TestApp,
    holder: &Holder,
    emails: &[&str],
    services: Vec<(ServiceType, Credentials)>,
) {
    let rule_id = holder.told(app, 0, emails, &[], None).await;
    let rows: Vec<_> = services
        .into_iter()
        .map(|(kind, credentials)| service(app, holder, &rule_id, kind, &credentials))
        .collect();
    let scope = store::Scope::account(&holder.account_id);
    let insert = move |conn: &mut store::Conn| {
        rows.into_iter()
            .try_for_each(|row| store::notify::notify_service::insert(conn, &scope, row))
    };
    app.app.db.write(insert).await.expect("the services are kept");
}

fn service(
    app: &TestApp,
    holder: &Holder,
    rule_id: &str,
    kind: ServiceType,
    credentials: &Credentials,
) -> store::notify::notify_service::Row {
    let id = store::new_id();
    let sealed = serde_json::to_vec(credentials).expect("JSON");
    store::notify::notify_service::Row {
        label: "#営業".into(),
        sealed_credentials: app
            .app
            .secrets
            .seal(&format!("notify_services/{id}"), &sealed)
            .expect("sealed"),
        pace_key: pace::key(&app.app.secrets, kind, credentials),
        ..store::notify::notify_service::Row::new(
            holder.account_id.clone(),
            id,
            rule_id.to_owned(),
            kind,
            app.clock.now_naive(),
        )
    }
}

/// Makes one attempt at a service.
pub async fn send(
    app: &TestApp,
    kind: ServiceType,
    credentials: &Credentials,
    job: &Job,
) -> Report {
    app.app
        .notify
        .senders
        .send(&Target::Service { kind, credentials: credentials.clone() }, job)
        .await
}
