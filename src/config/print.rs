//! How values print that TOML has no form for.

use std::fmt::Display;

use serde::Serializer;

/// A key that is not set prints as the empty text that it is set with.
#[expect(clippy::ref_option, reason = "serde's serialize_with passes the field by reference")]
pub(super) fn or_empty<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_str(""),
    }
}
