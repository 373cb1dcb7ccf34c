//! `completions` and `man`: made from the command line itself, so that they know every command and option.

use std::fs;

use clap::CommandFactory as _;

use super::{Failure, print};
use crate::{
    cli::{Cli, CompletionsArgs, ManArgs},
    exit::ExitStatus,
    lake::store::StoreError,
};

/// The name of the program, as it is typed.
const NAME: &str = "sagesweep";

/// Prints the completions of a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Result<ExitStatus, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), NAME, &mut script);
    print(&String::from_utf8_lossy(&script))
}

/// Writes a page for each command, and says where they are.
pub(super) fn man(args: &ManArgs) -> Result<ExitStatus, Failure> {
    let folder = &args.folder;
    let failed = |doing| move |source| Failure::Written(StoreError::File { doing, path: folder.clone(), source });
    fs::create_dir_all(folder).map_err(failed("create"))?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed("write into"))?;
    print(&format!(
        "Wrote the pages to {}; read them with `man {NAME}`, or `man -M` and the folder above\n",
        folder.display()
    ))
}
