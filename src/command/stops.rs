//! Ctrl-C and SIGTERM, listened to from the beginning of a command on: one that comes while nobody waits for it is not lost,
//! also where the program is the first process of a container, for which a signal without a listener does nothing.

use std::future::pending;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::{FILE_SIZE_EXCEEDED, Failure};
use crate::{Run, run::RunError};

/// What asks a command to stop.
#[derive(Debug)]
pub(super) struct Stops {
    interrupted: Option<Signal>,
    terminated: Option<Signal>,
}

impl Stops {
    /// Listens from now on; a signal that cannot be listened to ends the process, as it does by itself.
    pub(super) fn listened_to() -> Self {
        Self { interrupted: signal(SignalKind::interrupt()).ok(), terminated: signal(SignalKind::terminate()).ok() }
    }

    /// Waits for the beginning of a run, unless somebody asks it to stop.
    pub(super) async fn before(
        &mut self,
        start: impl Future<Output = Result<Run, Failure>> + Unpin,
    ) -> Result<Run, Failure> {
        tokio::select! {
            run = start => run,
            () = self.next() => Err(Failure::NotBegun),
        }
    }

    /// Waits for the work. When somebody asks, it is told to come to an end, and at the second time left alone.
    pub(super) async fn during<T>(
        &mut self,
        run: &Run,
        work: impl Future<Output = Result<T, RunError>> + Unpin,
    ) -> Result<T, Failure> {
        // Listened to, a limit on the size of files is an error of the write that names the file, and not a sudden death.
        let _listening = signal(SignalKind::from_raw(FILE_SIZE_EXCEEDED));
        let twice = async {
            self.next().await;
            tracing::warn!("stopping: what is complete is being kept; once more to stop at once");
            run.stop();
            self.next().await;
        };
        tokio::select! {
            result = work => result.map_err(Failure::Run),
            () = twice => Err(Failure::Killed(run.run_id.clone())),
        }
    }

    /// Waits until somebody asks.
    pub(super) async fn next(&mut self) {
        tokio::select! {
            () = come(&mut self.interrupted) => {}
            () = come(&mut self.terminated) => {}
        }
    }
}

async fn come(signal: &mut Option<Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_signal_that_comes_while_nobody_waits_is_not_lost() {
        let mut stops = Stops::listened_to();
        let sent =
            std::process::Command::new("sh").args(["-c", &format!("kill -TERM {}", std::process::id())]).status();
        assert!(sent.unwrap().success());
        tokio::time::timeout(Duration::from_mins(1), stops.next()).await.unwrap();
        // And counts once.
        assert!(futures::poll!(std::pin::pin!(stops.next())).is_pending());
    }
}
