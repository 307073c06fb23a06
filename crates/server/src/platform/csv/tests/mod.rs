//! Files as they come, and that nothing is lost on the way out and in.

mod corpus;
mod round;

use api_types::{BlockMatch, BlockPattern, CallerError};
use chrono::{DateTime, Utc};

use super::*;

/// All rows of a file that can be read.
fn read(bytes: &[u8]) -> Vec<Row> {
    let layout = layout(bytes)
        .unwrap_or_else(|fault| panic!("{fault:?}: {}", String::from_utf8_lossy(bytes)));
    rows(bytes, &layout).map(|row| row.unwrap_or_else(|fault| panic!("{fault:?}"))).collect()
}

fn new_row(matching: BlockMatch, caller: &str, note: &str, expires_at: Option<&str>) -> NewRow {
    let instant = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc);
    NewRow {
        pattern: BlockPattern::parse(matching, caller).unwrap(),
        note: note.to_owned(),
        expires_at: expires_at.map(instant),
    }
}

fn encoded(encoding: Encoding, text: &str) -> Vec<u8> {
    let mut bytes = encoding.mark().to_vec();
    encoding.encode(text, &mut bytes).unwrap_or_else(|lost| panic!("{encoding:?} lacks {lost}"));
    bytes
}

#[test]
fn expiries_are_read_as_people_write_them() {
    let table = [
        ("2026-12-31", Some("2026-12-31T15:00:00Z")),
        ("2026/12/31", Some("2026-12-31T15:00:00Z")),
        ("2026/1/5", Some("2026-01-05T15:00:00Z")),
        ("2026.1.5", Some("2026-01-05T15:00:00Z")),
        ("2026年12月31日", Some("2026-12-31T15:00:00Z")),
        ("２０２６年１月５日", Some("2026-01-05T15:00:00Z")),
        ("２０２６／１／５", Some("2026-01-05T15:00:00Z")),
        ("2024-02-29", Some("2024-02-29T15:00:00Z")),
        ("2026/1/5 9:05", Some("2026-01-05T00:05:00Z")),
        ("2026-12-31 18:30", Some("2026-12-31T09:30:00Z")),
        ("2026-12-31 18:30:07", Some("2026-12-31T09:30:07Z")),
        ("2026-12-31　１８：３０", Some("2026-12-31T09:30:00Z")),
        ("2026年12月31日 18:30", Some("2026-12-31T09:30:00Z")),
        ("2026年12月31日18時30分", Some("2026-12-31T09:30:00Z")),
        ("2026年12月31日 18時", Some("2026-12-31T09:00:00Z")),
        ("2026-12-31 00:00", Some("2026-12-30T15:00:00Z")),
        ("2026-12-31 24:00", Some("2026-12-31T15:00:00Z")),
        ("2026-12-31T18:30", Some("2026-12-31T09:30:00Z")),
        ("2026-12-31T18:30:00Z", Some("2026-12-31T18:30:00Z")),
        ("2026-12-31T18:30:00.75+09:00", Some("2026-12-31T09:30:00Z")),
        ("2026-13-01", None),
        ("2026-02-30", None),
        ("2026-12-31 25:00", None),
        ("2026-12-31 18:60", None),
        ("2026-12-3118:30", None),
        ("2026-12/31", None),
        ("12/31/2026", None),
        ("26-12-31", None),
        ("12月31日", None),
        ("46387", Some("2026-12-31T15:00:00Z")),
        ("46477", Some("2027-03-31T15:00:00Z")),
        ("46477.0", Some("2027-03-31T15:00:00Z")),
        ("46477.75", Some("2027-03-31T09:00:00Z")),
        ("４６４７７", Some("2027-03-31T15:00:00Z")),
        ("12345", None),
        ("464770", None),
        ("46477.x", None),
        ("20270331", Some("2027-03-31T15:00:00Z")),
        ("20270331 1830", None),
        ("20270331 18:30", Some("2027-03-31T09:30:00Z")),
        ("20270332", None),
        ("2027033", None),
        ("202703311", None),
        ("2027-03-31 00:00:00.000", Some("2027-03-30T15:00:00Z")),
        ("2027-03-31 18:30:07.123", Some("2027-03-31T09:30:07Z")),
        ("2027-03-31T18:30:07.1234567", Some("2027-03-31T09:30:07Z")),
        ("2027-03-31 18:30:07+09", Some("2027-03-31T09:30:07Z")),
        ("2027-03-31 18:30:07.123456+00", Some("2027-03-31T18:30:07Z")),
        ("2027-03-31 18:30:07 +0900", Some("2027-03-31T09:30:07Z")),
        ("H39.3.31", Some("2027-03-31T15:00:00Z")),
        ("2027-03-31 18:30:07,123", Some("2027-03-31T09:30:07Z")),
        ("2027年3月31日", Some("2027-03-31T15:00:00Z")),
        ("2027/3/31", Some("2027-03-31T15:00:00Z")),
        ("2027年3月31日(水)", Some("2027-03-31T15:00:00Z")),
        ("2027/3/31（水） 18:30", Some("2027-03-31T09:30:00Z")),
        ("2027年3月31日水曜", None),
        ("2027年3月31日まで", Some("2027-03-31T15:00:00Z")),
        ("2027年3月31日18時30分15秒", Some("2027-03-31T09:30:15Z")),
        ("2027 年 3 月 31 日", Some("2027-03-31T15:00:00Z")),
        ("令和9年3月31日", Some("2027-03-31T15:00:00Z")),
        ("令和９年３月３１日", Some("2027-03-31T15:00:00Z")),
        ("令和 9年 3月31日", Some("2027-03-31T15:00:00Z")),
        ("令和元年5月1日", Some("2019-05-01T15:00:00Z")),
        ("令和9年3月31日 18:30", Some("2027-03-31T09:30:00Z")),
        ("令和9年3月31日（水）まで", Some("2027-03-31T15:00:00Z")),
        ("令9.3.31", Some("2027-03-31T15:00:00Z")),
        ("㋿9年3月31日", Some("2027-03-31T15:00:00Z")),
        ("R9.3.31", Some("2027-03-31T15:00:00Z")),
        ("r9/3/31", Some("2027-03-31T15:00:00Z")),
        ("R9-03-31", Some("2027-03-31T15:00:00Z")),
        ("R.9.3.31", Some("2027-03-31T15:00:00Z")),
        ("R9年3月31日", Some("2027-03-31T15:00:00Z")),
        ("Ｒ９．３．３１", Some("2027-03-31T15:00:00Z")),
        ("R元.5.1", Some("2019-05-01T15:00:00Z")),
        ("H31.4.30", Some("2019-04-30T15:00:00Z")),
        ("平成31年4月30日", Some("2019-04-30T15:00:00Z")),
        ("昭和64年1月7日", Some("1989-01-07T15:00:00Z")),
        ("令和0年1月1日", None),
        ("令和9年2月30日", None),
        ("令和9年", None),
        ("R9", None),
        ("2026-12-31T", None),
        ("2026-12-31 ", Some("2026-12-31T15:00:00Z")),
        ("来年", None),
        ("9999-12-31", Some("9999-12-31T15:00:00Z")),
        ("9999-12-31T23:59:59+09:00", Some("9999-12-31T14:59:59Z")),
        ("9999-12-31T23:59:59Z", None),
    ];
    for (text, expected) in table {
        let expected = expected.map(|text| DateTime::parse_from_rfc3339(text).unwrap().to_utc());
        let read = expiry::parse(text);
        assert_eq!(read, expected, "{text}");
        if let Some(instant) = read {
            assert_eq!(
                expiry::parse(&expiry::print(instant)),
                Some(instant),
                "{text} does not survive printing"
            );
        }
    }
    assert_eq!(expiry::parse("2026-12-31").map(expiry::print).as_deref(), Some("2026-12-31"));
}

#[test]
fn what_a_spreadsheet_would_compute_gets_one_apostrophe_more() {
    let table = [
        ("=1+1", "'=1+1"),
        ("+81", "'+81"),
        ("-", "'-"),
        ("@x", "'@x"),
        ("＝1", "'＝1"),
        ("－1", "'－1"),
        ("'=1", "''=1"),
        ("''＠", "'''＠"),
        ("' =1", "'' =1"),
        ("'abc", "'abc"),
        ("'", "'"),
        ("abc=1", "abc=1"),
        ("", ""),
    ];
    for (note, expected) in table {
        let written = if needs_guard(note) { format!("'{note}") } else { note.to_owned() };
        assert_eq!((written.as_str(), unguarded(&written)), (expected, note));
    }
}

#[test]
fn the_sample_and_the_headings_can_be_written_in_every_encoding_and_are_read_without_a_fault() {
    for encoding in [
        Encoding::Utf8,
        Encoding::Utf8Bom,
        Encoding::Utf16Le,
        Encoding::Utf16Be,
        Encoding::ShiftJis,
        Encoding::EucJp,
        Encoding::Iso2022Jp,
    ] {
        let bytes = sample(encoding);
        assert_eq!(layout(&bytes).unwrap().encoding, encoding);
        let read: Vec<NewRow> = read(&bytes).into_iter().map(|row| row.reading.unwrap()).collect();
        let expected = [
            new_row(BlockMatch::Exact, "090-1234-5678", "しつこい営業", None),
            new_row(BlockMatch::Prefix, "0800", "フリーダイヤルからの勧誘", None),
            new_row(
                BlockMatch::Exact,
                "03-1234-5678",
                "間違い電話（年内のみ拒否）",
                Some("2031-01-01T00:00:00+09:00"),
            ),
            new_row(BlockMatch::Exact, "+12125550123", "海外からの着信", None),
        ];
        assert_eq!(read, expected, "{encoding:?}");
        let mut writer = Writer::new(encoding);
        expected.iter().for_each(|row| writer.push(row).unwrap());
        assert_eq!(
            String::from_utf8_lossy(&writer.finish()),
            String::from_utf8_lossy(&bytes),
            "the sample is written as an export would be"
        );
    }
}

#[test]
fn a_lost_zero_is_proposed_only_where_nothing_else_is_wrong() {
    let rows = read(
        "電話番号,メモ,有効期限\n9012345678,営業,2026-12-31\n9012345678,営業,いつか\n".as_bytes(),
    );
    let faults: Vec<_> = rows.into_iter().map(|row| row.reading.unwrap_err()).collect();
    assert!(
        faults
            .iter()
            .all(|fault| matches!(fault.fault, RowFaultKind::Caller(CallerError::LostZero(_))))
    );
    assert_eq!(
        faults[0].proposal,
        Some(new_row(BlockMatch::Exact, "09012345678", "営業", Some("2027-01-01T00:00:00+09:00")))
    );
    assert_eq!(faults[1].proposal, None);
}

#[test]
fn an_export_refuses_what_its_encoding_lacks_and_says_where() {
    let mut writer = Writer::new(Encoding::ShiftJis);
    for note in ["普通", "髙﨑①㈱ﾃｽﾄ～", "\u{E000}\u{E757}"] {
        writer.push(&new_row(BlockMatch::Exact, "0312345678", note, None)).unwrap();
    }
    let before = writer.bytes.clone();
    for (row, (note, character)) in
        [("𠮷野家", '𠮷'), ("¥100", '¥'), ("한국", '한')].into_iter().enumerate()
    {
        let refused =
            writer.push(&new_row(BlockMatch::Exact, "0312345678", note, None)).unwrap_err();
        assert_eq!(
            refused,
            NotRepresentable { row: row + 4, caller: "03-1234-5678".to_owned(), character }
        );
        assert_eq!(Encoding::ShiftJis.lacks(note), Some(character));
    }
    assert_eq!(writer.bytes.clone(), before, "a refused row leaves nothing behind");
}

/// Every character is written so that it comes back, or refused.
#[test]
fn no_character_changes_in_cp932() {
    let mut held = 0;
    for c in ('\u{20}'..=char::MAX).filter(|c| !c.is_control()) {
        let mut bytes = Vec::new();
        if Encoding::ShiftJis.encode(c.encode_utf8(&mut [0; 4]), &mut bytes).is_ok() {
            let (text, bad) = encoding_rs::SHIFT_JIS.decode_without_bom_handling(&bytes);
            assert!(!bad && text.chars().eq([c]), "{c} ({:04X}) became {text}", c as u32);
            held += 1;
        }
    }
    // JIS X 0208, NEC's and IBM's extensions, half-width kana, ASCII, and 1880 characters of one's
    // own.
    assert!((9000..10000).contains(&held), "{held}");
}

#[test]
fn shift_jis_is_never_taken_for_damaged_utf8() {
    // Every two-byte character, in many orders, and short texts of two.
    let all: Vec<[u8; 2]> = (0x81..=0xFC_u8)
        .filter(|lead| !(0xA0..=0xDF).contains(lead))
        .flat_map(|lead| {
            (0x40..=0xFC_u8).filter(|trail| *trail != 0x7F).map(move |trail| [lead, trail])
        })
        .filter(|pair| !encoding_rs::SHIFT_JIS.decode_without_bom_handling(pair).1)
        .collect();
    for step in [1, 7, 101, 1009, 4001] {
        let bytes: Vec<u8> =
            (0..all.len()).flat_map(|index| all[index * step % all.len()]).collect();
        assert_eq!(decode::detect(&bytes), Ok(Encoding::ShiftJis), "step {step}");
    }
    for text in ["齊藤", "澁澤", "渡邊", "齋藤", "表", "ソ能", "ﾃｽﾄ", "髙", "纐纈", "醍醐"]
    {
        assert_eq!(
            decode::detect(&encoded(Encoding::ShiftJis, &format!("0312345678,{text}\r\n"))),
            Ok(Encoding::ShiftJis),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_list_is_recognised() {
    let many = "0312345678\n".repeat(MAX_ROWS + 1);
    let wide = ",".repeat(20_000) + "\n0312345678";
    let table: [(&[u8], FileFault); 13] = [
        (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml..xl/workbook.xml", FileFault::Spreadsheet),
        (b"PK\x03\x04\x14\0\0\0readme.txt", FileFault::NotText(FileKind::Archive)),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", FileFault::Spreadsheet),
        (
            b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><meta content=Excel.Sheet>",
            FileFault::Spreadsheet,
        ),
        (b"\xEF\xBB\xBF<!DOCTYPE html><p>", FileFault::NotText(FileKind::Markup)),
        (b"%PDF-1.7\n", FileFault::NotText(FileKind::Pdf)),
        (b"\x89PNG\r\n\x1A\n", FileFault::NotText(FileKind::Image)),
        (b"\x01\x02\x03\x04\x05\x06\x07\x08\x01\x02\x03", FileFault::NotText(FileKind::Unknown)),
        (b"", FileFault::Empty),
        (b"\xEF\xBB\xBF\r\n , ,\r\n\x1A", FileFault::Empty),
        (b"\0\0\0\0\0\0\0\0\0\0", FileFault::Empty),
        (wide.as_bytes(), FileFault::LineTooLong { line: 1 }),
        (b"memo,expires\nx,2026-12-31\n", FileFault::NoCallerColumn),
    ];
    for (bytes, fault) in table {
        assert_eq!(
            layout(bytes),
            Err(fault),
            "{}",
            String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
        );
    }
    assert_eq!(layout(&vec![b'0'; MAX_BYTES + 1]), Err(FileFault::TooLarge));
    let layout = layout(many.as_bytes()).unwrap();
    let mut all = rows(many.as_bytes(), &layout);
    assert_eq!(all.by_ref().take(MAX_ROWS).filter(Result::is_ok).count(), MAX_ROWS);
    assert_eq!(all.next(), Some(Err(FileFault::TooManyRows { line: MAX_ROWS as u32 + 1 })));
    assert_eq!(all.next(), None);
}

#[test]
fn an_endless_quote_is_found_before_it_fills_the_memory() {
    let mut text = "電話番号,メモ\n0312345678,\"営業\n".to_owned();
    text.push_str(&"0312345678,勧誘\n".repeat(90_000));
    let layout = layout(text.as_bytes()).unwrap();
    let mut all = rows(text.as_bytes(), &layout);
    assert_eq!(all.next(), Some(Err(FileFault::BrokenQuote { line: 2 })));
    assert_eq!(all.next(), None);
}

#[test]
fn failed_rows_come_back_as_they_were_with_the_reason_beside_them() {
    let original = encoded(
        Encoding::ShiftJis,
        "会社名;TEL;有効期限\r\n表ソ能;9012345678;2026-12-31\r\n\"a;\"\"b\";=x;;\r\n髙﨑;@1;;;余分\r\n",
    );
    let layout = layout(&original).unwrap();
    let before: Vec<Row> = rows(&original, &layout).map(Result::unwrap).collect();
    let mut failed = FailedRows::new(&original, &layout, "取り込めない理由").unwrap();
    for row in &before {
        failed.push(&row.cells, "0が消えています𠮷");
    }
    let written = failed.finish();
    let expected = "会社名;TEL;有効期限;取り込めない理由\r\n表ソ能;9012345678;2026-12-31;0が消えています〓\r\n\
                    \"a;\"\"b\";'=x;;0が消えています〓\r\n髙﨑;'@1;;;余分;0が消えています〓\r\n";
    assert_eq!(written, encoded(Encoding::ShiftJis, expected));
    let after = read(&written);
    assert!(
        before.iter().map(|row| &row.reading).eq(after.iter().map(|row| &row.reading)),
        "{after:#?}"
    );

    // Sent again and failed again: the reasons do not pile up.
    let again = super::layout(&written).unwrap();
    let mut failed = FailedRows::new(&written, &again, "取り込めない理由").unwrap();
    failed.push(&after[0].cells, "まだ");
    let text = encoding_rs::SHIFT_JIS.decode(&failed.finish()).0.into_owned();
    assert_eq!(
        text,
        "会社名;TEL;有効期限;取り込めない理由\r\n表ソ能;9012345678;2026-12-31;まだ\r\n"
    );

    // Without a header the reason stands behind all columns that have a meaning.
    let plain = super::layout(b"12\n").unwrap();
    let mut failed = FailedRows::new(b"12\n", &plain, "理由").unwrap();
    read(b"12\n").iter().for_each(|row| failed.push(&row.cells, "短い"));
    assert_eq!(String::from_utf8(failed.finish()).unwrap(), "12,,,,短い\r\n");
}

/// What a file means, a row a line: its line, what it is added as or proposed to be, its note.
fn meant(bytes: &[u8]) -> Vec<String> {
    let entry = |new: &NewRow| {
        let until = new.expires_at.map(expiry::print).unwrap_or_default();
        let star = if new.pattern.matching() == BlockMatch::Prefix { "*" } else { "" };
        format!("{}{star} {} {until}", new.pattern.japanese(), new.note).trim_end().to_owned()
    };
    let row = |row: Row| match &row.reading {
        Ok(new) => format!("{} {}", row.line, entry(new)),
        Err(RowFault { proposal: Some(new), .. }) => format!("{} ? {}", row.line, entry(new)),
        Err(fault) => format!("{} ! {:?}", row.line, fault.column),
    };
    read(bytes).into_iter().map(row).collect()
}

fn described(bytes: &[u8]) -> Description {
    describe(bytes, &layout(bytes).unwrap()).unwrap()
}

/// What is taken of a file: its columns with callers, those with notes, what is left out.
fn columns(bytes: &[u8]) -> [String; 3] {
    let found = described(bytes);
    [found.callers, found.notes, found.left_out].map(|names| names.join("|"))
}

#[test]
fn address_books_are_read_by_their_columns_with_numbers() {
    let table: &[(&str, [&str; 3], &[&str])] = &[
        (
            "First Name,Last Name,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,\
             Phone 1 - Value,Phone 2 - Label,Phone 2 - Value\n\
             太郎,山田,,* myContacts,Home,a@example.jp,Mobile,+81 90-1111-0001 ::: 03-1111-0001,Work,\
             03-1111-0002\nJane,Doe,営業,,,,,,Home,090 1111 0003\n",
            [
                "Phone 1 - Value|Phone 2 - Value",
                "Notes|Last Name|First Name",
                "Labels|E-mail 1 - Label|E-mail 1 - Value|Phone 1 - Label|Phone 2 - Label",
            ],
            &[
                "2 090-1111-0001 山田 太郎",
                "2 03-1111-0001 山田 太郎",
                "2 03-1111-0002 山田 太郎",
                "3 090-1111-0003 営業",
            ],
        ),
        (
            "Name,Given Name,Group Membership,Phone 1 - Type,Phone 1 - Value\n\
             山田,太郎,* My,Mobile,090-1111-0001\n",
            ["Phone 1 - Value", "Name", "Given Name|Group Membership|Phone 1 - Type"],
            &["2 090-1111-0001 山田"],
        ),
        (
            "First Name,Last Name,Company,Assistant's Phone,Business Fax,Business Phone,\
             Business Phone 2,Callback,Car Phone,Company Main Phone,Home Fax,Home Phone,\
             Home Phone 2,ISDN,Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,\
             Radio Phone,TTY/TDD Phone,Telex,E-mail Address\n\
             Jane,Doe,Minato,,0311110009,0311110001,0311110002,,,0311110003,,0311110004,,,\
             09011110005,,0311110006,0311110008,0311110007,,,,a@example.jp\n",
            [
                "Assistant's Phone|Business Phone|Business Phone 2|Callback|Car Phone|\
                 Company Main Phone|Home Phone|Home Phone 2|ISDN|Mobile Phone|Other Phone|\
                 Primary Phone|Radio Phone|TTY/TDD Phone",
                "Last Name|First Name|Company",
                "Business Fax|Pager|E-mail Address",
            ],
            &[
                "2 03-1111-0001 Jane Doe",
                "2 03-1111-0002 Jane Doe",
                "2 03-1111-0003 Jane Doe",
                "2 03-1111-0004 Jane Doe",
                "2 090-1111-0005 Jane Doe",
                "2 03-1111-0006 Jane Doe",
                "2 03-1111-0007 Jane Doe",
            ],
        ),
        (
            "姓,名,会社名,秘書の電話,会社 FAX,会社電話,会社電話 2,会社代表電話,自宅電話,携帯電話,その他の電話,\
             電話番号,ポケットベル,メモ\n\
             山田,太郎,みなと商会,,0311110009,0311110001,0311110002,,,09011110005,,,,営業\n",
            [
                "秘書の電話|会社電話|会社電話 2|会社代表電話|自宅電話|携帯電話|その他の電話|電話番号",
                "メモ|姓|名|会社名",
                "会社 FAX",
            ],
            &["2 03-1111-0001 営業", "2 03-1111-0002 営業", "2 090-1111-0005 営業"],
        ),
        (
            "電話番号,メモ,期限,会社名,登録日\n0311110001,営業,R9.3.31,みなと商会,2026/1/5\n",
            ["電話番号", "メモ", "会社名|登録日"],
            &["2 03-1111-0001 営業 2027-03-31"],
        ),
        (
            "会社,TEL①,TEL②,FAX,TEL/FAX\nみなと,0311110001,0311110002,0311110003,0311110004\n",
            ["TEL①|TEL②", "会社", "FAX|TEL/FAX"],
            &["2 03-1111-0001 みなと", "2 03-1111-0002 みなと"],
        ),
        ("会社,TEL/FAX\nみなと,0311110001\n", ["TEL/FAX", "会社", ""], &["2 03-1111-0001 みなと"]),
        (
            "日時,発信者番号,着信番号,種別\n2026/1/5,0311110001,05012345678,着信\n",
            ["発信者番号", "", "日時|着信番号|種別"],
            &["2 03-1111-0001"],
        ),
        (
            "番号,電話番号,電話番号種別,携帯電話番号\n1,0311110001,会社,\n",
            ["電話番号|携帯電話番号", "", "番号|電話番号種別"],
            &["2 03-1111-0001"],
        ),
        (
            "Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value\n\
             Jane,Mobile,0311110001,Work Fax,0311110002\n",
            [
                "Phone 1 - Value|Phone 2 - Value",
                "Name",
                "Phone 1 - Type|Phone 2 - Type|Phone 2 - Value (FAX)",
            ],
            &["2 03-1111-0001 Jane"],
        ),
        (
            "お名前,電話番号（10桁または11桁）,電話番号2,電話番号2種別\n山田,0311110001,0311110002,自宅\n",
            ["電話番号（10桁または11桁）|電話番号2", "お名前", "電話番号2種別"],
            &["2 03-1111-0001 山田", "2 03-1111-0002 山田"],
        ),
        (
            "Name,Type,Number\nJane,Mobile,090-1111-0001\n",
            ["Number", "Name", "Type"],
            &["2 090-1111-0001 Jane"],
        ),
        // A note that ends like a heading, and numbers in another column than the first.
        (
            "0311110001,迷惑電話\n0311110002,営業電話\n",
            ["A", "B", ""],
            &["1 03-1111-0001 迷惑電話", "2 03-1111-0002 営業電話"],
        ),
        (
            "山田,0311110001\n田中,0311110002\n",
            ["B", "A", ""],
            &["1 03-1111-0001 山田", "2 03-1111-0002 田中"],
        ),
        ("電話番号,迷惑電話\n0311110001,○\n", ["電話番号", "", "迷惑電話"], &["2 03-1111-0001"]),
        ("0311110001,営業,,,港区\n", ["A", "B", "E"], &["1 03-1111-0001 営業"]),
    ];
    for (text, taken, rows) in table {
        assert_eq!(columns(text.as_bytes()), taken.map(str::to_owned), "{text}");
        assert_eq!(meant(text.as_bytes()), *rows, "{text}");
    }
}

#[test]
fn a_header_is_found_below_titles() {
    let text = "着信拒否リスト,,\n作成日,2026/11/30,\n\n担当：山田,,\n電話番号,メモ,期限\n\
                0311110001,\"みなと\r\n商会\",46477\n";
    assert_eq!(meant(text.as_bytes()), ["6 03-1111-0001 みなと 商会 2027-03-31"]);
    assert_eq!(described(text.as_bytes()).header, Some(5));
    let plain = "電話番号一覧\n2026年11月\nTEL\n0311110001\n";
    assert_eq!(meant(plain.as_bytes()), ["4 03-1111-0001"]);
    let semicolons = "リスト, 2026年\n番号;メモ\n0311110001;a\n";
    assert_eq!(meant(semicolons.as_bytes()), ["3 03-1111-0001 a"]);
    // Nothing that is a number is taken for a title.
    let later = "0311110001,a\n電話番号,メモ\n0311110002,b\n";
    assert_eq!(meant(later.as_bytes()), ["1 03-1111-0001 a", "2 ! Caller", "3 03-1111-0002 b"]);
    let layout = layout(text.as_bytes()).unwrap();
    let failed = FailedRows::new(text.as_bytes(), &layout, "理由").unwrap().finish();
    assert_eq!(String::from_utf8(failed).unwrap(), "電話番号,メモ,期限,理由\r\n");
}

#[test]
fn several_numbers_in_one_cell_are_several_rows() {
    let table: &[(&str, &[&str])] = &[
        ("0311110001 ::: 0311110002", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("0311110001 ::: x", &["2 03-1111-0001", "2 ! Caller"]),
        ("\"0311110001\n0311110002\"", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("\"0311110001, 0311110002\"", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("0311110001、0311110002", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("0311110001 / 0311110002", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("0311110001 0311110002", &["2 03-1111-0001", "2 03-1111-0002"]),
        ("03-1111-0001（代表）/090-1111-0002（携帯）", &["2 ? 03-1111-0001", "2 ? 090-1111-0002"]),
        ("03/1111/0001", &["2 03-1111-0001"]),
        ("03-1111-0001/2", &["2 ! Caller"]),
        ("0311110001、なし", &["2 ? 03-1111-0001"]),
        ("0311110*", &["2 ? 03-1111-0*"]),
    ];
    for (cell, rows) in table {
        assert_eq!(meant(format!("電話番号,x\n{cell},y\n").as_bytes()), *rows, "{cell}");
    }
}

#[test]
fn vcards_are_read_number_by_number() {
    let text = "BEGIN:VCARD\r\nVERSION:3.0\r\nN:山田;太郎;;;\r\nFN:山田 太郎\r\n\
        TEL;TYPE=CELL,VOICE:090-1111-0001\r\nitem1.TEL;type=pref:+81 3-1111-\r\n 0002\r\n\
        item1.X-ABLabel:受付\r\nTEL;TYPE=WORK,FAX:03-1111-0009\r\nEMAIL:a@example.jp\r\n\
        NOTE:x\r\nEND:VCARD\r\n\r\n\
        BEGIN:VCARD\r\nVERSION:4.0\r\nORG:みなと商会;総務部\r\n\
        TEL;VALUE=uri;TYPE=\"voice,work\":tel:+81-3-1111-0003;ext=12\r\nEND:VCARD\r\n\
        begin:vcard\r\nversion:2.1\r\nN:Doe;Jane\r\nTEL;HOME:0311110004\r\nTEL;FAX:0311110005\r\n\
        end:vcard\r\nBEGIN:VCARD\r\nFN:番号なし\r\nEND:VCARD\r\n";
    let rows = [
        "5 090-1111-0001 山田 太郎",
        "6 03-1111-0002 山田 太郎",
        "17 03-1111-0003 みなと商会 総務部",
        "22 03-1111-0004 Jane Doe",
        "25 ! Caller",
    ];
    assert_eq!(meant(text.as_bytes()), rows);
    assert_eq!(columns(text.as_bytes()), ["TEL", "FN|N|ORG", "TEL (FAX)|EMAIL|NOTE"]);
    for encoding in [Encoding::ShiftJis, Encoding::Utf16Le, Encoding::Utf8Bom] {
        assert_eq!(meant(&encoded(encoding, text)), rows, "{encoding:?}");
    }
    assert_eq!(meant(text.replace("\r\n", "\n").as_bytes()), rows);
    // As older telephones write it.
    let text = "BEGIN:VCARD\nVERSION:2.1\n\
        FN;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8E=52=93=63=\n=91=BE=98=59\n\
        PHOTO;ENCODING=BASE64;JPEG:\n /9j/4AAQ\n\nTEL;CELL:09011110001\nEND:VCARD\n\
        BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E5=B1=B1=E7=94=B0;;;;\n\
        TEL;CELL;PREF:9011110002\n";
    assert_eq!(meant(text.as_bytes()), ["8 090-1111-0001 山田太郎", "12 ? 090-1111-0002 山田"]);
    let layout = layout(text.as_bytes()).unwrap();
    let mut failed = FailedRows::new(text.as_bytes(), &layout, "理由").unwrap();
    failed.push(&read(text.as_bytes())[1].cells, "短い");
    let failed = String::from_utf8(failed.finish()).unwrap();
    assert_eq!(failed, "電話番号,メモ,理由\r\n9011110002,山田,短い\r\n");
}

#[test]
fn japanese_encodings_are_told_apart() {
    let texts = [
        "電話番号,メモ\r\n0311110001,営業\r\n",
        "電話番号,備考\r\n0311110001,しつこい勧誘です\r\n",
        "TEL,メモ\r\n0311110001,齊藤\r\n0311110002,山田商店\r\n",
        "0311110001,株式会社みなと\r\n",
        "氏名,電話\r\nｻｲﾄｳ,0311110001\r\n",
        "0311110001,〒１０５\r\n",
    ];
    for text in texts {
        for encoding in [Encoding::ShiftJis, Encoding::EucJp, Encoding::Iso2022Jp] {
            let bytes = encoded(encoding, text);
            assert_eq!(decode::detect(&bytes), Ok(encoding), "{text}");
        }
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let bytes = encoded(encoding, text);
            assert_eq!(decode::detect(&bytes), Ok(encoding), "{text}");
            assert_eq!(decode::detect(&bytes[2..]), Ok(encoding), "{text} without a mark");
        }
    }
    assert_eq!(decode::detect(b"0311110001,\x1B$B1"), Err(FileFault::BadEncoding { line: 1 }));
}
