//! Whether the output of human review is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::flow_definition::FlowDefinition,
};

/// The check.
pub static CHECK: Check = Check {
    id: "flow-definition-customer-managed-keys",
    version: 1,
    title: "Flow definitions encrypt the output of human review with a customer managed key",
    severity: Severity::Medium,
    rationale: "With a key of your own you decide who can read what people were shown and what they answered, you can \
                see each use in CloudTrail, and you can withdraw access at once. Review gets what a model was least \
                sure of, which is often what is most personal.",
    remediation: Remediation {
        summary: "A flow definition cannot be changed: create another one with OutputConfig.KmsKeyId, a customer \
                  managed key that its role may use, start human loops with it, and delete {name}.",
        console: "SageMaker AI > Augmented AI > Human review workflows > Create human review workflow: choose an \
                  encryption key for the output; then start human loops with it, and delete {name}.",
        cli: "aws sagemaker describe-flow-definition --region {region} --flow-definition-name {name} |\n  \
              jq '{ HumanLoopRequestSource, HumanLoopActivationConfig, HumanLoopConfig, OutputConfig, RoleArn } | \
              del(.. | nulls) |\n    \
              .OutputConfig.KmsKeyId = \"arn:aws:kms:{region}:{account}:key/…\"' > flow.json\n\
              aws sagemaker create-flow-definition --region {region} --flow-definition-name … --cli-input-json \
              file://flow.json\n\
              # when human loops start with it:\n\
              aws sagemaker delete-flow-definition --region {region} --flow-definition-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.create_flow_definition(…, OutputConfig={\"S3OutputPath\": \"s3://…\", \"KmsKeyId\": \
                 \"arn:aws:kms:{region}:{account}:key/…\"})",
        code: "resource \"aws_sagemaker_flow_definition\" \"…\" {\n  \
               output_config {\n    \
               s3_output_path = \"s3://…\"\n    \
               kms_key_id     = \"arn:aws:kms:{region}:{account}:key/…\"\n  \
               }\n\
               }",
    },
    reads: &["DescribeFlowDefinition.OutputConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::FlowDefinition(evaluate),
};

fn evaluate(flow: &FlowDefinition, context: Context<'_>) -> Verdict {
    let keys = [(Role::Output, flow.output_key.as_deref())];
    key::all_required(&keys, "the output has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status, code) in [
            (None, Status::Fail, "output_key_absent"),
            (Some(""), Status::Fail, "output_key_absent"),
            (Some("customer"), Status::Pass, "customer_managed_keys"),
            (Some("aws"), Status::Fail, "output_key_aws_managed"),
            (Some("disabled"), Status::Fail, "output_key_unusable"),
            (Some("missing"), Status::Fail, "output_key_not_found"),
            (Some("denied"), Status::Unknown, "output_key_unreadable"),
            (Some("outside"), Status::Pass, "customer_managed_keys,key_outside_organization"),
        ] {
            let facts = FlowDefinition { output_key: key.map(ToOwned::to_owned) };
            let told = alone::told(&CHECK, facts, alone::with_keys());
            assert_eq!(told, (status, code.to_owned()), "{key:?}");
        }
    }
}
