//! Where the prompt remembers what was typed: in the user's directory of state, readable by nobody else.

use std::{
    ffi::OsString,
    fs::DirBuilder,
    io,
    path::{Path, PathBuf},
};

/// The file, by the variables of the environment (XDG Base Directory); none for a user without a home.
pub fn place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let absolute = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("sagesweep/query_history"))
}

/// Makes the directory of the file, if it is not there. The file itself is made by the prompt, with mode 0600.
pub fn prepare(file: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(file.parent().unwrap_or(Path::new(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<PathBuf> {
        place(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn the_state_of_the_user_is_where_the_environment_says() {
        let home = ("HOME", "/home/a");
        assert_eq!(of(&[home]), Some("/home/a/.local/state/sagesweep/query_history".into()));
        assert_eq!(of(&[home, ("XDG_STATE_HOME", "/state")]), Some("/state/sagesweep/query_history".into()));
        // A relative path is none, by the specification.
        assert_eq!(of(&[home, ("XDG_STATE_HOME", "state")]), of(&[home]));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn nobody_else_looks_into_the_directory() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a/b/query_history");
        prepare(&file).unwrap();
        prepare(&file).unwrap();
        let mode = std::fs::metadata(file.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
