//! The checks of partner AI apps.

pub mod customer_managed_keys;
