//! The checks of flow definitions.

pub mod customer_managed_keys;
