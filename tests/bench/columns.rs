//! What each column of a published table takes.

use std::{fs::File, path::Path};

use parquet::file::{
    metadata::RowGroupMetaData,
    reader::{FileReader as _, SerializedFileReader},
};
use sagesweep::lake::{Table, publish::Published};

use super::Trouble;

/// The tables that are measured.
pub(super) const MEASURED: [Table; 4] = [Table::Findings, Table::Resources, Table::FindingEvents, Table::Standing];

/// What one column of a published table takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnSize {
    /// The table.
    pub table: Table,
    /// The path of the column.
    pub column: String,
    /// Compressed bytes in all row groups.
    pub bytes: u64,
    /// The encodings of its pages.
    pub encodings: String,
}

/// The columns of the published files, the largest of each table first.
pub(super) fn column_sizes(root: &Path, published: &Published) -> Result<Vec<ColumnSize>, Trouble> {
    let mut columns = Vec::<ColumnSize>::new();
    for table in MEASURED {
        let folder = table.root();
        for object in published.run.objects.iter().filter(|object| object.key.starts_with(&folder)) {
            let reader = SerializedFileReader::new(File::open(root.join(&object.key))?)?;
            for chunk in reader.metadata().row_groups().iter().flat_map(RowGroupMetaData::columns) {
                let (column, bytes) = (chunk.column_path().string(), u64::try_from(chunk.compressed_size())?);
                let encodings = format!("{:?}", chunk.encodings().collect::<Vec<_>>());
                match columns.iter_mut().find(|known| known.table == table && known.column == column) {
                    Some(known) => known.bytes += bytes,
                    None => columns.push(ColumnSize { table, column, bytes, encodings }),
                }
            }
        }
    }
    columns.sort_by_key(|column| (column.table, std::cmp::Reverse(column.bytes)));
    Ok(columns)
}
