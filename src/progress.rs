//! The display of a scan under way: a line that changes on a terminal, a heartbeat in the log otherwise.

use std::{
    io::{self, IsTerminal as _},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    lake::publish::share_in_percent,
    report::terminal::{share_text, took},
    scan::Progress,
    throttle::Counters,
};

/// How often the line is drawn.
const DRAW: Duration = Duration::from_millis(200);
/// How often the log hears of it.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Does some work, and shows that it goes on: by a line that turns, or every half minute in the log.
pub async fn alive<T>(
    doing: &'static str,
    display: Option<&MultiProgress>,
    counters: &Counters,
    work: impl Future<Output = T>,
) -> T {
    let begun = Instant::now();
    let (bar, visible) = bar(display);
    let mut beats = tokio::time::interval(if visible { DRAW } else { HEARTBEAT });
    beats.tick().await;
    let beat = async {
        loop {
            beats.tick().await;
            let calls = counters.calls.load(Ordering::Relaxed);
            if visible {
                bar.set_message(format!("{doing}, {} s, {calls} calls", begun.elapsed().as_secs()));
                bar.tick();
            } else {
                tracing::info!(calls, "{doing}");
            }
        }
    };
    let done = tokio::select! {
        done = work => done,
        never = beat => never,
    };
    bar.finish_and_clear();
    done
}

/// A line on the display, and whether somebody sees it.
fn bar(display: Option<&MultiProgress>) -> (ProgressBar, bool) {
    let display = display.filter(|_| io::stderr().is_terminal() && !is_in_task());
    let bar = display.map_or_else(ProgressBar::hidden, |display| display.add(ProgressBar::no_length()));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    (bar, display.is_some())
}

/// Whether this is a task of Amazon ECS, on Fargate or not, whose output is kept as a log even where it is given a
/// terminal. The variable is in each of its containers.
pub fn is_in_task() -> bool {
    std::env::var_os("ECS_CONTAINER_METADATA_URI_V4").is_some()
}

/// Shows how far a scan is, until it is dropped: on the display where that is a terminal, else in the log.
pub async fn show(display: Option<MultiProgress>, progress: Arc<Progress>, counters: Arc<Counters>) -> ! {
    let (bar, visible) = bar(display.as_ref());
    let begun = Instant::now();
    let (mut last_beat, mut calls_at_beat) = (begun, counters.calls.load(Ordering::Relaxed));
    let mut calls_before = counters.calls.load(Ordering::Relaxed);
    let mut drawn = begun;
    loop {
        tokio::time::sleep(DRAW).await;
        let calls = counters.calls.load(Ordering::Relaxed);
        let seconds = drawn.elapsed().as_secs_f64();
        let state = State::of(&progress, &counters, rate(calls.saturating_sub(calls_before), seconds), begun.elapsed());
        if visible {
            bar.set_length(state.cells.max(1));
            bar.set_position(state.cells_done);
            bar.set_message(state.line());
            bar.tick();
        } else if last_beat.elapsed() >= HEARTBEAT {
            let per_second = rate(calls.saturating_sub(calls_at_beat), last_beat.elapsed().as_secs_f64());
            (last_beat, calls_at_beat) = (Instant::now(), calls);
            tracing::info!(
                accounts = state.accounts,
                accounts_done = state.accounts_done,
                cells = state.cells,
                cells_done = state.cells_done,
                resources = state.resources,
                calls = state.calls,
                calls_per_second = %format_args!("{per_second:.1}"),
                throttles = state.throttles,
                seconds_left = state.left.map(|left| left.as_secs()),
                "scanning"
            );
        }
        // A second's window for the rate, so that it can be read.
        if drawn.elapsed() >= Duration::from_secs(1) {
            (drawn, calls_before) = (Instant::now(), calls);
        }
    }
}

/// What the display says.
struct State {
    accounts: u64,
    accounts_done: u64,
    cells: u64,
    cells_done: u64,
    resources: u64,
    calls: u64,
    throttles: u64,
    per_second: f64,
    left: Option<Duration>,
}

impl State {
    fn of(progress: &Progress, counters: &Counters, per_second: f64, elapsed: Duration) -> Self {
        let load = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
        let (accounts, accounts_done) = (load(&progress.accounts), load(&progress.accounts_done));
        Self {
            accounts,
            accounts_done,
            cells: load(&progress.cells),
            cells_done: load(&progress.cells_done),
            resources: load(&progress.resources),
            calls: load(&counters.calls),
            throttles: load(&counters.throttles),
            per_second,
            left: left(accounts_done, accounts, elapsed),
        }
    }

    /// Short enough for 80 columns.
    fn line(&self) -> String {
        let left = self.left.map_or_else(|| "-".to_owned(), |left| took(left.as_secs()));
        let cells = share_text(share_in_percent(self.cells_done, self.cells));
        format!(
            "{}/{} accounts, {cells}, {:.0} calls/s, {} throttled, ETA {left}",
            self.accounts_done, self.accounts, self.per_second, self.throttles
        )
    }
}

fn rate(count: u64, seconds: f64) -> f64 {
    let count = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

/// The time left, if accounts go on as they went so far.
fn left(done: u64, all: u64, elapsed: Duration) -> Option<Duration> {
    let (done, open) = (u32::try_from(done).ok()?, u32::try_from(all.saturating_sub(done)).ok()?);
    (done > 0).then(|| elapsed * open / done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_into_80_columns() {
        let state = State {
            accounts: 2000,
            accounts_done: 1999,
            cells: 1_360_000,
            cells_done: 1_359_999,
            resources: 2_000_000,
            calls: 99999,
            throttles: 1_000_000,
            per_second: 999.0,
            left: Some(Duration::from_hours(10)),
        };
        assert!(state.line().len() <= 78, "{}", state.line().len());
    }

    #[test]
    fn the_time_left_goes_by_the_accounts_that_are_done() {
        assert_eq!(left(10, 40, Duration::from_secs(5)), Some(Duration::from_secs(15)));
        assert_eq!(left(0, 40, Duration::from_secs(5)), None);
    }
}
