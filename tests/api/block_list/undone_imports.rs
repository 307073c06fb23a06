//! Files of entries: taken back, and applied once.

use serde_json::json;
use tests::on_both;
use tokio::task::JoinSet;

use crate::block_list::helpers::{column, id_of, log_of, long_file, text};

use crate::block_list::imports::stage;

on_both!(an_import_is_taken_back_exactly, async |app| {
    let (holder, list) = stage(&app).await;
    let file = "電話番号,メモ\n09011110009,x\n09011110001,一\n09011110002,二\n09011110003,三\n";
    let import = list.import("", file).await.expect(200);
    assert_eq!((&import["added"], &import["duplicates"]), (&json!(3), &json!(1)));
    let later = list.block("09011110004").await;
    let of = async |caller: &str| list.entries(&format!("q={caller}")).await.remove(0);
    let edited = of("09011110001").await;
    let edited = list
        .client
        .if_match(1)
        .patch(&list.entry_path(&edited), json!({"note": "changed"}))
        .await
        .expect(200);
    let removed = list.delete(json!({"ids": [id_of(&of("09011110002").await)]})).await;
    list.client
        .clone()
        .post(&list.entries_path(), json!({"caller": "09011110002", "note": "by hand"}))
        .await
        .expect(201);

    assert_eq!(list.undo_import(&import).await.expect(200), json!({"removed": 2}));
    assert_eq!(
        column(&list.entries("").await, "note"),
        ["by hand", "", "before"],
        "neither what was there nor what came since"
    );
    assert_eq!(list.count().await, 3);
    list.client.get(&list.entry_path(&later)).await.expect(200);
    assert_eq!(list.client.get(&list.import_path(&import)).await["state"], "undone");
    list.undo_import(&import).await.expect_problem(409, "already_done");
    list.apply(&import, json!({})).await.expect_problem(409, "already_done");

    let line = log_of(&holder, 0).await.remove(0);
    assert_eq!(
        (&line["action"], &line["restorable"], &line["after"]["count"]),
        (&json!("undo_import"), &json!(true), &json!(2))
    );
    let restore = format!("/audit-log/{}/restore", text(&line["id"]));
    holder.client.post(&restore, json!({})).await.expect(200);
    assert_eq!(list.client.get(&list.import_path(&import)).await["state"], "applied");
    assert_eq!(
        (list.count().await, of("09011110001").await["note"].clone()),
        (5, edited["note"].clone())
    );
    holder.client.post(&restore, json!({})).await.expect_problem(409, "already_done");
    // And once more from the start: through the log, as the import was its own line there.
    let line = log_of(&holder, 0)
        .await
        .into_iter()
        .find(|line| line["action"] == "import")
        .expect("a line");
    holder
        .client
        .post(&format!("/audit-log/{}/restore", text(&line["id"])), json!({}))
        .await
        .expect(200);
    assert_eq!(list.count().await, 3);
    // The one that was removed by hand before does not come back over what was added in its place.
    let restored = list.undo_deletion(&removed["deletion_id"]).await.expect(200);
    assert_eq!(restored, json!({"restored": 0, "skipped": 1}));
    assert_eq!(list.count().await, 3);
});

on_both!(a_preview_that_is_applied_at_the_same_time_is_applied_once, async |app| {
    let (holder, list) = stage(&app).await;
    for round in 0..3 {
        let preview = list.preview(long_file(1000 * round, 300)).await;
        let path = format!("{}/apply", list.import_path(&preview));
        let mut tasks = JoinSet::new();
        for _ in 0..8 {
            let (client, path) = (list.client.clone(), path.clone());
            tasks.spawn(async move { client.post(&path, json!({})).await.status });
        }
        let mut answers = tasks.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, [200, 409, 409, 409, 409, 409, 409, 409]);
        let import = list.client.get(&list.import_path(&preview)).await.expect(200);
        assert_eq!(
            (&import["state"], &import["added"], &import["duplicates"]),
            (&json!("applied"), &json!(300), &json!(0))
        );
        assert_eq!(
            (list.count().await, log_of(&holder, 0).await.len()),
            (1 + 300 * (round + 1), 2 + round)
        );
    }
});
