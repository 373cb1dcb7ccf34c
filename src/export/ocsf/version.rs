//! The versions of the OCSF schema that events can be written in.

use clap::ValueEnum;

/// A version of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ValueEnum)]
pub enum Version {
    /// 1.1.0.
    #[value(name = "1.1")]
    V1_1,
    /// 1.2.0.
    #[value(name = "1.2")]
    V1_2,
    /// 1.3.0, the last that Security Lake takes.
    #[value(name = "1.3")]
    V1_3,
    /// 1.4.0.
    #[value(name = "1.4")]
    V1_4,
    /// 1.5.0.
    #[value(name = "1.5")]
    V1_5,
    /// 1.6.0, which Security Hub speaks.
    #[value(name = "1.6")]
    V1_6,
    /// 1.7.0.
    #[value(name = "1.7")]
    V1_7,
    /// 1.8.0.
    #[value(name = "1.8")]
    V1_8,
}

impl Version {
    /// As events spell it.
    pub fn full(self) -> &'static str {
        match self {
            Self::V1_1 => "1.1.0",
            Self::V1_2 => "1.2.0",
            Self::V1_3 => "1.3.0",
            Self::V1_4 => "1.4.0",
            Self::V1_5 => "1.5.0",
            Self::V1_6 => "1.6.0",
            Self::V1_7 => "1.7.0",
            Self::V1_8 => "1.8.0",
        }
    }
}
