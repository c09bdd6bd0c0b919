//! A stream of records: lines one after the other, or the rows of a table.
//!
//! Both come as lines. What makes a table of them gathers some and writes them as one group; a stream of it can be cut and
//! gone on with as one of lines can.

#[cfg(feature = "parquet")]
use super::parquet::Table;
use super::sink::{Compression, Place, Sink, Writing};
use crate::error::Error;
use crate::input::Row;

/// A column of a table whose rows were lines of JSON: a member of them.
#[derive(Debug)]
pub struct Column {
    /// The name of both.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What a column holds; all but a list may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// UTF-8.
    Text,
    /// A whole number.
    Whole,
    /// A number in single precision.
    Real,
    /// Yes or no.
    Flag,
    /// A list of texts.
    Texts,
}

/// What the records of a stream become.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Lines, as they come.
    Lines,
    /// A Parquet file: rows with these columns, or with those of the row that comes with each line.
    Table(&'static [Column]),
}

/// One stream of records.
pub struct Records {
    sink: Sink,
    #[cfg(feature = "parquet")]
    table: Option<Box<Table>>,
    /// Whether a later run may go on with it.
    #[cfg(feature = "parquet")]
    keeps: bool,
}

impl Records {
    /// Opens a stream; the rest is as with [`Sink::open`]. A table is packed within.
    ///
    /// # Errors
    /// As [`Sink::open`]; [`ErrorKind::Io`](crate::ErrorKind::Io) for a table where this build knows none.
    pub fn open(
        place: &Place,
        shape: Shape,
        compression: Compression,
        writing: Writing,
        from: Option<u64>,
    ) -> Result<Records, Error> {
        match shape {
            Shape::Lines => Ok(Records {
                sink: Sink::open(place, compression, writing, from)?,
                #[cfg(feature = "parquet")]
                table: None,
                #[cfg(feature = "parquet")]
                keeps: writing.keeps,
            }),
            #[cfg(feature = "parquet")]
            Shape::Table(columns) => {
                let sink = Sink::open(place, Compression::Plain, writing, from)?;
                let table = match from.filter(|bytes| *bytes > 0) {
                    None => Table::new(columns, compression),
                    Some(bytes) => {
                        let table = sink.written().and_then(|file| Table::resume(columns, compression, &file, bytes));
                        table.map_err(|error| sink.failed(error))?
                    }
                };
                Ok(Records { sink, table: Some(Box::new(table)), keeps: writing.keeps })
            }
            #[cfg(not(feature = "parquet"))]
            Shape::Table(_) => {
                Err(Error::new(crate::ErrorKind::Io, "Parquet is not known to this build, which was made without it"))
            }
        }
    }

    /// Appends a record: a line, and the row that it stood in.
    ///
    /// # Errors
    /// As [`Sink::write`]; for a table, when the row has other columns than those before.
    pub fn write(&mut self, line: &[u8], row: Option<&Row>) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        if let Some(table) = &mut self.table {
            table.add(line, row).map_err(|error| self.sink.failed(error))?;
            return if table.is_full() { self.flush() } else { Ok(()) };
        }
        let _ = row;
        self.sink.write(line)
    }

    /// Begins a table with the columns of a row, without writing it, unless it is begun.
    ///
    /// # Errors
    /// As [`write`](Records::write).
    pub fn begin(&mut self, row: Option<&Row>) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        if let Some(table) = self.table.as_mut().filter(|table| !table.is_begun()) {
            return table.begin(row).map_err(|error| self.sink.failed(error));
        }
        let _ = row;
        Ok(())
    }

    /// As [`Sink::cut`]. A table that nobody will go on with keeps its rows together.
    ///
    /// # Errors
    /// As [`Sink::write`].
    pub fn cut(&mut self) -> Result<u64, Error> {
        #[cfg(feature = "parquet")]
        if self.keeps {
            self.flush()?;
        }
        self.sink.cut()
    }

    /// Ends the stream; see [`Sink::finish`].
    ///
    /// # Errors
    /// As [`Sink::write`].
    #[cfg_attr(not(feature = "parquet"), expect(unused_mut, reason = "only a table has something to add"))]
    pub fn finish(mut self) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        {
            self.flush()?;
            if let Some(table) = &mut self.table {
                let footer = table.footer().map_err(|error| self.sink.failed(error))?;
                self.sink.write(&footer)?;
            }
        }
        self.sink.finish()
    }

    /// Writes the rows that wait.
    #[cfg(feature = "parquet")]
    fn flush(&mut self) -> Result<(), Error> {
        let Some(table) = &mut self.table else {
            return Ok(());
        };
        let group = table.group().map_err(|error| self.sink.failed(error))?;
        self.sink.write(&group)
    }
}
