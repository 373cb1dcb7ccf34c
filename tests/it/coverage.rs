//! Coverage has exactly one row for each account, region and resource type in scope, whatever happened there.

use std::collections::BTreeMap;

use sagesweep::{
    config::Rate,
    coverage::Outcome,
    demo::{Access, Behaviour, Fault, FaultRule, Quotas, Shape},
};

use crate::audit::{Audit, small};
use crate::demo_truth::{assert_same, truth};

/// Outcomes by (account, region); fails when a cell stands twice.
pub(crate) fn outcomes(audit: &Audit) -> BTreeMap<(String, String), String> {
    let rows = audit.coverage();
    let count = rows.len();
    let outcomes: BTreeMap<_, _> = rows
        .into_iter()
        .map(|row| ((row["account_id"].clone(), row["region"].clone()), row["outcome"].clone()))
        .collect();
    assert_eq!(outcomes.len(), count, "a cell stands twice");
    outcomes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cell_in_scope_has_its_outcome() {
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        // Named, so that a region which is off in some accounts is in scope there too.
        config.regions.include = ["us-east-1", "us-west-2", "eu-west-1", "me-central-1", "me-west-1"]
            .map(|region| region.parse().unwrap())
            .into();
    })
    .await;
    audit.published.as_ref().unwrap();
    let outcomes = outcomes(&audit);
    let organization = audit.simulator.organization();
    assert_eq!(outcomes.len(), organization.accounts().len() * 5);
    for cell in organization.cells() {
        let key = (cell.account().to_string(), cell.region().to_string());
        let Some(outcome) = outcomes.get(&key) else { continue };
        let expected = match cell.access() {
            Access::Open => Outcome::Complete,
            Access::Suspended => Outcome::AccountSuspended,
            Access::RoleRefused => Outcome::AssumeRoleFailed,
            Access::DeniedByScp => Outcome::DeniedByScp,
            Access::RegionDisabled => Outcome::RegionDisabled,
        };
        assert_eq!(outcome, expected.as_str(), "{key:?}");
    }
    let without_service = outcomes.iter().filter(|((_, region), _)| region == "me-west-1");
    assert!(without_service.filter(|(_, outcome)| *outcome == "SERVICE_NOT_IN_REGION").count() >= 5);
    let rows = audit.coverage();
    assert!(rows.iter().all(|row| row["regions_from"] == "LIST_REGIONS" || row["outcome"].starts_with('A')));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_denied_disabled_or_empty_costs_one_call() {
    let audit = Audit::of(small(), Behaviour::default()).await;
    let counts = audit.simulator.counts();
    for cell in audit.simulator.organization().cells() {
        let calls = counts.iter().filter(|((account, region, api), _)| {
            *account == cell.account() && region == cell.region() && api.starts_with("sagemaker:")
        });
        let calls = calls.map(|(_, count)| count.requests).sum::<u64>();
        match (cell.access(), cell.count()) {
            (Access::DeniedByScp, _) | (Access::Open, 0) => assert_eq!(calls, 1, "{cell:?}"),
            (Access::RegionDisabled | Access::Suspended | Access::RoleRefused, _) => assert_eq!(calls, 0),
            (Access::Open, _) => assert!(calls >= 2),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_list_regions_the_default_regions_are_probed_and_coverage_says_so() {
    let behaviour =
        Behaviour { faults: vec![FaultRule::at("account:ListRegions", Fault::HtmlError(404))], ..Behaviour::default() };
    let audit = Audit::of(Shape { accounts: 4, ..small() }, behaviour).await;
    audit.published.as_ref().unwrap();
    let rows = audit.coverage();
    assert_eq!(rows.len(), 4 * 17);
    for row in &rows {
        assert_eq!(row["regions_from"], "DEFAULTS");
        assert!(row["detail"].contains("account:ListRegions failed with HTTP 404"), "{row:?}");
    }
    let counts = audit.simulator.counts();
    assert!(
        counts
            .iter()
            .filter(|((_, _, api), _)| *api == "sagemaker:ListTrainingJobs")
            .all(|(_, count)| count.requests <= 3)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_refused_costs_its_rows_and_nothing_else() {
    let audit = Audit::of(small(), Behaviour { external_id: Some("right".to_owned()), ..Behaviour::default() }).await;
    audit.published.as_ref().unwrap();
    let management = audit.simulator.organization().management().to_string();
    for row in audit.coverage() {
        if row["account_id"] == management {
            assert_ne!(
                row["outcome"], "ASSUME_ROLE_FAILED",
                "the management account is audited with our own credentials"
            );
        } else if row["outcome"] != "ACCOUNT_SUSPENDED" {
            assert_eq!((row["outcome"].as_str(), row["api"].as_str()), ("ASSUME_ROLE_FAILED", "sts:AssumeRole"));
            assert_eq!(row["error_code"], "AccessDenied");
        }
    }
    let counts = audit.simulator.counts();
    let elsewhere =
        counts.keys().filter(|(account, _, api)| account.to_string() != management && api.starts_with("sagemaker:"));
    assert_eq!(elsewhere.count(), 0);

    let audit =
        Audit::with(small(), Behaviour { external_id: Some("right".to_owned()), ..Behaviour::default() }, |config| {
            config.role.external_id = Some("right".to_owned());
        })
        .await;
    assert_same(&audit.verdicts(), &truth(&audit));
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_renewed_before_they_expire() {
    let lifetime = Some(std::time::Duration::from_secs(2));
    let shape = Shape { accounts: 5, regions: 1, jobs: 600, heaviest_percent: 60, ..small() };
    let audit = Audit::with(shape, Behaviour { session_lifetime: lifetime, ..Behaviour::default() }, |config| {
        config.pacing.rates.insert("sagemaker:DescribeTrainingJob", Rate::steady(8.0, 1));
    })
    .await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_is_refused_half_way_leaves_gaps_that_name_it_and_no_false_verdict() {
    let shape = Shape { accounts: 5, regions: 1, jobs: 900, heaviest_percent: 60, ..small() };
    let behaviour = Behaviour {
        session_lifetime: Some(std::time::Duration::from_secs(1)),
        faults: vec![FaultRule::at("sts:AssumeRole", Fault::Denied).after(8)],
        ..Behaviour::default()
    };
    let audit = Audit::with(shape, behaviour, |config| {
        config.pacing.rates.insert("kms:DescribeKey", Rate::steady(4.0, 1));
    })
    .await;
    audit.published.as_ref().unwrap();
    crate::faults::assert_honest(&audit, "refused half way");
    let named = audit.coverage().into_iter().filter(|row| row.get("api").is_some_and(|api| api == "sts:AssumeRole"));
    assert!(named.count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_quotas_at_most_one_answer_of_a_hundred_is_throttled() {
    let quotas = Quotas::realistic().scaled(4.0);
    let behaviour = Behaviour { quotas: Some(quotas.clone()), ..Behaviour::default() };
    let shape = Shape { accounts: 5, regions: 2, jobs: 6_000, heaviest_percent: 70, ..small() };
    let audit = Audit::with(shape, behaviour, |config| {
        for (api, quota) in quotas.rates() {
            if let Some(rate) = config.pacing.rates.get_mut(api) {
                *rate = Rate {
                    start: quota.per_second,
                    burst: quota.burst.to_string().parse().unwrap(),
                    quota: quota.per_second,
                };
            }
        }
    })
    .await;
    assert_same(&audit.verdicts(), &truth(&audit));
    let counts = audit.simulator.counts();
    let throttled = counts.values().map(|count| count.throttled).sum::<u64>();
    assert!(throttled * 100 <= audit.simulator.requests_total(), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn below_the_quotas_nothing_is_throttled_and_above_them_nothing_is_lost() {
    let quotas = Quotas::realistic().scaled(20.0);
    let behaviour = Behaviour { quotas: Some(quotas), ..Behaviour::default() };
    let paced = Audit::with(small(), behaviour.clone(), |config| {
        for rate in config.pacing.rates.values_mut() {
            *rate = Rate::steady(30.0, 5);
        }
    })
    .await;
    assert_same(&paced.verdicts(), &truth(&paced));
    let throttled = |audit: &Audit| audit.simulator.counts().values().map(|count| count.throttled).sum::<u64>();
    assert_eq!(throttled(&paced), 0);

    let scarce = sagesweep::demo::Rate { per_second: 20.0, burst: 2.0 };
    let quotas = Quotas::realistic().with("kms:DescribeKey", scarce).with("sagemaker:DescribeTrainingJob", scarce);
    let hasty = Audit::of(small(), Behaviour { quotas: Some(quotas), ..behaviour }).await;
    hasty.published.as_ref().unwrap();
    assert!(throttled(&hasty) > 0);
    assert_eq!(
        hasty.published.as_ref().unwrap().run.facts.effort.total().throttles,
        throttled(&hasty),
        "each was seen"
    );
    crate::faults::assert_honest(&hasty, "throttled");
}
