//! What waits until the typing pauses.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

/// Runs the last of several calls, once no other has come for a while; never after its page is
/// gone.
#[derive(Clone, Copy)]
pub struct Later(StoredValue<Option<TimeoutHandle>>);

impl Default for Later {
    fn default() -> Self {
        let later = Self(StoredValue::new(None));
        on_cleanup(move || later.stop());
        later
    }
}

impl Later {
    /// Forgets the call that waits.
    pub fn stop(self) {
        if let Some(handle) = self.0.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    }

    /// Runs `call` after `wait`, unless another comes before.
    pub fn run(self, wait: Duration, call: impl FnOnce() + 'static) {
        self.stop();
        // Fails where there is no window, and then there is nobody to wait for.
        let handle = set_timeout_with_handle(call, wait).ok();
        self.0.try_set_value(handle);
    }
}
