//! The checks of model package groups.

pub mod approved_package;
