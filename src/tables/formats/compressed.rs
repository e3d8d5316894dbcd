//! One file compressed by gzip or Zstandard, unpacked as it is read.

use std::io::Read;

use super::{
    super::{ReadError, row::Rows},
    Format, Input, Opening,
    input::{Bounded, Counted},
    named::{Kind, open_as},
    open_input,
};

/// gzip (RFC 1952), several members one after the other included.
pub(super) const GZIP: Format = Format {
    recognises: |head| head.starts_with(b"\x1F\x8B"),
    open: |opening| {
        open_as(Kind::Gzip, opening, |opening| {
            unpack(opening, |packed| Ok(Box::new(flate2::read::MultiGzDecoder::new(packed))))
        })
    },
};

/// Zstandard (RFC 8878).
pub(super) const ZSTANDARD: Format = Format {
    recognises: |head| head.starts_with(b"\x28\xB5\x2F\xFD"),
    open: |opening| {
        open_as(Kind::Zstandard, opening, |opening| {
            unpack(opening, |packed| {
                let mut decoder = zstd::stream::read::Decoder::new(packed)?;
                // A window of at most 64 MB is kept in memory; the usual levels need 8.
                decoder.window_log_max(26)?;
                Ok(Box::new(decoder))
            })
        })
    },
};

type Stream = Box<dyn Read + Send>;

/// Reads on in what is packed. Compressed in compressed is refused: only a mistake or an attack looks like that.
fn unpack(opening: Opening<'_>, decoder: fn(Stream) -> std::io::Result<Stream>) -> Result<Box<dyn Rows>, ReadError> {
    let Opening { input, name, spec, limits, within, each, .. } = opening;
    if within {
        return Err(ReadError::Nested { file: name });
    }
    let (counted, packed) = Counted::new(input.into_read());
    let unpacked = decoder(Box::new(counted)).map_err(|source| ReadError::unpacking(&name, 0, source))?;
    let stream = Box::new(Bounded::new(unpacked, packed, limits.unpacked_bytes));
    // `les.csv.gz` holds `les.csv`.
    let inner = name.rsplit_once('.').map_or(name.as_str(), |(inner, _)| inner);
    let name = format!("{name}/{inner}");
    open_input(Opening { input: Input::Stream(stream), name, member: None, spec, limits, within: true, each })
}
