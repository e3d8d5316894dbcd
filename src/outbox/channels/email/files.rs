//! Emails as files, so that nothing else is needed to begin with.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::super::whole_file::{file_stem, write_whole};
use crate::outbox::{Failure, QueuedMessage};

/// A folder of `.eml` files.
pub(super) struct MailFolder {
    path: Arc<Path>,
}

impl MailFolder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path: path.into() }
    }

    /// Writes one message. A second attempt replaces the file of the first.
    pub(super) async fn write(&self, message: &QueuedMessage, content: Vec<u8>) -> Result<(), Failure> {
        let (folder, name) = (Arc::clone(&self.path), file_name(message));
        let written = tokio::task::spawn_blocking(move || write_whole(&folder, &name, &content)).await;
        written
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(|error| Failure::again(format!("cannot write to {}: {error}", self.path.display())))
    }
}

/// Sorted by time, and always the same for one message.
fn file_name(message: &QueuedMessage) -> String {
    format!("{}.eml", file_stem(message))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::outbox::{ChannelKind, testing::message};

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[tokio::test]
    async fn one_message_is_one_file_however_often_it_is_written() {
        let home = tempfile::tempdir().unwrap();
        let folder = MailFolder::new(home.path().join("mail"));
        let mut one = message(1, ChannelKind::Email, "chair@example.org");
        folder.write(&one, b"first".to_vec()).await.unwrap();
        one.attempts = 1;
        folder.write(&one, b"again".to_vec()).await.unwrap();
        folder.write(&message(2, ChannelKind::Email, "chair@example.org"), b"other".to_vec()).await.unwrap();
        assert_eq!(
            names(&home.path().join("mail")),
            ["20251104T083012Z-dental-services-000000000001.eml", "20251104T083012Z-dental-services-000000000002.eml"]
        );
        let first = home.path().join("mail/20251104T083012Z-dental-services-000000000001.eml");
        assert_eq!(fs::read(first).unwrap(), b"again");
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_tried_again() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("mail"), "in the way").unwrap();
        let folder = MailFolder::new(home.path().join("mail"));
        let failure = folder.write(&message(1, ChannelKind::Email, "chair@example.org"), vec![]).await;
        assert!(
            matches!(&failure, Err(Failure::Again { reason, .. }) if reason.contains("cannot write to")),
            "{failure:?}"
        );
    }

    #[test]
    fn a_group_cannot_lead_out_of_the_folder() {
        let mut message = message(1, ChannelKind::Email, "chair@example.org");
        message.group = "../../etc/cron.d/x".to_owned();
        assert_eq!(file_name(&message), "20251104T083012Z-etc-cron.d-x-000000000001.eml");
    }
}
