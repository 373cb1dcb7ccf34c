//! Breadth: how many windows of a cell are read at once. One is enough while calls wait for their turn, since the pace
//! decides then; where an answer takes long, more are needed to use the whole pace.

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::search::Turn;

/// The fewest windows, so that one that begins or ends does not hold up the cell.
const LEAST: i64 = 2;
/// The most: five calls a second, each answered, judged and staged within three seconds.
const MOST: i64 = 16;

/// How many windows may be open, by how long their calls wait.
#[derive(Debug)]
pub(super) struct Breadth {
    state: Mutex<State>,
    grown: Notify,
}

#[derive(Debug)]
struct State {
    windows: i64,
    /// Calls that did not wait, less those that did, since the last change.
    idle: i64,
}

impl Breadth {
    pub(super) fn new() -> Self {
        Self { state: Mutex::new(State { windows: LEAST, idle: 0 }), grown: Notify::new() }
    }

    /// How many windows may be open.
    pub(super) fn windows(&self) -> usize {
        usize::try_from(self.state.lock().windows).unwrap_or(1)
    }

    /// Waits until there may be more.
    pub(super) async fn grown(&self) {
        self.grown.notified().await;
    }

    /// Takes note of one call.
    pub(super) fn saw(&self, turn: Turn) {
        let mut state = self.state.lock();
        state.idle += if turn.waited < turn.answered / 4 { 1 } else { -1 };
        if state.idle >= state.windows && state.windows < MOST {
            *state = State { windows: state.windows + 1, idle: 0 };
            self.grown.notify_one();
        } else if state.idle <= -4 * state.windows && state.windows > LEAST {
            *state = State { windows: state.windows - 1, idle: 0 };
        }
        state.idle = state.idle.clamp(-4 * MOST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn turn(waited: u64, answered: u64) -> Turn {
        Turn { waited: Duration::from_millis(waited), answered: Duration::from_millis(answered) }
    }

    #[test]
    fn windows_become_more_while_no_call_waits_and_fewer_when_all_do_within_bounds() {
        let breadth = Breadth::new();
        for _ in 0..300 {
            breadth.saw(turn(0, 1_000));
        }
        assert_eq!(breadth.windows(), 16);
        for _ in 0..2_000 {
            breadth.saw(turn(200, 40));
        }
        assert_eq!(breadth.windows(), 2);
    }
}
