//! What one place costs the others, and what a slow pace does to a place.

use sagesweep::{
    config::Rate,
    demo::{Access, Behaviour, Cell, Fault, FaultRule, Shape},
};

use crate::{
    audit::{Audit, small},
    demo_truth::{assert_same, truth},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_failures_of_one_account_leave_the_retries_of_the_others_alone() {
    let shape = Shape { accounts: 4, regions: 1, jobs: 900, heaviest_percent: 50, ..small() };
    let organization = sagesweep::demo::Organization::new(&shape);
    let mut cells = organization.cells().iter().filter(|cell| cell.access() == Access::Open).collect::<Vec<_>>();
    cells.sort_by_key(|cell| std::cmp::Reverse(cell.count()));
    let [failing, lucky, ..] = cells.as_slice() else { panic!("{cells:?}") };
    // Everything is described. All that one account asks for fails, again and again; the other is unlucky twice, when
    // the first has long used up what one budget for all would hold.
    let of = |cell: &Cell, rule: FaultRule| FaultRule { account: Some(cell.account()), ..rule };
    let faults = vec![
        FaultRule::at("sagemaker:Search", Fault::Denied),
        of(failing, FaultRule::at("sagemaker:DescribeTrainingJob", Fault::Status(500))),
        of(
            lucky,
            FaultRule::at("sagemaker:DescribeTrainingJob", Fault::Status(500)).after(lucky.count() - 20).times(2),
        ),
    ];
    let behaviour = Behaviour { faults, ..Behaviour::default() };
    let audit = Audit::with(shape, behaviour, |config| {
        // The other account answers slowly enough to be the last.
        config.pacing.rates.insert("sagemaker:DescribeTrainingJob", Rate::steady(200.0, 1));
    })
    .await;
    audit.published.as_ref().unwrap();
    let described = |cell: &Cell| {
        let counts = audit.simulator.counts();
        counts[&(cell.account(), cell.region().clone(), "sagemaker:DescribeTrainingJob")].requests
    };
    let retries = described(failing) - failing.count();
    assert!(
        (80..failing.count()).contains(&retries),
        "{retries}: a budget is used up, long before the last of its jobs"
    );
    assert_eq!(described(lucky), lucky.count() + 2, "what failed was asked again");
    let outcome = |cell: &Cell| {
        let row = audit.coverage().into_iter().find(|row| row["account_id"] == cell.account().to_string());
        row.unwrap()["outcome"].clone()
    };
    assert_eq!((outcome(failing).as_str(), outcome(lucky).as_str()), ("PARTIAL", "COMPLETE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_waits_for_its_turn_is_not_given_up() {
    let shape = Shape { accounts: 2, regions: 1, jobs: 250, heaviest_percent: 90, ..small() };
    let audit = Audit::with(shape, Behaviour::default(), |config| {
        config.pacing.unit_deadline_seconds = 1;
        config.pacing.rates.insert("sagemaker:Search", Rate::steady(0.5, 1));
    })
    .await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
    assert!(audit.coverage().iter().all(|row| row["outcome"] == "COMPLETE"), "{:#?}", audit.coverage());
}
