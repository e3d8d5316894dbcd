//! Every failing row of a delivery as CSV beside its file: `<file>.failing-rows.csv`, in UTF-8 with a byte-order mark, so
//! that spreadsheets show it as it is.
//!
//! ```text
//! check,severity,sheet,row,cell,column,value,message
//! not_null,error,LES,6,F6,delivered,,delivered is blank in row 6 of sheet `LES`
//! ```
//!
//! Findings keep their first rows only, so the file is read once more, and each failing row goes to disk as it is met; what
//! the reader of a table and the measures find is held until the end of the table, up to 100,000 rows of each finding. What
//! checks of figures find has the rows that its findings keep. How many more there are is said.
//! A cell that a spreadsheet would take for a formula has an apostrophe before it; numbers stay numbers.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
};

use crate::{
    checks::{About, Listing},
    config::{Config, Dataset},
    model::{Delivery, FailingRow, Finding, Severity},
    reports::neutral,
    tables::{Extractor, Limits, ReadError, Table, TableSource},
};

use super::{
    examine::place_in,
    files::{readable, sync_folder},
    pass::name_sheet,
    recognise::taken_by,
};

/// More rows than this are not written; that they are cut is said in the last line.
const MOST: usize = 1_000_000;

/// As many rows of a finding that is not made until the table was read.
const MOST_HELD: usize = 100_000;

const HEADERS: [&str; 8] = ["check", "severity", "sheet", "row", "cell", "column", "value", "message"];

/// The name of the file.
#[must_use]
pub fn name(file: &str) -> String {
    format!("{file}.failing-rows.csv")
}

/// Whether there are rows to write: of a finding that is more than a note.
#[must_use]
pub fn has_any(delivery: &Delivery) -> bool {
    delivery.findings.iter().any(|finding| finding.severity > Severity::Note && !finding.rows.is_empty())
}

/// Writes the failing rows of a delivery, whose file is `source`, beside `file`.
///
/// # Errors
/// The disk fails; it can be done again.
pub fn write(config: &Config, source: &Path, delivery: &Delivery, file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let name = name(&file.file_name().unwrap_or_default().to_string_lossy());
    fs::create_dir_all(folder)?;
    // The hidden names are the same each time: doing it again after a crash leaves nothing behind.
    let [partial, spooled] = ["partial", "spool"].map(|ending| folder.join(format!(".{name}.{ending}")));
    let mut spool = Spool::at(spooled)?;
    let again = read_again(config, source, delivery, &mut spool);
    let found = again.unwrap_or_else(|error| {
        tracing::warn!(file = delivery.file, %error, "its failing rows are those that its findings keep");
        BTreeMap::new()
    });
    let written = write_csv(&partial, delivery, &found, &mut spool);
    spool.remove()?;
    written?;
    fs::rename(&partial, folder.join(&name))?;
    readable(&folder.join(&name))?;
    sync_folder(folder)
}

/// Why the rows cannot be read once more.
#[derive(Debug, thiserror::Error)]
enum AgainError {
    #[error("{0}")]
    Unrecognised(String),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Disk(#[from] io::Error),
}

/// Reads the file once more. Failing rows go to the spool; the answer is which finding each number on it stands for.
fn read_again(
    config: &Config,
    source: &Path,
    delivery: &Delivery,
    spool: &mut Spool,
) -> Result<BTreeMap<usize, Finding>, AgainError> {
    let taken = taken_by(config, source, delivery).map_err(AgainError::Unrecognised)?;
    let Some(taken) = taken else { return Ok(BTreeMap::new()) };
    let (sources, listing, mut found) = (taken.sources(source), Listing::default(), BTreeMap::new());
    for source in &sources {
        spool.member = (sources.len() > 1).then(|| source.name());
        let name = source.member.map_or_else(|| delivery.file.clone(), |_| source.name());
        list(&taken.dataset, *source, &name, &listing, spool)?;
        for (number, mut finding) in listing.findings() {
            if let Some(member) = &spool.member {
                place_in(&mut finding, member);
            }
            found.insert(number, taken.dataset.checks.privacy().hide(finding));
        }
    }
    Ok(found)
}

/// Feeds the checks with the rows of one table once more.
fn list(
    dataset: &Dataset,
    source: TableSource<'_>,
    name: &str,
    listing: &Listing,
    spool: &mut Spool,
) -> Result<(), AgainError> {
    let mut table = Table::open(source, &dataset.table, &Limits::default())?;
    table.keep_rows(MOST_HELD);
    let mut measures = measures(dataset, name)?;
    let mut run = dataset.checks.start_listing(About::default(), listing);
    run.header(table.header());
    while let Some(batch) = table.next_batch()? {
        run.observe(&batch);
        measures.observe(&batch);
        spool.add(listing.take())?;
    }
    run.observe_skipped(&table.skipped());
    if !run.settle().is_empty() {
        let mut again = Table::open(source, &dataset.table, &Limits::default())?;
        while let Some(batch) = again.next_batch()? {
            run.see_again(&batch);
        }
    }
    drop(run.finish());
    let mut of_measures = measures.finish().findings;
    name_sheet(&mut of_measures, table.sheet().as_deref());
    let privacy = dataset.checks.privacy();
    for finding in table.findings().into_iter().chain(of_measures) {
        listing.add(privacy.hide(finding));
        spool.add(listing.take())?;
    }
    Ok(spool.add(listing.take())?)
}

/// What takes the measures of a table of this name, and finds fault with them.
fn measures(dataset: &Dataset, name: &str) -> Result<Extractor, AgainError> {
    let period = dataset.period.of_file(name).map_err(|error| AgainError::Unrecognised(error.to_string()))?;
    let measures = Extractor::new(&dataset.measures, &dataset.table.schema(), &period);
    let mut measures = measures.map_err(|error| AgainError::Unrecognised(error.to_string()))?;
    measures.keep_rows(MOST_HELD);
    Ok(measures)
}

/// The rows as they were met, until it is known what came of them.
struct Spool {
    path: PathBuf,
    writer: csv::Writer<BufWriter<File>>,
    rows: usize,
    /// The member of an archive that is read.
    member: Option<String>,
}

/// A failing row, and the number of its finding.
type Spooled = (usize, u64, Option<String>, Option<String>, Option<String>, Option<String>);

impl Spool {
    fn at(path: PathBuf) -> io::Result<Self> {
        let writer = csv::WriterBuilder::new().has_headers(false).from_writer(BufWriter::new(File::create(&path)?));
        Ok(Self { path, writer, rows: 0, member: None })
    }

    fn add(&mut self, rows: Vec<(usize, FailingRow)>) -> io::Result<()> {
        for (number, row) in rows.into_iter().take(MOST.saturating_sub(self.rows)) {
            let FailingRow { row, sheet, cell, column, value, .. } = row;
            let sheet = match (&self.member, sheet) {
                (Some(member), Some(sheet)) => Some(format!("{member}/{sheet}")),
                (member, sheet) => member.clone().or(sheet),
            };
            let spooled: Spooled = (number, row, sheet, cell, column, value);
            self.writer.serialize(spooled).map_err(io::Error::other)?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Calls `each` with every row, in their order.
    fn read(&mut self, mut each: impl FnMut(Spooled) -> io::Result<()>) -> io::Result<()> {
        self.writer.flush()?;
        let file = BufReader::new(File::open(&self.path)?);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(file);
        reader.deserialize().try_for_each(|row| each(row.map_err(io::Error::other)?))
    }

    fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

fn write_csv(path: &Path, delivery: &Delivery, found: &BTreeMap<usize, Finding>, spool: &mut Spool) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::Writer::from_writer(file);
    csv.write_record(HEADERS)?;
    // What came out otherwise than when it was decided (settings have changed) has the rows that were kept then.
    let decided = |finding: &Finding| {
        delivery.findings.iter().position(|of| of.check == finding.check && of.message == finding.message)
    };
    let by_number: BTreeMap<usize, usize> =
        found.iter().filter_map(|(number, finding)| Some((*number, decided(finding)?))).collect();
    let mut listed = vec![0_u64; delivery.findings.len()];
    spool.read(|(number, row, sheet, cell, column, value)| {
        let Some(at) = by_number.get(&number).copied() else { return Ok(()) };
        let (Some(finding), Some(listed)) = (delivery.findings.get(at), listed.get_mut(at)) else { return Ok(()) };
        *listed += 1;
        write_row(&mut csv, finding, &FailingRow { row, sheet, cell, column, value, ..FailingRow::default() })
    })?;
    for (finding, listed) in delivery.findings.iter().zip(&listed) {
        if *listed == 0 {
            finding.rows.iter().try_for_each(|row| write_row(&mut csv, finding, row))?;
        }
        let more = finding.count.saturating_sub((*listed).max(finding.rows.len() as u64));
        if more > 0 && !finding.rows.is_empty() {
            write_line(
                &mut csv,
                finding,
                [""; 5],
                &format!("{more} more rows are not listed here: {}", finding.message),
            )?;
        }
    }
    csv.flush()?;
    csv.into_inner().map_err(|error| io::Error::other(error.to_string()))?.into_inner()?.sync_all()
}

type Csv = csv::Writer<BufWriter<File>>;

fn write_row(csv: &mut Csv, finding: &Finding, row: &FailingRow) -> io::Result<()> {
    let number = row.row.to_string();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (sheet, cell, column, value) = (text(&row.sheet), text(&row.cell), text(&row.column), text(&row.value));
    write_line(csv, finding, [&sheet, &number, &cell, &column, &value], &finding.message)
}

fn write_line(csv: &mut Csv, finding: &Finding, place: [&str; 5], message: &str) -> io::Result<()> {
    let [sheet, row, cell, column, value] = place;
    let line = [&finding.check, finding.severity.code(), sheet, row, cell, column, value, message];
    Ok(csv.write_record(line.map(neutral))?)
}
