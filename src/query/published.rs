//! What the engine sees of the lake: the objects of the runs that count, through the store of the lake, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::Range,
    sync::Arc,
};

use arrow_array::temporal_conversions::timestamp_ms_to_datetime;
use async_trait::async_trait;
use datafusion::object_store::{
    self, CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, path::Path,
};
use futures::{StreamExt as _, TryStreamExt as _, stream, stream::BoxStream};
use jiff::civil::Date;
use parking_lot::Mutex;
use parquet::errors::ParquetError;

use super::{QueryError, error::Gone};
use crate::{
    lake::{
        RunId, Table,
        published::PublishedRun,
        store::{Store, StoreError},
    },
    outcome::causes,
};

/// The name of the store in the errors of the engine.
const NAME: &str = "lake";

/// The objects of the tables, read only. Clones share what they know.
#[derive(Debug, Clone)]
pub(super) struct Published {
    store: Store,
    /// Runs that are passed over.
    without: Arc<BTreeSet<RunId>>,
    seen: Arc<Mutex<Seen>>,
}

/// What a question has seen of the lake.
#[derive(Debug, Default)]
struct Seen {
    /// The runs that count.
    runs: BTreeSet<RunId>,
    /// The objects of the last of them, on which the views of the present rest; none where they cannot be told.
    last: Vec<String>,
    /// The sizes of their objects, in bytes, as far as they were listed.
    sizes: BTreeMap<String, u64>,
    /// The objects that were read.
    read: BTreeSet<String>,
}

impl Published {
    pub(super) fn new(store: Store, without: BTreeSet<RunId>) -> Self {
        Self { store, without: Arc::new(without), seen: Arc::default() }
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Looks which runs count: those whose commit stands, of the nights up to `today`. Later ones are not there yet, as for
    /// Athena, whose nights are computed.
    pub(super) async fn look(&self, today: Date) -> Result<(), QueryError> {
        let commits = self.store.list(&Table::Runs.root()).await?;
        let runs = commits.iter().filter_map(|commit| Table::Runs.owner(&commit.key));
        let all = runs.filter(|run_id| !self.without.contains(run_id)).collect::<BTreeSet<_>>();
        let Some(first) = all.iter().map(RunId::run_date).min() else {
            return Err(QueryError::NothingPublished(self.store.place("")));
        };
        if first > today {
            return Err(QueryError::NothingYet { today, first });
        }
        let runs = all.into_iter().filter(|run_id| run_id.run_date() <= today).collect();
        {
            let mut seen = self.seen.lock();
            if seen.runs == runs {
                // What a run published does not change, and a page asks dozens of questions.
                (seen.sizes, seen.read) = Default::default();
                return Ok(());
            }
        }
        let last = match PublishedRun::last_of(&self.store, &runs).await {
            Ok(last) => last.map(|run| run.row.objects).unwrap_or_default(),
            Err(error) => {
                let error = causes(&error);
                tracing::warn!(error, "whether all files of the last run are there cannot be told");
                Vec::new()
            }
        };
        let last = last.into_iter().map(|object| object.key).collect();
        *self.seen.lock() = Seen { runs, last, ..Seen::default() };
        Ok(())
    }

    /// The objects that were read since the last look.
    pub(super) fn read(&self) -> BTreeSet<String> {
        self.seen.lock().read.clone()
    }

    /// Whether an object is one of a run that counts.
    fn counts(&self, key: &str) -> bool {
        let owner = Table::ALL.iter().find_map(|table| table.owner(key));
        owner.is_some_and(|run_id| self.seen.lock().runs.contains(&run_id))
    }

    async fn listed(self, folder: String) -> object_store::Result<Vec<ObjectMeta>> {
        let mut found = self.store.list(&folder).await.map_err(|error| refused(&folder, error))?;
        found.retain(|object| self.counts(&object.key));
        let mut seen = self.seen.lock();
        // Without it there would be less of the last run than was found, which looks like nothing found.
        let is_there = |key: &String| found.iter().any(|object| object.key == *key);
        if let Some(gone) = seen.last.iter().find(|key| key.starts_with(&folder) && !is_there(key)) {
            let source = Gone(self.store.place(gone)).into();
            return Err(Error::Generic { store: NAME, source });
        }
        // The engine passes over it as over nothing; what was published is never empty.
        if let Some(empty) = found.iter().find(|object| object.bytes == 0) {
            seen.read.insert(empty.key.clone());
            let source = ParquetError::EOF(format!("{} is empty", empty.key)).into();
            return Err(Error::Generic { store: NAME, source });
        }
        Ok(found
            .into_iter()
            .map(|object| {
                let meta = meta(&object.key, object.bytes);
                seen.sizes.insert(object.key, object.bytes);
                meta
            })
            .collect())
    }

    async fn size(&self, key: &str) -> object_store::Result<u64> {
        let known = self.seen.lock().sizes.get(key).copied();
        if let Some(size) = known {
            return Ok(size);
        }
        let size = self.store.size(key).await.map_err(|error| refused(key, error))?;
        size.ok_or_else(|| missing(&self.store.place(key)))
    }
}

/// What the engine wants to know of an object. It never changes, so all of them are as old as time.
fn meta(key: &str, size: u64) -> ObjectMeta {
    let last_modified = timestamp_ms_to_datetime(0).unwrap_or_default().and_utc();
    ObjectMeta { location: Path::from(key), last_modified, size, e_tag: None, version: None }
}

fn refused(key: &str, error: StoreError) -> Error {
    if matches!(error, StoreError::NotFound(_)) {
        Error::NotFound { path: key.to_owned(), source: error.into() }
    } else {
        Error::Generic { store: NAME, source: error.into() }
    }
}

fn missing(place: &str) -> Error {
    refused(place, StoreError::NotFound(place.to_owned()))
}

fn read_only() -> Error {
    Error::NotSupported { source: "the lake is only read".into() }
}

impl fmt::Display for Published {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.store.place(""))
    }
}

#[async_trait]
impl ObjectStore for Published {
    async fn get_opts(&self, location: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        let key = location.as_ref();
        if !self.counts(key) {
            return Err(missing(&self.store.place(key)));
        }
        let size = self.size(key).await?;
        let range: Range<u64> = match &options.range {
            Some(range) => {
                range.as_range(size).map_err(|error| Error::Generic { store: NAME, source: error.into() })?
            }
            None => 0..size,
        };
        let bytes = if options.head || range.is_empty() {
            Vec::new()
        } else {
            self.seen.lock().read.insert(key.to_owned());
            self.store.read_range(key, range.clone()).await.map_err(|error| refused(key, error))?
        };
        let payload = GetResultPayload::Stream(stream::once(async { Ok(bytes.into()) }).boxed());
        Ok(GetResult { payload, meta: meta(key, size), range, attributes: object_store::Attributes::default() })
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        let folder = prefix.map(|prefix| format!("{prefix}/")).unwrap_or_default();
        let listed = self.clone().listed(folder);
        stream::once(listed).map_ok(|found| stream::iter(found.into_iter().map(Ok))).try_flatten().boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> object_store::Result<ListResult> {
        // Folders are of no use to who knows every object.
        let objects = self.list(prefix).try_collect().await?;
        Ok(ListResult { common_prefixes: Vec::new(), objects })
    }

    async fn put_opts(&self, _: &Path, _: PutPayload, _: PutOptions) -> object_store::Result<PutResult> {
        Err(read_only())
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        Err(read_only())
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        stream::once(async { Err(read_only()) }).boxed()
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> object_store::Result<()> {
        Err(read_only())
    }
}

#[cfg(test)]
mod tests {
    use datafusion::object_store::ObjectStoreExt as _;

    use super::*;
    use crate::lake::store::Put;

    const TODAY: Date = Date::constant(2026, 11, 24);

    fn id(text: &str) -> RunId {
        text.parse().unwrap()
    }

    async fn lake(keys: &[&str]) -> (tempfile::TempDir, Published) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::directory(folder.path());
        for key in keys {
            store.put(key, b"0123456789".to_vec(), Put::IfAbsent).await.unwrap();
        }
        (folder, Published::new(store, BTreeSet::new()))
    }

    #[tokio::test]
    async fn only_objects_of_runs_with_a_commit_are_there() {
        let (published, unpublished) = (id("20261124T031500Z-9f3a"), id("20261123T031500Z-00aa"));
        let tomorrow = id("20261125T031500Z-00bb");
        let ours = Table::Findings.key(&published, 0);
        let not_ours = [
            Table::Findings.key(&unpublished, 0),
            Table::Findings.key(&tomorrow, 0),
            Table::Standing.key(&published, 0),
            format!("v1/findings/run_date=2026-11-24/.unfinished-{published}-00000.zstd.parquet"),
            "v1/findings/run_date=2026-11-24/copy.parquet".to_owned(),
            format!("_staging/{published}/plan.json"),
        ];
        let commits = [Table::Runs.key(&published, 0), Table::Runs.key(&tomorrow, 0)];
        let keys = commits.iter().chain(&not_ours).chain([&ours]).map(String::as_str).collect::<Vec<_>>();
        let (_folder, lake) = lake(&keys).await;
        lake.look(TODAY).await.unwrap();
        let listed = lake.list(Some(&Path::from("v1/findings"))).try_collect::<Vec<_>>().await.unwrap();
        assert_eq!(listed.iter().map(|meta| (meta.location.as_ref(), meta.size)).collect::<Vec<_>>(), [(&*ours, 10)]);
        for key in &not_ours {
            assert!(lake.get(&Path::from(key.as_str())).await.is_err(), "{key}");
        }
        assert!(lake.read().is_empty());
        assert_eq!(lake.get_range(&Path::from(ours.as_str()), 3..5).await.unwrap(), "34");
        assert_eq!(lake.read().into_iter().collect::<Vec<_>>(), [ours]);
    }

    #[tokio::test]
    async fn a_lake_without_a_commit_says_what_to_do() {
        let (_folder, empty) = lake(&[&Table::Findings.key(&id("20261124T031500Z-9f3a"), 0)]).await;
        let error = empty.look(TODAY).await.unwrap_err();
        assert!(error.to_string().contains("nothing is published at"), "{error}");
    }

    #[tokio::test]
    async fn a_day_before_the_first_run_is_told_with_that_run() {
        let (_folder, lake) = lake(&[&Table::Runs.key(&id("20261125T031500Z-9f3a"), 0)]).await;
        let error = lake.look(TODAY).await.unwrap_err().to_string();
        assert!(error.contains("2026-11-24") && error.contains("2026-11-25"), "{error}");
    }

    #[tokio::test]
    async fn nothing_is_written() {
        let (_folder, lake) = lake(&[]).await;
        let path = Path::from("v1/findings/x");
        assert!(lake.put(&path, PutPayload::new()).await.is_err());
        assert!(lake.put_multipart(&path).await.is_err());
        assert!(lake.delete(&path).await.is_err());
        assert!(lake.copy(&path, &path).await.is_err());
    }
}
