//! Blocks a caller on the first number of the contract: `block_a_number 0120-000-111 "telephone
//! sales"`

use std::env;
use std::error::Error;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (caller, note) =
        (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    // Scopes of the key: numbers:read, block_list:write.
    let (api, key) = (env::var("DENWABAN_URL")? + "/api/v1", env::var("DENWABAN_API_KEY")?);
    let http = Client::new();

    let numbers: Value = http
        .get(format!("{api}/numbers?limit=1"))
        .bearer_auth(&key)
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    let number_id = numbers["items"][0]["id"].as_str().ok_or("the contract has no number")?;

    let answer = http
        .post(format!("{api}/numbers/{number_id}/block-list/entries"))
        .bearer_auth(&key)
        .header("Accept-Language", "en")
        // Under one key a request happens once, however often it has to be sent.
        .header("Idempotency-Key", uuid::Uuid::now_v7().to_string())
        .json(&json!({"caller": caller, "note": note}))
        .send()
        .await?;
    if answer.status() == StatusCode::UNPROCESSABLE_ENTITY {
        // What is wrong with a field stands in `errors`, in the language of Accept-Language.
        let problem: Value = answer.json().await?;
        return Err(format!(
            "{}: {}",
            problem["errors"][0]["pointer"], problem["errors"][0]["message"]
        )
        .into());
    }
    let entry: Value = answer.error_for_status()?.json().await?;
    println!("blocked {}, entry {}", entry["caller_text"], entry["id"]);
    Ok(())
}
