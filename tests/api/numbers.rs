//! Numbers and their general settings.

use serde_json::json;
use tests::on_both;

on_both!(
    async fn a_holder_renames_a_number_and_sees_it_everywhere(app) {
        let holder = app.holder("minato").await;
        let path = format!("/numbers/{}", holder.numbers[0]);
        let before = holder.client.get(&path).await;
        let version = before.version();
        let after = holder.client.if_match(version).patch(&path, json!({"name": " 代表番号 "})).await;
        assert_eq!(after.version(), version + 1);
        assert_eq!(after.expect(200)["name"], "代表番号", "names are trimmed");
        let list = holder.client.get("/numbers").await.expect(200);
        assert_eq!(list["items"][0]["name"], "代表番号");
        let log = holder.client.get(&format!("/audit-log?object_id={}", holder.numbers[0])).await.expect(200);
        let entry = &log["items"][0];
        assert_eq!((&entry["actor_kind"], &entry["actor"]), (&json!("holder"), &json!("minato000")));
        assert_eq!((&entry["before"], &entry["after"]), (&json!({"name": ""}), &json!({"name": "代表番号"})));
    }
);
