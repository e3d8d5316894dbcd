//! Texts of a file as names, and as YAML that means exactly them.

use std::{collections::BTreeSet, fmt::Write};

/// An id is at most so long.
const LONGEST_ID: usize = 60;

/// Words that YAML does not take for texts.
const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "nan"];

/// A header as a name in snake case: `Planned activity (%)` is `planned_activity_percent`. Empty if nothing is left.
pub(super) fn snake(header: &str) -> String {
    let spelt = header.replace('%', " percent ").replace('&', " and ").to_lowercase();
    let words = spelt.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut name = words.collect::<Vec<_>>().join("_");
    name.truncate(60);
    let name = name.trim_end_matches('_');
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("column_{name}") } else { name.to_owned() }
}

/// A name that is not taken yet; `fallback` where there is none.
pub(super) fn unique(name: String, fallback: &str, taken: &mut BTreeSet<String>) -> String {
    let reserved = name.is_empty() || WORDS.contains(&name.as_str()) || name.len() == 1 && "yn".contains(&name);
    let base = if reserved { fallback.to_owned() } else { name };
    let mut candidate = base.clone();
    let mut number = 2_usize;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{base}_{number}");
        number += 1;
    }
    candidate
}

/// A dataset's id: lower-case letters, digits and hyphens, at most 60.
pub(super) fn dataset_id(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let id = cut(&words.collect::<Vec<_>>().join("-"), LONGEST_ID);
    if id.is_empty() { "new-dataset".to_owned() } else { id }
}

/// The id of a dataset for one of several sheets of a file with this id, which no other sheet has.
pub(super) fn id_of_sheet(file: &str, sheet: Option<&str>, taken: &mut BTreeSet<String>) -> String {
    let (mut own, mut number) = (sheet.map_or(String::new(), dataset_id), 1_usize);
    loop {
        let more = if number > 1 { format!("-{number}") } else { String::new() };
        own = cut(&own, LONGEST_ID / 2);
        // What tells the sheets apart stands at the end, and is not what is cut off.
        let behind = if own.is_empty() { more } else { format!("-{own}{more}") };
        let id = format!("{}{behind}", cut(file, LONGEST_ID - behind.len()));
        if taken.insert(id.clone()) {
            return id;
        }
        number += 1;
    }
}

/// At most so many letters of an id.
fn cut(id: &str, most: usize) -> String {
    id.chars().take(most).collect::<String>().trim_end_matches('-').to_owned()
}

/// A text as YAML, on one line: double-quoted unless it is a simple word.
pub(super) fn scalar(text: &str) -> String {
    let simple = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() > 1
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
        && !WORDS.contains(&text);
    if simple { text.to_owned() } else { quoted(text) }
}

/// A text between double quotation marks, with everything escaped that is not plainly visible.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text on one line, with everything escaped that is not plainly visible.
pub(super) fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            ' ' | '£' | '€' | '–' | '—' | '‘' | '’' | '“' | '”' | '≤' | '≥' => written.push(c),
            c if c.is_ascii_graphic() || c.is_alphanumeric() => written.push(c),
            // Writing to a string cannot fail.
            c if u32::from(c) <= 0xffff => _ = write!(written, "\\u{:04X}", u32::from(c)),
            c => _ = write!(written, "\\U{:08X}", u32::from(c)),
        }
    }
    written
}

/// A regular expression as YAML: between single quotation marks where it can be.
pub(super) fn expression(text: &str) -> String {
    if text.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        quoted(text)
    }
}

/// A text of the file within a comment: on one line, and short.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 30;
    let short: String = text.chars().take(LONGEST).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("{}{more}", escaped(&short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_a_file_with_a_long_name_have_ids_of_their_own() {
        let file = dataset_id("HSCA - Website - Indicator trends for daily data publication");
        let sheets = ["Table 1", "Table 2", "Table-2", "A very long name of a sheet it is"];
        let mut taken = BTreeSet::new();
        let ids = sheets.map(|sheet| id_of_sheet(&file, Some(sheet), &mut taken));
        assert_eq!(
            ids,
            [
                "hsca-website-indicator-trends-for-daily-data-publica-table-1",
                "hsca-website-indicator-trends-for-daily-data-publica-table-2",
                "hsca-website-indicator-trends-for-daily-data-publi-table-2-2",
                "hsca-website-indicator-trends-a-very-long-name-of-a-sheet-it",
            ]
        );
        assert!(ids.iter().all(|id| id.len() <= LONGEST_ID));
        assert_eq!(id_of_sheet("beds", None, &mut taken), "beds");
    }
}
