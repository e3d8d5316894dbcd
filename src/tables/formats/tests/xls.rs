//! Binary workbooks, made by hand record by record as [MS-XLS] and [MS-CFB] describe them.

use super::*;

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    [&kind.to_le_bytes(), &length.to_le_bytes(), data].concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A text before which its length stands in two bytes, of letters of one byte.
fn long_text(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_le_bytes(), b"\0".as_slice(), text.as_bytes()].concat()
}

fn begin(kind: u16) -> Vec<u8> {
    record(0x0809, &words(&[0x0600, kind, 0, 0, 0, 0, 0, 0]))
}

fn end() -> Vec<u8> {
    record(0x000A, &[])
}

/// The stream of a workbook: these records at its beginning, and sheets of these.
fn book(beginning: &[u8], sheets: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let bound: usize = sheets.iter().map(|(name, _)| 4 + 8 + name.len()).sum();
    let mut at = begin(5).len() + beginning.len() + bound + end().len();
    let (mut bounds, mut bodies) = (Vec::new(), Vec::new());
    for (name, body) in sheets {
        let place = u32::try_from(at).unwrap().to_le_bytes();
        let data = [&place, [0, 0, u8::try_from(name.len()).unwrap(), 0].as_slice(), name.as_bytes()].concat();
        bounds.extend(record(0x0085, &data));
        let body = [begin(16), body.clone(), end()].concat();
        at += body.len();
        bodies.extend(body);
    }
    compound("Workbook", &[begin(5), beginning.to_vec(), bounds, end(), bodies].concat())
}

/// A compound file of one stream: a sector for the table, one for the directory, then the stream.
fn compound(name: &str, stream: &[u8]) -> Vec<u8> {
    const NONE: u32 = u32::MAX;
    const LAST: u32 = u32::MAX - 1;
    let entry = |name: &str, kind: u8, child: u32, start: u32, size: usize| {
        let mut entry: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry.resize(64, 0);
        entry.extend(u16::try_from(name.len() * 2 + 2).unwrap().to_le_bytes());
        entry.extend([kind, 1]);
        entry.extend([NONE, NONE, child].iter().flat_map(|word| word.to_le_bytes()));
        entry.resize(0x74, 0);
        entry.extend(start.to_le_bytes());
        entry.extend((size as u64).to_le_bytes());
        entry
    };
    let sectors = u32::try_from(stream.len().div_ceil(512)).unwrap();
    assert!(sectors < 126, "one sector holds the table");
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(0x18, 0);
    header.extend(words(&[0x3E, 3, 0xFFFE, 9, 6]));
    header.resize(0x30, 0);
    header.extend([1, 0, 0, LAST, 0, LAST, 0, 0].iter().flat_map(|word: &u32| word.to_le_bytes()));
    header.resize(512, 0xFF);
    let mut table: Vec<u32> = vec![u32::MAX - 2, LAST];
    table.extend((0..sectors).map(|at| if at + 1 == sectors { LAST } else { at + 3 }));
    table.resize(128, NONE);
    let mut directory = [entry("Root Entry", 5, 1, LAST, 0), entry(name, 2, NONE, 2, stream.len())].concat();
    directory.resize(512, 0);
    let mut stream = stream.to_vec();
    stream.resize(stream.len().next_multiple_of(512), 0);
    let table = table.iter().flat_map(|word| word.to_le_bytes()).collect();
    [header, table, directory, stream].concat()
}

fn number(row: u16, column: u16, format: u16, value: f64) -> Vec<u8> {
    record(0x0203, &[words(&[row, column, format]), value.to_le_bytes().to_vec()].concat())
}

fn text(row: u16, column: u16, text: &str) -> Vec<u8> {
    record(0x0204, &[words(&[row, column, 0]), long_text(text)].concat())
}

fn shared(row: u16, column: u16, number: u16) -> Vec<u8> {
    record(0x00FD, &words(&[row, column, 0, number, 0]))
}

fn formula(row: u16, column: u16, value: [u8; 8]) -> Vec<u8> {
    record(0x0006, &[words(&[row, column, 0]), value.to_vec(), vec![0; 8]].concat())
}

fn heads(names: &[&str]) -> Vec<u8> {
    names.iter().enumerate().flat_map(|(at, name)| text(0, u16::try_from(at).unwrap(), name)).collect()
}

#[test]
fn a_binary_workbook_says_what_its_cells_say() {
    // Formats: 164 is a share of its own kind, 10 (0.00%) and 17 (mmm-yy) are those that every workbook has.
    let custom = record(0x041E, &[words(&[164]), long_text("0.0%;[Red]-0.0%")].concat());
    let formats: Vec<u8> =
        [0, 164, 10, 17, 14].iter().flat_map(|format| record(0x00E0, &words(&[0, *format, 0, 0]))).collect();
    // 45931 is 1 October 2025. 1332.5 in hundredths is the whole number 133,250; 1332 shifted by two bits is 5328.
    let hundredths = 133_250_u32 << 2 | 3;
    let whole = 1332_u32 << 2 | 2;
    let short = |format: u16, word: u32| [format.to_le_bytes().as_slice(), &word.to_le_bytes()].concat();
    let cells = [
        // The rows are not in order.
        formula(2, 0, [0, 0, 0, 0, 0, 0, 0xFF, 0xFF]),
        record(0x0207, &long_text("TBC")),
        formula(2, 1, [2, 0, 0x07, 0, 0, 0, 0xFF, 0xFF]),
        formula(2, 2, 0.25_f64.to_le_bytes()),
        formula(2, 3, [1, 0, 1, 0, 0, 0, 0xFF, 0xFF]),
        record(0x0205, &[words(&[2, 4, 0]), vec![0x17, 1]].concat()),
        heads(&["month", "share", "rate", "flag", "cost"]),
        number(1, 0, 3, 45_931.0),
        number(1, 1, 1, 0.563),
        number(1, 2, 2, 1.2),
        record(0x0205, &[words(&[1, 3, 0]), vec![0, 0]].concat()),
        record(0x00BD, &[words(&[1, 4]), short(0, hundredths), short(0, whole), words(&[5])].concat()),
    ]
    .concat();
    let spec = columns("month: { kind: period }\nshare: { kind: number }\nrate: { kind: percent }\nflag: {}\ncost: {}");
    let content = read("t.xls", &book(&[custom, formats].concat(), &[("Only", cells)]), &spec);
    assert_eq!(content.rows, ["2: 2025-10|56.3%|120%|FALSE|1332.5", "3: TBC|#DIV/0!|0.25|TRUE|#REF!"]);
    assert_eq!(content.cells[0][1..3], [Cell::Number(0.563), Cell::Number(1.2)]);
    assert_eq!(content.cells[1][1], Cell::Missing(Missing::Unreadable));
}

#[test]
fn rows_without_height_and_columns_without_width_are_hidden() {
    let row = |row: u16, height: u16| record(0x0208, &words(&[row, 0, 2, height, 0, 0, 0x0100, 15]));
    row_2_and_column_b_are_hidden(&[
        record(0x007D, &words(&[1, 1, 0, 15, 0, 0])),
        row(0, 255),
        row(1, 0),
        row(2, 0x80FF),
    ]);
}

/// These records above the cells of a sheet hide them.
#[track_caller]
fn row_2_and_column_b_are_hidden(layout: &[Vec<u8>]) {
    let cells =
        [heads(&["name", "count"]), text(1, 0, "a"), number(1, 1, 0, 1.0), text(2, 0, "b"), number(2, 1, 0, 2.0)];
    let sheet = [layout.concat(), cells.concat()].concat();
    let content = read("t.xls", &book(&[], &[("Only", sheet)]), &two());
    assert_eq!(content.rows, ROWS);
    let [finding] = content.findings.as_slice() else { panic!("{:?}", content.findings) };
    assert!(finding.message.contains("in sheet `Only` row 2 and column B are hidden"), "{finding:?}");
}

#[test]
fn what_is_hidden_in_a_binary_workbook_is_read_and_said() {
    // Of a row its number, cells and height, then bits of which 0x20 hides it; of columns the first and last, a width, and
    // a bit that hides them.
    let row = |row: u16, bits: u16| record(0x0208, &words(&[row, 0, 2, 255, 0, 0, bits, 15]));
    let columns = |first: u16, last: u16, bits: u16| record(0x007D, &words(&[first, last, 2340, 15, bits, 0]));
    row_2_and_column_b_are_hidden(&[
        columns(0, 0, 0),
        columns(1, 255, 1),
        row(0, 0x0100),
        row(1, 0x0120),
        row(2, 0x0140),
        row(3, 0x0120),
    ]);
}

#[test]
fn shared_texts_go_on_over_records() {
    // "name" and "cou" stand in the first record, the last letters of "count" as two bytes each in the second, and two
    // texts in the third, of which the last has a run of formats and a phonetic reading. The counts are wrong.
    let first = [words(&[9, 0, 1, 0]), long_text("name"), words(&[5]), b"\0cou".to_vec()].concat();
    let second = [b"\x01".to_vec(), words(&[u16::from(b'n'), u16::from(b't')])].concat();
    let rich =
        [words(&[2]), vec![0x0C], words(&[1]), 3_u32.to_le_bytes().to_vec(), b"Xy".to_vec(), vec![0; 7]].concat();
    let third = [long_text("a"), rich, long_text("b")].concat();
    let table = [record(0x00FC, &first), record(0x003C, &second), record(0x003C, &third)].concat();
    let cells = [
        shared(0, 0, 0),
        shared(0, 1, 1),
        shared(1, 0, 2),
        number(1, 1, 0, 1.0),
        shared(2, 0, 3),
        number(2, 1, 0, 2.0),
        shared(3, 0, 4),
        number(3, 1, 0, 3.0),
    ];
    let content = read("t.xls", &book(&table, &[("Only", cells.concat())]), &two());
    assert_eq!(content.rows, ["2: a|1", "3: Xy|2", "4: b|3"]);
    let error = refusal("t.xls", &book(&table, &[("Only", [cells.concat(), shared(9, 1, 5)].concat())]), &two());
    assert!(error.contains("the cell in row 10, column 2 is cut off or misses its text"), "{error}");
}

/// Each is a file of a few kB that claims gigabytes. Reading them takes less than 30 MB.
#[test]
fn what_a_binary_workbook_claims_takes_no_memory() {
    // A sheet that is said to have 65,536 rows of 256 columns, and more; its cells stand in opposite corners.
    for extents in [vec![0, 0, 0, 1, 0, 256, 0], vec![0, 0, 0xFFFF, 0xFFFF, 0, 0xFFFF, 0]] {
        let cells = [
            record(0x0200, &words(&extents)),
            heads(&["name", "count"]),
            number(65_535, 1, 0, 2.0),
            number(1, 255, 0, 1.0),
        ];
        let content = read("t.xls", &book(&[], &[("Only", cells.concat())]), &two());
        assert_eq!(content.rows, ["2: |", "65536: |2"]);
    }
    let many: Vec<(String, Vec<u8>)> = (0..1001).map(|n| (n.to_string(), Vec::new())).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(name, cells)| (name.as_str(), cells.clone())).collect();
    let good = book(&[], &[("Only", heads(&["name", "count"]))]);
    let changed = |at: usize, bytes: &[u8]| {
        let mut bad = good.clone();
        bad[at..at + bytes.len()].copy_from_slice(bytes);
        bad
    };
    let far = text(1, 0, "a");
    for (bytes, expected) in [
        (book(&[], &many), "more than 1000 sheets"),
        (book(&record(0x002F, &words(&[0, 0])), &[]), "protected by a password"),
        (compound("WordDocument", b"x"), "a Word document"),
        (compound("EncryptedPackage", b"x"), "protected by a password"),
        (compound("Other", b"x"), "there is no workbook in it"),
        // The directory and the stream each follow themselves; the stream goes on beyond the end.
        (changed(512 + 4, &1_u32.to_le_bytes()), "runs in a circle"),
        (changed(512 + 8, &2_u32.to_le_bytes()), "runs in a circle"),
        (changed(512 + 8, &200_u32.to_le_bytes()), "leads out of it"),
        (changed(0x4C, &77_u32.to_le_bytes()), "lies beyond its end"),
        (changed(0x44, &99_u32.to_le_bytes()), "cut off, or"),
        (book(&[], &[("A", far.clone()), ("a", far)]), "two of its sheets are called `a`"),
        (book(&[], &[("A", [number(1, 1, 0, 1.0), number(1, 1, 0, 2.0)].concat())]), "a cell of row 2 stands twice"),
    ] {
        let error = refusal("t.xls", &bytes, &two());
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

proptest! {
    #[test]
    fn damaged_binary_workbooks_give_an_answer(
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let table = record(0x00FC, &[words(&[2, 0, 2, 0]), long_text("name"), long_text("count")].concat());
        let cells = [shared(0, 0, 0), shared(0, 1, 1), text(1, 0, "a"), number(1, 1, 0, 1.0), formula(1, 2, [0; 8])];
        let mut bytes = book(&table, &[("Only", cells.concat())]);
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] ^= value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let _ = read_within("t", &bytes, &two(), &Limits::default());
    }
}
