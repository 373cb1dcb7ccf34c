//! The texts of the catalogue on what mends a FAIL, with the values of a resource filled in.

use super::{
    key::{Choice, Named},
    recorded::{Found, Recorded},
};
use crate::{
    check::{Check, Remediation, selection},
    cli::ResourceArn,
};

/// What mends a FAIL of a check, in the ways of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The check.
    pub check_id: &'static str,
    /// What to do, in a sentence or two.
    pub summary: String,
    /// In the AWS console.
    pub console: String,
    /// With the AWS CLI.
    pub cli: String,
    /// With the AWS SDK for Python.
    pub python: String,
    /// As infrastructure as code.
    pub code: String,
    /// Whether the names of the resource are filled in: not those with letters that a shell would obey.
    pub is_filled: bool,
}

/// For each check of the findings that this version knows, once.
pub fn of(resource: &Recorded, findings: &[Found], key: Option<&Choice>) -> Vec<Way> {
    let mut checks = findings.iter().filter_map(|found| selection::check(&found.check_id).ok()).collect::<Vec<_>>();
    checks.dedup_by_key(|check| check.id);
    let misses_volume = |check: &Check| {
        let mut of_check = findings.iter().filter(|found| found.check_id == check.id);
        of_check.any(|found| found.reason_code.split(',').any(|code| code.starts_with("volume_key")))
    };
    let ways = checks.into_iter().map(|check| {
        let mut way = way(check, resource, key);
        if !misses_volume(check) {
            way.cli = without_volume(&way.cli);
        }
        way
    });
    ways.collect()
}

/// Without the step that sets the key of volumes, of commands that set others as well: a job that misses no such key may
/// have local storage, for which none can be set.
fn without_volume(cli: &str) -> String {
    cli.split_inclusive('\n').filter(|line| !line.trim_end().ends_with(".VolumeKmsKeyId = $key |")).collect()
}

fn way(check: &'static Check, resource: &Recorded, key: Option<&Choice>) -> Way {
    let arn = resource.arn.parse::<ResourceArn>().ok();
    let key = key.filter(|key| key.named != Named::Nowhere);
    let filled = |text: &str| {
        let Some(ResourceArn { arn, region, account, name, resource_type: _ }) = &arn else { return text.to_owned() };
        let text = match key {
            Some(key) => text.replace("arn:aws:kms:{region}:{account}:key/…", &key.arn),
            None => text.to_owned(),
        };
        let text = Remediation::filled(&text, name, arn, region, account);
        match resource.partition.as_str() {
            "aws" => text,
            partition => text.replace("arn:aws:", &format!("arn:{partition}:")),
        }
    };
    let Remediation { summary, console, cli, python, code } = check.remediation;
    Way {
        check_id: check.id,
        summary: filled(summary),
        console: filled(console),
        cli: filled(cli),
        python: filled(python),
        code: filled(code),
        is_filled: arn.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::CHECKS,
        remediate::{key::KeyArn, samples},
    };

    #[test]
    fn every_check_is_filled_in_and_its_key_named() {
        let key: KeyArn = "arn:aws-cn:kms:cn-north-1:111111111111:key/1234abcd".parse().unwrap();
        let key = Choice { arn: key.arn, account: Some(key.account), named: Named::Here };
        for check in CHECKS {
            let mut resource = samples::recorded();
            let slug = check.resource_type().slug();
            resource.arn = format!("arn:aws-cn:sagemaker:cn-north-1:111111111111:{slug}/mine");
            resource.partition = "aws-cn".to_owned();
            let way = way(check, &resource, Some(&key));
            for text in [&way.summary, &way.console, &way.cli, &way.python, &way.code] {
                assert!(
                    !["{name}", "{arn}", "{region}", "{account}", ":key/…", "arn:aws:"]
                        .iter()
                        .any(|left| text.contains(left)),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_volume_key_is_set_where_it_is_missed() {
        for check_id in ["processing-job-customer-managed-keys", "transform-job-customer-managed-keys"] {
            let cli = |reason_code: &str| {
                let found = Found { check_id: check_id.to_owned(), ..samples::found(reason_code) };
                of(&samples::recorded(), &[found], None).remove(0).cli
            };
            assert!(cli("output_key_absent,volume_key_absent").contains("VolumeKmsKeyId = $key"), "{check_id}");
            let without = cli("output_key_absent");
            assert!(!without.contains("VolumeKmsKeyId") && without.contains(".KmsKeyId = $key"), "{without}");
        }
    }

    #[test]
    fn a_name_that_a_shell_would_obey_is_filled_in_nowhere() {
        let mut resource = samples::recorded();
        resource.arn = "arn:aws:sagemaker:eu-west-1:111111111111:training-job/$(reboot)".to_owned();
        let ways = of(&resource, &[samples::found("volume_key_absent")], None);
        assert!(!ways[0].is_filled && !format!("{ways:?}").contains("reboot"));
    }
}
