//! What the app sees, and the terminals that are signed in.

mod me;
mod terminals;
