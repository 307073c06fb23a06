//! The SPA in a real browser, at the size of a phone and of a desk.

mod gate;
mod minato;
mod stage;
mod words;

mod sign_in;
