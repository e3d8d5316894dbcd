//! Memory for what is kept of rows, block after block. Where it grows beyond its limit, the oldest of it is put down in a
//! temporary file.

use std::{borrow::Cow, fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

use memmap2::{Advice, MmapMut};

/// What is kept of a row.
pub(super) type Kept = [u8; 12];

const BYTES: usize = size_of::<Kept>();

/// Slabs that a small file may fill.
const FEW: usize = 3;

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
    /// Why something is not here at all.
    lost: Option<io::Error>,
}

#[derive(Debug)]
enum Slab {
    Memory(MmapMut),
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

    /// The bytes of the slab that are its rows'.
    fn bytes(&self) -> Range<usize> {
        self.rows.start * BYTES..self.rows.end * BYTES
    }
}

impl Slabs {
    /// Slabs of so many rows, of which so many stay in memory.
    pub(super) fn new(rows: usize, most: usize) -> Self {
        Self { all: Vec::new(), rows, used: rows, most, in_memory: 0, file: None, broken: None, lost: None }
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
            match self.room() {
                Ok(room) => self.all.push(Slab::Memory(room)),
                Err(error) => self.lost = Some(error),
            }
            self.used = 0;
        }
        let rows = self.used..self.used + block.len();
        self.used = rows.end;
        let place = Place { slab: self.all.len().saturating_sub(1), rows };
        if let Some(Slab::Memory(slab)) = self.all.last_mut()
            && let Some(room) = slab.get_mut(place.bytes())
        {
            room.copy_from_slice(block.as_flattened());
        }
        place
    }

    /// Memory for another slab, which has been another's if there are enough of them.
    fn room(&mut self) -> io::Result<MmapMut> {
        if self.in_memory >= self.most && self.broken.is_none() {
            match self.put_down() {
                Ok(Some(room)) => return Ok(room),
                Ok(None) => {}
                // Rather too much memory than a wrong answer.
                Err(error) => {
                    tracing::warn!(%error, "keys of rows cannot be put down in a temporary file and stay in memory");
                    self.broken = Some(error);
                }
            }
        }
        let room = MmapMut::map_anon(self.rows * BYTES)?;
        if self.in_memory >= FEW {
            // Large pages are had and given back at a fraction of the cost, which a large file is worth what they waste.
            // A system that has none gives small ones.
            _ = room.advise(Advice::HugePage);
        }
        self.in_memory += 1;
        Ok(room)
    }

    /// Puts the oldest slab down that is in memory; answers with its memory.
    fn put_down(&mut self) -> io::Result<Option<MmapMut>> {
        let Some(slab) = self.all.iter_mut().find(|slab| matches!(slab, Slab::Memory(_))) else { return Ok(None) };
        let Slab::Memory(rows) = slab else { return Ok(None) };
        let (file, at) = match self.file.take() {
            Some(file) => file,
            None => (Arc::new(tempfile::tempfile()?), 0),
        };
        file.write_all_at(rows, at)?;
        self.file = Some((Arc::clone(&file), at + rows.len() as u64));
        match std::mem::replace(slab, Slab::File(file, at)) {
            Slab::Memory(rows) => Ok(Some(rows)),
            Slab::File(..) => Ok(None),
        }
    }

    /// Whether all that was added is here.
    ///
    /// # Errors
    /// There was no memory for some of it.
    pub(super) fn is_whole(&mut self) -> io::Result<()> {
        self.lost.take().map_or(Ok(()), Err)
    }

    /// The rows of a block.
    ///
    /// # Errors
    /// They cannot be read back.
    pub(super) fn get(&self, place: &Place) -> io::Result<Cow<'_, [Kept]>> {
        match self.all.get(place.slab) {
            None => Ok(Cow::default()),
            Some(Slab::Memory(slab)) => Ok(Cow::Borrowed(slab.get(place.bytes()).unwrap_or_default().as_chunks().0)),
            Some(Slab::File(file, at)) => {
                let mut rows = vec![Kept::default(); place.rows()];
                file.read_exact_at(rows.as_flattened_mut(), at + place.bytes().start as u64)?;
                Ok(Cow::Owned(rows))
            }
        }
    }

    /// Takes in other slabs, behind these; answers with how many stand before them.
    pub(super) fn append(&mut self, mut other: Self) -> usize {
        let before = self.all.len();
        self.in_memory += other.in_memory;
        // What the other left free in its last slab can be used, what was free before is not.
        self.used = if other.all.is_empty() { self.used } else { other.used };
        self.lost = self.lost.take().or(other.lost);
        self.all.append(&mut other.all);
        before
    }
}
