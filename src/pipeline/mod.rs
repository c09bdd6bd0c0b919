//! The run: a list of inputs in, articles, a report and a [`Summary`] out.
//!
//! Workers take the records in their order, read, clean and render them; the calling thread writes them in
//! that same order, so that every output is the same whatever the number of threads. What is begun and not
//! written is bounded in bytes and records, by the size on the disk first and by what it unpacked to as soon as that
//! is known. Each record ends in one [`Outcome`] that is counted; only a failure to write ends a run early.

mod budget;
mod check;
mod eval;
#[cfg(feature = "cli")]
mod progress;
mod record;
mod report;
mod summary;
mod texts;
mod visit;

pub use check::{CheckCounts, CheckPlan, Checked, Found, check, project_path};
pub use eval::{Evaluation, evaluate, evaluate_texts};
#[cfg(feature = "cli")]
pub use progress::Progress;
pub use record::{Finished, Outcome};
pub use summary::{Failure, Slowest, Summary};
pub use texts::Texts;
pub use visit::{Visited, visit};

use crate::article::{Article, Format};
use crate::cleaner::{Cleaner, Hints};
use crate::error::{Error, ErrorKind};
use crate::input::Inputs;
use crate::output::{Names, OutputFormat, Sink, Tree};
use budget::Budget;
use record::{Done, Work};
use std::collections::BTreeMap;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Records that may be begun and not written: enough for all workers while a slow page holds up the writer.
const MAX_RECORDS: usize = 4_096;

/// What a run does with its inputs.
pub struct Plan<'a> {
    /// What is read.
    pub inputs: &'a Inputs,
    /// What cleans it, at least one; the limits of the first are the run's.
    pub cleaners: &'a [Cleaner],
    /// Which of them cleans each input; the first cleans those that the list does not reach.
    pub cleaner_of: &'a [usize],
    /// How every page is read, when the caller overrules detection.
    pub format: Option<Format>,
    /// How articles are written.
    pub output: &'static OutputFormat,
    /// Whether a text begins with the title.
    pub with_title: bool,
    /// Where articles go.
    pub target: Target,
    /// Where removals go, if anywhere.
    pub report: Option<Sink>,
    /// Threads that clean; 0 stands for one a core.
    pub jobs: usize,
}

/// Where the articles of a run go.
pub enum Target {
    /// Nowhere: the run only counts and reports.
    Nothing,
    /// A file for each, below a folder.
    Tree(Tree, Names),
    /// All into one stream.
    Stream(Sink),
}

/// Runs `plan`; `observe` is called on this thread after each record, with the counts so far.
///
/// # Errors
///
/// [`ErrorKind::Io`] when an output cannot be written or threads cannot be started. Inputs that fail are no
/// error: they are counted in the summary.
pub fn run(plan: Plan<'_>, observe: &mut dyn FnMut(&Finished, &Summary)) -> Result<Summary, Error> {
    let (cleaners, cleaner_of) = (plan.cleaners, plan.cleaner_of);
    let cleaner = |index: usize| &cleaners[cleaner_of.get(index).copied().unwrap_or(0)];
    run_with(plan, |index, bytes, hints| cleaner(index).clean(bytes, hints), observe)
}

fn run_with(
    plan: Plan<'_>,
    clean: impl Fn(usize, &[u8], &Hints) -> Result<Article, Error> + Sync,
    observe: &mut dyn FnMut(&Finished, &Summary),
) -> Result<Summary, Error> {
    let start = Instant::now();
    let limits = plan.cleaners[0].limits();
    let budget = Budget::new(limits.max_in_flight_bytes, MAX_RECORDS);
    let (names, mut writer) = Writer::new(plan.target, plan.report);
    let work = Work {
        inputs: plan.inputs,
        limits,
        clean,
        format: plan.format,
        output: plan.output,
        with_title: plan.with_title,
        names: names.as_ref(),
        writes: !matches!(writer.pages, Pages::Nothing),
        reports: writer.report.is_some(),
        budget: &budget,
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(plan.jobs)
        .thread_name(|index| format!("worker {index}"))
        .build()
        .map_err(|e| Error::with_source(ErrorKind::Io, "cannot start the worker threads", e))?;
    let next = Mutex::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut summary = Summary::default();
    let written = pool.in_place_scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            let (work, next, sender) = (&work, &next, sender.clone());
            scope.spawn(move |_| worker(work, next, &sender));
        }
        drop(sender);
        let written = writer.write_all(&receiver, &budget, &mut summary, observe);
        budget.stop();
        written
    });
    written?;
    writer.finish()?;
    summary.seconds = start.elapsed().as_secs_f64();
    Ok(summary)
}

/// Takes one record after the other until the list ends or the run stops.
fn worker<F>(work: &Work<'_, F>, next: &Mutex<usize>, sender: &Sender<(usize, Done)>)
where
    F: Fn(usize, &[u8], &Hints) -> Result<Article, Error>,
{
    loop {
        // The budget is taken under the lock: records get it in their order, so that the one that the writer
        // waits for is never behind one that waits for the budget.
        let (index, held) = {
            let mut next = next.lock().unwrap_or_else(PoisonError::into_inner);
            let index = *next;
            if index == work.inputs.len() {
                return;
            }
            let size = usize::try_from(work.inputs.size(index)).unwrap_or(usize::MAX);
            let held = size.min(work.limits.max_document_bytes);
            if !work.budget.take(index, held) {
                return;
            }
            *next += 1;
            (index, held)
        };
        let Some(done) = work.run(index, held) else {
            return;
        };
        if sender.send((index, done)).is_err() {
            return;
        }
    }
}

/// Puts finished records down in the order of the inputs.
struct Writer {
    pages: Pages,
    report: Option<Sink>,
}

enum Pages {
    Nothing,
    Tree(Tree),
    Stream(Sink),
}

impl Writer {
    fn new(target: Target, report: Option<Sink>) -> (Option<Names>, Writer) {
        let (names, pages) = match target {
            Target::Nothing => (None, Pages::Nothing),
            Target::Tree(tree, names) => (Some(names), Pages::Tree(tree)),
            Target::Stream(sink) => (None, Pages::Stream(sink)),
        };
        (names, Writer { pages, report })
    }

    fn write_all(
        &mut self,
        receiver: &Receiver<(usize, Done)>,
        budget: &Budget,
        summary: &mut Summary,
        observe: &mut dyn FnMut(&Finished, &Summary),
    ) -> Result<(), Error> {
        let mut waiting = BTreeMap::new();
        let mut head = 0;
        for (index, done) in receiver {
            waiting.insert(index, done);
            while let Some(done) = waiting.remove(&head) {
                self.write(&done)?;
                budget.written(done.held);
                head += 1;
                summary.add(&done.finished);
                observe(&done.finished, summary);
            }
        }
        Ok(())
    }

    fn write(&mut self, done: &Done) -> Result<(), Error> {
        match (&mut self.pages, &done.page, &done.target) {
            (Pages::Tree(tree), Some(page), Some(target)) => tree.write(target, page)?,
            (Pages::Stream(sink), Some(page), _) => sink.write(page)?,
            _ => {}
        }
        match &mut self.report {
            Some(report) if !done.report.is_empty() => report.write(&done.report),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<(), Error> {
        if let Pages::Stream(sink) = self.pages {
            sink.finish()?;
        }
        self.report.map_or(Ok(()), Sink::finish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;
    use std::fs;
    use std::path::Path;

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
        let plan = Plan {
            inputs: &inputs,
            cleaners: &[cleaner],
            cleaner_of: &[],
            format: None,
            output: OutputFormat::by_name("txt").unwrap(),
            with_title: false,
            target: Target::Stream(Sink::create(&out, false).unwrap()),
            report: None,
            jobs,
        };
        let clean = |_, bytes: &[u8], _: &Hints| {
            if bytes.starts_with(b"panic") {
                panic!("told to");
            }
            if bytes.starts_with(b"slow") {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Ok(page(bytes))
        };
        let summary = run_with(plan, clean, &mut |_, _| {}).unwrap();
        (fs::read_to_string(out).unwrap(), summary)
    }

    #[test]
    fn every_record_has_one_outcome_and_a_panic_is_one() {
        let files = [("1", "panic"), ("2", "same"), ("3", "other"), ("4", "")];
        let (text, summary) = run_folder(&files, 2, crate::Limits::default());
        assert_eq!(text, "sameother");
        let Summary { written, unchanged, empty, .. } = summary;
        assert_eq!((summary.pages, written, unchanged, empty), (4, 1, 1, 1));
        assert_eq!(summary.failed, BTreeMap::from([("panic", 1)]));
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
        let plan = Plan {
            inputs: &inputs,
            cleaners: &[cleaner],
            cleaner_of: &[],
            format: None,
            output: OutputFormat::by_name("txt").unwrap(),
            with_title: false,
            target: Target::Stream(Sink::create(Path::new("/dev/full"), false).unwrap()),
            report: None,
            jobs: 4,
        };
        let error = run(plan, &mut |_, _| {}).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
    }
}
