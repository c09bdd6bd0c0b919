//! The journal of a run in its output folder: what is needed to go on after it was stopped.
//!
//! The first lines say how the run was set up and what its inputs were; each line after them is a [`Point`] up to which
//! everything is written, at the latest after some thousand records. The file is locked while the run lasts and goes when
//! the run is finished, so that a folder that was finished at once and one that took several runs are the same.

use super::feed::At;
use super::summary::{Failure, Summary};
use crate::error::{Error, ErrorKind};
use crate::input::{Inputs, printable};
use crate::output::{self, ShardsCut};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The name of the journal in the output folder.
pub const JOURNAL: &str = ".dehusk-journal.jsonl";

/// What a run keeps of itself, so that a later one can go on.
#[derive(Clone, Debug)]
pub struct Journaling {
    /// The output folder.
    pub folder: PathBuf,
    /// Everything that the bytes of the outputs depend on beside the inputs: a name, as the user knows it, and a value.
    pub settings: Vec<(String, String)>,
    /// Whether the run goes on with one that was stopped.
    pub resumes: bool,
}

/// A place in a run up to which everything is written.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Point {
    pub at: At,
    #[serde(default)]
    pub shards: ShardsCut,
    /// Bytes of the report and of the ledger, and texts that were looked at for duplicates.
    #[serde(default)]
    pub report: Option<u64>,
    #[serde(default)]
    pub ledger: Option<u64>,
    #[serde(default)]
    pub texts: Option<u64>,
    /// The counts so far, without the failures.
    pub summary: Summary,
    /// The failures since the point before.
    pub failures: Vec<Failure>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Line {
    Run(Run),
    Input(Entry),
    Point(Box<Point>),
}

#[derive(Serialize, Deserialize)]
struct Run {
    settings: Vec<(String, String)>,
    inputs: usize,
}

#[derive(PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    path: String,
    bytes: u64,
    modified: u64,
}

/// The journal of a run that lasts.
pub(super) struct Journal {
    file: BufWriter<File>,
    path: PathBuf,
    /// Whether each point waits for the disk.
    sync: bool,
    /// Failures of the summary that are in the journal.
    failures: usize,
}

impl Journal {
    /// Locks the folder and begins a journal there, or reads the one that was left: then the last point is given back.
    ///
    /// # Errors
    /// [`ErrorKind::Journal`] when another run has the folder, when one was stopped there and this is not to go on with it,
    /// or when the two differ; [`ErrorKind::Io`].
    pub fn begin(plan: &Journaling, inputs: &Inputs, sync: bool) -> Result<(Journal, Option<Point>), Error> {
        let path = plan.folder.join(JOURNAL);
        let unwritable = |e| Error::with_source(ErrorKind::Io, format!("cannot write {}", printable(&path)), e);
        fs::create_dir_all(&plan.folder).map_err(|e| {
            Error::with_source(ErrorKind::Io, format!("cannot make the folder {}", printable(&plan.folder)), e)
        })?;
        let file = lock(&path, &plan.folder)?;
        let mut left = read(&file, inputs, &plan.settings).map_err(unwritable)?;
        let folder = printable(&plan.folder);
        if left.points > 0 && !plan.resumes {
            let message = format!(
                "a run into {folder} was stopped after {} pages: add `--resume` to go on with it, or remove {} to begin again",
                left.last.summary.pages,
                printable(&path)
            );
            return Err(Error::new(ErrorKind::Journal, message));
        }
        if let Some(difference) = left.difference.take().filter(|_| left.points > 0) {
            let message = format!(
                "cannot go on with the run into {folder}: {difference}. Set it as it was, or remove {} to begin again",
                printable(&path)
            );
            return Err(Error::new(ErrorKind::Journal, message));
        }
        let mut journal = Journal { file: BufWriter::new(file), path: path.clone(), sync, failures: 0 };
        if left.points > 0 {
            // A line that was not written to its end is no line.
            journal.cut_to(left.bytes).map_err(unwritable)?;
            left.last.summary.failures = left.failures;
            journal.failures = left.last.summary.failures.len();
            return Ok((journal, Some(left.last)));
        }
        journal.cut_to(0).and_then(|()| journal.head(plan, inputs)).map_err(unwritable)?;
        Ok((journal, None))
    }

    fn cut_to(&mut self, bytes: u64) -> io::Result<()> {
        let file = self.file.get_mut();
        file.set_len(bytes)?;
        file.seek(SeekFrom::Start(bytes)).map(drop)
    }

    fn head(&mut self, plan: &Journaling, inputs: &Inputs) -> io::Result<()> {
        self.line(&Line::Run(Run { settings: plan.settings.clone(), inputs: inputs.len() }))?;
        for index in 0..inputs.len() {
            self.line(&Line::Input(Entry::of(inputs, index)))?;
        }
        self.file.flush()
    }

    fn line(&mut self, line: &Line) -> io::Result<()> {
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")
    }

    /// Writes a point; everything that it counts is with the system already.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn point(&mut self, mut point: Point) -> Result<(), Error> {
        point.failures = point.summary.failures.split_off(self.failures);
        point.summary.failures = Vec::new();
        self.failures += point.failures.len();
        let write = || {
            self.line(&Line::Point(Box::new(point)))?;
            self.file.flush()?;
            if self.sync { self.file.get_ref().sync_data() } else { Ok(()) }
        };
        write().map_err(|e| Error::with_source(ErrorKind::Io, format!("cannot write {}", printable(&self.path)), e))
    }

    /// Removes the journal: the run is finished.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    pub fn finish(self) -> Result<(), Error> {
        fs::remove_file(&self.path)
            .map_err(|e| Error::with_source(ErrorKind::Io, format!("cannot remove {}", printable(&self.path)), e))
    }
}

impl Entry {
    fn of(inputs: &Inputs, index: usize) -> Entry {
        Entry { path: inputs.name(index), bytes: inputs.size(index), modified: inputs.modified(index) }
    }
}

/// Opens the journal and takes its lock.
fn lock(path: &Path, folder: &Path) -> Result<File, Error> {
    let unwritable = |e| Error::with_source(ErrorKind::Io, format!("cannot write {}", printable(path)), e);
    loop {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(unwritable)?;
        if !output::lock(&file) {
            let message =
                format!("another run writes to {}: wait for its end or name another folder", printable(folder));
            return Err(Error::new(ErrorKind::Journal, message));
        }
        // The run that had the lock may have removed the file since it was opened here.
        if output::is_same(&file, path).map_err(unwritable)? {
            return Ok(file);
        }
    }
}

/// What stands in a journal that was left.
#[derive(Default)]
struct Left {
    points: u64,
    last: Point,
    failures: Vec<Failure>,
    /// Bytes of the whole lines.
    bytes: u64,
    /// What is not as it was, in a sentence.
    difference: Option<String>,
}

fn read(file: &File, inputs: &Inputs, settings: &[(String, String)]) -> io::Result<Left> {
    let mut left = Left::default();
    let mut entries = 0;
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 || !line.ends_with(b"\n") {
            break;
        }
        let Ok(parsed) = serde_json::from_slice(&line) else {
            break;
        };
        let mut differs = |difference: Option<String>| {
            if left.difference.is_none() {
                left.difference = difference;
            }
        };
        match parsed {
            Line::Run(run) => {
                differs(setting_difference(&run.settings, settings));
                let (then, now) = (run.inputs, inputs.len());
                differs((then != now).then(|| format!("there were {then} inputs and there are {now}")));
            }
            Line::Input(entry) => {
                if entries < inputs.len() {
                    differs(input_difference(&entry, &Entry::of(inputs, entries)));
                }
                entries += 1;
            }
            Line::Point(mut point) => {
                left.failures.append(&mut point.failures);
                left.points += 1;
                left.last = *point;
            }
        }
        left.bytes += line.len() as u64;
    }
    Ok(left)
}

fn setting_difference(then: &[(String, String)], now: &[(String, String)]) -> Option<String> {
    let of = |settings: &[(String, String)], name: &str| {
        settings.iter().find(|(known, _)| known == name).map_or("not set".to_owned(), |(_, value)| value.clone())
    };
    let mut names = then.iter().chain(now).map(|(name, _)| name);
    let name = names.find(|name| of(then, name) != of(now, name))?;
    Some(format!("{name} was {} and is {}", of(then, name), of(now, name)))
}

fn input_difference(then: &Entry, now: &Entry) -> Option<String> {
    if then.path != now.path {
        return Some(format!("{} was read where {} stands now", then.path, now.path));
    }
    (then != now).then(|| format!("{} has changed since", then.path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Input;

    fn begin(folder: &Path, inputs: &Inputs, value: &str, resumes: bool) -> Result<(Journal, Option<Point>), String> {
        let settings = vec![("`--favor`".to_owned(), value.to_owned())];
        let plan = Journaling { folder: folder.join("out"), settings, resumes };
        Journal::begin(&plan, inputs, false).map_err(|e| e.to_string())
    }

    fn point(pages: u64, failures: usize) -> Point {
        let failure = Failure { path: "a".to_owned(), reason: "i/o".to_owned(), message: "gone".to_owned() };
        let summary = Summary { pages, failures: vec![failure; failures], ..Summary::default() };
        Point { at: At { source: pages as usize, ..At::default() }, summary, ..Point::default() }
    }

    #[test]
    fn a_run_goes_on_at_the_last_whole_point() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("page"), "text").unwrap();
        let inputs = Inputs::discover(vec![Input::Path(folder.path().join("page"))], &[]);
        let (mut journal, none) = begin(folder.path(), &inputs, "balanced", true).unwrap();
        assert!(none.is_none());
        journal.point(point(1, 1)).unwrap();
        journal.point(point(2, 3)).unwrap();
        let path = folder.path().join("out").join(JOURNAL);
        let whole = fs::read(&path).unwrap();
        let Err(taken) = begin(folder.path(), &inputs, "balanced", true) else { panic!("the lock is held") };
        assert!(taken.starts_with("another run writes to"), "{taken}");
        drop(journal);

        fs::write(&path, [&whole[..], b"{\"point\":{"].concat()).unwrap();
        let (journal, point) = begin(folder.path(), &inputs, "balanced", true).unwrap();
        let point = point.unwrap();
        assert_eq!((point.at.source, point.summary.pages, point.summary.failures.len()), (2, 2, 3));
        assert_eq!(fs::read(&path).unwrap(), whole);
        drop(journal);

        let refused = |value, resumes, inputs: &Inputs| match begin(folder.path(), inputs, value, resumes) {
            Ok(_) => String::new(),
            Err(why) => why,
        };
        assert!(refused("balanced", false, &inputs).contains("stopped after 2 pages: add `--resume`"));
        assert!(refused("recall", true, &inputs).contains("`--favor` was balanced and is recall"));
        fs::write(folder.path().join("page"), "another").unwrap();
        let inputs = Inputs::discover(vec![Input::Path(folder.path().join("page"))], &[]);
        assert!(refused("balanced", true, &inputs).contains("page has changed since"));
        assert!(refused("balanced", true, &Inputs::default()).contains("there were 1 inputs and there are 0"));
    }

    #[test]
    fn a_run_that_was_stopped_before_its_first_point_begins_again() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs::default();
        drop(begin(folder.path(), &inputs, "balanced", false).unwrap());
        let (journal, point) = begin(folder.path(), &inputs, "recall", false).unwrap();
        assert!(point.is_none());
        journal.finish().unwrap();
        assert!(fs::read_dir(folder.path().join("out")).unwrap().next().is_none());
    }
}
