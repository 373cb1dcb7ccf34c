//! The checks of batch transform jobs.

pub mod customer_managed_keys;
pub mod secrets;
