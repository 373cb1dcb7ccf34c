//! What one night does to the streak of one finding.

use jiff::Timestamp;

use crate::{
    finding::Status,
    lake::{events::Event, standing::Streak},
};

/// What a night says of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tonight {
    /// It was judged.
    Judged {
        /// The status.
        status: Status,
        /// Whether an exception covers it.
        is_excepted: bool,
    },
    /// Nothing: nobody looked, or not so that it could be told.
    Nothing,
    /// Its resource is no more.
    Gone,
}

/// What happened, and the beginning of the streak that it happened to.
pub(super) type Happened = (Event, Timestamp);

/// The streak after a night, none when nothing is left to carry, and what happened: a streak begins or ends, and an
/// exception comes or goes.
pub(super) fn step(
    before: Option<Streak>,
    tonight: Tonight,
    now: Timestamp,
) -> (Option<Streak>, [Option<Happened>; 2]) {
    let open = before.and_then(|streak| streak.first_failed_at);
    let (status, is_excepted) = match tonight {
        Tonight::Nothing => return (before, [None, None]),
        Tonight::Gone => return (None, [open.map(|since| (Event::ResourceDeleted, since)), None]),
        Tonight::Judged { status, is_excepted } => (status, is_excepted),
    };
    let last_resolved_at = before.and_then(|streak| streak.last_resolved_at);
    match (status, before, open) {
        (Status::Fail, None, _) => begun(Event::New, last_resolved_at, is_excepted, now),
        (Status::Fail, Some(_), None) => begun(Event::Reopened, last_resolved_at, is_excepted, now),
        (Status::Fail | Status::Unknown, Some(before), Some(since)) => {
            let changed = match (before.is_excepted, is_excepted) {
                (false, true) => Some(Event::Excepted),
                (true, false) => Some(Event::Unexcepted),
                (true, true) | (false, false) => None,
            };
            (Some(Streak { is_excepted, ..before }), [changed.map(|event| (event, since)), None])
        }
        (Status::Pass | Status::NotApplicable, Some(_), Some(since)) => {
            let closed = Streak { first_failed_at: None, last_resolved_at: Some(now), is_excepted };
            (Some(closed), [Some((Event::Resolved, since)), None])
        }
        (Status::Pass | Status::NotApplicable | Status::Unknown, before, _) => (before, [None, None]),
    }
}

/// A streak that begins, perhaps under an exception.
fn begun(
    event: Event,
    last_resolved_at: Option<Timestamp>,
    is_excepted: bool,
    now: Timestamp,
) -> (Option<Streak>, [Option<Happened>; 2]) {
    let streak = Streak { first_failed_at: Some(now), last_resolved_at, is_excepted };
    (Some(streak), [Some((event, now)), is_excepted.then_some((Event::Excepted, now))])
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn night(number: i64) -> Timestamp {
        "2026-11-24T03:15:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
    }

    fn judged(status: Status) -> Tonight {
        Tonight::Judged { status, is_excepted: false }
    }

    fn excepted(status: Status) -> Tonight {
        Tonight::Judged { status, is_excepted: true }
    }

    /// What happened in each of these nights, and what is left after them.
    fn after(nights: &[Tonight]) -> (Option<Streak>, Vec<(i64, Event, i64)>) {
        let (mut streak, mut all) = (None, Vec::new());
        for (number, tonight) in (0..).zip(nights) {
            let (next, happened) = step(streak, *tonight, night(number));
            let day = |since: Timestamp| since.duration_since(night(0)).as_hours() / 24;
            all.extend(happened.into_iter().flatten().map(|(event, since)| (number, event, day(since))));
            streak = next;
        }
        (streak, all)
    }

    const FAIL: Tonight = Tonight::Judged { status: Status::Fail, is_excepted: false };
    const PASS: Tonight = Tonight::Judged { status: Status::Pass, is_excepted: false };

    #[test]
    fn what_fails_for_the_first_time_is_new_whatever_it_was_before() {
        for before in [PASS, judged(Status::Unknown), judged(Status::NotApplicable), Tonight::Nothing] {
            assert_eq!(after(&[before]), (None, vec![]), "there is nothing to carry of {before:?}");
            assert_eq!(after(&[before, FAIL]).1, [(1, Event::New, 1)]);
        }
    }

    #[test]
    fn what_goes_on_failing_is_no_event_and_keeps_its_beginning() {
        let (streak, all) = after(&[FAIL, FAIL, FAIL]);
        assert_eq!(all, [(0, Event::New, 0)]);
        assert_eq!(streak.unwrap().first_failed_at, Some(night(0)));
    }

    #[test]
    fn a_streak_ends_with_pass_or_not_applicable_and_begins_again_as_reopened() {
        for good in [PASS, judged(Status::NotApplicable)] {
            let (streak, all) = after(&[FAIL, FAIL, good, good]);
            assert_eq!(all, [(0, Event::New, 0), (2, Event::Resolved, 0)]);
            let closed = Streak { first_failed_at: None, last_resolved_at: Some(night(2)), is_excepted: false };
            assert_eq!(streak, Some(closed));
            let (streak, all) = after(&[FAIL, good, FAIL, FAIL]);
            assert_eq!(all[2..], [(2, Event::Reopened, 2)]);
            let open = Streak { first_failed_at: Some(night(2)), last_resolved_at: Some(night(1)), ..closed };
            assert_eq!(streak, Some(open));
        }
    }

    #[test]
    fn what_cannot_be_told_or_is_not_looked_at_begins_and_ends_nothing() {
        for nothing in [judged(Status::Unknown), Tonight::Nothing] {
            let (streak, all) = after(&[FAIL, nothing, nothing, nothing, FAIL]);
            assert_eq!((streak.unwrap().first_failed_at, all.len()), (Some(night(0)), 1));
            let (streak, all) = after(&[FAIL, PASS, nothing, PASS, nothing]);
            assert_eq!((streak.unwrap().last_resolved_at, all.len()), (Some(night(1)), 2));
            assert_eq!(after(&[FAIL, nothing, PASS]).1[1..], [(2, Event::Resolved, 0)]);
            assert_eq!(after(&[FAIL, PASS, nothing, FAIL]).1[2..], [(3, Event::Reopened, 3)]);
        }
    }

    #[test]
    fn a_resource_that_is_gone_is_an_event_only_where_it_failed_and_leaves_nothing() {
        assert_eq!(
            after(&[FAIL, FAIL, Tonight::Gone]),
            (None, vec![(0, Event::New, 0), (2, Event::ResourceDeleted, 0)])
        );
        assert_eq!(after(&[FAIL, PASS, Tonight::Gone]).1.len(), 2);
        assert_eq!(after(&[FAIL, Tonight::Gone, FAIL]).1[2..], [(2, Event::New, 2)]);
    }

    #[test]
    fn exceptions_come_and_go_while_a_finding_fails() {
        let failing = excepted(Status::Fail);
        assert_eq!(after(&[failing]).1, [(0, Event::New, 0), (0, Event::Excepted, 0)]);
        assert_eq!(after(&[FAIL, failing, failing]).1[1..], [(1, Event::Excepted, 0)]);
        assert_eq!(after(&[failing, FAIL]).1[2..], [(1, Event::Unexcepted, 0)]);
        // In the middle of a streak, also while nobody can tell.
        assert_eq!(after(&[FAIL, excepted(Status::Unknown), failing]).1[1..], [(1, Event::Excepted, 0)]);
        assert_eq!(after(&[failing, Tonight::Gone]).1[2..], [(1, Event::ResourceDeleted, 0)]);
        // A new streak under an exception that was there before is excepted anew.
        let all = after(&[failing, excepted(Status::Pass), failing]).1;
        assert_eq!(all[2..], [(1, Event::Resolved, 0), (2, Event::Reopened, 2), (2, Event::Excepted, 2)]);
        assert_eq!(after(&[excepted(Status::Pass)]), (None, vec![]));
    }
}
