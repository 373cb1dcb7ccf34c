//! Whether what the people of a domain share and make is encrypted with usable keys that the customer manages: output of
//! notebooks where sharing it is allowed, and artifacts of Canvas where a workspace is configured.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, user_settings},
    finding::{Reason, Severity, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-output-keys",
    version: 1,
    title: "Domains encrypt shared notebook output and Canvas artifacts with customer managed keys",
    severity: Severity::Medium,
    rationale: "Shared output of notebooks shows the data that people looked at, and Canvas keeps data sets and models in S3. \
                Without a key of your own, who may read the bucket may read it all; with one you decide, you can see each use \
                in CloudTrail, and you can withdraw access at once.",
    remediation: Remediation {
        summary: "Set S3KmsKeyId in the SharingSettings of the default user settings, or NotebookOutputOption to Disabled, and \
                  S3KmsKeyId in the WorkspaceSettings of Canvas. What was written before keeps its key.",
        console: "SageMaker AI > Domains > {name} > Domain settings > Edit: under Notebook sharing and under Canvas > Storage \
                  choose an encryption key.",
        cli: "# where output of notebooks is shared:\n\
              aws sagemaker update-domain --region {region} --domain-id {name} --default-user-settings '{\n  \
              \"SharingSettings\": { \"NotebookOutputOption\": \"Allowed\", \"S3OutputPath\": \"s3://…\",\n    \
              \"S3KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\" } }'\n\
              # where Canvas has a workspace:\n\
              aws sagemaker update-domain --region {region} --domain-id {name} --default-user-settings '{\n  \
              \"CanvasAppSettings\": { \"WorkspaceSettings\": { \"S3ArtifactPath\": \"s3://…\",\n    \
              \"S3KmsKeyId\": \"arn:aws:kms:{region}:{account}:key/…\" } } }'",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 sharing = {\"NotebookOutputOption\": \"Allowed\", \"S3OutputPath\": \"s3://…\", \"S3KmsKeyId\": key}\n\
                 canvas = {\"WorkspaceSettings\": {\"S3ArtifactPath\": \"s3://…\", \"S3KmsKeyId\": key}}\n\
                 # where output of notebooks is shared, and where Canvas has a workspace:\n\
                 client.update_domain(DomainId=\"{name}\", DefaultUserSettings={\"SharingSettings\": sharing})\n\
                 client.update_domain(DomainId=\"{name}\", DefaultUserSettings={\"CanvasAppSettings\": canvas})",
        code: "Type: AWS::SageMaker::Domain  # Canvas is set with Terraform or the CLI\n\
               Properties:\n  DefaultUserSettings:\n    SharingSettings:  # where it is shared\n      \
               NotebookOutputOption: Allowed\n      S3KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &[
        "DescribeDomain.DefaultUserSettings.SharingSettings.NotebookOutputOption",
        "DescribeDomain.DefaultUserSettings.SharingSettings.S3KmsKeyId",
        "DescribeDomain.DefaultUserSettings.CanvasAppSettings.WorkspaceSettings.S3KmsKeyId",
        "DescribeKey.KeyMetadata",
    ],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, context: Context<'_>) -> Verdict {
    let nothing =
        Reason::new("nothing_written", "output of notebooks is not shared, and no workspace of Canvas is configured");
    user_settings::output_keys(&domain.outputs, nothing, context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::alone,
        finding::Status,
        resource::user_settings::{Outputs, Sharing},
    };

    #[test]
    fn a_domain_that_shares_needs_a_key_and_one_that_writes_nothing_does_not() {
        let sharing = Some(Sharing { option: Some("Allowed".to_owned()), key: None });
        let domain = Domain { outputs: Outputs { sharing, canvas: None }, ..Domain::default() };
        let told = alone::told(&CHECK, domain, alone::with_keys());
        assert_eq!(told, (Status::Fail, "notebook_output_key_absent".to_owned()));
        let told = alone::told(&CHECK, Domain::default(), alone::with_keys());
        assert_eq!(told, (Status::NotApplicable, "nothing_written".to_owned()));
    }
}
