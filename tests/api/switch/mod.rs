//! What switches keep and ask for.

mod applied;
mod feed;
mod feed_reader;
mod ids;
mod integrations;
