//! The checks of optimization jobs.

pub mod customer_managed_keys;
pub mod vpc;
