//! An organization without any resource, where most calls of a real night go: what one call costs.

use jiff::Timestamp;
use sagesweep::resource::ResourceType;

use super::{
    Trouble,
    audit::{Checks, Pace, night},
    row::{Row, Target, mebibytes, number},
    say,
    simulator::{Simulator, World},
    tls,
};

pub(super) fn rows(quick: bool) -> Result<Vec<Row>, Trouble> {
    let accounts = if quick { 60 } else { 2_000 };
    let types = ResourceType::ALL.len();
    say(&format!("empty: {accounts} x 17 x {types} types, no resource, without quotas"));
    let world = World { accounts, regions: 17, now: Timestamp::now().to_string(), ..World::default() };
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let simulator = Simulator::start(&world)?;
    let night = night(&simulator, directory.path(), Pace::Unbounded, Checks::All, 0)?;
    let calls = number(night.counts.all());
    let cpu = night.usage.cpu.as_secs_f64();
    let name = format!("empty {accounts} x 17 x {types} types");
    let per_call = 1e6 * cpu / calls;
    let tls = tls::microseconds_per_call()?;
    Ok(vec![
        Row::new(format!("{name}: calls per CPU-second"), Target::AtLeast(3_000.0), calls / cpu, "calls/s")
            .with("over loopback without TLS, the whole run with publish"),
        Row::told(format!("{name}: calls"), calls, ""),
        Row::told(format!("{name}: TLS, of the CPU with it"), 100.0 * tls / (per_call + tls), "%").with(format!(
            "estimated: {tls:.1} us of AES-GCM and of a handshake in 100 calls, beside {per_call:.0} us"
        )),
        Row::told(format!("{name}: wall time"), night.usage.wall.as_secs_f64(), "s"),
        Row::told(format!("{name}: peak memory"), mebibytes(night.usage.peak), "MiB"),
    ])
}
