//! Server-sent events, as a client reads them.

use std::time::Duration;

/// An open stream.
pub struct EventStream {
    response: reqwest::Response,
    /// What came so far.
    pub text: String,
}

impl EventStream {
    /// Opens the stream at `url` with a header that says who looks, and waits for its first line.
    pub async fn open(url: &str, who: (&str, &str)) -> Self {
        Self::go_on(url, who, None).await
    }

    /// The same after a break: `last` is the id of the last message that came.
    pub async fn go_on(url: &str, (name, value): (&str, &str), last: Option<&str>) -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests are clients")]
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut request = http.get(url).header(name, value);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let response = request.send().await.expect("an answer");
        let kind = response.headers()["content-type"].to_str().unwrap_or_default();
        assert_eq!((response.status().as_u16(), kind), (200, "text/event-stream"));
        let mut stream = Self { response, text: String::new() };
        stream.until("retry:").await;
        stream
    }

    /// Reads until `wanted` came.
    pub async fn until(&mut self, wanted: &str) {
        let reading = async {
            while !self.text.contains(wanted) {
                let part = self
                    .response
                    .chunk()
                    .await
                    .expect("the stream goes on")
                    .expect("the stream goes on");
                self.text.push_str(&String::from_utf8_lossy(&part));
            }
        };
        tokio::time::timeout(Duration::from_secs(20), reading)
            .await
            .unwrap_or_else(|_| panic!("{wanted} did not come"));
    }

    /// The id of the last message that came whole.
    pub fn last_id(&self) -> String {
        let whole = self.text.rsplit_once("\n\n").map_or("", |(whole, _)| whole);
        let mut ids = whole.lines().filter_map(|line| line.strip_prefix("id: "));
        ids.next_back().expect("messages have ids").to_owned()
    }

    /// Reads until the server ends the stream.
    pub async fn until_it_ends(&mut self) {
        let reading = async {
            while let Ok(Some(part)) = self.response.chunk().await {
                self.text.push_str(&String::from_utf8_lossy(&part));
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reading)
            .await
            .unwrap_or_else(|_| panic!("the stream did not end"));
    }
}
