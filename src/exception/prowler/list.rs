//! A mute list as Prowler 5.46 takes it: accounts, in each of them checks, and what is muted of these. What its own schema
//! refuses is refused here, since Prowler then mutes nothing at all.

use std::path::Path;

use super::yaml::{At, Node, Scalar, Value};
use crate::config::{Problem, nearest::nearest};

/// What is muted of a check in an account.
#[derive(Debug, Clone)]
pub(super) struct Mute {
    pub(super) account: Scalar,
    pub(super) check: Scalar,
    pub(super) regions: Vec<String>,
    pub(super) resources: Vec<String>,
    /// Empty for any.
    pub(super) tags: Vec<String>,
    /// Where what is not muted after all begins.
    pub(super) exceptions: Option<At>,
    pub(super) description: Option<String>,
}

/// What may stand below Exceptions.
const EXCEPTED: [&str; 4] = ["Accounts", "Regions", "Resources", "Tags"];

struct Reader<'f> {
    file: &'f Path,
    problems: Vec<Problem>,
}

/// The mutes of a file, or all that Prowler would refuse.
pub(super) fn read(file: &Path, root: &Node) -> Result<Vec<Mute>, Vec<Problem>> {
    let mut reader = Reader { file, problems: Vec::new() };
    let mut mutes = Vec::new();
    let list = reader.members(root, &["Mutelist"], &["Mutelist"]);
    for (_, list) in list {
        for (_, accounts) in reader.members(list, &["Accounts"], &["Accounts"]) {
            for (account, content) in reader.map(accounts) {
                for (_, checks) in reader.members(content, &["Checks"], &["Checks"]) {
                    for (check, content) in reader.map(checks) {
                        mutes.push(reader.mute(account, check, content));
                    }
                }
            }
        }
    }
    if reader.problems.is_empty() { Ok(mutes) } else { Err(reader.problems) }
}

impl Reader<'_> {
    fn refuse(&mut self, at: At, message: impl AsRef<str>) {
        self.problems.push(at.problem(self.file, message));
    }

    fn map<'n>(&mut self, node: &'n Node) -> &'n [(Scalar, Node)] {
        if let Value::Map(map) = &node.value {
            return map;
        }
        self.refuse(node.at, "expected keys with values below them");
        &[]
    }

    /// The members of a map that has no others than these.
    fn members<'n>(&mut self, node: &'n Node, known: &[&str], required: &[&str]) -> &'n [(Scalar, Node)] {
        let members = self.map(node);
        for (key, _) in members.iter().filter(|(key, _)| !known.contains(&key.text.as_str())) {
            let hint = nearest(&key.text, known.iter().copied()).map_or_else(
                || format!("what stands here is {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            self.refuse(
                key.at,
                format!("unknown key `{}`, for which Prowler refuses the whole file; {hint}", key.text),
            );
        }
        for key in required.iter().filter(|key| !members.iter().any(|(found, _)| found.text == **key)) {
            self.refuse(node.at, format!("`{key}` is missing, for which Prowler refuses the whole file"));
        }
        members
    }

    fn mute(&mut self, account: &Scalar, check: &Scalar, content: &Node) -> Mute {
        let known = ["Regions", "Resources", "Tags", "Exceptions", "Description"];
        let members = self.members(content, &known, &["Regions", "Resources"]);
        let member = |name: &str| members.iter().find(|(key, _)| key.text == name).map(|(_, node)| node);
        let mut list = |name: &str| member(name).map(|node| self.texts(node)).unwrap_or_default();
        let (regions, resources, tags) = (list("Regions"), list("Resources"), list("Tags"));
        let description = member("Description").and_then(|node| match &node.value {
            Value::Text(text) => Some(text.text.clone()),
            Value::List(_) | Value::Map(_) => None,
        });
        let is_empty = |node: &&Node| match &node.value {
            Value::Map(map) => map.is_empty(),
            Value::Text(_) | Value::List(_) => false,
        };
        let exceptions = member("Exceptions").filter(|node| !is_empty(node));
        for (_, list) in exceptions.map(|node| self.members(node, &EXCEPTED, &[])).unwrap_or_default() {
            let _read = self.texts(list);
        }
        let exceptions = exceptions.map(|node| node.at);
        let (account, check) = (account.clone(), check.clone());
        Mute { account, check, regions, resources, tags, exceptions, description }
    }

    fn texts(&mut self, node: &Node) -> Vec<String> {
        let Value::List(list) = &node.value else {
            self.refuse(node.at, "expected a list, for which Prowler refuses the whole file");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for element in list {
            match &element.value {
                Value::Text(text) => texts.push(text.text.clone()),
                Value::List(_) | Value::Map(_) => self.refuse(element.at, "expected a text"),
            }
        }
        texts
    }
}
