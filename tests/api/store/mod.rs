//! Both databases: the same tables, scoped queries, writers at once, power cuts.

mod contention;
pub mod crash;
mod damaged;
mod scopes;
mod twins;
