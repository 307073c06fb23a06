//! The one way to wait in a test: ask again until it is so.
//!
//! What must not happen is asked again and again, too: [`Waiting::throughout`].

use std::fmt::Display;
use std::panic::Location;
use std::time::{Duration, Instant};

/// How long a wait may take unless a test says otherwise. Generous, since only a test that fails
/// spends it, and a busy machine is slow.
const LIMIT: Duration = Duration::from_secs(30);

/// The pause between two questions unless a test says otherwise.
const PACE: Duration = Duration::from_millis(20);

/// What a question answers: `true`, `Some` or `Ok` end the wait.
pub trait Observed {
    /// What the wait answers.
    type Found;

    /// The value that was waited for, or what to say when it never came.
    ///
    /// # Errors
    /// When it is not so yet.
    fn observed(self) -> Result<Self::Found, String>;
}

impl Observed for bool {
    type Found = ();

    fn observed(self) -> Result<(), String> {
        if self { Ok(()) } else { Err("it is not so".into()) }
    }
}

impl<T> Observed for Option<T> {
    type Found = T;

    fn observed(self) -> Result<T, String> {
        self.ok_or_else(|| "there is none".into())
    }
}

impl<T, E: Display> Observed for Result<T, E> {
    type Found = T;

    fn observed(self) -> Result<T, String> {
        self.map_err(|error| error.to_string())
    }
}

/// How long to wait, and how often to ask.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    limit: Duration,
    pace: Duration,
}

/// A wait of at most `limit`.
pub fn within(limit: Duration) -> Waiting {
    Waiting { limit, pace: PACE }
}

/// Asks until the answer is `true`, `Some` or `Ok`, and answers what is in it.
///
/// # Panics
/// With `what` and the last answer, when it takes too long.
#[track_caller]
pub fn eventually<F>(
    what: &str,
    ask: impl FnMut() -> F,
) -> impl Future<Output = <F::Output as Observed>::Found>
where
    F: Future<Output: Observed>,
{
    within(LIMIT).eventually(what, ask)
}

impl Waiting {
    /// Asks at another pace.
    pub fn every(self, pace: Duration) -> Self {
        Self { pace, ..self }
    }

    /// As [`eventually`].
    ///
    /// # Panics
    /// With `what` and the last answer, when it takes too long.
    #[track_caller]
    pub fn eventually<F>(
        self,
        what: &str,
        ask: impl FnMut() -> F,
    ) -> impl Future<Output = <F::Output as Observed>::Found>
    where
        F: Future<Output: Observed>,
    {
        let at = Location::caller();
        async move {
            self.attempt(ask)
                .await
                .unwrap_or_else(|last| panic!("{at}: {what}: not within {:?}: {last}", self.limit))
        }
    }

    /// Asks until it is so.
    ///
    /// # Errors
    /// The last answer, when it takes too long.
    pub async fn attempt<F>(
        self,
        mut ask: impl FnMut() -> F,
    ) -> Result<<F::Output as Observed>::Found, String>
    where
        F: Future<Output: Observed>,
    {
        let begun = Instant::now();
        loop {
            match ask().await.observed() {
                Ok(found) => return Ok(found),
                Err(last) if begun.elapsed() > self.limit => return Err(last),
                Err(_) => {}
            }
            tokio::time::sleep(self.pace).await;
        }
    }

    /// Asks until it is so, on a thread that has no runtime. Answers whether it came to be.
    pub fn blocking(self, mut ask: impl FnMut() -> bool) -> bool {
        let begun = Instant::now();
        while !ask() {
            if begun.elapsed() > self.limit {
                return false;
            }
            std::thread::sleep(self.pace);
        }
        true
    }

    /// Asks again and again, and it has to be so every time until the limit.
    ///
    /// # Panics
    /// With `what`, as soon as it is not so.
    #[track_caller]
    pub fn throughout<F: Future<Output = bool>>(
        self,
        what: &str,
        mut ask: impl FnMut() -> F,
    ) -> impl Future<Output = ()> {
        let at = Location::caller();
        async move {
            let begun = Instant::now();
            while begun.elapsed() < self.limit {
                assert!(ask().await, "{at}: {what}: no longer so");
                tokio::time::sleep(self.pace).await;
            }
        }
    }
}
