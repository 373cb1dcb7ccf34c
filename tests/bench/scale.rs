//! The benchmark of scale.

use std::io::Write as _;

use sagesweep::lake::Table;

mod findings;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = tempfile::Builder::new().keep(std::env::var_os("KEEP").is_some()).tempdir()?;
    let jobs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let figures = findings::measure(jobs, root.path())?;
    let mut out = std::io::stdout().lock();
    let per_second = |time: std::time::Duration| figures.findings as f64 / time.as_secs_f64();
    writeln!(out, "{} findings, {} resources", figures.findings, figures.resources)?;
    writeln!(out, "judged    {:>9.0} findings / cpu s", per_second(figures.judging))?;
    writeln!(out, "staged    {:>9.0} findings / cpu s", figures.staged_per_cpu_second())?;
    writeln!(out, "published {:>9.0} findings / cpu s", figures.published_per_cpu_second())?;
    writeln!(out, "staged bytes {:.1} / finding", figures.staged_bytes as f64 / figures.findings as f64)?;
    writeln!(out, "peak {} MiB", figures.peak_bytes >> 20)?;
    for table in [Table::Findings, Table::Resources] {
        writeln!(out, "{table}: {:.2} bytes / row", figures.bytes_per_row(table))?;
        for column in figures.columns.iter().filter(|column| column.table == table) {
            let rows = if table == Table::Findings { figures.findings } else { figures.resources };
            writeln!(out, "  {:<28} {:>7.3}  {}", column.column, column.bytes as f64 / rows as f64, column.encodings)?;
        }
    }
    Ok(())
}
