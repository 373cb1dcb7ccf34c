//! The checks of edge packaging jobs.

pub mod customer_managed_keys;
