//! SHA-256 and size of files, taken while they are written or when they are read again.

use std::{
    fs::File,
    io::{self, BufWriter, Read as _, Write},
    path::Path,
};

use sha2::{Digest as _, Sha256};

/// What identifies the content of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}

impl Digest {
    /// Of bytes in memory.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: count(bytes.len()), sha256: hexadecimal(Sha256::new_with_prefix(bytes)) }
    }

    /// Of a file, which is read once.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match file.read(&mut buffer) {
                Ok(0) => return Ok(Self { bytes, sha256: hexadecimal(hash) }),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            hash.update(buffer.get(..read).unwrap_or_default());
            bytes += count(read);
        }
    }
}

/// A new file whose content is hashed as it is written.
#[derive(Debug)]
pub struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Hashing {
    /// Creates the file.
    pub fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?), hash: Sha256::new(), bytes: 0 })
    }

    /// Writes what is still buffered, and tells what the file holds.
    pub fn finish(mut self) -> io::Result<Digest> {
        self.file.flush()?;
        Ok(Digest { bytes: self.bytes, sha256: hexadecimal(self.hash) })
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += count(written);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn hexadecimal(hash: Sha256) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    hash.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_ways_agree_with_the_known_hash() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        let mut file = Hashing::create(&path).unwrap();
        file.write_all(b"abc").unwrap();
        let written = file.finish().unwrap();
        assert_eq!(written.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(written.bytes, 3);
        assert_eq!(Digest::of_file(&path).unwrap(), written);
        assert_eq!(Digest::of(b"abc"), written);
    }
}
