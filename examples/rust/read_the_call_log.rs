//! Prints the call log, the latest first: `read_the_call_log [PAGE SIZE]`

use std::env;
use std::error::Error;

use reqwest::{Client, Url};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let limit = env::args().nth(1).unwrap_or("100".into());
    // Scope of the key: call_events:read.
    let (url, key) = (env::var("DENWABAN_URL")?, env::var("DENWABAN_API_KEY")?);
    let http = Client::new();

    let mut cursor: Option<String> = None;
    loop {
        let mut url = Url::parse(&format!("{url}/api/v1/call-events"))?;
        url.query_pairs_mut()
            .append_pair("limit", &limit)
            .extend_pairs(cursor.iter().map(|cursor| ("cursor", cursor)));
        let request = http.get(url).bearer_auth(&key).header("Accept-Language", "en");
        let page: Value = request.send().await?.error_for_status()?.json().await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        for event in page["items"].as_array().into_iter().flatten() {
            let caller = &event["caller"];
            let caller = if caller["e164"].is_null() { &caller["text"] } else { &caller["e164"] };
            println!("{} {} {}", text(&event["at"]), text(&event["type"]), text(caller));
        }
        // A cursor stays right while calls come in: nothing is shown twice or left out.
        match page["next_cursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}
