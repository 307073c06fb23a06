//! The SPA in a real browser, at the size of a phone and of a desk.

mod gate;
mod minato;
mod stage;
mod words;

mod account;
mod conflict;
mod keyboard;
mod layout;
mod leaving;
mod offline;
mod password;
mod rename;
mod rules;
mod sign_in;
mod states;
