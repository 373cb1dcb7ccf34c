//! What a run holds, for those who speak of it.

use aws_config::SdkConfig;

use super::Run;
use crate::{effort::Effort, lake::store::Store, session::Clock};

impl Run {
    /// The lake.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Our own way to AWS.
    pub fn sdk(&self) -> &SdkConfig {
        &self.sdk
    }

    /// The one clock.
    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// What this process sent so far, by API.
    pub fn effort(&self) -> Effort {
        self.counters.effort()
    }

    /// Where the tables are, as a person would write it.
    pub fn place(&self) -> String {
        self.store.place("")
    }
}
