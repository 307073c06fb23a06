//! The words that stories are told in: what a person sees. Every look waits, up to a limit, until
//! it is true.

use std::panic::Location;
use std::time::Duration;

use serde_json::{Value, json};
use tests::{Failed, Observed, Outcome, Screen, within};
use thirtyfour::WebElement;

use crate::stage::Story;

const EYES: &str = include_str!("eyes.js");
const PATIENCE: Duration = Duration::from_secs(30);
/// Each look is a question to the browser.
const PACE: Duration = Duration::from_millis(40);

/// The step of a story that a failure is blamed on.
pub type At = &'static Location<'static>;

/// What has the focus.
#[derive(Clone, Debug, Default)]
pub struct Focus {
    /// Its `data-testid`.
    pub at: String,
    /// What it is called.
    pub name: String,
    /// Whether it shows that it has the focus.
    pub ring: bool,
}

impl Story {
    async fn look(&self, arguments: &[Value]) -> Outcome<Value> {
        self.browser.script(EYES, arguments.to_vec()).await
    }

    /// Looks again and again until `is` finds what it looks for in the answer.
    pub async fn until<T>(
        &self,
        at: At,
        wanted: &str,
        arguments: &[Value],
        is: impl Fn(&Value) -> Option<T> + Send + Sync,
    ) -> Outcome<T> {
        let found = self.wait(wanted, async || {
            // While a page goes and the next one comes there is nobody to ask.
            let answer = self.look(arguments).await;
            let found = answer.as_ref().ok().and_then(&is);
            found.ok_or_else(|| {
                answer.map_or_else(|error| format!("{error:?}"), |answer| answer.to_string())
            })
        });
        match found.await {
            Ok(found) => Ok(found),
            Err(failed) => {
                let screen = self.look(&[json!("text")]).await.unwrap_or_default();
                let text = screen.as_str().unwrap_or_default();
                Err(failed.with(&format!("The screen says:\n{text}")).at(at))
            }
        }
    }

    /// Asks until the answer is `true`, `Some` or `Ok`, and answers what is in it.
    #[track_caller]
    pub fn wait<F>(
        &self,
        wanted: &str,
        ask: impl FnMut() -> F,
    ) -> impl Future<Output = Outcome<<F::Output as Observed>::Found>>
    where
        F: Future<Output: Observed>,
    {
        let at = Location::caller();
        async move {
            let found = within(PATIENCE).every(PACE).attempt(ask).await;
            found.map_err(|last| Failed::new(format!("{wanted}: not so; last: {last}")).at(at))
        }
    }

    /// The element of this kind and name, once it can be seen.
    pub async fn find(&self, at: At, kind: &str, name: &str) -> Outcome<WebElement> {
        let found = |value: &Value| (!value.is_null()).then(|| value.clone());
        let element = self
            .until(
                at,
                &format!("{kind} 「{name}」"),
                &[json!("find"), json!(kind), json!(name)],
                found,
            )
            .await?;
        Ok(WebElement::from_json(element, self.browser.driver.handle().clone())?)
    }

    /// The element with this `data-testid`, once it can be seen.
    #[track_caller]
    pub fn at(&self, test_id: &str) -> impl Future<Output = Outcome<WebElement>> + Send {
        let at = Location::caller();
        async move {
            let found = |value: &Value| (!value.is_null()).then(|| value.clone());
            let element = self.until(at, test_id, &[json!("at"), json!(test_id)], found).await?;
            Ok(WebElement::from_json(element, self.browser.driver.handle().clone())?)
        }
    }

    /// Waits until the element with this `data-testid` cannot be seen.
    #[track_caller]
    pub fn gone(&self, test_id: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = |value: &Value| value.is_null().then_some(());
        async move {
            self.until(at, &format!("{test_id} is gone"), &[json!("at"), json!(test_id)], is).await
        }
    }

    /// Waits until the screen says `text`.
    #[track_caller]
    pub fn see(&self, text: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |value: &Value| value.as_str()?.contains(text).then_some(());
        async move {
            self.until(at, &format!("the screen says 「{text}」"), &[json!("text")], is).await
        }
    }

    /// Waits until the screen does not say `text`.
    #[track_caller]
    pub fn see_no(&self, text: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |value: &Value| (!value.as_str()?.contains(text)).then_some(());
        async move {
            self.until(at, &format!("the screen does not say 「{text}」"), &[json!("text")], is)
                .await
        }
    }

    /// Waits until the element with this `data-testid` says `text`.
    #[track_caller]
    pub fn see_at(&self, test_id: &str, text: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |value: &Value| value.as_str()?.contains(text).then_some(());
        async move {
            self.until(
                at,
                &format!("{test_id} says 「{text}」"),
                &[json!("text_at"), json!(test_id)],
                is,
            )
            .await
        }
    }

    /// All that the element with this `data-testid` says.
    #[track_caller]
    pub fn text_at(&self, test_id: &str) -> impl Future<Output = Outcome<String>> + Send {
        let at = Location::caller();
        async move {
            self.until(at, test_id, &[json!("text_at"), json!(test_id)], |value| {
                value.as_str().map(str::to_owned)
            })
            .await
        }
    }

    /// All that each element with this `data-testid` says, once there is one.
    #[track_caller]
    pub fn texts_at(&self, test_id: &str) -> impl Future<Output = Outcome<Vec<String>>> + Send {
        let at = Location::caller();
        let texts = |value: &Value| {
            let texts: Vec<_> = value
                .as_array()?
                .iter()
                .filter_map(|text| text.as_str().map(str::to_owned))
                .collect();
            (!texts.is_empty()).then_some(texts)
        };
        async move { self.until(at, test_id, &[json!("texts_at"), json!(test_id)], texts).await }
    }

    /// Waits until so many elements with this `data-testid` can be seen.
    #[track_caller]
    pub fn count_at(&self, test_id: &str, count: usize) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |value: &Value| (value.as_array()?.len() == count).then_some(());
        async move {
            self.until(
                at,
                &format!("{count} × {test_id}"),
                &[json!("texts_at"), json!(test_id)],
                is,
            )
            .await
        }
    }

    /// Waits until what has this `data-testid` is up to date: nothing is being asked or worked on
    /// behind it.
    #[track_caller]
    pub fn rests(&self, test_id: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = |value: &Value| (*value == true).then_some(());
        async move {
            self.until(at, &format!("{test_id} rests"), &[json!("rests"), json!(test_id)], is).await
        }
    }

    /// All that the screen says now.
    pub async fn text(&self) -> Outcome<String> {
        Ok(self.look(&[json!("text")]).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until a heading says `text`.
    #[track_caller]
    pub fn heading(&self, text: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        async move { self.find(at, "heading", text).await.map(drop) }
    }

    /// Waits until the save bar tells how the save went, in whatever language.
    #[track_caller]
    pub fn save_is_over(&self) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = |value: &Value| (*value == true).then_some(());
        async move { self.until(at, "the save is over", &[json!("over")], is).await }
    }

    /// Waits until `value` stands in the field of this name.
    #[track_caller]
    pub fn holds(&self, name: &str, value: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |now: &Value| (*now == value).then_some(());
        async move {
            self.until(
                at,
                &format!("「{name}」 holds 「{value}」"),
                &[json!("value"), json!(name)],
                is,
            )
            .await
        }
    }

    /// Waits until the choice of this name is the one that counts.
    #[track_caller]
    pub fn is_chosen(&self, name: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = |now: &Value| (*now == true).then_some(());
        async move {
            self.until(at, &format!("「{name}」 is chosen"), &[json!("chosen"), json!(name)], is)
                .await
        }
    }

    /// What has the focus now.
    pub async fn focus(&self) -> Outcome<Focus> {
        let focus = self.look(&[json!("focus")]).await?;
        let text = |name: &str| focus[name].as_str().unwrap_or_default().to_owned();
        Ok(Focus { at: text("at"), name: text("name"), ring: focus["ring"] == true })
    }

    /// Waits until the focus is at what has this `data-testid`.
    #[track_caller]
    pub fn focus_at(&self, test_id: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |value: &Value| (value["at"] == test_id).then_some(());
        async move {
            self.until(
                at,
                &format!(
                    "the focus is at \
            {test_id}"
                ),
                &[json!("focus")],
                is,
            )
            .await
        }
    }

    /// Waits until the address is `path`.
    #[track_caller]
    pub fn is_at(&self, path: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        async move {
            let wanted = format!("the address is {path}");
            let there = self.wait(&wanted, async || {
                let url = self.browser.driver.current_url().await;
                let url = url.map_err(|error| error.to_string())?;
                let now = url.as_str().strip_prefix(&self.gate.url).unwrap_or_default();
                if now == path { Ok(()) } else { Err(now.to_owned()) }
            });
            there.await.map_err(|failed| failed.at(at))
        }
    }

    /// Waits until the window has this title.
    #[track_caller]
    pub fn is_titled(&self, title: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let is = move |now: &Value| (*now == title).then_some(());
        async move {
            self.until(at, &format!("the window is titled 「{title}」"), &[json!("title")], is)
                .await
        }
    }

    /// Whether list and page share the screen.
    pub fn is_wide(&self) -> bool {
        self.screen == Screen::Desktop
    }
}
