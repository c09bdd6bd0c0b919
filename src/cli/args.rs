//! What may be typed: every option, with the help that teaches it.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use dehusk::Format;
use dehusk::input::{FORMATS, InputFormat, Reading, Statuses};
use dehusk::output::{Compression, OUTPUTS, OutputFormat};
use std::path::PathBuf;

const INPUT: &str = "Input";
const RECORDS: &str = "Records of containers";
const FILTERS: &str = "Filters";
const OUTPUT: &str = "Output";
const REMOVED: &str = "What is removed";
const RUN: &str = "Run";

/// Strips the husk from scraped pages: finds the article, removes what surrounds it, and keeps account of
/// every cut.
#[derive(Debug, Parser)]
#[command(name = "dehusk", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Clean(Box<CleanArgs>),
    #[command(hide = true)]
    Features(FeaturesArgs),
    #[command(hide = true)]
    LineFeatures(LineFeaturesArgs),
}

/// Write the feature rows of the HTML pages in a folder, for training
///
/// `rows.f32` holds the rows of all pages one after another, little-endian; `pages.jsonl` has a line for each page with its
/// texts, elements and names; `features.txt` the names of the features.
#[derive(Debug, Args)]
pub(super) struct FeaturesArgs {
    /// The folder of pages
    pub(super) folder: PathBuf,

    /// Where the files go
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,

    /// The model whose weights of names are used
    #[arg(long, value_name = "DIR")]
    pub(super) models: Option<PathBuf>,

    /// Only the pages with these names, one a line
    #[arg(long, value_name = "FILE")]
    pub(super) only: Option<PathBuf>,
}

/// Write the feature rows of the texts on standard input, for training
#[derive(Debug, Args)]
pub(super) struct LineFeaturesArgs {
    /// Where the rows go: PREFIX.jsonl, PREFIX.rows, PREFIX.pages, PREFIX.tokens
    pub(super) prefix: PathBuf,

    /// The token table that weighs the words
    #[arg(long, value_name = "FILE")]
    pub(super) tokens: Option<PathBuf>,

    /// Keep the lines that rules and repeats remove
    #[arg(long)]
    pub(super) raw: bool,
}

/// Clean pages: text or HTML in, articles out
///
/// Takes what surrounds an article out of scraped pages: menus, comment prompts, login and newsletter calls, share
/// bars, cookie notices, second copies of captions. What is not removed comes out word for word. Every page
/// ends as written, unchanged, empty, skipped or failed, and the counts at the end add up.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct CleanArgs {
    /// Files, folders, patterns, or `-` for standard input
    ///
    /// Folders are read with everything in them. Text, HTML and containers of many pages (WARC, WET, JSONL) are told apart
    /// by content, `.gz` and `.zst` are opened.
    /// Quote a pattern (`'pages/**/*.html'`) to have it expanded here and not by the shell. Without any, standard
    /// input is read, if something is piped in.
    pub(super) input: Vec<PathBuf>,

    /// Read the paths in LIST too, one a line; `-` is standard input
    ///
    /// A list that holds a NUL byte is divided at the NULs, as `find -print0` writes it.
    #[arg(long, value_name = "LIST", help_heading = INPUT)]
    pub(super) files_from: Option<PathBuf>,

    /// How to read the inputs, whatever they look like
    #[arg(long, value_name = "FORMAT", default_value = "auto", value_parser = reading(), help_heading = INPUT)]
    pub(super) input_format: Reading,

    /// Skip documents larger than this, packed or unpacked [default: 32MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = INPUT)]
    pub(super) max_bytes: Option<usize>,

    /// HTTP statuses of the responses that are pages, such as `200,203` or `2xx`
    #[arg(long, value_name = "LIST", default_value = "200", value_parser = statuses, help_heading = RECORDS)]
    pub(super) status: Statuses,

    /// Media types of pages (repeatable, or with commas) [default: HTML, XHTML, plain text]
    ///
    /// `text/*` stands for all that begin so, `*` for all. A page that does not say its type is read.
    #[arg(long, value_name = "TYPE", value_delimiter = ',', help_heading = RECORDS)]
    pub(super) mime: Vec<String>,

    /// The field of a line, or the column, that holds the page
    ///
    /// Without it the first of html, raw_html, text, content, raw_content, body and document that is a text.
    /// `a.b` is the field `b` of the object `a`.
    #[arg(long, value_name = "NAME", help_heading = RECORDS)]
    pub(super) field: Option<String>,

    /// Keep articles in these languages only, such as `en,de`
    ///
    /// ISO 639 codes. The language is that of the article's text, as far as a detector can tell; short texts are often
    /// taken for another language.
    #[arg(long, value_name = "CODES", value_delimiter = ',', help_heading = FILTERS)]
    pub(super) lang: Vec<String>,

    /// Keep articles of at least N words only
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = FILTERS)]
    pub(super) min_words: usize,

    /// Of articles with the same text keep the first, in the order of the inputs
    #[arg(long, help_heading = FILTERS)]
    pub(super) dedup: bool,

    /// Where articles go: a folder that mirrors the input tree, or a file
    ///
    /// `a/b/page.html` becomes `DIR/a/b/page.txt`, and the records of `crawl.warc.gz` a file each in the folder
    /// `DIR/crawl.warc.gz`. With `--format jsonl` a container becomes one file, `DIR/crawl.jsonl`, and all other pages go to
    /// `DIR/dehusk.jsonl`; `-o all.jsonl` puts everything into one file. Without `-o`, a single page, or JSONL,
    /// goes to standard output. Files appear whole or not at all; what stands there is replaced.
    #[arg(short, long, value_name = "DIR", help_heading = OUTPUT)]
    pub(super) output: Option<PathBuf>,

    /// How articles are written
    #[arg(
        long,
        default_value = OUTPUTS[0].name,
        value_parser = output_format(),
        help_heading = OUTPUT
    )]
    pub(super) format: &'static OutputFormat,

    /// Pack files of many articles; `-o all.jsonl.zst` does too
    #[arg(long, value_name = "WITH", help_heading = OUTPUT)]
    pub(super) compress: Option<CompressArg>,

    /// Begin each text with its title and a blank line (txt)
    #[arg(long, help_heading = OUTPUT)]
    pub(super) with_title: bool,

    /// Write every removal to FILE: where it stood, its text, rule and evidence
    ///
    /// One JSON object a line, in input order; `-` is standard output.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) report: Option<PathBuf>,

    /// Write one line for each record to FILE: where it stood, what became of it, and why
    ///
    /// JSON lines, in input order; `-` is standard output.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) ledger: Option<PathBuf>,

    /// Write the counts of the run to FILE as JSON
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) summary: Option<PathBuf>,

    /// Do everything but write articles; report and summary are written
    #[arg(long, help_heading = OUTPUT)]
    pub(super) dry_run: bool,

    /// Wait for the disk on each file, so that a power cut takes none
    ///
    /// Without it files are still whole or absent when the program is killed. Much slower with many small files.
    #[arg(long, help_heading = OUTPUT)]
    pub(super) sync: bool,

    /// Go on with a run into the same folder that was stopped
    ///
    /// The folder keeps a journal until a run is finished. Inputs, rules and options must be as they were; without a
    /// journal the run begins at the start. The outputs are the same as those of a run that was not stopped.
    #[arg(long, help_heading = RUN)]
    pub(super) resume: bool,

    /// Never remove the lines and rules that FILE lists (repeatable)
    ///
    /// One line of text, or one rule id as `--report` names it, a line; `#` begins a comment.
    #[arg(long, value_name = "FILE", help_heading = REMOVED)]
    pub(super) keep: Vec<PathBuf>,

    /// Remove what the rule pack FILE says too (TOML, repeatable)
    #[arg(long, value_name = "FILE", help_heading = REMOVED)]
    pub(super) rules: Vec<PathBuf>,

    /// What counts more where the judgement is not sure
    #[arg(long, value_name = "WHAT", default_value = "balanced", help_heading = REMOVED)]
    pub(super) favor: FavorArg,

    /// What plain text is
    #[arg(long, value_name = "KIND", default_value = "auto", help_heading = INPUT)]
    pub(super) text_kind: TextKindArg,

    /// Keep nothing of a page with less confidence than this, 0 to 1
    ///
    /// The confidence is the score (word F1) that the judgement expects of its own choice; `--format jsonl` writes it. Of HTML less
    /// than 50 words need 3.5 times as much. 0 keeps everything.
    #[arg(long, value_name = "SCORE", default_value_t = dehusk::MIN_CONFIDENCE, value_parser = share, help_heading = REMOVED)]
    pub(super) min_score: f32,

    /// Judge by the model files in DIR
    #[arg(long, value_name = "DIR", hide = true)]
    pub(super) models: Option<PathBuf>,

    /// What happens to photo captions
    #[arg(long, value_name = "WHAT", default_value = "once", help_heading = REMOVED)]
    pub(super) captions: CaptionArg,

    /// What happens to comments under an article (HTML); the posts of a forum stay
    #[arg(long, value_name = "WHAT", default_value = "auto", help_heading = REMOVED)]
    pub(super) comments: CommentArg,

    /// Threads that clean, up to 256; 0 is one a core
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = clap::value_parser!(u16).range(0..=256),
        help_heading = RUN
    )]
    pub(super) jobs: u16,

    /// When to show progress on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = RUN)]
    pub(super) progress: ProgressArg,

    /// Print errors and failed inputs only
    #[arg(short, long, help_heading = RUN)]
    pub(super) quiet: bool,

    /// Name every page that is skipped, failed or emptied as it comes
    #[arg(short, long, conflicts_with = "quiet", help_heading = RUN)]
    pub(super) verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompressArg {
    /// In frames that any zstd reads
    Zstd,
    /// In members that any gzip reads
    Gzip,
}

impl From<CompressArg> for Compression {
    fn from(arg: CompressArg) -> Compression {
        match arg {
            CompressArg::Zstd => Compression::Zstd,
            CompressArg::Gzip => Compression::Gzip,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TextKindArg {
    /// By its lines; when in doubt an article
    Auto,
    /// What an extractor left: an article with some husk or none
    Article,
    /// All text of a page, as WET records have it
    Page,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CaptionArg {
    /// Of several copies on a page one is kept
    Once,
    /// No caption is kept
    Drop,
    /// Every copy is kept
    Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CommentArg {
    /// They go where the page shows that they are comments
    Auto,
    /// What people wrote stays, without its forms and prompts
    Keep,
    /// They go, also where they read like text
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FavorArg {
    /// Of HTML keep only what is surely the article; of text remove what the rules name
    Precision,
    /// What scores best
    Balanced,
    /// Of HTML keep what may be the article; of text find more of the husk
    Recall,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProgressArg {
    /// On a terminal
    Auto,
    /// On a terminal as a bar, elsewhere as a line every few seconds
    Always,
    /// Not at all
    Never,
}

const EXAMPLES: &str = "\
Examples:
  dehusk clean page.html                        one page to standard output
  curl -s URL | dehusk clean --format md        what is piped in, as Markdown
  dehusk clean pages -o articles                a folder, as a folder of the same shape
  dehusk clean 'pages/**/*.html' -o out.jsonl --format jsonl
                                                all matches into one file, with metadata
  dehusk clean pages --dry-run --report cuts.jsonl
                                                see what would go, and by which rule
  dehusk clean pages -o articles --keep veto.txt
                                                the same without the cuts that veto.txt lists
  dehusk clean crawl/*.warc.gz -o articles --format jsonl --compress zstd --ledger ledger.jsonl
                                                a crawl, one file of articles for each of its files

Exit codes: 0 nothing failed, 1 some inputs failed, 2 wrong usage, rules or output.";

/// The table of formats as a value of the command line.
fn output_format() -> impl TypedValueParser<Value = &'static OutputFormat> {
    let values = OUTPUTS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(values)
        .map(|name| OutputFormat::by_name(&name).expect("the names come from the same table"))
}

/// What an input may be read as: one of the formats, or a page of one kind.
fn reading() -> impl TypedValueParser<Value = Reading> {
    let pages = [
        ("auto", "by content", Reading::Detected),
        ("text", "lines of text that an extractor left", Reading::Pages(Format::Text)),
        ("html", "pages as served, with tags", Reading::Pages(Format::Html)),
    ];
    let values = pages.iter().map(|(name, about, _)| (*name, *about));
    let values = values.chain(FORMATS.iter().map(|format| (format.name, format.about)));
    let values: Vec<_> = values.map(|(name, about)| PossibleValue::new(name).help(about)).collect();
    PossibleValuesParser::new(values).map(move |name| match pages.iter().find(|(page, ..)| *page == name) {
        Some((.., reading)) => *reading,
        None => Reading::Containers(InputFormat::by_name(&name).expect("the names come from the same table")),
    })
}

fn statuses(typed: &str) -> Result<Statuses, String> {
    Statuses::read(typed).ok_or_else(|| "write statuses such as 200, 200,203 or 2xx".to_owned())
}

/// Places in a document are 32 bits wide.
const MAX_SIZE: f64 = u32::MAX as f64 + 1.0;

/// Reads `500k`, `64MiB`, `1.5G`: single letters and `iB` count in 1024, `B` alone after a letter in 1000.
fn size(typed: &str) -> Result<usize, String> {
    let digits = typed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(typed.len());
    let (number, unit) = typed.split_at(digits);
    let unit = unit.trim().to_ascii_lowercase();
    let (letter, base) = match unit.strip_suffix("ib") {
        Some(letter) => (letter, 1024.0_f64),
        None => match unit.strip_suffix('b') {
            Some(letter) => (letter, 1000.0),
            None => (&*unit, 1024.0),
        },
    };
    let power = ["", "k", "m", "g"].iter().position(|known| *known == letter);
    match (number.parse::<f64>(), power) {
        (Ok(number), Some(power)) if (1.0..=MAX_SIZE).contains(&(number * base.powi(power as i32))) => {
            Ok((number * base.powi(power as i32)) as usize)
        }
        _ => Err("write a size up to 4GiB, such as 500k, 64MiB or 1G".to_owned()),
    }
}

/// A number from 0 to 1.
fn share(typed: &str) -> Result<f32, String> {
    match typed.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a number from 0 to 1 is wanted, such as 0.5".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_have_units() {
        for (typed, bytes) in [("7", 7), ("1k", 1024), ("1.5KiB", 1536), ("2MB", 2_000_000), ("3G", 3 << 30)] {
            assert_eq!(size(typed), Ok(bytes));
        }
        for wrong in ["", "k", "0", "-1", "1T", "1 2"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
