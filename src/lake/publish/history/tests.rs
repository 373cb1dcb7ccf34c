//! Random nights, streamed, held against a plain model that keeps everything in memory.

use std::{collections::BTreeMap, path::Path};

use arrow_array::{
    Array as _, BooleanArray, Float64Array, StringArray, TimestampMillisecondArray, UInt32Array, cast::AsArray as _,
};
use arrow_select::take::take_record_batch;
use jiff::SignedDuration;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;

use super::*;
use crate::{
    coverage::Outcome,
    finding::{Finding, Verdict},
    lake::{
        RunId, Table,
        column::batch,
        coverage, findings,
        order::Keys,
        publish::Shape,
        samples::{self, CHECKS, target},
    },
    organization::Target,
};

/// Account, region, number of a resource, generation of its name, check.
type Key = (u64, usize, u32, i64, usize);

const REGIONS: [&str; 2] = ["eu-central-1", "us-east-1"];
const ACCOUNTS: [u64; 2] = [111_111_111_111, 222_222_222_222];

/// What one night saw.
#[derive(Debug, Default)]
struct Night {
    findings: BTreeMap<Key, Status>,
    /// Cells with a row in coverage: account, region.
    cells: BTreeMap<(u64, usize), Outcome>,
}

/// A change, as the model and the table tell it.
type Told = (Key, &'static str, Option<&'static str>, Option<(&'static str, usize)>, usize);

/// What the model remembers of a finding.
#[derive(Debug, Clone)]
struct Remembered {
    failing_since: Option<usize>,
    resolved_in: Option<usize>,
    status: Status,
    seen_in: usize,
    whole: bool,
}

/// The plain model.
#[derive(Debug, Default)]
struct Model(BTreeMap<Key, Remembered>);

impl Model {
    /// The changes of night number `now`.
    fn take(&mut self, now: usize, night: &Night) -> Vec<Told> {
        let mut told = Vec::new();
        let whole = |key: &Key| night.cells.get(&(key.0, key.1)) == Some(&Outcome::Complete);
        for (key, status) in &night.findings {
            let (status, known) = (*status, self.0.get(key).cloned());
            let previous = known.as_ref().map(|known| (known.status.as_str(), known.seen_in));
            let since = known.as_ref().and_then(|known| known.failing_since);
            let mut next = Remembered {
                failing_since: since,
                resolved_in: known.as_ref().and_then(|known| known.resolved_in),
                status,
                seen_in: now,
                whole: whole(key),
            };
            let mut tell = |event, since| told.push((*key, event, Some(status.as_str()), previous, since));
            match status {
                Status::Fail if since.is_none() => {
                    tell(if known.is_none() { "NEW" } else { "REOPENED" }, now);
                    next.failing_since = Some(now);
                }
                Status::Pass | Status::NotApplicable => {
                    if let Some(since) = since {
                        tell("RESOLVED", since);
                        (next.failing_since, next.resolved_in) = (None, Some(now));
                    }
                }
                Status::Fail | Status::Unknown => {}
            }
            if next.failing_since.is_some() || next.resolved_in.is_some() {
                self.0.insert(*key, next);
            }
        }
        let there = |key: &Key| {
            (0..CHECKS.len()).any(|check| night.findings.contains_key(&(key.0, key.1, key.2, key.3, check)))
        };
        self.0.retain(|key, known| {
            if there(key) || !whole(key) {
                return true;
            }
            if !known.whole {
                known.whole = true;
                return true;
            }
            if let Some(since) = known.failing_since {
                told.push((*key, "RESOURCE_DELETED", None, Some((known.status.as_str(), known.seen_in)), since));
            }
            false
        });
        told.sort();
        told
    }
}

fn start_of(night: usize) -> Timestamp {
    samples::start() + SignedDuration::from_hours(36 * i64::try_from(night).unwrap())
}

fn run_id(night: usize) -> RunId {
    RunId::new(start_of(night), 1)
}

fn place(key: &Key) -> Arc<Target> {
    target(key.0, REGIONS[key.1])
}

fn finding(key: &Key, status: Status) -> Finding {
    let place = place(key);
    let mut resource = samples::resource(&place, key.2, 0);
    resource.created_at = resource.created_at.map(|at| at + SignedDuration::from_secs(key.3));
    let check = &CHECKS[key.4];
    let verdict = Verdict::new(status, "why", "because");
    Finding { target: place, resource: Arc::new(resource), check, verdict, exception: None }
}

/// Rows in the order of their table.
fn sorted(table: Table, rows: &RecordBatch) -> RecordBatch {
    let order = Keys::named(table.order().unwrap().key(), rows).unwrap().sorted().into_iter();
    take_record_batch(rows, &order.map(|row| u32::try_from(row).unwrap()).collect::<UInt32Array>()).unwrap()
}

fn read(files: &[LocalFile]) -> RecordBatch {
    let [file] = files else { panic!("one file and not {}", files.len()) };
    let file = std::fs::File::open(&file.path).unwrap();
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().with_batch_size(1 << 20);
    let schema = Arc::clone(builder.schema());
    builder.build().unwrap().next().map_or_else(|| RecordBatch::new_empty(schema), Result::unwrap)
}

/// Streams a night: the findings as they are published, the events, and the standing file.
fn streamed(
    number: usize,
    night: &Night,
    stood: Option<PathBuf>,
    folder: &Path,
) -> (RecordBatch, RecordBatch, PathBuf) {
    let folder = folder.join(number.to_string());
    std::fs::create_dir(&folder).unwrap();
    let context = RunContext { run_id: run_id(number), owner_tag: "owner".to_owned() };
    let cells = night
        .cells
        .iter()
        .map(|((account, region), outcome)| samples::coverage(&target(*account, REGIONS[*region]), *outcome, 0));
    let cells = batch(&coverage::columns(), &cells.collect::<Vec<_>>(), &context).unwrap();
    let mut files = Files::new(Table::Coverage, &folder, Shape::default(), 0);
    files.write(&sorted(Table::Coverage, &cells)).unwrap();
    let coverage = files.finish().unwrap().into_iter().map(|file| file.path).collect();

    let file = |table| Files::new(table, &folder, Shape::default(), 0);
    let before = Before { stood, coverage, now: start_of(number) };
    let mut history = History::open(before, file(Table::FindingEvents), file(Table::Standing), &context).unwrap();
    let rows = night.findings.iter().map(|(key, status)| finding(key, *status)).collect::<Vec<_>>();
    let tonight = Judged::of(sorted(Table::Findings, &batch(&findings::columns(), &rows, &context).unwrap())).unwrap();
    let (mut published, mut from) = (Vec::new(), 0);
    while from < tonight.rows() {
        // Batches end with a resource.
        let mut end = tonight.end_of_resource(from);
        while end < tonight.rows() && end - from < 3 {
            end = tonight.end_of_resource(end);
        }
        let part = Judged::of(tonight.batch().slice(from, end - from)).unwrap();
        published.push(history.join(&part).unwrap());
        from = end;
    }
    let Ended { events, standing, .. } = history.finish().unwrap();
    let published = arrow_select::concat::concat_batches(&Table::Findings.schema(), &published).unwrap();
    (published, read(&events), standing[0].path.clone())
}

fn texts<'a>(rows: &'a RecordBatch, name: &str) -> &'a StringArray {
    rows.column_by_name(name).unwrap().as_string()
}

fn instants<'a>(rows: &'a RecordBatch, name: &str) -> &'a TimestampMillisecondArray {
    rows.column_by_name(name).unwrap().as_primitive()
}

fn optional(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

/// The night that a run or an instant is of.
fn night_of(nights: usize, is_it: impl Fn(usize) -> bool) -> usize {
    (0..nights).find(|night| is_it(*night)).unwrap()
}

/// Which finding each row is about.
fn keys(rows: &RecordBatch, known: &BTreeMap<Key, Status>, created: &str) -> Vec<Key> {
    let identity = |arn: &str, at: Option<i64>, check: &str| (arn.to_owned(), at, check.to_owned());
    let by_identity = known.keys().map(|key| {
        let finding = finding(key, Status::Pass);
        let at = finding.resource.created_at.map(Timestamp::as_millisecond);
        (identity(&finding.resource.arn, at, finding.check.id), *key)
    });
    let by_identity = by_identity.collect::<BTreeMap<_, _>>();
    let (arns, at, checks) = (texts(rows, "resource_arn"), instants(rows, created), texts(rows, "check_id"));
    let key = |row| by_identity[&identity(arns.value(row), at.is_valid(row).then(|| at.value(row)), checks.value(row))];
    (0..rows.num_rows()).map(key).collect()
}

fn told(rows: &RecordBatch, all: &BTreeMap<Key, Status>, nights: usize) -> Vec<Told> {
    let [event, status, previous, run] =
        ["event", "status", "previous_status", "previous_run_id"].map(|name| texts(rows, name));
    let spelled = |text: &str| {
        let all = Status::ALL.map(Status::as_str).into_iter().chain(Event::ALL.map(Event::as_str));
        all.into_iter().find(|known| *known == text).unwrap()
    };
    let since = instants(rows, "first_failed_at");
    let days: &Float64Array = rows.column_by_name("open_days").unwrap().as_primitive();
    let mut told = Vec::new();
    for (row, key) in keys(rows, all, "resource_created_at").into_iter().enumerate() {
        let began = night_of(nights, |night| start_of(night).as_millisecond() == since.value(row));
        let open = 1.5 * f64::from(u32::try_from(nights - 1 - began).unwrap());
        assert!((days.value(row) - open).abs() < 1e-9, "{} days and not {open}", days.value(row));
        let seen = optional(run, row).map(|run| night_of(nights, |night| run_id(night).as_str() == run));
        let previous = optional(previous, row).map(spelled).zip(seen);
        told.push((key, spelled(event.value(row)), optional(status, row).map(spelled), previous, began));
    }
    told.sort();
    told
}

/// What a night happens to see.
fn draw(draw: &mut fastrand::Rng) -> Night {
    use Outcome::{AccessDenied, Complete, Partial};
    use Status::{Fail, NotApplicable, Pass, Unknown};
    let mut night = Night::default();
    let checks = if draw.u8(..) < 40 { 1 } else { CHECKS.len() };
    for (account, region) in ACCOUNTS.into_iter().flat_map(|account| [(account, 0), (account, 1)]) {
        if draw.u8(..) < 40 {
            continue;
        }
        let outcome = [Complete, Complete, Complete, Partial, AccessDenied][draw.usize(..5)];
        night.cells.insert((account, region), outcome);
        // Seven has no creation time.
        for number in [1, 3, 7, 8] {
            if outcome == AccessDenied || draw.u8(..) < 60 {
                continue;
            }
            let generation = if number == 7 { 0 } else { i64::from(draw.u8(..) < 50) };
            for check in 0..checks {
                let status = [Fail, Fail, Pass, Unknown, NotApplicable][draw.usize(..5)];
                night.findings.insert((account, region, number, generation, check), status);
            }
        }
    }
    night
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn what_is_streamed_is_what_a_model_in_memory_tells(seed in any::<u64>()) {
        let mut rng = fastrand::Rng::with_seed(seed);
        let folder = tempfile::tempdir().unwrap();
        let (mut model, mut stood, mut all) = (Model::default(), None, BTreeMap::new());
        for number in 0..rng.usize(2..9) {
            let night = draw(&mut rng);
            all.extend(night.findings.iter().map(|(key, status)| (*key, *status)));
            let expected = model.take(number, &night);
            let (published, events, standing) = streamed(number, &night, stood, folder.path());
            prop_assert_eq!(told(&events, &all, number + 1), expected);

            let (first, resolved) = (instants(&published, "first_failed_at"), instants(&published, "last_resolved_at"));
            let at = |column: &TimestampMillisecondArray, row| column.is_valid(row).then(|| column.value(row));
            let of = |night: Option<usize>| night.map(|night| start_of(night).as_millisecond());
            prop_assert_eq!(published.num_rows(), night.findings.len());
            for (row, key) in keys(&published, &all, "resource_created_at").into_iter().enumerate() {
                let known = model.0.get(&key);
                prop_assert_eq!(at(first, row), of(known.and_then(|known| known.failing_since)));
                prop_assert_eq!(at(resolved, row), of(known.and_then(|known| known.resolved_in)));
            }

            let file = LocalFile { path: standing.clone(), rows: 0, digest: crate::lake::hash::Digest::of(b"") };
            let kept = read(&[file]);
            let whole: &BooleanArray = kept.column_by_name("cell_complete").unwrap().as_boolean();
            let rows = keys(&kept, &all, "resource_created_at");
            prop_assert_eq!(rows.iter().copied().collect::<std::collections::BTreeSet<_>>(), model.0.keys().copied().collect());
            prop_assert_eq!(rows.len(), model.0.len());
            for (row, key) in rows.iter().enumerate() {
                prop_assert_eq!(whole.value(row), model.0[key].whole);
                prop_assert_eq!(texts(&kept, "status").value(row), model.0[key].status.as_str());
            }
            let order = Keys::named(Table::Findings.order().unwrap().key(), &kept).unwrap().sorted();
            prop_assert!(order.is_sorted(), "the next night reads it in order");
            stood = Some(standing);
        }
    }
}
