//! A long history by `Search`, in windows of creation time, some at once. Each page is delivered as it comes; what was
//! read of a window counts once the window is whole.

use std::{sync::Arc, time::Instant};

use jiff::Timestamp;
use tokio::task::JoinSet;

use super::{
    breadth::Breadth,
    listing::Listing,
    search::{Page, Reader, SEARCH, Turn, page},
    window::Window,
};
use crate::{coverage::Outcome, lake::staging::unit::Span, outcome::Refusal, scan::cell::Cell};

/// The most parts of a window that holds too many.
const PARTS: u64 = 16;

/// What became of one window.
#[derive(Debug)]
enum Read {
    /// It held too many: read these parts instead.
    Split(Vec<Window>),
    /// It was read: so many jobs were delivered, and whether they add up.
    Delivered { jobs: u64, adds_up: bool },
    /// Its filter found nothing, or what it did not ask for.
    FilterIgnored,
    /// A call was refused after so many jobs were delivered, or the run is stopping.
    Refused { jobs: u64, refusal: Refusal },
}

impl From<Refusal> for Read {
    fn from(refusal: Refusal) -> Self {
        Self::Refused { jobs: 0, refusal }
    }
}

/// Into how many windows to cut a span that holds so many jobs: a little under the bound, since jobs do not come evenly.
pub(super) fn parts(cell: &Cell, jobs: u64) -> u64 {
    jobs.div_ceil((cell.slice() * 4 / 5).max(1))
}

/// The jobs of a cell that the search does not count, were all as close together as those at both ends.
pub(super) fn guess(listing: Option<&Listing>, first: &Page, asked_at: Timestamp) -> u64 {
    let oldest = first.jobs.iter().filter_map(|job| job.created_at).map(Timestamp::as_second).collect::<Vec<_>>();
    let newest = listing.into_iter().flat_map(|listing| &listing.jobs).filter_map(|job| job.created_at);
    let newest = newest.map(Timestamp::as_second).collect::<Vec<_>>();
    let Some(from) = oldest.first().copied() else { return 0 };
    let ends = [oldest, newest].map(|times| spread(&times, asked_at.as_second() - from));
    let known = ends.iter().flatten().count().max(1);
    ends.into_iter().flatten().sum::<u64>() / u64::try_from(known).unwrap_or(1)
}

/// The jobs in so many seconds, were all as close together as these.
fn spread(times: &[i64], seconds: i64) -> Option<u64> {
    let (first, last) = times.first().zip(times.last())?;
    let width = u128::from(last.abs_diff(*first).max(1));
    let jobs = u128::try_from(times.len()).ok()? * u128::from(seconds.unsigned_abs()) / width;
    // Never so many that sums of them overflow.
    Some(u64::try_from(jobs).unwrap_or(u64::MAX).min(u64::MAX / 4))
}

/// The parts of a window that holds too many: by its count, or where the service does not count so far, by how close
/// together the first hundred are.
fn split(cell: &Cell, window: Window, first: &Page) -> Option<Vec<Window>> {
    let total = first.total.filter(|total| !total.exact || total.hits > cell.slice())?;
    let times = first.jobs.iter().filter_map(|job| job.created_at).map(Timestamp::as_second).collect::<Vec<_>>();
    let left = times.first().map(|first| window.to - first);
    let close = left.and_then(|left| spread(&times, left)).unwrap_or_default();
    let jobs = if total.exact { total.hits } else { close.max(total.hits) };
    let parts = window.parts(parts(cell, jobs).clamp(2, PARTS));
    (parts.len() > 1).then_some(parts)
}

/// Reads one window. It becomes a slice when it is older than `young`, so that no index lags behind it, and adds up.
async fn window(cell: Arc<Cell>, window: Window, young: i64, breadth: Arc<Breadth>) -> Read {
    for last_try in [false, true] {
        let first = match page(&cell, Some(window), None).await {
            Ok(first) => first,
            Err(refusal) => return refusal.into(),
        };
        if !first.jobs.iter().all(|job| window.contains(job)) {
            return Read::FilterIgnored;
        }
        if let Some(parts) = split(&cell, window, &first) {
            return Read::Split(parts);
        }
        let mut reader = Reader::new(&cell, Some(window), first);
        let mut attempt = cell.attempt();
        let refused = loop {
            match reader.next(&cell).await {
                Ok(Some((jobs, turn))) => {
                    let answered = Instant::now();
                    if let Err(refusal) = attempt.deliver(jobs).await {
                        return refusal.into();
                    }
                    // Where what is read cannot be staged as fast, more windows would only wait in memory.
                    breadth.saw(Turn { waited: turn.waited + answered.elapsed(), ..turn });
                }
                Ok(None) => break None,
                Err(refusal) => break Some(refusal),
            }
        };
        let adds_up = refused.is_none() && reader.adds_up();
        if refused.is_none() && !adds_up && !last_try {
            // Jobs that came or went while the pages were turned: once more, and what was delivered does not count.
            continue;
        }
        let is_whole = adds_up
            && reader.total.is_some()
            && window.to <= young
            && attempt.is_all_of(|created| window.covers(created));
        let span = is_whole.then_some(Span::Created { from: window.from, to: window.to });
        return match (attempt.close(span).await, refused) {
            (Ok(jobs), None) => Read::Delivered { jobs, adds_up },
            (Ok(jobs), Some(refusal)) => Read::Refused { jobs, refusal },
            (Err(refusal), _) => refusal.into(),
        };
    }
    Read::Delivered { jobs: 0, adds_up: false }
}

/// What became of all windows of a cell.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// Jobs that were delivered.
    pub(super) jobs: u64,
    /// Windows whose records were not as many as the service said.
    pub(super) short: u64,
    /// The first refusal; its window is missing, or a part of it.
    pub(super) refusal: Option<Refusal>,
    /// The filters do not work here, and what was delivered is not whole.
    pub(super) unusable: bool,
}

/// Reads a span of creation times in windows, some at once, and splits those that hold too many. `holds_oldest` says that
/// there must be something in the first window.
pub(super) async fn windows(cell: &Arc<Cell>, mut open: Vec<Window>, holds_oldest: bool, young: i64) -> Windows {
    let mut all = Windows::default();
    let breadth = Arc::new(Breadth::new());
    // The first window holds the oldest job. When it seems empty, the service does not know the operators.
    let oldest = open.first().copied().filter(|_| holds_oldest);
    open.reverse();
    let read = |next| {
        let (cell, breadth) = (Arc::clone(cell), Arc::clone(&breadth));
        async move { (next, window(cell, next, young, breadth).await) }
    };
    let mut running = JoinSet::new();
    while !all.unusable {
        while running.len() < breadth.windows()
            && let Some(next) = open.pop()
        {
            running.spawn(read(next));
        }
        let ended = tokio::select! {
            ended = running.join_next() => ended,
            () = breadth.grown() => continue,
        };
        match ended {
            None => break,
            Some(Ok((window, read))) => {
                all.unusable |= Some(window) == oldest && matches!(read, Read::Delivered { jobs: 0, adds_up: _ });
                all.take(read, &mut open);
            }
            Some(Err(error)) => {
                all.short += 1;
                all.refusal.get_or_insert(Refusal::new(Outcome::Error, SEARCH, "Internal", error.to_string()));
            }
        }
    }
    all
}

impl Windows {
    fn take(&mut self, read: Read, open: &mut Vec<Window>) {
        match read {
            Read::Split(parts) => open.extend(parts.into_iter().rev()),
            Read::Delivered { jobs, adds_up } => {
                self.jobs += jobs;
                self.short += u64::from(!adds_up);
            }
            Read::FilterIgnored => self.unusable = true,
            Read::Refused { jobs, refusal } => {
                self.jobs += jobs;
                self.short += 1;
                self.refusal.get_or_insert(refusal);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_counted_is_guessed_from_how_close_together_some_are() {
        assert_eq!(spread(&[0, 5, 10], 100), Some(30));
        assert_eq!(spread(&[20, 10], 100), Some(20), "in either order");
        assert_eq!((spread(&[], 100), spread(&[7], 100)), (None, Some(100)));
    }
}
