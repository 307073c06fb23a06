//! The checked-in document is what the handlers say.

#[test]
fn the_checked_in_document_is_the_served_one() {
    let path = tests::repository().join("openapi/openapi.json");
    let generated = server::http::openapi::document_text();
    #[expect(clippy::disallowed_methods, reason = "asks for the file to be written anew")]
    let update = std::env::var_os("UPDATE_OPENAPI").is_some();
    if update {
        std::fs::write(&path, &generated).expect("openapi/openapi.json is written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = checked_in.lines().zip(generated.lines()).enumerate().find(|(_, (old, new))| old != new);
    assert!(
        checked_in == generated,
        "openapi/openapi.json is out of date, first at {difference:?}; run: UPDATE_OPENAPI=1 cargo test -p tests --test api openapi"
    );
}
