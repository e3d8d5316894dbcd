//! `OpenDocument` spreadsheets, made by hand as programs write them.

use super::*;

const MIME: &[u8] = b"application/vnd.oasis.opendocument.spreadsheet";

/// A spreadsheet of these elements (the styles first) within `content.xml`.
fn spreadsheet(styles: &str, tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content><office:automatic-styles>{styles}\
         </office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>\
         </office:document-content>"
    );
    zipped(&[
        ("mimetype", MIME),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", b"<manifest:manifest></manifest:manifest>"),
    ])
}

fn table(name: &str, rows: &str) -> String {
    format!("<table:table table:name=\"{name}\">{rows}</table:table>")
}

fn text_cell(shown: &str) -> String {
    format!("<table:table-cell office:value-type=\"string\"><text:p>{shown}</text:p></table:table-cell>")
}

fn number(value: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{value}</text:p></table:table-cell>"
    )
}

fn row(cells: &[String]) -> String {
    format!("<table:table-row>{}</table:table-row>", cells.concat())
}

fn two_rows() -> String {
    let rows = [[text_cell("name"), text_cell("count")], [text_cell("a"), number("1")], [text_cell("b"), number("2")]];
    rows.iter().map(|cells| row(cells)).collect()
}

#[test]
fn a_spreadsheet_says_what_its_cells_say() {
    let cells = [
        "<table:table-cell office:value-type=\"date\" office:date-value=\"2025-10-01\"><text:p>Oct 25</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"percentage\" office:value=\"0.563\"><text:p>56%</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"currency\" office:currency=\"GBP\" office:value=\"1332.5\"><text:p>\u{a3}1,332.50</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"time\" office:time-value=\"PT01H05M37S\"><text:p>01:05</text:p></table:table-cell>",
        "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>a note</text:p></office:annotation>\
         <text:p>A &amp; B<text:s text:c=\"2\"/>C\n  <text:span>D<text:tab/></text:span>&#233;</text:p><text:p>second</text:p>\
         <draw:frame><draw:text-box><text:p>a drawing</text:p></draw:text-box></draw:frame></table:table-cell>",
    ]
    .concat();
    let more = [
        "<table:table-cell office:value-type=\"string\" office:string-value=\"TBC\"><text:p>shown otherwise</text:p></table:table-cell>",
        "<table:covered-table-cell office:value-type=\"float\" office:value=\"7\"><text:p>7</text:p></table:covered-table-cell>",
        "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"float\" office:value=\"0\" calcext:value-type=\"error\"><text:p>#DIV/0!</text:p></table:table-cell>",
        "<table:table-cell/>",
        "<table:table-cell office:value-type=\"float\" office:value=\"123\"><text:p>00123</text:p></table:table-cell>",
    ]
    .concat();
    let last = "<table:table-cell table:number-columns-repeated=\"4\"/>\
                <table:table-cell office:value-type=\"boolean\" office:boolean-value=\"true\"><text:p>WAHR</text:p></table:table-cell>";
    let heads: String = ["month", "share", "cost", "wait", "text"].map(text_cell).concat();
    let bytes = spreadsheet(
        "",
        &table(
            "S",
            &format!(
                "<table:table-column table:number-columns-repeated=\"16384\"/><table:table-header-rows>\
                 <table:table-row>{heads}</table:table-row></table:table-header-rows>\
                 <table:table-row table:visibility=\"collapse\">{cells}</table:table-row>\
                 <table:table-row-group><table:table-row>{more}</table:table-row></table:table-row-group>\
                 <table:table-row>{last}</table:table-row>\
                 <table:table-row table:number-rows-repeated=\"1048572\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>"
            ),
        ),
    );
    let spec = columns(
        "month: { kind: period }\nshare: { kind: number }\ncost: { kind: number }\nwait: { kind: duration }\ntext: {}",
    );
    let content = read("t.ods", &bytes, &spec);
    assert_eq!(
        content.rows,
        ["2: 2025-10-01|56.3%|1332.5|01:05:37|A & B  C D é\nsecond", "3: TBC|7|#DIV/0!||00123", "4: ||||TRUE"]
    );
    // 01:05:37 is 3,937 seconds.
    assert_eq!(
        content.cells[0][..4],
        [Cell::Period("2025-10".parse().unwrap()), Cell::Number(0.563), Cell::Number(1332.5), Cell::Number(3937.0)]
    );
    assert_eq!(content.cells[1][2], Cell::Missing(Missing::Unreadable));
}

#[test]
fn repeated_cells_and_rows_are_repeated_where_they_stand() {
    let rows = format!(
        "<table:table-row table:number-rows-repeated=\"5\"><table:table-cell table:number-columns-repeated=\"9\"/></table:table-row>\
         {}<table:table-row table:number-rows-repeated=\"2\">{}<table:table-cell table:number-columns-repeated=\"2\" \
         office:value-type=\"float\" office:value=\"3\"/></table:table-row>\
         <table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row>{}",
        row(&[text_cell("name"), text_cell("count"), text_cell("other")]),
        text_cell("a"),
        row(&[text_cell("b"), number("4"), number("5")])
    );
    let spec = columns("name: {}\ncount: { kind: number }\nother: { kind: number }");
    let content = read("t.ods", &spreadsheet("", &table("S", &rows)), &spec);
    assert_eq!(content.rows, ["7: a|3|3", "8: a|3|3", "1000009: b|4|5"]);
}

#[test]
fn what_is_hidden_in_a_spreadsheet_is_read_and_said() {
    let columns = "<table:table-column/><table:table-column-group><table:table-column table:visibility=\"collapse\" \
                   table:number-columns-repeated=\"16383\"/></table:table-column-group>";
    let filtered = "<table:table-row table:visibility=\"filter\" table:number-rows-repeated=\"2\">";
    let rows = [
        columns,
        &row(&[text_cell("name"), text_cell("count")]),
        &row(&[text_cell("a"), number("1")]).replace("<table:table-row>", filtered),
        "<table:table-row table:visibility=\"collapse\"><table:table-cell/></table:table-row>",
        &row(&[text_cell("b"), number("2")]),
    ];
    let tables = [table("Other", &two_rows().replace("count", "other")), table("S", &rows.concat())];
    let content = read("t.ods", &spreadsheet("", &tables.concat()), &two());
    assert_eq!(content.rows, ["2: a|1", "3: a|1", "5: b|2"]);
    let finding = content.findings.iter().find(|finding| finding.check == "hidden_cells").expect("something is hidden");
    assert!(finding.message.contains("in sheet `S` rows 2–3 and column B are hidden"), "{finding:?}");
}

#[test]
fn sheets_are_chosen_as_in_any_workbook() {
    let hidden = "<style:style style:name=\"ta1\" style:family=\"table\"><style:table-properties table:display=\"true\"/></style:style>\
                  <style:style style:name=\"ta2\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>";
    let sheet = |name: &str, style: &str, rows: &str| {
        format!("<table:table table:name=\"{name}\" table:style-name=\"{style}\">{rows}</table:table>")
    };
    let linked = "<table:dde-links><table:dde-link><table:table table:name=\"Linked\"><table:table-row/></table:table></table:dde-link></table:dde-links>";
    let sheets = [
        sheet("Hidden", "ta2", &two_rows()),
        sheet("Notes &amp; more", "ta1", &row(&[text_cell("see below")])),
        sheet("Activity", "ta1", &two_rows()),
        linked.to_owned(),
    ];
    let bytes = spreadsheet(hidden, &sheets.concat());
    let content = read("t.ods", &bytes, &two());
    assert_eq!((content.rows.as_slice(), content.sheet.as_deref()), (&ROWS.map(str::to_owned)[..], Some("Activity")));
    let named = tabled("{ sheet: Hidden }", "name: {}\ncount: { kind: number }");
    assert_eq!(read("t.ods", &bytes, &named).sheet.as_deref(), Some("Hidden"));
    let named = tabled("{ sheet: Linked }", "name: {}\ncount: { kind: number }");
    assert!(refusal("t.ods", &bytes, &named).contains("its sheets are `Hidden`, `Notes & more`, `Activity`"));
    let twice = spreadsheet("", &[table("A", &two_rows()), table("A", &two_rows())].concat());
    assert!(refusal("t.ods", &twice, &two()).contains("two of its sheets are called `A`"));
}

/// Each of these takes some kB on disk; read without bounds, gigabytes or hours.
#[test]
fn what_no_table_holds_is_refused() {
    let repeated = |rows: &str, columns: &str, text: &str| {
        format!(
            "{}<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell table:number-columns-repeated=\"{columns}\" \
             office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell></table:table-row>",
            row(&[text_cell("name"), text_cell("count")])
        )
    };
    let long = "x".repeat(30_000);
    for (rows, expected) in [
        (repeated("1048575", "16384", "x"), "repeated into far more than any table"),
        (repeated("1", "4294967295", "x"), "row 2: the row has more than 16384 cells"),
        (repeated("1", "99999999999999999999999", "x"), "row 2: the row has more than 16384 cells"),
        (repeated("99999999999999999999999", "1", "x"), "has more than 1000000000 rows"),
        (repeated("1", "16384", &long), "longer than 1048576 bytes"),
        (repeated("1", "1", "<text:s text:c=\"4000000000\"/>"), "row 2: the row is longer than 1048576 bytes"),
        (repeated("many", "1", "x"), "`table:number-rows-repeated` is no count"),
        (
            format!("{}{}", "<table:table-row-group>".repeat(300), "</table:table-row-group>".repeat(300)),
            "deeper than 256",
        ),
        (row(&[text_cell("&lol;")]), "an entity that XML does not have"),
    ] {
        let error = refusal("t.ods", &spreadsheet("", &table("S", &rows)), &two());
        assert!(error.contains(expected), "{error}");
    }
    let sheets: String = (0..1001).map(|n| table(&n.to_string(), "")).collect();
    assert!(refusal("t.ods", &spreadsheet("", &sheets), &two()).contains("more than 1000 sheets"));
    // Seventy million bytes of blank rows pack to seventy thousand.
    let blank = format!("<table:table-row>{}</table:table-row>", " ".repeat(100_000)).repeat(700);
    assert!(refusal("t.ods", &spreadsheet("", &table("S", &blank)), &two()).contains("times its size"));
    let encrypted = zipped(&[
        ("mimetype", MIME),
        ("META-INF/manifest.xml", b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>"),
        ("content.xml", b"\x01\x02\x03"),
    ]);
    assert!(refusal("t.ods", &encrypted, &two()).contains("protected by a password"));
    let laughs = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><office:document-content><office:body>\
                  <office:spreadsheet><table:table table:name=\"&b;\"/></office:spreadsheet></office:body></office:document-content>";
    let laughs = zipped(&[("mimetype", MIME), ("content.xml", laughs.as_bytes())]);
    assert!(refusal("t.ods", &laughs, &two()).contains("cannot be read as an OpenDocument spreadsheet"));
}

/// The texts of groups stand over the columns that they are merged across, and over no others.
#[test]
fn groups_reach_as_far_as_their_cells_are_merged() {
    let group = |text: &str, columns: usize| {
        format!(
            "<table:table-cell office:value-type=\"string\" table:number-columns-spanned=\"{columns}\"><text:p>{text}</text:p>\
             </table:table-cell><table:covered-table-cell table:number-columns-repeated=\"{}\"/>",
            columns - 1
        )
    };
    let rows = [
        row(&["<table:table-cell/>".to_owned(), group("Planned", 2), "<table:table-cell/>".to_owned()]),
        row(&["name", "day", "night", "day"].map(text_cell)),
        row(&[text_cell("a"), number("1"), number("2"), number("3")]),
    ];
    let spec = tabled(
        "{ header_rows: 2 }",
        "name: {}\nplanned: { header: Planned night, kind: number }\nother: { header: day, kind: number }",
    );
    let content = read("t.ods", &spreadsheet("", &table("S", &rows.concat())), &spec);
    assert_eq!(content.rows, ["3: a|2|3"]);
}

#[test]
fn rows_without_height_and_columns_without_width_are_hidden() {
    let style = |name: &str, family: &str, size: &str| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"table-{family}\"><style:table-{family}-properties {size}/>\
             </style:style>"
        )
    };
    let styles = [
        style("ro1", "row", "style:row-height=\"0.45cm\""),
        style("ro2", "row", "style:row-height=\"0cm\""),
        style("co1", "column", "style:column-width=\"2.2cm\""),
        style("co2", "column", "style:column-width=\"0in\""),
    ];
    let columns = "<table:table-column table:style-name=\"co1\"/><table:table-column table:style-name=\"co2\"/>";
    let rows = two_rows().replacen("<table:table-row>", "<table:table-row table:style-name=\"ro1\">", 2);
    let rows = rows.replace("<table:table-row>", "<table:table-row table:style-name=\"ro2\">");
    let content = read("t.ods", &spreadsheet(&styles.concat(), &table("S", &format!("{columns}{rows}"))), &two());
    assert_eq!(content.rows, ROWS);
    let [finding] = content.findings.as_slice() else { panic!("{:?}", content.findings) };
    assert!(finding.message.contains("in sheet `S` row 3 and column B are hidden"), "{finding:?}");
}
