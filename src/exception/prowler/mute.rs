//! One mute as exceptions, and the notes on what it means.

use regex::Regex;

use super::{
    Given,
    list::Mute,
    search::{Globs, globs, search},
    standing_for, tag,
};
use crate::{
    check::profile::Profile,
    exception::{scope::ANY_ARN, written::Written},
    glob::meet,
    printable::shown,
    region,
};

/// What becomes of a mute.
pub(super) enum Converted {
    /// These say the same.
    Entries(Vec<Written>),
    /// No exception says the same: why.
    LeftOut(String),
    /// It names no check of SageMaker.
    Elsewhere,
}

/// The exceptions of a mute, which stands behind others.
pub(super) fn converted<'m>(mute: &Mute, before: impl Iterator<Item = &'m Mute>, given: &Given) -> Converted {
    let mut notes =
        vec![format!("Line {}: account `{}`, check `{}`.", mute.check.at.line, mute.account.text, mute.check.text)];
    let check = match checks(&mute.check.text, given.profile, &mut notes) {
        Ok(check) if check.is_empty() => return Converted::Elsewhere,
        Ok(check) => check,
        Err(why) => return Converted::LeftOut(why),
    };
    let made = (|| {
        if let Some(at) = mute.exceptions {
            return Err(format!(
                "It has Exceptions in line {}, for which exceptions here have no form: write what is to be covered.",
                at.line
            ));
        }
        let account = account(mute, &mut notes)?;
        let region = regions(&mute.regions, &mut notes)?;
        let resource = resources(&mute.resources, &mut notes)?;
        let tags = tags(&mute.tags, &mut notes)?;
        if let Some(line) = stopped_by(mute, before) {
            notes.push(format!(
                "Note: Prowler stops at the Exceptions in line {line}, and mutes by this entry nothing that they name; the \
                 exception below covers that, too."
            ));
        }
        Ok((account, region, resource, tags))
    })();
    let (account, region, resource, tags) = match made {
        Ok(made) => made,
        Err(why) => return Converted::LeftOut(why),
    };
    if tags.len() > 1 {
        notes.push(format!("Note: of the tags any is asked for, so that {} exceptions are made of it.", tags.len()));
    }
    let described = mute.description.as_deref().map(one_line).filter(|text| !text.is_empty());
    let reason = described.or_else(|| given.reason.clone());
    let reason = reason.unwrap_or_else(|| format!("muted in Prowler, line {}", mute.check.at.line));
    let entry = |tags| Written {
        notes: notes.clone(),
        id: None,
        check: check.clone(),
        account: account.clone(),
        ou_path: Vec::new(),
        region: region.clone(),
        resource: resource.clone(),
        tags,
        reason: reason.clone(),
        owner: given.owner.clone(),
        ticket: given.ticket.clone(),
        created: given.created,
        expires: given.expires,
    };
    Converted::Entries(tags.into_iter().map(entry).collect())
}

/// The checks of Prowler in whose ids a pattern is found.
fn found(search: &Regex) -> impl Iterator<Item = &'static str> {
    Profile::Prowler.checks().map(|check| check.id).filter(|id| search.is_match(id))
}

/// Where Exceptions begin at which Prowler stops before it comes to a mute: of one before it in its account, for a check of
/// both.
fn stopped_by<'m>(mute: &Mute, mut before: impl Iterator<Item = &'m Mute>) -> Option<usize> {
    let ours = search(&mute.check.text)?;
    before.find_map(|other| {
        let at = other.exceptions.filter(|_| other.account.at == mute.account.at)?;
        let theirs = search(&other.check.text)?;
        found(&ours).any(|id| theirs.is_match(id)).then_some(at.line)
    })
}

/// The checks that stand for those in whose ids the pattern is found.
fn checks(pattern: &str, profile: Profile, notes: &mut Vec<String>) -> Result<Vec<String>, String> {
    let Some(search) = search(pattern) else {
        return Err("The pattern of the check is no regular expression that can be searched for.".to_owned());
    };
    let theirs = found(&search).collect::<Vec<_>>();
    let check = standing_for(&theirs, profile);
    if !theirs.is_empty() && theirs != [pattern] {
        notes.push(format!(
            "Note: Prowler searches for `{pattern}` in the ids of checks, and finds {} of SageMaker; below stands what is here in \
             their place.",
            theirs.len()
        ));
    }
    Ok(check)
}

fn account(mute: &Mute, notes: &mut Vec<String>) -> Result<Vec<String>, String> {
    let text = &mute.account.text;
    if text == "*" {
        notes.push("Note: it is for every account, also those that are yet to come.".to_owned());
    } else if text.parse::<crate::place::AccountId>().is_err() {
        return Err(format!("`{text}` is no account, and Prowler compares accounts as they are: it mutes nothing."));
    } else if mute.account.is_number() {
        notes.push(
            "Note: without quotes the account is a number, for which Prowler refuses the whole file and mutes nothing."
                .to_owned(),
        );
    }
    Ok(vec![text.clone()])
}

/// The codes in which an item is found; none for every region.
fn regions(items: &[String], notes: &mut Vec<String>) -> Result<Vec<String>, String> {
    if items.is_empty() {
        return Err("It names no region, and Prowler mutes nothing then.".to_owned());
    }
    if items.iter().any(|item| item == "*") {
        notes.push("Note: it is for every region.".to_owned());
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for item in items {
        let Some(search) = search(item) else {
            return Err(format!("The region `{item}` is no regular expression that can be searched for."));
        };
        let codes = region::all().map(|known| known.code.as_str()).filter(|code| search.is_match(code));
        let codes = codes.map(ToOwned::to_owned).collect::<Vec<_>>();
        if codes.len() == region::all().count() {
            notes.push(format!("Note: `{item}` is found in every region."));
            return Ok(Vec::new());
        }
        if codes.is_empty() {
            notes.push(format!("Note: this version knows no region in which `{item}` is found; it is left out."));
        } else if codes != [item.as_str()] {
            notes.push(format!("Note: Prowler searches for the region `{item}`, and finds {}.", codes.join(", ")));
        }
        found.extend(codes);
    }
    if found.is_empty() {
        return Err("This version knows no region in which any of its items is found.".to_owned());
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Patterns of ARNs whose names are found; none for every resource.
fn resources(items: &[String], notes: &mut Vec<String>) -> Result<Vec<String>, String> {
    if items.is_empty() {
        return Err("It names no resource, and Prowler mutes nothing then.".to_owned());
    }
    let mut patterns = Vec::new();
    for item in items {
        let Some(found) = globs(item) else {
            return Err(format!("The resource `{item}` is a regular expression for which there is no pattern."));
        };
        if found.wide.iter().any(|pattern| pattern == "*") {
            notes.push("Note: it is for every resource, also those that are yet to come.".to_owned());
            return Ok(Vec::new());
        }
        if found.are_wider() {
            let Globs { wide: _, exact } = &found;
            let exact = exact.iter().map(|name| by_name(name)).collect::<Vec<_>>();
            notes.push(format!(
                "Note: Prowler searches for `{item}` anywhere in the name, and so does the pattern below; for no more than what \
                 is written, it is {}.",
                exact.join(" and ")
            ));
        }
        if item.contains('.') && found.exact.iter().any(|name| name.contains('?')) {
            notes.push(format!("Note: in `{item}` a dot stands for any letter."));
        }
        if item.starts_with("arn:") {
            notes.push(
                "Note: Prowler compares names of resources, and finds no ARN in them; here it is an ARN.".to_owned(),
            );
        }
        let wide = found.wide.iter().map(|name| by_name(name)).collect::<Vec<_>>();
        if !wide.iter().all(|pattern| meet(pattern, ANY_ARN)) {
            return Err(format!("The resource `{item}` is no part of an ARN."));
        }
        patterns.extend(wide);
    }
    patterns.dedup();
    Ok(patterns)
}

/// A pattern of ARNs from one of names. What is an ARN already stays.
fn by_name(name: &str) -> String {
    if name.trim_start_matches('*').starts_with("arn:") { name.to_owned() } else { format!("arn:*/{name}") }
}

fn tags(items: &[String], notes: &mut Vec<String>) -> Result<Vec<tag::Tags>, String> {
    let Some(all) = tag::tags(items) else {
        return Err(format!("No tags with patterns of values say the same as {}.", listed(items)));
    };
    let asked = all.iter().any(|tags| !tags.is_empty());
    if items.len() > 1 && asked {
        notes.push(
            "Note: Prowler 5.46 asks for all of these tags, as is done below; earlier versions asked for any of them."
                .to_owned(),
        );
    }
    if all.iter().flat_map(|tags| tags.values().flatten()).any(|value| value.ends_with('*')) {
        notes.push(format!(
            "Note: Prowler searches for {}: a value may go on, as it may below; a key may begin otherwise there, and not here.",
            listed(items)
        ));
    }
    Ok(all)
}

/// A description as a reason can be.
fn one_line(text: &str) -> String {
    const LONGEST: usize = 2_000;
    shown(&text.split_whitespace().collect::<Vec<_>>().join(" ")).chars().take(LONGEST).collect()
}

fn listed(items: &[String]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
