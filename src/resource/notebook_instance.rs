//! Notebook instances, which can be changed at any time, so that each is described every night.

use std::sync::Arc;

use aws_sdk_sagemaker::{
    operation::describe_notebook_instance::DescribeNotebookInstanceOutput,
    types::{DirectInternetAccess, InstanceType, NotebookInstanceStatus, NotebookInstanceSummary, RootAccess},
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed, Page},
};
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

/// The facts of a notebook instance.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct NotebookInstance {
    /// `KmsKeyId`, which encrypts the volume.
    pub volume_key: Option<String>,
    /// `InstanceType`.
    pub instance_type: Option<String>,
    /// `SubnetId`.
    pub subnet: Option<String>,
    /// `SecurityGroups`.
    pub security_groups: Vec<String>,
    /// `DirectInternetAccess`: `Enabled` or `Disabled`.
    pub direct_internet_access: Option<String>,
    /// `RootAccess`: `Enabled` or `Disabled`.
    pub root_access: Option<String>,
    /// `PlatformIdentifier`, such as `notebook-al2023-v1`.
    pub platform: Option<String>,
    /// `InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion`: `1` or `2`.
    pub metadata_service_version: Option<String>,
    /// `NotebookInstanceLifecycleConfigName`.
    pub lifecycle_config: Option<String>,
}

impl Kind for NotebookInstance {
    const NAME: &'static str = "AWS::SageMaker::NotebookInstance";
    const SLUG: &'static str = "notebook-instance";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.volume_key.as_deref().into_iter().collect()
    }

    async fn collect(cell: &Arc<Cell>) -> Collected {
        listed::collect::<Self>(cell).await
    }

    async fn probe(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        listed::probe::<Self>(gate, target, action).await
    }
}

impl Listed for NotebookInstance {
    const LIST: &'static str = "sagemaker:ListNotebookInstances";
    const DESCRIBE: &'static str = "sagemaker:DescribeNotebookInstance";

    async fn page(gate: &Gate, token: Option<String>) -> Result<Page, Refusal> {
        let client = gate.sagemaker();
        let send = || client.list_notebook_instances().max_results(100).set_next_token(token.clone()).send();
        let answer = gate.call(Self::LIST, send).await?;
        let lines = answer.notebook_instances.as_deref();
        Page::new(lines, answer.next_token(), line).ok_or_else(|| Refusal::lacks(Self::LIST, "NotebookInstances"))
    }

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_notebook_instance().notebook_instance_name(&line.name).send();
        let notebook = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(notebook.notebook_instance_status().map(NotebookInstanceStatus::as_str)),
            modified_at: moment(notebook.last_modified_time()),
            role_arn: said(notebook.role_arn()),
            ..Described::new(facts(&notebook))
        })
    }
}

fn line(notebook: &NotebookInstanceSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(notebook.creation_time()),
        modified_at: moment(notebook.last_modified_time()),
        state: said(notebook.notebook_instance_status().map(NotebookInstanceStatus::as_str)),
        ..Line::named(notebook.notebook_instance_name(), notebook.notebook_instance_arn())?
    })
}

fn facts(notebook: &DescribeNotebookInstanceOutput) -> NotebookInstance {
    let metadata = notebook.instance_metadata_service_configuration();
    NotebookInstance {
        volume_key: said(notebook.kms_key_id()),
        instance_type: said(notebook.instance_type().map(InstanceType::as_str)),
        subnet: said(notebook.subnet_id()),
        security_groups: all_said(notebook.security_groups()),
        direct_internet_access: said(notebook.direct_internet_access().map(DirectInternetAccess::as_str)),
        root_access: said(notebook.root_access().map(RootAccess::as_str)),
        platform: said(notebook.platform_identifier()),
        metadata_service_version: said(
            metadata.and_then(|metadata| metadata.minimum_instance_metadata_service_version()),
        ),
        lifecycle_config: said(notebook.notebook_instance_lifecycle_config_name()),
    }
}
