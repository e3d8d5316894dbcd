//! Workbooks of Excel, made by hand: what other programs than Excel write, and what none does.

use super::*;

/// A workbook of one sheet with this XML, and these shared texts.
fn hand_made(properties: &str, shared: &str, sheet: &str) -> Vec<u8> {
    let workbook = format!(
        "<workbook xmlns:r=\"r\">{properties}<sheets><sheet name=\"Only\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let styles = "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>";
    let related = "<Relationships>\
        <Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
        <Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/>\
        <Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/>\
        </Relationships>";
    let package = "<Relationships><Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
    zipped(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", package.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", related.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/sharedStrings.xml", format!("<sst>{shared}</sst>").as_bytes()),
        ("xl/worksheets/sheet1.xml", format!("<worksheet>{sheet}</worksheet>").as_bytes()),
    ])
}

const HEADS: &str =
    "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>name</t></is></c><c r=\"B1\" t=\"str\"><v>count</v></c></row>";

fn sheet(rows: &str) -> Vec<u8> {
    hand_made("", "", &format!("<sheetData>{HEADS}{rows}</sheetData>"))
}

#[test]
fn texts_of_every_kind_and_cells_in_any_order_are_read() {
    let shared = "<si><r><t>ri</t></r><r><rPr><b/></rPr><t>ch</t></r></si><si><t>base</t><rPh sb=\"0\" eb=\"1\"><t>spoken</t></rPh></si>";
    let rows = "<dimension ref=\"A1:XFD1048576\"/><sheetData>".to_owned()
        + HEADS
        + "<row r=\"2\"><c r=\"B2\" t=\"str\"><f>1+1</f><v>12</v></c><c r=\"A2\" t=\"s\"><v>0</v></c></row>\
           <row r=\"3\"><c r=\"A3\" t=\"s\"><v>1</v></c><c r=\"B3\"><f>6*7</f><v>42</v></c></row>\
           <row r=\"4\"><c r=\"A4\" t=\"inlineStr\"><is><t>A &amp; &#66;</t></is></c><c r=\"B4\" t=\"e\"><v>#REF!</v></c></row>\
           <row r=\"5\"><c r=\"A5\" s=\"1\"><v>44469</v></c><c r=\"B5\" t=\"e\"><v>#DIV/0!</v></c></row></sheetData>";
    let content = read("t.xlsx", &hand_made("<workbookPr date1904=\"1\"/>", shared, &rows), &two());
    // 44469 days after 1 January 1904.
    assert_eq!(content.rows, ["2: rich|12", "3: base|42", "4: A & B|#REF!", "5: 2025-10-01|#DIV/0!"]);
    let counts: Vec<Cell> = content.cells.iter().map(|cells| cells[1]).collect();
    let unreadable = Cell::Missing(Missing::Unreadable);
    assert_eq!(counts, [Cell::Number(12.0), Cell::Number(42.0), unreadable, unreadable]);
}

#[test]
fn what_contradicts_itself_or_has_no_end_is_refused() {
    let deep = format!("<row r=\"2\">{}{}</row>", "<x>".repeat(100_000), "</x>".repeat(100_000));
    // Forty texts of 90,000 letters in one row are too many for a row.
    let long = format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", "x".repeat(90_000)).repeat(40);
    for (rows, expected) in [
        ("<row r=\"2\"><c r=\"ZZZZZZZ9\"><v>1</v></c></row>", "t.xlsx"),
        ("<row r=\"2\"><c r=\"XFE2\"><v>1</v></c></row>", "t.xlsx"),
        ("<row r=\"99999999999999\"><c r=\"A99999999999999\"><v>1</v></c></row>", "t.xlsx"),
        ("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"A2\"><v>2</v></c></row>", "a cell of row 2 stands twice"),
        (
            "<row r=\"3\"><c r=\"A3\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>",
            "row 2 stands below row 3",
        ),
        ("<row r=\"2\"><c r=\"A2\" t=\"s\"><v>7</v></c></row>", "t.xlsx"),
        (&deep, "nests its XML deeper than 256 elements"),
        (&format!("<row r=\"2\">{long}</row>"), "row 2: the row is longer than 1048576 bytes"),
    ] {
        let read = read_within("t.xlsx", &sheet(rows), &two(), &Limits::default());
        let error = read.map(|content| content.rows).expect_err(rows.get(..60).unwrap_or(rows)).to_string();
        assert!(error.contains(expected), "{error}");
    }
    let entity = "<!DOCTYPE x [<!ENTITY a \"b\">]><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>&a;</v></c></row></sheetData>";
    assert!(read_within("t.xlsx", &hand_made("", "", entity), &two(), &Limits::default()).is_err());
}

/// What is hidden of a workbook of one sheet with this XML.
fn hidden(sheet: &str) -> Option<String> {
    let content = read("t.xlsx", &hand_made("", "", sheet), &two());
    assert_eq!(content.rows, ["2: a|1", "3: b|2"]);
    let finding = content.findings.into_iter().find(|finding| finding.check == "hidden_cells");
    finding.and_then(|finding| finding.message.split_once(" hidden").map(|(said, _)| said.to_owned()))
}

#[test]
fn what_has_no_height_or_width_is_hidden() {
    let rows = |first: &str, second: &str| {
        let row = |at: u32, name: &str, count: u32, said: &str| {
            format!(
                "<row r=\"{at}\"{said}><c r=\"A{at}\" t=\"str\"><v>{name}</v></c><c r=\"B{at}\"><v>{count}</v></c></row>"
            )
        };
        format!("<sheetData>{HEADS}{}{}</sheetData>", row(2, "a", 1, first), row(3, "b", 2, second))
    };
    let custom = " ht=\"0\" customHeight=\"1\"";
    assert_eq!(hidden(&rows("", " ht=\"12.5\" customHeight=\"0\"")), None);
    assert_eq!(hidden(&rows(custom, "")).as_deref(), Some("in sheet `Only` row 2 is"));
    let flat = "<sheetFormatPr defaultRowHeight=\"0\" zeroHeight=\"1\"/>";
    assert_eq!(
        hidden(&format!("{flat}{}", rows(" ht=\"15\"", ""))).as_deref(),
        Some("in sheet `Only` rows 1 and 3 are")
    );
    let columns = "<cols><col min=\"2\" max=\"2\" width=\"0\" customWidth=\"1\"/></cols>";
    assert_eq!(hidden(&format!("{columns}{}", rows("", ""))).as_deref(), Some("in sheet `Only` column B is"));
    assert_eq!(
        hidden(&format!("{columns}{}", rows("", custom))).as_deref(),
        Some("in sheet `Only` row 3 and column B are")
    );
}
