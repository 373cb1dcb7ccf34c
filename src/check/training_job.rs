//! The checks on training jobs.

pub mod customer_managed_keys;
pub mod image_registry;
pub mod inter_container_encryption;
pub mod network_isolation;
pub mod remote_debugging;
pub mod secrets;
pub mod vpc;
