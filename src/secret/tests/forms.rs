//! Each rule sees its secret, wherever it stands, and not what only looks a little like it.

use std::collections::BTreeSet;

use super::{lines_of, rules_of, samples::samples};
use crate::secret::{Place, in_values, rules};

#[test]
fn every_rule_has_a_sample() {
    let sampled: BTreeSet<&str> = samples(1).iter().map(|sample| sample.rule).collect();
    assert_eq!(sampled, rules().map(|rule| rule.id.as_str()).collect::<BTreeSet<_>>());
}

#[test]
fn every_rule_sees_its_secret_and_not_its_near_miss() {
    for sample in (0..20).flat_map(samples) {
        assert_eq!(rules_of(sample.name, &sample.value), [sample.rule], "{sample:?}");
        assert_eq!(rules_of(sample.name, &sample.near), [""; 0], "{sample:?}");
    }
}

#[test]
fn a_hyperparameter_may_be_json() {
    for sample in samples(2) {
        let text = serde_json::to_string(&sample.value).unwrap();
        assert_eq!(rules_of(sample.name, &text), [sample.rule], "{sample:?}");
        let nested = serde_json::json!({ "epochs": 3, sample.name: sample.value }).to_string();
        assert_eq!(rules_of("config", &nested), [sample.rule], "{nested}");
        let twice = serde_json::to_string(&nested).unwrap();
        assert_eq!(rules_of("config", &twice), [sample.rule], "{twice}");
    }
}

#[test]
fn a_script_tells_the_line() {
    for sample in samples(3) {
        let script = format!("#!/bin/bash\r\nset -e\r\nexport {}='{}'\necho done\n", sample.name, sample.value);
        assert_eq!(lines_of(&script), [(3, sample.rule)], "{script}");
    }
}

#[test]
fn each_secret_of_a_script_is_seen_on_its_line() {
    let samples = samples(4);
    let (key, token) = (samples.iter().find(|sample| sample.rule == "private-key"), samples.first());
    let (key, token) = (&key.unwrap().value, &token.unwrap().value);
    let script = format!("cat > k <<'EOF'\n{key}EOF\nexport A={token}\n# export B=\nexport DB_PASSWORD=hunter2\n");
    let lines = lines_of(&script);
    assert_eq!(lines, [(2, "private-key"), (6, "aws-access-key-id"), (8, "password-named")], "{script}");
}

#[test]
fn examples_of_the_documentation_are_no_secrets() {
    assert_eq!(rules_of("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), [""; 0]);
    assert_eq!(rules_of("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), [""; 0]);
    assert_eq!(rules_of("GITHUB_TOKEN", &format!("ghp_{}", "x".repeat(36))), [""; 0]);
}

#[test]
fn what_has_its_place_in_a_job_is_no_secret() {
    let hex = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    for (name, value) in [
        ("sagemaker_submit_directory", "s3://sagemaker-eu-west-1-111122223333/job-2026/source/sourcedir.tar.gz"),
        ("image", &format!("111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/train@sha256:{hex}")),
        ("git_sha", &hex[..40]),
        ("run_id", "2f1c8a34-5b7d-4e6f-8a9b-0c1d2e3f4a5b"),
        ("mlflow_run_id", &hex[..32]),
        ("kms_key", "arn:aws:kms:eu-west-1:111122223333:key/2f1c8a34-5b7d-4e6f-8a9b-0c1d2e3f4a5b"),
        ("layers", r#"[{"type": "dense", "units": 128}, {"type": "dropout", "rate": 0.5}]"#),
        ("pad_token", "<|reserved_special_token_250|>"),
        ("signed", "https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAABCDEFGHIJKLMNOP%2F20260101%2Fus-east-1"),
    ] {
        assert_eq!(rules_of(name, value), [""; 0], "{name}");
    }
}

#[test]
fn a_name_that_holds_a_secret_is_withheld() {
    for sample in samples(5).into_iter().filter(|sample| sample.name == "SETTING") {
        let [sighting] = &in_values(Place::Hyperparameter, [(sample.value.as_str(), "1")])[..] else {
            panic!("{sample:?}");
        };
        assert_eq!(
            sighting.to_string(),
            format!("{} in hyperparameter (withheld: the name holds a secret)", sample.rule)
        );
    }
    let sightings = in_values(Place::Variable, [("password hunter2", "hunter2"), ("api_token=a1b2c3d4e5f6", "x")]);
    assert!(sightings.iter().all(|sighting| sighting.to_string().contains("withheld")), "{sightings:?}");
    assert_eq!(sightings.len(), 2);
}
