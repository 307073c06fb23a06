//! Entries of a block list and imports put back from the change log.

use chrono::TimeDelta;
use serde_json::json;
use tests::on_both;

use crate::history::restore::{
    add, callers, change, conflict, entries, import, latest, refused, restore, taken_back,
    there_and_back,
};

on_both!(an_added_entry_goes_and_a_removed_one_comes_back, async |app| {
    let holder = app.holder("minato").await;
    let id = add(&holder, json!({"caller": "090-0000-0001", "note": "営業"})).await;
    let added = latest(&holder).await;
    let gone = taken_back(&holder, &added).await;
    assert_eq!((&gone["action"], callers(&holder).await), (&json!("remove_entries"), vec![]));
    conflict(&holder, &added, false, "already_done").await;
    let back = taken_back(&holder, &gone).await;
    assert_eq!(
        (&back["action"], callers(&holder).await),
        (&json!("put_back_entries"), vec!["090-0000-0001".to_owned()])
    );
    assert_eq!(
        holder.client.get(&format!("{}/{id}", entries(&holder))).await["note"],
        "営業",
        "the same entry"
    );
    conflict(&holder, &gone, false, "already_done").await;
    // That too can be taken back, and so on.
    let again = taken_back(&holder, &back).await;
    assert_eq!((&again["action"], callers(&holder).await), (&json!("remove_entries"), vec![]));
    conflict(&holder, &back, false, "already_done").await;
    taken_back(&holder, &again).await;

    // Removed by hand, one or many.
    let version = holder.client.get(&format!("{}/{id}", entries(&holder))).await.version();
    holder.client.if_match(version).delete(&format!("{}/{id}", entries(&holder))).await.expect(204);
    let removed = latest(&holder).await;
    taken_back(&holder, &removed).await;
    for caller in ["090-0000-0002", "090-0000-0003", "0120"] {
        add(
            &holder,
            json!({"caller": caller, "match": if caller == "0120" { "prefix" } else { "exact" }}),
        )
        .await;
    }
    let before = callers(&holder).await;
    holder
        .client
        .post(&format!("{}/delete", entries(&holder)), json!({"all": true}))
        .await
        .expect(200);
    let all = latest(&holder).await;
    // Meanwhile one of them was added anew; it stays, and the others come back.
    let own = add(&holder, json!({"caller": "090-0000-0002", "note": "own"})).await;
    let back = taken_back(&holder, &all).await;
    let again = taken_back(&holder, &back).await;
    assert_eq!(callers(&holder).await, ["090-0000-0002"], "only what had come back goes again");
    taken_back(&holder, &again).await;
    let mut after = callers(&holder).await;
    after.sort();
    let mut sorted = before;
    sorted.sort();
    assert_eq!(after, sorted);
    assert_eq!(holder.client.get(&format!("{}/{own}", entries(&holder))).await["note"], "own");
});

on_both!(a_changed_entry_gets_its_note_and_expiry_back, async |app| {
    let holder = app.holder("minato").await;
    let end = app.clock.now() + TimeDelta::days(1);
    let id =
        add(&holder, json!({"caller": "090-0000-0001", "note": "営業", "expires_at": end})).await;
    let added = latest(&holder).await;
    let path = format!("{}/{id}", entries(&holder));
    let line = change(&holder, &path, json!({"note": "しつこい営業", "expires_at": null})).await;
    there_and_back(&holder, &path, &line).await;
    let entry = holder.client.get(&path).await.expect(200);
    assert_eq!((&entry["note"], &entry["expires_at"]), (&json!("営業"), &json!(end)));

    let first = change(&holder, &path, json!({"note": "一"})).await;
    change(&holder, &path, json!({"note": "二"})).await;
    conflict(&holder, &first, false, "changed_since").await;
    // What was added is not what is there now.
    conflict(&holder, &added, false, "changed_since").await;
    assert_eq!(restore(&holder, &first, true).await.expect(200)["after"]["note"], "営業");

    // Its end lies in the past by now.
    let longer = change(&holder, &path, json!({"expires_at": end + TimeDelta::days(9)})).await;
    app.clock.advance(TimeDelta::days(2));
    refused(&holder, &longer, false, &[("/expires_at", "in_the_past")]).await;
    // The entry has gone.
    let gone = change(&holder, &path, json!({"note": "三"})).await;
    holder
        .client
        .post(&format!("{}/delete", entries(&holder)), json!({"ids": [id]}))
        .await
        .expect(200);
    let before = holder.log().await;
    restore(&holder, &gone, false).await.expect_problem(404, "not_found");
    assert_eq!(holder.log().await, before);
});

on_both!(an_import_is_taken_back_and_that_too, async |app| {
    let holder = app.holder("minato").await;
    add(&holder, json!({"caller": "090-0000-0009"})).await;
    let own = callers(&holder).await;
    let line = import(&holder, &["090-0000-0001", "090-0000-0002", "090-0000-0009"]).await;
    assert_eq!((&line["action"], &line["after"]["count"]), (&json!("import"), &json!(2)));
    assert_eq!(callers(&holder).await.len(), 3);
    let undone = taken_back(&holder, &line).await;
    assert_eq!((&undone["action"], &undone["after"]["count"]), (&json!("undo_import"), &json!(2)));
    assert_eq!(callers(&holder).await, own);
    conflict(&holder, &line, false, "already_done").await;
    let back = taken_back(&holder, &undone).await;
    assert_eq!((&back["action"], callers(&holder).await.len()), (&json!("put_back_entries"), 3));
    conflict(&holder, &undone, false, "already_done").await;
    // Round and round: the import's id names what was removed each time.
    let again = taken_back(&holder, &back).await;
    assert_eq!((&again["action"], callers(&holder).await.len()), (&json!("undo_import"), 1));
    conflict(&holder, &back, false, "already_done").await;
    taken_back(&holder, &again).await;
    assert_eq!(callers(&holder).await.len(), 3);
    // The import is in force again, so it can be taken back again.
    taken_back(&holder, &line).await;
    assert_eq!(callers(&holder).await, own);
    // What is copied from another number is an import, too.
    holder
        .client
        .post(
            &format!("{}/block-list/entries", holder.number(1)),
            json!({"caller": "0120-000-111"}),
        )
        .await
        .expect(201);
    let body = json!({"from_number_id": holder.numbers[1], "parts": ["block_list"]});
    holder.client.post(&format!("{}/copy-settings", holder.number(0)), body).await.expect(200);
    taken_back(&holder, &latest(&holder).await).await;
    assert_eq!(callers(&holder).await, own);
});
