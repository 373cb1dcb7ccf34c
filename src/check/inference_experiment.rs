//! The checks of inference experiments.

pub mod data_storage_key;
pub mod instance_storage_key;
