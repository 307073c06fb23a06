//! What changes while somebody looks is told, and only to them.

use std::time::Duration;

use serde_json::Value;
use tests::{Replica, TestApp, on_both};

use crate::outbox_helpers::Told;

/// An open stream.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(url: &str, told: &Told) -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests are clients")]
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = http.get(format!("{url}/api/v1/call-events/stream")).header("cookie", &told.holder.session.cookie);
        let response = request.send().await.expect("an answer");
        assert_eq!((response.status().as_u16(), &response.headers()["content-type"]), (200, &"text/event-stream".parse().unwrap()));
        let mut stream = Self { response, text: String::new() };
        stream.until("retry:").await;
        stream
    }

    /// Reads until `wanted` came.
    async fn until(&mut self, wanted: &str) {
        let reading = async {
            while !self.text.contains(wanted) {
                let part = self.response.chunk().await.expect("the stream goes on").expect("the stream goes on");
                self.text.push_str(&String::from_utf8_lossy(&part));
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reading).await.unwrap_or_else(|_| panic!("{wanted} did not come"));
    }
}

/// Id of the newest event.
async fn newest(told: &Told) -> String {
    let events: Value = told.holder.client.get("/call-events").await.expect(200);
    events["items"][0]["id"].as_str().expect("an event").to_owned()
}

async fn tell(app: &TestApp, url: &str) {
    let (told, other) = (Told::new(app, "minato", &["soumu@minato.example"]).await, Told::new(app, "kawasaki", &[]).await);
    let (mut mine, mut theirs) = (Stream::open(url, &told).await, Stream::open(url, &other).await);
    told.voicemails(app, ["one".to_owned()].into_iter()).await;
    let event = newest(&told).await;
    mine.until(&event).await;
    other.voicemails(app, ["two".to_owned()].into_iter()).await;
    theirs.until(&newest(&other).await).await;
    assert!(!theirs.text.contains(&event), "{}", theirs.text);
}

on_both!(
    async fn an_event_is_told_to_those_who_look_at_its_account(app) {
        tell(&app, &app.url).await;
    }
);

on_both!(
    async fn what_another_process_did_is_told_too(app) {
        let replica = Replica::of(&app);
        tell(&app, &replica.url).await;
    }
);

on_both!(
    async fn nobody_looks_without_a_session(app) {
        app.nobody().get("/call-events/stream").await.expect_problem(401, "unauthenticated");
    }
);
