//! A folder of pages, the tree that an undisturbed run makes of it, and what every run has to leave.

use libtest_mimic::{Completion, Failed};
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How a fault went: it was survived, or the machine cannot make it.
pub type Ending = Result<Completion, Failed>;
pub type Check = Result<(), Failed>;
/// Files by their path below a folder.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Pages in the folder `in` of every site.
pub const PAGES: usize = 12;
/// What a run that was stopped leaves in its output folder.
pub const JOURNAL: &str = ".dehusk-journal.jsonl";
/// Long enough for a loaded machine, and an end for what hangs.
const MAX_WAIT: Duration = Duration::from_secs(120);

macro_rules! ensure {
    ($condition:expr, $($message:tt)+) => {
        if !$condition {
            return Err(format!($($message)+).into());
        }
    };
}
pub(crate) use ensure;

/// What a run came to.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stderr: String,
}

impl Ran {
    /// The exit code as a shell shows it: 128 and the signal for a run that was killed.
    pub fn code(&self) -> i32 {
        self.status.code().or_else(|| self.status.signal().map(|signal| 128 + signal)).unwrap_or(-1)
    }

    /// Ended with `code`, and said what went wrong in one line and without a panic.
    pub fn ends_with(&self, code: i32) -> Check {
        ensure!(self.code() == code, "exit {} and not {code}: {}", self.code(), self.stderr);
        ensure!(!self.stderr.contains("panicked"), "a panic: {}", self.stderr);
        let errors = self.stderr.lines().filter(|line| line.starts_with("dehusk: error: ")).count();
        ensure!(errors == usize::from(code == 2), "{errors} error lines: {}", self.stderr);
        Ok(())
    }
}

/// A folder for one fault.
pub struct Site {
    folder: tempfile::TempDir,
    /// What an undisturbed run writes to `out`.
    pub clean: Tree,
}

impl Site {
    /// A site with [`PAGES`] pages in two folders, each of which comes out shorter than it went in.
    pub fn new() -> Result<Site, Failed> {
        let folder = tempfile::tempdir()?;
        let mut clean = Tree::new();
        for number in 0..PAGES {
            let folder = folder.path().join("in").join(["north", "south"][number % 2]);
            fs::create_dir_all(&folder)?;
            fs::write(folder.join(format!("{number:02}.txt")), page(number))?;
            clean.insert(format!("{}/{number:02}.txt", ["north", "south"][number % 2]), article(number).into_bytes());
        }
        Ok(Site { folder, clean })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `dehusk clean ARGS` in the site's folder.
    pub fn clean(&self, args: &[&str]) -> Command {
        let mut command = listening(dehusk());
        command.arg("clean").args(args).arg("--progress=never").current_dir(self.folder.path());
        command
    }

    /// The same after `sh -c PRELUDE`, for limits and traps that a shell sets.
    pub fn clean_after(&self, prelude: &str, args: &[&str]) -> Command {
        let mut command = listening(Path::new("sh"));
        command.args(["-c", &format!("{prelude}; exec \"$@\""), "sh"]).arg(dehusk());
        command.arg("clean").args(args).arg("--progress=never").current_dir(self.folder.path());
        command
    }

    /// Every file below `folder`; a folder that is not there has none.
    pub fn tree(&self, folder: &str) -> Tree {
        tree(&self.path(folder))
    }

    /// No file under its final name differs from the undisturbed run's; what else there is are parts and the journal.
    ///
    /// Gives back how many articles there are.
    pub fn is_partial(&self, folder: &str) -> Result<usize, Failed> {
        let mut articles = 0;
        for (name, bytes) in self.tree(folder) {
            match self.clean.get(&name) {
                Some(expected) => {
                    ensure!(*expected == bytes, "{name} is not what an undisturbed run writes");
                    articles += 1;
                }
                None => ensure!(is_part(&name) || name == JOURNAL, "{name} is left over"),
            }
        }
        Ok(articles)
    }

    /// As [`is_partial`](Site::is_partial), without a part left.
    pub fn has_no_parts(&self, folder: &str) -> Result<usize, Failed> {
        let part = self.tree(folder).into_keys().find(|name| is_part(name));
        ensure!(part.is_none(), "{part:?} is left over");
        self.is_partial(folder)
    }

    /// The folder holds what an undisturbed run writes, and nothing else.
    pub fn is_whole(&self, folder: &str) -> Check {
        let articles = self.has_no_parts(folder)?;
        ensure!(!self.path(folder).join(JOURNAL).exists(), "the journal is left over");
        ensure!(articles == self.clean.len(), "{articles} articles and not {}", self.clean.len());
        Ok(())
    }

    /// The run that goes on ends well and makes the tree whole, whatever the one before left.
    pub fn recovers(&self, args: &[&str], folder: &str) -> Check {
        // What a run leaves is older than the next run by as much as a clock of the file system can tell.
        std::thread::sleep(Duration::from_millis(20));
        run(self.clean(args).arg("--resume"))?.ends_with(0)?;
        self.is_whole(folder)
    }
}

pub fn dehusk() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_dehusk"))
}

fn is_part(name: &str) -> bool {
    name.rsplit('/').next().is_some_and(|name| name.starts_with('.') && name.ends_with(".part"))
}

/// A program to which no signal is ignored from the start, as a job in the background or under `nohup` would have it.
fn listening(program: &Path) -> Command {
    let mut command = Command::new("env");
    command.arg("--default-signal=HUP,INT,TERM").arg(program);
    command
}

pub fn tree(root: &Path) -> Tree {
    let files = walkdir::WalkDir::new(root).into_iter().flatten().map(|entry| entry.into_path());
    let files = files.filter(|path| path.is_file()).map(|path| {
        let name = path.strip_prefix(root).expect("it is below the root").to_string_lossy().into_owned();
        (name, fs::read(&path).unwrap_or_default())
    });
    files.collect()
}

/// A text of some 6 KB: more than a buffer, and an article that is not its input.
pub fn page(number: usize) -> String {
    format!("{}\nPlease refresh the page to be logged in\n", article(number))
}

pub fn article(number: usize) -> String {
    let paragraph = |at: usize| {
        format!(
            "On day {at} of week {number} the ferry crossed the sound twice, and the pilot who had steered it for {at} \
             years said that he had never once seen the harbour freeze before January.\n"
        )
    };
    (0..40).map(paragraph).collect::<Vec<_>>().join("\n")
}

/// Runs to the end with nothing on standard input.
pub fn run(command: &mut Command) -> Result<Ran, Failed> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    finish(child)
}

/// Waits for the end of a child whose streams are pipes; one that hangs is killed and is a failure.
pub fn finish(mut child: Child) -> Result<Ran, Failed> {
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let stdout = std::thread::spawn(move || drained(stdout));
    let stderr = std::thread::spawn(move || drained(stderr));
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begin.elapsed() > MAX_WAIT {
            child.kill()?;
            child.wait()?;
            return Err("it hangs".into());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    drop(stdout.join());
    let stderr = String::from_utf8_lossy(&stderr.join().unwrap_or_default()).into_owned();
    Ok(Ran { status, stderr })
}

fn drained(stream: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // A stream that breaks is as good as one that ends.
        let _ = stream.read_to_end(&mut bytes);
    }
    bytes
}

/// Waits until something is so.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) -> Check {
    let begin = Instant::now();
    while !is_so() {
        ensure!(begin.elapsed() < MAX_WAIT, "in vain: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
