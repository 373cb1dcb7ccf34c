//! The simulator as its users see it: started, asked for its endpoint and its counts, stopped by being dropped.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::task::JoinSet;

use super::behaviour::Behaviour;
use super::fault::Faults;
use super::organization::Organization;
use super::quota::{Count, Ledger};
use super::server::listen;
use super::shape::Shape;
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

    /// Calls by account, region and `service:Operation`; calls of operations that do not exist are not among them.
    pub fn counts(&self) -> BTreeMap<(AccountId, Region, &'static str), Count> {
        self.world.ledger.counts()
    }

    /// All calls, throttled ones among them.
    pub fn requests_total(&self) -> u64 {
        self.counts().values().map(|count| count.requests).sum()
    }
}

/// Serves in a process of its own: writes `listening http://127.0.0.1:PORT` on a line of `output`, and ends when `input` does.
///
/// The counts are at `GET /-/counts` meanwhile, as a JSON list.
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
