//! The checks of endpoint configurations.

pub mod volume_key;
