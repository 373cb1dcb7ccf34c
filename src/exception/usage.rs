//! What the exceptions of a run covered: which are unused, which have ended, and which end soon.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use super::{Exception, Exceptions, Standing};

/// The state in `runs` of exceptions that apply and cover nothing.
pub const UNUSED: &str = "UNUSED";

/// What the exceptions of a run covered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// Each of the file, in its order.
    pub each: Vec<Used>,
}

/// What an exception covered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// The exception.
    pub exception: Arc<Exception>,
    /// The day of the run, in UTC.
    pub today: Date,
    /// The findings that it covers.
    pub covers: u64,
}

impl Used {
    /// How it stood on the day of the run.
    pub fn standing(&self) -> Standing {
        self.exception.standing(self.today)
    }

    /// Whether it applied and covered nothing.
    pub fn is_unused(&self) -> bool {
        self.covers == 0 && self.standing() != Standing::Expired
    }
}

/// How many exceptions there are of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct States {
    /// Those that apply.
    pub in_force: u64,
    /// Of these, those that end soon.
    pub expiring: u64,
    /// Those that have ended.
    pub expired: u64,
    /// Those that apply and cover nothing.
    pub unused: u64,
}

impl Usage {
    /// Of exceptions, by the findings that each id covers.
    pub fn of(exceptions: &Exceptions, covered: &BTreeMap<String, u64>) -> Self {
        let used = |exception: &Arc<Exception>| Used {
            covers: covered.get(&exception.id).copied().unwrap_or(0),
            exception: Arc::clone(exception),
            today: exceptions.today(),
        };
        Self { each: exceptions.all().iter().map(used).collect() }
    }

    /// Those that stand so on the day of the run.
    pub fn with(&self, standing: Standing) -> impl Iterator<Item = &Exception> {
        self.each.iter().filter(move |used| used.standing() == standing).map(|used| &*used.exception)
    }

    /// Those that apply and cover nothing.
    pub fn unused(&self) -> impl Iterator<Item = &Exception> {
        self.each.iter().filter(|used| used.is_unused()).map(|used| &*used.exception)
    }

    /// The findings that are covered.
    pub fn covered(&self) -> u64 {
        self.each.iter().map(|used| used.covers).sum()
    }

    /// How many there are of each kind.
    pub fn states(&self) -> States {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let expiring = count(self.with(Standing::Expiring).count());
        States {
            in_force: count(self.with(Standing::InForce).count()) + expiring,
            expiring,
            expired: count(self.with(Standing::Expired).count()),
            unused: count(self.unused().count()),
        }
    }

    /// The same as the table `runs` has them; empty where there is no exception.
    pub fn by_state(&self) -> BTreeMap<String, u64> {
        let States { in_force, expiring, expired, unused } = self.states();
        let [whole, soon, over] = [Standing::InForce, Standing::Expiring, Standing::Expired].map(Standing::as_str);
        let named = [(whole, in_force), (soon, expiring), (over, expired), (UNUSED, unused)];
        let named = named.into_iter().filter(|_| !self.each.is_empty());
        named.map(|(state, count)| (state.to_owned(), count)).collect()
    }

    /// Says in the log what has ended, ends soon or covers nothing.
    pub fn log(&self) {
        for (standing, what) in [
            (Standing::Expired, "exceptions have ended and are not applied"),
            (Standing::Expiring, "exceptions end within 30 days"),
        ] {
            let dated = |exception: &Exception| format!("{} ({})", exception.id, exception.expires);
            let named = named(self.with(standing).map(dated));
            if !named.is_empty() {
                tracing::warn!(exceptions = named, "{what}");
            }
        }
        let unused = named(self.unused().map(|exception| exception.id.clone()));
        if !unused.is_empty() {
            tracing::warn!(exceptions = unused, "exceptions cover nothing that was found");
        }
    }
}

/// Texts in one, the first of them where they are many.
fn named(texts: impl Iterator<Item = String>) -> String {
    const MOST: usize = 20;
    let texts = texts.collect::<Vec<_>>();
    let first = texts.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(MOST) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
