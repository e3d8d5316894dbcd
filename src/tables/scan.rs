//! One pass over a file, shared by the cores: every observer sees its part of the rows, and in the end they are one.
//!
//! Delimited text is cut into pieces that workers take one after the other, those of UTF-8 as it lies in the file, and
//! those of other encodings and of what is packed as it is decoded; pieces of Parquet are printed as such text. Cells are
//! found many bytes at a time, only those are read that something looks at, and each distinct text of a column once. What
//! is out of the ordinary in a row is taken by the same code that reads row by row ([`Taker`]); what is out of the ordinary
//! in the file, and every other format, is read row by row as a whole. Both ways give the same batches' rows, findings and
//! figures.

mod chain;
mod fill;
mod index;
mod intern;
mod number;
mod pieces;
mod plan;
#[cfg(test)]
mod tests;
mod typed;
mod word;
mod worker;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use crate::model::{Batch, Finding, Header};

use super::{
    ReadError, Table, TableSource, TableSpec, delimited::QuoteDoubts, error::Limits, formats, settings::RepeatedRows,
    taker::Taker,
};
use chain::{Chain, Held, Start};
use plan::{Cut, Plan};
use worker::{GiveUp, Worker};

/// What looks at the rows of a file. Several share one file, each fed with parts of it in the order of the file.
pub trait Observer: Send {
    /// Positions of the columns that it looks at; others may not be read.
    fn columns(&self) -> BTreeSet<usize>;

    /// Looks at the next rows.
    fn observe(&mut self, batch: &Batch);

    /// Looks at the rows that the dataset leaves out, once all others were seen, before [`Observer::settle`] or after it.
    fn observe_skipped(&mut self, _batch: &Batch) {}

    /// Takes in what another has seen of other rows, before or after these or between them.
    fn merge(&mut self, other: Self);

    /// All rows were seen. Answers with the rows, as the file numbers them, that it must see again.
    fn settle(&mut self) -> BTreeSet<u64>;

    /// Looks again at the rows that [`Observer::settle`] asked for, and perhaps at others.
    fn see_again(&mut self, batch: &Batch);
}

/// How far the reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Rows of data so far.
    pub rows: u64,
    /// Bytes of the file so far; none for formats that jump about in it.
    pub bytes: Option<u64>,
}

/// Reads a file and shows it to observers: each worker has one of its own from `start`. Answers with the one that has
/// seen all, and with what the reader itself found amiss. `watch` is told now and then how far the reading is.
///
/// # Errors
/// The file cannot be read as a table.
pub fn read<O: Observer>(
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: &Limits,
    start: impl Fn(&Header) -> O + Sync,
    watch: &mut dyn FnMut(Read),
) -> Result<(O, Vec<Finding>), ReadError> {
    read_cut(source, spec, limits, start, watch, Cut::of_this_machine())
}

fn read_cut<O: Observer>(
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: &Limits,
    start: impl Fn(&Header) -> O + Sync,
    watch: &mut dyn FnMut(Read),
    cut: Cut,
) -> Result<(O, Vec<Finding>), ReadError> {
    let mut table = Table::open(source, spec, limits)?;
    for plan in [lying, typed, flowing] {
        let plan = |table: &Table| plan(table, source, spec, limits, cut);
        let Some(first) = plan(&table) else { continue };
        match scan(&mut table, &first, plan, &start, watch) {
            Ok((observer, doubts)) => {
                table.rows.forget();
                let findings = table.findings_with(&doubts.findings());
                return Ok((shown_skipped(observer, &table), findings));
            }
            Err(GiveUp) => table = Table::open(source, spec, limits)?,
        }
    }
    row_by_row(table, source, spec, limits, start, watch)
}

/// Reads a text in pieces, and some of them once more where the observer asks for rows again: `again` begins anew.
fn scan<O: Observer>(
    table: &mut Table,
    plan: &Plan,
    again: impl Fn(&Table) -> Option<Plan>,
    start: &(impl Fn(&Header) -> O + Sync),
    watch: &mut dyn FnMut(Read),
) -> Result<(O, QuoteDoubts), GiveUp> {
    let (mut observer, doubts, starts) = in_pieces(&mut table.taker, plan, start, watch)?;
    let rows = observer.settle();
    if !rows.is_empty() {
        let again = again(table).ok_or(GiveUp)?;
        see_again(&mut observer, &rows, &table.taker, &again, &starts)?;
    }
    Ok((observer, doubts))
}

/// Text as it lies in a file.
fn lying(table: &Table, source: TableSource<'_>, _: &TableSpec, limits: &Limits, cut: Cut) -> Option<Plan> {
    let delimiter = table.rows.plain_text().filter(|_| source.member.is_none() && is_row_after_row(&table.taker))?;
    Plan::lying(source.path, delimiter, &table.taker.found, limits, cut)
}

/// Typed columns, below names that are the header.
fn typed(table: &Table, source: TableSource<'_>, _: &TableSpec, limits: &Limits, cut: Cut) -> Option<Plan> {
    let is_alike = is_row_after_row(&table.taker) && table.taker.found.rows == 1 && source.member.is_none();
    if !is_alike || source.path.metadata().ok()?.len() < cut.smallest {
        return None;
    }
    let rows = table.rows.in_pieces(source.path, cut.rows, cut.threads)?;
    Some(Plan::typed(rows, &table.taker.found, limits, cut))
}

/// Text that is unpacked or decoded as it is read.
fn flowing(table: &Table, source: TableSource<'_>, spec: &TableSpec, limits: &Limits, cut: Cut) -> Option<Plan> {
    if !is_row_after_row(&table.taker) {
        return None;
    }
    let read = Arc::default();
    let rows = formats::open(source, spec, *limits, &read).ok()?;
    Plan::flowing(rows.into_text(read)?, &table.taker.found, limits, cut)
}

/// Whether rows can be taken apart from each other: not where a layout makes something of several, and not in tables of one
/// column.
fn is_row_after_row(taker: &Taker) -> bool {
    let table = &taker.spec.table;
    let in_rows = table.blocks.is_some() || table.repeated_rows == RepeatedRows::Drop;
    taker.layout.is_plain() && !taker.layout.wants_more() && !in_rows && taker.found.cells >= 2
}

fn row_by_row<O: Observer>(
    mut table: Table,
    source: TableSource<'_>,
    spec: &TableSpec,
    limits: &Limits,
    start: impl Fn(&Header) -> O,
    watch: &mut dyn FnMut(Read),
) -> Result<(O, Vec<Finding>), ReadError> {
    let mut observer = start(table.header());
    let mut rows = 0;
    while let Some(batch) = table.next_batch()? {
        observer.observe(&batch);
        rows += batch.rows.len() as u64;
        watch(Read { rows, bytes: table.bytes_read() });
    }
    if !observer.settle().is_empty() {
        let mut again = Table::open(source, spec, limits)?;
        while let Some(batch) = again.next_batch()? {
            observer.see_again(&batch);
        }
    }
    let findings = table.findings();
    Ok((shown_skipped(observer, &table), findings))
}

fn shown_skipped<O: Observer>(mut observer: O, table: &Table) -> O {
    let skipped = table.skipped();
    if !skipped.rows.is_empty() {
        observer.observe_skipped(&skipped);
    }
    observer
}

/// What the workers share.
struct Shared<'a, S> {
    plan: &'a Plan,
    chain: Chain,
    rows: AtomicU64,
    start: S,
}

/// Reads the pieces of a text by several threads; `taker` has the header, and takes in what the workers find. Answers with
/// the start of each piece too.
fn in_pieces<O: Observer>(
    taker: &mut Taker,
    plan: &Plan,
    start: &(impl Fn(&Header) -> O + Sync),
    watch: &mut dyn FnMut(Read),
) -> Result<(O, QuoteDoubts, Vec<Start>), GiveUp> {
    let header = taker.found.header.clone();
    let start = || start(&header);
    let shared = Shared { plan, chain: Chain::new(plan.starts.clone()), rows: AtomicU64::new(0), start };
    let mut parts = (0..plan.cut.threads).map(|_| taker.part().map_err(|_| GiveUp)).collect::<Result<Vec<_>, _>>()?;
    let first = parts.pop().ok_or(GiveUp)?;
    let (observer, doubts) = thread::scope(|scope| {
        let others: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| work(&shared, part, &mut |_| {}))).collect();
        let own = work(&shared, first, watch);
        let mut all: Option<(O, QuoteDoubts)> = None;
        let ended =
            others.into_iter().map(|other| other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        for part in std::iter::once(own).chain(ended) {
            let (observer, part, doubts) = part?;
            taker.merge(part);
            match &mut all {
                None => all = Some((observer, doubts)),
                Some((sum, sum_of_doubts)) => {
                    sum.merge(observer);
                    sum_of_doubts.merge(doubts);
                }
            }
        }
        all.ok_or(GiveUp)
    })?;
    Ok((observer, doubts, shared.chain.starts()))
}

fn work<O: Observer>(
    shared: &Shared<'_, impl Fn() -> O>,
    part: Taker,
    watch: &mut dyn FnMut(Read),
) -> Result<(O, Taker, QuoteDoubts), GiveUp> {
    let held = Held(&shared.chain);
    let mut observer = (shared.start)();
    let wanted = observer.columns();
    let mut worker = Worker::new(shared.plan, part, |column| wanted.contains(&column));
    loop {
        let read = worker.read(&shared.chain, &mut |batch| {
            shared.rows.fetch_add(batch.rows.len() as u64, Ordering::Relaxed);
            observer.observe(batch);
        });
        match read {
            Ok(Some(next)) => {
                let bytes = shared.plan.pieces.bytes_read(next.offset);
                watch(Read { rows: shared.rows.load(Ordering::Relaxed), bytes });
            }
            Ok(None) => break,
            Err(GiveUp) => {
                shared.chain.give_up();
                return Err(GiveUp);
            }
        }
    }
    drop(held);
    Ok((observer, worker.taker, worker.doubts))
}

/// Reads the pieces once more in which rows stand that must be seen again.
fn see_again<O: Observer>(
    observer: &mut O,
    rows: &BTreeSet<u64>,
    taker: &Taker,
    plan: &Plan,
    starts: &[Start],
) -> Result<(), GiveUp> {
    let wanted = observer.columns();
    let pieces: BTreeSet<usize> =
        rows.iter().map(|row| starts.partition_point(|start| start.line <= *row).saturating_sub(1)).collect();
    let mut worker = Worker::new(plan, taker.part().map_err(|_| GiveUp)?, |column| wanted.contains(&column));
    for piece in pieces {
        if let Some(start) = starts.get(piece) {
            worker.read_again(piece, *start, &mut |batch| observer.see_again(batch))?;
        }
    }
    Ok(())
}
