//! Memory for what is kept of rows. Where it grows beyond its limit, the oldest of it is put down in a temporary file.

use std::{borrow::Cow, fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

/// What is kept of a row.
pub(super) type Kept = [u32; 3];

const BYTES: usize = size_of::<Kept>();

/// Slabs of equally many rows.
#[derive(Debug)]
pub(super) struct Slabs {
    all: Vec<Slab>,
    /// Rows of a slab.
    rows: usize,
    /// So many of them stay in memory.
    most: usize,
    in_memory: usize,
    /// Where the others are, and its bytes so far.
    file: Option<(Arc<File>, u64)>,
    /// Why nothing can be put down.
    broken: Option<io::Error>,
}

#[derive(Debug)]
enum Slab {
    Memory(Vec<Kept>),
    /// A file, and where the slab begins in it.
    File(Arc<File>, u64),
}

impl Slabs {
    /// Slabs of so many rows, of which so many stay in memory.
    pub(super) fn new(rows: usize, most: usize) -> Self {
        Self { all: Vec::new(), rows, most, in_memory: 0, file: None, broken: None }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// How many of them are in memory.
    #[cfg(test)]
    pub(super) fn in_memory(&self) -> usize {
        self.in_memory
    }

    /// Adds a slab; those that are in use are not put down.
    pub(super) fn add(&mut self, in_use: impl Fn(usize) -> bool) {
        let mut room = None;
        if self.in_memory >= self.most && self.broken.is_none() {
            // Rather too much memory than a wrong answer.
            room = self.put_down(in_use).unwrap_or_else(|error| {
                tracing::warn!(%error, "keys of rows cannot be put down in a temporary file and stay in memory");
                self.broken = Some(error);
                None
            });
        }
        self.in_memory += usize::from(room.is_none());
        self.all.push(Slab::Memory(room.unwrap_or_else(|| vec![Kept::default(); self.rows])));
    }

    /// Puts the oldest slab down that is not in use; answers with its memory.
    fn put_down(&mut self, in_use: impl Fn(usize) -> bool) -> io::Result<Option<Vec<Kept>>> {
        let is_idle = |(at, slab): &(usize, &mut Slab)| matches!(slab, Slab::Memory(_)) && !in_use(*at);
        let Some((_, slab)) = self.all.iter_mut().enumerate().find(is_idle) else { return Ok(None) };
        let Slab::Memory(rows) = slab else { return Ok(None) };
        let (file, at) = match self.file.take() {
            Some(file) => file,
            None => (Arc::new(tempfile::tempfile()?), 0),
        };
        let bytes: Vec<u8> = rows.iter().flatten().flat_map(|part| part.to_le_bytes()).collect();
        file.write_all_at(&bytes, at)?;
        self.file = Some((Arc::clone(&file), at + bytes.len() as u64));
        match std::mem::replace(slab, Slab::File(file, at)) {
            Slab::Memory(rows) => Ok(Some(rows)),
            Slab::File(..) => Ok(None),
        }
    }

    /// Sets a row of a slab that is in use.
    #[inline]
    pub(super) fn set(&mut self, slab: usize, row: usize, kept: Kept) {
        if let Some(Slab::Memory(rows)) = self.all.get_mut(slab)
            && let Some(slot) = rows.get_mut(row)
        {
            *slot = kept;
        }
    }

    /// Rows of a slab.
    ///
    /// # Errors
    /// They cannot be read back.
    pub(super) fn get(&self, slab: usize, range: Range<usize>) -> io::Result<Cow<'_, [Kept]>> {
        match self.all.get(slab) {
            None => Ok(Cow::default()),
            Some(Slab::Memory(rows)) => Ok(Cow::Borrowed(rows.get(range).unwrap_or_default())),
            Some(Slab::File(file, at)) => {
                let mut bytes = vec![0; range.len() * BYTES];
                file.read_exact_at(&mut bytes, at + (range.start * BYTES) as u64)?;
                let (parts, _) = bytes.as_chunks::<4>();
                let parts: Vec<u32> = parts.iter().copied().map(u32::from_le_bytes).collect();
                Ok(Cow::Owned(parts.as_chunks::<3>().0.to_vec()))
            }
        }
    }

    /// Takes in other slabs, behind these.
    pub(super) fn append(&mut self, mut other: Self) {
        self.in_memory += other.in_memory;
        self.all.append(&mut other.all);
    }
}
