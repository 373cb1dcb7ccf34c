//! `[incremental]`: what is not asked again, because the last published run has it.

use serde::Serialize;

/// How much a night takes over from the last published run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incremental {
    /// Each account is read whole at least every so many days; 1 reads everything every night.
    pub refresh_days: u16,
    /// Hours before the youngest job of the last night from which jobs are looked for again.
    pub overlap_hours: u16,
    /// A type that was empty in an account and region for so many nights is not asked every night; 0 asks always.
    pub idle_nights: u16,
    /// Such a type is asked every so many days.
    pub idle_ask_days: u16,
}

impl Default for Incremental {
    fn default() -> Self {
        Self { refresh_days: 7, overlap_hours: 6, idle_nights: 0, idle_ask_days: 7 }
    }
}
