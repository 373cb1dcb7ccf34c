//! Whether a domain can be told apart by its tags.

use crate::{
    check::{Check, Context, Control, Evaluate, Evidence, Remediation, setting},
    finding::{Severity, Verdict},
    resource::domain::Domain,
};

/// The check.
pub static CHECK: Check = Check {
    id: "domain-tagged",
    version: 1,
    title: "Domains have the tags that they should have",
    severity: Severity::Low,
    rationale: "A domain without tags has no owner who could be asked, is in nobody's bill, and is out of reach of \
                policies that go by tags. Where tags are propagated, its apps and spaces have none either.",
    remediation: Remediation {
        summary: setting::ADD_TAGS,
        console: "SageMaker AI > Domains > {name} > Domain settings > Tags > Edit.",
        cli: setting::ADD_TAGS_CLI,
        python: setting::ADD_TAGS_PYTHON,
        code: "Type: AWS::SageMaker::Domain\nProperties:\n  Tags:\n  - Key: owner\n    Value: …",
    },
    reads: &["ListTags.Tags"],
    control: Control::Inventory,
    serves: &[],
    needs: &[Evidence::Tags],
    by_default: true,
    evaluate: Evaluate::Domain(evaluate),
};

fn evaluate(domain: &Domain, context: Context<'_>) -> Verdict {
    setting::tagged(domain.tags_refused.as_deref(), context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn a_tag_passes_none_fails_and_what_was_refused_is_unknown() {
        alone::tags_decide(&CHECK, |tags_refused| Domain { tags_refused, ..Domain::default() });
    }
}
