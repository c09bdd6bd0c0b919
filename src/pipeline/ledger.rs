//! The ledger: one JSON object for each record, with what became of it, in the order of the inputs; or a row of a Parquet
//! file with the same columns.
//!
//! Its lines are the records that the summary counts, and their words add up to its words.

use super::record::{Finished, Outcome};
use crate::error::{Error, ErrorKind};
use crate::input::Loss;
use crate::limits::Limits;
use crate::output::{Column, ColumnKind, Compression, Place, Shape};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    offset: Option<u64>,
    record: Option<u64>,
    id: Option<&'a str>,
    url: Option<&'a str>,
    outcome: &'a str,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    rest: bool,
    words_in: usize,
    words_out: usize,
}

/// The columns of a ledger that is a table.
const COLUMNS: &[Column] = &[
    Column { name: "file", kind: ColumnKind::Text },
    Column { name: "offset", kind: ColumnKind::Whole },
    Column { name: "record", kind: ColumnKind::Whole },
    Column { name: "id", kind: ColumnKind::Text },
    Column { name: "url", kind: ColumnKind::Text },
    Column { name: "outcome", kind: ColumnKind::Text },
    Column { name: "reason", kind: ColumnKind::Text },
    Column { name: "message", kind: ColumnKind::Text },
    Column { name: "rest", kind: ColumnKind::Flag },
    Column { name: "words_in", kind: ColumnKind::Whole },
    Column { name: "words_out", kind: ColumnKind::Whole },
];

/// What the lines of a ledger become there, and how it is packed: the ending of its name says so.
pub(super) fn shape(place: &Place) -> (Shape, Compression) {
    match place.file().and_then(Path::extension) {
        Some(ending) if ending == "parquet" => (Shape::Table(COLUMNS), Compression::Zstd),
        _ => (Shape::Lines, Compression::Plain),
    }
}

/// Appends the line of a record.
pub(super) fn write(finished: &Finished, out: &mut Vec<u8>) {
    let origin = finished.origin.as_ref();
    let path = origin.and_then(|origin| origin.path.as_ref()).map(|path| crate::input::printable(path));
    let line = Line {
        file: &finished.file,
        offset: origin.map(|origin| origin.offset),
        record: origin.map(|origin| origin.index),
        id: path.as_deref().or(origin.and_then(|origin| origin.id.as_deref())),
        url: origin.and_then(|origin| origin.url.as_deref()),
        outcome: finished.outcome.name(),
        reason: match finished.outcome {
            Outcome::Skipped(why) | Outcome::Failed(why) => Some(why),
            _ => None,
        },
        message: Some(&*finished.message).filter(|message| !message.is_empty()),
        rest: finished.is_rest,
        words_in: finished.words.0,
        words_out: finished.words.1,
    };
    serde_json::to_writer(&mut *out, &line).expect("strings and numbers always are JSON");
    out.push(b'\n');
}

/// The records that a ledger says have failed, to be read again.
#[derive(Debug, Default)]
pub struct Retry {
    files: HashMap<String, Failed>,
}

/// What failed of one file.
#[derive(Debug, Default)]
struct Failed {
    /// The records that failed by themselves, and whether each was met again.
    offsets: BTreeMap<u64, AtomicBool>,
    /// All that begins here or later was lost, but what the ledger has behind it.
    rest: Option<u64>,
    /// Records that came behind a rest that was lost, as reading went on there.
    behind: HashSet<u64>,
    /// Whether anything of that was met again, or the end of the file where it began.
    is_rest_met: AtomicBool,
    /// It failed as a whole.
    is_whole: bool,
    /// Whether the file was met again.
    is_met: AtomicBool,
}

#[derive(Deserialize)]
struct Entry {
    file: String,
    offset: Option<u64>,
    outcome: String,
    rest: bool,
}

impl Retry {
    /// Reads the ledger of that name, JSON lines or Parquet.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] for a line that no ledger has, [`ErrorKind::Io`], and what is wrong with a Parquet file.
    pub fn open(path: &Path, limits: &Limits) -> Result<Retry, Error> {
        let unreadable = |e: io::Error| Error::with_source(ErrorKind::Io, "cannot read the ledger", e);
        let mut file = File::open(path).map_err(unreadable)?;
        let mut head = Vec::new();
        (&mut file).take(4).read_to_end(&mut head).map_err(unreadable)?;
        file.rewind().map_err(unreadable)?;
        if head == b"PAR1" {
            return Retry::of_table(file, limits);
        }
        Retry::read(BufReader::new(file).split(b'\n').map(|line| line.map_err(unreadable)))
    }

    #[cfg(feature = "parquet")]
    fn of_table(file: File, limits: &Limits) -> Result<Retry, Error> {
        Retry::read(crate::input::lines(file, limits)?)
    }

    #[cfg(not(feature = "parquet"))]
    fn of_table(_: File, _: &Limits) -> Result<Retry, Error> {
        Err(Error::new(ErrorKind::Malformed, "Parquet is not known to this build, which was made without it"))
    }

    fn read(lines: impl Iterator<Item = Result<Vec<u8>, Error>>) -> Result<Retry, Error> {
        let mut retry = Retry::default();
        for (number, line) in lines.enumerate() {
            let line = line?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let entry: Entry = serde_json::from_slice(&line).map_err(|e| {
                Error::with_source(ErrorKind::Malformed, format!("line {} is of no ledger", number + 1), e)
            })?;
            if entry.outcome != "failed" {
                let failed = retry.files.get_mut(&entry.file).filter(|failed| failed.rest.is_some());
                if let (Some(failed), Some(offset)) = (failed, entry.offset) {
                    failed.behind.insert(offset);
                }
                continue;
            }
            let failed = retry.files.entry(entry.file).or_default();
            match entry.offset {
                None => failed.is_whole = true,
                Some(offset) if entry.rest => failed.rest = Some(failed.rest.map_or(offset, |rest| rest.min(offset))),
                Some(offset) => drop(failed.offsets.insert(offset, AtomicBool::new(false))),
            }
        }
        Ok(retry)
    }

    /// Whether anything of this file failed.
    pub(super) fn has_file(&self, file: &str) -> bool {
        let failed = self.files.get(file);
        failed.inspect(|failed| failed.is_met.store(true, Relaxed)).is_some()
    }

    /// Whether the record that begins at `offset` of this file failed.
    pub(super) fn has_record(&self, file: &str, offset: u64) -> bool {
        let Some(failed) = self.files.get(file) else { return false };
        let is_rest = failed.rest.is_some_and(|rest| offset >= rest && !failed.behind.contains(&offset));
        if is_rest {
            failed.is_rest_met.store(true, Relaxed);
        }
        let met = failed.offsets.get(&offset);
        met.inspect(|met| met.store(true, Relaxed)).is_some() || is_rest || failed.is_whole
    }

    /// Whether a loss is of what failed. The loss of a rest always is, as records are lost with it that the ledger calls right.
    pub(super) fn has_loss(&self, file: &str, loss: &Loss) -> bool {
        let is_known = self.has_record(file, loss.offset);
        if let Some(failed) = self.files.get(file).filter(|_| loss.is_rest) {
            failed.is_rest_met.store(true, Relaxed);
        }
        is_known || loss.is_rest
    }

    /// Hears that this file ends, and that no record came at `places`. A rest that began there is met: a file may be cut
    /// behind its last record, and is whole now.
    pub(super) fn meet_end(&self, file: &str, places: RangeInclusive<u64>) {
        let failed = self.files.get(file);
        if let Some(failed) = failed.filter(|failed| failed.rest.is_some_and(|rest| places.contains(&rest))) {
            failed.is_rest_met.store(true, Relaxed);
        }
    }

    /// What no run has asked for since: files by their names, and records and rests with the place where they began.
    pub fn unmet(&self) -> Vec<String> {
        let mut unmet = Vec::new();
        for (file, failed) in self.files.iter().collect::<BTreeMap<_, _>>() {
            if !failed.is_met.load(Relaxed) {
                unmet.push(file.clone());
            } else {
                let offsets = failed.offsets.iter().filter(|(_, met)| !met.load(Relaxed));
                unmet.extend(offsets.map(|(offset, _)| format!("{file} at {offset}")));
                let rest = failed.rest.filter(|_| !failed.is_rest_met.load(Relaxed));
                unmet.extend(rest.map(|offset| format!("{file} from {offset} on")));
            }
        }
        unmet
    }
}
