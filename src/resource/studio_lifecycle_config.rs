//! Lifecycle configurations of Studio, which never change: a script that runs when an app starts. The script is looked
//! through for secrets and not kept.

use aws_sdk_sagemaker::{
    operation::describe_studio_lifecycle_config::DescribeStudioLifecycleConfigOutput,
    types::{StudioLifecycleConfigAppType, StudioLifecycleConfigDetails},
};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{
    outcome::Refusal,
    secret::{self, Looked, Place},
    session::gate::Gate,
};

/// The facts of a lifecycle configuration of Studio.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StudioLifecycleConfig {
    /// `StudioLifecycleConfigAppType`.
    pub app_type: Option<String>,
    /// Secrets in `StudioLifecycleConfigContent`.
    pub secrets: Looked,
}

impl Kind for StudioLifecycleConfig {
    const NAME: &'static str = "AWS::SageMaker::StudioLifecycleConfig";
    const SLUG: &'static str = "studio-lifecycle-config";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Always;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }

    fn is_whole(&self) -> bool {
        self.secrets.is_current()
    }
}

impl Listed for StudioLifecycleConfig {
    const LIST: &'static str = "sagemaker:ListStudioLifecycleConfigs";
    const DESCRIBE: &'static str = "sagemaker:DescribeStudioLifecycleConfig";

    listed::page!(list_studio_lifecycle_configs, studio_lifecycle_configs, "StudioLifecycleConfigs");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_studio_lifecycle_config().studio_lifecycle_config_name(&line.name).send();
        let config = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described::new(facts(&config)))
    }
}

fn line(config: &StudioLifecycleConfigDetails) -> Option<Line> {
    Some(Line {
        created_at: moment(config.creation_time()),
        modified_at: moment(config.last_modified_time()),
        ..Line::named(config.studio_lifecycle_config_name(), config.studio_lifecycle_config_arn())?
    })
}

fn facts(config: &DescribeStudioLifecycleConfigOutput) -> StudioLifecycleConfig {
    let secrets = match config.studio_lifecycle_config_content().filter(|content| !content.is_empty()) {
        None => Looked::Nothing,
        Some(content) => match secret::decode(content) {
            Ok(script) => Looked::through(secret::in_script(&Place::Script, &script)),
            Err(error) => Looked::Refused(format!("{}: {error}", StudioLifecycleConfig::DESCRIBE)),
        },
    };
    let app_type = config.studio_lifecycle_config_app_type().map(StudioLifecycleConfigAppType::as_str);
    StudioLifecycleConfig { app_type: said(app_type), secrets }
}
