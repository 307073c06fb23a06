//! What changes while somebody looks is told, and only to them.

use std::time::Duration;

use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Holder, Replica, TestApp, on_both};

/// An open stream.
struct Stream {
    response: reqwest::Response,
    text: String,
}

impl Stream {
    async fn open(url: &str, holder: &Holder) -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests are clients")]
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let request = http.get(format!("{url}/api/v1/call-events/stream")).header("cookie", &holder.session.cookie);
        let response = request.send().await.expect("an answer");
        let kind = response.headers()["content-type"].to_str().unwrap_or_default();
        assert_eq!((response.status().as_u16(), kind), (200, "text/event-stream"));
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
async fn newest(holder: &Holder) -> String {
    let events: Value = holder.client.get("/call-events").await.expect(200);
    events["items"][0]["id"].as_str().expect("an event").to_owned()
}

async fn tell(app: &TestApp, url: &str) {
    let (holder, other, switch) = (app.holder("minato").await, app.holder("kawasaki").await, Switch::of(app).await);
    let (mut mine, mut theirs) = (Stream::open(url, &holder).await, Stream::open(url, &other).await);
    switch.tell(json!([event(&holder.dialled(0).await, "voicemail", json!({}))])).await;
    let told = newest(&holder).await;
    mine.until(&told).await;
    switch.tell(json!([event(&other.dialled(0).await, "voicemail", json!({}))])).await;
    theirs.until(&newest(&other).await).await;
    assert!(!theirs.text.contains(&told), "{}", theirs.text);
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
