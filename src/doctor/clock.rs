//! Our clock against that of AWS, by the date in the header of an answer, whether it is good or an error.

use std::sync::Arc;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeDeserializationInterceptorContextRef, dyn_dispatch_hint},
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{DateTime, config_bag::ConfigBag, date_time::Format};
use jiff::Timestamp;
use parking_lot::Mutex;

use super::observation::{Advice, Group, Level, Observation};
use crate::session::Clock;

/// AWS refuses signatures that are further off than this, in seconds.
const REFUSED: u64 = 300;
/// The date has whole seconds, and an answer takes a while: up to here nothing is to be told.
const NEAR: u64 = 5;
/// From here on it is worth a warning: clocks drift on.
const SUSPECT: u64 = 30;

/// Hears the date of the answers that a call gets.
#[derive(Debug, Clone)]
pub(super) struct Ear {
    clock: Clock,
    heard: Arc<Mutex<Option<i64>>>,
}

impl Ear {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, heard: Arc::default() }
    }

    /// By how many seconds our clock is ahead of that of AWS; none when no answer came, or one without a date.
    pub(super) fn ahead(&self) -> Option<i64> {
        *self.heard.lock()
    }
}

#[dyn_dispatch_hint]
impl Intercept for Ear {
    fn name(&self) -> &'static str {
        "Ear"
    }

    fn read_after_transmit(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _settings: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date").and_then(seconds);
        if let Some(date) = date {
            *self.heard.lock() = Some(self.clock.now().as_second().saturating_sub(date));
        }
        Ok(())
    }
}

/// Seconds since 1970 of a date as HTTP writes it.
fn seconds(header: &str) -> Option<i64> {
    let date = DateTime::from_str(header, Format::HttpDate).ok()?;
    Timestamp::from_second(date.secs()).ok().map(Timestamp::as_second)
}

/// What to think of a clock that is so many seconds ahead.
pub(super) fn judge(ahead: Option<i64>) -> Observation {
    let Some(ahead) = ahead else {
        return Observation::new(Group::Identity, Level::Note, "clock", "no answer of AWS to hold it against");
    };
    let off = ahead.unsigned_abs();
    let text = match (off, ahead > 0) {
        (0..=NEAR, _) => format!("within {NEAR} s of that of AWS"),
        (_, true) => format!("{off} s ahead of that of AWS"),
        (_, false) => format!("{off} s behind that of AWS"),
    };
    let advice = vec![
        Advice::Say("Set the clock by a time server and keep it set, with chrony or systemd-timesyncd:".to_owned()),
        Advice::Command("sudo timedatectl set-ntp true".to_owned()),
    ];
    match off {
        0..=SUSPECT => Observation::ok(Group::Identity, "clock", text),
        _ if off <= REFUSED => Observation::new(Group::Identity, Level::Warn, "clock", text).advised(advice),
        _ => {
            let text = format!("{text}; AWS refuses what is signed more than {REFUSED} s off");
            Observation::fatal(Group::Identity, "clock", text).advised(advice)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_as_http_writes_it() {
        assert_eq!(seconds("Tue, 24 Nov 2026 03:00:00 GMT"), Some(1_795_489_200));
        assert_eq!(seconds("yesterday"), None);
    }

    #[test]
    fn a_clock_may_be_half_a_minute_off_and_must_not_be_five() {
        let levels =
            [None, Some(0), Some(-30), Some(31), Some(-300), Some(301), Some(i64::MIN)].map(|ahead| judge(ahead).level);
        let expected = [Level::Note, Level::Ok, Level::Ok, Level::Warn, Level::Warn, Level::Fail, Level::Fail];
        assert_eq!(levels, expected);
        assert!(judge(Some(-90)).text.contains("90 s behind"));
    }
}
