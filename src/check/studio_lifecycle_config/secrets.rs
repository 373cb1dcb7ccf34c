//! Whether secrets stand in the script that runs when an app of Studio starts.

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation, secret},
    finding::{Severity, Verdict},
    resource::studio_lifecycle_config::StudioLifecycleConfig,
};

/// The check.
pub static CHECK: Check = Check {
    id: "studio-lifecycle-config-secrets",
    version: 1,
    title: "Lifecycle configurations of Studio hold no secrets",
    severity: Severity::High,
    rationale: "Whoever may describe lifecycle configurations can read their scripts, and so can everybody whose apps run \
                them.",
    remediation: Remediation {
        summary: "Let the script read the secret from Secrets Manager or Parameter Store with the role of the user, and change \
                  the value: it has been shown. A lifecycle configuration cannot be changed: create another one, attach it, \
                  and delete this.",
        console: "SageMaker AI > Lifecycle configurations > Studio > {name}: take the secret out of the line that the finding \
                  names, in a new configuration. Secrets Manager > Store a new secret.",
        cli: "aws secretsmanager create-secret --region {region} --name … --secret-string file://secret.json\n\
              aws sagemaker create-studio-lifecycle-config --region {region} --studio-lifecycle-config-name … \\\n  \
              --studio-lifecycle-config-app-type \"$(aws sagemaker describe-studio-lifecycle-config --region {region} \\\n    \
              --studio-lifecycle-config-name {name} --query StudioLifecycleConfigAppType --output text)\" \\\n  \
              --studio-lifecycle-config-content \"$(base64 -w0 script.sh)\"\n\
              # when it is attached in the place of this one:\n\
              aws sagemaker delete-studio-lifecycle-config --region {region} --studio-lifecycle-config-name {name}",
        python: "boto3.client(\"secretsmanager\", region_name=\"{region}\").get_secret_value(SecretId=\"…\")",
        code: "Type: AWS::SageMaker::StudioLifecycleConfig\nProperties:\n  StudioLifecycleConfigContent: !Base64 |\n    \
               TOKEN=$(aws secretsmanager get-secret-value --secret-id …)",
    },
    reads: &["DescribeStudioLifecycleConfig.StudioLifecycleConfigContent"],
    control: Control::Secrets,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::StudioLifecycleConfig(evaluate),
};

fn evaluate(config: &StudioLifecycleConfig, _context: Context<'_>) -> Verdict {
    secret::judge(&config.secrets, ("script_empty", "it has no script"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, finding::Status, secret::Looked};

    #[test]
    fn what_was_seen_decides() {
        let told = |secrets| {
            alone::told(&CHECK, StudioLifecycleConfig { secrets, ..StudioLifecycleConfig::default() }, alone::context())
                .0
        };
        assert_eq!((told(Looked::Nothing), told(Looked::through([]))), (Status::NotApplicable, Status::Pass));
        assert_eq!(told(Looked::Refused("DescribeX: AccessDenied".to_owned())), Status::Unknown);
    }
}
