//! From facts to published Parquet, without calls: what it costs, as rows of the result.

use super::{
    Trouble, findings,
    row::{Row, Target, mebibytes, number},
    say,
};
use sagesweep::lake::Table;

pub(super) fn rows(quick: bool) -> Result<Vec<Row>, Trouble> {
    let jobs = if quick { 25_000 } else { 250_000 };
    say(&format!("findings: of {jobs} jobs, from facts to published Parquet"));
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let figures = findings::measure(jobs, directory.path(), 0)?;
    let next = findings::measure(jobs, directory.path(), 1)?;
    say(&figures.to_string());
    let note = format!("{} findings of {} jobs, in this process", figures.findings, figures.resources);
    Ok(vec![
        Row::new("findings staged per CPU-second", Target::AtLeast(1e6), figures.staged_per_cpu_second(), "rows/s")
            .with(format!("from facts and verdicts to staged parts; {note}")),
        Row::told("findings judged per CPU-second", figures.judged_per_cpu_second(), "rows/s"),
        Row::told("findings published per CPU-second", figures.published_per_cpu_second(), "rows/s")
            .with("merged and written, with their resources; all that fails is new"),
        Row::told("the same the night after", next.published_per_cpu_second(), "rows/s")
            .with("held against what stands; nothing changed"),
        Row::new("bytes per published finding", Target::AtMost(6.0), figures.bytes_per_row(Table::Findings), "B"),
        Row::told("bytes per published resource", figures.bytes_per_row(Table::Resources), "B"),
        Row::told("bytes per new finding in finding_events", figures.bytes_per_row(Table::FindingEvents), "B"),
        Row::told("bytes per failing finding of what stands", next.bytes_per_row(Table::Standing), "B"),
        Row::told("bytes staged per finding", number(figures.staged_bytes) / number(figures.findings), "B"),
        Row::told("peak memory with the facts", mebibytes(figures.peak_bytes), "MiB"),
    ])
}
