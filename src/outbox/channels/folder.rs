//! Reports left in a folder: a page, plain text and JSON for each message, with what is attached to it.

use std::{
    collections::HashMap,
    io,
    path::{Component, Path, PathBuf},
};

use futures::future::BoxFuture;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Channel, ChannelSettings, Open, Opening, Settings,
    specimen::with_pictures,
    whole_file::{file_stem, write_whole},
};
use crate::{
    model::Disclosure,
    outbox::{Failure, Payload, QueuedMessage, message::slug},
    yaml::{Located, Problem, Problems},
};

/// A group's `folder:`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FolderSettings {
    /// The folder, below the home. It is made when it is needed.
    pub path: Located<PathBuf>,
    /// Allows an absolute path, such as a share of the group's own.
    #[serde(default)]
    pub allow_outside: bool,
    /// How small numbers leave: `mask`, `{ round_to: 5 }` or `none`.
    #[serde(default)]
    pub disclosure: Disclosure,
}

impl Settings for FolderSettings {
    fn recipients(&self) -> Vec<String> {
        vec![self.path.display().to_string()]
    }

    fn check(&self) -> Problems {
        let mut parts = self.path.components().filter(|part| *part != Component::CurDir).peekable();
        let problem = if parts.peek().is_none() {
            Problem::new(self.path.place.clone(), "reports need a folder of their own").hint("such as reports/dental")
        } else if self.path.is_absolute() && self.allow_outside {
            return Problems::default();
        } else if self.path.is_absolute() {
            Problem::new(self.path.place.clone(), "this folder lies outside of the home")
                .hint("say `allow_outside: true`")
        } else if parts.any(|part| !matches!(part, Component::Normal(_))) {
            Problem::new(self.path.place.clone(), "the folder must be named without ..").hint("such as reports/dental")
        } else {
            return Problems::default();
        };
        problem.into()
    }

    fn folder(&self) -> Option<&Located<PathBuf>> {
        Some(&self.path)
    }

    fn disclosure(&self) -> Disclosure {
        self.disclosure
    }
}

/// The channel: every folder by the group that it belongs to and its name in the settings.
pub(super) struct Folders {
    folders: HashMap<(String, String), PathBuf>,
}

impl Open for Folders {
    fn open(opening: &Opening<'_>) -> Result<Self, Problems> {
        let mut folders = HashMap::new();
        for (group, channels) in opening.groups {
            for channel in *channels {
                if let ChannelSettings::Folder(settings) = channel {
                    let path = opening.places.home.join(&settings.path.value);
                    folders.extend(
                        settings.recipients().into_iter().map(|name| (((*group).to_owned(), name), path.clone())),
                    );
                }
            }
        }
        Ok(Self { folders })
    }
}

impl Channel for Folders {
    fn send<'a>(&'a self, message: &'a QueuedMessage, _: Timestamp) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            let folder = self.folders.get(&(message.group.clone(), message.recipient.clone()));
            let gone = || Failure::refused(format!("the group {} has no such folder any more", message.group));
            let (folder, stem) = (folder.ok_or_else(gone)?.clone(), file_stem(message));
            let shown = folder.display().to_string();
            let payload = message.payload.clone();
            let written = tokio::task::spawn_blocking(move || write(&folder, &stem, &payload)).await;
            written
                .unwrap_or_else(|error| Err(io::Error::other(error)))
                .map_err(|error| Failure::again(format!("cannot write to {shown}: {error}")))
        })
    }
}

/// Writes the files of one message, under the same names on every attempt. The JSON is the last: where it is, the others are.
fn write(folder: &Path, stem: &str, payload: &Payload) -> io::Result<()> {
    write_whole(folder, &format!("{stem}.html"), with_pictures(payload).as_bytes())?;
    write_whole(folder, &format!("{stem}.txt"), payload.text.as_bytes())?;
    for file in payload.files.iter().filter(|file| file.content_id.is_none()) {
        write_whole(folder, &format!("{stem}.{}", slug(&file.name)), &file.bytes)?;
    }
    let mut json = serde_json::to_vec_pretty(&payload.json)?;
    json.push(b'\n');
    write_whole(folder, &format!("{stem}.json"), &json)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::outbox::{
        ChannelKind, EmailSettings, Enclosure, OutboundSettings, RetrySettings, SecretPlaces,
        testing::{decode, message},
    };

    fn opened(home: &Path) -> Folders {
        let channels: Vec<ChannelSettings> = decode("- folder: { path: reports/dental }").expect("valid");
        let places = SecretPlaces { home: home.to_owned(), credentials: None };
        Folders::open(&Opening {
            places: &places,
            email: &EmailSettings::default(),
            outbound: &OutboundSettings::default(),
            retry: &RetrySettings::default(),
            groups: &[("dental-services", &channels)],
        })
        .expect("opens")
    }

    fn file(name: &str, content_id: Option<&str>, bytes: &[u8]) -> Enclosure {
        Enclosure {
            name: name.to_owned(),
            media_type: "image/png".to_owned(),
            content_id: content_id.map(str::to_owned),
            bytes: bytes.to_vec(),
        }
    }

    #[tokio::test]
    async fn a_report_is_a_page_with_its_pictures_a_text_and_json() {
        let home = tempfile::tempdir().unwrap();
        let folders = opened(home.path());
        let mut one = message(1, ChannelKind::Folder, "reports/dental");
        one.payload.html = "<img src=\"cid:chart-1\">".to_owned();
        one.payload.files = vec![file("chart.png", Some("chart-1"), b"picture"), file("../alerts.csv", None, b"a,b\n")];
        // The second attempt replaces the files of the first.
        for _ in 0..2 {
            folders.send(&one, one.created).await.expect("written");
        }
        folders.send(&message(2, ChannelKind::Folder, "reports/dental"), one.created).await.expect("written");

        let folder = home.path().join("reports/dental");
        let mut names: Vec<String> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        let stem = "20251104T083012Z-dental-services-00000000000";
        let expected = ["1.alerts.csv", "1.html", "1.json", "1.txt", "2.html", "2.json", "2.txt"]
            .map(|end| format!("{stem}{end}"));
        assert_eq!(names, expected);
        let read = |name: &str| fs::read_to_string(folder.join(format!("{stem}{name}"))).unwrap();
        // echo -n picture | base64
        assert_eq!(read("1.html"), "<img src=\"data:image/png;base64,cGljdHVyZQ==\">");
        assert_eq!((read("1.txt").as_str(), read("1.alerts.csv").as_str()), ("Simple Injections", "a,b\n"));
        assert_eq!(serde_json::from_str::<serde_json::Value>(&read("1.json")).unwrap(), one.payload.json);
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_to_is_tried_again() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("reports"), "in the way").unwrap();
        let one = message(1, ChannelKind::Folder, "reports/dental");
        let failure = opened(home.path()).send(&one, one.created).await.expect_err("a file is in the way");
        assert!(matches!(&failure, Failure::Again { reason, .. } if reason.contains("cannot write to")), "{failure:?}");
    }

    #[test]
    fn a_folder_lies_below_the_home_unless_it_is_allowed_not_to() {
        let said = |text: &str| decode::<FolderSettings>(text).expect(text).check().to_string();
        for fine in ["{path: reports/dental}", "{path: ./reports}", "{path: /srv/share, allow_outside: true}"] {
            assert_eq!(said(fine), "", "{fine}");
        }
        for (text, part) in [
            ("{path: /srv/share}", "outside of the home (say `allow_outside: true`)"),
            ("{path: ../share}", "without .."),
            ("{path: reports/../../x}", "without .."),
            ("{path: .}", "a folder of their own"),
        ] {
            assert!(said(text).contains(part), "{text}: {}", said(text));
        }
    }
}
