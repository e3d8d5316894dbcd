//! What of the operating system's events is acted on.

use std::path::PathBuf;

use notify::event::{AccessKind, AccessMode, CreateKind, DataChange, Flag, ModifyKind, RemoveKind};
use notify::{Event, EventKind};

use crate::intake::watch::{Heard, Hints};

const CHANGED: EventKind = EventKind::Modify(ModifyKind::Data(DataChange::Any));

fn heard(events: impl IntoIterator<Item = Event>) -> Heard {
    heard_of(events.into_iter().map(Ok))
}

fn heard_of(events: impl IntoIterator<Item = notify::Result<Event>>) -> Heard {
    let hints = Hints::default();
    for event in events {
        hints.hear(&[PathBuf::from("/drop")], event);
    }
    hints.take()
}

fn event(kind: EventKind, path: &str) -> Event {
    Event::new(kind).add_path(PathBuf::from(path))
}

#[test]
fn changes_of_files_in_the_folder_are_heard_once() {
    let heard = heard([event(EventKind::Create(CreateKind::File), "/drop/a.csv"), event(CHANGED, "/drop/a.csv")]);
    assert_eq!(heard.paths.into_iter().collect::<Vec<_>>(), [PathBuf::from("/drop/a.csv")]);
    assert!(heard.since.is_some() && !heard.rescan);
}

#[test]
fn reading_temporary_names_and_other_folders_are_not() {
    let heard = heard([
        event(EventKind::Access(AccessKind::Open(AccessMode::Any)), "/drop/a.csv"),
        event(CHANGED, "/drop/a.csv.part"),
        event(CHANGED, "/drop/sub/a.csv"),
        event(CHANGED, "/elsewhere/a.csv"),
    ]);
    assert!(heard.since.is_none() && heard.paths.is_empty() && !heard.rescan);
}

#[test]
fn lost_events_errors_and_the_folder_itself_ask_for_a_listing() {
    assert!(heard([Event::new(EventKind::Other).set_flag(Flag::Rescan)]).rescan);
    assert!(heard_of([Err(notify::Error::generic("queue gone"))]).rescan);
    assert!(heard([event(EventKind::Remove(RemoveKind::Folder), "/drop")]).rescan);
}

#[test]
fn a_flood_of_names_becomes_one_listing() {
    let heard = heard((0..5000).map(|file| event(CHANGED, &format!("/drop/{file}.csv"))));
    assert!(heard.rescan);
    assert!(heard.paths.len() <= 4096);
}
