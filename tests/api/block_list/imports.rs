//! Files of entries: previewed, applied, taken back.

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::app::housekeeping::clean;
use tests::{Holder, TestApp, on_both};

use crate::block_list::helpers::{HEADER, List, column, log_of, long_file, mobile, text};

/// A file with something of everything: line, what becomes of it, and why.
const EVERYTHING: &[(&str, &str, &str)] = &[
    ("090-1111-0001,営業,,", "added", ""),
    ("090 1111 0001,また,,", "duplicate", "duplicate"),
    ("9011110002,ゼロ落ち,,", "repairable", "lost_zero"),
    ("９０１１１１０００２,,,", "duplicate", "duplicate"),
    ("山田,,,", "invalid", "unexpected_character"),
    ("045-123-4567,自分,,", "invalid", "own_number"),
    ("110,,,", "invalid", "emergency_number"),
    ("0451,,前方一致,", "invalid", "covers_own_number"),
    ("03,,前方一致,", "invalid", "prefix_too_short"),
    ("0120,,前方一致,2030-12-31", "added", ""),
    ("090-1111-0003,,後方一致,", "invalid", "unknown_choice"),
    ("090-1111-0004,,,2026-11-21", "invalid", "in_the_past"),
    ("090-1111-0005,,,明日", "invalid", "invalid_date"),
    (",メモだけ,,", "invalid", "required"),
    ("+1,,前方一致,", "warned", "covers_country"),
    ("9.01E+09,,,", "invalid", "scientific_notation"),
    ("非通知,,,", "invalid", "no_number_given"),
    ("090-1111-0009,もう,,", "duplicate", "duplicate"),
    ("090*,,,", "repairable", "star_or_hash"),
    ("12345,,,", "invalid", "no_prefix"),
    ("45123456,,,", "invalid", "no_prefix"),
    ("451234567,自分のゼロ落ち,,", "invalid", "own_number"),
    ("090-1111-0007,\u{7}ベル,,", "invalid", "control_character"),
    ("090-1111-0006,\"あ\nい\",,", "added", ""),
];

/// The lines on which the rows of [`EVERYTHING`] begin: behind the header, and the last but one has
/// two.
pub fn line(index: usize) -> u64 {
    index as u64 + 2
}

fn everything() -> String {
    let rows: Vec<String> = EVERYTHING.iter().map(|(row, _, _)| format!("{row}\r\n")).collect();
    format!("{HEADER}{},,,\r\n", rows.concat())
}

/// A contract with the number 045-123-4567, and a list with one entry.
pub async fn stage(app: &TestApp) -> (Holder, List) {
    let holder = app.holder("minato").await;
    let number = json!({"number": "045-123-4567", "kind": "additional", "max_channels": 1});
    app.operator().post(&format!("{}/numbers", holder.operator_path()), number).await.expect(201);
    let list = List::of(app, &holder, 0);
    list.add(json!({"caller": "090-1111-0009", "note": "before"})).await;
    (holder, list)
}

async fn rows(list: &List, import: &Value, query: &str) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), String::new());
    loop {
        let page = list
            .client
            .get(&format!("{}/rows?{query}{next}", list.import_path(import)))
            .await
            .expect(200);
        found.extend(page["items"].as_array().expect("items").clone());
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return found,
        }
    }
}

/// The lines and codes of what is wrong, as a refusal names them. Without the repair a row is wrong
/// also where another of the same number, that lost its zero as well, stands before it.
fn wrong(outcomes: &[&str]) -> Vec<(String, &'static str)> {
    let is_wrong = |outcome: &&str, row: &str| {
        outcomes.contains(outcome) || (outcomes.contains(&"repairable") && row.starts_with('９'))
    };
    let rows =
        EVERYTHING.iter().enumerate().filter(|(_, (row, outcome, _))| is_wrong(outcome, row));
    rows.map(|(index, (row, _, code))| {
        (format!("#line={}", line(index)), if row.starts_with('９') { "lost_zero" } else { *code })
    })
    .collect()
}

fn named<'a>(faults: &'a [(String, &'static str)]) -> Vec<(&'a str, &'a str)> {
    faults.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect()
}

on_both!(a_preview_judges_every_row_and_changes_nothing, async |app| {
    let (holder, list) = stage(&app).await;
    let revision = holder.revision().await;
    let preview = list.preview(everything()).await;
    let count = |outcome: &str| EVERYTHING.iter().filter(|(_, other, _)| *other == outcome).count();
    let counts = ["total", "added", "warned", "duplicates", "repairable", "invalid", "empty"]
        .map(|name| preview[name].as_u64().expect("a count"));
    let expected = [
        EVERYTHING.len(),
        count("added"),
        count("warned"),
        count("duplicate"),
        count("repairable"),
        count("invalid"),
        1,
    ];
    assert_eq!(counts, expected.map(|count| count as u64));
    assert_eq!(
        (&preview["state"], &preview["encoding"], &preview["next_cursor"]),
        (&json!("previewed"), &json!("utf-8"), &Value::Null)
    );
    let found = preview["rows"].as_array().expect("rows");
    for (index, (row, outcome, code)) in EVERYTHING.iter().enumerate() {
        let judged = &found[index];
        let code = if code.is_empty() { Value::Null } else { json!(code) };
        assert_eq!(
            (&judged["line"], &judged["outcome"], &judged["code"]),
            (&json!(line(index)), &json!(outcome), &code),
            "{row}"
        );
        assert_eq!(judged["value"], row.split(',').next().unwrap_or_default(), "{row}");
        assert_eq!(judged["reason"].is_string(), *outcome != "added", "{row}");
        assert_eq!(
            judged["match"],
            if row.contains("前方一致") || row.contains('*') { "prefix" } else { "exact" },
            "{row}"
        );
    }
    assert_eq!(
        (&found[2]["caller_text"], &found[4]["caller_text"]),
        (&json!("090-1111-0002"), &Value::Null)
    );
    assert_eq!(found.len(), EVERYTHING.len());

    let seen = list.client.get(&list.import_path(&preview)).await.expect(200);
    assert_eq!(seen, preview, "it can be looked at again");
    assert_eq!((list.count().await, holder.revision().await), (1, revision));
    let english = list
        .client
        .clone()
        .header("accept-language", "en")
        .get(&list.import_path(&preview))
        .await
        .expect(200);
    for (ja, en) in found.iter().zip(english["rows"].as_array().expect("rows")) {
        assert_eq!((&ja["outcome"], &ja["code"]), (&en["outcome"], &en["code"]));
        if ja["reason"].is_string() {
            assert!(!text(&ja["reason"]).is_ascii() && !text(&ja["reason"]).contains("%{"), "{ja}");
            let words = text(&en["reason"]);
            assert!(
                words.len() > 10 && words != text(&ja["reason"]) && !words.contains("%{"),
                "{en}"
            );
        }
    }
    assert!(text(&found[2]["reason"]).contains("090-1111-0002として登録できます"));
});

on_both!(the_rows_of_a_preview_are_filtered_and_walked, async |app| {
    let (_, list) = stage(&app).await;
    let preview = list.preview(everything()).await;
    let all = preview["rows"].as_array().expect("rows").clone();
    for limit in [1, 2, 7, 200] {
        assert_eq!(rows(&list, &preview, &format!("limit={limit}")).await, all, "{limit} per page");
        for outcome in ["added", "warned", "duplicate", "repairable", "invalid"] {
            let expected: Vec<Value> =
                all.iter().filter(|row| row["outcome"] == outcome).cloned().collect();
            assert_eq!(
                rows(&list, &preview, &format!("limit={limit}&outcome={outcome}")).await,
                expected,
                "{outcome}"
            );
        }
    }
    let path = format!("{}/rows", list.import_path(&preview));
    for (query, pointer, code) in [
        ("limit=0", "?limit", "out_of_range"),
        ("limit=201", "?limit", "out_of_range"),
        ("cursor=%25", "?cursor", "invalid_format"),
        ("cursor=eA", "?cursor", "invalid_format"),
        ("q=x", "?q", "unknown_field"),
    ] {
        list.client.get(&format!("{path}?{query}")).await.expect_fields(&[(pointer, code)]);
    }

    list.client.get(&format!("{path}?outcome=wrong")).await.expect_problem(422, "invalid");

    // A preview begins with two hundred rows; its cursor leads to the others.
    let long = list.preview(long_file(0, 450)).await;
    let first = long["rows"].as_array().expect("rows").clone();
    assert_eq!(first.len(), 200);
    let path =
        format!("{}/rows?limit=200&cursor={}", list.import_path(&long), text(&long["next_cursor"]));
    let second =
        list.client.get(&path).await.expect(200)["items"].as_array().expect("rows").clone();
    let all = rows(&list, &long, "").await;
    assert_eq!((all.len(), [first, second].concat()), (450, all[..400].to_vec()));
});

on_both!(a_preview_is_applied_once_and_all_or_nothing, async |app| {
    let (holder, list) = stage(&app).await;
    let preview = list.preview(everything()).await;
    let both = wrong(&["invalid", "repairable"]);
    list.apply(&preview, json!({})).await.expect_fields(&named(&both));
    list.apply(&preview, json!({"repair": true})).await.expect_fields(&named(&wrong(&["invalid"])));
    list.apply(&preview, json!({"skip": true})).await.expect_fields(&[("/skip", "unknown_field")]);
    assert_eq!((list.count().await, log_of(&holder, 0).await.len()), (1, 1), "nothing was added");

    let applied =
        list.apply(&preview, json!({"repair": true, "skip_invalid": true})).await.expect(200);
    assert_eq!(
        (&applied["state"], &applied["rows"], &applied["import_id"]),
        (&json!("applied"), &json!([]), &preview["import_id"])
    );
    let count = |name: &str| applied[name].as_u64().expect("a count");
    assert_eq!((count("added"), count("duplicates"), count("repairable")), (6, 3, 0));
    assert_eq!(
        count("total"),
        count("added") + count("duplicates") + count("repairable") + count("invalid")
    );
    assert_eq!(
        list.callers("").await,
        ["090-1111-0006", "090", "+1", "0120", "090-1111-0002", "090-1111-0001", "090-1111-0009"],
        "the last row is the latest"
    );
    assert_eq!(list.count().await, 7);
    let entries = list.entries("").await;
    assert_eq!(column(&entries, "note"), ["あ い", "", "", "", "ゼロ落ち", "営業", "before"]);
    assert_eq!(
        (&entries[3]["expires_at"], &entries[3]["match"]),
        (&json!("2030-12-31T15:00:00Z"), &json!("prefix"))
    );
    assert_eq!(
        (&entries[0]["import_id"], &entries[6]["import_id"]),
        (&preview["import_id"], &Value::Null)
    );
    let line = &log_of(&holder, 0).await[0];
    assert_eq!(
        (&line["action"], &line["after"]),
        (&json!("import"), &json!({"count": 6, "import_id": preview["import_id"]}))
    );

    list.apply(&preview, json!({"skip_invalid": true})).await.expect_problem(409, "already_done");
    assert_eq!(list.client.get(&list.import_path(&preview)).await.expect(200), applied);
    for path in ["rows", "failed-rows"] {
        let gone = list.client.get(&format!("{}/{path}", list.import_path(&preview))).await;
        gone.expect_problem(410, "gone");
    }
    assert_eq!(list.count().await, 7);

    // Without the repair the rows that lost their zero are left out as well.
    let other = List::of(&app, &holder, 1);
    let preview = other.preview(everything()).await;
    let applied = other.apply(&preview, json!({"skip_invalid": true})).await.expect(200);
    assert_eq!((&applied["added"], &applied["repairable"]), (&json!(5), &json!(3)));
    assert_eq!(
        other.callers("").await,
        ["090-1111-0006", "090-1111-0009", "+1", "0120", "090-1111-0001"]
    );
});

on_both!(a_file_is_imported_at_once_or_every_wrong_row_is_named, async |app| {
    let (holder, list) = stage(&app).await;
    list.import("", everything()).await.expect_fields(&named(&wrong(&["invalid", "repairable"])));
    list.import("?repair=true", everything()).await.expect_fields(&named(&wrong(&["invalid"])));
    // A refusal names a hundred rows; the preview has them all.
    let problem = list
        .import("", format!("{HEADER}{}", "x,,,\r\n".repeat(250)))
        .await
        .expect_problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(100));
    // A good row behind a wrong one, many good ones before it: still nothing.
    list.import("", format!("{}x\r\n{}", long_file(0, 1200), mobile(5000)))
        .await
        .expect_fields(&[("#line=1202", "unexpected_character")]);
    assert_eq!((list.count().await, log_of(&holder, 0).await.len()), (1, 1));

    let lost = "電話番号,メモ\n9011110001,一\n0311110002,二\n311110003,三\n";
    list.import("", lost)
        .await
        .expect_fields(&[("#line=2", "lost_zero"), ("#line=4", "lost_zero")]);
    let import = list.import("?dry_run=false&repair=true", lost).await.expect(200);
    assert_eq!(
        (&import["state"], &import["added"], &import["repairable"]),
        (&json!("applied"), &json!(3), &json!(0))
    );
    let outcomes = column(import["rows"].as_array().expect("rows"), "outcome");
    assert!(
        outcomes.iter().all(|outcome| outcome == "added"),
        "what was added is said to be: {outcomes:?}"
    );
    assert_eq!(column(&list.entries("").await[..3], "note"), ["三", "二", "一"]);
    assert_eq!(list.callers("").await[..3], ["03-1111-0003", "03-1111-0002", "090-1111-0001"]);

    // The same file again adds nothing, and leaves no line in the log.
    let (before, lines) = (list.entries("").await, log_of(&holder, 0).await.len());
    let again = list.import("?repair=true", lost).await.expect(200);
    assert_eq!((&again["added"], &again["duplicates"]), (&json!(0), &json!(3)));
    assert_eq!((list.entries("").await, log_of(&holder, 0).await.len()), (before.clone(), lines));
    assert_eq!(list.undo_import(&again).await.expect(200), json!({"removed": 0}));
    assert_eq!(list.entries("").await, before);
    assert_eq!(list.count().await, 4);

    // What a long file answers with can be followed to its end.
    let long = list.import("", long_file(100, 300)).await.expect(200);
    assert_eq!((&long["added"], long["rows"].as_array().map(Vec::len)), (&json!(300), Some(200)));
    assert_eq!(long["next_cursor"], Value::Null, "its rows are not kept");
});

on_both!(rows_that_failed_are_put_right_and_sent_again, async |app| {
    let (_, list) = stage(&app).await;
    let file = "電話番号;メモ;会社\n0901;短い;みなと\n09011110001;よい;\n110;\"緊急; \
        \"\"至急\"\"\";\n9011110002;=1+1;x\n09011110009;もう;\n";
    let preview = list.preview(file).await;
    for (language, heading, reason) in [
        ("ja", "エラーの理由", "電話番号の桁数が足りません"),
        ("en", "Reason", "Emergency numbers"),
    ] {
        let path = format!("/imports/{}/failed-rows", text(&preview["import_id"]));
        let reply = list.download_in(language, &path).await;
        assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
        let failed = String::from_utf8(reply.file()).expect("text");
        let lines: Vec<&str> = failed.lines().collect();
        assert_eq!(
            (lines.len(), lines[0]),
            (4, format!("電話番号;メモ;会社;{heading}").as_str()),
            "{failed}"
        );
        assert!(failed.contains(reason), "{failed}");
        assert!(
            lines[1].starts_with("0901;短い;みなと;")
                && lines[2].starts_with("110;\"緊急; \"\"至急\"\"\";;"),
            "{failed}"
        );
        assert!(
            lines[3].starts_with("9011110002;'=1+1;x;"),
            "no spreadsheet computes it: {failed}"
        );
        // As it is it fails again, with the same rows; what was put right is added.
        let again = list.preview(failed.clone()).await;
        assert_eq!(
            (&again["total"], &again["invalid"], &again["repairable"]),
            (&json!(3), &json!(2), &json!(1))
        );
        let mended = failed.replace("0901;", "0901-111-1000;").replace("110;", "03-1111-0000;");
        if language == "en" {
            assert_eq!(list.import("?repair=true", mended).await.expect(200)["added"], 3);
        }
    }
    assert_eq!(
        column(&list.entries("").await, "note"),
        ["=1+1", "緊急; \"至急\"", "短い", "before"]
    );
});

on_both!(a_row_with_several_numbers_makes_an_entry_of_each, async |app| {
    let (_, list) = stage(&app).await;
    let file = "連絡先一覧,,,,,\n\n氏名,携帯電話,会社電話,FAX,期限,登録日\n\
        山田,090-1111-0001 ::: 9011110002,0311110003,0311110004,R12.3.31,2026/1/5\n\
        田中,,短い,,,2026/1/5\n鈴木,03-1111,0901,,,\n";
    let preview = list.preview(file).await;
    assert_eq!(
        preview["columns"],
        json!({
            "format": "csv", "header_line": 3, "callers": ["携帯電話", "会社電話"],
            "notes": ["氏名"], "match": null, "expires_at": "期限",
            "left_out": ["FAX", "登録日"],
        })
    );
    let all = preview["rows"].as_array().expect("rows").clone();
    let seen = |row: &Value| {
        (
            row["line"].as_u64(),
            text(&row["caller_text"]).to_owned(),
            text(&row["outcome"]).to_owned(),
        )
    };
    let expected = [
        (4, "090-1111-0001", "added"),
        (4, "090-1111-0002", "repairable"),
        (4, "03-1111-0003", "added"),
        (5, "?", "invalid"),
        (6, "?", "invalid"),
        (6, "?", "invalid"),
    ]
    .map(|(line, caller, outcome)| (Some(line), caller.to_owned(), outcome.to_owned()));
    assert_eq!(all.iter().map(seen).collect::<Vec<_>>(), expected);
    assert_eq!(
        (&all[0]["note"], &all[0]["expires_at"], &all[3]["note"]),
        (&json!("山田"), &json!("2030-03-31T15:00:00Z"), &Value::Null)
    );
    for limit in 1..=4 {
        assert_eq!(rows(&list, &preview, &format!("limit={limit}")).await, all, "{limit} per page");
    }
    // What failed comes back as it was, each row once.
    let failed =
        list.download(&format!("/imports/{}/failed-rows", text(&preview["import_id"]))).await;
    let failed = String::from_utf8(failed.file()).expect("text");
    let lines: Vec<&str> = failed.lines().collect();
    assert_eq!(lines[0], "氏名,携帯電話,会社電話,FAX,期限,登録日,エラーの理由");
    assert_eq!(lines.len(), 4, "{failed}");
    assert!(lines[1].starts_with("山田,090-1111-0001 ::: 9011110002,0311110003,"), "{failed}");
    assert!(lines[3].starts_with("鈴木,03-1111,0901,") && lines[3].contains("0901:"), "{failed}");
    let options = json!({"repair": true, "skip_invalid": true});
    let applied = list.apply(&preview, options).await.expect(200);
    assert_eq!((&applied["added"], &applied["columns"]), (&json!(3), &Value::Null));
    assert_eq!(
        list.callers("").await,
        ["03-1111-0003", "090-1111-0002", "090-1111-0001", "090-1111-0009"]
    );
    assert_eq!(list.undo_import(&preview).await.expect(200), json!({"removed": 3}));
});

on_both!(what_was_meant_is_proposed_and_added_with_the_repair, async |app| {
    let (_, list) = stage(&app).await;
    let table = [
        ("03-1111-0001（代表）", "03-1111-0001", "exact", "unexpected_character"),
        ("819011110001", "090-1111-0001", "exact", "no_prefix"),
        ("0311110*", "03-1111-0", "prefix", "star_or_hash"),
        ("9011110002", "090-1111-0002", "exact", "lost_zero"),
    ];
    let file: String = table.iter().map(|(text, ..)| format!("{text}\n")).collect();
    let preview = list.preview(format!("電話番号\n{file}")).await;
    for (index, (typed, caller, matching, code)) in table.into_iter().enumerate() {
        let row = &preview["rows"][index];
        assert_eq!(
            [&row["outcome"], &row["caller_text"], &row["match"], &row["code"]],
            [&json!("repairable"), &json!(caller), &json!(matching), &json!(code)],
            "{typed}"
        );
        let check = list.check("exact", typed).await;
        assert_eq!(
            [&check["proposal"], &check["proposal_match"], &check["refusal"]["code"]],
            [&json!(caller), &json!(matching), &json!(code)],
            "{typed}"
        );
        let words = if matching == "exact" {
            "として登録"
        } else {
            "で始まる番号として登録"
        };
        for reason in [&row["reason"], &check["refusal"]["message"]] {
            assert!(text(reason).contains(&format!("{caller}{words}できます")), "{reason}");
        }
    }
    assert_eq!(list.apply(&preview, json!({"repair": true})).await.expect(200)["added"], 4);
    assert_eq!(
        list.callers("").await,
        ["090-1111-0002", "03-1111-0", "090-1111-0001", "03-1111-0001", "090-1111-0009"]
    );
});

on_both!(a_preview_is_kept_for_an_hour, async |app| {
    let (holder, list) = stage(&app).await;
    let (first, second) =
        (list.preview("0901234\n09011110001\n").await, list.preview("09011110002\n").await);
    app.clock.advance(TimeDelta::hours(1) - TimeDelta::seconds(1));
    assert_eq!(rows(&list, &first, "").await.len(), 2);
    clean(&app.app).await.expect("it cleans");
    assert_eq!(list.apply(&second, json!({})).await.expect(200)["added"], 1);
    app.clock.advance(TimeDelta::seconds(1));
    list.apply(&first, json!({"skip_invalid": true})).await.expect_problem(410, "gone");
    list.client
        .get(&format!("{}/rows", list.import_path(&first)))
        .await
        .expect_problem(410, "gone");
    list.client
        .get(&format!("{}/failed-rows", list.import_path(&first)))
        .await
        .expect_problem(410, "gone");
    assert_eq!(list.client.get(&list.import_path(&first)).await["rows"], json!([]));
    list.undo_import(&first).await.expect_problem(409, "already_done");
    app.clock.advance(TimeDelta::seconds(1));
    clean(&app.app).await.expect("it cleans");
    list.apply(&first, json!({})).await.expect_problem(404, "not_found");
    // What was applied can still be taken back.
    assert_eq!(list.undo_import(&second).await.expect(200), json!({"removed": 1}));
    assert_eq!((list.count().await, log_of(&holder, 0).await.len()), (1, 3));
});
