//! The figures of a run as lines that CloudWatch Logs turns into metrics: the embedded metric format.
//!
//! Each line is one JSON object. The counts of scan and publish, of shards and of attempts are lines of their own, and
//! CloudWatch's sum over them is the night's. The format:
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::{
    effort::{Cost, Effort},
    exception::usage::{States, Usage},
    finding::Status,
    lake::{
        RunId,
        publish::{Published, share_in_percent},
        runs::RunStatus,
    },
};

/// What a part of a run did.
#[derive(Debug)]
pub struct Done<'a> {
    /// The run.
    pub run_id: &'a RunId,
    /// The part.
    pub part: Part<'a>,
    /// Whether it ended in an error.
    pub failed: bool,
    /// What it cost.
    pub effort: Effort,
    /// When it ended.
    pub ended_at: Timestamp,
}

/// The part of a run that was done.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// The scan.
    Scan {
        /// How long it took, in seconds.
        seconds: f64,
    },
    /// Publishing; with what was published, if anything was.
    Publish(Option<&'a Published>),
}

/// The lines, each with its line break: one of the run, and one of each API that was called.
pub fn lines(namespace: &str, done: &Done<'_>) -> String {
    let mut lines = of_run(done).line(namespace, None, done);
    for (api, cost) in done.effort.apis() {
        let mut metrics = Metrics::default();
        metrics.cost(cost);
        lines.push_str(&metrics.line(namespace, Some(api), done));
    }
    lines
}

fn of_run(done: &Done<'_>) -> Metrics {
    let mut metrics = Metrics::default();
    metrics.add("Failed", Unit::Count, u64::from(done.failed));
    match done.part {
        Part::Scan { seconds } => metrics.add("ScanSeconds", Unit::Seconds, seconds),
        Part::Publish(published) => {
            metrics.add("Published", Unit::Count, u64::from(published.is_some()));
            if let Some(published) = published {
                metrics.published(published);
            }
        }
    }
    metrics.cost(done.effort.total());
    metrics
}

#[derive(Debug, Clone, Copy)]
enum Unit {
    Bytes,
    Count,
    Percent,
    Seconds,
}

impl Unit {
    fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "Bytes",
            Self::Count => "Count",
            Self::Percent => "Percent",
            Self::Seconds => "Seconds",
        }
    }
}

/// The metrics of one line.
#[derive(Debug, Default)]
struct Metrics {
    definitions: Vec<Value>,
    values: Map<String, Value>,
}

impl Metrics {
    fn add(&mut self, name: &str, unit: Unit, value: impl Into<Value>) {
        self.definitions.push(json!({ "Name": name, "Unit": unit.as_str() }));
        self.values.insert(name.to_owned(), value.into());
    }

    fn cost(&mut self, cost: Cost) {
        self.add("ApiCalls", Unit::Count, cost.calls);
        self.add("Throttles", Unit::Count, cost.throttles);
        self.add("Retries", Unit::Count, cost.retries);
        self.add("BytesReceived", Unit::Bytes, cost.bytes_received);
        if let Some(share) = share_in_percent(cost.throttles, cost.calls) {
            self.add("ThrottledPercent", Unit::Percent, share);
        }
    }

    fn published(&mut self, published: &Published) {
        let run = &published.run;
        let took = run.published_at.duration_since(run.facts.started_at);
        self.add("Complete", Unit::Count, u64::from(run.status == RunStatus::Complete));
        self.add("DurationSeconds", Unit::Seconds, took.as_secs_f64());
        self.add("Accounts", Unit::Count, run.facts.scope_accounts);
        self.add("CellsTotal", Unit::Count, run.cells_total);
        self.add("CellsCounted", Unit::Count, run.cells_counted);
        self.add("CellsComplete", Unit::Count, run.cells_complete);
        if let Some(percent) = run.coverage_percent {
            self.add("CoveragePercent", Unit::Percent, percent);
        }
        for status in Status::ALL {
            self.add(findings(status), Unit::Count, published.tally.with_status(status));
        }
        if run.facts.exceptions_sha256.is_some() {
            self.exceptions(&published.exceptions);
        }
    }

    fn exceptions(&mut self, usage: &Usage) {
        let States { in_force, expiring, expired, unused } = usage.states();
        self.add("ExceptionsInForce", Unit::Count, in_force);
        self.add("ExceptionsExpiring", Unit::Count, expiring);
        self.add("ExceptionsExpired", Unit::Count, expired);
        self.add("ExceptionsUnused", Unit::Count, unused);
        self.add("FindingsExcepted", Unit::Count, usage.covered());
    }

    /// The line, whose metrics have the API as their dimension or none.
    fn line(self, namespace: &str, api: Option<&str>, done: &Done<'_>) -> String {
        let dimensions = if api.is_some() { json!([["Api"]]) } else { json!([[]]) };
        let mut line = self.values;
        line.extend(api.map(|api| ("Api".to_owned(), Value::from(api))));
        line.insert("RunId".to_owned(), done.run_id.as_str().into());
        line.insert("Version".to_owned(), env!("CARGO_PKG_VERSION").into());
        line.insert(
            "_aws".to_owned(),
            json!({
                "Timestamp": done.ended_at.as_millisecond(),
                "CloudWatchMetrics": [
                    { "Namespace": namespace, "Dimensions": dimensions, "Metrics": self.definitions },
                ],
            }),
        );
        format!("{}\n", Value::Object(line))
    }
}

fn findings(status: Status) -> &'static str {
    match status {
        Status::Pass => "FindingsPass",
        Status::Fail => "FindingsFail",
        Status::Unknown => "FindingsUnknown",
        Status::NotApplicable => "FindingsNotApplicable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lake::samples;

    fn done(part: Part<'_>, failed: bool) -> String {
        let facts = samples::facts();
        let effort = facts.effort.clone();
        lines("audit", &Done { run_id: &facts.run_id, part, failed, effort, ended_at: samples::start() })
    }

    #[test]
    fn a_scan_is_a_line_of_the_run_and_one_of_each_api() {
        let lines = done(Part::Scan { seconds: 61.5 }, false).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        insta::assert_snapshot!(lines, @r#"
        {"ApiCalls":17,"BytesReceived":904000,"Failed":0,"Retries":2,"RunId":"20261124T031500Z-9f3a","ScanSeconds":61.5,"ThrottledPercent":5.882352941176471,"Throttles":1,"Version":"VERSION","_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":[{"Name":"Failed","Unit":"Count"},{"Name":"ScanSeconds","Unit":"Seconds"},{"Name":"ApiCalls","Unit":"Count"},{"Name":"Throttles","Unit":"Count"},{"Name":"Retries","Unit":"Count"},{"Name":"BytesReceived","Unit":"Bytes"},{"Name":"ThrottledPercent","Unit":"Percent"}],"Namespace":"audit"}],"Timestamp":1795490100000}}
        {"Api":"kms:DescribeKey","ApiCalls":5,"BytesReceived":4000,"Retries":0,"RunId":"20261124T031500Z-9f3a","ThrottledPercent":0.0,"Throttles":0,"Version":"VERSION","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Api"]],"Metrics":[{"Name":"ApiCalls","Unit":"Count"},{"Name":"Throttles","Unit":"Count"},{"Name":"Retries","Unit":"Count"},{"Name":"BytesReceived","Unit":"Bytes"},{"Name":"ThrottledPercent","Unit":"Percent"}],"Namespace":"audit"}],"Timestamp":1795490100000}}
        {"Api":"sagemaker:Search","ApiCalls":12,"BytesReceived":900000,"Retries":2,"RunId":"20261124T031500Z-9f3a","ThrottledPercent":8.333333333333334,"Throttles":1,"Version":"VERSION","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Api"]],"Metrics":[{"Name":"ApiCalls","Unit":"Count"},{"Name":"Throttles","Unit":"Count"},{"Name":"Retries","Unit":"Count"},{"Name":"BytesReceived","Unit":"Bytes"},{"Name":"ThrottledPercent","Unit":"Percent"}],"Namespace":"audit"}],"Timestamp":1795490100000}}
        "#);
    }

    #[test]
    fn a_publish_that_failed_says_so_and_counts_nothing_as_found() {
        let lines = done(Part::Publish(None), true);
        let line: Value = serde_json::from_str(lines.lines().next().unwrap_or_default()).unwrap();
        assert_eq!((&line["Failed"], &line["Published"], line.get("CoveragePercent")), (&json!(1), &json!(0), None));
    }
}
