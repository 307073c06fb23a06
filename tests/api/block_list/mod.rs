//! Callers whom a number refuses.

mod deletions;
mod entries;
mod files;
mod guards;
mod helpers;
mod imports;
mod strangers;
mod switches;
