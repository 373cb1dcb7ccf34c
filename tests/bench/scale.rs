//! The benchmark of scale.

use std::io::Write as _;

mod findings;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = tempfile::tempdir()?;
    // `cargo bench` adds arguments of its own.
    let jobs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    write!(std::io::stdout(), "{}", findings::measure(jobs, root.path())?)?;
    Ok(())
}
