//! The columns that say where a row belongs: the same in every table of the scan.

use std::borrow::Cow;

use super::column::{Column, Read};
use crate::{
    coverage::Coverage, finding::Finding, lake::resources::Located, organization::Target, resource::ResourceType,
};

/// A row that belongs to a target and a resource type.
pub trait Placed: 'static {
    /// Account and region.
    fn target(&self) -> &Target;
    /// The resource type.
    fn resource_type(&self) -> ResourceType;
}

impl Placed for Finding {
    fn target(&self) -> &Target {
        &self.target
    }

    fn resource_type(&self) -> ResourceType {
        self.resource.facts.resource_type()
    }
}

impl Placed for Located {
    fn target(&self) -> &Target {
        &self.target
    }

    fn resource_type(&self) -> ResourceType {
        self.resource.facts.resource_type()
    }
}

impl Placed for Coverage {
    fn target(&self) -> &Target {
        &self.target
    }

    fn resource_type(&self) -> ResourceType {
        self.resource_type
    }
}

/// The columns of the run.
pub(super) fn run_columns<R>() -> Vec<Column<R>> {
    vec![
        Column { name: "run_id", meaning: "The run that wrote the row.", read: Read::RunId },
        Column {
            name: "schema_version",
            meaning: "The version of the columns; higher versions only add some.",
            read: Read::SchemaVersion,
        },
    ]
}

/// The columns of the place.
pub(super) fn place_columns<R: Placed>() -> Vec<Column<R>> {
    vec![
        Column {
            name: "partition_name",
            meaning: "The AWS partition: aws, aws-us-gov or aws-cn.",
            read: Read::Text(|row| Cow::Borrowed(row.target().partition.as_str())),
        },
        Column {
            name: "org_id",
            meaning: "The id of the organization; null when it was not asked.",
            read: Read::OptionalText(|row, _| row.target().account.organization_id.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "ou_id",
            meaning: "The id of the organizational unit or root that held the account at run time.",
            read: Read::OptionalText(|row, _| row.target().account.ou_id.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "ou_path",
            meaning: "The names from the root to that unit at run time, such as /Workloads/Prod.",
            read: Read::OptionalText(|row, _| row.target().account.ou_path.as_deref().map(Cow::Borrowed)),
        },
        Column {
            name: "account_id",
            meaning: "The twelve digits of the account, as text.",
            read: Read::Text(|row| Cow::Borrowed(row.target().account.id.as_str())),
        },
        Column {
            name: "account_name",
            meaning: "The name of the account at run time; its id when the organization was not asked.",
            read: Read::Text(|row| Cow::Borrowed(&row.target().account.name)),
        },
        Column {
            name: "region",
            meaning: "The region code.",
            read: Read::Text(|row| Cow::Borrowed(row.target().region.as_str())),
        },
        Column {
            name: "resource_type",
            meaning: "The resource type in the style of CloudFormation.",
            read: Read::Text(|row| Cow::Borrowed(row.resource_type().as_str())),
        },
    ]
}
