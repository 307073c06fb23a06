//! Numbers and IDs, and their settings.

mod capabilities;
mod copy;
mod outbound;
mod rename;
mod ringing;
