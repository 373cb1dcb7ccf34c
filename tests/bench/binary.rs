//! The size of the program and of its largest parts.

use std::fs;

use super::{
    Trouble,
    row::{Row, mebibytes},
};

pub(super) fn rows() -> Result<Vec<Row>, Trouble> {
    let size = fs::metadata(env!("CARGO_BIN_EXE_sagesweep"))?.len();
    Ok(vec![Row::told("binary, with what tells lines in a backtrace", mebibytes(size), "MiB")])
}
