//! What may be typed: every option, with the help that teaches it.

use super::values::{media_type, output_format, percent, reading, report_format, score, share, size, statuses};
use clap::{Args, Parser, Subcommand, ValueEnum};
use dehusk::check::report::{REPORTS, ReportFormat};
use dehusk::input::{Reading, Statuses};
use dehusk::output::{Compression, OUTPUTS, OutputFormat};
use std::path::PathBuf;

pub(super) const INPUT: &str = "Input";
const RECORDS: &str = "Records of containers";
const FILTERS: &str = "Filters";
pub(super) const OUTPUT: &str = "Output";
const REMOVED: &str = "What is removed";
pub(super) const RUN: &str = "Run";
const COUNTS: &str = "What counts";

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
    Explain(super::explain::ExplainArgs),
    Stats(super::stats::StatsArgs),
    Check(Box<CheckArgs>),
    Rules(RulesArgs),
    Eval(Box<EvalArgs>),
    Completions(CompletionsArgs),
    Man(ManArgs),
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
    /// Where the rows go: PREFIX.jsonl, PREFIX.rows, PREFIX.tokens, PREFIX.dirt
    pub(super) prefix: PathBuf,

    /// The token tables that weigh the words: that of texts and that of whole pages
    #[arg(long, value_name = "FILE", num_args = 2)]
    pub(super) tokens: Option<Vec<PathBuf>>,

    /// The forest that judges the lines
    #[arg(long, value_name = "FILE")]
    pub(super) forest: Option<PathBuf>,

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

    /// Read only the records that failed, as the ledger of an earlier run with the same inputs names them
    #[arg(long, value_name = "LEDGER", help_heading = INPUT)]
    pub(super) retry: Option<PathBuf>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

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
    /// `b/page.html` in a named folder becomes `DIR/b/page.txt`, and the records of `crawl.warc.gz` a file each in the folder
    /// `DIR/crawl.warc.gz`. With `--format jsonl` a container becomes one file, `DIR/crawl.jsonl`, and all other pages go to
    /// `DIR/dehusk.jsonl`; `-o all.jsonl` puts everything into one file. Parquet does likewise. Without `-o`, a single page,
    /// JSONL or Parquet goes to standard output. Files appear whole or not at all; what stands there is replaced.
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

    /// Pack files of many articles; `-o all.jsonl.zst` does too, and Parquet is packed with zstd
    #[arg(long, value_name = "WITH", help_heading = OUTPUT)]
    pub(super) compress: Option<CompressArg>,

    /// Begin each text with its title and a blank line (txt alone: the others have a place for it)
    #[arg(long, help_heading = OUTPUT)]
    pub(super) with_title: bool,

    /// Write every removal to FILE: where it stood, its text, rule and evidence
    ///
    /// One JSON object a line, in input order; `-` is standard output.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) report: Option<PathBuf>,

    /// Write one line for each record to FILE: where it stood, what became of it, and why
    ///
    /// JSON lines, in input order, or Parquet when FILE ends in `.parquet`; `-` is standard output.
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

    #[command(flatten)]
    pub(super) cleaner: CleanerArgs,

    /// Go on with a run into the same folder that was stopped
    ///
    /// The folder keeps a journal until a run is finished. Inputs, rules and options must be as they were; without a
    /// journal the run begins at the start. The outputs are the same as those of a run that was not stopped.
    #[arg(long, help_heading = RUN)]
    pub(super) resume: bool,

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

/// How inputs are read, for every command that reads containers
#[derive(Debug, Args)]
pub(super) struct ReadArgs {
    /// How to read the inputs, whatever they look like [default: auto]
    #[arg(long, value_name = "FORMAT", value_parser = reading(), help_heading = INPUT)]
    pub(super) input_format: Option<Reading>,

    /// HTTP statuses of the responses that are pages, such as `200,203` or `2xx`
    #[arg(long, value_name = "LIST", default_value = "200", value_parser = statuses, help_heading = RECORDS)]
    pub(super) status: Statuses,

    /// Media types of pages (repeatable, or with commas) [default: HTML, XHTML, plain text]
    ///
    /// `text/*` stands for all that begin so, `*` for all. A page that does not say its type is read.
    #[arg(long, value_name = "TYPE", value_delimiter = ',', value_parser = media_type, help_heading = RECORDS)]
    pub(super) mime: Vec<String>,

    /// The field of a line, or the column, that holds the page
    ///
    /// Without it the first of html, raw_html, text, content, raw_content, body and document that is a text.
    /// `a.b` is the field `b` of the object or group `a`.
    #[arg(long, value_name = "NAME", help_heading = RECORDS)]
    pub(super) field: Option<String>,
}

/// How pages are cleaned, for every command that cleans some
///
/// What is typed comes before what `dehusk.toml` says; packs, keep lists and what is off add up.
#[derive(Debug, Args)]
pub(super) struct CleanerArgs {
    /// Read settings from FILE [default: dehusk.toml here or in a folder above]
    #[arg(long, value_name = "FILE", help_heading = REMOVED)]
    pub(super) config: Option<PathBuf>,

    /// Read no dehusk.toml
    #[arg(long, conflicts_with = "config", help_heading = REMOVED)]
    pub(super) no_config: bool,

    /// Skip documents larger than this, packed or unpacked [default: 32MiB]
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = INPUT)]
    pub(super) max_bytes: Option<usize>,

    /// Never remove the lines and rules that FILE lists (repeatable)
    ///
    /// One line of text, or one rule id as `--report` names it, a line; `#` begins a comment.
    #[arg(long, value_name = "FILE", help_heading = REMOVED)]
    pub(super) keep: Vec<PathBuf>,

    /// Remove what the rule pack FILE says too (TOML, repeatable)
    #[arg(long, value_name = "FILE", help_heading = REMOVED)]
    pub(super) rules: Vec<PathBuf>,

    /// Turn these off: rule ids, `family/*`, `repeat` and the like, divided by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = REMOVED)]
    pub(super) off: Vec<String>,

    /// Turn every rule off but these: rule ids and `family/*`, divided by commas
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = REMOVED)]
    pub(super) only: Vec<String>,

    /// Turn rules for other languages off: codes such as `en`, divided by commas
    #[arg(long, value_name = "LANGS", value_delimiter = ',', help_heading = REMOVED)]
    pub(super) languages: Vec<String>,

    /// What counts more where the judgement is not sure [default: balanced]
    #[arg(long, value_name = "WHAT", help_heading = REMOVED)]
    pub(super) favor: Option<FavorArg>,

    /// What plain text is [default: auto]
    #[arg(long, value_name = "KIND", help_heading = INPUT)]
    pub(super) text_kind: Option<TextKindArg>,

    /// Keep nothing of a page with less confidence than this, 0 to 1 [default: 0.12]
    ///
    /// The confidence is the score (word F1) that the judgement expects of its own choice; `--format jsonl` writes it. Of HTML less
    /// than 50 words need 3.5 times as much. 0 keeps everything.
    #[arg(long, value_name = "SCORE", value_parser = share, help_heading = REMOVED)]
    pub(super) min_score: Option<f32>,

    /// Judge by the model files in DIR
    #[arg(long, value_name = "DIR", hide = true)]
    pub(super) models: Option<PathBuf>,

    /// What happens to photo captions [default: once]
    #[arg(long, value_name = "WHAT", help_heading = REMOVED)]
    pub(super) captions: Option<CaptionArg>,

    /// What happens to comments under an article (HTML); the posts of a forum stay [default: auto]
    #[arg(long, value_name = "WHAT", help_heading = REMOVED)]
    pub(super) comments: Option<CommentArg>,
}

/// Check files for husk: the gate for CI and pre-commit
///
/// Names every line that a rule would remove, and every second copy of a caption, and ends with 1 when there is one. These
/// findings have a name and stay the same when a model changes; what only the judgement would remove is no finding unless
/// `--judgement` asks for it. In HTML the rules look at every block of the page. Binary files are passed over.
#[derive(Debug, Args)]
#[command(after_long_help = CHECK_EXAMPLES)]
pub(super) struct CheckArgs {
    /// Files, folders, patterns, or `-` for standard input
    ///
    /// Folders are read with everything in them but `.git`. With `--since` the folder that you are in is the default.
    pub(super) input: Vec<PathBuf>,

    /// Read the paths in LIST too, one a line; `-` is standard input
    ///
    /// A list that holds a NUL byte is divided at the NULs, as `git diff -z` and `find -print0` write it.
    #[arg(long, value_name = "LIST", help_heading = INPUT)]
    pub(super) files_from: Option<PathBuf>,

    /// Check only files that changed since REV branched off, and new ones that git does not ignore
    #[arg(long, value_name = "REV", conflicts_with = "files_from", help_heading = INPUT)]
    pub(super) since: Option<String>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

    /// How findings are written
    #[arg(long, default_value = REPORTS[0].name, value_parser = report_format(), help_heading = OUTPUT)]
    pub(super) format: &'static ReportFormat,

    /// Write the findings to FILE instead of standard output
    #[arg(short, long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) output: Option<PathBuf>,

    /// When findings are in colour
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(super) color: ColorArg,

    /// Take the findings out of the files
    ///
    /// Only the lines that were found go, the rest stays byte for byte. Files appear whole or not at all. HTML, packed files
    /// and texts that are not UTF-8 are left alone, and their findings still count: `dehusk clean` writes those.
    #[arg(long, help_heading = OUTPUT)]
    pub(super) fix: bool,

    /// Show what `--fix` would do as a unified diff, or write that to the FILE of `-o`; change nothing
    #[arg(long, conflicts_with_all = ["fix", "format"], help_heading = OUTPUT)]
    pub(super) diff: bool,

    /// Forgive the findings that FILE lists; only new ones count
    #[arg(long, value_name = "FILE", help_heading = COUNTS)]
    pub(super) baseline: Option<PathBuf>,

    /// Write all findings to the baseline and nowhere else, and end with 0
    #[arg(
        long,
        conflicts_with_all = ["fix", "diff", "format", "output", "max_findings", "max_share"],
        help_heading = COUNTS
    )]
    pub(super) write_baseline: bool,

    /// End with 0 up to so many findings [default: 0]
    #[arg(long, value_name = "N", help_heading = COUNTS)]
    pub(super) max_findings: Option<u64>,

    /// End with 0 while findings are no more than this share of all words, such as 0.5%
    #[arg(long, value_name = "SHARE", value_parser = percent, help_heading = COUNTS)]
    pub(super) max_share: Option<f64>,

    /// Report what only the judgement would remove too
    #[arg(long, help_heading = COUNTS)]
    pub(super) judgement: bool,

    #[command(flatten)]
    pub(super) cleaner: CleanerArgs,

    /// Threads that check, up to 256; 0 is one a core
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = clap::value_parser!(u16).range(0..=256),
        help_heading = RUN
    )]
    pub(super) jobs: u16,

    /// Print findings and errors, and nothing else
    #[arg(short, long, help_heading = RUN)]
    pub(super) quiet: bool,
}

/// Look at the rules, and write your own
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    pub(super) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    List(RulesListArgs),
    Show(RulesShowArgs),
    Test(RulesTestArgs),
    New(RulesNewArgs),
    #[command(hide = true)]
    Docs(RulesDocsArgs),
}

/// List the rules, one a line
#[derive(Debug, Args)]
pub(super) struct RulesListArgs {
    /// Only rules of this family (repeatable)
    #[arg(long, value_name = "FAMILY")]
    pub(super) family: Vec<String>,

    /// Only rules for this language, such as `de` (repeatable)
    #[arg(long, value_name = "LANG")]
    pub(super) lang: Vec<String>,

    /// List the rules of the pack FILE too (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,

    /// Print one JSON object a rule, with everything that it says
    #[arg(long)]
    pub(super) json: bool,
}

/// Show everything about one rule: why, where, languages, pattern, examples
#[derive(Debug, Args)]
pub(super) struct RulesShowArgs {
    /// The id, as reports and `dehusk rules list` have it
    pub(super) id: String,

    /// Look in the pack FILE too (repeatable)
    #[arg(long, value_name = "FILE")]
    pub(super) rules: Vec<PathBuf>,

    /// Print it as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// Check the examples of rule packs, and see what the packs do to pages
///
/// The packs end in `.toml`; everything else is pages. A pack with a fault ends the command with 2, and each fault is named
/// with its file and line. Of each rule the command then tells on which pages it removed something, how much, and one
/// such line; and how many more lines its pattern matches that it did not remove.
#[derive(Debug, Args)]
pub(super) struct RulesTestArgs {
    /// Rule packs, then files, folders or patterns of pages
    #[arg(required = true, value_name = "PACK|PATH")]
    pub(super) named: Vec<PathBuf>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

    /// Name at most N pages of each rule
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(super) max_pages: usize,

    /// Print one JSON object a rule, with every page
    #[arg(long)]
    pub(super) json: bool,

    /// Threads, up to 256; 0 is one a core
    #[arg(short, long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256))]
    pub(super) jobs: u16,
}

/// Write a rule pack to begin with: a rule of each kind, with comments
#[derive(Debug, Args)]
pub(super) struct RulesNewArgs {
    /// Where it goes; `-` is standard output
    pub(super) file: PathBuf,
}

/// Print the reference of the rules as Markdown
#[derive(Debug, Args)]
pub(super) struct RulesDocsArgs {
    /// Print the table of families instead
    #[arg(long)]
    pub(super) table: bool,
}

/// Measure how well pages are cleaned, against articles that you know to be right
///
/// Word precision, recall and F1 as WCXB defines them (multisets of lower-cased words; means over pages), shingles of four words
/// as the article extraction benchmark of Zyte has them, lines of the articles that are lost, and husk that is left. Intervals are 95 %
/// bootstrap intervals of a thousand draws, the same on every run. A page that is missing or fails counts as empty.
#[derive(Debug, Args)]
#[command(after_long_help = EVAL_EXAMPLES)]
pub(super) struct EvalArgs {
    /// Files, folders or patterns of pages
    #[arg(required_unless_present = "texts", conflicts_with = "texts")]
    pub(super) path: Vec<PathBuf>,

    /// The right articles: a folder of `.txt` files or of WCXB `.json` files named as the pages, or a file of JSON lines
    ///
    /// A page finds its article by its path below the folder that was named, else by its name alone, without endings; in
    /// JSON lines by `id`, `path` or `url`. A line has `text`, or `lines`: a list of {"text", "keep"} that marks
    /// each line of the page, so that husk is counted by these marks. `type` is the page type.
    #[arg(long, value_name = "DIR|JSONL", help_heading = INPUT)]
    pub(super) gold: PathBuf,

    /// Score these texts (a folder of `.txt`, or JSON lines with `text`) instead of cleaning pages
    #[arg(long, value_name = "DIR|JSONL", help_heading = INPUT)]
    pub(super) texts: Option<PathBuf>,

    #[command(flatten)]
    pub(super) read: ReadArgs,

    /// Compare with a run that was saved: what got better and what worse
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) compare: Option<PathBuf>,

    /// Save the scores of the run, of every page too, as JSON
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(super) save: Option<PathBuf>,

    /// Print the scores as JSON, of every page too
    #[arg(long, help_heading = OUTPUT)]
    pub(super) json: bool,

    /// Name N pages with the lowest F1
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = OUTPUT)]
    pub(super) worst: usize,

    /// End with 1 when the mean word F1 of all pages is lower
    #[arg(long, value_name = "SCORE", value_parser = score, help_heading = OUTPUT)]
    pub(super) min_f1: Option<f64>,

    #[command(flatten)]
    pub(super) cleaner: CleanerArgs,

    /// Threads, up to 256; 0 is one a core
    #[arg(
        short,
        long,
        value_name = "N",
        default_value_t = 0,
        value_parser = clap::value_parser!(u16).range(0..=256),
        help_heading = RUN
    )]
    pub(super) jobs: u16,
}

/// Print the completions of a shell
///
/// For bash: dehusk completions bash > ~/.local/share/bash-completion/completions/dehusk
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}

/// Write the manual, a page for each command, into a folder
#[derive(Debug, Args)]
pub(super) struct ManArgs {
    /// Where the pages go, such as ~/.local/share/man/man1
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TextKindArg {
    /// By its lines; when in doubt an article
    Auto,
    /// What an extractor left: an article with some husk or none
    Article,
    /// All text of a page, as WET records have it
    Page,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CaptionArg {
    /// Of several copies on a page one is kept
    Once,
    /// No caption is kept
    Drop,
    /// Every copy is kept
    Keep,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum CommentArg {
    /// They go where the page shows that they are comments
    Auto,
    /// What people wrote stays, without its forms and prompts
    Keep,
    /// They go, also where they read like text
    Drop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
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
  dehusk clean crawl/*.warc.gz -o articles/ --format jsonl --compress zstd --ledger ledger.jsonl
  dehusk clean fineweb/*.parquet -o articles/ --format parquet
                                                a crawl, one file of articles for each of its files

Exit codes: 0 nothing failed, 1 some inputs failed, 2 wrong usage, rules or output.";

const EVAL_EXAMPLES: &str = "\
Examples:
  dehusk eval --gold gold pages                 gold/a.txt is the article of pages/a.html
  dehusk eval --gold wcxb/dev/ground-truth wcxb/dev/html
                                                a benchmark in the form of WCXB, with page types
  dehusk eval --gold gold pages --save before.json
  dehusk eval --gold gold pages --favor recall --compare before.json
                                                what an option changes
  dehusk eval --gold gold --texts articles      texts that are there already, whoever made them
  dehusk eval --gold gold pages --min-f1 0.95   a gate for CI

Exit codes: 0 scored, 1 some pages failed or the score is too low, 2 wrong usage, gold or rules.";

const CHECK_EXAMPLES: &str = "\
Examples:
  dehusk check corpus                           what is in a folder of texts
  dehusk check corpus --diff                    what --fix would change
  dehusk check corpus --fix                     take it out
  dehusk check corpus --baseline husk.json --write-baseline
  dehusk check corpus --baseline husk.json      only what is new since then
  dehusk check --since origin/main              only files that this branch changed
  git diff --name-only -z | dehusk check --files-from -
  dehusk check corpus --format sarif -o husk.sarif

dehusk.toml, in the folder or above it:
  off = [\"share/*\", \"repeat\"]                 for all files
  [[path]]
  files = [\"interviews/**\"]
  off = [\"comments/*\"]                          for some files

Exit codes: 0 no findings, 1 findings or files that cannot be read, 2 wrong usage, settings, baseline or output.";

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
