//! What was published: bytes and rows of a table, read from the lake.

use std::{
    fs::{self, File},
    path::Path,
};

use parquet::file::reader::{FileReader as _, SerializedFileReader};

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
    let mut folders = vec![directory.join("lake/v1").join(table)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "parquet") {
                let rows = SerializedFileReader::new(File::open(&path)?)?.metadata().file_metadata().num_rows();
                size.bytes += entry.metadata()?.len();
                size.rows += u64::try_from(rows)?;
            }
        }
    }
    Ok(size)
}
