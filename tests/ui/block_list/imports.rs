//! A block list from a CSV file: judged, mended, added, taken back; and one of a hundred thousand
//! rows.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tests::{Failed, Outcome, within};

use crate::block_list::entries::{block_list, refuse, total};
use crate::on_both_screens;
use crate::stage::Story;

/// `電話番号,メモ` in Shift_JIS.
const HEADER: &[u8] = b"\x93\x64\x98\x62\x94\xd4\x8d\x86,\x83\x81\x83\x82\r\n";
/// `営業` in Shift_JIS.
const NOTE: &[u8] = b"\x89\x63\x8b\xc6";

/// Path of the import page of a number.
fn import_page(story: &Story) -> String {
    format!("{}/block-import", story.minato.number(0))
}

/// A file of these numbers, as a Japanese spreadsheet writes it.
fn file(
    folder: &Path,
    name: &str,
    numbers: impl IntoIterator<Item = impl AsRef<str>>,
) -> Outcome<PathBuf> {
    let mut bytes = HEADER.to_vec();
    for number in numbers {
        bytes.extend_from_slice(number.as_ref().as_bytes());
        bytes.push(b',');
        bytes.extend_from_slice(NOTE);
        bytes.extend_from_slice(b"\r\n");
    }
    let path = folder.join(name);
    std::fs::write(&path, bytes)?;
    Ok(path)
}

/// Chooses a file as the file dialog would.
async fn choose(story: &Story, file: &Path) -> Outcome {
    story.at("file").await?.send_keys(file.display().to_string()).await?;
    Ok(())
}

/// Waits, longer than for anything else, until what has this `data-testid` says `text`.
async fn in_time(story: &Story, test_id: &str, text: &str) -> Outcome<Duration> {
    let begun = Instant::now();
    loop {
        match story.see_at(test_id, text).await {
            Ok(()) => return Ok(begun.elapsed()),
            Err(failed) if begun.elapsed() > Duration::from_secs(90) => return Err(failed),
            Err(_) => {}
        }
    }
}

/// The file that the browser has downloaded into `folder`.
async fn downloaded(folder: &Path) -> Outcome<Vec<u8>> {
    let downloaded = within(Duration::from_secs(20)).attempt(async || {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "csv"))
            // Its name is there before its bytes.
            .find_map(|path| std::fs::read(path).ok().filter(|bytes| !bytes.is_empty()))
    });
    downloaded.await.map_err(|_| Failed::new("nothing was downloaded"))
}

async fn download_to(story: &Story, folder: &Path) -> Outcome {
    story
        .browser
        .devtools(
            "Browser.setDownloadBehavior",
            json!({"behavior": "allow", "downloadPath": folder}),
        )
        .await?;
    Ok(())
}

// A file with mistakes is shown as it would be added; mended, it is added and can be taken back.
on_both_screens!(importing_a_file_with_mistakes, async |story| {
    let (folder, downloads) = (tempfile::tempdir()?, tempfile::tempdir()?);
    refuse(&story, 0, &[json!({"caller": "090-1111-2222"})]).await;
    download_to(&story, downloads.path()).await?;
    story.arrive(&block_list(&story, 0)).await?;
    story.follow("CSVで一括登録（インポート）").await?;
    story.is_at(&import_page(&story)).await?;
    story.at("sample-shift_jis").await?;

    let numbers = ["03-5555-6666", "9012345678", "090-1111-2222", "11O-2222-3333", "080-1234-5678"];
    choose(&story, &file(folder.path(), "kyohi.csv", numbers)?).await?;
    story.see_at("import-heading", "登録内容の確認").await?;
    story.focus_at("import-heading").await?;
    story.see("Shift_JISとして読み取りました").await?;
    let rows = story.texts_at("file-row").await?;
    assert_eq!(rows.len(), 5);
    assert_eq!(rows[0], "2行目\n03-5555-6666\n登録\n営業");
    story.see_at("import-columns", "電話番号：電話番号 ・ メモ：メモ").await?;
    story.gone("import-left-out").await?;
    assert!(rows[1].starts_with("3行目\n9012345678\n→ 090-1234-5678\n0を補う"), "{rows:?}");
    assert!(rows[3].starts_with("5行目\n11O-2222-3333\nエラー\n"), "{rows:?}");

    // The button says what is left out.
    story.see_at("apply-import", "3件を登録（1行は除く）").await?;
    story.touch("input-repair").await?;
    story.see_at("apply-import", "2件を登録（2行は除く）").await?;
    story.touch("input-repair").await?;
    assert_eq!(total(&story, 0).await, 1);

    story.choose("エラー 1").await?;
    story.see_at("file-row", "11O-2222-3333").await?;
    assert_eq!(story.texts_at("file-row").await?.len(), 1);
    story.choose("登録済み 1").await?;
    story.see_at("file-row", "090-1111-2222").await?;
    story.follow("エラーの行をダウンロード").await?;
    let failed = downloaded(downloads.path()).await?;
    let lines: Vec<_> =
        failed.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.len(), 3, "{}", String::from_utf8_lossy(&failed));
    assert!(lines[0].starts_with(&HEADER[..8]), "{lines:?}");

    // Mended.
    let numbers = ["03-5555-6666", "9012345678", "090-1111-2222", "03-2222-3333", "080-1234-5678"];
    choose(&story, &file(folder.path(), "kyohi.csv", numbers)?).await?;
    story.see_at("apply-import", "4件を登録").await?;
    story.touch("apply-import").await?;
    story.see_at("import-done", "4件を登録しました").await?;
    assert_eq!(total(&story, 0).await, 5);
    story.press("この登録を取り消す").await?;
    story.see_at("import-done", "4件を削除しました").await?;
    assert_eq!(total(&story, 0).await, 1);
    story.follow("着信拒否に戻る").await?;
    story.is_at(&block_list(&story, 0)).await?;
    story.see_at("entry-total", "1件").await?;
    Ok(())
});

// The same file twice adds nothing the second time; rows with errors can be left out.
on_both_screens!(importing_the_same_file_twice, async |story| {
    let folder = tempfile::tempdir()?;
    let path = file(
        folder.path(),
        "kyohi.csv",
        ["03-5555-6666", "でたらめ", "080-1234-5678"].map(|number| number.replace("でたらめ", "x")),
    )?;
    story.arrive(&import_page(&story)).await?;
    choose(&story, &path).await?;
    story.press("2件を登録（1行は除く）").await?;
    story.see_at("import-done", "2件を登録しました").await?;
    story.see("1行は登録していません。").await?;
    assert_eq!(total(&story, 0).await, 2);
    story.press("別のファイルを選ぶ").await?;
    choose(&story, &path).await?;
    story.see_at("import-nothing", "登録する行はありません。").await?;
    story.choose("登録済み 2").await?;
    assert_eq!(story.texts_at("file-row").await?.len(), 2);
    assert_eq!(total(&story, 0).await, 2);
    Ok(())
});

// An address book: all its numbers, with their notes, and what is left out by name.
on_both_screens!(importing_an_address_book, async |story| {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("contacts.csv");
    let text = "連絡先,,,,\n氏名,携帯電話,会社電話,期限,登録日\n\
        山田,090-1111-0001,03-1111-0002（代表）,R12.3.31,2026/1/5\n田中,0311110*,,,\n";
    std::fs::write(&path, text)?;
    story.arrive(&import_page(&story)).await?;
    choose(&story, &path).await?;
    story
        .see_at("import-columns", "電話番号：携帯電話、会社電話 ・ メモ：氏名 ・ 期限：期限")
        .await?;
    story.see_at("import-left-out", "取り込まない列：登録日").await?;
    story.see_at("import-header", "2行目を見出しとして").await?;
    let rows = story.texts_at("file-row").await?;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows[0].starts_with("3行目\n090-1111-0001\n登録\n2030年3月31日"), "{rows:?}");
    assert!(rows[0].contains("まで ・ 山田"), "{rows:?}");
    assert!(rows[2].contains("→ 03-1111-0…\n直して登録\n田中\n"), "{rows:?}");
    story.press("3件を登録").await?;
    story.see_at("import-done", "3件を登録しました").await?;
    assert_eq!(total(&story, 0).await, 3);
    Ok(())
});

// What cannot be read says so in words, with its line; what is too large is not even sent; a
// preview runs out.
on_both_screens!(files_that_are_refused, async |story| {
    story.provokes("422");
    story.provokes("410");
    let folder = tempfile::tempdir()?;
    let write = |name: &str, bytes: Vec<u8>| -> Outcome<PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    };
    story.arrive(&import_page(&story)).await?;
    choose(&story, &write("large.csv", vec![b'1'; 10 * 1024 * 1024 + 1])?).await?;
    story.see_at("file-faults", "ファイルが大きすぎます（10.1MB）。").await?;
    choose(&story, &write("empty.csv", Vec::new())?).await?;
    story.see_at("file-faults", "ファイルが空です。").await?;
    assert!(
        !story.gate.requests().iter().any(|request| request.contains("/imports")),
        "nothing was to be sent"
    );
    choose(&story, &write("book.xlsx", b"PK\x03\x04xl/workbook.xml".to_vec())?).await?;
    story.see_at("file-faults", "Excelのブックです。").await?;
    choose(
        &story,
        &write("quote.csv", b"number,note\n0355556666,\"open\n0355557777,x\n".to_vec())?,
    )
    .await?;
    story.see_at("file-faults", "行目").await?;
    story.see_at("file-faults", "閉じられていません").await?;

    choose(&story, &file(folder.path(), "kyohi.csv", ["03-5555-6666"])?).await?;
    story.at("apply-import").await?;
    story.advance(chrono::TimeDelta::minutes(61)).await?;
    story.touch("apply-import").await?;
    story.see_at("file-faults", "有効期限が切れました").await?;
    assert_eq!(total(&story, 0).await, 0);
    Ok(())
});

// An upload that is stopped adds nothing, and the next one works; without a network the file can be
// chosen again.
on_both_screens!(stopping_an_upload, async |story| {
    let folder = tempfile::tempdir()?;
    let path = file(folder.path(), "kyohi.csv", ["03-5555-6666"])?;
    story.arrive(&import_page(&story)).await?;
    story.at("file").await?;
    story.gate.hold("/api/v1/numbers");
    choose(&story, &path).await?;
    story.see_at("sending", "kyohi.csv").await?;
    story.focus_at("cancel-upload").await?;
    story.press("中止").await?;
    story.see_at("file-faults", "送信を中止しました。何も登録していません。").await?;
    story.gone("offline-notice").await?;
    story.cut();
    choose(&story, &path).await?;
    story.see_at("file-faults", "インターネット接続を確認して").await?;
    story.gate.open();
    choose(&story, &path).await?;
    story.press("1件を登録").await?;
    story.see_at("import-done", "1件を登録しました").await?;
    Ok(())
});

/// Scrolls the page so far and waits until the rows there were drawn.
async fn scroll_to(story: &Story, y: u64) -> Outcome {
    const SCROLL: &str = "const [y, done] = arguments; scrollTo(0, y);
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));";
    story.browser.driver.execute_async(SCROLL, vec![json!(y)]).await?;
    Ok(())
}

async fn rows_drawn(story: &Story) -> Outcome<u64> {
    let count = story
        .browser
        .script("return document.querySelectorAll('[data-testid=entry]').length", vec![])
        .await?;
    Ok(count.as_u64().unwrap_or_default())
}

// A hundred thousand numbers come in from one file, scroll, and go out and back at one touch each.
on_both_screens!(importing_a_hundred_thousand_rows, async |story| {
    let folder = tempfile::tempdir()?;
    let numbers =
        (0..100_000).map(|index| format!("090-{:04}-{:04}", 1000 + index / 10_000, index % 10_000));
    let path = file(folder.path(), "many.csv", numbers)?;
    story.arrive(&import_page(&story)).await?;
    choose(&story, &path).await?;
    in_time(&story, "apply-import", "100,000件を登録").await?;
    story.count_at("file-row", 200).await?;
    story.press("さらに表示").await?;
    story.count_at("file-row", 400).await?;
    story.browser.script("scrollTo(0, 0)", vec![]).await?;
    story.touch("apply-import").await?;
    in_time(&story, "import-done", "100,000件を登録しました").await?;

    story.follow("着信拒否に戻る").await?;
    story.see_at("entry-total", "100,000件").await?;
    story.at("entry").await?;
    let mut bottom = 0;
    for _ in 0..40 {
        let height =
            story.browser.script("return document.documentElement.scrollHeight", vec![]).await?;
        bottom = height.as_u64().unwrap_or_default();
        scroll_to(&story, bottom).await?;
        let drawn = rows_drawn(&story).await?;
        assert!(drawn <= 80, "{drawn} rows stand in the document");
        story.gone("searching").await?;
    }
    let loaded = story
        .browser
        .script("return document.querySelector('.long').children[0].ariaSetSize", vec![])
        .await?;
    assert!(
        loaded.as_str().and_then(|count| count.parse::<u32>().ok()).unwrap_or_default() > 5_000,
        "{loaded} after {bottom} px"
    );

    story.browser.script("scrollTo(0, 0)", vec![]).await?;
    story.touch("select-all").await?;
    story.see_at("selection-status", "100,000件を選択中").await?;
    story.press("削除").await?;
    in_time(&story, "selection-status", "100,000件を削除しました").await?;
    story.see_at("empty-state", "拒否する番号はまだありません").await?;
    assert_eq!(total(&story, 0).await, 0);
    story.press("取り消す").await?;
    in_time(&story, "entry-total", "100,000件").await?;
    assert_eq!(total(&story, 0).await, 100_000);
    Ok(())
});

// The list and the sample come as files in both encodings.
on_both_screens!(writing_the_list_to_a_file, async |story| {
    let downloads = tempfile::tempdir()?;
    download_to(&story, downloads.path()).await?;
    refuse(&story, 0, &[json!({"caller": "090-1111-2222", "note": "営業"})]).await;
    story.arrive(&block_list(&story, 0)).await?;
    story.press("CSVで書き出す").await?;
    story.see_at("export-sheet", "UTF-8で書き出す").await?;
    story.touch("export-shift_jis").await?;
    let written = downloaded(downloads.path()).await?;
    assert!(
        written.windows(NOTE.len()).any(|part| part == NOTE),
        "{}",
        String::from_utf8_lossy(&written)
    );
    Ok(())
});
