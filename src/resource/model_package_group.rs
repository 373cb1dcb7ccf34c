//! Groups of model packages. Which of them has an approved package is told by one listing of the approved packages of the
//! place; neither groups nor packages are described for that.

use std::collections::HashSet;

use aws_sdk_sagemaker::types::{
    ModelApprovalStatus, ModelPackageGroupStatus, ModelPackageGroupSummary, ModelPackageSummary, ModelPackageType,
};
use serde::{Deserialize, Serialize};

use super::{
    Facts, Kind, Resource, Settled,
    account_region::Sign,
    answer::{moment, said},
    listed::{self, Described, Line, Listed},
    model_package::ModelPackage,
};
use crate::{organization::Target, outcome::Refusal, paging::Pages, scan::cell::Cell, session::gate::Gate};

/// The facts of a model package group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelPackageGroup {
    /// Whether one of its packages has the `ModelApprovalStatus` `Approved`.
    pub approved: Approved,
}

/// Whether a group has an approved package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approved {
    /// It has.
    Yes,
    /// It has none.
    No,
    /// Not to be told: why.
    Unread(String),
}

impl Default for Approved {
    fn default() -> Self {
        Self::Unread("its packages were not listed".to_owned())
    }
}

/// The groups of a place that have an approved package, as far as these could be listed.
#[derive(Debug, Default)]
pub struct ApprovedGroups {
    names: HashSet<String>,
    refusal: Option<Refusal>,
}

impl ApprovedGroups {
    fn has(&self, group: &str) -> Approved {
        match &self.refusal {
            _ if self.names.contains(group) => Approved::Yes,
            Some(refusal) => Approved::Unread(format!("{}: {}", refusal.api, refusal.code)),
            None => Approved::No,
        }
    }

    async fn read(cell: &Cell) -> Self {
        let (mut groups, mut pages) = (Self::default(), Pages::new(ModelPackage::LIST));
        while pages.more() {
            if let Err(refusal) = groups.page(cell, &mut pages).await {
                groups.refusal = Some(refusal);
                break;
            }
        }
        groups
    }

    async fn page(&mut self, cell: &Cell, pages: &mut Pages) -> Result<(), Refusal> {
        let client = cell.sagemaker();
        let approved = || {
            let versions = client.list_model_packages().model_package_type(ModelPackageType::Versioned);
            versions.model_approval_status(ModelApprovalStatus::Approved).max_results(100)
        };
        let send = || approved().set_next_token(pages.token()).send();
        let answer = cell.gate.call(ModelPackage::LIST, send).await?;
        cell.step(ModelPackage::LIST);
        let packages = answer.model_package_summary_list.as_deref();
        let packages = packages.ok_or_else(|| Refusal::lacks(ModelPackage::LIST, "ModelPackageSummaryList"))?;
        self.names.extend(packages.iter().filter_map(approves));
        pages.turn(answer.next_token(), packages.len())
    }
}

/// The group that a package is an approved one of. It is asked for approved ones only, and what is not is left out.
fn approves(package: &ModelPackageSummary) -> Option<String> {
    let is_approved = package.model_approval_status() == Some(&ModelApprovalStatus::Approved);
    said(package.model_package_group_name()).filter(|_| is_approved)
}

impl Kind for ModelPackageGroup {
    const NAME: &'static str = "AWS::SageMaker::ModelPackageGroup";
    const SLUG: &'static str = "model-package-group";
    const ACTIONS: &'static [&'static str] = &[Self::LIST, ModelPackage::LIST];
    const SETTLED: Settled = Settled::Never;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }

    fn sign(&self) -> Option<Sign> {
        match self.approved {
            Approved::Yes => Some(Sign::ApprovedGroup),
            Approved::No => None,
            Approved::Unread(_) => Some(Sign::UnreadGroup),
        }
    }

    fn is_whole(&self) -> bool {
        !matches!(self.approved, Approved::Unread(_))
    }

    async fn confirm(cell: &Cell, mut resources: Vec<Resource>) -> (Vec<Resource>, Option<Refusal>) {
        if resources.is_empty() {
            return (resources, None);
        }
        let approved = cell.neighbours().approved(ApprovedGroups::read(cell)).await;
        for resource in &mut resources {
            if let Facts::ModelPackageGroup(group) = &mut resource.facts {
                group.approved = approved.has(&resource.name);
            }
        }
        (resources, approved.refusal.clone())
    }
}

impl Listed for ModelPackageGroup {
    const LIST: &'static str = "sagemaker:ListModelPackageGroups";
    const DESCRIBE: &'static str = ModelPackage::LIST;

    listed::page!(list_model_package_groups, model_package_group_summary_list, "ModelPackageGroupSummaryList");

    /// Nothing is asked of a single group: see [`Kind::confirm`].
    async fn describe(_gate: &Gate, _line: &Line) -> Result<Described<Self>, Refusal> {
        Ok(Described::new(Self::default()))
    }

    async fn attempt(gate: &Gate, target: &Target, action: &'static str) -> Result<(), Refusal> {
        if action == ModelPackage::LIST {
            return listed::attempt::<ModelPackage>(gate, target, action).await;
        }
        listed::attempt::<Self>(gate, target, action).await
    }
}

fn line(group: &ModelPackageGroupSummary) -> Option<Line> {
    Some(Line {
        created_at: moment(group.creation_time()),
        state: said(group.model_package_group_status().map(ModelPackageGroupStatus::as_str)),
        ..Line::named(group.model_package_group_name(), group.model_package_group_arn())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coverage::Outcome;

    #[test]
    fn a_group_is_approved_by_an_approved_package_alone() {
        let package = |status: ModelApprovalStatus| {
            let package = ModelPackageSummary::builder().creation_time(aws_smithy_types::DateTime::from_secs(1));
            package.model_package_group_name("churn").model_approval_status(status).build()
        };
        assert_eq!(approves(&package(ModelApprovalStatus::Approved)).as_deref(), Some("churn"));
        assert_eq!(approves(&package(ModelApprovalStatus::Rejected)), None);
    }

    #[test]
    fn a_listing_that_broke_off_tells_of_the_groups_that_it_reached() {
        let mut groups = ApprovedGroups { names: HashSet::from(["churn".to_owned()]), refusal: None };
        assert_eq!((groups.has("churn"), groups.has("fraud")), (Approved::Yes, Approved::No));
        groups.refusal = Some(Refusal::new(Outcome::AccessDenied, ModelPackage::LIST, "AccessDeniedException", ""));
        let why = "sagemaker:ListModelPackages: AccessDeniedException".to_owned();
        assert_eq!((groups.has("churn"), groups.has("fraud")), (Approved::Yes, Approved::Unread(why)));
    }
}
