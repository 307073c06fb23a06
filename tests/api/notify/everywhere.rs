//! From the switch to everywhere: each of the four events, by mail and through each kind of
//! service, with its recording or its fax.

use api_types::ServiceType;
use chrono::TimeDelta;
use serde_json::{Value, json};
use server::platform::clock::Clock;
use tests::fakes::chatwork::{self, Chatwork};
use tests::fakes::google_chat::GoogleChat;
use tests::fakes::line::{self, Line};
use tests::fakes::line_works::{self, LineWorks};
use tests::fakes::slack::{self, Slack};
use tests::fakes::smtp::Smtp;
use tests::fakes::teams::Teams;
use tests::fakes::webhook::{self, Endpoint};
use tests::switch::{Switch, event};
use tests::{Backend, Holder, TestApp, eventually, noon, on_both};

use crate::notify::helpers::{connect_all, credentials};

const AUDIO: &[u8] = b"\x00\x00\x00\x20ftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00 not \
    really, but these bytes must arrive";
const FAX: &[u8] = b"%PDF-1.7\nnot really, but these bytes must arrive\n%%EOF";

struct Everywhere {
    slack: Slack,
    chatwork: Chatwork,
    teams: Teams,
    google_chat: GoogleChat,
    line: Line,
    line_works: LineWorks,
    webhook: Endpoint,
    smtp: Smtp,
    app: TestApp,
}

impl Everywhere {
    async fn start(backend: Backend) -> Self {
        let clock = Clock::set(noon());
        let (slack, chatwork, teams, google_chat) =
            (Slack::start(), Chatwork::start(), Teams::start(), GoogleChat::start());
        let (line, line_works, smtp) =
            (Line::start(), LineWorks::start(clock.clone()), Smtp::start());
        let webhook = Endpoint::start(webhook::SECRET, clock.clone());
        let app = TestApp::start_with(backend, |config| {
            config.server.public_url = Some("https://portal.example.jp".parse().expect("a URL"));
            config.egress.allow_private = true;
            (config.outbox.workers, config.outbox.settle_s) = (16, 0);
            config.providers.slack.base_url.clone_from(&slack.fake.url);
            config.providers.chatwork.base_url.clone_from(&chatwork.fake.url);
            config.providers.teams.allowed_hosts = "127.0.0.1".into();
            config.providers.google_chat.base_url.clone_from(&google_chat.fake.url);
            config.providers.line.base_url.clone_from(&line.fake.url);
            config.providers.line_works.base_url = format!("{}/v1.0", line_works.fake.url);
            config.providers.line_works.auth_url.clone_from(&line_works.fake.url);
            config.providers.line_works.upload_hosts = "127.0.0.1".into();
            config.smtp.url = Some(smtp.url.clone().into());
        })
        .await;
        Self { slack, chatwork, teams, google_chat, line, line_works, webhook, smtp, app }
    }

    async fn holder(&self) -> Holder {
        let holder = self.app.holder("minato").await;
        let works = [
            ("client_id", line_works::CLIENT_ID),
            ("client_secret", line_works::CLIENT_SECRET),
            ("service_account", line_works::ACCOUNT),
            ("private_key", &self.line_works.private_key),
            ("bot_id", line_works::BOT),
            ("channel_id", line_works::ROOM),
        ];
        let services = vec![
            (
                ServiceType::Slack,
                credentials(&[("bot_token", slack::TOKEN), ("channel_id", slack::CHANNEL)]),
            ),
            (
                ServiceType::Chatwork,
                credentials(&[("api_token", chatwork::TOKEN), ("room_id", chatwork::ROOM)]),
            ),
            (ServiceType::Teams, credentials(&[("url", &self.teams.url())])),
            (ServiceType::GoogleChat, credentials(&[("url", &GoogleChat::url())])),
            (
                ServiceType::Line,
                credentials(&[("channel_access_token", line::TOKEN), ("to", line::GROUP)]),
            ),
            (ServiceType::LineWorks, credentials(&works)),
            (
                ServiceType::Webhook,
                credentials(&[
                    ("url", &self.webhook.fake.url),
                    ("signing_secret", webhook::SECRET),
                ]),
            ),
        ];
        connect_all(&self.app, &holder, &["soumu@minato.example"], services).await;
        holder
    }

    /// What each of them has got so far that has this in it: how many messages, and how many files.
    fn got(&self, words: &str) -> Vec<(&'static str, usize, usize)> {
        let having = |texts: Vec<String>| texts.iter().filter(|text| text.contains(words)).count();
        let json = |values: Vec<Value>| values.iter().map(Value::to_string).collect::<Vec<_>>();
        let said = self.line_works.said();
        let works = said.iter().map(|said| said.content.to_string()).collect();
        let pushes = self.line.pushes();
        let audio = pushes
            .iter()
            .flat_map(|push| push["messages"].as_array())
            .flatten()
            .filter(|message| message["type"] == "audio");
        let letters = self.smtp.letters();
        let attached = |kind: &str| {
            letters
                .iter()
                .filter(|letter| letter.data.contains(&format!("Content-Type: {kind}")))
                .count()
        };
        let posts = self.webhook.fake.requests().iter().map(|request| request.text()).collect();
        vec![
            ("slack", having(json(self.slack.messages())), self.slack.files().len()),
            ("chatwork", having(self.chatwork.messages()), self.chatwork.files().len()),
            ("teams", having(json(self.teams.cards())), 0),
            ("google_chat", having(json(self.google_chat.messages())), 0),
            ("line", having(json(pushes.clone())), audio.count()),
            ("line_works", having(works), said.iter().filter(|said| said.file.is_some()).count()),
            ("webhook", having(posts), 0),
            ("mail", letters.len(), attached("audio/") + attached("application/pdf")),
        ]
    }
}

on_both!(each_event_reaches_every_kind_of_destination_with_its_file, bare, async |backend| {
    let all = Everywhere::start(backend).await;
    let holder = all.holder().await;
    let (switch, called) = (Switch::of(&all.app).await, holder.dialled(0).await);
    let (audio, fax) = (switch.hand_in(AUDIO).await, switch.hand_in(FAX).await);
    // How many files have come by then: LINE plays audio only, from a link; Teams, Google Chat and
    // webhooks have links.
    let events = [
        ("missed_call", json!({"reason": "hung_up", "duration_s": 4}), [0; 8]),
        (
            "voicemail",
            json!({"attachment_id": audio, "duration_s": 23, "transcript": "田中です。"}),
            [1, 1, 0, 0, 1, 1, 0, 1],
        ),
        ("fax", json!({"attachment_id": fax, "pages": 3}), [2, 2, 0, 0, 1, 2, 0, 2]),
        ("forwarded_call", json!({"forwarded_to": "050-1111-2222"}), [2, 2, 0, 0, 1, 2, 0, 2]),
    ];
    for (index, (kind, more, files)) in events.into_iter().enumerate() {
        let mut event = event(&called, kind, more);
        event["call_id"] = json!(format!("call-{index}"));
        switch.tell(json!([event])).await;
        let ended = async || {
            let planned = holder.planned(&all.app).await;
            planned.len() == (index + 1) * 8
                && planned
                    .iter()
                    .all(|one| one.ends_with(" delivered") || one.ends_with(" handed_over"))
        };
        eventually(&format!("all eight of {kind}"), ended).await;
        let got = all.got("1234");
        let wanted: Vec<_> =
            got.iter().zip(files).map(|((name, ..), files)| (*name, index + 1, files)).collect();
        assert_eq!(got, wanted, "{kind}");
        // Every destination takes the next message by then.
        all.app.clock.advance(TimeDelta::seconds(60));
    }
    assert_eq!(all.webhook.problems(), Vec::<String>::new());
    let bytes = |bytes: &[u8]| bytes == AUDIO || bytes == FAX;
    assert!(
        all.slack.files().iter().all(|file| bytes(&file.bytes))
            && all.chatwork.files().iter().all(|file| bytes(&file.bytes))
    );
    assert!(
        all.line_works
            .said()
            .iter()
            .filter_map(|said| said.file.as_ref())
            .all(|(_, file)| bytes(file))
    );
    // Who gets no bytes gets a link, and what stands behind it is the file.
    let link = all.teams.cards()[1].to_string();
    let link = link
        .split("https://portal.example.jp")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .expect("a link");
    let page = all.app.nobody().get(&format!("/{link}")).await;
    assert!(page.status == 200 && page.text.contains("田中です。"), "{}", page.text);
    let planned = holder.planned(&all.app).await;
    assert_eq!(
        planned.iter().filter(|one| one.ends_with(" handed_over")).count(),
        4,
        "Teams only takes over: {planned:?}"
    );
});
