//! One row of the result: what was measured, and the target that it is held against.

/// What a measured value should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Target {
    /// At most this.
    AtMost(f64),
    /// At least this.
    AtLeast(f64),
    /// Nothing in particular: it is told to be known.
    Told,
}

/// One row.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) name: String,
    pub(super) target: Target,
    pub(super) measured: f64,
    pub(super) unit: &'static str,
    /// With how it was made, where the name does not say.
    pub(super) note: String,
}

impl Row {
    pub(super) fn new(name: impl Into<String>, target: Target, measured: f64, unit: &'static str) -> Self {
        Self { name: name.into(), target, measured, unit, note: String::new() }
    }

    pub(super) fn told(name: impl Into<String>, measured: f64, unit: &'static str) -> Self {
        Self::new(name, Target::Told, measured, unit)
    }

    pub(super) fn with(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The measured value over the target.
    pub(super) fn ratio(&self) -> Option<f64> {
        match self.target {
            Target::AtMost(target) | Target::AtLeast(target) => Some(self.measured / target),
            Target::Told => None,
        }
    }

    /// Whether it is within its target, if it has one.
    pub(super) fn is_met(&self) -> Option<bool> {
        match self.target {
            Target::AtMost(target) => Some(self.measured <= target),
            Target::AtLeast(target) => Some(self.measured >= target),
            Target::Told => None,
        }
    }
}

/// A whole number as a measured value.
pub(super) fn number(count: u64) -> f64 {
    // Counts of a run are far below what a double holds exactly.
    u32::try_from(count).map_or_else(|_| count.to_string().parse().unwrap_or(f64::NAN), f64::from)
}

/// Mebibytes of bytes.
pub(super) fn mebibytes(bytes: u64) -> f64 {
    number(bytes) / f64::from(1 << 20)
}
