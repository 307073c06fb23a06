//! A forgotten password.

use chrono::TimeDelta;
use tests::{Failed, Outcome};

use crate::on_both_screens;
use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;

const NEW_PASSWORD: &str = "夕焼け小焼けで日が暮れて";
const SAME_ANSWER: &str =
    "受け付けました。この基本IDのご登録があれば、連絡先メールアドレスにリンクをお送りします。";

async fn ask_for_link(story: &Story, login_id: &str) -> Outcome {
    story.open("/sign-in").await?;
    story.follow("パスワードを忘れた方").await?;
    story.is_at("/forgot-password").await?;
    story.fill("基本ID", login_id).await?;
    story.press("メールを送る").await?;
    story.see_at("link-sent", SAME_ANSWER).await
}

/// Path and fragment of the link in the one mail that was sent.
async fn link(story: &Story) -> Outcome<String> {
    let mail = story.app.wait_for_mails(1).await.remove(0);
    assert!(mail.contains("To: soumu@minato.example"), "{mail}");
    let (_, from_link) = mail
        .split_once(&story.gate.url)
        .ok_or_else(|| Failed::new(format!("no link in {mail}")))?;
    Ok(from_link.split_whitespace().next().unwrap_or_default().to_owned())
}

async fn set_password(story: &Story, first: &str, second: &str) -> Outcome {
    story.heading("新しいパスワード").await?;
    story.fill("新しいパスワード", first).await?;
    story.fill("新しいパスワード（確認）", second).await?;
    story.press("パスワードを変更").await
}

// The answer tells nobody whether an ID exists; the link from the mail sets a new password, once.
on_both_screens!(forgetting_the_password, async |story| {
    story.provokes("status of 404");
    story.provokes("status of 410");
    story.provokes("status of 422");
    ask_for_link(&story, "nobody999").await?;
    ask_for_link(&story, LOGIN_ID).await?;
    let link = link(&story).await?;
    // Some programs for mail write the `#` of a link as `%23`.
    story.open(&link.replace('#', "%23")).await?;
    story.is_at("/reset-password").await?;
    set_password(&story, "short", "short").await?;
    story.see_at("error-new_password", "10文字以上で入力してください。").await?;
    set_password(&story, NEW_PASSWORD, "夕焼け小焼けで日が暮れた").await?;
    story.see_at("error-new_password_confirmation", "2つの入力が一致していません。").await?;
    set_password(&story, NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("password-set", "パスワードを変更しました。").await?;
    story.follow("ログイン").await?;
    story.fill("基本ID", LOGIN_ID).await?;
    story.fill("パスワード", NEW_PASSWORD).await?;
    story.press("ログイン").await?;
    story.is_at("/").await?;
    story.see("050-1234-5678").await?;

    story.open(&link).await?;
    set_password(&story, "もうひとつの長い合言葉", "もうひとつの長い合言葉").await?;
    story
        .see_at(
            "link-expired",
            "このリンクは使えません。有効期限が切れたか、すでに使われています。",
        )
        .await?;
    story.follow("リンクをもう一度送る").await?;
    story.is_at("/forgot-password").await?;
    Ok(())
});

// A link that is too old says so and offers another.
on_both_screens!(coming_too_late, async |story| {
    story.provokes("status of 404");
    story.provokes("status of 410");
    ask_for_link(&story, LOGIN_ID).await?;
    let link = link(&story).await?;
    story.advance(TimeDelta::hours(25)).await?;
    story.open(&link).await?;
    set_password(&story, NEW_PASSWORD, NEW_PASSWORD).await?;
    story.see_at("link-expired", "このリンクは使えません。").await?;
    // Without a token there is nothing to ask the server.
    story.open("/reset-password").await?;
    story.see_at("link-expired", "このリンクは使えません。").await?;
    Ok(())
});
