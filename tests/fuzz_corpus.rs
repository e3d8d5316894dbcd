//! Every input below `fuzz/corpus/`, held against the property that its target is for: seeds, and all that ever found a
//! mistake. `fuzz/README.md` says how more are found.

#![expect(clippy::unwrap_used, reason = "a test ends where what it needs is not there")]

use std::{
    collections::BTreeSet,
    fs,
    panic::{catch_unwind, resume_unwind},
    path::{Path, PathBuf},
};

#[path = "../fuzz/src/properties/mod.rs"]
mod properties;

fn fuzz(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder)
}

fn inside(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn stems(folder: &Path) -> BTreeSet<String> {
    inside(folder).iter().map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// Holds all inputs of a target against its property.
fn holds(target: &str) {
    let (property, inputs) = (properties::property(target), inside(&fuzz("corpus").join(target)));
    assert!(!inputs.is_empty(), "there is no input for {target}");
    for path in inputs {
        let bytes = fs::read(&path).unwrap();
        if let Err(panicked) = catch_unwind(|| property(&bytes)) {
            eprintln!("the input is {}", path.display());
            resume_unwind(panicked);
        }
    }
}

macro_rules! targets {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            holds(stringify!($target));
        })*

        #[test]
        fn every_property_has_a_target_a_corpus_and_a_test() {
            let properties: BTreeSet<_> = properties::PROPERTIES.iter().map(|(name, _)| (*name).to_owned()).collect();
            assert_eq!(stems(&fuzz("fuzz_targets")), properties);
            assert_eq!(stems(&fuzz("corpus")), properties);
            assert_eq!(BTreeSet::from([$(stringify!($target).to_owned()),*]), properties);
        }
    };
}

targets! { any cells config delimited expressions infer json layout ods packed parquet periods xls xlsx yaml zip }
