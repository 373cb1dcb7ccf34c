//! What can be typed after `checks` and `explain`.

use std::str::FromStr;

use clap::Args;

use super::FormatArg;
use crate::{
    check::{Check, Framework, profile::Profile, selection},
    finding::Severity,
    resource::ResourceType,
};

pub(super) fn notes() -> String {
    let names = Framework::ALL.map(|framework| format!("  {:<21} {}", framework.slug(), framework.title()));
    format!(
        "Frameworks:\n{}\n\nExamples:\n  sagesweep checks --severity high\n  sagesweep checks '*-vpc' --framework pci-dss\n  \
         sagesweep checks --type notebook-instance --format json\n  sagesweep checks --compatibility --format json \\\n    > compatibility.json",
        names.join("\n")
    )
}

pub(super) const EXPLAIN_EXAMPLES: &str = "Examples:
  sagesweep explain training-job-vpc
  sagesweep explain training-job-vpc \\
    --resource arn:aws:sagemaker:eu-central-1:111111111111:training-job/nightly";

/// Arguments of `checks`.
#[derive(Debug, Args)]
pub struct ChecksArgs {
    /// Only these: ids, or patterns such as `training-job-*`.
    #[arg(value_name = "GLOB")]
    pub patterns: Vec<selection::Pattern>,
    /// Only those of this severity or a higher one.
    #[arg(long, value_name = "SEVERITY", value_enum)]
    pub severity: Option<Severity>,
    /// Only those that serve one of these frameworks, by the names below.
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    pub framework: Vec<Framework>,
    /// Only those of these resource types, such as `training-job`.
    #[arg(long = "type", value_name = "TYPE,…", value_delimiter = ',')]
    pub resource_types: Vec<ResourceType>,
    /// Whose checks: ours, those of Prowler 5.46, or both.
    #[arg(long, value_name = "PROFILE", value_enum, default_value_t)]
    pub profile: Profile,
    /// Instead, the checks of Prowler, Security Hub and AWS Config with what stands for each here.
    #[arg(long, conflicts_with_all = ["patterns", "severity", "framework", "resource_types", "profile"])]
    pub compatibility: bool,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The id of the check.
    #[arg(value_name = "ID", value_parser = selection::check)]
    pub check: &'static Check,
    /// The resource whose names are filled into what mends it, in text.
    #[arg(long, value_name = "ARN")]
    pub resource: Option<ResourceArn>,
    /// The form of the answer.
    #[command(flatten)]
    pub form: FormatArg,
}

/// The ARN of a resource of SageMaker or of a KMS key, of characters that a shell leaves alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceArn {
    /// The whole of it.
    pub arn: String,
    /// Its region.
    pub region: String,
    /// Its account.
    pub account: String,
    /// Its type, `kms-key` for a key, else as ARNs call it.
    pub resource_type: String,
    /// Its name.
    pub name: String,
}

impl ResourceArn {
    /// Whether it is the ARN of a resource of this type. ARNs call the types as identifiers of checks do, but for hyphens.
    pub fn is_of(&self, resource_type: ResourceType) -> bool {
        self.resource_type.replace('-', "") == resource_type.slug().replace('-', "")
    }
}

impl FromStr for ResourceArn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_harmless = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./:+=@".contains(&byte));
        match text.splitn(6, ':').collect::<Vec<_>>().as_slice() {
            ["arn", _partition, service @ ("sagemaker" | "kms"), region, account, resource] if is_harmless => {
                let (called, name) = resource.split_once('/').unwrap_or((*resource, *resource));
                let resource_type = if *service == "kms" { format!("kms-{called}") } else { called.to_owned() };
                let (region, account, name) = ((*region).to_owned(), (*account).to_owned(), name.to_owned());
                Ok(Self { arn: text.to_owned(), region, account, resource_type, name })
            }
            _ => Err("not the ARN of a resource of SageMaker or of a KMS key, such as arn:aws:sagemaker:eu-central-1:111111111111:training-job/nightly".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_the_names_of_its_resource_and_nothing_that_a_shell_obeys() {
        let arn = "arn:aws:sagemaker:eu-central-1:111111111111:training-job/nightly-1".parse::<ResourceArn>().unwrap();
        assert_eq!((&*arn.region, &*arn.account, &*arn.name), ("eu-central-1", "111111111111", "nightly-1"));
        for wrong in ["nightly", "arn:aws:s3:::bucket", "arn:aws:sagemaker:x:1:training-job/$(reboot)"] {
            assert!(wrong.parse::<ResourceArn>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_arn_tells_the_type_of_its_resource() {
        for (arn, of, not_of) in [
            ("arn:aws:sagemaker:x:1:training-job/a", ResourceType::TrainingJob, ResourceType::Model),
            ("arn:aws:sagemaker:x:1:automl-job/a", ResourceType::AutoMlJob, ResourceType::TrainingJob),
            ("arn:aws:sagemaker:x:1:model-package/a/1", ResourceType::ModelPackage, ResourceType::Model),
            ("arn:aws:sagemaker:x:1:account-region", ResourceType::AccountRegion, ResourceType::Model),
            ("arn:aws:kms:x:1:key/1234abcd", ResourceType::KmsKey, ResourceType::Model),
        ] {
            let parsed = arn.parse::<ResourceArn>().unwrap();
            assert!(parsed.is_of(of) && !parsed.is_of(not_of), "{arn}");
        }
        assert!(!"arn:aws:kms:x:1:alias/key".parse::<ResourceArn>().unwrap().is_of(ResourceType::KmsKey));
    }
}
