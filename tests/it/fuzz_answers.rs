//! Answers with changed or missing bytes, at every API: no panic, no hang, and a run that ends in tables or in an error.
//!
//! A changed byte may make another answer that is just as well formed, which nobody could tell; so the findings are not
//! held against the truth here.

use std::time::Duration;

use sagesweep::demo::{Behaviour, Fault, FaultRule, Shape};

use crate::audit::{Audit, small};
use crate::table;

const APIS: [&str; 14] = [
    "account:ListRegions",
    "kms:DescribeKey",
    "organizations:DescribeOrganization",
    "organizations:DescribeOrganizationalUnit",
    "organizations:ListAccounts",
    "organizations:ListAccountsForParent",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListRoots",
    "organizations:ListTagsForResource",
    "sagemaker:DescribeTrainingJob",
    "sagemaker:ListTrainingJobs",
    "sagemaker:Search",
    "sts:AssumeRole",
    "sts:GetCallerIdentity",
];
const SEEDS: u64 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn answers_with_changed_bytes_make_no_run_panic_or_hang() {
    let shape = Shape { accounts: 3, regions: 1, jobs: 40, ..small() };
    let (mut published, mut failed) = (0, 0);
    for api in APIS {
        for seed in 0..SEEDS {
            let rule = FaultRule::at(api, Fault::FlippedBytes(seed)).one_in(1 + seed % 3);
            let omit_paths = api.contains("Parent") || api.contains("ListRoots");
            let behaviour = Behaviour { faults: vec![rule], omit_paths, ..Behaviour::default() };
            let run = Audit::within(Duration::from_secs(5), shape.clone(), behaviour, |config| {
                config.pacing.unit_deadline_seconds = 20;
            });
            let audit = tokio::time::timeout(Duration::from_mins(2), run);
            let audit = audit.await.unwrap_or_else(|_| panic!("{api}, bytes changed by {seed}: hangs"));
            let commits = table::files(audit.directory.path(), "runs").len();
            assert_eq!(commits, usize::from(audit.published.is_ok()), "{api} {seed}");
            *(if audit.published.is_ok() { &mut published } else { &mut failed }) += 1;
            for row in audit.coverage() {
                let code = row.get("error_code").map_or("", String::as_str);
                assert_ne!(code, "Internal", "{api}, bytes changed by {seed}: a task panicked: {row:?}");
            }
        }
    }
    assert!(published > 20 && failed > 0, "{published} published, {failed} failed");
}
