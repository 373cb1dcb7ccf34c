//! Many runs, each with other faults drawn from its seed: none lies, hangs or panics, whatever befalls it.
//!
//! `SAGESWEEP_SEEDS` is how many (100), `SAGESWEEP_FIRST_SEED` the first (0). What befell them is written to `soak.txt`
//! in the directory that cargo keeps for files of tests.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use tokio::task::{JoinSet, LocalSet};

mod night;
mod property;

use night::Report;

/// Runs at once: most of them wait most of the time.
const AT_ONCE: usize = 8;
/// A run that takes longer hangs: alone it takes a second or two, beside others on a busy machine many times that.
const DEADLINE: Duration = Duration::from_mins(5);

#[tokio::test(flavor = "multi_thread")]
async fn no_seed_makes_a_run_lie_hang_or_panic() {
    // A run itself stays on its thread; the tasks that it starts do not.
    LocalSet::new().run_until(soak()).await;
}

async fn soak() {
    let (first, count) = (number("SAGESWEEP_FIRST_SEED", 0), number("SAGESWEEP_SEEDS", 100));
    let begun = Instant::now();
    let (mut running, mut seeds) = (JoinSet::new(), HashMap::new());
    let (mut reports, mut wrong) = (Vec::new(), Vec::new());
    let mut left = first..first + count;
    loop {
        while running.len() < AT_ONCE
            && let Some(seed) = left.next()
        {
            let night = tokio::time::timeout(DEADLINE, night::run(seed));
            seeds.insert(running.spawn_local(night).id(), seed);
        }
        let Some(joined) = running.join_next_with_id().await else { break };
        match joined {
            Ok((_, Ok(report))) => reports.push(report),
            Ok((id, Err(_elapsed))) => wrong.push((seeds[&id], "hangs".to_owned())),
            Err(error) => {
                let seed = seeds[&error.id()];
                let panic = error.into_panic();
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
                wrong.push((seed, text.unwrap_or_else(|| "panicked".to_owned())));
            }
        }
    }
    wrong.sort();
    let summary = summary(&reports, wrong.len(), begun.elapsed());
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("soak.txt"), &summary).unwrap();
    let told = wrong.iter().fold(String::new(), |mut told, (seed, text)| {
        writeln!(
            told,
            "--- seed {seed}; again with SAGESWEEP_FIRST_SEED={seed} SAGESWEEP_SEEDS=1 cargo test --test it soak"
        )
        .unwrap();
        writeln!(told, "{text}").unwrap();
        told
    });
    assert!(wrong.is_empty(), "{told}\n{summary}");
}

/// How often, by name.
type Counts = BTreeMap<String, u64>;
type CountsOf = fn(&Report) -> Counts;

#[expect(clippy::disallowed_methods, reason = "how long it goes on is for who starts it to say")]
pub(crate) fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// What the runs met and how they ended.
fn summary(reports: &[Report], wrong: usize, took: Duration) -> String {
    let mut text = String::new();
    let failed = reports.iter().filter(|report| report.failed.is_some()).count();
    let sum = |of: fn(&Report) -> u64| reports.iter().map(of).sum::<u64>();
    writeln!(
        text,
        "{} seeds in {} s: {wrong} wrong, {failed} runs failed as a whole, {} into a bucket",
        reports.len() + wrong,
        took.as_secs(),
        reports.iter().filter(|report| report.in_bucket).count(),
    )
    .unwrap();
    writeln!(
        text,
        "cells: {} complete, {} not; verdicts: {} as the truth, {} weaker, {} missing and said so",
        sum(|report| report.complete),
        sum(|report| report.incomplete),
        sum(|report| report.same),
        sum(|report| report.weaker),
        sum(|report| report.missing),
    )
    .unwrap();
    let counted: [(&str, CountsOf); 3] = [
        ("faults that befell", |report| report.faults.clone()),
        ("runs that failed", |report| report.failed.iter().map(|why| (why.clone(), 1)).collect()),
        ("outcomes", |report| report.outcomes.clone()),
    ];
    for (title, of) in counted {
        let mut counts = Counts::new();
        for (name, count) in reports.iter().flat_map(of) {
            *counts.entry(name).or_default() += count;
        }
        let counts = counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>();
        writeln!(text, "{title}: {}", counts.join(", ")).unwrap();
    }
    let mut slowest = reports.iter().map(|report| (report.took.as_millis(), report.seed)).collect::<Vec<_>>();
    slowest.sort_unstable();
    slowest.reverse();
    writeln!(text, "slowest (ms, seed): {:?}", &slowest[..slowest.len().min(5)]).unwrap();
    text
}
