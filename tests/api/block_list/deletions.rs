//! Entries that go: removed by hand, put back, expired.

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::app::housekeeping::clean;
use tests::{Holder, on_both};

use crate::block_list::helpers::{List, at, column, id_of, log_of, mobile, text};

async fn eight(list: &List) -> Vec<Value> {
    for index in 0..8 {
        list.add(
            json!({"caller": mobile(index), "note": if index % 2 == 0 { "even" } else { "odd" }}),
        )
        .await;
    }
    list.entries("").await
}

/// Puts back what a line of the log was about.
async fn restore(holder: &Holder, line: &Value) -> tests::Answer {
    holder.client.post(&format!("/audit-log/{}/restore", text(&line["id"])), json!({})).await
}

on_both!(one_entry_is_removed_from_the_version_that_was_seen, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let entry = list.add(json!({"caller": "09012345678", "note": "営業"})).await;
    let path = list.entry_path(&entry);
    list.client.delete(&path).await.expect_problem(428, "precondition_required");
    list.client.if_match(2).delete(&path).await.expect_problem(412, "stale");
    assert_eq!(list.count().await, 1);
    let removed = list.client.if_match(1).delete(&path).await;
    assert_eq!((removed.status, removed.text.as_str()), (204, ""));
    assert_eq!(list.count().await, 0);
    list.client.get(&path).await.expect_problem(404, "not_found");
    list.client.if_match(1).delete(&path).await.expect_problem(404, "not_found");
    list.client
        .if_match(1)
        .patch(&path, json!({"note": "x"}))
        .await
        .expect_problem(404, "not_found");

    let line = log_of(&holder, 0).await.remove(0);
    assert_eq!((&line["action"], &line["after"]["count"]), (&json!("remove_entries"), &json!(1)));
    assert_eq!(
        (&line["before"]["caller"], &line["before"]["note"]),
        (&json!("+819012345678"), &json!("営業"))
    );
    restore(&holder, &line).await.expect(200);
    let back = list.client.get(&path).await.expect(200);
    assert_eq!(
        (&back["note"], &back["created_at"], &back["version"]),
        (&json!("営業"), &entry["created_at"], &json!(2))
    );
    assert_eq!(list.count().await, 1);
    restore(&holder, &line).await.expect_problem(409, "already_done");
    // Adding it is taken back by removing it, through the log as well.
    let added = log_of(&holder, 0).await.pop().expect("a line");
    restore(&holder, &added).await.expect(200);
    assert_eq!(list.count().await, 0);
});

on_both!(entries_are_removed_by_ids_by_a_search_or_all, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let other = List::of(&app, &holder, 1);
    other.block(&mobile(0)).await;
    let all = eight(&list).await;
    let ids: Vec<&str> = all.iter().map(id_of).collect();
    let elsewhere = other.entries("").await;
    let gone = |deleted: &Value| deleted["deleted"].as_u64();

    // Doubled, unknown and foreign ids are passed over.
    let some = list
        .delete(json!({"ids": [ids[0], ids[0], ids[3], "unknown", "", id_of(&elsewhere[0])]}))
        .await;
    assert_eq!((gone(&some), list.count().await), (Some(2), 6));
    let line = &log_of(&holder, 0).await[0];
    assert_eq!(line["after"], json!({"count": 2, "deletion_id": some["deletion_id"]}));
    let revision = holder.revision().await;
    assert_eq!(
        list.delete(json!({"ids": ["unknown"]})).await,
        json!({"deleted": 0, "deletion_id": null})
    );
    assert_eq!(
        list.delete(json!({"all": true, "q": "nobody"})).await,
        json!({"deleted": 0, "deletion_id": null})
    );
    assert_eq!(holder.revision().await, revision, "nothing was changed");

    let odd = list.delete(json!({"all": true, "q": "ODD", "except": [ids[2], "unknown"]})).await;
    assert_eq!((gone(&odd), list.entries("q=odd").await), (Some(2), vec![all[2].clone()]));
    let rest = list.delete(json!({"all": true, "except": [ids[1]]})).await;
    assert_eq!((gone(&rest), list.entries("").await), (Some(3), vec![all[1].clone()]));
    assert_eq!(gone(&list.delete(json!({"all": true})).await), Some(1));
    assert_eq!((list.count().await, other.entries("").await), (0, elsewhere));

    // One after the other, in any order: everything is where it was.
    for (deleted, count) in [(&odd, 2), (&some, 4), (&rest, 7)] {
        list.undo_deletion(&deleted["deletion_id"]).await.expect(200);
        assert_eq!(list.count().await, count);
    }
    let mut expected = column(&all, "caller");
    expected.remove(1);
    assert_eq!(column(&list.entries("").await, "caller"), expected, "in the old order");
});

on_both!(a_removal_that_does_not_say_what_is_refused, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let all = eight(&list).await;
    let ids = json!([all[0]["id"]]);
    let table: &[(Value, &str, &str)] = &[
        (json!({}), "/ids", "required"),
        (json!({"ids": []}), "/ids", "required"),
        (json!({"all": false, "q": "odd"}), "/ids", "required"),
        (json!({"all": true, "ids": ids}), "/ids", "not_applicable"),
        (json!({"ids": ids, "q": "odd"}), "/q", "not_applicable"),
        (json!({"ids": ids, "except": ids}), "/except", "not_applicable"),
        (json!({"ids": vec!["x"; 1001]}), "/ids", "too_long"),
        (json!({"all": true, "except": vec!["x"; 1001]}), "/except", "too_long"),
        (json!({"all": true, "q": "x".repeat(101)}), "/q", "too_long"),
        (json!({"ids": ["x", "\0"]}), "/ids/1", "control_character"),
        (json!({"all": 1}), "/all", "wrong_type"),
        (json!({"everything": true}), "/everything", "unknown_field"),
    ];
    for (body, pointer, code) in table {
        let answer =
            list.client.post(&format!("{}/delete", list.entries_path()), body.clone()).await;
        answer.expect_fields(&[(pointer, code)]);
    }
    assert_eq!(list.entries("").await, all);
    let many: Vec<String> = (0..999)
        .map(|index| format!("unknown-{index}"))
        .chain([id_of(&all[0]).to_owned()])
        .collect();
    assert_eq!(list.delete(json!({"all": true, "except": many})).await["deleted"], 7);
    assert_eq!(list.delete(json!({"ids": many})).await["deleted"], 1);
});

on_both!(a_removal_is_taken_back_but_for_what_was_added_again, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let all = eight(&list).await;
    let noted = list
        .client
        .if_match(1)
        .patch(&list.entry_path(&all[5]), json!({"note": "changed"}))
        .await
        .expect(200);
    let deleted = list.delete(json!({"all": true})).await;
    let again = list.add(json!({"caller": mobile(7), "note": "again"})).await;
    // A beginning that covers others is another entry: it stands in nobody's way.
    list.add(json!({"caller": "0900", "match": "prefix"})).await;
    let restored = list.undo_deletion(&deleted["deletion_id"]).await.expect(200);
    assert_eq!(restored, json!({"restored": 7, "skipped": 1}));
    assert_eq!(list.count().await, 9);
    assert_eq!(
        list.entries(&format!("q={}", mobile(7))).await,
        [again],
        "what was added meanwhile stays as it is"
    );
    let back = list.client.get(&list.entry_path(&all[5])).await.expect(200);
    assert_eq!((&back["note"], &back["created_at"]), (&noted["note"], &noted["created_at"]));
    assert!(back["version"].as_u64() > noted["version"].as_u64(), "nobody holds its version");
    list.client.get(&list.entry_path(&all[0])).await.expect_problem(404, "not_found");
    let line = &log_of(&holder, 0).await[0];
    assert_eq!((&line["action"], &line["after"]["count"]), (&json!("put_back_entries"), &json!(7)));

    list.undo_deletion(&deleted["deletion_id"]).await.expect_problem(409, "already_done");
    list.undo_deletion(&json!("unknown")).await.expect_problem(409, "already_done");
    let other = List::of(&app, &holder, 1);
    let second = list.delete(json!({"ids": [id_of(&all[5])]})).await;
    other.undo_deletion(&second["deletion_id"]).await.expect_problem(409, "already_done");
    assert_eq!((other.count().await, list.count().await), (0, 8));
});

on_both!(a_removal_can_be_taken_back_for_thirty_days, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    list.block(&mobile(0)).await;
    let first = list.delete(json!({"all": true})).await;
    list.block(&mobile(1)).await;
    app.clock.advance(TimeDelta::days(10));
    let second = list.delete(json!({"all": true})).await;
    app.clock.advance(TimeDelta::days(10));
    list.client.get("/session").await.expect(200);
    app.clock.advance(TimeDelta::days(10) + TimeDelta::seconds(1));
    let cleaned = clean(&app.app).await;
    assert!(cleaned.is_ok(), "{cleaned:?}");
    let (client, _) = app.nobody().sign_in(&holder.login_id, tests::PASSWORD).await;
    let list = list.with(client);
    list.undo_deletion(&first["deletion_id"]).await.expect_problem(409, "already_done");
    list.undo_deletion(&second["deletion_id"]).await.expect(200);
    assert_eq!(list.callers("").await, ["090-0000-0001"]);
});

on_both!(an_expired_entry_refuses_nobody_and_makes_room, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let expires_at = at(&app, TimeDelta::hours(1));
    let entry =
        list.add(json!({"caller": "09012345678", "note": "old", "expires_at": expires_at})).await;
    let path = list.entry_path(&entry);
    app.clock.advance(TimeDelta::minutes(60) - TimeDelta::microseconds(1));
    assert_eq!(list.client.get(&path).await["expired"], false);
    list.try_add(json!({"caller": "09012345678"})).await.expect_fields(&[("/caller", "duplicate")]);
    let check = list.check("exact", "09012345678").await;
    assert_eq!(
        (&check["covered_by"]["id"], &check["refusal"]["code"]),
        (&entry["id"], &json!("duplicate"))
    );

    app.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(list.client.get(&path).await["expired"], true);
    assert_eq!(
        (list.entries("").await[0]["expired"].clone(), list.count().await),
        (json!(true), 1)
    );
    let check = list.check("exact", "09012345678").await;
    assert_eq!(
        (&check["covered_by"], &check["refusal"]),
        (&Value::Null, &Value::Null),
        "it covers nobody any more"
    );
    // Its note may still be changed, and it may be given more time.
    list.client
        .if_match(1)
        .patch(&path, json!({"note": "older", "expires_at": expires_at}))
        .await
        .expect(200);
    list.client
        .if_match(2)
        .patch(&path, json!({"expires_at": at(&app, -TimeDelta::seconds(1))}))
        .await
        .expect(422);

    let added = list.add(json!({"caller": "090-1234-5678", "note": "new"})).await;
    assert_ne!(added["id"], entry["id"]);
    assert_eq!(list.count().await, 1);
    list.client.get(&path).await.expect_problem(404, "not_found");
    let line = &log_of(&holder, 0).await[0];
    assert_eq!(
        (&line["action"], &line["before"]["note"], &line["after"]["note"]),
        (&json!("add_entry"), &json!("older"), &json!("new"))
    );
    list.try_add(json!({"caller": "09012345678"})).await.expect_fields(&[("/caller", "duplicate")]);
});

on_both!(an_expired_entry_does_not_hide_one_that_still_covers, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let prefix = list.add(json!({"caller": "0901", "match": "prefix"})).await;
    list.add(
        json!({"caller": "090123", "match": "prefix", "expires_at": at(&app, TimeDelta::hours(1))}),
    )
    .await;
    list.add(json!({"caller": "09012345678", "expires_at": at(&app, TimeDelta::hours(1))})).await;
    app.clock.advance(TimeDelta::hours(1));
    for (matching, caller) in
        [("exact", "09012345678"), ("prefix", "090123"), ("exact", "09012345679")]
    {
        let check = list.check(matching, caller).await;
        assert_eq!(
            (&check["covered_by"]["id"], &check["refusal"]),
            (&prefix["id"], &Value::Null),
            "{matching} {caller}"
        );
    }
});

on_both!(a_file_takes_the_place_of_what_has_expired, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    list.add(
        json!({"caller": mobile(1), "note": "old", "expires_at": at(&app, TimeDelta::hours(1))}),
    )
    .await;
    list.add(json!({"caller": mobile(2), "note": "stays"})).await;
    app.clock.advance(TimeDelta::hours(1));
    let file = format!("{},new\n{},new\n{},new\n", mobile(1), mobile(2), mobile(3));
    let preview = list.preview(file.clone()).await;
    assert_eq!((&preview["added"], &preview["duplicates"]), (&json!(2), &json!(1)), "{preview}");
    let import = list.import("", file).await.expect(200);
    assert_eq!((&import["added"], &import["duplicates"]), (&json!(2), &json!(1)));
    assert_eq!(column(&list.entries("").await, "note"), ["new", "new", "stays"]);
    assert_eq!(list.count().await, 3);
    assert_eq!(list.undo_import(&import).await.expect(200), json!({"removed": 2}));
    assert_eq!(list.count().await, 1);
});
