//! The SPA in a real browser, at the size of a phone and of a desk.

mod calls;
mod gate;
mod minato;
mod screens;
mod stage;
mod words;

mod account;
mod block_import;
mod block_list;
mod conflict;
mod copy;
mod deliveries;
mod guide;
mod install;
mod keyboard;
mod layout;
mod lazy;
mod leaving;
mod live;
mod motion;
mod notices;
mod offline;
mod outbound;
mod password;
mod passwords;
mod pictures;
mod preview;
mod rename;
mod restore;
mod ringing;
mod rules;
mod sheets;
mod sign_in;
mod states;
mod tour;
