//! Files as they come, and that nothing is lost on the way out and in.

mod books;
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
