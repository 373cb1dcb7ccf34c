//! The checks of workforces.

pub mod source_ip;
