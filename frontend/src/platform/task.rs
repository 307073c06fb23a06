//! Requests that a page makes: whether one is under way, and why the last one failed.
//!
//! Every future goes through the same boxed type, so a new request costs no new type of action.

use std::cell::Cell;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::reactive::actions::ActionAbortHandle;
use leptos::task::spawn_local;

use super::api::ClientError;
use super::remote::Remote;

/// A future that is polled on the page's own thread.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T>>>;

/// What an action takes: a future that is run once.
struct Job(Cell<Option<Boxed<()>>>);

/// One kind of request of a page. It forgets its answer once the page is gone.
#[derive(Clone, Copy)]
pub struct Task {
    action: Action<Job, ()>,
    busy: Memo<bool>,
    error: RwSignal<Option<ClientError>>,
    /// The request that counts, and whether it is under way.
    turn: StoredValue<(u32, bool)>,
    abort: StoredValue<Option<ActionAbortHandle>>,
}

impl Default for Task {
    fn default() -> Self {
        let action = Action::new_local(|job: &Job| {
            let work = job.0.take();
            async move {
                if let Some(work) = work {
                    work.await;
                }
            }
        });
        Self {
            action,
            busy: action.pending(),
            error: RwSignal::new(None),
            turn: StoredValue::new((0, false)),
            abort: StoredValue::new(None),
        }
    }
}

impl Task {
    /// Whether a request is under way; tracked.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }

    /// Whether a request is under way.
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why the last request failed; `None` while the next one is under way.
    pub fn error(self) -> RwSignal<Option<ClientError>> {
        self.error
    }

    /// The last request as a value; tracked.
    pub fn state(self) -> Remote<()> {
        match self.error.get() {
            _ if self.busy.get() => Remote::Loading,
            Some(error) => Remote::Failed(error),
            None => Remote::Ready(()),
        }
    }

    /// Whether another request may begin, untracked.
    pub fn is_idle(self) -> bool {
        self.turn.try_with_value(|(_, busy)| !*busy).unwrap_or(false)
    }

    /// Whether there is no request under way and the last one did not fail, untracked.
    pub fn is_well(self) -> bool {
        self.is_idle() && self.error.try_with_untracked(Option::is_none) == Some(true)
    }

    /// Whether the page of the task has gone.
    pub fn is_gone(self) -> bool {
        self.error.is_disposed()
    }

    /// Sends a request, unless one is under way. `done` takes the answer; the error that it hands
    /// back is shown.
    pub fn run<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ClientError>> + 'static,
        done: impl FnOnce(Result<T, ClientError>) -> Result<(), ClientError> + 'static,
    ) {
        if self.is_idle() {
            self.send(request, done);
        }
    }

    /// Sends a request in the place of one that is under way, whose answer counts no longer.
    pub fn latest<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ClientError>> + 'static,
        done: impl FnOnce(Result<T, ClientError>) -> Result<(), ClientError> + 'static,
    ) {
        self.stop();
        self.send(request, done);
    }

    /// Waits no longer for the request that is under way.
    pub fn stop(self) {
        self.turn.try_update_value(|(turn, busy)| {
            *turn += 1;
            *busy = false;
        });
        if let Some(abort) = self.abort.try_update_value(Option::take).flatten() {
            abort.abort();
        }
    }

    fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ClientError>> + 'static,
        done: impl FnOnce(Result<T, ClientError>) -> Result<(), ClientError> + 'static,
    ) {
        let Some(turn) = self.begin() else { return };
        self.dispatch(Box::pin(async move {
            let outcome = request.await;
            if self.end(turn)
                && let Err(error) = done(outcome)
            {
                self.error.try_set(Some(error));
            }
        }));
    }

    fn begin(self) -> Option<u32> {
        self.error.try_update(|error| *error = None)?;
        self.turn.try_update_value(|(turn, busy)| {
            *turn += 1;
            *busy = true;
            *turn
        })
    }

    /// Whether the answer to a request still counts.
    fn end(self, mine: u32) -> bool {
        self.turn.try_update_value(|(turn, busy)| {
            let counts = *turn == mine;
            *busy &= !counts;
            counts
        }) == Some(true)
    }

    fn dispatch(self, work: Boxed<()>) {
        let abort = self.action.dispatch_local(Job(Cell::new(Some(work))));
        self.abort.try_set_value(Some(abort));
    }
}

/// Runs what belongs to no page and nobody waits for.
pub fn background(work: impl Future<Output = ()> + 'static) {
    spawn_local(work);
}
