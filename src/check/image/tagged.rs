//! Whether an image can be told apart by its tags.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Framework, Remediation, Requirement, setting},
    finding::{Severity, Verdict},
    resource::image::Image,
};

/// The check.
pub static CHECK: Check = Check {
    id: "image-tagged",
    version: 1,
    title: "Images have the tags that they should have",
    severity: Severity::Low,
    rationale: "An image without tags has no owner who could be asked what runs in it and who updates it, and is out of reach of \
                policies that go by tags.",
    remediation: Remediation {
        summary: setting::ADD_TAGS,
        console: "SageMaker AI > Images > {name} > Tags > Manage tags.",
        cli: setting::ADD_TAGS_CLI,
        python: setting::ADD_TAGS_PYTHON,
        code: "Type: AWS::SageMaker::Image\nProperties:\n  Tags:\n  - Key: owner\n    Value: …",
    },
    reads: &["ListTags.Tags"],
    control: Control::Inventory,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.7")],
    needs: &[Evidence::Tags],
    by_default: true,
    evaluate: Evaluate::Image(evaluate),
};

fn evaluate(image: &Image, context: Context<'_>) -> Verdict {
    setting::tagged(image.tags_refused.as_deref(), context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_tag_passes_none_fails_and_what_was_refused_is_unknown() {
        alone::tags_decide(&CHECK, |tags_refused| Image { tags_refused });
    }
}
