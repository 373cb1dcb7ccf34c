//! A session: the engine with the tables, the views, the functions of Athena, and its limits.

use std::{collections::BTreeSet, num::NonZeroUsize, sync::Arc};

use arrow_array::{RecordBatch, temporal_conversions::timestamp_ms_to_datetime};
use arrow_schema::SchemaRef;
use datafusion::{
    common::DataFusionError,
    execution::{
        SendableRecordBatchStream, SessionState, SessionStateBuilder, SessionStateDefaults,
        context::SQLOptions,
        disk_manager::DiskManagerBuilder,
        memory_pool::{FairSpillPool, TrackConsumersPool},
        runtime_env::{RuntimeEnv, RuntimeEnvBuilder},
    },
    physical_plan::execute_stream,
    prelude::SessionConfig,
};
use futures::StreamExt as _;
use jiff::tz::TimeZone;

use super::{
    AsOfError, QueryError, damaged,
    error::is_of_a_file,
    functions,
    limits::Limits,
    published::Published,
    statement::Question,
    tables,
    views::{self, CATALOG, DATABASE},
};
use crate::{
    lake::{RunId, Table, published::PublishedRun, store::Store},
    session::Clock,
};

/// Bytes of memory with which one of several that work side by side gets on, and those that a step takes for each of its rows.
const A_PART: usize = 128 << 20;
const A_ROW: usize = 16 << 10;
/// How many of those that hold the memory are named when there is not enough of it.
const NAMED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(2);

/// An engine that answers questions, one at a time.
#[derive(Debug)]
pub struct Session {
    state: SessionState,
    lake: Published,
    clock: Clock,
}

/// The answer to a question, batch by batch.
pub struct Answer<'s> {
    stream: SendableRecordBatchStream,
    lake: &'s Published,
}

impl std::fmt::Debug for Answer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Answer").field("schema", &self.schema()).finish_non_exhaustive()
    }
}

impl Session {
    /// A session on a lake, for which today is the day of `clock` in UTC.
    pub fn new(store: Store, limits: Limits, clock: Clock) -> Result<Self, QueryError> {
        Self::passing_over(BTreeSet::new(), store, limits, clock)
    }

    /// A session on the lake as it was when a run was published: the views of the present speak of that run, and those
    /// that came after it are not there.
    pub async fn as_of(run: &PublishedRun, store: Store, limits: Limits) -> Result<Self, AsOfError> {
        let later = run.later_of_its_day(&store).await?;
        Ok(Self::passing_over(later, store, limits, Clock::evening(run.run_id().run_date()))?)
    }

    fn passing_over(without: BTreeSet<RunId>, store: Store, limits: Limits, clock: Clock) -> Result<Self, QueryError> {
        let lake = Published::new(store, without);
        let runtime = runtime(limits)?;
        runtime.register_object_store(tables::store_url()?.as_ref(), Arc::new(lake.clone()));
        let mut functions = SessionStateDefaults::default_scalar_functions();
        functions.extend(functions::all());
        // Neither the formats of files nor the factories of tables: there is nothing to write with, or to read from elsewhere.
        let state = SessionStateBuilder::new()
            .with_config(config(limits))
            .with_runtime_env(Arc::clone(&runtime))
            .with_expr_planners(SessionStateDefaults::default_expr_planners())
            .with_scalar_functions(functions)
            .with_higher_order_functions(SessionStateDefaults::default_higher_order_functions())
            .with_aggregate_functions(SessionStateDefaults::default_aggregate_functions())
            .with_window_functions(SessionStateDefaults::default_window_functions())
            .build();
        let schema = state.schema_for_ref(DATABASE)?;
        for table in Table::ALL {
            schema.register_table(table.as_str().to_owned(), tables::listing(table, &runtime)?)?;
        }
        Ok(Self { state, lake, clock })
    }

    /// Where the lake is, for people.
    pub fn place(&self) -> String {
        self.lake.store().place("")
    }

    /// Finds out whether there is anything to ask.
    pub async fn look(&self) -> Result<(), QueryError> {
        self.lake.look(TimeZone::UTC.to_datetime(self.clock.now()).date()).await
    }

    /// Begins to answer a question, from what is published at this moment.
    pub async fn ask(&self, question: &Question) -> Result<Answer<'_>, QueryError> {
        let now = self.clock.now();
        self.look().await?;
        let mut state = self.state.clone();
        state.execution_props_mut().query_execution_start_time =
            timestamp_ms_to_datetime(now.as_millisecond()).map(|now| now.and_utc());
        let schema = state.schema_for_ref(DATABASE)?;
        views::plan(&state, &*schema, question).await?;
        let plan = state.statement_to_plan(question.statement.clone()).await?;
        let only_reads = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        only_reads.verify_plan(&plan).map_err(|_changes| QueryError::Changes("what is in this query".to_owned()))?;
        let answer = async {
            let plan = state.create_physical_plan(&plan).await?;
            execute_stream(plan, state.task_ctx())
        };
        match answer.await {
            Ok(stream) => Ok(Answer { stream, lake: &self.lake }),
            Err(error) => Err(self.lake.told(error).await),
        }
    }
}

impl Answer<'_> {
    /// The columns.
    pub fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }

    /// The next rows; none at the end.
    pub async fn next(&mut self) -> Result<Option<RecordBatch>, QueryError> {
        match self.stream.next().await {
            None => Ok(None),
            Some(Ok(batch)) => Ok(Some(batch)),
            Some(Err(error)) => Err(self.lake.told(error).await),
        }
    }
}

impl Published {
    /// An error of the engine; where it could not understand a file, with the name of the file.
    async fn told(&self, error: DataFusionError) -> QueryError {
        let damaged = if is_of_a_file(&error) { damaged::find(self.store(), self.read()).await } else { None };
        damaged.unwrap_or_else(|| error.into())
    }
}

fn config(limits: Limits) -> SessionConfig {
    let memory = usize::try_from(limits.memory.bytes()).unwrap_or(usize::MAX);
    let config = SessionConfig::new();
    // With little memory fewer work side by side, in shorter steps, and each keeps less back for merging what it spilled.
    let parts = config.target_partitions().min(memory / A_PART).max(1);
    let reserved = config.options().execution.sort_spill_reservation_bytes.min(memory / parts / 8);
    let rows = config.batch_size().min(memory / parts / A_ROW);
    let mut config = config
        .with_target_partitions(parts)
        .with_sort_spill_reservation_bytes(reserved)
        .with_batch_size(rows)
        .with_information_schema(true)
        .with_default_catalog_and_schema(CATALOG, DATABASE);
    let parser = &mut config.options_mut().sql_parser;
    // Where Athena has them, whichever way it is sorted.
    "nulls_last".clone_into(&mut parser.default_null_ordering);
    parser.map_string_types_to_utf8view = false;
    config
}

fn runtime(limits: Limits) -> Result<Arc<RuntimeEnv>, QueryError> {
    let memory = usize::try_from(limits.memory.bytes()).unwrap_or(usize::MAX);
    let disk = DiskManagerBuilder::default().with_max_temp_directory_size(limits.disk.bytes());
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(TrackConsumersPool::new(FairSpillPool::new(memory), NAMED)))
        .with_disk_manager_builder(disk)
        // What is published is looked at anew for each question.
        .with_object_list_cache_limit(0)
        .build_arc()?;
    Ok(runtime)
}
