//! The checks of notebook instances.

pub mod customer_managed_keys;
pub mod direct_internet_access;
pub mod imdsv2;
pub mod lifecycle_secrets;
pub mod platform;
pub mod root_access;
pub mod vpc;
