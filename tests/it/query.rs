//! Questions in SQL: every view as it stands, over directories and over S3; what is refused, limited and damaged.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, TimeUnit};
use sagesweep::{
    config::Lake,
    demo::{ACCESS_KEY_ID, Behaviour, Fault, FaultRule, SECRET_ACCESS_KEY, Shape, Simulator},
    lake::{
        Table,
        store::Store,
        view::{Scalar, VIEWS},
    },
    query::{
        QueryError, Session,
        limits::Limits,
        output::{Format, Layout, Writer},
        statement::questions,
    },
    session::Clock,
};

use crate::{
    audit::{Audit, fast_config, run, sdk, small},
    bucket::{download, in_bucket},
    nights, table,
};

/// The evening after the last night, and later than any run of these tests.
const EVENING: &str = "2026-12-28T20:00:00Z";

fn limits() -> Limits {
    Limits { memory: "256MiB".parse().unwrap(), disk: "1GiB".parse().unwrap() }
}

fn session(store: Store) -> Session {
    Session::new(store, limits(), Clock::Fixed(EVENING.parse().unwrap())).unwrap()
}

async fn asked(session: &Session, sql: &str) -> Result<Vec<RecordBatch>, QueryError> {
    let question = questions(sql)?.remove(0);
    let mut answer = session.ask(&question).await?;
    let mut batches = vec![RecordBatch::new_empty(answer.schema())];
    while let Some(batch) = answer.next().await? {
        batches.push(batch);
    }
    Ok(batches)
}

/// The lines of an answer as CSV, sorted, without the header.
async fn lines(session: &Session, sql: &str) -> Vec<String> {
    let batches = asked(session, sql).await.unwrap();
    let mut writer = Writer::begin(Format::Csv, &batches[0].schema(), Vec::new(), Layout::default()).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    let text = String::from_utf8(writer.end().unwrap().0).unwrap();
    let mut lines = text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    lines.sort();
    lines
}

fn kind(scalar: Scalar) -> DataType {
    match scalar {
        Scalar::Varchar => DataType::Utf8,
        Scalar::Integer => DataType::Int32,
        Scalar::Bigint => DataType::Int64,
        Scalar::Double => DataType::Float64,
        Scalar::Boolean => DataType::Boolean,
        Scalar::Date => DataType::Date32,
        Scalar::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_view_is_answered_as_it_stands_with_the_columns_of_the_catalog() {
    let session = session(Store::directory(nights::written().await));
    let mut empty = Vec::new();
    for view in VIEWS {
        let batches = asked(&session, &format!("SELECT * FROM {}", view.name)).await.unwrap();
        let schema = batches[0].schema();
        let found = schema.fields().iter().map(|field| (field.name().as_str(), field.data_type().clone()));
        let wanted = view.columns().iter().map(|column| (column.name.as_str(), kind(column.scalar)));
        assert_eq!(found.collect::<Vec<_>>(), wanted.collect::<Vec<_>>(), "{}", view.name);
        if batches.iter().all(|batch| batch.num_rows() == 0) {
            empty.push(view.name);
        }
    }
    assert_eq!(empty, ["exceptions_expiring", "exceptions_latest", "keys_in_use"], "what the nights have nothing of");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_what_the_files_hold() {
    let root = nights::written().await;
    let session = session(Store::directory(&root));
    for table in Table::ALL {
        let rows = table::read(&root, table.as_str()).len();
        assert_eq!(lines(&session, &format!("SELECT count(*) FROM {table}")).await, [rows.to_string()], "{table}");
    }
    let mut counted = BTreeMap::<_, usize>::new();
    for row in table::read(&root, "findings") {
        *counted.entry([row["run_id"].clone(), row["status"].clone()]).or_default() += 1;
    }
    let wanted = counted.into_iter().map(|([run, status], count)| format!("{run},{status},{count}"));
    let sql = "SELECT run_id, status, count(*) FROM findings GROUP BY 1, 2";
    assert_eq!(lines(&session, sql).await, wanted.collect::<Vec<_>>());
    // A night that was run again counts once in the views.
    let twice = "SELECT run_date FROM runs GROUP BY run_date HAVING count(*) = 2";
    assert_eq!(lines(&session, twice).await.len(), 1);
    let once = format!(
        "SELECT count(*), count(DISTINCT run_id) FROM run_health WHERE is_published AND run_date IN (SELECT CAST(run_date AS date) FROM ({twice}))"
    );
    assert_eq!(lines(&session, &once).await, ["1,1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_commit_names_is_not_there() {
    let audit = Audit::of(Shape { accounts: 4, regions: 1, jobs: 40, ..small() }, Behaviour::default()).await;
    let root = audit.directory.path();
    let session = session(Store::directory(root));
    let count = "SELECT count(*), count(DISTINCT run_id) FROM findings";
    let before = lines(&session, count).await;
    let [file] = &table::files(root, "findings")[..] else { panic!("one file") };
    let name = file.file_name().unwrap().to_str().unwrap();
    // Of a run that was killed, unfinished, hidden, foreign, and of a name that is none.
    for other in [
        name.replace(&name[17..21], if name[17..21] == *"abcd" { "dcba" } else { "abcd" }),
        format!(".unfinished-{name}"),
        format!("_{name}"),
        "copy.parquet".to_owned(),
        name.replace(".zstd", ""),
    ] {
        fs::copy(file, file.with_file_name(other)).unwrap();
    }
    fs::write(file.with_file_name("notes.parquet"), "no parquet").unwrap();
    assert_eq!(lines(&session, count).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_gives_the_answers_of_a_directory() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let patience = Duration::from_secs(20);
    for _ in 0..2 {
        let mut config = fast_config();
        config.lake.destination = in_bucket();
        Box::pin(run(&simulator, config, patience)).await.unwrap();
    }
    let lake = Lake { destination: in_bucket(), ..Lake::default() };
    let bucket = session(Store::open(&lake, &sdk(&simulator, patience).await, &Arc::default()));
    let copy = tempfile::tempdir().unwrap();
    download(&simulator, copy.path());
    let directory = session(Store::directory(copy.path()));
    for view in VIEWS {
        let sql = format!("SELECT * FROM {}", view.name);
        assert_eq!(lines(&bucket, &sql).await, lines(&directory, &sql).await, "{}", view.name);
    }
    // The program finds its way there by the variables of the SDK.
    let mut command = program(copy.path());
    command.env("AWS_ENDPOINT_URL", simulator.endpoint()).env("AWS_REGION", "us-east-1");
    command.env("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID).env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY);
    let lake = in_bucket().to_string();
    command.args(["query", "--lake", &lake, "--format", "csv", "SELECT count(*) AS n FROM runs"]);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    assert_eq!(text(&output), "n\n2\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_s3_refuses_is_told_with_its_place() {
    let simulator = Simulator::start(&small(), Behaviour::default()).await.unwrap();
    let patience = Duration::from_secs(20);
    let lake = Lake { destination: in_bucket(), ..Lake::default() };
    let empty = session(Store::open(&lake, &sdk(&simulator, patience).await, &Arc::default()));
    let error = asked(&empty, "SELECT 1").await.unwrap_err();
    assert!(matches!(&error, QueryError::NothingPublished(place) if place.starts_with("s3://")), "{error}");
    for (behaviour, word) in [
        (Behaviour { missing_buckets: ["audit-lake".to_owned()].into(), ..Behaviour::default() }, "NoSuchBucket"),
        (
            Behaviour { faults: vec![FaultRule::at("s3:ListObjectsV2", Fault::Denied)], ..Behaviour::default() },
            "s3:ListBucket",
        ),
    ] {
        let simulator = Simulator::start(&small(), behaviour).await.unwrap();
        let refused = session(Store::open(&lake, &sdk(&simulator, patience).await, &Arc::default()));
        let error = asked(&refused, "SELECT count(*) FROM runs").await.unwrap_err();
        assert!(error.to_string().contains(word) && error.to_string().contains("s3://audit-lake/"), "{error}");
        assert!(!error.is_usage());
    }
}

/// The program with nothing of this machine's environment but what it needs to start.
fn program(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
    command.current_dir(directory).env_clear().env("PATH", "/usr/bin:/bin").env("HOME", directory);
    command.env("AWS_EC2_METADATA_DISABLED", "true").stdin(Stdio::null());
    command
}

/// Asks the nights on the evening after the last of them.
fn ask(root: &Path, arguments: &[&str]) -> Output {
    let evening = EVENING.split('T').next().unwrap();
    program(root).args(["query", "--lake", ".", "--as-of", evening]).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_or_reads_elsewhere_is_refused() {
    let root = nights::written().await;
    let outside = tempfile::tempdir().unwrap();
    let place = outside.path().join("x.parquet").display().to_string();
    for (sql, word) in [
        (format!("CREATE EXTERNAL TABLE x STORED AS PARQUET LOCATION '{place}'"), "CREATE EXTERNAL is refused"),
        (format!("COPY findings TO '{place}' STORED AS PARQUET"), "COPY is refused"),
        (format!("EXPLAIN ANALYZE COPY findings TO '{place}' STORED AS PARQUET"), "EXPLAIN ANALYZE is refused"),
        ("INSERT INTO findings SELECT * FROM findings".to_owned(), "INSERT is refused"),
        ("WITH x AS (SELECT 1) INSERT INTO findings SELECT * FROM findings".to_owned(), "refused"),
        ("SELECT * INTO x FROM findings".to_owned(), "refused"),
        ("CREATE VIEW x AS SELECT 1".to_owned(), "CREATE VIEW is refused"),
        ("DROP TABLE findings".to_owned(), "DROP TABLE is refused"),
        ("SET datafusion.runtime.temp_directory = '/'".to_owned(), "SET is refused"),
        (format!("SELECT * FROM '{place}'"), "there is no table or view"),
        ("SELECT * FROM read_parquet('x')".to_owned(), "there is no table or view"),
    ] {
        let output = ask(&root, &[&sql]);
        assert_eq!(output.status.code(), Some(2), "{sql}: {}", text(&output));
        assert!(text(&output).contains(word), "{sql}: {}", text(&output));
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deep_statement_is_answered() {
    let root = nights::written().await;
    let alternatives = (0..2_000).map(|number| format!("account_id = '{number}'")).collect::<Vec<_>>().join(" OR ");
    let unions = vec!["SELECT 1"; 500].join(" UNION ALL ");
    for sql in [format!("SELECT count(*) AS n FROM findings WHERE {alternatives}"), unions] {
        let output = ask(&root, &["--format", "csv", &sql]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nothing_has_is_told_with_the_one_that_may_be_meant() {
    let root = nights::written().await;
    for (arguments, words) in [
        (&["SELECT acount_id FROM findings_latest"][..], &["`acount_id`", "did you mean `account_id`?", "is_open"][..]),
        (&["SELECT f.stauts FROM findings AS f"], &["`f.stauts`", "did you mean `status`?"]),
        (&["SELECT 1 FROM findings_lates"], &["`findings_lates`", "did you mean `findings_latest`?", "posture_trend"]),
        (&["SELECT 1 FROM other.findings"], &["`other.findings`"]),
        (&["--view", "postur_trend"], &["did you mean `posture_trend`?"]),
        (&["SELECT json_extrct('{}', '$')"], &["json_extrct", "json_extract"]),
        (&["SELEC 1"], &["SELEC"]),
        (&[""], &["there is no SQL"]),
        (&["SELECT 1; SELECT 2", "--format", "csv"], &["one question at a time"]),
        (&["--file", "absent.sql"], &["absent.sql"]),
        (&["SELECT 1", "--memory", "1MB"], &["512MiB"]),
    ] {
        let output = ask(&root, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output));
        for word in words {
            assert!(text(&output).contains(word), "{arguments:?}: {}", text(&output));
        }
    }
    for (day, word) in [("yesterday", "--as-of"), ("2300-01-01", "before 2262")] {
        let output = program(&root).args(["query", "--lake", ".", "--as-of", day, "SELECT 1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output).contains(word), "{}", text(&output));
    }
}

#[test]
fn a_lake_with_nothing_in_it_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    for place in [folder.path().to_owned(), folder.path().join("absent")] {
        let place = place.display().to_string();
        let output = program(folder.path()).args(["query", "--lake", &place, "SELECT 1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(4));
        assert!(text(&output).contains(&format!("nothing is published at {place}")), "{}", text(&output));
    }
    let output = program(folder.path()).args(["query", "--lake", "gs://x", "SELECT 1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_named() {
    let audit = Audit::of(Shape { accounts: 4, regions: 1, jobs: 40, ..small() }, Behaviour::default()).await;
    let root = audit.directory.path();
    let [file] = &table::files(root, "findings")[..] else { panic!("one file") };
    let whole = fs::read(file).unwrap();
    let mut flipped = whole.clone();
    // In the first pages, behind the magic number.
    flipped[40..400].fill(0x55);
    for damaged in [&whole[..whole.len() / 2], b"no parquet at all", &[], &flipped] {
        fs::write(file, damaged).unwrap();
        let session = session(Store::directory(root));
        let error = asked(&session, "SELECT * FROM findings").await.unwrap_err();
        let QueryError::Damaged { place, .. } = &error else { panic!("{error:?}") };
        assert_eq!(Path::new(place), file);
        assert!(!error.is_usage() && error.to_string().contains("sagesweep verify"), "{error}");
    }
    // One that is gone is no night on which nothing was found.
    fs::remove_file(file).unwrap();
    let error = asked(&session(Store::directory(root)), "SELECT count(*) FROM findings_latest").await.unwrap_err();
    assert!(!error.is_usage() && error.to_string().contains(file.to_str().unwrap()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_takes_no_more_than_it_may() {
    let root = nights::written().await;
    let much = "SELECT a.*, b.number FROM findings AS a CROSS JOIN (VALUES (1), (2), (3), (4), (5), (6), (7), (8)) AS b (number)";
    let sorted = format!(
        "SELECT count(*) AS n FROM (SELECT *, row_number() OVER (ORDER BY reason DESC, resource_arn, number) AS place FROM ({much})) WHERE place > 0"
    );
    // What is sorted goes to the disk.
    let output = ask(&root, &["--memory", "32MiB", "--format", "csv", &sorted]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let rows = 8 * table::read(&root, "findings").len();
    assert_eq!(text(&output), format!("n\n{rows}\n"));
    // What is joined cannot.
    let joined = format!(
        "WITH m AS ({much}) SELECT count(*) FROM m AS x JOIN m AS y ON x.evidence_json || x.reason = y.evidence_json || y.resource_arn"
    );
    let output = ask(&root, &["--memory", "16MiB", &joined]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    assert!(text(&output).contains("--memory"), "{}", text(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_into_a_file_whole_or_not_at_all() {
    let root = nights::written().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    for name in ["a.parquet", "a.csv", "a.jsonl", "a.txt"] {
        let output = ask(&root, &["--view", "run_latest", "--output", &file(name)]);
        assert_eq!((output.status.code(), text(&output).as_str()), (Some(0), ""), "{name}");
    }
    assert!(fs::read(file("a.parquet")).unwrap().starts_with(b"PAR1"));
    assert!(fs::read_to_string(file("a.csv")).unwrap().starts_with("run_id,run_date,"));
    assert!(fs::read_to_string(file("a.jsonl")).unwrap().starts_with("{\"run_id\":\"2026"));
    assert!(fs::read_to_string(file("a.txt")).unwrap().starts_with("run_id "));
    // It fails on the way.
    let half = "SELECT 1 / (status_id - 3) FROM (SELECT compliance_status_id AS status_id FROM findings ORDER BY status_id DESC)";
    let output = ask(&root, &[half, "--output", &file("half.csv")]);
    assert_eq!(output.status.code(), Some(4), "{}", text(&output));
    let mut names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect::<Vec<_>>();
    names.sort();
    assert_eq!(names, ["a.csv", "a.jsonl", "a.parquet", "a.txt"]);
    // Parquet goes through a pipe, too.
    let output = ask(&root, &["--view", "run_latest", "--format", "parquet"]);
    assert!(output.stdout.starts_with(b"PAR1") && output.stdout.ends_with(b"PAR1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_comes_from_a_file_or_from_the_standard_input() {
    let root = nights::written().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("q.sql");
    fs::write(&file, "-- how many\nSELECT count(*) AS n\nFROM runs;\n").unwrap();
    let from_file = ask(&root, &["--file", file.to_str().unwrap(), "--format", "csv"]);
    let mut child = program(&root)
        .args(["query", "--lake", ".", "--as-of", "2026-12-28", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"SELECT count(*) AS n FROM runs").unwrap();
    let from_input = child.wait_with_output().unwrap();
    assert_eq!((text(&from_file), text(&from_input)), ("n\n29\n".to_owned(), "n\n29\n".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engine_tells_of_its_tables_and_of_its_plans() {
    let session = session(Store::directory(nights::written().await));
    let tables = lines(&session, "SHOW TABLES").await;
    for name in VIEWS.iter().map(|view| view.name).chain(Table::ALL.map(Table::as_str)) {
        assert!(tables.iter().any(|line| line.contains(&format!("sagesweep,{name},"))), "{name}: {tables:?}");
    }
    let columns = lines(&session, "DESCRIBE run_latest").await;
    assert!(columns.iter().any(|line| line.starts_with("run_partition,Utf8")), "{columns:?}");
    // The bound of a view of the present is a constant when files are chosen, so that the other nights are not read.
    let plan = lines(&session, "EXPLAIN SELECT count(*) FROM findings_latest").await.join("\n");
    assert!(
        plan.contains("v1/findings/run_date=2026-12-27/") && !plan.contains("v1/findings/run_date=2026-12-1"),
        "{plan}"
    );
    let in_full = "SELECT count(*) FROM awsdatacatalog.sagesweep.run_latest AS r JOIN sagesweep.runs USING (run_id)";
    assert_eq!(lines(&session, in_full).await, ["1"]);
}
