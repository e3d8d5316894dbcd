//! What is proposed of the table and its columns as YAML: what is written is what the sample is read with.

use std::sync::Arc;

use serde::Deserialize;

use crate::yaml::{Entries, SourceFile, decode, parse};

use super::{
    super::{ColumnSettings, TableSettings, TableSpec},
    names::{expression, quoted, scalar},
    place::Place,
    sample::{Printed, Source},
    shape::{Shape, certain_period},
    years::Years,
};

/// One setting under `table`, and why it is there.
#[derive(Debug)]
pub(super) struct Setting {
    pub(super) why: &'static str,
    pub(super) yaml: String,
}

#[derive(Deserialize, schemars::JsonSchema)]
struct Sections {
    #[serde(default)]
    table: TableSettings,
    columns: Entries<ColumnSettings>,
}

/// The settings under `table`.
pub(super) fn table(place: &Place, shape: &Shape, columns: &[Printed], years: Option<&Years>) -> Vec<Setting> {
    let mut settings = Vec::new();
    let mut set = |why, yaml: String| settings.push(Setting { why, yaml });
    let at = |position: usize| columns.iter().find(|column| column.position == Some(position));
    let name = |position: usize| at(position).map_or(String::new(), |column| scalar(&column.name));
    let made = |role| columns.iter().find(|column| column.source == role).map_or("", |column| column.name.as_str());
    if let Some(sheet) = &place.sheet {
        set("The workbook has several sheets.", format!("sheet: {}", quoted(sheet)));
    }
    if place.heading.rows > 1 {
        set(
            "The header covers several rows; their texts, joined by a space, name a column.",
            format!("header_rows: {}", place.heading.rows),
        );
    }
    if shape.stacked.is_some() {
        set(
            "A header that stands again begins another table; the row above it is its title.",
            format!("blocks: {{ title: {} }}", scalar(made(Source::Title))),
        );
    }
    if !shape.skip_rows.is_empty() {
        let patterns: Vec<String> = shape.skip_rows.iter().map(|pattern| quoted(pattern)).collect();
        set(
            "Rows whose first text fits are totals or shares of the others, or notes: no data.",
            format!("skip_rows: [{}]", patterns.join(", ")),
        );
    }
    if !shape.fill_down.is_empty() {
        let names: Vec<String> = shape.fill_down.iter().map(|at| name(*at)).collect();
        set(
            "A label stands in the first row of its group only: a blank cell takes the text above it.",
            format!("fill_down: [{}]", names.join(", ")),
        );
    }
    if let Some(alternate) = &shape.alternate {
        let above = place.heading.columns.get(alternate.at).and_then(|above| above.header.as_deref());
        let told =
            above.map_or_else(|| format!("position: {}", alternate.at + 1), |text| format!("column: {}", quoted(text)));
        let kind = |(name, text): &(String, String)| format!("{}: {}", scalar(name), quoted(text));
        let kinds: Vec<String> = alternate.kinds.iter().map(kind).collect();
        let value =
            alternate.value.and_then(|at| place.heading.columns.get(at)).and_then(|above| above.header.as_deref());
        let value = value.map_or(String::new(), |text| format!(", value: {}", quoted(text)));
        set(
            "Figures that belong together stand on alternate rows: each kind of row becomes a column.",
            format!("alternate: {{ {told}, rows: {{ {} }}{value} }}", kinds.join(", ")),
        );
    }
    if let Some(across) = &shape.across {
        let value =
            if shape.alternate.is_none() { format!(", value: {}", scalar(made(Source::Value))) } else { String::new() };
        set(
            "Periods stand across: each becomes a row. One that is blank makes none.",
            format!("across: {{ columns: {}, name: {}{value} }}", across.columns, scalar(made(Source::Period))),
        );
    }
    if shape.repeated {
        set("Some rows stand twice, alike in every cell: they are read once.", "repeated_rows: drop".to_owned());
    }
    let year = years.and_then(|years| {
        let of =
            |place: &str, found: &Option<String>| found.as_ref().map(|found| format!("{place}: {}", expression(found)));
        of("file_name", &years.of_file).or_else(|| of("title", &years.of_titles))
    });
    if let Some(year) = year {
        set(
            "Periods that do not say their year, such as Apr or M7, belong to this one.",
            format!("financial_year: {{ {year} }}"),
        );
    }
    settings
}

/// The settings of one column but its kind, each with a comma before it.
pub(super) fn column(column: &Printed) -> String {
    let place = match &column.source {
        Source::Header(text) if *text != column.name => format!(", header: {}", quoted(text)),
        Source::Position(at) => format!(", position: {}{}", at + 1, lasting_header(&column.above)),
        Source::InTitle(pattern) => format!(", from: {{ title: {} }}", expression(pattern)),
        Source::Joined(parts) => {
            let parts: Vec<String> = parts.iter().map(|part| scalar(part)).collect();
            format!(", joined: [{}]", parts.join(", "))
        }
        _ => String::new(),
    };
    // A column that is found by its place has no header to be called otherwise.
    let by_header = matches!(column.source, Source::Header(_));
    let aliases: Vec<String> = column.aliases.iter().filter(|_| by_header).map(|alias| quoted(alias)).collect();
    let aliases = if aliases.is_empty() { String::new() } else { format!(", aliases: [{}]", aliases.join(", ")) };
    let optional = if column.optional { ", required: false" } else { "" };
    format!("{place}{aliases}{optional}")
}

/// The header of a column that is found by its place, with which a change of the columns shows; none of one that says a
/// period or number, as it may say another next time.
fn lasting_header(above: &str) -> String {
    let may_change = above.is_empty() || above.contains(char::is_numeric) || certain_period(above).is_some();
    if may_change { String::new() } else { format!(", header: {}", quoted(above)) }
}

/// A reader's settings from what will be written; none if they contradict each other, which is a fault of this program.
pub(super) fn read(place: &Place, table: &[Setting], columns: &[String]) -> Option<TableSpec> {
    let heading = if table.is_empty() { "" } else { "table:" };
    let settings = table.iter().map(|setting| setting.yaml.as_str());
    let lines = settings.chain(["columns:"]).chain(columns.iter().map(String::as_str));
    let indented = lines.map(|line| if line == "columns:" { line.to_owned() } else { format!("  {line}") });
    let text = std::iter::once(heading.to_owned()).chain(indented).collect::<Vec<_>>().join("\n");
    let file = Arc::new(SourceFile { path: "proposal".into(), text });
    let Sections { mut table, columns } = parse(&file).and_then(|node| decode(&node)).ok()?;
    table.delimiter = place.delimiter;
    Some(TableSpec { table, columns })
}
