//! The HTTP server on loopback: reads a call, paces it, lets faults befall it, and answers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::caller::Caller;
use super::mishap::{Instead, instead, spoil};
use super::operation::{Operation, Service};
use super::refusal::Refusal;
use super::reply::{Body, Delivery, Reply};
use super::s3_request::Addressed;
use super::sts_api::form;
use super::world::{Invocation, World};

/// Where a separate process tells its counts: a path that no service has.
pub(super) const COUNTS_PATH: &str = "/-/counts";

/// A connection that ends without an answer, because a fault says so or the request could not be read.
#[derive(Debug, Error)]
#[error("connection closed without an answer")]
struct Closed;

/// Serves on a free port of the loopback address; the server lives as long as the set it runs in.
pub(super) async fn listen(world: Arc<World>, tasks: &mut JoinSet<()>) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tasks.spawn(accept(listener, world));
    Ok(address)
}

async fn accept(listener: TcpListener, world: Arc<World>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    world.connections.fetch_add(1, Ordering::Relaxed);
                    connections.spawn(converse(stream, Arc::clone(&world)));
                }
                Err(error) => {
                    // Out of file descriptors, most likely: wait for connections to end.
                    tracing::warn!(%error, "the simulated services cannot accept a connection");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, world: Arc<World>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no immediate sending on a connection");
    }
    let service = service_fn(|request| respond(Arc::clone(&world), request));
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection of the simulated services ended");
    }
}

async fn respond(world: Arc<World>, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
    let request_id = format!("{:08x}-5a5a-4a5a-8a5a-{:012x}", fastrand::u32(..), fastrand::u64(..1 << 48));
    let reply = reply(&world, request, &request_id).await?;
    Ok(reply.into_response(&request_id))
}

async fn reply(world: &World, request: Request<Incoming>, request_id: &str) -> Result<Reply, Closed> {
    let (head, body) = request.into_parts();
    if head.method == Method::GET && head.uri.path() == COUNTS_PATH {
        return Ok(counts(world));
    }
    let body = body.collect().await.map_err(|error| {
        tracing::debug!(%error, "a request of the simulated services broke off");
        Closed
    })?;
    let body = body.to_bytes().to_vec();
    let (service, caller) = match Caller::read(&head.headers, &world.organization) {
        Ok(read) => read,
        Err((service, refusal)) => {
            return Ok(Reply::refused(service.unwrap_or(Service::SageMaker), &refusal, request_id));
        }
    };
    let name = match service {
        Service::Sts => form(&body).remove("Action"),
        Service::Account => (head.uri.path() == "/listRegions").then(|| "ListRegions".to_owned()),
        Service::S3 => Addressed::read(&head).operation(&head.method).map(str::to_owned),
        Service::Kms | Service::Organizations | Service::SageMaker => {
            let target = head.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
            target.and_then(|target| target.strip_prefix(service.target())).map(str::to_owned)
        }
    };
    let Some(operation) = Operation::find(service, name.as_deref().unwrap_or_default()) else {
        return Ok(Reply::refused(service, &Refusal::unknown_operation(service), request_id));
    };
    let invocation = Invocation { operation, caller, head, body };
    let admitted = world.ledger.admit(invocation.caller.account, &invocation.caller.region, operation);
    if let Some(latency) = &world.behaviour.latency {
        tokio::time::sleep(latency.sample()).await;
    }
    if !admitted {
        return Ok(Reply::refused(service, &Refusal::throttled(service), request_id));
    }
    if world.behaviour.watches_repeats {
        let Caller { account, region, session: _ } = &invocation.caller;
        world.ledger.watch(*account, region, operation, &invocation.body);
    }
    perform(world, &invocation, request_id).await
}

async fn perform(world: &World, invocation: &Invocation, request_id: &str) -> Result<Reply, Closed> {
    let service = invocation.operation.service();
    let fault = world.faults.befalling(invocation.caller.account, &invocation.caller.region, invocation.operation);
    match fault.map_or(Instead::Nothing, |fault| instead(fault, invocation)) {
        Instead::Nothing => {}
        Instead::Refusal(refusal) => return Ok(Reply::refused(service, &refusal, request_id)),
        Instead::Reply(reply) => return Ok(reply),
        Instead::Close => return Err(Closed),
        Instead::Silence => std::future::pending::<()>().await,
    }
    let mut reply = match world.answer(invocation) {
        Ok(reply) => reply,
        Err(refusal) => Reply::refused(service, &refusal, request_id),
    };
    if let Some(fault) = fault {
        spoil(fault, invocation, request_id, &mut reply);
    }
    if reply.delivery == Delivery::Never { Err(Closed) } else { Ok(reply) }
}

fn counts(world: &World) -> Reply {
    let lines: Vec<_> = world
        .ledger
        .counts()
        .into_iter()
        .map(|((account, region, operation), count)| {
            json!({"account": account, "region": region, "operation": operation, "requests": count.requests, "throttled": count.throttled})
        })
        .collect();
    let answer =
        json!({"calls": lines, "aws_alias_descriptions": world.aws_alias_descriptions.load(Ordering::Relaxed)});
    Reply::good(Service::Account, answer.to_string())
}
