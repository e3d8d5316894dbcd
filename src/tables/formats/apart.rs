//! Reading on a thread of its own.
//!
//! Readers of workbooks and Parquet borrow from what they have opened, so they cannot be handed on as a value; and
//! they come from libraries that were not written for hostile files. On a thread of their own they hand over rows as
//! they go, at most a few thousand ahead, and a panic in them becomes a refusal of the file.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread, vec,
};

use crate::model::Finding;

use super::super::{
    ReadError,
    row::{Row, Rows},
};

/// So many rows are handed over at a time …
const CHUNK_ROWS: usize = 512;
/// … or so many bytes of text …
const CHUNK_BYTES: usize = 1 << 20;
/// … and so many chunks may wait.
const CHUNKS: usize = 4;

/// What a reader sends.
enum Message {
    /// The file is open, or goes on, and this is the sheet.
    Opened(Option<Arc<str>>),
    Rows(Vec<Row>),
    Failed(ReadError),
    /// The end, and what the format found amiss.
    Done(Vec<Finding>),
}

/// Why a reader stops before its end.
pub(super) enum Halt {
    /// The file cannot be read further.
    Failed(ReadError),
    /// Nobody wants the rows any more.
    Unheard,
}

impl From<ReadError> for Halt {
    fn from(error: ReadError) -> Self {
        Self::Failed(error)
    }
}

/// Where a reader puts its rows.
pub(super) struct Sink {
    sender: SyncSender<Message>,
    chunk: Vec<Row>,
    bytes: usize,
    findings: Vec<Finding>,
}

impl Sink {
    /// Says that the file is open, or goes on with another sheet; to be called before the first row of each.
    pub(super) fn opened(&mut self, sheet: Option<&str>) -> Result<(), Halt> {
        if !self.chunk.is_empty() {
            self.flush()?;
        }
        self.send(Message::Opened(sheet.map(Arc::from)))
    }

    /// Hands over a row.
    pub(super) fn push(&mut self, row: Row) -> Result<(), Halt> {
        self.bytes += row.bytes();
        self.chunk.push(row);
        if self.chunk.len() >= CHUNK_ROWS || self.bytes >= CHUNK_BYTES { self.flush() } else { Ok(()) }
    }

    /// Says what is amiss; told once the last row was.
    pub(super) fn found(&mut self, finding: Option<Finding>) {
        self.findings.extend(finding);
    }

    fn flush(&mut self) -> Result<(), Halt> {
        self.bytes = 0;
        let chunk = std::mem::take(&mut self.chunk);
        self.send(Message::Rows(chunk))
    }

    fn send(&self, message: Message) -> Result<(), Halt> {
        self.sender.send(message).map_err(|_| Halt::Unheard)
    }
}

/// Starts a reader and waits until it has opened the file. `what` is what the file is, for people: "an Excel workbook".
pub(super) fn read(
    file: &str,
    what: &'static str,
    reader: impl FnOnce(&mut Sink) -> Result<(), Halt> + Send + 'static,
) -> Result<Box<dyn Rows>, ReadError> {
    let (sender, receiver) = sync_channel(CHUNKS);
    let work = move || {
        let mut sink = Sink { sender, chunk: Vec::new(), bytes: 0, findings: Vec::new() };
        let last = match reader(&mut sink).and_then(|()| sink.flush()) {
            Ok(()) => Message::Done(std::mem::take(&mut sink.findings)),
            Err(Halt::Failed(error)) => {
                // The rows before the fault are good.
                let _ = sink.flush();
                Message::Failed(error)
            }
            Err(Halt::Unheard) => return,
        };
        // Nobody listening any more is no error.
        let _ = sink.send(last);
    };
    let started = thread::Builder::new().name("table-reader".to_owned()).spawn(work);
    started.map_err(|source| ReadError::Open { file: file.to_owned(), source })?;
    let mut apart = Apart {
        receiver,
        chunk: Vec::new().into_iter(),
        sheet: None,
        following: None,
        findings: Vec::new(),
        file: file.to_owned(),
        what,
        ended: false,
    };
    apart.fill()?;
    Ok(Box::new(apart))
}

/// The rows of a reader on another thread.
struct Apart {
    receiver: Receiver<Message>,
    chunk: vec::IntoIter<Row>,
    sheet: Option<Arc<str>>,
    /// The sheet that comes next, once the rows of this one are read.
    following: Option<Arc<str>>,
    findings: Vec<Finding>,
    file: String,
    what: &'static str,
    ended: bool,
}

impl Apart {
    /// Takes the next message.
    fn fill(&mut self) -> Result<(), ReadError> {
        match self.receiver.recv() {
            Ok(Message::Opened(sheet)) if self.sheet.is_some() => self.following = sheet,
            Ok(Message::Opened(sheet)) => self.sheet = sheet,
            Ok(Message::Rows(rows)) => self.chunk = rows.into_iter(),
            Ok(Message::Done(findings)) => (self.ended, self.findings) = (true, findings),
            Ok(Message::Failed(error)) => {
                self.ended = true;
                return Err(error);
            }
            // The reader went away without a word: it panicked.
            Err(_) => {
                self.ended = true;
                return Err(ReadError::damaged(&self.file, self.what, "its parts contradict each other"));
            }
        }
        Ok(())
    }
}

impl Rows for Apart {
    fn read(&mut self, row: &mut Row) -> Result<bool, ReadError> {
        loop {
            if let Some(next) = self.chunk.next() {
                *row = next;
                return Ok(true);
            }
            if self.ended || self.following.is_some() {
                return Ok(false);
            }
            self.fill()?;
        }
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    fn next_sheet(&mut self) -> Result<bool, ReadError> {
        while !self.ended && self.following.is_none() {
            self.fill()?;
        }
        self.chunk = Vec::new().into_iter();
        let Some(sheet) = self.following.take() else { return Ok(false) };
        self.sheet = Some(sheet);
        Ok(true)
    }

    fn sheet(&self) -> Option<Arc<str>> {
        self.sheet.clone()
    }
}
