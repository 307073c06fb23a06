//! What switches report, the call log, recordings and their links.

mod live;
pub mod notices;
