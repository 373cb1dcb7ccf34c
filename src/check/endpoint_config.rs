//! The checks of endpoint configurations.

pub mod async_output_key;
pub mod core_dump_key;
pub mod data_capture_key;
pub mod instance_count;
pub mod network_isolation;
pub mod volume_key;
pub mod vpc;
