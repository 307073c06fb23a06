//! The words that stories are told in: what a person does. What they act on is waited for.

use std::panic::Location;

use tests::{Outcome, PASSWORD};
use thirtyfour::{Key, WebElement};

use crate::stage::Story;
use crate::stage::minato::LOGIN_ID;
use crate::stage::words::At;

async fn replace(field: &WebElement, text: &str) -> Outcome {
    field.send_keys(Key::Control + "a").await?;
    field.send_keys(Key::Backspace).await?;
    field.send_keys(text).await?;
    Ok(())
}

impl Story {
    /// Presses the button of this name.
    #[track_caller]
    pub fn press(&self, name: &str) -> impl Future<Output = Outcome> + Send {
        self.click(Location::caller(), "button", name)
    }

    /// Follows the link of this name.
    #[track_caller]
    pub fn follow(&self, name: &str) -> impl Future<Output = Outcome> + Send {
        self.click(Location::caller(), "link", name)
    }

    /// Chooses the one of several choices that has this name.
    #[track_caller]
    pub fn choose(&self, name: &str) -> impl Future<Output = Outcome> + Send {
        self.click(Location::caller(), "choice", name)
    }

    /// Presses whatever has this `data-testid`.
    #[track_caller]
    pub fn touch(&self, test_id: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        let element = self.at(test_id);
        async move { self.click_on(&element.await?).await.map_err(|failed| failed.at(at)) }
    }

    /// Clicks when it stands still, as a person does: rows that are laid out when they come into
    /// view push aside what follows. What lies behind a bar is scrolled away from there first.
    async fn click_on(&self, element: &WebElement) -> Outcome {
        const STILL: &str = "const [element, done] = arguments; let same = 0, before = '';
            element.scrollIntoView({ block: 'nearest' });
            const look = (frames) => {
                const { x, y } = element.getBoundingClientRect(), now = `${x} ${y}`;
                same = now === before ? same + 1 : 0;
                before = now;
                if (same < 3 && frames > 0) requestAnimationFrame(() => look(frames - 1)); else { \
                    element.scrollIntoView({ block: 'nearest' }); done(same); }
            };
            look(60);";
        self.browser.driver.execute_async(STILL, vec![element.to_json()?]).await?;
        if element.click().await.is_err() {
            let centre = "arguments[0].scrollIntoView({ block: 'center' })";
            self.browser.driver.execute(centre, vec![element.to_json()?]).await?;
            element.click().await?;
        }
        Ok(())
    }

    async fn click(&self, at: At, kind: &str, name: &str) -> Outcome {
        self.click_on(&self.find(at, kind, name).await?).await.map_err(|failed| failed.at(at))
    }

    /// Types `text` into the field of this name, in place of what stands there.
    #[track_caller]
    pub fn fill(&self, name: &str, text: &str) -> impl Future<Output = Outcome> + Send {
        let at = Location::caller();
        async move { replace(&self.find(at, "field", name).await?, text).await }
    }

    /// Types `text` into the field with this `data-testid`, in place of what stands there.
    #[track_caller]
    pub fn write_at(&self, test_id: &str, text: &str) -> impl Future<Output = Outcome> + Send {
        let field = self.at(test_id);
        async move { replace(&field.await?, text).await }
    }

    /// Types at whatever has the focus.
    pub async fn keys(&self, text: &str) -> Outcome {
        Ok(self.browser.driver.action_chain().send_keys(text).perform().await?)
    }

    /// Presses a key.
    pub async fn key(&self, key: Key) -> Outcome {
        self.keys(&char::from(key).to_string()).await
    }

    /// Opens an address of the portal.
    pub async fn open(&self, path: &str) -> Outcome {
        Ok(self.browser.driver.goto(format!("{}{path}", self.gate.url)).await?)
    }

    /// Reloads the page, and says yes should the browser ask about that.
    pub async fn reload(&self) -> Outcome {
        Ok(self.browser.driver.refresh().await?)
    }

    /// Waits until the service worker has kept the shell and looks after the page.
    pub async fn has_service_worker(&self) -> Outcome {
        const READY: &str = "const done = arguments[0];
            navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller
                ? done(true)
                : navigator.serviceWorker.addEventListener('controllerchange', () => done(true)));";
        self.browser.driver.execute_async(READY, vec![]).await?;
        Ok(())
    }

    /// Goes to the list first where it is a page of its own, then follows what has this
    /// `data-testid` there.
    pub async fn follow_to(&self, test_id: &str) -> Outcome {
        if !self.is_wide() {
            self.press_back().await?;
        }
        self.touch(test_id).await
    }

    /// Presses the back button of the title bar.
    #[track_caller]
    pub fn press_back(&self) -> impl Future<Output = Outcome> + Send {
        self.click(Location::caller(), "link", "戻る")
    }

    /// Signs in at the sign-in page that is on the screen.
    pub async fn sign_in(&self) -> Outcome {
        self.sign_in_as(LOGIN_ID).await
    }

    /// Signs in with another basic ID than the usual one.
    pub async fn sign_in_as(&self, login_id: &str) -> Outcome {
        self.fill("基本ID", login_id).await?;
        self.fill("パスワード", PASSWORD).await?;
        self.press("ログイン").await
    }

    /// Opens an address of the portal as somebody who has to sign in first.
    pub async fn arrive(&self, path: &str) -> Outcome {
        self.open(path).await?;
        self.sign_in().await?;
        self.is_at(path).await
    }
}
