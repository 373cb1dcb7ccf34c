//! What a resource writes somewhere, of which the audit looks at the key alone.

use serde::{Deserialize, Serialize};

/// Something that is written, and the key that encrypts it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stored {
    /// The key.
    pub key: Option<String>,
}
