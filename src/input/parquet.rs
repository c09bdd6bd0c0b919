//! Parquet: a row a page, one column of which is the page and the others of which are carried along.
//!
//! Columns are read side by side, a few rows at once, so that memory is that of a page of each column. Nothing is believed
//! before it was looked at: the footer and the head of each page say sizes that the reader would allocate. A row group that
//! is damaged is one [`Loss`], and the next is read.

use super::container::{Loss, Origin, Raw, Read, Record, Refused, Row, Source, Split, Told};
use super::jsonl::{FIELDS, IDS, URLS};
use super::stream::Position;
use super::table::{Batch, Leaf, Table, TableRow, Values};
use super::{Skip, thrift, unpack};
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use bytes::Bytes;
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;
use std::fs::File;
use std::io::{self, BufReader, Read as _, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

const MAGIC: &[u8] = b"PAR1";
/// The magic of a file whose footer is encrypted.
const ENCRYPTED: &[u8] = b"PARE";
/// Bytes of rows that are read at once, as far as the footer tells their size, and their number.
const BATCH: u64 = 4 << 20;
const MAX_BATCH_ROWS: u64 = 512;
/// Rows of a group that is lost that are named one by one.
const MAX_LOST_ROWS: u64 = 10_000;
/// Bytes in which the head of a page must end: it has numbers, and the smallest and largest value.
const MAX_HEAD: u64 = 1 << 20;

pub(super) fn detect(head: &[u8]) -> Told {
    match head.strip_prefix(MAGIC).or_else(|| head.strip_prefix(ENCRYPTED)) {
        None => Told::No,
        // The head of a page or the footer follows.
        Some(rest) if rest.first().is_some_and(u8::is_ascii_control) => Told::Surely,
        Some(_) => Told::Likely,
    }
}

pub(super) fn open(source: Source<'_>) -> Result<Box<dyn Split>, Error> {
    let (from, max_bytes) = (source.from, source.limits.max_in_flight_bytes as u64);
    let file = source.seekable("a Parquet file", &[MAGIC, ENCRYPTED])?;
    let columns = guarded(|| Columns::open(file, from, max_bytes))??;
    Ok(Box::new(columns))
}

/// Calls the reader, which panics on some files that are none; the message names the place in it and helps nobody.
fn guarded<T>(read: impl FnOnce() -> T) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| Error::new(ErrorKind::Corrupt, "the file is damaged in a way that the reader does not foresee"))
}

fn corrupt(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the Parquet file is cut or damaged: {error}"))
}

/// A file whose sizes are looked at before the reader allocates them.
struct Checked {
    file: File,
    bytes: u64,
    max_bytes: u64,
}

impl Length for Checked {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl Checked {
    fn at(&self, start: u64) -> io::Result<File> {
        let mut file = self.file.try_clone()?;
        file.seek(SeekFrom::Start(start))?;
        Ok(file)
    }
}

impl ChunkReader for Checked {
    type T = io::Chain<io::Cursor<Vec<u8>>, BufReader<File>>;

    /// Reads from `start`, which is where the reader expects the head of a page.
    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        let mut file = self.at(start)?;
        let mut head = Vec::new();
        // Most heads are short, and each byte that is read twice is read in vain.
        let mut header = None;
        for bytes in [256, MAX_HEAD] {
            (&mut file).take(bytes - head.len() as u64).read_to_end(&mut head)?;
            header = thrift::page_header(&head);
            if header.is_some() {
                break;
            }
        }
        let Some(header) = header else {
            return Err(ParquetError::General("no head of a page where there should be one".to_owned()));
        };
        let fits = |bytes: i64, max: u64| u64::try_from(bytes).is_ok_and(|bytes| bytes <= max);
        // A value has two levels of two bytes.
        let max_values = self.max_bytes / 4;
        if !fits(header.packed, self.bytes)
            || !fits(header.unpacked, self.max_bytes)
            || !fits(header.values, max_values)
        {
            return Err(ParquetError::General(format!(
                "a page of {} bytes and {} values, more than the bound of {} bytes",
                header.unpacked, header.values, self.max_bytes
            )));
        }
        Ok(io::Cursor::new(head).chain(BufReader::new(file)))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        if start.checked_add(length as u64).is_none_or(|end| end > self.bytes) {
            return Err(ParquetError::EOF("the file ends before the page does".to_owned()));
        }
        let mut bytes = vec![0; length];
        self.at(start)?.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

/// Reads the footer, which stands at the end with its length behind it.
fn footer(file: &Checked) -> Result<ParquetMetaData, Error> {
    let end = file.bytes.checked_sub(8).ok_or_else(|| corrupt("it has no footer"))?;
    let tail = file.get_bytes(end, 8).map_err(corrupt)?;
    if &tail[4..] == ENCRYPTED {
        return Err(Error::new(ErrorKind::Malformed, "the Parquet file is encrypted"));
    }
    if &tail[4..] != MAGIC {
        return Err(corrupt("it does not end with its magic number"));
    }
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let begin = end.checked_sub(length).ok_or_else(|| corrupt("its footer is longer than it"))?;
    let footer = file.get_bytes(begin, length as usize).map_err(corrupt)?;
    if !thrift::is_sane_footer(&footer) {
        return Err(corrupt("its footer has no schema"));
    }
    ParquetMetaDataReader::decode_metadata(&footer).map_err(corrupt)
}

/// The columns of a file, side by side.
struct Columns {
    file: Arc<Checked>,
    metadata: ParquetMetaData,
    table: Arc<Table>,
    /// The row group that is next or open, and its first row.
    group: usize,
    first: u64,
    open: Option<Group>,
    /// Rows that were read, how many they are, and the first of them that was not given away.
    batch: Option<(Arc<Batch>, usize, usize)>,
    /// The next row of the file.
    row: u64,
    /// Up to which row all are lost, and why.
    lost: Option<(u64, String)>,
    /// Bytes of the row groups that are behind.
    packed: u64,
}

/// A row group that is read.
struct Group {
    readers: Vec<ColumnReader>,
    /// Rows in it, and those that were read.
    rows: u64,
    read: u64,
    /// Rows that are read at once.
    step: u64,
}

impl Columns {
    fn open(file: File, from: Position, max_bytes: u64) -> Result<Columns, Error> {
        let bytes = file.metadata().map_err(|e| Error::with_source(ErrorKind::Io, "cannot read", e))?.len();
        let file = Arc::new(Checked { file, bytes, max_bytes });
        let metadata = footer(&file)?;
        let about = metadata.file_metadata();
        let key_values = about.key_value_metadata().cloned().unwrap_or_default();
        let table = Arc::new(Table::new(about.schema_descr_ptr(), key_values));
        let mut columns = Columns {
            file,
            metadata,
            table,
            group: 0,
            first: 0,
            open: None,
            batch: None,
            row: from.offset,
            lost: None,
            packed: 0,
        };
        while columns.rows().is_some_and(|rows| columns.first.saturating_add(rows) <= from.offset) {
            columns.leave();
        }
        if columns.rows().is_none() && columns.first < from.offset {
            return Err(Error::new(ErrorKind::Io, "shorter than when it was read before"));
        }
        Ok(columns)
    }

    /// Rows of the group that is next or open, as far as they can be believed; nothing at the end.
    fn rows(&self) -> Option<u64> {
        let group = self.metadata.row_groups().get(self.group)?;
        Some(u64::try_from(group.num_rows()).unwrap_or(0))
    }

    /// Bytes of the group that is next or open.
    fn bytes(&self) -> u64 {
        let columns = self.metadata.row_groups().get(self.group).map_or(&[][..], RowGroupMetaData::columns);
        let sizes = columns.iter().map(|column| u64::try_from(column.compressed_size()).unwrap_or(0));
        sizes.fold(0, u64::saturating_add)
    }

    /// Leaves the row group behind that is next or open.
    fn leave(&mut self) {
        self.packed = self.packed.saturating_add(self.bytes());
        self.first = self.first.saturating_add(self.rows().unwrap_or(0));
        self.group += 1;
        (self.open, self.batch) = (None, None);
    }

    /// Opens the columns of the group that is next.
    fn group(&self) -> Result<Group, String> {
        let group = self.metadata.row_group(self.group);
        let schema = &self.table.schema;
        if group.num_rows() < 0 || group.columns().len() != schema.num_columns() {
            return Err("the footer does not fit the schema".to_owned());
        }
        let rows = self.rows().unwrap_or(0);
        let readers = group.columns().iter().enumerate().map(|(at, column)| {
            let pages = SerializedPageReader::new(Arc::clone(&self.file), column, rows as usize, None);
            let pages = pages.map_err(|error| format!("column `{}`: {error}", self.table.paths[at]))?;
            Ok::<_, String>(get_column_reader(schema.column(at), Box::new(pages)))
        });
        let bytes = u64::try_from(group.total_byte_size()).unwrap_or(0);
        let step = BATCH.saturating_mul(rows).checked_div(bytes).unwrap_or(MAX_BATCH_ROWS).clamp(1, MAX_BATCH_ROWS);
        Ok(Group { readers: readers.collect::<Result<_, _>>()?, rows, read: 0, step })
    }

    /// Reads some rows of the group. Where it is gone on with in the middle it is read from its start all the same: what is
    /// damaged in it costs the same rows as in a run that was never stopped.
    fn advance(&mut self) -> Result<(), String> {
        let mut group = match self.open.take() {
            Some(group) => group,
            None => self.group()?,
        };
        let wanted = (group.rows - group.read).min(group.step) as usize;
        let mut leaves = Vec::with_capacity(group.readers.len());
        for (at, reader) in group.readers.iter_mut().enumerate() {
            let path = &self.table.paths[at];
            let mut leaf = Leaf::new(self.table.schema.column(at).physical_type());
            match read(reader, wanted, &mut leaf) {
                Ok(read) if read == wanted => leaves.push(leaf),
                Ok(_) => return Err(format!("column `{path}` has fewer rows than the footer says")),
                Err(error) => return Err(format!("column `{path}`: {error}")),
            }
        }
        let batch = Batch::new(Arc::clone(&self.table), leaves, wanted)?;
        let passed = self.row.saturating_sub(self.first + group.read).min(wanted as u64);
        self.batch = Some((Arc::new(batch), wanted, passed as usize));
        group.read += wanted as u64;
        self.open = Some(group);
        Ok(())
    }

    /// The next of the rows that are lost: each is a record, but where they are too many to be named.
    fn loss(&mut self) -> Option<Loss> {
        let (end, why) = self.lost.as_ref().filter(|(end, _)| self.row < *end)?;
        let lost = end - self.row;
        let (next, why) = match lost > MAX_LOST_ROWS {
            true => (*end, format!("{why}; its {lost} rows are lost")),
            false => (self.row + 1, why.clone()),
        };
        let loss = Loss { offset: self.row, error: corrupt(why), is_rest: false, is_end: false };
        self.row = next;
        Some(loss)
    }
}

/// Reads rows of a column to the end of a leaf, and says how many there were.
fn read(reader: &mut ColumnReader, rows: usize, leaf: &mut Leaf) -> Result<usize, ParquetError> {
    let (def, rep) = (Some(&mut leaf.def), Some(&mut leaf.rep));
    let read = match (reader, &mut leaf.values) {
        (ColumnReader::BoolColumnReader(column), Values::Flags(values)) => column.read_records(rows, def, rep, values),
        (ColumnReader::Int32ColumnReader(column), Values::Int32(values)) => column.read_records(rows, def, rep, values),
        (ColumnReader::Int64ColumnReader(column), Values::Int64(values)) => column.read_records(rows, def, rep, values),
        (ColumnReader::Int96ColumnReader(column), Values::Int96(values)) => column.read_records(rows, def, rep, values),
        (ColumnReader::FloatColumnReader(column), Values::Float(values)) => column.read_records(rows, def, rep, values),
        (ColumnReader::DoubleColumnReader(column), Values::Double(values)) => {
            column.read_records(rows, def, rep, values)
        }
        (ColumnReader::ByteArrayColumnReader(column), Values::Bytes(values)) => {
            column.read_records(rows, def, rep, values)
        }
        (ColumnReader::FixedLenByteArrayColumnReader(column), Values::Fixed(values)) => {
            column.read_records(rows, def, rep, values)
        }
        _ => return Err(ParquetError::General("a column of another type than the schema says".to_owned())),
    };
    read.map(|(rows, ..)| rows)
}

impl Split for Columns {
    fn next(&mut self) -> Option<Result<Raw, Loss>> {
        loop {
            if let Some(loss) = self.loss() {
                return Some(Err(loss));
            }
            if let Some((batch, rows, at)) = &mut self.batch
                && at < rows
            {
                let row = TableRow::new(Arc::clone(batch), *at);
                let raw = Raw { offset: self.row, row: Some(Row::Table(row)), ..Raw::default() };
                *at += 1;
                self.row += 1;
                return Some(Ok(raw));
            }
            self.batch = None;
            let rows = self.rows()?;
            if rows == 0 || self.open.as_ref().is_some_and(|group| group.read == group.rows) {
                self.leave();
                continue;
            }
            if let Err(why) = guarded(|| self.advance()).unwrap_or_else(|error| Err(error.to_string())) {
                let end = self.first.saturating_add(rows);
                self.lost = Some((end, format!("row group {}: {why}", self.group)));
                self.leave();
            }
        }
    }

    fn position(&mut self) -> Position {
        Position { offset: self.row, member: None }
    }

    fn packed(&self) -> u64 {
        let behind = self.row.saturating_sub(self.first);
        let share = u128::from(self.bytes()) * u128::from(behind) / u128::from(self.rows().unwrap_or(0).max(1));
        self.packed.saturating_add(u64::try_from(share).unwrap_or(0))
    }

    fn blank(&self) -> Option<Row> {
        let leaves = self.table.schema.columns().iter().map(|column| Leaf::new(column.physical_type())).collect();
        let batch = Batch::new(Arc::clone(&self.table), leaves, 0).ok()?;
        Some(Row::Table(TableRow::new(Arc::new(batch), 0)))
    }
}

pub(super) fn parse(raw: Raw, origin: &mut Origin, read: &Read<'_>) -> Result<Record, Refused> {
    let malformed = |message: String| Refused::Fail(Error::new(ErrorKind::Malformed, message));
    let Some(Row::Table(row)) = raw.row else {
        return Err(malformed("no row".to_owned()));
    };
    let table = Arc::clone(row.table());
    let first = |names: &[&str]| names.iter().find_map(|name| table.leaf(name).and_then(|leaf| row.text(leaf)));
    (origin.id, origin.url) = (first(IDS), first(URLS));
    let known = |name: &str| FIELDS.iter().find(|(known, _)| *known == name).and_then(|(_, format)| *format);
    let (leaf, format) = match read.options.field.as_deref() {
        Some(name) => match table.leaf(name) {
            Some(leaf) if table.holds_text(leaf) => (leaf, known(name)),
            Some(_) => return Err(malformed(format!("the column `{name}` holds no text"))),
            None => return Err(malformed(format!("the file has no column `{name}`"))),
        },
        None => {
            let columns = FIELDS.iter().filter_map(|(name, format)| Some((table.leaf(name)?, *format)));
            let mut columns = columns.filter(|(leaf, _)| table.holds_text(*leaf)).peekable();
            let Some(first) = columns.peek().copied() else {
                let tried = FIELDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                return Err(malformed(format!("no column holds a page (looked for {tried}): name it with --field")));
            };
            columns.find(|(leaf, _)| row.bytes(*leaf).is_some()).unwrap_or(first)
        }
    };
    let Some(text) = row.bytes(leaf) else {
        return Err(Refused::Skip(Skip::NoText, format!("the column `{}` is null", table.paths[leaf])));
    };
    if text.len() > read.limits.max_document_bytes {
        return Err(unpack::too_large(read.limits.max_document_bytes).into());
    }
    let hints = Hints { url: origin.url.clone(), format, ..Hints::default() };
    Ok(Record { bytes: text.to_vec(), hints, trailing: false, row: Some(Row::Table(row.with_page(leaf))) })
}

/// The rows of a file that is no input of pages, as lines of JSON.
///
/// # Errors
/// As with an input: what cannot be read, and what is no Parquet.
pub fn lines(file: File, limits: &Limits) -> Result<impl Iterator<Item = Result<Vec<u8>, Error>>, Error> {
    let max_bytes = limits.max_in_flight_bytes as u64;
    let mut columns = guarded(|| Columns::open(file, Position::default(), max_bytes))??;
    Ok(std::iter::from_fn(move || columns.next()).map(|row| {
        let mut line = Vec::new();
        if let Some(Row::Table(row)) = row.map_err(|loss| loss.error)?.row {
            row.write("", b"null", &mut line);
        }
        Ok(line)
    }))
}
