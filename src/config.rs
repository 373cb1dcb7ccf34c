//! The configuration as meant: read from TOML and the environment, complete and checked, or refused with all its errors.
//!
//! [`DOCUMENTED`] is the file that documents every key. `keys.rs` lists the keys; everything else follows from the two.

mod checks;
mod contradiction;
mod draft;
mod environment;
mod exceptions;
mod incremental;
mod keys;
mod lake;
mod legal;
pub(crate) mod nearest;
mod notify;
mod organization;
mod pacing;
mod parameters;
mod print;
pub(crate) mod problem;
pub(crate) mod read;
mod role;

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use serde::Serialize;

pub(crate) use self::legal::{organization_id, role_arn, tag_key};
pub use self::{
    checks::Checks,
    exceptions::{Exceptions, ExceptionsFile, InvalidFile},
    incremental::Incremental,
    lake::{Destination, InvalidDestination, Lake},
    notify::{Arn, Notify, UrlSource},
    organization::{InvalidOuSelector, Organization, OuSelector, TagValues},
    pacing::{Pacing, Rate},
    parameters::Parameters,
    problem::{ConfigErrors, Place, Problem},
    role::Role,
};
use self::{draft::Draft, print::or_empty};
use crate::{place::Region, region};

/// Every key with its documentation and its default, as a file that can be copied and changed.
pub const DOCUMENTED: &str = include_str!("../config/sagesweep.toml");

/// The file that is read when none is named, in the working directory; it need not be there.
pub const DEFAULT_FILE: &str = "sagesweep.toml";

/// What a run does. The names of the fields are the keys of the file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Config {
    /// Which accounts are in scope.
    pub organization: Organization,
    /// How each account is entered.
    pub role: Role,
    /// Which regions are in scope.
    pub regions: Regions,
    /// Which checks are put to resources.
    pub checks: Checks,
    /// What checks take from the configuration.
    pub parameters: Parameters,
    /// How fast.
    pub pacing: Pacing,
    /// What need not hold for a while.
    pub exceptions: Exceptions,
    /// What is taken over from the last published run.
    pub incremental: Incremental,
    /// Where the tables go.
    pub lake: Lake,
    /// When a run is complete.
    pub coverage: Coverage,
    /// What goes into the findings.
    pub findings: Findings,
    /// What is said of the run itself.
    pub metrics: Metrics,
    /// Who is told of a published run.
    pub notify: Notify,
    /// The page that publish leaves beside the tables.
    pub report: Report,
}

/// Which regions of each account are audited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Regions {
    /// When not empty, only these.
    pub include: BTreeSet<Region>,
    /// None of these.
    pub exclude: BTreeSet<Region>,
    /// Used where the regions of an account cannot be asked; empty means those that are on by default.
    pub fallback: BTreeSet<Region>,
}

impl Regions {
    /// The configured regions that this version does not know: new ones, or misspelt ones, which audit nothing.
    pub fn unknown(&self) -> BTreeSet<&Region> {
        let configured = self.include.iter().chain(&self.exclude).chain(&self.fallback);
        configured.filter(|code| region::lookup(code).is_none()).collect()
    }
}

/// When a run counts as complete.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coverage {
    /// The share of (account, region, resource type) in scope that must have been seen, in percent.
    pub floor_percent: f64,
}

impl Default for Coverage {
    fn default() -> Self {
        Self { floor_percent: 95.0 }
    }
}

/// What goes into the findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// The tag whose value becomes the owner: the resource's, else the account's; `None` leaves owners empty.
    #[serde(serialize_with = "or_empty")]
    pub owner_tag: Option<String>,
}

impl Default for Findings {
    fn default() -> Self {
        Self { owner_tag: Some("owner".to_owned()) }
    }
}

/// What is said of the run itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Metrics {
    /// Whether figures go to the standard output in CloudWatch's embedded metric format.
    pub emf: bool,
    /// CloudWatch's namespace of these metrics.
    pub namespace: String,
}

/// The page that publish leaves beside the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether it leaves one.
    pub html: bool,
    /// How many failing findings a page holds at the most, the worst first.
    pub findings: u32,
}

impl Default for Report {
    fn default() -> Self {
        Self { html: false, findings: 250_000 }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { emf: false, namespace: "sagesweep".to_owned() }
    }
}

impl Config {
    /// Reads the file at `path`, or [`DEFAULT_FILE`] if it is there, and lays the `SAGESWEEP_<SECTION>_<KEY>` variables
    /// of `environment` over it. Variables of other names are passed over; ours that name no key are errors, so one that
    /// means something else (an argument, say) is the caller's to leave out.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, at once, each with its file, line and column or with its variable.
    pub fn load(
        path: Option<&Path>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        let mut draft = Draft::default();
        match read_file(path) {
            Ok(Some((path, text))) => draft.file(&path, &text),
            Ok(None) => {}
            Err(problem) => draft.refuse([problem]),
        }
        environment::read(&mut draft, environment);
        draft.finish()
    }

    /// Reads a text as if it were in a file of this name, and no variables.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub fn read(path: &Path, text: &str) -> Result<Self, ConfigErrors> {
        let mut draft = Draft::default();
        draft.file(path, text);
        draft.finish()
    }

    /// The configuration as a file that reads back as an equal one.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_else(|error| format!("# cannot be printed: {error}\n"))
    }
}

fn read_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, Problem> {
    let path = named.unwrap_or(Path::new(DEFAULT_FILE)).to_owned();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let message = format!("cannot read the configuration: {error}");
            return Err(Problem { place: Place::File(path), message });
        }
    };
    Ok(Some((path.clone(), problem::text_of(&path, bytes)?)))
}

#[cfg(test)]
mod tests {
    use super::{
        draft::{read, tests::FULL},
        keys::{KEYS, Key},
        *,
    };

    #[test]
    fn the_documented_file_is_the_default() {
        assert_eq!(read(DOCUMENTED, []), Ok(Config::default()));
        assert_eq!(read("", []), Ok(Config::default()));
    }

    #[test]
    fn the_documented_file_the_keys_and_the_fields_are_the_same_set() {
        let paths = |text: &str| -> BTreeSet<String> {
            let file: toml::Table = text.parse().unwrap();
            let keys = file
                .iter()
                .flat_map(|(section, keys)| keys.as_table().unwrap().keys().map(move |key| format!("{section}.{key}")));
            keys.collect()
        };
        let known: BTreeSet<String> = KEYS.iter().map(Key::path).collect();
        assert_eq!(known.len(), KEYS.len());
        assert_eq!(KEYS.iter().map(Key::variable).collect::<BTreeSet<_>>().len(), KEYS.len());
        assert_eq!(paths(DOCUMENTED), known);
        assert_eq!(paths(&Config::default().to_toml()), known);
    }

    #[test]
    fn the_documented_file_says_something_about_each_key_and_section() {
        let lines: Vec<&str> = DOCUMENTED.lines().collect();
        let is_documented =
            |index: usize| lines[index - 1].strip_prefix("# ").is_some_and(|comment| comment.len() > 10);
        for key in KEYS {
            let heads = [format!("{} = ", key.name), format!("[{}]", key.path()), format!("[{}]", key.section)];
            for head in &heads {
                for (index, _) in lines.iter().enumerate().filter(|(_, line)| line.starts_with(head)) {
                    assert!(is_documented(index), "{head}");
                }
            }
        }
    }

    #[test]
    fn what_is_printed_reads_back_as_the_same() {
        let full = read(FULL, []).unwrap();
        for config in [Config::default(), full] {
            let printed = config.to_toml();
            assert_eq!(read(&printed, []), Ok(config), "{printed}");
        }
    }

    #[test]
    fn a_named_file_must_be_there_and_the_default_file_need_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.toml");
        let load = |path: &Path| Config::load(Some(path), std::iter::empty());
        let missing = load(&path).unwrap_err().to_string();
        assert!(missing.starts_with(&format!("{}: cannot read the configuration: ", path.display())), "{missing}");
        fs::write(&path, b"[role]\n# \xff\n").unwrap();
        assert_eq!(load(&path).unwrap_err().to_string(), format!("{}:2:3: not UTF-8 text", path.display()));
        fs::write(&path, "[role]\nname = 'x'\n").unwrap();
        assert_eq!(load(&path).unwrap().role.name, "x");
        assert!(load(directory.path()).is_err());
        assert_eq!(Config::load(None, std::iter::empty()), Ok(Config::default()));
    }

    #[test]
    fn configured_regions_that_nobody_knows_can_be_named() {
        let Config { regions, .. } = read("regions.include = ['eu-west-1', 'eu-wset-1']", []).unwrap();
        assert_eq!(regions.unknown().into_iter().map(Region::as_str).collect::<Vec<_>>(), ["eu-wset-1"]);
    }
}
