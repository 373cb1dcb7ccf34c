//! Credentials that expire during the night are renewed at every layer: our own in the lake, the hub's, the accounts'.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, future},
};
use parking_lot::Mutex;
use sagesweep::{
    config::{Destination, Lake},
    demo::{Behaviour, Organization, Shape},
    lake::store::{Put, Store},
    session::sdk_config_loader,
    throttle::Counters,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use crate::{
    audit::{Audit, small},
    demo_truth::{assert_same, truth},
};

/// Credentials as a task's role has them, new ones each time that they are asked for, which expire at once.
#[derive(Debug, Default)]
struct Fleeting(AtomicU64);

impl ProvideCredentials for Fleeting {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let token = format!("token-{}", self.0.fetch_add(1, Ordering::Relaxed));
        let expiry = SystemTime::UNIX_EPOCH + Duration::from_hours(24);
        future::ProvideCredentials::ready(Ok(Credentials::new(
            "AKIDEXAMPLE",
            "secret",
            Some(token),
            Some(expiry),
            "test",
        )))
    }
}

/// Answers each request with an empty success, and keeps the session tokens that came.
async fn answer(mut stream: TcpStream, tokens: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    while stream.read_buf(&mut request).await.is_ok_and(|count| count > 0) {
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(ToOwned::to_owned);
        let length = header("content-length: ").and_then(|length| length.parse().ok()).unwrap_or(0);
        if body.len() < length {
            continue;
        }
        tokens.lock().extend(header("x-amz-security-token: "));
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello").await.unwrap();
        request.clear();
    }
}

#[tokio::test]
async fn the_lake_renews_our_own_credentials_and_its_calls_are_counted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let tokens = Arc::new(Mutex::new(Vec::new()));
    let mut server = JoinSet::new();
    let kept = Arc::clone(&tokens);
    server.spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(answer(stream, Arc::clone(&kept)));
        }
    });
    let sdk = sdk_config_loader().endpoint_url(endpoint).region(aws_config::Region::new("us-east-1"));
    let sdk = sdk.credentials_provider(Fleeting::default()).load().await;
    let destination = Destination::S3 { bucket: "lake".to_owned(), prefix: String::new() };
    let counters = Arc::new(Counters::default());
    let store = Store::open(&Lake { destination, ..Lake::default() }, &sdk, &counters);

    store.put("one", b"1".to_vec(), Put::Replace).await.unwrap();
    store.put("two", b"2".to_vec(), Put::Replace).await.unwrap();
    assert_eq!(store.read("one").await.unwrap(), b"hello");
    let tokens = tokens.lock().clone();
    assert!(tokens.len() == 3 && tokens.windows(2).all(|pair| pair[0] != pair[1]), "{tokens:?}");

    let effort = counters.effort();
    assert_eq!(effort.by_api(|cost| cost.calls), [("s3:GetObject", 1), ("s3:PutObject", 2)].into());
    assert_eq!(effort.by_api(|cost| cost.bytes_received)["s3:GetObject"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_accounts_and_regions_share_the_connections_to_an_endpoint() {
    let shape = Shape { accounts: 30, regions: 4, ..small() };
    let audit = Audit::with(shape, Behaviour::default(), |config| config.pacing.max_in_flight = 4).await;
    audit.published.as_ref().unwrap();
    // Four calls at a time, and as many sessions being opened. A connection whose making lost to one that came free
    // is one more, so no exact count holds; not shared, there would be one at least for each of the 120 places.
    let (connections, calls) = (audit.simulator.connections(), audit.simulator.requests_total());
    assert!(calls > 200 && connections <= 30, "{connections} connections for {calls} calls");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_hub_role_and_the_roles_behind_it_are_renewed() {
    let behaviour = Behaviour {
        hub_role: Some("audit-hub".to_owned()),
        session_lifetime: Some(Duration::from_secs(1)),
        ..Behaviour::default()
    };
    let management = Organization::new(&small()).management();
    let audit = Audit::with(small(), behaviour, |config| {
        config.role.hub_role_arn = Some(format!("arn:aws:iam::{management}:role/audit-hub"));
    })
    .await;
    audit.published.as_ref().unwrap();
    assert_same(&audit.verdicts(), &truth(&audit));
    let hub = |((account, _, api), _): &(_, _)| *account == management && *api == "sts:AssumeRole";
    let assumed = audit.simulator.counts().into_iter().filter(hub).map(|(_, count)| count.requests).sum::<u64>();
    let members = u64::try_from(audit.simulator.organization().accounts().len()).unwrap();
    assert!(assumed > members, "more than once each: {assumed}");
}
