//! The checks of images.

pub mod tagged;
