//! The policies hold exactly the actions that are called: what the simulator sees, and nothing besides; and sessions can
//! do no more, whatever their role may.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_sagemaker::error::ProvideErrorMetadata as _;
use sagesweep::{
    check::CHECKS,
    demo::{Behaviour, Fault, FaultRule, Organization, SIGNING_KEY, Shape, Simulator},
    session::policy::{caller_actions, member_actions, member_policy, session_policy},
    signing,
};

use crate::audit::{Audit, sdk, small};
use crate::bucket::in_bucket;

#[tokio::test(flavor = "multi_thread")]
async fn the_policies_equal_the_calls_in_both_directions() {
    // Together these two runs into a bucket take every way that there is: paths carried and walked, searched and described.
    let walked = Behaviour { omit_paths: true, ..Behaviour::default() };
    let refused = Behaviour { faults: vec![FaultRule::at("sagemaker:Search", Fault::Denied)], ..Behaviour::default() };
    let mut called = BTreeSet::new();
    for behaviour in [walked, refused] {
        // Enough places that there is something of every type to describe.
        let wide = Shape { accounts: 14, regions: 4, ..small() };
        let audit = Audit::with(wide, behaviour, |config| {
            config.checks.include = ["*".parse().unwrap()].into();
            config.lake.destination = in_bucket();
            config.lake.signing_key = Some(SIGNING_KEY.to_owned());
        })
        .await;
        audit.published.as_ref().unwrap();
        called.extend(audit.simulator.counts().into_keys().map(|(_, _, api)| api.to_owned()));
        assert_eq!(audit.simulator.sessions_at_large(), 0, "each session is narrowed");
    }
    // Only an upload in parts that fails is taken back, and no small organization fills a part.
    called.insert("s3:AbortMultipartUpload".to_owned());
    let own = caller_actions().into_iter().chain(signing::ACTIONS.iter().copied());
    let allowed = member_actions(CHECKS).into_iter().chain(own);
    assert_eq!(called, allowed.map(ToOwned::to_owned).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_session_of_a_hub_role_is_narrowed_too_unless_no_session_is() {
    let management = Organization::new(&small()).management();
    for (session_policy, narrowed) in [(true, true), (false, false)] {
        let behaviour = Behaviour { hub_role: Some("audit-hub".to_owned()), ..Behaviour::default() };
        let audit = Audit::with(small(), behaviour, |config| {
            config.role.hub_role_arn = Some(format!("arn:aws:iam::{management}:role/audit-hub"));
            config.role.session_policy = session_policy;
        })
        .await;
        assert!(audit.published.is_ok());
        assert_eq!(audit.simulator.sessions_at_large() == 0, narrowed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_refused_what_its_policy_leaves_out() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let member = simulator.organization().accounts()[1].id;
    let base = sdk(&simulator, Duration::from_secs(20)).await;
    let without_keys = CHECKS.iter().copied().filter(|check| check.needs.is_empty()).collect::<Vec<_>>();
    for (policy, refused) in [(session_policy(CHECKS), false), (member_policy(&without_keys).to_string(), true)] {
        let role = aws_sdk_sts::Client::new(&base).assume_role().role_session_name("audit").policy(policy);
        let role = role.role_arn(format!("arn:aws:iam::{member}:role/sagesweep-audit")).send().await.unwrap();
        let session = role.credentials().unwrap();
        let credentials = aws_credential_types::Credentials::new(
            session.access_key_id(),
            session.secret_access_key(),
            Some(session.session_token().to_owned()),
            None,
            "test",
        );
        let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
        let narrowed = base.to_builder().credentials_provider(provider).build();
        assert!(aws_sdk_sagemaker::Client::new(&narrowed).list_training_jobs().send().await.is_ok());
        let described = aws_sdk_kms::Client::new(&narrowed).describe_key().key_id("none").send().await;
        let code = described.unwrap_err().code().map(ToOwned::to_owned);
        assert_eq!(code.as_deref() == Some("AccessDeniedException"), refused, "{code:?}");
    }
}

#[test]
fn what_cannot_be_printed_is_a_wrong_command_line_that_says_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (
            &["member", "--checks", "training-job-vpc,training-job-netwrok-isolation"][..],
            "`training-job-network-isolation`?",
        ),
        (&["trust"], "--principal"),
        (&["trust", "--principal", "arn:aws:iam::1:role/x"], "is not the ARN of a role"),
        (&["hub"], "role.hub_role_arn"),
    ] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_sagesweep"))
            .arg("iam-policy")
            .args(arguments)
            .current_dir(directory.path())
            .env_clear()
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(part) && output.stdout.is_empty(), "{errors}");
    }
}
