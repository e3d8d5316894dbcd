//! Where a table lies: a file, or the member of an archive.

use std::path::Path;

use super::error::file_name;

/// Where a table lies.
#[derive(Debug, Clone, Copy)]
pub struct TableSource<'a> {
    /// The file.
    pub path: &'a Path,
    /// The member of an archive, by its name there. Left out: the only one, or the one that answers best.
    pub member: Option<&'a str>,
}

impl TableSource<'_> {
    /// The name of the file, or of the member, without folders.
    #[must_use]
    pub fn name(&self) -> String {
        file_name(self.member.map_or(self.path, Path::new))
    }
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for TableSource<'a> {
    fn from(path: &'a P) -> Self {
        Self { path: path.as_ref(), member: None }
    }
}
