//! The operations that the simulated services know, by the names that requests carry.

/// A service; every request names it in its credential scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Service {
    Account,
    Kms,
    Organizations,
    SageMaker,
    Sts,
}

impl Service {
    /// The service that a credential scope names.
    pub(super) fn from_scope(name: &str) -> Option<Self> {
        match name {
            "account" => Some(Self::Account),
            "kms" => Some(Self::Kms),
            "organizations" => Some(Self::Organizations),
            "sagemaker" => Some(Self::SageMaker),
            "sts" => Some(Self::Sts),
            _ => None,
        }
    }

    /// What `X-Amz-Target` begins with in the services that use it.
    pub(super) fn target(self) -> &'static str {
        match self {
            Self::Kms => "TrentService.",
            Self::Organizations => "AWSOrganizationsV20161128.",
            Self::SageMaker => "SageMaker.",
            Self::Account | Self::Sts => "",
        }
    }
}

macro_rules! operations {
    ($($variant:ident = $service:ident $name:literal $action:literal,)*) => {
        /// An operation of a service.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) enum Operation { $($variant,)* }

        impl Operation {
            /// The operation of a service with this name.
            pub(super) fn find(service: Service, name: &str) -> Option<Self> {
                match (service, name) {
                    $((Service::$service, $name) => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// `service:Operation`, which is also the IAM action.
            pub(super) fn action(self) -> &'static str {
                match self { $(Self::$variant => $action,)* }
            }

            /// The service it belongs to.
            pub(super) fn service(self) -> Service {
                match self { $(Self::$variant => Service::$service,)* }
            }
        }
    };
}

operations! {
    ListRegions = Account "ListRegions" "account:ListRegions",
    DescribeKey = Kms "DescribeKey" "kms:DescribeKey",
    GetPublicKey = Kms "GetPublicKey" "kms:GetPublicKey",
    Sign = Kms "Sign" "kms:Sign",
    DescribeOrganization = Organizations "DescribeOrganization" "organizations:DescribeOrganization",
    DescribeOrganizationalUnit = Organizations "DescribeOrganizationalUnit" "organizations:DescribeOrganizationalUnit",
    ListAccounts = Organizations "ListAccounts" "organizations:ListAccounts",
    ListAccountsForParent = Organizations "ListAccountsForParent" "organizations:ListAccountsForParent",
    ListOrganizationalUnitsForParent = Organizations "ListOrganizationalUnitsForParent" "organizations:ListOrganizationalUnitsForParent",
    ListRoots = Organizations "ListRoots" "organizations:ListRoots",
    ListTagsForResource = Organizations "ListTagsForResource" "organizations:ListTagsForResource",
    DescribeTrainingJob = SageMaker "DescribeTrainingJob" "sagemaker:DescribeTrainingJob",
    ListTags = SageMaker "ListTags" "sagemaker:ListTags",
    ListTrainingJobs = SageMaker "ListTrainingJobs" "sagemaker:ListTrainingJobs",
    Search = SageMaker "Search" "sagemaker:Search",
    AssumeRole = Sts "AssumeRole" "sts:AssumeRole",
    GetCallerIdentity = Sts "GetCallerIdentity" "sts:GetCallerIdentity",
}

impl Operation {
    /// The member that holds the page of a listing, if it is one.
    pub(super) fn page_member(self) -> Option<&'static str> {
        match self {
            Self::ListRegions => Some("Regions"),
            Self::ListAccounts | Self::ListAccountsForParent => Some("Accounts"),
            Self::ListOrganizationalUnitsForParent => Some("OrganizationalUnits"),
            Self::ListRoots => Some("Roots"),
            Self::ListTagsForResource | Self::ListTags => Some("Tags"),
            Self::ListTrainingJobs => Some("TrainingJobSummaries"),
            Self::Search => Some("Results"),
            Self::DescribeKey
            | Self::GetPublicKey
            | Self::Sign
            | Self::DescribeOrganization
            | Self::DescribeOrganizationalUnit
            | Self::DescribeTrainingJob
            | Self::AssumeRole
            | Self::GetCallerIdentity => None,
        }
    }
}
