//! What this program was built from, for `--version` and for whoever reports a mistake.

/// The version, and below it what it was built from. There is no time in it, so that the same source gives the same program.
pub(crate) const FACTS: &str = concat!(
    env!("CARGO_PKG_VERSION"),
    "\ncommit    ",
    env!("SAGESWEEP_BUILD_COMMIT"),
    "\nrustc     ",
    env!("SAGESWEEP_BUILD_RUSTC"),
    "\ntarget    ",
    env!("SAGESWEEP_BUILD_TARGET"),
    "\nprofile   ",
    env!("SAGESWEEP_BUILD_PROFILE"),
    "\nfeatures  ",
    env!("SAGESWEEP_BUILD_FEATURES"),
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_of_the_build_is_known() {
        let lines = FACTS.lines().collect::<Vec<_>>();
        assert_eq!(lines[0], env!("CARGO_PKG_VERSION"));
        for (line, name) in lines[1..].iter().zip(["commit", "rustc", "target", "profile", "features"]) {
            assert!(line.starts_with(name) && !line["features  ".len()..].trim().is_empty(), "{line}");
        }
        assert!(lines[2].contains("rustc 1."), "{}", lines[2]);
    }
}
