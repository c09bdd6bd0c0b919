//! What `dehusk clean` builds from its arguments: a checked [`Job`], before any output is touched.
//!
//! Everything that is wrong with the command line is found here and refused with the remedy: outputs that would
//! replace inputs or each other, several pages for one stream, standard input or output taken twice.

use super::args::{CleanArgs, InputFormat};
use super::config::Config;
use super::glob;
use anyhow::{Context, bail};
use dehusk::Cleaner;
use dehusk::input::{Input, Inputs, printable, read_list};
use dehusk::output::{Names, OUTPUTS, OutputFormat, Sink, Tree};
use dehusk::pipeline::Target;
use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// What a run needs, built and checked: no output was touched yet.
pub(super) struct Job {
    /// The first is that of most inputs, or of all.
    pub(super) cleaners: Vec<Cleaner>,
    /// Which of them each input has.
    pub(super) cleaner_of: Vec<usize>,
    pub(super) inputs: Inputs,
    pub(super) input_format: Option<InputFormat>,
    pub(super) output: &'static OutputFormat,
    place: Place,
    pub(super) args: CleanArgs,
}

/// Where articles go.
enum Place {
    Nowhere,
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Job {
    /// Builds what `args` say, walks the inputs and refuses what cannot end well.
    pub(super) fn new(args: CleanArgs) -> anyhow::Result<Job> {
        let config = Config::find(&args.cleaner)?;
        let named = named(&args)?;
        let mut place = Place::of(&args);
        let mut outputs: Vec<PathBuf> = args.report.iter().chain(&args.summary).cloned().collect();
        if let Place::Folder(path) | Place::File(path) = &place {
            outputs.push(path.clone());
        }
        refuse_equal(&outputs)?;
        let folder = match &place {
            Place::Folder(folder) => Some(folder.as_path()),
            _ => None,
        };
        if let Some(folder) = folder {
            refuse_input_folder(&named, folder)?;
        }
        refuse_among_pages(&named, folder, args.format.ending, &outputs)?;
        if args.dry_run {
            place = Place::Nowhere;
        }
        let inputs = Inputs::discover(named, &outputs);
        let builder = || Cleaner::builder().explain(args.report.is_some());
        let (cleaner_of, cleaners) = args.cleaner.cleaners(&config, &inputs, builder)?;
        let input_format = args.input_format.or(config.input_format);
        let job = Job { cleaners, cleaner_of, inputs, input_format, output: args.format, place, args };
        job.check()?;
        Ok(job)
    }

    /// Refuses what cannot end well, before anything is written.
    fn check(&self) -> anyhow::Result<()> {
        let (inputs, output) = (&self.inputs, self.output);
        let several = !inputs.is_empty() && !inputs.is_single();
        match &self.place {
            Place::Stdout if several && !output.together => bail!(
                "{} cannot go to standard output as {}: name a folder with `-o DIR`, or put all of it into one stream with `--format jsonl`",
                pages(inputs.len()),
                output.name
            ),
            Place::File(path) if several && !output.together => bail!(
                "`-o {path}` names a file, and there {are}: end it with a slash (`-o {path}/`) to make a folder",
                path = path.display(),
                are = match inputs.len() {
                    1 => "is a folder to read".to_owned(),
                    n => format!("are {}", pages(n)),
                }
            ),
            Place::File(path) if !output.together => {
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
        let stdout = matches!(self.place, Place::Stdout);
        let dash = |path: &Option<PathBuf>| path.as_deref() == Some(Path::new("-"));
        if dash(&self.args.report) && stdout {
            bail!("`--report -` and the articles cannot both go to standard output: use `-o` or `--dry-run`");
        }
        if dash(&self.args.summary) && (stdout || dash(&self.args.report)) {
            bail!("`--summary -` and other output cannot both go to standard output: name a file");
        }
        self.refuse_overwriting()
    }

    /// An article must not replace the page that it is made from, nor another that is read later.
    fn refuse_overwriting(&self) -> anyhow::Result<()> {
        let inputs = &self.inputs;
        let real = |path: &Path| path.canonicalize().ok();
        let mut targets: Vec<PathBuf> = self.args.report.iter().chain(&self.args.summary).cloned().collect();
        match &self.place {
            Place::Nowhere | Place::Stdout => {}
            Place::File(file) => targets.push(file.clone()),
            Place::Folder(folder) => {
                // A folder that does not exist yet holds no input.
                if let Some(folder) = real(folder) {
                    let inside = |index| inputs.real_path(index).starts_with(&folder);
                    if (0..inputs.len()).any(inside) {
                        let names = self.names();
                        let target = |i| folder.join(names.get(i, &inputs.origin(i).relative));
                        targets.extend((0..inputs.len()).map(target));
                    }
                }
            }
        }
        let targets: HashSet<PathBuf> = targets.iter().filter_map(|path| real(path)).collect();
        if targets.is_empty() {
            return Ok(());
        }
        for index in (0..inputs.len()).filter(|&index| inputs.refusal(index).is_none()) {
            if targets.contains(&inputs.real_path(index)) {
                let name = inputs.origin(index).name;
                bail!("the output would replace the input {name}: write to another place");
            }
        }
        Ok(())
    }

    fn names(&self) -> Names {
        let inputs = &self.inputs;
        let origin = |index| inputs.refusal(index).is_none().then(|| inputs.origin(index));
        Names::plan(inputs.len(), origin, self.output.ending, self.cleaners[0].limits())
    }

    /// Opens what is written from the first page on.
    pub(super) fn open(&self) -> anyhow::Result<(Target, Option<Sink>)> {
        let sync = self.args.sync;
        let target = match &self.place {
            Place::Nowhere => Target::Nothing,
            Place::Stdout => Target::Stream(Sink::stdout()),
            Place::File(path) => Target::Stream(Sink::create(path, sync)?),
            Place::Folder(path) => {
                fs::create_dir_all(path).with_context(|| format!("cannot make the folder {}", printable(path)))?;
                Target::Tree(Tree::new(path.clone(), sync), self.names())
            }
        };
        let report = self.args.report.as_deref().map(|path| sink(path, sync)).transpose()?;
        Ok((target, report))
    }

    /// True for one page on its way from a pipe or a file to standard output.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self.place, Place::Stdout) && self.inputs.is_single()
    }
}

impl Place {
    fn of(args: &CleanArgs) -> Place {
        let Some(path) = &args.output else {
            return Place::Stdout;
        };
        let slash = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let folder = slash || path.is_dir();
        match () {
            () if path == Path::new("-") => Place::Stdout,
            () if args.format.together && folder => Place::File(path.join("dehusk").with_extension(args.format.ending)),
            () if args.format.together => Place::File(path.clone()),
            () if !folder && output_of(path).is_some() => Place::File(path.clone()),
            // A device or a FIFO takes one page as a file does.
            () if path.exists() && !path.is_file() && !folder => Place::File(path.clone()),
            () => Place::Folder(path.clone()),
        }
    }
}

/// The format that a file's ending names.
fn output_of(path: &Path) -> Option<&'static OutputFormat> {
    let ending = path.extension()?;
    OUTPUTS.iter().find(|format| ending == format.ending)
}

/// What was named; standard input when nothing was.
fn named(args: &CleanArgs) -> anyhow::Result<Vec<Input>> {
    let mut inputs = listed(&args.input, args.files_from.as_deref())?;
    if inputs.is_empty() && args.files_from.is_none() {
        if io::stdin().is_terminal() {
            bail!("nothing to clean: name files or folders, or pipe a page in (see `dehusk clean --help`)");
        }
        inputs.push(Input::Stdin);
    }
    Ok(inputs)
}

/// What arguments and a list of paths name, in this order.
pub(super) fn listed(paths: &[PathBuf], files_from: Option<&Path>) -> anyhow::Result<Vec<Input>> {
    let dash = Path::new("-");
    let mut inputs = Vec::new();
    for path in paths {
        if path != dash {
            inputs.push(glob::input(path.clone()));
        } else if !inputs.iter().any(|input| matches!(input, Input::Stdin)) {
            inputs.push(Input::Stdin);
        }
    }
    if let Some(list) = files_from {
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

/// The last to be written would replace the others.
fn refuse_equal(outputs: &[PathBuf]) -> anyhow::Result<()> {
    for (index, path) in outputs.iter().enumerate() {
        if path != Path::new("-") && outputs[..index].contains(path) {
            bail!("two outputs would go to {}: name different files", printable(path));
        }
    }
    Ok(())
}

/// Endings of files that are pages rather than reports.
const PAGE_ENDINGS: [&str; 8] = ["html", "htm", "xhtml", "txt", "text", "md", "gz", "zst"];

/// A report that stands in an input folder already may be one of its pages, and one among the articles may be named as
/// an article is.
fn refuse_among_pages(named: &[Input], articles: Option<&Path>, ending: &str, files: &[PathBuf]) -> anyhow::Result<()> {
    let folder_of = |file: &Path| {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).canonicalize().ok()
    };
    for file in files.iter().filter(|file| *file != Path::new("-")) {
        let folder = folder_of(file);
        let is_around = |root: &Path| {
            let (folder, root) = (folder.as_ref(), root.canonicalize().ok().filter(|_| root.is_dir()));
            folder.zip(root).is_some_and(|(folder, root)| folder.starts_with(root))
        };
        // What an earlier run left there ends in `json` or `jsonl` and may be replaced.
        let is_page = file.extension().is_some_and(|ending| PAGE_ENDINGS.iter().any(|page| ending == *page));
        let is_among_pages = named.iter().any(|input| matches!(input, Input::Path(path) if is_around(path)));
        if is_page && is_among_pages && file.exists() {
            bail!("{} stands among the pages: name a file elsewhere, or one that ends in .jsonl", printable(file));
        }
        let is_article = articles.is_some_and(|root| file.starts_with(root) || is_around(root));
        if is_article && file.extension().is_some_and(|other| other == ending) {
            bail!("{} could be the name of an article: name a file elsewhere", printable(file));
        }
    }
    Ok(())
}

/// With the articles among the pages the next run would read them.
fn refuse_input_folder(named: &[Input], output: &Path) -> anyhow::Result<()> {
    let Ok(real) = output.canonicalize() else {
        return Ok(());
    };
    for input in named {
        if let Input::Path(path) = input
            && path.is_dir()
            && path.canonicalize().is_ok_and(|path| path == real)
        {
            bail!("`-o {}` is the input folder itself: name another one", printable(output));
        }
    }
    Ok(())
}

/// A file for a report or a summary; `-` is standard output.
pub(super) fn sink(path: &Path, sync: bool) -> Result<Sink, dehusk::Error> {
    match path == Path::new("-") {
        true => Ok(Sink::stdout()),
        false => Sink::create(path, sync),
    }
}

fn pages(count: usize) -> String {
    match count {
        1 => "a folder".to_owned(),
        count => format!("{count} pages"),
    }
}
