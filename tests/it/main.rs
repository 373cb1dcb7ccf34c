//! The integration tests: one binary, so that the SDK is linked once. Everything goes through the real SDK over HTTP.
#![cfg(test)]

mod audit;
mod bare_s3;
mod breadth;
mod bucket;
mod cli;
mod coverage;
mod credentials;
mod demo_truth;
mod doctor;
mod effort;
mod exceptions;
mod faults;
mod fuzz_answers;
mod fuzz_staged;
mod fuzz_texts;
mod hostile;
mod incremental;
mod keys;
mod much_since;
mod nights;
mod pacing;
mod policy;
mod prowler;
mod resume;
mod scope;
mod search;
mod secrets;
mod shards;
mod soak;
mod table;
mod truth_table;
mod unresolved;
mod verify;
