//! What comes out of a block list can be read again, by us and by spreadsheets.

use serde_json::json;
use tests::on_both;

use crate::block_list::helpers::{HEADER, mobile, text};

use crate::block_list::files::{held, two_lists};

on_both!(an_export_is_imported_to_the_same_list, async |app| {
    let (_, list, other) = two_lists(&app).await;
    assert_eq!(
        list.download("/export").await.file(),
        format!("\u{FEFF}{HEADER}").as_bytes(),
        "an empty list has a header"
    );
    let notes = [
        "",
        "=1+1",
        "+81",
        "-1",
        "@SUM(A1)",
        "'=1",
        "''=1",
        "'",
        "'abc",
        "＝全角",
        "＋1",
        "－1",
        "＠x",
        "\"引用\"",
        "a,b;c",
        "|",
        "\\",
        "5\"モニター",
        "sep=;",
        "電話番号",
        "100%_OFF",
        "髙﨑①㈱№",
        "ﾊﾝｶｸ ﾞ",
        "=HYPERLINK(\"http://x\",\"y\")",
        "' =1",
        "あ い　う",
        "#N/A",
        "<b>&amp;",
        "0312345678",
    ];
    for (index, note) in notes.iter().enumerate() {
        list.add(json!({"caller": mobile(index), "note": note})).await;
    }
    list.add(json!({"caller": "0120", "match": "prefix", "note": "あ".repeat(100)})).await;
    list.add(json!({"caller": "+1 212 555 0123", "expires_at": "2030-12-31T15:00:00Z"})).await;
    list.add(json!({"caller": "+852 12", "match": "prefix", "expires_at": "2030-12-31T09:30:00Z"}))
        .await;
    list.add(json!({"caller": "104", "expires_at": "2030-12-31T09:30:07Z"})).await;
    list.add(
        json!({"caller": "090-9999-9999", "match": "prefix", "expires_at": "9999-12-31T15:00:00Z"}),
    )
    .await;
    for (encoding, plain) in [("utf-8", false), ("shift_jis", true), ("utf-8", true)] {
        if !plain {
            for (caller, note) in [
                ("06-1111-0001", "🎉👨‍👩‍👧"),
                ("06-1111-0002", "𠮷野家 ¥ ‾ −"),
                ("06-1111-0003", "\u{FEFF}x\u{200B}"),
            ] {
                list.add(json!({"caller": caller, "note": note})).await;
            }
        }
        let path = format!("/export?encoding={encoding}");
        let reply = list.download(&path).await;
        assert_eq!(reply.header("content-type"), format!("text/csv; charset={encoding}"));
        assert_eq!(reply.header("content-disposition"), "attachment; filename=\"block-list.csv\"");
        let export = reply.file();
        let import = other.import("", export.clone()).await.expect(200);
        let total = list.count().await;
        assert_eq!(
            (&import["added"], &import["duplicates"]),
            (&json!(total), &json!(0)),
            "{encoding}"
        );
        assert_eq!(import["encoding"], if encoding == "utf-8" { "utf-8-bom" } else { "shift_jis" });
        assert_eq!(held(&other.entries("").await), held(&list.entries("").await), "{encoding}");
        assert_eq!(other.download(&path).await.file(), export, "{encoding}: byte for byte");
        assert_eq!(
            list.import("", export.clone()).await.expect(200)["duplicates"],
            total,
            "into the same list it adds nothing"
        );
        other.delete(json!({"all": true})).await;
        if !plain {
            for caller in ["06-1111-0001", "06-1111-0002"] {
                for language in ["ja", "en"] {
                    let reply = list.download_in(language, "/export?encoding=shift_jis").await;
                    let problem = reply.expect_fields(&[("?encoding", "not_representable")]);
                    assert!(text(&problem["errors"][0]["message"]).contains("UTF-8"), "{problem}");
                }
                list.delete(json!({"all": true, "q": caller})).await;
            }
            list.download("/export?encoding=shift_jis")
                .await
                .expect_fields(&[("?encoding", "not_representable")]);
            list.delete(json!({"all": true, "q": "06-1111"})).await;
        }
    }
});

on_both!(no_cell_of_an_export_is_computed, async |app| {
    let (_, list, _) = two_lists(&app).await;
    for (index, note) in
        ["=1+1", "+81", "-1", "@x", "＝1", "＋1", "－1", "＠1", "'=1"].iter().enumerate()
    {
        list.add(json!({"caller": mobile(index), "note": note})).await;
    }
    list.add(json!({"caller": "+1 212 555 0123", "note": "1-2"})).await;
    let export = String::from_utf8(list.download("/export").await.file()).expect("text");
    for line in export.lines() {
        for cell in line.trim_start_matches('\u{FEFF}').split(',') {
            assert!(
                !cell.trim_matches('"').starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']),
                "{line}"
            );
        }
    }
    assert!(
        export.contains(",'=1+1,")
            && export.contains(",''=1,")
            && export.contains("010-1-2125550123,1-2,"),
        "{export}"
    );
    assert!(
        export.find(&mobile_text(0)) < export.find(&mobile_text(1)),
        "the oldest entry comes first"
    );
});

fn mobile_text(index: usize) -> String {
    format!("090-0000-{index:04}")
}

on_both!(the_sample_can_be_imported, async |app| {
    let (_, list, _) = two_lists(&app).await;
    for encoding in ["utf-8", "shift_jis"] {
        let reply = list.download(&format!("/sample?encoding={encoding}")).await;
        assert_eq!(
            reply.header("content-disposition"),
            "attachment; filename=\"block-list-sample.csv\""
        );
        let sample = reply.file();
        let import = list.import("", sample.clone()).await.expect(200);
        assert_eq!((&import["added"], &import["total"]), (&json!(4), &json!(4)), "{encoding}");
        assert_eq!(
            list.callers("").await,
            ["+12125550123", "03-1234-5678", "0800", "090-1234-5678"]
        );
        assert_eq!(
            list.download(&format!("/export?encoding={encoding}")).await.file(),
            sample,
            "it is an export of what it imports"
        );
        list.delete(json!({"all": true})).await;
    }
    assert_eq!(
        list.download("/sample").await.file(),
        list.download("/sample?encoding=utf-8").await.file()
    );
});
