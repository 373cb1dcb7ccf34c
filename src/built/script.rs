//! What `--version` says of the build. Nothing of it changes when the same source is built again: there is no time in it.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

fn main() {
    let text = |name: &str| env::var_os(name).and_then(|value| value.into_string().ok()).unwrap_or_default();
    tell("cargo:rerun-if-changed=src/built/script.rs");
    tell("cargo:rerun-if-env-changed=BUILD_COMMIT");
    set("COMMIT", &commit(&text("BUILD_COMMIT"), &text("PROFILE")));
    set("RUSTC", &output(&env::var_os("RUSTC").unwrap_or_default(), &["--version"]).unwrap_or_else(unknown));
    set("TARGET", &text("TARGET"));
    set("PROFILE", &profile().unwrap_or_else(|| text("PROFILE")));
    let features = if env::var_os("CARGO_FEATURE_DEMO").is_some() { "demo" } else { "none" };
    set("FEATURES", features);
}

/// The commit: as the one who builds names it, else as git knows it. A build for development does not ask git, since each
/// commit would build the crate anew.
fn commit(named: &str, kind: &str) -> String {
    if !named.is_empty() {
        return named.to_owned();
    }
    if kind == "debug" {
        return "unknown, a build for development".to_owned();
    }
    let git = OsString::from("git");
    for path in ["HEAD", "logs/HEAD"] {
        // Where git keeps it, which in a further work tree is not below .git.
        if let Some(path) = output(&git, &["rev-parse", "--git-path", path]).filter(|path| Path::new(path).exists()) {
            tell(&format!("cargo:rerun-if-changed={path}"));
        }
    }
    output(&git, &["rev-parse", "HEAD"]).unwrap_or_else(unknown)
}

/// The profile by its own name: `PROFILE` has that of the one it inherits from. The output is in `<profile>/build/<crate>/out`.
fn profile() -> Option<String> {
    let out = PathBuf::from(env::var_os("OUT_DIR")?);
    let folder = out.ancestors().nth(3)?.file_name()?.to_str()?.to_owned();
    Some(if folder == "debug" { "dev".to_owned() } else { folder })
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// The first line that a program prints, if it ends well.
fn output(program: &OsString, arguments: &[&str]) -> Option<String> {
    let done = Command::new(program).args(arguments).output().ok().filter(|done| done.status.success())?;
    String::from_utf8(done.stdout).ok()?.lines().next().map(str::to_owned)
}

fn set(name: &str, value: &str) {
    tell(&format!("cargo:rustc-env=SAGESWEEP_BUILD_{name}={value}"));
}

#[expect(clippy::print_stdout, reason = "a build script speaks to cargo on its standard output")]
fn tell(line: &str) {
    println!("{line}");
}
