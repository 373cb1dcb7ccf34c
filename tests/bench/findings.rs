//! From facts to published Parquet, without calls: rows a second of processor time, bytes a row, and the memory of both.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    path::Path,
    sync::Arc,
    time::Duration,
};

use futures::future;
use jiff::Timestamp;
use sagesweep::{
    check::{CHECKS, Context},
    config::Parameters,
    coverage::{Coverage, History, Method, Outcome, RegionsFrom},
    demo::{Cell, Job, KeyUse, Organization, Parent, Shape},
    effort::Effort,
    exception::Exceptions,
    finding::Finding,
    kms::{Description, Key, Manager, Usability},
    lake::{
        RunContext, RunId, Table,
        publish::{self, Scanned},
        runs::RunFacts,
        staging::{
            self, Bounds,
            unit::{Delivery, End, Extent, Reading, Unit},
        },
        store::Store,
    },
    organization::{Account, Target},
    place::Partition,
    resource::{
        Facts, Origin, OriginKind, Resource, ResourceType,
        training_job::{Instances, RemoteDebugging, TrainingJob},
    },
    scan::seen::Seen,
    secret::Looked,
    session::Clock,
};

use super::{
    Trouble,
    columns::{ColumnSize, MEASURED, column_sizes},
    here,
};

/// What was measured on the way of findings.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// Findings that were judged, staged and published.
    pub findings: u64,
    /// Resources of which they speak.
    pub resources: u64,
    /// Processor time from facts to verdicts.
    pub judging: Duration,
    /// Processor time from facts and verdicts to staged parts.
    pub staging: Duration,
    /// Processor time from staged parts to the commit.
    pub publishing: Duration,
    /// Bytes of the staged parts of all tables.
    pub staged_bytes: u64,
    /// Resident memory at the most, in bytes, what held the facts included.
    pub peak_bytes: u64,
    /// The rows of the published tables.
    pub rows: BTreeMap<Table, u64>,
    /// The columns of the published files, the largest of each table first.
    pub columns: Vec<ColumnSize>,
}

impl Figures {
    /// Resources and verdicts from facts, for each second of processor time.
    pub(super) fn judged_per_cpu_second(&self) -> f64 {
        per_second(self.findings, self.judging)
    }

    /// Findings from facts and verdicts to staged parts, for each second of processor time.
    pub(super) fn staged_per_cpu_second(&self) -> f64 {
        per_second(self.findings, self.staging)
    }

    /// Findings merged and written, with their resources, for each second of processor time.
    pub(super) fn published_per_cpu_second(&self) -> f64 {
        per_second(self.findings, self.publishing)
    }

    /// Bytes of the columns of a table for each of its rows.
    pub(super) fn bytes_per_row(&self, table: Table) -> f64 {
        let rows = self.rows.get(&table).copied().unwrap_or_default();
        let bytes = self.columns.iter().filter(|column| column.table == table).map(|column| column.bytes).sum::<u64>();
        exact(bytes) / exact(rows)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} findings of {} resources", self.findings, self.resources)?;
        writeln!(formatter, "judged    {:>9.0} a cpu second", self.judged_per_cpu_second())?;
        writeln!(formatter, "staged    {:>9.0} a cpu second", self.staged_per_cpu_second())?;
        writeln!(formatter, "published {:>9.0} a cpu second", self.published_per_cpu_second())?;
        writeln!(formatter, "staged    {:>9.1} bytes a finding", exact(self.staged_bytes) / exact(self.findings))?;
        writeln!(formatter, "peak      {:>9} MiB", self.peak_bytes >> 20)?;
        for table in MEASURED {
            writeln!(formatter, "{table}: {:.2} bytes a row", self.bytes_per_row(table))?;
            let rows = self.rows.get(&table).copied().unwrap_or_default();
            for ColumnSize { table: _, column, bytes, encodings } in
                self.columns.iter().filter(|column| column.table == table)
            {
                writeln!(formatter, "  {column:<28} {:>7.3}  {encodings}", exact(*bytes) / exact(rows))?;
            }
        }
        Ok(())
    }
}

fn per_second(rows: u64, time: Duration) -> f64 {
    exact(rows) / time.as_secs_f64()
}

fn exact(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Stages and publishes the findings of `jobs` training jobs of the simulated organization into `root`, in a run that
/// starts so many days after the first.
pub(super) fn measure(jobs: u64, root: &Path, day: i64) -> Result<Figures, Trouble> {
    let organization = Organization::new(&Shape { accounts: 40, regions: 4, jobs, now: start(), ..Shape::default() });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let store = Store::directory(root);
    let started_at = start() + jiff::SignedDuration::from_hours(24 * day);
    let run_id = RunId::new(started_at, 0x0a3f);
    let context = RunContext { run_id: run_id.clone(), owner_tag: "owner".to_owned() };
    let mut figures = Figures {
        findings: 0,
        resources: 0,
        judging: Duration::ZERO,
        staging: Duration::ZERO,
        publishing: Duration::ZERO,
        staged_bytes: 0,
        peak_bytes: 0,
        rows: BTreeMap::new(),
        columns: Vec::new(),
    };
    let cells = organization.cells().iter().filter(|cell| cell.count() > 0).collect::<Vec<_>>();
    let before = here::cpu()?;
    let mut facts = Duration::ZERO;
    let (sender, writer) = runtime.block_on(staging::open(store.clone(), context.clone(), 1, Bounds::default()))?;
    let step = usize::try_from(UNIT_JOBS)?;
    let deliver = async {
        let sender = sender;
        for cell in &cells {
            let mut reading = Read::of(cell, &organization);
            for from in (0..cell.count()).step_by(step) {
                // Making the facts up is no part of the way; it does not overlap with the thread that encodes.
                let began = here::thread_cpu().unwrap_or_default();
                let resources =
                    (from..cell.count().min(from + UNIT_JOBS)).map(|index| reading.resource(cell.job(index)));
                let resources = resources.collect::<Vec<_>>();
                let made = here::thread_cpu().unwrap_or_default();
                let unit = reading.unit(resources);
                figures.findings += count(unit.findings.len());
                figures.resources += count(unit.resources.len());
                let judged = here::thread_cpu().unwrap_or_default();
                figures.judging += judged.saturating_sub(made);
                facts += judged.saturating_sub(began);
                drop(sender.send(Delivery::Unit(unit)).await);
            }
            drop(sender.send(Delivery::Unit(reading.end())).await);
        }
    };
    let (staged, ()) = runtime.block_on(future::join(writer.run(), deliver));
    figures.staged_bytes = staged?.bytes;
    figures.staging = here::cpu()?.saturating_sub(before).saturating_sub(facts);

    let parts = runtime.block_on(staging::parts(&store, &run_id))?;
    let (gaps, checks, exceptions) = (Vec::new(), Vec::new(), Exceptions::default());
    let scanned = Scanned { facts: run_facts(run_id, started_at), context, parts, gaps, checks, exceptions };
    let before = here::cpu()?;
    let published = publish::publish(&store, scanned, publish::Shape::default(), Clock::Fixed(start()), None);
    let published = runtime.block_on(published)?;
    figures.publishing = here::cpu()?.saturating_sub(before);
    figures.peak_bytes = here::peak()?;
    figures.columns = column_sizes(root, &published)?;
    for table in MEASURED {
        let ours = published.run.objects.iter().filter(|object| object.key.starts_with(&table.root()));
        figures.rows.insert(table, ours.map(|object| object.rows).sum());
    }
    Ok(figures)
}

/// Jobs in a unit: ten pages of a search.
const UNIT_JOBS: u64 = 1_000;

fn start() -> Timestamp {
    Timestamp::constant(1_795_490_100, 0)
}

fn run_facts(run_id: RunId, started_at: Timestamp) -> RunFacts {
    RunFacts {
        run_id,
        started_at,
        engine_version: "0".to_owned(),
        ruleset_version: "0".to_owned(),
        exceptions_sha256: None,
        config_sha256: String::new(),
        caller_arn: String::new(),
        org_id: None,
        scope_accounts: 0,
        scope_regions: 0,
        effort: Effort::default(),
        floor_percent: 0.0,
    }
}

/// The reading of one cell.
struct Read {
    target: Arc<Target>,
    reading: Reading,
    keys: HashMap<String, Arc<Key>>,
    seen: u64,
}

impl Read {
    fn of(cell: &Cell, organization: &Organization) -> Self {
        let name = organization.account(cell.account()).map(|account| account.name.clone()).unwrap_or_default();
        let account = Account {
            id: cell.account(),
            name,
            organization_id: Some("o-abc1234567".to_owned()),
            ou_id: Some("ou-ab12-11111111".to_owned()),
            ou_path: Some("/Workloads/Prod".to_owned()),
            tags: [("owner".to_owned(), "platform".to_owned())].into(),
        };
        let target = Target {
            account: Arc::new(account),
            region: cell.region().clone(),
            partition: Partition::Aws,
            regions_from: RegionsFrom::ListRegions,
        };
        Self { target: Arc::new(target), reading: Reading::new(), keys: HashMap::new(), seen: 0 }
    }

    fn resource(&mut self, job: Job) -> Resource {
        let account = self.target.account.id;
        for (text, usage) in [(&job.volume_key, job.scenario.volume), (&job.output_key, job.scenario.output)] {
            if let Some(text) = text.as_ref().filter(|text| !self.keys.contains_key(*text)) {
                self.keys.insert(text.clone(), Arc::new(key(text, usage)));
            }
        }
        let bucket = format!("s3://team-ml-{}/{}", self.target.region, job.name);
        let page = i64::try_from(self.seen / 100).unwrap_or_default();
        self.seen += 1;
        let kind = match job.parent {
            Parent::None => None,
            Parent::Tuning => Some(OriginKind::TuningJob),
            Parent::AutoMl => Some(OriginKind::AutoMlJob),
            Parent::Labeling => Some(OriginKind::LabelingJob),
        };
        let types = job.instances.iter().map(|group| group.instance_type.to_owned()).collect::<Vec<_>>();
        Resource {
            created_at: Some(job.created_at),
            modified_at: Some(job.last_modified_at()),
            state: Some(job.status.as_str().to_owned()),
            origin: kind.map(|kind| Origin { kind, reference: format!("parent-{:03}", job.index / 30) }),
            role_arn: Some(format!("arn:aws:iam::{account}:role/service-role/sagemaker-team")),
            tags: job.tags.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
            observed_at: start() + jiff::SignedDuration::from_millis(page * 217),
            facts: Facts::TrainingJob(Box::new(TrainingJob {
                instance_count: i64::try_from(job.instance_count()).ok(),
                instances: match types.as_slice() {
                    [] => Instances::Serverless,
                    [one] => Instances::Type(one.clone()),
                    _ => Instances::Groups(types),
                },
                volume_key: job.volume_key,
                output_key: job.output_key,
                output_location: Some(bucket),
                network_isolation: job.network_isolation,
                inter_container_encryption: job.traffic_encryption,
                subnets: if job.vpc { vec!["subnet-0123456789abcdef0".to_owned()] } else { Vec::new() },
                security_groups: if job.vpc { vec!["sg-0123456789abcdef0".to_owned()] } else { Vec::new() },
                image: Some("763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch:2.3-gpu-py311".to_owned()),
                algorithm: None,
                secondary_status: Some(job.status.as_str().to_owned()),
                remote_debugging: RemoteDebugging::Ended,
                secrets: Looked::through([]),
            })),
            arn: job.arn,
            name: job.name,
        }
    }

    fn unit(&self, resources: Vec<Resource>) -> Unit {
        let (tags, parameters) = (BTreeMap::new(), Parameters::default());
        let context = Context { keys: &self.keys, tags: &tags, parameters: &parameters, organization: None };
        let mut unit = self.empty();
        for resource in resources.into_iter().map(Arc::new) {
            for check in CHECKS {
                if let Some(verdict) = check.evaluate(&resource.facts, context) {
                    let (target, resource) = (Arc::clone(&self.target), Arc::clone(&resource));
                    unit.findings.push(Finding { target, resource, check, verdict, exception: None });
                }
            }
            unit.resources.push(resource);
        }
        unit
    }

    fn empty(&self) -> Unit {
        Unit {
            target: Arc::clone(&self.target),
            resource_type: ResourceType::TrainingJob,
            reading: self.reading,
            resources: Vec::new(),
            findings: Vec::new(),
            extent: Extent::Piece,
        }
    }

    fn end(&self) -> Unit {
        let coverage = Coverage {
            target: Arc::clone(&self.target),
            resource_type: ResourceType::TrainingJob,
            outcome: Outcome::Complete,
            refusal: None,
            method: Some(Method::Search),
            listed: self.seen,
            evaluated: self.seen,
            checks_unknown: 0,
            history: History::default(),
            window_start: None,
            window_end: Some(start()),
            started_at: start(),
            duration_ms: 1234,
            detail: None,
        };
        let end = End { coverage, adopted: Vec::new(), resources: self.seen, seen: Seen::default() };
        Unit { extent: Extent::End(Box::new(end)), ..self.empty() }
    }
}

/// What stands behind a key, by what the simulator means with it.
fn key(text: &str, usage: KeyUse) -> Key {
    let described = |manager, usability, state: &str| {
        let (arn, state) = (format!("arn:aws:kms:eu-west-1:111122223333:key/{text}"), state.to_owned());
        let (spec, origin) = (Some("SYMMETRIC_DEFAULT".to_owned()), Some("AWS_KMS".to_owned()));
        let (deletion_date, created_at, multi_region) = (None, Some(start()), false);
        Key::Described(Description {
            arn,
            manager,
            usability,
            state,
            deletion_date,
            created_at,
            spec,
            origin,
            multi_region,
        })
    };
    match usage {
        KeyUse::AwsManagedAlias if text.starts_with("alias/") => Key::AwsManagedAlias,
        KeyUse::AwsManagedAlias => described(Manager::Aws, Usability::Usable, "Enabled"),
        KeyUse::Denied => Key::Unreadable { why: "kms:DescribeKey AccessDeniedException".to_owned() },
        KeyUse::Absent | KeyUse::EmptyText => Key::NotFound,
        _ if text.len().is_multiple_of(9) => described(Manager::Customer, Usability::StateForbids, "Disabled"),
        KeyUse::KeyId
        | KeyUse::KeyArn
        | KeyUse::AliasName
        | KeyUse::AliasArn
        | KeyUse::AwsManagedArn
        | KeyUse::ForeignInOrganization
        | KeyUse::ForeignOutside
        | KeyUse::Disabled
        | KeyUse::PendingDeletion
        | KeyUse::NotFound
        | KeyUse::OtherRegion => described(Manager::Customer, Usability::Usable, "Enabled"),
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
