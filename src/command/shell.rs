//! `completions` and `man`: made from the command line itself, so that they know every command and option.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use clap::{Command, CommandFactory as _};
use clap_mangen::Man;

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
    let mut all = Cli::command().disable_help_subcommand(true);
    all.build();
    pages(&all, folder).map_err(failed("write into"))?;
    print(&format!(
        "Wrote the pages to {}; read them with `man {NAME}`, or `man -M` and the folder above\n",
        folder.display()
    ))
}

/// Writes the page of a command, and those of the commands below it.
fn pages(command: &Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        pages(below, folder)?;
    }
    let man = Man::new(command.clone());
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    if let Some(notes) = command.get_after_help() {
        write_notes(&mut page, &notes.to_string())?;
    }
    fs::write(folder.join(man.get_filename()), page)
}

/// What stands below the options. What is indented can be typed, so that it is neither filled nor hyphenated.
fn write_notes(page: &mut Vec<u8>, notes: &str) -> io::Result<()> {
    writeln!(page, ".SH NOTES")?;
    let mut is_literal = false;
    for line in notes.lines() {
        if line.starts_with(' ') != is_literal {
            is_literal = !is_literal;
            writeln!(page, "{}", if is_literal { ".nf" } else { ".fi" })?;
        }
        let text = line.replace('\\', "\\e").replace('-', "\\-");
        let guard = if text.starts_with(['.', '\'']) { "\\&" } else { "" };
        writeln!(page, "{}", if line.is_empty() { ".PP".to_owned() } else { guard.to_owned() + &text })?;
    }
    if is_literal { writeln!(page, ".fi") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_stand_in_a_page_as_they_are_typed() {
        let mut page = Vec::new();
        write_notes(&mut page, "A note.\n\nExamples:\n  sagesweep x --y \\\n    .z").unwrap();
        let text = String::from_utf8(page).unwrap();
        assert_eq!(text, ".SH NOTES\nA note.\n.PP\nExamples:\n.nf\n  sagesweep x \\-\\-y \\e\n    .z\n.fi\n");
    }
}
