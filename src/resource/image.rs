//! Images of Studio. What is looked at are their tags, so that they are listed and not described.

use std::sync::Arc;

use aws_sdk_sagemaker::types::{Image as Summary, ImageStatus};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed, Page},
    tags,
};
use crate::{
    organization::Target,
    outcome::Refusal,
    scan::cell::{Cell, Collected},
    session::gate::Gate,
};

/// The facts of an image.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Image {
    /// Why its tags could not be read.
    pub tags_refused: Option<String>,
}

impl Kind for Image {
    const NAME: &'static str = "AWS::SageMaker::Image";
    const SLUG: &'static str = "image";
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
            if let Facts::Image(image) = facts {
                image.tags_refused = Some(why);
            }
        })
        .await
    }
}

impl Listed for Image {
    const LIST: &'static str = "sagemaker:ListImages";
    /// The listing tells it all.
    const DESCRIBE: &'static str = Self::LIST;

    async fn page(gate: &Gate, token: Option<String>) -> Result<Page, Refusal> {
        let client = gate.sagemaker();
        let send = || client.list_images().max_results(100).set_next_token(token.clone()).send();
        let answer = gate.call(Self::LIST, send).await?;
        let lines = answer.images.as_deref();
        Page::new(lines, answer.next_token(), line).ok_or_else(|| Refusal::lacks(Self::LIST, "Images"))
    }

    fn describe(_gate: &Gate, _line: &Line) -> impl Future<Output = Result<Described<Self>, Refusal>> + Send {
        std::future::ready(Ok(Described::new(Self::default())))
    }
}

fn line(image: &Summary) -> Option<Line> {
    Some(Line {
        created_at: moment(image.creation_time()),
        modified_at: moment(image.last_modified_time()),
        state: said(image.image_status().map(ImageStatus::as_str)),
        ..Line::named(image.image_name(), image.image_arn())?
    })
}
