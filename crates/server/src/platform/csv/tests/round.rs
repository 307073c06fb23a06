//! Properties: out and in again is the same, nothing panics, lines are counted as people count
//! them.

use api_types::NOTE_MAX;
use chrono::{DateTime, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::read;
use crate::platform::csv::*;

/// Every character that means something to a CSV file, a spreadsheet or an encoding, and some that
/// only look harmless.
const NASTY: &[&str] = &[
    "'",
    "\"",
    ",",
    ";",
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    " ",
    "　",
    "\u{A0}",
    "\\",
    "表",
    "ソ",
    "能",
    "ﾃｽﾄ",
    "①",
    "髙",
    "~",
    "|",
    "sep=",
    "=1+1",
    "=\"",
    "電話番号",
    "メモ",
    "0312345678",
    "〜",
    "～",
    "¥",
    "𠮷",
    "👍🏽",
    "\u{FEFF}",
    "\u{200B}",
    "\u{E000}",
    "é",
    "1",
];

/// Pieces of encodings: a half character, a mark, a second byte that is a backslash.
const BYTES: &[&[u8]] =
    &[b"\x93\x64", b"\xEF\xBB\xBF", b"\xFF\xFE", b"\xFE\xFF", b"\x83\x5C", b"\xE3\x81"];

fn note() -> impl Strategy<Value = String> {
    vec(
        prop_oneof![4 => select(NASTY).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from)],
        0..12,
    )
    .prop_map(|parts| {
        let text: String = parts
            .concat()
            .chars()
            .filter(|c| api_types::no_control_characters(&c.to_string()).is_ok())
            .collect();
        // As the API keeps them: trimmed, within the limit.
        text.trim().chars().take(NOTE_MAX as usize).collect::<String>().trim().to_owned()
    })
}

fn pattern() -> impl Strategy<Value = BlockPattern> {
    let text = prop_oneof![
        "0[36][1-9][0-9]{7}",
        "0[789]0[1-9][0-9]{7}",
        "0120[0-9]{6}",
        "\\+1[2-9][0-9]{9}",
        "\\+49[1-9][0-9]{8}",
        "11[05789]",
        "0[0-9]{1,9}",
        "\\+[1-9][0-9]{0,9}",
    ];
    let matching = select([BlockMatch::Exact, BlockMatch::Prefix].as_slice());
    (matching, text).prop_filter_map("no such number", |(matching, text)| {
        BlockPattern::parse(matching, &text).ok()
    })
}

/// From 1970 to the last second that our dates can write; often at midnight in Tokyo, around which
/// days are easily lost.
fn expires_at() -> impl Strategy<Value = Option<DateTime<Utc>>> {
    let second = prop_oneof![
        0..253_402_268_400_i64,
        (0..2_900_000_i64).prop_map(|day| day * 86_400 + 15 * 3600),
        (0..2_900_000_i64).prop_map(|day| day * 86_400),
    ];
    proptest::option::of(
        second.prop_filter_map("no such second", |second| DateTime::from_timestamp(second, 0)),
    )
}

fn new_row() -> impl Strategy<Value = NewRow> {
    (pattern(), note(), expires_at()).prop_map(|(pattern, note, expires_at)| NewRow {
        pattern,
        note,
        expires_at,
    })
}

fn encoding() -> impl Strategy<Value = Encoding> {
    select(
        [
            Encoding::Utf8,
            Encoding::Utf8Bom,
            Encoding::Utf16Le,
            Encoding::Utf16Be,
            Encoding::ShiftJis,
        ]
        .as_slice(),
    )
}

/// Text that is nearly a list.
fn listlike() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        select(
            [
                "\r",
                "\n",
                "\r\n",
                ",",
                ";",
                "\t",
                "\"",
                "\"\"",
                "0312345678",
                "9012345678",
                "電話番号",
                "メモ",
                "sep=;\n",
                "\0",
                "\u{1A}"
            ]
            .as_slice()
        )
        .prop_map(|text| text.as_bytes().to_vec()),
        select(BYTES).prop_map(<[u8]>::to_vec),
        vec(any::<u8>(), 0..4),
    ];
    vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None,
        ..ProptestConfig::default() })]

    #[test]
    fn an_export_is_read_again_as_it_was(list in vec(new_row(), 0..20), encoding in encoding(),
        taken in any::<bool>()) {
        let mut writer = Writer::new(encoding);
        let mut bytes = Vec::new();
        let mut held = Vec::new();
        for row in list {
            match writer.push(&row) {
                Ok(()) => held.push(row),
                Err(refused) => prop_assert!(encoding == Encoding::ShiftJis && row.note.contains(refused.character)),
            }
            if taken {
                bytes.append(&mut writer.take_bytes());
            }
        }
        bytes.append(&mut writer.finish());
        prop_assert_eq!(layout(&bytes).map(|layout| layout.encoding), Ok(encoding));
        let again: Vec<NewRow> = read(&bytes).into_iter().map(|row| row.reading.unwrap_or_else(|fault| panic!("{fault:?}"))).collect();
        prop_assert_eq!(again, held);
        // Nothing in it is a formula to a spreadsheet program.
        let layout = layout(&bytes).unwrap();
        for row in rows(&bytes, &layout) {
            prop_assert!(row.unwrap().cells.iter().all(|cell| !is_formula(cell.trim_start())));
        }
    }

    #[test]
    fn nothing_panics(bytes in prop_oneof![listlike(), vec(any::<u8>(), 0..400)],
        encoding in encoding(), delimiter in select(b",;\t|".as_slice())) {
        let guessed = layout(&bytes);
        let forced = Layout { format: Format::Table, encoding, delimiter, header: None,
            columns: Columns::by_position(), separator_line: false };
        let cards = Layout { format: Format::Cards, ..forced.clone() };
        for layout in guessed.iter().chain([&forced, &cards]) {
            let _ = describe(&bytes, layout);
            let mut line = 0;
            let mut failed = FailedRows::new(&bytes, layout, "理由").ok();
            for row in rows(&bytes, layout).map_while(Result::ok) {
                // A row may have several numbers.
                prop_assert!(row.line >= line);
                line = row.line;
                prop_assert!(row.value.chars().count() <= SHOWN_MAX);
                if let Some(failed) = &mut failed {
                    failed.push(&row.cells, "理由");
                }
            }
        }
    }

    /// What failed is read again as it failed, whatever it was.
    #[test]
    fn failed_rows_keep_their_meaning(bytes in listlike()) {
        let Ok(layout) = layout(&bytes) else { return Ok(()) };
        let Ok(before) = rows(&bytes, &layout).collect::<Result<Vec<Row>,
            FileFault>>() else { return Ok(()) };
        let Ok(mut failed) = FailedRows::new(&bytes, &layout, "取り込めない理由") else { return Ok(()) };
        let mut line = 0;
        for row in before.iter().filter(|row| std::mem::replace(&mut line, row.line) != row.line) {
            failed.push(&row.cells, "x");
        }
        let written = failed.finish();
        // What stood above the header is not in it.
        let header = layout.header.map(|_| 1);
        let separator_line = header.is_none() && layout.separator_line && !matches!(layout.delimiter,
            b',' | b';' | b'\t');
        let after: Vec<_> = rows(&written, &Layout { separator_line, header,
            ..layout }).map(|row| row.unwrap().reading).collect();
        prop_assert_eq!(after, before.into_iter().map(|row| row.reading).collect::<Vec<_>>());
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them(
        rows_of in vec((select(["\n", "\r", "\r\n"].as_slice()), 0..3_usize, 0..4_usize), 1..40),
        encoding in encoding(),
        last in any::<bool>(),
    ) {
        let (mut text, mut line, mut expected, mut empty) = (String::new(), 1, Vec::new(), 0);
        for (index, (newline, breaks, blank)) in rows_of.iter().enumerate() {
            expected.push(line);
            text.push_str(&format!("031234{index:04},\"メモ{}\"", newline.repeat(*breaks)));
            line += *breaks as u32;
            if index + 1 < rows_of.len() || last {
                text.push_str(newline);
                text.push_str(&newline.repeat(*blank));
                line += 1 + *blank as u32;
                empty += *blank as u32;
            }
        }
        let mut bytes = encoding.mark().to_vec();
        encoding.encode(&text, &mut bytes).unwrap();
        let layout = layout(&bytes).unwrap();
        let mut all = rows(&bytes, &layout);
        let lines: Vec<u32> = all.by_ref().map(|row| row.unwrap().line).collect();
        prop_assert_eq!((lines, all.empty()), (expected, empty));
    }

    /// A file that is as it should be is read as it was written.
    #[test]
    fn records_are_those_that_were_written(table in vec(vec("[a-z\"', \n電話]{0,8}", 1..5), 1..20),
        feed in any::<bool>()) {
        let mut writer = ::csv::WriterBuilder::new()
            .flexible(true)
            .quote_style(::csv::QuoteStyle::Always)
            .terminator(if feed { ::csv::Terminator::Any(b'\n') } else { ::csv::Terminator::CRLF })
            .from_writer(Vec::new());
        table.iter().for_each(|record| writer.write_record(record).unwrap());
        let bytes = writer.into_inner().unwrap();
        let mut records = record::Records::new(decode::Text::new(&bytes, Encoding::Utf8), b',');
        let (mut cells, mut ours) = (Cells::default(), Vec::new());
        while records.next(&mut cells).unwrap().is_some() {
            ours.push(cells.iter().map(str::to_owned).collect::<Vec<_>>());
        }
        prop_assert_eq!(&ours, &table);
    }
}
