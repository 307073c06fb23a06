//! The API, on SQLite and on PostgreSQL, over HTTP.

mod access;
mod accounts;
mod contention;
mod crash;
mod guessing;
mod health;
mod housekeeping;
mod idempotency;
mod ids;
mod lists;
mod numbers;
mod openapi;
mod operator_accounts;
mod operator_ids;
mod operator_keys;
mod operator_numbers;
mod password_resets;
mod problems;
mod scopes;
mod sessions;
mod suspension;
mod twins;
