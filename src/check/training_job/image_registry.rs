//! Whether the image that a training job runs comes from a registry that the organization trusts.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Remediation},
    finding::{Severity, Status, Verdict},
    image::Registry,
    organization::Belongs,
    resource::training_job::TrainingJob,
};

/// The check.
pub static CHECK: Check = Check {
    id: "training-job-image-registry",
    version: 1,
    title: "Training jobs run images from registries of the organization, of SageMaker, or approved ones",
    severity: Severity::Low,
    rationale: "An image runs with the execution role and reads the training data. One from elsewhere was built and can be \
                changed by people whom nobody in the organization knows.",
    remediation: Remediation {
        summary: "Copy the image into an ECR repository of the organization and name it there in what creates the job, or \
                  approve its registry in parameters.image_registries.",
        console: "SageMaker AI > Training jobs > {name} > Clone > Algorithm source: name the image in your own registry, \
                  then create the job.",
        cli: "aws ecr create-repository --region {region} --repository-name …\n\
              docker pull IMAGE && docker tag IMAGE {account}.dkr.ecr.{region}.amazonaws.com/…\n\
              docker push {account}.dkr.ecr.{region}.amazonaws.com/…",
        python: "Estimator(image_uri=\"{account}.dkr.ecr.{region}.amazonaws.com/…\", …)",
        code: "In a pipeline definition or a state machine, in the Arguments of the training step:\n\
               AlgorithmSpecification: { TrainingImage: {account}.dkr.ecr.{region}.amazonaws.com/… }",
    },
    reads: &[
        "Search.Results.TrainingJob.AlgorithmSpecification.TrainingImage",
        "Search.Results.TrainingJob.AlgorithmSpecification.AlgorithmName",
    ],
    control: Control::TrustedSource,
    serves: &[],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::TrainingJob(evaluate),
};

fn evaluate(job: &TrainingJob, context: Context<'_>) -> Verdict {
    let Some(image) = job.image.as_deref() else {
        return match job.algorithm {
            Some(_) => Verdict::new(
                Status::NotApplicable,
                "algorithm_of_the_marketplace",
                "the job runs an algorithm resource and names no image",
            ),
            None => Verdict::new(Status::Unknown, "image_not_told", "the job tells no image"),
        }
        .with_evidence(|| json!({ "TrainingImage": null }));
    };
    let registry = Registry::of(image);
    if registry.is_of_sagemaker() {
        return Verdict::new(Status::Pass, "image_of_sagemaker", "the image is one that SageMaker provides");
    }
    if context.parameters.approves_registry(registry.host()) {
        return Verdict::new(Status::Pass, "registry_approved", "the image is from an approved registry");
    }
    let verdict = match registry {
        Registry::Ecr { account, host: _ } => match context.belongs(account) {
            Belongs::InScope(_) | Belongs::InOrganization => Verdict::new(
                Status::Pass,
                "registry_of_the_organization",
                "the image is from an account of the organization",
            ),
            Belongs::Outside => Verdict::new(
                Status::Fail,
                "registry_outside_organization",
                format!("the image is from account {account}, which is not in the organization"),
            ),
            Belongs::NotListed => Verdict::new(
                Status::Unknown,
                "registry_account_unknown",
                format!("whether account {account} is in the organization is not known, since it was not asked"),
            ),
        },
        Registry::Other(host) => Verdict::new(
            Status::Fail,
            "registry_not_approved",
            format!("the image is from {host}, which is not approved"),
        ),
    };
    verdict.with_evidence(|| json!({ "registry": registry.host(), "approved": context.parameters.image_registries }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::alone, config::Parameters};

    fn of(image: &str, approved: &[&str]) -> (Status, String) {
        let image_registries = approved.iter().map(|pattern| (*pattern).to_owned()).collect();
        let parameters = Parameters { image_registries, ..Parameters::default() };
        let job = TrainingJob { image: Some(image.into()), ..TrainingJob::default() };
        alone::told(&CHECK, job, Context { parameters: &parameters, ..alone::context() })
    }

    #[test]
    fn the_registry_decides() {
        let aws = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.3";
        assert_eq!(of(aws, &[]).1, "image_of_sagemaker");
        assert_eq!(of("public.ecr.aws/x/y:1", &[]), (Status::Fail, "registry_not_approved".to_owned()));
        assert_eq!(of("public.ecr.aws/x/y:1", &["public.ecr.aws"]).1, "registry_approved");
        let ours = "222222222222.dkr.ecr.eu-west-1.amazonaws.com/train";
        assert_eq!(of(ours, &[]), (Status::Unknown, "registry_account_unknown".to_owned()));
        assert_eq!(of(ours, &["222222222222.dkr.ecr.*"]).0, Status::Pass);
    }

    #[test]
    fn a_job_without_an_image_runs_an_algorithm_or_does_not_tell() {
        let algorithm = TrainingJob { algorithm: Some("mine".into()), ..TrainingJob::default() };
        assert_eq!(alone::told(&CHECK, algorithm, alone::context()).0, Status::NotApplicable);
        assert_eq!(alone::told(&CHECK, TrainingJob::default(), alone::context()).0, Status::Unknown);
    }
}
