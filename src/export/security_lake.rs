//! Findings as a custom source of Amazon Security Lake: OCSF events as Parquet, in a file for each account.
//!
//! ```text
//! ext/<source>/region=<region>/accountId=<account>/eventDay=YYYYMMDD/<run_id>.zstd.parquet
//! ```
//!
//! All events of a run have its time, so that they are sorted by time in whatever order they come.

use std::{io, path::PathBuf};

use arrow_array::RecordBatch;
use arrow_json::{ReaderBuilder, reader::Decoder};
use arrow_schema::SchemaRef;
use jiff::tz::TimeZone;
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use serde_json::{Value, json};

mod schema;

use super::{ExportError, ocsf::Events, row::Row};
use crate::{lake::store::StoreError, output::Unnamed};

/// Events that become a batch at once.
const BATCH_ROWS: usize = 1_024;
/// A page may have 1 MB before it is compressed. How much it has is looked at every few rows.
const PAGE_BYTES: usize = 512 << 10;
const ROWS_BETWEEN_LOOKS: usize = 64;
/// A row group may have 256 MB; this is before it is compressed.
const GROUP_BYTES: usize = 96 << 20;

/// Writes the files of a run.
#[derive(Debug)]
pub(super) struct Files<'a> {
    events: Events<'a>,
    root: PathBuf,
    source: &'a str,
    region: &'a str,
    schema: SchemaRef,
    open: Option<Open>,
}

/// The file of an account.
#[derive(Debug)]
struct Open {
    account_id: String,
    path: PathBuf,
    writer: ArrowWriter<Unnamed>,
    waiting: Vec<Value>,
}

impl<'a> Files<'a> {
    /// Of a source with this name, below `root`, for the Security Lake of a region.
    pub(super) fn new(events: Events<'a>, root: PathBuf, source: &'a str, region: &'a str) -> Self {
        Self { events, root, source, region, schema: schema::of(events.version), open: None }
    }

    /// Adds a finding. Those of one account come one after the other.
    pub(super) fn add(&mut self, row: &Row<'_>) -> Result<(), ExportError> {
        let event = flattened(self.events.event(row)?);
        let mut open = match self.open.take() {
            Some(open) if open.account_id == row.account_id => open,
            other => {
                self.close(other)?;
                self.create(row.account_id)?
            }
        };
        open.waiting.push(event);
        if open.waiting.len() >= BATCH_ROWS {
            open.write(&self.schema)?;
        }
        self.open = Some(open);
        Ok(())
    }

    /// Gives the last file its name.
    pub(super) fn finish(mut self) -> Result<(), ExportError> {
        let last = self.open.take();
        self.close(last)
    }

    fn create(&self, account_id: &str) -> Result<Open, ExportError> {
        let facts = &self.events.run.facts;
        let day = TimeZone::UTC.to_datetime(facts.started_at).strftime("%Y%m%d").to_string();
        let Self { source, region, .. } = self;
        let folder = format!("ext/{source}/region={region}/accountId={account_id}/eventDay={day}");
        let path = self.root.join(folder).join(format!("{}.zstd.parquet", facts.run_id));
        let file = Unnamed::create(&path)?;
        let writer = properties()
            .and_then(|properties| ArrowWriter::try_new(file, SchemaRef::clone(&self.schema), Some(properties)));
        let writer = writer.map_err(|error| failed(&path, error))?;
        Ok(Open { account_id: account_id.to_owned(), path, writer, waiting: Vec::new() })
    }

    fn close(&self, open: Option<Open>) -> Result<(), ExportError> {
        let Some(mut open) = open else { return Ok(()) };
        open.write(&self.schema)?;
        let Open { path, writer, .. } = open;
        let file = writer.into_inner().map_err(|error| failed(&path, error))?;
        file.finish().map_err(|source| StoreError::File { doing: "write", path, source })?;
        Ok(())
    }
}

impl Open {
    fn write(&mut self, schema: &SchemaRef) -> Result<(), ExportError> {
        if let Some(batch) = batch(schema, &std::mem::take(&mut self.waiting))? {
            self.writer.write(&batch).map_err(|error| failed(&self.path, error))?;
        }
        Ok(())
    }
}

/// The events as columns. An attribute that the schema does not have is an error.
fn batch(schema: &SchemaRef, events: &[Value]) -> Result<Option<RecordBatch>, ExportError> {
    let mut decoder: Decoder = ReaderBuilder::new(SchemaRef::clone(schema))
        .with_strict_mode(true)
        .with_batch_size(events.len().max(1))
        .build_decoder()?;
    decoder.serialize(events)?;
    Ok(decoder.flush()?)
}

/// What may hold any JSON becomes text: a column has one type.
fn flattened(mut event: Value) -> Value {
    let texts = |members: &mut Value| {
        for member in members.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            if !member.is_string() {
                *member = json!(member.to_string());
            }
        }
    };
    if let Some(unmapped) = event.get_mut("unmapped") {
        texts(unmapped);
    }
    let data = |resource: &mut Value| {
        if let Some(data) = resource.get_mut("data") {
            *data = json!(data.to_string());
        }
    };
    event.get_mut("resource").into_iter().for_each(data);
    event.get_mut("resources").and_then(Value::as_array_mut).into_iter().flatten().for_each(data);
    event
}

fn properties() -> Result<WriterProperties, ParquetError> {
    Ok(WriterProperties::builder()
        .set_created_by(concat!("sagesweep version ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_coerce_types(true)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_page_size_limit(PAGE_BYTES)
        .set_write_batch_size(ROWS_BETWEEN_LOOKS)
        .set_max_row_group_bytes(Some(GROUP_BYTES))
        .build())
}

fn failed(path: &std::path::Path, error: ParquetError) -> StoreError {
    StoreError::File { doing: "write", path: path.to_owned(), source: io::Error::other(error) }
}
