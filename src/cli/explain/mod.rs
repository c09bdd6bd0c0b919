//! `dehusk explain`: one page in; every block of it with verdict, reason, score and evidence out.
//!
//! The account is the library's ([`dehusk::Account`]). It is shown in one of three forms, each a file of its own: for a
//! terminal, as JSON, and as a page for a browser.

mod html;
mod json;
mod terminal;

use super::args::{CleanerArgs, INPUT, OUTPUT, ReadArgs};
use super::config::Config;
use super::job::write_file;
use super::refuse::{refuse_among_pages, refuse_beside_json};
use super::{Verdict, say};
use anyhow::bail;
use clap::Args;
use dehusk::input::{Input, Inputs, Looking, PageName, Record, Refused, printable};
use dehusk::{Account, Cleaner, Decision};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Show what became of each block of one page, and why
///
/// Prints the page in reading order: what is kept plain, what is removed struck through on a terminal and marked with
/// a minus everywhere, with the rule or stage that decided, how sure it was and on what evidence. The verdicts are
/// those of `dehusk clean` with the same options.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// The page, or `-` for standard input
    input: PathBuf,

    /// The address of the page, in a crawl dump
    #[arg(long, value_name = "URL", help_heading = INPUT)]
    url: Option<String>,

    /// The id or the offset of the record in a crawl dump, or its path in an archive
    #[arg(long, value_name = "ID", conflicts_with = "url", help_heading = INPUT)]
    record: Option<String>,

    #[command(flatten)]
    read: ReadArgs,

    /// Print one JSON object instead
    #[arg(long, help_heading = OUTPUT)]
    json: bool,

    /// Write a page for the browser to FILE instead: filters, keys, no network
    ///
    /// One file that needs no other. With `--json` both are written.
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    html: Option<PathBuf>,

    #[command(flatten)]
    cleaner: CleanerArgs,
}

const EXAMPLES: &str = "\
Examples:
  dehusk explain page.html                      on the terminal
  dehusk explain page.html | less -R            page by page, without colours
  dehusk explain page.html --html why.html      in the browser
  dehusk explain crawl.warc.gz --url https://site.example/story
                                                one page of a crawl dump
  dehusk explain page.txt --json | jq '.blocks[] | select(.verdict == \"removed\")'
                                                what went, for another program

Exit codes: 0 the page was explained, 1 it could not be read, 2 wrong usage, rules or output.";

/// A page with its account, as all three forms show it.
struct Explained<'a> {
    /// The input as it was named, safe to print.
    path: &'a str,
    /// Bytes of the input, unpacked.
    bytes: usize,
    account: &'a Account,
}

/// What went by one family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
struct Share {
    blocks: usize,
    words: usize,
}

impl Explained<'_> {
    /// Words of all blocks.
    fn words(&self) -> usize {
        self.account.blocks.iter().map(|block| block.words).sum()
    }

    /// Words of the blocks that went.
    fn words_removed(&self) -> usize {
        self.account.blocks.iter().filter(|block| !block.decision.is_kept()).map(|block| block.words).sum()
    }

    /// What went by each family, by name.
    fn families(&self) -> BTreeMap<&str, Share> {
        let mut families: BTreeMap<&str, Share> = BTreeMap::new();
        for block in self.account.blocks.iter().filter(|block| !block.decision.is_kept()) {
            let share = families.entry(block.decision.family()).or_default();
            share.blocks += 1;
            share.words += block.words;
        }
        families
    }

    /// The same, the most words first.
    fn families_by_words(&self) -> Vec<(&str, Share)> {
        let mut families: Vec<_> = self.families().into_iter().collect();
        families.sort_by_key(|(name, share)| (std::cmp::Reverse((share.words, share.blocks)), *name));
        families
    }

    fn removed(&self) -> usize {
        self.account.blocks.iter().filter(|block| matches!(block.decision, Decision::Removed(_))).count()
    }
}

/// Runs the command.
pub(super) fn run(args: ExplainArgs) -> anyhow::Result<Verdict> {
    let config = Config::find(&args.cleaner)?;
    let dash = Path::new("-");
    let input = if args.input == dash { Input::Stdin } else { Input::Path(args.input.clone()) };
    if args.input.is_dir() {
        bail!("{} is a folder, and one page is wanted: name a file", printable(&args.input));
    }
    refuse_overwriting(&args)?;
    let inputs = Inputs::discover(vec![input], &[]);
    let (cleaner_of, cleaners) = args.cleaner.cleaners(&config, &inputs, || Cleaner::builder().explain(true))?;
    let cleaner = &cleaners[cleaner_of[0]];
    let options = args.read.options();
    let looking = Looking { reading: args.read.reading(&config), options: &options, limits: cleaner.limits() };
    let Some((path, bytes, account)) = account(&args, cleaner, &inputs, looking) else {
        return Ok(Verdict::Failures);
    };
    let explained = Explained { path: &path, bytes, account: &account };
    if let Some(file) = &args.html {
        write_file(file, html::page(&explained).as_bytes())?;
    }
    match (args.json, &args.html) {
        (true, _) => {
            let mut out = io::stdout().lock();
            json::write(&explained, &mut out)?;
            out.flush()?;
        }
        (false, None) => terminal::print(&explained)?,
        (false, Some(file)) if io::stderr().is_terminal() && file != dash => {
            writeln!(io::stderr(), "dehusk: wrote {}", printable(file))?;
        }
        (false, Some(_)) => {}
    }
    Ok(Verdict::Clean)
}

/// Reads and judges the page; says on standard error why it cannot.
fn account(
    args: &ExplainArgs,
    cleaner: &Cleaner,
    inputs: &Inputs,
    looking: Looking<'_>,
) -> Option<(String, usize, Account)> {
    let (name, record) = find(args, inputs, looking);
    let made = record.and_then(|record| match cleaner.explain(&record.bytes, &record.hints) {
        Ok(account) => Ok((record.bytes.len(), account)),
        Err(error) => Err(error.to_string()),
    });
    match made {
        Ok((bytes, account)) => Some((name, bytes, account)),
        Err(why) => {
            say(&format!("dehusk: {name}: {why}\n"));
            None
        }
    }
}

/// The page that is wanted, with its name: the only one of its input, or the one that the options name.
fn find(args: &ExplainArgs, inputs: &Inputs, looking: Looking<'_>) -> (String, Result<Record, String>) {
    let is_chosen = args.url.is_some() || args.record.is_some();
    let is_wanted = |page: &PageName<'_>| match &page.origin {
        None => !is_chosen,
        Some(origin) => {
            let is_record = |id: &String| {
                let is_path = || origin.path.as_ref().is_some_and(|path| path.as_os_str() == id.as_str());
                origin.id.as_ref() == Some(id) || is_path() || origin.offset.to_string() == *id
            };
            !is_chosen || args.url.is_some() && origin.url == args.url || args.record.as_ref().is_some_and(is_record)
        }
    };
    let mut found: Option<(String, Result<Record, String>)> = None;
    inputs.each_page(0, looking, &mut |page, record| {
        // Records that are no pages, such as those of the crawl itself, are passed over.
        if !is_wanted(page) || !is_chosen && page.origin.is_some() && matches!(record, Err(Refused::Skip(..))) {
            return ControlFlow::Continue(());
        }
        if found.is_some() {
            let why = "holds several pages: name one with `--url` or `--record`".to_owned();
            found = Some((inputs.name(0), Err(why)));
            return ControlFlow::Break(());
        }
        let record = record.map_err(|refused| match refused {
            Refused::Skip(_, why) => why,
            Refused::Fail(error) => error.to_string(),
        });
        found = Some((page.name(), record));
        if is_chosen { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found.unwrap_or_else(|| (inputs.name(0), Err("holds no such page".to_owned())))
}

fn refuse_overwriting(args: &ExplainArgs) -> anyhow::Result<()> {
    let Some(file) = &args.html else { return Ok(()) };
    refuse_beside_json(args.json, "--html", Some(file), "page")?;
    refuse_among_pages(&[Input::Path(args.input.clone())], [file])
}
