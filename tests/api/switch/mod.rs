//! What switches keep and ask for.

mod feed;
mod ids;
mod integrations;
