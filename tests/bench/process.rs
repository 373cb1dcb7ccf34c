//! A child process and what it used: time, processor time, and the most memory that it held.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use super::Trouble;

/// Ticks a second of the times in `/proc`, on every Linux.
const TICKS: u32 = 100;
/// How often the memory is looked at: its peak is kept by the kernel, and only the end of a process takes it away.
const LOOK: Duration = Duration::from_millis(10);

/// What a process used.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Usage {
    /// From its start to its end.
    pub(super) wall: Duration,
    /// User and system time of all its threads.
    pub(super) cpu: Duration,
    /// The most resident memory, in bytes.
    pub(super) peak: u64,
}

/// A process that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) usage: Usage,
    /// What it wrote to its standard error, each line with the time since its start.
    pub(super) lines: Vec<(Duration, String)>,
}

impl Ended {
    /// When it first said a text.
    pub(super) fn said(&self, text: &str) -> Result<Duration, Trouble> {
        let line = self.lines.iter().find(|(_, line)| line.contains(text));
        Ok(line.ok_or_else(|| format!("the program never said `{text}`"))?.0)
    }

    /// The last lines, for what went wrong.
    pub(super) fn tail(&self) -> String {
        let last = self.lines.iter().rev().take(8).rev();
        last.map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Runs a command to its end.
pub(super) fn run(command: &mut Command) -> Result<Ended, Trouble> {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let errors = child.stderr.take().ok_or("no standard error")?;
    let (sender, receiver) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in BufReader::new(errors).lines().map_while(Result::ok) {
            if sender.send((began.elapsed(), line)).is_err() {
                break;
            }
        }
    });
    let mut peak = 0;
    // A process that has ended and was not waited for still tells its times, but not its memory.
    while !is_over(&child)? {
        peak = peak.max(peak_memory(child.id()).unwrap_or(peak));
        thread::sleep(LOOK);
    }
    let (wall, cpu) = (began.elapsed(), cpu_time(child.id())?);
    let status = child.wait()?;
    reader.join().map_err(|_panic| "the reader of the standard error panicked")?;
    Ok(Ended { status, usage: Usage { wall, cpu, peak }, lines: receiver.iter().collect() })
}

/// User and system time of a process, its threads that have ended among them.
pub(super) fn cpu_time(id: u32) -> Result<Duration, Trouble> {
    let fields = stat(id)?;
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<u32>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).ok_or("/proc tells no times")?;
    Ok(Duration::from_secs(u64::from(user) + u64::from(system)) / TICKS)
}

fn is_over(child: &Child) -> Result<bool, Trouble> {
    Ok(stat(child.id())?.first().is_none_or(|state| state == "Z"))
}

/// The fields of `/proc/ID/stat` behind the name of the program, the state first.
fn stat(id: u32) -> Result<Vec<String>, Trouble> {
    let text = fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, fields) = text.rsplit_once(") ").ok_or("/proc tells no state")?;
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

fn peak_memory(id: u32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}
