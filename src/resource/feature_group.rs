//! Feature groups, which can be changed at any time: what their stores are encrypted with, and whether they can be told
//! apart.

use aws_sdk_sagemaker::{
    operation::describe_feature_group::DescribeFeatureGroupOutput,
    types::{FeatureGroupStatus, FeatureGroupSummary, StorageType},
};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    stored::Stored,
    tags,
};
use crate::{outcome::Refusal, scan::cell::Cell, session::gate::Gate};

/// The facts of a feature group.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct FeatureGroup {
    /// `OfflineStoreConfig`, where there is one: the key of its `S3StorageConfig`.
    pub offline_store: Option<Stored>,
    /// `OnlineStoreConfig`, where the store is enabled: the key of its `SecurityConfig`.
    pub online_store: Option<Stored>,
    /// `OnlineStoreConfig.StorageType`: `Standard`, `Standard_V2` or `InMemory`; absent is `Standard`.
    pub online_storage: Option<String>,
    /// Whether there is a `Description`.
    pub described: bool,
    /// Why its tags could not be read.
    pub tags_refused: Option<String>,
}

impl Kind for FeatureGroup {
    const NAME: &'static str = "AWS::SageMaker::FeatureGroup";
    const SLUG: &'static str = "feature-group";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        [&self.offline_store, &self.online_store]
            .into_iter()
            .flatten()
            .filter_map(|store| store.key.as_deref())
            .collect()
    }

    fn is_whole(&self) -> bool {
        self.tags_refused.is_none()
    }

    async fn confirm(cell: &Cell, resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        tags::read(cell, resources, |facts, why| {
            if let Facts::FeatureGroup(group) = facts {
                group.tags_refused = Some(why);
            }
        })
        .await
    }
}

impl Listed for FeatureGroup {
    const LIST: &'static str = "sagemaker:ListFeatureGroups";
    const DESCRIBE: &'static str = "sagemaker:DescribeFeatureGroup";

    listed::page!(list_feature_groups, feature_group_summaries, "FeatureGroupSummaries");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let send = || client.describe_feature_group().feature_group_name(&line.name).send();
        let group = gate.call(Self::DESCRIBE, send).await?;
        Ok(Described {
            state: said(group.feature_group_status().map(FeatureGroupStatus::as_str)),
            modified_at: moment(group.last_modified_time()),
            role_arn: said(group.role_arn()),
            ..Described::new(facts(&group))
        })
    }
}

fn line(group: &FeatureGroupSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(group.creation_time()),
        state: said(group.feature_group_status().map(FeatureGroupStatus::as_str)),
        ..Line::named(group.feature_group_name(), group.feature_group_arn())?
    })
}

fn facts(group: &DescribeFeatureGroupOutput) -> FeatureGroup {
    let offline = group.offline_store_config();
    let online = group.online_store_config().filter(|store| store.enable_online_store() == Some(true));
    FeatureGroup {
        offline_store: offline
            .map(|store| Stored { key: said(store.s3_storage_config().and_then(|storage| storage.kms_key_id())) }),
        online_store: online
            .map(|store| Stored { key: said(store.security_config().and_then(|security| security.kms_key_id())) }),
        online_storage: said(online.and_then(|store| store.storage_type()).map(StorageType::as_str)),
        described: said(group.description()).is_some(),
        tags_refused: None,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sagemaker::types::OnlineStoreConfig;

    use super::*;

    #[test]
    fn an_online_store_counts_only_where_it_is_enabled() {
        let store = |enabled: Option<bool>| {
            let config = OnlineStoreConfig::builder().set_enable_online_store(enabled).build();
            facts(&DescribeFeatureGroupOutput::builder().online_store_config(config).build()).online_store
        };
        assert_eq!(store(Some(true)), Some(Stored { key: None }));
        assert_eq!([store(Some(false)), store(None)], [None, None]);
    }
}
