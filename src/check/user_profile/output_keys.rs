//! Whether what one person of a domain shares and makes is encrypted with usable keys that the customer manages, where the
//! profile overrides what the domain says of it.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, user_settings},
    finding::{Reason, Severity, Verdict},
    resource::user_profile::UserProfile,
};

/// The check.
pub static CHECK: Check = Check {
    id: "user-profile-output-keys",
    version: 1,
    title: "User profiles that override it encrypt shared notebook output and Canvas artifacts with customer managed keys",
    severity: Severity::Medium,
    rationale: "What a profile says of sharing and of Canvas stands instead of what the domain says, so that a domain with good \
                keys does not help where a profile names none: who may read the bucket may then read shared output of \
                notebooks, data sets and models.",
    remediation: Remediation {
        summary: "Set S3KmsKeyId in the SharingSettings and in the WorkspaceSettings of Canvas of the profile, or make the \
                  profile anew without these settings, so that those of the domain hold. The name here is that of the domain \
                  and that of the profile.",
        console: "SageMaker AI > Domains > the domain > User profiles > {name} > Edit: under Notebook sharing and under Canvas > \
                  Storage choose an encryption key.",
        cli: "# {name} is domain/profile\n\
              # where output of notebooks is shared:\n\
              aws sagemaker update-user-profile --region {region} --domain-id \"$(dirname {name})\" \\\n  \
              --user-profile-name \"$(basename {name})\" --user-settings '{\n  \
              \"SharingSettings\": { \"NotebookOutputOption\": \"Allowed\", \"S3OutputPath\": \"s3://…\",\n    \
              \"S3KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\" } }'\n\
              # where Canvas has a workspace:\n\
              aws sagemaker update-user-profile --region {region} --domain-id \"$(dirname {name})\" \\\n  \
              --user-profile-name \"$(basename {name})\" --user-settings '{\n  \
              \"CanvasAppSettings\": { \"WorkspaceSettings\": { \"S3ArtifactPath\": \"s3://…\",\n    \
              \"S3KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\" } } }'",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 domain, profile = \"{name}\".split(\"/\")\n\
                 key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 sharing = {\"NotebookOutputOption\": \"Allowed\", \"S3OutputPath\": \"s3://…\", \"S3KmsKeyId\": key}\n\
                 canvas = {\"WorkspaceSettings\": {\"S3ArtifactPath\": \"s3://…\", \"S3KmsKeyId\": key}}\n\
                 # where output of notebooks is shared, and where Canvas has a workspace:\n\
                 client.update_user_profile(DomainId=domain, UserProfileName=profile,\n    \
                 UserSettings={\"SharingSettings\": sharing})\n\
                 client.update_user_profile(DomainId=domain, UserProfileName=profile,\n    \
                 UserSettings={\"CanvasAppSettings\": canvas})",
        code: "Type: AWS::SageMaker::UserProfile  # Canvas is set with Terraform or the CLI\n\
               Properties:\n  UserSettings:\n    SharingSettings:  # where it is shared\n      \
               NotebookOutputOption: Allowed\n      S3KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeUserProfile.UserSettings.SharingSettings.NotebookOutputOption",
        "DescribeUserProfile.UserSettings.SharingSettings.S3KmsKeyId",
        "DescribeUserProfile.UserSettings.CanvasAppSettings.WorkspaceSettings.S3KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::UserProfile(evaluate),
};

fn evaluate(profile: &UserProfile, context: Context<'_>) -> Verdict {
    let nothing = Reason::new("domain_decides", "the profile leaves sharing and Canvas to its domain");
    user_settings::output_keys(&profile.outputs, nothing, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::alone,
        finding::Status,
        resource::{stored::Stored, user_settings::Outputs},
    };

    #[test]
    fn a_profile_that_overrides_needs_a_key_and_one_that_does_not_is_not_judged() {
        let outputs = |key: Option<&str>| {
            let canvas = Some(Stored { key: key.map(ToOwned::to_owned) });
            UserProfile { outputs: Outputs { sharing: None, canvas } }
        };
        let told = |profile| alone::told(&CHECK, profile, alone::with_keys());
        assert_eq!(told(UserProfile::default()), (Status::NotApplicable, "domain_decides".to_owned()));
        assert_eq!(told(outputs(None)), (Status::Fail, "canvas_key_absent".to_owned()));
        assert_eq!(told(outputs(Some("customer"))).0, Status::Pass);
    }
}
