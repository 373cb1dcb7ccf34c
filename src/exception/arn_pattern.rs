//! Patterns of ARNs: whether an ARN can be as two of them have it. An ARN has six fields, so that a star which would have to
//! reach over a colon too many stands for nothing.

use crate::glob;

/// Colons of an ARN. Names of SageMaker's resources have none.
const COLONS: usize = 5;
/// Stars of a pattern up to which it is looked at field by field.
const STARS: usize = 6;

/// Whether there is an ARN that is as both patterns have it. Where that is too much to tell, any text will do.
pub(super) fn meet(one: &str, other: &str) -> bool {
    let (Some(ones), Some(others)) = (forms(one), forms(other)) else { return glob::meet(one, other) };
    ones.iter().any(|one| others.iter().any(|other| fields_meet(one, other)))
}

fn fields_meet(one: &str, other: &str) -> bool {
    one.split(':').zip(other.split(':')).all(|(one, other)| glob::meet(one, other))
}

/// The pattern with all colons of an ARN, in each way in which its stars can stand for those that are missing.
fn forms(pattern: &str) -> Option<Vec<String>> {
    let missing = COLONS.checked_sub(pattern.matches(':').count())?;
    let parts = pattern.split('*').collect::<Vec<_>>();
    if parts.len() > STARS + 1 {
        return None;
    }
    let (first, rest) = parts.split_first()?;
    let mut forms = vec![((*first).to_owned(), missing)];
    for part in rest {
        forms = forms
            .iter()
            .flat_map(|(begun, left)| {
                (0..=*left).map(move |taken| (format!("{begun}*{}{part}", ":*".repeat(taken)), left - taken))
            })
            .collect();
    }
    Some(forms.into_iter().filter(|(_, left)| *left == 0).map(|(form, _)| form).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_reaches_over_no_colon_too_many() {
        for (one, other, whether) in [
            ("arn:aws:sagemaker:us-*", "arn:*:*:eu-*:*:*", false),
            ("arn:aws:sagemaker:eu-west-1:111111111111:*", "arn:*:*:*:222222222222:*", false),
            ("arn:*:111111111111:*", "arn:*:*:*:222222222222:*", false),
            ("arn:*:111111111111:*", "arn:*:*:*:111111111111:*", true),
            ("*/nightly-*", "arn:aws:*:eu-central-1:*:*", true),
            ("*", "arn:*:*:us-*:*:*", true),
            ("a:b", "*", false),
            ("*:*:*:*:*:*:*", "arn:*", true),
        ] {
            assert_eq!((meet(one, other), meet(other, one)), (whether, whether), "{one} {other}");
        }
    }
}
