//! Renames a number, without overwriting what others change meanwhile: `rename_a_number
//! +815012345678 "Sales"`

use std::env;
use std::error::Error;

use reqwest::header::{ETAG, IF_MATCH};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (wanted, name) =
        (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    // Scopes of the key: numbers:read, numbers:write.
    let (api, key) = (env::var("DENWABAN_URL")? + "/api/v1", env::var("DENWABAN_API_KEY")?);
    let http = Client::new();

    let numbers: Value = http
        .get(format!("{api}/numbers?limit=200"))
        .bearer_auth(&key)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let number = numbers["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|number| number["e164"] == wanted.as_str());
    let id =
        number.and_then(|number| number["id"].as_str()).ok_or("the contract has no such number")?;
    let url = format!("{api}/numbers/{id}");

    for _ in 0..3 {
        let read = http.get(&url).bearer_auth(&key).send().await?.error_for_status()?;
        // The ETag is the version that we have read; If-Match says that we change this one and no
        // other.
        let etag = read.headers().get(ETAG).ok_or("there is no ETag")?;
        let answer = http
            .patch(&url)
            .bearer_auth(&key)
            .header(IF_MATCH, etag)
            .json(&json!({"name": name}))
            .send()
            .await?;
        if answer.status() == StatusCode::PRECONDITION_FAILED {
            eprintln!("somebody else has changed it meanwhile; reading it again");
            continue;
        }
        let number: Value = answer.error_for_status()?.json().await?;
        println!("{} is called {} now", number["e164"], number["name"]);
        return Ok(());
    }
    Err("it changes all the time".into())
}
