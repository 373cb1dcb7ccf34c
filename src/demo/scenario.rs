//! What a training job does about encryption: one drawn combination of volume key, output key and instances.

use serde::{Deserialize, Serialize};

use super::draw::Draw;

/// How a job names a key, and what is behind that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum KeyUse {
    /// No key. The answers lack a volume's member, and carry the empty text for an output, as AWS does.
    Absent,
    /// The empty text.
    EmptyText,
    /// A usable customer managed key by its id.
    KeyId,
    /// A usable customer managed key by its ARN.
    KeyArn,
    /// A usable customer managed key by the name of an alias (outputs only).
    AliasName,
    /// A usable customer managed key by the ARN of an alias (outputs only).
    AliasArn,
    /// `alias/aws/…`, by name or ARN (outputs only).
    AwsManagedAlias,
    /// The ARN of a key that AWS manages.
    AwsManagedArn,
    /// The ARN of a usable customer managed key of another readable account of the organization.
    ForeignInOrganization,
    /// The ARN of a key of an account that does not belong to the organization.
    ForeignOutside,
    /// The ARN of a customer managed key that is disabled.
    Disabled,
    /// The ARN of a customer managed key that waits for its deletion.
    PendingDeletion,
    /// The ARN of a key that does not exist.
    NotFound,
    /// The ARN of a key that nobody may describe.
    Denied,
    /// The ARN of a key in another region.
    OtherRegion,
}

/// What a job runs on, as far as it decides whether there is a volume to encrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Instances {
    /// One type that stores on EBS.
    Ebs,
    /// One type with local `NVMe` storage, which takes no volume key.
    Nvme,
    /// Groups, some of which store on EBS.
    MixedGroups,
    /// Groups, all with local `NVMe` storage.
    AllNvmeGroups,
    /// A list of preferences of which `SageMaker` selected a type that stores on EBS.
    SelectedPreference,
    /// No instance at all; only the description says that it was serverless.
    Serverless,
    /// A type that no table knows.
    UnknownType,
}

impl Instances {
    /// Whether a volume key can be set.
    pub fn takes_volume_key(self) -> bool {
        match self {
            Self::Ebs | Self::MixedGroups | Self::SelectedPreference | Self::UnknownType => true,
            Self::Nvme | Self::AllNvmeGroups | Self::Serverless => false,
        }
    }
}

/// The combination that decides the headline check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scenario {
    /// The key of the storage volume.
    pub volume: KeyUse,
    /// The key of the output.
    pub output: KeyUse,
    /// What the job runs on.
    pub instances: Instances,
}

#[derive(Clone, Copy)]
enum Flaw {
    Volume,
    Output,
    Both,
}

impl Scenario {
    /// A scenario of an account where `flawed` of 1,000 jobs have a key missing or unfit.
    pub(super) fn draw(draw: &mut Draw, flawed: u64) -> Self {
        let instances = draw.weighted(
            &[
                (28, Instances::Nvme),
                (4, Instances::MixedGroups),
                (3, Instances::AllNvmeGroups),
                (5, Instances::SelectedPreference),
                (1, Instances::Serverless),
                (1, Instances::UnknownType),
            ],
            Instances::Ebs,
        );
        let mood = draw.below(1000);
        let mut scenario = Self { volume: healthy_volume(draw), output: healthy_output(draw), instances };
        if mood < flawed {
            match draw.weighted(&[(35, Flaw::Volume), (30, Flaw::Output)], Flaw::Both) {
                Flaw::Volume if instances.takes_volume_key() => scenario.volume = flawed_volume(draw),
                Flaw::Volume | Flaw::Output => scenario.output = flawed_output(draw),
                Flaw::Both => {
                    scenario.volume = flawed_volume(draw);
                    scenario.output = flawed_output(draw);
                }
            }
        } else if mood < flawed + 15 {
            if draw.percent(50) && instances.takes_volume_key() {
                scenario.volume = KeyUse::Denied;
            } else {
                scenario.output = KeyUse::Denied;
            }
        } else if instances == Instances::UnknownType && draw.percent(60) {
            scenario.volume = KeyUse::Absent;
        }
        if !instances.takes_volume_key() {
            scenario.volume = KeyUse::Absent;
        }
        scenario
    }
}

fn healthy_volume(draw: &mut Draw) -> KeyUse {
    draw.weighted(
        &[(22, KeyUse::KeyId), (6, KeyUse::ForeignInOrganization), (2, KeyUse::ForeignOutside)],
        KeyUse::KeyArn,
    )
}

fn healthy_output(draw: &mut Draw) -> KeyUse {
    let table = [
        (14, KeyUse::KeyId),
        (14, KeyUse::AliasName),
        (12, KeyUse::AliasArn),
        (6, KeyUse::ForeignInOrganization),
        (2, KeyUse::ForeignOutside),
    ];
    draw.weighted(&table, KeyUse::KeyArn)
}

fn flawed_volume(draw: &mut Draw) -> KeyUse {
    let table = [
        (6, KeyUse::EmptyText),
        (10, KeyUse::AwsManagedArn),
        (7, KeyUse::Disabled),
        (5, KeyUse::PendingDeletion),
        (5, KeyUse::NotFound),
        (5, KeyUse::OtherRegion),
    ];
    draw.weighted(&table, KeyUse::Absent)
}

fn flawed_output(draw: &mut Draw) -> KeyUse {
    let table = [
        (15, KeyUse::EmptyText),
        (14, KeyUse::AwsManagedAlias),
        (8, KeyUse::AwsManagedArn),
        (5, KeyUse::Disabled),
        (5, KeyUse::PendingDeletion),
        (4, KeyUse::NotFound),
        (4, KeyUse::OtherRegion),
    ];
    draw.weighted(&table, KeyUse::Absent)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn drawn() -> Vec<Scenario> {
        (0..40_000).map(|place| Scenario::draw(&mut Draw::new(&[place]), 350)).collect()
    }

    #[test]
    fn every_use_of_a_key_and_every_kind_of_instance_is_drawn() {
        let drawn = drawn();
        assert_eq!(drawn.iter().map(|scenario| scenario.output).collect::<BTreeSet<_>>().len(), 15);
        assert_eq!(drawn.iter().map(|scenario| scenario.volume).collect::<BTreeSet<_>>().len(), 12);
        assert_eq!(drawn.iter().map(|scenario| scenario.instances).collect::<BTreeSet<_>>().len(), 7);
    }

    #[test]
    fn volumes_have_no_aliases_and_local_storage_has_no_key() {
        for scenario in drawn() {
            assert!(
                !matches!(scenario.volume, KeyUse::AliasName | KeyUse::AliasArn | KeyUse::AwsManagedAlias),
                "{scenario:?}"
            );
            assert!(scenario.instances.takes_volume_key() || scenario.volume == KeyUse::Absent, "{scenario:?}");
        }
    }
}
