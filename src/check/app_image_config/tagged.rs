//! Whether the configuration of an image can be told apart by its tags.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement, setting},
    finding::{Severity, Verdict},
    resource::app_image_config::AppImageConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "app-image-config-tagged",
    version: 1,
    title: "Configurations of images have the tags that they should have",
    severity: Severity::Low,
    rationale: "A configuration without tags has no owner who could be asked which image it belongs to, and is out of reach of \
                policies that go by tags.",
    remediation: Remediation {
        summary: "Add tags, of which those count that are not AWS's own. Which have to be there is configured as \
                  required_tag_keys in [parameters]; where none are, any tag will do.",
        console: "SageMaker AI > Images > the image > App image configurations shows {name}; tags are added with the CLI or an SDK.",
        cli: "aws sagemaker add-tags --region {region} --resource-arn {arn} --tags Key=owner,Value=…",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 client.add_tags(ResourceArn=\"{arn}\", Tags=[{\"Key\": \"owner\", \"Value\": \"…\"}])",
        code: "Type: AWS::SageMaker::AppImageConfig\nProperties:\n  Tags:\n  - Key: owner\n    Value: …",
    },
    reads: &["ListTags.Tags"],
    control: Control::Inventory,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.6")],
    needs: &[Evidence::Tags],
    by_default: true,
    evaluate: Evaluate::AppImageConfig(evaluate),
};

fn evaluate(config: &AppImageConfig, context: Context<'_>) -> Verdict {
    setting::tagged(config.tags_refused.as_deref(), context)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn a_tag_passes_none_fails_and_what_was_refused_is_unknown() {
        let tags = BTreeMap::from([("owner".to_owned(), "ml".to_owned())]);
        let tagged = Context { tags: &tags, ..alone::context() };
        assert_eq!(alone::told(&CHECK, AppImageConfig::default(), tagged).0, Status::Pass);
        assert_eq!(alone::told(&CHECK, AppImageConfig::default(), alone::context()).0, Status::Fail);
        let refused = AppImageConfig { tags_refused: Some("sagemaker:ListTags: AccessDeniedException".to_owned()) };
        assert_eq!(alone::told(&CHECK, refused, alone::context()).0, Status::Unknown);
    }
}
