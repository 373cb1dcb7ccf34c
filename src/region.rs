//! The regions that this version knows: which are on by default, and where SageMaker is.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::place::{Partition, Region};

/// Every known region with the sources of what is said about it.
const FILE: &str = include_str!("../config/regions.toml");

/// A file that cannot be read leaves no region known; a test reads it.
static REGIONS: LazyLock<BTreeMap<Partition, Vec<KnownRegion>>> = LazyLock::new(|| read(FILE).unwrap_or_default());

/// One region of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AsWritten {
    enabled_by_default: bool,
    sagemaker: bool,
}

/// A region that this version knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRegion {
    /// The region code.
    pub code: Region,
    /// Whether every account has it, without opting in.
    pub enabled_by_default: bool,
    /// Whether SageMaker has an endpoint there.
    pub sagemaker: bool,
}

/// The known regions of a partition, sorted by code.
pub fn known_regions(partition: Partition) -> &'static [KnownRegion] {
    REGIONS.get(&partition).map_or(&[], Vec::as_slice)
}

/// The regions of a partition that every account has without opting in, sorted by code.
pub fn default_regions(partition: Partition) -> impl Iterator<Item = &'static KnownRegion> {
    known_regions(partition).iter().filter(|region| region.enabled_by_default)
}

/// The known regions of all partitions, sorted by partition and code.
pub fn all() -> impl Iterator<Item = &'static KnownRegion> {
    REGIONS.values().flatten()
}

/// What is known of a region; `None` when this version has never heard of it.
pub fn lookup(region: &Region) -> Option<&'static KnownRegion> {
    all().find(|known| known.code == *region)
}

fn read(text: &str) -> Result<BTreeMap<Partition, Vec<KnownRegion>>, toml::de::Error> {
    let file: BTreeMap<Partition, BTreeMap<Region, AsWritten>> = toml::from_str(text)?;
    let known =
        |(code, AsWritten { enabled_by_default, sagemaker })| KnownRegion { code, enabled_by_default, sagemaker };
    Ok(file.into_iter().map(|(partition, regions)| (partition, regions.into_iter().map(known).collect())).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn region(code: &str) -> Region {
        code.parse().unwrap()
    }

    #[test]
    fn the_file_holds_three_partitions_sorted_by_code_and_without_doubles() {
        let sizes: Vec<_> =
            read(FILE).unwrap().into_iter().map(|(partition, regions)| (partition, regions.len())).collect();
        assert_eq!(sizes, [(Partition::Aws, 36), (Partition::AwsCn, 2), (Partition::AwsUsGov, 2)]);
        let written: Vec<&str> = FILE.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).collect();
        let read: Vec<&str> = REGIONS.values().flatten().map(|known| known.code.as_str()).collect();
        assert_eq!(written, read);
        assert_eq!(read.iter().collect::<BTreeSet<_>>().len(), read.len());
    }

    #[test]
    fn every_commercial_account_has_seventeen_regions_all_with_sagemaker() {
        assert_eq!(default_regions(Partition::Aws).count(), 17);
        assert!(default_regions(Partition::Aws).all(|known| known.sagemaker));
        assert_eq!(default_regions(Partition::AwsCn).count(), 2);
        assert_eq!(default_regions(Partition::AwsUsGov).count(), 2);
    }

    #[test]
    fn two_regions_have_no_sagemaker() {
        let without: Vec<&str> =
            REGIONS.values().flatten().filter(|known| !known.sagemaker).map(|known| known.code.as_str()).collect();
        assert_eq!(without, ["me-west-1", "sa-west-1"]);
    }

    #[test]
    fn each_partitions_home_region_is_known_and_a_new_region_is_not() {
        for partition in [Partition::Aws, Partition::AwsCn, Partition::AwsUsGov] {
            let home = lookup(&region(partition.home_region())).unwrap();
            assert!(home.enabled_by_default && known_regions(partition).contains(home), "{partition}");
        }
        assert_eq!(lookup(&region("xx-nowhere-1")), None);
    }
}
