//! The checks of notebook instances.

pub mod root_access;
