//! Whether the transform job that validates a model package stores with usable keys that the customer manages.

use serde_json::json;

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, KeyVerdict, Role, judge},
        storage,
    },
    finding::{Severity, Status, Verdict},
    resource::model_package::ModelPackage,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-package-validation-keys",
    version: 1,
    title: "Validations of model packages encrypt volumes and output with customer managed keys",
    severity: Severity::Low,
    rationale: "Validation runs the model on sample requests; these and its answers lie on the volume and in the output of \
                a transform job. With keys of your own you decide who can read them, and you can see each use in CloudTrail.",
    remediation: Remediation {
        summary: "The validation of a package cannot be changed: create the package again with TransformOutput.KmsKeyId and \
                  TransformResources.VolumeKmsKeyId (not on instance types with local NVMe storage) in each validation \
                  profile.",
        console: "SageMaker AI > Inference > Model packages > Create model package > Validation and scanning: choose an \
                  encryption key for the volume and for the output.",
        cli: "aws sagemaker describe-model-package --region {region} --model-package-name {arn} > package.json\n\
              # make create-model-package's input of it, with TransformOutput.KmsKeyId and TransformResources.VolumeKmsKeyId\n\
              # of each of ValidationSpecification.ValidationProfiles set to arn:aws:kms:{region}:{account}:key/…, and run:\n\
              aws sagemaker create-model-package --region {region} --cli-input-json file://package-input.json",
        python: "key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 for profile in validation[\"ValidationProfiles\"]:\n    \
                 profile[\"TransformJobDefinition\"][\"TransformOutput\"][\"KmsKeyId\"] = key\n    \
                 profile[\"TransformJobDefinition\"][\"TransformResources\"][\"VolumeKmsKeyId\"] = key\n\
                 client.create_model_package(…, ValidationSpecification=validation)",
        code: "Type: AWS::SageMaker::ModelPackage\nProperties:\n  ValidationSpecification:\n    ValidationProfiles:\n      \
               - TransformJobDefinition:\n          \
               TransformOutput: { KmsKeyId: arn:aws:kms:{region}:{account}:key/… }\n          \
               TransformResources: { VolumeKmsKeyId: arn:aws:kms:{region}:{account}:key/… }",
    },
    reads: &[
        "DescribeModelPackage.ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformOutput.KmsKeyId",
        "DescribeModelPackage.ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformResources.VolumeKmsKeyId",
        "DescribeModelPackage.ValidationSpecification.ValidationProfiles[].TransformJobDefinition.TransformResources.InstanceType",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::ModelPackage(evaluate),
};

fn evaluate(package: &ModelPackage, context: Context<'_>) -> Verdict {
    let profiles = &package.validation_profiles;
    if profiles.is_empty() {
        let text = "the package has no validation profile, so nothing is stored to validate it";
        return Verdict::new(Status::NotApplicable, "validation_absent", text);
    }
    let keys = profiles.iter().flat_map(|profile| -> [KeyVerdict; 2] {
        let volume = storage::volume(profile.volume_key.as_deref(), profile.instance_type.as_slice(), context);
        [volume, judge(Role::Output, profile.output_key.as_deref(), context)]
    });
    key::combine(keys, "volumes and output of the validation have usable customer managed keys").with_evidence(|| {
        let uses = profiles.iter().flat_map(|profile| {
            [(Role::Volume, profile.volume_key.as_deref()), (Role::Output, profile.output_key.as_deref())]
        });
        key::evidence_with(uses, ("validation_profiles", json!(profiles)), context)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, resource::model_package::ValidationProfile};

    fn told(profiles: &[(&str, Option<&str>, Option<&str>)]) -> (Status, String) {
        let profile =
            |(instance_type, volume_key, output_key): &(&str, Option<&str>, Option<&str>)| ValidationProfile {
                name: Some("samples".to_owned()),
                instance_type: Some((*instance_type).to_owned()),
                volume_key: volume_key.map(ToOwned::to_owned),
                output_key: output_key.map(ToOwned::to_owned),
            };
        let validation_profiles = profiles.iter().map(profile).collect();
        alone::told(&CHECK, ModelPackage { validation_profiles, ..ModelPackage::default() }, alone::with_keys())
    }

    type Row<'a> = (&'a [(&'a str, Option<&'a str>, Option<&'a str>)], Status, &'a str);

    #[test]
    fn volume_and_output_of_each_profile_need_keys_where_they_can_have_one() {
        let well = ("ml.m5.large", Some("customer"), Some("customer"));
        let rows: [Row<'_>; 7] = [
            (&[], Status::NotApplicable, "validation_absent"),
            (&[well], Status::Pass, "customer_managed_keys"),
            (&[("ml.m5.large", None, Some("customer"))], Status::Fail, "volume_key_absent"),
            (&[("ml.m5.large", Some("customer"), None)], Status::Fail, "output_key_absent"),
            (&[("ml.g5.xlarge", None, Some("customer"))], Status::Pass, "volume_on_local_storage"),
            (&[("ml.zz9.large", None, Some("customer"))], Status::Unknown, "instance_storage_unknown"),
            (&[well, ("ml.m5.large", Some("aws"), Some("customer"))], Status::Fail, "volume_key_aws_managed"),
        ];
        for (profiles, status, code) in rows {
            assert_eq!(told(profiles), (status, code.to_owned()), "{profiles:?}");
        }
    }
}
