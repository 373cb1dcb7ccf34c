//! Models, which never change: the containers that answer, and the network that they run in. Where inference components
//! deploy a model, network and isolation are those of the endpoint configuration.

use aws_sdk_sagemaker::{
    operation::describe_model::DescribeModelOutput,
    types::{ContainerDefinition, ModelSummary, RepositoryAccessMode},
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{
    outcome::Refusal,
    secret::{self, Looked, Place},
    session::gate::Gate,
};

/// The facts of a model. Values of the environments of its containers are never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Model {
    /// `EnableNetworkIsolation`; absent is false.
    pub network_isolation: bool,
    /// `VpcConfig.Subnets`.
    pub subnets: Vec<String>,
    /// `VpcConfig.SecurityGroupIds`.
    pub security_groups: Vec<String>,
    /// `PrimaryContainer`, or the `Containers` of an inference pipeline.
    pub containers: Vec<Container>,
    /// Secrets in the `Environment` of the containers.
    pub secrets: Looked,
}

/// A container of a model.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Container {
    /// `ContainerHostname`.
    pub hostname: Option<String>,
    /// `Image`.
    pub image: Option<String>,
    /// `ModelPackageName`, which stands for an image of its own.
    pub model_package: Option<String>,
    /// `ImageConfig.RepositoryAccessMode`: `Platform`, which is Amazon ECR, or `Vpc`.
    pub repository_access: Option<String>,
    /// `ImageConfig.RepositoryAuthConfig.RepositoryCredentialsProviderArn`: what signs in to the registry.
    pub credentials_provider: Option<String>,
}

impl Kind for Model {
    const NAME: &'static str = "AWS::SageMaker::Model";
    const SLUG: &'static str = "model";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Always;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }

    fn is_whole(&self) -> bool {
        self.secrets.is_current()
    }
}

impl Listed for Model {
    const LIST: &'static str = "sagemaker:ListModels";
    const DESCRIBE: &'static str = "sagemaker:DescribeModel";

    listed::page!(list_models, models, "Models");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_model().model_name(&line.name).send();
        let model = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described { role_arn: said(model.execution_role_arn()), ..Described::new(facts(&model)) })
    }
}

fn line(model: &ModelSummary) -> Option<Line> {
    Some(Line { created_at: moment(model.creation_time()), ..Line::named(model.model_name(), model.model_arn())? })
}

fn facts(model: &DescribeModelOutput) -> Model {
    let vpc = model.vpc_config();
    Model {
        network_isolation: model.enable_network_isolation().unwrap_or(false),
        subnets: vpc.map(|vpc| all_said(vpc.subnets())).unwrap_or_default(),
        security_groups: vpc.map(|vpc| all_said(vpc.security_group_ids())).unwrap_or_default(),
        containers: model.primary_container().into_iter().chain(model.containers()).map(container).collect(),
        secrets: secrets(model),
    }
}

/// The secrets in the environments of the containers. The primary one counts as the first.
fn secrets(model: &DescribeModelOutput) -> Looked {
    let mut seen = Vec::new();
    let mut has_any = false;
    for (container, definition) in (0_u32..).zip(model.primary_container().into_iter().chain(model.containers())) {
        let variables = definition.environment().into_iter().flatten();
        let pairs = variables.map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>();
        has_any |= !pairs.is_empty();
        seen.extend(secret::in_values(|name| Place::ContainerVariable { container, name }, pairs));
    }
    if has_any { Looked::through(seen) } else { Looked::Nothing }
}

fn container(container: &ContainerDefinition) -> Container {
    let config = container.image_config();
    let sign_in = config.and_then(|config| config.repository_auth_config());
    Container {
        hostname: said(container.container_hostname()),
        image: said(container.image()),
        model_package: said(container.model_package_name()),
        repository_access: said(
            config.and_then(|config| config.repository_access_mode()).map(RepositoryAccessMode::as_str),
        ),
        credentials_provider: said(sign_in.and_then(|sign_in| sign_in.repository_credentials_provider_arn())),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::{ImageConfig, RepositoryAuthConfig};

    use super::*;

    #[test]
    fn the_primary_container_and_those_of_a_pipeline_are_alike() {
        let sign_in = RepositoryAuthConfig::builder().repository_credentials_provider_arn("arn:lambda").build();
        let config = ImageConfig::builder().repository_access_mode(RepositoryAccessMode::Vpc);
        let config = config.repository_auth_config(sign_in).build();
        let private = ContainerDefinition::builder().image("registry.example/model:1").image_config(config).build();
        let plain = ContainerDefinition::builder().image("").model_package_name("arn:package").build();
        let primary = facts(&DescribeModelOutput::builder().primary_container(private.clone()).build());
        let pipeline = facts(&DescribeModelOutput::builder().containers(private).containers(plain).build());
        assert_eq!(primary.containers[..], pipeline.containers[..1]);
        assert_eq!(primary.containers[0].repository_access.as_deref(), Some("Vpc"));
        assert_eq!(primary.containers[0].credentials_provider.as_deref(), Some("arn:lambda"));
        let package = Container { model_package: Some("arn:package".to_owned()), ..Container::default() };
        assert_eq!(pipeline.containers[1], package);
    }
}
