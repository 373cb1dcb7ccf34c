//! The checks of domains.

pub mod customer_managed_keys;
pub mod docker_access;
pub mod output_keys;
pub mod sso;
pub mod tagged;
pub mod vpc_only;
