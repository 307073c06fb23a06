//! HTTP without a room: answers, paging, problems, bodies and files.

pub mod answer;
pub mod client;
pub mod coding;
pub mod conditional;
pub mod cors;
pub mod extract;
pub mod head;
pub mod headers;
pub mod idempotency;
pub mod mended;
pub mod paging;
pub mod plain_page;
pub mod problem;
pub mod read;
pub mod upload;
