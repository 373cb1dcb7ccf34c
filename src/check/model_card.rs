//! The checks of model cards.

pub mod customer_managed_keys;
