//! A corpus of files as they come out of spreadsheets, mail and other systems.
//!
//! The bytes are made here, from readable texts; they stand in `crates/server/tests/csv` as well,
//! as seeds for fuzzing and to be opened with a spreadsheet program, beside `expected.txt`, which
//! says what is read from them. After a change: `UPDATE_CSV_CORPUS=1 cargo test -p server corpus`,
//! and read the difference.

use std::fmt::Write;
use std::path::Path;

use super::encoded;
use crate::platform::csv::*;

/// How many files there are: none may get lost without notice.
const FILES: usize = 75;

const HEADER: &str = "電話番号,メモ,一致,有効期限\r\n";

fn sjis(text: &str) -> Vec<u8> {
    encoded(Encoding::ShiftJis, text)
}

fn without_mark(encoding: Encoding, text: &str) -> Vec<u8> {
    encoded(encoding, text).split_off(encoding.mark().len())
}

fn joined(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn files() -> Vec<(&'static str, Vec<u8>)> {
    let ours =
        format!("{HEADER}03-1234-5678,しつこい営業,完全一致,2026-12-31\r\n0120,,前方一致,\r\n");
    let text = |text: &str| text.as_bytes().to_vec();
    let mut files = vec![
        // Encodings.
        ("utf8", encoded(Encoding::Utf8, &ours)),
        ("utf8-bom", encoded(Encoding::Utf8Bom, &ours)),
        ("utf8-two-boms", joined(&[b"\xEF\xBB\xBF", &encoded(Encoding::Utf8Bom, &ours)])),
        ("utf16le-bom", encoded(Encoding::Utf16Le, &ours)),
        ("utf16be-bom", encoded(Encoding::Utf16Be, &ours)),
        ("utf16le", without_mark(Encoding::Utf16Le, &ours)),
        ("utf16be", without_mark(Encoding::Utf16Be, &ours)),
        ("utf16le-excel-unicode-text", encoded(Encoding::Utf16Le,
            "電話番号\tメモ\r\n0312345678\t\"改,行\"\r\n")),
        ("utf16le-dos-end", encoded(Encoding::Utf16Le, "0312345678,営業\r\n\u{1A}")),
        ("utf16le-odd-byte", joined(&[&encoded(Encoding::Utf16Le,
            "0312345678,営業\r\n0312345679\r\n"), b"0"])),
        ("utf16le-lone-surrogate", joined(&[&encoded(Encoding::Utf16Le, "0312345678,営業\n"),
            b"\x00\xD8", b"0\0"])),
        ("sjis", sjis(&ours)),
        ("sjis-second-byte-backslash",
            sjis("電話番号,メモ\r\n0312345678,表示ソフト能力十\r\n0312345679,\"予,約\"\r\n")),
        ("sjis-extensions",
            sjis("電話番号,メモ\r\n0312345678,髙﨑①㈱№℡\r\n0312345679,ﾃｽﾄ｡ﾞ\r\n0312345670,～－∥￠\r\n")),
        ("sjis-own-characters", sjis("電話番号,メモ\r\n0312345678,\u{E000}\u{E757}\r\n")),
        ("sjis-one-name", sjis("0312345678,齊藤\r\n")),
        ("sjis-half-width-header", sjis("ﾃﾞﾝﾜﾊﾞﾝｺﾞｳ,ﾒﾓ\r\n0312345678,ｻｲﾄｳ\r\n")),
        ("sjis-bad-byte", joined(&[&sjis("電話番号,メモ\r\n0312345678,営業\r\n0312345679,"), b"\xFF",
            &sjis("勧誘\r\n")])),
        ("utf8-one-bad-byte", joined(&["電話番号,メモ\r\n0312345678,営業\r\n0312345679,勧".as_bytes(),
            b"\xE8\xAA", "誘\r\n".as_bytes()])),
        ("utf8-cut-off", "電話番号,メモ\n0312345678,営業".as_bytes()[..35].to_vec()),
        ("utf8-then-sjis", joined(&[ours.as_bytes(), &sjis("0312345678,営業部からの勧誘の電話\r\n")])),
        // Line breaks.
        ("cr", text(&ours.replace("\r\n", "\r"))),
        ("lf", text(&ours.replace("\r\n", "\n"))),
        ("mixed-line-breaks",
            text("電話番号\r0312345678\n0312345679\r\n0312345670\n\r0312345671\r\r\n0312345672")),
        ("no-final-line-break", text("電話番号,メモ\r\n0312345678,営業")),
        ("dos-end", text("0312345678,営業\r\n\u{1A}")),
        ("dos-end-and-line-break", text("0312345678,営業\r\n\u{1A}\r\n")),
        ("nul-padding", text("0312345678,営業\r\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")),
        ("nul-within", text("0312345678\0,営業\0\r\n0312345679,勧\0誘\r\n")),
        ("empty-rows",
            text("\r\n\r\n電話番号,メモ\r\n,,,\r\n0312345678,営業\r\n  \
            ,　\r\n\r\n\"\"\r\n0312345679,勧誘\r\n,\r\n")),
        // Quotes.
        ("quoted", text("\"電話番号\",\"メモ\"\r\n\"0312345678\",\"営業, \"\"至急\"\"\"\r\n")),
        (
            "quoted-line-breaks",
            text("電話番号,メモ,会社\r\n0312345678,営業,\"みなと商会\r\n東京\r\n港区\"\r\n0312345679,\"勧\n誘\",\r\n0312345670,,\r\n"),
        ),
        ("quoted-line-break-at-the-end", text("0312345678,\"営業\r\n\"\r\n0312345679,勧誘\r\n")),
        ("quote-within", text("電話番号,メモ\r\n0312345678,5\"モニター\r\n0312345679,\"営業\"部\r\n")),
        ("quote-never-closed", text("電話番号,メモ\r\n0312345678,\"営業\r\n0312345679,勧誘\r\n")),
        ("quote-closed-by-the-next",
            text("電話番号,メモ\r\n0312345678,\"営業\r\n0312345679,\"勧誘\"\r\n0312345670,\r\n")),
        ("quote-only", text("電話番号\r\n\"")),
        // What spreadsheets do.
        ("formula-text",
            text("電話番号,メモ\r\n=\"0312345678\",営業\r\n\"=\"\"09012345678\"\"\",勧誘\r\n'0312345679,\r\n")),
        ("lost-zeros",
            text("電話番号,メモ\r\n312345678,営業\r\n9012345678,勧誘\r\n120345678,\r\n12345,\r\n")),
        ("scientific", text("電話番号\r\n9.01E+09\r\n9.01234E+09\r\n8.19012E+11\r\n")),
        ("decimal", text("電話番号\r\n9012345678.0\r\n")),
        (
            "guarded-notes",
            text("電話番号,メモ\r\n0312345678,'=1+1\r\n0312345679,''=1\r\n0312345670,'abc\r\n0312345671,=1+1\r\n'+81312345678,'＠x\r\n"),
        ),
        ("separator-line", text("sep=;\r\n電話番号;メモ\r\n0312345678;a,b\r\n")),
        ("separator-line-odd", text("SEP=|\n0312345678|a,b;c\n")),
        ("header-alone", text(HEADER)),
        // Delimiters and columns.
        ("semicolon", text("0312345678;営業, 至急;;\n0312345679;勧誘;;\n")),
        ("tab", text("0312345678\t営業;a,b\n0312345679\t勧誘\n")),
        ("one-column", text("0312345678\n0312345679\n")),
        ("one-column-with-header", text("TEL\n0312345678\n")),
        ("trailing-delimiters", text("電話番号,メモ,,,\r\n0312345678,営業,,,\r\n0312345679,勧誘,,,,,,\r\n")),
        ("short-and-long-rows", text("電話番号,メモ,一致,有効期限\r\n0312345678\r\n0312345679,勧誘,,,余分,余分\r\n")),
        ("other-order",
            text("有効期限,一致,備考,TEL,担当\r\n2026/1/5,前方一致,営業,0120,田中\r\n,,,0312345678,\r\n")),
        ("english",
            text("Caller,Name,Match,Expires \
            At\n0312345678,Sales,exact,2026-12-31T18:30:00+09:00\n0120,Toll free,Prefix,\n")),
        ("address-book", text("氏名,ふりがな,携帯電話,会社名,備考\n田中,たなか,090-1234-5678,みなと商会,営業\n")),
        ("similar-heading", text("顧客コード,顧客電話（必須）,備考\n1,０３（１２３４）５６７８,営業\n")),
        ("full-width-header", text("　ＴＥＬ　，メモ\n".replace('，', ",").as_str())),
        ("number-before-known-word", text("0312345678,メモ\n0312345679,備考\n")),
        ("broken-first-number", text("03-1234,営業\n0312345678,勧誘\n")),
        ("unknown-header", text("だれか,なにか\n0312345678,営業\n")),
        ("no-callers", text("メモ,有効期限\n営業,2026-12-31\n")),
        ("two-callers", text("番号,電話番号\n1,0312345678\n")),
        // Cells.
        (
            "callers",
            text(
                "電話番号\n０３−１２３４−５６７８\n+81 90 1234 \
                    5678\n010-1-212-555-0123\n110\n非通知\n0312345678*\n#31#0312345678\nあ\n\
             031234567890123456\n\"\",x\n0312345678 / 0312345679\n'0312345678\n",
            ),
        ),
        (
            "matches",
            text(
                "電話番号,一致\n0312345678,完全一致\n0120,前方一致\n0800,ＰＲＥＦＩＸ\n03,先頭一致\n0312345679,後方一致\n03*,前方一致\n312345678,前方一致\n",
            ),
        ),
        (
            "notes",
            joined(&[
                HEADER.as_bytes(),
                format!("0312345678,{}\n0312345679,{}\n", "あ".repeat(100),
                    "𠮷".repeat(101)).as_bytes(),
                "0312345670,\"\tタブ\"\n0312345671,\u{202E}逆\n0312345672,　前後　\n0312345673,\u{7}ベル\n".as_bytes(),
            ]),
        ),
        (
            "expiries",
            text(
                "電話番号,有効期限\n0312345678,２０２６年１月５日\n0312345678,2026/1/5 \
                    9:05\n0312345678,2026-02-30\n0312345678,46387\n\
             0312345678,2026-12-31 18:30:07\n0312345678,2000/01/01\n",
            ),
        ),
    ];
    files.extend(address_books());
    files.push(("long-cell", format!("電話番号,メモ\n{},x\n", "0".repeat(5000)).into_bytes()));
    files
}

/// Address books and lists of other systems.
fn address_books() -> Vec<(&'static str, Vec<u8>)> {
    let google = "First Name,Last Name,Notes,Labels,Phone 1 - Label,Phone 1 - Value,\
        Phone 2 - Label,Phone 2 - Value\r\n太郎,山田,,* myContacts,Mobile,\
        +81 90-1111-0001 ::: 03-1111-0001,Work Fax,03-1111-0002\r\nJane,Doe,,,,,,\r\n";
    let google_before = "Name,Yomi Name,Notes,Phone 1 - Type,Phone 1 - Value\r\n\
        山田太郎,ヤマダ,\"営業\r\n二度目\",Mobile,090-1111-0001\r\n";
    let outlook = "Title,First Name,Last Name,Company,Business Fax,Business Phone,\
        Business Phone 2,Home Phone,Mobile Phone,Company Main Phone,Primary Phone,Pager,Notes\r\n\
        ,Jane,Doe,Minato,0311110009,0311110001,0311110002,,09011110005,0311110003,,,\r\n";
    let outlook_ja = "敬称,姓,名,会社名,会社 FAX,会社電話,会社電話 2,自宅電話,携帯電話,会社代表電話,ポケットベル,メモ\r\n\
        ,山田,太郎,みなと商会,0311110009,0311110001,,,09011110005,0311110003,,\r\n";
    let titles = "着信拒否リスト,,,\r\n作成日：2026年11月30日,,,\r\n,,,\r\n電話番号,メモ,有効期限,登録日\r\n\
        03-1111-0001（代表）,\"営業\n二度目\",令和9年3月31日,2026/1/5\r\n\
        819011110001,,2027-03-31 00:00:00.000,\r\n0311110*,,20270331,\r\n0311110002,,46477,\r\n";
    let cards = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:山田 太郎\r\nTEL;TYPE=CELL:090-1111-0001\r\n\
        TEL;TYPE=WORK,FAX:03-1111-0009\r\nEMAIL:a@example.jp\r\nEND:VCARD\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nFN:みなと\r\n 商会\r\nTEL;VALUE=uri:tel:+81-3-1111-0002\r\n\
        TEL:03-1111-00\r\nEND:VCARD\r\n";
    let old_cards = "BEGIN:VCARD\r\nVERSION:2.1\r\n\
        N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63;=91=BE=98=59;;;\r\n\
        TEL;CELL:09011110001\r\nEND:VCARD\r\n";
    let plain = "電話番号,メモ\r\n0312345678,しつこい営業\r\n";
    vec![
        ("google", encoded(Encoding::Utf8, google)),
        ("google-before-2024", encoded(Encoding::Utf8Bom, google_before)),
        ("outlook", encoded(Encoding::Utf8, outlook)),
        ("outlook-ja", sjis(outlook_ja)),
        ("titles", sjis(titles)),
        ("vcard", encoded(Encoding::Utf8, cards)),
        ("vcard-2", encoded(Encoding::Utf8, old_cards)),
        ("euc-jp", encoded(Encoding::EucJp, plain)),
        ("iso-2022-jp", encoded(Encoding::Iso2022Jp, plain)),
    ]
}

/// What is read from a file, as text.
fn outcome(bytes: &[u8], count: &mut usize) -> String {
    let layout = match layout(bytes) {
        Ok(layout) => layout,
        Err(fault) => return format!("{fault:?}\n"),
    };
    let header = match layout.header {
        Some(line) => format!("header in {line} {:?}", layout.columns),
        None => "no header".to_owned(),
    };
    let form = match layout.format {
        Format::Table => format!("{:?} {header}", char::from(layout.delimiter)),
        Format::Cards => "vcards".to_owned(),
    };
    let mut text = format!("{} {form}\n", layout.encoding.name());
    let mut rows = rows(bytes, &layout);
    for row in rows.by_ref() {
        match row {
            Ok(row) => {
                *count += 1;
                writeln!(text, "{:>3} {:?} {}", row.line, row.value, meaning(&row)).unwrap();
            }
            Err(fault) => writeln!(text, "{fault:?}").unwrap(),
        }
    }
    if let Ok(found) = describe(bytes, &layout)
        && !found.left_out.is_empty()
    {
        writeln!(text, "left out: {}", found.left_out.join(", ")).unwrap();
    }
    if rows.empty() > 0 {
        writeln!(text, "{} empty", rows.empty()).unwrap();
    }
    text
}

fn meaning(row: &Row) -> String {
    let entry = |new: &NewRow| {
        let until = new
            .expires_at
            .map(|instant| format!(" until {}", instant.to_rfc3339()))
            .unwrap_or_default();
        format!("{:?} {} {:?}{until}", new.pattern.matching(), new.pattern.key(), new.note)
    };
    match &row.reading {
        Ok(new) => entry(new),
        Err(fault) => {
            let proposal = fault
                .proposal
                .as_ref()
                .map(|new| format!("; rather {}", entry(new)))
                .unwrap_or_default();
            format!("{:?}: {:?}{proposal}", fault.column, fault.fault)
        }
    }
}

#[test]
fn the_corpus_is_read_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csv");
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch of this test, no setting of the server"
    )]
    let update = std::env::var_os("UPDATE_CSV_CORPUS").is_some();
    let files = files();
    let (mut read, mut count) = (String::new(), 0);
    for (name, bytes) in &files {
        let path = folder.join(format!("{name}.csv"));
        if update {
            std::fs::write(&path, bytes).unwrap();
        }
        assert_eq!(
            &std::fs::read(&path).unwrap_or_default(),
            bytes,
            "{name}.csv is out of date; run: UPDATE_CSV_CORPUS=1 cargo test -p server corpus"
        );
        write!(read, "== {name}\n{}\n", outcome(bytes, &mut count)).unwrap();
    }
    if update {
        std::fs::write(folder.join("expected.txt"), &read).unwrap();
    }
    let expected = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
    for (read, expected) in read.split("\n\n").zip(expected.split("\n\n")) {
        assert_eq!(read, expected);
    }
    assert_eq!(read, expected);
    let there = std::fs::read_dir(&folder).unwrap().filter(|file| {
        file.as_ref().is_ok_and(|f| f.path().extension().is_some_and(|e| e == "csv"))
    });
    assert_eq!(
        (files.len(), there.count()),
        (FILES, FILES),
        "each file of the folder, and no other"
    );
    println!("broken-CSV corpus: {} files, {count} rows", files.len());
}
