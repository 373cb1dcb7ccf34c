//! The policies hold exactly the actions that are called: what the simulator sees, and nothing besides.

use std::collections::BTreeSet;

use sagesweep::{
    demo::{Behaviour, Fault, FaultRule, SIGNING_KEY},
    session::policy::{caller_actions, member_actions},
    signing,
};

use crate::audit::{Audit, small};
use crate::bucket::in_bucket;

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_equal_the_calls_in_both_directions() {
    // Together these two runs into a bucket take every way that there is: paths carried and walked, searched and described.
    let walked = Behaviour { omit_paths: true, ..Behaviour::default() };
    let refused = Behaviour { faults: vec![FaultRule::at("sagemaker:Search", Fault::Denied)], ..Behaviour::default() };
    let mut called = BTreeSet::new();
    for behaviour in [walked, refused] {
        let audit = Audit::with(small(), behaviour, |config| {
            config.lake.destination = in_bucket();
            config.lake.signing_key = Some(SIGNING_KEY.to_owned());
        })
        .await;
        audit.published.as_ref().unwrap();
        called.extend(audit.simulator.counts().into_keys().map(|(_, _, api)| api.to_owned()));
    }
    // Only an upload in parts that fails is taken back, and no small organization fills a part.
    called.insert("s3:AbortMultipartUpload".to_owned());
    let own = caller_actions().into_iter().chain(signing::ACTIONS.iter().copied());
    let allowed = member_actions().into_iter().chain(own);
    assert_eq!(called, allowed.map(ToOwned::to_owned).collect());
}
