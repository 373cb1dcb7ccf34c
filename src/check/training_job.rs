//! The checks on training jobs.

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
pub mod vpc;
