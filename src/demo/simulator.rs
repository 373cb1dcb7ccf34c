//! The simulator as its users see it: started, asked for its endpoint and its counts, stopped by being dropped.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::task::JoinSet;

use super::behaviour::Behaviour;
use super::bucket::Buckets;
use super::fault::{FaultRule, Faults};
use super::organization::Organization;
use super::quota::{Count, Ledger};
use super::server::listen;
use super::shape::Shape;
use super::signing_key::SigningKey;
use super::world::World;
use crate::place::{AccountId, Region};

/// A running simulated organization. Dropping it ends all its connections.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    world: Arc<World>,
    _server: JoinSet<()>,
}

impl Simulator {
    /// Builds the organization and serves it on a free port of the loopback address, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When no port can be opened.
    pub async fn start(shape: &Shape, behaviour: Behaviour) -> io::Result<Self> {
        let world = Arc::new(World {
            organization: Organization::new(shape),
            ledger: Ledger::new(behaviour.quotas.clone()),
            faults: Faults::new(shape.seed, &behaviour.faults),
            behaviour,
            aws_alias_descriptions: AtomicU64::new(0),
            buckets: Buckets::default(),
            connections: AtomicU64::new(0),
            signing_key: SigningKey::generate()?,
            sessions_at_large: AtomicU64::new(0),
        });
        let mut server = JoinSet::new();
        let address = listen(Arc::clone(&world), &mut server).await?;
        Ok(Self { address, world, _server: server })
    }

    /// `http://127.0.0.1:PORT`, for every service.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The organization, which is the truth that an audit has to find.
    pub fn organization(&self) -> &Organization {
        &self.world.organization
    }

    /// What is in the buckets.
    pub fn buckets(&self) -> &Buckets {
        &self.world.buckets
    }

    /// How many calls each rule of [`Behaviour::faults`] has befallen.
    pub fn befallen(&self) -> Vec<(&FaultRule, u64)> {
        self.world.faults.befallen()
    }

    /// Calls by account, region and IAM action, `service:Operation`; calls of operations that do not exist are not among them.
    pub fn counts(&self) -> BTreeMap<(AccountId, Region, &'static str), Count> {
        self.world.ledger.counts()
    }

    /// How often a name `alias/aws/…` was described, by which a reader would write: AWS creates the key. None should be.
    pub fn aws_alias_descriptions(&self) -> u64 {
        self.world.aws_alias_descriptions.load(Ordering::Relaxed)
    }

    /// The public half of the key that signs, as DER `SubjectPublicKeyInfo`.
    pub fn signing_public_key(&self) -> &[u8] {
        self.world.signing_key.public()
    }

    /// How many sessions were opened that no session policy narrows.
    pub fn sessions_at_large(&self) -> u64 {
        self.world.sessions_at_large.load(Ordering::Relaxed)
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> u64 {
        self.world.connections.load(Ordering::Relaxed)
    }

    /// All calls, throttled ones among them.
    pub fn requests_total(&self) -> u64 {
        self.counts().values().map(|count| count.requests).sum()
    }
}

/// Serves in a process of its own: writes `listening http://127.0.0.1:PORT` on a line of `output`, and ends when `input` does.
///
/// The counts are at `GET /-/counts` meanwhile, as JSON.
///
/// # Errors
///
/// When no port can be opened, or `input` or `output` breaks.
pub async fn serve<I, O>(shape: &Shape, behaviour: Behaviour, mut input: I, mut output: O) -> io::Result<()>
where
    I: AsyncRead + Unpin,
    O: AsyncWrite + Unpin,
{
    let simulator = Simulator::start(shape, behaviour).await?;
    output.write_all(format!("listening {}\n", simulator.endpoint()).as_bytes()).await?;
    output.flush().await?;
    tokio::io::copy(&mut input, &mut tokio::io::sink()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpStream;

    use super::super::{ACCESS_KEY_ID, CANARY, Cell, Fault, FaultRule, Instances, Quotas};
    use super::*;

    fn shape() -> Shape {
        Shape { accounts: 8, regions: 3, jobs: 1_500, now: "2026-11-24T00:00:00Z".parse().unwrap(), ..Shape::default() }
    }

    /// One call over a connection of its own: status, head and body; what cannot be read is an error.
    async fn call(
        simulator: &Simulator,
        service: &str,
        region: &str,
        target: &str,
        body: &str,
    ) -> io::Result<(u16, String, String)> {
        let mut stream = TcpStream::connect(simulator.address).await?;
        let path = if service == "account" { "/listRegions" } else { "/" };
        let scope = format!(
            "Credential={ACCESS_KEY_ID}/20261124/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: AWS4-HMAC-SHA256 {scope}\r\nx-amz-target: {target}\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
        let length =
            head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
        if body.len() != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok((head[9..12].parse().unwrap(), head.to_owned(), body.to_owned()))
    }

    async fn sagemaker(simulator: &Simulator, region: &Region, operation: &str, request: Value) -> Value {
        let target = format!("SageMaker.{operation}");
        let (_, _, body) = call(simulator, "sagemaker", region.as_str(), &target, &request.to_string()).await.unwrap();
        serde_json::from_str(&body).unwrap()
    }

    fn own_cell(simulator: &Simulator) -> &Cell {
        let own = simulator
            .organization()
            .cells()
            .iter()
            .filter(|cell| cell.account() == simulator.organization().management());
        own.max_by_key(|cell| cell.count()).unwrap()
    }

    #[tokio::test]
    async fn pages_of_a_search_add_up_to_the_truth_and_to_the_descriptions() {
        let simulator = Simulator::start(&shape(), Behaviour::default()).await.unwrap();
        let cell = own_cell(&simulator);
        assert!(cell.count() > 20, "{}", cell.count());
        let (mut found, mut next) = (Vec::new(), Value::Null);
        loop {
            let request =
                json!({"Resource": "TrainingJob", "SortOrder": "Ascending", "MaxResults": 9, "NextToken": next});
            let page = sagemaker(&simulator, cell.region(), "Search", request).await;
            assert_eq!(page["TotalHits"], json!({"Value": cell.count(), "Relation": "EqualTo"}));
            found.extend(page["Results"].as_array().unwrap().iter().map(|result| result["TrainingJob"].clone()));
            next = page["NextToken"].clone();
            if next.is_null() {
                break;
            }
        }
        assert_eq!(u64::try_from(found.len()).unwrap(), cell.count());
        for (job, mut record) in cell.jobs().zip(found) {
            assert_eq!(record["TrainingJobArn"], job.arn.as_str());
            assert_eq!(
                record["ResourceConfig"].get("VolumeKmsKeyId").and_then(Value::as_str),
                job.volume_key.as_deref()
            );
            assert_eq!(record["OutputDataConfig"]["KmsKeyId"].as_str(), job.output_key.as_deref());
            let mut described =
                sagemaker(&simulator, cell.region(), "DescribeTrainingJob", json!({"TrainingJobName": job.name})).await;
            let serverless = described.as_object_mut().unwrap().remove("ServerlessJobConfig").is_some();
            assert_eq!(serverless, job.scenario.instances == Instances::Serverless);
            described.as_object_mut().unwrap().remove("RemoteDebugConfig");
            record.as_object_mut().unwrap().remove("Tags");
            assert_eq!(record, described);
        }
    }

    #[tokio::test]
    async fn the_canary_is_on_the_wire() {
        let simulator = Simulator::start(&shape(), Behaviour::default()).await.unwrap();
        let cell = own_cell(&simulator);
        let (_, _, body) =
            call(&simulator, "sagemaker", cell.region().as_str(), "SageMaker.Search", "{\"Resource\":\"TrainingJob\"}")
                .await
                .unwrap();
        assert!(body.contains(CANARY));
    }

    #[tokio::test]
    async fn unknown_operations_and_missing_members_are_refused_in_the_words_of_aws() {
        let simulator = Simulator::start(&shape(), Behaviour::default()).await.unwrap();
        for (target, request, code) in [
            ("SageMaker.CreateTrainingJob", "{}", "UnknownOperationException"),
            ("TrentService.DescribeKey", "{}", "UnknownOperationException"),
            ("SageMaker.Search", "{}", "ValidationException"),
            ("SageMaker.ListTrainingJobs", "{\"SortBy\":\"Age\"}", "ValidationException"),
            ("SageMaker.DescribeTrainingJob", "{\"TrainingJobName\":\"none\"}", "ValidationException"),
        ] {
            let (status, head, body) = call(&simulator, "sagemaker", "us-east-1", target, request).await.unwrap();
            assert_eq!(
                (status, serde_json::from_str::<Value>(&body).unwrap()["__type"].as_str()),
                (400, Some(code)),
                "{target}"
            );
            assert!(
                head.contains(&format!("x-amzn-errortype: {code}")) && head.contains("x-amzn-requestid: "),
                "{head}"
            );
        }
        let (status, _, body) = call(&simulator, "sts", "us-east-1", "", "Action=GetFederationToken").await.unwrap();
        assert!(status == 400 && body.contains("<Code>InvalidAction</Code>"), "{body}");
    }

    #[tokio::test]
    async fn counts_tell_calls_throttles_and_descriptions_of_aws_aliases() {
        let behaviour = Behaviour { quotas: Some(Quotas::realistic()), ..Behaviour::default() };
        let simulator = Simulator::start(&shape(), behaviour).await.unwrap();
        for _ in 0..7 {
            call(&simulator, "account", "us-east-1", "", "{}").await.unwrap();
        }
        call(&simulator, "kms", "us-east-1", "TrentService.DescribeKey", "{\"KeyId\":\"alias/aws/s3\"}").await.unwrap();
        let count = simulator.counts()
            [&(simulator.organization().management(), "us-east-1".parse().unwrap(), "account:ListRegions")];
        assert!(count.requests == 7 && count.throttled >= 1, "{count:?}");
        assert_eq!((simulator.requests_total(), simulator.aws_alias_descriptions()), (8, 1));
    }

    #[tokio::test]
    async fn faults_cut_spoil_and_refuse() {
        let faults = vec![
            FaultRule::at("sts:GetCallerIdentity", Fault::Reset).times(1),
            FaultRule::at("organizations:ListAccounts", Fault::CutBody).times(1),
            FaultRule::at("account:ListRegions", Fault::HtmlError(503)).times(1),
            FaultRule::at("organizations:ListRoots", Fault::EmptyPage).times(1),
        ];
        let simulator = Simulator::start(&shape(), Behaviour { faults, ..Behaviour::default() }).await.unwrap();
        let organizations = |operation: &'static str, request: &'static str| {
            call(&simulator, "organizations", "us-east-1", operation, request)
        };
        for good in [false, true] {
            assert_eq!(call(&simulator, "sts", "us-east-1", "", "Action=GetCallerIdentity").await.is_ok(), good);
            assert_eq!(organizations("AWSOrganizationsV20161128.ListAccounts", "{}").await.is_ok(), good);
            assert_eq!(call(&simulator, "account", "us-east-1", "", "{}").await.unwrap().0 == 200, good);
            let (_, _, roots) = organizations("AWSOrganizationsV20161128.ListRoots", "{}").await.unwrap();
            let roots: Value = serde_json::from_str(&roots).unwrap();
            assert_eq!((roots["Roots"][0].is_object(), roots["NextToken"].is_string()), (good, !good));
        }
    }

    #[tokio::test]
    async fn a_child_process_tells_where_it_listens_and_ends_with_its_input() {
        let (input, owner_of_input) = tokio::io::duplex(16);
        let (output, mut read) = tokio::io::duplex(256);
        drop(owner_of_input);
        serve(&shape(), Behaviour::default(), input, output).await.unwrap();
        let mut line = String::new();
        read.read_to_string(&mut line).await.unwrap();
        assert!(line.starts_with("listening http://127.0.0.1:") && line.ends_with('\n'), "{line}");
    }

    #[tokio::test]
    async fn dropping_ends_the_service() {
        let simulator = Simulator::start(&shape(), Behaviour::default()).await.unwrap();
        let address = simulator.address;
        drop(simulator);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert!(TcpStream::connect(address).await.is_err());
    }
}
