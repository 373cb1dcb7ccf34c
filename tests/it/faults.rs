//! Every fault at every API of the run: no panic, no hang, no false verdict, and coverage that names API and code.

use std::{collections::BTreeSet, time::Duration};

use sagesweep::demo::{Access, Behaviour, Fault, FaultRule, Shape};

use crate::audit::{Audit, small};
use crate::demo_truth::truth;

/// Each fault that a call can meet, and the codes by which coverage may call it.
fn faults() -> Vec<(Fault, &'static [&'static str])> {
    vec![
        (Fault::Denied, &["AccessDenied", "AccessDeniedException"]),
        (Fault::DeniedByScp, &["AccessDenied", "AccessDeniedException"]),
        (Fault::DeniedByScpImplicitly, &["AccessDenied", "AccessDeniedException"]),
        (Fault::Throttled, &["ThrottlingException", "Throttling", "TooManyRequestsException"]),
        (
            Fault::Status(500),
            &[
                "InternalFailure",
                "InternalServerError",
                "InternalError",
                "ServiceException",
                "HTTP 500",
                "KMSInternalException",
            ],
        ),
        (Fault::Status(503), &["ServiceUnavailable", "ServiceUnavailableException", "HTTP 503"]),
        (Fault::HtmlError(502), &["HTTP 502"]),
        (Fault::Reset, &["ConnectionFailed", "DispatchFailure"]),
        (Fault::CutBody, &["ConnectionFailed", "MalformedAnswer", "DispatchFailure"]),
        // An error whose body cannot be read is known by its status.
        (Fault::MalformedBody, &["MalformedAnswer", "HTTP 400"]),
        (Fault::ForeignBody, &["MalformedAnswer"]),
        (Fault::ExpiredToken, &["ExpiredToken", "ExpiredTokenException"]),
        (
            Fault::ClockSkewed,
            &["RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"],
        ),
        (Fault::Hang, &["Timeout"]),
    ]
}

fn tiny() -> Shape {
    Shape { accounts: 4, regions: 2, jobs: 240, seed: 5, ..small() }
}

/// Runs with the fault at every call of one API, within a deadline.
async fn with_fault(operation: &str, fault: Fault) -> Audit {
    let patience = Duration::from_secs(if fault == Fault::Hang { 1 } else { 20 });
    let behaviour = Behaviour { faults: vec![FaultRule::at(operation, fault)], ..Behaviour::default() };
    let run = Audit::within(patience, tiny(), behaviour, |config| config.regions.fallback = regions());
    tokio::time::timeout(Duration::from_mins(2), run).await.unwrap_or_else(|_| panic!("{operation}: hangs"))
}

fn regions() -> BTreeSet<sagesweep::place::Region> {
    sagesweep::demo::Organization::new(&tiny()).regions().cloned().collect()
}

/// No verdict differs from the truth but by being UNKNOWN, and no cell is missing or stands twice.
pub(crate) fn assert_honest(audit: &Audit, context: &str) {
    let truth = truth(audit);
    for (key, verdict) in audit.verdicts() {
        let expected = truth.get(&key).unwrap_or_else(|| panic!("{context}: {key:?} does not exist"));
        // A foreign key that cannot be verified stays customer managed by construction, and the note says so.
        let unverified = verdict.0 == "PASS" && verdict.1.contains("key_state_unverified");
        // One key that fails is enough, also where nothing is known of the other.
        let for_fewer_reasons = verdict.0 == expected.0 && verdict.1.split(',').all(|code| expected.1.contains(code));
        assert!(
            for_fewer_reasons || verdict.0 == "UNKNOWN" || unverified,
            "{context}: {key:?} is {verdict:?}, not {expected:?}"
        );
    }
    let outcomes = crate::coverage::outcomes(audit);
    let seen: BTreeSet<_> = audit.verdicts().into_keys().map(|(arn, _)| arn).collect();
    for cell in audit.simulator.organization().cells() {
        if cell.access() == Access::Open {
            let outcome = &outcomes[&(cell.account().to_string(), cell.region().to_string())];
            let missing = cell.jobs().filter(|job| !seen.contains(&job.arn)).count();
            assert!(missing == 0 || outcome != "COMPLETE", "{context}: {missing} jobs of a complete cell are missing");
        }
    }
}

/// The fault at this API leaves coverage rows that name it, by API and code, in the columns or in the detail.
async fn is_named(operation: &str) {
    for (fault, codes) in faults() {
        // XML that lacks its end is read as far as it goes, and the credentials stand at its beginning.
        if operation.starts_with("sts:") && fault == Fault::MalformedBody {
            continue;
        }
        let context = format!("{operation} {fault:?}");
        let audit = with_fault(operation, fault).await;
        audit.published.as_ref().unwrap_or_else(|error| panic!("{context}: {error}"));
        assert_honest(&audit, &context);
        let rows = audit.coverage();
        let names = |text: &str| codes.iter().any(|code| text.contains(code));
        let telling = rows.iter().filter(|row| {
            let get = |column: &str| row.get(column).map_or("", String::as_str);
            (get("api") == operation && codes.contains(&get("error_code")))
                || (get("detail").contains(operation) && names(get("detail")))
        });
        assert!(telling.count() > 0, "{context}: {:#?}", rows.first());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_list_training_jobs() {
    is_named("sagemaker:ListTrainingJobs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_search() {
    is_named("sagemaker:Search").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_describe_training_job() {
    is_named("sagemaker:DescribeTrainingJob").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_describe_key() {
    is_named("kms:DescribeKey").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_list_regions() {
    is_named("account:ListRegions").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_assume_role() {
    is_named("sts:AssumeRole").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_account_tags() {
    is_named("organizations:ListTagsForResource").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_describe_organizational_unit() {
    is_named("organizations:DescribeOrganizationalUnit").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_knowing_who_we_are_or_which_accounts_there_are_the_run_fails_and_publishes_nothing() {
    for operation in ["sts:GetCallerIdentity", "organizations:ListAccounts"] {
        for (fault, _) in
            faults().into_iter().filter(|(fault, _)| *fault != Fault::MalformedBody || !operation.starts_with("sts:"))
        {
            let audit = with_fault(operation, fault.clone()).await;
            let error = audit.published.as_ref().unwrap_err();
            let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
            assert!(source.contains(operation), "{operation} {fault:?}: {error}: {source}");
            assert!(audit.findings().is_empty() && audit.coverage().is_empty());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn search_and_listing_refused_together_leave_a_gap_and_no_verdict() {
    let rules = ["sagemaker:Search", "sagemaker:ListTrainingJobs"].map(|api| FaultRule::at(api, Fault::Denied));
    let audit = Audit::of(tiny(), Behaviour { faults: rules.to_vec(), ..Behaviour::default() }).await;
    audit.published.as_ref().unwrap();
    assert!(audit.findings().is_empty());
    let open = audit.coverage().into_iter().filter(|row| row["outcome"] == "ACCESS_DENIED");
    assert!(open.count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_empty_repeated_or_doubled_lose_and_double_nothing() {
    for fault in [Fault::EmptyPage, Fault::DuplicateRecord, Fault::RepeatToken] {
        for operation in ["sagemaker:Search", "sagemaker:ListTrainingJobs", "account:ListRegions"] {
            let audit = with_fault(operation, fault.clone()).await;
            audit.published.as_ref().unwrap_or_else(|error| panic!("{operation} {fault:?}: {error}"));
            assert_honest(&audit, &format!("{operation} {fault:?}"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_that_pass_are_retried_and_cost_nothing() {
    for fault in [Fault::Throttled, Fault::Status(503), Fault::Reset, Fault::CutBody, Fault::ExpiredToken] {
        let rules =
            ["sagemaker:Search", "sagemaker:ListTrainingJobs", "kms:DescribeKey", "sagemaker:DescribeTrainingJob"]
                .map(|api| FaultRule::at(api, fault.clone()).one_in(40));
        let audit = Audit::of(tiny(), Behaviour { faults: rules.to_vec(), ..Behaviour::default() }).await;
        audit.published.as_ref().unwrap();
        assert_honest(&audit, &format!("{fault:?} now and then"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_index_that_lags_is_completed_from_the_listing() {
    // A history of two years that ends now, so that one cell has some jobs younger than the lag.
    let shape =
        Shape { accounts: 4, regions: 1, jobs: 40_000, heaviest_percent: 97, now: jiff::Timestamp::now(), ..small() };
    let lag = 55 * 60;
    let audit = Audit::of(shape, Behaviour { search_lag: lag, ..Behaviour::default() }).await;
    audit.published.as_ref().unwrap();
    crate::demo_truth::assert_same(&audit.verdicts(), &truth(&audit));
    let rows = audit.coverage();
    assert!(
        rows.iter().any(|row| row.get("detail").is_some_and(|detail| detail.contains("search index"))),
        "nothing lagged"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_region_does_not_know_means_disabled_only_where_the_region_may_be_off() {
    let shape = Shape { accounts: 5, regions: 3, ..tiny() };
    let organization = sagesweep::demo::Organization::new(&shape);
    let closed = organization.cells().iter().find(|cell| cell.access() == Access::RegionDisabled).unwrap();
    let mut open = organization.cells().iter().filter(|cell| cell.access() == Access::Open);
    let optional = open.find(|cell| cell.region() == closed.region()).unwrap();
    for fault in [Fault::UnrecognizedClient, Fault::InvalidClientToken] {
        for (regions_are_told, expected) in [(true, "ERROR"), (false, "REGION_DISABLED")] {
            let mut faults = ["sagemaker:ListTrainingJobs", "sagemaker:Search"]
                .map(|api| FaultRule::at(api, fault.clone()))
                .to_vec();
            if !regions_are_told {
                faults.push(FaultRule::at("account:ListRegions", Fault::Denied));
            }
            let audit = Audit::with(shape.clone(), Behaviour { faults, ..Behaviour::default() }, |config| {
                config.regions.include = organization.regions().cloned().collect();
            })
            .await;
            audit.published.as_ref().unwrap();
            assert_honest(&audit, &format!("{fault:?}"));
            let outcomes = crate::coverage::outcomes(&audit);
            let outcome = |region: &str| outcomes[&(optional.account().to_string(), region.to_owned())].as_str();
            assert_eq!(outcome(optional.region().as_str()), expected, "{fault:?}");
            assert_eq!(outcome("us-east-1"), "ERROR", "{fault:?}: nobody can turn this region off");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_not_found_is_a_connection_that_failed() {
    for one_in in [1, 4] {
        let simulator = sagesweep::demo::Simulator::start(&tiny(), Behaviour::default()).await.unwrap();
        let directory = tempfile::tempdir().unwrap();
        let mut config = crate::audit::fast_config();
        config.lake.destination = sagesweep::config::Destination::Directory(directory.path().to_owned());
        let patience = Duration::from_secs(20);
        let sdk = crate::audit::sdk(&simulator, patience).await;
        let unresolved = crate::unresolved::Unresolved::around(&sdk, 3, one_in, patience);
        let sdk = sdk.to_builder().http_client(unresolved.clone()).build();
        let published = crate::audit::run_as(sdk, config).await;
        assert!(unresolved.failed() > 0);
        let audit = Audit { simulator, directory, published };
        match &audit.published {
            Ok(_) => assert_honest(&audit, "names that are not found"),
            Err(error) => {
                let source = std::error::Error::source(error).unwrap().to_string();
                assert!(one_in == 1 && source.contains("ConnectionFailed") && source.contains("dns error"), "{source}");
            }
        }
    }
}
