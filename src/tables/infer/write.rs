//! The proposal as YAML, with what was seen beside it.

use std::fmt::Write;

use crate::model::ColumnKind;

use super::{
    super::periods::read_period,
    Proposal,
    columns::{Column, Columns},
    file_name::Name,
    key,
    names::{expression, quoted, scalar, shown},
    place::Place,
    sample::SAMPLED_ROWS,
};

/// So many headers that are periods make a table across.
const PERIODS_ACROSS: usize = 3;
/// So many different texts are shown beside a column.
const SHOWN: usize = 4;

/// Puts the definition together.
pub(super) fn proposal(file: &str, steward: &str, place: &Place, columns: &Columns, name: &Name) -> Proposal {
    let mut draft = Draft { yaml: String::new(), questions: questions(place, columns, name) };
    draft.head(file, steward, place, columns, name);
    draft.period(columns, name);
    draft.columns(place, columns);
    draft.checks(columns);
    draft.measures(columns);
    Proposal { id: name.id.clone(), yaml: draft.yaml, questions: draft.questions }
}

fn questions(place: &Place, columns: &Columns, name: &Name) -> Vec<String> {
    let mut questions = Vec::new();
    if columns.period.is_none() && name.period.is_none() {
        questions.push(
            "Which period are the figures for? Neither a column nor the file's name says it. As it stands, the \
             definition takes files whose name holds a month, such as 2025-10"
                .to_owned(),
        );
    }
    if name.doubtful_year && columns.period.is_none() {
        questions.push(
            "Does the financial year in the file's name begin or end in that year? It is taken to begin in it"
                .to_owned(),
        );
    }
    if place.headers.iter().filter(|header| read_period(header, None).is_ok()).count() >= PERIODS_ACROSS {
        questions.push(
            "Do figures of several periods stand across the columns? If so, describe them with `across` under `table`; \
             here each is a column of its own"
                .to_owned(),
        );
    }
    if columns.labels.is_none() {
        questions.push(
            "What tells one row from another? No text columns do, so no measure is proposed: two rows for the same \
             series and period would hold the file back"
                .to_owned(),
        );
    }
    if columns.all.iter().all(|column| !column.is_figure()) {
        questions.push("What is to be followed over time? No column holds figures alone".to_owned());
    }
    questions
}

struct Draft {
    yaml: String,
    questions: Vec<String>,
}

impl Draft {
    fn line(&mut self, line: &str) {
        self.yaml.push_str(line);
        self.yaml.push('\n');
    }

    fn head(&mut self, file: &str, steward: &str, place: &Place, columns: &Columns, name: &Name) {
        let rows = count(columns.rows, "row");
        self.line(&format!("# Proposed from {}: {rows} below the header in row {}.", shown(file), place.row));
        self.line(&format!(
            "# Save it as config/datasets/{}.yaml, then run `bellwether check` and `bellwether",
            name.id
        ));
        self.line(
            "# validate` on files of other months: what is said here was seen in one file and may not hold in others.",
        );
        if columns.rows > SAMPLED_ROWS as u64 {
            self.line(&format!(
                "# Kinds and checks come from the first {SAMPLED_ROWS} rows; the rest was only counted."
            ));
        }
        for question in self.questions.clone() {
            self.line(&format!("# Question: {question}."));
        }
        let title = name.id.replace('-', " ");
        let mut letters = title.chars();
        let title = letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
        self.line(&format!("\ntitle: {}", quoted(&title)));
        self.line("# The group that answers for the data.");
        self.line(&format!("steward: {}", scalar(steward)));
        self.line("\n# A file belongs here when its name fits one of these patterns and its header the columns below.");
        self.line(&format!("files: [{}]", quoted(&name.glob)));
    }

    fn period(&mut self, columns: &Columns, name: &Name) {
        self.line("\n# Where the reporting period stands: in a column, or in the file's name.");
        let column = columns.period.and_then(|at| columns.all.get(at));
        match (column, &name.period) {
            (Some(column), _) => self.line(&format!("period: {{ column: {} }}", scalar(&column.printed.name))),
            (None, Some((period, pattern))) => {
                self.line(&format!("# Seen in the name: {period}."));
                self.line(&format!("period: {{ file_name: {} }}", expression(pattern)));
            }
            (None, None) => self.line(r"period: { file_name: '(?<period>\d{4}-\d{2})' }"),
        }
    }

    fn columns(&mut self, place: &Place, columns: &Columns) {
        if let Some(sheet) = &place.sheet {
            self.line("\n# Several sheets are visible; this is the one with the widest table.");
            self.line(&format!("table: {{ sheet: {} }}", quoted(sheet)));
        }
        self.line("\n# `header` is the text above the column when it is not the name itself.");
        self.line("columns:");
        for column in &columns.all {
            let mut settings = format!("kind: {}", kind(column.kind));
            if column.printed.by_position {
                let _ = write!(settings, ", position: {}", column.printed.position + 1);
            } else if column.printed.header != column.printed.name {
                let _ = write!(settings, ", header: {}", quoted(&column.printed.header));
            }
            if column.blank == column.printed.texts.len() {
                settings.push_str(", required: false");
            }
            self.line(&format!("  {}: {{ {settings} }}  # {}", scalar(&column.printed.name), remark(column)));
        }
    }

    fn checks(&mut self, columns: &Columns) {
        self.line("\n# What makes a file fit to publish. An error holds it back; a warning is published with it.");
        self.line("checks:");
        let full: Vec<String> = columns.all.iter().filter(|c| c.is_full()).map(|c| scalar(&c.printed.name)).collect();
        if !full.is_empty() {
            self.line("  # No blank cell was seen in these.");
            self.line(&format!("  - not_null: {{ columns: [{}] }}", full.join(", ")));
        }
        let key: Vec<usize> = columns.period.into_iter().chain(columns.labels.iter().flatten().copied()).collect();
        if columns.labels.is_some() && !key.is_empty() {
            let key = key.iter().filter_map(|at| columns.all.get(*at)).map(|c| scalar(&c.printed.name));
            self.line("  # The fewest columns that no two rows have in common.");
            self.line(&format!("  - unique: {{ columns: [{}] }}", key.collect::<Vec<_>>().join(", ")));
        }
        for column in columns.all.iter().filter(|column| column.is_closed()) {
            let values: Vec<String> = column.seen.keys().map(|text| scalar(text)).collect();
            let name = scalar(&column.printed.name);
            self.line(&format!("  - allowed_values: {{ column: {name}, values: [{}] }}", values.join(", ")));
        }
        for column in columns.all.iter().filter(|column| column.is_figure()) {
            if column.reading.least.is_some_and(|least| least >= 0.0) {
                self.line(&format!("  - range: {{ column: {}, min: 0 }}", scalar(&column.printed.name)));
            }
        }
        let (least, most) = ((columns.rows / 2).max(1), columns.rows.saturating_mul(10));
        self.line(&format!(
            "  # {} seen; a warning only, since one file says little of others.",
            count(columns.rows, "row")
        ));
        self.line(&format!("  - row_count: {{ min: {least}, max: {most}, severity: warning }}"));
    }

    fn measures(&mut self, columns: &Columns) {
        let Some(labels) = &columns.labels else { return };
        let measures = key::measures(&columns.all);
        if measures.is_empty() {
            return;
        }
        self.line("\n# What is followed over time: one series for each combination of the labels.");
        self.line("measures:");
        for (figure, plan) in measures {
            let name = scalar(&figure.printed.name);
            self.line(&format!("  {name}:"));
            self.line(&format!("    value: {name}"));
            if let Some(plan) = plan {
                self.line(&format!("    plan: {}", scalar(&plan.printed.name)));
            }
            let labels: Vec<String> =
                labels.iter().filter_map(|at| columns.all.get(*at)).map(|c| scalar(&c.printed.name)).collect();
            if !labels.is_empty() {
                self.line(&format!("    labels: [{}]", labels.join(", ")));
            }
            self.line("    better: neither  # Which direction is good? Write higher or lower if one is.");
        }
    }
}

/// What was seen in a column, for people.
fn remark(column: &Column) -> String {
    let cells = count(column.printed.texts.len() as u64, "row");
    let mut parts = vec![cells];
    if column.blank > 0 {
        parts.push(format!("{} blank", column.blank));
    }
    if column.kind != ColumnKind::Text && column.reading.placeholders > 0 {
        parts.push(format!("{} without a figure (such as * or -)", column.reading.placeholders));
    }
    let texts: Vec<String> = column.seen.keys().take(SHOWN).map(|text| shown(text)).collect();
    if !texts.is_empty() {
        let more = column.seen.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("seen: {}{more}", texts.join(", ")));
    }
    parts.join("; ")
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn kind(kind: ColumnKind) -> &'static str {
    match kind {
        ColumnKind::Text => "text",
        ColumnKind::Number => "number",
        ColumnKind::Percent => "percent",
        ColumnKind::Duration => "duration",
        ColumnKind::Period => "period",
        ColumnKind::Figure => "figure",
        ColumnKind::Target => "target",
    }
}
