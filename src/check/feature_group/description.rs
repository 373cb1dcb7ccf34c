//! Whether a feature group says what it is for.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, setting},
    finding::{Severity, Verdict},
    resource::feature_group::FeatureGroup,
};

/// The check.
pub static CHECK: Check = Check {
    id: "feature-group-description",
    version: 1,
    title: "Feature groups have a description",
    severity: Severity::Low,
    rationale: "Features are meant to be used again by others. Without a description nobody can tell what data is in them, whom \
                it is about and what it may be used for.",
    remediation: Remediation {
        summary: "The description is given when a feature group is created, and cannot be changed: create another one with \
                  Description, write the records to it, and delete this one; until then write it down in its metadata.",
        console: "SageMaker AI > Studio > Data > Feature Store > Create feature group > Description. When the records have moved, \
                  {name} > Delete.",
        cli: "aws sagemaker describe-feature-group --region {region} --feature-group-name {name} > group.json\n\
              # make create-feature-group's input of it, with another name, and run:\n\
              aws sagemaker create-feature-group --region {region} --cli-input-json file://group-input.json \\\n  \
              --description \"…\"",
        python: "group = FeatureGroup(name=…, sagemaker_session=…)\ngroup.create(…, description=\"…\")",
        code: "Type: AWS::SageMaker::FeatureGroup\nProperties:\n  Description: …  # a change replaces the feature group",
    },
    reads: &["DescribeFeatureGroup.Description"],
    control: Control::Inventory,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::FeatureGroup(evaluate),
};

fn evaluate(group: &FeatureGroup, _context: Context<'_>) -> Verdict {
    let (on, off) = (("described", "it has a description"), ("description_absent", "it has no description"));
    setting::required(group.described, on, off, "Description")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn a_description_passes_and_its_absence_fails() {
        for (described, status) in [(true, Status::Pass), (false, Status::Fail)] {
            let group = FeatureGroup { described, ..FeatureGroup::default() };
            assert_eq!(alone::told(&CHECK, group, alone::context()).0, status);
        }
    }
}
