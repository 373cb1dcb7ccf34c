//! How long the program takes from its start to its first call.

use std::{
    io::Read as _,
    net::{Ipv4Addr, TcpListener},
    process::Stdio,
    time::Instant,
};

use super::{
    Trouble,
    audit::{Checks, Pace, program},
    row::{Row, Target},
    say,
};

/// Starts of which the median counts.
const STARTS: usize = 21;

pub(super) fn rows() -> Result<Vec<Row>, Trouble> {
    say("start-up");
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let mut command = program(&endpoint, directory.path(), Pace::Unbounded, Checks::All)?;
        let began = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let (mut stream, _) = listener.accept()?;
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        times.push(began.elapsed().as_secs_f64() * 1_000.0);
        child.kill()?;
        child.wait()?;
    }
    times.sort_by(f64::total_cmp);
    let median = times.get(STARTS / 2).copied().ok_or("no start")?;
    let worst = times.last().copied().unwrap_or_default();
    Ok(vec![
        Row::new("start-up to first call", Target::AtMost(50.0), median, "ms")
            .with(format!("the median of {STARTS} starts, of which the longest took {worst:.0} ms")),
    ])
}
