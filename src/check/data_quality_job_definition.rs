//! The checks of definitions of jobs that monitor the quality of data.

pub mod customer_managed_keys;
pub mod inter_container_encryption;
pub mod network_isolation;
