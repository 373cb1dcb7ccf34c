//! Mute lists of Prowler 5.46 as exceptions. What Prowler mutes is covered, but that keys of tags are exact here; where no
//! pattern says the same, the mute is left out. Above each exception stands in which ways it means more than it may seem to.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use jiff::civil::Date;

mod list;
mod mute;
mod search;
mod tag;
mod yaml;

use list::Mute;
use mute::Converted;

use super::written::comment;
use crate::{
    check::profile::Profile,
    config::{ConfigErrors, Place, Problem},
};

/// What a mute list does not say and an exception has to.
#[derive(Debug, Clone)]
pub struct Given {
    /// Whose checks the exceptions are for: ours, which stand for those of Prowler, or its own.
    pub profile: Profile,
    /// Who answers.
    pub owner: String,
    /// Why, where the list does not describe it.
    pub reason: Option<String>,
    /// Where it was decided.
    pub ticket: Option<String>,
    /// The day on which they are granted.
    pub created: Date,
    /// Their last day.
    pub expires: Date,
}

/// The text of a file of exceptions from the text of a mute list.
///
/// # Errors
///
/// What Prowler would refuse, all at once and by line: it mutes nothing then.
pub fn convert(file: &Path, text: &str, given: &Given) -> Result<String, ConfigErrors> {
    let root = yaml::load(file, text).map_err(|problem| ConfigErrors::new(vec![problem]))?;
    let Some(root) = root else {
        let (place, message) = (Place::File(file.to_owned()), "nothing stands in it".to_owned());
        return Err(ConfigErrors::new(vec![Problem { place, message }]));
    };
    let mutes = list::read(file, &root).map_err(ConfigErrors::new)?;
    let mut body = String::new();
    let (mut entries, mut left_out, mut elsewhere) = (0, 0, 0);
    let mut ids = BTreeSet::new();
    for (number, mute) in mutes.iter().enumerate() {
        match mute::converted(mute, mutes.iter().take(number), given) {
            Converted::Entries(all) => {
                for mut entry in all {
                    entry.id = Some(free_id(&mut ids, mute));
                    entries += 1;
                    // Writing into a text cannot fail.
                    let _infallible = write!(body, "\n{entry}");
                }
            }
            Converted::LeftOut(why) => {
                left_out += 1;
                let _infallible = writeln!(body);
                let _infallible = comment(&mut body, &format!("Left out: {}. {why}", described(mute)));
            }
            Converted::Elsewhere => elsewhere += 1,
        }
    }
    let mut head = String::new();
    let counted = |count: u32, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    let (entries, left_out, elsewhere) =
        (counted(entries, "exception"), counted(left_out, "mute"), counted(elsewhere, "mute"));
    let summary = format!(
        "Made from {}, a mute list of Prowler 5.46: {entries}, {left_out} left out, {elsewhere} of checks \
         of other services passed over. Read the notes, narrow what is too wide, and then let `sagesweep exceptions check` \
         look at it.",
        file.display()
    );
    let _infallible = comment(&mut head, &summary);
    Ok(head + &body)
}

fn described(mute: &Mute) -> String {
    format!("line {}, account `{}`, check `{}`", mute.check.at.line, mute.account.text, mute.check.text)
}

/// An id that no other has: of the line, and a number where a line has several.
fn free_id(taken: &mut BTreeSet<String>, mute: &Mute) -> String {
    let line = format!("prowler-{}", mute.check.at.line);
    let numbered = (2_u32..).map(|number| format!("{line}-{number}"));
    let mut candidates = std::iter::once(line.clone()).chain(numbered);
    let id = candidates.find(|id| !taken.contains(id)).unwrap_or_default();
    taken.insert(id.clone());
    id
}

/// The ids of checks that stand for checks of Prowler.
fn standing_for(theirs: &[&'static str], profile: Profile) -> Vec<String> {
    use crate::check::compatibility::{Catalogue, EQUIVALENTS};

    let of_prowler = EQUIVALENTS.iter().filter(|one| one.catalogue == Catalogue::Prowler && theirs.contains(&one.id));
    let ours = of_prowler.flat_map(|one| one.checks).copied().filter(|_| profile != Profile::Prowler);
    let theirs = theirs.iter().copied().filter(|_| profile != Profile::Sagesweep);
    ours.chain(theirs).map(ToOwned::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
