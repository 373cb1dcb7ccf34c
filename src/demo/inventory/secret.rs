//! Texts with and without a secret in them. The secret is worth nothing, and put together where it is used, so that no
//! scanner of sources takes it for one.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A key id of nobody.
fn key_id() -> String {
    ["AK", "IA", "Z7VQ3KX2M5TJ6WPL"].concat()
}

/// A lifecycle script in base64.
pub(super) fn script(with_secret: bool) -> String {
    let key = if with_secret { format!("export AWS_ACCESS_KEY_ID={}\n", key_id()) } else { String::new() };
    STANDARD.encode(format!("#!/bin/bash\nset -eux\n{key}pip install --quiet black\n"))
}

/// An environment.
pub(super) fn environment(with_secret: bool) -> Value {
    if with_secret {
        json!({ "LOG_LEVEL": "info", "AWS_ACCESS_KEY_ID": key_id() })
    } else {
        json!({ "LOG_LEVEL": "info" })
    }
}
