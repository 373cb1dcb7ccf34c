//! The tables of the lake for the engine: their columns are those of the DDL, and their files what is published of them.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use datafusion::{
    config::TableParquetOptions,
    datasource::{
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    error::Result,
    execution::{object_store::ObjectStoreUrl, runtime_env::RuntimeEnv},
};

use crate::lake::{Table, athena::PARTITION};

/// What stands for the lake in the addresses of the engine.
const LAKE: &str = "lake://published/";

/// The address of the store of the lake.
pub(super) fn store_url() -> Result<ObjectStoreUrl> {
    ObjectStoreUrl::parse(LAKE)
}

/// A table. Its nights are folders, and those that a bound leaves out are not listed.
pub(super) fn listing(table: Table, runtime: &RuntimeEnv) -> Result<Arc<ListingTable>> {
    let mut parquet = TableParquetOptions::default();
    // A row whose status or account is not asked for is passed over before its long texts are read.
    parquet.global.pushdown_filters = true;
    parquet.global.reorder_filters = true;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default().with_options(parquet)))
        .with_file_extension(".parquet")
        .with_table_partition_cols(vec![(PARTITION.name.to_owned(), DataType::Utf8)]);
    let config = ListingTableConfig::new(ListingTableUrl::parse(format!("{LAKE}{}", table.root()))?)
        .with_listing_options(options)
        .with_schema(columns(table));
    let table = ListingTable::try_new(config)?;
    Ok(Arc::new(table.with_cache(runtime.cache_manager.get_file_statistic_cache())))
}

/// The columns of a table. An earlier version of the program may have left any of them out.
fn columns(table: Table) -> SchemaRef {
    let schema = table.schema();
    let nullable = |field: &Arc<Field>| field.as_ref().clone().with_nullable(true);
    Arc::new(Schema::new(schema.fields().iter().map(nullable).collect::<Vec<_>>()))
}
