//! Where people of a domain write besides their own volumes: what their notebooks share, and what Canvas makes. A domain
//! says it for everybody, and a user profile may say otherwise for one.

use aws_sdk_sagemaker::types::{NotebookOutputOption, UserSettings};
use serde::{Deserialize, Serialize};

use super::{answer::said, stored::Stored};

/// Where people write, as far as settings say it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outputs {
    /// `SharingSettings`, where there are any; without them nothing is shared.
    pub sharing: Option<Sharing>,
    /// `CanvasAppSettings.WorkspaceSettings`, where there are any: the key of `S3KmsKeyId`.
    pub canvas: Option<Stored>,
}

/// What notebooks share.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sharing {
    /// `NotebookOutputOption`: `Allowed` or `Disabled`; absent is `Disabled`.
    pub option: Option<String>,
    /// `S3KmsKeyId`, which encrypts what is shared.
    pub key: Option<String>,
}

impl Outputs {
    /// The texts by which the settings name keys.
    pub(super) fn keys(&self) -> Vec<&str> {
        let sharing = self.sharing.as_ref().and_then(|sharing| sharing.key.as_deref());
        let canvas = self.canvas.as_ref().and_then(|canvas| canvas.key.as_deref());
        sharing.into_iter().chain(canvas).collect()
    }

    pub(super) fn of(settings: Option<&UserSettings>) -> Self {
        let sharing = settings.and_then(|settings| settings.sharing_settings());
        let canvas = settings.and_then(|settings| settings.canvas_app_settings());
        Self {
            sharing: sharing.map(|sharing| Sharing {
                option: said(sharing.notebook_output_option().map(NotebookOutputOption::as_str)),
                key: said(sharing.s3_kms_key_id()),
            }),
            canvas: canvas
                .and_then(|canvas| canvas.workspace_settings())
                .map(|workspace| Stored { key: said(workspace.s3_kms_key_id()) }),
        }
    }
}
