//! What switches report, the call log, recordings and their links.

mod call_events;
mod downloads;
mod live;
mod odd_callers;
mod switch_attachments;
mod switch_events;
