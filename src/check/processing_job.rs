//! The checks of processing jobs.

pub mod network_isolation;
pub mod vpc;
