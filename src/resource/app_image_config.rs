//! Configurations of the images of Studio. What is looked at are their tags, so that they are listed and not described.

use aws_sdk_sagemaker::types::AppImageConfigDetails;
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::moment,
    listed::{self, Described, Line, Listed},
    tags,
};
use crate::{outcome::Refusal, scan::cell::Cell, session::gate::Gate};

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

    listed::page!(list_app_image_configs, app_image_configs, "AppImageConfigs");

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
