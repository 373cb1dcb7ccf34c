//! `exceptions add`: one exception more at the end of a file, which is written only if it holds then.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::Path,
};

use jiff::{ToSpan as _, civil::Date};

use super::{WIDTH, file, load, terms, unreadable};
use crate::{
    cli::AddArgs,
    command::{Failure, Screen, print},
    config::{ConfigErrors, ExceptionsFile, Place, Problem},
    exception::{
        self,
        source::{Source, SourceError},
        written::{Written, appended},
    },
    exit::ExitStatus,
    printable::shown,
    wrap::folded,
};

/// Adds, and prints what was added with what is odd about it.
pub(super) fn run(args: AddArgs, screen: &Screen) -> Result<ExitStatus, Failure> {
    let config = load(&args.config)?;
    let terms = terms(&config, screen);
    let is_named = args.file.file.is_some();
    let ExceptionsFile::Local(path) = file(&config, args.file.file.clone())? else {
        return Err(Failure::Usage(
            "only a file of this machine is added to: name it with --file, let it be reviewed, and put it into S3",
        ));
    };
    let before = match Source::local(&path) {
        Ok(source) => source.text().to_owned(),
        Err(SourceError::Local { source, .. }) if source.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(error, is_named)),
    };
    let last_day = args.days.map_or_else(|| "--expires".to_owned(), |days| format!("--days {days}"));
    let entry = entry(args, terms.today).to_string();
    let text = appended(&before, &entry);
    let exceptions = exception::read(&path, &text, terms).map_err(|errors| {
        let first = text.matches('\n').count() - entry.matches('\n').count() + 1;
        Failure::Exceptions(by_option(&errors, &entry, first, &last_day).into())
    })?;
    replace(&path, &text)
        .map_err(|source| Failure::Exceptions(SourceError::Unwritable { place: path.display().to_string(), source }))?;
    let added = exceptions.all().iter().max_by_key(|exception| exception.line);
    let line = added.map(|exception| exception.line).unwrap_or_default();
    let place = shown(&path.display().to_string());
    let mut told = added.map_or_else(String::new, |added| format!("{place}:{line}: added `{}`\n", added.id));
    // It is the last of the file, and what is odd about a key stands in the line of the key.
    for problem in exceptions.warnings().iter().filter(|problem| problem.place.line() >= Some(line)) {
        let mut before = "warning ".to_owned();
        for line in folded(&problem.to_string(), WIDTH - before.len()) {
            let _infallible = writeln!(told, "{before}{line}");
            before = " ".repeat(before.len());
        }
    }
    print(&told)
}

/// What is wrong, with the option in the place of a line that is not in the file yet. `first` is the first of these lines.
fn by_option(errors: &ConfigErrors, entry: &str, first: usize, last_day: &str) -> ConfigErrors {
    let option = |line: usize| {
        let written = entry.lines().nth(line.checked_sub(first)?)?;
        Some(match written.split_once(" = ").map(|(key, _)| key) {
            Some("expires") => last_day.to_owned(),
            Some("tags") => "--tag".to_owned(),
            Some(key) => format!("--{}", key.replace('_', "-")),
            None => "the new exception".to_owned(),
        })
    };
    let placed = |problem: &Problem| {
        let place = problem.place.line().and_then(option).map_or_else(|| problem.place.clone(), Place::Variable);
        Problem { place, message: problem.message.clone() }
    };
    ConfigErrors::new(errors.problems().iter().map(placed).collect())
}

fn entry(args: AddArgs, today: Date) -> Written {
    let AddArgs { id, check, account, ou_path, region, resource, tag, reason, owner, ticket, expires, days, .. } = args;
    // A day that is too far ahead for a calendar is refused for being too far ahead.
    let after = |days: u16| today.checked_add(i64::from(days).days()).unwrap_or(Date::MAX);
    let expires = expires.or(days.map(after)).unwrap_or(today);
    let mut tags = std::collections::BTreeMap::<String, Vec<String>>::new();
    for (key, value) in tag {
        tags.entry(key).or_default().push(value);
    }
    let notes = Vec::new();
    Written {
        notes,
        id,
        check,
        account,
        ou_path,
        region,
        resource,
        tags,
        reason,
        owner,
        ticket,
        created: today,
        expires,
    }
}

/// Puts a file in the place of another, whole or not at all. A link stays one, and so do the permissions.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = if path.exists() { fs::canonicalize(path)? } else { path.to_owned() };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".exceptions-");
    // Readable as the user's umask allows, unlike files that are meant to stay temporary.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Ok(metadata) = fs::metadata(&target) {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}
