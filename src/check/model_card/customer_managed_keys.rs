//! Whether a model card is encrypted with a usable key that the customer manages.

use crate::{
    check::{
        Check, Context, Control, Evaluate, Evidence, Remediation,
        key::{self, Role},
    },
    finding::{Severity, Verdict},
    resource::model_card::ModelCard,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-card-customer-managed-keys",
    version: 1,
    title: "Model cards are encrypted with a customer managed key",
    severity: Severity::Medium,
    rationale: "A model card says what a model is for, what it was trained on, how it was evaluated and where it fails. \
                With a key of your own you decide who can read that, you can see each use in CloudTrail, and you can \
                withdraw access at once.",
    remediation: Remediation {
        summary: "The key of a card cannot be changed: create another card with SecurityConfig.KmsKeyId and the same \
                  content, and delete this one.",
        console: "SageMaker AI > Governance > Model cards > {name} > Actions > Export, then Create model card: choose an \
                  encryption key.",
        cli: "aws sagemaker describe-model-card --region {region} --model-card-name {name} \\\n  \
              --query Content --output text > content.json\n\
              aws sagemaker create-model-card --region {region} --model-card-name … --model-card-status Draft \\\n  \
              --content file://content.json --security-config KmsKeyId=arn:aws:kms:{region}:{account}:key/…\n\
              # when that one is whole:\n\
              aws sagemaker delete-model-card --region {region} --model-card-name {name}",
        python: "client = boto3.client(\"sagemaker\", region_name=\"{region}\")\n\
                 card = client.describe_model_card(ModelCardName=\"{name}\")\n\
                 key = \"arn:aws:kms:{region}:{account}:key/…\"\n\
                 client.create_model_card(ModelCardName=…, ModelCardStatus=\"Draft\", Content=card[\"Content\"],\n    \
                 SecurityConfig={\"KmsKeyId\": key})",
        code: "Type: AWS::SageMaker::ModelCard\nProperties:\n  SecurityConfig:\n    \
               KmsKeyId: arn:aws:kms:{region}:{account}:key/…",
    },
    reads: &["DescribeModelCard.SecurityConfig.KmsKeyId", "DescribeKey.KeyMetadata"],
    control: Control::EncryptionAtRest,
    serves: &[],
    needs: &[Evidence::Keys],
    by_default: true,
    evaluate: Evaluate::ModelCard(evaluate),
};

fn evaluate(card: &ModelCard, context: Context<'_>) -> Verdict {
    let uses = [(Role::Storage, card.key.as_deref())];
    key::all_required(&uses, "the card has a usable customer managed key", context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status};

    #[test]
    fn the_key_is_judged_by_what_it_is() {
        for (key, status) in [
            (Some("customer"), Status::Pass),
            (Some("aws"), Status::Fail),
            (Some("disabled"), Status::Fail),
            (Some("denied"), Status::Unknown),
            (None, Status::Fail),
        ] {
            let card = ModelCard { key: key.map(ToOwned::to_owned) };
            assert_eq!(alone::told(&CHECK, card, alone::with_keys()).0, status, "{key:?}");
        }
    }
}
