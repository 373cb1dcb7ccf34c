//! The checks of MLflow apps.

pub mod customer_managed_keys;
