//! Which texts AWS accepts for what, so that a mistake is found here and not in the first account of the night.
//!
//! The lengths and characters are those of the IAM, STS and KMS API references.

use crate::{
    finding::Severity,
    place::{AccountId, Partition, Region},
};

/// The name of a role, with its path in front if it has one.
pub(super) fn role_name(text: &str) -> Result<String, String> {
    let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
    let path_is_legal = path.is_empty() && !text.starts_with('/')
        || path.len() <= 510
            && path.split('/').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_graphic()));
    if path_is_legal && is_word(name, 1..=64, "+=,.@-") {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not the name of a role, such as sagesweep-audit or, with its path, audit/sagesweep"))
    }
}

/// The name of a session.
pub(super) fn session_name(text: &str) -> Result<String, String> {
    word(text, 2..=64, "+=,.@-", "session name")
}

/// A source identity.
pub(super) fn source_identity(text: &str) -> Result<String, String> {
    word(text, 2..=64, "+=,.@-", "source identity")
}

/// An external id.
pub(super) fn external_id(text: &str) -> Result<String, String> {
    word(text, 2..=1224, "+=,.@:/-", "external id")
}

/// The ARN of a role.
pub(crate) fn role_arn(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_role = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            partition.parse::<Partition>().is_ok()
                && account.parse::<AccountId>().is_ok()
                && resource.strip_prefix("role/").is_some_and(|name| role_name(name).is_ok())
        }
        _ => false,
    };
    if is_role {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not the ARN of a role, such as arn:aws:iam::111111111111:role/audit-hub"))
    }
}

/// The id of an organization, by the pattern of the Organizations API.
pub(crate) fn organization_id(text: &str) -> Result<String, String> {
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    match text.strip_prefix("o-") {
        Some(rest) if (10..=32).contains(&rest.len()) && rest.bytes().all(legal) => Ok(text.to_owned()),
        _ => Err(format!("`{text}` is not the id of an organization, such as o-a1b2c3d4e5")),
    }
}

/// A KMS key by id, key ARN, alias name or alias ARN.
pub(super) fn kms_key(text: &str) -> Result<String, String> {
    let name = |name: &str| {
        (1..=250).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
    };
    let id = |id: &str| name(id) && !id.contains('/');
    let alias = |text: &str| text.strip_prefix("alias/").is_some_and(name);
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_key = match parts.as_slice() {
        ["arn", partition, "kms", region, account, resource] => {
            partition.parse::<Partition>().is_ok()
                && region.parse::<Region>().is_ok()
                && account.parse::<AccountId>().is_ok()
                && (resource.strip_prefix("key/").is_some_and(id) || alias(resource))
        }
        _ => id(text) || alias(text),
    };
    if is_key {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is not a KMS key: its id, its ARN, alias/name or the ARN of an alias"))
    }
}

/// ARNs of KMS keys, by a pattern in which `*` stands for any letters. No ARN of an alias: a key is compared by its own.
pub(super) fn key_pattern(text: &str) -> Result<String, String> {
    if text.contains("alias/") {
        return Err(format!(
            "`{text}` names an alias; keys are compared by their own ARNs, such as arn:aws:kms:…:key/…"
        ));
    }
    let legal = |char: char| char.is_ascii_alphanumeric() || ":/_-*".contains(char);
    if text == "*" || (text.starts_with("arn:") && text.contains(":kms:") && text.chars().all(legal)) {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is no pattern of ARNs of keys, such as arn:aws:kms:*:111111111111:key/*"))
    }
}

/// A `PlatformIdentifier` of notebook instances.
pub(super) fn platform(text: &str) -> Result<String, String> {
    if text.starts_with("notebook-") && is_word(text, 10..=40, "-") {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is no platform identifier, such as notebook-al2023-v1"))
    }
}

/// A registry of container images, by a pattern in which `*` stands for any letters. Names of images have it in lower case.
pub(super) fn registry(text: &str) -> Result<String, String> {
    let legal = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || ".-:*".contains(char);
    if (1..=255).contains(&text.len()) && text.chars().all(legal) {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is no registry in lower case, such as public.ecr.aws or 444444444444.dkr.ecr.*.amazonaws.com"
        ))
    }
}

/// A severity by name.
pub(super) fn severity(text: &str) -> Result<Severity, String> {
    let known = Severity::ALL.into_iter().find(|severity| severity.as_str() == text);
    known.ok_or_else(|| format!("`{text}` is no severity: informational, low, medium, high or critical"))
}

/// A namespace of CloudWatch metrics, by the rules of `PutMetricData`.
pub(super) fn namespace(text: &str) -> Result<String, String> {
    let legal = |char: char| char.is_ascii_alphanumeric() || " .-_/#:".contains(char);
    let reserved = text.starts_with(':') || text.starts_with("AWS/") || text.trim() != text;
    if (1..=255).contains(&text.len()) && text.chars().all(legal) && !reserved {
        Ok(text.to_owned())
    } else {
        Err(format!(
            "`{text}` is no namespace of metrics: 1 to 255 letters, digits, spaces and .-_/#: and not AWS's own"
        ))
    }
}

/// The key of a tag.
pub(crate) fn tag_key(text: &str) -> Result<String, String> {
    tag_text(text, 1..=128, "key of a tag")
}

/// The key of a tag that can be required. AWS sets those that begin with `aws:`, and checks pass over them.
pub(super) fn required_tag_key(text: &str) -> Result<String, String> {
    if text.to_ascii_lowercase().starts_with("aws:") {
        return Err(format!(
            "`{text}` cannot be required: tags whose keys begin with aws: are set by AWS and do not count"
        ));
    }
    tag_key(text)
}

/// The value of a tag.
pub(super) fn tag_value(text: &str) -> Result<String, String> {
    tag_text(text, 0..=256, "value of a tag")
}

fn tag_text(text: &str, length: std::ops::RangeInclusive<usize>, what: &str) -> Result<String, String> {
    let legal = |char: char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char);
    if length.contains(&text.chars().count()) && text.chars().all(legal) {
        Ok(text.to_owned())
    } else {
        let (least, most) = length.into_inner();
        Err(format!("`{text}` is no {what}: {least} to {most} letters, digits, spaces and _.:/=+-@"))
    }
}

fn word(text: &str, length: std::ops::RangeInclusive<usize>, marks: &str, what: &str) -> Result<String, String> {
    if is_word(text, length.clone(), marks) {
        Ok(text.to_owned())
    } else {
        let (least, most) = length.into_inner();
        Err(format!("`{text}` is no {what}: {least} to {most} of letters, digits and _{marks}"))
    }
}

fn is_word(text: &str, length: std::ops::RangeInclusive<usize>, marks: &str) -> bool {
    let legal = |char: char| char.is_ascii_alphanumeric() || char == '_' || marks.contains(char);
    length.contains(&text.len()) && text.chars().all(legal)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&str) -> Result<String, String>;

    #[test]
    fn each_rule_takes_what_aws_takes_and_nothing_else() {
        let long = "x".repeat(65);
        let cases: [(&str, Rule, &[&str], &[&str]); 12] = [
            (
                "key_pattern",
                key_pattern,
                &["*", "arn:aws:kms:*:111111111111:key/*"],
                &["", "key/x", "arn:aws:s3:::x", "arn:aws:kms:*:111111111111:alias/lake"],
            ),
            ("platform", platform, &["notebook-al2023-v1"], &["", "al2023", "notebook-a b"]),
            (
                "registry",
                registry,
                &["public.ecr.aws", "1.dkr.ecr.*.amazonaws.com"],
                &["", "a/b", "a b", "Public.ecr.aws"],
            ),
            (
                "role_name",
                role_name,
                &["sagesweep-audit", "audit/x", "a/b/c@d"],
                &["", "/x", "a//b", "a/", "x y", &long, "ü"],
            ),
            ("session_name", session_name, &["ab", "a_b+=,.@-"], &["", "a", "a b", "a/b", &long]),
            ("external_id", external_id, &["ab", "a:b/c"], &["a", "a b", "ä1"]),
            (
                "role_arn",
                role_arn,
                &["arn:aws:iam::111111111111:role/hub", "arn:aws-cn:iam::111111111111:role/a/hub"],
                &[
                    "hub",
                    "arn:aws:iam::1:role/hub",
                    "arn:aws:iam::111111111111:user/hub",
                    "arn:x:iam::111111111111:role/hub",
                ],
            ),
            (
                "kms_key",
                kms_key,
                &["alias/lake", "mrk-1234abcd", "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab"],
                &["", "alias/", "a b", "arn:aws:kms:eu-west-1:1:key/x", "arn:aws:s3:::x", "key/1234"],
            ),
            ("organization_id", organization_id, &["o-a1b2c3d4e5"], &["", "o-", "o-A1b2c3d4e5", "a1b2c3d4e5"]),
            ("namespace", namespace, &["sagesweep", "Audit/Night #1"], &["", "AWS/SageMaker", ":x", "a\n", " a"]),
            ("tag_key", tag_key, &["cost-center", "Größe", "a b"], &["", "a\n", "a,b", &"k".repeat(129)]),
            ("required_tag_key", required_tag_key, &["owner", "laws:x"], &["", "a,b", "aws:createdBy", "AWS:x"]),
        ];
        for (name, rule, right, wrong) in cases {
            for text in right {
                assert_eq!(rule(text), Ok((*text).to_owned()), "{name} {text}");
            }
            for text in wrong {
                assert!(rule(text).is_err(), "{name} {text}");
            }
        }
    }
}
