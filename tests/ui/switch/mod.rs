//! What switches keep and ask for.

mod reflected;
