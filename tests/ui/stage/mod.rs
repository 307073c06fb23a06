//! Where stories are told: a server, a contract, a browser; and what becomes of a story that fails.

pub mod acts;
pub mod app;
pub mod gate;
pub mod minato;
pub mod providers;
pub mod switch;
pub mod words;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use api_types::Channel;
use chrono::TimeDelta;
use server::platform::clock::Clock;
use tests::fakes::stand_in::StandIn;
use tests::{Backend, Browser, Failed, Outcome, Screen, TestApp, block_on, noon, repository};
use thirtyfour::BrowserLogEntry;

use gate::Gate;
use minato::Minato;
use providers::Providers;

/// Tells a story on both screens: `on_both_screens!(name, async |story| { … })` makes `name::phone`
/// and `name::desktop`. The body uses `?` and ends with `Ok(())`.
#[macro_export]
macro_rules! on_both_screens {
    ($name:ident, async |$story:ident| $body:expr) => {
        mod $name {
            #[expect(clippy::allow_attributes, reason = "not every story needs everything")]
            #[allow(unused_imports, reason = "not every story needs everything")]
            use super::*;

            async fn tell($story: std::sync::Arc<$crate::stage::Story>) -> tests::Outcome {
                $body
            }

            #[test]
            fn phone() -> tests::Outcome {
                let name = concat!(stringify!($name), "-phone");
                $crate::stage::play(name, tests::Screen::Phone, tell)
            }

            #[test]
            fn desktop() -> tests::Outcome {
                let name = concat!(stringify!($name), "-desktop");
                $crate::stage::play(name, tests::Screen::Desktop, tell)
            }
        }
    };
}

/// Starts the providers that a story asks for, which go by this clock.
pub type StandIns = fn(&Clock) -> Vec<Box<dyn StandIn>>;

/// Everything that a story can touch.
pub struct Story {
    /// The person's browser.
    pub browser: Browser,
    /// How large it is.
    pub screen: Screen,
    /// The way to the server.
    pub gate: Gate,
    /// The contract.
    pub minato: Minato,
    /// The services that notices go to.
    pub providers: Providers,
    /// Those that a story has asked for: as strict as the real ones.
    pub stand_ins: Vec<Box<dyn StandIn>>,
    /// The server.
    pub app: TestApp,
    provoked: Mutex<Vec<&'static str>>,
}

impl Story {
    async fn begin(screen: Screen, stand_ins: StandIns) -> Outcome<Self> {
        let bundle = repository().join("frontend/dist/index.html");
        if !bundle.exists() {
            return Err(Failed::new(
                "the portal's files are not there yet: run `cargo xtask bundle`",
            ));
        }
        let gate = Gate::listen()?;
        let public_url = gate.url.parse()?;
        let providers = Providers::start();
        let stand_ins = stand_ins(&Clock::set(noon()));
        let app = TestApp::start_with(Backend::Sqlite, |config| {
            config.server.public_url = Some(public_url);
            // Services are played by fakes on this machine, and nobody answers a call that was
            // missed.
            config.egress.allow_private = true;
            config.outbox.settle_s = 0;
            config.outbox.workers = 16;
            tests::provider(config, "slack.base_url", providers.url("slack"));
            tests::provider(config, "line.base_url", providers.url("line"));
            stand_ins.iter().for_each(|one| one.configure(config));
        })
        .await;
        let server: SocketAddr = app.url.trim_start_matches("http://").parse()?;
        gate.lead_to(server);
        let (browser, minato) = tokio::join!(Browser::start(screen), Minato::provision(&app));
        let browser = browser?;
        browser.set_clock(app.clock.now()).await?;
        Ok(Self {
            browser,
            screen,
            gate,
            minato,
            providers,
            stand_ins,
            app,
            provoked: Mutex::default(),
        })
    }

    /// The provider of a channel.
    pub fn stand_in(&self, channel: Channel) -> Outcome<&dyn StandIn> {
        let found = self.stand_ins.iter().find(|one| one.channel() == channel);
        found.map(|one| &**one).ok_or_else(|| Failed::new(format!("no stand-in for {channel:?}")))
    }

    /// Moves the time of the server and of the browser. The browser's goes on by itself, too.
    pub async fn advance(&self, by: TimeDelta) -> Outcome {
        self.app.clock.advance(by);
        self.browser.advance_clock(by.num_milliseconds()).await
    }

    /// Says that the story is about to cause an error in the console whose text contains `message`.
    pub fn provokes(&self, message: &'static str) {
        self.provoked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push(message);
    }

    /// Nothing gets through to the server from now on. A browser says that of each request in words
    /// of its own, which depend on how far the request has come.
    pub fn cut(&self) {
        self.provokes("ERR_");
        self.gate.cut();
    }

    /// Fails when the console has an error that the story did not provoke.
    pub async fn is_quiet(&self) -> Outcome {
        let provoked = self.provoked.lock().map(|provoked| provoked.clone())?;
        let console = self.browser.console().await?;
        let unexpected = |entry: &&BrowserLogEntry| {
            let serious =
                entry.level == "SEVERE" || entry.message.contains("Content Security Policy");
            serious && !provoked.iter().any(|message| entry.message.contains(message))
        };
        let errors: Vec<_> = console.iter().filter(unexpected).map(line).collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Failed::new(format!("the console has errors:\n{}", errors.join("\n"))))
        }
    }

    /// Saves what can be seen and what the console says; answers the path of the picture.
    async fn record(&self, name: &str) -> Outcome<PathBuf> {
        let folder = repository().join("target/ui-failures");
        std::fs::create_dir_all(&folder)?;
        let picture = folder.join(format!("{name}.png"));
        let console = self.browser.console().await?;
        let lines: Vec<_> = console.iter().map(line).chain(self.gate.requests()).collect();
        std::fs::write(picture.with_extension("log"), lines.join("\n"))?;
        self.browser.driver.screenshot(&picture).await?;
        Ok(picture)
    }
}

fn line(entry: &BrowserLogEntry) -> String {
    format!("{} {}", entry.level, entry.message)
}

/// Tells a story from the beginning, and fails when it does.
pub fn play<F>(name: &str, screen: Screen, tell: impl FnOnce(Arc<Story>) -> F) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    play_among(name, screen, |_| Vec::new(), tell)
}

/// The same where these providers are.
pub fn play_among<F>(
    name: &str,
    screen: Screen,
    stand_ins: StandIns,
    tell: impl FnOnce(Arc<Story>) -> F,
) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    block_on(async {
        let story = Arc::new(Story::begin(screen, stand_ins).await?);
        // In a task of its own, so that a story that panics still leaves its picture.
        let told = match tokio::spawn(tell(story.clone())).await {
            Ok(Ok(())) => story.is_quiet().await,
            Ok(failed) => failed,
            Err(panic) => Err(Failed::new(panic.to_string())),
        };
        let told = match told {
            Ok(()) => Ok(()),
            Err(failed) => Err(match story.record(name).await {
                Ok(picture) => failed.with(&format!("What it looked like: {}", picture.display())),
                Err(error) => failed.with(&format!("There is no picture of it: {error:?}")),
            }),
        };
        story.browser.driver.clone().quit().await?;
        told
    })
}
