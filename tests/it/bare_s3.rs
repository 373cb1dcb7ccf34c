//! A bucket of a service that lacks much: it takes every write, whatever its condition, and lets nobody look at settings.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use http_body_util::{BodyExt as _, Full};
use hyper::{
    Method, Request, Response, StatusCode, body::Bytes, body::Incoming, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use sagesweep::session::sdk_config_loader;
use tokio::{net::TcpListener, task::JoinSet};

type Objects = Arc<Mutex<BTreeMap<String, Bytes>>>;

/// The service, with one bucket of any name; it also tells everybody who they are.
pub(crate) struct BareS3 {
    address: SocketAddr,
    objects: Objects,
    _server: JoinSet<()>,
}

impl BareS3 {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (address, objects) = (listener.local_addr().unwrap(), Objects::default());
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::clone(&objects)));
        Self { address, objects, _server: server }
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.objects.lock().keys().cloned().collect()
    }

    pub(crate) async fn sdk(&self) -> SdkConfig {
        sdk_config_loader()
            .endpoint_url(format!("http://{}", self.address))
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"))
            .load()
            .await
    }
}

async fn accept(listener: TcpListener, objects: Objects) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let objects = Arc::clone(&objects);
        let service = service_fn(move |request| answer(Arc::clone(&objects), request));
        connections.spawn(async move {
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(objects: Objects, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let (_, path) = head.uri.path().trim_start_matches('/').split_once('/').unwrap_or_default();
    let query = head.uri.query().unwrap_or_default();
    let mut objects = objects.lock();
    let (status, text) = match (&head.method, path) {
        (&Method::POST, _) if body.windows(9).any(|part| part == b"GetCaller") => (200, IDENTITY.to_owned().into()),
        (&Method::HEAD, "") => (200, Bytes::new()),
        (&Method::GET, "") if query.contains("list-type=2") => (200, listing(&objects).into()),
        (&Method::PUT, key) => {
            objects.insert(key.to_owned(), body);
            (200, Bytes::new())
        }
        (&Method::DELETE, _) if query.contains("uploadId") => (404, error("NoSuchUpload").into()),
        (&Method::DELETE, key) => {
            objects.remove(key);
            (204, Bytes::new())
        }
        (&Method::GET, key) if objects.contains_key(key) => (200, objects[key].clone()),
        _ => (403, error("AccessDenied").into()),
    };
    let mut response = Response::new(Full::new(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response.headers_mut().insert("x-amz-bucket-region", "us-east-1".parse().unwrap());
    Ok(response)
}

const IDENTITY: &str = "<GetCallerIdentityResponse><GetCallerIdentityResult>\
    <Arn>arn:aws:sts::111122223333:assumed-role/task/night</Arn><Account>111122223333</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

fn error(code: &str) -> String {
    format!("<Error><Code>{code}</Code><Message>no</Message></Error>")
}

fn listing(objects: &BTreeMap<String, Bytes>) -> String {
    let one =
        |(key, body): (&String, &Bytes)| format!("<Contents><Key>{key}</Key><Size>{}</Size></Contents>", body.len());
    let all = objects.iter().map(one).collect::<String>();
    format!("<ListBucketResult><IsTruncated>false</IsTruncated>{all}</ListBucketResult>")
}
