//! The run: a list of inputs in, articles, a report, a ledger and a [`Summary`] out.
//!
//! Workers take one step of the feed after the other, read, clean and render it; the calling thread writes them in
//! that same order, so that every output is the same whatever the number of threads. What is begun and not
//! written is bounded in bytes and records, by the size on the disk first and by what it unpacked to as soon as that
//! is known. Each record ends in one [`Outcome`] that is counted; only a failure to write ends a run early, and a run
//! that was ended can go on later from its journal.

mod budget;
mod check;
mod corpus;
mod eval;
mod feed;
mod filter;
mod frequent;
mod journal;
mod ledger;
mod pages;
#[cfg(feature = "cli")]
mod progress;
mod record;
mod report;
mod stats;
mod summary;
mod tally;
mod texts;
mod visit;

pub use check::{CheckCounts, CheckPlan, Checked, Found, check, project_path};
pub use corpus::Corpus;
pub use eval::{EvalPlan, Evaluation, evaluate, evaluate_texts};
mod target;
mod writer;

pub use filter::Filters;
pub use journal::{JOURNAL, Journaling};
pub use ledger::Retry;
#[cfg(feature = "cli")]
pub use progress::Progress;
pub use record::{Finished, Outcome};
pub use stats::{CutPage, PageFailure, Part, Repeated, Site, Stats, StatsPlan, Time, stats};
pub use summary::{Failure, Slowest, Summary, grouped};
pub use tally::Amount;
pub use target::{shard_names, tree_names};
pub use texts::Texts;
pub use visit::{Visited, visit};

use crate::article::Article;
use crate::cleaner::Hints;
use crate::error::{Error, ErrorKind};
use crate::output::{Compression, OutputFormat, Place};
use budget::Budget;
use feed::Feed;
use journal::Journal;
use record::{Done, Work};
use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use target::Targets;
use writer::Writer;

/// Records that may be begun and not written: enough for all workers while a slow page holds up the writer.
const MAX_RECORDS: usize = 4_096;

/// What a run does with its inputs.
pub struct Plan<'a> {
    /// The pages.
    pub corpus: Corpus<'a>,
    /// The records that are read, when it is not all of them.
    pub retry: Option<Retry>,
    /// Which articles are wanted.
    pub filters: Filters,
    /// How articles are written. What it has fields for, the cleaners of the corpus must read:
    /// [`OutputFormat::has_metadata`].
    pub output: &'static OutputFormat,
    /// How streams of articles are packed.
    pub compression: Compression,
    /// Whether a text begins with the title.
    pub with_title: bool,
    /// Where articles go.
    pub target: Target,
    /// Where removals go, if anywhere.
    pub report: Option<Place>,
    /// Where the ledger goes, if anywhere. A stream whose reader goes away is given up while the run has a file to write, and
    /// else ends it with an error.
    pub ledger: Option<Place>,
    /// Where the summary goes, if anywhere.
    pub summary: Option<Place>,
    /// Whether each file waits for the disk.
    pub sync: bool,
    /// What is kept for a run that goes on with this one, if anything.
    pub journal: Option<Journaling>,
}

/// Where the articles of a run go.
#[derive(Clone, Debug)]
pub enum Target {
    /// Nowhere: the run only counts and reports.
    Nothing,
    /// A file for each, below a folder.
    Tree(PathBuf),
    /// All into one stream.
    Stream(Place),
    /// Below a folder, a file for each container, and one of this name for all other pages.
    Shards(PathBuf, PathBuf),
}

/// Runs `plan`; `observe` is called on this thread after each record, with the counts so far.
///
/// # Errors
///
/// [`ErrorKind::Io`] when an output cannot be written or threads cannot be started, [`ErrorKind::Journal`] when another run
/// is in the way. Inputs that fail are no error: they are counted in the summary.
pub fn run(plan: &Plan<'_>, observe: &mut dyn FnMut(&Finished, &Summary)) -> Result<Summary, Error> {
    run_with(plan, |source, bytes, hints| plan.corpus.cleaner(source).clean(bytes, hints), observe)
}

fn run_with(
    plan: &Plan<'_>,
    clean: impl Fn(usize, &[u8], &Hints) -> Result<Article, Error> + Sync,
    observe: &mut dyn FnMut(&Finished, &Summary),
) -> Result<Summary, Error> {
    let (journal, point) = match &plan.journal {
        None => (None, None),
        Some(journaling) => {
            let sync = plan.sync || matches!(plan.target, Target::Shards(..));
            let (journal, point) = Journal::begin(journaling, plan.corpus.inputs, sync)?;
            (Some(journal), point)
        }
    };
    let at = point.as_ref().map(|point| point.at).unwrap_or_default();
    let mut writer = Writer::open(plan, journal, point)?;
    let limits = plan.corpus.cleaners[0].limits();
    let budget = Budget::new(limits.max_in_flight_bytes, MAX_RECORDS);
    let pool = workers(plan.corpus.jobs)?;
    let feed = Feed::new(&plan.corpus, plan.retry.as_ref(), &budget, at, pool.current_num_threads());
    let kind = match &plan.target {
        Target::Nothing | Target::Stream(_) => target::Kind::Nothing,
        Target::Tree(_) => target::Kind::Tree,
        Target::Shards(_, pages) => target::Kind::Shards(pages.clone()),
    };
    let ending = match kind {
        target::Kind::Shards(_) => plan.output.packed_ending(plan.compression),
        _ => plan.output.ending.to_owned(),
    };
    let targets = Targets::new(kind, plan.corpus.inputs, ending, limits);
    let work = Work {
        feed: &feed,
        options: &plan.corpus.options,
        clean,
        output: plan.output,
        with_title: plan.with_title,
        targets: &targets,
        filters: &plan.filters,
        writes: writer.writes(),
        reports: writer.reports(),
    };
    let (sender, receiver) = mpsc::channel();
    let written = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let (work, sender) = (&work, sender.clone());
            scope.spawn(move |_| worker(work, &sender));
        }
        drop(sender);
        let written = writer.write_all(&receiver, &budget, observe);
        budget.stop();
        written
    });
    written?;
    writer.finish()
}

/// So many threads that clean; 0 stands for one a core.
fn workers(jobs: usize) -> Result<rayon::ThreadPool, Error> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(jobs)
        .thread_name(|index| format!("worker {index}"))
        .build()
        .map_err(|e| Error::with_source(ErrorKind::Io, "cannot start the worker threads", e))
}

/// Takes one step after the other until the feed ends or the run stops.
fn worker<F>(work: &Work<'_, F>, sender: &Sender<Done>)
where
    F: Fn(usize, &[u8], &Hints) -> Result<Article, Error>,
{
    while let Some(step) = work.feed.next() {
        let Some(done) = work.run(step) else {
            return;
        };
        if sender.send(done).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Cleaner;
    use crate::article::Format;
    use crate::input::{Input, Inputs, ReadOptions, Reading};
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    /// Everything into the file `out`, as text.
    fn plan<'a>(inputs: &'a Inputs, cleaners: &'a [Cleaner], out: &Path, jobs: usize) -> Plan<'a> {
        Plan {
            corpus: Corpus {
                inputs,
                cleaners,
                cleaner_of: &[],
                reading: Reading::Detected,
                options: ReadOptions::default(),
                jobs,
            },
            retry: None,
            filters: Filters::default(),
            output: OutputFormat::by_name("txt").unwrap(),
            compression: Compression::Plain,
            with_title: false,
            target: Target::Stream(Place::File(out.to_owned())),
            report: None,
            ledger: None,
            summary: None,
            sync: false,
            journal: None,
        }
    }

    fn page(bytes: &[u8]) -> Article {
        let text = String::from_utf8_lossy(bytes).into_owned();
        Article {
            format: Format::Text,
            encoding: "UTF-8",
            degraded: Vec::new(),
            metadata: crate::Metadata::default(),
            blocks: Vec::new(),
            removals: Vec::new(),
            confidence: 0.5,
            words_in: 3,
            words_out: 2,
            unchanged: text.starts_with("same"),
            text,
        }
    }

    /// Runs a folder of `files` with `jobs` threads into one stream; the page `panic` panics.
    fn run_folder(files: &[(&str, &str)], jobs: usize, limits: crate::Limits) -> (String, Summary) {
        let folder = tempfile::tempdir().unwrap();
        let pages = folder.path().join("in");
        fs::create_dir(&pages).unwrap();
        for (name, text) in files {
            fs::write(pages.join(name), text).unwrap();
        }
        let inputs = Inputs::discover(vec![Input::Path(pages)], &[]);
        let cleaner = Cleaner::builder().limits(limits).build().unwrap();
        let out = folder.path().join("out.txt");
        let plan = plan(&inputs, std::slice::from_ref(&cleaner), &out, jobs);
        let clean = |_, bytes: &[u8], _: &Hints| {
            if bytes.starts_with(b"panic") {
                panic!("told to");
            }
            if bytes.starts_with(b"slow") {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Ok(page(bytes))
        };
        let summary = run_with(&plan, clean, &mut |_, _| {}).unwrap();
        (fs::read_to_string(out).unwrap(), summary)
    }

    #[test]
    fn every_record_has_one_outcome_and_a_panic_is_one() {
        let files = [("1", "panic"), ("2", "same"), ("3", "other"), ("4", "")];
        let (text, summary) = run_folder(&files, 2, crate::Limits::default());
        assert_eq!(text, "sameother");
        let Summary { written, unchanged, empty, .. } = summary;
        assert_eq!((summary.pages, written, unchanged, empty), (4, 1, 1, 1));
        assert_eq!(summary.failed, BTreeMap::from([("panic".to_owned(), 1)]));
        assert!(summary.failures[0].message.ends_with("told to"));
        assert_eq!((summary.words_in, summary.words_out), (9, 6));
    }

    #[test]
    fn pages_come_in_input_order_within_any_bound() {
        let texts: Vec<_> =
            (0..60).map(|i| (format!("{i:02}"), format!("{}{i:02} ", if i % 7 == 0 { "slow" } else { "" }))).collect();
        let files: Vec<_> = texts.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
        let expected: String = texts.iter().map(|(_, text)| text.as_str()).collect();
        for (jobs, max_in_flight_bytes) in [(1, 1), (4, 1), (4, 20), (8, 1 << 20)] {
            let limits = crate::Limits { max_in_flight_bytes, ..crate::Limits::default() };
            let (text, summary) = run_folder(&files, jobs, limits);
            assert_eq!(text, expected);
            assert_eq!(summary.written, 60);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn an_output_that_fails_ends_the_run() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..100 {
            fs::write(folder.path().join(i.to_string()), "text".repeat(1000)).unwrap();
        }
        let inputs = Inputs::discover(vec![Input::Path(folder.path().to_owned())], &[]);
        let cleaner = Cleaner::builder().build().unwrap();
        let plan = plan(&inputs, std::slice::from_ref(&cleaner), Path::new("/dev/full"), 4);
        let error = run(&plan, &mut |_, _| {}).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }

    #[test]
    fn an_output_that_cannot_be_opened_ends_the_run_before_a_page_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let page_path = folder.path().join("a.txt");
        fs::write(&page_path, "text").unwrap();
        let inputs = Inputs::discover(vec![Input::Path(page_path.clone())], &[]);
        let cleaner = Cleaner::builder().build().unwrap();
        let out = folder.path().join("out.txt");
        // A file is no folder to write to.
        let place = Some(Place::File(page_path.join("x.json")));
        let plan = || plan(&inputs, std::slice::from_ref(&cleaner), &out, 1);
        for plan in [
            Plan { report: place.clone(), ..plan() },
            Plan { ledger: place.clone(), ..plan() },
            Plan { summary: place.clone(), ..plan() },
        ] {
            let cleaned = std::sync::atomic::AtomicUsize::new(0);
            let clean = |_, bytes: &[u8], _: &Hints| {
                cleaned.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                Ok(page(bytes))
            };
            let error = run_with(&plan, clean, &mut |_, _| {}).unwrap_err();
            assert_eq!((error.kind(), cleaned.into_inner()), (ErrorKind::Io, 0));
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "only the page is there");
        }
    }
}
