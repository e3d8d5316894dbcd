//! Bytes → the containers that they come in.

use std::io::Write;

use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// One gzip member.
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// One Zstandard frame.
pub fn zstandard(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

/// A sound ZIP archive of these members, of which those after a second one of the same name are left out.
pub fn archive(members: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        // Small members stand as they are, so that both kinds are read.
        let method = if bytes.len() < 100 { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        if writer.start_file(name.as_str(), SimpleFileOptions::default().compression_method(method)).is_err() {
            break;
        }
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const SECTOR: usize = 512;
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const FAT: u32 = 0xFFFF_FFFD;
/// A shorter stream would stand in sectors of another size.
const SHORTEST: usize = 4096;

/// A sound compound document, version 3 ([MS-CFB]), that holds one stream named `Workbook`. Streams longer than its one
/// sector of allocations can hold are cut.
pub fn compound(stream: &[u8]) -> Vec<u8> {
    let mut content = stream[..stream.len().min(120 * SECTOR)].to_vec();
    content.resize(content.len().max(SHORTEST).next_multiple_of(SECTOR), 0);
    let sectors = u32::try_from(content.len() / SECTOR).unwrap();
    // Sector 0: allocations. Sector 1: directory. From 2 on: the stream.
    let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    file.extend([0; 16]);
    for short in [0x3E_u16, 3, 0xFFFE, 9, 6, 0, 0, 0] {
        file.extend(short.to_le_bytes());
    }
    for long in [0_u32, 1, 1, 0, 4096, END, 0, END, 0, 0] {
        file.extend(long.to_le_bytes());
    }
    file.resize(SECTOR, 0xFF);
    let chain = (3..sectors + 2).chain([END]);
    for entry in [FAT, END].into_iter().chain(chain) {
        file.extend(entry.to_le_bytes());
    }
    file.resize(2 * SECTOR, 0xFF);
    file.extend(entry("Root Entry", 5, 1, END, 0));
    file.extend(entry("Workbook", 2, FREE, 2, u32::try_from(content.len()).unwrap()));
    file.resize(3 * SECTOR, 0);
    file.extend(content);
    file
}

/// An entry of the directory.
fn entry(name: &str, kind: u8, child: u32, start: u32, size: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let length = u16::try_from(entry.len() + 2).unwrap();
    entry.resize(64, 0);
    entry.extend(length.to_le_bytes());
    entry.extend([kind, 1]);
    for long in [FREE, FREE, child] {
        entry.extend(long.to_le_bytes());
    }
    entry.resize(116, 0);
    entry.extend(start.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry.resize(128, 0);
    entry
}
