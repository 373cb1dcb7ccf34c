//! What was published: bytes and rows of a table, read from the lake.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
};

use parquet::{
    file::reader::{FileReader as _, SerializedFileReader},
    record::RowAccessor as _,
};
use sagesweep::lake::Table;

use super::Trouble;

/// Bytes and rows of a table.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Size {
    pub(super) bytes: u64,
    pub(super) rows: u64,
}

/// The size of a table in the lake of `directory`, all nights together.
pub(super) fn size(directory: &Path, table: &str) -> Result<Size, Trouble> {
    let mut size = Size::default();
    for path in files(directory, table)? {
        let rows = SerializedFileReader::new(File::open(&path)?)?.metadata().file_metadata().num_rows();
        size.bytes += fs::metadata(&path)?.len();
        size.rows += u64::try_from(rows)?;
    }
    Ok(size)
}

/// The cells of coverage by outcome, of all nights together, for people.
pub(super) fn cells(directory: &Path) -> Result<String, Trouble> {
    let outcome = Table::Coverage.schema().index_of("outcome")?;
    let mut cells = BTreeMap::<String, u64>::new();
    for path in files(directory, "coverage")? {
        for row in SerializedFileReader::new(File::open(path)?)? {
            *cells.entry(row?.get_string(outcome)?.clone()).or_default() += 1;
        }
    }
    Ok(cells.iter().map(|(outcome, cells)| format!("{cells} {outcome}")).collect::<Vec<_>>().join(", "))
}

fn files(directory: &Path, table: &str) -> Result<Vec<PathBuf>, Trouble> {
    let (mut folders, mut files) = (vec![directory.join("lake/v1").join(table)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "parquet") {
                files.push(path);
            }
        }
    }
    Ok(files)
}
