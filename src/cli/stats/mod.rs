//! `dehusk stats`: pages in; what they are made of and what cleaning would take from them out. Writes no article.
//!
//! The counting is the pipeline's ([`pipeline::stats`]). It is shown in one of three forms: tables, JSON, and a page for
//! a browser.

mod html;
mod table;

use super::args::{CleanerArgs, INPUT, OUTPUT, RUN, ReadArgs};
use super::config::Config;
use super::job::{named, write_file};
use super::refuse::{refuse_among_pages, refuse_beside_json};
use super::{Verdict, say};
use clap::Args;
use dehusk::Cleaner;
use dehusk::input::{Inputs, printable};
use dehusk::pipeline::{self, Stats, StatsPlan};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Failures that are named on standard error.
const MAX_NAMED: usize = 20;

/// Measure what cleaning would remove, before anything is written
///
/// Shares of words and bytes by family, rule, site and language, the lines that stand on most pages, the pages that
/// lose most, those that end empty, and how long all of it would take.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct StatsArgs {
    /// Files, folders or patterns
    input: Vec<PathBuf>,

    /// Read the paths in LIST too, one a line; `-` is standard input
    #[arg(long, value_name = "LIST", help_heading = INPUT)]
    files_from: Option<PathBuf>,

    /// Read N of the inputs only and estimate the time for all
    ///
    /// The sample is chosen by the names of the files: the same files give the same sample.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = INPUT)]
    sample: Option<u32>,

    #[command(flatten)]
    read: ReadArgs,

    /// Print one JSON object instead
    #[arg(long, help_heading = OUTPUT)]
    json: bool,

    /// Write a page for the browser to FILE instead, with charts; with `--json` both are written
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    html: Option<PathBuf>,

    /// Rows of each list, at most
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000), help_heading = OUTPUT)]
    top: u16,

    #[command(flatten)]
    cleaner: CleanerArgs,

    /// Threads, up to 256; 0 is one a core
    #[arg(short, long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(0..=256), help_heading = RUN)]
    jobs: u16,
}

const EXAMPLES: &str = "\
Examples:
  dehusk stats pages                            what would go, as tables
  dehusk stats crawl --sample 1000              from a thousand pages, with the time for all
  dehusk stats pages --html stats.html          with charts, in the browser
  dehusk stats pages --json | jq '.rules[0]'    for another program

Exit codes: 0 every input could be read, 1 some could not, 2 wrong usage, rules or output.";

/// Runs the command.
pub(super) fn run(args: StatsArgs) -> anyhow::Result<Verdict> {
    let config = Config::find(&args.cleaner)?;
    refuse_beside_json(args.json, "--html", args.html.as_deref(), "page")?;
    let named = named(&args.input, args.files_from.as_deref(), "stats")?;
    let outputs: Vec<PathBuf> = args.html.iter().cloned().collect();
    refuse_among_pages(&named, &outputs)?;
    let inputs = Inputs::discover(named, &outputs);
    let builder = || Cleaner::builder().explain(true);
    let (cleaner_of, cleaners) = args.cleaner.cleaners(&config, &inputs, builder)?;
    let plan = StatsPlan {
        corpus: args.read.corpus(args.read.reading(&config), &inputs, (&cleaner_of, &cleaners), args.jobs),
        sample: args.sample.map(|size| size as usize),
        top: usize::from(args.top),
    };
    let all = plan.sample.unwrap_or(usize::MAX).min(inputs.len());
    let shows = io::stderr().is_terminal();
    let stats = pipeline::stats(&plan, &mut |done, _| {
        if shows {
            say(&format!("\r{done} of {all} inputs\x1b[K{}", if done == all { "\r\x1b[K" } else { "" }));
        }
    })?;
    name_failures(&stats);
    if let Some(file) = &args.html {
        write_file(file, html::page(&stats).as_bytes())?;
    }
    match (args.json, &args.html) {
        (true, _) => {
            let mut out = io::stdout().lock();
            serde_json::to_writer_pretty(&mut out, &stats)?;
            out.write_all(b"\n")?;
        }
        (false, None) => table::print(&stats)?,
        (false, Some(file)) if shows && file != Path::new("-") => {
            writeln!(io::stderr(), "dehusk: wrote {}", printable(file))?
        }
        (false, Some(_)) => {}
    }
    Ok(if stats.failures.is_empty() { Verdict::Clean } else { Verdict::Failures })
}

fn name_failures(stats: &Stats) {
    let mut text = String::new();
    for failure in stats.failures.iter().take(MAX_NAMED) {
        text += &format!("dehusk: {}: {}\n", failure.path, failure.message);
    }
    let all = stats.outcomes.get("failed").copied().unwrap_or(0);
    let more = all.saturating_sub(MAX_NAMED as u64);
    if more > 0 {
        text += &format!("dehusk: and {more} more; `--json` names up to 1,000\n");
    }
    say(&text);
}
