//! What tells two looks at a file apart.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// Everything about a file, short of its content, that changes when its content does.
///
/// Times are only ever compared for equality: an older modification time, or one in the future, is a change like any
/// other, so a wrong clock on a file server does no harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Last change of the content, in nanoseconds since 1970.
    pub modified_ns: i128,
    /// Last change of the content, the name or the permissions, in nanoseconds since 1970; tools that put the modification
    /// time back after writing cannot put this one back.
    pub changed_ns: i128,
    /// The file system.
    pub device: u64,
    /// The file in the file system; another file of the same name has another one.
    pub inode: u64,
}

impl Stamp {
    /// The stamp in a file's metadata.
    #[must_use]
    pub fn of(metadata: &Metadata) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| i128::from(seconds) * 1_000_000_000 + i128::from(rest);
        Self {
            size: metadata.size(),
            modified_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            device: metadata.dev(),
            inode: metadata.ino(),
        }
    }

    /// Whether the content is the same, although the name may have changed in between.
    #[must_use]
    pub fn same_content(&self, other: &Self) -> bool {
        Self { changed_ns: other.changed_ns, ..*self } == *other
    }
}
