//! The process, the document and what is served beside the API.

mod compatibility;
mod health;
mod housekeeping;
mod openapi;
