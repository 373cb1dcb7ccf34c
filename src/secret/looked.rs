//! What a look for secrets came to, and by which rules: what is taken over from another night has to have been looked
//! through by the same ones.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::{Sighting, Sightings, rule};
use crate::lake::hash::Digest;

/// The version of the rules: it changes with them.
static RULES: LazyLock<u32> = LazyLock::new(|| {
    let digest = Digest::of(rule::FILE.as_bytes()).sha256;
    digest.get(..8).and_then(|start| u32::from_str_radix(start, 16).ok()).unwrap_or_default()
});

/// What a look came to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// Nobody looked.
    #[default]
    Never,
    /// There was nothing to look through.
    Nothing,
    /// What was seen.
    Through {
        /// The version of the rules.
        rules: u32,
        /// What they saw.
        seen: Sightings,
    },
    /// The text could not be read: the refused API and its code.
    Refused(String),
}

impl Looked {
    /// A look with the rules of this version.
    pub fn through(seen: impl IntoIterator<Item = Sighting>) -> Self {
        Self::Through { rules: *RULES, seen: seen.into_iter().collect() }
    }

    /// Whether this version would come to the same.
    pub fn is_current(&self) -> bool {
        match self {
            Self::Never | Self::Refused(_) => false,
            Self::Nothing => true,
            Self::Through { rules, seen: _ } => *rules == *RULES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_rules_looked_through_has_to_be_looked_through_again() {
        assert!(Looked::through([]).is_current() && Looked::Nothing.is_current());
        let older = Looked::Through { rules: *RULES ^ 1, seen: Sightings::default() };
        assert!(!older.is_current() && !Looked::Never.is_current() && !Looked::Refused("x".to_owned()).is_current());
        let json = serde_json::to_string(&older).unwrap();
        assert_eq!(serde_json::from_str::<Looked>(&json).unwrap(), older);
    }
}
