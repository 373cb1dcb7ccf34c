//! What this process used so far: processor time, and the most memory that it held.

use std::{fs, io, path::Path, time::Duration};

/// User and system time of the process, in steps of ten milliseconds.
pub(super) fn cpu() -> io::Result<Duration> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold spaces.
    let numbers = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = numbers.skip(11).take(2).map(|number| number.parse::<u64>().unwrap_or_default()).sum::<u64>();
    Ok(Duration::from_millis(ticks * 10))
}

/// User and system time of this thread.
pub(super) fn thread_cpu() -> io::Result<Duration> {
    nanoseconds("/proc/thread-self/schedstat")
}

/// The first number of `schedstat`: time on a processor, in nanoseconds. `stat` counts in hundredths of a second.
fn nanoseconds(path: impl AsRef<Path>) -> io::Result<Duration> {
    let text = fs::read_to_string(path)?;
    let first = text.split_whitespace().next().and_then(|number| number.parse().ok());
    first.map(Duration::from_nanos).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// The most memory that was resident at once.
pub(super) fn peak() -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
    kibibytes.map(|kibibytes| kibibytes << 10).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
