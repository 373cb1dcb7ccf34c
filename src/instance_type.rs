//! Which instance types carry local storage, on which SageMaker accepts no volume key.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

/// Every known family with the source of what is said about it.
const FILE: &str = include_str!("../config/instance-types.toml");

/// A file that cannot be read leaves every type unknown, which no check takes for a PASS; a test reads it.
static FAMILIES: LazyLock<BTreeMap<String, Family>> = LazyLock::new(|| toml::from_str(FILE).unwrap_or_default());

/// One family of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    local_nvme: bool,
}

/// Where the scratch data of an instance lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InstanceStorage {
    /// On local NVMe disks, encrypted by the hardware; a volume key cannot be requested (SageMaker API reference,
    /// `ResourceConfig`).
    LocalNvme,
    /// On an EBS volume, which a volume key can encrypt.
    EbsOnly,
    /// This version does not know the family.
    Unknown,
}

/// The storage of an instance type such as `ml.g5.xlarge`, with or without the `ml.` prefix, in lower case as AWS
/// writes it. The family, which is what stands before the size, decides alone.
pub fn instance_storage(type_text: &str) -> InstanceStorage {
    let bare = type_text.strip_prefix("ml.").unwrap_or(type_text);
    let Some((family, size)) = bare.split_once('.') else {
        return InstanceStorage::Unknown;
    };
    match FAMILIES.get(family) {
        Some(Family { local_nvme }) if !size.is_empty() => {
            if *local_nvme {
                InstanceStorage::LocalNvme
            } else {
                InstanceStorage::EbsOnly
            }
        }
        _ => InstanceStorage::Unknown,
    }
}

/// The families with local storage, without the `ml.` prefix, sorted.
pub fn local_nvme_families() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().filter(|(_, family)| family.local_nvme).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_family_of_the_file_is_known_and_the_file_is_sorted() {
        let file: BTreeMap<String, Family> = toml::from_str(FILE).unwrap();
        assert!(file.len() >= 71, "{}", file.len());
        for (family, Family { local_nvme }) in &file {
            let expected = if *local_nvme { InstanceStorage::LocalNvme } else { InstanceStorage::EbsOnly };
            assert_eq!(instance_storage(&format!("ml.{family}.xlarge")), expected, "{family}");
            assert_eq!(instance_storage(&format!("{family}.24xlarge")), expected, "{family}");
        }
        let lines: Vec<&str> = FILE.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
        assert_eq!(lines, file.keys().collect::<Vec<_>>());
    }

    #[test]
    fn names_that_a_rule_of_thumb_gets_wrong_are_right() {
        for local in ["ml.g7e.2xlarge", "ml.p6-b200.48xlarge", "ml.trn2.48xlarge", "ml.gr6.4xlarge", "ml.dl1.24xlarge"]
        {
            assert_eq!(instance_storage(local), InstanceStorage::LocalNvme, "{local}");
        }
        for ebs in ["ml.m5.large", "ml.c5n.9xlarge", "ml.p3.2xlarge", "ml.m7i-flex.large", "ml.inf2.xlarge"] {
            assert_eq!(instance_storage(ebs), InstanceStorage::EbsOnly, "{ebs}");
        }
    }

    #[test]
    fn what_is_no_known_type_is_unknown() {
        for text in
            ["", "ml.", "ml.m5", "ml..large", "ml.m5.", "ML.m5.large", "ml.M5.large", "ml.zz9.large", "ml.ml.m5.large"]
        {
            assert_eq!(instance_storage(text), InstanceStorage::Unknown, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_an_answer(text in ".*") {
            instance_storage(&text);
        }
    }
}
