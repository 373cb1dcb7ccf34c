//! One training job: what was drawn for it, and the truth that an audit has to find.

use jiff::{Timestamp, tz::Offset};

use super::cell::Cell;
use super::digits::{decimal, hex};
use super::draw::Draw;
use super::hostile;
use super::scenario::{Instances, KeyUse, Scenario};

/// A text that stands among the environment variables and hyperparameters of many jobs, and must never leave an audit.
pub const CANARY: &str = "canary-7d1f0c52-must-never-be-kept";

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobStatus {
    /// It runs.
    InProgress,
    /// It ended well.
    Completed,
    /// It ended in an error.
    Failed,
    /// It was stopped.
    Stopped,
}

impl JobStatus {
    /// The status as the API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Completed => "Completed",
            Self::Failed => "Failed",
            Self::Stopped => "Stopped",
        }
    }
}

/// What created a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parent {
    /// Nothing: somebody did.
    None,
    /// A hyperparameter tuning job.
    Tuning,
    /// An `AutoML` job.
    AutoMl,
    /// A labeling job.
    Labeling,
}

/// Instances of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstanceGroup {
    /// The type, such as `ml.m5.xlarge`.
    pub instance_type: &'static str,
    /// How many.
    pub count: u64,
}

/// A training job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// Its number in the cell, oldest first, the deleted ones counted.
    pub index: u64,
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created, to the millisecond.
    pub created_at: Timestamp,
    /// When it ended; none while it runs.
    pub ended_at: Option<Timestamp>,
    /// Its state.
    pub status: JobStatus,
    /// What it does about encryption.
    pub scenario: Scenario,
    /// The volume key as the answers have it.
    pub volume_key: Option<String>,
    /// The output key as the answers have it.
    pub output_key: Option<String>,
    /// The instances: one entry, or one for each group; none for a serverless job. Of preferences, the selected one.
    pub instances: Vec<InstanceGroup>,
    /// Whether the container has no network.
    pub network_isolation: bool,
    /// Whether traffic between containers is encrypted.
    pub traffic_encryption: bool,
    /// Whether it runs in the account's own VPC.
    pub vpc: bool,
    /// What created it.
    pub parent: Parent,
    /// Its tags.
    pub tags: Vec<(&'static str, String)>,
    pub(super) algorithm: &'static str,
    /// Draws of no meaning, for what fills the answers.
    pub(super) dice: u64,
}

pub(super) const ALGORITHMS: [&str; 8] =
    ["bert-classifier", "deepar", "hf-finetune", "lightgbm", "pytorch-ddp", "resnet50", "tabnet", "xgboost"];
const EBS: [&str; 9] = [
    "ml.m5.xlarge",
    "ml.m5.2xlarge",
    "ml.m5.4xlarge",
    "ml.c5.2xlarge",
    "ml.c5.9xlarge",
    "ml.p3.2xlarge",
    "ml.p3.8xlarge",
    "ml.m6i.4xlarge",
    "ml.c6i.8xlarge",
];
const NVME: [&str; 8] = [
    "ml.g5.2xlarge",
    "ml.g5.12xlarge",
    "ml.g4dn.xlarge",
    "ml.p4d.24xlarge",
    "ml.p5.48xlarge",
    "ml.trn1.32xlarge",
    "ml.g6.4xlarge",
    "ml.trn1.2xlarge",
];
const UNKNOWN: [&str; 2] = ["ml.zz9.48xlarge", "ml.q1x.2xlarge"];

impl Job {
    /// The job of a number in a cell. The order of the draws is part of what a seed means.
    pub(super) fn draw(cell: &Cell, index: u64) -> Self {
        let created = cell.created_ms(index);
        let mut draw = Draw::new(&[cell.seed, index]);
        let algorithm = algorithm(&mut draw);
        let drawn = Scenario::draw(&mut draw, cell.flawed);
        let mut scenario = cell.given(index).unwrap_or(drawn);
        if cell.keys.partner.is_none() {
            // An organization of one readable account has no foreign keys of its own.
            for usage in [&mut scenario.volume, &mut scenario.output] {
                if *usage == KeyUse::ForeignInOrganization {
                    *usage = KeyUse::KeyArn;
                }
            }
        }
        if cell.no_serverless && scenario.instances == Instances::Serverless {
            scenario.instances = Instances::Nvme;
        }
        let (volume_dice, output_dice) = (draw.bits() >> 16, draw.bits() >> 16);
        // As AWS does: no output key comes back as an empty text, no volume key not at all.
        let output_key = Some(cell.keys.text(scenario.output, output_dice).unwrap_or_default());
        let volume_key = cell.keys.text(scenario.volume, volume_dice);
        let instances = instances(&mut draw, scenario.instances);
        let careful = 88 - cell.flawed / 10;
        let (network_isolation, traffic_encryption, vpc) =
            (draw.percent(careful), draw.percent(careful.saturating_sub(10)), draw.percent(careful));
        let parent = draw.weighted(&[(12, Parent::Tuning), (4, Parent::AutoMl), (2, Parent::Labeling)], Parent::None);
        let minutes = 5 + draw.below(60) * draw.below(20);
        let ended = created.saturating_add(i64::try_from(minutes).unwrap_or_default() * 60_000 + 417);
        let outcome = draw.weighted(&[(8, JobStatus::Failed), (4, JobStatus::Stopped)], JobStatus::Completed);
        let running = ended > cell.calendar.end;
        let tags = tags(&mut draw, cell);
        let dice = draw.bits();
        let created_at = Timestamp::from_millisecond(created).unwrap_or_default();
        let name = match cell.deletions.named_after(index) {
            Some(deleted) => Self::draw(cell, deleted).name,
            None => name(cell, algorithm, created_at, index, dice),
        };
        let (region, account) = (cell.region().as_str(), cell.account());
        Self {
            arn: ["arn:aws:sagemaker:", region, ":", account.as_str(), ":training-job/", &name].concat(),
            index,
            name,
            created_at,
            ended_at: if running { None } else { Timestamp::from_millisecond(ended).ok() },
            status: if running { JobStatus::InProgress } else { outcome },
            scenario,
            volume_key,
            output_key,
            instances,
            network_isolation,
            traffic_encryption,
            vpc,
            parent,
            tags,
            algorithm,
            dice,
        }
    }

    /// How many instances it has in all.
    pub fn instance_count(&self) -> u64 {
        self.instances.iter().map(|group| group.count).sum()
    }

    /// When it last changed.
    pub fn last_modified_at(&self) -> Timestamp {
        self.ended_at.unwrap_or(self.created_at)
    }
}

/// Team, algorithm, day, index, and a draw.
fn name(cell: &Cell, algorithm: &str, created_at: Timestamp, index: u64, dice: u64) -> String {
    let day = Offset::UTC.to_datetime(created_at).date();
    let number = |part: i16| u64::from(part.unsigned_abs());
    let mut name = String::with_capacity(64);
    name.push_str(cell.team);
    name.push('-');
    name.push_str(algorithm);
    for (value, width) in
        [(number(day.year()), 4), (number(day.month().into()), 2), (number(day.day().into()), 2), (index, 7)]
    {
        name.push('-');
        decimal(&mut name, value, width);
    }
    name.push('-');
    hex(&mut name, dice & 0xffff, 4);
    name
}

fn algorithm(draw: &mut Draw) -> &'static str {
    draw.one_of(&ALGORITHMS)
}

/// The algorithm of a job without the job, by which names are sorted.
pub(super) fn algorithm_of(cell: &Cell, index: u64) -> &'static str {
    algorithm(&mut Draw::new(&[cell.seed, index]))
}

fn instances(draw: &mut Draw, kind: Instances) -> Vec<InstanceGroup> {
    let count = if draw.percent(18) { 2 + draw.below(7) } else { 1 };
    let (ebs, nvme, other, unknown) =
        (draw.one_of(&EBS), draw.one_of(&NVME), draw.one_of(&NVME), draw.one_of(&UNKNOWN));
    let group = |instance_type, count| InstanceGroup { instance_type, count };
    match kind {
        Instances::Ebs | Instances::SelectedPreference => vec![group(ebs, count)],
        Instances::Nvme => vec![group(nvme, count)],
        Instances::MixedGroups => vec![group(nvme, count), group(ebs, 1)],
        Instances::AllNvmeGroups => vec![group(nvme, count), group(other, 1)],
        Instances::Serverless => Vec::new(),
        Instances::UnknownType => vec![group(unknown, count)],
    }
}

fn tags(draw: &mut Draw, cell: &Cell) -> Vec<(&'static str, String)> {
    let mut tags = Vec::new();
    if draw.percent(85) {
        let mut project = [cell.team, "-"].concat();
        decimal(&mut project, draw.below(20), 2);
        tags.push(("project", project));
        tags.push(("env", cell.environment.to_owned()));
        if draw.percent(70) {
            let owner = draw.one_of(&["ana", "bo", "chidi", "devi", "emre", "fatou"]);
            tags.push(("owner", [owner, ".", cell.team, "@example.com"].concat()));
        }
    }
    if cell.hostile {
        tags.push((hostile::text(draw.bits() >> 8), hostile::text(draw.bits() >> 8).to_owned()));
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::super::{Organization, Shape};
    use super::*;

    #[test]
    fn names_fit_and_arns_hold_them() {
        let organization = Organization::new(&Shape { jobs: 2_000, ..Shape::default() });
        for job in organization.cells().iter().flat_map(Cell::jobs) {
            assert!(
                job.name.len() <= 63 && job.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{}",
                job.name
            );
            assert!(job.arn.ends_with(&format!("/{}", job.name)));
        }
    }

    #[test]
    fn a_third_of_the_jobs_lack_a_fit_key() {
        let fit = |usage| {
            matches!(
                usage,
                KeyUse::KeyId
                    | KeyUse::KeyArn
                    | KeyUse::AliasName
                    | KeyUse::AliasArn
                    | KeyUse::ForeignInOrganization
                    | KeyUse::ForeignOutside
                    | KeyUse::Denied
            )
        };
        let organization = Organization::new(&Shape::default());
        let (mut failing, mut all) = (0, 0);
        for job in organization.cells().iter().flat_map(Cell::jobs) {
            let volume_fails = job.scenario.instances.takes_volume_key() && !fit(job.scenario.volume);
            failing += u64::from(volume_fails || !fit(job.scenario.output));
            all += 1;
        }
        assert_eq!(all, 20_000);
        assert!((25..45).contains(&(failing * 100 / all)), "{} %", failing * 100 / all);
    }
}
