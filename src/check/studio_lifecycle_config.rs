//! The checks of lifecycle configurations of Studio.

pub mod secrets;
