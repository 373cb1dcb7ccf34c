//! The order of the rows of a table, which is also what makes two rows the same: account first, check last.

use std::cmp::Ordering;

use arrow_array::{Array as _, RecordBatch, StringArray, TimestampMillisecondArray, UInt32Array};
use arrow_schema::ArrowError;

use super::Table;

/// The columns by which a table is sorted, and the column that says which of two rows with the same key is the later.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    key: &'static [&'static str],
    observed: &'static str,
}

impl Table {
    /// The order of the table; none for `runs`, which has one row.
    pub fn order(self) -> Option<Order> {
        match self {
            Self::Findings => Some(Order {
                key: &["account_id", "region", "resource_type", "resource_arn", "resource_created_at", "check_id"],
                observed: "observed_at",
            }),
            Self::Resources => Some(Order {
                key: &["account_id", "region", "resource_type", "resource_arn", "created_at"],
                observed: "observed_at",
            }),
            Self::Coverage => Some(Order { key: &["account_id", "region", "resource_type"], observed: "started_at" }),
            Self::Runs => None,
        }
    }
}

/// The key columns of one batch.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    key: Vec<KeyColumn>,
    observed: TimestampMillisecondArray,
    rows: usize,
}

#[derive(Debug, Clone)]
enum KeyColumn {
    Text(StringArray),
    Instant(TimestampMillisecondArray),
}

impl Keys {
    pub(super) fn new(order: Order, batch: &RecordBatch) -> Result<Self, ArrowError> {
        let column = |name: &str| {
            batch.column_by_name(name).ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is missing")))
        };
        let instant = |name: &str| {
            let array = column(name)?.as_any().downcast_ref::<TimestampMillisecondArray>().cloned();
            array.ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is neither text nor an instant")))
        };
        let key = |name: &&str| match column(name)?.as_any().downcast_ref::<StringArray>() {
            Some(array) => Ok(KeyColumn::Text(array.clone())),
            None => instant(name).map(KeyColumn::Instant),
        };
        Ok(Self {
            key: order.key.iter().map(key).collect::<Result<_, _>>()?,
            observed: instant(order.observed)?,
            rows: batch.num_rows(),
        })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The order of the keys of two rows; an absent instant comes first.
    pub(super) fn compare_keys(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        for (one, two) in self.key.iter().zip(&other.key) {
            let ordering = match (one, two) {
                (KeyColumn::Text(one), KeyColumn::Text(two)) => one.value(row).cmp(two.value(other_row)),
                (KeyColumn::Instant(one), KeyColumn::Instant(two)) => {
                    let at = |array: &TimestampMillisecondArray, row| array.is_valid(row).then(|| array.value(row));
                    at(one, row).cmp(&at(two, other_row))
                }
                // The columns of one table have one type each.
                (KeyColumn::Text(_), KeyColumn::Instant(_)) => Ordering::Less,
                (KeyColumn::Instant(_), KeyColumn::Text(_)) => Ordering::Greater,
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    /// The order of two rows: by key, and among the same key the later observed first.
    pub(super) fn compare(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        self.compare_keys(row, other, other_row)
            .then_with(|| other.observed.value(other_row).cmp(&self.observed.value(row)))
    }

    /// The rows of the batch in order, as indices to take.
    pub(super) fn sorted(&self) -> UInt32Array {
        let mut rows = (0..self.rows).collect::<Vec<_>>();
        rows.sort_by(|one, two| self.compare(*one, self, *two));
        UInt32Array::from_iter_values(rows.into_iter().filter_map(|row| u32::try_from(row).ok()))
    }
}
