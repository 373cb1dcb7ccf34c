//! The page of a run: what it holds is what the tables hold, it speaks of its run alone, and publish leaves it where that is
//! configured. The page of hostile names is left in `$CARGO_TARGET_TMPDIR/pages` for the tests in a browser.

use std::{collections::BTreeSet, fs, io::Read as _, path::Path};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::read::DeflateDecoder;
use jiff::{Timestamp, ToSpan as _, civil::Date, tz::TimeZone};
use sagesweep::{
    demo::{Behaviour, HOSTILE, Shape},
    lake::store::Store,
    printable::is_unsafe,
    report::html,
    verify::{Which, verify},
};
use serde_json::Value;

use crate::{
    audit::{Audit, small},
    compare::{answer, program},
    nights,
    table::{self, Row},
};

/// What a page holds for its script.
struct Page {
    html: String,
    tables: Value,
    findings: Value,
    evidence: Value,
}

impl Page {
    fn of(html: String) -> Self {
        let read = |id: &str| {
            let (_, after) = html.split_once(&format!("<script type=\"text/plain\" id=\"{id}-packed\">")).unwrap();
            let deflated = STANDARD.decode(after.split_once('<').unwrap().0).unwrap();
            let mut json = String::new();
            DeflateDecoder::new(&*deflated).read_to_string(&mut json).unwrap();
            serde_json::from_str(&json).unwrap()
        };
        let [tables, findings, evidence] = ["tables", "findings", "evidence"].map(read);
        Self { html, tables, findings, evidence }
    }

    fn written(lake: &Path, arguments: &[&str]) -> Self {
        Self::of(answer(lake, &[&["report"], arguments].concat()))
    }
}

/// The texts of a column, row by row.
fn texts(table: &Value, name: &str) -> Vec<Option<String>> {
    let column = &table["columns"][name];
    let mut number = 0;
    let steps = column["at"].as_array().unwrap().iter();
    let text = |step: &Value| {
        number += step.as_i64().unwrap();
        column["of"][usize::try_from(number).unwrap()].as_str().map(str::to_owned)
    };
    steps.map(text).collect()
}

fn sum(table: &Value, name: &str) -> i64 {
    table["columns"][name].as_array().unwrap().iter().filter_map(Value::as_i64).sum()
}

/// The number of the tile that links there; none where there is no such tile.
fn tile(page: &Page, to: &str) -> Option<usize> {
    let (before, _) = page.html.split_once(&format!("</p><p><a href=\"{to}\">"))?;
    let (_, number) = before.rsplit_once("<p class=\"big\">")?;
    Some(number.replace(',', "").parse().unwrap())
}

/// The day so many days from now.
fn day(days: i64) -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date().checked_add(days.days()).unwrap()
}

fn failing(rows: &[Row]) -> Vec<&Row> {
    rows.iter().filter(|row| row["status"] == "FAIL").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_every_failing_finding_with_its_evidence_and_what_mends_it() {
    let lake = Audit::of(small(), Behaviour::default()).await;
    let (root, rows) = (lake.directory.path(), lake.findings());
    let page = Page::written(root, &[]);
    let failing = failing(&rows);
    assert_eq!(page.findings["rows"], failing.len());
    let told = |row: &Row| [row["check_id"].clone(), row["resource_name"].clone(), row["reason"].clone()];
    let [checks, names, reasons] = ["check_id", "resource_name", "reason"].map(|name| texts(&page.findings, name));
    let found = checks
        .into_iter()
        .zip(names)
        .zip(reasons)
        .map(|((check, name), reason)| [check, name, reason].map(Option::unwrap));
    assert_eq!(found.collect::<BTreeSet<_>>(), failing.iter().map(|row| told(row)).collect());
    let evidence = texts(&page.evidence, "evidence_json");
    assert_eq!(evidence.len(), failing.len());
    assert!(evidence.iter().flatten().all(|json| serde_json::from_str::<Value>(json).is_ok()));

    let judged = ["PASS", "FAIL"].map(|status| rows.iter().filter(|row| row["status"] == status).count());
    let sums = ["passed", "failed"].map(|name| usize::try_from(sum(&page.tables["places"], name)).unwrap());
    assert_eq!(sums, judged, "the regions of all accounts add up");
    let sums = ["passed", "failed"].map(|name| usize::try_from(sum(&page.tables["heat"], name)).unwrap());
    assert_eq!(sums, judged, "and so do the controls");
    let ways = ["remediation", "console", "cli", "python", "code"].map(|way| texts(&page.tables["checks"], way));
    assert!(ways.iter().all(|texts| texts.iter().all(Option::is_some)), "the catalogue is this version's");

    let again = Page::written(root, &["latest"]);
    assert!(again.html == page.html, "the same run gives the same bytes");
    let out = root.join("page.html");
    assert_eq!(answer(root, &["report", "--output", out.to_str().unwrap()]), "");
    assert_eq!(fs::read_to_string(out).unwrap(), page.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_may_not_hold_all_holds_the_worst_and_says_so() {
    let lake = Audit::of(small(), Behaviour::default()).await;
    let root = lake.directory.path();
    let whole = Page::written(root, &[]);
    assert!(!whole.html.contains("This page holds the worst"));
    let cut = Page::written(root, &["--findings", "10"]);
    assert_eq!(cut.findings["rows"], 10);
    let all = lake.findings();
    assert!(cut.html.contains(&format!("This page holds the worst 10 of {} failing", failing(&all).len())));
    assert_eq!(texts(&cut.findings, "resource_name"), texts(&whole.findings, "resource_name")[..10]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_speaks_of_its_run_and_knows_nothing_of_later_ones() {
    let root = &nights::written().await;
    let of_run = |run_id: &str| Page::written(root, &[run_id]);
    let rows = table::read(root, "findings");
    // A night that was run again has two runs, of which only the later one stands in the views.
    for run_id in ["20261124T030000Z-0000", "20261203T030000Z-0008", "20261203T090000Z-0009", "20261227T030000Z-001d"] {
        let page = of_run(run_id);
        let failing = rows.iter().filter(|row| row["run_id"] == run_id && row["status"] == "FAIL").count();
        assert_eq!(page.findings["rows"], failing, "{run_id}");
        assert!(page.html.contains(&format!("Run <code>{run_id}</code>")));
        let later = rows.iter().filter(|row| row["run_id"].as_str() > run_id).map(|row| &row["run_id"]);
        assert!(
            later.clone().all(|later| later[..8] == run_id[..8] || !page.html.contains(later.as_str())),
            "{run_id}"
        );
        let day = format!("{}-{}-{}", &run_id[..4], &run_id[4..6], &run_id[6..8]);
        assert!(page.html.contains(&format!("<th scope=\"row\">{day}</th>")), "{run_id}");
        assert!(!page.html.contains("<th scope=\"row\">2026-12-28"), "{run_id}");
    }
    let first = of_run("20261124T030000Z-0000");
    assert!(first.html.contains("a trend needs two"));
    assert_eq!(first.html.matches("<svg").count(), 1, "ages alone");
    let last = of_run("latest");
    assert_eq!(last.html.matches("<svg").count(), 4, "trend, severities, changes, ages");
    assert!(!last.html.contains(" style="), "the policy would refuse it");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_is_that_of_the_run_and_the_first_run_has_none_before_it() {
    let root = &nights::written().await;
    let events = table::read(root, "finding_events");
    for run_id in ["20261203T030000Z-0008", "20261203T090000Z-0009", "20261227T030000Z-001d"] {
        let page = Page::written(root, &[run_id]);
        for (event, to) in [
            ("NEW", "#findings?standing=new"),
            ("REOPENED", "#findings?standing=reopened"),
            ("RESOLVED", "#resolved?event=RESOLVED"),
            ("RESOURCE_DELETED", "#resolved?event=RESOURCE_DELETED"),
        ] {
            let told = events.iter().filter(|row| row["run_id"] == run_id && row["event"] == event).count();
            assert_eq!(tile(&page, to), Some(told), "{run_id} {event}");
            let (table, column, wanted) = match to.rsplit_once('=').unwrap() {
                ("#findings?standing", standing) => (&page.findings, "standing", standing),
                (_, event) => (&page.tables["resolved"], "event", event),
            };
            let led = texts(table, column).iter().filter(|text| text.as_deref() == Some(wanted)).count();
            assert_eq!(led, told, "{run_id} {event}: the link leads to as many");
        }
    }
    let first = Page::written(root, &["20261124T030000Z-0000"]);
    assert!(first.html.contains("This is the first run") && !first.html.contains("since the run before"));
    assert_eq!(tile(&first, "#findings?standing=new"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_origin_leads_to_a_finding_of_its_account() {
    let root = &nights::written().await;
    let page = Page::written(root, &["20261203T030000Z-0008"]);
    let accounts = texts(&page.findings, "account_id");
    let columns = ["origin", "role_arn", "owner", "project", "domain_arn", "user_profile_arn"]
        .map(|name| texts(&page.findings, name));
    let led = columns.iter().flat_map(|column| column.iter().zip(&accounts)).collect::<BTreeSet<_>>();
    let origins = ["source", "account_id"].map(|name| texts(&page.tables["origins"], name));
    assert!(!origins[0].is_empty());
    for origin in origins[0].iter().zip(&origins[1]) {
        assert!(led.contains(&origin), "{origin:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_exception_of_the_file_is_told_those_first_that_need_somebody() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("exceptions.toml");
    let entry = |id: &str, covers: &str, days: i64| {
        let expires = day(days);
        format!("[[exception]]\nid = '{id}'\n{covers}\nreason = 'because'\nowner = 'somebody'\nexpires = {expires}\n")
    };
    let entries = [
        entry("covers", "check = 'training-job-vpc'\naccount = '*'", 90),
        entry("unused", "check = 'domain-*'\naccount = '*'", 91),
        entry("ended", "check = 'training-job-*'\naccount = '*'", -2),
        entry("ends", "check = 'training-job-inter-*'\naccount = '*'", 5),
    ];
    fs::write(&file, entries.concat()).unwrap();
    let lake = Audit::with(small(), Behaviour::default(), |config| {
        config.exceptions.file = Some(file.to_str().unwrap().parse().unwrap());
    })
    .await;
    let page = Page::written(lake.directory.path(), &[]);
    let told = &page.tables["exceptions"];
    let ids = texts(told, "exception_id").into_iter().map(Option::unwrap).collect::<Vec<_>>();
    assert_eq!(ids, ["ended", "ends", "unused", "covers"]);
    let states = texts(told, "state").into_iter().map(Option::unwrap).collect::<Vec<_>>();
    assert_eq!(states, ["EXPIRED", "EXPIRING", "IN_FORCE", "IN_FORCE"]);
    let rows = lake.findings();
    for (row, id) in ids.iter().enumerate() {
        let covered = rows.iter().filter(|found| found.get("exception_id") == Some(id)).count();
        assert_eq!(told["columns"]["findings"][row], covered, "{id}");
        assert_eq!(told["columns"]["is_unused"][row], id == "unused", "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_there_nothing_fails_and_that_is_known() {
    // Of the small organization some accounts refuse their role; the smallest one is seen whole.
    for shape in [Shape { jobs: 0, ..small() }, Shape { accounts: 4, regions: 1, jobs: 0, ..small() }] {
        let lake = Audit::of(shape, Behaviour::default()).await;
        let run = &lake.published.as_ref().unwrap().run;
        let page = Page::written(lake.directory.path(), &[]);
        assert_eq!(page.findings["rows"], 0);
        let is_whole = run.cells_counted > 0 && run.cells_complete == run.cells_counted;
        assert_eq!(page.html.contains("<p>0 passed of 0 judged."), is_whole);
        assert_eq!(page.html.contains("No finding is open of what was judged."), is_whole);
        assert_eq!(page.html.contains("Nothing was judged, so nothing is known of its age."), !is_whole);
        assert_eq!(page.html.contains("Nothing was judged, so nothing is known of what changed."), !is_whole);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_was_seen_nothing_is_zero() {
    let root = &nights::written().await;
    let page = Page::written(root, &["latest"]);
    let (places, columns) = (&page.tables["places"], &page.tables["places"]["columns"]);
    let unseen = (0..usize::try_from(places["rows"].as_u64().unwrap()).unwrap())
        .filter(|row| columns["cells_counted"][row] != 0 && columns["cells_complete"][row] == 0)
        .collect::<Vec<_>>();
    assert!(!unseen.is_empty(), "a night in which an account refuses everything");
    for row in unseen {
        assert!(["passed", "failed", "unknown", "resources"].iter().all(|name| columns[name][row].is_null()), "{row}");
    }
    assert!(page.html.contains("<td class=\"number\">unknown</td>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn publish_leaves_the_page_where_that_is_configured_and_the_evidence_holds() {
    let without = Audit::of(small(), Behaviour::default()).await;
    assert!(!without.directory.path().join("_reports").exists());

    let lake = Audit::with(small(), Behaviour::default(), |config| config.report.html = true).await;
    let root = lake.directory.path();
    let run_id = &lake.published.as_ref().unwrap().run.facts.run_id;
    let left = fs::read_to_string(root.join(html::key(run_id))).unwrap();
    assert_eq!(left, fs::read_to_string(root.join(html::LATEST)).unwrap());
    assert!(left == answer(root, &["report"]), "made again it is the same");
    let report = verify(&Store::directory(root), &Which::All, None).await.unwrap();
    assert!(report.holds() && report.notes.is_empty(), "{report:?}");
    assert!(!answer(root, &["query", "SELECT count(*) FROM findings"]).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_written_of_a_run_that_is_there_into_a_place_that_can_be_written() {
    let lake = Audit::of(small(), Behaviour::default()).await;
    let root = lake.directory.path();
    for (arguments, status, said) in [
        (&["report", "2001-01-01"][..], 2, "no run `2001-01-01` is published"),
        (&["report", "yesterday"], 2, "`yesterday` names no run"),
        (&["report", "--findings", "0"], 2, "0 is not in 1..=2000000"),
        (&["report", "--output", "/proc/none/page.html"], 4, "/proc/none"),
        (&["report", "--lake", "nowhere"], 4, "nothing is published at"),
    ] {
        let output = program(root, arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(status) && stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(output.stdout.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_text_on_the_page() {
    let shape = Shape { accounts: 32, regions: 2, jobs: 400, hostile: true, ..small() };
    let lake = Audit::of(shape, Behaviour::default()).await;
    let page = Page::written(lake.directory.path(), &[]);
    assert!(page.html.chars().all(|letter| letter == '\n' || !is_unsafe(letter)));
    for text in HOSTILE.iter().filter(|text| text.contains('<')) {
        assert!(!page.html.contains(text), "{text}");
    }
    for table in ["places", "heat", "gaps"] {
        let names = texts(&page.tables[table], "account_name");
        assert!(names.iter().flatten().all(|name| !name.chars().any(is_unsafe)), "{table}");
    }
    let names = texts(&page.tables["places"], "account_name");
    assert!(names.iter().flatten().any(|name| name.contains("<script>")), "packed, names are as they are");

    let pages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    fs::create_dir_all(&pages).unwrap();
    fs::write(pages.join("hostile.html"), page.html).unwrap();
}

#[test]
fn a_page_of_a_bucket_lies_beside_the_tables_and_hidden_from_queries() {
    let run_id = "20261124T031500Z-9f3a".parse().unwrap();
    assert_eq!(html::key(&run_id), "_reports/run_date=2026-11-24/20261124T031500Z-9f3a.html");
    assert!(html::LATEST.starts_with('_'));
}
