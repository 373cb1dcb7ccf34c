//! Patterns of ARNs: whether an ARN can be as two of them have it. An ARN has six fields, so that a star which would have to
//! reach over a colon too many stands for nothing.

use super::work::Work;

/// Fields of an ARN, between its colons. Names of SageMaker's resources have none.
const FIELDS: usize = 6;
/// Forms of a pattern, begun ones among them, up to which it is looked at field by field.
const MOST: usize = 64;

/// The fields of a pattern that has all colons.
type Form<'p> = [&'p str; FIELDS];

/// A pattern with all colons of an ARN, in each way in which its stars can stand for those that are missing.
#[derive(Debug)]
pub(super) struct ArnPattern<'p> {
    text: &'p str,
    /// None where there are too many to tell.
    forms: Option<Vec<Form<'p>>>,
}

impl<'p> ArnPattern<'p> {
    pub(super) fn of(text: &'p str, work: &mut Work) -> Self {
        Self { text, forms: forms(text, work) }
    }

    /// Whether there is an ARN that is as both patterns have it. Where that is too much to tell, any text will do.
    pub(super) fn meets(&self, other: &Self, work: &mut Work) -> bool {
        let (Some(ones), Some(others)) = (&self.forms, &other.forms) else {
            return work.meet(self.text, other.text);
        };
        // The name, which tells most apart, stands last.
        let mut fields_meet =
            |one: &Form<'_>, other: &Form<'_>| one.iter().zip(other).rev().all(|(one, other)| work.meet(one, other));
        ones.iter().any(|one| others.iter().any(|other| fields_meet(one, other)))
    }

    /// Whether there is such an ARN in one of these regions and one of these accounts; none of either is all of them.
    pub(super) fn may_lie_in(&self, regions: &[String], accounts: &[&str], work: &mut Work) -> bool {
        let Some(forms) = &self.forms else { return true };
        forms.iter().any(|[_, _, _, region, account, _]| {
            (accounts.is_empty() || accounts.iter().any(|one| work.meet(account, one)))
                && (regions.is_empty() || regions.iter().any(|one| work.meet(region, one)))
        })
    }
}

/// A form up to some letter of the pattern.
#[derive(Clone)]
struct Begun<'p> {
    fields: Vec<&'p str>,
    /// Where the field that is not at its end begins.
    from: usize,
    /// Colons that are still to be put in.
    missing: usize,
}

fn forms<'p>(pattern: &'p str, work: &mut Work) -> Option<Vec<Form<'p>>> {
    let missing = (FIELDS - 1).checked_sub(pattern.matches(':').count())?;
    let mut all = vec![Begun { fields: Vec::new(), from: 0, missing }];
    for (at, letter) in pattern.char_indices() {
        if letter == ':' {
            for begun in &mut all {
                begun.fields.push(pattern.get(begun.from..at)?);
                begun.from = at + 1;
            }
        } else if letter == '*' && missing > 0 {
            let through = pattern.get(..=at)?;
            all = all.iter().flat_map(|begun| begun.reaching(at, through)).collect();
            if all.len() > MOST || !work.spend(all.len() * FIELDS) {
                return None;
            }
        }
    }
    let whole = all.into_iter().filter(|begun| begun.missing == 0).filter_map(|mut begun| {
        begun.fields.push(pattern.get(begun.from..)?);
        Form::try_from(begun.fields).ok().filter(is_possible)
    });
    Some(whole.collect())
}

/// Whether an ARN can have such fields: only its name holds slashes, only its account is a number, and that is nothing else.
fn is_possible([_, partition, service, region, account, _]: &Form<'_>) -> bool {
    let words = [partition, service, region];
    words.iter().all(|word| !word.starts_with(|letter: char| letter.is_ascii_digit()) && !word.contains('/'))
        && !account.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !account.contains('/')
}

impl<'p> Begun<'p> {
    /// The same with a star that reaches over no, one, and more of the missing colons. `through` is the pattern up to it.
    fn reaching(&self, at: usize, through: &'p str) -> Vec<Self> {
        let begin = |taken: usize| {
            let mut reached = self.clone();
            if taken > 0 {
                reached.fields.push(through.get(self.from..).unwrap_or_default());
                reached.fields.extend(std::iter::repeat_n("*", taken - 1));
                reached.from = at;
                reached.missing -= taken;
            }
            reached
        };
        (0..=self.missing).map(begin).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meet(one: &str, other: &str) -> bool {
        let work = &mut Work::default();
        let (one, other) = (ArnPattern::of(one, work), ArnPattern::of(other, work));
        one.meets(&other, work)
    }

    #[test]
    fn a_star_reaches_over_no_colon_too_many() {
        for (one, other, whether) in [
            ("arn:aws:sagemaker:us-*", "arn:*:*:eu-*:*:*", false),
            ("arn:aws:sagemaker:eu-west-1:111111111111:*", "arn:*:*:*:222222222222:*", false),
            ("arn:*:111111111111:*", "arn:*:*:*:222222222222:*", false),
            ("arn:*:111111111111:*", "arn:*:*:*:111111111111:*", true),
            ("*/nightly-*", "arn:aws:*:eu-central-1:*:*", true),
            ("*/nightly-*", "*/daily-*", true),
            ("arn:*:model/nightly-*", "arn:*:model/daily-*", false),
            ("*", "arn:*:*:us-*:*:*", true),
            ("a:b", "*", false),
            ("*:*:*:*:*:*:*", "arn:*", true),
            ("*a*b*c*d*e*f*", "arn:*", true),
        ] {
            assert_eq!((meet(one, other), meet(other, one)), (whether, whether), "{one} {other}");
        }
    }

    #[test]
    fn a_pattern_tells_in_which_regions_and_accounts_its_arns_lie() {
        for (pattern, region, account, whether) in [
            ("arn:aws:sagemaker:us-*", "eu-*", "111111111111", false),
            ("arn:aws:sagemaker:us-*", "us-east-?", "111111111111", true),
            ("arn:*:111111111111:*", "eu-*", "222222222222", false),
            ("*/x", "eu-*", "222222222222", true),
        ] {
            let work = &mut Work::default();
            let pattern = ArnPattern::of(pattern, work);
            let regions = [region.to_owned()];
            assert_eq!(pattern.may_lie_in(&regions, &[account], work), whether, "{pattern:?} {region} {account}");
            assert!(whether || pattern.may_lie_in(&[], &[], work));
        }
    }
}
