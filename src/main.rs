//! The program: arguments, then the command, then the exit status.

use std::process::ExitCode;

use clap::Parser as _;
use sagesweep::{cli::Cli, command, exit::ExitStatus};

/// Measured with 150,000 jobs: a quarter less processor time and an eighth less memory at the most than with the system's
/// allocator, which keeps what a scan has freed in arenas of its threads. Without any job it takes 9 MiB more.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let status = runtime.block_on(command::execute(cli));
            // Not waiting for what was given up, which may compute for long without a pause.
            runtime.shutdown_background();
            status.into()
        }
        Err(error) => {
            anstream::eprintln!("error: cannot start: {error}");
            ExitStatus::Failed.into()
        }
    }
}
