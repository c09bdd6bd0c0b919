//! `dehusk check`: what was typed and what `dehusk.toml` says become a gate; what it finds is reported, forgiven, fixed.

use super::args::{CheckArgs, ColorArg};
use super::config::Config;
use super::job::{listed, sink};
use super::patch::{self, patch};
use super::refuse::refuse_among_pages;
use super::{Verdict, changed, plural, say};
use anyhow::{Context, bail};
use dehusk::check::report::{Account, Failure, Reporter, Style};
use dehusk::check::{Baseline, Finding};
use dehusk::input::{Input, Inputs, Reading, printable};
use dehusk::output::{Compression, Place, Sink, Writing};
use dehusk::pipeline::{self, CheckCounts, CheckPlan, Checked, Corpus, Found, project_path};
use dehusk::{Cleaner, Error};
use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

/// Inputs that could not be read and are named at the end of a run.
const MAX_NAMED: usize = 20;

/// What is checked, with what, and what is forgiven.
struct Gate {
    args: CheckArgs,
    inputs: Inputs,
    /// The inputs that are read.
    entries: Vec<usize>,
    /// Which of the cleaners each of all inputs has.
    cleaner_of: Vec<usize>,
    cleaners: Vec<Cleaner>,
    /// The folder that baselines and reports name files from.
    project: PathBuf,
    reading: Reading,
    baseline: Option<PathBuf>,
    max_findings: Option<u64>,
    max_share: Option<f64>,
}

/// Runs the command.
pub(super) fn run(args: CheckArgs) -> anyhow::Result<Verdict> {
    // What it holds is many small pieces, and the process ends behind it.
    ManuallyDrop::new(Gate::new(args)?).run()
}

impl Gate {
    fn new(args: CheckArgs) -> anyhow::Result<Gate> {
        let config = Config::find(&args.cleaner)?;
        let here = std::env::current_dir().context("cannot tell the current folder")?;
        let here = here.canonicalize().unwrap_or(here);
        let baseline = args.baseline.clone().or(config.check.baseline.clone());
        if args.write_baseline && baseline.is_none() {
            bail!("`--write-baseline` needs a file: add `--baseline FILE`, or `baseline` under [check] in dehusk.toml");
        }
        let named = named(&args)?;
        let outputs: Vec<PathBuf> = [&args.output, &baseline, &config.file].into_iter().flatten().cloned().collect();
        refuse_among_pages(&named, args.output.iter().chain(baseline.iter().filter(|_| args.write_baseline)))?;
        let inputs = Inputs::discover(named, &outputs);
        let judges = args.judgement || config.check.judgement;
        let (cleaner_of, cleaners) =
            args.cleaner.cleaners(&config, &inputs, || Cleaner::builder().judgement(judges))?;
        let entries = wanted(&config, &inputs);
        Ok(Gate {
            inputs,
            entries,
            cleaner_of,
            cleaners,
            project: project(&here, &config),
            reading: args.read.reading(&config),
            baseline,
            max_findings: args.max_findings.or(config.check.max_findings),
            max_share: args.max_share.or(config.check.max_share),
            args,
        })
    }

    fn run(&self) -> anyhow::Result<Verdict> {
        let mut run = Run::new(self)?;
        let plan = CheckPlan {
            corpus: self.corpus(),
            entries: &self.entries,
            project: &self.project,
            counts_words: self.max_share.is_some(),
            keeps_texts: self.args.fix || self.args.diff,
        };
        let counts = pipeline::check(&plan, &mut |checked| run.take(checked))?;
        run.finish(counts)
    }

    fn corpus(&self) -> Corpus<'_> {
        let cleaners = (&self.cleaner_of[..], &self.cleaners[..]);
        self.args.read.corpus(self.reading, &self.inputs, cleaners, self.args.jobs)
    }

    /// The inputs that were read, by the names that a baseline has for them.
    fn read(&self, failed: &HashSet<usize>) -> HashSet<String> {
        let entries = self.entries.iter().copied().filter(|entry| !failed.contains(entry));
        entries.map(|entry| project_path(&self.inputs, &self.project, entry)).collect()
    }

    fn style(&self) -> Style {
        let is_off = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match self.args.color {
            ColorArg::Always => true,
            ColorArg::Never => false,
            ColorArg::Auto => self.is_terminal() && !is_off("NO_COLOR"),
        };
        Style { color }
    }

    fn is_terminal(&self) -> bool {
        self.args.output.is_none() && io::stdout().is_terminal()
    }

    /// True when so many findings fail.
    fn fails(&self, account: &Account) -> bool {
        let words = account.words.unwrap_or(0) as f64;
        match (self.max_findings, self.max_share) {
            (None, None) => account.findings > 0,
            (findings, share) => {
                findings.is_some_and(|max| account.findings > max)
                    || share.is_some_and(|max| account.words_found as f64 > max * words)
            }
        }
    }
}

/// The folder of the repository, else of the settings, else the current one.
fn project(here: &Path, config: &Config) -> PathBuf {
    let repository = here.ancestors().find(|folder| folder.join(".git").exists());
    repository.map(Path::to_owned).or_else(|| config.folder.clone()).unwrap_or_else(|| here.to_owned())
}

fn named(args: &CheckArgs) -> anyhow::Result<Vec<Input>> {
    let named = listed(&args.input, args.files_from.as_deref())?;
    match &args.since {
        Some(rev) => changed::since(rev, &named),
        None if named.is_empty() && args.files_from.is_none() => {
            bail!("nothing to check: name files or folders, such as `dehusk check .` (see `dehusk check --help`)")
        }
        None => Ok(named),
    }
}

/// The inputs that are checked: all but what git keeps for itself and what the settings leave out.
fn wanted(config: &Config, inputs: &Inputs) -> Vec<usize> {
    let is_private = |index: usize| inputs.has_part(index, ".git");
    let is_excluded = |index: usize| config.excludes_some() && config.excludes(&inputs.real_path(index));
    (0..inputs.len()).filter(|&index| !is_private(index) && !is_excluded(index)).collect()
}

/// A run of a gate: what was found so far, and where it goes.
struct Run<'g> {
    gate: &'g Gate,
    account: Account,
    baseline: Baseline,
    /// The findings for a baseline that is written.
    written: Baseline,
    failed: HashSet<usize>,
    unfixable: u64,
    /// Inputs that were not looked at, by the reason.
    skipped: BTreeMap<&'static str, u64>,
    reporter: Box<dyn Reporter>,
    sink: Option<Sink>,
    buffer: Vec<u8>,
}

impl<'g> Run<'g> {
    fn new(gate: &'g Gate) -> anyhow::Result<Run<'g>> {
        let sink = match &gate.args.output {
            _ if gate.args.write_baseline => None,
            Some(path) => Some(sink(path)?),
            None => {
                // Files are fixed whether or not anyone reads what was found.
                let writing = Writing { outlives_reader: gate.args.fix, ..Writing::default() };
                Some(Sink::open(&Place::Stdout, Compression::Plain, writing, None)?)
            }
        };
        Ok(Run {
            gate,
            account: Account::default(),
            baseline: read_baseline(gate)?,
            written: Baseline::default(),
            failed: HashSet::new(),
            unfixable: 0,
            skipped: BTreeMap::new(),
            reporter: (gate.args.format.new)(gate.style()),
            sink,
            buffer: Vec::new(),
        })
    }

    /// Takes what was found in one input.
    fn take(&mut self, checked: Checked) -> Result<(), Error> {
        let Checked { entry, name, found } = checked;
        match found {
            Err(message) => {
                self.failed.insert(entry);
                self.account.failed.push(Failure { path: name, message });
                Ok(())
            }
            Ok(found) if self.gate.args.write_baseline => {
                self.account.findings += found.findings.len() as u64;
                found.findings.iter().for_each(|finding| self.written.add(finding));
                Ok(())
            }
            Ok(found) => self.judge(entry, found),
        }
    }

    fn judge(&mut self, entry: usize, found: Found) -> Result<(), Error> {
        let baseline = &mut self.baseline;
        let (forgiven, mut left): (Vec<Finding>, Vec<Finding>) =
            found.findings.into_iter().partition(|finding| baseline.forgives(finding));
        self.account.forgiven += forgiven.len() as u64;
        let args = &self.gate.args;
        if (args.fix || args.diff) && !left.is_empty() {
            let (file, corpus) = (self.gate.inputs.real_path(entry), self.gate.corpus());
            let cleaner = corpus.cleaner(entry);
            let is_fixable = |text: &String| found.format == dehusk::Format::Text && patch::is_plain(&file, text);
            match found.text.filter(is_fixable) {
                None => self.unfixable += left.len() as u64,
                Some(text) if args.fix => {
                    let fixed = patch(cleaner, &text, left, &forgiven)?;
                    patch::write(&file, &fixed.text)?;
                    self.account.fixed += fixed.fixed;
                    left = fixed.left;
                }
                Some(text) => {
                    let path = self.gate.inputs.path(entry);
                    let fixed = patch(cleaner, &text, left.clone(), &forgiven)?;
                    let (terminal, color) = (self.gate.is_terminal(), self.gate.style().color);
                    self.buffer.extend(patch::diff(path, &text, &fixed.text, terminal, color).bytes());
                }
            }
        }
        self.count(&left);
        self.flush()
    }

    fn count(&mut self, left: &[Finding]) {
        self.account.files_with_findings += u64::from(!left.is_empty());
        for finding in left {
            self.account.findings += 1;
            self.account.words_found += finding.words as u64;
            if !self.gate.args.diff {
                self.reporter.finding(finding, &mut self.buffer);
            }
        }
    }

    fn flush(&mut self) -> Result<(), Error> {
        if let Some(sink) = &mut self.sink {
            sink.write(&self.buffer)?;
        }
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self, counts: CheckCounts) -> anyhow::Result<Verdict> {
        self.account.files = counts.files;
        self.account.skipped = counts.skipped.values().sum();
        self.skipped = counts.skipped;
        self.account.words = self.gate.max_share.map(|_| counts.words);
        if self.gate.args.write_baseline {
            return self.write_baseline();
        }
        if !self.baseline.is_empty() {
            let read = self.gate.read(&self.failed);
            let is_gone = |path: &str| !stands(&self.gate.project, path);
            self.account.stale = self.baseline.stale(|path| read.contains(path) || is_gone(path));
        }
        if !self.gate.args.diff {
            self.reporter.finish(&self.account, &mut self.buffer);
        }
        self.flush()?;
        if let Some(sink) = self.sink.take() {
            sink.finish()?;
        }
        let fails = self.gate.fails(&self.account);
        say(&(self.failures() + &self.summary(fails)));
        Ok(if fails || !self.account.failed.is_empty() { Verdict::Failures } else { Verdict::Clean })
    }

    /// Writes what was found, and the old entries of files that were not looked at and are still there.
    fn write_baseline(mut self) -> anyhow::Result<Verdict> {
        let path = self.gate.baseline.as_deref().expect("it was checked with the arguments");
        let read = self.gate.read(&self.failed);
        self.written.extend(&self.baseline, |path| !read.contains(path) && stands(&self.gate.project, path));
        let mut sink = sink(path)?;
        sink.write(self.written.to_json().as_bytes())?;
        sink.finish()?;
        let mut text = self.failures();
        if !self.gate.args.quiet {
            text += &format!("dehusk: {} in {}\n", plural(self.written.len(), "finding"), printable(path));
        }
        say(&text);
        Ok(if self.account.failed.is_empty() { Verdict::Clean } else { Verdict::Failures })
    }

    fn failures(&self) -> String {
        let failed = &self.account.failed;
        let mut text = String::new();
        for Failure { path, message } in failed.iter().take(MAX_NAMED) {
            text += &format!("dehusk: {path}: {message}\n");
        }
        if failed.len() > MAX_NAMED {
            text += &format!("dehusk: and {} more\n", failed.len() - MAX_NAMED);
        }
        text
    }

    /// `10 findings in 10 of 200 files, 3 forgiven`, and what else there is to know.
    fn summary(&self, fails: bool) -> String {
        let Account { files, files_with_findings, findings, forgiven, fixed, .. } = self.account;
        if self.gate.args.quiet {
            return String::new();
        }
        if self.gate.entries.is_empty() {
            return "dehusk: nothing was found to check\n".to_owned();
        }
        let mut text = match findings {
            0 => format!("dehusk: no findings in {}", plural(files, "file")),
            findings => {
                format!("dehusk: {} in {files_with_findings} of {}", plural(findings, "finding"), plural(files, "file"))
            }
        };
        for (number, what) in [(fixed, "fixed"), (forgiven, "forgiven by the baseline")] {
            if number > 0 {
                text += &format!(", {number} {what}");
            }
        }
        for (why, number) in &self.skipped {
            text += &format!(", {number} skipped ({why})");
        }
        text.push('\n');
        if findings > 0 && !fails {
            text += "dehusk: within what is allowed\n";
        }
        if self.unfixable > 0 {
            let found = plural(self.unfixable, "finding");
            text += &format!(
                "dehusk: {found} not fixed, as only files of plain UTF-8 text are; `dehusk clean` removes them\n"
            );
        }
        let stale = self.account.stale.len() as u64;
        if stale > 0 {
            let entries = if stale == 1 { "entry" } else { "entries" };
            text += &format!("dehusk: {stale} stale {entries} in the baseline; --write-baseline takes them out\n");
        }
        text
    }
}

/// Whether a file stands where a baseline names it; of a name that was no UTF-8 the baseline has what is left of it.
fn stands(folder: &Path, name: &str) -> bool {
    let is_there = folder.join(name).exists();
    if is_there || !name.contains(char::REPLACEMENT_CHARACTER) {
        return is_there;
    }
    let (first, below) = name.split_once('/').map_or((name, None), |(first, below)| (first, Some(below)));
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut likely = entries.filter(|entry| entry.file_name().to_string_lossy() == first);
    likely.any(|entry| below.is_none_or(|below| stands(&entry.path(), below)))
}

fn read_baseline(gate: &Gate) -> anyhow::Result<Baseline> {
    let Some(path) = &gate.baseline else { return Ok(Baseline::default()) };
    let shown = printable(path);
    match fs::read_to_string(path) {
        Ok(json) => Ok(Baseline::parse(&shown, &json)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound && gate.args.write_baseline => Ok(Baseline::default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            bail!("there is no baseline {shown}: make it with --write-baseline")
        }
        Err(error) => Err(error).with_context(|| format!("cannot read the baseline {shown}")),
    }
}
