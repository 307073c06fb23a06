//! Passwords of IDs: changing them, having them made, looking them up.

use tests::{Outcome, PASSWORD};
use thirtyfour::Key;

use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;

const NEW_PASSWORD: &str = "夕焼け小焼けで日が暮れて";

async fn fill(story: &Story, current: Option<&str>, first: &str, second: &str) -> Outcome {
    if let Some(current) = current {
        story.fill("現在のパスワード", current).await?;
    }
    story.fill("新しいパスワード", first).await?;
    story.fill("新しいパスワード（確認）", second).await?;
    story.press("パスワードを変更").await
}

// The basic password: with the present one, twice the new one; other sign-ins end, this one goes
// on.
on_both_screens!(changing_the_basic_password, async |story| {
    story.provokes("422");
    // Somebody is signed in elsewhere, beside the one who works with the API.
    story.app.nobody().sign_in(LOGIN_ID, PASSWORD).await;
    story.arrive("/account").await?;
    story.touch("open-password").await?;
    story.is_at(&format!("{}/password", story.minato.id(0))).await?;
    fill(&story, Some(""), NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("error-current_password", "入力してください。").await?;
    story.focus_at("input-current_password").await?;
    fill(&story, Some("not my password"), NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("error-current_password", "パスワードが違います。").await?;
    fill(&story, Some(PASSWORD), NEW_PASSWORD, "夕焼け小焼けで日が暮れた").await?;
    story.see_at("error-new_password_confirmation", "2つの入力が一致していません。").await?;
    fill(&story, Some(PASSWORD), NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("password-changed", "パスワードを変更しました。").await?;
    story.see_at("password-changed", "ほかの2台のログインを終了しました。").await?;
    story.holds("新しいパスワード", "").await?;
    story.app.nobody().sign_in(LOGIN_ID, NEW_PASSWORD).await;
    story.touch("open-history").await?;
    story.see("パスワードを変更").await?;
    Ok(())
});

// While it is typed the page says how good it is, and never stands in the way; the server has the
// last word.
on_both_screens!(typing_a_weak_password, async |story| {
    story.provokes("422");
    story.provokes("ERR_INTERNET_DISCONNECTED");
    story.arrive(&format!("{}/password", story.minato.number(0))).await?;
    story.fill("新しいパスワード", "minato2012026").await?;
    story.see_at("meter", "弱い").await?;
    fill(&story, Some(PASSWORD), "aaaaaaaaaaaa", "aaaaaaaaaaaa").await?;
    story.at("error-new_password").await?;
    story.fill("新しいパスワード", NEW_PASSWORD).await?;
    story.see_at("meter", "強い").await?;
    story.gone("error-new_password").await?;
    // Without a network there is no meter, and nothing that complains.
    story.browser.set_offline(true).await?;
    story.fill("新しいパスワード", "another one entirely").await?;
    story.gone("meter").await?;
    story.browser.set_offline(false).await?;
    Ok(())
});

// Too many wrong guesses have to wait, and the button counts the seconds.
on_both_screens!(guessing_the_present_password, async |story| {
    story.provokes("422");
    story.provokes("429");
    story.arrive(&format!("{}/password", story.minato.number(0))).await?;
    fill(&story, Some("not my password"), NEW_PASSWORD, NEW_PASSWORD).await?;
    for _ in 0..6 {
        story.focus_at("input-current_password").await?;
        story.see_at("error-current_password", "パスワードが違います。").await?;
        story.key(Key::Enter).await?;
    }
    story.see_at("change-password", "秒お待ちください").await?;
    story.see_at("form-error", "試行回数が多すぎます").await?;
    Ok(())
});

// An additional ID gets a password that was made for it, and shows it to whoever confirms who they
// are: not for long, and not without a line in the log.
on_both_screens!(making_and_looking_up_a_password, async |story| {
    story.provokes("422");
    story.provokes("403");
    let id = story.minato.id(1);
    story.arrive(&id).await?;
    story.touch("open-password").await?;
    story.is_at(&format!("{id}/password")).await?;
    story.press("安全なパスワードを作る").await?;
    let made = story.text_at("proposed").await?;
    assert!(made.len() >= 10, "{made}");
    story.see_at("meter", "強い").await?;
    story.holds("新しいパスワード（確認）", &made).await?;
    story.press("コピー").await?;
    story.see_at("toast", "コピー").await?;
    story.press("パスワードを変更").await?;
    story.see_at("password-changed", "新しいパスワードでログインし直してください").await?;
    // It stays until somebody has it.
    story.see_at("made-password", &made).await?;
    story.press("控えました").await?;
    story.gone("made").await?;

    story.press("現在のパスワードを表示").await?;
    story.see_at("confirm-sheet", LOGIN_ID).await?;
    story.focus_at("input-own_password").await?;
    story.fill("あなたのパスワード", "not my password").await?;
    story.press("確認して表示").await?;
    story.see_at("error-own_password", "パスワードが違います。").await?;
    story.fill("あなたのパスワード", PASSWORD).await?;
    story.press("確認して表示").await?;
    story.gone("confirm-sheet").await?;
    story.see_at("password", &made).await?;
    story.see_at("hides-in", "秒で隠れます").await?;

    // Whoever turns to another window does not leave it on the screen.
    story.browser.script("dispatchEvent(new Event('blur'))", vec![]).await?;
    story.gone("password").await?;

    // Half a minute, in a hundredth of the time.
    story
        .browser
        .script(
            "const wait = setTimeout; window.setTimeout = (call, ms) => wait(call, ms / 20)",
            vec![],
        )
        .await?;
    story.press("現在のパスワードを表示").await?;
    story.see_at("password", &made).await?;
    story.gone("password").await?;
    story.see_no(&made).await?;
    let kept = story
        .browser
        .script("return JSON.stringify([{...sessionStorage}, {...localStorage}])", vec![])
        .await?;
    assert!(!kept.to_string().contains(&made), "{kept}");

    story.open(&format!("/history?id={}", story.minato.ids[1])).await?;
    let log = story.texts_at("history-entry").await?;
    assert_eq!(log.iter().filter(|entry| entry.contains("パスワードを表示")).count(), 2, "{log:?}");
    assert!(!log.join("").contains(&made));
    Ok(())
});

// What was made for the basic ID stays on the screen: nothing can show it again. And a former
// password is shown as the present one no longer.
on_both_screens!(keeping_a_password_that_was_made, async |story| {
    story.provokes("403");
    story.arrive(&format!("{}/password", story.minato.id(0))).await?;
    story.fill("現在のパスワード", PASSWORD).await?;
    story.press("安全なパスワードを作る").await?;
    let made = story.text_at("proposed").await?;
    story.press("パスワードを変更").await?;
    story.see_at("password-changed", "パスワードを変更しました。").await?;
    story.see_at("made-password", &made).await?;
    story.see_at("made", "もう一度表示することはできません").await?;
    story.app.nobody().sign_in(LOGIN_ID, &made).await;
    story.press("控えました").await?;
    story.see_no(&made).await?;

    story.open(&format!("{}/password", story.minato.id(1))).await?;
    story.press("現在のパスワードを表示").await?;
    story.fill("あなたのパスワード", &made).await?;
    story.press("確認して表示").await?;
    story.see_at("password", PASSWORD).await?;
    fill(&story, None, NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("password-changed", "パスワードを変更しました。").await?;
    story.gone("password").await?;
    story.see_no(PASSWORD).await?;
    Ok(())
});

// An additional number has no ID of its own to sign in with.
on_both_screens!(looking_for_a_password_that_is_not_there, async |story| {
    story.arrive(&story.minato.number(1)).await?;
    story.at("open-ringing").await?;
    story.gone("open-password").await?;
    story.open(&format!("{}/password", story.minato.number(1))).await?;
    story.see_at("empty-state", "この番号に、ログイン用のIDはありません。").await?;
    Ok(())
});
