//! What a file may be, and what comes out again.

use serde_json::{Value, json};
use tests::{Holder, TestApp, on_both};

use crate::block_list::helpers::{HEADER, List, column, encoded, long_file, mobile, text};

const MEGABYTE: usize = 1024 * 1024;

/// 電話番号,メモ and a row whose note is 表示ソフト能力: 表, ソ and 能 end in the byte of a backslash.
const SHIFT_JIS: &[u8] = b"\x93\x64\x98\x62\x94\xD4\x8D\x86,\x83\x81\x83\x82\r\n\
    090-1111-0001,\x95\x5C\x8E\xA6\x83\x5C\x83\x74\x83\x67\x94\x5C\x97\xCD\r\n\
    090-1111-0002,\"\x97\x5C,\x96\xF1\"\r\n";

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// A form with a file in it, as a browser sends it.
fn form(field: &str, file: &[u8]) -> (String, Vec<u8>) {
    let head = format!(
        "--border\r\nContent-Disposition: form-data; name=\"comment\"\r\n\r\nfrom the \
            office\r\n--border\r\n\
         Content-Disposition: form-data; name=\"{field}\"; filename=\"拒否.csv\"\r\nContent-Type: \
             application/vnd.ms-excel\r\n\r\n"
    );
    (
        "multipart/form-data; boundary=border".into(),
        [head.as_bytes(), file, b"\r\n--border--\r\n"].concat(),
    )
}

pub async fn two_lists(app: &TestApp) -> (Holder, List, List) {
    let holder = app.holder("minato").await;
    let (first, second) = (List::of(app, &holder, 0), List::of(app, &holder, 1));
    (holder, first, second)
}

/// What of an entry a file holds.
pub fn held(entries: &[Value]) -> Vec<Value> {
    entries
        .iter()
        .map(|entry| json!([entry["caller"], entry["match"], entry["note"], entry["expires_at"]]))
        .collect()
}

on_both!(every_encoding_delimiter_and_way_of_sending_is_understood, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let table = "電話番号,メモ\r\n090-1111-0001,表示ソフト能力\r\n090-1111-0002,\"予,約\"\r\n";
    let tabs = table.replace("\"予,約\"", "予約").replace(',', "\t").replace("予約", "予,約");
    let semicolons = tabs.replace('\t', ";");
    let plain = "090-1111-0001,表示ソフト能力\n090-1111-0002,\"予,約\"\n";
    let files: Vec<(&str, &str, Vec<u8>)> = vec![
        ("utf-8", "utf-8", table.into()),
        ("utf-8-bom", "utf-8-bom", format!("\u{FEFF}{table}").into_bytes()),
        ("utf-16le with a mark", "utf-16le", utf16(&format!("\u{FEFF}{table}"), u16::to_le_bytes)),
        ("utf-16be with a mark", "utf-16be", utf16(&format!("\u{FEFF}{table}"), u16::to_be_bytes)),
        ("utf-16le", "utf-16le", utf16(table, u16::to_le_bytes)),
        ("utf-16be", "utf-16be", utf16(table, u16::to_be_bytes)),
        ("Excel's Unicode text", "utf-16le", utf16(&format!("\u{FEFF}{tabs}"), u16::to_le_bytes)),
        ("shift_jis", "shift_jis", SHIFT_JIS.to_vec()),
        ("tabs", "utf-8", tabs.into_bytes()),
        ("semicolons", "utf-8", semicolons.clone().into_bytes()),
        ("a separator line", "utf-8", format!("sep=;\r\n{semicolons}").into_bytes()),
        ("line feeds", "utf-8", table.replace("\r\n", "\n").into_bytes()),
        ("carriage returns", "utf-8", table.replace("\r\n", "\r").into_bytes()),
        ("no header", "utf-8", plain.into()),
        ("no last line break", "utf-8", plain.trim_end().into()),
        ("the end mark of DOS", "utf-8", format!("{plain}\u{1A}").into_bytes()),
        (
            "other headings in another order",
            "utf-8",
            "備考,ＴＥＬ\n表示ソフト能力,090-1111-0001\n\"予,約\",090-1111-0002\n".into(),
        ),
        (
            "formulas",
            "utf-8",
            "TEL,memo\n=\"09011110001\",表示ソフト能力\n'09011110002,\"予,約\"\n".into(),
        ),
        ("empty rows", "utf-8", table.replace("\r\n", "\r\n,,\r\n\r\n").into_bytes()),
    ];
    let mut imports = 0;
    for (name, encoding, file) in files {
        let (content_type, body) = form("file", &file);
        let ways = [
            ("text/csv", file.clone()),
            ("text/csv; charset=shift_jis", file.clone()),
            (content_type.as_str(), body),
        ];
        for (content_type, body) in ways {
            let import = list.upload("", Some(content_type), body).await.expect(200);
            assert_eq!(
                (&import["encoding"], &import["added"]),
                (&json!(encoding), &json!(2)),
                "{name} as {content_type}"
            );
            let expected = ["表示ソフト能力", "予,約"];
            let mut notes = column(&list.entries("").await, "note");
            notes.reverse();
            assert_eq!(notes, expected, "{name} as {content_type}");
            assert_eq!(
                list.callers(&format!("q={}", encoded("能力"))).await,
                ["090-1111-0001"],
                "{name}"
            );
            list.undo_import(&import).await.expect(200);
            imports += 1;
        }
    }
    for content_type in [
        "text/plain",
        "application/csv",
        "application/vnd.ms-excel",
        "application/octet-stream",
        "TEXT/CSV",
    ] {
        let import =
            list.upload("?dry_run=true", Some(content_type), plain.into()).await.expect(200);
        assert_eq!(import["added"], 2, "{content_type}");
    }
    assert_eq!((imports, list.count().await), (57, 0));
});

on_both!(vcards_are_read_like_a_list, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:山田 太郎\r\nTEL;TYPE=CELL:090-1111-0001\r\n\
        TEL;TYPE=FAX:03-1111-0009\r\nTEL:0901\r\nEND:VCARD\r\n";
    for content_type in ["text/vcard", "text/x-vcard", "text/directory", "text/plain"] {
        let import =
            list.upload("?dry_run=true", Some(content_type), cards.into()).await.expect(200);
        assert_eq!(
            (&import["added"], &import["invalid"], &import["columns"]["format"]),
            (&json!(1), &json!(1), &json!("vcard")),
            "{content_type}"
        );
        assert_eq!(import["columns"]["left_out"], json!(["TEL (FAX)"]));
        let row = &import["rows"][0];
        assert_eq!((&row["line"], &row["note"]), (&json!(4), &json!("山田 太郎")));
        let failed =
            list.download(&format!("/imports/{}/failed-rows", text(&import["import_id"]))).await;
        let failed = String::from_utf8(failed.file()).expect("text");
        assert!(failed.starts_with("電話番号,メモ,エラーの理由\r\n0901,山田 太郎,"), "{failed}");
    }
});

on_both!(the_rows_of_a_shift_jis_file_come_back_as_they_were, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let file = [SHIFT_JIS, b"0901,\x95\x5C\x8E\xA6\r\n"].concat();
    let preview = list.preview(file).await;
    assert_eq!(
        (&preview["encoding"], &preview["added"], &preview["invalid"]),
        (&json!("shift_jis"), &json!(2), &json!(1))
    );
    let reply =
        list.download(&format!("/imports/{}/failed-rows", text(&preview["import_id"]))).await;
    assert_eq!(reply.header("content-type"), "text/csv; charset=shift_jis");
    let failed = reply.file();
    assert!(failed.windows(10).any(|part| part == b"0901,\x95\x5C\x8E\xA6,"), "{failed:?}");
    let mended = String::from_utf8(failed.clone()).is_err();
    assert!(mended, "it is in the encoding of the file");
    let position = failed.windows(5).position(|part| part == b"0901,").expect("the row");
    let fixed = [&failed[..position], b"0901-111-0003,", &failed[position + 5..]].concat();
    assert_eq!(list.import("", fixed).await.expect(200)["added"], 1);
    assert_eq!(column(&list.entries("").await, "note"), ["表示"]);
});

on_both!(what_is_no_list_is_refused_with_the_way_out, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let with =
        |head: &[u8], tail: &str| [head, tail.as_bytes(), &[0; 64], b"\xFF\x01\x02\x03"].concat();
    let bom = |text: &str| format!("\u{FEFF}{text}").into_bytes();
    let table: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", Vec::new(), "", "required"),
        ("a mark alone", bom(""), "", "required"),
        ("blank lines", b"\r\n ,\r\n\r\n".to_vec(), "", "required"),
        ("header alone", HEADER.into(), "", "required"),
        ("a workbook", with(b"PK\x03\x04\x14\0\x06\0", "xl/workbook.xml"), "", "spreadsheet"),
        ("an old workbook", with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", ""), "", "spreadsheet"),
        ("an archive", with(b"PK\x03\x04\x14\0\x06\0", "notes.txt"), "", "not_text"),
        ("a PDF", with(b"%PDF-1.7\n", "1 0 obj"), "", "not_text"),
        ("a picture", with(b"\x89PNG\r\n\x1A\n", ""), "", "not_text"),
        ("a page", b"<!DOCTYPE html><html></html>".to_vec(), "", "not_text"),
        ("bytes", (0..2000_u32).map(|index| (index * 7) as u8).collect(), "", "not_text"),
        ("no callers", "メモ,有効期限\n営業,2026-12-31\n".into(), "", "no_caller_column"),
        (
            "an open quote",
            format!("{HEADER}{},\"営業\n{},\n", mobile(1), mobile(2)).into(),
            "#line=2",
            "broken_quote",
        ),
        (
            "a bad byte",
            [b"0312345678,".as_slice(), "営業営業".as_bytes(), b"\n0312345679,\xE8\xAA\n"].concat(),
            "#line=2",
            "bad_encoding",
        ),
    ];
    for (name, file, pointer, code) in table {
        let mut messages = Vec::new();
        for query in ["", "?dry_run=true", "?repair=true"] {
            let problem = list.import(query, file.clone()).await.expect_fields(&[(pointer, code)]);
            messages.push(problem["errors"][0]["message"].clone());
        }
        let (content_type, body) = form("file", &file);
        list.upload("", Some(&content_type), body).await.expect_fields(&[(pointer, code)]);
        assert!(!messages[0].to_string().is_ascii(), "{name}: {messages:?}");
    }
    let long = format!("{},{}\n", mobile(1), "x".repeat(MEGABYTE + MEGABYTE / 16));
    list.import("?dry_run=true", long).await.expect_fields(&[("#line=1", "too_long")]);
    assert_eq!(list.count().await, 0);
});

on_both!(what_is_sent_in_another_way_is_refused, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let file = || b"09012345678\n".to_vec();
    let types = [
        None,
        Some(""),
        Some("application/json"),
        Some("application/x-www-form-urlencoded"),
        Some("image/png"),
        Some("text/html"),
    ];
    for content_type in types {
        list.upload("", content_type, file()).await.expect_problem(415, "unsupported_media_type");
    }
    let (content_type, body) = form("csv", b"09012345678\n");
    list.upload("", Some(&content_type), body).await.expect_fields(&[("/file", "required")]);
    let (content_type, body) = form("file", b"09012345678\n");
    list.upload("", Some("multipart/form-data"), body.clone())
        .await
        .expect_problem(400, "malformed_request");
    list.upload("", Some(&content_type), body[..body.len() - 20].to_vec())
        .await
        .expect_problem(400, "malformed_request");
    list.upload("", Some("multipart/form-data; boundary=other"), body)
        .await
        .expect_problem(400, "malformed_request");
    for query in ["?dry_run=maybe", "?repair=2"] {
        list.import(query, file()).await.expect_problem(422, "invalid");
    }
    list.import("?skip_invalid=true", file())
        .await
        .expect_fields(&[("?skip_invalid", "unknown_field")]);
    for path in ["/export?encoding=utf-16", "/sample?encoding=euc-jp"] {
        list.download(path).await.expect_problem(422, "invalid");
    }
    list.download("/export?q=x").await.expect_fields(&[("?q", "unknown_field")]);
    assert_eq!(list.count().await, 0);
});

on_both!(ten_megabytes_are_read_and_not_a_byte_more, async |app| {
    let (_, list, _) = two_lists(&app).await;
    // Few rows with a long column that means nothing: only the bytes count here.
    let mut file = String::from("電話番号,メモ,会社\n");
    for index in 0..100 {
        file.push_str(&format!("{},,{}\n", mobile(index), "x".repeat(100 * 1024)));
    }
    file.push_str(&"\n".repeat(10 * MEGABYTE - file.len()));
    let (content_type, body) = form("file", file.as_bytes());
    assert_eq!(
        list.upload("?dry_run=true", Some(&content_type), body).await.expect(200)["added"],
        100
    );
    file.push('\n');
    list.import("?dry_run=true", file.clone()).await.expect_problem(413, "body_too_large");
    let (content_type, body) = form("file", file.as_bytes());
    list.upload("", Some(&content_type), body).await.expect_problem(413, "body_too_large");
    assert_eq!(list.count().await, 0);
});

on_both!(a_hundred_thousand_rows_may_be_sent_and_not_one_more, async |app| {
    let (_, list, _) = two_lists(&app).await;
    // Empty rows and the header do not count.
    let file = long_file(0, 100_001).replacen("\r\n", "\r\n\r\n,,,\r\n", 1);
    let problem = list
        .import("?dry_run=true", file)
        .await
        .expect_fields(&[("#line=100004", "too_many_rows")]);
    assert!(text(&problem["errors"][0]["message"]).contains("100000"), "{problem}");
    assert_eq!(list.count().await, 0);
});

/// The code by which the API names a fault of a whole file.
fn code_of(fault: &str) -> Option<(String, &'static str)> {
    let (name, line) = fault
        .split_once(" { line: ")
        .map_or((fault, None), |(name, line)| (name, line.strip_suffix(" }")));
    let code = match name {
        "BadEncoding" => "bad_encoding",
        "BrokenQuote" => "broken_quote",
        "NoCallerColumn" => "no_caller_column",
        _ => return None,
    };
    Some((line.map(|line| format!("#line={line}")).unwrap_or_default(), code))
}

/// Every file of the corpus is previewed; answers how many files, rows, rows that would be added,
/// and refused files there were.
async fn corpus(list: &List) -> [usize; 4] {
    let folder = tests::repository().join("crates/server/tests/csv");
    let expected = std::fs::read_to_string(folder.join("expected.txt")).expect("the expectations");
    let mut counts = [0; 4];
    for section in expected.split("== ").skip(1) {
        let mut lines = section.lines();
        let name = lines.next().expect("a name");
        let reply = list
            .import(
                "?dry_run=true",
                std::fs::read(folder.join(format!("{name}.csv"))).expect("a file"),
            )
            .await;
        counts[0] += 1;
        let first = lines.next().expect("what is read");
        let fault = section.lines().find_map(code_of);
        let rows: Vec<&str> = lines.filter(|line| line.starts_with(' ')).collect();
        if let Some((pointer, code)) = fault {
            reply.expect_fields(&[(pointer.as_str(), code)]);
            counts[3] += 1;
        } else if rows.is_empty() {
            reply.expect_fields(&[("", "required")]);
            counts[3] += 1;
        } else {
            let preview = reply.expect(200);
            assert_eq!(
                (text(&preview["encoding"]), &preview["total"]),
                (first.split(' ').next().unwrap_or_default(), &json!(rows.len())),
                "{name}"
            );
            let number = |row: &Value| row["line"].to_string();
            let found: Vec<String> =
                preview["rows"].as_array().expect("rows").iter().map(number).collect();
            let lines: Vec<&str> =
                rows.iter().map(|row| row.split_whitespace().next().unwrap_or_default()).collect();
            assert_eq!(found, lines, "{name}");
            // What cannot be read is never added; what can be read may still be a duplicate or
            // guarded.
            for (row, judged) in rows.iter().zip(preview["rows"].as_array().expect("rows")) {
                let is_wrong = ["Caller: ", "Match: ", "Note: ", "ExpiresAt: "]
                    .iter()
                    .any(|column| row.contains(column));
                assert!(!is_wrong || judged["outcome"] != "added", "{name}: {row} {judged}");
                counts[2] += usize::from(judged["outcome"] == "added");
            }
            counts[1] += rows.len();
        }
    }
    counts
}

on_both!(every_file_of_the_corpus_is_judged_as_it_is_read, async |app| {
    let (_, list, _) = two_lists(&app).await;
    let [files, rows, added, refused] = corpus(&list).await;
    #[expect(clippy::print_stdout, reason = "says how much was looked at")]
    {
        println!(
            "broken-CSV corpus through the API: {files} files, {refused} refused, {rows} rows, \
                {added} of them to be added"
        );
    }
    assert!(
        files > 60 && refused > 5 && rows > 100 && added > 60,
        "{files} {refused} {rows} {added}"
    );
    assert_eq!(list.count().await, 0, "a preview adds nothing");
});
