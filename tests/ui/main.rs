//! The SPA in a real browser, at the size of a phone and of a desk.

mod accounts;
mod block_list;
mod calls;
mod history;
mod identity;
mod notify;
mod numbers;
mod portal;
mod routing;
mod screens;
mod softphone;
mod stage;
mod switch;
