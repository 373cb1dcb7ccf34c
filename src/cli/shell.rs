//! What can be typed after `completions` and `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

pub(super) const COMPLETIONS_NOTES: &str = "Examples:
  sagesweep completions bash \\
    > ~/.local/share/bash-completion/completions/sagesweep
  sagesweep completions zsh > ~/.zfunc/_sagesweep
  sagesweep completions fish > ~/.config/fish/completions/sagesweep.fish";

pub(super) const MAN_NOTES: &str = "Examples:
  sagesweep man ~/.local/share/man/man1
  sagesweep man /usr/local/share/man/man1 && man sagesweep-query";

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder, which is made if it is not there; pages of the same names are replaced.
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}
