//! Receives webhooks on `PORT` (8080) and verifies that they come from us.
//! `DENWABAN_WEBHOOK_SECRET` is the secret that was shown when the service was made.

use std::env;
use std::error::Error;
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::http::header::HeaderMap;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, post, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Whether a request is signed with our secret, and new (Standard Webhooks 1.0.0).
fn is_ours(key: &[u8], headers: &HeaderMap, body: &[u8]) -> bool {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, timestamp) = (header("webhook-id"), header("webhook-timestamp"));
    // What is older than five minutes may be an old request that somebody has recorded.
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if timestamp.parse::<u64>().map_or(true, |sent| sent.abs_diff(now) > 300) {
        return false;
    }
    // While a secret is being replaced there are two signatures; one of them has to be right.
    let given = header("webhook-signature")
        .split(' ')
        .filter_map(|signature| signature.strip_prefix("v1,"));
    given.filter_map(|text| STANDARD.decode(text).ok()).any(|signature| {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        // The bytes as they came: JSON that was read and written again is not the same.
        mac.update(body);
        mac.verify_slice(&signature).is_ok()
    })
}

#[post("/{path:.*}")]
async fn receive(key: web::Data<Vec<u8>>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if !is_ours(&key, request.headers(), &body) {
        return HttpResponse::Unauthorized().finish();
    }
    // The same `webhook-id` may come again. Keep what you have seen, answer at once, and work
    // afterwards.
    let event: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let caller = &event["data"]["caller"];
    let caller = caller["e164"].as_str().or(caller["text"].as_str()).unwrap_or_default();
    println!("{} from {caller}", event["type"].as_str().unwrap_or_default());
    HttpResponse::NoContent().finish()
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secret = env::var("DENWABAN_WEBHOOK_SECRET")?;
    let key = web::Data::new(STANDARD.decode(secret.trim_start_matches("whsec_"))?);
    let port = env::var("PORT").unwrap_or("8080".into()).parse()?;
    HttpServer::new(move || App::new().app_data(key.clone()).service(receive))
        .bind(("127.0.0.1", port))?
        .run()
        .await?;
    Ok(())
}
