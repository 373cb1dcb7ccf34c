//! Where what was asked for goes: the standard output, a file that gets its name once it is whole, or a device or pipe.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Stdout, Write},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

use crate::lake::store::StoreError;

/// A place for the bytes that were asked for.
#[derive(Debug)]
pub(crate) enum Output {
    /// The standard output.
    Stdout(BufWriter<Stdout>),
    /// A file.
    File(Unnamed),
    /// What is there and no file, such as `/dev/stdout` or a named pipe.
    Stream(BufWriter<File>),
}

/// A file that is written beside its name. One that is dropped before it was finished leaves nothing.
#[derive(Debug)]
pub(crate) struct Unnamed {
    file: BufWriter<NamedTempFile>,
    path: PathBuf,
}

impl Output {
    /// The file of this name, or the standard output.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let Some(path) = path else { return Ok(Self::Stdout(BufWriter::new(io::stdout()))) };
        match fs::metadata(path) {
            // A directory is refused now, and not once everything is written. A device must not become a file.
            Ok(there) if !there.is_file() => {
                let opened = File::options().write(true).open(path);
                let opened =
                    opened.map_err(|source| StoreError::File { doing: "write", path: path.to_owned(), source });
                opened.map(|stream| Self::Stream(BufWriter::new(stream)))
            }
            Ok(_) | Err(_) => Unnamed::create(path).map(Self::File),
        }
    }

    /// The file that has no name yet, which whoever gives it up without dropping it has to remove.
    pub(crate) fn unfinished(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file.file.get_ref().path()),
            Self::Stdout(_) | Self::Stream(_) => None,
        }
    }

    /// Writes what is still buffered, and gives a file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Stdout(mut out) => out.flush(),
            Self::File(file) => file.finish(),
            Self::Stream(mut stream) => stream.flush(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File(file) => file.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File(file) => file.flush(),
            Self::Stream(stream) => stream.flush(),
        }
    }
}

impl Unnamed {
    /// Begins a file; its folder is made if it is not there. Of a link it is the file behind it that is replaced.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        // Also of a link to what is not there yet.
        let behind = || fs::read_link(path).map(|target| path.parent().unwrap_or(Path::new("")).join(target));
        let path = &fs::canonicalize(path).or_else(|_new| behind()).unwrap_or_else(|_no_link| path.to_owned());
        let failed = |doing| move |source| StoreError::File { doing, path: path.to_owned(), source };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed("create a folder for"))?;
        let mut builder = Builder::new();
        builder.prefix(".unfinished-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // What the user's mask leaves of them, as for any other file.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder).map_err(failed("write"))?;
        Ok(Self { file: BufWriter::new(file), path: path.to_owned() })
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(self.path).map_err(|error| error.error)?;
        Ok(())
    }

    /// Gives the file its name where nothing has it yet, whoever makes something in the meantime.
    pub(crate) fn finish_new(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist_noclobber(self.path).map_err(|error| error.error)?;
        Ok(())
    }
}

impl Write for Unnamed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_name_once_it_is_whole_and_one_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(&path, "before").unwrap();
        let mut given_up = Unnamed::create(&path).unwrap();
        given_up.write_all(b"half").unwrap();
        drop(given_up);
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        let mut file = Output::open(Some(&path)).unwrap();
        file.write_all(b"whole").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
        assert_eq!(fs::read_dir(folder.path().join("a")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_stays_what_it_is_and_a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let error = Output::open(Some(folder.path())).unwrap_err();
        assert!(matches!(error, StoreError::File { path, .. } if path == folder.path()));
        assert!(matches!(Output::open(Some(Path::new("/dev/null"))), Ok(Output::Stream(_))));

        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "before").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let mut file = Output::open(Some(&link)).unwrap();
        file.write_all(b"after").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&real).unwrap(), "after");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let (new, link) = (folder.path().join("new"), folder.path().join("link-to-new"));
        std::os::unix::fs::symlink("new", &link).unwrap();
        Output::open(Some(&link)).unwrap().finish().unwrap();
        assert!(new.is_file() && fs::symlink_metadata(&link).unwrap().is_symlink());
    }
}
