//! The benchmark of scale.

fn main() {}
