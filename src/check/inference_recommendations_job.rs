//! The checks of inference recommendation jobs.

pub mod customer_managed_keys;
pub mod vpc;
