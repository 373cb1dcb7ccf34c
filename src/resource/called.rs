//! How a resource type is called: by its slug, or by its name in CloudFormation's style, in whole or its last part.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::ResourceType;

/// A text that is no resource type.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no resource type is called `{0}`; they are {all}", all = ResourceType::ALL.iter().map(|known| known.slug()).collect::<Vec<_>>().join(", "))]
pub struct NoSuchResourceType(String);

impl FromStr for ResourceType {
    type Err = NoSuchResourceType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_called = |known: &Self| {
            known.slug() == text || known.as_str() == text || known.as_str().rsplit("::").next() == Some(text)
        };
        Self::ALL.iter().copied().find(is_called).ok_or_else(|| NoSuchResourceType(text.to_owned()))
    }
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.as_str())
    }
}
