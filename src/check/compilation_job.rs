//! The checks of compilation jobs.

pub mod customer_managed_keys;
pub mod vpc;
