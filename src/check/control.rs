//! What a check is a control of: what it has in common with others of other resource types, and the requirements of
//! frameworks that all of these serve.

use super::framework::{Framework as F, Requirement};

/// What a check is a control of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Control {
    /// Data at rest is encrypted with keys that the customer manages.
    EncryptionAtRest,
    /// Data in transit is encrypted.
    EncryptionInTransit,
    /// Containers cannot reach any network.
    NetworkIsolation,
    /// Traffic goes through networks of the customer.
    NetworkBoundary,
    /// No secret stands where everybody who may describe a resource can read it.
    Secrets,
    /// Who works on a resource has no more rights than needed.
    LeastPrivilege,
    /// People come in by the organization's sign-on.
    Authentication,
    /// What runs is supported by its vendor.
    SupportedSoftware,
    /// Software comes from where the organization trusts it.
    TrustedSource,
    /// Resources can be told apart, and have an owner.
    Inventory,
    /// A service goes on when one instance fails.
    Availability,
    /// Models are watched and released in an orderly way.
    ModelGovernance,
}

impl Control {
    /// Every control.
    pub const ALL: [Self; 12] = [
        Self::EncryptionAtRest,
        Self::EncryptionInTransit,
        Self::NetworkIsolation,
        Self::NetworkBoundary,
        Self::Secrets,
        Self::LeastPrivilege,
        Self::Authentication,
        Self::SupportedSoftware,
        Self::TrustedSource,
        Self::Inventory,
        Self::Availability,
        Self::ModelGovernance,
    ];

    /// The control in a few words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EncryptionAtRest => "encryption at rest",
            Self::EncryptionInTransit => "encryption in transit",
            Self::NetworkIsolation => "network isolation",
            Self::NetworkBoundary => "network boundary",
            Self::Secrets => "secrets",
            Self::LeastPrivilege => "least privilege",
            Self::Authentication => "authentication",
            Self::SupportedSoftware => "supported software",
            Self::TrustedSource => "trusted source",
            Self::Inventory => "inventory",
            Self::Availability => "availability",
            Self::ModelGovernance => "model governance",
        }
    }

    /// The requirements of frameworks that a check of this control serves, by framework.
    pub fn requirements(self) -> &'static [Requirement] {
        match self {
            Self::EncryptionAtRest => &[
                Requirement(F::Nist80053, "SC-13"),
                Requirement(F::Nist80053, "SC-28"),
                Requirement(F::Nist80053, "SC-28(1)"),
            ],
            _ => &[],
        }
    }
}
