//! Outputs: an article in, the bytes of a page out, and the files that hold them.
//!
//! [`OUTPUTS`] is the one table of formats: help texts, file endings and tests come from it, and a new format
//! is one file and one line. A format writes one page into a buffer and knows nothing of files;
//! [`Names`] says where the pages go, and [`Tree`], [`Shards`] and [`Sink`] put them there, whole or not at all.

mod atomic;
mod jsonl;
mod markdown;
mod name;
mod ours;
#[cfg(feature = "parquet")]
mod parquet;
mod records;
mod shards;
mod sink;
mod text;

pub use atomic::{Tree, abandon};
pub(crate) use atomic::{is_same, lock};
pub use name::{Names, record_name};
pub use ours::is_ours;
pub use records::{Column, ColumnKind, Records, Shape};
pub use shards::{Shards, ShardsCut};
pub use sink::{Compression, Place, Sink, Writing};

use crate::article::Article;
use crate::input::{Origin, Row};

/// An article and what a format may say about it.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// What is written.
    pub article: &'a Article,
    /// The name of its input, safe to print.
    pub path: &'a str,
    /// Where in a container it stood.
    pub origin: Option<&'a Origin>,
    /// The row that it stood in.
    pub row: Option<&'a Row>,
    /// What became of it: `written`, `unchanged` or `empty`.
    pub outcome: &'static str,
    /// Whether a format that has no place for the title of its own begins with it.
    pub with_title: bool,
}

/// A format that articles are written in.
#[derive(Debug)]
pub struct OutputFormat {
    /// The name that stands on the command line.
    pub name: &'static str,
    /// The ending of its files, without the point.
    pub ending: &'static str,
    /// One line for the help text.
    pub about: &'static str,
    /// True when all pages go to one file, false when each has its own.
    pub together: bool,
    /// True when it has a place of its own for the title, so that [`Page::with_title`] changes nothing.
    pub has_title: bool,
    /// True when it writes more of the metadata than the title, so that [`CleanerBuilder::metadata`](crate::CleanerBuilder::metadata)
    /// is wanted for it.
    pub has_metadata: bool,
    /// What the pages of a stream become.
    pub shape: Shape,
    /// Appends one page to a buffer.
    pub write: fn(&Page<'_>, &mut Vec<u8>),
}

/// Every output format; the first is the default.
pub const OUTPUTS: &[OutputFormat] = &[
    OutputFormat {
        name: "txt",
        ending: "txt",
        about: "plain text, one file a page",
        together: false,
        has_title: false,
        has_metadata: false,
        shape: Shape::Lines,
        write: text::write,
    },
    OutputFormat {
        name: "md",
        ending: "md",
        about: "Markdown with title, headings, lists, quotes, code and tables, one file a page",
        together: false,
        has_title: true,
        has_metadata: false,
        shape: Shape::Lines,
        write: markdown::write,
    },
    OutputFormat {
        name: "jsonl",
        ending: "jsonl",
        about: "one JSON object a page, with metadata; one file a container, or one for all",
        together: true,
        has_title: true,
        has_metadata: true,
        shape: Shape::Lines,
        write: jsonl::write,
    },
    #[cfg(feature = "parquet")]
    OutputFormat {
        name: "parquet",
        ending: "parquet",
        about: "a row a page, with metadata; one Parquet file a container, or one for all",
        together: true,
        has_title: true,
        has_metadata: true,
        shape: Shape::Table(parquet::PAGES),
        write: parquet::write,
    },
];

impl OutputFormat {
    /// The format of that name.
    pub fn by_name(name: &str) -> Option<&'static OutputFormat> {
        OUTPUTS.iter().find(|format| format.name == name)
    }

    /// True when pages become rows of a table, which takes up other columns of the rows that they stood in.
    pub fn is_table(&self) -> bool {
        matches!(self.shape, Shape::Table(_))
    }

    /// The ending of its streams when they are packed like this, without the point; a table is packed within.
    pub fn packed_ending(&self, compression: Compression) -> String {
        let packed = if self.is_table() { "" } else { compression.ending() };
        format!("{}{packed}", self.ending)
    }
}

/// A page for tests.
#[cfg(test)]
fn page(article: &Article) -> Page<'_> {
    Page { article, path: "a/b.html", origin: None, row: None, outcome: "written", with_title: false }
}

/// An article for tests: the text's pieces, each with its kind; items begin with `- `.
#[cfg(test)]
fn article(title: Option<&str>, pieces: &[(crate::BlockKind, &str)]) -> Article {
    let mut text = String::new();
    let mut blocks = Vec::new();
    for (kind, piece) in pieces {
        let start = text.len();
        text.push_str(piece);
        blocks.push(crate::KeptBlock {
            range: start..text.len(),
            lead: if *kind == crate::BlockKind::ListItem { 2 } else { 0 },
            kind: *kind,
            place: crate::Place { start: 0, end: 0, element: None },
        });
        text.push('\n');
    }
    Article {
        format: crate::Format::Html,
        encoding: "UTF-8",
        degraded: vec![crate::Degraded::Depth],
        metadata: crate::Metadata { title: title.map(str::to_owned), ..crate::Metadata::default() },
        text,
        blocks,
        removals: Vec::new(),
        confidence: 0.5,
        words_in: 2,
        words_out: 1,
        unchanged: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BlockKind, Metadata};

    #[test]
    fn a_title_on_demand_is_for_what_has_no_place_for_it() {
        let article = article(Some("Mill sold"), &[(BlockKind::Paragraph, "The mill was sold.")]);
        for format in OUTPUTS.iter().filter(|format| !format.is_table()) {
            let written = [false, true].map(|with_title| {
                let mut out = Vec::new();
                (format.write)(&Page { with_title, ..page(&article) }, &mut out);
                out
            });
            assert_eq!(written[0] == written[1], format.has_title, "{}", format.name);
        }
    }

    #[test]
    fn a_format_without_metadata_writes_no_more_of_it_than_the_title() {
        let titled = article(Some("Mill sold"), &[(BlockKind::Paragraph, "The mill was sold.")]);
        let stated = |text: &str| Some(text.to_owned());
        let mut whole = titled.clone();
        whole.metadata = Metadata {
            title: titled.metadata.title.clone(),
            description: stated("Who bought it."),
            url: stated("https://daily.example/mill"),
            author: stated("Ann Lee"),
            date: stated("2024-03-12"),
            site: stated("The Daily"),
            language: stated("en"),
        };
        for format in OUTPUTS.iter().filter(|format| !format.is_table()) {
            let written = [&titled, &whole].map(|article| {
                let mut out = Vec::new();
                (format.write)(&Page { with_title: true, ..page(article) }, &mut out);
                out
            });
            assert_eq!(written[0] != written[1], format.has_metadata, "{}", format.name);
        }
    }
}
