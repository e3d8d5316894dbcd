//! Compound files ([MS-CFB]): the container of Excel's binary workbooks, and of other documents of its time.
//!
//! In memory are the table of sectors and the directory, then one stream. Every chain of sectors is followed within the
//! file and never longer than the file, so none of them can take more memory than the file has bytes.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

/// Sector numbers from here on are marks: the end of a chain, a sector that is free.
const MARKS: u32 = 0xFFFF_FFFA;
const MAGIC: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";

/// Why a compound file cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum CompoundError {
    #[error("{0}")]
    Read(#[from] io::Error),
    #[error("{0}")]
    Broken(&'static str),
}

/// An entry of the directory.
struct Entry {
    name: String,
    left: u32,
    right: u32,
    child: u32,
    start: u32,
    size: u64,
    is_stream: bool,
}

/// An open compound file.
pub(super) struct Compound {
    file: File,
    sector: u64,
    sectors: u64,
    /// The sector that follows each.
    next: Vec<u32>,
    entries: Vec<Entry>,
    /// Streams smaller than this lie in small sectors, whose table begins here.
    small_below: u64,
    small_table: u32,
}

impl Compound {
    /// Reads the header, the table of sectors and the directory.
    pub(super) fn open(mut file: File) -> Result<Self, CompoundError> {
        file.rewind()?;
        let mut header = Vec::new();
        file.by_ref().take(512).read_to_end(&mut header)?;
        let shift = u16_at(&header, 0x1E);
        if header.len() < 512 || !header.starts_with(MAGIC) || !matches!(shift, 9 | 12) {
            return Err(CompoundError::Broken("its header is not that of a compound file"));
        }
        let sector = 1_u64 << shift;
        let sectors = file.metadata()?.len().div_ceil(sector).saturating_sub(1);
        let mut compound = Self {
            file,
            sector,
            sectors,
            next: Vec::new(),
            entries: Vec::new(),
            small_below: u64::from(u32_at(&header, 0x38)),
            small_table: u32_at(&header, 0x3C),
        };
        compound.read_table(&header)?;
        let directory = compound.chained(u32_at(&header, 0x30))?;
        compound.entries = directory.chunks_exact(128).map(entry).collect();
        Ok(compound)
    }

    /// Whether any entry, at any depth, has a name that begins so.
    pub(super) fn names(&self, beginning: &str) -> bool {
        self.entries.iter().any(|entry| entry.name.starts_with(beginning))
    }

    /// The bytes of a stream at the top, by its name in any case; none if there is no such stream.
    pub(super) fn stream(&mut self, name: &str) -> Result<Option<Vec<u8>>, CompoundError> {
        let Some((start, size)) = self.find(name) else { return Ok(None) };
        let mut bytes = if size < self.small_below { self.small(start, size)? } else { self.chained(start)? };
        bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
        Ok(Some(bytes))
    }

    /// Goes through the entries beside each other below the root, which are a tree.
    fn find(&self, name: &str) -> Option<(u32, u64)> {
        let mut open = vec![self.entries.first()?.child];
        for _ in 0..=self.entries.len() {
            let Some(entry) = self.entries.get(open.pop()? as usize) else { continue };
            if entry.is_stream && entry.name.eq_ignore_ascii_case(name) {
                return Some((entry.start, entry.size));
            }
            open.extend([entry.left, entry.right].into_iter().filter(|entry| *entry < MARKS));
        }
        None
    }

    /// Reads the table of sectors; the sectors that hold it are listed in the header and in a chain of their own.
    fn read_table(&mut self, header: &[u8]) -> Result<(), CompoundError> {
        let mut holders: Vec<u32> = (0..109).map(|at| u32_at(header, 0x4C + at * 4)).collect();
        let (mut list, mut lists) = (u32_at(header, 0x44), 0);
        while list < MARKS {
            lists += 1;
            if lists > self.sectors {
                return Err(CompoundError::Broken("its list of sectors runs in a circle"));
            }
            let bytes = self.sectors_from(list, 1)?;
            let (listed, following) = bytes.split_at(bytes.len().saturating_sub(4));
            holders.extend(listed.chunks_exact(4).map(|word| u32_at(word, 0)));
            list = u32_at(following, 0);
        }
        for holder in holders.into_iter().filter(|holder| *holder < MARKS) {
            if self.next.len() as u64 >= self.sectors {
                break;
            }
            let bytes = self.sectors_from(holder, 1)?;
            self.next.extend(bytes.chunks_exact(4).map(|word| u32_at(word, 0)));
        }
        Ok(())
    }

    /// The bytes of all sectors of a chain.
    fn chained(&mut self, start: u32) -> Result<Vec<u8>, CompoundError> {
        let (mut bytes, mut at, mut seen) = (Vec::new(), start, 0_u64);
        while at < MARKS {
            // Sectors that follow each other are read in one go.
            let (first, mut count) = (at, 0_u64);
            loop {
                count += 1;
                let next =
                    *self.next.get(at as usize).ok_or(CompoundError::Broken("a chain of sectors leads out of it"))?;
                let follows = next == at.wrapping_add(1);
                at = next;
                if !follows || seen + count > self.sectors {
                    break;
                }
            }
            seen += count;
            if seen > self.sectors {
                return Err(CompoundError::Broken("a chain of its sectors runs in a circle"));
            }
            bytes.extend(self.sectors_from(first, count)?);
        }
        Ok(bytes)
    }

    /// So many sectors that follow each other. The last of the file may be cut short.
    fn sectors_from(&mut self, first: u32, count: u64) -> Result<Vec<u8>, CompoundError> {
        if u64::from(first) + count > self.sectors {
            return Err(CompoundError::Broken("it is cut off, or a sector of it lies beyond its end"));
        }
        self.file.seek(SeekFrom::Start((u64::from(first) + 1) * self.sector))?;
        let mut bytes = Vec::new();
        self.file.by_ref().take(count * self.sector).read_to_end(&mut bytes)?;
        bytes.resize(usize::try_from(count * self.sector).unwrap_or(usize::MAX), 0);
        Ok(bytes)
    }

    /// The bytes of a stream in small sectors, of 64 bytes each, which lie in the stream of the root.
    fn small(&mut self, start: u32, size: u64) -> Result<Vec<u8>, CompoundError> {
        const SMALL: usize = 64;
        let table = self.chained(self.small_table)?;
        let root = self.entries.first().map_or(MARKS, |root| root.start);
        let all = self.chained(root)?;
        let (mut bytes, mut at) = (Vec::new(), start);
        while at < MARKS && (bytes.len() as u64) < size {
            let place = (at as usize).saturating_mul(SMALL);
            let sector = all.get(place..place.saturating_add(SMALL));
            bytes.extend_from_slice(sector.ok_or(CompoundError::Broken("a small sector of it lies beyond its end"))?);
            at = table.get(at as usize * 4..).map_or(MARKS, |word| u32_at(word, 0));
        }
        Ok(bytes)
    }
}

fn entry(bytes: &[u8]) -> Entry {
    let letters = usize::from(u16_at(bytes, 0x40)).min(64) / 2;
    let name: Vec<u16> = (0..letters.saturating_sub(1)).map(|at| u16_at(bytes, at * 2)).collect();
    Entry {
        name: String::from_utf16_lossy(&name),
        left: u32_at(bytes, 0x44),
        right: u32_at(bytes, 0x48),
        child: u32_at(bytes, 0x4C),
        start: u32_at(bytes, 0x74),
        // The upper half is not set by all who write files of less than 4 GB.
        size: u64::from(u32_at(bytes, 0x78)),
        is_stream: bytes.get(0x42) == Some(&2),
    }
}

/// Two bytes as a number; nothing beyond the end.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    let two = bytes.get(at..).and_then(<[u8]>::first_chunk::<2>);
    two.map_or(0, |two| u16::from_le_bytes(*two))
}

/// Four bytes as a number; a mark beyond the end.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    four.map_or(u32::MAX, |four| u32::from_le_bytes(*four))
}
