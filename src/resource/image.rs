//! Images of Studio. What is looked at are their tags, so that they are listed and not described.

use aws_sdk_sagemaker::types::{Image as Summary, ImageStatus};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    tags,
};
use crate::{outcome::Refusal, scan::cell::Cell, session::gate::Gate};

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

    listed::page!(list_images, images, "Images");

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
