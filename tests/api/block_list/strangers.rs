//! Block lists of others do not exist; and many who write to one list at once.

use reqwest::Method;
use serde_json::json;
use store::block_list::block_entry;
use store::numbers::number;
use store::{Scope, StoreError};
use tests::{Client, on_both};
use tokio::task::JoinSet;

use crate::block_list::helpers::{List, id_of, log_of, long_file, mobile, text};

on_both!(the_list_of_another_contract_does_not_exist, async |app| {
    let (minato, kobe) = (app.holder("minato").await, app.holder("kobe").await);
    let list = List::of(&app, &minato, 0);
    let (entry, other) = (list.block(&mobile(1)).await, list.block(&mobile(2)).await);
    let deletion = list.delete(json!({"ids": [id_of(&other)]})).await;
    let applied = list.import("", format!("{}\n", mobile(3))).await.expect(200);
    let preview = list.preview(format!("{}\n0901\n", mobile(4))).await;
    let before =
        (list.entries("").await, log_of(&minato, 0).await, list.client.get(&list.path).await.json);

    let (entry, deletion) = (id_of(&entry), text(&deletion["deletion_id"]));
    let in_list: Vec<(Method, String, Option<serde_json::Value>)> = vec![
        (Method::GET, format!("/entries/{entry}"), None),
        (Method::PATCH, format!("/entries/{entry}"), Some(json!({"note": "x"}))),
        (Method::DELETE, format!("/entries/{entry}"), None),
    ];
    let mut in_import = Vec::new();
    for import in [&applied, &preview] {
        let id = text(&import["import_id"]);
        in_import.push((Method::GET, format!("/imports/{id}"), None));
        in_import.push((Method::GET, format!("/imports/{id}/rows"), None));
        in_import.push((Method::GET, format!("/imports/{id}/failed-rows"), None));
        in_import.push((Method::POST, format!("/imports/{id}/apply"), Some(json!({}))));
        in_import.push((Method::POST, format!("/imports/{id}/undo"), Some(json!({}))));
    }
    let own: Vec<(Method, String, Option<serde_json::Value>)> = vec![
        (Method::GET, String::new(), None),
        (Method::PATCH, String::new(), Some(json!({"reject_withheld": true}))),
        (Method::GET, "/entries".into(), None),
        (Method::POST, "/entries".into(), Some(json!({"caller": mobile(9)}))),
        (Method::POST, "/entries/check".into(), Some(json!({"caller": mobile(1)}))),
        (Method::POST, "/entries/delete".into(), Some(json!({"ids": [entry]}))),
        (Method::POST, "/entries/delete".into(), Some(json!({"all": true}))),
        (Method::POST, format!("/deletions/{deletion}/undo"), Some(json!({}))),
        (Method::GET, "/export".into(), None),
        (Method::GET, "/export?encoding=shift_jis".into(), None),
        (Method::GET, "/sample".into(), None),
    ];
    let things = || in_list.iter().chain(&in_import);
    let send =
        async |client: &Client,
               number: &str,
               (method, path, body): &(Method, String, Option<serde_json::Value>)| {
            let path = format!("/numbers/{number}/block-list{path}");
            client
                .if_match(1)
                .send(method.clone(), &path, body.as_ref().map(ToString::to_string))
                .await
                .expect_problem(404, "not_found");
        };
    for number in [&minato.numbers[0], &minato.ids[0], "unknown", "%00"] {
        for request in own.iter().chain(things()) {
            send(&kobe.client, number, request).await;
        }
        let foreign = List::seen_by(&app, &kobe, number);
        for (query, file) in
            [("", "09012345678\n"), ("?dry_run=true", "09012345678\n"), ("", "%PDF-1.7"), ("", "")]
        {
            foreign.import(query, file).await.expect_problem(404, "not_found");
        }
    }
    // Ids are those of one list: not of the contract's other numbers, nor of the stranger's.
    for (client, number) in [(&kobe.client, &kobe.numbers[0]), (&minato.client, &minato.numbers[1])]
    {
        for request in things() {
            send(client, number, request).await;
        }
    }
    List::of(&app, &kobe, 0)
        .undo_deletion(&json!(deletion))
        .await
        .expect_problem(409, "already_done");
    assert_eq!(List::of(&app, &kobe, 0).delete(json!({"ids": [entry]})).await["deleted"], 0);
    for line in &before.1 {
        let restore = format!("/audit-log/{}/restore", id_of(line));
        kobe.client.post(&restore, json!({})).await.expect_problem(404, "not_found");
    }
    assert_eq!(
        (list.entries("").await, log_of(&minato, 0).await, list.client.get(&list.path).await.json),
        before
    );
});

on_both!(many_who_import_add_and_remove_at_once_leave_a_true_total, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let mut tasks = JoinSet::new();
    for task in 0..8_usize {
        let list = List::of(&app, &holder, 0);
        tasks.spawn(async move {
            for round in 0..4 {
                match task {
                    // Files that overlap with each other and with what is added by hand.
                    0..3 => {
                        list.import("", long_file(50 * task + 20 * round, 120)).await.expect(200);
                    }
                    3 => {
                        let import = list.import("", long_file(100, 200)).await.expect(200);
                        list.undo_import(&import).await.expect(200);
                    }
                    4..7 => {
                        for index in 0..8 {
                            let added =
                                list.try_add(json!({"caller": mobile(8 * round + index)})).await;
                            assert!(
                                added.status == 201
                                    || added.json["errors"][0]["code"] == "duplicate",
                                "{}",
                                added.text
                            );
                        }
                    }
                    _ => {
                        let deleted =
                            list.delete(json!({"all": true, "q": format!("{round}")})).await;
                        if deleted["deleted"] != 0 {
                            list.undo_deletion(&deleted["deletion_id"]).await.expect(200);
                        }
                    }
                }
            }
        });
    }
    tasks.join_all().await;
    let count = list.count().await;
    assert!((100..=300).contains(&count), "{count} entries");
    let mut callers = list.callers("limit=200").await;
    callers.sort();
    callers.dedup();
    assert_eq!(callers.len(), count, "nobody stands there twice");
    let revisions: Vec<u64> =
        log_of(&holder, 0).await.iter().filter_map(|line| line["revision"].as_u64()).collect();
    assert!(
        revisions.windows(2).all(|pair| pair[0] == pair[1] + 1),
        "each change has a revision of its own"
    );
});

on_both!(a_full_list_says_so, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    list.block(&mobile(0)).await;
    let row = {
        let (scope, number_id) = (Scope::account(&holder.account_id), holder.numbers[0].clone());
        let read = move |conn: &mut store::Conn| {
            block_entry::with_patterns(conn, &scope, &number_id, &["+819000000000".to_owned()])
        };
        app.app.db.read(read).await.expect("rows").remove(0)
    };
    // Two hundred thousand files' worth of rows, but two, straight into the database: it takes a
    // tenth of the time.
    let (scope, number_id) = (Scope::account(&holder.account_id), holder.numbers[0].clone());
    let fill = move |conn: &mut store::Conn| -> Result<usize, StoreError> {
        let digits = |index: usize| format!("+8170{index:08}");
        let rows = (1..199_998).map(|index| {
            let search = digits(index).replace("+81", "0");
            block_entry::Row { id: store::new_id(), pattern: digits(index), search, ..row.clone() }
        });
        let rows: Vec<_> = rows.collect();
        let added = block_entry::insert_missing(conn, &scope, &rows)?;
        number::count_block_entries(conn, &scope, &number_id, 199_997)?;
        Ok(added)
    };
    assert_eq!(app.app.db.write(fill).await.expect("it is filled"), 199_997);
    let count = async || list.client.get(&list.path).await["entry_count"].as_u64();
    assert_eq!(count().await, Some(199_998));

    // One row too many: none of the file is added.
    for language in ["ja", "en"] {
        let client = list
            .client
            .clone()
            .header("accept-language", language)
            .header("content-type", "text/csv");
        let answer = client
            .send(Method::POST, &format!("{}/imports", list.path), Some(long_file(1, 3)))
            .await;
        let problem = answer.expect_fields(&[("", "limit_reached")]);
        assert!(text(&problem["errors"][0]["message"]).contains("200000"), "{problem}");
    }
    let preview = list.preview(long_file(1, 3)).await;
    list.apply(&preview, json!({})).await.expect_fields(&[("", "limit_reached")]);
    assert_eq!((count().await, list.callers("q=09000000001").await.len()), (Some(199_998), 0));
    // As many as fit, also when the file has others that are there already.
    assert_eq!(list.import("", long_file(0, 3)).await.expect(200)["added"], 2);
    assert_eq!(count().await, Some(200_000));
    let problem = list
        .try_add(json!({"caller": mobile(5)}))
        .await
        .expect_fields(&[("/caller", "limit_reached")]);
    assert!(text(&problem["errors"][0]["message"]).contains("200000"));
    // A file that adds nothing is no fault, and the other number has room.
    assert_eq!(list.import("", long_file(0, 3)).await.expect(200)["duplicates"], 3);
    List::of(&app, &holder, 1).block(&mobile(5)).await;
    // What was removed comes back only where there is room again.
    let deleted = list.delete(json!({"all": true, "q": mobile(1)})).await;
    assert_eq!(deleted["deleted"], 1);
    let added = list.block(&mobile(5)).await;
    let undo = list.undo_deletion(&deleted["deletion_id"]).await;
    assert_eq!((undo.status, &undo["errors"][0]["code"]), (422, &json!("limit_reached")));
    list.delete(json!({"ids": [id_of(&added)]})).await;
    list.undo_deletion(&deleted["deletion_id"]).await.expect(200);
    assert_eq!(count().await, Some(200_000));
});
