//! User profiles of domains, which may override where one person writes. They are named `domain/profile`, since two
//! domains may have a profile of the same name. Spaces have nothing of the kind in their description, so that they are
//! no type of ours.

use aws_sdk_sagemaker::types::{UserProfileDetails, UserProfileStatus};
use serde::{Deserialize, Serialize};

use super::{
    Kind, Settled,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    user_settings::Outputs,
};
use crate::{outcome::Refusal, session::gate::Gate};

/// The facts of a user profile.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct UserProfile {
    /// `UserSettings`: where the person writes, as far as it overrides what the domain says.
    pub outputs: Outputs,
}

impl Kind for UserProfile {
    const NAME: &'static str = "AWS::SageMaker::UserProfile";
    const SLUG: &'static str = "user-profile";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, Self::DESCRIBE];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        self.outputs.keys()
    }
}

impl Listed for UserProfile {
    const LIST: &'static str = "sagemaker:ListUserProfiles";
    const DESCRIBE: &'static str = "sagemaker:DescribeUserProfile";
    const NOBODY: &'static str = "d-sagesweep-looks-for-nothing/sagesweep-looks-for-nothing";

    listed::page!(list_user_profiles, user_profiles, "UserProfiles");

    async fn describe(gate: &Gate, line: &Line) -> Result<Described<Self>, Refusal> {
        let client = gate.sagemaker();
        let (domain, name) = line.name.split_once('/').unwrap_or_default();
        let send = || client.describe_user_profile().domain_id(domain).user_profile_name(name).send();
        let profile = gate.call(Self::DESCRIBE, send).await?;
        let settings = profile.user_settings();
        Ok(Described {
            arn: said(profile.user_profile_arn()),
            state: said(profile.status().map(UserProfileStatus::as_str)),
            modified_at: moment(profile.last_modified_time()),
            role_arn: said(settings.and_then(|settings| settings.execution_role())),
            ..Described::new(Self { outputs: Outputs::of(settings) })
        })
    }
}

/// A line, which has no ARN: until the description tells it, it is made of the same parts as this name.
fn line(profile: &UserProfileDetails) -> Option<Line> {
    let name = format!("{}/{}", said(profile.domain_id())?, said(profile.user_profile_name())?);
    Some(Line {
        created_at: moment(profile.creation_time()),
        modified_at: moment(profile.last_modified_time()),
        state: said(profile.status().map(UserProfileStatus::as_str)),
        ..Line::named(Some(&name), None)?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_named_with_its_domain_and_without_either_part_it_has_no_name() {
        let profile = |domain: &str, name: &str| {
            let details = UserProfileDetails::builder().domain_id(domain).user_profile_name(name).build();
            line(&details).map(|line| line.name)
        };
        assert_eq!(profile("d-1", "ann").as_deref(), Some("d-1/ann"));
        assert_ne!(profile("d-1", "ann"), profile("d-2", "ann"));
        assert_eq!([profile("d-1", ""), profile("", "ann")], [None, None]);
    }
}
