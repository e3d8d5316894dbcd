//! Messages as files.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use crate::outbox::{QueuedMessage, message::slug};

/// `20251104T083012Z-performance-team-2f8c1b7e90aa`: sorted by time, and always the same for one message.
pub(super) fn file_stem(message: &QueuedMessage) -> String {
    // The first digits of the id are the time, the last ones are random.
    let id = message.id.simple().to_string();
    let short = id.get(20..).unwrap_or(&id);
    format!("{}-{}-{short}", message.created.strftime("%Y%m%dT%H%M%SZ"), slug(&message.group))
}

/// Readers see the whole file or none, even after a loss of power.
pub(super) fn write_whole(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = File::create(&unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    File::open(folder)?.sync_all()
}
