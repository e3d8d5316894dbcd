//! Where the bytes of a table come from: a file, or what an archive unpacks to as it is read.

use std::{
    fs::File,
    io::{self, BufReader, Cursor, Read, Seek},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// How much of a file is looked at to tell what it is.
const HEAD: u64 = 8 << 10;

/// Bytes that are about to be read, from their beginning.
pub(in crate::tables) enum Input {
    /// A file of its own, and the bytes that have been read of it; they stay at none where a format jumps about.
    File(File, Arc<AtomicU64>),
    /// A member of an archive, unpacked as it is read.
    Stream(Box<dyn Read + Send>),
}

impl Input {
    /// Looks at the beginning, and gives back the input as it was.
    pub(super) fn peek(self) -> io::Result<(Vec<u8>, Self)> {
        let mut head = Vec::new();
        match self {
            Self::File(mut file, read) => {
                file.by_ref().take(HEAD).read_to_end(&mut head)?;
                file.rewind()?;
                Ok((head, Self::File(file, read)))
            }
            Self::Stream(mut stream) => {
                stream.as_mut().take(HEAD).read_to_end(&mut head)?;
                let again = Cursor::new(head.clone()).chain(stream);
                Ok((head, Self::Stream(Box::new(again))))
            }
        }
    }

    /// Whether it is a file of its own.
    pub(in crate::tables) fn is_file(&self) -> bool {
        matches!(self, Self::File(..))
    }

    /// For formats that read from front to back.
    pub(in crate::tables) fn into_read(self) -> Box<dyn Read + Send> {
        match self {
            Self::File(input, count) => Box::new(Counted { input, count }),
            Self::Stream(stream) => stream,
        }
    }

    /// For formats that jump about: a stream is put down in a temporary file without a name, at most `most` bytes.
    pub(super) fn into_file(self, most: u64) -> io::Result<File> {
        let mut stream = match self {
            Self::File(file, _) => return Ok(file),
            Self::Stream(stream) => BufReader::new(stream).take(most.saturating_add(1)),
        };
        let mut file = tempfile::tempfile()?;
        if io::copy(&mut stream, &mut file)? > most {
            return Err(Bomb::refusal(format!("it unpacks to more than {}", megabytes(most))));
        }
        file.rewind()?;
        Ok(file)
    }
}

/// "512 MB".
pub(super) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes >> 20)
}

/// An archive asks for more than it may; travels as an [`io::Error`] through the readers that do not know it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Bomb(String);

impl Bomb {
    pub(super) fn refusal(reason: String) -> io::Error {
        io::Error::new(io::ErrorKind::FileTooLarge, Self(reason))
    }
}

/// Unpacked bytes up to this are never too many, whatever the ratio.
const FREE: u64 = 64 << 20;
/// Tables of text seldom shrink to less than a hundredth; archive bombs to a thousandth.
const RATIO: u64 = 500;

/// Whether so many bytes are more than any table unpacks to from so few.
pub(super) fn swells(unpacked: u64, packed: u64) -> bool {
    unpacked > FREE && unpacked / RATIO > packed
}

/// What is said of it.
pub(super) fn swollen() -> String {
    format!("it unpacks to more than {RATIO} times its size, as no table does")
}

/// Unpacked bytes, held against what they were unpacked from.
pub(super) struct Bounded<R> {
    unpacked: R,
    packed: Arc<AtomicU64>,
    most: u64,
    seen: u64,
}

impl<R> Bounded<R> {
    /// `packed` counts the bytes that went in: see [`Counted`].
    pub(super) fn new(unpacked: R, packed: Arc<AtomicU64>, most: u64) -> Self {
        Self { unpacked, packed, most, seen: 0 }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.unpacked.read(buffer)?;
        self.seen += read as u64;
        if self.seen > self.most {
            return Err(Bomb::refusal(format!("it unpacks to more than {}", megabytes(self.most))));
        }
        let packed = self.packed.load(Ordering::Relaxed);
        if swells(self.seen, packed) {
            return Err(Bomb::refusal(swollen()));
        }
        Ok(read)
    }
}

/// Counts the bytes that are read.
pub(super) struct Counted<R> {
    input: R,
    count: Arc<AtomicU64>,
}

impl<R> Counted<R> {
    pub(super) fn new(input: R) -> (Self, Arc<AtomicU64>) {
        let count = Arc::new(AtomicU64::new(0));
        (Self { input, count: Arc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
