//! What every page has in common.

mod conflict;
mod guide;
mod install;
mod keyboard;
mod layout;
mod lazy;
mod leaving;
mod motion;
mod offline;
mod sheets;
mod states;
