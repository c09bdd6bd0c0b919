//! What `dehusk clean` builds from its arguments: a checked [`Job`], before any output is touched.
//!
//! Everything that is wrong with the command line is found here and refused with the remedy: outputs that would
//! replace inputs or each other, several pages for one stream, standard input or output taken twice.

use super::args::CleanArgs;
use super::config::Config;
use super::refuse::{refuse_among_articles, refuse_among_pages, refuse_equal, refuse_input_folder};
use super::{glob, settings};
use anyhow::{Context, bail};
use dehusk::Cleaner;
use dehusk::input::{Input, Inputs, Reading, Refusal, printable, read_list};
use dehusk::output::{Compression, OUTPUTS, OutputFormat, Place, Sink, Writing};
use dehusk::pipeline::{Filters, Journaling, Plan, Retry, Target, shard_names, tree_names};
use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// What a run needs, built and checked: no output was touched yet.
pub(super) struct Job {
    /// The first is that of most inputs, or of all.
    cleaners: Vec<Cleaner>,
    /// Which of them each input has.
    cleaner_of: Vec<usize>,
    pub(super) inputs: Inputs,
    reading: Reading,
    /// The files of settings that count.
    config: Vec<PathBuf>,
    target: Target,
    compression: Compression,
    pub(super) args: CleanArgs,
}

impl Job {
    /// Builds what `args` say, walks the inputs and refuses what cannot end well.
    pub(super) fn new(args: CleanArgs) -> anyhow::Result<Job> {
        let config = Config::find(&args.cleaner)?;
        let named = named(&args.input, args.files_from.as_deref(), "clean")?;
        let compression = compression(&args)?;
        let mut target = target(&args, compression);
        let files = [&args.report, &args.ledger, &args.summary];
        let mut outputs: Vec<PathBuf> = files.into_iter().flatten().cloned().collect();
        refuse_equal(&outputs)?;
        let folder = match &target {
            Target::Tree(folder) | Target::Shards(folder, _) => Some(folder.as_path()),
            _ => None,
        };
        if let Some(folder) = folder {
            refuse_input_folder(&named, folder)?;
        }
        if let Some(folder) = folder.filter(|_| !args.format.together) {
            refuse_among_articles(folder, args.format.ending, &outputs)?;
        }
        if let Target::Stream(Place::File(path)) = &target {
            outputs.push(path.clone());
        }
        refuse_among_pages(&named, &outputs)?;
        outputs.extend(folder.map(Path::to_owned));
        if let Target::Shards(folder, pages) = &target {
            outputs.push(folder.join(pages));
        }
        refuse_equal(&outputs)?;
        if args.dry_run {
            target = Target::Nothing;
        }
        let inputs = Inputs::discover(named, &outputs);
        let is_lost = |index| matches!(inputs.refusal(index), Some(Refusal::Fail(_)));
        if matches!(target, Target::Stream(Place::File(_))) && !inputs.is_empty() && (0..inputs.len()).all(is_lost) {
            // A name that was mistyped must not cost the articles of the last run.
            target = Target::Nothing;
        }
        let builder = || Cleaner::builder().explain(args.report.is_some()).metadata(args.format.has_metadata);
        let (cleaner_of, cleaners) = args.cleaner.cleaners(&config, &inputs, builder)?;
        let reading = args.read.reading(&config);
        let job = Job { cleaners, cleaner_of, inputs, reading, config: config.files(), target, compression, args };
        job.check()?;
        Ok(job)
    }

    /// Refuses what cannot end well, before anything is written.
    fn check(&self) -> anyhow::Result<()> {
        let (inputs, output) = (&self.inputs, self.args.format);
        let several = !inputs.is_empty() && !inputs.is_single();
        match &self.target {
            Target::Stream(Place::Stdout) if several && !output.together => bail!(
                "{} cannot go to standard output as {}: name a folder with `-o DIR`, or put all of it into one stream with `--format jsonl`",
                pages(inputs.len()),
                output.name
            ),
            Target::Stream(Place::Stdout) if output.is_table() && io::stdout().is_terminal() => {
                bail!("{} is not for a terminal: name a file or a folder with `-o`", output.name)
            }
            Target::Stream(Place::File(path)) if several && !output.together => bail!(
                "`-o {path}` names a file, and there {are}: end it with a slash (`-o {path}/`) to make a folder",
                path = printable(path),
                are = match inputs.len() {
                    1 => "is a folder to read".to_owned(),
                    n => format!("are {}", pages(n)),
                }
            ),
            Target::Stream(Place::File(path)) if !output.together && packed(path).is_some() => bail!(
                "`-o {}` names a packed file, and {} is not packed: add `--format jsonl`, or end it with a slash to make a folder",
                printable(path),
                output.name
            ),
            Target::Stream(Place::File(path)) if !output.together => {
                let other = output_of(path).filter(|other| other.name != output.name);
                if let Some(other) = other {
                    bail!(
                        "`-o {}` looks like {other} and the format is {}: add `--format {other}`",
                        printable(path),
                        output.name,
                        other = other.name
                    );
                }
            }
            _ => {}
        }
        if self.args.with_title && output.has_title {
            bail!("`--with-title` is for `--format txt`: leave it out, {} has a place for the title", output.name);
        }
        if self.args.resume && !matches!(self.target, Target::Tree(_) | Target::Shards(..)) {
            bail!("`--resume` goes on with a run into a folder: name it with `-o DIR`");
        }
        if let Some(retry) = self.args.retry.as_deref().filter(|_| !self.args.resume) {
            let has_articles = match &self.target {
                Target::Stream(Place::File(path)) => path.is_file(),
                Target::Shards(folder, _) => fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()),
                _ => false,
            };
            let output = self.args.output.as_deref().unwrap_or(Path::new("-"));
            if has_articles {
                bail!(
                    "`--retry` writes only what failed before, and would replace the articles in {}: name another place with `-o`",
                    printable(output)
                );
            }
            if self.args.ledger.as_deref() == Some(retry) {
                bail!("`--ledger` would replace the ledger that `--retry` reads: name another file");
            }
        }
        let dash = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
        let stdout = matches!(self.target, Target::Stream(Place::Stdout));
        let streams =
            [("--report", &self.args.report), ("--ledger", &self.args.ledger), ("--summary", &self.args.summary)];
        let mut taken = stdout.then_some("the articles");
        for (option, path) in streams {
            match taken {
                Some(taken) if dash(path) => bail!(
                    "`{option} -` and {taken} cannot both go to standard output: name a file, or use `-o` or `--dry-run`"
                ),
                _ if dash(path) && self.args.resume => bail!("`{option} -` cannot be gone on with: name a file"),
                _ if dash(path) => taken = Some(option),
                _ => {}
            }
        }
        self.refuse_overwriting()
    }

    /// An article must not replace the page that it is made from, nor another that is read later.
    fn refuse_overwriting(&self) -> anyhow::Result<()> {
        let inputs = &self.inputs;
        let real = |path: &Path| path.canonicalize().ok();
        let files = [&self.args.report, &self.args.ledger, &self.args.summary];
        let mut targets: Vec<PathBuf> = files.into_iter().flatten().cloned().collect();
        let (folder, names) = match &self.target {
            Target::Nothing | Target::Stream(Place::Stdout) => (None, None),
            Target::Stream(Place::File(file)) => {
                targets.push(file.clone());
                (None, None)
            }
            Target::Tree(folder) => (real(folder), Some((self.args.format.ending.to_owned(), None))),
            Target::Shards(folder, pages) => {
                targets.push(folder.join(pages));
                let ending = self.args.format.packed_ending(self.compression);
                (real(folder), Some((ending, Some(pages))))
            }
        };
        // A folder that does not exist yet holds no input.
        if let (Some(folder), Some((ending, shards))) = (folder, names) {
            let inside = |index| inputs.real_path(index).starts_with(&folder);
            if (0..inputs.len()).any(inside) {
                let limits = self.cleaners[0].limits();
                let names = match shards {
                    None => tree_names(inputs, &ending, limits),
                    Some(pages) => shard_names(inputs, &ending, pages, limits),
                };
                targets.extend((0..inputs.len()).map(|i| folder.join(names.get(i, &inputs.relative(i)))));
            }
        }
        let targets: HashSet<PathBuf> = targets.iter().filter_map(|path| real(path)).collect();
        if targets.is_empty() {
            return Ok(());
        }
        for index in (0..inputs.len()).filter(|&index| inputs.refusal(index).is_none()) {
            if targets.contains(&inputs.real_path(index)) {
                let name = inputs.name(index);
                bail!("the output would replace the input {name}: write to another place");
            }
        }
        Ok(())
    }

    /// What the run is to do.
    pub(super) fn plan(&self) -> anyhow::Result<Plan<'_>> {
        let args = &self.args;
        let place = |path: &Option<PathBuf>| path.as_deref().map(place);
        let journal = match &self.target {
            Target::Tree(folder) | Target::Shards(folder, _) => Some(Journaling {
                folder: folder.clone(),
                settings: settings::settings(args, &self.config)?,
                resumes: args.resume,
            }),
            Target::Nothing | Target::Stream(_) => None,
        };
        let retry = args.retry.as_deref().map(|path| {
            Retry::open(path, self.cleaners[0].limits())
                .with_context(|| format!("cannot use the ledger {}", printable(path)))
        });
        let mut filters = Filters::default();
        (filters.min_words, filters.dedup) = (args.min_words, args.dedup);
        if let Err(code) = filters.languages(&args.lang) {
            bail!("`--lang {code}` is no language that can be told: use codes such as en, de, zh");
        }
        Ok(Plan {
            corpus: args.read.corpus(self.reading, &self.inputs, (&self.cleaner_of, &self.cleaners), args.jobs),
            retry: retry.transpose()?,
            filters,
            output: args.format,
            compression: self.compression,
            with_title: args.with_title,
            target: self.target.clone(),
            report: place(&args.report),
            ledger: place(&args.ledger),
            summary: place(&args.summary),
            sync: args.sync,
            journal,
        })
    }

    /// True for one page on its way from a pipe or a file to standard output.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self.target, Target::Stream(Place::Stdout)) && self.inputs.is_single()
    }
}

/// A file for a report, a ledger or a summary; `-` is standard output.
fn place(path: &Path) -> Place {
    match path == Path::new("-") {
        true => Place::Stdout,
        false => Place::File(path.to_owned()),
    }
}

/// A file that appears whole or not at all; `-` is standard output.
pub(super) fn sink(path: &Path) -> Result<Sink, dehusk::Error> {
    Sink::open(&place(path), Compression::Plain, Writing::default(), None)
}

/// Writes a file whole or not at all; `-` is standard output.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), dehusk::Error> {
    let mut sink = sink(path)?;
    sink.write(bytes)?;
    sink.finish()
}

/// Where the articles go.
fn target(args: &CleanArgs, compression: Compression) -> Target {
    let Some(path) = &args.output else {
        return Target::Stream(Place::Stdout);
    };
    let slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let folder = slash || path.is_dir();
    match () {
        () if path == Path::new("-") => Target::Stream(Place::Stdout),
        () if args.format.together && folder => {
            let pages = format!("dehusk.{}", args.format.packed_ending(compression));
            Target::Shards(path.clone(), PathBuf::from(pages))
        }
        () if args.format.together => Target::Stream(Place::File(path.clone())),
        () if !folder && (output_of(path).is_some() || packed(path).is_some()) => {
            Target::Stream(Place::File(path.clone()))
        }
        // A device or a FIFO takes one page as a file does.
        () if path.exists() && !path.is_file() && !folder => Target::Stream(Place::File(path.clone())),
        () => Target::Tree(path.clone()),
    }
}

/// How articles are packed: as was asked, or as the name of their file says.
fn compression(args: &CleanArgs) -> anyhow::Result<Compression> {
    if let Some(asked) = args.compress {
        if !args.format.together {
            bail!("`--compress` packs files of many articles: add `--format jsonl` or `--format parquet`");
        }
        return Ok(asked.into());
    }
    if args.format.is_table() {
        return Ok(Compression::Zstd);
    }
    Ok(args.output.as_deref().filter(|_| args.format.together).and_then(packed).unwrap_or_default())
}

/// How a file is packed, as its ending says.
fn packed(path: &Path) -> Option<Compression> {
    let ending = path.extension()?;
    let all = [Compression::Gzip, Compression::Zstd];
    all.into_iter().find(|packed| packed.ending().trim_start_matches('.') == ending)
}

/// The format that a file's ending names.
fn output_of(path: &Path) -> Option<&'static OutputFormat> {
    let ending = path.extension()?;
    OUTPUTS.iter().find(|format| ending == format.ending)
}

/// What was named, in the order of the arguments and then of the list.
pub(super) fn named(typed: &[PathBuf], list: Option<&Path>, command: &str) -> anyhow::Result<Vec<Input>> {
    let mut inputs = listed(typed, list)?;
    if list.is_none() && inputs.is_empty() {
        if io::stdin().is_terminal() {
            bail!("nothing to read: name files or folders, or pipe a page in (see `dehusk {command} --help`)");
        }
        inputs.push(Input::Stdin);
    }
    Ok(inputs)
}

/// The same, and nothing when nothing was named.
pub(super) fn listed(typed: &[PathBuf], list: Option<&Path>) -> anyhow::Result<Vec<Input>> {
    let dash = Path::new("-");
    let mut inputs = Vec::new();
    for path in typed {
        if path != dash {
            inputs.push(glob::input(path.clone()));
        } else if !inputs.iter().any(|input| matches!(input, Input::Stdin)) {
            inputs.push(Input::Stdin);
        }
    }
    if let Some(list) = list {
        let mut bytes = Vec::new();
        if list != dash {
            bytes = fs::read(list).with_context(|| format!("cannot read the list {}", printable(list)))?;
        } else if inputs.iter().any(|input| matches!(input, Input::Stdin)) {
            bail!("standard input cannot be both a page (`-`) and the list (`--files-from -`)");
        } else {
            io::stdin().read_to_end(&mut bytes).context("cannot read the list from standard input")?;
        }
        inputs.extend(read_list(&bytes).into_iter().map(Input::Path));
    }
    Ok(inputs)
}

fn pages(count: usize) -> String {
    match count {
        1 => "a folder".to_owned(),
        count => format!("{count} pages"),
    }
}
