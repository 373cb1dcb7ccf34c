//! Checks of a region of an account as a whole.

pub mod clarify_used;
