//! Which windows are searched on a night that builds on another: as few as hold what is wanted.

use jiff::{SignedDuration, Timestamp};

use super::window::Window;

/// What is closer together is searched for at once.
const GAP: SignedDuration = SignedDuration::from_hours(1);
/// Where it is known how many jobs lie between: no more than a page of them costs less than a call.
const PAGE: usize = 100;

/// Creation times of all jobs of a cell from some time on.
#[derive(Debug, Default)]
pub(super) struct Dense {
    from: i64,
    seconds: Vec<i64>,
}

impl Dense {
    /// Of jobs of which none is missing from then on.
    pub(super) fn new(from: Timestamp, created: impl Iterator<Item = Timestamp>) -> Self {
        let mut seconds = created.map(Timestamp::as_second).collect::<Vec<_>>();
        seconds.sort_unstable();
        Self { from: from.as_second(), seconds }
    }

    /// Whether so few lie between two seconds that they may be read too.
    fn are_few(&self, from: i64, to: i64) -> bool {
        let before = |second: i64| self.seconds.partition_point(|created| *created < second);
        from >= self.from && before(to) - before(from) <= PAGE
    }
}

/// Windows that hold these creation times, and all of `open`; one for those with little between them. The newest stand
/// last, to be taken from the end.
pub(super) fn windows(created: impl Iterator<Item = Timestamp>, open: Option<Window>, dense: &Dense) -> Vec<Window> {
    // Two services may round one time differently.
    let around = |second: i64| Window { from: second - 1, to: second + 2 };
    let mut wanted = created.map(|created| around(created.as_second())).chain(open).collect::<Vec<_>>();
    wanted.sort_unstable_by_key(|window| window.from);
    let mut windows = Vec::<Window>::new();
    for next in wanted {
        match windows.last_mut() {
            Some(last) if next.from - last.to <= GAP.as_secs() || dense.are_few(last.to, next.from) => {
                last.to = last.to.max(next.to);
            }
            _ => windows.push(next),
        }
    }
    windows
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_time_is_in_exactly_one_window_and_so_is_what_is_open(
            seconds in prop::collection::vec(1_600_000_000_i64..1_600_400_000, 0..60),
            bound in 1_600_000_000_i64..1_600_400_000,
            open in prop::option::of((1_600_000_000_i64..1_600_400_000, 1_i64..100_000)),
        ) {
            let time = |second: i64| Timestamp::from_second(second).unwrap();
            let listed = seconds.iter().filter(|second| **second >= bound).map(|second| time(*second));
            let open = open.map(|(from, width)| Window { from, to: from + width });
            let windows = windows(seconds.iter().map(|second| time(*second)), open, &Dense::new(time(bound), listed));
            for second in &seconds {
                prop_assert_eq!(windows.iter().filter(|window| window.covers(time(*second))).count(), 1);
            }
            let holds = |open: Window| windows.iter().filter(|window| window.from <= open.from && window.to >= open.to).count();
            prop_assert!(open.is_none_or(|open| holds(open) == 1));
            prop_assert!(windows.windows(2).all(|pair| pair[0].to + GAP.as_secs() < pair[1].from));
            let young = windows.iter().filter(|window| window.from > bound + 2);
            prop_assert!(young.count() <= 1, "where few lie between they are searched at once");
        }
    }
}
