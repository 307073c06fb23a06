//! What the app sees, and the terminals that are signed in.

mod terminals;
