//! Domains of Studio, which can be changed at any time. They are named by their id, since calls ask for that.

use aws_sdk_sagemaker::{
    operation::describe_domain::DescribeDomainOutput,
    types::{AppNetworkAccessType, AuthMode, DomainDetails, DomainStatus, FeatureStatus},
};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    tags,
    user_settings::Outputs,
};
use crate::{outcome::Refusal, scan::cell::Cell, session::gate::Gate};

/// The facts of a domain.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Domain {
    /// `KmsKeyId`, or else its deprecated twin `HomeEfsFileSystemKmsKeyId`: it encrypts the EFS volume of the domain and
    /// the EBS volumes of its spaces.
    pub volume_key: Option<String>,
    /// `AppNetworkAccessType`: `VpcOnly` or `PublicInternetOnly`.
    pub network_access: Option<String>,
    /// `AuthMode`: `SSO` or `IAM`.
    pub auth_mode: Option<String>,
    /// Whether there is a `SingleSignOnManagedApplicationInstanceId` or a `SingleSignOnApplicationArn`.
    pub sso_application: bool,
    /// `DefaultUserSettings`: where people write.
    pub outputs: Outputs,
    /// `DomainSettings.DockerSettings.EnableDockerAccess`: `ENABLED` or `DISABLED`; absent is `DISABLED`.
    pub docker_access: Option<String>,
    /// Why its tags could not be read.
    pub tags_refused: Option<String>,
}

impl Kind for Domain {
    const NAME: &'static str = "AWS::SageMaker::Domain";
    const SLUG: &'static str = "domain";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        let mut keys = self.outputs.keys();
        keys.extend(self.volume_key.as_deref());
        keys
    }

    fn is_whole(&self) -> bool {
        self.tags_refused.is_none()
    }

    async fn confirm(cell: &Cell, resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        tags::read(cell, resources, |facts, why| {
            if let Facts::Domain(domain) = facts {
                domain.tags_refused = Some(why);
            }
        })
        .await
    }
}

impl Listed for Domain {
    const LIST: &'static str = "sagemaker:ListDomains";
    const DESCRIBE: &'static str = "sagemaker:DescribeDomain";
    const NOBODY: &'static str = "d-sagesweep-looks-for-nothing";

    listed::page!(list_domains, domains, "Domains");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_domain().domain_id(&line.name).send();
        let domain = gate.call(Self::DESCRIBE, send).await?;
        let users = domain.default_user_settings();
        Ok(Described {
            state: said(domain.status().map(DomainStatus::as_str)),
            modified_at: moment(domain.last_modified_time()),
            role_arn: said(users.and_then(|users| users.execution_role())),
            ..Described::new(facts(&domain))
        })
    }
}

fn line(domain: &DomainDetails) -> Option<Line> {
    Some(Line {
        created_at: moment(domain.creation_time()),
        modified_at: moment(domain.last_modified_time()),
        state: said(domain.status().map(DomainStatus::as_str)),
        ..Line::named(domain.domain_id(), domain.domain_arn())?
    })
}

fn facts(domain: &DescribeDomainOutput) -> Domain {
    #[expect(deprecated, reason = "domains from before its twin may name their key here alone")]
    let older_key = domain.home_efs_file_system_kms_key_id();
    let docker = domain.domain_settings().and_then(|settings| settings.docker_settings());
    let application = said(domain.single_sign_on_managed_application_instance_id())
        .or_else(|| said(domain.single_sign_on_application_arn()));
    Domain {
        volume_key: said(domain.kms_key_id()).or_else(|| said(older_key)),
        network_access: said(domain.app_network_access_type().map(AppNetworkAccessType::as_str)),
        auth_mode: said(domain.auth_mode().map(AuthMode::as_str)),
        sso_application: application.is_some(),
        outputs: Outputs::of(domain.default_user_settings()),
        docker_access: said(docker.and_then(|docker| docker.enable_docker_access()).map(FeatureStatus::as_str)),
        tags_refused: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deprecated_member_names_the_key_only_where_its_twin_is_silent() {
        let key = |new: &str, old: &str| {
            #[expect(deprecated, reason = "it is what is tested")]
            let answer = DescribeDomainOutput::builder().kms_key_id(new).home_efs_file_system_kms_key_id(old).build();
            facts(&answer).volume_key
        };
        assert_eq!(key("new", "old").as_deref(), Some("new"));
        assert_eq!(key("", "old").as_deref(), Some("old"));
        assert_eq!(key("", ""), None);
    }

    #[test]
    fn either_application_counts_and_an_empty_text_does_not() {
        let has = |instance: &str, arn: &str| {
            let answer = DescribeDomainOutput::builder()
                .single_sign_on_managed_application_instance_id(instance)
                .single_sign_on_application_arn(arn);
            facts(&answer.build()).sso_application
        };
        assert_eq!([has("a", ""), has("", "b"), has("", "")], [true, true, false]);
    }
}
