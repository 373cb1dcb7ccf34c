//! The checks of model packages.

pub mod customer_managed_keys;
pub mod validation_keys;
