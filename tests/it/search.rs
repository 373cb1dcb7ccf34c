//! A search is an index and not the truth: what it hides, miscounts or filters wrongly never passes as complete.

use std::time::Duration;

use sagesweep::{
    config::Rate,
    demo::{Behaviour, Fault, FaultRule, Shape},
};

use crate::audit::{Audit, small};
use crate::demo_truth::{assert_same, truth};

/// One heavy cell among some.
fn heavy(jobs: u64) -> Shape {
    Shape { accounts: 5, regions: 1, jobs, heaviest_percent: 80, ..small() }
}

async fn equals_the_truth(shape: Shape, behaviour: Behaviour, slice: u32) -> Audit {
    let audit = Audit::with(shape, behaviour, |config| config.pacing.slice_jobs = slice).await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
    for row in audit.coverage() {
        assert_ne!(row["outcome"], "PARTIAL", "{row:?}");
        assert!(row["resources_listed"] == row["resources_evaluated"], "{row:?}");
    }
    let resources = crate::table::read(audit.directory.path(), "resources").len();
    let counted =
        audit.coverage().iter().map(|row| row["resources_evaluated"].parse::<usize>().unwrap()).sum::<usize>();
    assert_eq!(resources, counted, "coverage counts what the tables hold");
    audit
}

fn methods(audit: &Audit, method: &str) -> usize {
    audit.coverage().iter().filter(|row| row.get("method").is_some_and(|found| found == method)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_a_search_hides_are_described_in_small_cells_and_large_ones() {
    let hides = Behaviour { search_hides: 30, ..Behaviour::default() };
    let audit = equals_the_truth(small(), hides.clone(), 2_000).await;
    assert!(methods(&audit, "LIST_DESCRIBE") > 0);
    let audit = equals_the_truth(heavy(1_500), hides.clone(), 2_000).await;
    assert!(methods(&audit, "LIST_DESCRIBE") > 0);
    // Read in windows, some of which were delivered before the gap was seen: nothing stands twice.
    equals_the_truth(heavy(1_500), hides, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_are_ignored_and_counts_that_are_left_out_lose_nothing() {
    let ignores = Behaviour { search_ignores_filters: true, ..Behaviour::default() };
    equals_the_truth(heavy(1_500), ignores, 200).await;
    let uncounted = Behaviour { search_counts_nothing: true, ..Behaviour::default() };
    equals_the_truth(heavy(1_500), uncounted.clone(), 200).await;
    let hides = Behaviour { search_hides: 30, ..uncounted };
    equals_the_truth(heavy(1_500), hides, 2_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_breaks_off_or_is_refused_is_said_in_coverage() {
    let breaks = FaultRule::at("sagemaker:ListTrainingJobs", Fault::Denied).after(5);
    let audit = Audit::of(heavy(1_500), Behaviour { faults: vec![breaks], ..Behaviour::default() }).await;
    audit.published.as_ref().unwrap();
    crate::faults::assert_honest(&audit, "the listing breaks off");
    let rows = audit.coverage();
    let telling = rows.iter().filter(|row| row.get("detail").is_some_and(|detail| detail.contains("AccessDenied")));
    assert!(telling.count() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_search_hides_behind_a_listing_that_is_refused_or_breaks_off_never_passes_as_complete() {
    for spared in [0, 2] {
        let faults = vec![FaultRule::at("sagemaker:ListTrainingJobs", Fault::Denied).after(spared)];
        let behaviour = Behaviour { search_hides: 30, faults, ..Behaviour::default() };
        let audit = Audit::of(Shape { accounts: 3, ..heavy(400) }, behaviour).await;
        audit.published.as_ref().unwrap();
        crate::faults::assert_honest(&audit, "hidden, and not listed");
        let found = audit.verdicts();
        assert!(!found.is_empty() && found.len() < truth(&audit).len(), "what was found is kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_whose_pages_have_no_end_is_partial_where_nothing_else_is_left() {
    let faults = vec![
        FaultRule::at("sagemaker:ListTrainingJobs", Fault::RepeatToken),
        FaultRule::at("sagemaker:Search", Fault::Denied),
    ];
    let audit = Audit::of(heavy(1_500), Behaviour { faults, ..Behaviour::default() }).await;
    audit.published.as_ref().unwrap();
    crate::faults::assert_honest(&audit, "endless listing, no search");
    let rows = audit.coverage();
    assert!(
        rows.iter().any(|row| row["outcome"] == "PARTIAL" && row["error_code"] == "RepeatedNextToken"),
        "{rows:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_renewed_also_where_only_one_call_may_be_under_way() {
    let behaviour = Behaviour { session_lifetime: Some(Duration::from_secs(1)), ..Behaviour::default() };
    let run = Audit::with(Shape { jobs: 200, ..small() }, behaviour, |config| {
        config.pacing.max_in_flight = 1;
        config.pacing.rates.insert("kms:DescribeKey", Rate::steady(20.0, 1));
    });
    let audit = tokio::time::timeout(Duration::from_mins(1), run).await.expect("no call waits for itself");
    assert_same(&audit.verdicts(), &truth(&audit));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_something_in_between_counts_as_not_seen() {
    let rules = ["sagemaker:Search", "sagemaker:ListTrainingJobs"].map(|api| FaultRule::at(api, Fault::HtmlError(404)));
    let audit = Audit::of(small(), Behaviour { faults: rules.to_vec(), ..Behaviour::default() }).await;
    let published = audit.published.as_ref().unwrap();
    assert_eq!(published.run.cells_complete, 0);
    assert!(published.run.cells_counted > 0);
    assert!(audit.coverage().iter().any(|row| row["outcome"] == "ERROR" && row["error_code"] == "HTTP 404"));
}
