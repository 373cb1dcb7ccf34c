//! The checks of feature groups.

pub mod description;
pub mod offline_store_key;
pub mod online_store_key;
pub mod tagged;
