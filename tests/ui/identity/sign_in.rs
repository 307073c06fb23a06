//! Getting in.

use chrono::TimeDelta;
use serde_json::json;
use tests::PASSWORD;

use crate::on_both_screens;
use crate::stage::minato::LOGIN_ID;

// A wrong password is told in place; the right one leads to the list with its three kinds of rows.
on_both_screens!(signing_in, async |story| {
    story.provokes("401");
    story.open("/").await?;
    story.is_at("/sign-in").await?;
    story.press("ログイン").await?;
    story.see_at("error-login_id", "入力してください。").await?;
    story.focus_at("input-login_id").await?;

    story.fill("基本ID", LOGIN_ID).await?;
    story.fill("パスワード", "not my password").await?;
    story.press("ログイン").await?;
    story.see_at("form-error", "パスワード").await?;
    story.focus_at("input-password").await?;
    story.holds("基本ID", LOGIN_ID).await?;

    story.fill("パスワード", PASSWORD).await?;
    story.press("ログイン").await?;
    story.is_at("/").await?;
    story.see("株式会社みなと商会").await?;
    let number = story.text_at("row-number-+815012345678").await?;
    assert!(number.starts_with("050-1234-5678基本番号\n代表番号 ・ 受付 iPhone\n"), "{number}");
    assert!(number.contains("iOS") && number.contains("Windows"), "{number}");
    assert_eq!(story.text_at("row-number-+81334567890").await?, "03-3456-7890\nサポート窓口");
    assert_eq!(story.text_at("row-id-minato203").await?, "会議室の電話\n内線 203\nIP電話機");
    assert_eq!(
        story.text_at("row-id-minato206").await?,
        "鈴木（未使用）\n内線 206 ・ ログインなし"
    );
    Ok(())
});

// Whoever guesses is made to wait: the button counts the seconds down and then works again.
on_both_screens!(guessing, async |story| {
    story.provokes("status of 401");
    story.provokes("status of 429");
    for _ in 0..6 {
        story
            .app
            .nobody()
            .post("/session", json!({"login_id": LOGIN_ID, "password": "one of many guesses"}))
            .await;
    }
    story.open("/sign-in").await?;
    story.sign_in().await?;
    story.see_at("sign-in", "秒お待ちください").await?;
    story.see_at("form-error", "").await?;
    // The server's clock stands still while the browser counts.
    story.advance(TimeDelta::seconds(60)).await?;
    story.see_at("sign-in", "ログイン").await?;
    story.press("ログイン").await?;
    story.is_at("/").await?;
    Ok(())
});

// A contract that is suspended says so and why, also to whoever is signed in when it happens.
on_both_screens!(being_suspended, async |story| {
    story.provokes("status of 401");
    story.provokes("status of 403");
    story.arrive("/account").await?;
    story.see("3番号").await?;
    let (operator, path) = (story.app.operator(), story.minato.operator_path());
    let version = operator.get(&path).await.version();
    let suspended =
        json!({"status": "suspended", "suspended_reason": "お支払いの確認ができないため"});
    operator.if_match(version).patch(&path, suspended).await.expect(200);
    story.follow_to("row-history").await?;
    story.heading("ログイン").await?;
    story.sign_in().await?;
    story.see_at("form-error", "お支払いの確認ができないため").await?;
    Ok(())
});
