//! The order of the rows of a table, which is also what makes two rows the same: account first, check last.

use std::cmp::Ordering;

use arrow_array::{Array as _, ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray, UInt32Array};
use arrow_schema::ArrowError;

use super::Table;

/// The columns by which a table is sorted, and the column that says which of two rows with the same key is the later.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    key: &'static [&'static str],
    observed: &'static str,
}

impl Table {
    /// The order of the table; none for those that are not merged of rows of the scan.
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
            Self::FindingEvents
            | Self::PostureDaily
            | Self::Checks
            | Self::CheckRequirements
            | Self::Exceptions
            | Self::Runs
            | Self::Standing => None,
        }
    }
}

impl Order {
    /// The key columns, the first the coarsest.
    pub fn key(self) -> &'static [&'static str] {
        self.key
    }

    /// The column of which the greater value is the later.
    pub fn observed(self) -> &'static str {
        self.observed
    }
}

/// The key columns of some rows.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    key: Vec<KeyColumn>,
    /// None where no row can be seen twice.
    observed: Option<TimestampMillisecondArray>,
    rows: usize,
}

#[derive(Debug, Clone)]
enum KeyColumn {
    Text(StringArray),
    Instant(TimestampMillisecondArray),
    /// The rank of a row among others that were sorted already.
    Rank(UInt32Array),
}

impl Keys {
    /// Of `rows` rows with these key columns.
    pub(super) fn new(key: &[ArrayRef], observed: Option<&ArrayRef>, rows: usize) -> Result<Self, ArrowError> {
        let instant = |array: &ArrayRef| {
            let array = array.as_any().downcast_ref::<TimestampMillisecondArray>().cloned();
            array.ok_or_else(|| ArrowError::SchemaError("a key is neither text nor rank nor instant".to_owned()))
        };
        let column = |array: &ArrayRef| {
            if let Some(texts) = array.as_any().downcast_ref::<StringArray>() {
                Ok(KeyColumn::Text(texts.clone()))
            } else if let Some(ranks) = array.as_any().downcast_ref::<UInt32Array>() {
                Ok(KeyColumn::Rank(ranks.clone()))
            } else {
                instant(array).map(KeyColumn::Instant)
            }
        };
        let key = key.iter().map(column).collect::<Result<_, _>>()?;
        Ok(Self { key, observed: observed.map(instant).transpose()?, rows })
    }

    /// Of the rows of a batch, by the columns that `names` names.
    pub(super) fn named(names: &[&str], batch: &RecordBatch) -> Result<Self, ArrowError> {
        let column = |name: &&str| {
            let found = batch.column_by_name(name).cloned();
            found.ok_or_else(|| ArrowError::SchemaError(format!("column `{name}` is missing")))
        };
        Self::new(&names.iter().map(column).collect::<Result<Vec<_>, _>>()?, None, batch.num_rows())
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// The order of the keys of two rows; an absent instant comes first.
    pub(super) fn compare_keys(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        for (one, two) in self.key.iter().zip(&other.key) {
            let ordering = match (one, two) {
                (KeyColumn::Text(one), KeyColumn::Text(two)) => one.value(row).cmp(two.value(other_row)),
                (KeyColumn::Rank(one), KeyColumn::Rank(two)) => one.value(row).cmp(&two.value(other_row)),
                (KeyColumn::Instant(one), KeyColumn::Instant(two)) => {
                    let at = |array: &TimestampMillisecondArray, row| array.is_valid(row).then(|| array.value(row));
                    at(one, row).cmp(&at(two, other_row))
                }
                // The columns of one table have one type each.
                (KeyColumn::Rank(_), _) | (KeyColumn::Text(_), KeyColumn::Instant(_)) => Ordering::Less,
                (_, KeyColumn::Rank(_)) | (KeyColumn::Instant(_), KeyColumn::Text(_)) => Ordering::Greater,
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        Ordering::Equal
    }

    /// The order of two rows: by key, and among the same key the later observed first.
    pub(super) fn compare(&self, row: usize, other: &Self, other_row: usize) -> Ordering {
        let observed = |keys: &Self, row| keys.observed.as_ref().map(|observed| observed.value(row));
        self.compare_keys(row, other, other_row).then_with(|| observed(other, other_row).cmp(&observed(self, row)))
    }

    /// The rows in order.
    pub(super) fn sorted(&self) -> Vec<usize> {
        let mut rows = (0..self.rows).collect::<Vec<_>>();
        rows.sort_by(|one, two| self.compare(*one, self, *two));
        rows
    }

    /// The rank of each row: rows with the same key have the same.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.rows];
        let mut rank = 0;
        let mut last = None;
        for row in self.sorted() {
            if last.is_some_and(|last| self.compare_keys(last, self, row).is_ne()) {
                rank += 1;
            }
            if let Some(place) = ranks.get_mut(row) {
                *place = rank;
            }
            last = Some(row);
        }
        ranks
    }
}
