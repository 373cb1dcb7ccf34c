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
        summary: setting::ADD_TAGS,
        console: "SageMaker AI > Images > the image > App image configurations shows {name}; tags are added with the CLI or an SDK.",
        cli: setting::ADD_TAGS_CLI,
        python: setting::ADD_TAGS_PYTHON,
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
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_tag_passes_none_fails_and_what_was_refused_is_unknown() {
        alone::tags_decide(&CHECK, |tags_refused| AppImageConfig { tags_refused });
    }
}
