//! Members of answers: what of them counts as said.

use std::collections::HashMap;

use aws_smithy_types::DateTime;
use jiff::Timestamp;

use crate::secret::{self, Looked, Place};

/// A text, but for an empty one: services answer with it where nothing was set, and the SDK puts it in where a required
/// member is missing.
pub(super) fn said(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

/// The texts of a list, but for empty ones.
pub(super) fn all_said(texts: &[String]) -> Vec<String> {
    texts.iter().filter_map(|text| said(Some(text))).collect()
}

/// An instant; the SDK puts in the epoch where a required one is missing.
pub(super) fn moment(time: Option<&DateTime>) -> Option<Timestamp> {
    let milliseconds = time?.to_millis().ok().filter(|milliseconds| *milliseconds != 0)?;
    Timestamp::from_millisecond(milliseconds).ok()
}

/// The secrets in an environment, whose values are kept nowhere.
pub(super) fn in_environment(variables: Option<&HashMap<String, String>>) -> Looked {
    match variables {
        None => Looked::Nothing,
        Some(variables) if variables.is_empty() => Looked::Nothing,
        Some(variables) => {
            let pairs = variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            Looked::through(secret::in_values(Place::Variable, pairs))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_texts_and_the_epoch_are_not_said() {
        assert_eq!(
            (said(None), said(Some("")), said(Some(" ")), said(Some("k"))),
            (None, None, None, Some("k".to_owned()))
        );
        assert_eq!(all_said(&[String::new(), "a".to_owned()]), ["a"]);
        assert_eq!((moment(None), moment(Some(&DateTime::from_secs(0)))), (None, None));
        assert_eq!(
            moment(Some(&DateTime::from_millis(1_732_406_400_500))).unwrap().as_millisecond(),
            1_732_406_400_500
        );
    }
}
