//! Whether a feature group can be told apart by its tags.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, setting},
    finding::{Severity, Verdict},
    resource::feature_group::FeatureGroup,
};

/// The check.
pub static CHECK: Check = Check {
    id: "feature-group-tagged",
    version: 1,
    title: "Feature groups have the tags that they should have",
    severity: Severity::Low,
    rationale: "A feature group without tags has no owner who could be asked about its data, is in nobody's bill, and is out \
                of reach of policies that go by tags.",
    remediation: Remediation {
        summary: setting::ADD_TAGS,
        console: "SageMaker AI > Studio > Data > Feature Store > {name} > Tags > Add.",
        cli: setting::ADD_TAGS_CLI,
        python: setting::ADD_TAGS_PYTHON,
        code: "Type: AWS::SageMaker::FeatureGroup\nProperties:\n  Tags:\n  - Key: owner\n    Value: …",
    },
    reads: &["ListTags.Tags"],
    control: Control::Inventory,
    serves: &[],
    needs: &[Evidence::Tags],
    by_default: true,
    evaluate: Evaluate::FeatureGroup(evaluate),
};

fn evaluate(group: &FeatureGroup, context: Context<'_>) -> Verdict {
    setting::tagged(group.tags_refused.as_deref(), context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_tag_passes_none_fails_and_what_was_refused_is_unknown() {
        alone::tags_decide(&CHECK, |tags_refused| FeatureGroup { tags_refused, ..FeatureGroup::default() });
    }
}
