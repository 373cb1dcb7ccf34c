//! Model packages, versioned and unversioned. What can be changed later, such as the approval, is no fact of theirs, so
//! that one that was made stays as it was.

use aws_sdk_sagemaker::{
    operation::describe_model_package::DescribeModelPackageOutput,
    types::{
        ModelPackageStatus, ModelPackageSummary, ModelPackageType, ModelPackageValidationProfile,
        ModelPackageValidationSpecification, TransformInstanceType,
    },
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{Described, Line, Listed, Page},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a model package.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelPackage {
    /// `SecurityConfig.KmsKeyId`.
    pub key: Option<String>,
    /// `ValidationSpecification.ValidationProfiles`.
    pub validation_profiles: Vec<ValidationProfile>,
}

/// The transform job by which a model package is validated. Values of its environment are never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ValidationProfile {
    /// `ProfileName`.
    pub name: Option<String>,
    /// `TransformJobDefinition.TransformOutput.KmsKeyId`.
    pub output_key: Option<String>,
    /// `TransformJobDefinition.TransformResources.VolumeKmsKeyId`.
    pub volume_key: Option<String>,
    /// `TransformJobDefinition.TransformResources.InstanceType`.
    pub instance_type: Option<String>,
}

impl Kind for ModelPackage {
    const NAME: &'static str = "AWS::SageMaker::ModelPackage";
    const SLUG: &'static str = "model-package";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    // `UpdateModelPackage` takes neither keys nor validation.
    const SETTLED: Settled = Settled::In(&["Completed", "Failed"]);

    fn keys(&self) -> Vec<&str> {
        let profiles = self.validation_profiles.iter().flat_map(|profile| [&profile.output_key, &profile.volume_key]);
        profiles.chain([&self.key]).flatten().map(String::as_str).collect()
    }
}

impl Listed for ModelPackage {
    const LIST: &'static str = "sagemaker:ListModelPackages";
    const DESCRIBE: &'static str = "sagemaker:DescribeModelPackage";

    async fn page(gate: &Gate, token: Option<String>) -> Result<Page, Refusal> {
        let client = gate.sagemaker();
        // Unasked, it lists those alone that are in no group.
        let all = || client.list_model_packages().model_package_type(ModelPackageType::Both).max_results(100);
        let answer = gate.call(Self::LIST, || all().set_next_token(token.clone()).send()).await?;
        let lines = answer.model_package_summary_list.as_deref();
        Page::new(lines, answer.next_token(), line).ok_or_else(|| Refusal::lacks(Self::LIST, "ModelPackageSummaryList"))
    }

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        // A versioned one has no name that it could be asked by.
        let send = || client.describe_model_package().model_package_name(&line.arn).send();
        let package = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(package.model_package_status().map(ModelPackageStatus::as_str)),
            ..Described::new(facts(&package))
        })
    }
}

fn line(package: &ModelPackageSummary) -> Option<Line> {
    let version = said(package.model_package_group_name()).zip(package.model_package_version());
    let name = version.map(|(group, version)| format!("{group}/{version}"));
    Some(Line {
        created_at: moment(package.creation_time()),
        state: said(package.model_package_status().map(ModelPackageStatus::as_str)),
        ..Line::named(name.as_deref().or(package.model_package_name()), package.model_package_arn())?
    })
}

fn facts(package: &DescribeModelPackageOutput) -> ModelPackage {
    let profiles = package.validation_specification().map(ModelPackageValidationSpecification::validation_profiles);
    ModelPackage {
        key: said(package.security_config().and_then(|config| config.kms_key_id())),
        validation_profiles: profiles.unwrap_or_default().iter().map(profile).collect(),
    }
}

fn profile(profile: &ModelPackageValidationProfile) -> ValidationProfile {
    let job = profile.transform_job_definition();
    let resources = job.and_then(|job| job.transform_resources());
    ValidationProfile {
        name: said(profile.profile_name()),
        output_key: said(job.and_then(|job| job.transform_output()).and_then(|output| output.kms_key_id())),
        volume_key: said(resources.and_then(|resources| resources.volume_kms_key_id())),
        instance_type: said(
            resources.and_then(|resources| resources.instance_type()).map(TransformInstanceType::as_str),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_versioned_package_is_named_by_its_group_and_version_and_an_unversioned_one_by_its_name() {
        let arn = "arn:aws:sagemaker:eu-west-1:111111111111:model-package/churn/7";
        let summary = || ModelPackageSummary::builder().creation_time(aws_smithy_types::DateTime::from_secs(1));
        let versioned = summary().model_package_group_name("churn").model_package_version(7).model_package_arn(arn);
        let versioned = line(&versioned.build()).unwrap();
        assert_eq!((versioned.name.as_str(), versioned.arn.as_str()), ("churn/7", arn));
        let unversioned = line(&summary().model_package_name("plain").build()).unwrap();
        assert_eq!((unversioned.name.as_str(), unversioned.arn.as_str()), ("plain", ""));
        assert_eq!(line(&summary().build()), None);
    }
}
