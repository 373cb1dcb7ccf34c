//! The simulated organization in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
    time::Duration,
};

use jiff::SignedDuration;
use sagesweep::demo::{Cell, Organization, Shape};

use super::{Trouble, counts::Counts, process};

/// How much faster time runs where a night is measured: quotas are so many times as high and latencies as short.
pub(super) const FASTER: f64 = 2.0;
/// The median of the latency, in milliseconds, before time runs faster.
pub(super) const LATENCY_MS: f64 = 40.0;
/// The standard deviation of its logarithm.
pub(super) const LATENCY_SIGMA: f64 = 0.5;

/// What is simulated.
#[derive(Debug, Clone, Default)]
pub(super) struct World {
    pub(super) accounts: u64,
    pub(super) regions: u64,
    pub(super) jobs: u64,
    pub(super) heaviest: Option<u64>,
    pub(super) now: String,
    /// Hours since, in which new jobs came.
    pub(super) elapsed: u64,
    pub(super) no_serverless: bool,
    /// Whether there are quotas and latency, with time that runs faster.
    pub(super) paced: bool,
}

/// A simulator that ends when it is dropped.
#[derive(Debug)]
pub(super) struct Simulator {
    child: Child,
    address: String,
    /// The jobs that there are.
    pub(super) jobs: u64,
}

impl Simulator {
    /// Starts one.
    pub(super) fn start(world: &World) -> Result<Self, Trouble> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sagesweep"));
        command.arg("simulate").env_clear();
        let mut option = |name: &str, value: String| {
            command.args([name, &value]);
        };
        option("--accounts", world.accounts.to_string());
        option("--regions", world.regions.to_string());
        option("--jobs", world.jobs.to_string());
        option("--now", world.now.clone());
        option("--elapsed", world.elapsed.to_string());
        if let Some(heaviest) = world.heaviest {
            option("--heaviest", heaviest.to_string());
        }
        if world.paced {
            option("--time-factor", FASTER.to_string());
            option("--latency", LATENCY_MS.to_string());
            option("--latency-sigma", LATENCY_SIGMA.to_string());
        } else {
            command.arg("--no-quotas");
        }
        if world.no_serverless {
            command.arg("--no-serverless");
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the simulator has no standard output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().strip_prefix("listening http://").ok_or("the simulator does not listen")?;
        Ok(Self { child, address: address.to_owned(), jobs: jobs(world)? })
    }

    /// Its address, as `http://HOST:PORT`.
    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was called so far.
    pub(super) fn counts(&self) -> Result<Counts, Trouble> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.write_all(b"GET /-/counts HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").ok_or("the simulator tells no counts")?;
        Ok(serde_json::from_str(body)?)
    }

    /// The processor time that it used.
    pub(super) fn cpu(&self) -> Result<Duration, Trouble> {
        process::cpu_time(self.child.id())
    }
}

/// The jobs in a world, which is that of the seed that the program takes by itself.
fn jobs(world: &World) -> Result<u64, Trouble> {
    let shape = Shape {
        accounts: usize::try_from(world.accounts)?,
        regions: usize::try_from(world.regions)?,
        jobs: world.jobs,
        now: world.now.parse()?,
        elapsed: SignedDuration::from_hours(i64::try_from(world.elapsed)?),
        heaviest_jobs: world.heaviest,
        no_serverless: world.no_serverless,
        ..Shape::default()
    };
    Ok(Organization::new(&shape).cells().iter().map(Cell::count).sum())
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Its standard input ends with this, and so does it; but it need not be waited for.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
