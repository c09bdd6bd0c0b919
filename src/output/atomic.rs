//! Files that appear whole or not at all.
//!
//! A file is written as `.NAME.part` beside its place, which must not exist yet, and renamed when it is
//! complete: a run that is killed leaves `.part` files and no half pages, and the next run removes them. Pages and
//! streams have different names on the way, so that the search for leftovers never meets a stream that is open. A
//! power cut can still take what the system had not put on the disk; `sync` waits for the disk on each file.

use super::OUTPUTS;
use crate::error::{Error, ErrorKind};
use crate::input::printable;
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

const PAGE: &str = ".part";
const STREAM: &str = ".stream.part";

/// A folder of pages.
#[derive(Debug)]
pub struct Tree {
    root: PathBuf,
    /// Folders that exist and hold no leftovers.
    ready: HashSet<PathBuf>,
    start: SystemTime,
    sync: bool,
}

impl Tree {
    /// Pages will be written below `root`, which is made when the first one comes.
    pub fn new(root: PathBuf, sync: bool) -> Tree {
        Tree { root, ready: HashSet::new(), start: SystemTime::now(), sync }
    }

    /// Writes one whole page to `relative`, over what stands there; makes the folders on the way.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the file; nothing stands under its name then but what stood there before.
    pub fn write(&mut self, relative: &Path, bytes: &[u8]) -> Result<(), Error> {
        let target = self.root.join(relative);
        let folder = target.parent().unwrap_or(&self.root);
        if !self.ready.contains(folder) {
            make_ready(folder, self.start).map_err(|e| failed(folder, e))?;
            self.ready.insert(folder.to_owned());
        }
        let write = || {
            let part = Part::create(&target, PAGE)?;
            (&part.file).write_all(bytes)?;
            part.rename(self.sync)
        };
        write().map_err(|e| failed(&target, e))
    }
}

/// Makes a folder and removes what an earlier run that was killed left in it.
fn make_ready(folder: &Path, start: SystemTime) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // What is newer belongs to another run that writes to the same folder now.
        if is_page_part(&entry.path()) && entry.metadata()?.modified()? < start {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn is_page_part(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some(name) = name.strip_prefix('.').and_then(|n| n.strip_suffix(PAGE)) else {
        return false;
    };
    let mut trees = OUTPUTS.iter().filter(|output| !output.together);
    trees.any(|output| name.strip_suffix(output.ending).is_some_and(|stem| stem.ends_with('.')))
}

/// Files on their way, of the whole process: a signal can end it while any thread writes.
static ON_THE_WAY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// No code that may panic runs under the lock, so a poisoned one is still right.
fn on_the_way() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    ON_THE_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every file that is on its way; for a process that is about to end.
///
/// No file arrives after it and none is begun: threads that try wait for ever.
pub fn abandon() {
    let parts = on_the_way();
    for part in parts.iter() {
        // What cannot be removed is found by the next run.
        let _ = fs::remove_file(part);
    }
    std::mem::forget(parts);
}

/// A file on its way; removed when it never arrives.
#[derive(Debug)]
struct Part {
    file: File,
    path: PathBuf,
    target: PathBuf,
    arrived: bool,
}

impl Part {
    fn create(target: &Path, ending: &str) -> io::Result<Part> {
        let mut name = OsString::from(".");
        name.push(target.file_name().ok_or(io::ErrorKind::IsADirectory)?);
        name.push(ending);
        let path = target.with_file_name(name);
        if ending == STREAM && path.exists() {
            // Of a run that was killed; two runs that write one stream are an error anyway.
            fs::remove_file(&path)?;
        }
        let mut parts = on_the_way();
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        parts.insert(path.clone());
        Ok(Part { file, path, target: target.to_owned(), arrived: false })
    }

    fn rename(mut self, sync: bool) -> io::Result<()> {
        if sync {
            self.file.sync_all()?;
        }
        let mut parts = on_the_way();
        fs::rename(&self.path, &self.target)?;
        parts.remove(&self.path);
        drop(parts);
        self.arrived = true;
        if sync && cfg!(unix) {
            // The name lives in the folder, which has to reach the disk as well.
            let folder = self.target.parent().filter(|f| !f.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.arrived {
            // A failure to remove it adds nothing to the failure that brought us here.
            let _ = fs::remove_file(&self.path);
            on_the_way().remove(&self.path);
        }
    }
}

/// One stream of bytes for all pages: a file, a device or standard output.
#[derive(Debug)]
pub struct Sink {
    to: BufWriter<To>,
    path: PathBuf,
    sync: bool,
}

#[derive(Debug)]
enum To {
    Stdout(io::Stdout),
    Device(File),
    File(Part),
}

impl Sink {
    /// Standard output.
    pub fn stdout() -> Sink {
        Sink { to: BufWriter::new(To::Stdout(io::stdout())), path: PathBuf::from("standard output"), sync: false }
    }

    /// The file `path`, which appears in [`finish`](Sink::finish); makes the folders on the way.
    ///
    /// What exists and is no regular file (`/dev/null`, a FIFO) is written as the bytes come, since a rename
    /// would replace it. A symbolic link stays, and the file that it names is replaced.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`], naming the file.
    pub fn create(path: &Path, sync: bool) -> Result<Sink, Error> {
        let open = || {
            let special = fs::metadata(path).is_ok_and(|m| !m.is_file() && !m.is_dir());
            if special {
                return Ok(To::Device(OpenOptions::new().write(true).open(path)?));
            }
            let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
            if target.is_dir() {
                return Err(io::ErrorKind::IsADirectory.into());
            }
            if let Some(folder) = target.parent().filter(|f| !f.as_os_str().is_empty()) {
                fs::create_dir_all(folder)?;
            }
            Part::create(&target, STREAM).map(To::File)
        };
        Ok(Sink {
            to: BufWriter::with_capacity(1 << 16, open().map_err(|e| failed(path, e))?),
            path: path.to_owned(),
            sync,
        })
    }

    /// Appends to the stream.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Io`]; a reader that closed the other end shows as
    /// [`io::ErrorKind::BrokenPipe`] in [`source`](std::error::Error::source).
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.to.write_all(bytes).map_err(|e| failed(&self.path, e))
    }

    /// Ends the stream: a file gets its name now. Without this call it is removed again.
    ///
    /// # Errors
    ///
    /// As [`write`](Sink::write).
    pub fn finish(self) -> Result<(), Error> {
        let Sink { to, path, sync } = self;
        let finish = || match to.into_inner().map_err(|e| e.into_error())? {
            To::Stdout(mut stdout) => stdout.flush(),
            To::Device(mut file) => file.flush(),
            To::File(part) => part.rename(sync),
        };
        finish().map_err(|e| failed(&path, e))
    }
}

impl Write for To {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            To::Stdout(stdout) => stdout.write(bytes),
            To::Device(file) => file.write(bytes),
            To::File(part) => part.file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            To::Stdout(stdout) => stdout.flush(),
            To::Device(file) => file.flush(),
            To::File(part) => part.file.flush(),
        }
    }
}

fn failed(path: &Path, error: io::Error) -> Error {
    let message = format!("cannot write {}", printable(path));
    Error::with_source(ErrorKind::Io, message, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_page_replaces_the_old_one_and_leftovers_go() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("page.txt"), "old").unwrap();
        fs::write(folder.path().join(".other.txt.part"), "half").unwrap();
        fs::write(folder.path().join(".mine.part"), "not ours").unwrap();
        let mut tree = Tree::new(folder.path().to_owned(), true);
        tree.write(Path::new("page.txt"), b"new").unwrap();
        tree.write(Path::new("a/b/page.txt"), b"new").unwrap();
        assert_eq!(names(folder.path()), [".mine.part", "a", "page.txt"]);
        assert_eq!(fs::read(folder.path().join("page.txt")).unwrap(), b"new");
    }

    #[test]
    fn a_sink_that_is_not_finished_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("all.jsonl");
        let mut sink = Sink::create(&path, false).unwrap();
        sink.write(b"{}\n").unwrap();
        assert_eq!(names(folder.path()), [".all.jsonl.stream.part"]);
        drop(sink);
        assert!(names(folder.path()).is_empty());
        fs::write(folder.path().join(".all.jsonl.stream.part"), "half").unwrap();
        let mut sink = Sink::create(&path, false).unwrap();
        sink.write(b"{}\n").unwrap();
        sink.finish().unwrap();
        assert_eq!(names(folder.path()), ["all.jsonl"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_device_is_an_error_and_stays_a_device() {
        let mut sink = Sink::create(Path::new("/dev/full"), false).unwrap();
        sink.write(b"text").unwrap();
        assert!(sink.finish().unwrap_err().to_string().starts_with("cannot write /dev/full"));
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
