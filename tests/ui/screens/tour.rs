//! A walk past every screen that checks what must be so everywhere: accessible, readable,
//! reachable, at home.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::{Failed, Outcome, Screen, repository};

use crate::screens::{Look, OUTSIDE, enter, inside};
use crate::stage::minato::LOGIN_ID;
use crate::stage::{Story, play};

const LOOKS: &str = include_str!("looks.js");

/// A walk in one language and in the colours of one scheme. Between them the walks see every screen
/// in both, at both sizes.
async fn walk(story: Arc<Story>, language: &'static str, scheme: &'static str) -> Outcome {
    let axe = std::fs::read_to_string(repository().join("tests/vendor/axe-core/axe.min.js"))?;
    story.browser.prefer(scheme, false).await?;
    story.open("/sign-in").await?;
    story.touch(&format!("language-{language}")).await?;
    let mut wrong = Vec::new();
    let walked = async {
        for look in OUTSIDE {
            look.open(&story).await?;
            check(&story, look, &axe, language, scheme, &mut wrong).await?;
        }
        enter(&story, LOGIN_ID).await?;
        for look in inside() {
            look.open(&story).await?;
            check(&story, look, &axe, language, scheme, &mut wrong).await?;
        }
        Ok(())
    };
    let walked: Outcome = walked.await;
    if !wrong.is_empty() {
        let found = format!("{} things are wrong:\n{}", wrong.len(), wrong.join("\n"));
        return Err(walked.err().map_or_else(|| Failed::new(&found), |failed| failed.with(&found)));
    }
    walked
}

async fn check(
    story: &Story,
    look: &Look,
    axe: &str,
    language: &str,
    scheme: &str,
    wrong: &mut Vec<String>,
) -> Outcome {
    let browser = &story.browser;
    let mut note = |what: &str, found: &Value| {
        let lines = found
            .as_array()
            .into_iter()
            .flatten()
            .map(|line| format!("{}, {what}: {}", look.name, line.as_str().unwrap_or("?")));
        wrong.extend(lines);
    };
    if browser.script("return typeof axe", vec![]).await? == "undefined" {
        browser.script(axe, vec![]).await?;
    }
    note(&format!("accessibility when {scheme}"), &ask(story, "axe", Value::Null).await?);
    note("at home", &ask(story, "strangers", json!([story.gate.url, language])).await?);
    note("still", &ask(story, "motion", Value::Null).await?);
    if story.screen == Screen::Phone {
        note("reach", &ask(story, "targets", json!(44)).await?);
    }
    // Narrow phones, and a desktop zoomed in to twice the size.
    let widths = match story.screen {
        Screen::Phone => [390, 320],
        Screen::Desktop => [1280, 640],
    };
    for width in widths {
        browser.set_width(Some(width)).await?;
        note(&format!("{width} px"), &ask(story, "overflow", json!([width, "100%"])).await?);
        note(
            &format!("{width} px, text at 200 %"),
            &ask(story, "overflow", json!([width, "200%"])).await?,
        );
    }
    browser.set_width(None).await
}

async fn ask(story: &Story, question: &str, argument: Value) -> Outcome<Value> {
    Ok(story
        .browser
        .driver
        .execute_async(LOOKS, vec![json!(question), argument])
        .await?
        .json()
        .clone())
}

mod japanese {
    use super::*;

    #[test]
    fn phone() -> Outcome {
        play("tour-japanese-phone", Screen::Phone, |story| walk(story, "ja", "light"))
    }

    #[test]
    fn desktop() -> Outcome {
        play("tour-japanese-desktop", Screen::Desktop, |story| walk(story, "ja", "light"))
    }
}

mod english {
    use super::*;

    #[test]
    fn phone() -> Outcome {
        play("tour-english-phone", Screen::Phone, |story| walk(story, "en", "dark"))
    }

    #[test]
    fn desktop() -> Outcome {
        play("tour-english-desktop", Screen::Desktop, |story| walk(story, "en", "dark"))
    }
}

/// What finds nothing proves nothing: every check must find the fault that it is for.
async fn spoil(story: Arc<Story>) -> Outcome {
    const SPOILED: &str = "document.querySelector('main').insertAdjacentHTML('beforeend', `<img \
        src='/icons/icon-192.png'>
        <p>pale</p><p>${'wide'.repeat(99)}</p><div><p>${'wide'.repeat(99)}</p></div><button>x</button>`);
        const [img, pale, wide, box, button] = \
            [...document.querySelector('main').children].slice(-5);
        pale.style.color = 'rgb(200 200 200)';
        wide.style.overflowWrap = box.firstChild.style.overflowWrap = 'normal';
        box.style.overflow = 'clip';
        button.animate([{ opacity: 0 }, { opacity: 1 }], { duration: 1e6 });";
    let axe = std::fs::read_to_string(repository().join("tests/vendor/axe-core/axe.min.js"))?;
    story.browser.prefer("light", false).await?;
    story.open("/sign-in").await?;
    story.at("sign-in").await?;
    story.browser.script(&axe, vec![]).await?;
    story.browser.script(SPOILED, vec![]).await?;
    for (question, argument, fault) in [
        ("axe", Value::Null, "image-alt"),
        ("axe", json!("color-contrast"), "color-contrast"),
        ("strangers", json!(["http://elsewhere.example", "ja"]), "another host"),
        ("strangers", json!([story.gate.url, "en"]), "its language is ja"),
        ("motion", Value::Null, "moves"),
        ("targets", json!(44), "button “x” is"),
        ("overflow", json!([390, "100%"]), "scrolls to"),
        ("overflow", json!([390, "100%"]), "cuts off"),
    ] {
        let found = ask(&story, question, argument).await?.to_string();
        assert!(found.contains(fault), "{question} does not find {fault}: {found}");
    }
    Ok(())
}

#[test]
fn the_checks_can_fail() -> Outcome {
    play("tour-the-checks-can-fail", Screen::Phone, spoil)
}
