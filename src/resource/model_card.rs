//! Model cards. What a card says can be rewritten, and the key that encrypts it cannot.

use aws_sdk_sagemaker::types::{ModelCardStatus, ModelCardSummary};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a model card. What it says is never kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelCard {
    /// `SecurityConfig.KmsKeyId`.
    pub key: Option<String>,
}

impl Kind for ModelCard {
    const NAME: &'static str = "AWS::SageMaker::ModelCard";
    const SLUG: &'static str = "model-card";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    // `UpdateModelCard` takes content and status alone, and the listing shows either as a change.
    const SETTLED: Settled = Settled::Always;

    fn keys(&self) -> Vec<&str> {
        self.key.as_deref().into_iter().collect()
    }
}

impl Listed for ModelCard {
    const LIST: &'static str = "sagemaker:ListModelCards";
    const DESCRIBE: &'static str = "sagemaker:DescribeModelCard";

    listed::page!(list_model_cards, model_card_summaries, "ModelCardSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_model_card().model_card_name(&line.name).send();
        let card = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(card.model_card_status().map(ModelCardStatus::as_str)),
            modified_at: moment(card.last_modified_time()),
            ..Described::new(Self { key: said(card.security_config().and_then(|config| config.kms_key_id())) })
        })
    }
}

fn line(card: &ModelCardSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(card.creation_time()),
        modified_at: moment(card.last_modified_time()),
        state: said(card.model_card_status().map(ModelCardStatus::as_str)),
        ..Line::named(card.model_card_name(), card.model_card_arn())?
    })
}
