//! The checks of clusters.

pub mod customer_managed_keys;
pub mod vpc;
