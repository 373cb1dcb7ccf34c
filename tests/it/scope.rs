//! Which accounts and regions a run looks at.

use std::collections::BTreeSet;

use sagesweep::{
    config::TagValues,
    demo::{Behaviour, Standing},
};

use crate::audit::{Audit, small};
use crate::demo_truth::{assert_same, truth};

fn accounts(audit: &Audit) -> BTreeSet<String> {
    audit.coverage().into_iter().map(|row| row["account_id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_takes_in_what_is_nested_in_it_whether_paths_are_carried_or_walked() {
    for omit_paths in [false, true] {
        let behaviour = Behaviour { omit_paths, ..Behaviour::default() };
        let audit = Audit::with(small(), behaviour, |config| {
            config.organization.include_ous = ["/Workloads".parse().unwrap()].into();
            config.organization.exclude_ous = ["/Workloads/Dev".parse().unwrap()].into();
        })
        .await;
        audit.published.as_ref().unwrap();
        let organization = audit.simulator.organization();
        let inside = organization.accounts().iter().filter(|account| {
            organization.unit_of(account).is_some_and(|unit| {
                unit.name_path.starts_with("/Workloads") && !unit.name_path.starts_with("/Workloads/Dev")
            })
        });
        let inside: BTreeSet<_> = inside.map(|account| account.id.to_string()).collect();
        assert!(!inside.is_empty() && inside.len() < 7);
        assert_eq!(accounts(&audit), inside, "paths omitted: {omit_paths}");
        for row in audit.coverage() {
            assert!(row["ou_path"].starts_with("/Workloads"), "{row:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explicit_list_needs_no_organization() {
    let simulated = sagesweep::demo::Organization::new(&small());
    let members = simulated.accounts().iter().filter(|account| account.standing == Standing::Member);
    let listed: BTreeSet<_> = members.take(2).map(|account| account.id).collect();
    let audit =
        Audit::with(small(), Behaviour::default(), |config| config.organization.accounts = listed.clone()).await;
    audit.published.as_ref().unwrap();
    assert_eq!(accounts(&audit), listed.iter().map(ToString::to_string).collect());
    assert!(!audit.simulator.counts().keys().any(|(_, _, api)| api.starts_with("organizations:")));
}

#[tokio::test(flavor = "multi_thread")]
async fn account_tags_decide_and_go_into_the_tables() {
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        let values = TagValues::OneOf(BTreeSet::from(["prod".to_owned()]));
        config.organization.include_tags = [("env".to_owned(), values)].into();
    })
    .await;
    audit.published.as_ref().unwrap();
    let organization = audit.simulator.organization();
    let prod = organization.accounts().iter().filter(|account| account.tags.contains(&("env", "prod".to_owned())));
    assert_eq!(accounts(&audit), prod.map(|account| account.id.to_string()).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_organization_does_not_have_is_an_error_and_nothing_is_written() {
    let audit = Audit::with(small(), Behaviour::default(), |config| {
        config.organization.include_ous = ["/Workload".parse().unwrap()].into();
        config.organization.include_accounts = ["000000000001".parse().unwrap()].into();
    })
    .await;
    let error = audit.published.as_ref().unwrap_err();
    assert!(error.is_usage());
    let text = error.to_string();
    assert!(text.contains("organizational unit /Workload") && text.contains("account 000000000001"), "{text}");
    assert!(audit.findings().is_empty() && audit.coverage().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_role_is_gone_through_first() {
    let behaviour = Behaviour { hub_role: Some("audit-hub".to_owned()), ..Behaviour::default() };
    let management = sagesweep::demo::Organization::new(&small()).management();
    let audit = Audit::with(small(), behaviour, |config| {
        config.role.hub_role_arn = Some(format!("arn:aws:iam::{management}:role/audit-hub"));
    })
    .await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
}
