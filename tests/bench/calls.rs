//! An organization where jobs dominate: calls per job on the first night, and of the second night.

use jiff::Timestamp;

use super::{
    Trouble,
    audit::{Checks, Pace, night},
    makespan::{NEW_JOBS_HOURS, of_second},
    row::{Row, Target, number},
    say,
    simulator::{Simulator, World},
};

pub(super) const DESCRIBE: &str = "sagemaker:DescribeTrainingJob";

pub(super) fn rows(quick: bool) -> Result<Vec<Row>, Trouble> {
    let jobs = if quick { 40_000 } else { 2_000_000 };
    let world = World { accounts: 27, regions: 4, jobs, now: Timestamp::now().to_string(), ..World::default() };
    let world = if quick { World { accounts: 6, regions: 2, ..world } } else { world };
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    say(&format!("jobs dominate: {} x {}, {jobs} jobs, without quotas", world.accounts, world.regions));
    let first = {
        let simulator = Simulator::start(&world)?;
        night(&simulator, directory.path(), Pace::Unbounded, Checks::Four, 0)?
    };
    let all = number(first.counts.all());
    let described = number(first.counts.requests(|operation| operation == DESCRIBE));
    let mut rows = vec![
        Row::new("jobs dominate: calls per job", Target::AtMost(0.012), (all - described) / number(jobs), "")
            .with(format!("without the Describes of serverless jobs, 1 % of all; {}", first.counts.by_operation())),
        Row::told("jobs dominate: calls per job, all", all / number(jobs), ""),
        Row::told("jobs dominate: CPU per million jobs", first.usage.cpu.as_secs_f64() * 1e6 / number(jobs), "s"),
    ];
    let later = World { elapsed: NEW_JOBS_HOURS, ..world };
    let simulator = Simulator::start(&later)?;
    let second = night(&simulator, directory.path(), Pace::Unbounded, Checks::Four, NEW_JOBS_HOURS)?;
    rows.extend(of_second(&first, &second, ", jobs dominate"));
    Ok(rows)
}
