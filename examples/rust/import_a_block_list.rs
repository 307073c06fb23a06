//! Imports a block list from a CSV file into the first number: `import_a_block_list list.csv
//! [--skip-invalid]`

use std::env;
use std::error::Error;

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let (file, option) = (arguments.next().unwrap_or_default(), arguments.next());
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
    let imports = format!("{api}/numbers/{number_id}/block-list/imports");

    // A preview changes nothing and says what would become of each row. It is kept for an hour. The
    // file goes as it is: UTF-8 and Shift_JIS are recognised.
    let request = http
        .post(format!("{imports}?dry_run=true"))
        .bearer_auth(&key)
        .header("Accept-Language", "en");
    let request = request.header(CONTENT_TYPE, "text/csv").body(std::fs::read(file)?);
    let preview: Value = request.send().await?.error_for_status()?.json().await?;
    let count = |name: &str| preview[name].as_u64().unwrap_or_default();
    println!(
        "{} rows: {} new, {} known already, {} wrong",
        count("total"),
        count("added"),
        count("duplicates"),
        count("invalid")
    );
    for row in
        preview["rows"].as_array().into_iter().flatten().filter(|row| row["outcome"] == "invalid")
    {
        println!("  line {}: {}: {}", row["line"], row["value"], row["reason"]);
    }
    if count("invalid") > 0 && option.as_deref() != Some("--skip-invalid") {
        return Err("nothing was imported; mend the file, or use --skip-invalid".into());
    }

    let import_id = preview["import_id"].as_str().unwrap_or_default();
    let request = http
        .post(format!("{imports}/{import_id}/apply"))
        .bearer_auth(&key)
        .json(&json!({"skip_invalid": true}));
    let applied: Value = request.send().await?.error_for_status()?.json().await?;
    println!("{} added", applied["added"]);
    Ok(())
}
