//! What all types and checks cost beside those of training jobs: processor time a call, and the calls by API.

use jiff::Timestamp;

use super::{
    Trouble,
    audit::{Checks, Night, Pace, night},
    row::{Row, Target, number},
    say,
    simulator::{Simulator, World},
};

pub(super) fn rows(quick: bool) -> Result<Vec<Row>, Trouble> {
    let world = World { accounts: 40, regions: 6, jobs: 20_000, now: Timestamp::now().to_string(), ..World::default() };
    let world = if quick { World { accounts: 12, regions: 3, jobs: 3_000, ..world } } else { world };
    let name = format!("breadth {} x {}", world.accounts, world.regions);
    let audited = |checks: Checks| -> Result<Night, Trouble> {
        say(&format!("{name}, {} jobs, {checks:?}, without quotas", world.jobs));
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        night(&Simulator::start(&world)?, directory.path(), Pace::Unbounded, checks, 0)
    };
    let (few, all) = (audited(Checks::TrainingJobs)?, audited(Checks::All)?);
    let per_call = |night: &Night| 1e6 * night.usage.cpu.as_secs_f64() / number(night.counts.all());
    let note = format!("{:.0} over {:.0} microseconds, the whole run with publish", per_call(&all), per_call(&few));
    Ok(vec![
        Row::new(
            format!("{name}: CPU per call, all checks over those of training jobs"),
            Target::AtMost(1.3),
            per_call(&all) / per_call(&few),
            "x",
        )
        .with(note),
        Row::told(format!("{name}: calls, training-job checks"), number(few.counts.all()), "")
            .with(few.counts.by_operation()),
        Row::told(format!("{name}: calls, all checks"), number(all.counts.all()), "").with(all.counts.by_operation()),
    ])
}
