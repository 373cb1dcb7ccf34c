//! Configurations of the images of Studio. What is looked at are their tags, so that they are listed and not described.

use std::sync::Arc;

use aws_sdk_sagemaker::types::AppImageConfigDetails;
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::moment,
    listed::{self, Described, Line, Listed, Page},
    tags,
};
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

/// The facts of the configuration of an image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AppImageConfig {
    /// Why its tags could not be read.
    pub tags_refused: Option<String>,
}

impl Kind for AppImageConfig {
    const NAME: &'static str = "AWS::SageMaker::AppImageConfig";
    const SLUG: &'static str = "app-image-config";
    const ACTIONS: &'static [&'static str] = &[Self::LIST];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }

    fn is_whole(&self) -> bool {
        self.tags_refused.is_none()
    }

    async fn collect(cell: &Arc<Cell>) -> Collected {
        listed::collect::<Self>(cell).await
    }

    async fn probe(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        listed::probe::<Self>(gate, target, action).await
    }

    async fn confirm(cell: &Cell, resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        tags::read(cell, resources, |facts, why| {
            if let Facts::AppImageConfig(config) = facts {
                config.tags_refused = Some(why);
            }
        })
        .await
    }
}

impl Listed for AppImageConfig {
    const LIST: &'static str = "sagemaker:ListAppImageConfigs";
    /// The listing tells it all.
    const DESCRIBE: &'static str = Self::LIST;

    async fn page(gate: &Gate, token: Option<String>) -> Result<Page, Refusal> {
        let client = gate.sagemaker();
        let send = || client.list_app_image_configs().max_results(100).set_next_token(token.clone()).send();
        let answer = gate.call(Self::LIST, send).await?;
        let lines = answer.app_image_configs.as_deref();
        Page::new(lines, answer.next_token(), line).ok_or_else(|| Refusal::lacks(Self::LIST, "AppImageConfigs"))
    }

    fn describe(_gate: &Gate, _line: &Line) -> impl Future<Output = Result<Described<Self>, Refusal>> + Send {
        std::future::ready(Ok(Described::new(Self::default())))
    }
}

fn line(config: &AppImageConfigDetails) -> Option<Line> {
    Some(Line {
        created_at: moment(config.creation_time()),
        modified_at: moment(config.last_modified_time()),
        ..Line::named(config.app_image_config_name(), config.app_image_config_arn())?
    })
}
