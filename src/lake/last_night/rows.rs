//! Resources as they were published, read back with their facts.

use std::collections::BTreeMap;

use arrow_array::{Array as _, RecordBatch, cast::AsArray as _, types::TimestampMillisecondType};
use jiff::Timestamp;

use super::known::{cell, instant, text};
use crate::resource::{Facts, Origin, OriginKind, Resource};

/// The columns of `resources` that are read back.
pub(super) const COLUMNS: [&str; 14] = [
    "account_id",
    "region",
    "resource_type",
    "resource_arn",
    "resource_name",
    "state",
    "created_at",
    "modified_at",
    "origin_kind",
    "origin",
    "role_arn",
    "tags",
    "config_json",
    "observed_at",
];

/// The resources of a batch; none when there is one that this version does not understand.
pub(super) fn resources(batch: &RecordBatch) -> Option<Vec<Resource>> {
    (0..batch.num_rows()).map(|row| resource(batch, row)).collect()
}

/// The creation time of the youngest resource of a batch; none where none tells it.
pub(super) fn newest(batch: &RecordBatch) -> Option<Timestamp> {
    let instants = batch.column_by_name("created_at")?.as_primitive_opt::<TimestampMillisecondType>()?;
    let newest = instants.iter().flatten().max()?;
    Timestamp::from_millisecond(newest).ok()
}

fn resource(batch: &RecordBatch, row: usize) -> Option<Resource> {
    let text = |name| text(batch, name, row);
    let instant = |name| instant(batch, name, row);
    let owned = |name| text(name).map(ToOwned::to_owned);
    let origin = match text("origin_kind") {
        None => None,
        Some(kind) => {
            let kind = OriginKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
            Some(Origin { kind, reference: owned("origin")? })
        }
    };
    Some(Resource {
        arn: owned("resource_arn")?,
        name: owned("resource_name")?,
        created_at: instant("created_at"),
        modified_at: instant("modified_at"),
        state: owned("state"),
        origin,
        role_arn: owned("role_arn"),
        tags: tags(batch, row)?,
        observed_at: instant("observed_at")?,
        facts: Facts::from_json(cell(batch, row)?.resource_type, text("config_json")?).ok()?,
    })
}

fn tags(batch: &RecordBatch, row: usize) -> Option<BTreeMap<String, String>> {
    let entries = batch.column_by_name("tags")?.as_map_opt()?.value(row);
    let (keys, values) = (entries.column(0).as_string_opt::<i32>()?, entries.column(1).as_string_opt::<i32>()?);
    let tag = |entry| (keys.value(entry).to_owned(), values.value(entry).to_owned());
    Some((0..entries.len()).map(tag).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::lake::{
        column::batch,
        resources::{Located, columns},
        samples::{context, resource as sample, target},
    };

    #[test]
    fn a_resource_survives_the_table() {
        let target = target(111_111_111_111, "eu-central-1");
        let written = (0..200).map(|number| sample(&target, number, 0)).collect::<Vec<_>>();
        let located = |resource| Located { target: Arc::clone(&target), resource: Arc::new(resource) };
        let rows = written.iter().cloned().map(located).collect::<Vec<_>>();
        assert_eq!(resources(&batch(&columns(), &rows, &context()).unwrap()), Some(written));
    }
}
