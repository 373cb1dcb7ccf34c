//! What a run holds, for those who speak of it once it is published.

use aws_config::SdkConfig;

use super::Run;
use crate::{lake::store::Store, session::Clock};

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
}
