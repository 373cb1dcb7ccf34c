//! The headline check over every volume key, output key and kind of instances, through the whole program. The expected
//! status and reasons of every cell are stated in `truth_table.txt`.

use std::collections::BTreeMap;

use sagesweep::demo::{Access, Behaviour, Instances, KeyUse, Scenario, Shape};

use crate::audit::{Audit, NOW};

const CHECK: &str = "training-job-customer-managed-keys";

fn key_use(text: &str) -> KeyUse {
    match text {
        "absent" => KeyUse::Absent,
        "empty" => KeyUse::EmptyText,
        "key_id" => KeyUse::KeyId,
        "key_arn" => KeyUse::KeyArn,
        "alias_name" => KeyUse::AliasName,
        "alias_arn" => KeyUse::AliasArn,
        "aws_managed_alias" => KeyUse::AwsManagedAlias,
        "aws_managed_arn" => KeyUse::AwsManagedArn,
        "foreign_in_organization" => KeyUse::ForeignInOrganization,
        "foreign_outside" => KeyUse::ForeignOutside,
        "disabled" => KeyUse::Disabled,
        "pending_deletion" => KeyUse::PendingDeletion,
        "not_found" => KeyUse::NotFound,
        "denied" => KeyUse::Denied,
        other => panic!("{other}"),
    }
}

fn instances(text: &str) -> Instances {
    match text {
        "ebs" => Instances::Ebs,
        "nvme" => Instances::Nvme,
        "mixed_groups" => Instances::MixedGroups,
        "all_nvme_groups" => Instances::AllNvmeGroups,
        other => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_of_the_truth_table_holds() {
    let stated = include_str!("truth_table.txt").lines().skip(1).map(|line| {
        let words: [&str; 5] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        let [volume, output, on, status, reasons] = words;
        let scenario = Scenario { volume: key_use(volume), output: key_use(output), instances: instances(on) };
        (scenario, (status.to_owned(), reasons.to_owned()))
    });
    let stated: BTreeMap<_, _> = stated.collect();
    assert_eq!(stated.len(), 14 * 14 * 4);

    // Two readable accounts, so that there are foreign keys in the organization; one of the cells takes nearly all.
    let scenarios = stated.keys().copied().collect();
    let shape = Shape {
        accounts: 3,
        regions: 1,
        jobs: 4_000,
        heaviest_percent: 90,
        seed: 3,
        now: NOW.parse().unwrap(),
        scenarios,
        ..Shape::default()
    };
    let audit = Audit::of(shape, Behaviour::default()).await;
    audit.published.as_ref().unwrap();
    let verdicts = audit.verdicts();
    let mut seen = BTreeMap::new();
    let cells = audit.simulator.organization().cells().iter().filter(|cell| cell.access() == Access::Open);
    for job in cells.flat_map(|cell| cell.jobs().collect::<Vec<_>>()) {
        let verdict = &verdicts[&(job.arn.clone(), CHECK.to_owned())];
        assert_eq!(verdict, &stated[&job.scenario], "{:?} {:?} {:?}", job.scenario, job.volume_key, job.output_key);
        *seen.entry(job.scenario).or_insert(0) += 1;
    }
    assert_eq!(seen.len(), stated.len(), "every cell of the table was audited");
}
