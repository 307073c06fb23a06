//! Both databases: the same tables, scoped queries, writers at once, power cuts.

mod contention;
pub mod crash;
pub mod damaged;
mod failover;
mod pooler;
mod scopes;
mod twins;
