//! Memory for what is kept of rows, block after block. Where it grows beyond its limit, the oldest of it is put down in a
//! temporary file.

use std::{borrow::Cow, fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

/// What is kept of a row.
pub(super) type Kept = [u32; 3];

const BYTES: usize = size_of::<Kept>();

/// Slabs of equally many rows.
#[derive(Debug)]
pub(super) struct Slabs {
    all: Vec<Slab>,
    /// Rows of a slab, and how many of the last one are in use.
    rows: usize,
    used: usize,
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

/// Where a block of rows lies.
#[derive(Debug)]
pub(super) struct Place {
    slab: usize,
    rows: Range<usize>,
}

impl Place {
    /// How many rows lie there.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The same place, where so many slabs stand before those that it was in.
    pub(super) fn behind(self, slabs: usize) -> Self {
        Self { slab: self.slab + slabs, ..self }
    }
}

impl Slabs {
    /// Slabs of so many rows, of which so many stay in memory.
    pub(super) fn new(rows: usize, most: usize) -> Self {
        Self { all: Vec::new(), rows, used: rows, most, in_memory: 0, file: None, broken: None }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// How many of them are in memory.
    #[cfg(test)]
    pub(super) fn in_memory(&self) -> usize {
        self.in_memory
    }

    /// Adds a block of rows, no more than a slab has.
    pub(super) fn add(&mut self, block: &[Kept]) -> Place {
        if self.rows - self.used < block.len() {
            self.add_slab();
            self.used = 0;
        }
        let rows = self.used..self.used + block.len();
        self.used = rows.end;
        if let Some(Slab::Memory(slab)) = self.all.last_mut()
            && let Some(room) = slab.get_mut(rows.clone())
        {
            room.copy_from_slice(block);
        }
        Place { slab: self.all.len().saturating_sub(1), rows }
    }

    fn add_slab(&mut self) {
        let mut room = None;
        if self.in_memory >= self.most && self.broken.is_none() {
            // Rather too much memory than a wrong answer.
            room = self.put_down().unwrap_or_else(|error| {
                tracing::warn!(%error, "keys of rows cannot be put down in a temporary file and stay in memory");
                self.broken = Some(error);
                None
            });
        }
        self.in_memory += usize::from(room.is_none());
        self.all.push(Slab::Memory(room.unwrap_or_else(|| vec![Kept::default(); self.rows])));
    }

    /// Puts the oldest slab down that is in memory; answers with its memory.
    fn put_down(&mut self) -> io::Result<Option<Vec<Kept>>> {
        let is_in_memory = |slab: &&mut Slab| matches!(slab, Slab::Memory(_));
        let Some(slab) = self.all.iter_mut().find(is_in_memory) else { return Ok(None) };
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

    /// The rows of a block.
    ///
    /// # Errors
    /// They cannot be read back.
    pub(super) fn get(&self, Place { slab, rows: range }: &Place) -> io::Result<Cow<'_, [Kept]>> {
        match self.all.get(*slab) {
            None => Ok(Cow::default()),
            Some(Slab::Memory(rows)) => Ok(Cow::Borrowed(rows.get(range.clone()).unwrap_or_default())),
            Some(Slab::File(file, at)) => {
                let mut bytes = vec![0; range.len() * BYTES];
                file.read_exact_at(&mut bytes, at + (range.start * BYTES) as u64)?;
                let (parts, _) = bytes.as_chunks::<4>();
                let parts: Vec<u32> = parts.iter().copied().map(u32::from_le_bytes).collect();
                Ok(Cow::Owned(parts.as_chunks::<3>().0.to_vec()))
            }
        }
    }

    /// Takes in other slabs, behind these; answers with how many stand before them.
    pub(super) fn append(&mut self, mut other: Self) -> usize {
        let before = self.all.len();
        self.in_memory += other.in_memory;
        // What the other left free in its last slab can be used, what was free before is not.
        self.used = if other.all.is_empty() { self.used } else { other.used };
        self.all.append(&mut other.all);
        before
    }
}
