//! What the execution role needs to use a key: a statement for the policy of the key, and a policy for the role.

use serde_json::{Value, json};

use super::key::Choice;

/// What a role does with the key of what it writes and reads (SageMaker developer guide, execution roles; S3 user guide,
/// SSE-KMS, for parts of uploads).
const USES: [&str; 4] = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"];
/// What lets SageMaker attach volumes that are encrypted with it (developer guide, execution role of `CreateTrainingJob`).
const GRANTS: &str = "kms:CreateGrant";

/// What a role needs to use a key.
#[derive(Debug, Clone, PartialEq)]
pub struct Permission {
    /// The role; a place for it where it is not recorded.
    pub role_arn: String,
    /// Statements for the policy of the key.
    pub key_policy: Vec<Value>,
    /// A policy for the role.
    pub role_policy: Value,
    /// Whether the key is of another account than the role's.
    pub is_foreign: bool,
    /// What is to be known of them.
    pub notes: Vec<String>,
}

impl Permission {
    /// For a role of an account and a key; `for_volumes` tells whether volumes are encrypted with it.
    pub fn of(role_arn: Option<&str>, account: &str, key: &Choice, for_volumes: bool) -> Self {
        let partition = key.arn.split(':').nth(1).unwrap_or("aws");
        let role = role_arn.map_or_else(|| format!("arn:{partition}:iam::{account}:role/ROLE"), str::to_owned);
        let statements = |principal: Option<&str>, resource: &str| {
            let mut statements = vec![json!({
                "Sid": "SageMakerUsesTheKey", "Effect": "Allow", "Action": USES, "Resource": resource,
            })];
            if for_volumes {
                statements.push(json!({
                    "Sid": "SageMakerEncryptsVolumes", "Effect": "Allow", "Action": GRANTS, "Resource": resource,
                    "Condition": { "Bool": { "kms:GrantIsForAWSResource": "true" } },
                }));
            }
            for statement in &mut statements {
                if let (Some(principal), Some(members)) = (principal, statement.as_object_mut()) {
                    members.insert("Principal".to_owned(), json!({ "AWS": principal }));
                }
            }
            statements
        };
        let owner = key.account.filter(|owner| owner.as_str() != account);
        let mut notes =
            vec!["What the role and the key already allow is not read by the audit: add what is missing.".to_owned()];
        notes.push(match owner {
            Some(owner) => format!(
                "The key is of account {owner} and the job of account {account}: both are needed, the statements in the \
                 policy of the key in account {owner} and the policy of the role in account {account}. The key has to be \
                 named by its ARN."
            ),
            None => "Where the policy of the key leaves permissions to IAM (it allows the root of the account kms:*), the \
                     policy of the role is enough; else the statements in the policy of the key are, which name the role."
                .to_owned(),
        });
        Self {
            key_policy: statements(Some(&role), "*"),
            role_policy: json!({ "Version": "2012-10-17", "Statement": statements(None, &key.arn) }),
            is_foreign: owner.is_some(),
            role_arn: role,
            notes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::key::Named;

    const ROLE: &str = "arn:aws:iam::111111111111:role/train";

    fn key(account: &str) -> Choice {
        Choice {
            arn: format!("arn:aws:kms:eu-west-1:{account}:key/1234abcd"),
            account: account.parse().ok(),
            named: Named::Here,
        }
    }

    #[test]
    fn a_role_gets_grants_only_where_there_are_volumes_and_only_for_services() {
        let without = Permission::of(Some(ROLE), "111111111111", &key("111111111111"), false);
        assert!(!without.role_policy.to_string().contains("CreateGrant"));
        let with = Permission::of(Some(ROLE), "111111111111", &key("111111111111"), true);
        insta::assert_snapshot!(serde_json::to_string_pretty(&json!([with.key_policy, with.role_policy])).unwrap());
    }

    #[test]
    fn a_key_of_another_account_needs_both_policies() {
        let foreign = Permission::of(Some(ROLE), "111111111111", &key("222222222222"), true);
        assert!(
            foreign.is_foreign
                && foreign.notes[1]
                    .contains("both are needed, the statements in the policy of the key in account 222222222222")
        );
        assert!(!Permission::of(None, "111111111111", &key("111111111111"), true).is_foreign);
    }
}
