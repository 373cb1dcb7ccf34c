//! MLflow apps, which can be changed at any time, so that each is described every night.
//!
//! Their predecessor, the MLflow tracking server, is not audited: its description has neither a key nor a network, and
//! none can be set when it is created (its artifacts lie in the bucket of `ArtifactStoreUri`), so that a check of either
//! would say the same of every server.

use aws_sdk_sagemaker::{operation::describe_mlflow_app::DescribeMlflowAppOutput, types::MlflowAppSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of an MLflow app.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct MlflowApp {
    /// `KmsKeyId`, which encrypts all that the app stores; absent where that is no customer managed key.
    pub storage_key: Option<String>,
}

impl Kind for MlflowApp {
    const NAME: &'static str = "AWS::SageMaker::MlflowApp";
    const SLUG: &'static str = "mlflow-app";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.storage_key.as_deref().into_iter().collect()
    }
}

impl Listed for MlflowApp {
    const LIST: &'static str = "sagemaker:ListMlflowApps";
    const DESCRIBE: &'static str = "sagemaker:DescribeMlflowApp";

    listed::page!(list_mlflow_apps, summaries, "Summaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_mlflow_app().arn(&line.arn).send();
        let app = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(app.status().map(aws_sdk_sagemaker::types::MlflowAppStatus::as_str)),
            modified_at: moment(app.last_modified_time()),
            role_arn: said(app.role_arn()),
            ..Described::new(facts(&app))
        })
    }
}

/// A line by its ARN, since that is what the description is asked by; without one it names no resource.
fn line(app: &MlflowAppSummary) -> Option<Line> {
    let arn = said(app.arn())?;
    let name = said(app.name()).or_else(|| said(arn.rsplit('/').next()));
    Some(Line {
        created_at: moment(app.creation_time()),
        modified_at: moment(app.last_modified_time()),
        state: said(app.status().map(aws_sdk_sagemaker::types::MlflowAppStatus::as_str)),
        ..Line::named(name.as_deref(), Some(&arn))?
    })
}

fn facts(app: &DescribeMlflowAppOutput) -> MlflowApp {
    MlflowApp { storage_key: said(app.kms_key_id()) }
}
