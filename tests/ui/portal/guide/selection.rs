//! 電話番号・ID選択: the list, and what names do elsewhere.

use serde_json::json;

use crate::portal::guide::{chapter, save, set};
use crate::stage::app::device;

chapter!(selection {
    1 => async |story| {
        story.open("/").await?;
        for row in ["050-1234-5678", "03-3456-7890", "0120-345-678", "会議室の電話", "倉庫"] {
            story.see(row).await?;
        }
        story.follow("倉庫").await?;
        story.is_at(&story.minato.id(2)).await?;
        // An option of this ID.
        story.at("open-outbound").await?;
        story.open("/").await?;
        story.follow("050-1234-5678").await?;
        story.is_at(&story.minato.number(0)).await?;
        for page in ["一般設定", "着信なりわけ", "着信拒否", "パスワード"] {
            story.see(page).await?;
        }
        Ok(())
    }
    2 => async |story| {
        story.open(&story.minato.id(1)).await?;
        story.follow("一般設定").await?;
        story.fill("端末名称", "大会議室").await?;
        save(&story).await?;
        story.open("/").await?;
        story.see("大会議室").await
    }
    3 => async |story| {
        set(&story, &story.minato.id_settings(3), "端末名称", "佐藤の電話").await?;
        let is_named = |decision: &serde_json::Value| {
            device(decision, "minato205")
                .is_some_and(|device| device["terminal_name"] == "佐藤の電話")
        };
        story.decided("the terminal's name comes with the call", json!({}), is_named).await?;
        Ok(())
    }
    4 => async |story| {
        story.open("/").await?;
        for kind in ["Windows", "iOS", "Android", "IP電話機", "宅内機器", "ログインなし"] {
            story.see(kind).await?;
        }
        Ok(())
    }
    5 => async |story| {
        set(&story, &story.minato.number_settings(1), "番号名称", "お客様窓口").await?;
        story.open("/").await?;
        story.see("お客様窓口").await
    }
    6 => async |story| {
        set(&story, &story.minato.number_settings(2), "番号名称", "ご注文").await?;
        let numbers = story.app_of(3).await.get("/me/numbers").await.expect(200);
        let names: Vec<_> =
            numbers["items"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
        assert!(names.contains(&&json!("ご注文")), "{numbers}");
        Ok(())
    }
});
