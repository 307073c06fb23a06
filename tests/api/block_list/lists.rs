//! Entries of a block list: walked by pages, and found.

use serde_json::{Value, json};
use tests::on_both;

use crate::block_list::helpers::{HEADER, List, column, encoded, id_of, mobile};

on_both!(the_list_begins_with_the_latest_entry_and_is_walked_by_pages, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    for index in 0..7 {
        list.block(&mobile(index)).await;
    }
    let all = list.entries("").await;
    let order: Vec<String> = (0..7).rev().map(|index| format!("090-0000-{index:04}")).collect();
    assert_eq!(column(&all, "caller_text"), order);
    for limit in [1, 2, 3, 7, 8, 200] {
        assert_eq!(list.entries(&format!("limit={limit}")).await, all, "{limit} per page");
    }
    let page = list.client.get(&format!("{}?limit=3", list.entries_path())).await.expect(200);
    assert_eq!((page["items"].as_array().map(Vec::len), &page["total"]), (Some(3), &json!(7)));
    assert!(page["next_cursor"].is_string());
    let page = list.client.get(&format!("{}?limit=7", list.entries_path())).await.expect(200);
    assert_eq!(page["next_cursor"], Value::Null, "a full last page is the last one");
    for (query, pointer, code) in [
        ("limit=0", "?limit", "out_of_range"),
        ("limit=201", "?limit", "out_of_range"),
        ("limit=x", "?limit", "invalid_format"),
        ("cursor=%25", "?cursor", "invalid_format"),
        ("cursor=AA", "?cursor", "invalid_format"),
        ("order=asc", "?order", "unknown_field"),
    ] {
        list.client
            .get(&format!("{}?{query}", list.entries_path()))
            .await
            .expect_fields(&[(pointer, code)]);
    }
});

on_both!(pages_stay_as_they_are_while_others_write, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    for index in 0..8 {
        list.block(&mobile(index)).await;
    }
    let before = list.entries("").await;
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page =
            list.client.get(&format!("{}?limit=2{next}", list.entries_path())).await.expect(200);
        seen.extend(page["items"].as_array().expect("items").clone());
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("&cursor={cursor}");
        // A new one in front, and the one that the cursor points at goes.
        list.block(&mobile(100 + seen.len())).await;
        list.delete(json!({"ids": [id_of(seen.last().expect("an entry"))]})).await;
    }
    assert_eq!(seen, before, "each of the eight once, none of the new ones");
    assert_eq!(list.count().await, 8);
});

on_both!(a_search_finds_numbers_and_notes_however_they_are_typed, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let add = async |caller: &str, matching: &str, note: &str| {
        list.add(json!({"caller": caller, "match": matching, "note": note})).await;
    };
    add("090-1234-5678", "exact", "しつこい営業").await;
    add("0120", "prefix", "Free Dial 100%_OFF").await;
    add("03-5555-0000", "exact", "テレアポ（東京） ÉCOLE").await;
    add("+1 212 555 0123", "exact", r"back\slash").await;
    add("06-1111-2222", "exact", "").await;
    let (mobile, free, tokyo, abroad, osaka) =
        ("090-1234-5678", "0120", "03-5555-0000", "+12125550123", "06-1111-2222");
    let table: &[(&str, &[&str])] = &[
        ("", &[osaka, abroad, tokyo, free, mobile]),
        (" 　", &[osaka, abroad, tokyo, free, mobile]),
        ("090-1234-5678", &[mobile]),
        ("０９０１２３４", &[mobile]),
        ("+81 90-1234", &[mobile]),
        ("+819012345678", &[mobile]),
        ("(090) 1234", &[mobile]),
        ("5678", &[mobile]),
        ("1234-5678", &[mobile]),
        ("555", &[abroad, tokyo]),
        ("+1 212", &[abroad]),
        ("0120", &[free]),
        ("しつこい", &[mobile]),
        ("営業", &[mobile]),
        ("テレアポ", &[tokyo]),
        ("（東京）", &[tokyo]),
        ("école", &[tokyo]),
        ("FREE dial", &[free]),
        ("free", &[free]),
        ("%", &[free]),
        ("_", &[free]),
        ("100%_o", &[free]),
        ("0%0", &[]),
        ("e_d", &[]),
        (r"\", &[abroad]),
        (r"k\S", &[abroad]),
        (r"\%", &[]),
        ("'", &[]),
        ("' OR 1=1 --", &[]),
        ("営業部", &[]),
        ("09012345679", &[]),
    ];
    for (typed, expected) in table {
        for limit in [1, 100] {
            assert_eq!(
                list.callers(&format!("limit={limit}&q={}", encoded(typed))).await,
                *expected,
                "{typed:?}, {limit} per page"
            );
        }
    }
    let page = list.client.get(&format!("{}?q=5678", list.entries_path())).await.expect(200);
    assert_eq!(page["total"], 5, "the total is that of the list");
    list.client
        .get(&format!("{}?q={}", list.entries_path(), "a".repeat(101)))
        .await
        .expect_fields(&[("?q", "too_long")]);
    list.client
        .get(&format!("{}?q=%00", list.entries_path()))
        .await
        .expect_fields(&[("?q", "invalid_format")]);
    list.callers(&format!("q={}", encoded(&"あ".repeat(100)))).await;

    // A note that is changed is found by its new words alone.
    let entry = list.entries("q=5678").await.remove(0);
    list.client
        .if_match(1)
        .patch(&list.entry_path(&entry), json!({"note": "Robot 100%"}))
        .await
        .expect(200);
    assert_eq!(list.callers(&format!("q={}", encoded("営業"))).await, Vec::<String>::new());
    assert_eq!(list.callers("q=ROBOT").await, [mobile]);
    assert_eq!(list.callers("q=5678").await, [mobile]);
});

on_both!(a_search_reaches_the_oldest_entry_of_a_long_list, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let mut file = format!("{HEADER}03-9876-5432,最古の獲物,,\r\n");
    for index in 0..20_005 {
        file.push_str(&mobile(index));
        file.push('\n');
    }
    let import = list.import("", file).await.expect(200);
    assert_eq!((&import["added"], &import["state"]), (&json!(20_006), &json!("applied")));
    for typed in ["獲物", "9876-5432"] {
        let (mut pages, mut next) = (Vec::new(), String::new());
        loop {
            let page = list
                .client
                .get(&format!("{}?q={}{next}", list.entries_path(), encoded(typed)))
                .await
                .expect(200);
            pages.push(column(page["items"].as_array().expect("items"), "caller_text"));
            assert_eq!(page["total"], 20_006);
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
            assert!(pages.len() < 5, "the search has no end");
        }
        let last = pages.pop().expect("a page");
        assert_eq!(last, ["03-9876-5432"], "{typed}");
        assert!(
            !pages.is_empty() && pages.iter().all(Vec::is_empty),
            "{typed}: empty pages before the one with the hit: {pages:?}"
        );
    }
    assert_eq!(list.callers("q=00020004").await, ["090-0002-0004"]);
    // A page that fills up before the end of what one search looks through goes on where it
    // stopped.
    assert_eq!(list.entries("limit=2&q=0002000").await.len(), 6);
    // What a search finds can be removed wherever it stands, and only that.
    let deleted = list.delete(json!({"all": true, "q": "獲物"})).await;
    assert_eq!(deleted["deleted"], 1);
    assert_eq!(list.delete(json!({"all": true})).await["deleted"], 20_005);
    assert_eq!(list.count().await, 0);
    list.undo_deletion(&deleted["deletion_id"]).await.expect(200);
    assert_eq!(list.callers("").await, ["03-9876-5432"]);
});
