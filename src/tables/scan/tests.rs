//! The scan and the careful reader, held against each other on tables of every sort.

mod typed;

use std::{collections::BTreeMap, fmt::Write as _};

use proptest::prelude::*;

use super::{
    super::tests::{columns, dropped, tabled},
    *,
};
use crate::model::{Cell, table::Cells};

/// Remembers every cell; merged, in the order of the rows.
#[derive(Default)]
struct Seen {
    columns: BTreeSet<usize>,
    rows: Vec<(u64, Vec<(String, Cell)>)>,
    again: Vec<(u64, Vec<(String, Cell)>)>,
    settled: bool,
}

fn cells(batch: &Batch, wanted: &BTreeSet<usize>) -> Vec<(u64, Vec<(String, Cell)>)> {
    let cell = |column: &crate::model::Column, row| (column.text(row).to_owned(), column.cell(row));
    let row = |(at, number): (usize, &u64)| {
        assert!(
            batch.columns.iter().all(|column| column.len() == batch.rows.len()),
            "columns are as long as the batch"
        );
        let columns = batch.columns.iter().enumerate().filter(|(column, _)| wanted.contains(column));
        (*number, columns.map(|(_, column)| cell(column, at)).collect())
    };
    batch.rows.iter().enumerate().map(row).collect()
}

impl Observer for Seen {
    fn columns(&self) -> BTreeSet<usize> {
        self.columns.clone()
    }

    fn observe(&mut self, batch: &Batch) {
        let rows = cells(batch, &self.columns);
        let ascends = rows.first().zip(self.rows.last()).is_none_or(|(first, last)| first.0 > last.0);
        assert!(ascends, "each observer sees the rows in their order");
        self.rows.extend(rows);
    }

    fn merge(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.rows.sort_by_key(|(row, _)| *row);
    }

    fn settle(&mut self) -> BTreeSet<u64> {
        assert!(!std::mem::replace(&mut self.settled, true), "settled once");
        self.rows.iter().map(|(row, _)| *row).step_by(3).collect()
    }

    fn see_again(&mut self, batch: &Batch) {
        self.again.extend(cells(batch, &self.columns));
    }
}

const BY_ROWS: Cut = Cut { piece: 1 << 20, beyond: 0, rows: 1, threads: 1, smallest: u64::MAX };

type Answer = Result<(Vec<(u64, Vec<(String, Cell)>)>, Vec<Finding>), String>;

fn answer(path: &std::path::Path, spec: &TableSpec, limits: Limits, cut: Cut, wanted: &[usize]) -> Answer {
    let start = |_: &Header| Seen { columns: wanted.iter().copied().collect(), ..Seen::default() };
    let read = read_cut(path.into(), spec, &limits, start, &mut |_| {}, cut);
    read.map_err(|error| error.to_string()).map(|(seen, findings)| {
        let again: BTreeMap<_, _> = seen.again.iter().map(|(row, cells)| (row, cells)).collect();
        for (row, cells) in seen.rows.iter().step_by(3) {
            assert_eq!(again.get(row), Some(&cells), "row {row} is seen again");
        }
        (seen.rows, findings)
    })
}

/// Whether the file is read in pieces at all, without falling back.
fn is_scanned(bytes: &[u8], spec: &TableSpec, cut: Cut) -> bool {
    let file = dropped(bytes);
    let limits = Limits::default();
    [lying, typed, flowing].into_iter().any(|plan| {
        let mut table = Table::open(&file.path, spec, &limits).expect("a table");
        let plan = plan(&table, (&file.path).into(), spec, &limits, cut);
        plan.is_some_and(|plan| in_pieces(&mut table.taker, &plan, &|_: &Header| Seen::default(), &mut |_| {}).is_ok())
    })
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut encoder = flate2::read::GzEncoder::new(bytes, flate2::Compression::fast());
    std::io::Read::read_to_end(&mut encoder, &mut packed).expect("bytes in memory");
    packed
}

/// Says where two answers begin to differ.
fn differ(expected: Answer, found: Answer, of: &str) {
    let (expected, found) = match (expected, found) {
        (Ok(expected), Ok(found)) => (expected, found),
        (expected, found) => panic!("expected {:?}, found {:?}: {of}", expected.err(), found.err()),
    };
    for (expected, found) in expected.0.iter().zip(&found.0) {
        assert_eq!(expected, found, "{of}");
    }
    assert_eq!(expected.0.len(), found.0.len(), "rows: {of}");
    for (expected, found) in expected.1.iter().zip(&found.1) {
        assert_eq!(expected, found, "{of}");
    }
    panic!("expected {:?}, found {:?}: {of}", expected.1, found.1);
}

fn same(bytes: &[u8], spec: &TableSpec, limits: Limits, cuts: &[Cut]) {
    same_of(&[&[0, 1, 2, 3, 4], &[2], &[]], bytes, spec, limits, cuts);
}

fn same_of(columns: &[&[usize]], bytes: &[u8], spec: &TableSpec, limits: Limits, cuts: &[Cut]) {
    let file = dropped(bytes);
    for wanted in columns.iter().copied() {
        let expected = answer(&file.path, spec, limits, BY_ROWS, wanted);
        for cut in cuts {
            let found = answer(&file.path, spec, limits, *cut, wanted);
            if expected != found {
                differ(
                    expected.clone(),
                    found,
                    &format!("{cut:?}, columns {wanted:?}:\n{:?}", String::from_utf8_lossy(bytes)),
                );
            }
        }
    }
}

const COLUMNS: &str = "label: {}\nperiod: { kind: period }\nn: { kind: number }\n\
                       share: { kind: percent, percent: auto, required: false }\nabsent: { kind: number, required: false }";

fn cut(piece: usize, beyond: usize, threads: usize) -> Cut {
    Cut { piece, beyond, rows: piece, threads, smallest: 0 }
}

/// A cell as it may be printed, good or odd.
fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-c]{1,3}|[0-9]{1,4}|-?[0-9]{1,3}\\.[0-9]{1,2}",
        4 => prop::sample::select(vec![
            "2025-10", "Oct-25", "2011-12", "2011/12", "73.5", "0.5", "56.3%", "*", "", "", " ", "\"\"", "\"1,332\"", "\"a,b\"",
            "\"a\nb\"", "\"a\r\nb\"", "\"x\"\"y\"", "\"\n\n\"", "\" 5 \"", "Siân", "\u{fffd}", "\u{a0}", "TBC",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["a\"b", "\"a\"b", " \"a\"", "\"open", "a\rb", "\"a\rb\"", "\u{feff}", "\u{85}"])
            .prop_map(str::to_owned),
    ]
}

/// A line: mostly of four cells; sometimes ragged, blank, or like a footnote.
fn line(odd: bool) -> impl Strategy<Value = Vec<String>> {
    let cells = prop::collection::vec(cell(), 4..5);
    if !odd {
        return cells.boxed();
    }
    prop_oneof![
        12 => cells,
        1 => prop::collection::vec(cell(), 0..7),
        1 => Just(vec![String::new()]),
        1 => Just(vec![String::new(); 4]),
        1 => "(Note|Source|total|[a-z]{1,12})".prop_map(|text| vec![text, String::new(), String::new(), String::new()]),
        1 => "(Note|total)".prop_map(|text| vec![text]),
    ]
    .boxed()
}

fn text(lines: &[Vec<String>], delimiter: char, end: &str, ends: bool) -> String {
    let mut text = format!("Title{end}{end}label{delimiter}period{delimiter}n{delimiter}share{end}");
    for cells in lines {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace(',', &delimiter.to_string())).collect();
        let _ = write!(text, "{}{end}", cells.join(&delimiter.to_string()));
    }
    if !ends {
        text.truncate(text.len() - end.len());
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 64 } else { 4000 }))]

    #[test]
    fn pieces_read_as_the_whole(
        lines in any::<bool>().prop_flat_map(|odd| prop::collection::vec(line(odd), 0..60)),
        delimiter in prop::sample::select(vec![',', ';', '\t', '|']),
        end in prop::sample::select(vec!["\n", "\r\n", "\n", "\r"]),
        ends in any::<bool>(),
        (piece, beyond, threads) in (1_usize..300, 0_usize..80, 1_usize..4),
        (skip, months) in any::<(bool, bool)>(),
    ) {
        let declared = COLUMNS.replace("kind: period", if months { "kind: period, granularity: month" } else { "kind: period" });
        let spec = if skip { tabled("{ skip_rows: ['tot*', '1*'] }", &declared) } else { columns(&declared) };
        let text = text(&lines, delimiter, end, ends);
        let cuts = [cut(piece, beyond, threads), cut(1 << 16, 64, 1)];
        same(text.as_bytes(), &spec, Limits::default(), &cuts);
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&text);
        let flowing = if months { gzipped(text.as_bytes()) } else { latin.into_owned() };
        same_of(&[&[0, 2, 3]], &flowing, &spec, Limits::default(), &cuts[..1]);
    }

    #[test]
    fn joined_columns_read_as_the_whole(
        lines in any::<bool>().prop_flat_map(|odd| prop::collection::vec(line(odd), 0..60)),
        end in prop::sample::select(vec!["\n", "\r\n"]),
        (piece, beyond, threads) in (1_usize..300, 0_usize..80, 1_usize..4),
    ) {
        let spec = columns(
            "both: { joined: [label, share] }\nlabel: {}\nwhen: { kind: period, joined: [period] }\nperiod: {}\n\
             n: { kind: number }\nshare: {}",
        );
        let cuts = [cut(piece, beyond, threads), cut(1 << 16, 64, 1)];
        let text = text(&lines, ',', end, true);
        same_of(&[&[0, 1, 2, 3, 4, 5], &[0, 2], &[]], text.as_bytes(), &spec, Limits::default(), &cuts);
    }

    #[test]
    fn long_runs_of_regular_rows_read_as_the_whole(
        rows in prop::collection::vec((0_usize..400, line(true)), 1..5),
        piece in 100_usize..3000,
        bytes in prop::collection::vec((any::<usize>(), prop::sample::select(b"\"\n\r,\0\xE9 \xC2".to_vec())), 0..3),
        limit in prop::sample::select(vec![1 << 20, 40, 200]),
    ) {
        let mut lines = Vec::new();
        for (regular, odd) in rows {
            for row in 0..regular {
                let name = if row % 7 == 0 { "\"Surgery, The\"".to_owned() } else { format!("P{}", row % 50) };
                lines.push(vec![name, "2025-10".to_owned(), format!("{row}.5"), "0.5".to_owned()]);
            }
            lines.push(odd);
        }
        let mut text = text(&lines, ',', "\n", true).into_bytes();
        for (at, byte) in bytes {
            // Below the header.
            let at = 40 + at % text.len();
            if let Some(old) = text.get_mut(at) {
                *old = byte;
            }
        }
        let limits = Limits { row_bytes: limit, ..Limits::default() };
        let cuts = [cut(piece, 16, 3), cut(1 << 16, 64, 1)];
        same(&text, &columns(COLUMNS), limits, &cuts);
        same_of(&[&[0, 2, 3]], &gzipped(&text), &columns(COLUMNS), limits, &cuts[..1]);
    }
}

#[test]
fn what_is_a_little_odd_is_scanned_all_the_same() {
    let spec = columns(COLUMNS);
    let regular = "a,2025-10,1,50%\n".repeat(200);
    let head = "label,period,n,share\n";
    for odd in [
        "",
        "a,2025-10\n",
        "\n\n",
        "\"a\nb\",2025-10,1,50%\n",
        "a\"b,2025-10,1,50%\n",
        "Siân,2025-10,1,50%\n",
        "total,,,\n",
    ] {
        let text = format!("{head}{regular}{odd}{regular}");
        assert!(is_scanned(text.as_bytes(), &spec, cut(500, 20, 3)), "{odd:?}");
        assert!(is_scanned(format!("\u{feff}{text}").as_bytes(), &spec, cut(500, 20, 3)), "{odd:?}");
    }
    let many = regular.repeat(10);
    for odd in ["a,2025-10,1,\0\n", &"a,,,\n".repeat(2_000_000)] {
        assert!(!is_scanned(format!("{head}{many}{odd}{regular}").as_bytes(), &spec, cut(500, 20, 3)), "{}", odd.len());
    }
    assert!(!is_scanned(format!("\"Title\" x\n{head}{regular}").as_bytes(), &spec, cut(500, 20, 3)));
}

#[test]
fn a_period_of_two_columns_is_scanned() {
    let spec = columns("when: { kind: period, joined: [month, year] }\nyear: {}\nmonth: {}\nn: { kind: number }");
    let rows = "2025,Oct,1\n2025,\" Nov \",2\n,Dec,3\n".repeat(200);
    let text = format!("year,month,n\n{rows}");
    let cut = cut(500, 20, 3);
    assert!(is_scanned(text.as_bytes(), &spec, cut));
    let (seen, findings) = answer(&dropped(&text).path, &spec, Limits::default(), cut, &[0, 3]).expect("a table");
    assert_eq!(seen.len(), 600);
    let month = |text: &str| Cell::Period(text.parse().expect("a month"));
    for (row, (text, cell)) in [("Oct 2025", month("2025-10")), ("Nov 2025", month("2025-11"))].into_iter().enumerate()
    {
        assert_eq!(seen[row + 300].1[0], (text.to_owned(), cell));
    }
    let (text, cell) = &seen[2].1[0];
    assert!(text == "Dec" && !matches!(cell, Cell::Period(_)), "of no year: {cell:?}");
    assert_eq!(findings, []);
}

#[test]
fn what_must_be_decoded_or_unpacked_is_scanned_too() {
    let spec = columns(COLUMNS);
    let (head, regular) = ("label,period,n,share\n", "a,2025-10,1,50%\n".repeat(6_000));
    let text = format!("{head}{regular}Si\u{e2}n,2025-10,1,50%\n");
    let utf16 = [b"\xFF\xFE".to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
    let (latin, ..) = encoding_rs::WINDOWS_1252.encode(&text);
    let packed = gzipped(text.as_bytes());
    let rows =
        |bytes: &[u8], cut| answer(&dropped(bytes).path, &spec, Limits::default(), cut, &[0, 2]).map(|seen| seen.0);
    let (by_rows, cut) = (rows(text.as_bytes(), BY_ROWS), cut(1 << 14, 64, 3));
    for bytes in [&utf16[..], &latin, &packed, &gzipped(&latin)] {
        assert!(is_scanned(bytes, &spec, cut));
        assert!(rows(bytes, cut) == by_rows);
    }
    // What cannot be unpacked to its end is an error all the same.
    let cut_off = packed.get(..packed.len() - 20).expect("more than that");
    assert!(rows(cut_off, BY_ROWS).is_err());
    assert_eq!(rows(cut_off, cut), rows(cut_off, BY_ROWS));
}

/// The largest dictionary, and how many rows.
struct Largest(usize, u64);
impl Observer for Largest {
    fn columns(&self) -> BTreeSet<usize> {
        [0, 1, 2].into()
    }
    fn observe(&mut self, batch: &Batch) {
        self.1 += batch.rows.len() as u64;
        for column in &batch.columns {
            if let Cells::Coded(coded) = column.cells() {
                self.0 = self.0.max(coded.dictionary.len());
            }
        }
        for row in [0, batch.rows.len() - 1] {
            let number = batch.rows[row] - 2;
            let texts: Vec<_> = batch.columns.iter().map(|column| column.text(row)).collect();
            assert_eq!(texts, [format!("id{number}"), number.to_string(), format!("x{}", number % 3)]);
        }
    }
    fn merge(&mut self, other: Self) {
        (self.0, self.1) = (self.0.max(other.0), self.1 + other.1);
    }
    fn settle(&mut self) -> BTreeSet<u64> {
        BTreeSet::new()
    }
    fn see_again(&mut self, _: &Batch) {}
}

/// A column of many texts is no dictionary for long.
#[test]
fn dictionaries_are_bounded() {
    let spec = columns("id: {}\nn: { kind: number }\nfew: {}");
    let text = (0..200_000).fold("id,n,few\n".to_owned(), |mut text, row| {
        let _ = writeln!(text, "id{row},{row},x{}", row % 3);
        text
    });
    let file = dropped(&text);
    let read =
        read_cut((&file.path).into(), &spec, &Limits::default(), |_| Largest(0, 0), &mut |_| {}, cut(1 << 18, 64, 1));
    let (largest, findings) = read.expect("a table");
    assert!(largest.0 > 3 && largest.0 < 100_000, "{}", largest.0);
    assert_eq!((largest.1, findings), (200_000, Vec::new()));
}
