//! Whether secrets stand where everybody who may describe the model can read them.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, secret},
    finding::{Severity, Verdict},
    resource::model::Model,
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-secrets",
    version: 1,
    title: "Models carry no secrets in the environments of their containers",
    severity: Severity::Critical,
    rationale: "Whoever may describe models can read the environments of their containers, and each endpoint that a \
                model is deployed to has them too.",
    remediation: Remediation {
        summary: "Move the secret to Secrets Manager or Parameter Store, let the execution role read it in the \
                  container, and change the value: it has been shown. A model cannot be changed: create another one \
                  without the secret, deploy that, and delete this.",
        console: "SageMaker AI > Models > {name}: see which variable the finding names. Secrets Manager > Store a new \
                  secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              # in the container: aws secretsmanager get-secret-value --secret-id …\n\
              aws sagemaker describe-model --region {region} --model-name {name} > model.json\n\
              # make create-model's input of it, without the secret and with another name, and run:\n\
              aws sagemaker create-model --region {region} --cli-input-json file://model-input.json\n\
              # when endpoints and jobs use that one:\n\
              aws sagemaker delete-model --region {region} --model-name {name}",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "Type: AWS::SageMaker::Model\nProperties:\n  PrimaryContainer:\n    Environment:\n      SECRET_ID: !Ref Secret",
    },
    reads: &["DescribeModel.PrimaryContainer.Environment", "DescribeModel.Containers[].Environment"],
    control: Control::Secrets,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Model(evaluate),
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    secret::judge(&model.secrets, ("no_environment", "no container has an environment"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    #[test]
    fn what_was_seen_decides() {
        alone::secrets_decide(&CHECK, |secrets| Model { secrets, ..Model::default() });
    }
}
