//! The table `resources`: one row for each resource that was seen, with the facts that were judged.

use std::{borrow::Cow, sync::Arc};

use super::{
    column::{Column, Read},
    layout::{Of, Section},
    placed::{place_columns, run_columns},
};
use crate::{organization::Target, resource::Resource};

/// One row of the table: a resource and where it is.
#[derive(Debug, Clone)]
pub struct Located {
    /// Account and region.
    pub target: Arc<Target>,
    /// The resource.
    pub resource: Arc<Resource>,
}

/// The columns of the table.
pub fn columns() -> Vec<Column<Located>> {
    sections().into_iter().flat_map(|section| section.columns).collect()
}

/// The columns, by what their values depend on.
pub(super) fn sections() -> Vec<Section<Located>> {
    vec![
        Section { of: Of::Place, columns: [run_columns(), place_columns()].concat() },
        Section { of: Of::Subject, columns: [identity(), facts()].concat() },
    ]
}

/// The value of the owner tag on the resource, else on the account.
pub(super) fn owner<'a>(resource: &'a Resource, target: &'a Target, tag: &str) -> Option<Cow<'a, str>> {
    let value = resource.tags.get(tag).or_else(|| target.account.tags.get(tag));
    value.map(|value| Cow::Borrowed(value.as_str()))
}

fn identity() -> Vec<Column<Located>> {
    vec![
        Column {
            name: "resource_arn",
            meaning: "The ARN of the resource.",
            read: Read::Text(|row| Cow::Borrowed(&row.resource.arn)),
        },
        Column {
            name: "resource_name",
            meaning: "The name of the resource within its account and region.",
            read: Read::Text(|row| Cow::Borrowed(&row.resource.name)),
        },
        Column {
            name: "state",
            meaning: "The status text of the service, as it came.",
            read: Read::OptionalText(|row, _| row.resource.state.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "created_at",
            meaning: "When the resource was created.",
            read: Read::OptionalTimestamp(|row| row.resource.created_at),
        },
        Column {
            name: "modified_at",
            meaning: "When the resource last changed.",
            read: Read::OptionalTimestamp(|row| row.resource.modified_at),
        },
    ]
}

fn facts() -> Vec<Column<Located>> {
    vec![
        Column {
            name: "origin_kind",
            meaning: "What made the resource: TUNING_JOB, AUTOML_JOB, LABELING_JOB or PIPELINE_EXECUTION; null when unknown.",
            read: Read::OptionalText(|row, _| {
                row.resource.origin.as_ref().map(|origin| Cow::Borrowed(origin.kind.as_str()))
            }),
        },
        Column {
            name: "origin",
            meaning: "The ARN of what made the resource, or its name where no ARN is known.",
            read: Read::OptionalText(|row, _| {
                row.resource.origin.as_ref().map(|origin| Cow::Borrowed(origin.reference.as_str()))
            }),
        },
        Column {
            name: "role_arn",
            meaning: "The execution role.",
            read: Read::OptionalText(|row, _| row.resource.role_arn.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "owner",
            meaning: "The value of the configured owner tag on the resource, else on the account.",
            read: Read::OptionalText(|row, context| owner(&row.resource, &row.target, &context.owner_tag)),
        },
        Column { name: "tags", meaning: "The tags of the resource.", read: Read::TextMap(|row| &row.resource.tags) },
        Column {
            name: "config_json",
            meaning: "The facts that the checks judged, as a JSON object.",
            read: Read::Json(|row| row.resource.facts.to_json()),
        },
        Column {
            name: "observed_at",
            meaning: "When the answer of the service was read.",
            read: Read::Timestamp(|row| row.resource.observed_at),
        },
    ]
}
