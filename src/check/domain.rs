//! The checks of domains.

/// Commands that create a domain like the one described, with a change made by `jq`, and delete that one.
macro_rules! again {
    ($change:literal) => {
        concat!(
            "aws sagemaker describe-domain --region {region} --domain-id {name} |\n  \
             jq '{ AuthMode, DefaultUserSettings, DefaultSpaceSettings, DomainSettings, SubnetIds, VpcId,\n    \
             AppNetworkAccessType, AppSecurityGroupManagement, TagPropagation, KmsKeyId } | del(.. | nulls) |\n    ",
            $change,
            "' > domain.json\n\
             aws sagemaker create-domain --region {region} --domain-name … --cli-input-json file://domain.json\n\
             # when people and files have moved, and apps, spaces and profiles are deleted:\n\
             aws sagemaker delete-domain --region {region} --domain-id {name} \\\n  \
             --retention-policy HomeEfsFileSystem=Retain"
        )
    };
}

pub mod customer_managed_keys;
pub mod docker_access;
pub mod output_keys;
pub mod sso;
pub mod tagged;
pub mod vpc_only;
