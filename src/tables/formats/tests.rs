//! Files of every format as they arrive: what is read, what is said of it, and what is refused.

mod ods;
mod parquet;
mod xls;
mod xlsx;

use std::{io::Write, path::PathBuf};

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::super::{
    Limits, ReadError, Table, TableSpec,
    tests::{columns, tabled, two},
};
use crate::model::{Cell, Finding, Missing, Severity};

struct Dropped {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn dropped(name: &str, bytes: &[u8]) -> Dropped {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Dropped { _folder: folder, path }
}

struct Content {
    rows: Vec<String>,
    cells: Vec<Vec<Cell>>,
    sheet: Option<String>,
    findings: Vec<Finding>,
}

fn read_within(name: &str, bytes: &[u8], spec: &TableSpec, limits: &Limits) -> Result<Content, ReadError> {
    let file = dropped(name, bytes);
    let mut table = Table::open(&file.path, spec, limits)?;
    let (mut rows, mut cells, mut sheet) = (Vec::new(), Vec::new(), None);
    while let Some(batch) = table.next_batch()? {
        sheet = batch.sheet.as_deref().map(str::to_owned);
        for (at, number) in batch.rows.iter().enumerate() {
            let texts: Vec<&str> = batch.columns.iter().map(|column| column.text(at)).collect();
            rows.push(format!("{number}: {}", texts.join("|")));
            cells.push(batch.columns.iter().map(|column| column.cell(at)).collect());
        }
    }
    Ok(Content { rows, cells, sheet, findings: table.findings() })
}

fn read(name: &str, bytes: &[u8], spec: &TableSpec) -> Content {
    read_within(name, bytes, spec, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(name: &str, bytes: &[u8], spec: &TableSpec) -> String {
    let error = read_within(name, bytes, spec, &Limits::default()).err().expect("no table").to_string();
    assert!(error.contains(name), "{error}");
    error
}

const CSV: &[u8] = b"name,count\na,1\nb,2\n";
const ROWS: [&str; 2] = ["2: a|1", "3: b|2"];

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook of sheets with a name and rows of texts and numbers.
/// What fills a sheet.
type Fill<'a> = &'a dyn Fn(&mut Worksheet);

fn workbook(sheets: &[(&str, Fill<'_>)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, fill) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        fill(sheet);
    }
    book.save_to_buffer().unwrap()
}

fn fill_two(sheet: &mut Worksheet) {
    for (row, (name, count)) in [("a", 1.0), ("b", 2.0)].into_iter().enumerate() {
        let row = u32::try_from(row).unwrap() + 1;
        sheet.write(row, 0, name).unwrap();
        sheet.write(row, 1, count).unwrap();
    }
    sheet.write(0, 0, "name").unwrap();
    sheet.write(0, 1, "count").unwrap();
}

#[test]
fn the_same_table_is_read_from_every_format() {
    let json = br#"[{"name": "a", "count": 1}, {"count": 2, "name": "b"}]"#;
    let wrapped = br#"{"title": "x [{", "rows": [{"name": "a", "count": 1}, {"name": "b", "count": 2}], "n": 2}"#;
    let lines = b"{\"name\": \"a\", \"count\": 1}\n{\"name\": \"b\", \"count\": 2}\n";
    let book = workbook(&[("Only", &fill_two)]);
    for (name, bytes) in [
        ("t.csv", CSV.to_vec()),
        ("t.csv.gz", gzip(CSV)),
        ("t.csv.zst", zstd::encode_all(CSV, 0).unwrap()),
        ("t.zip", zipped(&[("t.csv", CSV)])),
        ("t.zip", zipped(&[("__MACOSX/._t.csv", b"x"), ("readme.txt", b"see below"), ("in/t.csv", CSV)])),
        ("t.xlsx", book.clone()),
        ("t.xlsx.gz", gzip(&book)),
        ("t.zip", zipped(&[("t.xlsx", &book)])),
        ("t.json", json.to_vec()),
        ("t.json", wrapped.to_vec()),
        ("t.ndjson", lines.to_vec()),
        ("t.parquet", parquet_file()),
    ] {
        let content = read(name, &bytes, &two());
        let texts: Vec<_> = content.rows.iter().map(|row| row.split_once(' ').unwrap().1).collect();
        assert_eq!(texts, ["a|1", "b|2"], "{name}");
        assert_eq!(content.findings, [], "{name}");
    }
}

#[test]
fn what_is_read_from_front_to_back_says_how_far_it_is() {
    let packed = gzip(CSV);
    let book = workbook(&[("Only", &fill_two)]);
    for (name, bytes, expected) in [
        ("t.csv", CSV, Some(CSV.len() as u64)),
        ("t.csv.gz", &packed, Some(packed.len() as u64)),
        ("t.xlsx", &book, None),
    ] {
        let file = dropped(name, bytes);
        let mut table = Table::open(&file.path, &two(), &Limits::default()).unwrap();
        while table.next_batch().unwrap().is_some() {}
        assert_eq!(table.bytes_read(), expected, "{name}");
    }
}

fn parquet_file() -> Vec<u8> {
    use arrow::array::{ArrayRef, Float64Array, RecordBatch, StringArray};
    let names: ArrayRef = std::sync::Arc::new(StringArray::from(vec!["a", "b"]));
    let counts: ArrayRef = std::sync::Arc::new(Float64Array::from(vec![1.0, 2.0]));
    let batch = RecordBatch::try_from_iter([("name", names), ("count", counts)]).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn content_wins_over_the_name_and_is_said() {
    let book = workbook(&[("Only", &fill_two)]);
    let content = read("les.csv", &book, &two());
    assert_eq!((content.rows.as_slice(), content.sheet.as_deref()), (&ROWS.map(str::to_owned)[..], Some("Only")));
    let [note] = content.findings.as_slice() else { panic!("{:?}", content.findings) };
    assert_eq!((note.check.as_str(), note.severity), ("file_name", Severity::Note));
    assert!(note.message.starts_with("les.csv is an Excel workbook, though its name says delimited text"));
    assert_eq!(read("les.xlsx", CSV, &two()).findings.len(), 1);
    assert_eq!(read("les.txt", CSV, &two()).findings, []);
    assert_eq!(read("les.csv.gz", CSV, &two()).rows, ROWS);
}

#[test]
fn cells_of_a_workbook_are_written_as_people_write_them() {
    let format = |code: &str| Format::new().set_num_format(code);
    let bytes = workbook(&[("S", &|sheet| {
        for (column, name) in ["month", "share", "number", "wait", "text"].iter().enumerate() {
            sheet.write(0, u16::try_from(column).unwrap(), *name).unwrap();
        }
        let day = ExcelDateTime::from_ymd(2025, 10, 1).unwrap();
        sheet.write_with_format(1, 0, &day, &format("mmm-yy")).unwrap();
        sheet.write_with_format(1, 1, 0.563, &format("0%")).unwrap();
        sheet.write_with_format(1, 2, 0.563, &format("0.0%")).unwrap();
        sheet.write_with_format(1, 3, 3937.0 / 86_400.0, &format("hh:mm:ss")).unwrap();
        sheet.write_with_format(1, 4, 123, &format("00000")).unwrap();
        sheet.write_with_format(2, 0, &day, &format("dd/mm/yyyy")).unwrap();
        sheet.write_with_format(2, 1, 1.2, &format("0%")).unwrap();
        sheet.write_with_format(2, 2, 1_332.0, &format("\u{a3}#,##0.00")).unwrap();
        sheet.write_with_format(2, 3, 25.5 / 24.0, &format("[h]:mm")).unwrap();
        sheet.write(2, 4, true).unwrap();
        sheet.write(3, 0, "TBC").unwrap();
        sheet.write(3, 1, 0.05).unwrap();
        sheet.write_formula(3, 2, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
        sheet.write_formula(3, 4, rust_xlsxwriter::Formula::new("=1+1").set_result("2")).unwrap();
    })]);
    let spec = columns(
        "month: { kind: period }\nshare: { kind: percent }\nnumber: { kind: number }\nwait: { kind: duration }\ntext: {}",
    );
    let content = read("t.xlsx", &bytes, &spec);
    assert_eq!(
        content.rows,
        ["2: 2025-10|56.3%|56.3%|01:05:37|00123", "3: 2025-10-01|120%|1332|25:30:00|TRUE", "4: TBC|0.05|#DIV/0!||2",]
    );
    let october = Cell::Period("2025-10".parse().unwrap());
    let number = Cell::Number;
    assert_eq!(content.cells[0], [october, number(0.563), number(0.563), number(3937.0), Cell::Text]);
    assert_eq!(content.cells[1], [october, number(1.2), number(1332.0), number(91_800.0), Cell::Text]);
    let missing = Cell::Missing;
    assert_eq!(
        content.cells[2],
        [
            missing(Missing::NotAvailable),
            number(0.05),
            missing(Missing::Unreadable),
            missing(Missing::Blank),
            Cell::Text
        ]
    );
}

#[test]
fn the_sheet_is_the_one_that_answers_or_a_question() {
    let notes = |sheet: &mut Worksheet| {
        sheet.write(0, 0, "Notes").unwrap();
    };
    let bytes = workbook(&[("Notes", &notes), ("Activity", &fill_two)]);
    let content = read("t.xlsx", &bytes, &two());
    assert_eq!((content.rows.as_slice(), content.sheet.as_deref()), (&ROWS.map(str::to_owned)[..], Some("Activity")));

    let alike = workbook(&[("April", &fill_two), ("May", &fill_two)]);
    assert_eq!(
        refusal("t.xlsx", &alike, &two()),
        "which sheet of t.xlsx is the table? `April`, `May` answer alike; name one as `sheet` in the dataset's `table`"
    );
    let with = |sheet: &str| tabled(&format!("{{ sheet: {sheet} }}"), "name: {}\ncount: { kind: number }");
    for (setting, sheet) in [("May", "May"), ("may", "May"), ("'A*'", "April"), ("2", "May")] {
        assert_eq!(read("t.xlsx", &alike, &with(setting)).sheet.as_deref(), Some(sheet), "{setting}");
    }
    let error = refusal("t.xlsx", &alike, &with("June"));
    assert!(error.starts_with("t.xlsx has no sheet `June`: its sheets are `April`, `May`"), "{error}");
    assert!(refusal("t.xlsx", &alike, &with("3")).contains("no sheet at position 3"));
    let foreign = workbook(&[("Notes", &notes), ("More", &notes)]);
    assert!(
        refusal("t.xlsx", &foreign, &two()).starts_with("none of the sheets `Notes`, `More` of t.xlsx has a header")
    );

    let hidden = workbook(&[
        ("Shown", &fill_two),
        ("Hidden", &|sheet: &mut Worksheet| {
            fill_two(sheet);
            sheet.set_hidden(true);
        }),
    ]);
    assert_eq!(read("t.xlsx", &hidden, &two()).sheet.as_deref(), Some("Shown"));
    assert_eq!(read("t.xlsx", &hidden, &with("Hidden")).sheet.as_deref(), Some("Hidden"));
}

#[test]
fn merged_cells_say_how_far_a_group_reaches() {
    let fill = |merged: bool| {
        move |sheet: &mut Worksheet| {
            if merged {
                sheet.merge_range(0, 1, 0, 2, "Attended", &Format::new()).unwrap();
            } else {
                sheet.write(0, 1, "Attended").unwrap();
            }
            for (column, (name, figure)) in
                ["site", "Type 1", "Type 2", "Share"].into_iter().zip([0.0, 1.0, 2.0, 3.0]).enumerate()
            {
                let column = u16::try_from(column).unwrap();
                sheet.write(1, column, name).unwrap();
                sheet.write(2, column, figure).unwrap();
            }
        }
    };
    // By the merged cells the share is not of those who attended; blank cells alone say nothing else.
    let spec = tabled(
        "{ header_rows: 2 }",
        "site: {}\ntwo: { header: Attended Type 2 }\nshare: { header: Attended Share, required: false }",
    );
    let merged = read("t.xlsx", &workbook(&[("Data", &fill(true))]), &spec);
    assert_eq!(merged.rows, ["3: 0|2|"]);
    assert_eq!(read("t.xlsx", &workbook(&[("Data", &fill(false))]), &spec).rows, ["3: 0|2|3"]);
}

#[test]
fn findings_name_the_sheet() {
    let bytes = workbook(&[("Activity", &|sheet: &mut Worksheet| {
        fill_two(sheet);
        sheet.write(2, 5, "beyond the header").unwrap();
    })]);
    let content = read("t.xlsx", &bytes, &two());
    let [finding] = content.findings.as_slice() else { panic!("{:?}", content.findings) };
    // In a sheet a cell has its column: what stands beside the header has moved no other.
    assert_eq!((finding.check.as_str(), finding.severity), ("unnamed_column", Severity::Note));
    assert_eq!((finding.rows[0].row, finding.rows[0].sheet.as_deref()), (3, Some("Activity")));
}

#[test]
fn what_is_hidden_in_a_workbook_is_read_and_said() {
    // The second row was filtered away, and one column is hidden; so is all that is to the right of the table.
    let bytes = workbook(&[
        ("Notes", &|sheet: &mut Worksheet| {
            sheet.set_row_hidden(0).unwrap();
        }),
        ("A & B", &|sheet: &mut Worksheet| {
            fill_two(sheet);
            sheet.set_row_hidden(1).unwrap();
            sheet.set_column_hidden(1).unwrap();
            sheet.set_column_range_hidden(2, 16_383).unwrap();
        }),
    ]);
    let content = read("t.xlsx", &bytes, &two());
    assert_eq!(content.rows, ROWS);
    let [finding] = content.findings.as_slice() else { panic!("{:?}", content.findings) };
    assert_eq!((finding.check.as_str(), finding.severity), ("hidden_cells", Severity::Note));
    assert!(
        finding.message.contains("in sheet `A & B` row 2 and column B are hidden, and treated like what is shown"),
        "{finding:?}"
    );
    let shown = read("t.xlsx", &workbook(&[("A", &fill_two)]), &two());
    assert_eq!(shown.findings, []);
}

#[test]
fn blank_rows_and_cells_of_a_sheet_keep_their_places() {
    let bytes = workbook(&[("S", &|sheet: &mut Worksheet| {
        sheet.write(3, 2, "name").unwrap();
        sheet.write(3, 3, "count").unwrap();
        sheet.write(4, 2, "a").unwrap();
        sheet.write(4, 3, 1).unwrap();
        sheet.write(900_000, 3, 2).unwrap();
        sheet.write(1_048_575, 2, "b").unwrap();
        sheet.write(1_048_575, 3, 3).unwrap();
    })]);
    let content = read("t.xlsx", &bytes, &two());
    assert_eq!(content.rows, ["5: a|1", "900001: |2", "1048576: b|3"]);
}

#[test]
fn json_keeps_what_is_written_and_refuses_what_is_nested() {
    let spec = columns("name: {}\ncount: { kind: number }");
    let content = read(
        "t.json",
        "\u{feff}[{\"name\": \"caf\\u00e9 \\\"x\\\"\", \"count\": 1.50},\n {\"name\": null, \"count\": 12345678901234567890}, {\"name\": true, \"count\": 0}]"
            .as_bytes(),
        &spec,
    );
    assert_eq!(content.rows, ["1: café \"x\"|1.50", "2: |12345678901234567890", "3: TRUE|0"]);
    let rows = read("t.ndjson", b"\n{\"name\": \"a\", \"count\": 1}\r\n\n{\"name\": \"b\", \"count\": 2}", &spec).rows;
    assert_eq!(rows, ["2: a|1", "4: b|2"]);
    for (json, expected) in [
        (r#"[{"name": "a", "count": {"n": 1}}]"#, "record 1: `count` holds an object or array"),
        (r#"[{"name": "a", "name": "b"}]"#, "`name` stands twice"),
        (r#"[["name", "count"], ["a", 1]]"#, "record 1: this is no JSON object"),
        (r#"[{"name": "a", "count": 1}"#, "the array is not closed"),
        (r#"[{"name": "a", "count": 1}, "#, "a comma stands where a record should"),
        (r#"[{"name": "a", "count": 1"#, "the record is not closed"),
        (r#"[{"name": "a", "count": 1}] x"#, "something follows after its end"),
        (r#"{"a": [{"name": "a"}], "b": [{"name": "b"}]}"#, "several arrays of objects"),
        (r#"{"a": [{"name": "a"}]"#, "is not closed"),
        (r#"[{"name": a}]"#, "this is no JSON object"),
    ] {
        let error = refusal("t.json", json.as_bytes(), &spec);
        assert!(error.contains(expected), "{json}: {error}");
    }
    let late = "{\"name\": \"a\", \"count\": 1}\n".repeat(200) + "{\"other\": 1}";
    let findings = read("t.ndjson", late.as_bytes(), &spec).findings;
    assert!(findings.iter().any(|finding| finding.check == "unexpected_field" && finding.rows[0].row == 201));
}

#[test]
fn archives_are_asked_about_or_refused() {
    let spec = two();
    let error = refusal("t.zip", &zipped(&[("a.csv", CSV), ("b.csv", CSV)]), &spec);
    assert_eq!(error, "which file in t.zip is the table? `a.csv`, `b.csv` answer alike; drop them one by one");
    assert!(refusal("t.zip", &zipped(&[("a.txt", b"x"), ("b.txt", b"y")]), &spec).contains("`a.txt`, `b.txt`"));
    for bytes in [
        zipped(&[("inner.zip", &zipped(&[("t.csv", CSV)]))]),
        gzip(&gzip(CSV)),
        gzip(&zipped(&[("t.csv", CSV)])),
        zipped(&[("t.csv.gz", &gzip(CSV))]),
    ] {
        assert!(refusal("t.zip", &bytes, &spec).contains("an archive within an archive"));
    }
    for name in ["../t.csv", "/etc/t.csv", "a/../../t.csv", "..\\t.csv", "C:\\t.csv"] {
        let error = refusal("t.zip", &zipped(&[(name, CSV)]), &spec);
        assert!(error.contains("leads out of the archive"), "{name}: {error}");
    }
    let many: Vec<String> = (0..1001).map(|n| format!("{n}.csv")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), CSV)).collect();
    assert!(refusal("t.zip", &zipped(&many), &spec).contains("more than 1000 members"));
}

#[test]
fn what_unpacks_to_too_much_is_refused() {
    let limits = Limits { unpacked_bytes: 1 << 20, ..Limits::default() };
    let blank = [b"a,1".as_slice(), &" ".repeat(100_000).into_bytes(), b"\n"].concat();
    let long = [b"name,count\n".as_slice(), &blank.repeat(20)].concat();
    let book = workbook(&[("S", &|sheet: &mut Worksheet| {
        fill_two(sheet);
        for row in 3..60_000 {
            sheet.write(row, 0, "a").unwrap();
        }
    })]);
    for (name, bytes) in [
        ("t.gz", gzip(&long)),
        ("t.zst", zstd::encode_all(long.as_slice(), 0).unwrap()),
        ("t.zip", zipped(&[("t.csv", &long)])),
        ("t.xlsx", book),
    ] {
        let error = read_within(name, &bytes, &two(), &limits).err().expect("too much").to_string();
        assert!(error.contains("unpacks to more than 1 MB"), "{error}");
    }
    // Seventy million blanks: far below the limit of size, and no table.
    let bomb = zstd::encode_all([b"name,count\n".as_slice(), &blank.repeat(700)].concat().as_slice(), 0).unwrap();
    let error = refusal("t.zst", &bomb, &two());
    assert!(error.contains("times its size"), "{error}");
    // One cell of two million letters.
    let sheet = format!(
        "<worksheet><sheetData><row><c t=\"str\"><v>{}</v></c></row></sheetData></worksheet>",
        "a".repeat(2 << 20)
    );
    let bytes = zipped(&[("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", sheet.as_bytes())]);
    assert!(refusal("t.xlsx", &bytes, &two()).contains("has a piece of XML longer than 1 MB"));
    let claims = zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/sharedStrings.xml", b"<sst uniqueCount=\"999999999999\"></sst>"),
    ]);
    assert!(refusal("t.xlsx", &claims, &two()).contains("claims more texts than it has bytes"));
}

#[test]
fn documents_that_are_no_tables_are_called_by_their_names() {
    for (members, expected) in [
        (vec![("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>")], "a Word document"),
        (vec![("[Content_Types].xml", "<Types/>"), ("ppt/presentation.xml", "<p/>")], "a PowerPoint presentation"),
        (
            vec![("Index/Document.iwa", "x"), ("Metadata/Properties.plist", "x")],
            "a document of Apple Numbers or another of its programs",
        ),
        (vec![("[Content_Types].xml", "<Types/>"), ("xl/workbook.bin", "x")], "(.xlsb)"),
        (vec![("mimetype", "application/vnd.oasis.opendocument.text")], "an OpenDocument text"),
        (vec![("[Content_Types].xml", "<Types/>")], "cannot be read as an Excel workbook"),
    ] {
        let members: Vec<(&str, &[u8])> = members.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let error = refusal("t.xlsx", &zipped(&members), &two());
        assert!(error.contains(expected), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn damaged_files_give_an_answer(
        which in 0..6_usize,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = match which {
            0 => gzip(CSV),
            1 => zstd::encode_all(CSV, 0).unwrap(),
            2 => zipped(&[("t.csv", CSV), ("u.txt", b"text")]),
            3 => workbook(&[("S", &fill_two)]),
            4 => parquet_file(),
            _ => br#"{"n": 1, "rows": [{"name": "a", "count": 1}, {"name": "b", "count": 2}]}"#.to_vec(),
        };
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] ^= value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()) + 1);
        }
        let _ = read_within("t", &bytes, &two(), &Limits::default());
    }

    #[test]
    fn any_bytes_after_a_magic_give_an_answer(
        magic in prop::sample::select(vec![
            b"PK\x03\x04".as_slice(), b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", b"\x1F\x8B\x08", b"\x28\xB5\x2F\xFD", b"PAR1", b"[{", b"{\"",
        ]),
        bytes in proptest::collection::vec(any::<u8>(), 0..600),
        json in "[\\[\\]{},:\" a1\\\\]{0,60}",
    ) {
        let _ = read_within("t", &[magic, &bytes].concat(), &two(), &Limits::default());
        let _ = read_within("t", &[magic, json.as_bytes()].concat(), &two(), &Limits::default());
    }
}
