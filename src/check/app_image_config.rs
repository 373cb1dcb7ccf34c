//! The checks of configurations of images.

pub mod tagged;
