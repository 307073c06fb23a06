//! Address books of telephones and programs, and lists as people keep them.

use super::*;

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
