//! Whether memory grows with the organization: the same jobs in ten times as many accounts.

use jiff::Timestamp;

use super::{
    Trouble,
    audit::{Checks, Pace, night},
    row::{Row, Target, mebibytes},
    say,
    simulator::{Simulator, World},
};

pub(super) fn rows(quick: bool) -> Result<Vec<Row>, Trouble> {
    let (few, many, jobs) = if quick { (20, 200, 20_000) } else { (200, 2_000, 400_000) };
    let mut peaks = Vec::new();
    for accounts in [few, many] {
        say(&format!("memory: {accounts} x 17, {jobs} jobs, without quotas"));
        let world = World { accounts, regions: 17, jobs, now: Timestamp::now().to_string(), ..World::default() };
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let simulator = Simulator::start(&world)?;
        let night = night(&simulator, directory.path(), Pace::Unbounded, Checks::Four, 0)?;
        peaks.push(mebibytes(night.usage.peak));
    }
    let [small, large] = peaks.as_slice() else { return Err("two nights".into()) };
    Ok(vec![
        Row::new(format!("memory at {many} / at {few} accounts"), Target::AtMost(1.15), large / small, "x")
            .with(format!("{large:.0} MiB over {small:.0} MiB, at {jobs} jobs each")),
    ])
}
