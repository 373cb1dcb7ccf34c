//! `[parameters]`: what checks take from the configuration.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::glob::matches;

/// What checks take from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parameters {
    /// ARNs of keys, with `*` for any letters, that every control on keys accepts; empty accepts any customer managed key.
    pub approved_keys: BTreeSet<String>,
    /// Keys of tags that what has to be tagged must all have; empty asks for any tag.
    pub required_tag_keys: BTreeSet<String>,
    /// `PlatformIdentifier`s of notebook instances that are supported.
    pub notebook_platforms: BTreeSet<String>,
    /// Instances that a production variant must have at least.
    pub minimum_variant_instances: u16,
    /// Registries besides those of the organization's accounts and of SageMaker from which images may come: the part of the
    /// image before its first `/`, with `*` for any letters.
    pub image_registries: BTreeSet<String>,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            approved_keys: BTreeSet::new(),
            required_tag_keys: BTreeSet::new(),
            // Security Hub SageMaker.8 accepts this one alone; Amazon Linux 2 came to its end of support in 2026.
            notebook_platforms: BTreeSet::from(["notebook-al2023-v1".to_owned()]),
            minimum_variant_instances: 2,
            image_registries: BTreeSet::new(),
        }
    }
}

impl Parameters {
    /// Whether a key with this ARN is approved.
    pub fn approves_key(&self, arn: &str) -> bool {
        self.approved_keys.is_empty() || self.approved_keys.iter().any(|pattern| matches(pattern, arn))
    }

    /// Whether images may come from a registry, besides those that always may.
    pub fn approves_registry(&self, registry: &str) -> bool {
        self.image_registries.iter().any(|pattern| matches(pattern, registry))
    }
}
