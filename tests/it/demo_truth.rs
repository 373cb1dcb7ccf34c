//! The audit of a simulated organization finds exactly what the simulator knows to be true.

use std::collections::BTreeMap;

use sagesweep::demo::{Access, Behaviour, Instances, Job, KeyUse, Shape};

use crate::audit::{Audit, small};

type Verdicts = BTreeMap<(String, String), (String, String)>;

/// What the checks must say of a job, stated from what the simulator drew for it.
pub(crate) fn expected(job: &Job) -> [(&'static str, &'static str, String); 4] {
    let (status, reasons) = headline(job);
    let traffic = match (job.scenario.instances, job.instance_count(), job.traffic_encryption) {
        (Instances::Serverless, _, false) => ("NOT_APPLICABLE", "serverless"),
        (Instances::Serverless, _, true) => ("PASS", "inter_container_traffic_encrypted"),
        (_, 1, _) => ("NOT_APPLICABLE", "single_instance"),
        (_, _, true) => ("PASS", "inter_container_traffic_encrypted"),
        (_, _, false) => ("FAIL", "inter_container_traffic_not_encrypted"),
    };
    let isolation = if job.network_isolation {
        ("PASS", "network_isolation_enabled")
    } else {
        ("FAIL", "network_isolation_disabled")
    };
    let vpc = if job.vpc { ("PASS", "vpc_configured") } else { ("FAIL", "vpc_absent") };
    [
        ("training-job-customer-managed-keys", status, reasons),
        ("training-job-inter-container-encryption", traffic.0, traffic.1.to_owned()),
        ("training-job-network-isolation", isolation.0, isolation.1.to_owned()),
        ("training-job-vpc", vpc.0, vpc.1.to_owned()),
    ]
}

fn headline(job: &Job) -> (&'static str, String) {
    let halves =
        [half("volume", job.scenario.volume, Some(job.scenario.instances)), half("output", job.scenario.output, None)];
    let of = |wanted: &str| {
        halves.iter().filter(|(kind, _)| *kind == wanted).map(|(_, code)| code.clone()).collect::<Vec<_>>()
    };
    let (fails, unknowns) = (of("FAIL"), of("UNKNOWN"));
    if !fails.is_empty() {
        return ("FAIL", fails.join(","));
    }
    if !unknowns.is_empty() {
        return ("UNKNOWN", unknowns.join(","));
    }
    let mut reasons = of("EXEMPT");
    if reasons.is_empty() {
        reasons.push("customer_managed_keys".to_owned());
    }
    let mut notes = of("NOTE");
    notes.dedup();
    reasons.extend(notes);
    ("PASS", reasons.join(","))
}

fn half(role: &str, usage: KeyUse, instances: Option<Instances>) -> (&'static str, String) {
    let code = |text: &str| format!("{role}_key_{text}");
    match usage {
        KeyUse::Absent | KeyUse::EmptyText => match instances {
            Some(Instances::Nvme | Instances::AllNvmeGroups) => ("EXEMPT", "volume_on_local_storage".to_owned()),
            Some(Instances::Serverless) => ("EXEMPT", "serverless".to_owned()),
            Some(Instances::UnknownType) => ("UNKNOWN", "instance_storage_unknown".to_owned()),
            Some(Instances::Ebs | Instances::MixedGroups | Instances::SelectedPreference) | None => {
                ("FAIL", code("absent"))
            }
        },
        KeyUse::KeyId | KeyUse::KeyArn | KeyUse::AliasName | KeyUse::AliasArn | KeyUse::ForeignInOrganization => {
            ("PASS", String::new())
        }
        KeyUse::ForeignOutside => ("NOTE", "key_outside_organization".to_owned()),
        KeyUse::AwsManagedAlias | KeyUse::AwsManagedArn => ("FAIL", code("aws_managed")),
        KeyUse::Disabled | KeyUse::PendingDeletion => ("FAIL", code("unusable")),
        KeyUse::NotFound => ("FAIL", code("not_found")),
        KeyUse::Denied => ("UNKNOWN", code("unreadable")),
        KeyUse::OtherRegion => ("FAIL", code("other_region")),
    }
}

/// The whole truth of what can be read.
pub(crate) fn truth(audit: &Audit) -> Verdicts {
    let organization = audit.simulator.organization();
    let cells = organization.cells().iter().filter(|cell| cell.access() == Access::Open);
    cells
        .flat_map(|cell| cell.jobs().collect::<Vec<_>>())
        .flat_map(|job| {
            expected(&job)
                .map(|(check, status, reasons)| ((job.arn.clone(), check.to_owned()), (status.to_owned(), reasons)))
        })
        .collect()
}

/// The first differences as a text that can be read.
pub(crate) fn assert_same(found: &Verdicts, truth: &Verdicts) {
    let differ = truth.iter().filter(|(key, verdict)| found.get(*key) != Some(*verdict));
    let told: Vec<_> =
        differ.take(10).map(|(key, verdict)| format!("{key:?}: {verdict:?}, found {:?}", found.get(key))).collect();
    let surplus: Vec<_> = found.keys().filter(|key| !truth.contains_key(*key)).take(10).collect();
    assert!(told.is_empty() && surplus.is_empty(), "{}\nsurplus: {surplus:?}", told.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_findings_equal_the_truth() {
    let audit = Audit::of(small(), Behaviour::default()).await;
    audit.published.as_ref().unwrap();
    let truth = truth(&audit);
    assert!(truth.len() > 1500, "{}", truth.len());
    assert_same(&audit.verdicts(), &truth);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cell_read_in_windows_equals_the_truth() {
    let shape = Shape { accounts: 6, regions: 1, jobs: 3_000, heaviest_percent: 80, ..small() };
    let audit = Audit::with(shape, Behaviour::default(), |config| config.pacing.slice_jobs = 100).await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
    assert!(audit.coverage().iter().all(|row| row["outcome"] != "PARTIAL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_managed_aliases_are_never_described_and_each_key_once() {
    let audit = Audit::of(small(), Behaviour::default()).await;
    audit.published.as_ref().unwrap();
    assert_eq!(audit.simulator.aws_alias_descriptions(), 0);
    let organization = audit.simulator.organization();
    let open = organization.cells().iter().filter(|cell| cell.access() == Access::Open);
    let texts = open.flat_map(|cell| {
        let here = |text: String| (cell.account(), cell.region().clone(), text);
        cell.jobs().flat_map(|job| [job.volume_key, job.output_key]).flatten().map(here).collect::<Vec<_>>()
    });
    let distinct = texts.filter(|(_, _, text)| !text.is_empty()).collect::<std::collections::BTreeSet<_>>().len();
    let described = audit.simulator.counts().into_iter().filter(|((_, _, api), _)| *api == "kms:DescribeKey");
    let described = described.map(|(_, count)| count.requests).sum::<u64>();
    // Fewer than there are texts: an id and its ARN are one key, and some need no call at all.
    assert!(described > 0 && usize::try_from(described).unwrap() < distinct, "{described} of {distinct}");
}
