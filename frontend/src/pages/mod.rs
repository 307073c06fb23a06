//! One file or folder per screen.

pub mod account;
pub mod entrance;
pub mod forgot_password;
pub mod general;
pub mod history;
pub mod list;
pub mod not_found;
pub mod reset_password;
pub mod row_home;
pub mod sign_in;
pub mod terminals;
pub mod welcome;
pub mod workspace;
