//! When a resource never changes any more, so that another night can take it over.

/// When a resource never changes any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It may change at any time.
    Never,
    /// In these states, as the service spells them.
    In(&'static [&'static str]),
    /// From its creation on: there is no way to update it.
    Always,
}

impl Settled {
    pub(super) fn holds(self, state: Option<&str>) -> bool {
        match self {
            Self::Never => false,
            Self::In(states) => state.is_some_and(|state| states.contains(&state)),
            Self::Always => true,
        }
    }
}
