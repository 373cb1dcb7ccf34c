//! Notebook instances, which can be changed at any time, so that each is described every night.

use aws_sdk_sagemaker::{
    operation::{
        describe_notebook_instance::DescribeNotebookInstanceOutput,
        describe_notebook_instance_lifecycle_config::DescribeNotebookInstanceLifecycleConfigOutput,
    },
    types::{DirectInternetAccess, InstanceType, NotebookInstanceStatus, NotebookInstanceSummary, RootAccess},
};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::{all_said, moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{
    check::Evidence,
    organization::Target,
    outcome::Refusal,
    scan::cell::Cell,
    secret::{self, Looked, Place},
    session::gate::Gate,
};

pub(crate) const DESCRIBE_SCRIPTS: &str = "sagemaker:DescribeNotebookInstanceLifecycleConfig";

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
    /// Secrets in the scripts of that lifecycle configuration.
    pub lifecycle_secrets: Looked,
}

impl Kind for NotebookInstance {
    const NAME: &'static str = "AWS::SageMaker::NotebookInstance";
    const SLUG: &'static str = "notebook-instance";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.volume_key.as_deref().into_iter().collect()
    }

    async fn confirm(cell: &Cell, mut resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        if !cell.needs(Evidence::LifecycleScripts) {
            return (resources, None);
        }
        let mut first_refusal = None;
        for resource in &mut resources {
            let Facts::NotebookInstance(facts) = &mut resource.facts else { continue };
            let Some(name) = facts.lifecycle_config.as_deref() else { continue };
            let (looked, refusal) = cell.neighbours().scripts(name, looked(cell, name)).await;
            facts.lifecycle_secrets = looked;
            first_refusal = first_refusal.or(refusal);
        }
        (resources, first_refusal)
    }
}

impl Listed for NotebookInstance {
    const LIST: &'static str = "sagemaker:ListNotebookInstances";
    const DESCRIBE: &'static str = "sagemaker:DescribeNotebookInstance";

    listed::page!(list_notebook_instances, notebook_instances, "NotebookInstances");

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

    async fn attempt(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        if action != DESCRIBE_SCRIPTS {
            return listed::attempt::<Self>(gate, target, action).await;
        }
        lifecycle(gate, Self::NOBODY).await.map(drop)
    }
}

/// The secrets in the scripts of a lifecycle configuration, with the refusal where it could not be read.
async fn looked(cell: &Cell, name: &str) -> (Looked, Option<Refusal>) {
    cell.step(DESCRIBE_SCRIPTS);
    let config = match lifecycle(&cell.gate, name).await {
        Ok(config) => config,
        Err(refusal) => return (Looked::Refused(format!("{}: {}", refusal.api, refusal.code)), Some(refusal)),
    };
    let scripts = [(Place::OnCreate, config.on_create()), (Place::OnStart, config.on_start())];
    let mut seen = Vec::new();
    for (place, hooks) in scripts {
        for content in hooks.iter().filter_map(|hook| hook.content()) {
            match secret::decode(content) {
                Ok(text) => seen.extend(secret::in_script(&place, &text)),
                Err(error) => return (Looked::Refused(format!("{DESCRIBE_SCRIPTS}: {error}")), None),
            }
        }
    }
    (Looked::through(seen), None)
}

async fn lifecycle(gate: &Gate, name: &str) -> Result<DescribeNotebookInstanceLifecycleConfigOutput, Refusal> {
    let client = gate.sagemaker();
    let send =
        || client.describe_notebook_instance_lifecycle_config().notebook_instance_lifecycle_config_name(name).send();
    gate.call(DESCRIBE_SCRIPTS, send).await
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
        lifecycle_secrets: match notebook.notebook_instance_lifecycle_config_name() {
            Some(name) if !name.is_empty() => Looked::Never,
            _ => Looked::Nothing,
        },
    }
}
