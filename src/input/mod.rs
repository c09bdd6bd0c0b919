//! Inputs: what the caller names in, records out, each with one page.
//!
//! [`Inputs::discover`] walks what was named and keeps a list of paths; [`Inputs::open`] opens one of them
//! when its turn comes, so that memory grows with the list and never with the pages. The order of the list is
//! the order of the arguments and, inside a folder, of the bytes of the names: it is the same on every
//! machine. What cannot be read (a FIFO, a link out of the tree, a name without a file) stays in the
//! list with its [`Refusal`], so that everything that was named ends in one outcome.
//!
//! A file is one page, or a container of many in one of the [`FORMATS`]. A container is split into [`Raw`] records in
//! order, with bounded memory, and each of them is parsed on its own, so that many threads can.

mod container;
mod discover;
mod http;
mod json;
mod jsonl;
mod list;
mod member;
mod page;
mod pages;
#[cfg(feature = "parquet")]
mod parquet;
mod stream;
mod streamed;
#[cfg(feature = "parquet")]
mod table;
mod tar;
#[cfg(feature = "parquet")]
mod thrift;
pub mod unpack;
mod warc;
mod zip;

pub use container::{
    FORMATS, InputFormat, Loss, Origin, Raw, Read, ReadOptions, Record, Refused, Row, Split, Statuses,
};
pub use discover::{Filter, Input};
#[cfg(feature = "parquet")]
pub(crate) use json::ACCOUNT;
pub use json::JsonRow;
pub use list::read_list;
pub use page::{OpenPage, Opened, Reading};
pub use pages::{Looking, PageName, PageVisitor, label};
pub(crate) use pages::{Pages, Records, SplitOff};
#[cfg(feature = "parquet")]
pub use parquet::lines;
pub use stream::Position;
#[cfg(feature = "parquet")]
pub use table::TableRow;
#[cfg(feature = "parquet")]
pub(crate) use table::{Leaf, Table, Values};
pub(crate) use unpack::head as unpacked_head;

use page::Stamp;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Why something that was named or found is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is wrong, but it is no page of its own.
    Skip(Skip),
    /// It should have been read and cannot be; the text says why.
    Fail(String),
}

/// The reasons to leave out a name that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// A FIFO, a socket or a device: reading it could hang for ever.
    Special,
    /// A symbolic link whose target is outside the folder that was named.
    LinkOut,
    /// A symbolic link without a target, or one that leads back to itself.
    LinkBroken,
    /// The same file was named before.
    Duplicate,
    /// A WARC record that holds no page: what the crawler asked, what it knew.
    NoResponse,
    /// A WARC record that says that a page is the same as at an earlier visit.
    Revisit,
    /// A response with another HTTP status than those that are wanted.
    Status,
    /// A page of another media type than those that are wanted.
    MediaType,
    /// A row whose text is null, or a folder in an archive.
    NoText,
}

impl Skip {
    /// The short name that stands in summaries.
    pub fn name(self) -> &'static str {
        match self {
            Skip::Special => "not a regular file",
            Skip::LinkOut => "link out of the tree",
            Skip::LinkBroken => "broken link",
            Skip::Duplicate => "duplicate",
            Skip::NoResponse => "no response",
            Skip::Revisit => "revisit",
            Skip::Status => "status",
            Skip::MediaType => "media type",
            Skip::NoText => "no text",
        }
    }
}

/// The list of all inputs of a run, in its final order.
#[derive(Debug, Default)]
pub struct Inputs {
    roots: Vec<Root>,
    sources: Vec<Source>,
}

/// Something the user named: a folder, a file or standard input.
#[derive(Debug)]
struct Root {
    /// As it was written.
    typed: PathBuf,
    /// Without links; empty when it is no path.
    real: PathBuf,
    /// For a file: its path below the folder that all named files share.
    relative: Option<PathBuf>,
}

/// One entry of the list. A million of them should fit in memory, so the rest is worked out on demand.
#[derive(Debug)]
struct Source {
    path: Box<Path>,
    root: u32,
    /// Asked for when it is needed: the list of most runs is made in less time without.
    stamp: OnceLock<Stamp>,
    kind: Kind,
}

#[derive(Debug, PartialEq, Eq)]
enum Kind {
    File,
    Stdin,
    Refused(Box<Refusal>),
}

impl Inputs {
    /// How many entries the list has, refused ones included.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    /// True when nothing was named or every named folder is empty.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// Bytes of all files as they lie on the disk, packed; standard input counts nothing.
    pub fn bytes(&self) -> u64 {
        (0..self.len()).map(|index| self.size(index)).sum()
    }

    /// True when the list is one entry that was named itself, not found in a folder.
    pub fn is_single(&self) -> bool {
        // Standard input and names without a file have no real path, named files have their place.
        self.sources.len() == 1 && {
            let root = self.root(0);
            root.relative.is_some() || root.real.as_os_str().is_empty()
        }
    }

    /// Bytes of entry `index` on the disk when it was opened or first asked for; it may have changed since.
    pub fn size(&self, index: usize) -> u64 {
        self.stamp(index).bytes
    }

    /// Why entry `index` is not read, if it is not.
    pub fn refusal(&self, index: usize) -> Option<&Refusal> {
        match &self.sources[index].kind {
            Kind::Refused(refusal) => Some(refusal),
            Kind::File | Kind::Stdin => None,
        }
    }

    /// When entry `index` was last changed, in nanoseconds since 1970; 0 where that is not known. It is of the same time as
    /// [`size`](Inputs::size).
    pub fn modified(&self, index: usize) -> u64 {
        self.stamp(index).modified
    }

    fn stamp(&self, index: usize) -> Stamp {
        let source = &self.sources[index];
        *source.stamp.get_or_init(|| match source.kind {
            Kind::File => fs::metadata(&source.path).as_ref().map(Stamp::of).unwrap_or_default(),
            Kind::Stdin | Kind::Refused(_) => Stamp::default(),
        })
    }

    /// The path of entry `index` as the user would write it.
    pub fn path(&self, index: usize) -> &Path {
        let path = &*self.sources[index].path;
        // A walk of `.` puts it before every path, which nobody would write.
        match path.as_os_str().as_encoded_bytes().starts_with(b"./") {
            true => path.strip_prefix(".").unwrap_or(path),
            false => path,
        }
    }

    /// The same for people, safe to print: see [`printable`].
    pub fn name(&self, index: usize) -> String {
        match self.sources[index].kind {
            Kind::Stdin => "(standard input)".to_owned(),
            _ => printable(self.path(index)),
        }
    }

    /// The path of entry `index` below the input that the user named, from which the name of its output is made.
    ///
    /// Files that were named one by one stand below the deepest folder that holds them all.
    pub fn relative(&self, index: usize) -> PathBuf {
        let source = &self.sources[index];
        if source.kind == Kind::Stdin {
            return PathBuf::from("stdin");
        }
        let root = self.root(index);
        match &root.relative {
            Some(relative) => relative.clone(),
            None => below(&source.path, &root.typed).to_owned(),
        }
    }

    /// True when a folder of that path or its file has this name.
    pub fn has_part(&self, index: usize, name: &str) -> bool {
        let whole = self.sources[index].path.as_os_str().as_encoded_bytes();
        // Most paths do not hold the name at all, which is seen in a fraction of the time that taking them apart takes.
        whole.windows(name.len()).any(|piece| piece == name.as_bytes())
            && self.relative(index).components().any(|part| part.as_os_str() == name)
    }

    /// The path of entry `index` without symbolic links, to compare it with other paths.
    pub fn real_path(&self, index: usize) -> PathBuf {
        let source = &self.sources[index];
        let root = self.root(index);
        match root.relative {
            Some(_) => root.real.clone(),
            // Links to folders are never followed, so below its root a path has no links but the last part.
            None => root.real.join(below(&source.path, &root.typed)),
        }
    }

    fn root(&self, index: usize) -> &Root {
        &self.roots[self.sources[index].root as usize]
    }
}

/// `path` below `root`; the walk made it by joining, so it always is.
fn below<'a>(path: &'a Path, root: &Path) -> &'a Path {
    path.strip_prefix(root).unwrap_or(path)
}

/// A path that is safe and clear on a terminal and in JSON, as no other path has it.
///
/// Control characters, marks that change the direction of writing and a backslash that divides no folders are escaped (`\n`,
/// `\u{202e}`, `\\`), bytes that are no UTF-8 stand as `\xNN`; everything else stays.
pub fn printable(path: &Path) -> String {
    escaped(path.as_os_str().as_encoded_bytes(), |c| c == '\\' && !std::path::is_separator(c))
}

/// A text that is safe on a terminal: as [`printable`], and a backslash stays.
pub fn printable_text(text: &str) -> String {
    escaped(text.as_bytes(), |_| false)
}

/// What `is_odd` is true for is escaped, besides what always is.
fn escaped(bytes: &[u8], is_odd: impl Fn(char) -> bool) -> String {
    let plain = std::str::from_utf8(bytes).ok();
    let plain = plain.filter(|text| text.bytes().all(|byte| (b' '..0x7f).contains(&byte) && !is_odd(byte.into())));
    if let Some(plain) = plain {
        return plain.to_owned();
    }
    let mut name = String::new();
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_odd(c)
                || c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            {
                name.extend(c.escape_default());
            } else {
                name.push(c);
            }
        }
        for byte in chunk.invalid() {
            name.push_str(&format!("\\x{byte:02x}"));
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printable_name_has_no_control_characters() {
        assert_eq!(printable(Path::new("a\nb\u{202e}c é")), "a\\nb\\u{202e}c é");
        assert_eq!(printable_text("a\\b\u{202e}c é"), "a\\b\\u{202e}c é");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_utf8_are_spelt_out() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9.html"));
        assert_eq!(printable(path), "caf\\xe9.html");
        assert_eq!(printable(Path::new("caf\\xe9.html")), "caf\\\\xe9.html");
        assert_eq!(printable(Path::new("a\\nb")), "a\\\\nb");
    }
}
