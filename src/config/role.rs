//! `[role]`: the role that is assumed in each account, and how.

use std::collections::BTreeMap;

use serde::Serialize;

use super::print::or_empty;

/// The role of each account and the parameters of its sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// The role's name in each account, with its path in front if it has one: `audit/sagesweep`.
    pub name: String,
    /// The external id that the role's trust policy asks for. It is no secret.
    #[serde(serialize_with = "or_empty")]
    pub external_id: Option<String>,
    /// The name of the sessions, which CloudTrail shows.
    pub session_name: String,
    /// Session tags; the trust policy must allow `sts:TagSession`.
    pub session_tags: BTreeMap<String, String>,
    /// The source identity of the sessions; the trust policy must allow `sts:SetSourceIdentity`.
    #[serde(serialize_with = "or_empty")]
    pub source_identity: Option<String>,
    /// How long a session lasts, in seconds, 900 to 43,200. STS refuses more than 3,600 for a chained one.
    pub duration_seconds: u16,
    /// Whether each session is narrowed to the reads that this program makes.
    pub session_policy: bool,
    /// A role that is assumed first; Organizations and the accounts' roles are reached through it.
    #[serde(serialize_with = "or_empty")]
    pub hub_role_arn: Option<String>,
    /// The external id for the hub role.
    #[serde(serialize_with = "or_empty")]
    pub hub_external_id: Option<String>,
    /// Whether the account we run in is audited with our own credentials although it is not the management account.
    pub own_account_directly: bool,
}

impl Default for Role {
    fn default() -> Self {
        Self {
            name: "sagesweep-audit".to_owned(),
            external_id: None,
            session_name: "sagesweep".to_owned(),
            session_tags: BTreeMap::new(),
            source_identity: None,
            duration_seconds: super::contradiction::LONGEST_CHAINED_SESSION,
            session_policy: true,
            hub_role_arn: None,
            hub_external_id: None,
            own_account_directly: false,
        }
    }
}
