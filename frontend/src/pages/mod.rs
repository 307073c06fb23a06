//! One file or folder per screen.

pub mod account;
mod api_keys;
pub mod block_import;
pub mod block_list;
pub mod copy;
pub mod entrance;
pub mod forgot_password;
pub mod general;
pub mod history;
pub mod lazy;
pub mod list;
pub mod not_found;
pub mod notices;
pub mod notify_rule;
pub mod notify_rules;
pub mod notify_service;
pub mod outbound_number;
pub mod password;
pub mod preview;
pub mod reset_password;
pub mod ringing;
pub mod row_home;
pub mod sign_in;
pub mod subject;
pub mod terminals;
pub mod welcome;
pub mod workspace;
