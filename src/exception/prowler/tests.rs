//! Mute lists of Prowler: what becomes of them, and what is refused as Prowler refuses it.

use std::path::Path;

use super::{Given, convert};
use crate::{
    check::profile::Profile,
    config::ConfigErrors,
    exception::{Terms, read},
};

fn given(profile: Profile) -> Given {
    Given {
        profile,
        owner: "security".to_owned(),
        reason: None,
        ticket: Some("RISK-9".to_owned()),
        created: "2026-11-24".parse().unwrap(),
        expires: "2027-03-31".parse().unwrap(),
    }
}

fn converted(yaml: &str, profile: Profile) -> Result<String, ConfigErrors> {
    let text = convert(Path::new("mutelist.yaml"), yaml, &given(profile))?;
    let terms = Terms { today: "2026-11-24".parse().unwrap(), max_days: 365 };
    read(Path::new("converted.toml"), &text, terms)?;
    Ok(text)
}

const LIST: &str = r#"
Mutelist:
  Accounts:
    "111111111111": &research
      Checks:
        sagemaker_training_jobs_vpc_settings_configured:
          Regions: [eu-central-1]
          Resources: ["^nightly$"]
          Description: Public data only
        "sagemaker_models_*":
          Regions: ["us-east"]
          Resources: [test, ".+-tmp$"]
          Tags: ["team=ml", "stage=dev|stage=qa"]
        s3_bucket_versioning:
          Regions: ["*"]
          Resources: ["*"]
    "222222222222": *research
    "*":
      Checks:
        "*":
          Regions: ["*"]
          Resources: ["*"]
          Tags: ["a=1|b=2"]
        sagemaker_domain_sso_configured:
          Regions: ["*"]
          Resources: ["d-[0-9]+"]
        sagemaker_clarify_exists:
          Regions: ["*"]
          Resources: ["*"]
          Exceptions:
            Regions: [eu-central-1]
        "sagemaker_clarify_*":
          Regions: [nowhere, us-west-2]
          Resources: ["*"]
        "clarify_exists$":
          Regions: ["[a-z]"]
          Resources: ["^x$"]
    333333333333:
      Checks:
        sagemaker_notebook_instance_root_access_disabled:
          Regions: [eu-west-1]
          Resources: []
        sagemaker_notebook_instance_vpc_settings_configured:
          Regions: [eu-west-1]
          Resources: ["v1.2"]
"#;

#[test]
fn a_mute_list_becomes_exceptions_that_cover_the_same_with_notes_on_what_is_wide() {
    insta::assert_snapshot!("ours", converted(LIST, Profile::Sagesweep).unwrap());
    let theirs = converted(LIST, Profile::Prowler).unwrap();
    assert!(theirs.contains("check = \"sagemaker_training_jobs_vpc_settings_configured\""), "{theirs}");
    assert!(!theirs.contains("\"training-job-vpc\""));
    let both = converted(LIST, Profile::Both).unwrap();
    assert!(both.contains("[\"sagemaker_training_jobs_vpc_settings_configured\", \"training-job-vpc\"]"), "{both}");
}

#[test]
fn what_prowler_refuses_is_refused_at_once_by_line() {
    let list = r#"
Mutelist:
  Accounts:
    "111111111111":
      Checks:
        sagemaker_*:
          Region: ["*"]
          Resources: "*"
        other:
          Regions: [[x]]
          Resources: [a]
          Exceptions: {Region: [a], Tags: b}
    "222222222222": {}
Muted: 1
"#;
    insta::assert_snapshot!(converted(list, Profile::Both).unwrap_err().to_string());
    for (list, part) in [
        (
            "Mutelist:\n  Accounts:\n    'x': {Checks: {}}\n    'x': {Checks: {}}\n",
            "mutelist.yaml:4:5: `x` stands twice",
        ),
        ("Mutelist:\n  Accounts: {*: {}}\n", "not YAML"),
        ("Mute List:\n  Accounts: {}\n", "did you mean `Mutelist`?"),
        ("- a\n", "expected keys"),
        ("a: &a [*a]\n", "alias"),
        (
            "Mutelist: {Accounts: {}}\n---\nMutelist: {Accounts: {}}\n",
            "a second document, for which Prowler refuses the whole file",
        ),
        (
            "Mutelist:\n  Accounts:\n    x: &x {Checks: {}}\n    y:\n      <<: *x\n",
            ":5:7: merge keys (`<<`) are not read here",
        ),
        (&format!("a: {}", "[".repeat(100)), "too many for a mute list"),
        (&format!("a: {}", "[".repeat(50_000)), "recursion limit exceeded"),
    ] {
        let error = converted(list, Profile::Both).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    let bomb = (1..12).fold("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, number| {
        let before = format!("*a{},", number - 1).repeat(10);
        format!("{text}a{number}: &a{number} [{before}]\n")
    });
    assert!(converted(&bomb, Profile::Both).unwrap_err().to_string().contains("repeat too much"));
    assert_eq!(converted("# nothing", Profile::Both).unwrap_err().to_string(), "mutelist.yaml: nothing stands in it");
}
