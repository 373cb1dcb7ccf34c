//! What is to be mended, as a person names it: a finding by its uid, a resource by its ARN, or whatever one origin made.

use std::str::FromStr;

/// A finding, or a resource with all that fails of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The findings whose uid begins so.
    Finding(String),
    /// The resource with this ARN.
    Resource(String),
}

/// The fewest digits that name a finding.
const LEAST: usize = 8;
/// The digits of a uid: a SHA-256 in hexadecimal.
const WHOLE: usize = 64;

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("arn:") {
            return Ok(Self::Resource(text.to_owned()));
        }
        // As exports name it for Security Hub.
        let uid = text.strip_prefix("sagesweep/").unwrap_or(text).to_ascii_lowercase();
        let is_uid = (LEAST..=WHOLE).contains(&uid.len()) && uid.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_uid {
            return Ok(Self::Finding(uid));
        }
        Err(format!(
            "neither the uid of a finding (finding_info.uid of OCSF, Id of Security Hub; its first {LEAST} digits will do) \
             nor the ARN of a resource"
        ))
    }
}

/// The texts by which the tables may name an origin: as it was given and, of the execution of a pipeline, its id alone.
pub fn names_of_origin(text: &str) -> Vec<String> {
    let id = text.rsplit_once("/execution/").map(|(_, id)| id.to_owned());
    [text.to_owned()].into_iter().chain(id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_known_whole_shortened_and_as_security_hub_has_it() {
        let uid = "0123456789abcdef".repeat(4);
        assert_eq!(uid.parse(), Ok(Subject::Finding(uid.clone())));
        assert_eq!("0123ABCD".parse(), Ok(Subject::Finding("0123abcd".to_owned())));
        assert_eq!(format!("sagesweep/{uid}").parse(), Ok(Subject::Finding(uid.clone())));
        let arn = "arn:aws:sagemaker:eu-west-1:111111111111:training-job/a";
        assert_eq!(arn.parse(), Ok(Subject::Resource(arn.to_owned())));
        for wrong in ["", "0123abc", "training-job", &format!("{uid}0")] {
            assert!(wrong.parse::<Subject>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_execution_is_named_by_its_arn_or_its_id() {
        let arn = "arn:aws:sagemaker:eu-west-1:111111111111:pipeline/churn/execution/h4x0r1a2b3c4";
        assert_eq!(names_of_origin(arn), [arn, "h4x0r1a2b3c4"]);
        assert_eq!(names_of_origin("h4x0r1a2b3c4"), ["h4x0r1a2b3c4"]);
    }
}
