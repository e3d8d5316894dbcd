//! The rules of the house, held against the sources: who may import whom, and that the map names what is there.

#![expect(clippy::expect_used, clippy::panic, reason = "a test says so by failing")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The Rust files below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The table of rooms in the crate documentation: each with the rooms that it may use.
fn rooms() -> BTreeMap<String, BTreeSet<String>> {
    let text = read(&root().join("src/lib.rs"));
    text.lines()
        .filter_map(|line| line.strip_prefix("//! | [`"))
        .map(|line| {
            let mut cells = line.split('|').map(str::trim);
            let room = cells.next().unwrap_or_default().trim_end_matches("`]").to_owned();
            let uses = cells.next().unwrap_or_default().split(',').map(str::trim).filter(|room| !room.is_empty());
            (room, uses.map(str::to_owned).collect())
        })
        .collect()
}

/// The rooms that a source names as `crate::room` or `crate::{room, …}`, comments left out.
fn imports(source: &str) -> BTreeSet<String> {
    let code: String =
        source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let mut found = BTreeSet::new();
    for (at, path) in code.match_indices("crate::") {
        let rest = &code[at + path.len()..];
        if !rest.starts_with('{') {
            found.insert(name(rest));
            continue;
        }
        let mut depth = 0;
        for (i, c) in rest.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            if depth == 1 && (c == '{' || c == ',') {
                found.insert(name(rest[i + 1..].trim_start()));
            }
        }
    }
    found.remove("");
    found
}

fn name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn imports_are_read_in_all_their_forms() {
    let source = "use crate::{\n    model::{A, B},\n    yaml::C,\n};\nuse crate::store::D;\n// crate::rules\nlet x = crate::expr::y;";
    let expected = ["expr", "model", "store", "yaml"].map(str::to_owned);
    assert_eq!(imports(source), BTreeSet::from(expected));
}

#[test]
fn the_map_names_the_rooms_that_there_are() {
    let folders = fs::read_dir(root().join("src")).expect("sources").map(|entry| entry.expect("an entry").path());
    let there: BTreeSet<String> = folders
        .filter(|path| path.is_dir())
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(rooms().into_keys().collect::<BTreeSet<_>>(), there);
}

#[test]
fn imports_point_down_only_and_siblings_do_not_import_each_other() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (room, allowed) in &rooms {
        for path in sources(&root().join("src").join(room)) {
            for used in imports(&read(&path)) {
                if rooms.contains_key(&used) && used != *room && !allowed.contains(&used) {
                    wrong.push(format!("{} uses {used}, and {room} may not", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_two_rooms_may_use_each_other() {
    let rooms = rooms();
    let mut below: BTreeSet<&str> = BTreeSet::new();
    while below.len() < rooms.len() {
        let next: Vec<&str> = rooms
            .iter()
            .filter(|(room, uses)| {
                !below.contains(room.as_str()) && uses.iter().all(|used| below.contains(used.as_str()))
            })
            .map(|(room, _)| room.as_str())
            .collect();
        assert!(!next.is_empty(), "a circle, or a room that is not there, among the rooms above {below:?}");
        below.extend(next);
    }
}

#[test]
fn files_that_the_map_names_are_there() {
    for map in ["src/lib.rs", "src/app/mod.rs"] {
        let text = read(&root().join(map));
        let documentation: String = text.lines().filter(|line| line.starts_with("//!")).collect::<Vec<_>>().join("\n");
        for named in documentation.split('`').filter(|word| word.contains('/') && !word.contains(' ')) {
            let (of_root, of_sources) = (root().join(named), root().join("src").join(named));
            let of_a_home = ["state/", "published/", "quarantine/"].iter().any(|folder| named.starts_with(folder));
            assert!(of_a_home || of_root.exists() || of_sources.exists(), "{map} names `{named}`, which is not there");
        }
    }
}
