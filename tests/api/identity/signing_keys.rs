//! The keys that tokens and snapshots are signed with: made by themselves, published, rotated.

use std::collections::BTreeSet;

use api_types::JsonWebKeySet;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use server::App;
use server::identity::signing;
use store::OperatorScope;
use tests::{Client, Replica, TestApp, on_both};

async fn published(url: &str) -> JsonWebKeySet {
    let answer = Client::new(url).get("//.well-known/jwks.json").await;
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    serde_json::from_value(answer.expect(200)).expect("a key set")
}

async fn kids(url: &str) -> BTreeSet<String> {
    published(url).await.keys.into_iter().map(|key| key.kid).collect()
}

/// Checks a detached signature with nothing but what is published, as a switch would; answers the
/// key that signed.
pub(crate) async fn checked(url: &str, signature: &str, payload: &[u8]) -> Option<String> {
    let (header, signature) = signature.split_once("..")?;
    let fields: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
    assert_eq!((&fields["alg"], &fields["b64"]), (&"ES256".into(), &false.into()), "{fields}");
    let key = published(url).await.keys.into_iter().find(|key| key.kid == fields["kid"])?;
    let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let point = [vec![4], decoded(&key.x), decoded(&key.y)].concat();
    let signed = [header.as_bytes(), b".", payload].concat();
    let good = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(&signed, &decoded(signature))
        .is_ok();
    good.then_some(key.kid)
}

async fn sign(app: &App, payload: &[u8]) -> String {
    app.identity
        .signing()
        .await
        .expect("keys")
        .detached(app.clock.now_naive(), payload)
        .expect("a signature")
}

async fn rotate(app: &TestApp, at_once: bool) -> String {
    let (secrets, now) = (app.app.secrets.clone(), app.clock.now_naive());
    let scope = OperatorScope::authorised();
    app.app
        .db
        .write(move |conn| signing::rotate(conn, scope, &secrets, now, at_once))
        .await
        .expect("a new key")
        .kid
}

on_both!(the_first_key_is_made_by_itself_and_stays, async |app| {
    let key = published(&app.url).await.keys.remove(0);
    assert_eq!(
        (key.kty.as_str(), key.crv.as_str(), key.alg.as_str(), key.usage.as_str()),
        ("EC", "P-256", "ES256", "sig")
    );
    let signature = sign(&app.app, b"payload").await;
    assert_eq!(checked(&app.url, &signature, b"payload").await, Some(key.kid.clone()));
    assert_eq!(checked(&app.url, &signature, b"another payload").await, None);
    assert_eq!(
        kids(&Replica::of(&app).url).await,
        BTreeSet::from([key.kid]),
        "a restart makes no other key"
    );
});

on_both!(a_new_key_is_published_before_it_signs_and_the_old_one_long_after, async |app| {
    let old = kids(&app.url).await.pop_first().expect("a key");
    let before = sign(&app.app, b"x").await;
    let new = rotate(&app, false).await;

    let now = Replica::of(&app);
    assert_eq!(kids(&now.url).await, BTreeSet::from([old.clone(), new.clone()]));
    let signature = sign(&now.app, b"x").await;
    assert_eq!(
        checked(&now.url, &signature, b"x").await,
        Some(old.clone()),
        "it does not sign yet"
    );

    app.clock.advance(TimeDelta::minutes(11));
    let signature = sign(&now.app, b"x").await;
    assert_eq!(checked(&now.url, &signature, b"x").await, Some(new.clone()));
    assert_eq!(
        checked(&now.url, &before, b"x").await,
        Some(old),
        "what the old key signed is good"
    );

    app.clock.advance(TimeDelta::days(8));
    let now = Replica::of(&app);
    assert_eq!(kids(&now.url).await, BTreeSet::from([new]));
    assert_eq!(checked(&now.url, &before, b"x").await, None);
});

on_both!(a_key_that_others_may_know_goes_at_once, async |app| {
    let before = sign(&app.app, b"x").await;
    let new = rotate(&app, true).await;
    let now = Replica::of(&app);
    assert_eq!(kids(&now.url).await, BTreeSet::from([new]));
    assert_eq!(checked(&now.url, &before, b"x").await, None);
    let signature = sign(&now.app, b"x").await;
    assert!(checked(&now.url, &signature, b"x").await.is_some());
});
