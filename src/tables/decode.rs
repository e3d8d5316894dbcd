//! Bytes of a text file → UTF-8, a piece at a time.
//!
//! Without a byte-order mark the encoding is decided by the first piece that is not plain ASCII: UTF-8 if most of what
//! is not ASCII in it is valid UTF-8, otherwise Windows-1252. So a file is read once, and a single damaged letter
//! does not turn a UTF-8 file into another.

use std::io::{self, Read};

use encoding_rs::{Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How much is read at a time.
const PIECE: usize = 64 << 10;
/// A sequence of UTF-8 is at most this long.
const LONGEST_SEQUENCE: usize = 4;

/// A file as UTF-8 text.
pub(super) struct Text<R> {
    input: R,
    raw: Vec<u8>,
    decoder: Option<Decoder>,
    begun: bool,
    ended: bool,
    /// Whether a NUL has come up.
    pub(super) has_nul: bool,
}

impl<R: Read> Text<R> {
    /// `declared` overrides whatever the bytes look like, except a byte-order mark, which is only taken off.
    pub(super) fn new(input: R, declared: Option<&'static Encoding>) -> Self {
        let decoder = declared.map(Encoding::new_decoder);
        Self { input, raw: Vec::new(), decoder, begun: false, ended: false, has_nul: false }
    }

    /// Appends the next piece to `out`; false at the end of the file.
    pub(super) fn read(&mut self, out: &mut String) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.read_piece()?;
        let start = out.len();
        if self.decoder.is_none() {
            self.decide(out)?;
        }
        self.begun = true;
        if let Some(decoder) = &mut self.decoder {
            out.reserve(decoder.max_utf8_buffer_length(self.raw.len()).unwrap_or(self.raw.len() * 3));
            let _ = decoder.decode_to_string(&self.raw, out, self.ended);
        }
        self.has_nul |= out.as_bytes().get(start..).is_some_and(|new| new.contains(&0));
        Ok(true)
    }

    fn read_piece(&mut self) -> io::Result<()> {
        self.raw.clear();
        self.add_piece()
    }

    fn add_piece(&mut self) -> io::Result<()> {
        let read = self.input.by_ref().take(PIECE as u64).read_to_end(&mut self.raw)?;
        self.ended = read < PIECE;
        Ok(())
    }

    /// Passes plain ASCII on, or chooses the decoder.
    fn decide(&mut self, out: &mut String) -> io::Result<()> {
        if self.raw.is_ascii() && !self.raw.contains(&0) {
            out.push_str(str::from_utf8(&self.raw).unwrap_or_default());
            return Ok(());
        }
        let first = self.raw.iter().position(|byte| !byte.is_ascii() || *byte == 0).unwrap_or(0);
        if first + LONGEST_SEQUENCE > self.raw.len() && !self.ended {
            self.add_piece()?;
        }
        self.decoder = Some(if self.begun {
            guess_narrow(&self.raw).new_decoder_without_bom_handling()
        } else {
            let marked = Encoding::for_bom(&self.raw).map(|(encoding, _)| encoding);
            let encoding = marked.or_else(|| guess_utf16(&self.raw)).unwrap_or_else(|| guess_narrow(&self.raw));
            encoding.new_decoder_with_bom_removal()
        });
        Ok(())
    }
}

/// UTF-8 or Windows-1252, whichever the bytes are more like.
fn guess_narrow(bytes: &[u8]) -> &'static Encoding {
    let (mut valid, mut invalid) = (0_usize, 0_usize);
    let mut pieces = bytes.utf8_chunks().peekable();
    while let Some(piece) = pieces.next() {
        valid += piece.valid().chars().filter(|c| !c.is_ascii()).count();
        // The last one may end within a character.
        invalid += usize::from(!piece.invalid().is_empty() && (pieces.peek().is_some() || valid == 0));
    }
    if valid > 0 && valid >= invalid { UTF_8 } else { WINDOWS_1252 }
}

/// UTF-16 of mostly western text has a zero in every other byte.
pub(super) fn guess_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or(bytes);
    let zeros = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs < 2 {
        None
    } else if odd * 10 > pairs * 7 && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 10 > pairs * 7 && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether a character stands for a byte that the encoding does not have: the replacement character, or one of the
/// control characters that Windows-1252 leaves undefined.
pub(super) fn is_damaged(c: char) -> bool {
    matches!(c, '\u{fffd}' | '\u{80}'..='\u{9f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8], declared: Option<&'static Encoding>) -> String {
        let mut text = Text::new(bytes, declared);
        let mut out = String::new();
        while text.read(&mut out).expect("bytes in memory") {}
        out
    }

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "name,cost\r\nSiân – O’Neill,£0.96\r\n";
        let utf16 = |units: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(units).collect::<Vec<u8>>();
        let with_mark = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        let windows = b"name,cost\r\nSi\xE2n \x96 O\x92Neill,\xA30.96\r\n".to_vec();
        for bytes in [
            text.as_bytes().to_vec(),
            with_mark(b"\xEF\xBB\xBF", text.into()),
            with_mark(b"\xFF\xFE", utf16(u16::to_le_bytes)),
            with_mark(b"\xFE\xFF", utf16(u16::to_be_bytes)),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            windows,
        ] {
            assert_eq!(read(&bytes, None), text, "{bytes:?}");
        }
    }

    #[test]
    fn the_encoding_may_show_late_and_across_pieces() {
        for length in PIECE - 4..PIECE + 4 {
            let ascii = "a".repeat(length);
            assert_eq!(read(format!("{ascii}£é").as_bytes(), None), format!("{ascii}£é"), "{length}");
            assert_eq!(read(&[ascii.as_bytes(), b"\xA3\xE9"].concat(), None), format!("{ascii}£é"), "{length}");
        }
    }

    #[test]
    fn one_damaged_letter_does_not_change_the_encoding() {
        assert_eq!(read(b"Si\xC3\xA2n, \xC3\xA9t\xC3\xA9, \xE2", None), "Siân, été, \u{fffd}");
    }

    #[test]
    fn what_is_declared_counts() {
        assert_eq!(read(b"\xC3\xA9", Some(WINDOWS_1252)), "Ã©");
        assert_eq!(read(b"\xEF\xBB\xBFa\xE9", Some(UTF_8)), "a\u{fffd}");
    }
}
