//! Rows for the tests of the lake.

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};

use super::{
    RunContext,
    checks::Listed,
    publish::Scanned,
    runs::RunFacts,
    staging::{
        self, Bounds,
        unit::{Delivery, End, Extent, Reading, Unit},
    },
    store::Store,
};
use crate::{
    check::{Check, Control, Evaluate, Remediation},
    coverage::{Coverage, History, Method, Outcome, RegionsFrom},
    effort::{Cost, Effort},
    exception::Exceptions,
    finding::{Finding, Severity, Status, Verdict},
    organization::{Account, Target},
    outcome::Refusal,
    place::Partition,
    resource::{Facts, Origin, OriginKind, Resource, ResourceType, training_job::TrainingJob},
    scan::seen::Seen,
    secret::Looked,
};

/// Two checks; the lake does not look at what they judge.
pub(crate) static CHECKS: [Check; 2] = [
    check("training-job-customer-managed-keys", Severity::High),
    check("training-job-network-isolation", Severity::Medium),
];

const fn check(id: &'static str, severity: Severity) -> Check {
    Check {
        id,
        version: 2,
        title: "",
        severity,
        rationale: "",
        remediation: Remediation { summary: "", console: "", cli: "", python: "", code: "" },
        reads: &[],
        control: Control::EncryptionAtRest,
        serves: &[],
        needs: &[],
        by_default: true,
        evaluate: Evaluate::TrainingJob(|_, _| Verdict::new(Status::Pass, "fine", "it is fine")),
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-24T03:15:00Z".parse().unwrap()
}

pub(crate) fn context() -> RunContext {
    RunContext { run_id: "20261124T031500Z-9f3a".parse().unwrap(), owner_tag: "owner".to_owned() }
}

pub(crate) fn facts() -> RunFacts {
    RunFacts {
        run_id: context().run_id,
        started_at: start(),
        engine_version: "0.1.0".to_owned(),
        ruleset_version: "1".to_owned(),
        config_sha256: "ab".repeat(32),
        exceptions_sha256: None,
        caller_arn: "arn:aws:sts::123456789012:assumed-role/auditor/task".to_owned(),
        org_id: Some("o-abc1234567".to_owned()),
        scope_accounts: 3,
        scope_regions: 2,
        effort: effort(),
        floor_percent: 95.0,
    }
}

/// 17 calls, one of them throttled, two repeated.
fn effort() -> Effort {
    let mut effort = Effort::default();
    effort.add("kms:DescribeKey", Cost { calls: 5, bytes_received: 4_000, ..Cost::default() });
    effort.add("sagemaker:Search", Cost { calls: 12, throttles: 1, retries: 2, bytes_received: 900_000 });
    effort
}

pub(crate) fn target(account: u64, region: &str) -> Arc<Target> {
    let known = account.is_multiple_of(2);
    let account = Account {
        id: format!("{account:012}").parse().unwrap(),
        name: format!("Account \"{account}\" ünï"),
        organization_id: known.then(|| "o-abc1234567".to_owned()),
        ou_id: known.then(|| "ou-ab12-11111111".to_owned()),
        ou_path: known.then(|| "/Workloads/Prod".to_owned()),
        tags: BTreeMap::from([("owner".to_owned(), "the account".to_owned())]),
    };
    let region = region.parse().unwrap();
    Arc::new(Target {
        account: Arc::new(account),
        region,
        partition: Partition::Aws,
        regions_from: RegionsFrom::ListRegions,
    })
}

/// The resource `number` of a target, observed `seconds` after the start.
pub(crate) fn resource(target: &Target, number: u32, seconds: i64) -> Resource {
    let name = format!("job-{number:06}");
    let tags =
        [("owner", "team <a>"), ("team", "réd"), ("cost", "")].into_iter().take(usize::try_from(number % 4).unwrap());
    Resource {
        arn: format!("arn:aws:sagemaker:{}:{}:training-job/{name}", target.region, target.account.id),
        name,
        created_at: (!number.is_multiple_of(7)).then(|| start() - SignedDuration::from_mins(i64::from(number))),
        modified_at: number.is_multiple_of(2).then(start),
        state: Some(["Completed", "Failed", "SomethingNew"][usize::try_from(number % 3).unwrap()].to_owned()),
        origin: number
            .is_multiple_of(5)
            .then(|| Origin { kind: OriginKind::TuningJob, reference: format!("tuning-{}", number / 50) }),
        role_arn: Some(format!("arn:aws:iam::{}:role/training", target.account.id)),
        tags: tags.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        observed_at: start() + SignedDuration::from_secs(seconds),
        facts: if number % 11 == 10 {
            let why = "sagemaker:DescribeTrainingJob AccessDeniedException".to_owned();
            Facts::Unreadable { resource_type: ResourceType::TrainingJob, why }
        } else {
            Facts::TrainingJob(Box::new(TrainingJob {
                volume_key: (!number.is_multiple_of(3)).then(|| "1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
                secrets: Looked::Nothing,
                ..TrainingJob::default()
            }))
        },
    }
}

pub(crate) fn findings(target: &Arc<Target>, resource: &Arc<Resource>, number: u32) -> Vec<Finding> {
    let verdicts = [
        match number % 4 {
            0 => Verdict::new(Status::Fail, "volume_key_absent", "no volume key is set"),
            1 => Verdict::new(Status::Unknown, "output_key_unreadable", "the output key could not be described"),
            _ => Verdict::new(Status::Pass, "customer_managed_keys", "both keys are customer managed"),
        }
        .with_evidence(|| serde_json::json!({ "volume_key": null, "number": number })),
        Verdict::new(Status::NotApplicable, "serverless", "the job is serverless"),
    ];
    let finding = |(check, verdict)| Finding {
        target: Arc::clone(target),
        resource: Arc::clone(resource),
        check,
        verdict,
        exception: None,
    };
    CHECKS.iter().zip(verdicts).map(finding).collect()
}

pub(crate) fn unit(target: &Arc<Target>, reading: Reading, numbers: impl Iterator<Item = u32>, seconds: i64) -> Unit {
    let mut unit = Unit {
        target: Arc::clone(target),
        resource_type: ResourceType::TrainingJob,
        reading,
        resources: Vec::new(),
        findings: Vec::new(),
        extent: Extent::Piece,
    };
    for number in numbers {
        let resource = Arc::new(resource(target, number, seconds));
        unit.findings.extend(findings(target, &resource, number));
        unit.resources.push(resource);
    }
    unit
}

pub(crate) fn coverage(target: &Arc<Target>, outcome: Outcome, listed: u64) -> Coverage {
    let complete = outcome == Outcome::Complete;
    Coverage {
        target: Arc::clone(target),
        resource_type: ResourceType::TrainingJob,
        outcome,
        refusal: (!complete).then(|| Refusal {
            outcome,
            api: "sagemaker:Search",
            code: "AccessDeniedException".to_owned(),
            message: "no identity-based policy allows it".to_owned(),
        }),
        method: complete.then_some(Method::Search),
        listed,
        evaluated: listed,
        checks_unknown: 0,
        history: History::default(),
        window_start: None,
        window_end: Some(start()),
        started_at: start(),
        duration_ms: 1234,
        detail: Some("looked twice".to_owned()),
    }
}

/// The end of a reading that counts on no other.
pub(crate) fn end(coverage: Coverage) -> Extent {
    Extent::End(Box::new(End { coverage, adopted: Vec::new(), resources: 0, seen: Seen::default() }))
}

/// Six cells, `jobs` resources in each that can be read, in units of 10.
pub(crate) fn units(jobs: u32) -> Vec<Unit> {
    let mut units = Vec::new();
    for account in [111_111_111_111, 22, 333_333_333_333] {
        for region in ["eu-central-1", "us-east-1"] {
            let (target, reading) = (target(account, region), Reading::new());
            let outcome =
                if account == 22 && region == "us-east-1" { Outcome::AccessDenied } else { Outcome::Complete };
            if outcome == Outcome::Complete {
                let slices = (0..jobs)
                    .step_by(10)
                    .map(|from| unit(&target, reading, from..jobs.min(from + 10), i64::from(from)));
                units.extend(slices);
            }
            let mut last = unit(&target, reading, 0..0, 0);
            last.extent = end(coverage(&target, outcome, u64::from(jobs)));
            units.push(last);
        }
    }
    units
}

/// Stages units as one shard, closing parts at `findings` findings.
pub(crate) async fn stage(store: &Store, units: Vec<Unit>, findings: usize) -> staging::Staged {
    let bounds = Bounds { findings, ..Bounds::default() };
    let (sender, writer) = staging::open(store.clone(), context(), 1, bounds).await.unwrap();
    let send = async move {
        for unit in units {
            sender.send(Delivery::Unit(unit)).await.unwrap();
        }
    };
    futures::join!(writer.run(), send).0.unwrap()
}

/// What is staged for the run of the samples.
pub(crate) async fn scanned(store: &Store) -> Scanned {
    let parts = staging::parts(store, &context().run_id).await.unwrap();
    let (gaps, exceptions) = (Vec::new(), Exceptions::default());
    Scanned { facts: facts(), context: context(), parts, gaps, checks: scanned_checks(), exceptions }
}

/// The catalogue of the samples.
pub(crate) fn scanned_checks() -> Vec<Listed> {
    CHECKS.iter().map(|check| Listed { check, is_selected: true }).collect()
}
