//! The SPA in a real browser, at the size of a phone and of a desk.

mod gate;
mod minato;
mod screens;
mod stage;
mod words;

mod account;
mod conflict;
mod install;
mod keyboard;
mod layout;
mod leaving;
mod motion;
mod offline;
mod password;
mod pictures;
mod rename;
mod rules;
mod sheets;
mod sign_in;
mod states;
mod tour;
