//! One pass over a file, shared by the cores: every observer sees its part of the rows, and in the end they are one.
//!
//! Delimited text in UTF-8 is cut into pieces that workers take one after the other. Cells are found many bytes at a
//! time, only those are read that something looks at, and each distinct text of a column once. What is out of the ordinary
//! in a row is taken by the same code that reads row by row ([`Taker`]); what is out of the ordinary in the file, and
//! every other format, is read row by row as a whole. Both ways give the same batches' rows, findings and figures.

mod chain;
mod fill;
mod index;
mod intern;
mod number;
mod plan;
#[cfg(test)]
mod tests;
mod word;
mod worker;

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

use crate::model::{Batch, Finding, Header};

use super::{ReadError, Table, TableSource, TableSpec, delimited::QuoteDoubts, error::Limits, taker::Taker};
use chain::{Chain, Held};
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
    let Some(plan) = plan(&table, source, limits, cut) else {
        return row_by_row(table, source, spec, limits, start, watch);
    };
    match in_pieces(&mut table.taker, &plan, &start, watch) {
        Ok((observer, doubts)) => {
            table.rows.forget();
            let findings = table.findings_with(&doubts.findings());
            Ok((shown_skipped(observer, &table), findings))
        }
        Err(GiveUp) => row_by_row(Table::open(source, spec, limits)?, source, spec, limits, start, watch),
    }
}

fn plan(table: &Table, source: TableSource<'_>, limits: &Limits, cut: Cut) -> Option<Plan> {
    let taker = &table.taker;
    if source.member.is_some() || !taker.layout.is_plain() || taker.layout.wants_more() {
        return None;
    }
    let delimiter = table.rows.plain_text()?;
    Plan::new(source.path, delimiter, &table.taker.found, &table.taker.spec, limits, cut)
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
    next: AtomicUsize,
    rows: AtomicU64,
    start: S,
}

/// Reads the pieces of a file by several threads; `taker` has the header, and takes in what the workers find.
fn in_pieces<O: Observer>(
    taker: &mut Taker,
    plan: &Plan,
    start: &(impl Fn(&Header) -> O + Sync),
    watch: &mut dyn FnMut(Read),
) -> Result<(O, QuoteDoubts), GiveUp> {
    let header = taker.found.header.clone();
    let start = || start(&header);
    let (chain, next, rows) = (Chain::new(plan.start), AtomicUsize::new(0), AtomicU64::new(0));
    let shared = Shared { plan, chain, next, rows, start };
    let mut parts = (0..plan.cut.threads).map(|_| taker.part().map_err(|_| GiveUp)).collect::<Result<Vec<_>, _>>()?;
    let first = parts.pop().ok_or(GiveUp)?;
    let (mut observer, doubts) = thread::scope(|scope| {
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
    // What grew or shrank meanwhile has not been read as it is.
    if plan.file.metadata().map_or(true, |now| now.len() != plan.size) {
        return Err(GiveUp);
    }
    see_again(&mut observer, taker, &shared)?;
    Ok((observer, doubts))
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
        let piece = shared.next.fetch_add(1, Ordering::Relaxed);
        let read = worker.read(piece, &shared.chain, &mut |batch| {
            shared.rows.fetch_add(batch.rows.len() as u64, Ordering::Relaxed);
            observer.observe(batch);
        });
        match read {
            Ok(Some(next)) => {
                watch(Read { rows: shared.rows.load(Ordering::Relaxed), bytes: Some(next.offset) });
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
fn see_again<O: Observer>(observer: &mut O, taker: &Taker, shared: &Shared<'_, impl Fn() -> O>) -> Result<(), GiveUp> {
    let rows = observer.settle();
    if rows.is_empty() {
        return Ok(());
    }
    let (starts, wanted) = (shared.chain.starts(), observer.columns());
    let pieces: BTreeSet<usize> =
        rows.iter().map(|row| starts.partition_point(|start| start.line <= *row).saturating_sub(1)).collect();
    let mut worker = Worker::new(shared.plan, taker.part().map_err(|_| GiveUp)?, |column| wanted.contains(&column));
    for piece in pieces {
        if let Some(start) = starts.get(piece) {
            worker.read_again(piece, *start, &mut |batch| observer.see_again(batch))?;
        }
    }
    Ok(())
}
