//! What switches keep and ask for.

mod applied;
mod dialplans;
mod feed;
mod feed_reader;
mod ids;
mod integrations;
mod registrations;
mod reports;
