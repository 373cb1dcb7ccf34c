//! Two nights of a large organization: how near the scan comes to what the quotas allow, and what the second night saves.

use jiff::Timestamp;

use super::{
    Trouble,
    audit::{Checks, IN_FLIGHT, Night, Pace, night},
    calls::DESCRIBE,
    published::size,
    row::{Row, Target, mebibytes, number},
    say,
    simulator::{FASTER, Simulator, World},
};

/// Hours in which one job of a hundred comes: at the end of two years they come twice as fast as in the mean.
pub(super) const NEW_JOBS_HOURS: u64 = 88;

pub(super) fn rows(quick: bool, second: bool) -> Result<Vec<Row>, Trouble> {
    let large = World { accounts: 200, regions: 17, jobs: 2_000_000, heaviest: Some(462_178), ..World::default() };
    let small = World { accounts: 12, regions: 4, jobs: 40_000, heaviest: Some(9_000), ..World::default() };
    let world = World { now: Timestamp::now().to_string(), paced: true, ..if quick { small } else { large } };
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let name = format!("{} x {}, {} jobs", world.accounts, world.regions, world.jobs);
    say(&format!("night one: {name}, time runs {FASTER} times as fast"));
    let first = {
        let simulator = Simulator::start(&world)?;
        night(&simulator, directory.path(), Pace::AtTheQuotas, Checks::Four, 0)?
    };
    let mut rows = of_first(&first, &world, directory.path())?;
    if second {
        say("night two: the same organization with 1 % new jobs");
        let later = World { elapsed: NEW_JOBS_HOURS, ..world };
        let simulator = Simulator::start(&later)?;
        let second = night(&simulator, directory.path(), Pace::AtTheQuotas, Checks::Four, NEW_JOBS_HOURS)?;
        rows.extend(of_second(&first, &second, ""));
    }
    Ok(rows)
}

fn of_first(night: &Night, world: &World, directory: &std::path::Path) -> Result<Vec<Row>, Trouble> {
    let bound = night.counts.bound(IN_FLIGHT).as_secs_f64();
    let (jobs, calls) = (number(world.jobs), number(night.counts.all()));
    let findings = size(directory, "findings")?;
    let name = format!("{} x {}", world.accounts, world.regions);
    let of_bound = |seconds: f64| format!("{seconds:.1} s over {bound:.1} s; time runs {FASTER} times as fast");
    let (scan, whole) = (night.scan.as_secs_f64(), night.usage.wall.as_secs_f64());
    let per_finding = number(findings.bytes) / number(findings.rows.max(1));
    Ok(vec![
        Row::new(format!("{name}: scan / lower bound"), Target::AtMost(1.10), scan / bound, "x").with(of_bound(scan)),
        Row::told(format!("{name}: with publish / lower bound"), whole / bound, "x").with(of_bound(whole)),
        Row::new(format!("{name}: throttled answers"), Target::AtMost(1.0), night.counts.throttled_percent(), "%"),
        Row::told(format!("{name}: calls per job"), calls / jobs, "").with(night.counts.by_operation()),
        Row::new(format!("{name}: peak memory"), Target::AtMost(256.0), mebibytes(night.usage.peak), "MiB"),
        Row::told(format!("{name}: CPU of the auditor"), night.usage.cpu.as_secs_f64(), "s"),
        Row::told(format!("{name}: CPU of the simulator"), night.simulator.as_secs_f64(), "s"),
        Row::told(format!("{name}: findings"), number(findings.rows), "rows"),
        Row::new(format!("{name}: bytes per finding"), Target::AtMost(6.0), per_finding, "bytes"),
    ])
}

/// What the second night called of the first.
pub(super) fn of_second(first: &Night, second: &Night, name: &str) -> Vec<Row> {
    let share = |counts: fn(&str) -> bool| {
        let of = |night: &Night| number(night.counts.requests(counts));
        100.0 * of(second) / of(first).max(1.0)
    };
    let cpu = 100.0 * second.usage.cpu.as_secs_f64() / first.usage.cpu.as_secs_f64();
    vec![
        Row::new(format!("night two{name}: training-job calls"), Target::AtMost(2.0), share(is_about_jobs), "% of one")
            .with(format!("on a night on which no account is read whole; {}", second.counts.by_operation())),
        Row::new(format!("night two{name}: without Describes"), Target::AtMost(2.0), share(reads_many), "% of one")
            .with("of serverless jobs, in both nights"),
        Row::told(format!("night two{name}: wall time"), second.usage.wall.as_secs_f64(), "s"),
        Row::told(format!("night two{name}: CPU"), cpu, "% of one"),
        Row::told(format!("night two{name}: peak memory"), mebibytes(second.usage.peak), "MiB"),
    ]
}

fn is_about_jobs(operation: &str) -> bool {
    operation.starts_with("sagemaker:")
}

fn reads_many(operation: &str) -> bool {
    is_about_jobs(operation) && operation != DESCRIBE
}
