//! Partner AI apps, which can be changed at any time, so that each is described every night.

use aws_sdk_sagemaker::{operation::describe_partner_app::DescribePartnerAppOutput, types::PartnerAppSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a partner AI app.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct PartnerApp {
    /// `KmsKeyId`, which encrypts all that the app stores.
    pub storage_key: Option<String>,
}

impl Kind for PartnerApp {
    const NAME: &'static str = "AWS::SageMaker::PartnerApp";
    const SLUG: &'static str = "partner-app";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.storage_key.as_deref().into_iter().collect()
    }
}

impl Listed for PartnerApp {
    const LIST: &'static str = "sagemaker:ListPartnerApps";
    const DESCRIBE: &'static str = "sagemaker:DescribePartnerApp";
    const NOBODY: &'static str = "app-000000000000";

    listed::page!(list_partner_apps, summaries, "Summaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_partner_app().arn(&line.arn).send();
        let app = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(app.status().map(aws_sdk_sagemaker::types::PartnerAppStatus::as_str)),
            modified_at: moment(app.last_modified_time()),
            role_arn: said(app.execution_role_arn()),
            ..Described::new(facts(&app))
        })
    }
}

/// A line by its ARN, since that is what the description is asked by; without one it names no resource.
fn line(app: &PartnerAppSummary) -> Option<Line> {
    let arn = said(app.arn())?;
    let name = said(app.name()).or_else(|| said(arn.rsplit('/').next()));
    Some(Line {
        created_at: moment(app.creation_time()),
        state: said(app.status().map(aws_sdk_sagemaker::types::PartnerAppStatus::as_str)),
        ..Line::named(name.as_deref(), Some(&arn))?
    })
}

fn facts(app: &DescribePartnerAppOutput) -> PartnerApp {
    PartnerApp { storage_key: said(app.kms_key_id()) }
}
