//! What switches report, the call log, recordings and their links.

mod call_events;
mod downloads;
mod live;
mod switch_attachments;
mod switch_events;
