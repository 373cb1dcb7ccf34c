//! Threads of the engine's own. It computes for long without a pause, and on the threads of everything else no signal would be
//! seen and no clock looked at meanwhile.

use std::{io, time::Duration};

use tokio::{
    runtime::{Builder, Runtime},
    time::timeout,
};

use super::Failure;
use crate::query::QueryError;

/// Bytes that the stack of a thread may grow to: a statement is planned by going down into all of its parts.
const STACK: usize = 64 << 20;
/// How long an answer that is given up is waited for.
const PAUSE: Duration = Duration::from_millis(500);

/// The threads that answer.
#[derive(Debug)]
pub(super) struct Engine(Option<Runtime>);

impl Engine {
    /// Starts them.
    pub(super) fn start() -> io::Result<Self> {
        let threads = Builder::new_multi_thread().thread_name("query").thread_stack_size(STACK).enable_all().build()?;
        Ok(Self(Some(threads)))
    }

    /// Waits for an answer, unless somebody asks to stop.
    pub(super) async fn unless(
        &self,
        stopped: impl Future<Output = ()>,
        answering: impl Future<Output = Result<(), Failure>> + Send + 'static,
    ) -> Result<(), Failure> {
        let Some(threads) = &self.0 else { return Err(Failure::Interrupted) };
        let mut answering = threads.spawn(answering);
        tokio::select! {
            answered = &mut answering => {
                answered.unwrap_or_else(|lost| Err(Failure::Query(QueryError::Engine(lost.to_string()))))
            }
            () = stopped => {
                answering.abort();
                // It ends at its next pause, which may be far; who asked does not wait for that.
                let _ended = timeout(PAUSE, answering).await;
                Err(Failure::Interrupted)
            }
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Not waiting for what was given up.
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}
