//! What an answer may take of the machine.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// Memory and disk that an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory for what is sorted, grouped and joined; above it is written to the disk what can be.
    pub memory: Size,
    /// Disk for what does not fit into the memory, where the system keeps temporary files.
    pub disk: Size,
}

/// A number of bytes, written as in `512MiB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(u64);

/// A text that is no number of bytes.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no size such as 512MiB or 2GiB; the least is 16MiB")]
pub struct InvalidSize(String);

/// The units, the largest first.
const UNITS: [(&str, u32); 3] = [("TiB", 40), ("GiB", 30), ("MiB", 20)];

/// Below it no sort can even begin.
const LEAST: Size = Size(16 << 20);

impl Default for Limits {
    fn default() -> Self {
        Self { memory: Size::MEMORY, disk: Size::DISK }
    }
}

impl Size {
    /// The memory of an answer, unless told.
    pub const MEMORY: Self = Self(512 << 20);
    /// The disk of an answer, unless told.
    pub const DISK: Self = Self(8 << 30);

    /// The number of bytes.
    pub fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = InvalidSize;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let size = UNITS.iter().find_map(|(unit, bits)| {
            let number: u64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            number.checked_mul(1 << bits).map(Self)
        });
        size.filter(|size| *size >= LEAST).ok_or_else(|| InvalidSize(text.to_owned()))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, bits)| self.0.trailing_zeros() >= *bits);
        match whole {
            Some((unit, bits)) => write!(formatter, "{}{unit}", self.0 >> bits),
            None => write!(formatter, "{} bytes", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_whole_number_of_a_unit() {
        for (text, bytes) in [("16MiB", 16 << 20), ("512MiB", 512 << 20), ("2GiB", 2 << 30), ("1TiB", 1 << 40)] {
            let size: Size = text.parse().unwrap();
            assert_eq!((size.bytes(), size.to_string()), (bytes, text.to_owned()));
        }
        assert_eq!("1024MiB".parse::<Size>().unwrap().to_string(), "1GiB");
    }

    #[test]
    fn what_is_too_small_or_has_no_unit_is_refused() {
        for wrong in ["", "512", "512MB", "-1GiB", "1.5GiB", "15MiB", "99999999999TiB", "GiB"] {
            assert!(wrong.parse::<Size>().is_err(), "{wrong}");
        }
    }
}
