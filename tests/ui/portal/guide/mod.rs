//! The guide of the present system, statement by statement: each is a check of its own, through the
//! screens, on both sizes. A statement that fails does not keep the next ones from being looked at.

mod block_list;
mod channels;
mod general;
mod passwords;
mod ringing;
mod rules;
mod selection;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tests::{Failed, Outcome, Screen};

use crate::stage::{self, Story};

/// A statement and how it is looked at.
pub struct Statement {
    /// Its number in `statements.txt`.
    number: usize,
    check: fn(Arc<Story>) -> BoxFuture<'static, Outcome>,
}

/// Statements that are looked at one after the other in one browser: `chapter!(name { 1 => async
/// |story| { … } … })` makes `name::phone` and `name::desktop`. Each begins at an address of its
/// own. `name among(stand_ins)` says which providers are there.
macro_rules! chapter {
    ($name:ident { $($number:literal => async |$story:ident| $check:block)+ }) => {
        $crate::portal::guide::chapter!($name among(|_| Vec::new()) {
            $($number => async |$story| $check)+
        });
    };
    ($name:ident among($providers:expr) {
        $($number:literal => async |$story:ident| $check:block)+
    }) => {
        pub mod $name {
            #[expect(clippy::allow_attributes, reason = "not every chapter needs everything")]
            #[allow(unused_imports, reason = "not every chapter needs everything")]
            use super::*;
            use $crate::portal::guide::{Statement, tell};

            pub const STATEMENTS: &[Statement] = &[$(Statement {
                number: $number,
                check: |$story| Box::pin(async move { $check }),
            }),+];

            #[test]
            fn phone() -> tests::Outcome {
                tell(stringify!($name), tests::Screen::Phone, $providers, STATEMENTS)
            }

            #[test]
            fn desktop() -> tests::Outcome {
                tell(stringify!($name), tests::Screen::Desktop, $providers, STATEMENTS)
            }
        }
    };
}
use chapter;

/// Every chapter, in the order of the guide.
const CHAPTERS: [&[Statement]; 13] = [
    selection::selection::STATEMENTS,
    general::general_settings::STATEMENTS,
    general::outbound_number::STATEMENTS,
    passwords::passwords::STATEMENTS,
    block_list::block_list::STATEMENTS,
    ringing::ringing::STATEMENTS,
    rules::rules::STATEMENTS,
    channels::line::STATEMENTS,
    channels::slack::STATEMENTS,
    channels::chatwork::STATEMENTS,
    channels::teams::STATEMENTS,
    channels::line_works::STATEMENTS,
    channels::google_chat::STATEMENTS,
];

/// What the guide says, by number.
fn statements() -> BTreeMap<usize, Vec<&'static str>> {
    include_str!("statements.txt")
        .split("\n\n")
        .filter_map(|block| {
            let mut lines = block.lines();
            Some((lines.next()?.parse().ok()?, lines.collect()))
        })
        .collect()
}

/// Looks at statements one after the other, says of each whether it holds, and fails with those
/// that do not.
#[expect(clippy::print_stdout, reason = "which statements hold is what is read when one fails")]
pub fn tell(
    chapter: &str,
    screen: Screen,
    providers: stage::StandIns,
    chapter_statements: &'static [Statement],
) -> Outcome {
    let name = format!("guide-{chapter}-{screen:?}").to_lowercase();
    stage::play_among(&name, screen, providers, |story| async move {
        story.arrive("/").await?;
        let (words, mut failed) = (statements(), Vec::new());
        for Statement { number, check } in chapter_statements {
            // In a task of its own: a check that panics is one that failed.
            let outcome = match tokio::spawn(check(story.clone())).await {
                Ok(outcome) => outcome,
                Err(panic) => Err(Failed::new(panic.to_string())),
            };
            let says = words.get(number).and_then(|lines| lines.last()).copied().unwrap_or("?");
            match outcome {
                Ok(()) => println!("statement {number} holds: {says}"),
                Err(error) => {
                    println!("statement {number} FAILS: {says}");
                    failed.push(format!("statement {number} ({says}): {error:?}"));
                }
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(Failed::new(failed.join("\n\n"))) }
    })
}

/// Nothing that was changed is lost by forgetting 変更を保存: whoever goes elsewhere is asked.
async fn is_asked_about_changes(story: &Story) -> Outcome {
    if story.is_wide() {
        story.follow("契約とログイン").await?;
    } else {
        story.press_back().await?;
    }
    story.see_at("leave-dialog", "保存していない変更があります").await?;
    story.press("保存せずに移動").await?;
    story.gone("leave-dialog").await
}

/// Writes something on a page of settings, and saves it.
async fn set(story: &Story, page: &str, field: &str, text: &str) -> Outcome {
    story.open(page).await?;
    story.fill(field, text).await?;
    save(story).await
}

async fn save(story: &Story) -> Outcome {
    story.press("変更を保存").await?;
    story.see_at("save-status", "保存しました").await
}

#[test]
fn every_statement_has_one_check() {
    let checked: Vec<_> =
        CHAPTERS.iter().flat_map(|chapter| chapter.iter()).map(|one| one.number).collect();
    assert_eq!(checked, (1..=86).collect::<Vec<_>>());
    assert_eq!(statements().into_keys().collect::<Vec<_>>(), checked);
}

#[test]
fn the_statements_are_the_whole_guide() {
    let guide = tests::repository().join("../shared/user-guide.ja.txt");
    let Ok(guide) = std::fs::read_to_string(guide) else {
        println!("skipped: the guide is not beside this repository");
        return;
    };
    // Headings end in a sign for links.
    let is_said = |line: &&str| !line.is_empty() && !line.ends_with('#');
    let guide: Vec<_> = guide.lines().map(str::trim).filter(is_said).collect();
    assert_eq!(statements().into_values().flatten().collect::<Vec<_>>(), guide);
}
