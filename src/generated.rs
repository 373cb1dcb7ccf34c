//! Files that are made from the code: each is held against it by a test, which also writes it anew.

use std::{env, fs, path::Path};

/// Fails unless `file` holds `text`; with `INSTA_UPDATE=always` in the environment it is written first. `tests` is the filter
/// that runs the test.
pub(crate) fn hold(file: &str, text: &str, tests: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "{file} is stale: INSTA_UPDATE=always cargo test --lib {tests}");
}

/// The same for what stands in `file` between the line that begins with `first` and the line that begins with `last`.
pub(crate) fn hold_between(file: &str, first: &str, last: &str, text: &str, tests: &str) {
    let written = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let mut lines = written.split_inclusive('\n');
    let mut before = String::new();
    for line in lines.by_ref() {
        before.push_str(line);
        if line.starts_with(first) {
            break;
        }
    }
    let after = lines.skip_while(|line| !line.starts_with(last)).collect::<String>();
    assert!(!after.is_empty(), "{file} has no line that begins with {first:?} and one with {last:?} after it");
    hold(file, &format!("{before}{text}{after}"), tests);
}
