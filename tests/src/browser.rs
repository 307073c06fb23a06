//! A Chromium of its own for one test: its screen, its profile, its console.

use std::error::Error;
use std::fmt;
use std::io::{BufRead as _, BufReader};
use std::panic::Location;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use server::platform::clock::Clock;
use thirtyfour::{
    BrowserLogEntry, CapabilitiesHelper as _, ChromeCapabilities, ChromiumLikeCapabilities as _,
    LoggingPrefsLogLevel, WebDriver,
};

use crate::process::program;

/// What a step of a story comes to.
pub type Outcome<T = ()> = Result<T, Failed>;

/// Why a step failed, and where it stands in the story.
pub struct Failed {
    what: String,
    at: &'static Location<'static>,
}

impl Failed {
    /// A failure in words.
    #[track_caller]
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), at: Location::caller() }
    }

    /// The same failure, said to have happened at `at`: a helper blames the step that called it.
    pub fn at(self, at: &'static Location<'static>) -> Self {
        Self { at, ..self }
    }

    /// The same failure with a line more.
    pub fn with(mut self, line: &str) -> Self {
        self.what.push('\n');
        self.what.push_str(line);
        self
    }
}

impl<E: Error> From<E> for Failed {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)
    }
}

/// The two sizes that every story is told at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    /// 390 × 844, touched.
    Phone,
    /// 1280 × 800, with a mouse.
    Desktop,
}

impl Screen {
    /// Width and height of the viewport, in CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 800),
        }
    }

    fn pixel_ratio(self) -> u32 {
        match self {
            Self::Phone => 2,
            Self::Desktop => 1,
        }
    }
}

/// Chromium without the parts that a screen is for: it starts in a third of the time, and a test
/// starts one. Where it is not, ChromeDriver finds a Chromium.
const HEADLESS_SHELL: &str = "chromium-headless-shell";
/// What ChromeDriver calls it.
const HEADLESS_SHELL_NAME: &str = "chrome-headless-shell";

const FLAGS: &[&str] = &[
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=ja",
    "--accept-lang=ja",
    // Nothing moves while a story is told; the one that is about motion asks for it.
    "--force-prefers-reduced-motion",
    // Whoever asks for another host gets an error in the console, and with it a story that fails.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// Where the person is: another day and half an hour away from Tokyo, whose time the portal shows
/// wherever it is opened.
const TIME_ZONE: &str = "America/St_Johns";

/// Moves the time of a page by milliseconds; its clock goes on from there. Once more, further.
const SHIFT: &str = "((by) => {
    const before = Date, now = () => before.now() + by;
    globalThis.Date = new Proxy(before, {
        apply: () => new before(now()).toString(),
        construct: (target, given, date) =>
            Reflect.construct(target, given.length === 0 ? [now()] : given, date),
        get: (target, name) => name === 'now' ? now : Reflect.get(target, name),
    });
})";

/// A running browser with one window; dropping it ends it.
pub struct Browser {
    /// To drive it.
    pub driver: WebDriver,
    screen: Screen,
    console: Mutex<Vec<BrowserLogEntry>>,
    // In the order of their ends: the session above, its driver, its files.
    _chromedriver: Chromedriver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser whose viewport is exactly as large as `screen`.
    pub async fn start(screen: Screen) -> Outcome<Self> {
        let profile = tempfile::tempdir()?;
        let chromedriver = Chromedriver::start()?;
        let driver = WebDriver::builder(&chromedriver.url, capabilities(screen, &profile)?)
            .request_timeout(Duration::from_secs(60))
            .await?;
        chromedriver.remember_browser(driver.capabilities().get("goog:processID"));
        driver.set_script_timeout(Duration::from_secs(30)).await?;
        Ok(Self {
            driver,
            screen,
            console: Mutex::default(),
            _chromedriver: chromedriver,
            _profile: profile,
        })
    }

    /// Sends a command of the DevTools protocol.
    #[track_caller]
    pub fn devtools(
        &self,
        method: &str,
        parameters: Value,
    ) -> impl Future<Output = Outcome<Value>> {
        let at = Location::caller();
        async move {
            self.driver
                .cdp()
                .send_raw(method, parameters)
                .await
                .map_err(|error| Failed::from(error).at(at))
        }
    }

    /// Sets the clock of every page to `now`, from where it goes on: what a page reckons by its
    /// own clock must not depend on the day on which the test runs.
    pub async fn set_clock(&self, now: DateTime<Utc>) -> Outcome {
        let before = self.script("return Date.now()", vec![]).await?.as_i64().unwrap_or_default();
        // Where the clock of the test is moved, the browser's must be, too.
        let machine = Clock::system().now().timestamp_millis();
        assert!((before - machine).abs() < 60_000, "the browser is at {before}, not {machine}");
        self.advance_clock(now.timestamp_millis() - before).await
    }

    /// Moves the clock of every page, that of the present one too, by milliseconds.
    pub async fn advance_clock(&self, by: i64) -> Outcome {
        let shift = format!("{SHIFT}({by})");
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": shift})).await?;
        self.script(&shift, vec![]).await?;
        Ok(())
    }

    /// Runs a script and answers what it returns.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Outcome<Value> {
        Ok(self.driver.execute(script, arguments).await?.json().clone())
    }

    /// Every line of the console so far.
    pub async fn console(&self) -> Outcome<Vec<BrowserLogEntry>> {
        // The driver gives each line once.
        let fresh = self.driver.browser_log().await?;
        let mut console = self.console.lock()?;
        console.extend(fresh);
        Ok(console.clone())
    }

    /// Lets the browser believe that the network is gone or back. Service workers have a network of
    /// their own and do not notice.
    pub async fn set_offline(&self, offline: bool) -> Outcome {
        self.devtools("Network.enable", json!({})).await?;
        let parameters = json!({"offline": offline, "latency": 0, "downloadThroughput": -1,
            "uploadThroughput": -1});
        self.devtools("Network.emulateNetworkConditions", parameters).await?;
        Ok(())
    }

    /// Sets what the device is said to prefer: `light` or `dark`, and whether things may move.
    pub async fn prefer(&self, scheme: &str, motion: bool) -> Outcome {
        let motion = if motion { "no-preference" } else { "reduce" };
        let features = json!([{"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion}]);
        self.devtools("Emulation.setEmulatedMedia", json!({"features": features})).await?;
        Ok(())
    }

    /// Makes the viewport so wide, whatever the screen; `None` is the screen's own width again.
    pub async fn set_width(&self, width: Option<u32>) -> Outcome {
        let (full, height) = self.screen.size();
        let phone = self.screen == Screen::Phone;
        let metrics = json!({"width": width.unwrap_or(full), "height": height,
            "deviceScaleFactor": self.screen.pixel_ratio(), "mobile": phone});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }
}

fn capabilities(screen: Screen, profile: &tempfile::TempDir) -> Outcome<ChromeCapabilities> {
    let mut chrome = ChromeCapabilities::new();
    for flag in FLAGS {
        chrome.add_arg(flag)?;
    }
    match program(HEADLESS_SHELL) {
        Some(path) => {
            chrome.set_binary(&path.display().to_string())?;
            // By its name the driver knows that it has to be given a first page.
            chrome.set("browserName", json!(HEADLESS_SHELL_NAME))?;
        }
        None => chrome.add_arg("--headless=new")?,
    }
    chrome.add_arg(&format!("--user-data-dir={}", profile.path().display()))?;
    let ((width, height), phone) = (screen.size(), screen == Screen::Phone);
    let metrics = json!({"width": width, "height": height, "pixelRatio": screen.pixel_ratio(),
        "touch": phone, "mobile": phone});
    chrome.add_experimental_option("mobileEmulation", json!({"deviceMetrics": metrics}))?;
    // The browser's own questions about passwords would come between.
    let preferences = json!({"credentials_enable_service": false,
        "profile.password_manager_leak_detection": false});
    chrome.add_experimental_option("prefs", preferences)?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    chrome.set("unhandledPromptBehavior", json!("ignore"))?;
    Ok(chrome)
}

struct Chromedriver {
    url: String,
    process: Child,
    browser: Mutex<Option<u64>>,
    /// It would die of a closed pipe.
    _stdout: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// It takes a free port of one address family and then wants the same one of the other, where
    /// another program may sit: then the next port will do.
    fn start() -> Outcome<Self> {
        Self::start_once().or_else(|_| Self::start_once()).or_else(|_| Self::start_once())
    }

    fn start_once() -> Outcome<Self> {
        const MISSING: &str = "chromedriver could not be started: `cargo xtask test` installs it \
            where it can (Debian: chromium-driver)";
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("TZ", TIME_ZONE)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Failed::new(format!("{MISSING}: {error}")))?;
        let mut stdout = BufReader::new(
            process.stdout.take().ok_or_else(|| Failed::new("chromedriver has no output"))?,
        );
        let mut said = String::new();
        while stdout.read_line(&mut said)? > 0 {
            let last = said.lines().last().unwrap_or_default();
            if let Some((_, port)) = last.split_once("successfully on port ") {
                let url = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
                return Ok(Self { url, process, browser: Mutex::default(), _stdout: stdout });
            }
        }
        _ = process.wait();
        Err(Failed::new(format!("{MISSING}: {said}")))
    }

    fn remember_browser(&self, id: Option<&Value>) {
        if let Ok(mut browser) = self.browser.lock() {
            *browser = id.and_then(Value::as_u64);
        }
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // The session has ended its browser already, unless the driver was in no state to do so.
        _ = self.process.kill();
        _ = self.process.wait();
        // All of its group: what the driver has started may be a script that waits for a browser.
        if let Some(id) = self.browser.get_mut().ok().and_then(|browser| *browser) {
            _ = Command::new("kill")
                .args(["-KILL", "--", &format!("-{id}")])
                .stderr(Stdio::null())
                .status();
        }
    }
}
