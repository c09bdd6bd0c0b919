//! Puts finished steps down in the order of the feed: articles, report, ledger, counts, and the points of the journal.

use super::budget::Budget;
use super::filter::Dedup;
use super::journal::{Journal, Point};
use super::record::{Done, Finished};
use super::summary::Summary;
use super::{Plan, Target, ledger};
use crate::error::{Error, ErrorKind};
use crate::output::{Compression, OutputFormat, Place, Records, Shards, ShardsCut, Sink, Tree, Writing};
use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::time::Instant;

/// Records and bytes of output after which there is a point from which a run can go on. Packed streams end a frame there,
/// so the figures are a part of what the outputs look like.
const MAX_POINT_RECORDS: u64 = 2_000;
const MAX_POINT_BYTES: u64 = 16 << 20;

/// Where the articles go, opened.
enum Articles {
    Nothing,
    Tree(Tree),
    Stream(Box<Records>),
    Shards(Box<Shards>),
}

/// All outputs of a run.
pub(super) struct Writer {
    articles: Articles,
    output: &'static OutputFormat,
    report: Option<Sink>,
    ledger: Option<Records>,
    /// Where the summary goes: written at the end, and opened with the others, so that no work is lost to a wrong place.
    account: Option<Sink>,
    dedup: Option<Dedup>,
    /// Whether points wait for the disk.
    sync: bool,
    journal: Option<Journal>,
    /// The counts so far, those of earlier runs included.
    pub summary: Summary,
    start: Instant,
    /// Seconds of earlier runs.
    seconds: f64,
    /// Records and bytes since the last point.
    records: u64,
    bytes: u64,
    line: Vec<u8>,
}

impl Writer {
    /// Opens the outputs of `plan`, as far as an earlier run left them at `point`.
    pub fn open(plan: &Plan<'_>, journal: Option<Journal>, point: Option<Point>) -> Result<Writer, Error> {
        let start = Instant::now();
        let writing = Writing {
            sync: plan.sync,
            keeps: journal.is_some(),
            outlives_reader: has_files(plan),
            ..Writing::default()
        };
        let summary = |place: &Place| {
            let writing = Writing { keeps: false, ..writing };
            Sink::open(place, Compression::Plain, writing, None)
        };
        let account = plan.summary.as_ref().map(summary).transpose()?;
        let is_resumed = point.is_some();
        let point = point.unwrap_or_default();
        let articles = match &plan.target {
            Target::Nothing => Articles::Nothing,
            Target::Tree(root) => Articles::Tree(Tree::new(root.clone(), plan.sync)),
            Target::Stream(place) => {
                let stream = Records::open(place, plan.output.shape, plan.compression, writing, None)?;
                Articles::Stream(Box::new(stream))
            }
            Target::Shards(root, pages) => {
                let mut shards = Shards::new(root.clone(), pages.clone(), plan.output, plan.compression, writing);
                shards.resume(point.shards)?;
                Articles::Shards(Box::new(shards))
            }
        };
        let from = |bytes: Option<u64>| bytes.filter(|_| is_resumed);
        let report = |place: &Place| Sink::open(place, Compression::Plain, writing, from(point.report));
        let ledger = |place: &Place| {
            let (shape, packing) = ledger::shape(place);
            Records::open(place, shape, packing, writing, from(point.ledger))
        };
        Ok(Writer {
            articles,
            output: plan.output,
            report: plan.report.as_ref().map(report).transpose()?,
            ledger: plan.ledger.as_ref().map(ledger).transpose()?,
            account,
            dedup: match plan.filters.dedup {
                true => Some(
                    Dedup::open(plan.journal.as_ref().map(|journal| &*journal.folder), point.texts)
                        .map_err(unlisted)?,
                ),
                false => None,
            },
            sync: plan.sync,
            journal,
            seconds: point.summary.seconds,
            summary: point.summary,
            start,
            records: 0,
            bytes: 0,
            line: Vec::new(),
        })
    }

    /// True when articles are written at all.
    pub fn writes(&self) -> bool {
        !matches!(self.articles, Articles::Nothing)
    }

    /// True when there is a report.
    pub fn reports(&self) -> bool {
        self.report.is_some()
    }

    /// Writes what the workers send until they end.
    pub fn write_all(
        &mut self,
        receiver: &Receiver<Done>,
        budget: &Budget,
        observe: &mut dyn FnMut(&Finished, &Summary),
    ) -> Result<(), Error> {
        let mut waiting = BTreeMap::new();
        let mut head = 0;
        for done in receiver {
            waiting.insert(done.number, done);
            while let Some(mut done) = waiting.remove(&head) {
                self.write(&mut done)?;
                budget.written(done.held);
                head += 1;
                if let Some(finished) = &done.finished {
                    observe(finished, &self.summary);
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, done: &mut Done) -> Result<(), Error> {
        if let (Some(dedup), Some(text)) = (&mut self.dedup, done.text)
            && !dedup.is_new(text).map_err(unlisted)?
        {
            done.drop_duplicate();
        }
        self.write_article(done)?;
        self.summary.add_bytes(done.bytes, done.trailing);
        if let Some(report) = &mut self.report {
            report.write(&done.report)?;
        }
        if let Some(finished) = &done.finished {
            if let Some(ledger) = &mut self.ledger {
                self.line.clear();
                ledger::write(finished, &mut self.line);
                ledger.write(&self.line, None)?;
            }
            self.summary.add(finished);
        }
        self.records += 1;
        self.bytes += (done.page.as_ref().map_or(0, Vec::len) + done.report.len()) as u64;
        let is_end = done.finished.is_none();
        if is_end || self.records >= MAX_POINT_RECORDS || self.bytes >= MAX_POINT_BYTES {
            self.point(done)?;
        }
        Ok(())
    }

    fn write_article(&mut self, done: &Done) -> Result<(), Error> {
        if done.container.is_some() && !self.output.together && matches!(self.articles, Articles::Stream(_)) {
            let message = format!(
                "an input holds many pages, which cannot go to one place as {}: name a folder with `-o DIR/`, or put all of it into one stream with `--format jsonl`",
                self.output.name
            );
            return Err(Error::new(ErrorKind::Io, message));
        }
        let row = done.row.as_ref();
        match (&mut self.articles, &done.page, &done.target) {
            (Articles::Tree(tree), Some(page), Some(target)) => tree.write(target, page),
            (Articles::Stream(stream), Some(page), _) => stream.write(page, row),
            (Articles::Shards(shards), Some(page), Some(target)) => shards.write_record(target, page, row),
            (Articles::Shards(shards), Some(page), None) => shards.write_page(page, row),
            (Articles::Shards(shards), None, Some(target)) if done.finished.is_none() => shards.end_shard(target, row),
            // A stream without a row has the columns of its first container.
            (Articles::Stream(stream), None, _) if row.is_some() => stream.begin(row),
            _ => Ok(()),
        }
    }

    /// Hands everything to the system and says so in the journal.
    fn point(&mut self, done: &Done) -> Result<(), Error> {
        (self.records, self.bytes) = (0, 0);
        let shards = match &mut self.articles {
            Articles::Shards(shards) => shards.cut()?,
            Articles::Stream(stream) => {
                stream.cut()?;
                ShardsCut::default()
            }
            _ => ShardsCut::default(),
        };
        let Some(journal) = &mut self.journal else {
            return Ok(());
        };
        let report = self.report.as_mut().map(Sink::cut).transpose()?;
        let ledger = self.ledger.as_mut().map(Records::cut).transpose()?;
        let texts = self.dedup.as_mut().map(|dedup| dedup.cut(self.sync)).transpose().map_err(unlisted)?;
        self.summary.seconds = self.seconds + self.start.elapsed().as_secs_f64();
        let summary = self.summary.clone();
        journal.point(Point { at: done.next, shards, report, ledger, texts, summary, failures: Vec::new() })
    }

    /// Ends all outputs; the account is written last, and the journal goes when it stands.
    pub fn finish(mut self) -> Result<Summary, Error> {
        match self.articles {
            Articles::Nothing | Articles::Tree(_) => {}
            Articles::Stream(stream) => stream.finish()?,
            Articles::Shards(shards) => shards.finish()?,
        }
        self.report.map_or(Ok(()), Sink::finish)?;
        self.ledger.map_or(Ok(()), Records::finish)?;
        self.summary.seconds = self.seconds + self.start.elapsed().as_secs_f64();
        if let Some(mut sink) = self.account {
            let mut json = serde_json::to_vec_pretty(&self.summary).expect("counts and names always are JSON");
            json.push(b'\n');
            sink.write(&json)?;
            sink.finish()?;
        }
        // A run that is stopped in between leaves no journal that names a list which is gone.
        self.journal.map_or(Ok(()), Journal::finish)?;
        self.dedup.map_or(Ok(()), Dedup::finish).map_err(unlisted)?;
        Ok(self.summary)
    }
}

/// Whether a run has anything to write when the readers of its streams have gone away.
fn has_files(plan: &Plan<'_>) -> bool {
    let articles = match &plan.target {
        Target::Nothing => None,
        Target::Tree(_) | Target::Shards(..) => return true,
        Target::Stream(place) => Some(place),
    };
    articles
        .into_iter()
        .chain(&plan.report)
        .chain(&plan.ledger)
        .chain(&plan.summary)
        .any(|place| place.file().is_some())
}

fn unlisted(error: std::io::Error) -> Error {
    Error::with_source(ErrorKind::Io, "cannot keep the list of texts", error)
}
