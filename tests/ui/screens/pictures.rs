//! Pictures of every screen for people to look at, in the folder that `DENWABAN_SCREENSHOTS` names:
//! `DENWABAN_SCREENSHOTS=target/pictures cargo nextest run -p tests --test ui pictures --run-ignored
//! all`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;
use tests::{Failed, Outcome, Screen, repository};

use crate::screens::{OUTSIDE, enter, inside};
use crate::stage::minato::LOGIN_ID;
use crate::stage::{Story, play};

const NO_FOLDER: &str = "DENWABAN_SCREENSHOTS names no folder";

/// The folder, when somebody wants pictures.
pub fn wanted() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever wants pictures says so at the command line"
    )]
    let folder = std::env::var_os("DENWABAN_SCREENSHOTS")?;
    Some(repository().join(folder))
}

async fn take(
    story: Arc<Story>,
    folder: PathBuf,
    screen: &'static str,
    language: &'static str,
) -> Outcome {
    std::fs::create_dir_all(&folder)?;
    // Changes over several days, as a real log has them.
    let number = story.minato.number(0);
    for change in [
        json!({"ringtone": "ringtone_2"}),
        json!({"priority_phone_id": story.minato.ids[1]}),
        json!({"display_name": "みなと商会"}),
    ] {
        story.advance(chrono::TimeDelta::minutes(1234)).await?;
        story.minato.change(&number, change).await;
    }
    story.open("/sign-in").await?;
    story.touch(&format!("language-{language}")).await?;
    for look in OUTSIDE {
        look.open(&story).await?;
        picture(&story, &folder, &format!("{screen}-{language}-{}", look.name)).await?;
    }
    enter(&story, LOGIN_ID).await?;
    for look in inside() {
        look.open(&story).await?;
        picture(&story, &folder, &format!("{screen}-{language}-{}", look.name)).await?;
    }
    Ok(())
}

async fn picture(story: &Story, folder: &Path, name: &str) -> Outcome {
    for scheme in ["light", "dark"] {
        story.browser.prefer(scheme, false).await?;
        story.browser.driver.screenshot(&folder.join(format!("{name}-{scheme}.png"))).await?;
    }
    Ok(())
}

macro_rules! pictures {
    ($($language:ident: $tag:literal),+) => {
        $(mod $language {
            use super::*;

            #[test]
            #[ignore = "makes pictures for people to look at"]
            fn phone() -> Outcome {
                let folder = wanted().ok_or_else(|| Failed::new(NO_FOLDER))?;
                play(concat!("pictures-phone-", $tag), Screen::Phone,
                    |story| take(story, folder, "phone", $tag))
            }

            #[test]
            #[ignore = "makes pictures for people to look at"]
            fn desktop() -> Outcome {
                let folder = wanted().ok_or_else(|| Failed::new(NO_FOLDER))?;
                play(concat!("pictures-desktop-", $tag), Screen::Desktop,
                    |story| take(story, folder, "desktop", $tag))
            }
        })+
    };
}

pictures! { japanese: "ja", english: "en" }
