//! The process, the document and what is served beside the API.

mod compatibility;
mod compose;
mod health;
mod housekeeping;
mod mutations;
mod openapi;
mod openapi_bodies;
