//! The checks of models.

pub mod network_isolation;
pub mod private_registry;
pub mod secrets;
pub mod vpc;
