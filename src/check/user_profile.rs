//! The checks of user profiles.

pub mod output_keys;
