//! Rows of a table by its columns: what the leaves of the schema hold, as Parquet has it, and a row as JSON.
//!
//! A leaf has values and, where it stands in what may be null or in a list, levels: a definition level says how many of the
//! optional and repeated nodes above a value are there, a repetition level at which of them a list goes on. A row is a range
//! of both in each leaf, so it can be written again as it was, whatever the schema.

use super::json::ACCOUNT;
use base64::Engine;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit};
use parquet::data_type::{AsBytes, ByteArray, FixedLenByteArray, Int96};
use parquet::file::metadata::KeyValue;
use parquet::schema::types::{SchemaDescPtr, Type};
use std::ops::Range;
use std::sync::Arc;

/// What all rows of a file have in common.
#[derive(Debug)]
pub(crate) struct Table {
    pub schema: SchemaDescPtr,
    /// What the file says about itself.
    pub key_values: Vec<KeyValue>,
    /// The path of each leaf, with points.
    pub paths: Vec<String>,
}

impl Table {
    pub fn new(schema: SchemaDescPtr, key_values: Vec<KeyValue>) -> Table {
        let paths = schema.columns().iter().map(|column| column.path().string()).collect();
        Table { schema, key_values, paths }
    }

    /// The leaf of that path.
    pub fn leaf(&self, path: &str) -> Option<usize> {
        self.paths.iter().position(|known| known == path)
    }

    /// Whether a leaf can hold a page: bytes, at most once in a row.
    pub fn holds_text(&self, leaf: usize) -> bool {
        let column = self.schema.column(leaf);
        column.max_rep_level() == 0 && column.physical_type() == parquet::basic::Type::BYTE_ARRAY
    }
}

/// The values of a leaf, by their physical type.
#[derive(Debug)]
pub(crate) enum Values {
    Flags(Vec<bool>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    Int96(Vec<Int96>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Bytes(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

impl Values {
    /// None yet, of the type that a column has.
    pub fn of(physical_type: parquet::basic::Type) -> Values {
        use parquet::basic::Type;
        match physical_type {
            Type::BOOLEAN => Values::Flags(Vec::new()),
            Type::INT32 => Values::Int32(Vec::new()),
            Type::INT64 => Values::Int64(Vec::new()),
            Type::INT96 => Values::Int96(Vec::new()),
            Type::FLOAT => Values::Float(Vec::new()),
            Type::DOUBLE => Values::Double(Vec::new()),
            Type::BYTE_ARRAY => Values::Bytes(Vec::new()),
            Type::FIXED_LEN_BYTE_ARRAY => Values::Fixed(Vec::new()),
        }
    }

    /// None, of the same type.
    pub fn none(&self) -> Values {
        match self {
            Values::Flags(_) => Values::Flags(Vec::new()),
            Values::Int32(_) => Values::Int32(Vec::new()),
            Values::Int64(_) => Values::Int64(Vec::new()),
            Values::Int96(_) => Values::Int96(Vec::new()),
            Values::Float(_) => Values::Float(Vec::new()),
            Values::Double(_) => Values::Double(Vec::new()),
            Values::Bytes(_) => Values::Bytes(Vec::new()),
            Values::Fixed(_) => Values::Fixed(Vec::new()),
        }
    }

    fn extend(&mut self, from: &Values, range: Range<usize>) {
        match (self, from) {
            (Values::Flags(to), Values::Flags(from)) => to.extend_from_slice(&from[range]),
            (Values::Int32(to), Values::Int32(from)) => to.extend_from_slice(&from[range]),
            (Values::Int64(to), Values::Int64(from)) => to.extend_from_slice(&from[range]),
            (Values::Int96(to), Values::Int96(from)) => to.extend_from_slice(&from[range]),
            (Values::Float(to), Values::Float(from)) => to.extend_from_slice(&from[range]),
            (Values::Double(to), Values::Double(from)) => to.extend_from_slice(&from[range]),
            (Values::Bytes(to), Values::Bytes(from)) => to.extend_from_slice(&from[range]),
            (Values::Fixed(to), Values::Fixed(from)) => to.extend_from_slice(&from[range]),
            _ => unreachable!("a leaf has one type in all rows of a table"),
        }
    }

    fn size(&self, range: Range<usize>) -> usize {
        match self {
            Values::Bytes(values) => values[range].iter().map(ByteArray::len).sum(),
            Values::Fixed(values) => values[range].iter().map(|value| value.len()).sum(),
            _ => range.len() * 8,
        }
    }
}

/// A leaf of some rows.
#[derive(Debug)]
pub(crate) struct Leaf {
    pub values: Values,
    /// Definition levels; none where nothing can be null.
    pub def: Vec<i16>,
    /// Repetition levels; none where there is no list.
    pub rep: Vec<i16>,
}

impl Leaf {
    pub fn new(physical_type: parquet::basic::Type) -> Leaf {
        Leaf { values: Values::of(physical_type), def: Vec::new(), rep: Vec::new() }
    }

    /// Appends what the leaf of a row holds.
    pub fn copy(&mut self, row: &TableRow, leaf: usize) {
        let (levels, values) = row.ranges(leaf);
        let from = &row.batch.leaves[leaf].0;
        if !from.def.is_empty() {
            self.def.extend_from_slice(&from.def[levels.clone()]);
        }
        if !from.rep.is_empty() {
            self.rep.extend_from_slice(&from.rep[levels]);
        }
        self.values.extend(&from.values, values);
    }
}

/// Rows that were read at once.
#[derive(Debug)]
pub(crate) struct Batch {
    table: Arc<Table>,
    /// Each leaf, and where each row of it begins, and the last ends: its levels and its values.
    leaves: Vec<(Leaf, Vec<(usize, usize)>)>,
}

impl Batch {
    /// Finds the rows in the leaves; fails with a sentence where there are not as many in one of them.
    pub fn new(table: Arc<Table>, leaves: Vec<Leaf>, rows: usize) -> Result<Batch, String> {
        let index = |(at, leaf): (usize, Leaf)| {
            let column = table.schema.column(at);
            let starts = starts(&leaf, column.max_def_level(), column.max_rep_level(), rows);
            let starts = starts.ok_or_else(|| format!("the column `{}` does not have {rows} rows", table.paths[at]))?;
            Ok((leaf, starts))
        };
        let leaves = leaves.into_iter().enumerate().map(index).collect::<Result<_, String>>()?;
        Ok(Batch { table, leaves })
    }
}

/// Where the rows of a leaf begin in its levels and in its values.
fn starts(leaf: &Leaf, max_def: i16, max_rep: i16, rows: usize) -> Option<Vec<(usize, usize)>> {
    let starts = if max_def == 0 {
        (0..=rows).map(|row| (row, row)).collect::<Vec<_>>()
    } else {
        let mut starts = Vec::with_capacity(rows + 1);
        let mut values = 0;
        for (at, def) in leaf.def.iter().enumerate() {
            if max_rep == 0 || *leaf.rep.get(at)? == 0 {
                starts.push((at, values));
            } else if starts.is_empty() {
                return None;
            }
            values += usize::from(*def == max_def);
        }
        starts.push((leaf.def.len(), values));
        starts
    };
    let values = match &leaf.values {
        Values::Flags(values) => values.len(),
        Values::Int32(values) => values.len(),
        Values::Int64(values) => values.len(),
        Values::Int96(values) => values.len(),
        Values::Float(values) => values.len(),
        Values::Double(values) => values.len(),
        Values::Bytes(values) => values.len(),
        Values::Fixed(values) => values.len(),
    };
    let is_whole = starts.len() == rows + 1 && starts.last().is_some_and(|(_, end)| *end == values);
    is_whole.then_some(starts)
}

/// A row of a table, of which one leaf is the page.
#[derive(Clone, Debug)]
pub struct TableRow {
    batch: Arc<Batch>,
    row: usize,
    page: Option<usize>,
}

impl TableRow {
    pub(crate) fn new(batch: Arc<Batch>, row: usize) -> TableRow {
        TableRow { batch, row, page: None }
    }

    /// Bytes that the row holds.
    pub fn size(&self) -> usize {
        let of = |leaf: usize| {
            let (levels, values) = self.ranges(leaf);
            levels.len() * 4 + self.batch.leaves[leaf].0.values.size(values)
        };
        (0..self.batch.leaves.len()).map(of).sum()
    }

    pub(crate) fn table(&self) -> &Arc<Table> {
        &self.batch.table
    }

    /// The leaf that is the page.
    pub(crate) fn page(&self) -> Option<usize> {
        self.page
    }

    pub(crate) fn with_page(self, page: usize) -> TableRow {
        TableRow { page: Some(page), ..self }
    }

    fn ranges(&self, leaf: usize) -> (Range<usize>, Range<usize>) {
        let starts = &self.batch.leaves[leaf].1;
        let (begin, end) = (starts[self.row], starts[self.row + 1]);
        (begin.0..end.0, begin.1..end.1)
    }

    /// The bytes of a leaf that holds text; nothing when it is null.
    pub(crate) fn bytes(&self, leaf: usize) -> Option<&[u8]> {
        let (_, values) = self.ranges(leaf);
        match &self.batch.leaves[leaf].0.values {
            Values::Bytes(bytes) => bytes.get(values)?.first().map(AsBytes::as_bytes),
            _ => None,
        }
    }

    /// A leaf that holds one text or number, with something in it.
    pub(crate) fn text(&self, leaf: usize) -> Option<String> {
        let (_, values) = self.ranges(leaf);
        let text = match &self.batch.leaves[leaf].0.values {
            Values::Bytes(bytes) if values.len() == 1 => String::from_utf8(bytes[values.start].data().to_vec()).ok()?,
            Values::Int32(numbers) if values.len() == 1 => numbers[values.start].to_string(),
            Values::Int64(numbers) if values.len() == 1 => numbers[values.start].to_string(),
            _ => return None,
        };
        Some(text).filter(|text| !text.is_empty())
    }

    /// Appends the row as a line of JSON, with `text` for the page and `account`, a JSON object, as the member `dehusk`.
    ///
    /// Dates and times are text as ISO 8601 has them, decimals and UUIDs are text, and so are bytes that are no UTF-8, in
    /// base64. Maps are lists of their entries.
    pub fn write(&self, text: &str, account: &[u8], out: &mut Vec<u8>) {
        let cursors = (0..self.batch.leaves.len()).map(|leaf| {
            let (levels, values) = self.ranges(leaf);
            (levels.start, values.start)
        });
        let mut json = Json { row: self, cursors: cursors.collect(), text, out };
        json.out.push(b'{');
        let mut first = 0;
        for field in self.batch.table.schema.root_schema().get_fields() {
            if field.name() != ACCOUNT {
                json.name(field.name());
                json.field(field, first, 0, 0);
                json.out.push(b',');
            }
            first += leaves(field);
        }
        json.name(ACCOUNT);
        out.extend_from_slice(account);
        out.extend_from_slice(b"}\n");
    }
}

/// How many leaves a node has.
fn leaves(node: &Type) -> usize {
    if node.is_primitive() { 1 } else { node.get_fields().iter().map(|field| leaves(field)).sum() }
}

/// Puts a row together from its leaves.
struct Json<'a> {
    row: &'a TableRow,
    /// The next level and the next value of each leaf.
    cursors: Vec<(usize, usize)>,
    text: &'a str,
    out: &'a mut Vec<u8>,
}

impl Json<'_> {
    fn name(&mut self, name: &str) {
        serde_json::to_writer(&mut *self.out, name).expect("a string always is JSON");
        self.out.push(b':');
    }

    fn def(&self, leaf: usize) -> i16 {
        self.row.batch.leaves[leaf].0.def.get(self.cursors[leaf].0).copied().unwrap_or(0)
    }

    /// The level at which the list that was begun last goes on; -1 at the end of the row.
    fn rep(&self, leaf: usize) -> i16 {
        let at = self.cursors[leaf].0;
        let is_inside = at < self.row.ranges(leaf).0.end;
        self.row.batch.leaves[leaf].0.rep.get(at).copied().filter(|_| is_inside).unwrap_or(-1)
    }

    /// A node with its leaves from `first` on, below `def` optional and `rep` repeated nodes that are there.
    fn field(&mut self, node: &Type, first: usize, def: i16, rep: i16) {
        match node.get_basic_info().repetition() {
            Repetition::REQUIRED => self.value(node, first, def, rep),
            Repetition::OPTIONAL if self.def(first) > def => self.value(node, first, def + 1, rep),
            Repetition::OPTIONAL => {
                self.pass(node, first);
                self.out.extend_from_slice(b"null");
            }
            Repetition::REPEATED => self.list(node, first, def, rep, |json| json.value(node, first, def + 1, rep + 1)),
        }
    }

    /// A repeated node as a list, each element of which `element` writes.
    fn list(&mut self, node: &Type, first: usize, def: i16, rep: i16, element: impl Fn(&mut Self)) {
        self.out.push(b'[');
        if self.def(first) > def {
            loop {
                element(self);
                if self.rep(first) <= rep {
                    break;
                }
                self.out.push(b',');
            }
        } else {
            self.pass(node, first);
        }
        self.out.push(b']');
    }

    /// A node that is there.
    fn value(&mut self, node: &Type, first: usize, def: i16, rep: i16) {
        if node.is_primitive() {
            return self.scalar(node, first);
        }
        let info = node.get_basic_info();
        let is_list =
            matches!(info.converted_type(), ConvertedType::LIST | ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
                || matches!(info.logical_type_ref(), Some(LogicalType::List | LogicalType::Map));
        let fields = node.get_fields();
        if let [inner] = fields
            && is_list
            && inner.get_basic_info().repetition() == Repetition::REPEATED
        {
            // Elements stand in a group of their own, but in files of old.
            let wraps = !inner.is_primitive()
                && inner.get_fields().len() == 1
                && inner.name() != "array"
                && !inner.name().ends_with("_tuple");
            return self.list(inner, first, def, rep, |json| match wraps {
                true => json.field(&inner.get_fields()[0], first, def + 1, rep + 1),
                false => json.value(inner, first, def + 1, rep + 1),
            });
        }
        self.out.push(b'{');
        let mut first = first;
        for (at, field) in fields.iter().enumerate() {
            if at > 0 {
                self.out.push(b',');
            }
            self.name(field.name());
            self.field(field, first, def, rep);
            first += leaves(field);
        }
        self.out.push(b'}');
    }

    /// Leaves a node behind that is null or empty: one level of each of its leaves.
    fn pass(&mut self, node: &Type, first: usize) {
        for cursor in &mut self.cursors[first..first + leaves(node)] {
            cursor.0 += 1;
        }
    }

    fn scalar(&mut self, node: &Type, leaf: usize) {
        let (_, at) = self.cursors[leaf];
        self.cursors[leaf].0 += 1;
        self.cursors[leaf].1 += 1;
        let value = if Some(leaf) == self.row.page {
            self.text.into()
        } else {
            let values = &self.row.batch.leaves[leaf].0.values;
            scalar(node, values, at)
        };
        serde_json::to_writer(&mut *self.out, &value).expect("a scalar always is JSON");
    }
}

fn scalar(node: &Type, values: &Values, at: usize) -> serde_json::Value {
    let info = node.get_basic_info();
    let kind = info.logical_type_ref();
    let is_unsigned = matches!(kind, Some(LogicalType::Integer(kind)) if !kind.is_signed)
        || matches!(info.converted_type(), ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32)
        || info.converted_type() == ConvertedType::UINT_64;
    let is_decimal = info.converted_type() == ConvertedType::DECIMAL;
    let is_date = info.converted_type() == ConvertedType::DATE;
    let is_utc = matches!(kind, Some(LogicalType::Timestamp(kind)) if kind.is_adjusted_to_u_t_c) || kind.is_none();
    match values {
        Values::Flags(values) => values[at].into(),
        Values::Int32(values) if is_date => date(i64::from(values[at])).into(),
        Values::Int32(values) if is_decimal => decimal(i128::from(values[at]), node.get_scale()).into(),
        Values::Int32(values) if is_unsigned => (values[at] as u32).into(),
        Values::Int32(values) => match counted(node) {
            Some(Counted::OfDay(unit)) => of_day(i64::from(values[at]), unit),
            _ => values[at].into(),
        },
        Values::Int64(values) if is_decimal => decimal(i128::from(values[at]), node.get_scale()).into(),
        Values::Int64(values) if is_unsigned => (values[at] as u64).into(),
        Values::Int64(values) => match counted(node) {
            Some(Counted::Since1970(unit)) => time(values[at], unit, is_utc).into(),
            Some(Counted::OfDay(unit)) => of_day(values[at], unit),
            None => values[at].into(),
        },
        Values::Int96(values) => time(values[at].to_nanos(), 1_000_000_000, false).into(),
        // The shortest digits that give the same number, as single precision has it.
        Values::Float(values) => values[at].to_string().parse::<f64>().ok().into(),
        Values::Double(values) => values[at].into(),
        Values::Bytes(values) => bytes(values[at].data(), is_decimal, node),
        Values::Fixed(values) => match (kind, values[at].data()) {
            (Some(LogicalType::Float16), &[low, high]) => half(u16::from_le_bytes([low, high])).into(),
            (Some(LogicalType::Uuid), data) if data.len() == 16 => uuid(data).into(),
            (_, data) => bytes(data, is_decimal, node),
        },
    }
}

/// What a whole number counts, by its units in a second.
enum Counted {
    Since1970(i64),
    OfDay(i64),
}

fn counted(node: &Type) -> Option<Counted> {
    let in_second = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => 1_000_000_000,
    };
    let info = node.get_basic_info();
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::Timestamp(kind)), _) => Some(Counted::Since1970(in_second(&kind.unit))),
        (Some(LogicalType::Time(kind)), _) => Some(Counted::OfDay(in_second(&kind.unit))),
        (None, ConvertedType::TIMESTAMP_MILLIS) => Some(Counted::Since1970(1_000)),
        (None, ConvertedType::TIMESTAMP_MICROS) => Some(Counted::Since1970(1_000_000)),
        (None, ConvertedType::TIME_MILLIS) => Some(Counted::OfDay(1_000)),
        (None, ConvertedType::TIME_MICROS) => Some(Counted::OfDay(1_000_000)),
        _ => None,
    }
}

fn bytes(bytes: &[u8], is_decimal: bool, node: &Type) -> serde_json::Value {
    if is_decimal && (1..=16).contains(&bytes.len()) {
        let sign = if bytes[0] & 0x80 != 0 { -1 } else { 0 };
        let value = bytes.iter().fold(sign, |value: i128, byte| value << 8 | i128::from(*byte));
        return decimal(value, node.get_scale()).into();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => base64::engine::general_purpose::STANDARD.encode(bytes).into(),
    }
}

fn decimal(value: i128, scale: i32) -> String {
    // No format of numbers has more digits, whatever a schema says.
    let scale = usize::try_from(scale).unwrap_or(0).min(100);
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, rest) = digits.split_at(digits.len() - scale);
    let sign = if value < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A day by its number since 1970, in the calendar of today for all years (Hinnant, "chrono-compatible low-level date
/// algorithms").
fn date(days: i64) -> String {
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{of_month:02}")
}

/// A time by its number since 1970, of which `unit` are a second.
fn time(value: i64, unit: i64, is_utc: bool) -> String {
    let (day, of_day) = (value.div_euclid(unit * 86_400), value.rem_euclid(unit * 86_400));
    format!("{}T{}{}", date(day), clock(of_day, unit), if is_utc { "Z" } else { "" })
}

/// A time of day; the number itself where no day has it.
fn of_day(value: i64, unit: i64) -> serde_json::Value {
    if (0..unit * 86_400).contains(&value) { clock(value, unit).into() } else { value.into() }
}

/// What a clock shows so many units after midnight, with a fraction of the second where there is one.
fn clock(value: i64, unit: i64) -> String {
    let (second, rest) = (value / unit, value % unit);
    let clock = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    if rest == 0 {
        return clock;
    }
    let digits = format!("{rest:0width$}", width = unit.ilog10() as usize);
    format!("{clock}.{}", digits.trim_end_matches('0'))
}

/// A number of half precision (IEEE 754 binary16); infinity is no number, as JSON has none.
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3ff);
    let size = match i32::from(bits >> 10 & 0x1f) {
        0 => fraction * 2f64.powi(-24),
        0x1f => f64::NAN,
        exponent => (1_024.0 + fraction) * 2f64.powi(exponent - 25),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// `123e4567-e89b-12d3-a456-426614174000`.
fn uuid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(36);
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_times_are_those_of_the_calendar() {
        let days = [0, -1, 19_782, 11_016, -719_528].map(date);
        assert_eq!(days, ["1970-01-01", "1969-12-31", "2024-02-29", "2000-02-29", "0000-01-01"]);
        assert_eq!(time(-1, 1_000, true), "1969-12-31T23:59:59.999Z");
        assert_eq!(time(86_400_000_000, 1_000_000, false), "1970-01-02T00:00:00");
    }

    #[test]
    fn decimals_keep_their_digits() {
        let decimals = [(5, 2), (-1_234, 2), (7, 0), (-1, 3)].map(|(value, scale)| decimal(value, scale));
        assert_eq!(decimals, ["0.05", "-12.34", "7", "-0.001"]);
    }

    /// The first value of a column, as its declaration in a schema says.
    fn shown(column: &str, values: &Values) -> serde_json::Value {
        let schema =
            parquet::schema::parser::parse_message_type(&format!("message m {{ required {column}; }}")).unwrap();
        scalar(&schema.get_fields()[0], values, 0)
    }

    #[test]
    fn times_of_day_are_what_a_clock_shows() {
        let millis = |value| shown("int32 t (TIME(MILLIS,true))", &Values::Int32(vec![value]));
        assert_eq!(millis(3_723_000), "01:02:03");
        assert_eq!(millis(86_399_250), "23:59:59.25");
        assert_eq!((millis(86_400_000), millis(-1)), (86_400_000.into(), (-1).into()), "no day has them");
        assert_eq!(shown("int32 t (TIME_MILLIS)", &Values::Int32(vec![0])), "00:00:00");
        let long = |kind: &str, value| shown(&format!("int64 t ({kind})"), &Values::Int64(vec![value]));
        assert_eq!(long("TIME(MICROS,false)", 3_723_000_000), "01:02:03");
        assert_eq!(long("TIME(NANOS,false)", 3_723_000_000_001), "01:02:03.000000001");
        assert_eq!(long("TIME_MICROS", 1), "00:00:00.000001");
        assert_eq!(long("TIMESTAMP(MILLIS,true)", i64::MIN), "-292275055-05-16T16:47:04.192Z");
    }

    #[test]
    fn numbers_of_half_precision_and_uuids_are_no_bytes() {
        let fixed =
            |column: &str, bytes: &[u8]| shown(column, &Values::Fixed(vec![ByteArray::from(bytes.to_vec()).into()]));
        let half = |bits: u16| fixed("fixed_len_byte_array(2) h (FLOAT16)", &bits.to_le_bytes());
        for (bits, number) in
            [(0x3e00, 1.5), (0xc000, -2.0), (0x0001, 5.960464477539063e-8), (0x7bff, 65_504.0), (0, 0.0)]
        {
            assert_eq!(half(bits), number, "{bits:x}");
        }
        assert!([0x7c00, 0xfc00, 0x7e00].into_iter().all(|bits| half(bits).is_null()));
        let id: Vec<u8> = (0..16).collect();
        assert_eq!(fixed("fixed_len_byte_array(16) id (UUID)", &id), "00010203-0405-0607-0809-0a0b0c0d0e0f");
        assert_eq!(fixed("fixed_len_byte_array(2) b", b"ab"), "ab");
    }
}
