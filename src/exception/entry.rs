//! One entry of a file: from its keys as written to an exception as meant, with all that is wrong with it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    ops::Range,
};

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::{
    Exception, Terms, checks_of,
    scope::{ANY_ARN, Accounts, Scope},
};
use crate::{
    check::selection::Pattern,
    config::{
        self,
        nearest::nearest,
        problem::Problems,
        read::{Value, mismatch, ruled, table},
    },
    glob::{matches, meet},
    lake::hash::Digest,
    place::AccountId,
    printable::is_unsafe,
    region,
};

/// A key of an entry.
struct Key {
    name: &'static str,
    read: fn(&mut Draft, &Value<'_>, &mut Problems<'_>, &mut Problems<'_>),
}

/// Those that every entry needs.
const REQUIRED: [&str; 4] = ["check", "reason", "owner", "expires"];
/// Those that narrow what it covers.
const NARROWING: [&str; 5] = ["account", "ou_path", "region", "resource", "tags"];

static KEYS: &[Key] = &[
    Key { name: "id", read: |draft, value, wrong, _| draft.id = ruled(value, wrong, id) },
    Key { name: "check", read: |draft, value, wrong, _| draft.check = some_of(value, wrong, str::parse) },
    Key { name: "account", read: |draft, value, wrong, _| draft.account = accounts(&some_of(value, wrong, account)) },
    Key { name: "ou_path", read: |draft, value, wrong, _| draft.scope.ou_path = some_of(value, wrong, ou_path) },
    Key { name: "region", read: regions },
    Key { name: "resource", read: |draft, value, wrong, _| draft.scope.resource = some_of(value, wrong, resource) },
    Key { name: "tags", read: |draft, value, wrong, _| draft.scope.tags = tags(value, wrong) },
    Key { name: "reason", read: |draft, value, wrong, _| draft.reason = ruled(value, wrong, |text| line(text, 2_000)) },
    Key { name: "owner", read: |draft, value, wrong, _| draft.owner = ruled(value, wrong, |text| line(text, 256)) },
    Key { name: "ticket", read: |draft, value, wrong, _| draft.ticket = ruled(value, wrong, |text| line(text, 256)) },
    Key { name: "created", read: |draft, value, wrong, _| draft.created = day(value, wrong) },
    Key { name: "expires", read: |draft, value, wrong, _| draft.expires = day(value, wrong) },
];

/// An entry while it is read.
#[derive(Debug, Default)]
struct Draft {
    id: Option<String>,
    check: Vec<Pattern>,
    account: Accounts,
    scope: Scope,
    reason: Option<String>,
    owner: Option<String>,
    ticket: Option<String>,
    created: Option<(Date, Range<usize>)>,
    expires: Option<(Date, Range<usize>)>,
}

/// Reads the entry that begins at `span`, on this line of the file. None where something is wrong with it.
pub(super) fn read(
    entry: &DeTable<'_>,
    span: &Range<usize>,
    line: usize,
    terms: Terms,
    wrong: &mut Problems<'_>,
    odd: &mut Problems<'_>,
) -> Option<Exception> {
    let mut draft = Draft::default();
    for (name, value) in entry {
        match KEYS.iter().find(|key| key.name == name.get_ref()) {
            Some(key) => (key.read)(&mut draft, value, wrong, odd),
            None => wrong.add(&name.span(), unknown(name.get_ref())),
        }
    }
    let has = |key: &&str| entry.keys().any(|name| name.get_ref() == key);
    let missing = REQUIRED.iter().filter(|key| !has(key)).map(|key| format!("`{key}`")).collect::<Vec<_>>();
    if !missing.is_empty() {
        let verb = if missing.len() == 1 { "is" } else { "are" };
        wrong.add(
            span,
            format!("{} {verb} missing: every exception has check, reason, owner and expires", missing.join(", ")),
        );
    }
    if !NARROWING.iter().any(has) {
        let how = NARROWING.join(", ");
        wrong.add(span, format!("nothing says where it applies: name one of {how}; account = \"*\" is everywhere"));
    }
    draft.finish(line, terms, wrong)
}

fn unknown(name: &str) -> String {
    let names = KEYS.iter().map(|key| key.name);
    let hint = nearest(name, names.clone()).map_or_else(
        || format!("the keys are {}", names.collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    format!("unknown key `{name}`; {hint}")
}

impl Draft {
    fn finish(self, line: usize, terms: Terms, wrong: &mut Problems<'_>) -> Option<Exception> {
        let created = self.created.as_ref().map(|(day, _)| *day);
        if let Some((day, span)) = &self.created
            && *day > terms.today
        {
            wrong.add(span, format!("{day} is in the future; today is {} (UTC)", terms.today));
        }
        if let Some((expires, span)) = &self.expires {
            let (from, what) = created.map_or((terms.today, "today"), |created| (created, "created"));
            let days = (*expires - from).get_days();
            if created.is_some_and(|created| created > *expires) {
                wrong.add(span, format!("it ends on {expires}, before it was created"));
            } else if days > i32::from(terms.max_days) {
                wrong.add(
                    span,
                    format!("{expires} is {days} days from {what}; exceptions.max_days allows {}", terms.max_days),
                );
            }
        }
        let scope = Scope { account: self.account, ..self.scope };
        let id = self.id.unwrap_or_else(|| derived(&self.check, &scope));
        Some(Exception {
            id,
            checks: checks_of(&self.check),
            check: Some(self.check).filter(|check| !check.is_empty())?,
            scope,
            reason: self.reason?,
            owner: self.owner?,
            ticket: self.ticket,
            created,
            expires: self.expires?.0,
            line,
        })
    }
}

/// An identity from what is covered, so that a new last day or another owner does not change it.
fn derived(check: &[Pattern], scope: &Scope) -> String {
    let check = check.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let sorted = |patterns: &[String]| patterns.iter().cloned().collect::<BTreeSet<_>>();
    let tags = scope.tags.iter().map(|(key, values)| (key, sorted(values))).collect::<BTreeMap<_, _>>();
    let all = serde_json::json!([
        check,
        scope.account,
        sorted(&scope.ou_path),
        sorted(&scope.region),
        sorted(&scope.resource),
        tags,
    ]);
    let hash = Digest::of(all.to_string().as_bytes()).sha256;
    format!("EX-{}", hash.chars().take(12).collect::<String>())
}

/// A text or a list of texts that a rule accepts, each once; an empty list is a mistake.
fn some_of<T: PartialEq, E: Display>(
    value: &Value<'_>,
    wrong: &mut Problems<'_>,
    rule: impl Fn(&str) -> Result<T, E>,
) -> Vec<T> {
    let Some(list) = value.get_ref().as_array() else {
        return ruled(value, wrong, rule).into_iter().collect();
    };
    if list.is_empty() {
        wrong.add(&value.span(), "an empty list matches nothing; leave the key out to match everything");
    }
    let mut read = Vec::new();
    for element in list.iter().filter_map(|element| ruled(element, wrong, &rule)) {
        if !read.contains(&element) {
            read.push(element);
        }
    }
    read
}

fn id(text: &str) -> Result<String, String> {
    let legal = |char: char| char.is_ascii_alphanumeric() || "._:/#-".contains(char);
    if (1..=64).contains(&text.len()) && text.chars().all(legal) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is no id: 1 to 64 letters, digits and ._:/#-"))
    }
}

/// An account, or none for every account.
fn account(text: &str) -> Result<Option<AccountId>, String> {
    if text == "*" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error| format!("{error}; \"*\" is every account"))
}

fn accounts(read: &[Option<AccountId>]) -> Accounts {
    read.iter().copied().collect::<Option<BTreeSet<_>>>().map_or(Accounts::Every, Accounts::These)
}

/// A pattern of the paths of units. One that no path can match is a mistake.
fn ou_path(text: &str) -> Result<String, String> {
    if !meet(text, "/*") {
        Err(format!("`{text}` matches no path: paths begin with a slash, as in /Workloads/Sandbox"))
    } else if text.len() > 1 && text.ends_with('/') {
        Err(format!("`{text}` matches no path: none ends with a slash; {text}* is what is below it"))
    } else {
        pattern(text)
    }
}

fn regions(draft: &mut Draft, value: &Value<'_>, wrong: &mut Problems<'_>, odd: &mut Problems<'_>) {
    let legal = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "-*?".contains(char);
    draft.scope.region = some_of(value, wrong, |text| {
        if !text.is_empty() && text.chars().all(legal) {
            pattern(text)
        } else {
            Err(format!("`{text}` is no region code or pattern of such, as in eu-central-1 or eu-*"))
        }
    });
    for region in &draft.scope.region {
        let codes = || region::all().map(|known| known.code.as_str());
        if !codes().any(|code| matches(region, code)) {
            let hint = nearest(region, codes()).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            odd.add(&value.span(), format!("this version knows no region `{region}`{hint}"));
        }
    }
}

/// A pattern of ARNs. A bare name would match none.
fn resource(text: &str) -> Result<String, String> {
    if meet(text, ANY_ARN) {
        pattern(text)
    } else {
        Err(format!("`{text}` matches no ARN: write all of it, or */{text} for whatever has this name"))
    }
}

/// Tags with patterns of their values.
fn tags(value: &Value<'_>, wrong: &mut Problems<'_>) -> BTreeMap<String, Vec<String>> {
    let Some(tags) = table(value, "a table of tag keys with values, as in { team = \"research\" }", wrong) else {
        return BTreeMap::new();
    };
    if tags.is_empty() {
        wrong.add(&value.span(), "an empty table asks for no tag; leave the key out");
    }
    let mut read = BTreeMap::new();
    for (key, value) in tags {
        let values = some_of(value, wrong, pattern);
        match config::tag_key(key.get_ref()) {
            Ok(key) => drop(read.insert(key, values)),
            Err(message) => wrong.add(&key.span(), message),
        }
    }
    read
}

fn pattern(text: &str) -> Result<String, String> {
    if text.chars().count() > 2_048 || text.chars().any(char::is_control) {
        Err("a pattern has at most 2,048 letters and no line breaks".to_owned())
    } else {
        Ok(text.to_owned())
    }
}

/// A text for people, on one line.
fn line(text: &str, longest: usize) -> Result<String, String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        0 => Err("nothing is said".to_owned()),
        length if length > longest => Err(format!("{length} letters, where {longest} is the most")),
        _ if line.chars().any(is_unsafe) => Err("it holds characters that cannot be seen".to_owned()),
        _ => Ok(line),
    }
}

/// A day, as TOML writes one or as a text.
fn day(value: &Value<'_>, wrong: &mut Problems<'_>) -> Option<(Date, Range<usize>)> {
    let expected = "a day, as in 2027-01-31";
    let day = match value.get_ref() {
        DeValue::Datetime(written) => match (written.date, written.time, written.offset) {
            (Some(day), None, None) => {
                let numbers = (i16::try_from(day.year), i8::try_from(day.month), i8::try_from(day.day));
                let (Ok(year), Ok(month), Ok(number)) = numbers else { return None };
                Date::new(year, month, number).ok()
            }
            (Some(_), Some(_), _) | (Some(_), None, Some(_)) | (None, _, _) => None,
        },
        DeValue::String(text) if text.len() == "2027-01-31".len() => text.parse().ok(),
        DeValue::String(_) => None,
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
            mismatch(value, expected, wrong);
            return None;
        }
    };
    if day.is_none() {
        wrong.add(&value.span(), format!("expected {expected}"));
    }
    day.map(|day| (day, value.span()))
}
