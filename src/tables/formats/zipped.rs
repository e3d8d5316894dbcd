//! An archive of tables: its members, none of which is ever written under its own name.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
};

use flate2::{Crc, read::DeflateDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::{
    super::{ReadError, TableSpec, error::Limits, row::Rows},
    Input, Opening,
    input::{Bounded, Counted},
    open_input, package,
    sheets::{head_of, pick},
};

/// More members than this are no delivery.
const MEMBERS: usize = 1000;
const WHAT: &str = "a ZIP archive";

/// Opens the one member that answers to the dataset's columns.
pub(super) fn open(opening: Opening<'_>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, member, spec, limits, each, .. } = opening;
    let file = input.into_file(limits.unpacked_bytes).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    let mut archive = package::open(&file, &name, WHAT)?;
    let members = members(&mut archive, &name)?;
    let archive = Archive { file, name, spec, limits, each };
    if let Some(wanted) = member {
        let found = members.iter().find(|member| member.name == wanted);
        let none = || ReadError::NoMember { file: archive.name.clone(), members: format!("no `{wanted}`") };
        return archive.open(found.ok_or_else(none)?);
    }
    match members.as_slice() {
        [] => Err(ReadError::NoMember { file: archive.name, members: "no file".to_owned() }),
        [only] => archive.open(only),
        several => {
            let likeness = several.iter().map(|member| archive.likeness(member)).collect::<Result<Vec<_>, _>>()?;
            let listed = |which: &[&Member]| {
                which.iter().map(|member| format!("`{}`", member.name)).collect::<Vec<_>>().join(", ")
            };
            match pick(several, &likeness).as_slice() {
                [only] => archive.open(only),
                [] => Err(ReadError::NoMember {
                    file: archive.name,
                    members: listed(&several.iter().collect::<Vec<_>>()),
                }),
                equal => Err(ReadError::WhichMember { file: archive.name, members: listed(equal) }),
            }
        }
    }
}

/// The names of the members that may be tables.
pub(super) fn names(file: &File, name: &str) -> Result<Vec<String>, ReadError> {
    let mut archive = package::open(file, name, WHAT)?;
    Ok(members(&mut archive, name)?.into_iter().map(|member| member.name).collect())
}

struct Archive<'a> {
    file: File,
    name: String,
    spec: &'a TableSpec,
    limits: Limits,
    /// See [`Opening::each`].
    each: Option<usize>,
}

/// One packed file.
struct Member {
    name: String,
    start: u64,
    packed: u64,
    crc: u32,
    deflated: bool,
}

/// The members that may be tables. What systems add of their own accord is left out.
fn members(archive: &mut ZipArchive<BufReader<File>>, file: &str) -> Result<Vec<Member>, ReadError> {
    if archive.len() > MEMBERS {
        let reason = format!("it has more than {MEMBERS} members");
        return Err(ReadError::TooLarge { file: file.to_owned(), reason });
    }
    let damaged = |error: &dyn std::fmt::Display| ReadError::damaged(file, WHAT, error);
    let mut members = Vec::new();
    for index in 0..archive.len() {
        // Without a password only what stands beside the bytes can be seen, which is enough to refuse them.
        let member = archive.by_index_raw(index).map_err(|error| damaged(&error))?;
        let name = member.name().map_err(|error| damaged(&error))?.into_owned();
        let leaf = name.rsplit(['/', '\\']).next().unwrap_or(&name);
        if member.is_dir() || leaf.is_empty() {
            continue;
        }
        if leads_out(&name) {
            return Err(ReadError::UnsafeName { file: file.to_owned(), member: name });
        }
        if name.starts_with("__MACOSX/") || leaf.starts_with('.') || leaf.eq_ignore_ascii_case("thumbs.db") {
            continue;
        }
        if member.encrypted() {
            return Err(ReadError::Protected { file: file.to_owned(), what: WHAT });
        }
        let deflated = match member.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            other => {
                return Err(damaged(&format!(
                    "`{name}` is packed by a method that is not read here ({other}); pack it anew"
                )));
            }
        };
        let start = member.data_start().ok_or_else(|| damaged(&format!("`{name}` is not where it should be")))?;
        members.push(Member { start, packed: member.compressed_size(), crc: member.crc32(), deflated, name });
    }
    Ok(members)
}

/// Whether a name, were it ever used, would lead out of a folder. Members are read in place; such a name is an attack.
fn leads_out(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with('/') || name.contains(['\\', '\0']) || drive || name.split('/').any(|part| part == "..")
}

impl Archive<'_> {
    fn open(&self, member: &Member) -> Result<Box<dyn Rows>, ReadError> {
        let name = format!("{}/{}", self.name, member.name);
        let stream = self.stream(member).map_err(|source| ReadError::unpacking(&name, 0, source))?;
        open_input(Opening {
            input: Input::Stream(stream),
            name,
            member: None,
            spec: self.spec,
            limits: self.limits,
            within: true,
            each: self.each,
        })
    }

    /// How many declared columns a member answers to; a member that is no table answers to none.
    fn likeness(&self, member: &Member) -> Result<usize, ReadError> {
        match self.open(member).and_then(|mut rows| head_of(rows.as_mut())) {
            Ok(head) => Ok(super::likeness(&head, self.spec)),
            Err(error @ (ReadError::TooLarge { .. } | ReadError::Nested { .. })) => Err(error),
            Err(_) => Ok(0),
        }
    }

    fn stream(&self, member: &Member) -> io::Result<Box<dyn Read + Send>> {
        let place = Place { file: self.file.try_clone()?, at: member.start, left: member.packed };
        let (counted, packed) = Counted::new(place);
        let unpacked: Box<dyn Read + Send> =
            if member.deflated { Box::new(DeflateDecoder::new(counted)) } else { Box::new(counted) };
        let bounded = Bounded::new(unpacked, packed, self.limits.unpacked_bytes);
        Ok(Box::new(Checked { input: bounded, crc: Crc::new(), expected: member.crc }))
    }
}

/// A stretch of a file. Clones of a file share their position, so it is set before each read.
struct Place {
    file: File,
    at: u64,
    left: u64,
}

impl Read for Place {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(self.at))?;
        let read = self.file.by_ref().take(self.left).read(buffer)?;
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// Bytes whose checksum must be right at their end.
struct Checked<R> {
    input: R,
    crc: Crc,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.crc.update(buffer.get(..read).unwrap_or_default());
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum is wrong"));
        }
        Ok(read)
    }
}
