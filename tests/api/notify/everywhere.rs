//! From the switch to everywhere: each of the four events, through every channel, with its recording
//! or its fax.

use api_types::{Carried, Channel};
use chrono::TimeDelta;
use serde_json::json;
use server::platform::clock::Clock;
use tests::fakes::stand_in::{StandIn, stand_ins};
use tests::switch::{Switch, event};
use tests::{Backend, Holder, TestApp, eventually, noon, on_both};

use crate::notify::helpers::connect_all;

const AUDIO: &[u8] = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00 not \
    really, but these bytes must arrive";
const FAX: &[u8] = b"%PDF-1.7\nnot really, but these bytes must arrive\n%%EOF";

/// How many files of a kind have come by then to a channel that takes them.
fn files(carried: Carried, told: bool) -> usize {
    usize::from(told && matches!(carried, Carried::File(_)))
}

/// One contract with a rule that tells of everything everywhere.
struct Stage {
    /// That of the fakes.
    clock: Clock,
    all: Vec<Box<dyn StandIn>>,
    app: TestApp,
    holder: Holder,
    switch: Switch,
    /// The number as it is dialled.
    called: String,
}

impl Stage {
    async fn set(backend: Backend) -> Self {
        let clock = Clock::set(noon());
        let all = stand_ins(&clock);
        let app = TestApp::start_with(backend, |config| {
            config.server.public_url = Some("https://portal.example.jp".parse().expect("a URL"));
            config.egress.allow_private = true;
            (config.outbox.workers, config.outbox.settle_s) = (16, 0);
            all.iter().for_each(|one| one.configure(config));
        })
        .await;
        let holder = app.holder("minato").await;
        let services: Vec<_> = all
            .iter()
            .filter_map(|one| Some((one.channel().service()?, one.credentials())))
            .collect();
        connect_all(&app, &holder, &["soumu@minato.example"], services).await;
        let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
        Self { clock, all, app, holder, switch, called }
    }
}

#[test]
fn every_channel_has_a_stand_in() {
    let all: Vec<_> = stand_ins(&Clock::system()).iter().map(|one| one.channel()).collect();
    assert_eq!(all, Channel::ALL);
}

on_both!(each_event_reaches_every_kind_of_destination_with_its_file, bare, async |backend| {
    let Stage { all, app, holder, switch, called, .. } = Stage::set(backend).await;
    let (audio, fax) = (switch.hand_in(AUDIO).await, switch.hand_in(FAX).await);
    let events = [
        ("missed_call", json!({"reason": "hung_up", "duration_s": 4})),
        (
            "voicemail",
            json!({"attachment_id": audio, "duration_s": 23, "transcript": "田中です。"}),
        ),
        ("fax", json!({"attachment_id": fax, "pages": 3})),
        ("forwarded_call", json!({"forwarded_to": "050-1111-2222"})),
    ];
    for (index, (kind, more)) in events.into_iter().enumerate() {
        let mut event = event(&called, kind, more);
        event["call_id"] = json!(format!("call-{index}"));
        switch.tell(json!([event])).await;
        let ended = async || {
            let planned = holder.planned(&app).await;
            planned.len() == (index + 1) * all.len()
                && planned
                    .iter()
                    .all(|one| one.ends_with(" delivered") || one.ends_with(" handed_over"))
        };
        eventually(&format!("all of {kind}"), ended).await;
        for one in &all {
            let carries = one.channel().describe().carries;
            let wanted = files(carries.audio, index >= 1) + files(carries.fax, index >= 2);
            let got = (one.having("1234"), one.files().len());
            assert_eq!(got, (index + 1, wanted), "{kind} to {:?}", one.channel());
        }
        // Every destination takes the next message by then.
        app.clock.advance(TimeDelta::seconds(60));
    }
    let files: Vec<_> = all.iter().flat_map(|one| one.files()).flatten().collect();
    assert!(files.len() >= 6 && files.iter().all(|file| file == AUDIO || file == FAX));
    // Who gets no bytes gets a link, and what stands behind it is the file.
    let teams = all.iter().find(|one| one.channel() == Channel::Teams).expect("Teams");
    let link = teams.said().swap_remove(1);
    let link = link
        .split("https://portal.example.jp")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let page = app.nobody().get(&format!("/{link}")).await;
    assert!(page.status == 200 && page.text.contains("田中です。"), "{}", page.text);
    let planned = holder.planned(&app).await;
    assert_eq!(
        planned.iter().filter(|one| one.ends_with(" handed_over")).count(),
        4,
        "Teams only takes over: {planned:?}"
    );
});

on_both!(a_late_transcript_follows_once_on_every_channel, bare, async |backend| {
    let Stage { clock, all, app, holder, switch, called } = Stage::set(backend).await;
    // LINE WORKS looks at the time of what asks it for a token.
    let pass = |seconds: i64| {
        app.clock.advance(TimeDelta::seconds(seconds));
        clock.advance(TimeDelta::seconds(seconds));
    };
    let mut told = 0;
    for (index, late) in [0, 40, 600, 3 * 3_600].into_iter().enumerate() {
        let of_call = |mut event: serde_json::Value| {
            event["call_id"] = json!(format!("call-{index}"));
            event["caller"] = json!(format!("0901234567{index}"));
            json!([event])
        };
        let arrives = async |told: usize, what: &str| {
            let ended = async || {
                let planned = holder.planned(&app).await;
                let is_there =
                    |one: &String| one.contains(" delivered") || one.contains(" handed_over");
                if planned.len() == told && planned.iter().all(is_there) {
                    Ok(())
                } else {
                    Err(format!("{told}: {planned:#?}"))
                }
            };
            eventually(what, ended).await;
        };
        let audio = switch.hand_in(AUDIO).await;
        let voicemail = json!({"attachment_id": audio, "duration_s": 23});
        switch.tell(of_call(event(&called, "voicemail", voicemail))).await;
        told += all.len();
        arrives(told, "the voicemail").await;
        let files: Vec<_> = all.iter().map(|one| one.files().len()).collect();
        pass(late);
        let words = format!("{index}番目の伝言です。");
        for _ in 0..2 {
            let said = json!({"transcript": words});
            switch.tell(of_call(event(&called, "transcript", said))).await;
        }
        told += all.len();
        // Every destination takes the next message by then.
        pass(60);
        arrives(told, "the transcript").await;
        for one in &all {
            // What letters say is encoded: all of them are counted.
            let is_mail = one.channel() == Channel::Mail;
            let wanted = if is_mail { 2 * (index + 1) } else { 1 };
            assert_eq!(one.having(&words), wanted, "{late} s later to {:?}", one.channel());
        }
        // The recording is there already.
        assert_eq!(all.iter().map(|one| one.files().len()).collect::<Vec<_>>(), files);
        pass(60);
    }
});
