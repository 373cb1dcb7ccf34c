//! A region of an account as a whole: what SageMaker is used for there, as the cells before show it. Nothing is called for
//! it, and where none of them could be read there is nothing to tell.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Kind, Read, Resource, Settled, listed};
use crate::{
    coverage::Outcome,
    organization::Target,
    outcome::Refusal,
    resource::ResourceType,
    scan::{
        cell::{Cell, Collected},
        seen::{Before, told_from},
    },
    session::gate::Gate,
};

/// What a resource shows of the use of its region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// A processing job of Clarify.
    ClarifyJob,
    /// A monitoring schedule that is on.
    Monitoring,
    /// A group with an approved model package.
    ApprovedGroup,
    /// A group of which it could not be read whether a package is approved.
    UnreadGroup,
    /// A processing job whose description was refused.
    UndescribedJob,
}

/// The facts of a region of an account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountRegion {
    /// Processing jobs of Clarify.
    pub clarify: Use,
    /// Monitoring schedules that are on.
    pub monitoring: Use,
    /// Model package groups with an approved package.
    pub registry: Use,
    /// Processing jobs that were listed and whose description was refused.
    pub undescribed_jobs: u64,
    /// How the model package groups were read; none where they are not audited.
    pub groups: Option<Outcome>,
}

/// Whether something is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// By so many resources.
    By(u64),
    /// By none.
    Unused,
    /// None was seen, and there may be some: why.
    Untold(String),
}

impl Default for Use {
    fn default() -> Self {
        Self::Untold("nobody looked".to_owned())
    }
}

impl Use {
    /// The use that resources of a type show by a sign, and by another one that they do not tell.
    fn of(cells: &[Before], resource_type: ResourceType, sign: Sign, untold: Option<Sign>) -> Self {
        let Some(cell) = cells.iter().find(|cell| cell.resource_type == resource_type) else {
            return Self::Untold(format!("{} is not audited", resource_type.slug()));
        };
        match cell.seen.shown(sign) {
            0 if cell.is_gap() => Self::Untold(format!("{}: {}", resource_type.slug(), cell.outcome)),
            0 if untold.is_some_and(|untold| cell.seen.shown(untold) > 0) => {
                Self::Untold(format!("{}: not all could be read", resource_type.slug()))
            }
            0 => Self::Unused,
            resources => Self::By(resources),
        }
    }
}

impl AccountRegion {
    fn of(cells: &[Before]) -> Self {
        let of = |resource_type, sign, untold| Use::of(cells, resource_type, sign, untold);
        let cell = |resource_type| cells.iter().find(|cell| cell.resource_type == resource_type);
        let jobs = cell(ResourceType::ProcessingJob);
        Self {
            clarify: of(ResourceType::ProcessingJob, Sign::ClarifyJob, None),
            monitoring: of(ResourceType::MonitoringSchedule, Sign::Monitoring, None),
            registry: of(ResourceType::ModelPackageGroup, Sign::ApprovedGroup, Some(Sign::UnreadGroup)),
            undescribed_jobs: jobs.map(|cell| cell.seen.shown(Sign::UndescribedJob)).unwrap_or_default(),
            groups: cell(ResourceType::ModelPackageGroup).map(|cell| cell.outcome),
        }
    }
}

impl Kind for AccountRegion {
    const NAME: &'static str = "AWS::SageMaker::AccountRegion";
    const SLUG: &'static str = "account-region";
    const ACTIONS: &'static [&'static str] = &[];
    const SETTLED: Settled = Settled::Never;
    const IS_READ_LAST: bool = true;

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

impl Read for AccountRegion {
    async fn collect(cell: &Arc<Cell>) -> Collected {
        let shows = [ResourceType::ProcessingJob, ResourceType::MonitoringSchedule, ResourceType::ModelPackageGroup];
        let before = cell.neighbours().before(|resource_type| shows.contains(&resource_type));
        let mut collected = told_from(&before, "what SageMaker is used for");
        // Where none of them was read, there is nothing to judge.
        if collected.method.is_none() {
            return collected;
        }
        match cell.deliver(vec![resource(cell, Self::of(&before))], None).await {
            Ok(delivered) => collected.listed = delivered,
            Err(refusal) => {
                collected.outcome = Outcome::Partial;
                collected.refusal = Some(refusal);
            }
        }
        collected
    }

    /// There is no action to be tried.
    async fn probe(_gate: &Gate, _target: &Target, _action: &'static str) -> Result<(), Refusal> {
        Ok(())
    }
}

fn resource(cell: &Cell, facts: AccountRegion) -> Resource {
    Resource {
        // AWS names no such thing.
        arn: listed::arn(&cell.target, AccountRegion::SLUG),
        name: cell.target.region.to_string(),
        created_at: None,
        modified_at: None,
        state: None,
        origin: None,
        role_arn: None,
        tags: BTreeMap::new(),
        observed_at: cell.now(),
        facts: facts.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        resource::{
            Facts,
            model_package_group::{Approved, ModelPackageGroup},
            processing_job::ProcessingJob,
        },
        scan::seen::Seen,
    };

    fn cell(resource_type: ResourceType, outcome: Outcome, facts: &[Facts]) -> Before {
        Before { resource_type, outcome, seen: Seen::of(facts) }
    }

    #[test]
    fn what_is_used_is_told_by_what_was_seen_and_nothing_is_sure_only_where_all_was_read() {
        let job =
            |image: &str| Facts::from(ProcessingJob { image: Some(image.to_owned()), ..ProcessingJob::default() });
        let clarify = "306415355426.dkr.ecr.us-west-2.amazonaws.com/sagemaker-clarify-processing:1.0";
        let told = |outcome, images: &[&str]| {
            let jobs = images.iter().map(|image| job(image)).collect::<Vec<_>>();
            AccountRegion::of(&[cell(ResourceType::ProcessingJob, outcome, &jobs)]).clarify
        };
        assert_eq!(told(Outcome::Complete, &[clarify, "mine", clarify]), Use::By(2));
        assert_eq!(told(Outcome::Complete, &["mine"]), Use::Unused);
        assert_eq!(told(Outcome::NotSupported, &[]), Use::Unused);
        assert_eq!(told(Outcome::Partial, &[clarify]), Use::By(1));
        assert_eq!(told(Outcome::Partial, &["mine"]), Use::Untold("processing-job: PARTIAL".to_owned()));
        let denied = Facts::Unreadable { resource_type: ResourceType::ProcessingJob, why: "denied".to_owned() };
        let region = AccountRegion::of(&[cell(ResourceType::ProcessingJob, Outcome::Partial, &[denied])]);
        assert_eq!((region.undescribed_jobs, region.groups), (1, None));
        assert!(matches!(region.clarify, Use::Untold(_)));
        assert_eq!(AccountRegion::of(&[]).clarify, Use::Untold("processing-job is not audited".to_owned()));
    }

    #[test]
    fn a_group_that_could_not_be_read_leaves_the_use_of_the_registry_open() {
        let told = |groups: Vec<Approved>| {
            let groups =
                groups.into_iter().map(|approved| Facts::from(ModelPackageGroup { approved })).collect::<Vec<_>>();
            AccountRegion::of(&[cell(ResourceType::ModelPackageGroup, Outcome::Complete, &groups)]).registry
        };
        let unread = || Approved::Unread("denied".to_owned());
        assert_eq!(told(vec![unread(), Approved::Yes]), Use::By(1));
        assert_eq!(told(vec![Approved::No]), Use::Unused);
        assert!(matches!(told(vec![unread(), Approved::No]), Use::Untold(_)));
        let throttled = AccountRegion::of(&[cell(ResourceType::ModelPackageGroup, Outcome::Throttled, &[])]);
        assert_eq!(throttled.groups, Some(Outcome::Throttled));
    }
}
