//! Frameworks of requirements, and which of these a check serves.

use std::{collections::BTreeMap, fmt, str::FromStr, sync::LazyLock};

use serde::{Serialize, Serializer};
use thiserror::Error;

use super::{Check, profile::Profile};

/// A catalogue of requirements that auditors ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Framework {
    /// AWS Foundational Security Best Practices, by the ids of Security Hub.
    AwsFsbp,
    /// AWS Well-Architected Framework.
    AwsWellArchitected,
    /// BSI C5:2020.
    C5,
    /// CIS Critical Security Controls 8.1.
    CisControls,
    /// CSA Cloud Controls Matrix 4.0.
    CsaCcm,
    /// FedRAMP Revision 5, moderate baseline.
    FedRamp,
    /// HIPAA Security Rule, 45 CFR 164.
    Hipaa,
    /// ISO/IEC 27001:2022, Annex A.
    Iso27001,
    /// MITRE ATLAS, by the techniques that a control hinders.
    MitreAtlas,
    /// MITRE ATT&CK, by the techniques that a control hinders.
    MitreAttack,
    /// NIST SP 800-53 Revision 5.
    Nist80053,
    /// PCI DSS 4.0.1.
    PciDss,
    /// SOC 2, Trust Services Criteria 2017 (2022).
    Soc2,
}

/// A requirement of a framework, by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement(pub Framework, pub &'static str);

impl Framework {
    /// Every framework.
    pub const ALL: [Self; 13] = [
        Self::AwsFsbp,
        Self::AwsWellArchitected,
        Self::C5,
        Self::CisControls,
        Self::CsaCcm,
        Self::FedRamp,
        Self::Hipaa,
        Self::Iso27001,
        Self::MitreAtlas,
        Self::MitreAttack,
        Self::Nist80053,
        Self::PciDss,
        Self::Soc2,
    ];

    /// The name with its version, as findings carry it.
    pub fn title(self) -> &'static str {
        match self {
            Self::AwsFsbp => "AWS FSBP",
            Self::AwsWellArchitected => "AWS Well-Architected",
            Self::C5 => "C5:2020",
            Self::CisControls => "CIS Controls 8.1",
            Self::CsaCcm => "CSA CCM 4.0",
            Self::FedRamp => "FedRAMP Rev. 5 Moderate",
            Self::Hipaa => "HIPAA",
            Self::Iso27001 => "ISO 27001:2022",
            Self::MitreAtlas => "MITRE ATLAS",
            Self::MitreAttack => "MITRE ATT&CK",
            Self::Nist80053 => "NIST SP 800-53 Rev. 5",
            Self::PciDss => "PCI DSS 4.0.1",
            Self::Soc2 => "SOC 2",
        }
    }

    /// The name by which it is selected.
    pub fn slug(self) -> &'static str {
        match self {
            Self::AwsFsbp => "aws-fsbp",
            Self::AwsWellArchitected => "aws-well-architected",
            Self::C5 => "c5",
            Self::CisControls => "cis-controls",
            Self::CsaCcm => "csa-ccm",
            Self::FedRamp => "fedramp",
            Self::Hipaa => "hipaa",
            Self::Iso27001 => "iso-27001",
            Self::MitreAtlas => "mitre-atlas",
            Self::MitreAttack => "mitre-attack",
            Self::Nist80053 => "nist-800-53",
            Self::PciDss => "pci-dss",
            Self::Soc2 => "soc-2",
        }
    }
}

/// A text that is no framework.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("no framework is called `{0}`; they are {all}", all = Framework::ALL.map(Framework::slug).join(", "))]
pub struct NoSuchFramework(String);

impl FromStr for Framework {
    type Err = NoSuchFramework;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|framework| framework.slug() == text || framework.title() == text);
        known.ok_or_else(|| NoSuchFramework(text.to_owned()))
    }
}

impl Serialize for Framework {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.slug())
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0.title(), self.1)
    }
}

impl Check {
    /// The requirements that it serves, sorted by framework.
    pub fn requirements(&self) -> Vec<Requirement> {
        let mut all = [self.control.requirements(), self.serves].concat();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The same as texts, `framework requirement`; none for what is not in the catalogue.
    pub fn standards(&self) -> &'static [&'static str] {
        static TEXTS: LazyLock<BTreeMap<&'static str, Vec<String>>> = LazyLock::new(|| {
            let texts = |check: &Check| check.requirements().iter().map(ToString::to_string).collect();
            Profile::Both.checks().map(|check| (check.id, texts(check))).collect()
        });
        static BORROWED: LazyLock<BTreeMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
            TEXTS.iter().map(|(id, texts)| (*id, texts.iter().map(String::as_str).collect())).collect()
        });
        BORROWED.get(self.id).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::check::{CHECKS, Control};

    #[test]
    fn frameworks_have_names_of_their_own_and_each_is_served() {
        let served: BTreeSet<Framework> =
            CHECKS.iter().flat_map(|check| check.requirements()).map(|requirement| requirement.0).collect();
        assert_eq!(
            Framework::ALL.iter().map(|framework| framework.slug()).collect::<BTreeSet<_>>().len(),
            Framework::ALL.len()
        );
        assert_eq!(
            Framework::ALL.iter().map(|framework| framework.title()).collect::<BTreeSet<_>>().len(),
            Framework::ALL.len()
        );
        assert_eq!(served, Framework::ALL.into_iter().collect());
    }

    #[test]
    fn no_requirement_stands_twice() {
        for control in Control::ALL {
            let all = control.requirements();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{control:?}");
            assert!(all.is_sorted(), "{control:?}");
        }
        for check in CHECKS {
            assert!(check.serves.iter().all(|more| !check.control.requirements().contains(more)), "{}", check.id);
        }
    }

    #[test]
    fn requirement_ids_have_the_form_of_their_framework() {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let dotted = |text: &str, parts: usize| text.split('.').count() == parts && text.split('.').all(digits);
        // The letters before the first hyphen, and a number after it.
        let criterion = |text: &str, width: usize| {
            text.split_once('-')
                .is_some_and(|(area, number)| area.len() >= 2 && digits(number) && number.len() == width)
        };
        let enhanced = |text: &str| {
            let (base, rest) = text.split_once('(').unwrap_or((text, "1)"));
            let (family, number) = base.split_once('-').unwrap();
            family.len() == 2 && digits(number) && rest.strip_suffix(')').is_some_and(digits)
        };
        let technique = |text: &str| {
            let (base, sub) = text.split_once('.').unwrap_or((text, "000"));
            base.len() == 4 && digits(base) && sub.len() == 3 && digits(sub)
        };
        let of_checks = CHECKS.iter().flat_map(|check| check.requirements());
        let of_controls = Control::ALL.into_iter().flat_map(|control| control.requirements().to_vec());
        for Requirement(framework, id) in of_checks.chain(of_controls) {
            let is_legal = match framework {
                Framework::AwsFsbp => id.strip_prefix("SageMaker.").is_some_and(digits),
                Framework::AwsWellArchitected => id.split_once("-BP").is_some_and(|(question, practice)| {
                    practice.len() == 2
                        && digits(practice)
                        && question.trim_end_matches(|c: char| c.is_ascii_digit()).len() + 2 == question.len()
                }),
                Framework::C5 | Framework::CsaCcm => criterion(id, 2),
                Framework::CisControls => dotted(id, 2),
                Framework::FedRamp | Framework::Nist80053 => enhanced(id),
                Framework::Hipaa => id.starts_with("164.3") && id.ends_with(')'),
                Framework::Iso27001 => id.strip_prefix("A.").is_some_and(|rest| dotted(rest, 2)),
                Framework::MitreAtlas => id.strip_prefix("AML.T").is_some_and(technique),
                Framework::MitreAttack => id.strip_prefix('T').is_some_and(technique),
                Framework::PciDss => dotted(id, 3),
                Framework::Soc2 => {
                    ["CC", "A", "C", "PI"].iter().any(|area| id.strip_prefix(area).is_some_and(|rest| dotted(rest, 2)))
                }
            };
            assert!(is_legal, "{framework:?} {id}");
        }
    }

    #[test]
    fn fedramp_asks_for_nothing_that_nist_does_not() {
        for control in Control::ALL {
            let ids = |framework| control.requirements().iter().filter(move |one| one.0 == framework).map(|one| one.1);
            let nist = ids(Framework::Nist80053).collect::<BTreeSet<_>>();
            assert!(ids(Framework::FedRamp).all(|id| nist.contains(id)), "{control:?}");
        }
    }

    #[test]
    fn every_control_serves_the_frameworks_that_ask_everybody() {
        for control in Control::ALL {
            for framework in [Framework::FedRamp, Framework::Iso27001, Framework::Nist80053, Framework::Soc2] {
                assert!(control.requirements().iter().any(|one| one.0 == framework), "{control:?} {framework:?}");
            }
        }
    }
}
