//! Names: ignored ones, hostile ones, and their order.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use proptest::prelude::*;

use crate::intake::is_ignored;
use crate::intake::names::{display_name, natural_order, stored_name};

#[test]
fn temporary_and_hidden_names_are_ignored() {
    let ignored = [
        "~$report.xlsx",
        ".report.csv.Xy12",
        ".hidden",
        "report.csv.tmp",
        "REPORT.TMP",
        "report.csv.part",
        "report.partial",
        "report.csv.filepart",
        "report.csv.crdownload",
        "report.Download",
        ".report.csv.swp",
        "report.swp",
        "Thumbs.db",
        "THUMBS.DB",
        "desktop.ini",
        "Desktop.ini",
    ];
    for name in ignored {
        assert!(is_ignored(OsStr::new(name)), "{name}");
    }
}

#[test]
fn names_that_only_look_like_them_are_taken() {
    for name in
        ["report.csv", "part.csv", "tmp", "report.tmp.csv", "~report.csv", "$report.csv", "thumbs.db.csv", "a.parts"]
    {
        assert!(!is_ignored(OsStr::new(name)), "{name}");
    }
}

#[test]
fn an_ordinary_name_is_shown_and_stored_as_it_is() {
    for name in ["les-activity-2025-04.csv", "Übersicht Q1 (final).xlsx", "データ.csv", "-rf", "no extension"] {
        assert_eq!(display_name(OsStr::new(name)), name);
        assert_eq!(stored_name(OsStr::new(name)), name);
    }
}

#[test]
fn hostile_characters_are_replaced() {
    let latin1 = OsStr::from_bytes(b"caf\xe9\n2025.csv");
    assert_eq!(display_name(latin1), "caf\u{FFFD}\u{FFFD}2025.csv");
    assert_eq!(stored_name(latin1), "caf__2025.csv");
    // After a right-to-left override, the rest of this name is shown as `exe.csv`.
    assert_eq!(stored_name(OsStr::new("evil\u{202E}vsc.exe")), "evil_vsc.exe");
    assert_eq!(stored_name(OsStr::new("\u{1b}[2Jx.csv")), "_[2Jx.csv");
}

#[test]
fn a_long_name_is_cut_between_characters_and_keeps_its_extension() {
    let long = format!("{}.csv", "é".repeat(125));
    let stored = stored_name(OsStr::new(&long));
    assert_eq!(stored, format!("{}.csv", "é".repeat(98)));
    // 255 bytes that are not UTF-8 become three bytes each when shown.
    assert_eq!(stored_name(OsStr::from_bytes(&[0xff; 255])), "_".repeat(200));
}

#[test]
fn numbers_in_names_are_ordered_as_numbers() {
    let mut names = vec![
        "les-2025-10.csv",
        "les-2025-9.csv",
        "les-2024-12.csv",
        "les-2025-04.csv",
        "les.csv",
        "les-2025-4.csv",
        "hha-2026-01.csv",
    ];
    names.sort_by(|a, b| natural_order(a, b));
    let expected = [
        "hha-2026-01.csv",
        "les-2024-12.csv",
        "les-2025-04.csv",
        "les-2025-4.csv",
        "les-2025-9.csv",
        "les-2025-10.csv",
        "les.csv",
    ];
    assert_eq!(names, expected);
}

#[test]
fn numbers_of_any_length_are_compared() {
    let (short, long) = ("9".repeat(100), format!("1{}", "0".repeat(100)));
    assert!(natural_order(&short, &long).is_lt());
    assert!(natural_order("a9b", "a10a").is_lt());
    assert!(natural_order("a", "a1").is_lt());
}

proptest! {
    #[test]
    fn the_order_is_total(a in "[a0-1é-]{0,6}", b in "[a0-1é-]{0,6}", c in "[a0-1é-]{0,6}") {
        prop_assert_eq!(natural_order(&a, &b), natural_order(&b, &a).reverse());
        prop_assert_eq!(natural_order(&a, &b).is_eq(), a == b);
        if natural_order(&a, &b).is_le() && natural_order(&b, &c).is_le() {
            prop_assert!(natural_order(&a, &c).is_le());
        }
    }

    #[test]
    fn any_name_can_be_stored(name in proptest::collection::vec(1..=255_u8, 1..255)) {
        prop_assume!(!name.contains(&b'/') && name[0] != b'.');
        let stored = stored_name(OsStr::from_bytes(&name));
        prop_assert!(!stored.is_empty() && stored.len() <= 200 && !stored.starts_with('.'));
        prop_assert!(!stored.contains(|c: char| c == '/' || c.is_control()));
    }
}
