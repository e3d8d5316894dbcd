//! The proposal as YAML, with what was seen beside it.

use crate::model::ColumnKind;

use super::{
    super::row::Row,
    Proposal, Steward, also,
    columns::{Column, Columns},
    file_name::Name,
    heading::is_figure,
    key,
    names::{escaped, expression, quoted, scalar, shown},
    questions::Question,
    relations,
    sample::{SAMPLED_ROWS, Sample, Source},
    spec,
};

/// So many different texts are shown beside a column.
const SHOWN: usize = 3;
/// A line is about so long at most.
const WIDTH: usize = 118;
/// Columns are aligned up to this width.
const ALIGNED: usize = 70;
/// Figures that may well be negative one day.
const SIGNED: [&str; 16] = [
    "variance",
    "change",
    "balance",
    "difference",
    "growth",
    "surplus",
    "deficit",
    "net",
    "income",
    "cash",
    "gap",
    "movement",
    "margin",
    "expenditure",
    "temperature",
    "000",
];

/// What a definition is written from.
pub(super) struct Parts<'a> {
    pub(super) file: &'a str,
    pub(super) id: String,
    pub(super) steward: &'a Steward,
    pub(super) sample: &'a Sample<'a>,
    pub(super) columns: &'a Columns,
    pub(super) name: &'a Name,
    pub(super) questions: Vec<Question>,
    /// Other sheets that are left out.
    pub(super) small: Vec<String>,
}

/// Puts the definition together.
pub(super) fn proposal(parts: &Parts<'_>) -> Proposal {
    let mut draft = Draft(String::new());
    draft.head(parts);
    draft.period(parts);
    draft.table(parts);
    let said_in_name = also::said_in_name(parts.columns, parts.file);
    draft.columns(parts, said_in_name.as_ref());
    draft.checks(parts.columns, said_in_name.as_ref());
    draft.identities(parts.columns);
    draft.relations(parts);
    draft.held_against_the_past(parts);
    draft.measures(parts);
    Proposal {
        id: parts.id.clone(),
        sheet: parts.sample.place.sheet.clone(),
        yaml: draft.0,
        questions: parts.questions.iter().map(|question| question.text.clone()).collect(),
    }
}

struct Draft(String);

impl Draft {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// A comment over as many lines as it takes.
    fn comment(&mut self, indent: &str, text: &str) {
        let mut line = String::new();
        for word in text.split_whitespace() {
            if !line.is_empty() && indent.len() + line.chars().count() + word.chars().count() + 3 > WIDTH {
                self.line(&format!("{indent}# {line}"));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        self.line(&format!("{indent}# {line}"));
    }

    /// What stands above a table is no part of it, figures included.
    fn above_the_header(&mut self, parts: &Parts<'_>) {
        let place = parts.sample.place;
        let above = place.held.rows.get(..place.heading.first).unwrap_or_default();
        let figures = |row: &Row| row.cells().filter(|text| is_figure(text)).count();
        let rows: Vec<(u64, usize)> =
            above.iter().map(|row| (row.number, figures(row))).filter(|(_, figures)| *figures > 0).collect();
        let said: usize = rows.iter().map(|(_, figures)| figures).sum();
        let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else { return };
        // One alone is as likely a year or date in a title.
        if said > 1 {
            let rows = if first == last { format!("row {first}") } else { format!("rows {first} to {last}") };
            self.comment("", &format!("Above the header {said} figures stand in {rows}; they are not read."));
        }
    }

    fn head(&mut self, parts: &Parts<'_>) {
        let rows = count(parts.columns.rows, "row");
        let row = parts.sample.place.heading.last_row;
        self.line(&format!("# Proposed from {}: {rows} read below the header in row {row}.", escaped(parts.file)));
        self.comment(
            "",
            &format!(
                "Save it as config/datasets/{}.yaml, run `bellwether check`, then `bellwether validate` on files of other \
                 months: what is said here was seen in one file.",
                parts.id
            ),
        );
        self.above_the_header(parts);
        if !parts.small.is_empty() {
            let sheets: Vec<String> = parts.small.iter().map(|sheet| quoted(sheet)).collect();
            self.comment(
                "",
                &format!(
                    "Left out, as sheets of notes with few figures: {}. `bellwether infer FILE --sheet NAME` proposes a \
                     definition for one that is wanted.",
                    sheets.join(", ")
                ),
            );
        }
        if parts.columns.rows > SAMPLED_ROWS as u64 {
            self.line(&format!(
                "# Kinds and checks come from the first {SAMPLED_ROWS} rows; the rest was only counted."
            ));
        }
        for question in &parts.questions {
            self.line("#");
            let mark = if question.answers.is_empty() { "." } else { ":" };
            let mark = if question.text.ends_with('?') { "" } else { mark };
            self.comment("", &format!("Question: {}{mark}", question.text));
            for (place, yaml) in &question.answers {
                self.line(&format!("#   {place}:"));
                self.line(&format!("#     {yaml}"));
            }
        }
        let title = parts.id.replace('-', " ");
        let mut letters = title.chars();
        let title = letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect());
        self.line(&format!("\ntitle: {}", quoted(&title)));
        if parts.steward.is_known {
            self.line("# The group that answers for the data.");
        } else {
            self.line("# The group that answers for the data: a placeholder, to be replaced by one of your groups.");
        }
        self.line(&format!("steward: {}", scalar(&parts.steward.group)));
        self.line("\n# A file belongs here when its name fits one of these patterns and its header the columns below.");
        self.line(&format!("files: [{}]", quoted(&parts.name.glob)));
    }

    fn period(&mut self, parts: &Parts<'_>) {
        self.line("\n# Where the reporting period stands: in a column, or in the file's name.");
        let column = parts.columns.period.and_then(|at| parts.columns.all.get(at));
        // A name that says the period of its rows says so of other months as well.
        let says_it = |column: &Column, period: &crate::model::Period| {
            column.reading.periods.iter().max().is_some_and(|newest| *newest == period.to_string())
        };
        match (column, &parts.name.period) {
            (Some(column), Some((period, pattern))) if says_it(column, period) => {
                self.line(&format!(
                    "# Both say {period}; the rows count, and a name that says another month is found."
                ));
                self.line(&format!(
                    "period: {{ column: {}, file_name: {} }}",
                    scalar(&column.printed.name),
                    expression(pattern)
                ));
            }
            (Some(column), _) => self.line(&format!("period: {{ column: {} }}", scalar(&column.printed.name))),
            (None, Some((period, pattern))) => {
                self.line(&format!("# Seen in the name: {period}."));
                self.line(&format!("period: {{ file_name: {} }}", expression(pattern)));
            }
            (None, None) => self.line(r"period: { file_name: '(?<period>\d{4}-\d{2})' }"),
        }
    }

    fn table(&mut self, parts: &Parts<'_>) {
        let printed: Vec<_> = parts.columns.all.iter().map(|column| column.printed.clone()).collect();
        let settings = parts.sample.table(&printed);
        if settings.is_empty() {
            return;
        }
        self.line("\n# How the printed table becomes rows of one figure each.");
        self.line("table:");
        for setting in settings {
            self.comment("  ", setting.why);
            self.line(&format!("  {}", setting.yaml));
        }
    }

    fn columns(&mut self, parts: &Parts<'_>, said_in_name: Option<&(String, String)>) {
        self.line("\n# `header` is the text above the column when it is not the name itself.");
        self.line("columns:");
        let left_out: Vec<String> = parts.sample.shape.left_out.iter().map(|at| parts.above(*at)).collect();
        if !left_out.is_empty() {
            self.comment(
                "  ",
                &format!("Left out, because they are figures of no one period: {}.", left_out.join(", ")),
            );
        }
        let settings = |column: &Column| {
            let mut settings = format!("kind: {}{}{}", column.kind.name(), spec::column(&column.printed), column.extra);
            let empty = column.blank == column.printed.texts.len();
            if empty && !column.printed.optional && column.printed.position.is_some() {
                settings.push_str(", required: false");
            }
            format!("  {}: {{ {settings} }}", scalar(&column.printed.name))
        };
        let lines: Vec<(String, String)> =
            parts.columns.all.iter().map(|column| (settings(column), remark(column))).collect();
        let lengths = lines.iter().map(|(line, _)| line.chars().count()).filter(|length| *length <= ALIGNED);
        let width = lengths.max().unwrap_or(0);
        for (line, remark) in lines {
            let remark = if remark.is_empty() { String::new() } else { format!("  # {remark}") };
            self.line(format!("{line:width$}{remark}").trim_end());
        }
        if let Some((column, _)) = said_in_name {
            self.line(&format!("  {column}"));
        }
    }

    fn checks(&mut self, columns: &Columns, said_in_name: Option<&(String, String)>) {
        self.line("\n# What makes a file fit to publish. An error holds it back; a warning is published with it.");
        self.line("checks:");
        let full = |wanted: fn(&Column) -> bool| {
            let full =
                columns.all.iter().filter(|column| column.is_full() && !column.printed.optional && wanted(column));
            full.map(|column| scalar(&column.printed.name)).collect::<Vec<_>>().join(", ")
        };
        let texts = full(|column| !column.is_figure());
        if !texts.is_empty() {
            self.line("  # No cell of these was blank.");
            self.line(&format!("  - not_null: {{ columns: [{texts}] }}"));
        }
        let allow = "allow: [suppressed, not_available, not_applicable]";
        let figures = full(|column| column.is_figure() && !column.is_share());
        if !figures.is_empty() {
            self.line("  # Nor of these; in another month a figure may be withheld or not apply (`*`, `TBC`, `-`), and one in a");
            self.line("  # hundred may be blank, with a warning.");
            self.line(&format!(
                "  - not_null: {{ name: figures-are-given, columns: [{figures}], {allow}, warn_above: 0, tolerance: 1% }}"
            ));
        }
        let shares = full(Column::is_share);
        if !shares.is_empty() {
            self.line("  # Nor of these; where there is nothing to take a share of, it may be.");
            self.line(&format!(
                "  - not_null: {{ name: shares-are-given, columns: [{shares}], {allow}, tolerance: 1% }}"
            ));
        }
        let titled = |column: &&Column| matches!(column.printed.source, Source::InTitle(_)) && column.printed.optional;
        let period = columns.period.and_then(|at| columns.all.get(at));
        if let (Some(said), Some(period)) = (columns.all.iter().find(titled), period) {
            let (said, period) = (scalar(&said.printed.name), scalar(&period.printed.name));
            self.line("  # A title said the month of the rows.");
            self.line(&format!(
                "  - compare: {{ name: title-says-the-month, column: {said}, is: ==, to: {period}, severity: warning }}"
            ));
        }
        let key: Vec<usize> = columns.period.into_iter().chain(columns.labels.iter().flatten().copied()).collect();
        if columns.labels.is_some() && !key.is_empty() {
            let key = key.iter().filter_map(|at| columns.all.get(*at)).map(|c| scalar(&c.printed.name));
            self.line("  # The fewest columns that no two rows have in common.");
            self.line(&format!("  - unique: {{ columns: [{}] }}", key.collect::<Vec<_>>().join(", ")));
        }
        let once = also::once_each(columns);
        if !once.is_empty() {
            self.line("  # Nor did a text of these stand twice.");
        }
        for check in &once {
            self.line(&format!("  - {check}"));
        }
        if let Some((_, check)) = said_in_name {
            self.line("  # The file's name said it as well.");
            self.line(&format!("  - {check}"));
        }
        let labels: Vec<usize> = columns.labels.iter().flatten().copied().collect();
        let closed = columns.all.iter().enumerate().filter(|(at, column)| column.is_closed() && !labels.contains(at));
        let closed: Vec<&Column> = closed.map(|(_, column)| column).collect();
        if !closed.is_empty() {
            self.line("  # Few texts that come again and again; a warning, since another month may bring one more.");
        }
        for column in closed {
            let values: Vec<String> = column.seen.keys().map(|text| scalar(text)).collect();
            let check = scalar(&column.printed.name);
            // Two checks of one kind are told apart by their names.
            self.line(&format!(
                "  - allowed_values: {{ name: known-{}, column: {check}, values: [{}], severity: warning }}",
                column.printed.name.replace('_', "-"),
                values.join(", ")
            ));
        }
        let counts = |column: &&Column| {
            let money = column.printed.above.contains(['£', '€', '$']);
            column.is_figure()
                && column.kind != ColumnKind::Target
                && column.reading.least.is_some_and(|least| least >= 0.0)
                && !column.has_word(&SIGNED)
                && !money
        };
        let counts: Vec<&Column> = columns.all.iter().filter(counts).collect();
        if !counts.is_empty() {
            self.line("  # Counts, shares and times are not negative.");
        }
        for column in counts {
            self.line(&format!("  - range: {{ column: {}, min: 0 }}", scalar(&column.printed.name)));
        }
        let whole = also::whole(columns);
        if !whole.is_empty() {
            self.line("  # All numbers of these were whole.");
        }
        for check in &whole {
            self.line(&format!("  - {check}"));
        }
        let (least, most) = ((columns.rows / 2).max(1), columns.rows.saturating_mul(10));
        self.line(&format!("  # {} seen; one file says little of others.", count(columns.rows, "row")));
        self.line(&format!("  - row_count: {{ min: {least}, max: {most}, severity: warning }}"));
    }

    /// What would identify a patient has no place in figures, whether the sample holds any or not.
    fn identities(&mut self, columns: &Columns) {
        let texts = || columns.all.iter().filter(|column| column.kind == ColumnKind::Text);
        let (coded, looked_at): (Vec<&Column>, Vec<&Column>) = texts().partition(|column| column.has_ten_digits());
        let names = |columns: &[&Column]| {
            columns.iter().map(|column| scalar(&column.printed.name)).collect::<Vec<_>>().join(", ")
        };
        if looked_at.is_empty() {
            return;
        }
        self.line("  # Nobody may be known by it.");
        let only = if coded.is_empty() { String::new() } else { format!("columns: [{}], ", names(&looked_at)) };
        if !coded.is_empty() {
            let text = format!("{} left out: ten digits, as NHS numbers have.", names(&coded));
            self.comment("  ", &text);
        }
        self.line(&format!("  - patient_identity: {{ {only}look_for: [nhs_number, birth_date, email] }}"));
        // Practices have postcodes too, and codes may look like them.
        let worded = looked_at.into_iter().filter(|column| column.has_words() && !column.has_postcode());
        let worded: Vec<&Column> = worded.collect();
        if !worded.is_empty() {
            self.line("  # No postcode stands among the words of these in the sample.");
            self.line(&format!(
                "  - patient_identity: {{ name: no-postcodes, columns: [{}], look_for: [postcode] }}",
                names(&worded)
            ));
        }
    }

    fn relations(&mut self, parts: &Parts<'_>) {
        let columns = parts.columns;
        let mut said = "";
        for proposed in relations::proposals(columns, parts.sample.shape.of_rows_above.as_ref()) {
            if proposed.why != said {
                self.line(&format!("  # {}", proposed.why));
                said = proposed.why;
            }
            self.line(&format!("  - {}", proposed.yaml));
        }
    }

    /// What only earlier months can tell. All of it are warnings, since the sample is one file.
    fn held_against_the_past(&mut self, parts: &Parts<'_>) {
        let columns = parts.columns;
        let open = parts.questions.iter().any(|question| question.open);
        let Some(labels) = columns.labels.as_ref().filter(|_| !open && !key::measures(&columns.all).is_empty()) else {
            return;
        };
        self.line("  # Held against earlier months: none is skipped, none comes again as the next, figures stay of their size.");
        self.line("  - continuity: { severity: warning }");
        self.line("  - unchanged: { severity: warning }");
        self.line("  - unchanged: { name: columns-move, of: columns, severity: warning }");
        self.line("  - unchanged: { name: rows-move, of: rows, severity: warning }");
        self.line("  - leaps: { times: 100, from: 1000, severity: warning }");
        // In five years of A&E returns, figures beyond 10,000 never leapt eightfold, and those below it did every few months.
        self.line("  - leaps: { name: large-figures, times: 8, from: 10000, severity: warning }");
        self.line("  - leaps: { name: whole-columns, of: columns, severity: warning }");
        self.line("  - misplaced: { severity: warning }");
        self.line("  - copies: { severity: warning }");
        self.line("  - against_previous: { fall: 30%, severity: warning }");
        for column in labels.iter().filter_map(|at| columns.all.get(*at)) {
            let (label, name) = (scalar(&column.printed.name), column.printed.name.replace('_', "-"));
            self.line(&format!("  - same_organisations: {{ name: same-{name}, label: {label}, severity: warning }}"));
        }
        self.line("  - restated: { beyond: 50%, severity: warning }");
    }

    fn measures(&mut self, parts: &Parts<'_>) {
        let columns = parts.columns;
        let Some(labels) = &columns.labels else { return };
        let measures = key::measures(&columns.all);
        if measures.is_empty() {
            return;
        }
        let open = parts.questions.iter().any(|question| question.open);
        self.line("\n# What is followed over time: one series for each combination of the labels.");
        self.line("# Which direction is good? Add `better: higher` or `better: lower` to a measure that has one.");
        if open {
            self.comment(
                "",
                "Answer the questions above first, then take off the marks: until then no figure is read.",
            );
        }
        let mark = if open { "# " } else { "" };
        self.line(&format!("{mark}measures:"));
        let labels: Vec<String> =
            labels.iter().filter_map(|at| columns.all.get(*at)).map(|c| scalar(&c.printed.name)).collect();
        for (figure, plan) in measures {
            let name = scalar(&figure.printed.name);
            let plan = plan.map_or(String::new(), |plan| format!(", plan: {}", scalar(&plan.printed.name)));
            let labels = if labels.is_empty() { String::new() } else { format!(", labels: [{}]", labels.join(", ")) };
            let below = figure.suppressed_below.map_or(String::new(), |below| format!(", suppressed_below: {below}"));
            self.line(&format!("{mark}  {name}: {{ value: {name}{plan}{labels}{below} }}"));
        }
    }
}

impl Parts<'_> {
    /// What stands above a column that is not declared.
    fn above(&self, at: usize) -> String {
        let above = self.sample.place.heading.columns.get(at).map_or("", |above| above.full.as_str());
        format!("`{}`", shown(above))
    }
}

/// What was seen in a column, for people.
fn remark(column: &Column) -> String {
    let mut parts = Vec::new();
    if column.blank > 0 {
        parts.push(format!("{} of {} blank", column.blank, column.printed.texts.len()));
    }
    if column.kind != ColumnKind::Text && column.reading.placeholders > 0 {
        let nulls = column.is_figure() && column.extra.contains("not_applicable");
        let such = if nulls { "programs write so where there is none" } else { "such as * or -" };
        parts.push(format!("{} without a figure ({such})", column.reading.placeholders));
    }
    if column.kind == ColumnKind::Period && column.extra.contains("not_applicable") {
        parts.push(
            "a row that says so in place of its period belongs to none: it is checked and not followed".to_owned(),
        );
    }
    let texts: Vec<String> = column.seen.keys().take(SHOWN).map(|text| shown(text)).collect();
    if !texts.is_empty() {
        let more = column.seen.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        parts.push(format!("{}{more}", texts.join(", ")));
    }
    parts.join("; ")
}

fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
