//! From facts to staged Parquet: rows a second of processor time.

use super::{Trouble, row::Row};

pub(super) fn rows(_quick: bool) -> Result<Vec<Row>, Trouble> {
    Ok(Vec::new())
}
