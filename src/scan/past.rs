//! The past of a cell: what the last published run has of it, and whether tonight may build on that.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    config::Incremental,
    coverage::{History, Outcome},
    lake::{
        last_night::{Known, LastNight, LastNightError},
        staging::unit::CellKey,
    },
    place::AccountId,
    resource::Resource,
};

/// A cell that was read completely last night and whose turn to be read whole has not come.
#[derive(Debug, Clone)]
pub struct Past {
    /// From this creation time on jobs are listed again.
    pub since: Timestamp,
    /// When it was last read whole.
    pub(super) read_whole_at: Timestamp,
    batches: Vec<usize>,
    night: Arc<LastNight>,
}

impl Past {
    /// The past of a cell, when it can be built on: everything was seen, and it is not time to read the account whole.
    pub(super) fn of(
        cell: &CellKey,
        known: &Known,
        night: &Arc<LastNight>,
        settings: &Incremental,
        now: Timestamp,
    ) -> Option<Self> {
        let read_whole_at = known.last_read_whole_at?;
        let is_due = whole_days(now.duration_since(read_whole_at)) >= refresh_days(cell.account, settings);
        if known.outcome != Outcome::Complete || known.started_at > now || is_due {
            return None;
        }
        let held = night.held(cell);
        let (rows, newest) = held.map_or((0, None), |held| (held.rows, held.newest));
        if rows != known.listed {
            tracing::warn!(account = %cell.account, region = %cell.region, rows, listed = known.listed, "the last night has not as many resources as its coverage says; the cell is read whole");
            return None;
        }
        let overlap = SignedDuration::from_hours(i64::from(settings.overlap_hours));
        let since = looked_at(known.started_at, newest).saturating_sub(overlap).unwrap_or(Timestamp::MIN);
        let batches = held.map(|held| held.batches.clone()).unwrap_or_default();
        Some(Self { since, read_whole_at, batches, night: Arc::clone(night) })
    }

    /// The batches of its resources.
    pub fn batches(&self) -> &[usize] {
        &self.batches
    }

    /// The resources of a batch.
    pub async fn resources(&self, batch: usize) -> Result<Vec<Resource>, LastNightError> {
        self.night.resources(batch).await
    }
}

/// The creation time up to which the last night has surely seen everything: that of its youngest resource, by the clock
/// of the service, since ours may have been ahead; of none, everything is new.
fn looked_at(started_at: Timestamp, newest: Option<Timestamp>) -> Timestamp {
    newest.map_or(Timestamp::MIN, |newest| newest.min(started_at))
}

/// What coverage says of a cell that has been empty for so long that it is not asked tonight; none when it is asked.
pub(super) fn idle(cell: &CellKey, known: &Known, settings: &Incremental, now: Timestamp) -> Option<History> {
    let was_empty = matches!(known.outcome, Outcome::Complete | Outcome::NotAsked) && known.listed == 0;
    let (empty_since, asked_at) = known.empty_since.zip(known.last_asked_at)?;
    let days = i64::from(settings.idle_ask_days);
    let is_idle = settings.idle_nights > 0
        && whole_days(asked_at.duration_since(empty_since)) + 1 >= i64::from(settings.idle_nights)
        && (SignedDuration::ZERO..SignedDuration::from_hours(24 * days)).contains(&now.duration_since(asked_at));
    let place = format!("{}/{}", cell.region, cell.resource_type);
    (was_empty && is_idle && !is_turn(cell.account, &place, days, now)).then_some(History {
        carried: 0,
        last_asked_at: Some(asked_at),
        last_read_whole_at: known.last_read_whole_at,
        empty_since: Some(empty_since),
    })
}

/// The days after which an account is read whole: the configured ones or, so that not all come in the same night after
/// their first one, down to half as many.
fn refresh_days(account: AccountId, settings: &Incremental) -> i64 {
    let days = i64::from(settings.refresh_days);
    days - number(account, "") % (days / 2 + 1).max(1)
}

/// Whether tonight is the turn of a place in an account, of those that come every so many days.
fn is_turn(account: AccountId, place: &str, days: i64, now: Timestamp) -> bool {
    let night = whole_days(now.duration_since(Timestamp::UNIX_EPOCH));
    (night + number(account, place)) % days.max(1) == 0
}

/// A number by which places are spread over nights: the same in every version, so that an upgrade moves none.
fn number(account: AccountId, place: &str) -> i64 {
    let bytes = account.as_str().bytes().chain(place.bytes());
    // 31 spreads neighbours well enough.
    bytes.fold(0, |number, byte| (number * 31 + i64::from(byte)) % 1_000_003)
}

/// Nights that lie between: a run may begin some hours earlier or later than the one before.
fn whole_days(duration: SignedDuration) -> i64 {
    duration.as_hours().saturating_add(6) / 24
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn accounts_are_read_whole_in_different_nights_and_none_later_than_configured() {
        let periods = |refresh_days: u16| -> BTreeSet<i64> {
            let settings = Incremental { refresh_days, ..Incremental::default() };
            let account = |id: u64| format!("{id:012}").parse().unwrap();
            (0..500).map(|id| super::refresh_days(account(id * 7), &settings)).collect()
        };
        assert_eq!(periods(7), (4..=7).collect());
        assert_eq!(periods(2), (1..=2).collect());
        assert_eq!(periods(1), BTreeSet::from([1]));
        assert_eq!((periods(90).first().copied(), periods(90).last().copied()), (Some(45), Some(90)));
    }

    #[test]
    fn a_night_that_begins_some_hours_early_counts_as_a_night() {
        let days = |hours| whole_days(SignedDuration::from_hours(hours));
        assert_eq!((days(0), days(17), days(18), days(24), days(41), days(42)), (0, 0, 1, 1, 1, 2));
    }
}
