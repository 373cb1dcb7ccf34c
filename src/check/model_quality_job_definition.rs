//! The checks of definitions of jobs that monitor the quality of a model.

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
