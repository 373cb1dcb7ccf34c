//! What a check is a control of: what it has in common with others of other resource types, and the requirements of
//! frameworks that all of these serve.

use super::framework::{Framework, Requirement};

macro_rules! requirements {
    ($($framework:ident: $($id:literal),+;)*) => { &[$($(Requirement(Framework::$framework, $id),)+)*] };
}

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

    /// The requirements of frameworks that a check of this control serves, by framework. Only ids that stand in the
    /// documents, and only where a reader of the requirement would ask for this evidence: what belongs to one check alone
    /// stands in its `serves`, as do the ids of Security Hub.
    #[expect(clippy::too_many_lines, reason = "a table: a line for each framework")]
    pub fn requirements(self) -> &'static [Requirement] {
        match self {
            Self::EncryptionAtRest => requirements! {
                AwsWellArchitected: "SEC08-BP01", "SEC08-BP02";
                C5: "CRY-03", "CRY-04";
                CisControls: "3.11";
                CsaCcm: "CEK-03", "CEK-08";
                FedRamp: "SC-12", "SC-13", "SC-28", "SC-28(1)";
                Hipaa: "164.312(a)(2)(iv)";
                Iso27001: "A.8.24";
                MitreAtlas: "AML.T0007", "AML.T0035", "AML.T0048.004";
                MitreAttack: "T1530";
                Nist80053: "SC-12", "SC-13", "SC-28", "SC-28(1)";
                PciDss: "3.5.1";
                Soc2: "CC6.1";
            },
            Self::EncryptionInTransit => requirements! {
                AwsWellArchitected: "SEC09-BP02";
                C5: "CRY-02";
                CisControls: "3.10";
                CsaCcm: "CEK-03", "IVS-03";
                FedRamp: "SC-13", "SC-8", "SC-8(1)";
                Hipaa: "164.312(e)(1)", "164.312(e)(2)(ii)";
                Iso27001: "A.8.24";
                MitreAttack: "T1040";
                Nist80053: "SC-13", "SC-8", "SC-8(1)";
                Soc2: "CC6.1", "CC6.7";
            },
            Self::NetworkIsolation => requirements! {
                AwsWellArchitected: "SEC05-BP01", "SEC05-BP02";
                C5: "COS-03", "COS-04";
                CisControls: "13.4";
                CsaCcm: "IVS-03", "IVS-06";
                FedRamp: "AC-4", "SC-7", "SC-7(5)";
                Hipaa: "164.312(e)(1)";
                Iso27001: "A.8.12", "A.8.22";
                MitreAtlas: "AML.T0025";
                MitreAttack: "T1041", "T1567";
                Nist80053: "AC-4", "SC-7", "SC-7(10)", "SC-7(5)";
                PciDss: "1.3.2";
                Soc2: "CC6.6", "CC6.7";
            },
            Self::NetworkBoundary => requirements! {
                AwsWellArchitected: "SEC05-BP01", "SEC05-BP02";
                C5: "COS-03", "COS-04";
                CisControls: "12.2";
                CsaCcm: "IVS-03", "IVS-06";
                FedRamp: "AC-4", "SC-7", "SC-7(3)";
                Hipaa: "164.312(e)(1)";
                Iso27001: "A.8.20", "A.8.21", "A.8.22";
                MitreAtlas: "AML.T0025";
                MitreAttack: "T1041", "T1567";
                Nist80053: "AC-4", "AC-4(21)", "SC-7", "SC-7(21)", "SC-7(3)";
                PciDss: "1.3.1", "1.3.2", "1.4.1";
                Soc2: "CC6.6";
            },
            Self::Secrets => requirements! {
                AwsWellArchitected: "SEC02-BP03";
                C5: "IDM-08";
                CsaCcm: "IAM-15";
                FedRamp: "IA-5", "IA-5(7)";
                Hipaa: "164.308(a)(5)(ii)(D)";
                Iso27001: "A.5.17";
                MitreAtlas: "AML.T0055";
                MitreAttack: "T1552";
                Nist80053: "IA-5", "IA-5(7)";
                PciDss: "8.3.2", "8.6.2";
                Soc2: "CC6.1";
            },
            Self::LeastPrivilege => requirements! {
                AwsWellArchitected: "SEC03-BP02";
                C5: "IDM-06";
                CisControls: "5.4";
                CsaCcm: "IAM-05";
                FedRamp: "AC-6", "AC-6(10)";
                Hipaa: "164.312(a)(1)";
                Iso27001: "A.8.2";
                MitreAttack: "T1548";
                Nist80053: "AC-6", "AC-6(10)";
                PciDss: "7.2.1", "7.2.2";
                Soc2: "CC6.3";
            },
            Self::Authentication => requirements! {
                AwsWellArchitected: "SEC02-BP04";
                C5: "IDM-09";
                CisControls: "5.6", "6.7";
                CsaCcm: "IAM-14";
                FedRamp: "AC-2(1)", "IA-2";
                Hipaa: "164.312(a)(2)(i)", "164.312(d)";
                Iso27001: "A.5.16", "A.8.5";
                MitreAtlas: "AML.T0012";
                MitreAttack: "T1078.004";
                Nist80053: "AC-2(1)", "IA-2";
                PciDss: "8.2.1", "8.3.1";
                Soc2: "CC6.1";
            },
            Self::SupportedSoftware => requirements! {
                AwsWellArchitected: "SEC06-BP01";
                C5: "OPS-22";
                CisControls: "2.2";
                CsaCcm: "TVM-03";
                FedRamp: "SA-22", "SI-2";
                Hipaa: "164.308(a)(1)(ii)(B)";
                Iso27001: "A.8.8";
                MitreAttack: "T1068";
                Nist80053: "SA-22", "SI-2";
                PciDss: "12.3.4", "6.3.3";
                Soc2: "CC7.1";
            },
            Self::TrustedSource => requirements! {
                AwsWellArchitected: "SEC11-BP05";
                C5: "PSS-11";
                CisControls: "2.5";
                FedRamp: "CM-7(5)";
                Hipaa: "164.308(a)(5)(ii)(B)";
                Iso27001: "A.5.21", "A.8.19";
                MitreAtlas: "AML.T0010.001", "AML.T0010.004";
                MitreAttack: "T1195.002", "T1204.003";
                Nist80053: "CM-7(5)";
                Soc2: "CC6.8";
            },
            Self::Inventory => requirements! {
                AwsWellArchitected: "OPS02-BP01";
                C5: "AM-01";
                CisControls: "1.1";
                CsaCcm: "DCS-06";
                FedRamp: "CM-8";
                Iso27001: "A.5.9";
                Nist80053: "CM-8";
                PciDss: "12.5.1";
                Soc2: "CC6.1";
            },
            Self::Availability => requirements! {
                AwsWellArchitected: "REL10-BP01";
                CsaCcm: "BCR-11";
                FedRamp: "CP-10";
                Hipaa: "164.308(a)(7)(i)";
                Iso27001: "A.8.14";
                Nist80053: "CP-10", "SC-36";
                Soc2: "A1.2";
            },
            Self::ModelGovernance => requirements! {
                C5: "DEV-09";
                CsaCcm: "CCC-02";
                FedRamp: "CM-3";
                Iso27001: "A.8.32";
                MitreAtlas: "AML.T0018", "AML.T0020";
                Nist80053: "CM-3";
                Soc2: "CC8.1";
            },
        }
    }
}
