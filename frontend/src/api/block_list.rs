//! 着信拒否: the block list and its imports.
