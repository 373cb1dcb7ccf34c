//! The checks of device fleets.

pub mod customer_managed_keys;
