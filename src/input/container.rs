//! Containers: files of many pages. [`FORMATS`] is the one table of them.
//!
//! A format is one file and one line: how it is told by its first bytes, how a file is split into [`Raw`] records, one
//! after the other, and how one of these becomes a [`Record`]. What cannot be split off is a [`Loss`], after which the
//! splitting goes on where it can.

use super::stream::{Bytes, Position};
use super::unpack::is_packed;
use super::{JsonRow, Skip, jsonl, member, tar, warc, zip};
#[cfg(feature = "parquet")]
use super::{TableRow, parquet};
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::limits::Limits;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

/// Bytes that are looked at to tell what a file is.
pub(super) const HEAD: usize = 4096;

/// A format of files that hold many pages.
pub struct InputFormat {
    /// The name that stands on the command line.
    pub name: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// Endings of its files, which the names of outputs are made without.
    pub endings: &'static [&'static str],
    pub(super) detect: fn(head: &[u8]) -> Told,
    pub(super) open: fn(Source<'_>) -> Result<Box<dyn Split>, Error>,
    pub(super) parse: fn(Raw, &mut Origin, &Read<'_>) -> Result<Record, Refused>,
}

/// What the first bytes of a file, unpacked, tell of a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Told {
    No,
    /// It begins as a file of the format does, and so may a text that speaks of it.
    Likely,
    /// No text begins so.
    Surely,
}

/// Every format of containers, in the order in which they are tried.
pub static FORMATS: &[InputFormat] = &[
    InputFormat {
        name: "warc",
        about: "web archives: WARC 1.0 and 1.1, WET",
        endings: &["warc", "wet"],
        detect: warc::detect,
        open: warc::open,
        parse: warc::parse,
    },
    InputFormat {
        name: "jsonl",
        about: "a JSON object a line, with a field for the page",
        endings: &["jsonl", "ndjson", "json"],
        detect: jsonl::detect,
        open: jsonl::open,
        parse: jsonl::parse,
    },
    #[cfg(feature = "parquet")]
    InputFormat {
        name: "parquet",
        about: "Parquet, a column of which holds the pages; from a file",
        endings: &["parquet", "pq"],
        detect: parquet::detect,
        open: parquet::open,
        parse: parquet::parse,
    },
    InputFormat {
        name: "zip",
        about: "a zip archive of pages; from a file",
        endings: &["zip"],
        detect: zip::detect,
        open: zip::open,
        parse: member::parse,
    },
    // Last, as what tells it stands deep in the head.
    InputFormat {
        name: "tar",
        about: "a tar archive of pages",
        endings: &["tar", "tgz"],
        detect: tar::detect,
        open: tar::open,
        parse: member::parse,
    },
];

impl fmt::Debug for InputFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl InputFormat {
    /// The format of that name.
    pub fn by_name(name: &str) -> Option<&'static InputFormat> {
        FORMATS.iter().find(|format| format.name == name)
    }

    /// The format of a file with these first bytes, unpacked; `says_text` is true when its name says that it is a text.
    pub(super) fn of(head: &[u8], says_text: bool) -> Option<&'static InputFormat> {
        let enough = if says_text { Told::Surely } else { Told::Likely };
        FORMATS.iter().find(|format| (format.detect)(head) >= enough)
    }

    /// The format that the ending of a file's name says, without those of its packing; `json` says nothing, as a document of
    /// its own has it too.
    pub(super) fn by_ending(name: &str) -> Option<&'static InputFormat> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        FORMATS.iter().find(|format| ending != "json" && format.endings.contains(&&*ending))
    }

    /// Makes a record of what was split off; `origin` is completed even when there is none.
    ///
    /// # Errors
    /// A reason to skip it, or what is wrong with it.
    pub fn parse(&self, raw: Raw, origin: &mut Origin, read: &Read<'_>) -> Result<Record, Refused> {
        (self.parse)(raw, origin, read)
    }
}

/// A file to be split.
pub(super) struct Source<'a> {
    pub bytes: Bytes,
    pub from: Position,
    pub limits: &'a Limits,
}

impl Source<'_> {
    /// The file of a format that is read from its end; `what` names it for people, and it begins with one of `magics`.
    pub fn seekable(self, what: &str, magics: &[&[u8]]) -> Result<File, Error> {
        let Bytes::File(mut file) = self.bytes else {
            let message =
                format!("{what} is read from its end, which a pipe does not show: save it as a file and name that");
            return Err(Error::new(ErrorKind::Io, message));
        };
        let unreadable = |e| Error::with_source(ErrorKind::Io, "cannot read", e);
        let mut head = Vec::new();
        (&mut file).take(4).read_to_end(&mut head).map_err(unreadable)?;
        if magics.contains(&&*head) {
            return Ok(file);
        }
        let message = match is_packed(&head) {
            true => format!("{what} that is packed once more cannot be read: unpack it first"),
            false => format!("not {what}"),
        };
        Err(Error::new(ErrorKind::Malformed, message))
    }
}

/// Takes one record after the other off a file.
pub trait Split: Send {
    /// The next record, or what was lost in its place; nothing at the end.
    fn next(&mut self) -> Option<Result<Raw, Loss>>;

    /// Where the next record begins.
    fn position(&mut self) -> Position;

    /// Bytes of the file that are behind, packed as they lie there.
    fn packed(&self) -> u64;

    /// True when bytes that belong to no gzip member followed the last one.
    fn has_trailing(&self) -> bool {
        false
    }

    /// A row that holds nothing and shows what columns the rows of the file have, for formats of rows.
    fn blank(&self) -> Option<Row> {
        None
    }
}

/// A record as it was split off.
#[derive(Debug, Default)]
pub struct Raw {
    /// Where it begins: a byte of the file where it starts a gzip member, else a byte of what the file unpacks to;
    /// a row in formats of rows.
    pub offset: u64,
    /// Its bytes, with its own header.
    pub bytes: Vec<u8>,
    /// How many of the bytes are the header; of a page in an archive the header is its path.
    pub head: usize,
    /// The row, in place of bytes, where the format keeps its columns apart.
    pub row: Option<Row>,
}

impl Raw {
    /// What was split off, or could not be, where a record begins; what follows is still to come.
    pub(super) fn begun(offset: u64, taken: Result<Raw, Error>) -> Result<Raw, Loss> {
        match taken {
            Ok(raw) => Ok(Raw { offset, ..raw }),
            Err(error) => Err(Loss { offset, error, is_rest: false, is_end: false }),
        }
    }

    /// Bytes that it holds.
    pub fn size(&self) -> usize {
        self.bytes.len() + self.row.as_ref().map_or(0, Row::size)
    }
}

/// A record that could not be split off.
#[derive(Debug)]
pub struct Loss {
    /// Where it begins, as in [`Raw`].
    pub offset: u64,
    /// What is wrong.
    pub error: Error,
    /// True when what follows in the file is lost with it, up to the next record that comes, if one does.
    pub is_rest: bool,
    /// True when none does.
    pub is_end: bool,
}

/// Where a record stands in its container, and what it says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which record of its container it is, from 0.
    pub index: u64,
    /// Where it begins, as in [`Raw`].
    pub offset: u64,
    /// Its id in the container.
    pub id: Option<String>,
    /// The address of its page.
    pub url: Option<String>,
    /// When its page was fetched, as the container says it.
    pub date: Option<String>,
    /// Its path in an archive.
    pub path: Option<PathBuf>,
}

/// One page, read and unpacked.
#[derive(Debug, Default)]
pub struct Record {
    /// The unpacked bytes, at most [`Limits::max_document_bytes`].
    pub bytes: Vec<u8>,
    /// What is known about it besides its bytes.
    pub hints: Hints,
    /// True when bytes that belong to no gzip member followed the last one; they were left out.
    pub trailing: bool,
    /// The row that it stood in, to be written with the article in its place.
    pub row: Option<Row>,
}

/// A row of a table of pages.
#[derive(Debug)]
pub enum Row {
    /// A line of JSON.
    Json(JsonRow),
    /// A row of columns.
    #[cfg(feature = "parquet")]
    Table(TableRow),
}

impl Row {
    /// Whether it has columns, which a table can take up.
    pub fn is_table(&self) -> bool {
        !matches!(self, Row::Json(_))
    }

    /// Bytes that it holds.
    pub fn size(&self) -> usize {
        match self {
            Row::Json(row) => row.size(),
            #[cfg(feature = "parquet")]
            Row::Table(row) => row.size(),
        }
    }
}

/// Why a record of a container has no page.
#[derive(Debug)]
pub enum Refused {
    /// Nothing is wrong with it; the text says more.
    Skip(Skip, String),
    /// It should have a page.
    Fail(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Fail(error)
    }
}

/// How records are read, for all of a run.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// HTTP statuses of the responses that are pages.
    pub statuses: Statuses,
    /// Media types of pages, in lower case; `*` at the end stands for any rest.
    pub media_types: Vec<String>,
    /// The field or column that holds the page, when the caller names it.
    pub field: Option<String>,
}

/// HTTP statuses: single ones and whole classes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statuses(Vec<(u16, u16)>);

impl Default for Statuses {
    fn default() -> Statuses {
        Statuses(vec![(200, 200)])
    }
}

impl Statuses {
    /// Reads `200`, `2xx` and lists of them with commas.
    pub fn read(list: &str) -> Option<Statuses> {
        let range = |part: &str| match part.trim().to_ascii_lowercase().strip_suffix("xx") {
            Some(class) => {
                class.parse::<u16>().ok().filter(|class| (1..=9).contains(class)).map(|c| (c * 100, c * 100 + 99))
            }
            None => part.trim().parse().ok().filter(|status| (100..=999).contains(status)).map(|s| (s, s)),
        };
        list.split(',').map(range).collect::<Option<Vec<_>>>().map(Statuses)
    }

    pub(super) fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&status))
    }
}

/// What parsing a record may look at.
pub struct Read<'a> {
    /// What the caller wants.
    pub options: &'a ReadOptions,
    /// The bounds of the run.
    pub limits: &'a Limits,
}

impl Read<'_> {
    /// Whether pages of this media type are wanted; a page that does not say its type is.
    pub(super) fn wants(&self, media_type: Option<&str>) -> bool {
        const PAGES: &[&str] = &["text/html", "application/xhtml+xml", "text/plain"];
        let Some(media_type) = media_type.filter(|said| !said.is_empty()) else {
            return true;
        };
        let fits = |wanted: &str| match wanted.strip_suffix('*') {
            Some(start) => media_type.starts_with(start),
            None => media_type == wanted,
        };
        match self.options.media_types.as_slice() {
            [] => PAGES.iter().any(|wanted| fits(wanted)),
            wanted => wanted.iter().any(|wanted| fits(wanted)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_numbers_and_classes() {
        let statuses = Statuses::read("200, 3XX").unwrap();
        let contained = [199, 200, 201, 300, 399, 400].map(|status| statuses.contains(status));
        assert_eq!(contained, [false, true, false, true, true, false]);
        for wrong in ["", "20", "x", "0xx", "200,", "2000"] {
            assert_eq!(Statuses::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn names_of_formats_are_distinct() {
        for format in FORMATS {
            assert!(std::ptr::eq(InputFormat::by_name(format.name).unwrap(), format));
        }
    }
}
