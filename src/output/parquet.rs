//! Parquet: rows gathered to groups, each with a footer of its own behind it, and the footer of all at the end.
//!
//! Where a file is cut behind a group it can be gone on with: the footers in between say all that the last one needs, and a
//! reader of the whole file never looks at them. A page that stood in a row of a table is written as that row, level by
//! level, with its text replaced and an account of it added; every other one as the JSON of it has its fields.

use super::records::{Column, ColumnKind};
use super::sink::Compression;
use super::{Page, jsonl};
use crate::input::{ACCOUNT, Leaf, Row, Table as Source, TableRow, Values};
use parquet::basic::{ColumnOrder, Compression as Codec, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    FileMetaData, KeyValue, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, SchemaDescriptor, Type};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

const MAGIC: &[u8] = b"PAR1";
/// Rows of a group and their bytes: what is held until it is written. A point of the journal ends a group too.
const MAX_GROUP_ROWS: usize = 2_000;
const MAX_GROUP_BYTES: usize = 16 << 20;

/// What the schema in pyarrow's and other writers' words is kept under. It speaks of the columns that there were, and its
/// readers trust it more than the schema itself.
const ARROW_SCHEMA: &str = "ARROW:schema";

/// The account of an article in a row that is somebody else's.
const ACCOUNTS: &[Column] = &[
    Column { name: "outcome", kind: ColumnKind::Text },
    Column { name: "confidence", kind: ColumnKind::Real },
    Column { name: "words_in", kind: ColumnKind::Whole },
    Column { name: "words_out", kind: ColumnKind::Whole },
    Column { name: "removals", kind: ColumnKind::Whole },
    Column { name: "degraded", kind: ColumnKind::Texts },
];

/// The columns of pages that stood in no table: the fields that they have as JSON.
pub(super) const PAGES: &[Column] = &[
    Column { name: "path", kind: ColumnKind::Text },
    Column { name: "offset", kind: ColumnKind::Whole },
    Column { name: "id", kind: ColumnKind::Text },
    Column { name: "fetched", kind: ColumnKind::Text },
    Column { name: "url", kind: ColumnKind::Text },
    Column { name: "title", kind: ColumnKind::Text },
    Column { name: "description", kind: ColumnKind::Text },
    Column { name: "author", kind: ColumnKind::Text },
    Column { name: "date", kind: ColumnKind::Text },
    Column { name: "site", kind: ColumnKind::Text },
    Column { name: "language", kind: ColumnKind::Text },
    Column { name: "format", kind: ColumnKind::Text },
    Column { name: "encoding", kind: ColumnKind::Text },
    Column { name: "outcome", kind: ColumnKind::Text },
    Column { name: "confidence", kind: ColumnKind::Real },
    Column { name: "words_in", kind: ColumnKind::Whole },
    Column { name: "words_out", kind: ColumnKind::Whole },
    Column { name: "degraded", kind: ColumnKind::Texts },
    Column { name: "text", kind: ColumnKind::Text },
    Column { name: "row", kind: ColumnKind::Text },
];

/// Appends the page as the line that [`Table::add`] reads.
pub(super) fn write(page: &Page<'_>, out: &mut Vec<u8>) {
    match page.row {
        Some(Row::Table(_)) => {
            out.extend_from_slice(b"{\"text\":");
            serde_json::to_writer(&mut *out, &page.article.text).expect("a string always is JSON");
            out.extend_from_slice(b",\"dehusk\":");
            out.extend_from_slice(&jsonl::account(page));
            out.extend_from_slice(b"}\n");
        }
        Some(Row::Json(row)) => jsonl::line(page, Some(&row.without_page()), out),
        None => jsonl::line(page, None, out),
    }
}

/// A Parquet file on its way.
pub(super) struct Table {
    columns: &'static [Column],
    codec: Codec,
    begun: Option<Begun>,
    /// The groups that are written, and the bytes of the file with them.
    groups: Vec<RowGroupMetaData>,
    bytes: u64,
}

/// A file whose columns are known.
struct Begun {
    schema: Arc<SchemaDescriptor>,
    key_values: Vec<KeyValue>,
    /// The table whose rows it takes up, if it takes up rows.
    source: Option<Arc<Source>>,
    /// The leaf of the source that stands in each leaf; the others are those of the account.
    from: Vec<Option<usize>>,
    leaves: Vec<Leaf>,
    rows: usize,
    /// Bytes of the rows that wait.
    size: usize,
}

impl Table {
    pub fn new(columns: &'static [Column], compression: Compression) -> Table {
        let codec = match compression {
            Compression::Plain => Codec::UNCOMPRESSED,
            Compression::Gzip => Codec::GZIP(Default::default()),
            Compression::Zstd => Codec::ZSTD(ZstdLevel::default()),
        };
        Table { columns, codec, begun: None, groups: Vec::new(), bytes: 0 }
    }

    /// Goes on with a file that was cut to `bytes` behind a group.
    pub fn resume(
        columns: &'static [Column],
        compression: Compression,
        mut file: &File,
        bytes: u64,
    ) -> io::Result<Table> {
        let mut table = Table::new(columns, compression);
        let mut end = bytes;
        let mut groups = Vec::new();
        while end > MAGIC.len() as u64 {
            let (footer_at, metadata) = footer_of(&mut file, end)?;
            let group = metadata.row_group(0);
            let begin = footer_at.checked_sub(length_of(group)).ok_or_else(unreadable)?;
            if table.begun.is_none() {
                let about = metadata.file_metadata();
                let key_values = about.key_value_metadata().cloned().unwrap_or_default();
                table.begun = Some(Begun::new(about.schema_descr_ptr(), key_values, None, Vec::new()));
            }
            groups.push((group.clone(), begin));
            end = begin;
        }
        if end != MAGIC.len() as u64 {
            return Err(unreadable());
        }
        for (ordinal, (group, begin)) in groups.into_iter().rev().enumerate() {
            table.groups.push(moved(group, begin, ordinal).map_err(io::Error::other)?);
        }
        table.bytes = bytes;
        Ok(table)
    }

    /// Settles what the columns are: those of a row, or else its own.
    pub fn begin(&mut self, row: Option<&Row>) -> io::Result<()> {
        let row = match row {
            Some(Row::Table(row)) => Some(row),
            _ => None,
        };
        let source = row.map(TableRow::table);
        if let Some(begun) = &self.begun
            && begun.is_of(source)
        {
            return Ok(());
        }
        let made = match source {
            Some(source) => Begun::over(source),
            None => {
                let fields = self.columns.iter().map(field).collect::<Result<Vec<_>, _>>();
                fields.and_then(|fields| Ok(Begun::new(schema("pages", fields)?, Vec::new(), None, Vec::new())))
            }
        }
        .map_err(io::Error::other)?;
        match &mut self.begun {
            None => self.begun = Some(made),
            // A file that is gone on with, or another one with the same columns.
            Some(begun) if begun.schema.root_schema() == made.schema.root_schema() => {
                (begun.source, begun.from) = (made.source, made.from);
            }
            Some(_) => {
                return Err(io::Error::other(
                    "its rows come from files with different columns: name a folder with `-o DIR/` to get a file for each",
                ));
            }
        }
        Ok(())
    }

    /// Appends a row: what stands in the line, and what came with it in columns of its own.
    pub fn add(&mut self, line: &[u8], row: Option<&Row>) -> io::Result<()> {
        self.begin(row)?;
        let Some(begun) = &mut self.begun else {
            return Ok(());
        };
        let members: Map<String, Value> = serde_json::from_slice(line)?;
        match row {
            Some(Row::Table(row)) => begun.add_row(row, &members),
            _ => {
                for (leaf, column) in begun.leaves.iter_mut().zip(self.columns) {
                    put(leaf, column.kind, members.get(column.name).unwrap_or(&Value::Null));
                }
            }
        }
        begun.rows += 1;
        begun.size += line.len() + row.map_or(0, Row::size);
        Ok(())
    }

    /// Whether the columns are settled.
    pub fn is_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// Whether the rows that wait are a group.
    pub fn is_full(&self) -> bool {
        self.begun.as_ref().is_some_and(|begun| begun.rows >= MAX_GROUP_ROWS || begun.size >= MAX_GROUP_BYTES)
    }

    /// The bytes of the rows that wait, as a group with its footer; none without rows.
    pub fn group(&mut self) -> io::Result<Vec<u8>> {
        let Some(begun) = self.begun.as_mut().filter(|begun| begun.rows > 0) else {
            return Ok(Vec::new());
        };
        let mut bytes = begun.group(self.codec).map_err(io::Error::other)?;
        // Read back as a run that goes on would: what the writer knows besides would make another footer of it.
        let (_, metadata) = footer_of(&mut io::Cursor::new(&bytes), bytes.len() as u64)?;
        let group = metadata.row_group(0).clone();
        // A group is written as a file of its own, which begins with the magic number as the whole does.
        let begin = self.bytes.max(MAGIC.len() as u64);
        self.groups.push(moved(group, begin, self.groups.len()).map_err(io::Error::other)?);
        if self.bytes > 0 {
            bytes.drain(..MAGIC.len());
        }
        self.bytes += bytes.len() as u64;
        Ok(bytes)
    }

    /// The end of the file.
    pub fn footer(&mut self) -> io::Result<Vec<u8>> {
        if self.begun.is_none() {
            self.begin(None)?;
        }
        let Some(begun) = &self.begun else {
            return Ok(Vec::new());
        };
        let rows = self.groups.iter().map(RowGroupMetaData::num_rows).sum();
        let key_values = Some(begun.key_values.clone()).filter(|pairs| !pairs.is_empty());
        let schema = Arc::clone(&begun.schema);
        let orders = schema.columns().iter().map(|column| ColumnOrder::TYPE_DEFINED_ORDER(column.sort_order()));
        let orders = Some(orders.collect());
        let about = FileMetaData::new(1, rows, Some(created_by()), key_values, schema, orders);
        let metadata = ParquetMetaData::new(about, self.groups.clone());
        let mut bytes = if self.bytes == 0 { MAGIC.to_vec() } else { Vec::new() };
        ParquetMetaDataWriter::new(&mut bytes, &metadata).finish().map_err(io::Error::other)?;
        Ok(bytes)
    }
}

impl Begun {
    fn new(
        schema: Arc<SchemaDescriptor>,
        key_values: Vec<KeyValue>,
        source: Option<Arc<Source>>,
        from: Vec<Option<usize>>,
    ) -> Begun {
        let leaves = schema.columns().iter().map(|column| Leaf::new(column.physical_type())).collect();
        Begun { schema, key_values, source, from, leaves, rows: 0, size: 0 }
    }

    /// A file with the columns of a table, the account behind them.
    fn over(source: &Arc<Source>) -> Result<Begun, ParquetError> {
        let root = source.schema.root_schema();
        let mut fields: Vec<_> = root.get_fields().iter().filter(|field| field.name() != ACCOUNT).cloned().collect();
        let accounts = ACCOUNTS.iter().map(field).collect::<Result<_, _>>()?;
        let account = Type::group_type_builder(ACCOUNT).with_repetition(Repetition::REQUIRED).with_fields(accounts);
        fields.push(Arc::new(account.build()?));
        let schema = schema(root.name(), fields)?;
        let own = (0..source.paths.len()).filter(|leaf| source.schema.get_column_root(*leaf).name() != ACCOUNT);
        let mut from: Vec<_> = own.map(Some).collect();
        from.resize(schema.num_columns(), None);
        let key_values = source.key_values.iter().filter(|pair| pair.key != ARROW_SCHEMA).cloned().collect();
        Ok(Begun::new(schema, key_values, Some(Arc::clone(source)), from))
    }

    fn is_of(&self, source: Option<&Arc<Source>>) -> bool {
        match (&self.source, source) {
            (Some(own), Some(source)) => Arc::ptr_eq(own, source),
            (None, None) => true,
            _ => false,
        }
    }

    fn add_row(&mut self, row: &TableRow, members: &Map<String, Value>) {
        let account = members.get(ACCOUNT).unwrap_or(&Value::Null);
        let mut accounts = ACCOUNTS.iter();
        for (at, (leaf, from)) in self.leaves.iter_mut().zip(&self.from).enumerate() {
            match from {
                Some(from) if Some(*from) == row.page() => {
                    let text = members.get("text").and_then(Value::as_str).unwrap_or_default();
                    let max_def = self.schema.column(at).max_def_level();
                    if max_def > 0 {
                        leaf.def.push(max_def);
                    }
                    if let Values::Bytes(values) = &mut leaf.values {
                        values.push(ByteArray::from(text));
                    }
                }
                Some(from) => leaf.copy(row, *from),
                None => {
                    if let Some(column) = accounts.next() {
                        put(leaf, column.kind, account.get(column.name).unwrap_or(&Value::Null));
                    }
                }
            }
        }
    }

    /// The rows that wait as a file of their own.
    fn group(&mut self, codec: Codec) -> Result<Vec<u8>, ParquetError> {
        let mut properties = WriterProperties::builder()
            .set_created_by(created_by())
            .set_compression(codec)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true)
            .set_key_value_metadata(Some(self.key_values.clone()).filter(|pairs| !pairs.is_empty()));
        // No two pages are the same.
        for name in ["text", "html", "raw_html", "content", "row"] {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
        let mut bytes = Vec::new();
        let mut writer =
            SerializedFileWriter::new(&mut bytes, self.schema.root_schema_ptr(), Arc::new(properties.build()))?;
        let mut group = writer.next_row_group()?;
        let mut leaves = self.leaves.iter_mut();
        while let Some(mut column) = group.next_column()? {
            if let Some(leaf) = leaves.next() {
                write_leaf(&mut column, leaf)?;
                *leaf = Leaf { values: leaf.values.none(), def: Vec::new(), rep: Vec::new() };
            }
            column.close()?;
        }
        group.close()?;
        writer.close()?;
        (self.rows, self.size) = (0, 0);
        Ok(bytes)
    }
}

fn unreadable() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what is there of it is no Parquet")
}

/// The footer of the group that ends at `end`, and where it begins.
fn footer_of(file: &mut (impl Read + Seek), end: u64) -> io::Result<(u64, ParquetMetaData)> {
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(end.checked_sub(8).ok_or_else(unreadable)?))?;
    file.read_exact(&mut tail)?;
    let length = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
    let at = end.checked_sub(8 + length).filter(|_| &tail[4..] == MAGIC).ok_or_else(unreadable)?;
    let mut footer = vec![0; length as usize];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut footer)?;
    let metadata = ParquetMetaDataReader::decode_metadata(&footer).map_err(io::Error::other)?;
    if metadata.num_row_groups() == 1 { Ok((at, metadata)) } else { Err(unreadable()) }
}

fn created_by() -> String {
    format!("dehusk version {}", env!("CARGO_PKG_VERSION"))
}

fn schema(name: &str, fields: Vec<Arc<Type>>) -> Result<Arc<SchemaDescriptor>, ParquetError> {
    let root = Type::group_type_builder(name).with_fields(fields).build()?;
    Ok(Arc::new(SchemaDescriptor::new(Arc::new(root))))
}

/// A column as a field of a schema.
fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let primitive = |name, physical, logical, repetition| {
        let field = Type::primitive_type_builder(name, physical).with_repetition(repetition);
        field.with_logical_type(logical).build().map(Arc::new)
    };
    let optional = |physical, logical| primitive(column.name, physical, logical, Repetition::OPTIONAL);
    match column.kind {
        ColumnKind::Text => optional(Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Whole => optional(Physical::INT64, None),
        ColumnKind::Real => optional(Physical::FLOAT, None),
        ColumnKind::Flag => optional(Physical::BOOLEAN, None),
        ColumnKind::Texts => {
            let element = primitive("element", Physical::BYTE_ARRAY, Some(LogicalType::String), Repetition::REQUIRED)?;
            let list = Type::group_type_builder("list").with_repetition(Repetition::REPEATED);
            let list = Arc::new(list.with_fields(vec![element]).build()?);
            let outer = Type::group_type_builder(column.name).with_repetition(Repetition::REQUIRED);
            outer.with_logical_type(Some(LogicalType::List)).with_fields(vec![list]).build().map(Arc::new)
        }
    }
}

/// Appends a value of JSON to the leaf of a column.
fn put(leaf: &mut Leaf, kind: ColumnKind, value: &Value) {
    let mut texts = Vec::new();
    if kind == ColumnKind::Texts {
        texts.extend(value.as_array().into_iter().flatten().filter_map(Value::as_str));
        leaf.rep.extend((0..texts.len().max(1)).map(|at| i16::from(at > 0)));
        leaf.def.extend((0..texts.len().max(1)).map(|_| i16::from(!texts.is_empty())));
    }
    let is_there = match (&mut leaf.values, kind) {
        (Values::Bytes(values), ColumnKind::Texts) => {
            values.extend(texts.into_iter().map(ByteArray::from));
            return;
        }
        (Values::Bytes(values), _) => push(values, value.as_str().map(ByteArray::from)),
        (Values::Int64(values), _) => push(values, value.as_i64()),
        (Values::Float(values), _) => push(values, value.as_f64().map(|value| value as f32)),
        (Values::Flags(values), _) => push(values, value.as_bool()),
        _ => false,
    };
    leaf.def.push(i16::from(is_there));
}

fn push<T>(values: &mut Vec<T>, value: Option<T>) -> bool {
    let is_there = value.is_some();
    values.extend(value);
    is_there
}

fn write_leaf(column: &mut SerializedColumnWriter<'_>, leaf: &Leaf) -> Result<usize, ParquetError> {
    let def = Some(&*leaf.def).filter(|levels| !levels.is_empty());
    let rep = Some(&*leaf.rep).filter(|levels| !levels.is_empty());
    match (column.untyped(), &leaf.values) {
        (ColumnWriter::BoolColumnWriter(column), Values::Flags(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::Int32ColumnWriter(column), Values::Int32(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::Int64ColumnWriter(column), Values::Int64(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::Int96ColumnWriter(column), Values::Int96(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::FloatColumnWriter(column), Values::Float(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::DoubleColumnWriter(column), Values::Double(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::ByteArrayColumnWriter(column), Values::Bytes(values)) => column.write_batch(values, def, rep),
        (ColumnWriter::FixedLenByteArrayColumnWriter(column), Values::Fixed(values)) => {
            column.write_batch(values, def, rep)
        }
        _ => Err(ParquetError::General("a column of another type than the schema says".to_owned())),
    }
}

/// Bytes of a group that was written as a file of its own, without the magic number before it.
fn length_of(group: &RowGroupMetaData) -> u64 {
    let ends = group.columns().iter().map(|column| {
        let (start, length) = column.byte_range();
        start + length
    });
    ends.max().unwrap_or(0).saturating_sub(MAGIC.len() as u64)
}

/// A group that was written as a file of its own, as it stands in a file where it begins at `begin`.
fn moved(group: RowGroupMetaData, begin: u64, ordinal: usize) -> Result<RowGroupMetaData, ParquetError> {
    let by = begin as i64 - MAGIC.len() as i64;
    let columns = group.columns().iter().map(|column| {
        let data = column.data_page_offset() + by;
        let dictionary = column.dictionary_page_offset().map(|offset| offset + by);
        column.clone().into_builder().set_data_page_offset(data).set_dictionary_page_offset(dictionary).build()
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let ordinal = i32::try_from(ordinal).unwrap_or(i32::MAX);
    let group = group.into_builder().set_column_metadata(columns).set_file_offset(begin as i64);
    group.set_ordinal(ordinal).build()
}

#[cfg(test)]
mod tests {
    use super::super::{article, page};
    use super::*;
    use crate::BlockKind::Paragraph;
    use crate::input::Origin;
    use std::io::Write;

    fn line(text: &str) -> Vec<u8> {
        let article = article(Some("A title"), &[(Paragraph, text)]);
        let origin = Origin::default();
        let mut line = Vec::new();
        write(&Page { origin: Some(&origin), ..page(&article) }, &mut line);
        line
    }

    #[test]
    fn each_field_of_a_page_has_a_column() {
        let members: Map<String, Value> = serde_json::from_slice(&line("One")).unwrap();
        let columns: Vec<_> = PAGES.iter().map(|column| column.name).filter(|name| *name != "row").collect();
        assert!(
            members
                .keys()
                .map(String::as_str)
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .eq(columns.into_iter().collect::<std::collections::BTreeSet<_>>())
        );
        let article = article(None, &[]);
        let account: Map<String, Value> = serde_json::from_slice(&jsonl::account(&page(&article))).unwrap();
        assert!(ACCOUNTS.iter().all(|column| account.contains_key(column.name)) && account.len() == ACCOUNTS.len());
    }

    #[test]
    fn a_file_that_is_gone_on_with_ends_with_the_same_bytes() {
        let mut whole = Table::new(PAGES, Compression::Zstd);
        let mut file = Vec::new();
        for group in 0..3 {
            if group == 2 {
                let mut left = tempfile::tempfile().unwrap();
                left.write_all(&file).unwrap();
                let mut resumed = Table::resume(PAGES, Compression::Zstd, &left, file.len() as u64).unwrap();
                let mut other = file.clone();
                resumed.add(&line("Page 2"), None).unwrap();
                other.extend(resumed.group().unwrap());
                other.extend(resumed.footer().unwrap());
                whole.add(&line("Page 2"), None).unwrap();
                file.extend(whole.group().unwrap());
                file.extend(whole.footer().unwrap());
                assert!(file == other);
                break;
            }
            for row in 0..3 {
                whole.add(&line(&format!("Page {group}.{row}")), None).unwrap();
            }
            file.extend(whole.group().unwrap());
        }
        let metadata = {
            let length = u32::from_le_bytes(file[file.len() - 8..file.len() - 4].try_into().unwrap()) as usize;
            ParquetMetaDataReader::decode_metadata(&file[file.len() - 8 - length..file.len() - 8]).unwrap()
        };
        assert_eq!(metadata.row_groups().iter().map(RowGroupMetaData::num_rows).collect::<Vec<_>>(), [3, 3, 1]);
        assert_eq!(metadata.file_metadata().num_rows(), 7);
    }

    #[test]
    fn a_table_without_rows_is_a_file() {
        let footer = Table::new(PAGES, Compression::Plain).footer().unwrap();
        assert!(footer.starts_with(MAGIC) && footer.ends_with(MAGIC));
    }
}
