//! What the machine allows: open files and sockets, within which all work keeps, and memory, by which requests are bounded.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files that are open whatever is done, or for a moment: the standard streams, the runtime's own, those of a part that
/// is written, fetched or uploaded.
const HELD_BACK: u64 = 24;
/// Endpoints that a run speaks to at most: two services in each region, and a few besides.
const ENDPOINTS: usize = 72;
/// Memory that a run needs: 264 MiB were the most with two million jobs, and some air above.
const NEEDED_MEMORY: u64 = 320 << 20;
/// What a run holds besides the answers that it reads.
const RESTING_MEMORY: u64 = 96 << 20;
/// What one answer may take while it is read: a page of `Search` is half a mebibyte of JSON, and as much again in parts.
const REQUEST_MEMORY: u64 = 2 << 20;

/// How many files and sockets may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenFiles(u64);

impl OpenFiles {
    /// The limit of this process, after raising it as far as the machine allows: from 1,024 to 65,535 on Fargate.
    pub fn raised() -> Self {
        match rlimit::increase_nofile_limit(rlimit::INFINITY) {
            Ok(limit) => Self(limit),
            Err(error) => {
                tracing::debug!(%error, "the limit on open files stays as it was");
                Self::now()
            }
        }
    }

    /// The limit of this process as it stands; without one where it cannot be told.
    pub fn now() -> Self {
        Self(rlimit::Resource::NOFILE.get_soft().unwrap_or(rlimit::INFINITY))
    }

    /// The limit.
    pub fn limit(self) -> u64 {
        self.0
    }

    /// What the limit leaves of `wanted` requests under way at once. Besides each of them one session may be opened.
    pub fn requests(self, wanted: usize) -> usize {
        (self.half() / 2).clamp(1, wanted.max(1))
    }

    /// What it leaves of `wanted` sorted runs that are open while they are merged.
    pub fn runs(self, wanted: usize) -> usize {
        // Two are needed for a merge to make fewer of them.
        self.half().clamp(2, wanted.max(2))
    }

    /// What it leaves of `wanted` connections to one endpoint that wait for their next use; none where there is not
    /// even room for one to each endpoint.
    pub fn idle_connections(self, wanted: usize) -> usize {
        (self.half() / ENDPOINTS).min(wanted)
    }

    /// Half for sockets, half for files: a connection waits a minute for its next use, while files are merged already.
    fn half(self) -> usize {
        usize::try_from(self.0.saturating_sub(HELD_BACK) / 2).unwrap_or(usize::MAX)
    }
}

/// The memory that this process may use, in bytes; none where nothing bounds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory(Option<u64>);

impl Memory {
    /// What it may use now.
    pub fn now() -> Self {
        Self(memory_ceiling())
    }

    /// What it leaves of `wanted` requests under way at once.
    pub fn requests(self, wanted: usize) -> usize {
        let Some(bytes) = self.0 else { return wanted };
        let bearable = bytes.saturating_sub(RESTING_MEMORY) / REQUEST_MEMORY;
        usize::try_from(bearable).unwrap_or(usize::MAX).clamp(1, wanted.max(1))
    }
}

/// Says so when this process may not use the memory that a large run needs.
pub fn warn_of_little_memory() {
    let ceiling = memory_ceiling();
    if let Some(bytes) = ceiling.filter(|bytes| *bytes < NEEDED_MEMORY) {
        tracing::warn!(
            mebibytes = bytes >> 20,
            needed_mebibytes = NEEDED_MEMORY >> 20,
            "little memory: a large run may be killed; give the task or the container more"
        );
    }
}

/// The memory that this process may use, in bytes: of its control groups and its address space the least.
fn memory_ceiling() -> Option<u64> {
    let own = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let address_space = rlimit::Resource::AS.get_soft().ok().filter(|limit| *limit != rlimit::INFINITY);
    let group = group_ceiling(Path::new("/sys/fs/cgroup"), &own);
    address_space.into_iter().chain(group).min()
}

/// The ceiling that the control groups mounted at `root` set, for the process whose `/proc/self/cgroup` is `own`.
fn group_ceiling(root: &Path, own: &str) -> Option<u64> {
    let path = own.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    // What stands above a group bounds it too. In a container its own group is the root.
    let groups = Path::new(path).ancestors().map(|group| root.join(group).join("memory.max"));
    let files = groups.chain([root.join("memory/memory.limit_in_bytes")]);
    let bytes = |file: PathBuf| fs::read_to_string(file).ok()?.trim().parse::<u64>().ok();
    files.filter_map(bytes).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generous_limit_narrows_nothing() {
        for limit in [OpenFiles(65_535), OpenFiles(rlimit::INFINITY)] {
            assert_eq!((limit.requests(64), limit.runs(64), limit.idle_connections(64)), (64, 64, 64));
        }
        let usual = OpenFiles(1_024);
        assert_eq!((usual.requests(64), usual.runs(64), usual.idle_connections(64)), (64, 64, 6));
    }

    #[test]
    fn a_tight_limit_is_kept_and_leaves_something_to_do() {
        for limit in 0..600 {
            let files = OpenFiles(limit);
            let (requests, runs) = (files.requests(1_024), files.runs(64));
            assert!(requests >= 1 && runs >= 2, "{limit}");
            let most = u64::try_from(2 * requests + runs).unwrap() + HELD_BACK;
            assert!(limit < HELD_BACK + 8 || most <= limit, "{limit}: {most}");
        }
    }

    #[test]
    fn little_memory_narrows_what_is_under_way() {
        let requests = |mebibytes: u64, wanted| Memory(Some(mebibytes << 20)).requests(wanted);
        assert_eq!(Memory(None).requests(1_024), 1_024);
        assert_eq!((requests(64, 64), requests(128, 64), requests(256, 64), requests(512, 1_024)), (1, 16, 64, 208));
    }

    #[test]
    fn the_least_of_all_groups_counts() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(group_ceiling(root.path(), "0::/system.slice/audit.service\n"), None);
        fs::create_dir_all(root.path().join("system.slice/audit.service")).unwrap();
        fs::write(root.path().join("system.slice/audit.service/memory.max"), "max\n").unwrap();
        fs::write(root.path().join("system.slice/memory.max"), "1073741824\n").unwrap();
        assert_eq!(group_ceiling(root.path(), "0::/system.slice/audit.service\n"), Some(1 << 30));
        fs::write(root.path().join("memory.max"), "536870912\n").unwrap();
        assert_eq!(group_ceiling(root.path(), "1:memory:/x\n0::/\n"), Some(1 << 29));
    }
}
