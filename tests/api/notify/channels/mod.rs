//! One file for each channel, against a fake of its provider.

mod chatwork;
mod discord;
mod google_chat;
mod line;
mod line_callbacks;
mod line_works;
mod mail;
mod mail_server;
mod slack;
mod teams;
mod webhook;
