//! パスワードの変更: the basic ID's and an additional ID's.

use tests::{Outcome, PASSWORD};

use crate::portal::guide::{chapter, is_asked_about_changes};
use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;

const NEW_PASSWORD: &str = "夕焼け小焼けで日が暮れて";

/// Opens the page for the password of a row from the row's own page.
async fn open(story: &Story, row: &str) -> Outcome {
    story.open(row).await?;
    story.follow("パスワード").await?;
    story.heading("パスワード").await
}

/// Types a new password twice and saves it.
async fn change(story: &Story, first: &str, second: &str) -> Outcome {
    story.fill("新しいパスワード", first).await?;
    story.fill("新しいパスワード（確認）", second).await?;
    story.press("パスワードを変更").await
}

chapter!(passwords {
    30 => async |story| {
        open(&story, &story.minato.number(0)).await?;
        story.see("お客様ページやアプリにログインするときのパスワードです。").await?;
        story.app_with(LOGIN_ID, PASSWORD).await.get("/me").await.expect(200);
        Ok(())
    }
    31 => async |story| {
        open(&story, &story.minato.number(0)).await?;
        story.fill("現在のパスワード", PASSWORD).await?;
        change(&story, NEW_PASSWORD, "別のパスワードです").await?;
        story.see_at("error-new_password_confirmation", "2つの入力が一致していません。").await?;
        is_asked_about_changes(&story).await
    }
    32 => async |story| {
        // There and back: the next statements need the first one.
        for (current, new) in [(PASSWORD, NEW_PASSWORD), (NEW_PASSWORD, PASSWORD)] {
            open(&story, &story.minato.number(0)).await?;
            story.fill("現在のパスワード", current).await?;
            change(&story, new, new).await?;
            story.see_at("password-changed", "パスワードを変更しました。").await?;
            story.app.nobody().sign_in(LOGIN_ID, new).await;
            story.app_with(LOGIN_ID, new).await.get("/me").await.expect(200);
        }
        Ok(())
    }
    33 => async |story| {
        story.provokes("403");
        open(&story, &story.minato.id(1)).await?;
        story.press("現在のパスワードを表示").await?;
        story.fill("あなたのパスワード", PASSWORD).await?;
        story.press("確認して表示").await?;
        story.see_at("password", PASSWORD).await?;
        story.fill("新しいパスワード", NEW_PASSWORD).await?;
        is_asked_about_changes(&story).await
    }
    34 => async |story| {
        open(&story, &story.minato.id(2)).await?;
        change(&story, NEW_PASSWORD, "別のパスワードです").await?;
        story.see_at("error-new_password_confirmation", "2つの入力が一致していません。").await?;
        story.fill("新しいパスワード（確認）", NEW_PASSWORD).await?;
        story.press("パスワードを変更").await?;
        story.at("password-changed").await?;
        Ok(())
    }
    35 => async |story| {
        open(&story, &story.minato.id(3)).await?;
        change(&story, NEW_PASSWORD, NEW_PASSWORD).await?;
        story.see_at("password-changed", "新しいパスワードでログインし直してください").await?;
        story.app_with("minato205", NEW_PASSWORD).await.get("/me").await.expect(200);
        Ok(())
    }
});
