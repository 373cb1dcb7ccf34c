//! Whether every container of a model takes its image from a private registry in a VPC of the customer. A registry that
//! asks for no credentials passes too, and is noted.

use serde_json::json;

use crate::{
    check::{Check, Context, Control, Evaluate, Framework, Remediation, Requirement},
    finding::{Reason, Severity, Status, Verdict},
    resource::model::{Container, Model},
};

/// The check.
pub static CHECK: Check = Check {
    id: "model-private-registry",
    version: 1,
    title: "Models take the images of all their containers from a private registry in a VPC",
    severity: Severity::Medium,
    rationale: "The image is the code that sees every request. From a private registry in your VPC it comes over your own \
                network and under your own control of who may push it; one container of a pipeline from elsewhere is enough \
                to let in what you did not choose.",
    remediation: Remediation {
        summary: "A model cannot be changed: push the image of each container to a private registry in your VPC, create \
                  another model with ImageConfig.RepositoryAccessMode Vpc for each container and a VpcConfig, and deploy it. \
                  Where the registry asks for credentials, name the Lambda function that hands them out in \
                  RepositoryAuthConfig.",
        console: "SageMaker AI > Inference > Models > {name} shows the images. The console cannot set the registry: create \
                  the other model with the AWS CLI or an SDK.",
        cli: "aws sagemaker describe-model --region {region} --model-name {name} > model.json\n\
              # make create-model's input of it: without ModelArn and CreationTime, with another ModelName, with a VpcConfig,\n\
              # and in PrimaryContainer or in each of Containers with the image of the registry and\n\
              # \"ImageConfig\": { \"RepositoryAccessMode\": \"Vpc\", \"RepositoryAuthConfig\":\n\
              #   { \"RepositoryCredentialsProviderArn\": \"arn:aws:lambda:{region}:{account}:function:…\" } }, and run:\n\
              aws sagemaker create-model --region {region} --cli-input-json file://model-input.json",
        python: "Model(…, image_uri=\"registry.example.com/model:1\", vpc_config=…,\n      \
                 image_config={\"RepositoryAccessMode\": \"Vpc\"})",
        code: "Type: AWS::SageMaker::Model\nProperties:\n  VpcConfig: { Subnets: [subnet-…], SecurityGroupIds: [sg-…] }\n  \
               PrimaryContainer: # or each of Containers\n    Image: registry.example.com/model:1\n    ImageConfig:\n      \
               RepositoryAccessMode: Vpc\n      RepositoryAuthConfig:\n        \
               RepositoryCredentialsProviderArn: arn:aws:lambda:{region}:{account}:function:…",
    },
    reads: &[
        "DescribeModel.PrimaryContainer.ImageConfig.RepositoryAccessMode",
        "DescribeModel.PrimaryContainer.ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn",
        "DescribeModel.Containers[].ImageConfig.RepositoryAccessMode",
        "DescribeModel.Containers[].ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn",
    ],
    control: Control::TrustedSource,
    serves: &[Requirement(Framework::AwsFsbp, "SageMaker.16"), Requirement(Framework::AwsFsbp, "SageMaker.19")],
    needs: &[],
    by_default: true,
    evaluate: Evaluate::Model(evaluate),
};

fn evaluate(model: &Model, _context: Context<'_>) -> Verdict {
    let (mut platform, mut unknown) = (0, None);
    for container in &model.containers {
        match container.repository_access.as_deref() {
            Some("Vpc") => {}
            // Without an image configuration the image comes from Amazon ECR.
            None | Some("Platform") => platform += 1,
            Some(other) => unknown = Some(other),
        }
    }
    let verdict = match (model.containers.len(), platform, unknown) {
        (0, _, _) => Verdict::new(Status::Unknown, "containers_not_told", "the description names no container"),
        (1, 1, _) => {
            Verdict::new(Status::Fail, "registry_not_private", "the container takes its image from Amazon ECR")
        }
        (all, 1.., _) => Verdict::new(
            Status::Fail,
            "registry_not_private",
            format!("{platform} of {all} containers take their images from Amazon ECR"),
        ),
        (_, _, Some(mode)) => Verdict::new(
            Status::Unknown,
            "registry_unknown",
            format!("a container has the repository access mode {mode}, which this version does not know"),
        ),
        (_, _, None) => private(&model.containers),
    };
    verdict.with_evidence(|| json!({ "containers": model.containers, "expected": "RepositoryAccessMode Vpc for each" }))
}

fn private(containers: &[Container]) -> Verdict {
    let mut verdict =
        Verdict::new(Status::Pass, "registry_private", "every image comes from a private registry in the VPC");
    if containers.iter().any(|container| container.credentials_provider.is_none()) {
        let text = "a registry is asked without credentials, since no RepositoryAuthConfig names who hands them out";
        verdict.reasons.push(Reason::new("registry_without_credentials", text));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::alone;

    fn told(containers: &[(Option<&str>, bool)]) -> (Status, String) {
        let container = |(mode, signs_in): &(Option<&str>, bool)| Container {
            repository_access: mode.map(ToOwned::to_owned),
            credentials_provider: signs_in.then(|| "arn:aws:lambda:…".to_owned()),
            ..Container::default()
        };
        let containers = containers.iter().map(container).collect();
        alone::told(&CHECK, Model { containers, ..Model::default() }, alone::context())
    }

    type Row<'a> = (&'a [(Option<&'a str>, bool)], Status, &'a str);

    #[test]
    fn every_container_of_a_pipeline_has_to_be_from_the_private_registry() {
        let vpc = (Some("Vpc"), true);
        let rows: [Row<'_>; 9] = [
            (&[vpc], Status::Pass, "registry_private"),
            (&[vpc, vpc], Status::Pass, "registry_private"),
            (&[vpc, (Some("Vpc"), false)], Status::Pass, "registry_private,registry_without_credentials"),
            (&[(Some("Platform"), true)], Status::Fail, "registry_not_private"),
            (&[(None, false)], Status::Fail, "registry_not_private"),
            (&[vpc, (Some("Platform"), false)], Status::Fail, "registry_not_private"),
            (&[vpc, (Some("Hub"), true)], Status::Unknown, "registry_unknown"),
            (&[(None, false), (Some("Hub"), true)], Status::Fail, "registry_not_private"),
            (&[], Status::Unknown, "containers_not_told"),
        ];
        for (containers, status, code) in rows {
            assert_eq!(told(containers), (status, code.to_owned()), "{containers:?}");
        }
    }
}
